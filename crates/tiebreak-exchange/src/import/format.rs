//! The formats, how a row is recognised, and what every row shares.
//!
//! A new format is a variant here and a file of its own with `fits` and `read`.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_json::{Map, Value};
use tiebreak_core::{CandidateContent, CandidateDraft, ItemDraft, Modality, Prompt};

use super::fields::{Fields, Uses, describe};
use super::media::{MediaFile, take_media};
use super::{ImportedJudgment, candidates, labelled_pair, pair, trl};
use crate::ExchangeError;
use crate::error::format_named;
use crate::problem::Flaw;

/// A format of preference rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A list of two to ten candidates: texts, images or clips.
    Candidates,
    /// Two answers with lists of labels by several people and AI judges.
    LabelledPair,
    /// TRL's `prompt`, `chosen`, `rejected`, where `prompt` may be left to what both share.
    Trl,
    /// A prompt and two answers, with at most one preference.
    Pair,
}

/// The parts in which formats differ; the shared ones are added to it.
pub(super) struct Parts {
    pub(super) prompt: Prompt,
    pub(super) answers: Vec<Answer>,
    pub(super) judgments: Vec<ImportedJudgment>,
}

/// An answer, the field it came from, and the system that made it.
pub(super) struct Answer {
    pub(super) field: &'static str,
    pub(super) content: CandidateContent,
    pub(super) system: Option<String>,
    /// The file of an image or a clip, as the row writes it; `content` is then what is shown
    /// beside it.
    pub(super) media: Option<String>,
    pub(super) metadata: Map<String, Value>,
}

impl Answer {
    pub(super) fn new(
        field: &'static str,
        content: CandidateContent,
        system: Option<String>,
    ) -> Self {
        Self { field, content, system, media: None, metadata: Map::new() }
    }
}

/// A row that was understood, before it is known where it came from.
pub(super) struct ReadRow {
    pub(super) draft: ItemDraft,
    pub(super) files: Vec<MediaFile>,
    pub(super) judgments: Vec<ImportedJudgment>,
    pub(super) warnings: Vec<Flaw>,
    pub(super) used: Uses,
}

impl Format {
    /// Every format, in the order in which they are tried.
    pub const ALL: [Self; 4] = [Self::Candidates, Self::LabelledPair, Self::Trl, Self::Pair];

    /// The name for options and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Candidates => "candidates",
            Self::LabelledPair => "labelled-pair",
            Self::Trl => "trl",
            Self::Pair => "pair",
        }
    }

    /// The format of a row, by its field names; `None` where none fits.
    pub fn detect(row: &Map<String, Value>) -> Option<Self> {
        Self::ALL.into_iter().find(|format| match format {
            Self::Candidates => candidates::fits(row),
            Self::LabelledPair => labelled_pair::fits(row),
            Self::Trl => trl::fits(row),
            Self::Pair => pair::fits(row),
        })
    }

    /// Reads a row. `file` is the scope of annotators where the row states no source.
    pub(super) fn read(self, row: Map<String, Value>, file: &str) -> Result<ReadRow, Flaw> {
        let mut fields = Fields::new(row);
        let modality = take_modality(&mut fields)?;
        // Our own exports keep the id of the data in `id`, null where it had none.
        let external_id = if fields.has("id") {
            fields.take_id("id")
        } else {
            fields.take_id("external_id").or_else(|| fields.take_id("item_id"))
        };
        let source = fields.take_text("source", "source");
        let split = fields.take_text("split", "split");
        let context = fields.take_first_text(&["context", "criteria"], "context");
        let tags = take_tags(&mut fields);
        let follows = fields.take_id("follows");
        let gold = take_gold(&mut fields);
        let scope = source.as_deref().unwrap_or(file);
        let Parts { prompt, answers, judgments } = match self {
            Self::Candidates => candidates::read(&mut fields, scope),
            Self::LabelledPair => labelled_pair::read(&mut fields, scope),
            Self::Trl => trl::read(&mut fields, scope),
            Self::Pair => pair::read(&mut fields, scope),
        }?;
        let gold = gold.filter(|place| (*place as usize) < answers.len());
        let (modality, answers, files) = take_media(modality, answers)?;
        if files.is_empty() {
            warn_of_odd_content(&mut fields, &prompt, &answers);
        }
        let (metadata, used, warnings) = fields.finish();
        let draft = ItemDraft {
            external_id,
            modality,
            prompt,
            context,
            tags,
            source,
            split,
            gold,
            metadata,
            follows,
            candidates: answers
                .into_iter()
                .map(|answer| CandidateDraft {
                    content: answer.content,
                    system: answer.system,
                    metadata: answer.metadata,
                })
                .collect(),
        };
        Ok(ReadRow { draft, files, judgments, warnings, used })
    }
}

/// The modality that the row states, `audio` being another word for `music`.
fn take_modality(fields: &mut Fields) -> Result<Option<Modality>, Flaw> {
    let stated = match fields.take("modality", "modality") {
        None => return Ok(None),
        Some(Value::String(word)) if word == "audio" => Some(Modality::Music),
        Some(Value::String(word)) => Modality::parse(&word).or_else(|| {
            fields.keep("modality", Value::String(word));
            None
        }),
        Some(other) => {
            fields.keep("modality", other);
            None
        }
    };
    match (stated, fields.peek("modality")) {
        (Some(modality), _) => Ok(Some(modality)),
        (None, found) => {
            let found = describe(found.unwrap_or(&Value::Null));
            Err(Flaw::field("modality", format!("text, image or music is expected, not {found}")))
        }
    }
}

/// For a hidden attention check: the position, from 0, of the candidate that must win.
fn take_gold(fields: &mut Fields) -> Option<u32> {
    fields.take_if("gold", "gold", "the position of a candidate, from 0", |value| {
        u32::try_from(super::fields::integer(value)?).ok().filter(|place| *place < 10)
    })
}

/// Tags are the list `tags`, then `category` and `subset`, each once.
fn take_tags(fields: &mut Fields) -> Vec<String> {
    let mut tags = fields
        .take_if("tags", "tags", "a list of strings", |value| match value {
            Value::String(tag) => Some(vec![tag.clone()]),
            Value::Array(tags) => {
                tags.iter().map(|tag| tag.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
            }
            _ => None,
        })
        .unwrap_or_default();
    for name in ["category", "subset"] {
        if let Some(tag) = fields.take_text(name, "tags")
            && !tags.contains(&tag)
        {
            tags.push(tag);
        }
    }
    tags
}

/// Some models say nothing, and some say the same: legal, but worth a look.
fn warn_of_odd_content(fields: &mut Fields, prompt: &Prompt, answers: &[Answer]) {
    if prompt.plain_text().trim().is_empty() {
        fields.warn("prompt", "the prompt is empty");
    }
    let texts: Vec<String> = answers.iter().map(|answer| answer.content.plain_text()).collect();
    for (n, (answer, text)) in answers.iter().zip(&texts).enumerate() {
        if text.trim().is_empty() {
            fields.warn(answer.field, "the answer is empty");
        }
        if let Some(same) = texts[..n].iter().position(|before| before == text) {
            let reason = format!("the answer is the same as `{}`", answers[same].field);
            fields.warn(answer.field, reason);
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = ExchangeError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        format_named(Self::ALL, Self::as_str, name)
    }
}
