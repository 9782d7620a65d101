//! A small image and a short clip, for trying out models of images and music.

use std::io::Write as _;

use tempfile::{Builder, NamedTempFile};
use tiebreak_core::Modality;

use crate::RewardError;

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;
const SAMPLE_RATE: u32 = 16_000;
const SECONDS: u32 = 4;

/// A file in the folder for temporary files, gone when it is dropped.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn file(modality: Modality) -> Result<NamedTempFile, RewardError> {
    let (suffix, bytes) = match modality {
        Modality::Image => (".tif", image()),
        Modality::Music | Modality::Text => (".wav", clip()),
    };
    let folder = std::env::temp_dir();
    let write = || {
        let mut file = Builder::new().prefix("tiebreak-").suffix(suffix).tempfile()?;
        file.write_all(&bytes)?;
        file.flush()?;
        Ok(file)
    };
    write().map_err(RewardError::io("write a trial file into", &folder))
}

/// Colours that run into each other, as uncompressed TIFF (baseline RGB).
fn image() -> Vec<u8> {
    const ENTRIES: u16 = 9;
    const HEADER: u32 = 8 + 2 + 12 * ENTRIES as u32 + 4 + 6;
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend(ENTRIES.to_le_bytes());
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    };
    entry(256, 4, 1, WIDTH);
    entry(257, 4, 1, HEIGHT);
    // Three samples of 8 bits, whose table follows the entries.
    entry(258, 3, 3, HEADER - 6);
    // No compression, RGB.
    entry(259, 3, 1, 1);
    entry(262, 3, 1, 2);
    entry(273, 4, 1, HEADER);
    entry(277, 3, 1, 3);
    entry(278, 4, 1, HEIGHT);
    entry(279, 4, 1, 3 * WIDTH * HEIGHT);
    bytes.extend([0; 4]);
    bytes.extend([8, 0, 8, 0, 8, 0]);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            bytes.extend([
                (x * 255 / WIDTH) as u8,
                (y * 255 / HEIGHT) as u8,
                ((x ^ y) & 255) as u8,
            ]);
        }
    }
    bytes
}

/// Three tones, as WAV with samples of 16 bits.
fn clip() -> Vec<u8> {
    let samples = SAMPLE_RATE * SECONDS;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + 2 * samples).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(SAMPLE_RATE.to_le_bytes());
    bytes.extend((2 * SAMPLE_RATE).to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend((2 * samples).to_le_bytes());
    for n in 0..samples {
        let t = f64::from(n) / f64::from(SAMPLE_RATE);
        let tone = |hertz: f64| (std::f64::consts::TAU * hertz * t).sin();
        let sample = (tone(220.0) + tone(277.2) + tone(329.6)) / 3.0 * 0.5;
        bytes.extend(((sample * 32767.0) as i16).to_le_bytes());
    }
    bytes
}
