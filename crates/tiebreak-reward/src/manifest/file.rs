//! `pack.toml` as it is written: every field may be missing.

use std::collections::BTreeMap;

use serde::Deserialize;
use tiebreak_core::{Modality, ScorerKind};
use toml::de::{DeTable, DeValue};

use super::{Pooling, Truncation};
use crate::audio_input::AudioInput;
use crate::image_input::ImageInput;

/// The content of `pack.toml`, or what the files of a Hugging Face export say in its place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ManifestFile {
    /// `hugging-face`: what is missing here is taken from config.json and its neighbours.
    pub(crate) format: Option<Format>,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) licence: Option<String>,
    pub(crate) modality: Option<Modality>,
    pub(crate) kind: Option<ScorerKind>,
    pub(crate) model: Option<String>,
    pub(crate) output: Option<String>,
    pub(crate) embedding_dim: Option<usize>,
    pub(crate) label: Option<Label>,
    pub(crate) golden: Option<String>,
    pub(crate) tokenizer: Option<String>,
    pub(crate) inputs: Option<Vec<String>>,
    pub(crate) pooling: Option<Pooling>,
    pub(crate) normalise: Option<bool>,
    pub(crate) max_length: Option<usize>,
    pub(crate) truncation: Option<Truncation>,
    pub(crate) pad_id: Option<u32>,
    pub(crate) padded: Option<bool>,
    pub(crate) pair: Option<Pair>,
    pub(crate) chat_template: Option<String>,
    pub(crate) pair_template: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) tokens: Option<BTreeMap<String, String>>,
    pub(crate) image: Option<ImageInput>,
    pub(crate) audio: Option<AudioInput>,
    pub(crate) measures: Option<Vec<MeasuresFile>>,
    /// The template of a Hugging Face export, and the file that it was found in.
    #[serde(skip)]
    pub(crate) found_template: Option<(String, String)>,
}

/// Which other files describe the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    HuggingFace,
}

/// A column of the output, by its place or, for Hugging Face exports, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Label {
    Column(usize),
    Name(String),
}

/// How prompt and answers are laid out without a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Pair {
    Segments,
    Joined,
}

/// An entry of `[[measures]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeasuresFile {
    pub(crate) output: Option<String>,
    pub(crate) names: Option<Vec<String>>,
    pub(crate) measured: Option<Vec<String>>,
}

impl ManifestFile {
    /// Reads TOML.
    ///
    /// # Errors
    /// The line and what is wrong with it, on one line.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| {
            let message = error.message().replace('\n', " ");
            match error.span() {
                Some(span) => format!("line {}: {message}", line(text, span.start)),
                None => message,
            }
        })
    }

    /// Takes from `other` what is missing here.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            format: self.format.or(other.format),
            name: self.name.or(other.name),
            description: self.description.or(other.description),
            source: self.source.or(other.source),
            licence: self.licence.or(other.licence),
            modality: self.modality.or(other.modality),
            kind: self.kind.or(other.kind),
            model: self.model.or(other.model),
            output: self.output.or(other.output),
            embedding_dim: self.embedding_dim.or(other.embedding_dim),
            // A name means something only to the files that define it.
            label: match self.label {
                Some(Label::Name(_)) => other.label,
                column => column.or(other.label),
            },
            golden: self.golden.or(other.golden),
            tokenizer: self.tokenizer.or(other.tokenizer),
            inputs: self.inputs.or(other.inputs),
            pooling: self.pooling.or(other.pooling),
            normalise: self.normalise.or(other.normalise),
            max_length: self.max_length.or(other.max_length),
            truncation: self.truncation.or(other.truncation),
            pad_id: self.pad_id.or(other.pad_id),
            padded: self.padded.or(other.padded),
            found_template: if self.chat_template.is_some()
                || self.pair_template.is_some()
                || self.pair.is_some()
            {
                None
            } else {
                self.found_template.or(other.found_template)
            },
            pair: self.pair.or(other.pair),
            chat_template: self.chat_template.or(other.chat_template),
            pair_template: self.pair_template.or(other.pair_template),
            date: self.date.or(other.date),
            tokens: self.tokens.or(other.tokens),
            image: self.image.or(other.image),
            audio: self.audio.or(other.audio),
            measures: self.measures.or(other.measures),
        }
    }
}

/// Puts the line of a field before a problem with it. `field` is a path such as `image.size`.
pub(crate) fn at_line(text: &str, field: &str, problem: &str) -> String {
    match field_start(text, field) {
        Some(start) => format!("line {}: {problem}", line(text, start)),
        None => problem.to_owned(),
    }
}

/// The same manifest with another name.
pub(crate) fn with_name(text: &str, name: &str) -> Option<String> {
    let document = DeTable::parse(text).ok()?;
    let (_, value) = document.get_ref().iter().find(|(key, _)| key.get_ref() == "name")?;
    let (before, after) = (text.get(..value.span().start)?, text.get(value.span().end..)?);
    let name = toml::Value::String(name.to_owned());
    Some(format!("{before}{name}{after}"))
}

fn field_start(text: &str, field: &str) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let mut table = document.get_ref();
    let mut start = None;
    for name in field.split('.') {
        let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
        start = Some(key.span().start);
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    start
}

fn line(text: &str, start: usize) -> usize {
    1 + text.as_bytes().iter().take(start).filter(|&&byte| byte == b'\n').count()
}
