//! The texts of the bench: prompts and answers of pairs in the order of arrival.

use std::collections::HashSet;
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use serde_json::Value;

const FIELDS: [&str; 5] = ["prompt", "response_a", "response_b", "chosen", "rejected"];

/// The texts of some pairs.
pub struct Texts {
    /// Number of pairs.
    pub pairs: usize,
    /// Every prompt and answer of every pair, as often as it occurs.
    pub all: Vec<String>,
    /// Each text once.
    pub distinct: Vec<String>,
}

/// Reads the pairs that the environment asks for, by default `pairs` of them.
pub fn from_environment(pairs: usize) -> Result<Texts, Box<dyn Error>> {
    let paths: Vec<PathBuf> = match env::var_os("TIEBREAK_BENCH_TEXTS") {
        Some(paths) => env::split_paths(&paths).collect(),
        None => vec![sample_data()],
    };
    let pairs = match env::var("TIEBREAK_BENCH_PAIRS") {
        Ok(count) => count.parse().map_err(|e| format!("TIEBREAK_BENCH_PAIRS={count}: {e}"))?,
        Err(_) => pairs,
    };
    let mut content = String::new();
    for path in &paths {
        content += &fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        content.push('\n');
    }
    let lines: Vec<&str> = content.lines().filter(|line| !line.trim().is_empty()).collect();
    let step = lines.len().div_ceil(pairs.max(1)).max(1);
    let mut seen = HashSet::new();
    let mut texts = Texts { pairs: 0, all: Vec::new(), distinct: Vec::new() };
    for line in lines.into_iter().step_by(step) {
        let pair: Value = serde_json::from_str(line)?;
        texts.pairs += 1;
        for text in FIELDS.iter().filter_map(|field| text_of(pair.get(field)?)) {
            if seen.insert(text.clone()) {
                texts.distinct.push(text.clone());
            }
            texts.all.push(text);
        }
    }
    if texts.all.is_empty() {
        return Err("no prompts and answers in the files of the bench".into());
    }
    Ok(texts)
}

fn sample_data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../sample-data/text.jsonl")
}

/// A string, or the contents of a list of messages, one below the other.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(messages) => {
            let contents = messages.iter().filter_map(|message| message.get("content")?.as_str());
            Some(contents.collect::<Vec<_>>().join("\n"))
        }
        _ => None,
    }
}
