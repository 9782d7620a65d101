//! A decoded picture, and what can be cut out of it.

use std::fmt;

use png::{Compression, Encoder, SrgbRenderingIntent};

use super::preview;
use crate::MediaError;

/// Upright pixels in sRGB, 8 bits a sample, rows from the top, without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    has_alpha: bool,
    pixels: Vec<u8>,
}

impl Picture {
    /// Takes pixels in sRGB: RGB, or RGBA (not premultiplied) with `has_alpha`.
    ///
    /// # Errors
    /// [`MediaError::Argument`] unless `pixels` has exactly `width * height` pixels and at least
    /// one.
    pub fn new(
        width: u32,
        height: u32,
        has_alpha: bool,
        pixels: Vec<u8>,
    ) -> Result<Self, MediaError> {
        Self::from_raw(width, height, has_alpha, pixels)
            .ok_or(MediaError::Argument("a picture needs width times height pixels, at least one"))
    }

    pub(crate) fn from_raw(
        width: u32,
        height: u32,
        has_alpha: bool,
        pixels: Vec<u8>,
    ) -> Option<Self> {
        let channels = if has_alpha { 4 } else { 3 };
        let expected = u128::from(width) * u128::from(height) * channels;
        (expected > 0 && pixels.len() as u128 == expected).then_some(Self {
            width,
            height,
            has_alpha,
            pixels,
        })
    }

    /// Width in pixels, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Whether each pixel has a fourth byte, its alpha.
    pub fn has_alpha(&self) -> bool {
        self.has_alpha
    }

    /// Bytes of a pixel: 3 (RGB) or 4 (RGBA, not premultiplied).
    pub fn channels(&self) -> usize {
        if self.has_alpha { 4 } else { 3 }
    }

    /// All pixels, row by row from the top: `width * height * channels` bytes.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The pixels without the rest.
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// The largest size with the same proportions that fits a square of `max_edge` pixels, never
    /// larger than the picture itself; no side is less than 1.
    pub fn size_within(&self, max_edge: u32) -> (u32, u32) {
        preview::size_within(self.width, self.height, max_edge)
    }

    /// The picture scaled down to fit a square of `max_edge` pixels; a smaller one as it is.
    ///
    /// Light is averaged, not its encoding: samples are made linear, filtered (a box to at least
    /// twice the final size, then Lanczos with three lobes), and encoded again. Colours are
    /// weighted by alpha.
    ///
    /// # Errors
    /// [`MediaError::Argument`] if `max_edge` is 0.
    pub fn preview(&self, max_edge: u32) -> Result<Self, MediaError> {
        preview::preview(self, max_edge)
    }

    /// A part of the picture, pixel for pixel.
    ///
    /// # Errors
    /// [`MediaError::OutsidePicture`] if the region is empty or reaches outside.
    pub fn region(&self, x: u32, y: u32, width: u32, height: u32) -> Result<Self, MediaError> {
        let fits = |start: u32, length: u32, whole: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= whole)
        };
        if !fits(x, width, self.width) || !fits(y, height, self.height) {
            let (picture_width, picture_height) = (self.width, self.height);
            return Err(MediaError::OutsidePicture {
                x,
                y,
                width,
                height,
                picture_width,
                picture_height,
            });
        }
        let channels = self.channels();
        let (from, length) = (x as usize * channels, width as usize * channels);
        let pixels = self
            .pixels
            .chunks_exact(self.width as usize * channels)
            .skip(y as usize)
            .take(height as usize)
            .flat_map(|row| &row[from..from + length])
            .copied()
            .collect();
        Ok(Self { width, height, has_alpha: self.has_alpha, pixels })
    }

    /// The picture as PNG, without loss, at the speed of a fast compression, marked as sRGB.
    pub fn to_png(&self) -> Result<Vec<u8>, MediaError> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(if self.has_alpha { png::ColorType::Rgba } else { png::ColorType::Rgb });
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(Compression::Fast);
        encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
        let failed = |error: png::EncodingError| MediaError::malformed("PNG", error);
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&self.pixels).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(bytes)
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.has_alpha { "RGBA" } else { "RGB" };
        write!(f, "Picture({} x {} {kind})", self.width, self.height)
    }
}
