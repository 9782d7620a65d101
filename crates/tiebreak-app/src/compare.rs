//! The story of one comparison: handed out, shown, answered, saved, taken back.

use chrono::{DateTime, TimeDelta, Utc};
use tiebreak_core::{
    Annotator, AnnotatorId, AnnotatorKind, CandidateId, Item, ItemId, Judgment, JudgmentId,
    Message, Origin, Outcome, Presentation, SkipReason, Strength,
};
use tiebreak_store::{QueueScope, Reader, Writer};

use crate::clock::{fresh, now};
use crate::error::Result;
use crate::view::{
    AnnotatorView, Answer, AnswerView, Ask, CandidateView, ComparisonView, JudgmentInput, Progress,
    Saved, StudySettings, TurnView, Undone,
};
use crate::{AppError, Study};

/// For how long an item that was handed out is kept from others.
const LEASE: TimeDelta = TimeDelta::minutes(30);

/// Judgments that the pace is taken from.
const PACE_WINDOW: usize = 50;

/// An annotator at work on a study.
#[derive(Clone, Debug)]
pub struct AnnotatorSession {
    /// Who.
    pub annotator: Annotator,
}

/// A comparison with the order in which it was handed out.
#[derive(Clone, Debug)]
pub struct Handed {
    /// The item.
    pub item: Item,
    /// The order and its seed.
    pub presentation: Presentation,
}

impl Study {
    /// The annotator of this name at work here, made if they are new.
    ///
    /// # Errors
    /// For an empty or overlong name, or if the file cannot be written.
    pub fn sign_in(&self, name: &str) -> Result<AnnotatorSession> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(AppError::input("annotator", "a name has 1 to 100 characters"));
        }
        let known = self.store.read(|reader| {
            Ok::<_, AppError>(reader.annotator_named(AnnotatorKind::Human, name, "")?)
        })?;
        let annotator = match known {
            Some(annotator) => annotator,
            None => self.store.write(|writer| {
                let fresh = AnnotatorId::new(fresh());
                Ok::<_, AppError>(writer.ensure_annotator(
                    AnnotatorKind::Human,
                    name,
                    "",
                    fresh,
                    now(),
                )?)
            })?,
        };
        Ok(AnnotatorSession { annotator })
    }

    /// The annotator of this id at work here.
    ///
    /// # Errors
    /// If there is no such person, or they came with imported data.
    pub fn sign_in_again(&self, id: &str) -> Result<AnnotatorSession> {
        let id = parse(id, "annotator")?;
        let annotator = self.store.read(|reader| Ok::<_, AppError>(reader.annotator(id)?))?;
        if annotator.kind != AnnotatorKind::Human || !annotator.scope.is_empty() {
            return Err(AppError::input(
                "annotator",
                format!("{} does not work here", annotator.name),
            ));
        }
        Ok(AnnotatorSession { annotator })
    }

    /// The annotator as front ends show them.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn annotator_view(&self, session: &AnnotatorSession) -> Result<AnnotatorView> {
        let annotator = &session.annotator;
        let judgments =
            self.store.read(|reader| Ok::<_, AppError>(reader.annotated_count(annotator.id)?))?;
        Ok(AnnotatorView {
            id: annotator.id.to_string(),
            kind: annotator.kind.as_str().to_owned(),
            name: annotator.name.clone(),
            pseudonym: annotator.pseudonym.clone(),
            imported: false,
            judgments: judgments as u32,
        })
    }

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
        Ok(Saved { judgment: judgment.to_string(), progress: self.progress(session)? })
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
            let withdrawal = Judgment {
                id: JudgmentId::new(fresh()),
                outcome: Outcome::Withdrawn,
                strength: None,
                confidence: None,
                rationale: None,
                reason_tags: Vec::new(),
                shown_at: None,
                submitted_at: Some(now()),
                active_ms: None,
                supersedes: Some(last.id),
                ..last.clone()
            };
            writer.append_judgment(&withdrawal)?;
            let presentation = present(writer, last.item, session.annotator.id)?;
            let handed = Handed { item: writer.item(last.item)?, presentation };
            Ok::<_, AppError>(Some(comparison_view(&handed, Some(&last))))
        })?;
        let Some(comparison) = undone else { return Ok(None) };
        Ok(Some(Undone { comparison, progress: self.progress(session)? }))
    }

    /// Where the annotator stands.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn progress(&self, session: &AnnotatorSession) -> Result<Progress> {
        let settings = self.settings()?;
        self.store.read(|reader| {
            let annotator = session.annotator.id;
            let done = reader.annotated_count(annotator)?;
            let waiting = reader.queue_length(&scope(reader, session, &settings)?)?;
            let times: Vec<f64> = reader
                .recent_active_ms(annotator, PACE_WINDOW)?
                .into_iter()
                .map(|ms| ms as f64 / 1000.0)
                .collect();
            let pace = tiebreak_stats::median(&times);
            Ok(Progress {
                done: done as u32,
                waiting: waiting as u32,
                seconds_per_judgment: pace,
                seconds_left: pace.map(|pace| pace * waiting as f64),
                can_undo: done > 0,
            })
        })
    }
}

fn scope(
    reader: &Reader<'_>,
    session: &AnnotatorSession,
    settings: &StudySettings,
) -> Result<QueueScope> {
    Ok(QueueScope {
        annotator: session.annotator.id,
        run: reader.current_run()?.map(|run| run.id),
        overlap: settings.overlap,
        lease_start: now() - LEASE,
    })
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
    let outcome = match &input.answer {
        Answer::Preferred { candidate } => {
            Outcome::Preferred(parse::<CandidateId>(candidate, "candidate")?)
        }
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
        .strength
        .map(|strength| {
            Strength::new(strength).map_err(|error| AppError::input("strength", error.to_string()))
        })
        .transpose()?;
    let rationale = input.rationale.as_deref().map(str::trim).filter(|text| !text.is_empty());
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
    Ok(Judgment {
        id: JudgmentId::new(fresh()),
        item,
        annotator: session.annotator.id,
        origin: Origin::Annotated,
        outcome,
        strength,
        confidence: None,
        rationale: rationale.map(str::to_owned),
        reason_tags: Vec::new(),
        shown_order: presentation.order.clone(),
        order_seed: Some(presentation.seed),
        blinded: Some(true),
        shown_at,
        submitted_at: Some(now()),
        active_ms: input.active_ms.map(u64::from),
        supersedes: None,
    })
}

fn comparison_view(handed: &Handed, previous: Option<&Judgment>) -> ComparisonView {
    let turns = |messages: Vec<Message>| {
        messages
            .into_iter()
            .map(|message| TurnView {
                role: message.role.as_str().to_owned(),
                text: message.content,
            })
            .collect()
    };
    let candidates = handed
        .presentation
        .order
        .iter()
        .filter_map(|id| handed.item.candidates.iter().find(|candidate| candidate.id == *id))
        .map(|candidate| CandidateView {
            id: candidate.id.to_string(),
            turns: turns(candidate.content.messages()),
        })
        .collect();
    ComparisonView {
        item: handed.item.id.to_string(),
        ordinal: handed.item.ordinal as u32,
        prompt: turns(handed.item.prompt.messages()),
        context: handed.item.context.clone(),
        candidates,
        previous: previous.and_then(answer_view),
    }
}

fn answer_view(judgment: &Judgment) -> Option<AnswerView> {
    let answer = match judgment.outcome {
        Outcome::Preferred(candidate) => Answer::Preferred { candidate: candidate.to_string() },
        Outcome::Tie => Answer::Tie,
        Outcome::BothBad => Answer::BothBad,
        Outcome::Skipped(reason) => Answer::Skipped { reason: reason.as_str().to_owned() },
        Outcome::Withdrawn => return None,
    };
    Some(AnswerView {
        answer,
        strength: judgment.strength.map(Strength::get),
        rationale: judgment.rationale.clone(),
    })
}

pub(crate) fn parse<T: std::str::FromStr>(text: &str, field: &'static str) -> Result<T> {
    text.parse().map_err(|_| AppError::input(field, format!("{text:?} is no id")))
}
