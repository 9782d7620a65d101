//! Images: headers, decoding to upright sRGB, previews.

mod avif;
mod colour;
mod frames;
mod header;
mod jpeg;
mod orientation;
mod picture;
mod plain;
mod png;
mod preview;
mod yuv;

pub(crate) use header::Header;
pub use picture::Picture;

use crate::sniff::{ImageFormat, MediaFormat, sniff};
use crate::{Limits, MediaError, error, limits};

/// Decodes an image to upright sRGB, 8 bits a sample. Of an animation this is the first frame.
///
/// The header is checked against `limits` before anything is decoded. All decodes of a program
/// share one gigabyte of working memory, so two pictures of 100 megapixels follow each other
/// while small ones are decoded side by side; the call waits for its share.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, MediaError> {
    limits.check_file(bytes.len() as u64)?;
    let header = Header::read(image_format(bytes)?, bytes)?;
    header.check(limits)?;
    // The samples as decoded, and once more where they are turned or widened.
    let pixels = u64::from(header.width) * u64::from(header.height);
    let _permit = limits::reserve_working_memory(pixels * 8);
    error::contained(header.format.name(), || {
        let decoded = match header.format {
            ImageFormat::Png => png::decode(bytes, &header),
            ImageFormat::Jpeg => jpeg::decode(bytes, &header),
            ImageFormat::Avif => avif::decode(bytes, &header),
            ImageFormat::Webp | ImageFormat::Gif | ImageFormat::Tiff => {
                plain::decode(bytes, &header)
            }
        }?;
        upright(&header, decoded)
    })
}

/// Decoded rows as stored, in 8 bit sRGB.
pub(crate) struct Decoded {
    pub bytes: Vec<u8>,
    /// 3 or 4.
    pub channels: usize,
}

fn upright(header: &Header, decoded: Decoded) -> Result<Picture, MediaError> {
    let Decoded { bytes, channels } = decoded;
    let (width, height) = header.orientation.seen(header.width, header.height);
    let bytes = header.orientation.apply(bytes, header.width as usize, channels);
    Picture::from_raw(width, height, channels == 4, bytes)
        .ok_or_else(|| MediaError::malformed(header.format.name(), "fewer pixels than announced"))
}

pub(crate) fn image_format(bytes: &[u8]) -> Result<ImageFormat, MediaError> {
    match sniff(bytes) {
        Some(MediaFormat::Image(format)) => Ok(format),
        Some(MediaFormat::Audio(format)) => {
            Err(MediaError::WrongKind { needed: "an image", found: format.name() })
        }
        None => Err(MediaError::UnknownFormat),
    }
}

/// A zeroed buffer for pixels; an error where memory is short, rather than the end of the program.
pub(crate) fn pixel_buffer(format: ImageFormat, bytes: u64) -> Result<Vec<u8>, MediaError> {
    let length = usize::try_from(bytes)
        .map_err(|_| MediaError::unsupported(format.name(), "too large for this computer"))?;
    let mut buffer = Vec::new();
    buffer
        .try_reserve_exact(length)
        .map_err(|_| MediaError::unsupported(format.name(), "not enough memory"))?;
    buffer.resize(length, 0);
    Ok(buffer)
}
