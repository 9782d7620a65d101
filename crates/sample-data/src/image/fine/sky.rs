//! Skies: gradient, sun or moon with their glow, stars, northern lights, clouds.

use libm::{expf, powf, sinf};

use crate::image::canvas::{Canvas, Rgb, length, smooth};
use crate::image::noise::{cell, fbm};
use crate::image::scene::{Landscape, Sky};

/// Draws down to the horizon, and a little below.
pub fn draw(canvas: &mut Canvas, landscape: &Landscape, sun_x: f32, seed: u64) {
    let horizon = landscape.horizon();
    let area = (0.0, 0.0, canvas.aspect(), horizon + 0.01);
    gradient(canvas, landscape.sky, horizon);
    if landscape.sky == Sky::Night {
        stars(canvas, horizon, seed);
    }
    if landscape.aurora {
        aurora(canvas, horizon, seed);
    }
    if landscape.moon {
        moon(canvas, (sun_x, 0.2), 0.05, seed);
    }
    if let Some(height) = landscape.sky.sun() {
        sun(canvas, landscape.sky, (sun_x, horizon * (1.0 - height)));
    }
    if landscape.clouds > 0.0 {
        let light = (sun_x, landscape.sky.sun().map_or(0.1, |height| horizon * (1.0 - height)));
        clouds(canvas, landscape, light, seed);
    }
    let haze = landscape.sky.colours()[2];
    canvas.paint(area, |_, y, old| {
        old.mix(haze, 0.75 * landscape.fog * smooth(0.45 * horizon, horizon, y))
    });
}

/// The bare sky from the top to the horizon.
pub fn gradient(canvas: &mut Canvas, sky: Sky, horizon: f32) {
    let [top, middle, low] = sky.colours();
    canvas.paint(canvas.whole(), |_, y, _| {
        let t = (y / horizon).min(1.0);
        top.mix(middle, smooth(0.0, 0.72, t)).mix(low, smooth(0.42, 1.0, t))
    });
}

/// Stars of different brightness, fewer towards the horizon.
pub fn stars(canvas: &mut Canvas, horizon: f32, seed: u64) {
    let grid = 46.0;
    canvas.paint((0.0, 0.0, canvas.aspect(), horizon), |x, y, old| {
        let (column, row) = ((x * grid).floor() as i32, (y * grid).floor() as i32);
        let place = |salt| cell(column, row, seed ^ salt);
        if place(1) > 0.55 {
            return old;
        }
        let centre = (
            (column as f32 + 0.2 + 0.6 * place(2)) / grid,
            (row as f32 + 0.2 + 0.6 * place(3)) / grid,
        );
        let size = 0.0007 + 0.0013 * powf(place(4), 6.0);
        let distance = length(x - centre.0, y - centre.1) / size;
        let strength = expf(-0.5 * distance * distance) * (0.35 + 0.65 * place(4));
        let tint = Rgb::hex(0xff_e9d2).mix(Rgb::hex(0xcf_e0ff), place(5));
        old.lit(tint.scale(strength * smooth(horizon, 0.5 * horizon, y)))
    });
    // The band of the Milky Way.
    canvas.paint((0.0, 0.0, canvas.aspect(), horizon), |x, y, old| {
        let across = (y - 0.1 - 0.25 * x) / 0.16;
        let cloud = fbm(x * 5.0, y * 5.0, 5, seed ^ 9);
        old.lit(Rgb::hex(0x8f_a0d0).scale(0.3 * expf(-across * across) * smooth(0.35, 0.8, cloud)))
    });
}

fn aurora(canvas: &mut Canvas, horizon: f32, seed: u64) {
    canvas.paint((0.0, 0.0, canvas.aspect(), horizon), |x, y, old| {
        let mut light = old;
        for band in 0..3_u8 {
            let offset = f32::from(band);
            let bend = fbm(x * 1.1 + offset * 5.0, offset, 3, seed ^ 21);
            let foot = horizon * (0.5 + 0.12 * offset)
                + 0.35 * (bend - 0.5)
                + 0.015 * sinf(x * 14.0 + offset);
            let above = foot - y;
            let rays = 0.35 + 0.65 * fbm(x * 26.0 + 3.0 * offset, 0.6 * y, 2, seed ^ 22);
            let strength = if above > 0.0 { expf(-above / 0.11) } else { expf(above / 0.012) };
            let colour = Rgb::hex(0x3d_f0a0).mix(Rgb::hex(0x8a_4fd8), above / 0.22);
            light = light.lit(colour.scale(0.75 * strength * rays * (1.0 - 0.22 * offset)));
        }
        light
    });
}

/// A full moon with its seas and a halo.
pub fn moon(canvas: &mut Canvas, centre: (f32, f32), radius: f32, seed: u64) {
    canvas.paint(canvas.whole(), |x, y, old| {
        let away = length(x - centre.0, y - centre.1);
        let halo = 0.45 * expf(-(away - radius).max(0.0) / 0.07);
        old.lit(Rgb::hex(0xa9_bfe8).scale(halo))
    });
    let area = (centre.0 - radius, centre.1 - radius, centre.0 + radius, centre.1 + radius);
    canvas.fill(area, crate::image::canvas::disc(centre, radius), |x, y| {
        let seas = fbm(x * 24.0, y * 24.0, 4, seed ^ 31);
        Rgb::hex(0xf6_f3e4).mix(Rgb::hex(0xb7_b6ae), 0.8 * smooth(0.42, 0.62, seas))
    });
}

fn sun(canvas: &mut Canvas, sky: Sky, centre: (f32, f32)) {
    let colour = if sky == Sky::Noon { Rgb::hex(0xff_f9e6) } else { Rgb::hex(0xff_d9a0) };
    let radius = if sky == Sky::Noon { 0.03 } else { 0.042 };
    let pixel = canvas.pixel();
    canvas.paint(canvas.whole(), |x, y, old| {
        let away = length(x - centre.0, y - centre.1);
        let near = 0.65 * expf(-(away - radius).max(0.0) / 0.05);
        let wide = 0.4 * expf(-away / 0.34);
        let core = smooth(radius + pixel, radius - pixel, away);
        old.lit(colour.scale((near + wide).min(0.9))).mix(Rgb::hex(0xff_f7e0), core)
    });
}

fn clouds(canvas: &mut Canvas, landscape: &Landscape, light: (f32, f32), seed: u64) {
    let horizon = landscape.horizon();
    let [top, _, low] = landscape.sky.colours();
    let (lit, shaded) = match landscape.sky {
        Sky::Dusk => (Rgb::hex(0xff_b98c), top.mix(low, 0.35)),
        Sky::Night => (Rgb::hex(0x3c_4d74), Rgb::hex(0x10_1a33)),
        Sky::Storm => (Rgb::hex(0x8b_949b), Rgb::hex(0x23_2931)),
        Sky::Gold => (Rgb::hex(0xff_ecc4), top.mix(low, 0.5)),
        _ => (Rgb::hex(0xff_ffff), top.mix(Rgb::hex(0xc3_cbd6), 0.72)),
    };
    let density = |x: f32, y: f32| {
        // Seen from below: the farther away, the flatter.
        let depth = 1.0 / (horizon - y + 0.16);
        let (u, v) = ((x - 0.75) * depth * 0.8, depth * 1.5);
        let bend = fbm(u * 1.3, v * 1.3, 3, seed ^ 41);
        fbm(u * 1.9 + bend, v * 1.9 + 0.7 * bend, 6, seed ^ 42)
    };
    let from = 0.68 - 0.4 * landscape.clouds;
    canvas.paint((0.0, 0.0, canvas.aspect(), horizon), |x, y, old| {
        let here = density(x, y);
        let cover = smooth(from, from + 0.2, here) * smooth(horizon, horizon - 0.12, y).max(0.12);
        if cover <= 0.0 {
            return old;
        }
        let (dx, dy) = (light.0 - x, light.1 - y);
        let step = 0.035 / length(dx, dy).max(0.01);
        let towards = density(x + dx * step, y + dy * step);
        let thick = smooth(from, from + 0.34, here);
        let bright = (0.72 + 4.2 * (here - towards) - 0.45 * thick).clamp(0.0, 1.0);
        old.mix(shaded.mix(lit, bright), 0.95 * cover)
    });
}
