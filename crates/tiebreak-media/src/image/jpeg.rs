//! JPEG, with the four inks of print among its colours.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::colour::{Colour, Samples, ToSrgb};
use super::header::Header;
use super::orientation::Orientation;
use super::{Decoded, pixel_buffer};
use crate::MediaError;
use crate::sniff::ImageFormat;

const FORMAT: ImageFormat = ImageFormat::Jpeg;

pub(crate) fn header(bytes: &[u8]) -> Result<Header, MediaError> {
    let mut decoder = decoder(bytes, ColorSpace::RGB);
    decoder.decode_headers().map_err(malformed)?;
    let info = decoder.info().ok_or_else(|| malformed("no header"))?;
    Ok(Header {
        format: FORMAT,
        width: u32::from(info.width),
        height: u32::from(info.height),
        orientation: decoder.exif().map(|exif| Orientation::from_exif(exif)).unwrap_or_default(),
        colour: decoder.icc_profile().map(Colour::Icc).unwrap_or_default(),
        has_alpha: false,
        bit_depth: 8,
        frames: 1,
    })
}

pub(crate) fn decode(bytes: &[u8], header: &Header) -> Result<Decoded, MediaError> {
    let mut decoder = decoder(bytes, ColorSpace::RGB);
    decoder.decode_headers().map_err(malformed)?;
    let stored = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    let (samples, wanted) = match stored {
        ColorSpace::Luma => (Samples::Grey, ColorSpace::Luma),
        ColorSpace::CMYK | ColorSpace::YCCK => (Samples::Cmyk, stored),
        _ => (Samples::Rgb, ColorSpace::RGB),
    };
    decoder.set_options(options(wanted));
    let size = decoder.output_buffer_size().ok_or_else(|| malformed("no size"))?;
    let mut stored_pixels = match (samples, one_scan_a_component(bytes)) {
        (Samples::Rgb, true) => scan_by_scan(bytes, size)?,
        (Samples::Cmyk, true) => {
            return Err(MediaError::unsupported(FORMAT.name(), "one scan for each of four inks"));
        }
        _ => {
            let mut pixels = pixel_buffer(FORMAT, size as u64)?;
            decoder.decode_into(&mut pixels).map_err(malformed)?;
            pixels
        }
    };
    match stored {
        ColorSpace::CMYK => stored_pixels.iter_mut().for_each(|ink| *ink = 255 - *ink),
        ColorSpace::YCCK => stored_pixels.chunks_exact_mut(4).for_each(to_inks),
        _ => {}
    }
    let mut to_srgb = ToSrgb::new(samples, &header.colour);
    if to_srgb.is_identity() {
        return Ok(Decoded { bytes: stored_pixels, channels: 3 });
    }
    let width = header.width as usize;
    if samples == Samples::Rgb {
        let mut row = vec![0; width * 3];
        for pixels in stored_pixels.chunks_exact_mut(width * 3) {
            row.copy_from_slice(pixels);
            to_srgb.row(&row, pixels);
        }
        return Ok(Decoded { bytes: stored_pixels, channels: 3 });
    }
    let mut result = pixel_buffer(FORMAT, u64::from(header.width) * u64::from(header.height) * 3)?;
    let rows = stored_pixels.chunks_exact(width * samples.count());
    for (row, result) in rows.zip(result.chunks_exact_mut(width * 3)) {
        to_srgb.row(row, result);
    }
    Ok(Decoded { bytes: result, channels: 3 })
}

/// Whether a baseline image of several components has a scan for each of them, as encoders write
/// it that optimise their tables. zune-jpeg 0.5 misplaces the blocks of those whose colours have
/// fewer samples, without an error.
fn one_scan_a_component(bytes: &[u8]) -> bool {
    let mut at = 2;
    let mut components = 0;
    loop {
        let Some([0xff, marker, high, low]) = bytes.get(at..at + 4) else { return false };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        match marker {
            // Baseline and extended sequential, which have no other way to order their scans.
            0xc0 | 0xc1 => components = bytes.get(at + 9).copied().unwrap_or(0),
            0xda => return bytes.get(at + 4).is_some_and(|count| *count < components),
            _ => {}
        }
        at += 2 + length;
    }
}

/// Decodes three components from scans of their own.
fn scan_by_scan(bytes: &[u8], size: usize) -> Result<Vec<u8>, MediaError> {
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    let pixels = decoder.decode().map_err(malformed)?;
    let is_rgb =
        decoder.info().is_some_and(|info| info.pixel_format == jpeg_decoder::PixelFormat::RGB24);
    if is_rgb && pixels.len() == size { Ok(pixels) } else { Err(malformed("not three components")) }
}

fn options(colour_space: ColorSpace) -> DecoderOptions {
    // The size is limited by our own check of the header, the sides by the format itself.
    DecoderOptions::default()
        .set_max_width(65_535)
        .set_max_height(65_535)
        .jpeg_set_out_colorspace(colour_space)
}

fn decoder(bytes: &[u8], colour_space: ColorSpace) -> JpegDecoder<ZCursor<&[u8]>> {
    JpegDecoder::new_with_options(ZCursor::new(bytes), options(colour_space))
}

/// A stored pixel of YCCK as inks. Both kinds of four components are stored inverted, as Adobe
/// does: what the conversion from YCbCr calls red is then the ink cyan itself (ITU-T T.872,
/// 6.5.3, and the practice of every reader).
fn to_inks(pixel: &mut [u8]) {
    let (y, cb, cr) =
        (f32::from(pixel[0]), f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0);
    pixel[0] = (y + 1.402 * cr).round() as u8;
    pixel[1] = (y - 0.344_136 * cb - 0.714_136 * cr).round() as u8;
    pixel[2] = (y + 1.772 * cb).round() as u8;
    pixel[3] = 255 - pixel[3];
}

fn malformed(detail: impl std::fmt::Display) -> MediaError {
    MediaError::malformed(FORMAT.name(), detail)
}
