//! What the rows of all formats share: id, source, split, context, tags, modality, the item
//! before, the attention check; and what is odd about any of them.

use std::borrow::Cow;

use serde_json::{Map, Value};
use tiebreak_core::{CandidateDraft, ItemDraft, Modality, Prompt};

use super::fields::{Fields, Uses, describe, integer};
use super::format::{Answer, Own, Parts};
use super::formats::Reading;
use super::media::{MediaFile, take_media};
use super::{Format, ImportedJudgment};
use crate::problem::Flaw;

/// An item that was understood, before it is known where it came from.
pub(super) struct ReadItem {
    pub(super) draft: ItemDraft,
    pub(super) files: Vec<MediaFile>,
    pub(super) judgments: Vec<ImportedJudgment>,
    pub(super) warnings: Vec<Flaw>,
}

/// What a row, or the rows of a group, became.
pub(super) struct Read {
    pub(super) items: Vec<ReadItem>,
    /// What fields were used for; for each row of a group one after the other.
    pub(super) used: Uses,
    /// How many of the first item's metadata, from its beginning, are fields of the row.
    pub(super) rest_len: usize,
}

/// Where rows are from, for what they do not say themselves.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The scope of annotators where a row states no source.
    pub(super) file: &'a str,
    /// The split of rows that state none.
    pub(super) split: Option<&'a str>,
}

/// The shared fields of a row.
#[derive(Clone, Default)]
struct Shared {
    modality: Option<Modality>,
    external_id: Option<String>,
    source: Option<String>,
    split: Option<String>,
    context: Option<String>,
    tags: Vec<String>,
    follows: Option<String>,
    gold: Option<u32>,
}

/// Reads a row of a format whose rows stand for themselves.
pub(super) fn read_row(
    format: Format,
    row: Map<String, Value>,
    place: Place<'_>,
) -> Result<Read, Flaw> {
    let read = match format.rules().reading {
        Reading::Row(read) => read,
        Reading::Group { .. } => return read_group(format, vec![row], place),
    };
    let mut fields = Fields::new(row);
    let shared = take_shared(&mut fields)?;
    let parts = read(&mut fields, shared.source.as_deref().unwrap_or(place.file))?;
    let (rest, used, warnings) = fields.finish();
    assemble(parts, shared, rest, used, warnings, place)
}

/// Reads the rows of a group as one.
pub(super) fn read_group(
    format: Format,
    rows: Vec<Map<String, Value>>,
    place: Place<'_>,
) -> Result<Read, Flaw> {
    let Reading::Group { read, .. } = format.rules().reading else {
        let row = rows.into_iter().next().unwrap_or_default();
        return read_row(format, row, place);
    };
    let mut fields: Vec<Fields> = rows.into_iter().map(Fields::new).collect();
    let mut first: Option<Shared> = None;
    let mut ids: Vec<Value> = Vec::new();
    for row in &mut fields {
        let shared = take_shared(row)?;
        ids.extend(shared.external_id.clone().map(Value::String));
        match &mut first {
            None => first = Some(shared),
            Some(first) => first.tags.extend(shared.tags),
        }
    }
    let Some(mut shared) = first else {
        return Err(Flaw::row("the group has no rows"));
    };
    let mut tags: Vec<String> = Vec::with_capacity(shared.tags.len());
    for tag in std::mem::take(&mut shared.tags) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    shared.tags = tags;
    let parts = read(&mut fields, shared.source.as_deref().unwrap_or(place.file))?;
    let (mut rests, mut used, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for row in fields {
        let (rest, row_used, row_warnings) = row.finish();
        rests.push(rest);
        used.extend(row_used);
        warnings.extend(row_warnings);
    }
    let mut rest = merged(&rests);
    ids.dedup();
    if ids.len() > 1 {
        rest.insert("ids".to_owned(), Value::Array(ids));
    }
    assemble(parts, shared, rest, used, warnings, place)
}

/// What the rows of a group leave over: a field that all have alike once, any other as a list
/// with an entry for each row, null where the row lacks it.
fn merged(rests: &[Map<String, Value>]) -> Map<String, Value> {
    let mut names: Vec<String> = Vec::new();
    for name in rests.iter().flat_map(Map::keys) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut merged = Map::new();
    for name in names {
        let values: Vec<Option<&Value>> = rests.iter().map(|rest| rest.get(&name)).collect();
        let value = match values.as_slice() {
            [Some(first), others @ ..] if others.iter().all(|other| *other == Some(*first)) => {
                (*first).clone()
            }
            _ => values.iter().map(|value| value.cloned().unwrap_or(Value::Null)).collect(),
        };
        merged.insert(name, value);
    }
    merged
}

fn take_shared(fields: &mut Fields) -> Result<Shared, Flaw> {
    let modality = take_modality(fields)?;
    // Our own exports keep the id of the data in `id`, null where it had none.
    let external_id = if fields.has("id") {
        fields.take_id("id")
    } else {
        fields.take_id("external_id").or_else(|| fields.take_id("item_id"))
    };
    Ok(Shared {
        modality,
        external_id,
        source: take_source(fields),
        split: fields.take_text("split", "split"),
        context: take_context(fields),
        tags: take_tags(fields),
        follows: fields.take_id("follows"),
        gold: take_gold(fields),
    })
}

/// The source; several, as data sets made of others have them, in one.
fn take_source(fields: &mut Fields) -> Option<String> {
    let names = fields.peek("source").and_then(Value::as_array).and_then(|list| {
        list.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|names| names.join(", "))
    });
    match names {
        Some(names) => {
            fields.take("source", "source");
            Some(names).filter(|names| !names.is_empty())
        }
        None => fields.take_text("source", "source"),
    }
}

/// The context to judge by. A list of messages under that name is the format's affair.
fn take_context(fields: &mut Fields) -> Option<String> {
    if fields.peek("context").is_some_and(Value::is_array) {
        return fields.take_text("criteria", "context");
    }
    fields.take_first_text(&["context", "criteria"], "context")
}

/// Puts together what a format read and what all formats share.
fn assemble(
    parts: Vec<Parts>,
    shared: Shared,
    rest: Map<String, Value>,
    used: Uses,
    warnings: Vec<Flaw>,
    place: Place<'_>,
) -> Result<Read, Flaw> {
    let rest_len = rest.len();
    let mut items = Vec::with_capacity(parts.len());
    let last = parts.len().saturating_sub(1);
    // Moved into the last item, which mostly is the only one.
    let mut left = Some((shared, rest));
    for (n, part) in parts.into_iter().enumerate() {
        let (shared, rest) = if n == last {
            left.take().unwrap_or_default()
        } else {
            left.clone().unwrap_or_default()
        };
        items.push(item(part, shared, rest, place)?);
    }
    match items.first_mut() {
        Some(first) => {
            let own = std::mem::replace(&mut first.warnings, warnings);
            first.warnings.extend(own);
        }
        None => return Err(Flaw::row("the row holds no comparison")),
    }
    Ok(Read { items, used, rest_len })
}

fn item(
    parts: Parts,
    shared: Shared,
    mut metadata: Map<String, Value>,
    place: Place<'_>,
) -> Result<ReadItem, Flaw> {
    let Parts { prompt, answers, judgments, own } = parts;
    let Own { external_id, context, tags, source, split, follows, modality, metadata: more } = own;
    let gold = shared.gold.filter(|place| (*place as usize) < answers.len());
    let (modality, answers, files) = take_media(modality.or(shared.modality), answers)?;
    let mut warnings = Vec::new();
    if files.is_empty() {
        warn_of_odd_content(&mut warnings, &prompt, &answers);
    }
    let mut all_tags = shared.tags;
    for tag in tags {
        if !all_tags.contains(&tag) {
            all_tags.push(tag);
        }
    }
    metadata.extend(more);
    let draft = ItemDraft {
        external_id: external_id.or(shared.external_id),
        modality,
        prompt,
        context: context.or(shared.context),
        tags: all_tags,
        source: source.or(shared.source),
        split: split.or(shared.split).or_else(|| place.split.map(str::to_owned)),
        gold,
        metadata,
        follows: follows.or(shared.follows),
        candidates: answers
            .into_iter()
            .map(|answer| CandidateDraft {
                content: answer.content,
                system: answer.system,
                metadata: answer.metadata,
            })
            .collect(),
    };
    Ok(ReadItem { draft, files, judgments, warnings })
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
        u32::try_from(integer(value)?).ok().filter(|place| *place < 10)
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
fn warn_of_odd_content(warnings: &mut Vec<Flaw>, prompt: &Prompt, answers: &[Answer]) {
    if prompt.as_text().trim().is_empty() {
        warnings.push(Flaw::field("prompt", "the prompt is empty"));
    }
    let texts: Vec<Cow<'_, str>> = answers.iter().map(|answer| answer.content.as_text()).collect();
    for (n, (answer, text)) in answers.iter().zip(&texts).enumerate() {
        if text.trim().is_empty() {
            warnings.push(Flaw::field(answer.field.clone(), "the answer is empty"));
        }
        if let Some(same) = texts[..n].iter().position(|before| before == text) {
            let reason = format!("the answer is the same as `{}`", answers[same].field);
            warnings.push(Flaw::field(answer.field.clone(), reason));
        }
    }
}
