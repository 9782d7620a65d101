//! `pack.toml`: what a pack says of itself, read and checked.
//!
//! Owned here: the finished form, in which every field fits the others. The loose form, as it is
//! written, is in `file.rs`. Deliberately absent: whether the files are there (`pack.rs`) and
//! whether the graph keeps the promises (`check.rs`).

mod file;
mod finish;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tiebreak_core::{Modality, ScorerKind};

pub(crate) use file::{Format, Label, ManifestFile, with_name};

use crate::audio_input::AudioInput;
use crate::image_input::ImageInput;
use crate::{RewardError, hugging_face};

/// The file's name inside a pack.
pub(crate) const FILE_NAME: &str = "pack.toml";
/// Longer files are not read.
const LONGEST: usize = 1 << 20;

/// What a pack says of itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Manifest {
    /// The pack's name, for people and for `--pack`.
    pub name: String,
    /// One line on what it is.
    pub description: String,
    /// Where the weights come from.
    pub source: String,
    /// SPDX expression of the weights' licence; empty if it is not stated.
    pub licence: String,
    /// What it scores.
    pub modality: Modality,
    /// How it comes to a preference.
    pub kind: ScorerKind,
    /// The graph, relative to the pack.
    pub model: String,
    /// Name of the graph's output: `[batch, embedding_dim]` or, with a pooling other than in the
    /// graph, `[batch, tokens, embedding_dim]`; of other kinds `[batch]` or `[batch, columns]`.
    pub output: String,
    /// Length of the output's vectors; 0 for models that do not embed.
    pub embedding_dim: usize,
    /// The column of the output that counts, from 0. `None`: the only one, or of a pairwise
    /// model with two the first minus the second.
    pub label: Option<usize>,
    /// What goes into the graph, and how it is made.
    pub input: ModelInput,
    /// Measured values that follow the graph's vector in an embedding.
    pub measures: Vec<Measures>,
    /// Golden inputs and outputs, relative to the pack.
    pub golden: Option<String>,
}

/// What goes into a graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelInput {
    /// Tokens.
    Text(TextInput),
    /// Pixels.
    Image(ImageInput),
    /// Patches of a log-mel spectrogram.
    Audio(AudioInput),
}

/// How a text becomes tokens, and what the graph makes of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TextInput {
    /// The tokenizer in Hugging Face's `tokenizer.json` format, relative to the pack.
    pub tokenizer: String,
    /// Names of the graph's inputs, each `[batch, tokens]`: `input_ids`, `attention_mask`,
    /// `token_type_ids` and `position_ids` are known.
    pub inputs: Vec<String>,
    /// Where token vectors become one vector.
    pub pooling: Pooling,
    /// Whether the vector is divided by its L2 norm after pooling.
    pub normalise: bool,
    /// Longest input in tokens, the special ones included; longer texts are cut.
    pub max_length: usize,
    /// Where they are cut.
    pub truncation: Truncation,
    /// The id that fills up shorter texts of a batch.
    pub pad_id: u32,
    /// Whether texts of different lengths may share a batch. Graphs that take the last position
    /// for the last token need `false`.
    pub padded: bool,
    /// How prompt and answers become one input, for models that read both.
    pub layout: Layout,
}

/// How prompt and answers become one input.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// As the two segments that the tokenizer knows for pairs: prompt and answer; of a pairwise
    /// model, prompt with the first answer, and the second answer.
    Segments,
    /// Joined by a blank line to one text.
    Joined,
    /// By a Jinja template that sees `messages`, and for a pairwise model `first` and `second`.
    /// It writes special tokens itself.
    Template(Template),
}

/// A Jinja template and what it sees beside the messages.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Template {
    /// The file that it is in, relative to the pack, for messages about it.
    pub file: String,
    /// The template itself; empty until the pack's files are read.
    pub text: String,
    /// Special tokens by their names, for example `bos_token`.
    pub tokens: Vec<(String, String)>,
    /// What `strftime_now` takes for today, as `YYYY-MM-DD`.
    pub date: String,
}

/// Where token vectors become one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// In the graph.
    InGraph,
    /// The mean over the tokens that are not padding.
    Mean,
    /// The first token.
    First,
    /// The last token that is not padding.
    Last,
}

/// Where long texts are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Truncation {
    /// The end goes.
    End,
    /// The start goes.
    Start,
}

/// Measured values that follow the graph's vector in an embedding.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Measures {
    /// The columns of another output of the graph.
    Output {
        /// Its name in the graph, `[batch, names]`.
        output: String,
        /// What each column is.
        names: Vec<String>,
    },
    /// Values measured on the file itself, by their names.
    Measured(Vec<String>),
}

impl Manifest {
    /// Reads and checks the manifest of the pack in `dir`. A folder without `pack.toml` that is
    /// a Hugging Face export of a sequence classifier describes itself by its own files.
    ///
    /// # Errors
    /// If it is missing, is not TOML, or a field has a value that is not supported.
    pub fn read(dir: &Path) -> Result<Self, RewardError> {
        let path = dir.join(FILE_NAME);
        let text = match read_start(&path) {
            Ok(text) if text.len() > LONGEST => {
                return Err(RewardError::bad_pack(&path, "it is longer than 1 MB"));
            }
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let Some(file) = hugging_face::describe(dir, None)? else {
                    if !dir.is_dir() {
                        return Err(RewardError::io("read", &path)(error));
                    }
                    let problem = "nothing in it describes a model: a pack.toml is needed, or, for \
                                   a sequence classifier as Hugging Face's tools export it, its \
                                   config.json beside model.onnx and tokenizer.json";
                    return Err(RewardError::bad_pack(dir, problem));
                };
                let finished = file.finish();
                return finished.map_err(|p| RewardError::bad_pack(dir, p.text));
            }
            Err(error) => return Err(RewardError::io("read", &path)(error)),
        };
        let bad = |problem: String| RewardError::bad_pack(&path, problem);
        let mut file = ManifestFile::parse(&text).map_err(bad)?;
        if file.format.is_some() {
            let described = hugging_face::describe(dir, file.label.as_ref())?;
            let Some(described) = described else {
                let problem = "format = \"hugging-face\", but there is no config.json with a \
                               tokenizer.json";
                return Err(bad(file::at_line(&text, "format", problem)));
            };
            file = file.or(described);
        }
        file.finish().map_err(|p| bad(file::at_line(&text, &p.field, &p.text)))
    }

    /// What makes tokens of texts, if it reads texts.
    pub const fn text(&self) -> Option<&TextInput> {
        match &self.input {
            ModelInput::Text(text) => Some(text),
            ModelInput::Image(_) | ModelInput::Audio(_) => None,
        }
    }

    /// Whether there is a manifest or a Hugging Face export in `dir`.
    pub(crate) fn is_in(dir: &Path) -> bool {
        dir.join(FILE_NAME).is_file() || hugging_face::is_in(dir)
    }
}

/// The text of a file, or its start, which is then longer than [`LONGEST`].
fn read_start(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LONGEST as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}
