//! Turns published weights into packs.
//!
//! Owned here: readers of the formats that the weights come in, and the graphs of the three
//! default encoders, written for ONNX Runtime. They compute what the published models compute, in
//! 32-bit floats: dynamic 8-bit quantisation would be faster, but scales each tensor by the whole
//! batch, so that a text's score would depend on the texts it happens to run with.

mod bert;
mod efficientnet;
mod minilm;
mod musicnn;
mod tensor_bundle;
mod tensors;
#[cfg(test)]
mod tests;
mod torch_pickle;

use std::fs;
use std::path::Path;

use tiebreak_core::ContentHash;

use crate::atomic::write_file;
use crate::{Pack, RewardError};

/// Texts that must go where the weights go.
const LEGAL: [&str; 4] = ["LICENSE", "LICENSE.md", "NOTICE", "SOURCE.txt"];

/// Weights that are published and can be made a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// all-MiniLM-L6-v2 (texts): `model.safetensors` and `tokenizer.json`.
    Minilm,
    /// EfficientNet-lite0 (images): `efficientnet-lite0-57934424.pth`.
    EfficientnetLite0,
    /// musicnn, trained on MagnaTagATune (music): `.index` and `.data-00000-of-00001`.
    Musicnn,
}

/// What a converter makes.
struct Made {
    /// The bytes of `model.onnx`.
    graph: Vec<u8>,
    /// Other files of the pack.
    files: Vec<(&'static str, Vec<u8>)>,
}

impl Published {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Minilm, Self::EfficientnetLite0, Self::Musicnn];

    /// The name of the pack.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minilm => "minilm",
            Self::EfficientnetLite0 => "efficientnet-lite0",
            Self::Musicnn => "musicnn",
        }
    }

    /// What is published with the project: the manifest, golden values, and the file that they
    /// are for. The manifest is last.
    const fn description(self) -> &'static [(&'static str, &'static [u8])] {
        match self {
            Self::Minilm => {
                &[("pack.toml", include_bytes!("../../../../assets/packs/minilm/pack.toml"))]
            }
            Self::EfficientnetLite0 => &[
                (
                    "golden.png",
                    include_bytes!("../../../../assets/packs/efficientnet-lite0/golden.png"),
                ),
                (
                    "golden.json",
                    include_bytes!("../../../../assets/packs/efficientnet-lite0/golden.json"),
                ),
                (
                    "pack.toml",
                    include_bytes!("../../../../assets/packs/efficientnet-lite0/pack.toml"),
                ),
            ],
            Self::Musicnn => &[
                ("golden.flac", include_bytes!("../../../../assets/packs/musicnn/golden.flac")),
                ("golden.json", include_bytes!("../../../../assets/packs/musicnn/golden.json")),
                ("pack.toml", include_bytes!("../../../../assets/packs/musicnn/pack.toml")),
            ],
        }
    }
}

/// Makes a pack in the folder `out` from the published files in the folder `source`; licences and
/// notices beside them come along. The same weights give the same bytes on every machine. Returns
/// the encoder's hash.
///
/// # Errors
/// If a file cannot be read or written, or the weights are not those of that model. The manifest
/// is written last, so a folder left half done is no pack.
pub fn convert(
    published: Published,
    source: &Path,
    out: &Path,
) -> Result<ContentHash, RewardError> {
    let made = match published {
        Published::Minilm => minilm::make(source),
        Published::EfficientnetLite0 => efficientnet::make(source),
        Published::Musicnn => musicnn::make(source),
    }?;
    fs::create_dir_all(out).map_err(RewardError::io("create", out))?;
    write_file(&out.join("model.onnx"), &made.graph)?;
    for (name, content) in made.files {
        write_file(&out.join(name), &content)?;
    }
    for name in LEGAL {
        let text = source.join(name);
        if text.is_file() {
            write_file(&out.join(name), &read(&text)?)?;
        }
    }
    for (name, content) in published.description() {
        write_file(&out.join(name), content)?;
    }
    Ok(Pack::read(out)?.encoder_hash)
}

fn read(path: &Path) -> Result<Vec<u8>, RewardError> {
    fs::read(path).map_err(RewardError::io("read", path))
}
