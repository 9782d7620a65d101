//! A pack on disk: its manifest, its files, and the hash that its embeddings are kept by.

use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

use tiebreak_core::{ContentHash, Modality, ScorerKind};

use crate::graph_file::GraphFile;
use crate::manifest::{self, Layout, ModelInput, Pooling, TextInput, Truncation};
use crate::{Manifest, RewardError, external_data};

/// A longer template is a mistake.
const LONGEST_TEMPLATE: u64 = 1 << 20;

/// A pack whose files are all there.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The folder.
    pub dir: PathBuf,
    /// What `pack.toml` says, or a Hugging Face export says in its place.
    pub manifest: Manifest,
    /// The graph.
    pub model: PathBuf,
    /// The tokenizer, of a text pack.
    pub tokenizer: Option<PathBuf>,
    /// Files that hold constants of the graph, sorted.
    pub external: Vec<PathBuf>,
    /// Golden inputs and outputs, if there are any.
    pub golden: Option<PathBuf>,
    /// Hash over everything that decides an embedding or a score before a head: the graph with
    /// its external files, the tokenizer, the template, and the fields of the manifest that
    /// change the numbers. Name, description, licence and source do not count, so correcting
    /// them keeps every embedding.
    pub encoder_hash: ContentHash,
}

impl Pack {
    /// Reads the pack in `dir` and hashes its files.
    ///
    /// # Errors
    /// If the manifest is not valid, or a file is missing or lies outside the pack.
    pub fn read(dir: &Path) -> Result<Self, RewardError> {
        let mut manifest = Manifest::read(dir)?;
        let said_in = dir.join(manifest::FILE_NAME);
        let file = |field: &str, path: &str| inside_from(dir, &said_in, field, path);
        let model = file("model", &manifest.model)?;
        let tokenizer = match manifest.text() {
            Some(text) => Some(file("tokenizer", &text.tokenizer)?),
            None => None,
        };
        let golden = match &manifest.golden {
            Some(golden) => Some(file("golden", golden)?),
            None => None,
        };
        if let ModelInput::Text(TextInput { layout: Layout::Template(template), .. }) =
            &mut manifest.input
            && template.text.is_empty()
        {
            template.text = read_template(&file("the template", &template.file)?)?;
        }
        let graph = GraphFile::skim(&model)?;
        let external = external_data::files(dir, &model, &graph)?;
        let encoder_hash = encoder_hash(&manifest, &model, tokenizer.as_deref(), &external)?;
        let dir = dir.to_owned();
        Ok(Self { dir, manifest, model, tokenizer, external, golden, encoder_hash })
    }

    /// What makes tokens of texts, and the tokenizer's file.
    ///
    /// # Errors
    /// If it reads no texts.
    pub(crate) fn text(&self) -> Result<(&TextInput, &Path), RewardError> {
        match (self.manifest.text(), &self.tokenizer) {
            (Some(text), Some(tokenizer)) => Ok((text, tokenizer)),
            _ => Err(RewardError::bad_pack(&self.dir, "it reads no texts")),
        }
    }

    /// Every file that decides a score, but for the head: the graph first.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        let files = [Some(&self.model), self.tokenizer.as_ref(), self.golden.as_ref()];
        files.into_iter().flatten().chain(&self.external).map(PathBuf::as_path)
    }
}

fn read_template(path: &Path) -> Result<String, RewardError> {
    let length = fs::metadata(path).map_err(RewardError::io("open", path))?.len();
    if length > LONGEST_TEMPLATE {
        return Err(RewardError::bad_pack(path, format!("a template of {length} bytes")));
    }
    fs::read_to_string(path).map_err(RewardError::io("read", path))
}

fn encoder_hash(
    manifest: &Manifest,
    model: &Path,
    tokenizer: Option<&Path>,
    external: &[PathBuf],
) -> Result<ContentHash, RewardError> {
    let model = file_hash(model)?;
    let tokenizer = tokenizer.map(file_hash).transpose()?;
    let tokenizer = tokenizer.as_ref().map_or([].as_slice(), |hash| hash.as_bytes().as_slice());
    let external = external.iter().map(|path| file_hash(path)).collect::<Result<Vec<_>, _>>()?;
    let (version, parameters) = match first_parameters(manifest).filter(|_| external.is_empty()) {
        Some(parameters) => (b"tiebreak encoder 1", parameters),
        None => (b"tiebreak encoder 2", parameters(manifest)),
    };
    let fields = [version.as_slice(), parameters.as_bytes(), model.as_bytes(), tokenizer];
    let external = external.iter().map(|hash| hash.as_bytes().as_slice());
    Ok(ContentHash::of_fields(fields.into_iter().chain(external)))
}

/// What counts of a manifest of the first kind: they keep the hash that they have always had.
fn first_parameters(manifest: &Manifest) -> Option<String> {
    let text = manifest.text()?;
    let is_first = manifest.kind == ScorerKind::Encoder
        && manifest.modality == Modality::Text
        && text.pooling == Pooling::InGraph
        && !text.normalise
        && text.truncation == Truncation::End
        && text.padded
        && text.pad_id == 0
        && !text.inputs.iter().any(|input| input == "position_ids");
    is_first.then(|| {
        format!(
            "encoder\nin-graph\n{}\n{}\n{}\n{}",
            text.inputs.join(","),
            manifest.output,
            manifest.embedding_dim,
            text.max_length
        )
    })
}

/// What counts of any other: all that is not for people, as JSON.
fn parameters(manifest: &Manifest) -> String {
    let mut counting = manifest.clone();
    for field in [
        &mut counting.name,
        &mut counting.description,
        &mut counting.source,
        &mut counting.licence,
        &mut counting.model,
    ] {
        field.clear();
    }
    counting.golden = None;
    if let ModelInput::Text(text) = &mut counting.input {
        text.tokenizer.clear();
        if let Layout::Template(template) = &mut text.layout {
            template.file.clear();
        }
    }
    serde_json::to_string(&counting).unwrap_or_default()
}

/// Streams a file through BLAKE3: 90 MB take some 50 ms, less than ONNX Runtime takes to load it.
pub(crate) fn file_hash(path: &Path) -> Result<ContentHash, RewardError> {
    let file = File::open(path).map_err(RewardError::io("open", path))?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).map_err(RewardError::io("read", path))?;
    Ok(ContentHash::from_bytes(*hasher.finalize().as_bytes()))
}

/// The file that `what` in the file `said_in` names, relative to that file. It must be a plain
/// relative path, and stay in the pack in `dir` even when links are followed: a pack from
/// elsewhere must not make us open other files.
pub(crate) fn inside_from(
    dir: &Path,
    said_in: &Path,
    what: &str,
    relative: &str,
) -> Result<PathBuf, RewardError> {
    let outside =
        || RewardError::bad_pack(said_in, format!("{what} = \"{relative}\" leads out of the pack"));
    let plain = |component| matches!(component, Component::Normal(_));
    // A backslash parts folders on Windows only; a pack means the same everywhere.
    let is_plain = !relative.is_empty()
        && !relative.contains(['\\', '\0'])
        && Path::new(relative.strip_prefix("./").unwrap_or(relative)).components().all(plain);
    if !is_plain {
        return Err(outside());
    }
    let path = said_in.parent().unwrap_or(dir).join(relative);
    let real = path.canonicalize().map_err(RewardError::io("open", &path))?;
    let real_dir = dir.canonicalize().map_err(RewardError::io("open", dir))?;
    if !real.starts_with(real_dir) {
        return Err(outside());
    }
    if !real.is_file() {
        return Err(RewardError::bad_pack(said_in, format!("{what} = \"{relative}\" is no file")));
    }
    Ok(path)
}
