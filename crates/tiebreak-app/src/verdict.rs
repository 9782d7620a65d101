//! What an item's judgments come to: for each pair of its candidates, one verdict from many
//! answers.

use std::collections::HashMap;

use tiebreak_core::{AnnotatorKind, CandidateId, Judgment, Outcome, Strength};
use tiebreak_store::LiveJudgment;

/// What the answers of an item come to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// Pairs of which one candidate has more votes than the other; at least one.
    Preferred(Vec<Majority>),
    /// The item gives no pair, for this reason.
    LeftOut(&'static str),
}

/// A pair with a winner, and how it won.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Majority {
    pub(crate) chosen: CandidateId,
    pub(crate) rejected: CandidateId,
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

/// What one answer says of two candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PairVote {
    /// The first is better.
    First,
    /// The second is better.
    Second,
    /// They are as good as each other.
    Tie,
    /// Neither is acceptable.
    BothBad,
}

/// What a judgment says of two candidates; `None` where it says nothing of both. Who prefers one
/// of several candidates prefers it over each other one.
pub(crate) fn pair_vote(
    judgment: &Judgment,
    first: CandidateId,
    second: CandidateId,
) -> Option<PairVote> {
    match (judgment.outcome, &judgment.ranking) {
        (Outcome::Preferred(candidate), _) if candidate == first => Some(PairVote::First),
        (Outcome::Preferred(candidate), _) if candidate == second => Some(PairVote::Second),
        (Outcome::Ranked, Some(ranking)) => {
            Some(match ranking.tier(first)?.cmp(&ranking.tier(second)?) {
                std::cmp::Ordering::Less => PairVote::First,
                std::cmp::Ordering::Equal => PairVote::Tie,
                std::cmp::Ordering::Greater => PairVote::Second,
            })
        }
        (Outcome::Tie, _) => Some(PairVote::Tie),
        (Outcome::BothBad, _) => Some(PairVote::BothBad),
        _ => None,
    }
}

/// The verdicts on an item's pairs. Of two candidates, plurality over preferences, ties and
/// both-bad answers. Of more, each pair by itself, the majority of those who put one before the
/// other: ties and unranked candidates are no vote. Majorities of several annotators may then run
/// in a circle (Condorcet's paradox); each pair is given as it stands. Skips never count. `none`
/// is the reason for an item without any judgment.
pub(crate) fn verdict(
    judgments: &[&LiveJudgment],
    candidates: &[CandidateId],
    none: &'static str,
) -> Verdict {
    let answers: Vec<&LiveJudgment> =
        judgments.iter().filter(|live| live.judgment.outcome.is_answer()).copied().collect();
    if answers.is_empty() {
        return Verdict::LeftOut(if judgments.is_empty() { none } else { "skipped" });
    }
    let (mut pairs, mut reason) = (Vec::new(), None);
    for (place, &first) in candidates.iter().enumerate() {
        for &second in &candidates[place + 1..] {
            match of_pair(&answers, first, second, candidates.len() > 2) {
                Ok(majority) => pairs.push(majority),
                // A tie is the reason only if there is nothing but ties, and so on.
                Err(why) if reason.is_none_or(|reason| reason == why) => reason = Some(why),
                Err(_) => reason = Some("no majority"),
            }
        }
    }
    if pairs.is_empty() {
        return Verdict::LeftOut(reason.unwrap_or("only one candidate"));
    }
    Verdict::Preferred(pairs)
}

fn of_pair(
    answers: &[&LiveJudgment],
    first: CandidateId,
    second: CandidateId,
    orders_only: bool,
) -> Result<Majority, &'static str> {
    let mut votes: Vec<(&LiveJudgment, PairVote)> = answers
        .iter()
        .filter_map(|live| Some((*live, pair_vote(&live.judgment, first, second)?)))
        .collect();
    let winner = plurality(&votes);
    if orders_only {
        votes.retain(|(_, vote)| matches!(vote, PairVote::First | PairVote::Second));
    }
    let winner = if orders_only && !votes.is_empty() { plurality(&votes) } else { winner };
    let (chosen, rejected) = match winner {
        Some(PairVote::First) => (first, second),
        Some(PairVote::Second) => (second, first),
        Some(PairVote::Tie) => return Err("tie"),
        Some(PairVote::BothBad) => return Err("both bad"),
        None => return Err("no majority"),
    };
    let for_winner: Vec<&LiveJudgment> =
        votes.iter().filter(|(_, vote)| Some(*vote) == winner).map(|(live, _)| *live).collect();
    let strengths = for_winner.iter().filter_map(|live| {
        live.judgment.strength.map(|strength| f64::from(Strength::get(strength)))
    });
    let confidences = for_winner.iter().filter_map(|live| live.judgment.confidence);
    Ok(Majority {
        chosen,
        rejected,
        kind: for_winner.first().map_or(AnnotatorKind::Human, |live| live.kind),
        answers: votes.len() as u32,
        agreement: for_winner.len() as f64 / votes.len() as f64,
        strength: mean(strengths),
        confidence: mean(confidences),
        annotators: votes.iter().map(|(live, _)| live.pseudonym.clone()).collect(),
        rationales: for_winner.iter().filter_map(|live| live.judgment.rationale.clone()).collect(),
    })
}

/// The vote with more voices than any other.
fn plurality(votes: &[(&LiveJudgment, PairVote)]) -> Option<PairVote> {
    let mut counts: HashMap<PairVote, u32> = HashMap::new();
    for (_, vote) in votes {
        *counts.entry(*vote).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    let mut leaders = counts.iter().filter(|(_, n)| **n == most).map(|(vote, _)| *vote);
    match (leaders.next(), leaders.next()) {
        (Some(winner), None) => Some(winner),
        _ => None,
    }
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
mod tests;
