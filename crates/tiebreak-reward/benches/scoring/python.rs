//! Runs a Python contender and reads back its times and embeddings.

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde::Deserialize;

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

/// A script of the benches folder, and what its runs gave.
pub struct Contender {
    pub script: &'static str,
    seconds: Vec<f64>,
    version: String,
    embeddings: Vec<f32>,
}

/// What a run prints.
#[derive(Deserialize)]
struct Report {
    seconds: f64,
    version: String,
}

impl Contender {
    pub fn new(script: &'static str) -> Self {
        Self { script, seconds: Vec::new(), version: String::new(), embeddings: Vec::new() }
    }

    /// Runs the script once, if Python has what it takes.
    pub fn run(&mut self, pack: &Path, texts: &[&str]) -> Result<(), Box<dyn Error>> {
        if !can_import() {
            return Ok(());
        }
        let folder = tempfile::tempdir()?;
        let (input, output) = (folder.path().join("texts.json"), folder.path().join("embeddings"));
        fs::write(&input, serde_json::to_vec(texts)?)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches").join(self.script);
        let ran = Command::new(interpreter())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .args([&script, pack, &input, &output])
            .output()?;
        if !ran.status.success() {
            return Err(String::from_utf8_lossy(&ran.stderr).into_owned().into());
        }
        let report: Report = serde_json::from_slice(&ran.stdout)?;
        self.seconds.push(report.seconds);
        self.version = report.version;
        self.embeddings = fs::read(&output)?
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        Ok(())
    }

    /// The median of the runs, or why there were none.
    pub fn finish(&self) -> Result<Measured, String> {
        let median = crate::median(self.seconds.clone()).ok_or_else(|| {
            let python = interpreter();
            format!(
                "{python} lacks a package; `{python} -m pip install onnxruntime tokenizers \
                 numpy`, or name another interpreter in TIEBREAK_PYTHON"
            )
        })?;
        let (version, embeddings) = (self.version.clone(), self.embeddings.clone());
        Ok(Measured { median, version, embeddings })
    }
}

fn interpreter() -> String {
    env::var("TIEBREAK_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

fn can_import() -> bool {
    Command::new(interpreter())
        .args(["-c", "import numpy, onnxruntime, tokenizers"])
        .output()
        .is_ok_and(|output| output.status.success())
}
