//! City, balls, planets and shapes, flat.

use libm::sinf;

use crate::image::canvas::{Canvas, Rgb, disc, length};
use crate::image::coarse::{sky, stars, under, water};
use crate::image::noise::cell;
use crate::image::scene::Sky;
use crate::random::Random;

/// Boxes with square windows.
pub fn city(canvas: &mut Canvas, light: Sky, moon: bool, river: bool, seed: u64) {
    let mut random = Random::new(seed);
    let bottom = if river { 0.68 } else { 1.0 };
    sky(canvas, light, bottom);
    if light == Sky::Night {
        stars(canvas, 0.5, seed);
    }
    if moon {
        canvas.stamp(
            canvas.whole(),
            disc((random.between(0.3, 1.2), 0.18), 0.07),
            Rgb::hex(0xf4_f0d8),
        );
    }
    for (layer, tone) in [0x7a_8094_u32, 0x52_586c].into_iter().enumerate() {
        let mut x = -0.02;
        while x < canvas.aspect() {
            let width = random.between(0.08, 0.15);
            let top = bottom - random.between(0.2, 0.55 - 0.16 * layer as f32);
            let wall = under(light, Rgb::hex(tone));
            let house = random.below(9999) as i32;
            canvas.paint((x, top, x + width, bottom - 0.002), |px, py, _| {
                let (u, v) = ((px - x) / 0.022, (py - top) / 0.03);
                let window = u.fract() > 0.35 && v.fract() > 0.4 && px - x < width - 0.01;
                let lit = cell(u as i32 + house, v as i32, seed) < 0.4;
                match (window, lit, light.is_dark()) {
                    (true, true, true) => Rgb::hex(0xff_dc64),
                    (true, _, _) => wall.scale(0.7),
                    _ => wall,
                }
            });
            x += width + random.between(0.0, 0.02);
        }
    }
    if river {
        canvas.paint((0.0, bottom, canvas.aspect(), 1.0), |x, y, _| {
            let row = ((y - bottom) * 22.0).floor();
            let base = water(light, (x, y), row, None, seed);
            let lamp =
                cell((x * 26.0) as i32, 3, seed) > 0.7 && ((y * 70.0) as i32) % 3 != 0 && y < 0.86;
            if lamp { base.mix(Rgb::hex(0xff_d060), 0.55) } else { base }
        });
    }
}

/// Discs with one highlight on a floor without depth.
pub fn spheres(canvas: &mut Canvas, count: usize, colours: &[u32], seed: u64) {
    let mut random = Random::new(seed);
    canvas.paint(
        canvas.whole(),
        |_, y, _| if y < 0.3 { Rgb::hex(0xb8_c4d4) } else { Rgb::hex(0xe8_e0d4) },
    );
    canvas.paint((0.0, 0.3, canvas.aspect(), 1.0), |x, y, old| {
        let depth = 0.35 / (y - 0.18);
        let (u, v) = (((x - 0.75) * depth * 9.0).floor() as i32, (depth * 9.0).floor() as i32);
        if (u + v).rem_euclid(2) == 0 { Rgb::hex(0x5a_544e) } else { old }
    });
    let rows = if count > 6 { 3 } else { 2 };
    let columns = count.div_ceil(rows);
    for place in 0..count {
        let (row, column) = (place / columns, place % columns);
        let radius = 0.075 + 0.02 * row as f32 + random.between(0.0, 0.012);
        let step = canvas.aspect() / (columns as f32 + 0.6);
        let centre = (
            step * (column as f32 + 0.8) + random.between(-0.03, 0.03),
            0.4 + 0.42 * row as f32 / (rows as f32 - 1.0),
        );
        let colour = Rgb::hex(colours[place % colours.len()]);
        let shadow = (centre.0 + 0.03, centre.1 + 0.9 * radius);
        let flat = move |x: f32, y: f32| length(x - shadow.0, (y - shadow.1) * 3.0) - radius;
        canvas.stamp(canvas.whole(), flat, Rgb::hex(0x3a_3632));
        canvas.stamp(canvas.whole(), disc(centre, radius), colour.scale(0.75));
        canvas.stamp(
            canvas.whole(),
            disc((centre.0 - 0.12 * radius, centre.1 - 0.12 * radius), 0.8 * radius),
            colour,
        );
        canvas.stamp(
            canvas.whole(),
            disc((centre.0 - 0.35 * radius, centre.1 - 0.35 * radius), 0.18 * radius),
            Rgb::grey(1.0),
        );
    }
}

/// A disc with stripes or spots.
pub fn planet(
    canvas: &mut Canvas,
    colours: [Rgb; 2],
    ring: bool,
    moons: usize,
    nebula: bool,
    seed: u64,
) {
    let mut random = Random::new(seed);
    canvas.paint(canvas.whole(), |_, _, _| Rgb::hex(0x0a_0c1c));
    if nebula {
        for blob in 0..14_u8 {
            let centre = (random.between(0.0, canvas.aspect()), random.between(0.1, 0.9));
            let colour = Rgb::hex([0x3a_1e60, 0x50_2a7c, 0x2a_2458][usize::from(blob) % 3]);
            canvas.stamp(canvas.whole(), disc(centre, random.between(0.08, 0.2)), colour);
        }
    }
    stars(canvas, 1.0, seed);
    let centre = (0.5 * canvas.aspect() + random.between(-0.1, 0.1), 0.5);
    let radius = if ring { 0.2 } else { 0.3 };
    let band = |width: f32| {
        move |x: f32, y: f32| {
            let r = length(x - centre.0, (y - centre.1) * 4.0) / radius;
            (r - 1.75).abs() - width
        }
    };
    if ring {
        canvas.stamp(canvas.whole(), band(0.3), colours[0].mix(Rgb::grey(1.0), 0.35));
    }
    let spots: Vec<_> = (0..9)
        .map(|_| {
            (
                centre.0 + radius * random.between(-0.8, 0.8),
                centre.1 + radius * random.between(-0.8, 0.8),
                random.between(0.1, 0.25) * radius,
            )
        })
        .collect();
    canvas.paint(canvas.whole(), |x, y, old| {
        if disc(centre, radius)(x, y) > 0.0 {
            return old;
        }
        let striped = ((y - centre.1) / radius * 4.5 + 20.0) as i32 % 2 == 0;
        let spotted = spots.iter().any(|(sx, sy, size)| length(x - sx, (y - sy) * 1.8) < *size);
        let marked = if ring { striped } else { spotted };
        let colour = if marked { colours[1] } else { colours[0] };
        // Half lies in shadow, with a hard edge.
        if x - centre.0 > 0.55 * radius { colour.scale(0.45) } else { colour }
    });
    if ring {
        canvas.paint((0.0, centre.1, canvas.aspect(), 1.0), |x, y, old| {
            if band(0.3)(x, y) <= 0.0 { colours[0].mix(Rgb::grey(1.0), 0.35) } else { old }
        });
    }
    for moon in 0..moons {
        let side = if moon % 2 == 0 { -1.0 } else { 1.0 };
        let at = (centre.0 + side * random.between(0.44, 0.58), random.between(0.18, 0.8));
        canvas.stamp(canvas.whole(), disc(at, 0.035), Rgb::hex(0xb0_aca4));
    }
}

/// Rectangles and discs, or stripes of waves.
pub fn shapes(canvas: &mut Canvas, colours: [Rgb; 4], waves: bool, seed: u64) {
    let mut random = Random::new(seed);
    if waves {
        let (steps, phase) = (random.between(3.0, 6.0), random.between(0.0, 6.0));
        canvas.paint(canvas.whole(), |x, y, _| {
            let band = ((y + 0.05 * sinf(x * steps + phase)) * 7.0 + 1.0) as usize;
            colours[band % 4]
        });
        return;
    }
    canvas.paint(canvas.whole(), |_, _, _| colours[0]);
    for place in 0..9_usize {
        let (x, y) = (random.between(0.0, canvas.aspect() - 0.2), random.between(0.0, 0.8));
        let (width, height) = (random.between(0.08, 0.4), random.between(0.05, 0.4));
        canvas.paint((x, y, x + width, y + height), |_, _, _| colours[1 + place % 3]);
    }
    for place in 0..4_usize {
        let centre = (random.between(0.1, canvas.aspect() - 0.1), random.between(0.1, 0.9));
        canvas.stamp(
            canvas.whole(),
            disc(centre, random.between(0.05, 0.15)),
            colours[1 + place % 3],
        );
    }
}
