//! Rows of sunflowers.

use libm::{atan2f, cosf, sinf};

use crate::image::canvas::{Canvas, Point, Rgb, capsule, length, smooth};
use crate::image::fine::land::under;
use crate::image::noise::{cell, noise};
use crate::image::scene::{Landscape, Sky};

/// From the horizon to the viewer.
pub fn sunflowers(canvas: &mut Canvas, landscape: &Landscape, seed: u64) {
    let (horizon, sky) = (landscape.horizon(), landscape.sky);
    let low = sky.colours()[2];
    for row in 0..26 {
        // Each row nearer by the same ratio.
        let near = libm::powf(1.16, row as f32 - 25.0);
        let y = horizon - 0.005 + 0.36 * near;
        let size = 0.088 * near;
        let step = size * 1.75;
        let count = (canvas.aspect() / step) as i32 + 2;
        for place in 0..count {
            let jitter = |salt: u64| cell(place, row, seed ^ salt) - 0.5;
            let x = (place as f32 - 0.5 + 0.5 * jitter(1) + 0.5 * (row % 2) as f32) * step;
            let head = (x, y + 0.6 * size * jitter(2));
            let fade = 0.55 * (1.0 - near) * (1.0 - near) + 0.25 * landscape.fog * (1.0 - near);
            sunflower(
                canvas,
                sky,
                head,
                size * (0.85 + 0.4 * jitter(3)),
                (low, fade),
                seed ^ (place * 131 + row) as u64,
            );
        }
    }
}

fn sunflower(canvas: &mut Canvas, sky: Sky, head: Point, size: f32, haze: (Rgb, f32), salt: u64) {
    let (x0, y0) = head;
    let leaf = |side: f32| {
        capsule((x0, y0 + 1.9 * size), (x0 + side * size, y0 + 1.35 * size), 0.2 * size)
    };
    for side in [-1.0, 1.0] {
        let area = (x0 - 1.3 * size, y0 + size, x0 + 1.3 * size, y0 + 2.2 * size);
        canvas.fill(area, leaf(side), |x, y| {
            let vein = 0.85 + 0.3 * noise(x / size * 3.0, y / size * 5.0, salt);
            under(sky, Rgb::hex(0x4f_7d2c).scale(vein)).mix(haze.0, haze.1)
        });
    }
    canvas.fill(
        (x0 - 0.1 * size, y0, x0 + 0.1 * size, y0 + 2.6 * size),
        capsule((x0, y0), (x0, y0 + 2.6 * size), 0.06 * size),
        |_, _| under(sky, Rgb::hex(0x46_6b26)).mix(haze.0, haze.1),
    );
    let tilt = 0.86;
    let phase = cell(salt as i32, 3, salt) * 6.0;
    let area = (x0 - size, y0 - size, x0 + size, y0 + size);
    let petals = move |x: f32, y: f32| {
        let (u, v) = ((x - x0) / size, (y - y0) / size / tilt);
        let angle = atan2f(v, u);
        let outer =
            0.72 + 0.24 * cosf(angle * 9.0 + phase).abs() + 0.05 * sinf(angle * 5.0 + phase);
        (length(u, v) - outer) * size * 0.8
    };
    canvas.fill(area, petals, |x, y| {
        let (u, v) = ((x - x0) / size, (y - y0) / size / tilt);
        let (r, angle) = (length(u, v), atan2f(v, u));
        let crease = 0.8 + 0.2 * cosf(angle * 9.0 + phase).abs();
        let petal = Rgb::hex(0xf0_8d12)
            .mix(Rgb::hex(0xff_d62e), smooth(0.4, 0.85, r))
            .scale(crease - 0.14 * v);
        let seeds = Rgb::hex(0x3b_2212).mix(
            Rgb::hex(0x7a_4a1c),
            smooth(0.15, 0.42, r) * (0.4 + 0.8 * noise(u * 14.0, v * 14.0, salt)),
        );
        under(sky, petal.mix(seeds, smooth(0.46, 0.4, r))).mix(haze.0, haze.1)
    });
}
