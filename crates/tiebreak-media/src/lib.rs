//! Images and audio: probe, hash, decode, previews, peaks, loudness, A/B mixing, and what can be
//! measured on them without learning.
//!
//! Everything is decoded in Rust, so no codec of the operating system matters, and every format
//! is told by content, never by a file's name. Files are untrusted: headers are checked against
//! [`Limits`] before anything is decoded, and a damaged file is an error, never a panic.
//!
//! Left out on purpose: storage, studies, devices and windows.

mod audio;
mod cache;
mod error;
mod image;
mod image_features;
mod limits;
mod music_features;
mod palette;
mod probe;
mod sniff;
mod spectrum;
mod tempo;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub use audio::{
    AbMixer, Clip, Loudness, MatchedGains, Peaks, decode_audio, decode_audio_start, loudness,
    matched_gains, peaks, resample,
};
pub use cache::{PictureCache, PictureForm, PictureKey};
pub use error::MediaError;
pub use image::{Picture, decode};
pub use image_features::{IMAGE_MEASURES, image_measures};
pub use limits::Limits;
pub use music_features::{CLIP_MEASURES, clip_measures};
pub use palette::{Palette, Swatch, palette};
pub use probe::{AudioCodec, AudioInfo, ImageInfo, Probe, is_animated, probe};
pub use sniff::{AudioFormat, ImageFormat, MediaFormat, SNIFF_BYTES, sniff};
pub use tempo::{MusicFeatures, music_features};

/// Reads a whole file, unless it is too large.
///
/// # Errors
/// [`MediaError::FileTooLarge`] beyond `limits`, or what the system says.
pub fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>, MediaError> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    limits.check_file(size)?;
    let mut bytes = Vec::with_capacity(size as usize);
    // It may grow while it is read.
    file.take(limits.max_file_bytes + 1).read_to_end(&mut bytes)?;
    limits.check_file(bytes.len() as u64)?;
    Ok(bytes)
}
