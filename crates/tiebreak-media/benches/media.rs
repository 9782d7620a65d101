//! What a picture and a clip cost: decoding and scaling 12 and 100 megapixels, decoding and
//! measuring three minutes of music.

use std::hint::black_box;
use std::io::Cursor;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use image::{ImageFormat, RgbImage};
use tiebreak_media::{Clip, Limits, decode, decode_audio, loudness, peaks};

/// Smooth colours with some texture, so that neither coding nor scaling has it too easy.
fn photograph(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 28;
        let wave = (f64::from(x) / 97.0).sin() * (f64::from(y) / 61.0).cos() * 90.0 + 120.0;
        image::Rgb([(wave as u32 + grain) as u8, (x * 255 / width) as u8, (y * 255 / height) as u8])
    })
}

fn pictures(criterion: &mut Criterion) {
    let limits = Limits::default();
    let mut group = criterion.benchmark_group("decode and preview at 2048");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    for (name, width, height) in [("12 MP", 4_000, 3_000), ("100 MP", 11_600, 8_700)] {
        let image = photograph(width, height);
        for (kind, format) in [("JPEG", ImageFormat::Jpeg), ("PNG", ImageFormat::Png)] {
            let mut bytes = Cursor::new(Vec::new());
            if image.write_to(&mut bytes, format).is_err() {
                continue;
            }
            let bytes = bytes.into_inner();
            group.bench_function(format!("{name} {kind}"), |bencher| {
                bencher
                    .iter(|| decode(black_box(&bytes), &limits).and_then(|all| all.preview(2_048)));
            });
        }
    }
    group.finish();
}

fn clips(criterion: &mut Criterion) {
    let limits = Limits::default();
    let (rate, seconds) = (44_100_u32, 180_u32);
    let samples: Vec<u8> = (0..rate * seconds)
        .flat_map(|frame| {
            let time = f64::from(frame) / f64::from(rate);
            let wave = (time * 1_382.0).sin() * 0.3 + (time * 2_763.0 + time.sin()).sin() * 0.2;
            [wave, wave * 0.8].map(|side| (side * 32_767.0) as i16).map(i16::to_le_bytes)
        })
        .flatten()
        .collect();
    let mut bytes = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x02\0".to_vec();
    bytes.extend([rate, rate * 4].map(u32::to_le_bytes).concat());
    bytes.extend(b"\x04\0\x10\0data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(&samples);
    let mut group = criterion.benchmark_group("three minutes of stereo");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("decode WAV", |bencher| {
        bencher.iter(|| decode_audio(black_box(&bytes), &limits));
    });
    let silence = Clip { sample_rate: rate, samples: vec![vec![0.0; 1]], warnings: Vec::new() };
    let clip = decode_audio(&bytes, &limits).unwrap_or(silence);
    group.bench_function("loudness", |bencher| bencher.iter(|| loudness(black_box(&clip))));
    group.bench_function("peaks", |bencher| bencher.iter(|| peaks(black_box(&clip), 2_000)));
    group.finish();
}

criterion_group!(benches, pictures, clips);
criterion_main!(benches);
