//! Throughput of embedding images and clips, beside the usual Python recipe on the same files.
//!
//! `cargo bench -p tiebreak-reward --bench media`. The files are the sample data, or those of the
//! folders named in TIEBREAK_BENCH_IMAGES and TIEBREAK_BENCH_CLIPS. Python (TIEBREAK_PYTHON, or
//! python3) needs numpy, onnxruntime, pillow and librosa; without them only Rust is measured.

#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use criterion::{Criterion, SamplingMode, Throughput};
use serde::Deserialize;
use tiebreak_core::{Cancel, Content, Scorer as _};
use tiebreak_reward::{OpenOptions, Provider, RewardModel};

/// How often each works through the files in the comparison.
const ROUNDS: usize = 3;

/// What the recipe prints.
#[derive(Deserialize)]
struct Report {
    seconds: f64,
    version: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let is_test = env::args().any(|argument| argument == "--test");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample-data");
    for (pack, kind, variable) in [
        ("efficientnet-lite0", "images", "TIEBREAK_BENCH_IMAGES"),
        ("musicnn", "music", "TIEBREAK_BENCH_CLIPS"),
    ] {
        let folder = env::var_os(variable).map_or_else(|| samples.join(kind), PathBuf::from);
        let mut files = files(&folder)?;
        files.truncate(if is_test { 2 } else { usize::MAX });
        let options =
            OpenOptions { providers: Some(vec![Provider::Cpu]), ..OpenOptions::default() };
        let model = RewardModel::open_named(pack, &options).map_err(|error| {
            format!("{error}\nThe bench needs ONNX Runtime and packs: run `cargo xtask setup`")
        })?;
        let mut criterion = Criterion::default().sample_size(10).configure_from_args();
        let mut group = criterion.benchmark_group("embed");
        group.throughput(Throughput::Elements(files.len() as u64));
        group.sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_millis(1));
        group.bench_function(kind, |bencher| bencher.iter(|| embed(&model, &files)));
        group.finish();
        if !is_test {
            compare(&model, &files, kind)?;
        }
    }
    Ok(())
}

/// What is embedded of a folder.
const FORMATS: [&str; 11] =
    ["avif", "flac", "gif", "jpg", "m4a", "mp3", "ogg", "png", "tif", "wav", "webp"];

/// The images and clips of a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(fs::canonicalize(entry?.path())?));
    let mut files = entries.collect::<Result<Vec<PathBuf>, Box<dyn Error>>>()?;
    let end = |file: &PathBuf| file.extension().and_then(|end| end.to_str()).map(str::to_owned);
    files.retain(|file| end(file).is_some_and(|end| FORMATS.contains(&end.as_str())));
    files.sort();
    Ok(files)
}

fn embed(model: &RewardModel, files: &[PathBuf]) -> Result<Vec<Vec<f32>>, Box<dyn Error>> {
    let contents: Vec<Content<'_>> = files.iter().map(|file| Content::File(file)).collect();
    let embedded = model.embed(&contents, &Cancel::default())?;
    Ok(embedded.into_iter().collect::<Result<_, _>>()?)
}

/// Measures both in turns, so that whatever else the machine does meets each of them.
fn compare(model: &RewardModel, files: &[PathBuf], kind: &str) -> Result<(), Box<dyn Error>> {
    let (mut ours, mut theirs, mut version) = (Vec::new(), Vec::new(), None);
    let before = model.usage();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        embed(model, files)?;
        ours.push(start.elapsed().as_secs_f64());
        match recipe(model, files) {
            Ok(report) => {
                theirs.push(report.seconds);
                version = Some(report.version);
            }
            Err(error) => println!("{kind}: the recipe in Python was not measured: {error}"),
        }
    }
    let (after, all) = (model.usage(), ours.iter().sum::<f64>());
    let busy = (after.busy_s - before.busy_s) / (f64::from(after.sessions) * all);
    let count = files.len() as f64;
    let seconds = median(&mut ours);
    println!(
        "\n{kind}: {} files, median of {ROUNDS} rounds\ntiebreak: {:.1} files/s; ONNX Runtime is \
         busy {:.0} % of the time",
        files.len(),
        count / seconds,
        100.0 * busy
    );
    if let (Some(version), false) = (version, theirs.is_empty()) {
        let recipe = median(&mut theirs);
        println!(
            "media_python.py: {:.1} files/s, onnxruntime {version}; tiebreak is {:.2} times as \
             fast",
            count / recipe,
            recipe / seconds
        );
    }
    Ok(())
}

fn recipe(model: &RewardModel, files: &[PathBuf]) -> Result<Report, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (input, output) = (folder.path().join("files.json"), folder.path().join("embeddings"));
    fs::write(&input, serde_json::to_vec(files)?)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/media_python.py");
    let python = env::var("TIEBREAK_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let ran = Command::new(python)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .args([&script, &model.pack().dir, &input, &output])
        .output()?;
    if !ran.status.success() {
        let error = String::from_utf8_lossy(&ran.stderr).into_owned();
        return Err(error.lines().last().unwrap_or_default().to_owned().into());
    }
    Ok(serde_json::from_slice(&ran.stdout)?)
}

fn median(seconds: &mut [f64]) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN)
}
