//! Who judges: people, and AI judges beside them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::AnnotatorId;

/// A person, or a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnnotatorKind {
    /// A person.
    Human,
    /// A reward model, or an imported LLM judge.
    Ai,
}

impl AnnotatorKind {
    /// `human` or `ai`, as stored and exported.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Ai => "ai",
        }
    }

    /// Reads the stored word; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Human, Self::Ai].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Someone whose judgments are recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Annotator {
    /// Their id.
    pub id: AnnotatorId,
    /// Person or model.
    pub kind: AnnotatorKind,
    /// The name under which they work in this study. A person's name is never exported.
    pub name: String,
    /// Where the name was given: empty for this study, else the source of the import. Raters
    /// of two data sets who share a name are two annotators.
    pub scope: String,
    /// What exports call them.
    pub pseudonym: String,
    /// Anything else known about them.
    pub profile: Map<String, Value>,
}
