//! Balls on a chequered floor, by following rays: reflections, soft shadows, highlights.

use libm::{cosf, powf, sinf};

use crate::image::canvas::{Canvas, Rgb, smooth};
use crate::random::Random;

type Vector = [f32; 3];

struct Ball {
    centre: Vector,
    radius: f32,
    colour: Rgb,
}

fn add(a: Vector, b: Vector, scale: f32) -> Vector {
    std::array::from_fn(|i| a[i] + scale * b[i])
}

fn dot(a: Vector, b: Vector) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn unit(a: Vector) -> Vector {
    let length = dot(a, a).sqrt();
    a.map(|part| part / length)
}

/// Draws the whole picture, four rays a pixel.
pub fn draw(canvas: &mut Canvas, count: usize, colours: &[u32], seed: u64) {
    let mut random = Random::new(seed);
    let balls = arrange(count, colours, &mut random);
    let light = unit([random.between(-0.7, -0.3), 0.8, -0.45]);
    let (aspect, pixel) = (canvas.aspect(), canvas.pixel());
    canvas.paint(canvas.whole(), |x, y, _| {
        let mut sum = [0.0; 3];
        for (dx, dy) in [(-0.25, -0.12), (0.12, -0.25), (0.25, 0.12), (-0.12, 0.25)] {
            let (u, v) = (x - 0.5 * aspect + dx * pixel, 0.5 - y - dy * pixel);
            let ray = unit([u, v - 0.42, 1.15]);
            let seen = trace(&balls, light, [0.0, 2.1, -4.6], ray, 3);
            sum = std::array::from_fn(|i| sum[i] + 0.25 * seen.0[i].min(1.0));
        }
        Rgb(sum)
    });
}

/// In rows, so that they can be counted, with a little disorder.
fn arrange(count: usize, colours: &[u32], random: &mut Random) -> Vec<Ball> {
    let rows = if count > 6 { 3 } else { 2 };
    let columns = count.div_ceil(rows);
    (0..count)
        .map(|place| {
            let (row, column) = (place / columns, place % columns);
            let in_row = columns.min(count - row * columns);
            let radius =
                if count > 6 { random.between(0.36, 0.46) } else { random.between(0.42, 0.56) };
            let x = (column as f32 - 0.5 * (in_row as f32 - 1.0)) * 1.32
                + random.between(-0.12, 0.12)
                + if row % 2 == 1 { 0.35 } else { -0.1 };
            let z = row as f32 * 1.25 - 0.9 + random.between(-0.15, 0.15);
            let colour = Rgb::hex(colours[place % colours.len()]);
            Ball { centre: [x, radius, z], radius, colour }
        })
        .collect()
}

fn hit(balls: &[Ball], from: Vector, ray: Vector) -> Option<(f32, &Ball)> {
    let mut nearest: Option<(f32, &Ball)> = None;
    for ball in balls {
        let to = add(from, ball.centre, -1.0);
        let half = dot(to, ray);
        let inside = half * half - dot(to, to) + ball.radius * ball.radius;
        if inside > 0.0 {
            let distance = -half - inside.sqrt();
            if distance > 1e-3 && nearest.is_none_or(|(best, _)| distance < best) {
                nearest = Some((distance, ball));
            }
        }
    }
    nearest
}

fn room(ray: Vector) -> Rgb {
    let up = ray[1].clamp(0.0, 1.0);
    let window = smooth(0.55, 0.62, ray[1]) * smooth(0.5, 0.35, (ray[0] + 0.35).abs());
    let wall = Rgb::hex(0xe8_ddd0).mix(Rgb::hex(0x7f_92ad), powf(up, 0.6));
    wall.lit(Rgb::grey(0.9 * window))
}

/// The share of light that gets past the balls, 0 to 1, with soft edges.
fn lit_share(balls: &[Ball], from: Vector, light: Vector) -> f32 {
    let mut open = 1.0_f32;
    for ball in balls {
        let to = add(ball.centre, from, -1.0);
        let along = dot(to, light);
        if along > 0.0 {
            let off = add(to, light, -along);
            let gap = (dot(off, off).sqrt() - ball.radius) / (0.12 * along + 0.02);
            open = open.min(smooth(-0.9, 0.9, gap));
        }
    }
    open
}

/// How dark it is near where balls touch the floor, 0 to 1.
fn contact(balls: &[Ball], at: Vector) -> f32 {
    balls.iter().fold(1.0, |open, ball| {
        let (dx, dz) = (at[0] - ball.centre[0], at[2] - ball.centre[2]);
        let away = (dx * dx + dz * dz).sqrt() / ball.radius;
        open * (0.35 + 0.65 * smooth(0.0, 1.5, away))
    })
}

fn trace(balls: &[Ball], light: Vector, from: Vector, ray: Vector, bounces: u8) -> Rgb {
    let floor = if ray[1] < -1e-4 { -from[1] / ray[1] } else { f32::MAX };
    match hit(balls, from, ray) {
        Some((distance, ball)) if distance < floor => {
            let at = add(from, ray, distance);
            let normal = unit(add(at, ball.centre, -1.0));
            let facing = -dot(ray, normal);
            let mirrored = add(ray, normal, 2.0 * facing);
            let shade =
                dot(normal, light).max(0.0) * lit_share(balls, add(at, normal, 0.01), light);
            let sky = 0.32 + 0.22 * normal[1];
            let bounce = 0.14 * (1.0 - normal[1]).max(0.0);
            let body = ball.colour.scale(0.78 * shade + sky + bounce);
            let gloss = 0.06 + 0.6 * powf(1.0 - facing.clamp(0.0, 1.0), 4.0);
            let around = if bounces > 0 {
                trace(balls, light, add(at, normal, 0.01), mirrored, bounces - 1)
            } else {
                room(mirrored)
            };
            let spark = powf(dot(mirrored, light).max(0.0), 90.0) * shade.min(1.0);
            body.mix(around, gloss + 0.08).lit(Rgb::grey(0.9 * spark))
        }
        _ if floor < 60.0 => {
            let at = add(from, ray, floor);
            let turn = 0.35_f32;
            let (u, v) =
                (at[0] * cosf(turn) - at[2] * sinf(turn), at[0] * sinf(turn) + at[2] * cosf(turn));
            let width = 0.004 * floor;
            let edge = |p: f32| {
                let t = (p * 1.1).rem_euclid(2.0) - 1.0;
                smooth(-width, width, t)
                    - smooth(1.0 - width, 1.0 + width, t)
                    - smooth(-1.0 + width, -1.0 - width, t)
            };
            let (a, b) = (edge(u), edge(v));
            let chequer = (a * (1.0 - b) + b * (1.0 - a)).clamp(0.0, 1.0);
            let tile = Rgb::hex(0x4d_4640).mix(Rgb::hex(0xe9_e0d2), chequer);
            let open = lit_share(balls, at, light);
            let lit = tile.scale((0.34 + 0.66 * open) * contact(balls, at));
            let gloss = 0.1 + 0.35 * powf(1.0 + ray[1], 5.0);
            let mirrored = [ray[0], -ray[1], ray[2]];
            let around = if bounces > 0 {
                trace(balls, light, add(at, [0.0, 1.0, 0.0], 0.01), mirrored, bounces - 1)
            } else {
                room(mirrored)
            };
            lit.mix(around, gloss).mix(room([0.0, 0.02, 1.0]), smooth(6.0, 26.0, floor))
        }
        _ => room(ray),
    }
}
