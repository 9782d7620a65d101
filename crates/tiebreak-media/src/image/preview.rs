//! Scaling down in linear light.

use std::sync::LazyLock;

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::Picture;
use crate::{MediaError, limits};

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
    let channels = picture.channels();
    // What is left after the box is at least twice the result, so that the box cannot be seen.
    let shrink = (picture.width().max(picture.height()) / (2 * max_edge)).max(1);
    let (boxed_width, boxed_height) =
        (picture.width().div_ceil(shrink), picture.height().div_ceil(shrink));
    let linear_bytes = u64::from(boxed_width) * u64::from(boxed_height) * channels as u64 * 2;
    let _permit = limits::reserve_working_memory(linear_bytes);
    let linear = match channels {
        3 => linear_boxes::<3>(picture, shrink as usize),
        _ => linear_boxes::<4>(picture, shrink as usize),
    };
    let kind = if channels == 3 { PixelType::U16x3 } else { PixelType::U16x4 };
    let failed = |_| MediaError::Argument("a picture that cannot be scaled");
    let source = Image::from_vec_u8(boxed_width, boxed_height, linear, kind).map_err(failed)?;
    let mut result = Image::new(width, height, kind);
    // The last box of a row or column may be partly outside: its share counts, no more.
    let part = |side: u32| f64::from(side) / f64::from(shrink);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(false)
        .crop(0.0, 0.0, part(picture.width()), part(picture.height()));
    Resizer::new()
        .resize(&source, &mut result, &options)
        .map_err(|_| MediaError::Argument("a picture that cannot be scaled"))?;
    let pixels = encoded(result.buffer(), channels);
    Picture::new(width, height, picture.has_alpha(), pixels)
}

/// Averages squares of `side` pixels in linear light; with alpha, premultiplied.
/// The result has 16 bits a sample in native order.
fn linear_boxes<const N: usize>(picture: &Picture, side: usize) -> Vec<u8> {
    let width = picture.width() as usize;
    let boxed_width = width.div_ceil(side);
    let row_bytes = width * N;
    let boxed_height = (picture.height() as usize).div_ceil(side);
    let mut linear = Vec::with_capacity(boxed_width * boxed_height * N * 2);
    let mut sums = vec![[0_u64; N]; boxed_width];
    let light = &*LIGHT;
    for rows in picture.pixels().chunks(row_bytes * side) {
        sums.fill([0; N]);
        for row in rows.chunks_exact(row_bytes) {
            for (sum, pixels) in sums.iter_mut().zip(row.chunks(side * N)) {
                for pixel in pixels.chunks_exact(N) {
                    add_light(light, sum, pixel);
                }
            }
        }
        let tall = rows.len() / row_bytes;
        for (place, sum) in sums.iter().enumerate() {
            let count = (tall * side.min(width - place * side)) as u64;
            for total in sum {
                linear.extend_from_slice(&(((total + count / 2) / count) as u16).to_ne_bytes());
            }
        }
    }
    linear
}

fn add_light<const N: usize>(light: &[u16; 256], sum: &mut [u64; N], pixel: &[u8]) {
    if N == 3 {
        for (total, sample) in sum.iter_mut().zip(pixel) {
            *total += u64::from(light[usize::from(*sample)]);
        }
        return;
    }
    let alpha = u64::from(pixel[3]);
    for (total, sample) in sum[..3].iter_mut().zip(pixel) {
        *total += (u64::from(light[usize::from(*sample)]) * alpha + 127) / 255;
    }
    sum[3] += alpha * 257;
}

/// Linear samples of 16 bits as sRGB of 8 bits.
fn encoded(linear: &[u8], channels: usize) -> Vec<u8> {
    let code = CODE.as_slice();
    let samples: Vec<u16> =
        linear.chunks_exact(2).map(|b| u16::from_ne_bytes([b[0], b[1]])).collect();
    if channels == 3 {
        return samples.iter().map(|light| code[usize::from(*light)]).collect();
    }
    let mut pixels = Vec::with_capacity(samples.len());
    for pixel in samples.chunks_exact(4) {
        let alpha = u32::from(pixel[3]);
        for light in &pixel[..3] {
            let light = (u32::from(*light) * 65_535).checked_div(alpha).unwrap_or(0).min(65_535);
            pixels.push(code[light as usize]);
        }
        pixels.push(super::colour::narrowed(pixel[3]));
    }
    pixels
}

/// Light (0..=65535) of each sRGB code: IEC 61966-2-1, 5.2.
static LIGHT: LazyLock<[u16; 256]> = LazyLock::new(|| {
    std::array::from_fn(|code| {
        let encoded = code as f64 / 255.0;
        let light = if encoded <= 0.040_45 {
            encoded / 12.92
        } else {
            ((encoded + 0.055) / 1.055).powf(2.4)
        };
        (light * 65_535.0).round() as u16
    })
});

/// The sRGB code nearest to each light.
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
