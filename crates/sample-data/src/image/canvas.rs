//! A picture in memory and how to paint on it. Places are in units of the height: y goes from 0
//! at the top to 1, x from 0 to the aspect ratio.

/// A colour, each channel from 0 to 1 as shown on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rgb(pub [f32; 3]);

impl Rgb {
    /// From `0xrrggbb`.
    pub const fn hex(code: u32) -> Self {
        Self([
            ((code >> 16) & 255) as f32 / 255.0,
            ((code >> 8) & 255) as f32 / 255.0,
            (code & 255) as f32 / 255.0,
        ])
    }

    /// A grey.
    pub const fn grey(value: f32) -> Self {
        Self([value; 3])
    }

    /// From this colour at 0 to the other at 1.
    pub fn mix(self, other: Self, share: f32) -> Self {
        let share = share.clamp(0.0, 1.0);
        Self(std::array::from_fn(|i| self.0[i] + (other.0[i] - self.0[i]) * share))
    }

    /// Brighter or darker.
    pub fn scale(self, factor: f32) -> Self {
        Self(self.0.map(|channel| channel * factor))
    }

    /// With light added: never beyond white.
    pub fn lit(self, light: Self) -> Self {
        Self(std::array::from_fn(|i| {
            1.0 - (1.0 - self.0[i].min(1.0)) * (1.0 - light.0[i].clamp(0.0, 1.0))
        }))
    }
}

/// A point.
pub type Point = (f32, f32);

/// A rectangle by left, top, right and bottom.
pub type Area = (f32, f32, f32, f32);

/// The picture.
#[derive(Clone)]
pub struct Canvas {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Row by row from the top.
    pub pixels: Vec<Rgb>,
}

impl Canvas {
    /// A black picture.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![Rgb::grey(0.0); width * height] }
    }

    /// Width by height.
    pub fn aspect(&self) -> f32 {
        self.width as f32 / self.height as f32
    }

    /// The size of a pixel.
    pub fn pixel(&self) -> f32 {
        1.0 / self.height as f32
    }

    /// The colour at a place, the nearest pixel; outside, that of the edge.
    pub fn at(&self, x: f32, y: f32) -> Rgb {
        let column = ((x * self.height as f32).max(0.0) as usize).min(self.width - 1);
        let row = ((y * self.height as f32).max(0.0) as usize).min(self.height - 1);
        self.pixels[row * self.width + column]
    }

    /// Paints every pixel of an area: from place and old colour to the new one.
    pub fn paint(&mut self, area: Area, colour: impl Fn(f32, f32, Rgb) -> Rgb) {
        let scale = self.height as f32;
        let bound = |value: f32, end: usize| ((value * scale).max(0.0) as usize).min(end);
        let (left, right) = (bound(area.0, self.width), bound(area.2 + 1.0 / scale, self.width));
        let (top, bottom) = (bound(area.1, self.height), bound(area.3 + 1.0 / scale, self.height));
        for row in top..bottom {
            for column in left..right {
                let pixel = &mut self.pixels[row * self.width + column];
                let (x, y) = ((column as f32 + 0.5) / scale, (row as f32 + 0.5) / scale);
                *pixel = colour(x, y, *pixel);
            }
        }
    }

    /// The whole picture as an area.
    pub fn whole(&self) -> Area {
        (0.0, 0.0, self.aspect(), 1.0)
    }

    /// Fills what lies within a signed distance of 0, with smooth edges.
    pub fn fill(
        &mut self,
        area: Area,
        distance: impl Fn(f32, f32) -> f32,
        colour: impl Fn(f32, f32) -> Rgb,
    ) {
        let scale = self.height as f32;
        self.paint(grown(area, 2.0 / scale), |x, y, old| {
            let cover = (0.5 - distance(x, y) * scale).clamp(0.0, 1.0);
            if cover > 0.0 { old.mix(colour(x, y), cover) } else { old }
        });
    }

    /// Fills with one colour, each pixel wholly or not at all.
    pub fn stamp(&mut self, area: Area, distance: impl Fn(f32, f32) -> f32, colour: Rgb) {
        self.paint(area, |x, y, old| if distance(x, y) <= 0.0 { colour } else { old });
    }

    /// Eight bits a channel. `dither` hides the steps between them.
    pub fn bytes(&self, dither: bool) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.pixels.len() * 3);
        for (place, pixel) in self.pixels.iter().enumerate() {
            let (x, y) = (place % self.width, place / self.width);
            // Interleaved gradient noise (J. Jimenez, SIGGRAPH 2014).
            let wave = 52.982_92 * (0.067_110_56 * x as f32 + 0.005_837_15 * y as f32).fract();
            let noise = if dither { wave.fract() } else { 0.5 };
            bytes.extend(pixel.0.map(|channel| (channel.clamp(0.0, 1.0) * 255.0 + noise) as u8));
        }
        bytes
    }
}

/// An area with a margin.
pub fn grown(area: Area, by: f32) -> Area {
    (area.0 - by, area.1 - by, area.2 + by, area.3 + by)
}

/// The smallest area with all points in it.
pub fn bounds(points: &[Point]) -> Area {
    let start = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
    points.iter().fold(start, |area, (x, y)| {
        (area.0.min(*x), area.1.min(*y), area.2.max(*x), area.3.max(*y))
    })
}

/// Distance to a disc; negative inside, as for all shapes here.
pub fn disc(centre: Point, radius: f32) -> impl Fn(f32, f32) -> f32 {
    move |x, y| length(x - centre.0, y - centre.1) - radius
}

/// Distance to a line with round ends.
pub fn capsule(from: Point, to: Point, radius: f32) -> impl Fn(f32, f32) -> f32 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    move |x, y| {
        let (px, py) = (x - from.0, y - from.1);
        let along = ((px * dx + py * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
        length(px - dx * along, py - dy * along) - radius
    }
}

/// Distance to a polygon, of any form.
pub fn polygon(points: &[Point]) -> impl Fn(f32, f32) -> f32 + '_ {
    move |x, y| {
        let mut nearest = f32::MAX;
        let mut inside = false;
        for (place, from) in points.iter().enumerate() {
            let to = points[(place + 1) % points.len()];
            nearest = nearest.min(capsule(*from, to, 0.0)(x, y));
            let crosses = (from.1 > y) != (to.1 > y);
            if crosses && x < (to.0 - from.0) * (y - from.1) / (to.1 - from.1) + from.0 {
                inside = !inside;
            }
        }
        if inside { -nearest } else { nearest }
    }
}

/// The length of a vector.
pub fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// 0 up to `low`, 1 from `high`, smooth between.
pub fn smooth(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
