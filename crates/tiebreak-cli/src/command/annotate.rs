//! `next`, `judge` and `undo`: annotating from scripts and tests.

use std::io::BufRead;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tiebreak_app::view::{
    Answer, AnswerView, AspectAnswerView, AspectView, HighlightView, JudgmentInput, ListenView,
    StepView,
};
use tiebreak_app::{AnnotatorSession, AppError, Handed, Study};
use tiebreak_core::{CandidateId, ItemId};

use super::Result;
use crate::args::{AnswerArg, JudgeArgs};
use crate::failure::Failure;
use crate::output::Output;

/// A judgment as `judge --batch` reads it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchLine {
    item: Option<String>,
    answer: AnswerArg,
    /// Tiers of candidates, the best first.
    #[serde(default)]
    ranking: Vec<Vec<String>>,
    strength: Option<u8>,
    confidence: Option<f64>,
    rationale: Option<String>,
    #[serde(default)]
    reason_tags: Vec<String>,
    #[serde(default)]
    aspects: Vec<AspectView>,
    #[serde(default)]
    highlights: Vec<HighlightView>,
    #[serde(default)]
    steps: Vec<StepView>,
    #[serde(default)]
    listening: Vec<ListenView>,
    #[serde(default)]
    skip_reason: Option<String>,
    shown_at: Option<String>,
    active_ms: Option<u32>,
}

/// A saved judgment.
#[derive(Serialize)]
struct SavedLine {
    judgment: String,
    item: String,
    answer: &'static str,
    preferred: Option<String>,
    done: u32,
    waiting: u32,
}

pub fn next(study: &Study, annotator: &str, count: usize, output: Output) -> Result {
    let session = study.sign_in(annotator)?;
    // Whatever is handed out is kept from others for a while.
    let handed = study.hand_out(&session, count.min(100), &[])?;
    let value: Vec<_> = handed.iter().map(describe_json).collect();
    output.print(&value, || {
        if handed.is_empty() {
            "nothing waits for this annotator; what others were handed in the last half hour is \
             kept for them"
                .to_owned()
        } else {
            handed.iter().map(describe).collect::<Vec<_>>().join("\n\n")
        }
    });
    Ok(())
}

/// System names are left out: they are hidden until the judgment.
fn describe_json(handed: &Handed) -> serde_json::Value {
    let candidates: Vec<_> = shown(handed)
        .map(|(side, candidate)| {
            json!({ "id": candidate.id, "side": side, "content": candidate.content })
        })
        .collect();
    json!({
        "item": handed.item.id,
        "ordinal": handed.item.ordinal,
        "modality": handed.item.modality,
        "prompt": handed.item.prompt,
        "context": handed.item.context,
        "candidates": candidates,
        "order_seed": handed.presentation.seed,
    })
}

fn shown(handed: &Handed) -> impl Iterator<Item = (&'static str, &tiebreak_core::Candidate)> {
    let sides = match handed.presentation.order.len() {
        2 => &["left", "right"][..],
        _ => &["1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th"],
    };
    handed.presentation.order.iter().zip(sides).filter_map(move |(id, side)| {
        let candidate = handed.item.candidates.iter().find(|candidate| candidate.id == *id)?;
        Some((*side, candidate))
    })
}

fn describe(handed: &Handed) -> String {
    let mut text = format!("item {} (#{})\n\n", handed.item.id, handed.item.ordinal);
    if let Some(context) = &handed.item.context {
        text.push_str(&format!("--- context ---\n{context}\n\n"));
    }
    text.push_str(&format!("--- prompt ---\n{}", handed.item.prompt.plain_text()));
    for (side, candidate) in shown(handed) {
        text.push_str(&format!("\n\n--- {side} ---\n"));
        if let Some(media) = candidate.content.media() {
            text.push_str(&format!("[{} {}] ", handed.item.modality.as_str(), media.media.short()));
        }
        text.push_str(&candidate.content.plain_text());
    }
    text
}

pub fn judge(study: &Study, args: &JudgeArgs, output: Output) -> Result {
    let session = study.sign_in(&args.annotator)?;
    if args.batch {
        return batch(study, &session, output);
    }
    let Some(answer) = args.answer else {
        return Err(Failure::new("bad_input", "--answer is needed", None));
    };
    let line = BatchLine {
        item: args.item.clone(),
        answer,
        ranking: args.ranking.as_deref().map(tiers).unwrap_or_default(),
        strength: args.strength,
        confidence: args.confidence,
        rationale: args.rationale.clone(),
        reason_tags: Vec::new(),
        aspects: Vec::new(),
        highlights: Vec::new(),
        steps: Vec::new(),
        listening: Vec::new(),
        skip_reason: Some(args.skip_reason.clone()),
        shown_at: None,
        active_ms: args.active_ms,
    };
    let saved = save(study, &session, line)?;
    output.print(&saved, || {
        format!(
            "saved {} on item {}: {} done, {} waiting",
            saved.answer, saved.item, saved.done, saved.waiting
        )
    });
    Ok(())
}

/// Each line is answered when it is on disk. A bad line is answered with its error and the rest
/// goes on; the command then ends with the error of the first.
fn batch(study: &Study, session: &AnnotatorSession, output: Output) -> Result {
    let mut first_failure = None;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line
            .map_err(|error| Failure::new("bad_input", format!("standard input: {error}"), None))?;
        if line.trim().is_empty() {
            continue;
        }
        let saved = serde_json::from_str::<BatchLine>(&line)
            .map_err(|error| {
                let text = error.to_string();
                let what = text.split(" at line ").next().unwrap_or(&text);
                let message = format!("{what} at column {}", error.column());
                Failure::new("bad_input", message, None)
            })
            .and_then(|line| save(study, session, line));
        let written = match saved {
            Ok(saved) => output.json_line(&saved, false),
            Err(Failure(mut error)) => {
                error.message = format!("line {}: {}", number + 1, error.message);
                let written = output.json_line(&json!({ "error": error }), false);
                first_failure.get_or_insert(Failure(error));
                written
            }
        };
        // Without acknowledgements nobody knows what is saved: better to stop.
        written.map_err(|error| {
            let message = format!("line {}: the answer could not be written: {error}", number + 1);
            Failure::new("io", message, None)
        })?;
    }
    first_failure.map_or(Ok(()), Err)
}

fn save(study: &Study, session: &AnnotatorSession, line: BatchLine) -> Result<SavedLine> {
    let handed = match &line.item {
        Some(name) => study.hand_out_item(session, study.find_item(name)?)?,
        None => study.hand_out(session, 1, &[])?.pop().ok_or_else(|| {
            let message = format!("nothing waits for {}", session.annotator.name);
            let hint = "`tiebreak status` says what is left; what others were handed in the last \
                        half hour is kept for them";
            Failure::new("nothing_waiting", message, Some(hint))
        })?,
    };
    let (answer, preferred) = answer(&line, &handed)?;
    let input = JudgmentInput {
        item: handed.item.id.to_string(),
        given: AnswerView {
            strength: line.strength,
            confidence: line.confidence,
            rationale: line.rationale,
            reason_tags: line.reason_tags,
            aspects: line.aspects,
            highlights: line.highlights,
            steps: line.steps,
            ..AnswerView::new(answer)
        },
        listening: line.listening,
        shown_at: line.shown_at,
        active_ms: line.active_ms,
    };
    let input = with_ids(input, &handed)?;
    let saved = study.submit(session, &input)?;
    Ok(SavedLine {
        judgment: saved.judgment,
        item: input.item,
        answer: match input.given.answer {
            Answer::Preferred { .. } => "preferred",
            Answer::Ranked { .. } => "ranked",
            Answer::Tie => "tie",
            Answer::BothBad => "both_bad",
            Answer::Skipped { .. } => "skipped",
        },
        preferred: preferred.map(|id| id.to_string()),
        done: saved.progress.done,
        waiting: saved.progress.waiting,
    })
}

/// `c,a=b` as tiers of names.
fn tiers(text: &str) -> Vec<Vec<String>> {
    text.split(',')
        .map(|tier| tier.split('=').map(|name| name.trim().to_owned()).collect())
        .collect()
}

fn answer(line: &BatchLine, handed: &Handed) -> Result<(Answer, Option<CandidateId>)> {
    let imported = |place: usize| handed.item.candidates.get(place).map(|c| c.id);
    let preferred = match line.answer {
        AnswerArg::Left => handed.presentation.order.first().copied(),
        AnswerArg::Right => handed.presentation.order.get(1).copied(),
        AnswerArg::A => imported(0),
        AnswerArg::B => imported(1),
        AnswerArg::Rank => return Ok((Answer::Ranked { tiers: line.ranking.clone() }, None)),
        AnswerArg::Tie => return Ok((Answer::Tie, None)),
        AnswerArg::BothBad => return Ok((Answer::BothBad, None)),
        AnswerArg::Skip => {
            let reason = line.skip_reason.clone().unwrap_or_else(|| "unstated".to_owned());
            return Ok((Answer::Skipped { reason }, None));
        }
    };
    let candidate = preferred.ok_or_else(|| no_such(handed, "that answer"))?;
    Ok((Answer::Preferred { candidate: candidate.to_string() }, Some(candidate)))
}

fn no_such(handed: &Handed, name: &str) -> Failure {
    Failure::new("bad_input", format!("item {} has no candidate {name}", handed.item.id), None)
}

/// Puts ids where candidates are named by a letter (`a` is the first as imported), by `left` or
/// `right`; ids stay.
fn with_ids(mut input: JudgmentInput, handed: &Handed) -> Result<JudgmentInput> {
    let mut names: Vec<&mut String> = Vec::new();
    if let Answer::Ranked { tiers } = &mut input.given.answer {
        names.extend(tiers.iter_mut().flatten());
    }
    for aspect in &mut input.given.aspects {
        match &mut aspect.answer {
            AspectAnswerView::Preferred { candidate } => names.push(candidate),
            AspectAnswerView::Tie => {}
            AspectAnswerView::Ratings { ratings } => {
                names.extend(ratings.iter_mut().map(|(candidate, _)| candidate));
            }
        }
    }
    names.extend(input.given.highlights.iter_mut().map(|span| &mut span.candidate));
    names.extend(input.given.steps.iter_mut().map(|step| &mut step.candidate));
    names.extend(input.listening.iter_mut().map(|span| &mut span.candidate));
    for name in names {
        *name = candidate_named(name, handed).ok_or_else(|| no_such(handed, name))?.to_string();
    }
    Ok(input)
}

fn candidate_named(name: &str, handed: &Handed) -> Option<CandidateId> {
    let shown = |place: usize| handed.presentation.order.get(place).copied();
    match name.as_bytes() {
        b"left" => shown(0),
        b"right" => shown(1),
        [letter @ b'a'..=b'j'] => {
            handed.item.candidates.get(usize::from(letter - b'a')).map(|candidate| candidate.id)
        }
        _ => name.parse().ok(),
    }
}

pub fn undo(study: &Study, annotator: &str, output: Output) -> Result {
    let session = study.signed_in_before(annotator)?;
    let undone = study.undo(&session)?;
    let item: Option<ItemId> = undone
        .as_ref()
        .map(|undone| undone.comparison.item.parse())
        .transpose()
        .map_err(|_| AppError::input("item", "has an unreadable id"))?;
    output.print(&json!({ "withdrawn": undone }), || match item {
        Some(item) => format!("took back the judgment of item {item}"),
        None => "there is nothing to take back".to_owned(),
    });
    Ok(())
}
