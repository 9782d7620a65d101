//! The story of one comparison: handed out, shown, answered, saved, taken back.

use tiebreak_core::{AnnotatorId, Item, ItemId, Judgment, JudgmentId, Outcome, Presentation};
use tiebreak_store::{QueueScope, Reader, Writer};

use crate::annotator_session::scope;
use crate::clock::{fresh, now};
use crate::comparison_view::Viewer;
use crate::error::Result;
use crate::queue::watch;
use crate::submission::Submission;
use crate::view::{ComparisonView, JudgmentInput, Saved, StudySettings, Undone};
use crate::{AnnotatorSession, AppError, Study};

/// A comparison with the order in which it was handed out.
#[derive(Clone, Debug)]
pub struct Handed {
    /// The item.
    pub item: Item,
    /// The order and its seed.
    pub presentation: Presentation,
}

impl Study {
    /// Hands out the next comparisons: sides are chosen and stored now, and the items are kept
    /// from other annotators for half an hour. `exclude` names items that the caller holds.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn hand_out(
        &self,
        session: &AnnotatorSession,
        count: usize,
        exclude: &[ItemId],
    ) -> Result<Vec<Handed>> {
        let settings = self.settings()?;
        self.store.write(|writer| {
            let scope = scope(writer, session, &settings)?;
            self.hand_out_next(writer, &scope, count, exclude)
        })
    }

    fn hand_out_next(
        &self,
        writer: &Writer<'_>,
        scope: &QueueScope,
        count: usize,
        exclude: &[ItemId],
    ) -> Result<Vec<Handed>> {
        let items = self.queues.next(writer, scope, count, exclude)?;
        items.into_iter().map(|item| hand_out(writer, item, scope.annotator)).collect()
    }

    /// Hands out one item, whether or not it is in the annotator's queue.
    ///
    /// # Errors
    /// If there is no such item, or the file cannot be written.
    pub fn hand_out_item(&self, session: &AnnotatorSession, item: ItemId) -> Result<Handed> {
        self.store.write(|writer| hand_out(writer, item, session.annotator.id))
    }

    /// The item that a person means: by its id, by the id that the imported data gave it, or as
    /// `#N` by its place in the study.
    ///
    /// # Errors
    /// If there is none, or the imported id stands for several.
    pub fn find_item(&self, name: &str) -> Result<ItemId> {
        self.store.read(|reader| {
            if let Ok(id) = name.parse::<ItemId>() {
                return Ok(reader.item(id)?.id);
            }
            let found = match name.strip_prefix('#').map(str::parse::<u64>) {
                Some(Ok(ordinal)) => reader.item_by_ordinal(ordinal)?.into_iter().collect(),
                _ => reader.items_by_external_id(name)?,
            };
            match found.as_slice() {
                [item] => Ok(*item),
                [] => Err(AppError::input("item", format!("there is no item {name:?}"))),
                several => Err(AppError::input(
                    "item",
                    format!("{name:?} stands for {} items; name one by its id", several.len()),
                )),
            }
        })
    }

    /// The next comparisons as they are shown.
    ///
    /// # Errors
    /// As [`hand_out`](Self::hand_out), and for an id that is none.
    pub fn next_comparisons(
        &self,
        session: &AnnotatorSession,
        count: usize,
        exclude: &[String],
    ) -> Result<Vec<ComparisonView>> {
        let exclude =
            exclude.iter().map(|id| parse(id, "exclude")).collect::<Result<Vec<ItemId>>>()?;
        let settings = self.settings()?;
        self.store.write(|writer| {
            let scope = scope(writer, session, &settings)?;
            let viewer = self.viewer(writer, session, &settings);
            self.hand_out_next(writer, &scope, count, &exclude)?
                .iter()
                .map(|handed| {
                    let last = viewer.last_answer(handed.item.id)?;
                    viewer.comparison(handed, last.as_ref())
                })
                .collect()
        })
    }

    /// Saves a judgment. When this returns, it is on disk. An earlier judgment of the same
    /// annotator on the item is revised, not lost. Where the answer opens an item that follows
    /// this one, it is handed out with it.
    ///
    /// # Errors
    /// For an answer that the item or the study does not allow, or if the file cannot be
    /// written; nothing is saved then.
    pub fn submit(&self, session: &AnnotatorSession, input: &JudgmentInput) -> Result<Saved> {
        let item: ItemId = parse(&input.item, "item")?;
        let annotator = session.annotator.id;
        let settings = self.settings()?;
        let (scope, change, judgment, follow_up) = self.store.write(|writer| {
            let scope = scope(writer, session, &settings)?;
            let viewer = self.viewer(writer, session, &settings);
            let (judgment, change) = watch(writer, &scope, item, || {
                let handed = as_shown(writer, item, annotator)?;
                let before = writer.judgment_history(item, annotator)?;
                let active_before = before.iter().rev().find_map(|judgment| judgment.active_ms);
                let heard_before: Vec<_> =
                    before.into_iter().flat_map(|judgment| judgment.listening).collect();
                viewer.check_turn(&handed.item, &input.given.answer)?;
                let submission = Submission {
                    input,
                    settings: &settings,
                    item: &handed.item,
                    presentation: &handed.presentation,
                    clips: &viewer.clip_lengths(&handed.item)?,
                    heard_before: &heard_before,
                    active_before: active_before.unwrap_or_default(),
                    now: now(),
                };
                Ok(writer.append_judgment(&submission.judgment()?)?)
            })?;
            let follow_up = match change.opened.first() {
                Some(next) => {
                    let handed = hand_out(writer, *next, annotator)?;
                    let last = viewer.last_answer(*next)?;
                    Some(viewer.comparison(&handed, last.as_ref())?)
                }
                None => None,
            };
            Ok::<_, AppError>((scope, change, judgment, follow_up))
        })?;
        self.queues.note(&scope, &change);
        Ok(Saved {
            judgment: judgment.to_string(),
            progress: self.progress_now(&scope)?,
            follow_up,
        })
    }

    /// Takes back the annotator's latest judgment; again and again, as far as there is one. The
    /// judgment stays in the file, superseded by its withdrawal.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn undo(&self, session: &AnnotatorSession) -> Result<Option<Undone>> {
        let settings = self.settings()?;
        let undone = self.store.write(|writer| {
            let Some(last) = writer.latest_annotated(session.annotator.id)? else {
                return Ok(None);
            };
            let scope = scope(writer, session, &settings)?;
            let id = JudgmentId::new(fresh());
            let withdrawal = Judgment {
                shown_order: last.shown_order.clone(),
                order_seed: last.order_seed,
                blinded: last.blinded,
                submitted_at: Some(now()),
                ..Judgment::new(id, last.item, last.annotator, last.origin, Outcome::Withdrawn)
            };
            let (_, change) =
                watch(writer, &scope, last.item, || Ok(writer.append_judgment(&withdrawal)?))?;
            let handed = hand_out(writer, last.item, session.annotator.id)?;
            let viewer = self.viewer(writer, session, &settings);
            let comparison = viewer.comparison(&handed, Some(&last))?;
            Ok::<_, AppError>(Some((scope, change, comparison)))
        })?;
        let Some((scope, change, comparison)) = undone else { return Ok(None) };
        self.queues.note(&scope, &change);
        Ok(Some(Undone { comparison, progress: self.progress_now(&scope)? }))
    }

    fn viewer<'a>(
        &'a self,
        reader: &'a Reader<'a>,
        session: &AnnotatorSession,
        settings: &'a StudySettings,
    ) -> Viewer<'a> {
        Viewer { reader, study: self, settings, annotator: session.annotator.id }
    }
}

/// Hands an item to an annotator: in the stored order, chosen and stored on the first time.
fn hand_out(writer: &Writer<'_>, item: ItemId, annotator: AnnotatorId) -> Result<Handed> {
    let handed = as_shown_or_chosen(writer, item, annotator)?;
    writer.hand_out(&handed.presentation, now())?;
    Ok(handed)
}

/// The item as it was shown to the annotator. What is judged without having been handed out is
/// handed out now.
fn as_shown(writer: &Writer<'_>, item: ItemId, annotator: AnnotatorId) -> Result<Handed> {
    match writer.presentation(item, annotator)? {
        Some(presentation) => Ok(Handed { item: writer.item(item)?, presentation }),
        None => hand_out(writer, item, annotator),
    }
}

fn as_shown_or_chosen(reader: &Reader<'_>, item: ItemId, annotator: AnnotatorId) -> Result<Handed> {
    let item = reader.item(item)?;
    let presentation = match reader.presentation(item.id, annotator)? {
        Some(presentation) => presentation,
        None => {
            let candidates: Vec<_> = item.candidates.iter().map(|c| c.id).collect();
            let lead = reader.side_lead(annotator)?;
            Presentation::choose(reader.study()?.seed, item.id, annotator, &candidates, lead)
        }
    };
    Ok(Handed { item, presentation })
}

pub(crate) fn parse<T: std::str::FromStr>(text: &str, field: &'static str) -> Result<T> {
    text.parse().map_err(|_| AppError::input(field, format!("{text:?} is no id")))
}

#[cfg(test)]
mod tests;
