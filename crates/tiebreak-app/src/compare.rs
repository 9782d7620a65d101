//! The story of one comparison: handed out, shown, answered, saved, taken back.

use chrono::{DateTime, Utc};
use tiebreak_core::{
    AnnotatorId, CandidateId, Item, ItemId, Judgment, JudgmentId, Origin, Outcome, Presentation,
    SkipReason, Strength,
};
use tiebreak_store::Writer;

use crate::annotator_session::scope;
use crate::clock::{fresh, now};
use crate::comparison_view::comparison_view;
use crate::error::Result;
use crate::view::{Answer, Ask, ComparisonView, JudgmentInput, Saved, StudySettings, Undone};
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
            let items = writer.queue(&scope, count, exclude)?;
            items
                .into_iter()
                .map(|item| {
                    let presentation = present(writer, item, session.annotator.id)?;
                    Ok(Handed { item: writer.item(item)?, presentation })
                })
                .collect()
        })
    }

    /// Hands out one item, whether or not it is in the annotator's queue.
    ///
    /// # Errors
    /// If there is no such item, or the file cannot be written.
    pub fn hand_out_item(&self, session: &AnnotatorSession, item: ItemId) -> Result<Handed> {
        self.store.write(|writer| {
            let presentation = present(writer, item, session.annotator.id)?;
            Ok(Handed { item: writer.item(item)?, presentation })
        })
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
        let handed = self.hand_out(session, count, &exclude)?;
        self.store.read(|reader| {
            handed
                .iter()
                .map(|handed| {
                    let last = reader.last_judgment(handed.item.id, session.annotator.id)?;
                    let withdrawn = match last.as_ref().and_then(|last| last.supersedes) {
                        Some(before) => reader
                            .judgment_history(handed.item.id, session.annotator.id)?
                            .into_iter()
                            .find(|judgment| judgment.id == before),
                        None => None,
                    };
                    Ok(comparison_view(handed, withdrawn.as_ref()))
                })
                .collect()
        })
    }

    /// Saves a judgment. When this returns, it is on disk. An earlier judgment of the same
    /// annotator on the item is revised, not lost.
    ///
    /// # Errors
    /// For an answer that the item or the study does not allow, or if the file cannot be
    /// written; nothing is saved then.
    pub fn submit(&self, session: &AnnotatorSession, input: &JudgmentInput) -> Result<Saved> {
        let item: ItemId = parse(&input.item, "item")?;
        let settings = self.settings()?;
        let judgment = self.store.write(|writer| {
            let presentation = present(writer, item, session.annotator.id)?;
            let judgment = judgment(session, input, item, &presentation, &settings)?;
            Ok::<_, AppError>(writer.append_judgment(&judgment)?)
        })?;
        Ok(Saved {
            judgment: judgment.to_string(),
            progress: self.progress(session)?,
            follow_up: None,
        })
    }

    /// Takes back the annotator's latest judgment; again and again, as far as there is one. The
    /// judgment stays in the file, superseded by its withdrawal.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn undo(&self, session: &AnnotatorSession) -> Result<Option<Undone>> {
        let undone = self.store.write(|writer| {
            let Some(last) = writer.latest_annotated(session.annotator.id)? else {
                return Ok(None);
            };
            let id = JudgmentId::new(fresh());
            let withdrawal = Judgment {
                shown_order: last.shown_order.clone(),
                order_seed: last.order_seed,
                blinded: last.blinded,
                submitted_at: Some(now()),
                ..Judgment::new(id, last.item, last.annotator, last.origin, Outcome::Withdrawn)
            };
            writer.append_judgment(&withdrawal)?;
            let presentation = present(writer, last.item, session.annotator.id)?;
            let handed = Handed { item: writer.item(last.item)?, presentation };
            Ok::<_, AppError>(Some(comparison_view(&handed, Some(&last))))
        })?;
        let Some(comparison) = undone else { return Ok(None) };
        Ok(Some(Undone { comparison, progress: self.progress(session)? }))
    }
}

/// The stored order of an item for an annotator, chosen and stored on the first time.
fn present(writer: &Writer<'_>, item: ItemId, annotator: AnnotatorId) -> Result<Presentation> {
    let presentation = match writer.presentation(item, annotator)? {
        Some(presentation) => presentation,
        None => {
            let candidates = writer.candidate_ids(item)?;
            if candidates.is_empty() {
                // Says which item is missing.
                writer.item(item)?;
            }
            let lead = writer.side_lead(annotator)?;
            let seed = writer.study()?.seed;
            Presentation::choose(seed, item, annotator, &candidates, lead)
        }
    };
    writer.hand_out(&presentation, now())?;
    Ok(presentation)
}

fn judgment(
    session: &AnnotatorSession,
    input: &JudgmentInput,
    item: ItemId,
    presentation: &Presentation,
    settings: &StudySettings,
) -> Result<Judgment> {
    let outcome = match &input.given.answer {
        Answer::Preferred { candidate } => {
            Outcome::Preferred(parse::<CandidateId>(candidate, "candidate")?)
        }
        Answer::Ranked { .. } => Outcome::Ranked,
        Answer::Tie => Outcome::Tie,
        Answer::BothBad => Outcome::BothBad,
        Answer::Skipped { reason } => {
            Outcome::Skipped(SkipReason::parse(reason).ok_or_else(|| {
                let known = SkipReason::ALL.map(SkipReason::as_str).join(", ");
                AppError::input("reason", format!("a skip reason is one of {known}"))
            })?)
        }
    };
    let strength = input
        .given
        .strength
        .map(|strength| {
            Strength::new(strength).map_err(|error| AppError::input("strength", error.to_string()))
        })
        .transpose()?;
    let rationale = input.given.rationale.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if settings.strength == Ask::Required
        && matches!(outcome, Outcome::Preferred(_))
        && strength.is_none()
    {
        return Err(AppError::input("strength", "this study asks how much better the answer is"));
    }
    if settings.rationale == Ask::Required && outcome.is_answer() && rationale.is_none() {
        return Err(AppError::input("rationale", "this study asks for a reason in words"));
    }
    let shown_at = input
        .shown_at
        .as_deref()
        .map(|text| {
            DateTime::parse_from_rfc3339(text)
                .map(|time| time.with_timezone(&Utc))
                .map_err(|error| AppError::input("shown_at", error.to_string()))
        })
        .transpose()?;
    let id = JudgmentId::new(fresh());
    Ok(Judgment {
        strength,
        rationale: rationale.map(str::to_owned),
        shown_order: presentation.order.clone(),
        order_seed: Some(presentation.seed),
        blinded: Some(true),
        shown_at,
        submitted_at: Some(now()),
        active_ms: input.active_ms.map(u64::from),
        ..Judgment::new(id, item, session.annotator.id, Origin::Annotated, outcome)
    })
}

pub(crate) fn parse<T: std::str::FromStr>(text: &str, field: &'static str) -> Result<T> {
    text.parse().map_err(|_| AppError::input(field, format!("{text:?} is no id")))
}
