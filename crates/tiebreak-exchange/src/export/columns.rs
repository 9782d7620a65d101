//! The columns of a data set: one table from which data files, card and manifest are made.

use std::borrow::Cow;

use tiebreak_core::{CandidateContent, Message, Prompt, Role};

use super::ExportRow;
use super::format::{ExportOptions, Shape};
use crate::ExchangeError;

/// The most text that one row holds, in bytes: Arrow counts the text of a column in a batch
/// with 31 bits.
const MAX_ROW_BYTES: usize = 1 << 30;

/// One column.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    /// What it means, with unit and range.
    pub(super) about: &'static str,
    pub(super) cell: fn(&ExportRow) -> Cell<'_>,
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// UTF-8 text.
    Text,
    /// A list of texts, never null.
    Texts,
    /// A list of `{role, content}`, never null and never empty.
    Messages,
    /// A double.
    Float,
    /// A 64-bit whole number.
    Count,
}

/// The value of a column in one row.
pub(super) enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    Texts(&'a [String]),
    Messages(Vec<Message>),
    Float(Option<f64>),
    Count(u32),
}

impl Kind {
    /// The type in words.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Texts => "list of strings",
            Self::Messages => "list of {role, content}",
            Self::Float => "float64",
            Self::Count => "int64",
        }
    }
}

/// The columns under the options given. Those that trainers read come first.
pub(super) fn columns(options: ExportOptions) -> Vec<Column> {
    let mut columns: Vec<Column> = match options.format.shape() {
        Shape::Text => vec![
            required("prompt", Kind::Text, "What is answered.", |row| {
                text(row.prompt.plain_text())
            }),
            required("chosen", Kind::Text, "The preferred answer.", |row| {
                text(row.chosen.plain_text())
            }),
            required("rejected", Kind::Text, "The other answer.", |row| {
                text(row.rejected.plain_text())
            }),
        ],
        Shape::Messages => vec![
            required(
                "prompt",
                Kind::Messages,
                "The conversation up to the answer; a system message only where the data has one.",
                |row| Cell::Messages(prompt_messages(&row.prompt)),
            ),
            required("chosen", Kind::Messages, "The preferred answer.", |row| {
                Cell::Messages(answer_messages(&row.chosen))
            }),
            required("rejected", Kind::Messages, "The other answer.", |row| {
                Cell::Messages(answer_messages(&row.rejected))
            }),
        ],
    };
    if options.with_margin {
        columns.push(required(
            "margin",
            Kind::Float,
            "The reward model's score of the chosen answer minus that of the rejected one, \
             log-odds; negative where people and the reward model disagree.",
            |row| Cell::Float(row.margin),
        ));
    }
    columns.extend([
        optional("id", Kind::Text, "The id in the imported data.", |row| {
            optional_text(&row.external_id)
        }),
        required("item_id", Kind::Text, "The item's id in the study.", |row| {
            Cell::Text(Some(Cow::Borrowed(&row.item_id)))
        }),
        required(
            "modality",
            Kind::Text,
            "`text`, `image` or `music`. Of images and clips, `chosen` and `rejected` are the paths \
             of files in this folder.",
            |row| Cell::Text(Some(Cow::Borrowed(row.modality.as_str()))),
        ),
        optional("context", Kind::Text, "What to judge by, shown apart from the prompt.", |row| {
            optional_text(&row.context)
        }),
        optional("model_chosen", Kind::Text, "The system that made the chosen answer.", |row| {
            optional_text(&row.chosen_system)
        }),
        optional("model_rejected", Kind::Text, "The system that made the other.", |row| {
            optional_text(&row.rejected_system)
        }),
        required("label_source", Kind::Text, "Who labelled: `human` or `ai`.", |row| {
            Cell::Text(Some(Cow::Borrowed(row.label_source.as_str())))
        }),
        required("annotators", Kind::Texts, "Pseudonyms of those whose judgments count.", |row| {
            Cell::Texts(&row.annotators)
        }),
        required("judgments", Kind::Count, "How many judgments count.", |row| {
            Cell::Count(row.judgments)
        }),
        optional(
            "agreement",
            Kind::Float,
            "Share of these judgments that prefer the chosen answer, 0 to 1.",
            |row| Cell::Float(row.agreement),
        ),
        optional(
            "strength",
            Kind::Float,
            "Mean strength of the preference: 0 negligible, 1 slight, 2 clear, 3 very large. Null \
             where none was given.",
            |row| Cell::Float(row.strength),
        ),
        optional(
            "confidence",
            Kind::Float,
            "How sure the annotators were, 0 to 1; for AI labels the probability of the label.",
            |row| Cell::Float(row.confidence),
        ),
        optional(
            "reward_model",
            Kind::Text,
            "Hash of the reward model that scored the pair.",
            |row| optional_text(&row.reward_model),
        ),
        optional("score_chosen", Kind::Float, "Its score of the chosen answer, log-odds.", |row| {
            Cell::Float(row.chosen_score)
        }),
        optional("score_rejected", Kind::Float, "Its score of the other, log-odds.", |row| {
            Cell::Float(row.rejected_score)
        }),
        required("rationales", Kind::Texts, "Why, in the annotators' words.", |row| {
            Cell::Texts(&row.rationales)
        }),
        optional("source", Kind::Text, "Where the item came from.", |row| {
            optional_text(&row.source)
        }),
        optional("split", Kind::Text, "The split as the imported data names it.", |row| {
            optional_text(&row.split)
        }),
        required("tags", Kind::Texts, "Labels of the item.", |row| Cell::Texts(&row.tags)),
        optional(
            "follows_item",
            Kind::Text,
            "The `item_id` that annotators answered before this one, with what they saw of it.",
            |row| optional_text(&row.follows),
        ),
        optional(
            "details",
            Kind::Text,
            "What judgments say beside the preference, as a JSON list: ranking, aspects, reasons \
             ticked, highlights, steps, listening.",
            |row| optional_text(&row.details),
        ),
    ]);
    columns
}

/// Refuses a row that some format could not hold, and returns its size in bytes of text.
pub(super) fn check(row: &ExportRow, columns: &[Column]) -> Result<usize, ExchangeError> {
    let item = || row.item_id.clone();
    let mut bytes = 0_usize;
    for column in columns {
        bytes = bytes.saturating_add(match (column.cell)(row) {
            Cell::Text(text) => text.map_or(0, |text| text.len()),
            Cell::Texts(texts) => texts.iter().map(String::len).sum(),
            Cell::Messages(messages) => messages.iter().map(|m| m.content.len() + 9).sum(),
            Cell::Float(Some(value)) if !value.is_finite() => {
                return Err(ExchangeError::NotFinite { item: item(), column: column.name, value });
            }
            Cell::Float(None) if !column.nullable => {
                return Err(ExchangeError::MarginMissing { item: item() });
            }
            Cell::Float(_) | Cell::Count(_) => 8,
        });
    }
    if bytes > MAX_ROW_BYTES {
        return Err(ExchangeError::RowTooLarge { item: item(), bytes, limit: MAX_ROW_BYTES });
    }
    Ok(bytes)
}

const fn required(
    name: &'static str,
    kind: Kind,
    about: &'static str,
    cell: fn(&ExportRow) -> Cell<'_>,
) -> Column {
    Column { name, kind, nullable: false, about, cell }
}

const fn optional(
    name: &'static str,
    kind: Kind,
    about: &'static str,
    cell: fn(&ExportRow) -> Cell<'_>,
) -> Column {
    Column { name, kind, nullable: true, about, cell }
}

fn text(text: String) -> Cell<'static> {
    Cell::Text(Some(Cow::Owned(text)))
}

fn optional_text(text: &Option<String>) -> Cell<'_> {
    Cell::Text(text.as_deref().map(Cow::Borrowed))
}

/// Trainers look at the first message of a list: no turns at all are one empty turn.
fn prompt_messages(prompt: &Prompt) -> Vec<Message> {
    or_empty_turn(prompt.messages(), Role::User)
}

fn answer_messages(answer: &CandidateContent) -> Vec<Message> {
    or_empty_turn(answer.messages(), Role::Assistant)
}

fn or_empty_turn(mut messages: Vec<Message>, role: Role) -> Vec<Message> {
    if messages.is_empty() {
        messages.push(Message::new(role, ""));
    }
    messages
}
