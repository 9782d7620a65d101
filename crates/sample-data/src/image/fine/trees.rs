//! Pines, palms and broad trees.

use libm::{cosf, expf, sinf};

use crate::image::canvas::{Canvas, Point, Rgb, capsule, length, smooth};
use crate::image::fine::land::under;
use crate::image::fine::things::ground_shadow;
use crate::image::noise::{fbm, noise};
use crate::image::scene::{Far, Ground, Landscape};
use crate::random::Random;

/// A pine of that height, its foot on the ground.
pub fn pine(canvas: &mut Canvas, landscape: &Landscape, foot: Point, size: f32, salt: u64) {
    let sky = landscape.sky;
    let (x0, y0) = foot;
    let snow = landscape.ground == Ground::Snow;
    if landscape.ground != Ground::Water {
        ground_shadow(canvas, landscape, foot, 0.26 * size);
    }
    // Trees in the distance fade into the air.
    let nearness = smooth(0.12, 0.5, size);
    let air = match landscape.far {
        Far::Hills if landscape.fog > 0.9 => 0.93 - 0.8 * nearness,
        _ => 0.3 * (1.0 - nearness) * landscape.fog,
    };
    let haze = sky.colours()[2];
    canvas.fill(
        (x0 - 0.02 * size, y0 - 0.2 * size, x0 + 0.02 * size, y0),
        capsule((x0, y0 - 0.3 * size), (x0, y0), 0.018 * size),
        |_, _| under(sky, Rgb::hex(0x4a_3424)).mix(haze, air),
    );
    let area = (x0 - 0.24 * size, y0 - size, x0 + 0.24 * size, y0 - 0.06 * size);
    let edge = move |x: f32, y: f32| {
        let t = (y0 - y) / size;
        let tiers = 9.0;
        // Branches hang: each tier is widest at its lower end.
        let tier = 1.0 - (t * tiers + 0.25 * ((x - x0) / size * 9.0).abs()).fract();
        let needles = 0.35 * (noise((x - x0) / size * 46.0, t * 60.0, salt) - 0.5);
        let half = 0.205 * (1.0 - t) * (0.55 + 0.5 * tier + needles) + 0.004;
        ((x - x0).abs() - half * size).max((y - y0 + 0.07 * size) * 0.8)
    };
    canvas.fill(area, edge, |x, y| {
        let (u, t) = ((x - x0) / size, (y0 - y) / size);
        let tier = 1.0 - (t * 9.0 + 0.25 * (u * 9.0).abs()).fract();
        let texture = fbm(u * 40.0, t * 55.0, 3, salt);
        let bright = 0.5 + 0.55 * (1.0 - tier) + 0.7 * (texture - 0.5) - 1.4 * u;
        let green =
            Rgb::hex(0x2f_5a34).mix(Rgb::hex(0x4a_7240), texture).scale(bright.clamp(0.25, 1.2));
        let cover = if snow { smooth(0.45, 0.2, tier + 0.5 * (texture - 0.5)) } else { 0.0 };
        under(sky, green.mix(Rgb::hex(0xf2_f6fc).scale(0.75 + 0.3 * texture), 0.9 * cover))
            .mix(haze, air)
    });
}

/// A palm of that height with a bent trunk.
pub fn palm(canvas: &mut Canvas, landscape: &Landscape, foot: Point, size: f32, salt: u64) {
    let sky = landscape.sky;
    let mut random = Random::new(salt);
    let lean = random.between(-0.28, 0.28) * size;
    ground_shadow(canvas, landscape, foot, 0.3 * size);
    let spine = |t: f32| (foot.0 + lean * t * t, foot.1 - size * t);
    for piece in 0..26_u8 {
        let (from, to) = (f32::from(piece) / 26.0, f32::from(piece + 1) / 26.0);
        let (a, b) = (spine(from), spine(to));
        let width = size * (0.028 - 0.012 * from);
        let area = (a.0.min(b.0) - width, b.1 - width, a.0.max(b.0) + width, a.1 + width);
        canvas.fill(area, capsule(a, b, width), |x, y| {
            let along = (foot.1 - y) / size;
            let round = (x - spine(along).0) / width;
            let ring = 0.82 + 0.18 * sinf(along * 170.0);
            under(sky, Rgb::hex(0xa0_8058).scale(ring * (0.85 - 0.35 * round)))
        });
    }
    let crown = spine(1.0);
    for leaf in 0..11_u8 {
        let turn = std::f32::consts::PI * (1.04 + 0.92 * f32::from(leaf) / 10.0)
            + random.between(-0.12, 0.12);
        let reach = size * random.between(0.36, 0.46);
        let droop = random.between(0.5, 0.85) * if leaf % 2 == 0 { 1.0 } else { 1.5 };
        frond(canvas, landscape, crown, (turn, reach, droop), salt ^ u64::from(leaf));
    }
    for nut in 0..3_u8 {
        let centre = (crown.0 + size * 0.022 * (f32::from(nut) - 1.0), crown.1 + 0.024 * size);
        let radius = 0.018 * size;
        let area = (centre.0 - radius, centre.1 - radius, centre.0 + radius, centre.1 + radius);
        canvas.fill(area, crate::image::canvas::disc(centre, radius), |x, y| {
            under(sky, Rgb::hex(0x6a_4526).scale(1.0 - 12.0 * (x - centre.0 + y - centre.1)))
        });
    }
}

fn frond(
    canvas: &mut Canvas,
    landscape: &Landscape,
    crown: Point,
    (turn, reach, droop): (f32, f32, f32),
    salt: u64,
) {
    let sky = landscape.sky;
    let rib = |t: f32| {
        (crown.0 + reach * t * cosf(turn), crown.1 + reach * (t * sinf(turn) + droop * t * t))
    };
    for piece in 0..34_u8 {
        let t = f32::from(piece) / 33.0;
        let at = rib(t);
        let next = rib(t + 0.03);
        let (dx, dy) = (next.0 - at.0, next.1 - at.1);
        let norm = length(dx, dy).max(1e-6);
        let (dx, dy) = (dx / norm, dy / norm);
        let long = reach
            * 0.27
            * (sinf(std::f32::consts::PI * (0.12 + 0.86 * t))).max(0.0)
            * (0.8 + 0.4 * noise(t * 40.0, 0.0, salt));
        for side in [-1.0, 1.0] {
            let tip = (
                at.0 + long * (0.75 * dx - side * 0.6 * dy),
                at.1 + long * (0.75 * dy + side * 0.6 * dx) + 0.35 * long,
            );
            let area = (
                at.0.min(tip.0) - 0.01,
                at.1.min(tip.1) - 0.01,
                at.0.max(tip.0) + 0.01,
                at.1.max(tip.1) + 0.01,
            );
            let bright = if side * cosf(turn) > 0.0 { 0.7 } else { 1.05 };
            canvas.fill(area, capsule(at, tip, 0.0042 * reach / 0.25), |_, _| {
                under(sky, Rgb::hex(0x3f_7a38).mix(Rgb::hex(0x86_a548), t).scale(bright))
            });
        }
    }
}

/// A broad tree of that height.
pub fn broad(
    canvas: &mut Canvas,
    landscape: &Landscape,
    foot: Point,
    size: f32,
    autumn: bool,
    salt: u64,
) {
    let sky = landscape.sky;
    let (x0, y0) = foot;
    ground_shadow(canvas, landscape, foot, 0.5 * size);
    let bark = |x: f32, y: f32| {
        under(
            sky,
            Rgb::hex(0x5c_4433).scale(
                0.65 + 0.6 * fbm(x * 130.0, y * 26.0, 3, salt) - 6.0 * (x - x0).clamp(-0.05, 0.05),
            ),
        )
    };
    let fork = (x0, y0 - 0.34 * size);
    for step in 0..12_u8 {
        let t = f32::from(step) / 12.0;
        let width = size * (0.032 + 0.03 * expf(-9.0 * t));
        let at = (x0 + 0.012 * size * sinf(t * 4.0), y0 - 0.42 * size * t);
        canvas.fill(
            (at.0 - width, at.1 - 0.05 * size, at.0 + width, at.1),
            capsule(at, (at.0, at.1 - 0.035 * size), width * 0.8),
            bark,
        );
    }
    for branch in [-0.26_f32, -0.12, 0.14, 0.27] {
        let tip = (x0 + branch * size, y0 - (0.72 - 0.5 * branch.abs()) * size);
        let area = (fork.0.min(tip.0), tip.1, fork.0.max(tip.0), fork.1 + 0.02);
        canvas.fill(area, capsule(fork, tip, 0.013 * size), bark);
    }
    let colours = if autumn {
        [0x8a_2f16, 0xd9_6a1c, 0xf6_bc3c].map(Rgb::hex)
    } else {
        [0x2f_5e22, 0x6d_a437, 0xc3_de6c].map(Rgb::hex)
    };
    let mut random = Random::new(salt);
    // Clumps of leaves from the back to the front, the lower ones darker.
    for clump in 0..64_u8 {
        let depth = f32::from(clump) / 63.0;
        let (turn, out) = (random.between(0.0, std::f32::consts::TAU), random.unit().sqrt());
        let centre = (
            x0 + 0.36 * size * out * cosf(turn),
            y0 - 0.66 * size + 0.25 * size * out * sinf(turn),
        );
        let radius = size * random.between(0.07, 0.13);
        let leaf_salt = salt ^ (u64::from(clump) * 7919);
        let area = (
            centre.0 - radius * 1.4,
            centre.1 - radius * 1.4,
            centre.0 + radius * 1.4,
            centre.1 + radius * 1.4,
        );
        let edge = move |x: f32, y: f32| {
            let ragged = fbm(x / size * 55.0, y / size * 55.0, 3, leaf_salt) - 0.5;
            (length(x - centre.0, y - centre.1) - radius * (0.95 + 1.5 * ragged)) * 0.6
        };
        canvas.fill(area, edge, |x, y| {
            let leaves = fbm(x / size * 75.0, y / size * 75.0, 3, leaf_salt ^ 5);
            let (u, v) = ((x - centre.0) / radius, (y - centre.1) / radius);
            let (cu, cv) = ((x - x0) / (0.45 * size), (y - y0 + 0.66 * size) / (0.32 * size));
            let bright =
                0.42 - 0.2 * (u + v) - 0.16 * (cu + 1.4 * cv) + 1.1 * (leaves - 0.5) + 0.12 * depth;
            let tone = colours[0]
                .mix(colours[1], smooth(0.05, 0.5, bright))
                .mix(colours[2], smooth(0.5, 0.95, bright));
            under(sky, tone)
        });
    }
    if autumn {
        for _ in 0..160 {
            let at =
                (x0 + size * random.between(-0.55, 0.55), y0 + size * random.between(-0.02, 0.12));
            let tone = under(sky, colours[1].mix(colours[2], random.unit()));
            canvas.fill(
                (at.0 - 0.004, at.1 - 0.004, at.0 + 0.004, at.1 + 0.004),
                crate::image::canvas::disc(at, 0.0022),
                |_, _| tone,
            );
        }
    }
}
