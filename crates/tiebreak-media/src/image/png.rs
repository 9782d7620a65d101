//! PNG, decoded row by row: a picture of 100 megapixels with 16 bits a sample needs no more
//! memory than its result.

use std::io::Cursor;

use ::png::{BitDepth, ColorType, Decoder, Reader, Transformations};

use super::colour::{Colour, Samples, ToSrgb};
use super::header::Header;
use super::orientation::Orientation;
use super::{Decoded, pixel_buffer};
use crate::MediaError;
use crate::sniff::ImageFormat;

const FORMAT: ImageFormat = ImageFormat::Png;

pub(crate) fn header(bytes: &[u8]) -> Result<Header, MediaError> {
    let reader = reader(bytes)?;
    let info = reader.info();
    Ok(Header {
        format: FORMAT,
        width: info.width,
        height: info.height,
        orientation: info.exif_metadata.as_deref().map(Orientation::from_exif).unwrap_or_default(),
        colour: colour(info),
        has_alpha: samples(&reader).result_count() == 4,
        bit_depth: if info.color_type == ColorType::Indexed { 8 } else { info.bit_depth as u8 },
        frames: info.animation_control.map_or(1, |animation| animation.num_frames.max(1)),
    })
}

pub(crate) fn decode(bytes: &[u8], header: &Header) -> Result<Decoded, MediaError> {
    let mut reader = reader(bytes)?;
    let samples = samples(&reader);
    let is_wide = reader.output_color_type().1 == BitDepth::Sixteen;
    let channels = samples.result_count();
    let length = u64::from(header.width) * u64::from(header.height) * channels as u64;
    let mut result = pixel_buffer(FORMAT, length)?;
    let row_length = header.width as usize * channels;
    let mut to_srgb = ToSrgb::new(samples, &header.colour);
    let mut wide = Vec::new();
    let mut convert = |row: &[u8], result: &mut [u8]| {
        if is_wide {
            wide.clear();
            wide.extend(row.chunks_exact(2).map(|b| u16::from_be_bytes([b[0], b[1]])));
            to_srgb.wide_row(&wide, result);
        } else if to_srgb.is_identity() {
            result.copy_from_slice(row);
        } else {
            to_srgb.row(row, result);
        }
    };
    if reader.info().interlaced {
        let size = reader.output_buffer_size().unwrap_or_default();
        let mut whole = pixel_buffer(FORMAT, size as u64)?;
        reader.next_frame(&mut whole).map_err(malformed)?;
        let stored_length = whole.len() / header.height as usize;
        for (row, result) in
            whole.chunks_exact(stored_length).zip(result.chunks_exact_mut(row_length))
        {
            convert(row, result);
        }
    } else {
        for result in result.chunks_exact_mut(row_length) {
            let row = reader.next_row().map_err(malformed)?;
            let row = row.ok_or_else(|| malformed("fewer rows than announced"))?;
            convert(row.data(), result);
        }
    }
    Ok(Decoded { bytes: result, channels })
}

fn reader(bytes: &[u8]) -> Result<Reader<Cursor<&[u8]>>, MediaError> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    // Palettes become colours, 1, 2 and 4 bits become 8, a transparent colour becomes alpha.
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    decoder.read_info().map_err(malformed)
}

fn samples(reader: &Reader<Cursor<&[u8]>>) -> Samples {
    match reader.output_color_type().0 {
        ColorType::Grayscale => Samples::Grey,
        ColorType::GrayscaleAlpha => Samples::GreyAlpha,
        ColorType::Rgba => Samples::Rgba,
        ColorType::Rgb | ColorType::Indexed => Samples::Rgb,
    }
}

/// The order of precedence is that of PNG (third edition), 4.3: code points, profile, sRGB.
fn colour(info: &::png::Info<'_>) -> Colour {
    if let Some(points) = info.coding_independent_code_points {
        return Colour::from_code_points(points.color_primaries, points.transfer_function);
    }
    match &info.icc_profile {
        Some(profile) => Colour::Icc(profile.to_vec()),
        None => Colour::Srgb,
    }
}

fn malformed(detail: impl std::fmt::Display) -> MediaError {
    MediaError::malformed(FORMAT.name(), detail)
}
