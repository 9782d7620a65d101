//! What lies under the sky: ridges that fade with distance, and the ground up to the viewer.

use libm::{expf, powf, sinf};

use crate::image::canvas::{Canvas, Rgb, smooth};
use crate::image::fine::{flowers, things};
use crate::image::noise::{cell, fbm, noise, ridged};
use crate::image::scene::{Far, Ground, Landscape, Sky};

/// A colour under the light of the sky.
pub fn under(sky: Sky, colour: Rgb) -> Rgb {
    let light = sky.light();
    Rgb(std::array::from_fn(|i| colour.0[i] * light.0[i]))
}

/// Draws mountains or hills on the horizon, the farthest first.
pub fn draw_far(canvas: &mut Canvas, landscape: &Landscape, sun_x: f32, seed: u64) {
    let layers = match landscape.far {
        Far::Open => return,
        Far::Mountains => 4_u8,
        Far::Hills => 3,
    };
    for layer in 0..layers {
        let nearness = f32::from(layer + 1) / f32::from(layers);
        ridge(canvas, landscape, sun_x, nearness, seed.wrapping_add(u64::from(layer) * 77));
    }
}

fn ridge(canvas: &mut Canvas, landscape: &Landscape, sun_x: f32, nearness: f32, seed: u64) {
    let horizon = landscape.horizon();
    let mountains = landscape.far == Far::Mountains;
    let crest = move |x: f32| {
        if mountains {
            let shape = ridged(x * (0.9 + 0.8 * nearness) + 3.0, nearness * 9.0, 6, seed);
            horizon + 0.01 - (0.44 - 0.31 * nearness) * (0.12 + powf(shape, 1.35))
        } else {
            let shape = fbm(x * (1.1 + 0.5 * nearness), nearness * 9.0, 3, seed);
            horizon + 0.02 - (0.3 - 0.2 * nearness) * shape
        }
    };
    let [_, middle, low] = landscape.sky.colours();
    let haze = middle.mix(low, 0.65);
    let air = ((1.0 - nearness) * (0.55 + 0.45 * landscape.fog)).max(0.45 * landscape.fog);
    let (rock, grass) = (Rgb::hex(0x5d_5a63), Rgb::hex(0x4f_7a3a));
    let pixel = canvas.pixel();
    canvas.paint((0.0, 0.1, canvas.aspect(), horizon + 0.01), |x, y, old| {
        let top = crest(x);
        let cover = ((y - top) / pixel + 0.5).clamp(0.0, 1.0);
        if cover <= 0.0 {
            return old;
        }
        let side = ((sun_x - x) / 0.25).clamp(-1.0, 1.0);
        let below = y - top;
        let colour = if mountains {
            let (u, v) = (x * 5.5 + 1.6 * below, y * 9.0);
            let slope = ridged(u + 0.03, v, 5, seed ^ 3) - ridged(u - 0.03, v, 5, seed ^ 3);
            let bright = (0.62 + 2.6 * side * slope).clamp(0.2, 1.15);
            let line =
                0.11 * (1.0 - 0.75 * nearness) * (0.3 + 1.4 * fbm(x * 14.0, y * 9.0, 4, seed));
            let snow = smooth(line + 0.02, line - 0.02, below) * smooth(0.95, 0.55, nearness);
            let forest = smooth(0.5, 1.0, nearness);
            let ground = rock.mix(Rgb::hex(0x2e_4636), forest).scale(bright);
            ground.mix(Rgb::hex(0xf4_f6fa).scale(0.55 + 0.45 * bright), snow)
        } else {
            let patch = fbm(x * 9.0, y * 26.0, 4, seed ^ 5);
            let fields = noise(x * 3.0 + 2.0 * below, y * 12.0, seed ^ 6);
            let tone = grass.mix(Rgb::hex(0x9a_a24e), smooth(0.35, 0.75, fields));
            tone.scale(0.72 + 0.5 * patch - 1.2 * below)
        };
        let faded = under(landscape.sky, colour).mix(haze, air);
        old.mix(faded.mix(haze, landscape.fog * 0.55 * smooth(0.0, 0.16, below)), cover)
    });
}

/// Draws the ground from the horizon to the lower edge.
pub fn draw_ground(canvas: &mut Canvas, landscape: &Landscape, sun_x: f32, seed: u64) {
    match landscape.ground {
        Ground::Water => {
            things::draw_on_horizon(canvas, landscape, seed);
            water(canvas, landscape, sun_x, landscape.horizon(), 1.0, seed);
        }
        Ground::Beach => beach(canvas, landscape, sun_x, seed),
        Ground::Dunes => dunes(canvas, landscape, sun_x, seed),
        Ground::Meadow | Ground::Wheat | Ground::Snow | Ground::Sunflowers => {
            field(canvas, landscape, sun_x, seed);
        }
    }
    if landscape.fog > 0.5 {
        let (horizon, low) = (landscape.horizon(), landscape.sky.colours()[2]);
        canvas.paint((0.0, horizon - 0.2, canvas.aspect(), 1.0), |x, y, old| {
            let away = (y - horizon) / 0.07;
            let wisps = 0.4 + 0.9 * fbm(x * 2.5, y * 9.0, 4, seed ^ 51);
            old.mix(low, (0.85 * landscape.fog * wisps * expf(-away * away)).min(0.95))
        });
    }
}

/// Mirrors what is above the horizon down to `until`, broken by ripples.
pub fn water(
    canvas: &mut Canvas,
    landscape: &Landscape,
    sun_x: f32,
    horizon: f32,
    until: f32,
    seed: u64,
) {
    let above = canvas.clone();
    let deep = under(landscape.sky, Rgb::hex(0x16_4458));
    let rough = if landscape.far == Far::Mountains { 0.35 } else { 1.0 };
    let glint = landscape.sky.sun().is_some_and(|height| height < 0.5) || landscape.moon;
    canvas.paint((0.0, horizon, canvas.aspect(), until), |x, y, _| {
        let below = y - horizon;
        let depth = 1.0 / (below + 0.025);
        let wave = fbm(x * depth * 0.7, depth * 5.0, 3, seed ^ 61) - 0.5;
        let fine = fbm(x * depth * 2.4, depth * 16.0, 2, seed ^ 62) - 0.5;
        let ripple = rough * (wave + 0.5 * fine);
        let source = horizon - below * (0.92 + 0.3 * ripple) - 0.012 * ripple;
        let mirrored = above.at(x + 0.05 * ripple * (0.2 + below), source);
        let deepness = 0.12 + 0.5 * smooth(0.0, 0.5, below) + 0.5 * ripple.abs();
        let colour = mirrored.mix(deep, deepness.min(0.8));
        let away = (x - sun_x) / (0.03 + 0.22 * below);
        let sparkle = smooth(0.12, 0.34, wave + 0.6 * fine + 0.12) * expf(-away * away);
        let light = if glint { sparkle * 0.85 } else { 0.12 * sparkle };
        colour.lit(landscape.sky.colours()[2].mix(Rgb::grey(1.0), 0.45).scale(light))
    });
}

fn beach(canvas: &mut Canvas, landscape: &Landscape, sun_x: f32, seed: u64) {
    let horizon = landscape.horizon();
    water(canvas, landscape, sun_x, horizon, 0.9, seed);
    let shore = move |x: f32| 0.79 + 0.07 * (fbm(x * 1.3, 4.0, 3, seed ^ 71) - 0.5) + 0.025 * x;
    let sand = Rgb::hex(0xec_d6a6);
    canvas.paint((0.0, horizon, canvas.aspect(), 1.0), |x, y, old| {
        let inland = y - shore(x);
        let grains = fbm(x * 90.0, y * 160.0, 2, seed ^ 72);
        let humps = fbm(x * 5.0, y * 16.0, 4, seed ^ 73);
        let wet = smooth(0.05, 0.0, inland);
        let tone = sand
            .scale(0.8 + 0.22 * humps + 0.14 * (grains - 0.5))
            .mix(Rgb::hex(0xa5_8a63), 0.6 * wet);
        let foam =
            expf(-(inland / 0.006) * (inland / 0.006)) * (0.5 + 0.5 * noise(x * 30.0, 1.0, seed));
        let shallow =
            old.mix(under(landscape.sky, Rgb::hex(0x6c_d3c9)), 0.55 * smooth(-0.13, 0.0, inland));
        let ground = shallow.mix(under(landscape.sky, tone), smooth(-0.003, 0.003, inland));
        ground.mix(under(landscape.sky, Rgb::grey(1.0)), foam)
    });
}

fn dunes(canvas: &mut Canvas, landscape: &Landscape, sun_x: f32, seed: u64) {
    let side = if sun_x > 0.5 * canvas.aspect() { 1.0 } else { -1.0 };
    // Sand is bright even under stars.
    let light = if landscape.sky == Sky::Night { 1.45 } else { 1.0 };
    let (horizon, pixel) = (landscape.horizon(), canvas.pixel());
    let low = landscape.sky.colours()[2];
    for layer in 0..6_u8 {
        let near = f32::from(layer) / 5.0;
        let salt = seed.wrapping_add(900 + u64::from(layer));
        let base = horizon + 0.36 * near * near;
        let crest = move |x: f32| {
            base - (0.07 + 0.2 * near) * (fbm(x * (2.2 - 1.1 * near) + 2.0, 8.0, 2, salt) - 0.35)
        };
        canvas.paint((0.0, horizon - 0.2, canvas.aspect(), 1.0), |x, y, old| {
            let below = y - crest(x);
            let cover = (below / pixel + 0.5).clamp(0.0, 1.0);
            if cover <= 0.0 {
                return old;
            }
            let slope = (crest(x + 0.02) - crest(x - 0.02)) / 0.04;
            // The lee side lies in shadow, with a soft foot.
            let lee = smooth(
                -0.05,
                0.12,
                side * slope + 0.5 * (noise(x * 6.0, below * 9.0, salt) - 0.5) * 0.2,
            );
            let shade = lee * expf(-below / (0.05 + 0.1 * near));
            let bend = 0.6 * fbm(x * 4.0, y * 6.0, 3, salt);
            let ripples = sinf((y * 150.0 + 40.0 * bend + x * 16.0) * (1.3 - 0.6 * near));
            let tone =
                Rgb::hex(0xe3_ae6c).scale(0.95 + 0.035 * near * ripples + 0.2 * (bend - 0.3));
            let colour =
                under(landscape.sky, tone.mix(Rgb::hex(0x6a_3c2c), 0.85 * shade).scale(light));
            old.mix(colour.mix(low, (0.3 + 0.3 * landscape.fog) * (1.0 - near) * 0.8), cover)
        });
    }
}

fn field(canvas: &mut Canvas, landscape: &Landscape, sun_x: f32, seed: u64) {
    let (horizon, low) = (landscape.horizon(), landscape.sky.colours()[2]);
    let [far, near, dark] = match landscape.ground {
        Ground::Wheat => [0xe0_c069, 0xc9_9a3a, 0x8a_6424],
        Ground::Snow => [0xe6_edf5, 0xf3_f6fa, 0xa3_b5cf],
        Ground::Sunflowers => [0x9a_9c3c, 0x3f_5a23, 0x22_3a18],
        _ => [0x8c_aa57, 0x4d_7a30, 0x2c_4d20],
    }
    .map(Rgb::hex);
    let snow = landscape.ground == Ground::Snow;
    canvas.paint((0.0, horizon - 0.004, canvas.aspect(), 1.0), |x, y, _| {
        let below = (y - horizon).max(0.0);
        let depth = 1.0 / (below + 0.03);
        let (u, v) = ((x - 0.75) * depth, depth);
        let humps = fbm(u * 0.7, v * 1.1, 4, seed ^ 81);
        let blades = fbm(x * 150.0, y * 45.0, 2, seed ^ 82) * smooth(0.0, 0.2, below);
        let mut colour = far.mix(near, smooth(0.0, 0.3, below));
        let shadow = smooth(0.62, 0.34, humps) * if snow { 0.5 } else { 0.55 };
        colour =
            colour.mix(dark, shadow + if snow { 0.0 } else { 0.5 * smooth(0.5, 0.75, blades) });
        if snow {
            let spark = cell((x * 512.0) as i32, (y * 512.0) as i32, seed) > 0.996;
            colour = colour.lit(Rgb::grey(if spark { 0.5 } else { 0.0 }));
        }
        let away = (x - sun_x) / 0.6;
        let warm = if landscape.sky.sun().is_some() { 0.12 * expf(-away * away) } else { 0.0 };
        let lit = under(landscape.sky, colour).lit(low.scale(warm));
        lit.mix(low, (0.3 + 0.5 * landscape.fog) * expf(-below / 0.05))
    });
    if landscape.ground == Ground::Sunflowers {
        flowers::sunflowers(canvas, landscape, seed);
    }
}
