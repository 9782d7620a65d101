//! A judgment as front ends show it to who gave it.

use tiebreak_core::{AspectAnswer, Judgment, Outcome, Strength};

use crate::view::{Answer, AnswerView, AspectAnswerView, AspectView, HighlightView, StepView};

/// What was answered; `None` for a withdrawal.
pub(crate) fn answer_view(judgment: &Judgment) -> Option<AnswerView> {
    let answer = match judgment.outcome {
        Outcome::Preferred(candidate) => Answer::Preferred { candidate: candidate.to_string() },
        Outcome::Ranked => Answer::Ranked {
            tiers: judgment
                .ranking
                .iter()
                .flat_map(|ranking| &ranking.tiers)
                .map(|tier| tier.iter().map(ToString::to_string).collect())
                .collect(),
        },
        Outcome::Tie => Answer::Tie,
        Outcome::BothBad => Answer::BothBad,
        Outcome::Skipped(reason) => Answer::Skipped { reason: reason.as_str().to_owned() },
        Outcome::Withdrawn => return None,
    };
    Some(AnswerView {
        answer,
        strength: judgment.strength.map(Strength::get),
        confidence: judgment.confidence,
        rationale: judgment.rationale.clone(),
        reason_tags: judgment.reason_tags.clone(),
        aspects: judgment
            .aspects
            .iter()
            .map(|aspect| AspectView {
                aspect: aspect.aspect.clone(),
                answer: aspect_answer(&aspect.answer),
                reasons: aspect.reason_tags.clone(),
            })
            .collect(),
        highlights: judgment
            .highlights
            .iter()
            .map(|span| HighlightView {
                candidate: span.candidate.to_string(),
                turn: span.turn,
                start: span.start,
                end: span.end,
                good: span.good,
                reason: span.reason.clone(),
            })
            .collect(),
        steps: judgment
            .steps
            .iter()
            .map(|mark| StepView {
                candidate: mark.candidate.to_string(),
                first_wrong: mark.first_wrong,
            })
            .collect(),
    })
}

fn aspect_answer(answer: &AspectAnswer) -> AspectAnswerView {
    match answer {
        AspectAnswer::Preferred(candidate) => {
            AspectAnswerView::Preferred { candidate: candidate.to_string() }
        }
        AspectAnswer::Tie => AspectAnswerView::Tie,
        AspectAnswer::Ratings(ratings) => AspectAnswerView::Ratings {
            ratings: ratings.iter().map(|(id, rating)| (id.to_string(), rating.get())).collect(),
        },
    }
}
