//! Where things stand; balloons, boats, and what all things share: edges, glow, shadow.

use libm::{cosf, expf, sinf};

use crate::image::canvas::{Area, Canvas, Point, Rgb, bounds, capsule, length, polygon, smooth};
use crate::image::fine::buildings::{hut, lighthouse, windmill};
use crate::image::fine::land::under;
use crate::image::fine::trees;
use crate::image::noise::noise;
use crate::image::scene::{Ground, Landscape, Sky, Thing};
use crate::random::Random;

/// Places for `count` things side by side: (x, share), the share from 0 (far) to 1 (near), the
/// farthest first.
fn places(aspect: f32, count: usize, random: &mut Random) -> Vec<(f32, f32)> {
    let step = aspect * 0.86 / count as f32;
    let mut places: Vec<_> = (0..count)
        .map(|place| {
            let x = aspect * 0.07 + step * (place as f32 + 0.5 + random.between(-0.22, 0.22));
            (x, random.unit())
        })
        .collect();
    places.sort_by(|a, b| a.1.total_cmp(&b.1));
    places
}

fn count_of(landscape: &Landscape, thing: Thing) -> usize {
    landscape.things.iter().filter(|(kind, _)| *kind == thing).map(|(_, count)| count).sum()
}

/// Balloons, before the ground is drawn, so that water mirrors them.
pub fn draw_airborne(canvas: &mut Canvas, landscape: &Landscape, random: &mut Random) {
    let count = count_of(landscape, Thing::Balloon);
    for (x, near) in places(canvas.aspect(), count, random) {
        let size = if count == 1 { 0.13 } else { 0.045 + 0.045 * near };
        let y = random.between(0.14, 0.42);
        balloon(canvas, landscape.sky, (x, y), size, random);
    }
}

fn balloon(canvas: &mut Canvas, sky: Sky, centre: Point, size: f32, random: &mut Random) {
    const HUES: [[u32; 2]; 5] = [
        [0xd6_402f, 0xf7_d25a],
        [0x2d_6fb7, 0xf4_f1e6],
        [0xe8_8a2a, 0x8d_2f4f],
        [0x3b_8f6b, 0xf2_e2a0],
        [0x7a_4aa0, 0xf0_a7b8],
    ];
    let colours = HUES[random.below(HUES.len())].map(Rgb::hex);
    let (cx, cy) = centre;
    let envelope = move |x: f32, y: f32| {
        let (u, v) = ((x - cx) / size, (y - cy) / size);
        // A drop: round above, drawn together below.
        let half = if v < 0.15 { 1.0 } else { 1.0 - 0.62 * smooth(0.1, 1.5, v) };
        (length(u / half, if v > 0.0 { v * 0.78 } else { v }) - 1.0) * size * 0.7
    };
    for side in [-0.22, 0.22] {
        let rope = capsule(
            (cx + side * size * 1.5, cy + size * 1.1),
            (cx + side * size * 0.8, cy + 1.72 * size),
            0.0009,
        );
        canvas.fill((cx - size, cy, cx + size, cy + 2.0 * size), rope, |_, _| Rgb::hex(0x3a_3230));
    }
    let area = (cx - size * 1.1, cy - size * 1.1, cx + size * 1.1, cy + size * 1.4);
    canvas.fill(area, envelope, move |x, y| {
        let (u, v) = ((x - cx) / size, (y - cy) / size);
        let half = (1.0 - (v * 0.7) * (v * 0.7)).max(0.05).sqrt();
        let gore = libm::asinf((u / half).clamp(-1.0, 1.0)) * 3.2;
        let stripe = smooth(-0.12, 0.12, sinf(gore * 2.0 + 0.6));
        let seam = 1.0 - 0.12 * smooth(0.85, 1.0, cosf(gore * 4.0 + 1.2).abs());
        let light = 0.62 + 0.42 * (-0.5 * u - 0.55 * v) + 0.18 * (1.0 - length(u, v));
        let band = if v > 0.28 && v < 0.44 {
            Rgb::hex(0xf6_ead0)
        } else {
            colours[0].mix(colours[1], stripe)
        };
        under(sky, band.scale((light * seam).clamp(0.3, 1.12))).mix(sky.colours()[2], 0.1)
    });
    let basket = (cx - 0.18 * size, cy + 1.68 * size, cx + 0.18 * size, cy + 1.95 * size);
    rectangle(canvas, basket, move |x, y| {
        let weave = 0.8 + 0.2 * sinf(x * 900.0) * sinf(y * 900.0);
        under(sky, Rgb::hex(0x8a_5a30).scale(weave * (1.1 - 1.2 * (x - basket.0) / (0.36 * size))))
    });
}

/// Fills a rectangle with smooth edges.
pub fn rectangle(canvas: &mut Canvas, area: Area, colour: impl Fn(f32, f32) -> Rgb) {
    let (left, top, right, bottom) = area;
    canvas.fill(area, move |x, y| (left - x).max(x - right).max(top - y).max(y - bottom), colour);
}

/// Fills a polygon with smooth edges.
pub fn shape(canvas: &mut Canvas, points: &[Point], colour: impl Fn(f32, f32) -> Rgb) {
    canvas.fill(bounds(points), polygon(points), colour);
}

/// What stands at the far shore, before the water mirrors it.
pub fn draw_on_horizon(canvas: &mut Canvas, landscape: &Landscape, seed: u64) {
    let mut random = Random::new(seed ^ 0x51);
    let pines = count_of(landscape, Thing::Pine);
    for (x, near) in places(canvas.aspect(), pines * 2, &mut random) {
        let size = 0.1 + 0.16 * near * random.between(0.5, 1.0);
        trees::pine(
            canvas,
            landscape,
            (x, landscape.horizon() + 0.004),
            size,
            seed ^ random.below(9999) as u64,
        );
    }
    if count_of(landscape, Thing::Lighthouse) > 0 {
        lighthouse(canvas, landscape, &mut random, seed);
    }
}

/// Everything that stands on the ground.
pub fn draw_standing(canvas: &mut Canvas, landscape: &Landscape, random: &mut Random, seed: u64) {
    let horizon = landscape.horizon();
    for (thing, count) in landscape.things {
        let on_shore = landscape.ground == Ground::Water && *thing == Thing::Pine;
        if on_shore || matches!(thing, Thing::Balloon | Thing::Lighthouse) {
            continue;
        }
        for (x, near) in places(canvas.aspect(), *count, random) {
            let salt = seed ^ random.below(99_999) as u64;
            match thing {
                Thing::Boat => boat(
                    canvas,
                    landscape,
                    (x, horizon + 0.03 + 0.16 * near),
                    0.08 + 0.13 * near,
                    random,
                ),
                Thing::Pine => {
                    let foot = (x, horizon + 0.02 + 0.26 * near * near);
                    trees::pine(canvas, landscape, foot, 0.16 + 0.42 * near * near, salt);
                }
                Thing::Windmill => windmill(
                    canvas,
                    landscape,
                    (x, horizon + 0.04 + 0.12 * near),
                    0.26 + 0.14 * near,
                    random,
                ),
                Thing::Hut => {
                    hut(canvas, landscape, (x.clamp(0.4, 1.1), horizon + 0.12), 0.2, salt);
                }
                Thing::Palm => trees::palm(
                    canvas,
                    landscape,
                    (x, 0.86 + 0.07 * near),
                    0.46 + 0.16 * near,
                    salt,
                ),
                Thing::AutumnTree | Thing::SpringTree => {
                    let size = if *count == 1 { 0.52 } else { 0.28 + 0.12 * near };
                    let foot = (x, horizon + 0.06 + 0.12 * near);
                    trees::broad(canvas, landscape, foot, size, *thing == Thing::AutumnTree, salt);
                }
                Thing::Balloon | Thing::Lighthouse => {}
            }
        }
    }
}

fn boat(canvas: &mut Canvas, landscape: &Landscape, foot: Point, size: f32, random: &mut Random) {
    let sky = landscape.sky;
    let flip = if random.chance(0.5) { 1.0 } else { -1.0 };
    let hull_colour = Rgb::hex([0x7a_2f28, 0x2c_4a6e, 0xee_e8dc, 0x3c_3a38][random.below(4)]);
    let place = |u: f32, v: f32| (foot.0 + flip * u * size, foot.1 + v * size);
    // The mirror image first, drawn out and broken by ripples.
    let (x0, y0) = foot;
    canvas.paint((x0 - 0.5 * size, y0, x0 + 0.5 * size, y0 + 0.8 * size), |x, y, old| {
        let below = (y - y0) / size;
        let shake = 0.1 * below * (noise(x * 12.0, y * 120.0, 5) - 0.5) * 2.0;
        let u = (x - x0) / size + shake;
        let half = 0.3 * (1.0 - below / 0.8).max(0.0);
        let cover = smooth(half + 0.03, half - 0.03, u.abs())
            * (0.5 - 0.45 * below)
            * (0.4 + 0.6 * noise(x * 6.0, y * 220.0, 8));
        let tone = if below < 0.13 { hull_colour } else { Rgb::hex(0xf2_ead8) };
        old.mix(under(sky, tone.scale(0.75)), cover.clamp(0.0, 0.6))
    });
    let main: Vec<_> = [(0.03, -1.02), (0.05, -0.7), (0.11, -0.4), (0.4, -0.17), (0.03, -0.17)]
        .map(|(u, v)| place(u, v))
        .into();
    let jib: Vec<_> = [(-0.02, -0.9), (-0.16, -0.52), (-0.4, -0.16), (-0.12, -0.2), (-0.02, -0.26)]
        .map(|(u, v)| place(u, v))
        .into();
    canvas.fill(
        bounds(&[place(0.0, -1.06), place(0.01, 0.0)]),
        capsule(place(0.0, -1.06), place(0.0, -0.1), 0.006 * size + 0.0008),
        |_, _| under(sky, Rgb::hex(0x5a_4030)),
    );
    let warm = sky.colours()[2];
    for (sail, bright) in [(main, 1.0), (jib, 0.9)] {
        shape(canvas, &sail, move |x, y| {
            let u = flip * (x - x0) / size;
            let v = (y0 - y) / size;
            let fold = 0.04 * sinf(v * 34.0) * u.abs();
            let cloth = Rgb::hex(0xfb_f4e4).scale(bright * (0.98 - 0.55 * u.abs() + fold));
            under(sky, cloth).mix(warm, 0.25 * (1.0 - v))
        });
    }
    let hull: Vec<_> = [
        (-0.46, -0.13),
        (-0.3, -0.1),
        (0.42, -0.12),
        (0.36, -0.01),
        (0.25, 0.02),
        (-0.3, 0.02),
        (-0.38, -0.02),
    ]
    .map(|(u, v)| place(u, v))
    .into();
    shape(canvas, &hull, move |_, y| {
        let v = (y - y0) / size;
        let rail = smooth(-0.095, -0.1, v);
        under(sky, hull_colour.scale(0.85 - 3.0 * (v + 0.06)).mix(Rgb::hex(0xf6_efe0), rail))
    });
}

/// Adds light around a lamp.
pub fn glow(canvas: &mut Canvas, centre: Point, colour: Rgb, strength: f32, reach: f32) {
    let area = (
        centre.0 - 4.0 * reach,
        centre.1 - 4.0 * reach,
        centre.0 + 4.0 * reach,
        centre.1 + 4.0 * reach,
    );
    canvas.paint(area, |x, y, old| {
        let away = length(x - centre.0, y - centre.1) / reach;
        old.lit(colour.scale(strength * expf(-away)))
    });
}

/// The soft shadow under something that stands on the ground.
pub fn ground_shadow(canvas: &mut Canvas, landscape: &Landscape, foot: Point, reach: f32) {
    if landscape.ground == Ground::Water {
        return;
    }
    canvas.paint(
        (foot.0 - 2.0 * reach, foot.1 - reach, foot.0 + 2.5 * reach, foot.1 + reach),
        |x, y, old| {
            let away = length((x - foot.0 - 0.25 * reach) / reach, (y - foot.1) / (0.16 * reach));
            old.mix(old.scale(0.35), 0.8 * expf(-away * away))
        },
    );
}
