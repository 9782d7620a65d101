//! `next`, `judge` and `undo`: annotating from scripts and tests.

use std::io::BufRead;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tiebreak_app::view::{Answer, JudgmentInput};
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
    strength: Option<u8>,
    rationale: Option<String>,
    #[serde(default)]
    skip_reason: Option<String>,
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
        "prompt": handed.item.prompt,
        "context": handed.item.context,
        "candidates": candidates,
        "order_seed": handed.presentation.seed,
    })
}

fn shown(handed: &Handed) -> impl Iterator<Item = (&'static str, &tiebreak_core::Candidate)> {
    let sides = ["left", "right"];
    handed.presentation.order.iter().enumerate().filter_map(move |(place, id)| {
        let candidate = handed.item.candidates.iter().find(|candidate| candidate.id == *id)?;
        Some((sides.get(place).copied().unwrap_or("further right"), candidate))
    })
}

fn describe(handed: &Handed) -> String {
    let mut text = format!("item {} (#{})\n\n", handed.item.id, handed.item.ordinal);
    if let Some(context) = &handed.item.context {
        text.push_str(&format!("--- context ---\n{context}\n\n"));
    }
    text.push_str(&format!("--- prompt ---\n{}", handed.item.prompt.plain_text()));
    for (side, candidate) in shown(handed) {
        text.push_str(&format!("\n\n--- {side} ---\n{}", candidate.content.plain_text()));
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
        strength: args.strength,
        rationale: args.rationale.clone(),
        skip_reason: Some(args.skip_reason.clone()),
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
        answer,
        strength: line.strength,
        rationale: line.rationale,
        shown_at: None,
        active_ms: line.active_ms,
    };
    let saved = study.submit(session, &input)?;
    Ok(SavedLine {
        judgment: saved.judgment,
        item: input.item,
        answer: match input.answer {
            Answer::Preferred { .. } => "preferred",
            Answer::Tie => "tie",
            Answer::BothBad => "both_bad",
            Answer::Skipped { .. } => "skipped",
        },
        preferred: preferred.map(|id| id.to_string()),
        done: saved.progress.done,
        waiting: saved.progress.waiting,
    })
}

fn answer(line: &BatchLine, handed: &Handed) -> Result<(Answer, Option<CandidateId>)> {
    let imported = |place: usize| handed.item.candidates.get(place).map(|c| c.id);
    let preferred = match line.answer {
        AnswerArg::Left => handed.presentation.order.first().copied(),
        AnswerArg::Right => handed.presentation.order.get(1).copied(),
        AnswerArg::A => imported(0),
        AnswerArg::B => imported(1),
        AnswerArg::Tie => return Ok((Answer::Tie, None)),
        AnswerArg::BothBad => return Ok((Answer::BothBad, None)),
        AnswerArg::Skip => {
            let reason = line.skip_reason.clone().unwrap_or_else(|| "unstated".to_owned());
            return Ok((Answer::Skipped { reason }, None));
        }
    };
    let candidate = preferred.ok_or_else(|| {
        Failure::new("bad_input", format!("item {} has no such answer", handed.item.id), None)
    })?;
    Ok((Answer::Preferred { candidate: candidate.to_string() }, Some(candidate)))
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
