//! Turns published weights into packs.
//!
//! The graph is written for ONNX Runtime, with its fused attention and GELU. Both compute the
//! exact function (the GELU is the one with erf, not its tanh approximation), in 32-bit floats:
//! dynamic 8-bit quantisation would be faster, but scales each tensor by the whole batch, so that
//! a text's score would depend on the texts it happens to run with.

use std::fs;
use std::path::Path;

use tiebreak_core::ContentHash;

use crate::atomic::write_file;
use crate::bert::{self, Shape};
use crate::weights::Weights;
use crate::{Pack, RewardError, manifest};

/// The manifest of the pack, as it is published.
const MANIFEST: &str = include_str!("../../../assets/packs/minilm/pack.toml");
/// Texts that must go where the weights go.
const LEGAL: [&str; 2] = ["LICENSE", "NOTICE"];

/// Architecture of all-MiniLM-L6-v2.
const MINILM: Shape =
    Shape { layers: 6, hidden: 384, heads: 12, inner: 1536, positions: 512, epsilon: 1e-12 };

/// Makes the `minilm` pack in the folder `out` from the `model.safetensors` and `tokenizer.json`
/// of all-MiniLM-L6-v2; LICENSE and NOTICE beside the weights come along. The same weights give
/// the same bytes on every machine. Returns the encoder's hash.
///
/// # Errors
/// If a file cannot be read or written, or the weights are not those of that architecture. The
/// manifest is written last, so a folder left half done is no pack.
pub fn minilm(weights: &Path, tokenizer: &Path, out: &Path) -> Result<ContentHash, RewardError> {
    let bytes = fs::read(weights).map_err(RewardError::io("read", weights))?;
    let graph = bert::sentence_encoder(&Weights::parse(weights, &bytes)?, &MINILM)?;
    let tokenizer = fs::read(tokenizer).map_err(RewardError::io("read", tokenizer))?;

    fs::create_dir_all(out).map_err(RewardError::io("create", out))?;
    write_file(&out.join("model.onnx"), &graph)?;
    write_file(&out.join("tokenizer.json"), &tokenizer)?;
    for name in LEGAL {
        let text = weights.with_file_name(name);
        if text.is_file() {
            let text = fs::read(&text).map_err(RewardError::io("read", &text))?;
            write_file(&out.join(name), &text)?;
        }
    }
    write_file(&out.join(manifest::FILE_NAME), MANIFEST.as_bytes())?;
    Ok(Pack::read(out)?.encoder_hash)
}
