//! A pack on disk: its manifest, its files, and the hash that its embeddings are kept by.

use std::fs::File;
use std::path::{Component, Path, PathBuf};

use tiebreak_core::ContentHash;

use crate::{Manifest, RewardError, manifest};

/// A pack whose files are all there.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The folder.
    pub dir: PathBuf,
    /// What `pack.toml` says.
    pub manifest: Manifest,
    /// The graph.
    pub model: PathBuf,
    /// The tokenizer.
    pub tokenizer: PathBuf,
    /// Hash over everything that decides an embedding: the graph, the tokenizer, and the fields
    /// of the manifest that change the numbers. Name, description, licence and source do not
    /// count, so correcting them keeps every embedding.
    pub encoder_hash: ContentHash,
}

impl Pack {
    /// Reads the pack in `dir` and hashes its files.
    ///
    /// # Errors
    /// If the manifest is not valid, or a file is missing or lies outside the pack.
    pub fn read(dir: &Path) -> Result<Self, RewardError> {
        let manifest = Manifest::read(dir)?;
        let model = inside(dir, "model", &manifest.model)?;
        let tokenizer = inside(dir, "tokenizer", &manifest.tokenizer)?;
        let encoder_hash = encoder_hash(&manifest, &model, &tokenizer)?;
        Ok(Self { dir: dir.to_owned(), manifest, model, tokenizer, encoder_hash })
    }
}

fn encoder_hash(
    manifest: &Manifest,
    model: &Path,
    tokenizer: &Path,
) -> Result<ContentHash, RewardError> {
    let parameters = format!(
        "{}\n{}\n{}\n{}\n{}\n{}",
        manifest.kind,
        manifest.pooling,
        manifest.inputs.join(","),
        manifest.output,
        manifest.embedding_dim,
        manifest.max_length
    );
    let model = file_hash(model)?;
    let tokenizer = file_hash(tokenizer)?;
    Ok(ContentHash::of_fields([
        b"tiebreak encoder 1".as_slice(),
        parameters.as_bytes(),
        model.as_bytes(),
        tokenizer.as_bytes(),
    ]))
}

/// Streams a file through BLAKE3: 90 MB take some 50 ms, less than ONNX Runtime takes to load it.
fn file_hash(path: &Path) -> Result<ContentHash, RewardError> {
    let file = File::open(path).map_err(RewardError::io("open", path))?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).map_err(RewardError::io("read", path))?;
    Ok(ContentHash::from_bytes(*hasher.finalize().as_bytes()))
}

/// The file that a field of the manifest names. It must be a plain relative path, and stay in
/// the pack even when links are followed: a pack from elsewhere must not make us open other files.
fn inside(dir: &Path, field: &str, relative: &str) -> Result<PathBuf, RewardError> {
    let outside = || {
        let problem = format!("{field} = \"{relative}\" leads out of the pack");
        RewardError::bad_pack(&dir.join(manifest::FILE_NAME), problem)
    };
    let plain = |component| matches!(component, Component::Normal(_));
    if relative.is_empty() || !Path::new(relative).components().all(plain) {
        return Err(outside());
    }
    let path = dir.join(relative);
    let real = path.canonicalize().map_err(RewardError::io("open", &path))?;
    let real_dir = dir.canonicalize().map_err(RewardError::io("open", dir))?;
    if real.starts_with(real_dir) { Ok(path) } else { Err(outside()) }
}
