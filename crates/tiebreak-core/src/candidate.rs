//! One answer among those compared.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::prompt::{Message, Role, plain_text};
use crate::{CandidateId, ContentHash, MediaContent};

/// What a candidate is. In JSON it is a string, a list of messages, or an object that names a
/// media file by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CandidateContent {
    /// Plain text.
    Text(String),
    /// One or more turns, as conversational data sets have them.
    Turns(Vec<Message>),
    /// An image or a clip.
    Media(MediaContent),
}

impl CandidateContent {
    /// The content as one text, as it is shown and scored; of a media file only the text shown
    /// beside it.
    pub fn plain_text(&self) -> String {
        self.as_text().into_owned()
    }

    /// [`plain_text`](Self::plain_text), copied only where it is put together.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Turns(turns) => Cow::Owned(plain_text(turns)),
            Self::Media(media) => Cow::Borrowed(media.text.as_deref().unwrap_or_default()),
        }
    }

    /// The content as turns: a plain text, or the text beside a media file, is one assistant
    /// turn.
    pub fn messages(&self) -> Vec<Message> {
        match self {
            Self::Text(text) => vec![Message::new(Role::Assistant, text.clone())],
            Self::Turns(turns) => turns.clone(),
            Self::Media(media) => {
                media.text.iter().map(|text| Message::new(Role::Assistant, text.clone())).collect()
            }
        }
    }

    /// The media file, if it is one.
    pub const fn media(&self) -> Option<&MediaContent> {
        match self {
            Self::Media(media) => Some(media),
            Self::Text(_) | Self::Turns(_) => None,
        }
    }

    /// The BLAKE3 hash of [`plain_text`](Self::plain_text), or of the media file: equal answers
    /// are scored once.
    pub fn hash(&self) -> ContentHash {
        match self {
            Self::Media(media) => media.media,
            Self::Text(_) | Self::Turns(_) => ContentHash::of(self.as_text().as_bytes()),
        }
    }

    /// Whether both say the same, in whatever form: a text and its one assistant turn are equal.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.media().map(|media| media.media) == other.media().map(|media| media.media)
            && self.as_text() == other.as_text()
    }
}

/// A candidate on its way into a study: no id yet.
#[derive(Clone, Debug, PartialEq)]
pub struct CandidateDraft {
    /// What it is.
    pub content: CandidateContent,
    /// The system (model) that made it.
    pub system: Option<String>,
    /// Whatever else the data says of it.
    pub metadata: Map<String, Value>,
}

impl CandidateDraft {
    /// A candidate of which nothing else is known.
    pub fn new(content: CandidateContent, system: Option<String>) -> Self {
        Self { content, system, metadata: Map::new() }
    }
}

/// One answer to an item's prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its id.
    pub id: CandidateId,
    /// Its place in the imported order, from 0. Never the side on which it is shown.
    pub position: u32,
    /// What it says.
    pub content: CandidateContent,
    /// The system (model) that made it; hidden until the judgment.
    pub system: Option<String>,
    /// Whatever else the import knew, kept whole.
    pub metadata: Map<String, Value>,
}
