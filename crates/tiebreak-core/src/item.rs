//! An item: a prompt and the candidates that answer it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Candidate, CandidateDraft, ContentHash, ItemId, Prompt};

/// What the candidates are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modality {
    /// Text.
    Text,
    /// Images.
    Image,
    /// Music and other audio.
    Music,
}

impl Modality {
    /// The word as stored and exported.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Music => "music",
        }
    }

    /// Reads the stored word; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Text, Self::Image, Self::Music].into_iter().find(|one| one.as_str() == text)
    }
}

/// A stored item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// Its place in the study, from 1, in the order of import.
    pub ordinal: u64,
    /// The id that the imported data gave it.
    pub external_id: Option<String>,
    /// What its candidates are made of.
    pub modality: Modality,
    /// What the candidates answer.
    pub prompt: Prompt,
    /// Criteria, persona or other context to judge by, shown apart from the prompt.
    pub context: Option<String>,
    /// Labels of the item itself.
    pub tags: Vec<String>,
    /// Where it came from.
    pub source: Option<String>,
    /// The data set split that it belongs to.
    pub split: Option<String>,
    /// For a hidden attention check: the position of the candidate that must win.
    pub gold: Option<u32>,
    /// Whatever else the import knew, kept whole.
    pub metadata: Map<String, Value>,
    /// The external id, within the same source, of the item that an annotator must have answered
    /// before this one: the first turn of a recommendation of two.
    pub follows: Option<String>,
    /// At least two answers, in the imported order.
    pub candidates: Vec<Candidate>,
}

/// An item on its way into a study: no ids yet.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemDraft {
    /// The id that the data gives it.
    pub external_id: Option<String>,
    /// What its candidates are made of.
    pub modality: Modality,
    /// What the candidates answer.
    pub prompt: Prompt,
    /// Criteria or other context to judge by.
    pub context: Option<String>,
    /// Labels of the item itself.
    pub tags: Vec<String>,
    /// Where it came from.
    pub source: Option<String>,
    /// The data set split that it belongs to.
    pub split: Option<String>,
    /// For a hidden attention check: the position of the candidate that must win.
    pub gold: Option<u32>,
    /// Whatever else the data says, kept whole.
    pub metadata: Map<String, Value>,
    /// The external id of the item that an annotator must have answered before this one.
    pub follows: Option<String>,
    /// At least two answers.
    pub candidates: Vec<CandidateDraft>,
}

/// What makes two drafts the same item: external id, prompt, context, and the answers with their
/// systems, in whatever order: a pair with its preferred answer first is the same pair for who
/// prefers the other. Importing a file twice adds nothing because the second draft has the
/// fingerprint of the first; two rows that share only an id, or only their texts, stay two items.
pub fn fingerprint(draft: &ItemDraft) -> ContentHash {
    let prompt = draft.prompt.as_text();
    let fields = [
        draft.external_id.as_deref().unwrap_or_default(),
        draft.modality.as_str(),
        &prompt,
        draft.context.as_deref().unwrap_or_default(),
    ];
    let mut candidates: Vec<(Cow<'_, [u8]>, &str)> = draft
        .candidates
        .iter()
        .map(|candidate| {
            let text = match candidate.content.as_text() {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            };
            let content = match candidate.content.media() {
                Some(media) => Cow::Owned([&*text, media.media.as_bytes()].concat()),
                None => text,
            };
            (content, candidate.system.as_deref().unwrap_or_default())
        })
        .collect();
    candidates.sort_unstable();
    let answers = candidates.iter().flat_map(|(content, system)| [&**content, system.as_bytes()]);
    ContentHash::of_fields(fields.into_iter().map(str::as_bytes).chain(answers))
}
