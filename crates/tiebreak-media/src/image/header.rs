//! What the header of an image says, the same for all formats.

use super::colour::Colour;
use super::orientation::Orientation;
use super::{avif, jpeg, plain, png};
use crate::sniff::ImageFormat;
use crate::{ImageInfo, Limits, MediaError};

/// What has to be known before decoding.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Header {
    pub format: ImageFormat,
    /// Width of the stored rows.
    pub width: u32,
    /// Count of the stored rows.
    pub height: u32,
    pub orientation: Orientation,
    pub colour: Colour,
    pub has_alpha: bool,
    pub bit_depth: u8,
    pub frames: u32,
}

impl Header {
    /// Reads the header and nothing else.
    pub(crate) fn read(format: ImageFormat, bytes: &[u8]) -> Result<Self, MediaError> {
        crate::error::contained(format.name(), || {
            let header = match format {
                ImageFormat::Png => png::header(bytes),
                ImageFormat::Jpeg => jpeg::header(bytes),
                ImageFormat::Avif => avif::header(bytes),
                ImageFormat::Webp | ImageFormat::Gif | ImageFormat::Tiff => {
                    plain::header(format, bytes)
                }
            }?;
            if header.width == 0 || header.height == 0 {
                return Err(MediaError::malformed(format.name(), "an image without pixels"));
            }
            Ok(header)
        })
    }

    /// Bytes of a decoded pixel.
    pub(crate) fn channels(&self) -> u64 {
        if self.has_alpha { 4 } else { 3 }
    }

    /// Refuses what would be too large.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), MediaError> {
        // TIFF is decoded whole in its own depth; all others end in eight bits row by row.
        let depth =
            if self.format == ImageFormat::Tiff { self.bit_depth.div_ceil(8).max(1) } else { 1 };
        limits.check_image(self.width, self.height, self.channels() * u64::from(depth))
    }

    pub(crate) fn info(&self) -> ImageInfo {
        let (width, height) = self.orientation.seen(self.width, self.height);
        ImageInfo {
            format: self.format,
            width,
            height,
            frames: self.frames,
            has_profile: self.colour != Colour::Srgb,
            has_alpha: self.has_alpha,
            bit_depth: self.bit_depth,
        }
    }
}
