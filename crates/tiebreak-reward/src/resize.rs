//! Resizing, sample by sample the same as Pillow's `Image.resize` with a box: a filter that is
//! stretched by the factor of a reduction, first along rows and then across them, each time
//! rounded to 8 bits. Weights are whole numbers with 22 bits after the point, as there: with
//! fewer, one sample in some hundred differs, and an encoder's numbers by up to 4 %.

use crate::image_input::Resize;

/// Bits after the point of a weight.
const BITS: u32 = 22;
/// Half of the last bit that is kept.
const HALF: i32 = 1 << (BITS - 1);

/// A part of a picture in pixels. The filter reaches beyond its edges where there are pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// The samples that one sample of the result is made of.
struct Taps {
    first: usize,
    weights: Vec<i32>,
}

/// Scales a part of a picture of `width` columns to `columns` by `rows`. `pixels` are red, green
/// and blue; there is at least one, and the part lies within.
pub(crate) fn resize(
    pixels: &[u8],
    width: usize,
    part: Part,
    columns: usize,
    rows: usize,
    filter: Resize,
) -> Vec<u8> {
    let height = pixels.len() / (3 * width);
    let across = taps(part.left, part.width, width, columns, filter);
    let down = taps(part.top, part.height, height, rows, filter);
    // Only the rows that count are filtered.
    let first = down.iter().map(|taps| taps.first).min().unwrap_or(0);
    let end = down.iter().map(|taps| taps.first + taps.weights.len()).max().unwrap_or(0);
    let mut narrow = Vec::with_capacity(3 * columns * end.saturating_sub(first));
    for row in pixels.chunks_exact(3 * width).skip(first).take(end - first) {
        let (row, _) = row.as_chunks::<3>();
        for taps in &across {
            let mut sums = [HALF; 3];
            for (pixel, weight) in row[taps.first..].iter().zip(&taps.weights) {
                for colour in 0..3 {
                    sums[colour] += i32::from(pixel[colour]) * weight;
                }
            }
            narrow.extend(sums.map(sample));
        }
    }
    let mut resized = Vec::with_capacity(3 * columns * rows);
    let mut sums = vec![0_i32; 3 * columns];
    for taps in &down {
        sums.fill(HALF);
        let rows = narrow.chunks_exact(3 * columns).skip(taps.first - first);
        for (row, weight) in rows.zip(&taps.weights) {
            for (sum, &sample) in sums.iter_mut().zip(row) {
                *sum += i32::from(sample) * weight;
            }
        }
        resized.extend(sums.iter().map(|&sum| sample(sum)));
    }
    resized
}

fn sample(sum: i32) -> u8 {
    (sum >> BITS).clamp(0, 255) as u8
}

/// The taps of each of `count` samples over `length` ones from `start` on; there are `all`.
fn taps(start: u32, length: u32, all: usize, count: usize, filter: Resize) -> Vec<Taps> {
    let scale = f64::from(length) / count as f64;
    let stretch = scale.max(1.0);
    let reach = filter.reach() * stretch;
    (0..count)
        .map(|place| {
            let centre = f64::from(start) + (place as f64 + 0.5) * scale;
            let first = (centre - reach + 0.5).max(0.0) as usize;
            let end = ((centre + reach + 0.5) as usize).min(all);
            let weights: Vec<f64> = (first..end)
                .map(|sample| filter.weight((sample as f64 - centre + 0.5) / stretch))
                .collect();
            let sum: f64 = weights.iter().sum();
            let one = f64::from(1 << BITS);
            let weights = weights.iter().map(|weight| (weight / sum * one).round() as i32);
            Taps { first, weights: weights.collect() }
        })
        .collect()
}

impl Resize {
    /// How far the filter reaches on either side.
    const fn reach(self) -> f64 {
        match self {
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos3 => 3.0,
        }
    }

    /// Its weight at a distance.
    fn weight(self, x: f64) -> f64 {
        let x = x.abs();
        match self {
            Self::Bilinear => (1.0 - x).max(0.0),
            // R. Keys, "Cubic convolution interpolation", 1981, with a = -0.5.
            Self::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Self::Lanczos3 if x < 3.0 => sinc(x) * sinc(x / 3.0),
            Self::Bicubic | Self::Lanczos3 => 0.0,
        }
    }
}

fn sinc(x: f64) -> f64 {
    let angle = std::f64::consts::PI * x;
    if angle == 0.0 { 1.0 } else { angle.sin() / angle }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_those_of_pillow() {
        // Image.frombytes("RGB", (5, 4), ...).resize((3, 2), filter, (1, 0, 5, 4)), red.
        let pixels: Vec<u8> = (0..20_u32)
            .flat_map(|n| [(n * n * 37 % 256) as u8, (n * 91 % 256) as u8, 255 - (n * 12) as u8])
            .collect();
        let part = Part { left: 1, top: 0, width: 4, height: 4 };
        for (filter, expected) in PILLOW {
            let found = resize(&pixels, 5, part, 3, 2, filter);
            assert_eq!(found, expected, "{filter:?}");
        }
    }

    const PILLOW: [(Resize, [u8; 18]); 3] = [
        (
            Resize::Bilinear,
            [71, 104, 198, 90, 132, 182, 109, 109, 168, 99, 140, 104, 162, 98, 88, 101, 181, 74],
        ),
        (
            Resize::Bicubic,
            [68, 98, 207, 82, 139, 190, 112, 101, 174, 96, 146, 97, 175, 87, 80, 95, 196, 64],
        ),
        (
            Resize::Lanczos3,
            [72, 100, 210, 78, 145, 192, 111, 99, 177, 97, 142, 94, 179, 82, 76, 93, 205, 61],
        ),
    ];
}
