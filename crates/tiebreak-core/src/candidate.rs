//! One answer among those compared.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::prompt::{Message, Role, plain_text};
use crate::{CandidateId, ContentHash};

/// What a candidate says. In JSON it is a string or a list of messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CandidateContent {
    /// Plain text.
    Text(String),
    /// One or more turns, as conversational data sets have them.
    Turns(Vec<Message>),
}

impl CandidateContent {
    /// The content as one text, as it is shown and scored.
    pub fn plain_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Turns(turns) => plain_text(turns),
        }
    }

    /// The content as turns: a plain text is one assistant turn.
    pub fn messages(&self) -> Vec<Message> {
        match self {
            Self::Text(text) => vec![Message::new(Role::Assistant, text.clone())],
            Self::Turns(turns) => turns.clone(),
        }
    }

    /// The BLAKE3 hash of [`plain_text`](Self::plain_text): equal answers are scored once.
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(self.plain_text().as_bytes())
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
