//! What a file is, by its header.

use crate::audio;
use crate::image::Header;
use crate::sniff::{AudioFormat, ImageFormat, MediaFormat, sniff};
use crate::{Limits, MediaError};

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Probe {
    /// An image that can be decoded within the limits, as far as its header tells.
    Image(ImageInfo),
    /// Audio that can be decoded within the limits.
    Audio(AudioInfo),
}

impl Probe {
    /// The format.
    pub fn format(&self) -> MediaFormat {
        match self {
            Self::Image(info) => MediaFormat::Image(info.format),
            Self::Audio(info) => MediaFormat::Audio(info.format),
        }
    }
}

/// The header of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageInfo {
    /// The format.
    pub format: ImageFormat,
    /// Width in pixels, as seen: after the turn that EXIF or the container asks for.
    pub width: u32,
    /// Height in pixels, as seen.
    pub height: u32,
    /// Frames of an animation; 1 for a still image.
    pub frames: u32,
    /// Whether it names a colour space that is not sRGB: an ICC profile (even one of sRGB) or
    /// code points.
    pub has_profile: bool,
    /// Whether its pixels may be transparent.
    pub has_alpha: bool,
    /// Bits a stored sample has: 1 to 32.
    pub bit_depth: u8,
}

impl ImageInfo {
    /// Whether it moves.
    pub fn is_animated(&self) -> bool {
        self.frames > 1
    }
}

/// How audio is coded within its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AudioCodec {
    /// Uncompressed samples, integer or floating point.
    Pcm,
    /// FLAC.
    Flac,
    /// MPEG audio layer III.
    Mp3,
    /// Vorbis.
    Vorbis,
    /// Opus.
    Opus,
    /// AAC, low complexity. Of HE-AAC only that core is decoded, without the upper half of the
    /// spectrum.
    Aac,
    /// Apple Lossless.
    Alac,
}

impl AudioCodec {
    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcm => "PCM",
            Self::Flac => "FLAC",
            Self::Mp3 => "MP3",
            Self::Vorbis => "Vorbis",
            Self::Opus => "Opus",
            Self::Aac => "AAC",
            Self::Alac => "ALAC",
        }
    }
}

/// The header of an audio file.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioInfo {
    /// The container.
    pub format: AudioFormat,
    /// The codec.
    pub codec: AudioCodec,
    /// Samples a second of each channel, in Hz.
    pub sample_rate: u32,
    /// Count of channels, at least 1.
    pub channels: u16,
    /// Samples of each channel, without what the encoder added at either end where that is
    /// known. What is decoded of a damaged file may have fewer.
    pub frames: u64,
    /// Length in seconds: `frames / sample_rate`.
    pub duration_s: f64,
}

/// Tells what `bytes`, a whole file, hold. Of an image only the header is read; of audio whose
/// header does not state its length the packets are counted, none is decoded.
///
/// # Errors
/// [`MediaError::UnknownFormat`] for other content; [`MediaError::ImageTooLarge`],
/// [`MediaError::AudioTooLong`] or [`MediaError::FileTooLarge`] for what exceeds `limits`;
/// [`MediaError::Malformed`] or [`MediaError::Unsupported`] for a header that cannot be used.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Probe, MediaError> {
    limits.check_file(bytes.len() as u64)?;
    match sniff(bytes).ok_or(MediaError::UnknownFormat)? {
        MediaFormat::Image(format) => {
            let header = Header::read(format, bytes)?;
            header.check(limits)?;
            Ok(Probe::Image(header.info()))
        }
        MediaFormat::Audio(format) => audio::probe(format, bytes, limits).map(Probe::Audio),
    }
}

/// Whether `bytes` are an image with more than one frame, which a page should get as it is
/// rather than as a still preview. Content that cannot be read is not animated.
pub fn is_animated(bytes: &[u8]) -> bool {
    match sniff(bytes) {
        Some(MediaFormat::Image(format)) => {
            Header::read(format, bytes).is_ok_and(|header| header.frames > 1)
        }
        _ => false,
    }
}
