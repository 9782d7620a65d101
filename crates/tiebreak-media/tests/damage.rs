//! Whatever the bytes are, there is an answer: no panic, no endless loop, no memory beyond limits.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod common;

use common::{fixture, sweep, wav};
use proptest::prelude::*;
use tiebreak_media::{
    Clip, Limits, Peaks, Picture, decode, decode_audio, is_animated, loudness, peaks, probe, sniff,
};

const FIXTURES: [&str; 15] = [
    "animated.webp",
    "cmyk.jpg",
    "gradient-10bit-444-alpha.avif",
    "gradient-8bit-420.avif",
    "gradient-grid.avif",
    "gradient-turned.avif",
    "interlaced.png",
    "sweep-aac.m4a",
    "sweep-alac.m4a",
    "sweep-flac.ogg",
    "sweep-opus.ogg",
    "sweep-vorbis.ogg",
    "sweep.aac",
    "sweep.flac",
    "sweep.mp3",
];

/// Small enough that what a damaged header announces is refused at once.
const LIMITS: Limits = Limits {
    max_pixels: 1_000_000,
    max_decoded_bytes: 8_000_000,
    max_file_bytes: 1_000_000,
    max_audio_s: 60.0,
};

/// Asks everything of some bytes.
fn exercise(bytes: &[u8]) {
    let (format, info) = (sniff(bytes), probe(bytes, &LIMITS));
    assert!(info.is_err() || format.is_some());
    is_animated(bytes);
    if let Ok(picture) = decode(bytes, &LIMITS) {
        assert!(picture.pixels().len() as u64 <= LIMITS.max_decoded_bytes);
        picture.preview(16).expect("a picture can be scaled");
    }
    if let Ok(clip) = decode_audio(bytes, &LIMITS) {
        let channels: Vec<usize> = clip.samples.iter().map(Vec::len).collect();
        assert!(channels.iter().all(|frames| *frames == clip.frames() && *frames > 0));
        assert!(clip.samples.iter().flatten().all(|sample| sample.is_finite()));
        loudness(&clip);
        peaks(&clip, 100);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_after_a_signature(
        start in prop::sample::select(vec![
            b"\x89PNG\r\n\x1a\n".as_slice(), b"\xff\xd8\xff", b"RIFF\xff\0\0\0WEBPVP8 ", b"GIF89a",
            b"II*\0", b"MM\0*", b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", b"RIFF\xff\0\0\0WAVEfmt ",
            b"fLaC", b"OggS\0\x02", b"ID3\x04\0\0\0\0\0\0", b"\xff\xfb\x90", b"\xff\xf1\x50\x80",
            b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42", b"",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        exercise(&[start, &rest].concat());
    }

    #[test]
    fn files_with_a_few_wrong_bytes(
        name in prop::sample::select(FIXTURES.to_vec()),
        wrong in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = fixture(name);
        for (at, byte) in wrong {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        exercise(&bytes);
    }

    #[test]
    fn files_with_a_wrong_header(
        name in prop::sample::select(FIXTURES.to_vec()),
        at in 0_usize..300,
        byte: u8,
    ) {
        let mut bytes = fixture(name);
        let at = at % bytes.len();
        bytes[at] = byte;
        exercise(&bytes);
    }

    #[test]
    fn files_that_end_early(
        name in prop::sample::select(FIXTURES.to_vec()),
        end in any::<prop::sample::Index>(),
    ) {
        let bytes = fixture(name);
        exercise(&bytes[..end.index(bytes.len())]);
    }

    #[test]
    fn waveforms_bound_every_sample_and_survive_their_bytes(
        samples in prop::collection::vec(-2.0_f32..2.0, 0..500),
        buckets in 0_usize..700,
    ) {
        let frames = samples.len();
        let clip = Clip { sample_rate: 8_000, samples: vec![samples], warnings: Vec::new() };
        let outline = peaks(&clip, buckets);
        let count = outline.ranges.len();
        prop_assert_eq!(count, buckets.clamp(1, frames.max(1)));
        for (bucket, [lowest, highest]) in outline.ranges.iter().enumerate() {
            let within = &clip.samples[0][bucket * frames / count..(bucket + 1) * frames / count];
            for sample in within {
                let sample = sample.clamp(-1.0, 1.0) * 32_767.0;
                prop_assert!(f32::from(*lowest) <= sample && sample <= f32::from(*highest));
            }
        }
        let bytes = outline.to_bytes();
        prop_assert_eq!(bytes.len(), 24 + 4 * count);
        prop_assert_eq!(Peaks::from_bytes(&bytes), Ok(outline));
        prop_assert!(Peaks::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn waveforms_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(peaks) = Peaks::from_bytes(&bytes) {
            prop_assert_eq!(peaks.to_bytes(), bytes);
        }
    }

    #[test]
    fn pictures_need_the_right_count_of_bytes(width: u32, height: u32, length in 0_usize..64) {
        let picture = Picture::new(width, height, false, vec![0; length]);
        let expected = u128::from(width) * u128::from(height) * 3;
        prop_assert_eq!(picture.is_ok(), expected > 0 && expected == length as u128);
    }
}

#[test]
fn every_fixture_passes_as_it_is() {
    for name in FIXTURES {
        exercise(&fixture(name));
    }
    let [left, _] = sweep(1_000, 8_000);
    let data: Vec<u8> = left.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    exercise(&wav(3, 32, 1, 8_000, &data));
}
