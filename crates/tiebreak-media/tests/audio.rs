//! Every audio format through the front door: what a file is, and its samples at their places.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod common;

use common::{fixture, sweep, tone, wav};
use tiebreak_media::{
    AudioCodec, AudioFormat, AudioInfo, Clip, Limits, MediaError, Probe, decode_audio,
    decode_audio_start, loudness, probe,
};

fn info(bytes: &[u8]) -> AudioInfo {
    match probe(bytes, &Limits::default()) {
        Ok(Probe::Audio(info)) => info,
        other => panic!("audio is expected: {other:?}"),
    }
}

fn clip(bytes: &[u8]) -> Clip {
    decode_audio(bytes, &Limits::default()).expect("a clip")
}

/// Signal to noise in dB of `found` against `expected`, over what both have.
fn snr_db(found: &[f32], expected: &[f32]) -> f64 {
    let (mut signal, mut noise) = (0.0, 1e-30);
    for (found, expected) in found.iter().zip(expected) {
        signal += f64::from(*expected).powi(2);
        noise += f64::from(found - expected).powi(2);
    }
    10.0 * (signal / noise).log10()
}

#[test]
fn every_codec_gives_all_samples_at_their_places() {
    use AudioCodec as C;
    use AudioFormat as F;
    // The file, what it is, its rate, its frames, and the signal to noise ratio that it must keep:
    // a shift by one sample of a wave of 3 kHz would leave less than 10 dB.
    for (name, format, codec, rate, frames, least_db) in [
        ("sweep.flac", F::Flac, C::Flac, 44_100, 11_025, 80.0),
        ("sweep-flac.ogg", F::Ogg, C::Flac, 44_100, 11_025, 80.0),
        ("sweep-alac.m4a", F::M4a, C::Alac, 44_100, 11_025, 80.0),
        ("sweep.mp3", F::Mp3, C::Mp3, 44_100, 30_000, 20.0),
        ("sweep-vorbis.ogg", F::Ogg, C::Vorbis, 44_100, 30_000, 20.0),
        ("sweep-opus.ogg", F::Ogg, C::Opus, 48_000, 30_000, 20.0),
        ("sweep-aac.m4a", F::M4a, C::Aac, 44_100, 30_000, 20.0),
    ] {
        let bytes = fixture(name);
        let duration_s = frames as f64 / f64::from(rate);
        let sample_rate = rate;
        let expected = AudioInfo { format, codec, sample_rate, channels: 2, frames, duration_s };
        assert_eq!(info(&bytes), expected, "{name}");
        let clip = clip(&bytes);
        assert_eq!((clip.sample_rate, clip.channels()), (rate, 2), "{name}");
        assert_eq!(clip.frames() as u64, frames, "{name}: what the encoder added is cut off");
        assert_eq!(clip.warnings, Vec::<String>::new(), "{name}");
        for (found, expected) in clip.samples.iter().zip(sweep(30_000, rate)) {
            let snr = snr_db(found, &expected);
            assert!(snr > least_db, "{name}: {snr:.1} dB");
        }
    }
}

#[test]
fn the_start_of_a_clip_is_the_same_as_in_the_whole() {
    let short = Limits { max_audio_s: 0.15, ..Limits::default() };
    for name in [
        "sweep.flac",
        "sweep-flac.ogg",
        "sweep-alac.m4a",
        "sweep.mp3",
        "sweep-vorbis.ogg",
        "sweep-opus.ogg",
        "sweep-aac.m4a",
    ] {
        let bytes = fixture(name);
        let whole = clip(&bytes);
        let frames = whole.sample_rate as usize / 20;
        let start = decode_audio_start(&bytes, &short, 0.05).expect("a start");
        assert_eq!(start.frames(), frames, "{name}");
        for (start, whole) in start.samples.iter().zip(&whole.samples) {
            assert_eq!(*start, whole[..frames], "{name}");
        }
        let all = decode_audio_start(&bytes, &Limits::default(), 60.0).expect("all of it");
        assert_eq!(all, whole, "{name}");
    }
}

#[test]
fn a_raw_aac_stream_keeps_what_it_cannot_tell() {
    let clip = clip(&fixture("sweep.aac"));
    assert_eq!(info(&fixture("sweep.aac")).frames, clip.frames() as u64);
    // FFmpeg's encoder puts 1024 samples before the first.
    for (found, expected) in clip.samples.iter().zip(sweep(30_000, 44_100)) {
        assert!(snr_db(&found[1_024..], &expected) > 20.0);
    }
}

#[test]
fn every_kind_of_wave_file() {
    let wanted = [0.0, 0.5, -0.5, 0.25, -1.0, 0.75];
    let integers = |scale: f64, bytes: usize| -> Vec<u8> {
        let sample = |wanted: &f64| (wanted * scale) as i32;
        wanted.iter().flat_map(|wanted| sample(wanted).to_le_bytes()[..bytes].to_vec()).collect()
    };
    let unsigned = wanted.iter().map(|wanted| (wanted * 128.0 + 128.0) as u8).collect();
    let floats = wanted.iter().flat_map(|wanted| (*wanted as f32).to_le_bytes()).collect();
    let doubles = wanted.iter().flat_map(|wanted| wanted.to_le_bytes()).collect();
    for (tag, bits, data) in [
        (1, 8, unsigned),
        (1, 16, integers(32_768.0, 2)),
        (1, 24, integers(8_388_608.0, 3)),
        (1, 32, integers(2_147_483_648.0, 4)),
        (3, 32, floats),
        (3, 64, doubles),
    ] {
        let bytes = wav(tag, bits, 2, 8_000, &data);
        assert_eq!(info(&bytes).frames, 3, "{bits} bits");
        let clip = clip(&bytes);
        assert_eq!(clip.samples, [[0.0, -0.5, -1.0], [0.5, 0.25, 0.75]], "{bits} bits of {tag}");
    }
}

#[test]
fn damage_is_a_warning_and_nothing_is_an_error() {
    let numbers = [0.5, f32::NAN, f32::INFINITY, -0.5];
    let data: Vec<u8> = numbers.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let clip_of = |bytes: &[u8]| decode_audio(bytes, &Limits::default());
    let found = clip_of(&wav(3, 32, 1, 8_000, &data)).expect("the rest is fine");
    assert_eq!(found.samples, [[0.5, 0.0, 0.0, -0.5]]);
    assert_eq!(found.warnings, ["samples that are not numbers were made silent"]);

    let whole = fixture("sweep.mp3");
    let half = clip(&whole[..whole.len() / 2]);
    assert!((10_000..20_000).contains(&half.frames()), "{half:?}");

    let mut hole = fixture("sweep.mp3");
    hole[4_000..4_600].fill(0x55);
    let found = clip(&hole);
    assert!(found.frames() > 20_000, "{found:?}");

    let empty = clip_of(&wav(1, 16, 2, 44_100, &[]));
    assert!(matches!(empty, Err(MediaError::Malformed { format: "WAV", .. })), "{empty:?}");
    let header_only = clip_of(&fixture("sweep.flac")[..60]);
    assert!(matches!(header_only, Err(MediaError::Malformed { .. })), "{header_only:?}");
    let image = clip_of(&fixture("cmyk.jpg"));
    assert_eq!(image, Err(MediaError::WrongKind { needed: "audio", found: "JPEG" }));
}

#[test]
fn what_is_too_long_is_refused() {
    let bytes = fixture("sweep.mp3");
    let limits = Limits { max_audio_s: 0.5, ..Limits::default() };
    let is_too_long =
        |error| matches!(error, Err(MediaError::AudioTooLong { max_seconds: 0.5, .. }));
    assert!(is_too_long(probe(&bytes, &limits).map(|_| ())));
    assert!(is_too_long(decode_audio(&bytes, &limits).map(|_| ())));
    let limits = Limits { max_decoded_bytes: 100_000, ..Limits::default() };
    assert!(matches!(decode_audio(&bytes, &limits), Err(MediaError::AudioTooLong { .. })));
}

#[test]
fn loudness_by_the_signals_of_ebu_tech_3341() {
    let amplitude = |dbfs: f64| 10_f64.powf(dbfs / 20.0);
    // Test signals 1 and 2: a stereo sine of 1 kHz is as loud as its level says.
    for level in [-23.0, -33.0] {
        let found = loudness(&tone(1_000.0, amplitude(level), 48_000, 2, 20.0));
        let integrated = found.integrated_lufs.expect("a loudness");
        assert!((integrated - level).abs() < 0.1, "{integrated} is not {level}");
        let peak = found.true_peak_dbtp.expect("a peak");
        assert!((peak - level).abs() < 0.1, "{peak} is not {level}");
        assert!(found.range_lu.expect("a range") < 0.1);
    }
    // One channel is played on both sides.
    let mono = loudness(&tone(1_000.0, amplitude(-23.0), 48_000, 1, 20.0));
    assert!((mono.integrated_lufs.expect("a loudness") + 23.0).abs() < 0.1);
    // Test signal 15: the peak of a quarter of the rate lies between the samples.
    let mut between = tone(12_000.0, 0.0, 48_000, 2, 1.0);
    for channel in &mut between.samples {
        for (frame, sample) in channel.iter_mut().enumerate() {
            let phase = std::f64::consts::FRAC_PI_2 * (frame as f64 + 0.5);
            *sample = (0.5 * phase.sin()) as f32;
        }
    }
    let peak = loudness(&between).true_peak_dbtp.expect("a peak");
    assert!((-6.4..=-5.8).contains(&peak), "{peak} is not -6.0 (+0.2, -0.4)");
    let silence = loudness(&tone(1_000.0, 0.0, 48_000, 2, 5.0));
    assert_eq!(
        (silence.integrated_lufs, silence.true_peak_dbtp, silence.range_lu),
        (None, None, None)
    );
    let short = loudness(&tone(1_000.0, 0.5, 48_000, 2, 0.3));
    assert_eq!((short.integrated_lufs, short.range_lu), (None, None));
    assert!(short.true_peak_dbtp.is_some());
}

#[test]
fn the_bytes_for_the_page() {
    let samples = vec![vec![0.5, -1.0], vec![0.25, 2.0]];
    let clip = Clip { sample_rate: 44_100, samples, warnings: Vec::new() };
    let bytes = clip.to_planar_f32_le();
    let expected: Vec<u8> =
        [1_u32, 44_100, 2, 2].iter().flat_map(|word| word.to_le_bytes()).collect();
    assert_eq!(&bytes[..4], b"TBPC");
    assert_eq!(bytes[4..20], expected);
    let samples: Vec<f32> =
        bytes[20..].as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    assert_eq!(samples, [0.5, -1.0, 0.25, 2.0]);
}

#[test]
fn a_flac_file_that_counts_its_last_block_in_is_read() {
    let bytes = fixture("sweep.flac");
    let mut counted = bytes.clone();
    counted[8..10].copy_from_slice(&300_u16.to_be_bytes());
    assert_ne!(counted, bytes);
    let decoded = |bytes: &[u8]| decode_audio(bytes, &Limits::default()).unwrap();
    assert_eq!(decoded(&counted), decoded(&bytes));
}
