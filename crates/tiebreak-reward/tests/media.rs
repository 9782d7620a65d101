//! The packs for images and music against Pillow, librosa and NumPy.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::open;
use serde::Deserialize;
use tempfile::TempDir;
use tiebreak_core::{Cancel, Content, Scorer as _, Unreadable};
use tiebreak_reward::{CLIP_MEASURES, IMAGE_MEASURES, RewardModel};

/// What goldens/media_golden.py wrote.
#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    file: String,
    embedding: Vec<f32>,
    #[serde(default)]
    tags: Vec<f32>,
}

fn images() -> &'static RewardModel {
    static MODEL: OnceLock<RewardModel> = OnceLock::new();
    MODEL.get_or_init(|| open("efficientnet-lite0"))
}

fn music() -> &'static RewardModel {
    static MODEL: OnceLock<RewardModel> = OnceLock::new();
    MODEL.get_or_init(|| open("musicnn"))
}

/// A sample, or a file that was made with the goldens.
fn path(kind: &str, file: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    [
        root.join("../../sample-data").join(kind).join(file),
        root.join("../../assets/packs/musicnn").join(file),
        root.join("tests/goldens").join(file),
    ]
    .into_iter()
    .find(|path| path.is_file())
    .unwrap_or_else(|| PathBuf::from(file))
}

fn embed(model: &RewardModel, files: &[&Path]) -> Vec<Result<Vec<f32>, Unreadable>> {
    let contents: Vec<Content<'_>> = files.iter().map(|file| Content::File(file)).collect();
    model.embed(&contents, &Cancel::default()).unwrap()
}

fn one(model: &RewardModel, file: &Path) -> Vec<f32> {
    embed(model, &[file]).remove(0).unwrap()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn measure(model: &RewardModel, embedding: &[f32], name: &str) -> f32 {
    let measures = model.measures();
    let place = measures.iter().position(|measure| measure == name).unwrap();
    embedding[embedding.len() - measures.len() + place]
}

#[test]
fn images_agree_with_pillow_and_numpy() {
    let golden: Golden = serde_json::from_str(include_str!("goldens/images.json")).unwrap();
    assert_eq!(images().embedding_dim(), 1_280 + IMAGE_MEASURES.len());
    for case in golden.cases {
        let embedding = one(images(), &path("images", &case.file));
        let difference = largest_difference(&embedding[..1_280], &case.embedding);
        // JPEG decoders differ by a step of 8 bits here and there.
        let most = if case.file.ends_with(".jpg") { 0.15 } else { 5e-5 };
        println!("{}: {difference}", case.file);
        assert!(difference < most, "{} differs by {difference}", case.file);
    }
}

#[test]
fn clips_agree_with_librosa_and_numpy() {
    let golden: Golden = serde_json::from_str(include_str!("goldens/clips.json")).unwrap();
    assert_eq!(music().embedding_dim(), 200 + 50 + CLIP_MEASURES.len());
    for case in golden.cases {
        let embedding = one(music(), &path("music", &case.file));
        let difference = largest_difference(&embedding[..200], &case.embedding);
        let tags = largest_difference(&embedding[200..250], &case.tags);
        println!("{}: {difference}, tags {tags}", case.file);
        assert!(difference < 5e-5, "{} differs by {difference}", case.file);
        assert!(tags < 1e-5, "{}: tags differ by {tags}", case.file);
    }
}

#[test]
fn an_embedding_does_not_depend_on_its_neighbours() {
    for (model, kind) in [(images(), "images"), (music(), "music")] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample-data").join(kind);
        let mut files: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end != "jsonl"))
            .collect();
        files.sort();
        files.truncate(13);
        let mut paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        paths.push(paths[0]);
        let together = embed(model, &paths);
        assert_eq!(together[0], together[13], "a path given twice");
        for (path, together) in paths.iter().zip(&together) {
            let alone = one(model, path);
            let together = together.as_ref().unwrap();
            assert_eq!(&alone, together, "{} is another among others", path.display());
        }
    }
}

#[test]
fn what_cannot_be_read_is_unreadable_alone() {
    let folder = tempfile::tempdir().unwrap();
    let cut = folder.path().join("cut.png");
    let whole = path("images", "35-coarse.png");
    fs::write(&cut, &fs::read(&whole).unwrap()[..60]).unwrap();
    let text = folder.path().join("text.png");
    fs::write(&text, "no picture").unwrap();
    let clip = path("music", "08-warm.wav");
    let missing = folder.path().join("missing.png");
    let found = embed(images(), &[&whole, &cut, &text, &clip, &missing, &whole]);
    assert!(found[0].is_ok() && found[0] == found[5]);
    for (place, expected) in
        [(1, "PNG"), (2, "supported format"), (3, "an image is needed"), (4, "cannot read")]
    {
        let problem = found[place].as_ref().unwrap_err().to_string();
        assert!(problem.contains(expected), "{problem}");
    }
}

/// A WAV file of 16 bits.
fn wav(folder: &TempDir, name: &str, rate: u32, channels: u16, samples: &[i16]) -> PathBuf {
    let data = 2 * samples.len() as u32;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * 2 * u32::from(channels)).to_le_bytes());
    bytes.extend((2 * channels).to_le_bytes());
    bytes.extend(b"\x10\0data");
    bytes.extend(data.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn silence_short_clips_and_long_ones_have_embeddings() {
    let folder = tempfile::tempdir().unwrap();
    let noise = |count: usize| -> Vec<i16> {
        (0..count as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 18) as i16).collect()
    };
    let silence = wav(&folder, "silence.wav", 16_000, 1, &[0; 64_000]);
    let sample = wav(&folder, "sample.wav", 44_100, 2, &[100, -100]);
    let short = wav(&folder, "short.wav", 8_000, 1, &noise(900));
    let hour = wav(&folder, "long.wav", 8_000, 1, &noise(8_000 * 75));
    let start = wav(&folder, "start.wav", 8_000, 1, &noise(8_000 * 60));
    let found = embed(music(), &[&silence, &sample, &short, &hour, &start]);
    let found: Vec<&Vec<f32>> = found.iter().map(|found| found.as_ref().unwrap()).collect();
    assert_eq!(measure(music(), found[0], "loudness_lufs"), -70.0);
    assert_eq!(found[3][..250], found[4][..250], "what follows 60 s is not heard");
    let duration = measure(music(), found[3], "ln_duration_s");
    assert!((duration - 75.0_f32.ln()).abs() < 1e-6, "but its length counts");
    assert_ne!(found[0][..200], found[2][..200]);
}

#[test]
fn measures_tell_pictures_and_clips_apart() {
    // The generator makes each pair with a known difference.
    let fine = one(images(), &path("images", "38-fine.png"));
    assert!(measure(images(), &fine, "ln_pixels") > 8.0);
    assert!((0.0..=1.0).contains(&measure(images(), &fine, "brightness")));
    let warm = one(music(), &path("music", "03-warm.flac"));
    assert!((-60.0..0.0).contains(&measure(music(), &warm, "loudness_lufs")));
    assert!((0.0..=1.0).contains(&measure(music(), &warm, "piano")));
    assert_eq!(measure(music(), &warm, "stereo_width"), 0.0, "one channel has no sides");
}
