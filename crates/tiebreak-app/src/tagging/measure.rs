//! A page of items: what their prompts are tagged with, and what is measured on their answers.

use std::collections::BTreeMap;
use std::time::Instant;

use tiebreak_core::{
    CandidateContent, Content, ContentHash, Item, Modality, Prompt, Role, ScorerError, TokenMatch,
    Unreadable,
};
use tiebreak_routing::tag::{
    Measure, Measures, OwnTags, PromptDimension, TagId, complexity, entity_overlap,
    has_format_constraint, has_in_context_material, imported, is_english, length_penalised,
    media_measure, model_tags, rouge_1, rouge_l, tags_of, tokens,
};
use tiebreak_store::ItemTags;

use super::encoders::{Encoders, TextEncoder};
use super::{OF_FILES, Tagging, to_json};
use crate::content::Embeddings;
use crate::error::Result;
use crate::study::stop_if_cancelled;
use crate::{AppError, Study, Watch};

/// Items in memory at once, and bytes of their texts.
const ITEMS: usize = 512;
const BYTES: usize = 8_000_000;
/// With files fewer: they take long, and a page is committed whole.
const ITEMS_WITH_FILES: usize = 32;

/// How a dimension of a prompt is assigned where it was not imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Method {
    /// By its form.
    Rules,
    /// By its likeness to definitions and examples.
    Likeness,
    /// Not at all: there is no encoder.
    None,
}

/// The method of each dimension.
pub(super) fn methods(has_encoder: bool) -> BTreeMap<&'static str, Method> {
    PromptDimension::ALL.map(|dimension| (dimension.name(), method(dimension, has_encoder))).into()
}

fn method(dimension: PromptDimension, has_encoder: bool) -> Method {
    match dimension {
        PromptDimension::Languages
        | PromptDimension::ComplexityOfIntents
        | PromptDimension::TypeOfInContextMaterial
        | PromptDimension::FormatConstraints => Method::Rules,
        _ if has_encoder => Method::Likeness,
        _ => Method::None,
    }
}

/// What pages are measured with.
pub(super) struct Work<'t> {
    tagging: &'t Tagging,
    encoders: &'t Encoders,
    own: OwnTags,
    /// Whether ranks are known, so that tags can be given at once.
    is_frozen: bool,
    /// Whether the encoder gives states of tokens; asked once.
    matches: bool,
    /// Seconds spent on matching tokens.
    pub(super) matching_s: f64,
}

impl<'t> Work<'t> {
    pub(super) fn new(tagging: &'t Tagging, encoders: &'t Encoders, is_frozen: bool) -> Self {
        let own = OwnTags::new(&tagging.own_fields);
        Self { tagging, encoders, own, is_frozen, matches: true, matching_s: 0.0 }
    }
}

impl Study {
    /// Measures every item that the tagging has not, page by page.
    pub(super) fn measure_untagged(
        &self,
        number: i64,
        work: &mut Work<'_>,
        watch: &dyn Watch,
    ) -> Result<()> {
        let most = if work.encoders.media.is_empty() { ITEMS } else { ITEMS_WITH_FILES };
        let (mut after, mut done) = (0, 0);
        loop {
            stop_if_cancelled(watch)?;
            let items = self.store.read(|reader| {
                let (mut items, mut bytes) = (Vec::new(), 0);
                for (_, id) in reader.untagged_after(number, after, most)? {
                    let item = reader.item(id)?;
                    bytes += crate::score::bytes_of(&item);
                    items.push(item);
                    if bytes > BYTES {
                        break;
                    }
                }
                Ok::<_, AppError>(items)
            })?;
            let Some(last) = items.last() else { return Ok(()) };
            after = last.ordinal;
            done += items.len() as u64;
            let found = self.measure_page(&items, work, watch)?;
            self.store.write(|writer| {
                for (item, tags) in items.iter().zip(&found) {
                    writer.keep_item_tags(number, item.id, tags)?;
                }
                Ok::<_, AppError>(())
            })?;
            watch.advance(done);
        }
    }

    fn measure_page(
        &self,
        items: &[Item],
        work: &mut Work<'_>,
        watch: &dyn Watch,
    ) -> Result<Vec<ItemTags>> {
        let encoders = work.encoders;
        let texts = match &encoders.text {
            Some(text) => {
                let texts = items.iter().flat_map(|item| {
                    let pair = pair_of_texts(item).into_iter().flatten();
                    std::iter::once(item.prompt.plain_text()).chain(pair)
                });
                self.text_embeddings(texts, text.scorer.as_ref(), watch)?
            }
            None => Embeddings::default(),
        };
        let matches = match &encoders.text {
            Some(text) if work.matches => {
                let began = Instant::now();
                let matches = match_answers(items, text, watch)?;
                work.matching_s += began.elapsed().as_secs_f64();
                matches
            }
            _ => None,
        };
        work.matches = matches.is_some();
        let mut matches = matches.unwrap_or_default().into_iter();
        let mut files: BTreeMap<&str, Embeddings> = BTreeMap::new();
        for modality in OF_FILES {
            if let Some(scorer) = encoders.media.get(&modality) {
                let of: Vec<Item> =
                    items.iter().filter(|item| item.modality == modality).cloned().collect();
                files.insert(modality.as_str(), self.embeddings(&of, scorer.as_ref(), watch)?);
            }
        }
        let mut found = Vec::with_capacity(items.len());
        for item in items {
            let mut given = Vec::new();
            let imported = prompt_tags(item, encoders.text.as_ref(), &texts, &mut given);
            let own = work.own.of(&item.tags, &item.metadata);
            given.extend(own.iter().filter_map(|name| work.tagging.vocabulary.id(name)));
            let mut measures = Measures::default();
            let asked = tokens(&item.prompt.plain_text()).len();
            measures.set(Measure::PromptLength, asked as f64);
            if let Some([first, second]) = pair_of_texts(item) {
                measure_texts(&first, &second, &texts, &mut measures);
                if let Some(Ok(found)) = matches.next() {
                    note_match(&found, &first, &second, &mut measures);
                }
            }
            if let (Some([first, second]), Some(scorer), Some(embeddings)) = (
                pair_of_files(item),
                encoders.media.get(&item.modality),
                files.get(item.modality.as_str()),
            ) && let (Ok(first), Ok(second)) = (embeddings.of(first), embeddings.of(second))
            {
                let names = scorer.measures();
                let of_model = measure_files(names, first, second, &mut measures);
                given.extend(
                    of_model.iter().filter_map(|name| work.tagging.vocabulary.model_tag(name)),
                );
            }
            given.sort_unstable();
            given.dedup();
            let Tagging { vocabulary, percentiles, .. } = work.tagging;
            let tags = work.is_frozen.then(|| tags_of(vocabulary, percentiles, &given, &measures));
            found.push(ItemTags { given, imported, measures: to_json(&measures)?, tags });
        }
        Ok(found)
    }
}

/// How well the answers of each pair of texts match, in the order of the items; `None` if the
/// encoder gives no states of tokens.
fn match_answers(
    items: &[Item],
    text: &TextEncoder,
    watch: &dyn Watch,
) -> Result<Option<Vec<Result<TokenMatch, Unreadable>>>> {
    let pairs: Vec<[String; 2]> = items.iter().filter_map(pair_of_texts).collect();
    let contents: Vec<(Content<'_>, Content<'_>)> =
        pairs.iter().map(|[first, second]| (Content::Text(first), Content::Text(second))).collect();
    match text.scorer.match_tokens(&contents, watch.cancel()) {
        Err(ScorerError::WrongKind { .. }) => Ok(None),
        found => Ok(Some(found?)),
    }
}

/// Adds the tags of the prompt, and says which dimensions came with the data.
fn prompt_tags(
    item: &Item,
    text: Option<&TextEncoder>,
    embeddings: &Embeddings,
    given: &mut Vec<TagId>,
) -> Vec<String> {
    let prompt = item.prompt.plain_text();
    let asked = asked(&item.prompt);
    let vector = embeddings.of(ContentHash::of(prompt.as_bytes())).ok();
    let mut from_data = Vec::new();
    for dimension in PromptDimension::ALL {
        if let Some(tags) = imported(dimension, &item.metadata) {
            given.extend(tags);
            from_data.push(dimension.name().to_owned());
            continue;
        }
        let present = |is: bool| if is { vec![dimension.first()] } else { Vec::new() };
        given.extend(match dimension {
            // Nothing is asked in any language.
            _ if prompt.trim().is_empty() => Vec::new(),
            PromptDimension::Languages => present(is_english(&prompt)),
            PromptDimension::TypeOfInContextMaterial => present(has_in_context_material(&asked)),
            PromptDimension::FormatConstraints => present(has_format_constraint(&asked)),
            PromptDimension::ComplexityOfIntents => {
                vec![dimension.first() + complexity(&asked) as TagId]
            }
            _ => match (text, vector) {
                (Some(text), Some(vector)) => {
                    text.tagger.tags(dimension, vector).unwrap_or_default()
                }
                _ => Vec::new(),
            },
        });
    }
    from_data
}

/// What the user says in a prompt.
fn asked(prompt: &Prompt) -> String {
    match prompt {
        Prompt::Text(text) => text.clone(),
        Prompt::Conversation(turns) => {
            let said = turns.iter().filter(|turn| turn.role == Role::User);
            said.map(|turn| turn.content.as_str()).collect::<Vec<_>>().join("\n\n")
        }
    }
}

/// The two answers of a pair of texts. Of images and clips, what is no file, such as an address,
/// is not compared as a text.
fn pair_of_texts(item: &Item) -> Option<[String; 2]> {
    let [first, second] = item.candidates.as_slice() else { return None };
    let text = |content: &CandidateContent| match content {
        CandidateContent::Media(_) => None,
        _ => Some(content.plain_text()),
    };
    (item.modality == Modality::Text).then_some(())?;
    Some([text(&first.content)?, text(&second.content)?])
}

fn pair_of_files(item: &Item) -> Option<[ContentHash; 2]> {
    let [first, second] = item.candidates.as_slice() else { return None };
    Some([first.content.media()?.media, second.content.media()?.media])
}

fn measure_texts(first: &str, second: &str, embeddings: &Embeddings, measures: &mut Measures) {
    let vector = |text: &str| embeddings.of(ContentHash::of(text.as_bytes())).ok();
    if let (Some(a), Some(b)) = (vector(first), vector(second))
        && let Some(cosine) = cosine(a, b)
    {
        measures.set(Measure::CosineSimilarity, cosine);
    }
    let (a, b) = (tokens(first), tokens(second));
    measures.set(Measure::Rouge1, rouge_1(&a, &b));
    measures.set(Measure::RougeL, rouge_l(&a, &b));
    measures.set(Measure::EntityOverlap, entity_overlap(first, second));
    measures.set(Measure::ShorterLength, a.len().min(b.len()) as f64);
    measures.set(Measure::LongerLength, a.len().max(b.len()) as f64);
    measures.set(Measure::LengthDifference, a.len().abs_diff(b.len()) as f64);
}

fn note_match(found: &TokenMatch, first: &str, second: &str, measures: &mut Measures) {
    measures.set(Measure::TokenMatch, found.f1);
    // The whole lengths: what the encoder read may have been cut.
    let lengths = [tokens(first).len(), tokens(second).len()];
    measures.set(Measure::LengthPenalisedMatch, length_penalised(found.f1, lengths));
}

/// Measures two files by their vectors, and says what the model names in them. `names` are those
/// of the last numbers of a vector, which are measured or named; the rest is learnt.
fn measure_files<'n>(
    names: &'n [String],
    first: &[f32],
    second: &[f32],
    measures: &mut Measures,
) -> Vec<&'n str> {
    let learnt = first.len().saturating_sub(names.len());
    if first.len() != second.len() {
        return Vec::new();
    }
    let ((a, first), (b, second)) = (first.split_at(learnt), second.split_at(learnt));
    if let Some(cosine) = cosine(a, b) {
        measures.set(Measure::CosineSimilarity, cosine);
    }
    for (name, (&x, &y)) in names.iter().zip(first.iter().zip(second)) {
        if let Some(known) = media_measure(name) {
            known.measure(x, y, &mut measures.media);
        }
    }
    model_tags(names, first, second)
}

/// Cosine of two vectors; `None` where one is zero.
fn cosine(a: &[f32], b: &[f32]) -> Option<f64> {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
    };
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    (lengths > 0.0).then(|| (dot(a, b) / lengths).clamp(-1.0, 1.0))
}
