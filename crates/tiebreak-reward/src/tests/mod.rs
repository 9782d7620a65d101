//! Tests on a pack small enough to be made here. They need the ONNX Runtime library, but no
//! downloaded model.

mod export;
mod external;
mod heads;
mod install;
mod isolated;
mod kinds;
mod malformed;
mod media;
mod scoring;
mod templates;
mod token_match;
mod truncation;

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tiebreak_core::{Cancel, Content, Scorer, ScorerError};

use crate::onnx::{Attribute, GraphBuilder};
use crate::{OpenOptions, Provider, RewardError, RewardModel};

const DIM: usize = 4;

const MANIFEST: &str = r#"
name = "tiny"
modality = "text"
kind = "encoder"
model = "model.onnx"
tokenizer = "tokenizer.json"
inputs = ["input_ids", "attention_mask"]
output = "embedding"
pooling = "in-graph"
embedding_dim = 4
max_length = 8
licence = "CC0-1.0"
"#;

/// Whole words of one letter or the unknown token, wrapped in two special tokens.
const TOKENIZER: &str = r#"{
  "version": "1.0",
  "truncation": null,
  "padding": {"strategy": {"Fixed": 6}, "direction": "Right", "pad_to_multiple_of": null,
              "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
  "added_tokens": [],
  "normalizer": null,
  "pre_tokenizer": {"type": "Whitespace"},
  "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": ">", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"<": {"id": "<", "ids": [1], "tokens": ["<"]},
                       ">": {"id": ">", "ids": [2], "tokens": [">"]}}},
  "decoder": null,
  "model": {"type": "WordLevel", "unk_token": "?",
            "vocab": {"[PAD]": 0, "<": 1, ">": 2, "?": 3, "a": 4, "b": 5, "c": 6, "nan": 7}}
}"#;

/// A pack in a folder of its own.
fn tiny_pack() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("pack.toml"), MANIFEST).unwrap();
    fs::write(dir.path().join("tokenizer.json"), TOKENIZER).unwrap();
    fs::write(dir.path().join("model.onnx"), tiny_graph(DIM)).unwrap();
    dir
}

/// The sum of one table row per token that is not padding; the row of `nan` is not a number.
fn tiny_graph(dim: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::new("tiny");
    let ids = graph.int_input("input_ids", &["batch", "tokens"]);
    let mask = graph.int_input("attention_mask", &["batch", "tokens"]);
    let mut table: Vec<f32> = (0..7 * dim).map(|n| (n as f32 * 0.7).sin()).collect();
    table.extend(vec![f32::NAN; dim]);
    let table = graph.floats("table", &[8, dim], &table);
    let rows = graph.op_with("Gather", &[&table, &ids], "rows", &[("axis", Attribute::Int(0))]);
    let one = graph.ints("one", &[1]);
    let mask = graph.cast_float(&mask, "mask");
    let mask = graph.op("Unsqueeze", &[&mask, &one], "mask_row");
    let sum = graph.op("MatMul", &[&mask, &rows], "sum_row");
    let embedding = graph.op("Squeeze", &[&sum, &one], "embedding");
    graph.float_output(&embedding, dim);
    graph.encode()
}

/// The embeddings of texts, all of which can be read.
fn embed(model: &dyn Scorer, texts: &[&str]) -> Result<Vec<Vec<f32>>, ScorerError> {
    let contents: Vec<Content<'_>> = texts.iter().map(|text| Content::Text(text)).collect();
    let embedded = model.embed(&contents, &Cancel::default())?;
    Ok(embedded.into_iter().map(Result::unwrap).collect())
}

fn open(dir: &Path) -> Result<RewardModel, RewardError> {
    let options = OpenOptions {
        providers: Some(vec![Provider::Cpu]),
        threads: Some(2),
        ..OpenOptions::default()
    };
    let opened = RewardModel::open(dir, &options);
    if let Err(error @ RewardError::LibraryNotFound { .. }) = &opened {
        panic!("{error}\nThis test needs ONNX Runtime: run `cargo xtask setup`");
    }
    opened
}
