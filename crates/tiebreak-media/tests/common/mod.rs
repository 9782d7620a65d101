//! What several tests need.

#![allow(dead_code, reason = "not every test needs all of it")]

use std::f64::consts::PI;
use std::path::Path;

use tiebreak_media::Clip;

/// The bytes of a file of `tests/fixtures`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A JPEG with an EXIF block that states an orientation.
pub fn with_exif_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif =
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0".to_vec();
    let value = exif.len() - 7;
    exif[value] = orientation;
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

/// A clip of one frequency, the same on all channels.
pub fn tone(
    frequency: f64,
    amplitude: f64,
    sample_rate: u32,
    channels: usize,
    seconds: f64,
) -> Clip {
    let frames = (f64::from(sample_rate) * seconds).round() as usize;
    let step = 2.0 * PI * frequency / f64::from(sample_rate);
    let channel: Vec<f32> =
        (0..frames).map(|frame| (amplitude * (step * frame as f64).sin()) as f32).collect();
    Clip { sample_rate, samples: vec![channel; channels], warnings: Vec::new() }
}

/// The two channels from which the audio fixtures were made: a sweep from 200 Hz to 3 kHz, whose
/// parts are all different, so that a shift cannot hide.
pub fn sweep(frames: usize, sample_rate: u32) -> [Vec<f32>; 2] {
    let seconds = frames as f64 / f64::from(sample_rate);
    let sample = |frame: usize, amplitude: f64, wave: fn(f64) -> f64| {
        let time = frame as f64 / f64::from(sample_rate);
        let phase = 2.0 * PI * (200.0 * time + 2_800.0 / (2.0 * seconds) * time * time);
        let edge = (frame.min(frames - 1 - frame) as f64 / 200.0).min(1.0);
        (amplitude * edge * wave(phase)) as f32
    };
    let channel =
        |amplitude, wave| (0..frames).map(|frame| sample(frame, amplitude, wave)).collect();
    [channel(0.5, f64::sin), channel(0.4, f64::cos)]
}

/// A WAVE file of interleaved samples, already coded. `tag` is 1 for integers and 3 for floats.
pub fn wav(tag: u16, bits: u16, channels: u16, sample_rate: u32, data: &[u8]) -> Vec<u8> {
    let frame = channels * bits / 8;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0");
    bytes.extend([tag.to_le_bytes(), channels.to_le_bytes()].concat());
    bytes.extend([sample_rate, sample_rate * u32::from(frame)].map(u32::to_le_bytes).concat());
    bytes.extend([frame.to_le_bytes(), bits.to_le_bytes()].concat());
    bytes.extend(b"data");
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes
}
