//! all-MiniLM-L6-v2 from its `model.safetensors` and `tokenizer.json`.

use std::path::Path;

use super::bert::{self, Shape};
use super::tensors::Tensors;
use super::{Made, read};
use crate::RewardError;

/// Its architecture.
const MINILM: Shape =
    Shape { layers: 6, hidden: 384, heads: 12, inner: 1536, positions: 512, epsilon: 1e-12 };

pub(super) fn make(source: &Path) -> Result<Made, RewardError> {
    let weights = source.join("model.safetensors");
    let tensors = Tensors::of_safetensors(&weights, &read(&weights)?)?;
    Ok(Made {
        graph: bert::sentence_encoder(&tensors, &MINILM)?,
        files: vec![("tokenizer.json", read(&source.join("tokenizer.json"))?)],
    })
}
