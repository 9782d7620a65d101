//! Things as signs: a triangle for a tree, two for a sail.

use libm::{cosf, sinf};

use crate::image::canvas::{Canvas, Point, Rgb, bounds, capsule, disc, polygon};
use crate::image::coarse::under;
use crate::image::scene::{Ground, Landscape, Sky, Thing};
use crate::random::Random;

/// Draws all things of the landscape, in the order in which they are listed.
pub fn draw(canvas: &mut Canvas, landscape: &Landscape, random: &mut Random, seed: u64) {
    if landscape.ground == Ground::Sunflowers {
        sunflowers(canvas, landscape, seed);
    }
    let horizon = landscape.horizon();
    for (thing, count) in landscape.things {
        for place in 0..*count {
            let step = canvas.aspect() * 0.88 / *count as f32;
            let x =
                canvas.aspect() * 0.06 + step * (place as f32 + 0.5 + random.between(-0.25, 0.25));
            let near = random.unit();
            let mut pen =
                Pen { canvas: &mut *canvas, sky: landscape.sky, origin: (x, horizon), size: 1.0 };
            match thing {
                Thing::Balloon => {
                    pen.origin.1 = random.between(0.15, 0.42);
                    pen.size = if *count == 1 { 0.13 } else { 0.055 + 0.02 * near };
                    pen.balloon(random);
                }
                Thing::Boat => {
                    pen.origin.1 += 0.05 + 0.2 * near;
                    pen.size = 0.12 + 0.04 * near;
                    pen.boat(random);
                }
                Thing::Pine => {
                    pen.origin.1 +=
                        if landscape.ground == Ground::Water { 0.0 } else { 0.03 + 0.24 * near };
                    pen.size = 0.16 + 0.12 * near;
                    pen.pine(landscape.ground == Ground::Snow);
                }
                Thing::Windmill => {
                    pen.origin.1 += 0.06 + 0.08 * near;
                    pen.size = 0.34;
                    pen.windmill(random.between(0.0, 1.5));
                }
                Thing::Lighthouse => {
                    pen.size = 0.5;
                    pen.lighthouse();
                }
                Thing::Hut => {
                    pen.origin.1 += 0.1;
                    pen.size = 0.2;
                    pen.hut();
                }
                Thing::Palm => {
                    pen.origin.1 = 0.88;
                    pen.size = 0.5 + 0.08 * near;
                    pen.palm(random.between(-0.2, 0.2));
                }
                Thing::AutumnTree | Thing::SpringTree => {
                    pen.origin.1 += 0.1 + 0.06 * near;
                    pen.size = if *count == 1 { 0.5 } else { 0.32 };
                    pen.tree(*thing == Thing::AutumnTree);
                }
            }
        }
    }
}

/// Draws around an origin, in units of the thing's size.
struct Pen<'a> {
    canvas: &'a mut Canvas,
    sky: Sky,
    origin: Point,
    size: f32,
}

impl Pen<'_> {
    fn place(&self, (u, v): Point) -> Point {
        (self.origin.0 + u * self.size, self.origin.1 + v * self.size)
    }

    fn shape(&mut self, colour: u32, points: &[Point]) {
        let points: Vec<_> = points.iter().map(|point| self.place(*point)).collect();
        self.canvas.stamp(bounds(&points), polygon(&points), under(self.sky, Rgb::hex(colour)));
    }

    fn disc(&mut self, colour: Rgb, centre: Point, radius: f32) {
        self.canvas.stamp(
            self.canvas.whole(),
            disc(self.place(centre), radius * self.size),
            colour,
        );
    }

    fn line(&mut self, colour: u32, from: Point, to: Point, width: f32) {
        let line = capsule(self.place(from), self.place(to), 0.5 * width * self.size);
        self.canvas.stamp(self.canvas.whole(), line, under(self.sky, Rgb::hex(colour)));
    }

    fn balloon(&mut self, random: &mut Random) {
        let colour = [0xe0_3c32, 0x2f_7fd0, 0xf0_a020, 0x3a_a055, 0x8a_4ab0][random.below(5)];
        self.line(0x40_3830, (-0.5, 0.6), (-0.15, 1.6), 0.03);
        self.line(0x40_3830, (0.5, 0.6), (0.15, 1.6), 0.03);
        self.disc(under(self.sky, Rgb::hex(colour)), (0.0, 0.0), 0.95);
        self.shape(colour, &[(-0.8, 0.5), (0.8, 0.5), (0.2, 1.3), (-0.2, 1.3)]);
        self.shape(0xf6_ecd0, &[(-0.16, -0.93), (0.16, -0.93), (0.16, 1.3), (-0.16, 1.3)]);
        self.shape(0x8a_5a30, &[(-0.2, 1.55), (0.2, 1.55), (0.2, 1.9), (-0.2, 1.9)]);
    }

    fn boat(&mut self, random: &mut Random) {
        let hull = [0x8a_3a2a, 0x2a_4a70, 0x40_3c38][random.below(3)];
        self.line(0x50_3c2c, (0.0, -1.0), (0.0, 0.0), 0.03);
        self.shape(0xfa_f6ea, &[(0.04, -0.95), (0.42, -0.18), (0.04, -0.18)]);
        self.shape(0xe6_dfce, &[(-0.04, -0.8), (-0.34, -0.18), (-0.04, -0.18)]);
        self.shape(hull, &[(-0.48, -0.14), (0.48, -0.14), (0.34, 0.04), (-0.34, 0.04)]);
    }

    fn pine(&mut self, snow: bool) {
        self.shape(0x5a_3c24, &[(-0.04, -0.2), (0.04, -0.2), (0.04, 0.0), (-0.04, 0.0)]);
        for tier in 0..3_u8 {
            let foot = -0.14 - 0.26 * f32::from(tier);
            let half = 0.26 - 0.06 * f32::from(tier);
            self.shape(0x2f_6a3a, &[(-half, foot), (0.0, foot - 0.38), (half, foot)]);
            if snow {
                self.shape(
                    0xf4_f8fc,
                    &[(-0.4 * half, foot - 0.23), (0.0, foot - 0.38), (0.4 * half, foot - 0.23)],
                );
            }
        }
    }

    fn windmill(&mut self, turn: f32) {
        self.shape(0xf0_e8d8, &[(-0.14, 0.0), (-0.09, -0.62), (0.09, -0.62), (0.14, 0.0)]);
        self.shape(0x8a_4030, &[(-0.12, -0.62), (0.0, -0.76), (0.12, -0.62)]);
        self.shape(0x6a_4a34, &[(-0.035, -0.14), (0.035, -0.14), (0.035, 0.0), (-0.035, 0.0)]);
        for blade in 0..4_u8 {
            let angle = turn + f32::from(blade) * std::f32::consts::FRAC_PI_2;
            let (c, s) = (cosf(angle), sinf(angle));
            let at = |r: f32, side: f32| (c * r - s * side, -0.65 + s * r + c * side);
            self.shape(
                0xfa_f6ee,
                &[at(0.06, -0.03), at(0.46, -0.05), at(0.46, 0.05), at(0.06, 0.03)],
            );
        }
    }

    fn lighthouse(&mut self) {
        self.shape(0x6a_645e, &[(-0.36, 0.02), (-0.2, -0.14), (0.16, -0.16), (0.4, 0.02)]);
        for band in 0..5_u8 {
            let colour = if band % 2 == 0 { 0xf8_f4ec } else { 0xcc_3428 };
            let (top, bottom) =
                (0.9 - 0.15 * f32::from(4 - band), 0.75 - 0.15 * f32::from(4 - band));
            let half = |v: f32| 0.1 - 0.045 * v;
            self.shape(
                colour,
                &[
                    (-half(top), -top),
                    (half(top), -top),
                    (half(bottom), -bottom),
                    (-half(bottom), -bottom),
                ],
            );
        }
        self.shape(0xcc_3428, &[(-0.06, -1.02), (0.0, -1.1), (0.06, -1.02)]);
        let lit = self.sky.is_dark();
        let lamp = self.place((0.0, -0.96));
        if lit {
            let side = if lamp.0 < 0.75 { 1.0 } else { -1.0 };
            let beam =
                [lamp, (lamp.0 + side * 1.5, lamp.1 - 0.28), (lamp.0 + side * 1.5, lamp.1 + 0.1)];
            let inside = polygon(&beam);
            self.canvas.paint(self.canvas.whole(), |x, y, old| {
                if inside(x, y) <= 0.0 { old.mix(Rgb::hex(0xff_f0a8), 0.45) } else { old }
            });
        }
        let colour = if lit { Rgb::hex(0xff_f2a0) } else { Rgb::hex(0xa8_d0dc) };
        self.disc(colour, (0.0, -0.96), 0.05);
    }

    fn hut(&mut self) {
        self.shape(0x9a_6840, &[(-0.6, 0.0), (-0.6, -0.45), (0.6, -0.45), (0.6, 0.0)]);
        self.shape(0x7a_3830, &[(-0.72, -0.43), (0.0, -0.88), (0.72, -0.43)]);
        self.shape(0x5a_3a24, &[(0.1, 0.0), (0.1, -0.32), (0.3, -0.32), (0.3, 0.0)]);
        let (left, top) = self.place((-0.42, -0.34));
        let side = 0.2 * self.size;
        self.canvas.paint((left, top, left + side, top + side), |_, _, _| Rgb::hex(0xff_d860));
    }

    fn palm(&mut self, lean: f32) {
        self.line(0x9a_7448, (0.0, 0.0), (lean, -0.95), 0.05);
        for leaf in 0..7_u8 {
            let angle = std::f32::consts::PI * (1.0 + f32::from(leaf) / 6.0);
            let (c, s) = (cosf(angle), sinf(angle));
            let tip = (lean + 0.4 * c, -0.95 + 0.22 * s + 0.12);
            let back = (lean + 0.2 * c - 0.05 * s, -0.99 + 0.22 * s);
            self.shape(0x3c_9a44, &[(lean, -0.95), back, tip]);
        }
    }

    fn tree(&mut self, autumn: bool) {
        self.shape(0x6a_4a30, &[(-0.05, 0.0), (-0.03, -0.45), (0.03, -0.45), (0.05, 0.0)]);
        let tones = if autumn {
            [0xc8_5a1c, 0xe0_7a20, 0xf0_a030]
        } else {
            [0x4a_8a30, 0x64_a83c, 0x86_c450]
        };
        let clumps = [(-0.2, -0.5), (0.2, -0.5), (0.0, -0.68), (-0.12, -0.58), (0.13, -0.6)];
        for (place, centre) in clumps.into_iter().enumerate() {
            let colour = under(self.sky, Rgb::hex(tones[place % 3]));
            self.disc(colour, centre, 0.2);
        }
    }
}

fn sunflowers(canvas: &mut Canvas, landscape: &Landscape, seed: u64) {
    let horizon = landscape.horizon();
    let mut random = Random::new(seed);
    for row in 0..6_u8 {
        let near = f32::from(row) / 5.0;
        let size = 0.014 + 0.038 * near * near;
        let y = horizon + 0.02 + 0.29 * near * near;
        let count = (canvas.aspect() / (size * 2.5)) as usize + 1;
        for place in 0..count {
            let x = (place as f32 + 0.5 * f32::from(row % 2) + random.between(-0.15, 0.15))
                * size
                * 2.5;
            let (petals, seeds) = (Rgb::hex(0xff_cc22), Rgb::hex(0x5a_3418));
            let area = (x - 2.0 * size, y - 2.0 * size, x + 2.0 * size, y + 4.0 * size);
            canvas.stamp(
                area,
                capsule((x, y), (x, y + 3.0 * size), 0.1 * size),
                under(landscape.sky, Rgb::hex(0x3a_6a24)),
            );
            for petal in 0..8_u8 {
                let angle = f32::from(petal) * std::f32::consts::FRAC_PI_4;
                let tip = (x + size * 0.85 * cosf(angle), y + size * 0.85 * sinf(angle));
                canvas.stamp(area, capsule((x, y), tip, 0.2 * size), under(landscape.sky, petals));
            }
            canvas.stamp(area, disc((x, y), 0.42 * size), under(landscape.sky, seeds));
        }
    }
}
