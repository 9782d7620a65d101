//! `pack.toml`: what a pack says of itself.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tiebreak_core::Modality;

use crate::RewardError;

/// The file's name inside a pack.
pub(crate) const FILE_NAME: &str = "pack.toml";
/// The inputs that we know how to fill.
const KNOWN_INPUTS: [&str; 3] = ["input_ids", "attention_mask", "token_type_ids"];
/// Fewer tokens would leave no room for text between the special ones.
const SHORTEST_MAX_LENGTH: usize = 8;

/// The content of `pack.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The pack's name, for people and for `--pack`.
    pub name: String,
    /// One line on what it is.
    #[serde(default)]
    pub description: String,
    /// What it scores.
    pub modality: Modality,
    /// What the graph does. Only `encoder` is supported now.
    pub kind: String,
    /// The graph, relative to the pack.
    pub model: String,
    /// The tokenizer in Hugging Face's `tokenizer.json` format, relative to the pack.
    pub tokenizer: String,
    /// Names of the graph's inputs, each `[batch, tokens]` of 64-bit integers: `input_ids`,
    /// `attention_mask` and `token_type_ids` are known.
    pub inputs: Vec<String>,
    /// Name of the graph's output, `[batch, embedding_dim]` of 32-bit floats.
    pub output: String,
    /// Where token vectors become one vector. Only `in-graph` is supported now.
    pub pooling: String,
    /// Length of an embedding.
    pub embedding_dim: usize,
    /// Longest input in tokens, the special ones included; longer texts are cut.
    pub max_length: usize,
    /// SPDX expression of the weights' licence.
    pub licence: String,
    /// Where the weights come from.
    #[serde(default)]
    pub source: String,
}

impl Manifest {
    /// Reads and checks the manifest of the pack in `dir`.
    ///
    /// # Errors
    /// If it is missing, is not TOML, or a field has a value that is not supported.
    pub fn read(dir: &Path) -> Result<Self, RewardError> {
        let path = dir.join(FILE_NAME);
        let text = fs::read_to_string(&path).map_err(RewardError::io("read", &path))?;
        let manifest: Self = toml::from_str(&text)
            .map_err(|e| RewardError::bad_pack(&path, toml_problem(&e, &text)))?;
        manifest.check().map_err(|problem| RewardError::bad_pack(&path, problem))?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        if self.name.trim().is_empty() {
            return Err("name is empty".to_owned());
        }
        if self.kind != "encoder" {
            return Err(format!("kind = \"{}\" is not supported; only \"encoder\" is", self.kind));
        }
        if self.modality != Modality::Text {
            return Err("modality: only \"text\" packs are supported now".to_owned());
        }
        if self.pooling != "in-graph" {
            return Err(format!(
                "pooling = \"{}\" is not supported; only \"in-graph\" is",
                self.pooling
            ));
        }
        if let Some(input) = self.inputs.iter().find(|i| !KNOWN_INPUTS.contains(&i.as_str())) {
            return Err(format!("inputs has \"{input}\"; known are {}", KNOWN_INPUTS.join(", ")));
        }
        for needed in ["input_ids", "attention_mask"] {
            if !self.inputs.iter().any(|input| input == needed) {
                return Err(format!("inputs lacks \"{needed}\""));
            }
        }
        if self.embedding_dim == 0 {
            return Err("embedding_dim is 0".to_owned());
        }
        if self.max_length < SHORTEST_MAX_LENGTH {
            return Err(format!("max_length = {} is below {SHORTEST_MAX_LENGTH}", self.max_length));
        }
        Ok(())
    }
}

/// The parser's message with the line it is about, on one line.
fn toml_problem(error: &toml::de::Error, text: &str) -> String {
    let message = error.message().replace('\n', " ");
    match error.span() {
        Some(span) => {
            let line = 1 + text.as_bytes()[..span.start].iter().filter(|&&b| b == b'\n').count();
            format!("line {line}: {message}")
        }
        None => message,
    }
}
