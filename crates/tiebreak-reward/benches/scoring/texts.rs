//! The texts of the bench: prompts and answers of pairs, each text once, in the order of arrival.

use std::collections::HashSet;
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use serde_json::Value;

const FIELDS: [&str; 5] = ["prompt", "response_a", "response_b", "chosen", "rejected"];

/// Reads the pairs that the environment asks for, by default `pairs` of them.
pub fn from_environment(pairs: usize) -> Result<Vec<String>, Box<dyn Error>> {
    let path = env::var_os("TIEBREAK_BENCH_TEXTS").map_or_else(sample_data, PathBuf::from);
    let pairs = match env::var("TIEBREAK_BENCH_PAIRS") {
        Ok(count) => count.parse().map_err(|e| format!("TIEBREAK_BENCH_PAIRS={count}: {e}"))?,
        Err(_) => pairs,
    };
    let content = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let lines: Vec<&str> = content.lines().filter(|line| !line.trim().is_empty()).collect();
    let step = lines.len().div_ceil(pairs.max(1)).max(1);
    let mut seen = HashSet::new();
    let mut texts = Vec::new();
    for line in lines.into_iter().step_by(step) {
        let pair: Value = serde_json::from_str(line)?;
        for text in FIELDS.iter().filter_map(|field| text_of(pair.get(field)?)) {
            // Once for every contender: remembering equal texts is not what is measured.
            if seen.insert(text.clone()) {
                texts.push(text);
            }
        }
    }
    if texts.is_empty() {
        return Err(format!("{}: no prompts and answers", path.display()).into());
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
