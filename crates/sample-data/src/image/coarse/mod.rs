//! The coarser renderer: flat shapes with hard edges, bands instead of gradients, and mistakes
//! such as a sun before the hills.

mod elsewhere;
mod things;

use libm::sinf;

use crate::image::canvas::{Canvas, Point, Rgb, bounds, disc, polygon};
use crate::image::noise::{cell, noise};
use crate::image::scene::{Far, Ground, Landscape, Scene, Sky};
use crate::random::Random;

/// Draws a scene; the seed decides on what the scene leaves open.
pub fn draw(scene: &Scene, width: usize, height: usize, seed: u64) -> Canvas {
    let mut canvas = Canvas::new(width, height);
    match scene {
        Scene::Landscape(landscape) => draw_landscape(&mut canvas, landscape, seed),
        Scene::City { sky, moon, river } => elsewhere::city(&mut canvas, *sky, *moon, *river, seed),
        Scene::Spheres { count, colours } => elsewhere::spheres(&mut canvas, *count, colours, seed),
        Scene::Planet { colours, ring, moons, nebula } => {
            elsewhere::planet(&mut canvas, colours.map(Rgb::hex), *ring, *moons, *nebula, seed);
        }
        Scene::Abstract { colours, waves } => {
            elsewhere::shapes(&mut canvas, colours.map(Rgb::hex), *waves, seed);
        }
    }
    canvas
}

fn draw_landscape(canvas: &mut Canvas, landscape: &Landscape, seed: u64) {
    let mut random = Random::new(seed);
    let horizon = landscape.horizon();
    sky(canvas, landscape.sky, horizon);
    if landscape.sky == Sky::Night {
        stars(canvas, horizon, seed);
    }
    if landscape.aurora {
        aurora(canvas, horizon);
    }
    let sun = (
        canvas.aspect() * random.between(0.2, 0.8),
        landscape.sky.sun().map_or(0.2, |up| horizon * (1.0 - up)),
    );
    let late = random.chance(0.45);
    if !late {
        sun_or_moon(canvas, landscape, sun);
    }
    ridges(canvas, landscape, &mut random);
    if late {
        sun_or_moon(canvas, landscape, sun);
    }
    clouds(canvas, landscape, &mut random);
    ground(canvas, landscape, sun, seed);
    if landscape.fog > 0.5 {
        fog(canvas, landscape);
    }
    things::draw(canvas, landscape, &mut random, seed);
}

/// The sky in bands of one colour each.
pub fn sky(canvas: &mut Canvas, sky: Sky, horizon: f32) {
    let [top, middle, low] = sky.colours();
    canvas.paint(canvas.whole(), |_, y, _| {
        let band = ((y / horizon).min(0.99) * 8.0).floor() / 7.0;
        if band < 0.5 { top.mix(middle, band * 2.0) } else { middle.mix(low, band * 2.0 - 1.0) }
    });
}

/// Stars, one size, a square each.
pub fn stars(canvas: &mut Canvas, horizon: f32, seed: u64) {
    canvas.paint((0.0, 0.0, canvas.aspect(), horizon), |x, y, old| {
        let (column, row) = ((x * 170.0) as i32, (y * 170.0) as i32);
        if cell(column, row, seed) > 0.994 { Rgb::hex(0xf0_f0ff) } else { old }
    });
}

fn aurora(canvas: &mut Canvas, horizon: f32) {
    for (band, colour) in [0x1f_8a62_u32, 0x33_c487, 0x6a_3fb0].into_iter().enumerate() {
        let foot = 0.22 + 0.12 * band as f32;
        canvas.paint((0.0, 0.0, canvas.aspect(), horizon), |x, y, old| {
            let wave = foot + 0.04 * sinf(x * 7.0 + band as f32);
            if y < wave && y > wave - 0.09 { old.mix(Rgb::hex(colour), 0.6) } else { old }
        });
    }
}

fn sun_or_moon(canvas: &mut Canvas, landscape: &Landscape, centre: Point) {
    let (colour, radius) = if landscape.moon {
        (Rgb::hex(0xf0_eedc), 0.055)
    } else if landscape.sky.sun().is_some() {
        (Rgb::hex(if landscape.sky == Sky::Dusk { 0xff_7a3c } else { 0xff_e14a }), 0.06)
    } else {
        return;
    };
    canvas.stamp(canvas.whole(), disc(centre, radius), colour);
}

fn ridges(canvas: &mut Canvas, landscape: &Landscape, random: &mut Random) {
    let horizon = landscape.horizon();
    if landscape.far == Far::Open {
        return;
    }
    let mountains = landscape.far == Far::Mountains;
    for layer in 0..2_u8 {
        let near = f32::from(layer);
        let tone = match (mountains, layer) {
            (true, 0) => 0x7c_7f93,
            (true, _) => 0x55_5a6a,
            (false, 0) => 0x86_b070,
            (false, _) => 0x5f_9648,
        };
        let colour = under(landscape.sky, Rgb::hex(tone));
        if mountains {
            for peak in 0..4_u8 {
                let x = canvas.aspect() * (f32::from(peak) + random.between(0.1, 0.9)) / 4.0;
                let tall = random.between(0.22, 0.4) * (1.0 - 0.45 * near);
                let half = tall * random.between(0.6, 0.95);
                let points =
                    [(x - half, horizon + 0.01), (x, horizon - tall), (x + half, horizon + 0.01)];
                canvas.stamp(bounds(&points), polygon(&points), colour);
                let cap = 0.28;
                let snow = [
                    (x - half * cap, horizon - tall * (1.0 - cap)),
                    (x, horizon - tall),
                    (x + half * cap, horizon - tall * (1.0 - cap)),
                    (x + half * cap * 0.3, horizon - tall * (1.0 - cap * 0.7)),
                    (x - half * cap * 0.3, horizon - tall * (1.0 - cap * 1.2)),
                ];
                canvas.stamp(
                    bounds(&snow),
                    polygon(&snow),
                    under(landscape.sky, Rgb::hex(0xf4_f6fa)),
                );
            }
        } else {
            let (phase, steps) = (random.between(0.0, 6.0), random.between(2.5, 4.5));
            canvas.paint((0.0, 0.2, canvas.aspect(), horizon + 0.01), |x, y, old| {
                let crest = horizon - (0.13 - 0.06 * near) - 0.05 * sinf(x * steps + phase);
                if y > crest { colour } else { old }
            });
        }
    }
}

fn clouds(canvas: &mut Canvas, landscape: &Landscape, random: &mut Random) {
    let count = (landscape.clouds * 9.0) as usize;
    let colour = match landscape.sky {
        Sky::Storm => Rgb::hex(0x5a_6168),
        Sky::Night => Rgb::hex(0x2a_3550),
        Sky::Dusk => Rgb::hex(0xe0_a0a0),
        _ => Rgb::hex(0xfb_fbfb),
    };
    for _ in 0..count {
        let (x, y) = (canvas.aspect() * random.unit(), random.between(0.06, 0.4));
        let size = random.between(0.03, 0.06);
        for puff in 0..4_u8 {
            let centre = (
                x + size * 1.1 * f32::from(puff),
                y - if puff % 3 == 0 { 0.0 } else { 0.6 * size },
            );
            canvas.stamp(canvas.whole(), disc(centre, size), colour);
        }
    }
}

/// A colour under the light of the sky, as the finer renderer has it.
pub fn under(sky: Sky, colour: Rgb) -> Rgb {
    let light = sky.light();
    Rgb(std::array::from_fn(|i| colour.0[i] * light.0[i]))
}

fn ground(canvas: &mut Canvas, landscape: &Landscape, sun: Point, seed: u64) {
    let (horizon, sky) = (landscape.horizon(), landscape.sky);
    let glints = sky.sun().is_some_and(|up| up < 0.5) || landscape.moon;
    let aspect = canvas.aspect();
    canvas.paint((0.0, horizon, aspect, 1.0), |x, y, _| {
        let row = ((y - horizon) * 22.0).floor();
        match landscape.ground {
            Ground::Water => water(sky, (x, y), row, glints.then_some(sun.0), seed),
            Ground::Beach if y < 0.78 + 0.02 * sinf(x * 5.0) => water(sky, (x, y), row, None, seed),
            Ground::Beach => under(sky, Rgb::hex(0xf0_dc9c)),
            Ground::Dunes => {
                let wave = y + 0.05 * sinf(x * 4.0 + 3.0 * (y * 5.0).floor());
                let tones = [0xe8_b86a, 0xd6_a050, 0xc4_8c40];
                under(sky, Rgb::hex(tones[((wave * 9.0) as usize) % 3]))
            }
            Ground::Snow => under(
                sky,
                Rgb::hex(if noise(x * 3.0, y * 9.0, seed) > 0.55 { 0xf4_f7fb } else { 0xe2_eaf4 }),
            ),
            Ground::Wheat => {
                let stalk = ((x * 160.0) as i32) % 3 == 0;
                under(sky, Rgb::hex(if stalk { 0xc8_9a30 } else { 0xe6_bf4e }))
            }
            Ground::Meadow => under(
                sky,
                Rgb::hex(if noise(x * 4.0, y * 14.0, seed) > 0.5 { 0x6c_a83e } else { 0x5d_9a36 }),
            ),
            Ground::Sunflowers => under(sky, Rgb::hex(0x4e_8030)),
        }
    });
}

/// One pixel of flat water with stripes.
pub fn water(sky: Sky, (x, y): Point, row: f32, sun_x: Option<f32>, seed: u64) -> Rgb {
    let base = under(sky, Rgb::hex(0x3a_7fb4)).mix(sky.colours()[1], 0.35);
    let stripe = cell((x * 16.0 + row * 0.37) as i32, (y * 90.0) as i32, seed) > 0.93;
    let glint = sun_x.is_some_and(|sun| (x - sun).abs() < 0.05 && ((y * 60.0) as i32) % 2 == 0);
    if glint {
        base.mix(sky.colours()[2], 0.8)
    } else if stripe {
        base.mix(Rgb::grey(1.0), 0.3)
    } else {
        base.scale(1.0 - 0.03 * row)
    }
}

fn fog(canvas: &mut Canvas, landscape: &Landscape) {
    let (horizon, low) = (landscape.horizon(), landscape.sky.colours()[2]);
    for (top, bottom) in [(-0.12, -0.02), (-0.05, 0.06), (0.01, 0.14)] {
        let area = (0.0, horizon + top, canvas.aspect(), horizon + bottom);
        canvas.paint(area, |_, _, old| old.mix(low, 0.45 * landscape.fog));
    }
}
