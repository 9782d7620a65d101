//! Windmill, hut and lighthouse, with light and shade.

use libm::{atan2f, cosf, expf, sinf};

use crate::image::canvas::{Canvas, Point, Rgb, bounds, capsule, disc, length, smooth};
use crate::image::fine::land::under;
use crate::image::fine::things::{glow, ground_shadow, rectangle, shape};
use crate::image::noise::{fbm, noise};
use crate::image::scene::{Ground, Landscape};
use crate::random::Random;

/// A windmill, its foot on the ground.
pub fn windmill(
    canvas: &mut Canvas,
    landscape: &Landscape,
    foot: Point,
    size: f32,
    random: &mut Random,
) {
    let sky = landscape.sky;
    let (x0, y0) = foot;
    let place = |u: f32, v: f32| (x0 + u * size, y0 + v * size);
    ground_shadow(canvas, landscape, foot, 0.35 * size);
    let tower =
        [(-0.13, 0.0), (-0.085, -0.62), (0.085, -0.62), (0.13, 0.0)].map(|(u, v)| place(u, v));
    shape(canvas, &tower, move |x, y| {
        let u = (x - x0) / (0.13 * size);
        let stone = 0.92 + 0.16 * (fbm(x * 60.0, y * 90.0, 3, 3) - 0.5);
        under(sky, Rgb::hex(0xf0_e6d2).scale(stone * (0.82 - 0.38 * u)))
    });
    let cap = [(-0.105, -0.61), (-0.07, -0.7), (0.0, -0.74), (0.07, -0.7), (0.105, -0.61)]
        .map(|(u, v)| place(u, v));
    shape(canvas, &cap, move |x, _| {
        under(sky, Rgb::hex(0x6e_3a2c).scale(0.85 - 2.0 * (x - x0) / size))
    });
    for (u, v) in [(-0.02, -0.42), (0.02, -0.22)] {
        let at = place(u, v);
        rectangle(
            canvas,
            (at.0 - 0.018 * size, at.1, at.0 + 0.018 * size, at.1 + 0.05 * size),
            |_, _| {
                if sky.is_dark() { Rgb::hex(0xff_cf70) } else { under(sky, Rgb::hex(0x4a_3a30)) }
            },
        );
    }
    let turn = random.between(0.2, 1.3);
    let hub = place(0.0, -0.65);
    for blade in 0..4_u8 {
        let angle = turn + f32::from(blade) * std::f32::consts::FRAC_PI_2;
        let (c, s) = (cosf(angle), sinf(angle));
        let along = |r: f32, side: f32| {
            (hub.0 + size * (c * r - s * side), hub.1 + size * (s * r + c * side))
        };
        let sail = [along(0.1, 0.0), along(0.48, 0.0), along(0.48, 0.085), along(0.1, 0.07)];
        shape(canvas, &sail, |x, y| {
            let (dx, dy) = ((x - hub.0) / size, (y - hub.1) / size);
            let (r, side) = (c * dx + s * dy, c * dy - s * dx);
            let lattice =
                smooth(0.75, 0.95, sinf(r * 110.0)).max(smooth(0.7, 0.95, sinf(side * 150.0)));
            under(sky, Rgb::hex(0xf3_eee2).mix(Rgb::hex(0x6a_4a34), 0.6 * lattice))
        });
        canvas.fill(
            bounds(&[along(0.0, 0.0), along(0.5, 0.0)]),
            capsule(along(0.0, 0.0), along(0.5, 0.0), 0.009 * size),
            |_, _| under(sky, Rgb::hex(0x55_3826)),
        );
    }
    canvas.fill(
        (hub.0 - 0.05, hub.1 - 0.05, hub.0 + 0.05, hub.1 + 0.05),
        disc(hub, 0.022 * size),
        |_, _| under(sky, Rgb::hex(0x3e_2a20)),
    );
}

/// A hut with a lit window.
pub fn hut(canvas: &mut Canvas, landscape: &Landscape, foot: Point, size: f32, salt: u64) {
    let sky = landscape.sky;
    let (x0, y0) = foot;
    let place = |u: f32, v: f32| (x0 + u * size, y0 + v * size);
    ground_shadow(canvas, landscape, foot, 0.75 * size);
    let wood = move |x: f32, y: f32, bright: f32| {
        let plank = 0.85 + 0.15 * smooth(0.1, 0.3, ((y - y0) / size * 14.0).fract().abs());
        under(
            sky,
            Rgb::hex(0x8a_5c3a)
                .scale(bright * plank * (0.9 + 0.3 * fbm(x * 25.0, y * 160.0, 3, salt))),
        )
    };
    let front = [(-0.6, 0.0), (-0.6, -0.42), (-0.3, -0.78), (0.0, -0.42), (0.0, 0.0)]
        .map(|(u, v)| place(u, v));
    let side = [(0.0, 0.0), (0.0, -0.42), (0.7, -0.4), (0.7, -0.02)].map(|(u, v)| place(u, v));
    shape(canvas, &side, |x, y| wood(x, y, 0.62));
    shape(canvas, &front, |x, y| wood(x, y, 1.0));
    let snow = landscape.ground == Ground::Snow;
    let roof_colour = Rgb::hex(if snow { 0xf0_f4fa } else { 0x5a_4640 });
    let chimney = [(0.4, -0.7), (0.4, -1.0), (0.5, -1.0), (0.5, -0.7)].map(|(u, v)| place(u, v));
    shape(canvas, &chimney, |x, y| {
        under(sky, Rgb::hex(0x7a_6a62).scale(0.8 + 0.3 * noise(x * 200.0, y * 200.0, salt)))
    });
    let roof =
        [(-0.34, -0.84), (0.42, -0.82), (0.78, -0.38), (0.0, -0.4)].map(|(u, v)| place(u, v));
    shape(canvas, &roof, |x, y| {
        under(sky, roof_colour.scale(0.82 + 0.25 * (fbm(x * 40.0, y * 70.0, 3, salt) - 0.3)))
    });
    let eave =
        [(-0.34, -0.84), (-0.26, -0.78), (-0.62, -0.36), (-0.7, -0.38)].map(|(u, v)| place(u, v));
    shape(canvas, &eave, |_, _| under(sky, roof_colour.scale(0.95)));
    let window = place(-0.3, -0.3);
    let half = 0.09 * size;
    rectangle(
        canvas,
        (
            window.0 - half * 1.2,
            window.1 - half * 1.2,
            window.0 + half * 1.2,
            window.1 + half * 1.2,
        ),
        |_, _| under(sky, Rgb::hex(0x3c_2618)),
    );
    rectangle(
        canvas,
        (window.0 - half, window.1 - half, window.0 + half, window.1 + half),
        |x, y| {
            let cross = (x - window.0).abs().min((y - window.1).abs());
            let lamp = length(x - window.0, y - window.1) / half;
            Rgb::hex(0x50_3018).mix(
                Rgb::hex(0xff_d67a).mix(Rgb::hex(0xff_a83c), 0.5 * lamp),
                smooth(0.0012, 0.0026, cross),
            )
        },
    );
    glow(canvas, window, Rgb::hex(0xff_a040), if sky.is_dark() { 0.5 } else { 0.18 }, 0.09);
    if !snow {
        return;
    }
    let pool = place(-0.3, 0.12);
    canvas.paint((pool.0 - 0.2, pool.1 - 0.05, pool.0 + 0.2, pool.1 + 0.1), |x, y, old| {
        let away = length((x - pool.0) / 0.08, (y - pool.1) / 0.035);
        old.lit(Rgb::hex(0xff_b050).scale(0.5 * expf(-away * away)))
    });
}

/// A lighthouse on a rock at the horizon; its beam only in the dark.
pub fn lighthouse(canvas: &mut Canvas, landscape: &Landscape, random: &mut Random, seed: u64) {
    let sky = landscape.sky;
    let horizon = landscape.horizon();
    let x0 = canvas.aspect() * random.between(0.3, 0.7);
    let rock = move |x: f32| {
        let away = (x - x0) / 0.33;
        horizon + 0.012
            - 0.15
                * expf(-away * away * 1.6)
                * (0.55 + 0.9 * fbm(x * 9.0, 2.0, 4, seed))
                * smooth(1.15, 0.8, away.abs())
    };
    canvas.fill(
        (x0 - 0.4, 0.3, x0 + 0.4, horizon + 0.01),
        move |x, y| rock(x) - y + if (x - x0).abs() > 0.38 { 1.0 } else { 0.0 },
        |x, y| {
            let rough =
                fbm(x * 22.0, y * 30.0, 5, seed) - fbm(x * 22.0 + 0.5, y * 30.0 + 0.4, 5, seed);
            under(sky, Rgb::hex(0x66_5f58).scale(0.75 + 3.0 * rough))
        },
    );
    let (base, top) = (horizon - 0.1, 0.2);
    let half = move |y: f32| 0.026 + 0.02 * (y - top) / (base - top);
    canvas.fill(
        (x0 - 0.08, top, x0 + 0.08, base),
        move |x, y| ((x - x0).abs() - half(y)).max(top - y).max(y - base),
        |x, y| {
            let u = (x - x0) / half(y);
            let band = ((y - top) / (base - top) * 5.0).fract();
            let paint = Rgb::hex(0xf7_f3ea).mix(Rgb::hex(0xc8_3226), smooth(0.49, 0.51, band));
            under(sky, paint.scale(0.98 - 0.32 * u - 0.22 * u * u))
        },
    );
    rectangle(canvas, (x0 - 0.042, top - 0.008, x0 + 0.042, top + 0.002), |_, _| {
        under(sky, Rgb::hex(0x35_3535))
    });
    rectangle(canvas, (x0 - 0.02, top - 0.05, x0 + 0.02, top - 0.008), |x, _| {
        let bar = ((x - x0) * 180.0).fract().abs() < 0.2;
        if bar {
            Rgb::hex(0x3a_3a38)
        } else if sky.is_dark() {
            Rgb::hex(0xff_f4c0)
        } else {
            under(sky, Rgb::hex(0xa8_cfd8))
        }
    });
    let roof = [(x0 - 0.028, top - 0.048), (x0, top - 0.085), (x0 + 0.028, top - 0.048)];
    shape(canvas, &roof, |x, _| under(sky, Rgb::hex(0xa0_2a20).scale(0.9 - 8.0 * (x - x0))));
    if !sky.is_dark() {
        return;
    }
    let lamp = (x0, top - 0.03);
    let (aim, tilt) =
        (if x0 < 0.75 { 0.0 } else { std::f32::consts::PI }, random.between(-0.16, 0.02));
    canvas.paint(canvas.whole(), |x, y, old| {
        let (dx, dy) = (x - lamp.0, y - lamp.1);
        let mut turn = atan2f(dy, dx) - aim - tilt;
        if turn < -std::f32::consts::PI {
            turn += 2.0 * std::f32::consts::PI;
        }
        let away = length(dx, dy);
        let mist = 0.6 + 0.7 * fbm(x * 4.0, y * 4.0, 4, seed ^ 4);
        let beam = expf(-(turn / 0.085) * (turn / 0.085))
            * expf(-away / 0.75)
            * mist
            * smooth(0.0, 0.03, away);
        old.lit(Rgb::hex(0xff_eab0).scale((0.85 * beam).min(1.0)))
    });
    glow(canvas, lamp, Rgb::hex(0xff_e9a8), 0.95, 0.035);
}
