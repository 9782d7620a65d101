//! Runs a Python contender and reads back its times and embeddings.

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde::Deserialize;

const ROUNDS: &str = "3";

/// What a contender did.
pub struct Measured {
    /// Seconds for all texts, the median of the rounds.
    pub median: f64,
    /// Version of its ONNX Runtime.
    pub version: String,
    embeddings: Vec<f32>,
}

impl Measured {
    /// Largest absolute difference to our embeddings; infinite if there are fewer or more.
    pub fn largest_difference(&self, ours: &[Vec<f32>]) -> f32 {
        let ours = ours.concat();
        if ours.len() != self.embeddings.len() {
            return f32::INFINITY;
        }
        ours.iter().zip(&self.embeddings).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }
}

#[derive(Deserialize)]
struct Report {
    seconds: Vec<f64>,
    version: String,
}

/// Runs a script of this folder on the pack. The inner error says why Python cannot take part.
pub fn run(
    script: &str,
    pack: &Path,
    texts: &[String],
) -> Result<Result<Measured, String>, Box<dyn Error>> {
    let python = env::var("TIEBREAK_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let can_import = Command::new(&python)
        .args(["-c", "import numpy, onnxruntime, tokenizers"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !can_import {
        return Ok(Err(format!(
            "{python} lacks a package; `{python} -m pip install onnxruntime tokenizers numpy`, or \
             name another interpreter in TIEBREAK_PYTHON"
        )));
    }
    let folder = tempfile::tempdir()?;
    let (input, output) = (folder.path().join("texts.json"), folder.path().join("embeddings"));
    fs::write(&input, serde_json::to_vec(texts)?)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches").join(script);
    let ran = Command::new(&python)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(&script)
        .arg(pack)
        .arg(&input)
        .arg(ROUNDS)
        .arg(&output)
        .output()?;
    if !ran.status.success() {
        return Err(String::from_utf8_lossy(&ran.stderr).into_owned().into());
    }
    let report: Report = serde_json::from_slice(&ran.stdout)?;
    let embeddings = fs::read(&output)?
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    let median = crate::median(report.seconds).ok_or("no rounds were measured")?;
    Ok(Ok(Measured { median, version: report.version, embeddings }))
}
