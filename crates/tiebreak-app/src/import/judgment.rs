//! What an imported judgment becomes in the study, with everything that it says.

use tiebreak_core::{
    AnnotatorId, AspectAnswer, AspectJudgment, CandidateId, ItemId, Judgment, JudgmentId,
    ListenSpan, Origin, Outcome, Ranking, SpanHighlight, StepMark,
};
use tiebreak_exchange::{ImportedAspect, ImportedAspectAnswer, ImportedJudgment, ImportedOutcome};

use crate::AppError;
use crate::error::Result;

/// The judgment on an item whose candidates, in the order of the row, are `candidates`.
pub(super) fn judgment(
    imported: &ImportedJudgment,
    id: JudgmentId,
    item: ItemId,
    annotator: AnnotatorId,
    candidates: &[CandidateId],
) -> Result<Judgment> {
    let at = |position: u32| {
        candidates.get(position as usize).copied().ok_or_else(|| {
            AppError::input("preferred", format!("there is no candidate {position}"))
        })
    };
    let mut ranking = None;
    let outcome = match &imported.preferred {
        ImportedOutcome::Candidate(position) => Outcome::Preferred(at(*position)?),
        ImportedOutcome::Ranked(tiers) => {
            let tiers = tiers
                .iter()
                .map(|tier| tier.iter().map(|position| at(*position)).collect())
                .collect::<Result<_>>()?;
            ranking = Some(Ranking { tiers });
            Outcome::Ranked
        }
        ImportedOutcome::Tie => Outcome::Tie,
        ImportedOutcome::BothBad => Outcome::BothBad,
        ImportedOutcome::Skipped(reason) => Outcome::Skipped(*reason),
        ImportedOutcome::Withdrawn => Outcome::Withdrawn,
    };
    let detail = &imported.detail;
    let highlights = detail.highlights.iter().map(|span| {
        Ok(SpanHighlight {
            candidate: at(span.candidate)?,
            turn: span.turn,
            start: span.start,
            end: span.end,
            good: span.good,
            reason: span.reason.clone(),
        })
    });
    let steps = detail
        .steps
        .iter()
        .map(|step| Ok(StepMark { candidate: at(step.candidate)?, first_wrong: step.first_wrong }));
    let listening = detail.listening.iter().map(|span| {
        let candidate = at(span.candidate)?;
        Ok(ListenSpan { candidate, from_ms: span.from_ms, to_ms: span.to_ms, at: span.at })
    });
    Ok(Judgment {
        strength: imported.strength.filter(|_| matches!(outcome, Outcome::Preferred(_))),
        confidence: imported.confidence,
        rationale: imported.rationale.clone(),
        submitted_at: imported.submitted_at,
        ranking,
        reason_tags: detail.reason_tags.clone(),
        aspects: detail.aspects.iter().map(|one| aspect(one, at)).collect::<Result<_>>()?,
        highlights: highlights.collect::<Result<_>>()?,
        steps: steps.collect::<Result<_>>()?,
        listening: listening.collect::<Result<_>>()?,
        shown_order: shown_order(&detail.shown_order, candidates),
        order_seed: detail.order_seed,
        blinded: detail.blinded,
        shown_at: detail.shown_at,
        active_ms: detail.active_ms,
        ..Judgment::new(id, item, annotator, Origin::Imported, outcome)
    })
}

fn aspect(
    imported: &ImportedAspect,
    at: impl Fn(u32) -> Result<CandidateId>,
) -> Result<AspectJudgment> {
    let answer = match &imported.answer {
        ImportedAspectAnswer::Preferred(position) => AspectAnswer::Preferred(at(*position)?),
        ImportedAspectAnswer::Tie => AspectAnswer::Tie,
        ImportedAspectAnswer::Ratings(ratings) => AspectAnswer::Ratings(
            ratings
                .iter()
                .map(|(position, rating)| Ok((at(*position)?, *rating)))
                .collect::<Result<_>>()?,
        ),
    };
    let reason_tags = imported.reason_tags.clone();
    Ok(AspectJudgment { aspect: imported.aspect.clone(), answer, reason_tags })
}

/// The order shown; empty, as where it is not known, if a file that could not be used has left a
/// gap in it.
fn shown_order(positions: &[u32], candidates: &[CandidateId]) -> Vec<CandidateId> {
    let order: Vec<CandidateId> =
        positions.iter().filter_map(|&at| candidates.get(at as usize).copied()).collect();
    if order.len() == candidates.len() { order } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use tiebreak_core::{AnnotatorKind, Rating};
    use tiebreak_exchange::{ImportedAnnotator, ImportedDetail, ImportedHighlight};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn candidates_are_named_by_their_places() {
        let candidates = [1, 2].map(|n| CandidateId::new(Uuid::from_u128(n)));
        let kind = AnnotatorKind::Human;
        let who = ImportedAnnotator { kind, name: "a".to_owned(), scope: "s".to_owned() };
        let five = Rating::new(5).unwrap();
        let detail = ImportedDetail {
            aspects: vec![ImportedAspect {
                aspect: "depth".to_owned(),
                answer: ImportedAspectAnswer::Ratings(vec![(1, five)]),
                reason_tags: vec!["short".to_owned()],
            }],
            highlights: vec![ImportedHighlight {
                candidate: 0,
                turn: 0,
                start: 2,
                end: 4,
                good: true,
                reason: None,
            }],
            shown_order: vec![1, 0],
            ..ImportedDetail::default()
        };
        let outcome = ImportedOutcome::Candidate(1);
        let imported = ImportedJudgment { detail, ..ImportedJudgment::new(who, outcome) };
        let (item, by) = (ItemId::new(Uuid::from_u128(3)), AnnotatorId::new(Uuid::from_u128(4)));
        let id = JudgmentId::new(Uuid::from_u128(5));
        let made = judgment(&imported, id, item, by, &candidates).unwrap();
        assert_eq!(made.outcome, Outcome::Preferred(candidates[1]));
        assert_eq!(made.aspects[0].answer, AspectAnswer::Ratings(vec![(candidates[1], five)]));
        assert_eq!(made.highlights[0].candidate, candidates[0]);
        assert_eq!(made.shown_order, [candidates[1], candidates[0]]);
        assert!(made.check(&candidates).is_ok());
        assert!(judgment(&imported, id, item, by, &candidates[..1]).is_err());
    }
}
