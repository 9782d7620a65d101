//! A comparison as front ends show it: sides in place, no system names.

use tiebreak_core::{Judgment, Message, Outcome, Strength};

use crate::compare::Handed;
use crate::view::{Answer, AnswerView, CandidateView, ComparisonView, TurnView};

pub(crate) fn comparison_view(handed: &Handed, previous: Option<&Judgment>) -> ComparisonView {
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
            media: None,
            steps: None,
            system: None,
        })
        .collect();
    ComparisonView {
        item: handed.item.id.to_string(),
        ordinal: handed.item.ordinal as u32,
        modality: handed.item.modality.as_str().to_owned(),
        prompt: turns(handed.item.prompt.messages()),
        context: handed.item.context.clone(),
        candidates,
        loudness: None,
        preceding: None,
        previous: previous.and_then(answer_view),
    }
}

fn answer_view(judgment: &Judgment) -> Option<AnswerView> {
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
        strength: judgment.strength.map(Strength::get),
        confidence: judgment.confidence,
        rationale: judgment.rationale.clone(),
        reason_tags: judgment.reason_tags.clone(),
        ..AnswerView::new(answer)
    })
}
