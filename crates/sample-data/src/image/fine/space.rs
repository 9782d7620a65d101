//! Planets before stars and gas, lit from one side.

use libm::{expf, powf};

use crate::image::canvas::{Canvas, Point, Rgb, length, smooth};
use crate::image::fine::sky;
use crate::image::noise::{fbm, ridged};
use crate::random::Random;

/// Draws the whole picture.
pub fn draw(
    canvas: &mut Canvas,
    colours: [Rgb; 2],
    ring: bool,
    moons: usize,
    nebula: bool,
    seed: u64,
) {
    let mut random = Random::new(seed);
    canvas.paint(canvas.whole(), |_, _, _| Rgb::hex(0x04_050c));
    if nebula {
        gas(canvas, seed);
    }
    sky::stars(canvas, 4.0, seed);
    let aspect = canvas.aspect();
    let centre = (aspect * random.between(0.42, 0.58), random.between(0.47, 0.55));
    let radius = if ring { 0.22 } else { 0.31 };
    if ring {
        rings(canvas, centre, radius, colours[0], false, seed);
    }
    globe(canvas, centre, radius, colours, ring, seed);
    if ring {
        rings(canvas, centre, radius, colours[0], true, seed);
    }
    for moon in 0..moons {
        let side = if moon % 2 == 0 { -1.0 } else { 1.0 };
        let far = 0.46 + 0.1 * (moon / 2) as f32 + random.between(0.0, 0.06);
        let at = (
            centre.0 + side * far,
            centre.1 + random.between(-0.32, -0.12) + 0.5 * (moon / 2) as f32,
        );
        let size = random.between(0.022, 0.04);
        globe(
            canvas,
            at,
            size,
            [Rgb::hex(0xa8_a29a), Rgb::hex(0x6d_6862)],
            false,
            seed ^ (moon as u64 + 5),
        );
    }
}

fn gas(canvas: &mut Canvas, seed: u64) {
    canvas.paint(canvas.whole(), |x, y, old| {
        let bend = fbm(x * 1.8, y * 1.8, 4, seed ^ 3);
        let thick = fbm(x * 2.2 + 1.6 * bend, y * 2.2 - 1.2 * bend, 6, seed ^ 4);
        let thread = ridged(x * 2.0 + bend, y * 2.0, 5, seed ^ 5);
        let violet = Rgb::hex(0x8a_3fd0).scale(0.95 * smooth(0.35, 0.8, thick));
        let rose = Rgb::hex(0xf0_6aa8).scale(0.7 * smooth(0.5, 0.95, thick * thread * 1.9));
        let blue = Rgb::hex(0x2a_60c8).scale(0.55 * smooth(0.3, 0.7, 1.0 - bend));
        old.lit(violet).lit(rose).lit(blue.scale(thick))
    });
}

fn globe(
    canvas: &mut Canvas,
    centre: Point,
    radius: f32,
    colours: [Rgb; 2],
    bands: bool,
    seed: u64,
) {
    let light = [-0.62_f32, -0.42, 0.66];
    let air = colours[0].mix(Rgb::hex(0xbf_d8ff), 0.6);
    if radius > 0.1 {
        canvas.paint(canvas.whole(), |x, y, old| {
            let (u, v) = ((x - centre.0) / radius, (y - centre.1) / radius);
            let away = length(u, v) - 1.0;
            let facing = (0.4 - 0.62 * u - 0.42 * v).max(0.0);
            old.lit(air.scale(0.5 * facing.min(1.0) * expf(-away.max(0.0) / 0.045)))
        });
    }
    let area = (centre.0 - radius, centre.1 - radius, centre.0 + radius, centre.1 + radius);
    canvas.fill(area, crate::image::canvas::disc(centre, radius), |x, y| {
        let (u, v) = ((x - centre.0) / radius, (y - centre.1) / radius);
        let w = (1.0 - u * u - v * v).max(0.0).sqrt();
        let tilted = v * 0.94 + u * 0.34;
        let surface = if bands {
            let storm = fbm(u * 3.0 + 2.0 * w, tilted * 9.0, 5, seed);
            let band = fbm(0.5, tilted * 7.0 + 0.8 * (storm - 0.5), 4, seed ^ 8);
            colours[1]
                .mix(colours[0], smooth(0.3, 0.62, band))
                .mix(Rgb::hex(0xf2_e2c2), 0.5 * smooth(0.55, 0.8, band))
        } else {
            // Land and cloud on a ball, from noise bent around it.
            let (p, q) = (u / (0.6 + 0.8 * w) * 2.4, tilted / (0.6 + 0.8 * w) * 2.8);
            let land = fbm(p + 4.0, q, 6, seed ^ 9);
            let cloud = fbm(p * 1.4 + 1.5 * land, q * 2.4, 6, seed ^ 10);
            let crater = 0.8 + 0.5 * (fbm(p * 6.0, q * 6.0, 4, seed ^ 11) - 0.3);
            colours[0]
                .scale(crater)
                .mix(colours[0].scale(0.55), smooth(0.5, 0.62, land))
                .mix(colours[1], 0.85 * smooth(0.5, 0.7, cloud))
        };
        let shade = (u * light[0] + v * light[1] + w * light[2]).max(0.0);
        let rim = powf(1.0 - w, 3.0) * smooth(0.0, 0.4, shade);
        surface.scale(0.02 + 1.15 * powf(shade, 0.8)).lit(air.scale(0.55 * rim))
    });
}

fn rings(canvas: &mut Canvas, centre: Point, radius: f32, colour: Rgb, front: bool, seed: u64) {
    let tilt = 0.3_f32;
    canvas.paint(canvas.whole(), |x, y, old| {
        let (dx, dy) = ((x - centre.0) / radius, (y - centre.1) / radius);
        let (u, v) = (dx * 0.955 + dy * 0.296, (dy * 0.955 - dx * 0.296) / tilt);
        if (v > 0.0) != front {
            return old;
        }
        let r = length(u, v);
        let edges = smooth(1.3, 1.33, r) * smooth(2.25, 2.21, r);
        let gap = 1.0 - 0.9 * smooth(0.03, 0.015, (r - 1.88).abs());
        let groove = fbm(r * 26.0, 0.5, 4, seed ^ 12);
        // The planet's shadow lies on the far side.
        let shadow = if front {
            1.0
        } else {
            1.0 - 0.85
                * smooth(1.05, 0.95, (dx - 0.55 * r * 0.4).abs())
                * smooth(0.0, 0.2, dx + 0.4)
        };
        let cover = edges * gap * (0.25 + 0.75 * groove);
        old.mix(colour.mix(Rgb::hex(0xf4_e8d2), groove).scale(0.95 * shadow), cover)
    });
}
