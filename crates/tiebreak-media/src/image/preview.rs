//! Scaling down in linear light.
//!
//! A box takes the picture to at least twice the final size, a Lanczos filter with three lobes
//! the rest of the way, first along rows and then across them (Turkowski, "Filters for Common
//! Resampling Tasks", 1990). Rows are filtered as they are needed, so little more than the
//! result is held in memory.

use std::collections::VecDeque;
use std::f64::consts::PI;
use std::sync::LazyLock;

use super::Picture;
use crate::MediaError;

/// Lobes of the Lanczos filter on either side.
const LOBES: f64 = 3.0;

/// The largest size with the proportions of `width` to `height` within a square of `max_edge`.
pub(crate) fn size_within(width: u32, height: u32, max_edge: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= max_edge {
        return (width, height);
    }
    let scaled = |side: u32| {
        let exact = u64::from(side) * u64::from(max_edge) + u64::from(longest) / 2;
        ((exact / u64::from(longest)) as u32).max(1)
    };
    (scaled(width), scaled(height))
}

pub(crate) fn preview(picture: &Picture, max_edge: u32) -> Result<Picture, MediaError> {
    if max_edge == 0 {
        return Err(MediaError::Argument("a preview has at least one pixel"));
    }
    let (width, height) = size_within(picture.width(), picture.height(), max_edge);
    if (width, height) == (picture.width(), picture.height()) {
        return Ok(picture.clone());
    }
    let pixels = match picture.channels() {
        3 => scaled::<3>(picture, width, height),
        _ => scaled::<4>(picture, width, height),
    };
    Picture::new(width, height, picture.has_alpha(), pixels)
}

fn scaled<const N: usize>(picture: &Picture, width: u32, height: u32) -> Vec<u8> {
    // Both sides by the same factor, so that boxes are square.
    let side = (picture.width() / (2 * width)).min(picture.height() / (2 * height)).max(1) as usize;
    let across = Filter::new(picture.width(), side, width);
    let down = Filter::new(picture.height(), side, height);
    let (light, code) = (&*LIGHT, CODE.as_slice());
    let mut source = picture.pixels().chunks(picture.width() as usize * N * side);
    // Filtered rows, the first of them being row `first`.
    let (mut rows, mut first) = (VecDeque::<Vec<f32>>::new(), 0);
    let mut boxed = Vec::new();
    let mut pixels = Vec::with_capacity(width as usize * height as usize * N);
    let mut sum = vec![0.0; width as usize * N];
    for (start, weights) in &down.taps {
        while first + rows.len() < start + weights.len()
            && let Some(block) = source.next()
        {
            boxes::<N>(block, picture.width() as usize, side, light, &mut boxed);
            let mut row = Vec::new();
            if first < *start
                && let Some(used) = rows.pop_front()
            {
                (row, first) = (used, first + 1);
            }
            across.row::<N>(&boxed, &mut row);
            rows.push_back(row);
        }
        sum.fill(0.0);
        for (row, weight) in rows.iter().skip(start - first).zip(weights) {
            for (sum, sample) in sum.iter_mut().zip(row) {
                *sum += sample * weight;
            }
        }
        encode::<N>(&sum, code, &mut pixels);
    }
    pixels
}

/// Averages squares of `side` pixels in linear light; with alpha, weighted by it. `block` is
/// `side` rows, or fewer at the lower edge.
fn boxes<const N: usize>(
    block: &[u8],
    width: usize,
    side: usize,
    light: &[f32; 256],
    boxed: &mut Vec<f32>,
) {
    boxed.clear();
    boxed.resize(width.div_ceil(side) * N, 0.0);
    let (sums, _) = boxed.as_chunks_mut::<N>();
    for row in block.chunks_exact(width * N) {
        for (sum, pixels) in sums.iter_mut().zip(row.chunks(side * N)) {
            for pixel in pixels.as_chunks::<N>().0 {
                let alpha = if N == 4 { f32::from(pixel[3]) / 255.0 } else { 1.0 };
                for (sum, sample) in sum[..3].iter_mut().zip(pixel) {
                    *sum += light[usize::from(*sample)] * alpha;
                }
                if N == 4 {
                    sum[3] += alpha;
                }
            }
        }
    }
    let rows = block.len() / (width * N);
    for (place, sum) in sums.iter_mut().enumerate() {
        let share = 1.0 / (rows * side.min(width - place * side)) as f32;
        sum.iter_mut().for_each(|sample| *sample *= share);
    }
}

/// For each sample of the result, the boxes that it is made of.
struct Filter {
    /// The first box, and the weights of it and those after it.
    taps: Vec<(usize, Vec<f32>)>,
}

impl Filter {
    /// From `length` pixels in boxes of `side` to `wanted` pixels.
    fn new(length: u32, side: usize, wanted: u32) -> Self {
        let count = (length as usize).div_ceil(side) as f64;
        // The last box may be partly outside, so the count of boxes is not a whole number here.
        let scale = f64::from(length) / side as f64 / f64::from(wanted);
        let reach = LOBES * scale.max(1.0);
        let taps = (0..wanted).map(|place| {
            let centre = (f64::from(place) + 0.5) * scale;
            let start = (centre - reach).floor().max(0.0);
            let end = (centre + reach).ceil().min(count);
            let weights: Vec<f64> = (0..(end - start) as usize)
                .map(|tap| lanczos((start + tap as f64 + 0.5 - centre) / scale.max(1.0)))
                .collect();
            let sum: f64 = weights.iter().sum();
            (start as usize, weights.iter().map(|weight| (weight / sum) as f32).collect())
        });
        Self { taps: taps.collect() }
    }

    /// Filters along a row.
    fn row<const N: usize>(&self, boxed: &[f32], row: &mut Vec<f32>) {
        row.clear();
        let (pixels, _) = boxed.as_chunks::<N>();
        for (start, weights) in &self.taps {
            let mut sum = [0.0; N];
            for (pixel, weight) in pixels[*start..].iter().zip(weights) {
                for (sum, sample) in sum.iter_mut().zip(pixel) {
                    *sum += sample * weight;
                }
            }
            row.extend(sum);
        }
    }
}

fn lanczos(x: f64) -> f64 {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    if x.abs() < LOBES { sinc(x) * sinc(x / LOBES) } else { 0.0 }
}

/// Appends a row of linear samples as sRGB.
fn encode<const N: usize>(row: &[f32], code: &[u8], pixels: &mut Vec<u8>) {
    // Casting cuts off what the filter takes beyond black and white.
    let encoded = |light: f32| code[usize::from((light * 65_535.0 + 0.5) as u16)];
    for pixel in row.as_chunks::<N>().0 {
        if N == 3 {
            pixels.extend(pixel.iter().map(|light| encoded(*light)));
        } else {
            let alpha = pixel[3].clamp(0.0, 1.0);
            let share = if alpha > 0.0 { 1.0 / alpha } else { 0.0 };
            pixels.extend(pixel[..3].iter().map(|light| encoded(light * share)));
            pixels.push((alpha * 255.0 + 0.5) as u8);
        }
    }
}

/// Light (0 to 1) of each sRGB code: IEC 61966-2-1, 5.2.
static LIGHT: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|code| {
        let encoded = code as f64 / 255.0;
        let light = if encoded <= 0.040_45 {
            encoded / 12.92
        } else {
            ((encoded + 0.055) / 1.055).powf(2.4)
        };
        light as f32
    })
});

/// The sRGB code nearest to each light of 0 to 65535.
static CODE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..=u16::MAX)
        .map(|light| {
            let light = f64::from(light) / 65_535.0;
            let encoded = if light <= 0.003_130_8 {
                light * 12.92
            } else {
                1.055 * light.powf(1.0 / 2.4) - 0.055
            };
            (encoded * 255.0).round() as u8
        })
        .collect()
});
