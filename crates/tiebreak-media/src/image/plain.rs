//! WebP, GIF and TIFF: decoded whole by the image library.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::tiff::TiffDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation as Turn;
use image::{ColorType, ExtendedColorType, ImageDecoder, ImageError};

use super::colour::{Colour, Samples, ToSrgb, narrowed};
use super::frames;
use super::header::Header;
use super::orientation::Orientation;
use super::{Decoded, pixel_buffer};
use crate::MediaError;
use crate::sniff::ImageFormat;

pub(crate) fn header(format: ImageFormat, bytes: &[u8]) -> Result<Header, MediaError> {
    let mut decoder = decoder(format, bytes)?;
    let (width, height) = decoder.dimensions();
    let stored = decoder.original_color_type();
    // The library turns inks into colours without their profile, which fits no longer then.
    let has_inks = matches!(stored, ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16);
    let profile = decoder.icc_profile().unwrap_or_default().filter(|_| !has_inks);
    let orientation = decoder.orientation().unwrap_or(Turn::NoTransforms);
    let color = decoder.color_type();
    Ok(Header {
        format,
        width,
        height,
        orientation: Orientation::from_exif_value(u16::from(orientation.to_exif())),
        colour: profile.map(Colour::Icc).unwrap_or_default(),
        has_alpha: color.has_alpha(),
        bit_depth: (color.bits_per_pixel() / u16::from(color.channel_count())) as u8,
        frames: match format {
            ImageFormat::Gif => frames::of_gif(bytes),
            ImageFormat::Webp => frames::of_webp(bytes),
            _ => 1,
        },
    })
}

pub(crate) fn decode(bytes: &[u8], header: &Header) -> Result<Decoded, MediaError> {
    let decoder = decoder(header.format, bytes)?;
    let color = decoder.color_type();
    let samples = match color {
        ColorType::L8 | ColorType::L16 => Samples::Grey,
        ColorType::La8 | ColorType::La16 => Samples::GreyAlpha,
        ColorType::Rgba8 | ColorType::Rgba16 | ColorType::Rgba32F => Samples::Rgba,
        _ => Samples::Rgb,
    };
    let mut stored = pixel_buffer(header.format, decoder.total_bytes())?;
    decoder.read_image_boxed(&mut stored).map_err(|error| failed(header.format, &error))?;
    let channels = samples.result_count();
    let mut to_srgb = ToSrgb::new(samples, &header.colour);
    let sample_bytes = usize::from(color.bytes_per_pixel()) / samples.count();
    if sample_bytes == 1 && to_srgb.is_identity() {
        return Ok(Decoded { bytes: stored, channels });
    }
    let width = header.width as usize;
    let length = u64::from(header.width) * u64::from(header.height) * channels as u64;
    let mut result = pixel_buffer(header.format, length)?;
    let stored_rows = stored.chunks_exact(width * samples.count() * sample_bytes);
    let mut wide = Vec::new();
    for (row, result) in stored_rows.zip(result.chunks_exact_mut(width * channels)) {
        match sample_bytes {
            1 => to_srgb.row(row, result),
            2 => {
                wide.clear();
                wide.extend(row.chunks_exact(2).map(|b| u16::from_ne_bytes([b[0], b[1]])));
                to_srgb.wide_row(&wide, result);
            }
            _ => float_row(row, channels, result),
        }
    }
    Ok(Decoded { bytes: result, channels })
}

/// Floating-point samples are linear light from 0 to 1; what is brighter is cut off.
fn float_row(row: &[u8], channels: usize, result: &mut [u8]) {
    for (place, (sample, from)) in result.iter_mut().zip(row.chunks_exact(4)).enumerate() {
        let light = f32::from_ne_bytes([from[0], from[1], from[2], from[3]]).clamp(0.0, 1.0);
        let is_alpha = place % channels == 3;
        let encoded = if is_alpha || light <= 0.003_130_8 {
            light * if is_alpha { 1.0 } else { 12.92 }
        } else {
            1.055 * light.powf(1.0 / 2.4) - 0.055
        };
        *sample = narrowed((encoded * 65_535.0) as u16);
    }
}

fn decoder<'a>(
    format: ImageFormat,
    bytes: &'a [u8],
) -> Result<Box<dyn ImageDecoder + 'a>, MediaError> {
    let content = Cursor::new(bytes);
    let decoder: Result<Box<dyn ImageDecoder + 'a>, ImageError> = match format {
        ImageFormat::Gif => GifDecoder::new(content).map(|decoder| Box::new(decoder) as _),
        ImageFormat::Tiff => TiffDecoder::new(content).map(|decoder| Box::new(decoder) as _),
        _ => WebPDecoder::new(content).map(|decoder| Box::new(decoder) as _),
    };
    decoder.map_err(|error| failed(format, &error))
}

fn failed(format: ImageFormat, error: &ImageError) -> MediaError {
    match error {
        ImageError::Unsupported(error) => MediaError::unsupported(format.name(), error),
        error => MediaError::malformed(format.name(), error),
    }
}
