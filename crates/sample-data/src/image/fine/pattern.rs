//! Compositions without a subject: layers of paint on canvas, or soft waves.

use libm::{cosf, expf, sinf};

use crate::image::canvas::{Canvas, Rgb, capsule, disc, length, smooth};
use crate::image::noise::{fbm, noise};
use crate::random::Random;

/// Draws the whole picture.
pub fn draw(canvas: &mut Canvas, colours: [Rgb; 4], waves: bool, seed: u64) {
    if waves {
        soft_waves(canvas, colours, seed);
    } else {
        painted(canvas, colours, seed);
    }
}

fn painted(canvas: &mut Canvas, colours: [Rgb; 4], seed: u64) {
    let mut random = Random::new(seed);
    let aspect = canvas.aspect();
    canvas.paint(canvas.whole(), |x, y, _| {
        let wash = fbm(x * 1.8, y * 2.4, 5, seed);
        colours[0].mix(colours[2], 0.55 * smooth(0.35, 0.75, wash)).scale(0.92 + 0.16 * wash)
    });
    for bar in 0..5_usize {
        let x = aspect * random.between(0.08, 0.9);
        let tilt = random.between(-0.3, 0.3);
        let (from, to) =
            ((x - tilt, random.between(-0.1, 0.25)), (x + tilt, random.between(0.7, 1.1)));
        let width = random.between(0.012, 0.06);
        brush(canvas, capsule(from, to, width), colours[1 + bar % 3], 0.82, seed ^ bar as u64);
    }
    for place in 0..6_usize {
        let centre = (aspect * random.between(0.12, 0.88), random.between(0.15, 0.85));
        let radius = random.between(0.06, 0.2) * if place == 0 { 1.25 } else { 0.85 };
        let colour = colours[[1, 3, 2, 1, 2, 3][place]];
        shadow(canvas, centre, radius);
        if place % 3 == 2 {
            let ring = move |x: f32, y: f32| (disc(centre, radius)(x, y)).abs() - 0.16 * radius;
            brush(canvas, ring, colour, 0.95, seed ^ (40 + place as u64));
        } else {
            brush(canvas, disc(centre, radius), colour, 0.93, seed ^ (40 + place as u64));
        }
    }
    for line in 0..4_u8 {
        let y = random.between(0.1, 0.9);
        let bend = random.between(0.03, 0.12);
        let phase = random.between(0.0, 6.0);
        let path = move |x: f32, py: f32| (py - y - bend * sinf(3.0 * x + phase)).abs() - 0.0022;
        brush(canvas, path, colours[3], 0.9, seed ^ (80 + u64::from(line)));
    }
}

fn shadow(canvas: &mut Canvas, centre: (f32, f32), radius: f32) {
    canvas.paint(canvas.whole(), |x, y, old| {
        let away = length(x - centre.0 - 0.012, y - centre.1 - 0.016) - radius;
        old.mix(Rgb::grey(0.03), 0.38 * expf(-away.max(0.0) / 0.014))
    });
}

fn brush(
    canvas: &mut Canvas,
    distance: impl Fn(f32, f32) -> f32,
    colour: Rgb,
    cover: f32,
    seed: u64,
) {
    canvas.paint(canvas.whole(), |x, y, old| {
        let ragged = 0.004 * (noise(x * 60.0, y * 60.0, seed) - 0.5);
        let inside = smooth(0.0015, -0.0015, distance(x, y) + ragged);
        if inside <= 0.0 {
            return old;
        }
        let stroke = fbm(x * 9.0 + y * 3.0, y * 60.0 - x * 14.0, 3, seed ^ 2);
        let tone = colour.scale(0.82 + 0.34 * stroke);
        old.mix(tone, inside * cover * smooth(0.05, 0.4, stroke + 0.25))
    });
}

fn soft_waves(canvas: &mut Canvas, colours: [Rgb; 4], seed: u64) {
    let pixel = canvas.pixel();
    canvas.paint(canvas.whole(), |x, y, _| {
        colours[3].mix(colours[0], smooth(0.0, 0.8, y + 0.1 * cosf(x * 2.0)))
    });
    for layer in 0..9_u8 {
        let t = f32::from(layer) / 8.0;
        let salt = seed ^ (7 * u64::from(layer));
        let crest = move |x: f32| {
            0.14 + 0.82 * t
                + 0.16 * (fbm(x * 1.3 + 7.0 * t, t * 3.0, 2, salt) - 0.5)
                + 0.035 * sinf(x * 3.0 + 4.0 * t)
        };
        let (a, b) =
            (colours[1 + usize::from(layer % 2)], colours[usize::from(layer % 3 == 0) * 3]);
        canvas.paint(canvas.whole(), |x, y, old| {
            let below = y - crest(x);
            let above = expf(below.min(0.0) / 0.03);
            let shaded = old.mix(old.scale(0.86), if below < 0.0 { 0.55 * above } else { 0.0 });
            let cover = (below / pixel + 0.5).clamp(0.0, 1.0);
            let sheen = expf(-below.max(0.0) / 0.012);
            let tone = a.mix(b, 0.25 + 0.6 * smooth(0.0, 0.3, below)).lit(Rgb::grey(0.35 * sheen));
            shaded.mix(tone, cover)
        });
    }
}
