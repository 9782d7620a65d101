//! A city: rows of houses that fade with distance, windows, and perhaps a river before them.

use crate::image::canvas::{Canvas, Rgb, smooth};
use crate::image::fine::land::{under, water};
use crate::image::fine::{finish, sky};
use crate::image::noise::cell;
use crate::image::scene::{Far, Ground, Landscape, Sky};
use crate::random::Random;

/// Draws the whole picture.
pub fn draw(canvas: &mut Canvas, light: Sky, moon: bool, river: bool, seed: u64) {
    let mut random = Random::new(seed);
    let bottom = if river { 0.66 } else { 1.0 };
    let air = Landscape {
        moon,
        clouds: if light == Sky::Night { 0.12 } else { 0.3 },
        fog: if light == Sky::Dawn { 0.9 } else { 0.4 },
        ..Landscape::new(light, Far::Open, Ground::Water)
    };
    let sun_x = canvas.aspect() * random.between(0.25, 0.75);
    sky::draw(canvas, &air, sun_x, seed);
    canvas.paint((0.0, air.horizon(), canvas.aspect(), 1.0), |_, _, _| light.colours()[2]);
    if light.is_dark() {
        // The glow of the streets.
        canvas.paint(canvas.whole(), |_, y, old| {
            old.lit(Rgb::hex(0xd0_8a48).scale(0.45 * smooth(0.25, bottom, y)))
        });
    }
    for layer in 0..4_u8 {
        let near = f32::from(layer) / 3.0;
        row(canvas, light, &mut random, near, bottom, seed ^ u64::from(layer));
    }
    if river {
        water(canvas, &air, sun_x, bottom, 1.0, seed);
    }
    finish(canvas, seed);
}

fn row(canvas: &mut Canvas, light: Sky, random: &mut Random, near: f32, bottom: f32, salt: u64) {
    let [_, middle, low] = light.colours();
    let haze =
        middle.mix(low, 0.6).mix(Rgb::hex(0x6a_4a3a), if light.is_dark() { 0.25 } else { 0.0 });
    let mut x = -0.03;
    let mut house = 0;
    while x < canvas.aspect() {
        house += 1;
        let width = random.between(0.05, 0.1) * (0.75 + 0.6 * near);
        let middle_x = (x + 0.5 * width) / canvas.aspect() - 0.5;
        let centre = 1.0 - 2.2 * middle_x * middle_x;
        let reach = random.between(0.3, 1.0);
        let tall = bottom - (0.14 + 0.44 * (1.0 - 0.62 * near) * reach * centre) * (bottom / 0.95);
        let top = tall + 0.12 * near;
        let tower = random.chance(0.24);
        let (left, right) = (x, x + width * 0.97);
        let wall = under(light, Rgb::hex(0x6d_7180).mix(Rgb::hex(0x8a_7468), random.unit()));
        let wall = wall.scale(0.75).mix(haze, (1.0 - near) * 0.72);
        let lights = if light.is_dark() { random.between(0.3, 0.65) } else { 0.0 };
        let cool = random.chance(0.25);
        let pitch = (0.0085 + 0.006 * near, 0.013 + 0.007 * near);
        let colour = |px: f32, py: f32| {
            let (u, v) = ((px - left) / pitch.0, (py - top) / pitch.1);
            let side = 0.9 - 0.25 * (px - left) / width;
            let inside = smooth(0.16, 0.3, u.fract())
                * smooth(0.84, 0.7, u.fract())
                * smooth(0.22, 0.36, v.fract())
                * smooth(0.86, 0.72, v.fract());
            let edge = px - left > 0.004 && right - px > 0.004 && py - top > 0.012;
            let chosen = cell(u.floor() as i32 + house * 97, v.floor() as i32, salt);
            let base = wall
                .scale(side)
                .mix(haze, 0.35 * smooth(bottom - 0.35, bottom, py) * (1.0 - 0.6 * near));
            if !edge {
                return base;
            }
            if chosen < lights {
                let lamp = if cool { Rgb::hex(0xdd_ecff) } else { Rgb::hex(0xff_cf7e) };
                base.mix(lamp.scale(0.65 + 0.5 * chosen), inside * (0.5 + 0.45 * near))
            } else {
                let glass = light.colours()[1].mix(light.colours()[2], 0.4).scale(0.6);
                base.mix(glass, 0.35 * inside)
            }
        };
        let rect =
            |l: f32, t: f32, r: f32| move |px: f32, py: f32| (l - px).max(px - r).max(t - py);
        canvas.fill((left, top, right, bottom), rect(left, top, right), colour);
        if tower {
            let (l, r, t) = (left + 0.25 * width, right - 0.25 * width, top - 0.05);
            canvas.fill((l, t, r, top + 0.002), rect(l, t, r), |_, _| wall.scale(0.9));
            let mast = 0.5 * (l + r);
            canvas.fill(
                (mast - 0.002, t - 0.06, mast + 0.002, t),
                rect(mast - 0.0012, t - 0.06, mast + 0.0012),
                |_, _| wall.scale(0.7),
            );
            if light.is_dark() {
                crate::image::fine::things::glow(
                    canvas,
                    (mast, t - 0.06),
                    Rgb::hex(0xff_5040),
                    0.9,
                    0.004,
                );
            }
        }
        x += width;
    }
}
