//! What an item's judgments come to: one verdict from many answers.

use std::collections::HashMap;

use tiebreak_core::{AnnotatorKind, CandidateId, Outcome, Strength};
use tiebreak_store::LiveJudgment;

/// What the answers of an item come to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// One candidate has more votes than any other answer.
    Preferred(Majority),
    /// The item gives no pair, for this reason.
    LeftOut(&'static str),
}

/// A candidate that won, and how.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Majority {
    pub(crate) candidate: CandidateId,
    /// People or AI.
    pub(crate) kind: AnnotatorKind,
    /// Answers counted (skips are none).
    pub(crate) answers: u32,
    /// Share of the answers for the winner, 0 to 1.
    pub(crate) agreement: f64,
    /// Mean strength, 0 to 3, of the winner's votes that carry one.
    pub(crate) strength: Option<f64>,
    /// Mean confidence of the winner's votes that carry one.
    pub(crate) confidence: Option<f64>,
    /// Pseudonyms of those who answered.
    pub(crate) annotators: Vec<String>,
    /// Reasons given by those who voted for the winner.
    pub(crate) rationales: Vec<String>,
}

/// Plurality over preferences, ties and both-bad answers; skips do not count. `none` is the
/// reason for an item without any judgment.
pub(crate) fn verdict(judgments: &[&LiveJudgment], none: &'static str) -> Verdict {
    let answers: Vec<&&LiveJudgment> =
        judgments.iter().filter(|live| live.judgment.outcome.is_answer()).collect();
    if answers.is_empty() {
        return Verdict::LeftOut(if judgments.is_empty() { none } else { "skipped" });
    }
    let mut votes: HashMap<Outcome, u32> = HashMap::new();
    for live in &answers {
        *votes.entry(live.judgment.outcome).or_default() += 1;
    }
    let most = votes.values().copied().max().unwrap_or(0);
    let mut leaders = votes.iter().filter(|(_, n)| **n == most).map(|(outcome, _)| *outcome);
    let winner = match (leaders.next(), leaders.next()) {
        (Some(Outcome::Preferred(candidate)), None) => candidate,
        (Some(Outcome::Tie), None) => return Verdict::LeftOut("tie"),
        (Some(Outcome::BothBad), None) => return Verdict::LeftOut("both bad"),
        _ => return Verdict::LeftOut("no majority"),
    };
    let for_winner: Vec<&&&LiveJudgment> =
        answers.iter().filter(|live| live.judgment.outcome == Outcome::Preferred(winner)).collect();
    let strengths = for_winner.iter().filter_map(|live| {
        live.judgment.strength.map(|strength| f64::from(Strength::get(strength)))
    });
    let confidences = for_winner.iter().filter_map(|live| live.judgment.confidence);
    Verdict::Preferred(Majority {
        candidate: winner,
        kind: for_winner.first().map_or(AnnotatorKind::Human, |live| live.kind),
        answers: answers.len() as u32,
        agreement: f64::from(most) / answers.len() as f64,
        strength: mean(strengths),
        confidence: mean(confidences),
        annotators: answers.iter().map(|live| live.pseudonym.clone()).collect(),
        rationales: for_winner.iter().filter_map(|live| live.judgment.rationale.clone()).collect(),
    })
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0_u32);
    for value in values {
        sum += value;
        n += 1;
    }
    (n > 0).then(|| sum / f64::from(n))
}

#[cfg(test)]
mod tests {
    use tiebreak_core::{AnnotatorId, ItemId, Judgment, JudgmentId, Origin, SkipReason};
    use uuid::Uuid;

    use super::*;

    fn candidate(n: u128) -> CandidateId {
        CandidateId::new(Uuid::from_u128(n))
    }

    fn live(outcome: Outcome, strength: Option<u8>) -> LiveJudgment {
        LiveJudgment {
            judgment: Judgment {
                strength: strength.map(|s| Strength::new(s).unwrap()),
                ..Judgment::new(
                    JudgmentId::new(Uuid::from_u128(1)),
                    ItemId::new(Uuid::from_u128(1)),
                    AnnotatorId::new(Uuid::from_u128(1)),
                    Origin::Annotated,
                    outcome,
                )
            },
            kind: AnnotatorKind::Human,
            pseudonym: "annotator-1".to_owned(),
        }
    }

    #[test]
    fn verdicts() {
        let a = Outcome::Preferred(candidate(1));
        let b = Outcome::Preferred(candidate(2));
        let skip = Outcome::Skipped(SkipReason::Unstated);
        let (tie, bad) = (Outcome::Tie, Outcome::BothBad);
        for (outcomes, expected) in [
            (vec![], Err("waiting")),
            (vec![skip], Err("skipped")),
            (vec![a], Ok((candidate(1), 1.0))),
            (vec![a, skip], Ok((candidate(1), 1.0))),
            (vec![a, b, a], Ok((candidate(1), 2.0 / 3.0))),
            (vec![a, b], Err("no majority")),
            (vec![a, tie], Err("no majority")),
            (vec![tie, tie, a], Err("tie")),
            (vec![bad], Err("both bad")),
            (vec![b, tie, bad, b], Ok((candidate(2), 0.5))),
        ] {
            let judgments: Vec<_> = outcomes.iter().map(|o| live(*o, None)).collect();
            let found = match verdict(&judgments.iter().collect::<Vec<_>>(), "waiting") {
                Verdict::Preferred(majority) => Ok((majority.candidate, majority.agreement)),
                Verdict::LeftOut(reason) => Err(reason),
            };
            assert_eq!(found, expected, "{outcomes:?}");
        }
    }

    #[test]
    fn strength_is_the_mean_of_the_winners_votes_that_carry_one() {
        let (a, b) = (Outcome::Preferred(candidate(1)), Outcome::Preferred(candidate(2)));
        let judgments = [live(a, Some(3)), live(a, Some(2)), live(a, None), live(b, Some(1))];
        let Verdict::Preferred(majority) = verdict(&judgments.iter().collect::<Vec<_>>(), "")
        else {
            panic!("a majority");
        };
        assert_eq!(majority.strength, Some(2.5));
        assert_eq!(majority.agreement, 0.75);
    }
}
