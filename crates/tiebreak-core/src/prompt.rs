//! What the candidates answer: a text, or a conversation with roles.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Who speaks in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions that hold for the whole conversation.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The result of a tool call.
    Tool,
}

impl Role {
    /// The name that chat templates use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }

    /// Reads a chat-template name; `None` for any other word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::System, Self::User, Self::Assistant, Self::Tool]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

impl Message {
    /// A turn of `role`.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into() }
    }
}

/// What the candidates of an item answer. In JSON it is a string or a list of messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Prompt {
    /// Plain text.
    Text(String),
    /// A conversation up to the turn that the candidates fill.
    Conversation(Vec<Message>),
}

impl Prompt {
    /// The prompt as turns: a plain text is one user turn.
    pub fn messages(&self) -> Vec<Message> {
        match self {
            Self::Text(text) => vec![Message::new(Role::User, text.clone())],
            Self::Conversation(messages) => messages.clone(),
        }
    }

    /// The prompt as one text: a conversation has its turns joined by blank lines, each opened
    /// by its role when there is more than one.
    pub fn plain_text(&self) -> String {
        self.as_text().into_owned()
    }

    /// [`plain_text`](Self::plain_text), copied only where it is put together.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Conversation(messages) => Cow::Owned(plain_text(messages)),
        }
    }
}

/// Joins turns to one text; a single turn stands alone, several are opened by their roles.
pub fn plain_text(messages: &[Message]) -> String {
    if let [only] = messages {
        return only.content.clone();
    }
    let turns: Vec<String> = messages
        .iter()
        .map(|message| format!("{}: {}", message.role.as_str(), message.content))
        .collect();
    turns.join("\n\n")
}
