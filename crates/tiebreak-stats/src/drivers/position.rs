//! Position bias: how often what is shown first (left) is preferred, whatever it is; and whether a
//! judge who sees the same pair again with sides swapped prefers the same candidate.
//!
//! Sides are random, so that without a bias the first wins half of the decided answers. Of swapped
//! repeats in which both answers prefer one, the share that names the same candidate, the same
//! first side and the same second side are told apart (L. Zheng et al., "Judging LLM-as-a-judge
//! with MT-Bench and Chatbot Arena", 2023, section 3.3 and table 2: consistency, biased toward
//! first, biased toward second; P. Wang et al., "Large language models are not fair evaluators",
//! 2023). A judge with a bias to the first is more consistent where the first answer names the
//! second side: hence the conditional shares. Intervals are of a bootstrap over clusters.

use serde::Serialize;

use crate::bootstrap::{Case, Interval, clustered_mean};
use crate::shares::{Shares, Vote};

/// An answer by position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// What answers that are not independent share, numbered from 0: of people the annotator, of
    /// an AI the prompt.
    pub cluster: usize,
    /// What was preferred: the candidate shown first (left), the second, or neither.
    pub vote: Vote,
}

/// How a judge leans to a position.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PositionBias {
    /// The share of the first among answers that prefer one; one half is no bias.
    pub first: Option<Interval>,
    /// The share of the first with ties counted half.
    pub first_with_ties: Option<Interval>,
    /// Answers.
    pub n: usize,
    /// Ties among them.
    pub ties: usize,
}

/// Two answers of one judge on the same pair, the sides of the second showing swapped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwappedPair {
    /// What answers that are not independent share, numbered from 0: of people the annotator, of
    /// an AI the prompt.
    pub cluster: usize,
    /// The first answer, by the position then.
    pub before: Vote,
    /// The answer after the swap, by the position then.
    pub after: Vote,
}

/// What swapped repeats say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Consistency {
    /// Among repeats in which both answers prefer one: the same candidate.
    pub consistent: Option<Interval>,
    /// The same first side, and so different candidates.
    pub both_first: Option<Interval>,
    /// The same second side.
    pub both_second: Option<Interval>,
    /// The same candidate, given that the first answer named the first side.
    pub consistent_given_first: Option<Interval>,
    /// The same candidate, given that the first answer named the second side.
    pub consistent_given_second: Option<Interval>,
    /// Among all repeats: the same candidate, or a tie both times.
    pub same_answer: Option<Interval>,
    /// Repeats.
    pub n: usize,
    /// Repeats in which both answers prefer one.
    pub decided: usize,
}

/// The position bias of one judge's answers.
pub fn position_bias(answers: &[Shown], seed: u64) -> PositionBias {
    let case = |shown: &Shown| {
        let value = Shares::from(shown.vote).half();
        Case { group: shown.cluster, value, weight: 1.0 }
    };
    let is_tie = |shown: &&Shown| shown.vote == Vote::Tie;
    let decided: Vec<Case> = answers.iter().filter(|shown| !is_tie(shown)).map(case).collect();
    let all: Vec<Case> = answers.iter().map(case).collect();
    PositionBias {
        first: clustered_mean(&decided, seed),
        first_with_ties: clustered_mean(&all, seed),
        n: answers.len(),
        ties: answers.len() - decided.len(),
    }
}

/// The consistency of one judge on swapped repeats.
pub fn consistency(repeats: &[SwappedPair], seed: u64) -> Consistency {
    let decided = |pair: &SwappedPair| pair.before != Vote::Tie && pair.after != Vote::Tie;
    let mean = |used: &dyn Fn(&SwappedPair) -> bool, hit: &dyn Fn(&SwappedPair) -> bool| {
        let case = |pair: &SwappedPair| Case {
            group: pair.cluster,
            value: f64::from(u8::from(hit(pair))),
            weight: 1.0,
        };
        let used: Vec<Case> = repeats.iter().filter(|pair| used(pair)).map(case).collect();
        clustered_mean(&used, seed)
    };
    let same = |pair: &SwappedPair| {
        // The same candidate is on the other side.
        matches!(
            (pair.before, pair.after),
            (Vote::First, Vote::Second) | (Vote::Second, Vote::First)
        )
    };
    let both = |vote: Vote| move |pair: &SwappedPair| (pair.before, pair.after) == (vote, vote);
    let given = |vote: Vote| move |pair: &SwappedPair| decided(pair) && pair.before == vote;
    Consistency {
        consistent: mean(&decided, &same),
        both_first: mean(&decided, &both(Vote::First)),
        both_second: mean(&decided, &both(Vote::Second)),
        consistent_given_first: mean(&given(Vote::First), &same),
        consistent_given_second: mean(&given(Vote::Second), &same),
        same_answer: mean(&|_| true, &|pair| same(pair) || both(Vote::Tie)(pair)),
        n: repeats.len(),
        decided: repeats.iter().filter(|pair| decided(pair)).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOTES: [Vote; 3] = [Vote::First, Vote::Tie, Vote::Second];

    #[test]
    fn by_hand() {
        let shown = |cluster, vote: usize| Shown { cluster, vote: VOTES[vote] };
        let some = [shown(0, 0), shown(1, 0), shown(2, 0), shown(3, 2), shown(4, 1)];
        let found = position_bias(&some, 1);
        assert_eq!((found.first.unwrap().value, found.ties, found.n), (0.75, 1, 5));
        assert!((found.first_with_ties.unwrap().value - 0.7).abs() < 1e-12);
        let none = position_bias(&[shown(0, 1)], 1);
        assert_eq!((none.first, none.ties), (None, 1));
        assert_eq!(none.first_with_ties.unwrap().value, 0.5);

        let pair = |cluster, (before, after): (usize, usize)| SwappedPair {
            cluster,
            before: VOTES[before],
            after: VOTES[after],
        };
        let repeats: Vec<SwappedPair> =
            [(0, 2), (2, 0), (2, 0), (0, 0), (0, 0), (2, 2), (1, 1), (0, 1)]
                .into_iter()
                .enumerate()
                .map(|(prompt, votes)| pair(prompt, votes))
                .collect();
        let found = consistency(&repeats, 1);
        let value = |interval: Option<Interval>| interval.unwrap().value;
        assert_eq!((found.n, found.decided), (8, 6));
        for (found, expected) in [
            (found.consistent, 0.5),
            (found.both_first, 1.0 / 3.0),
            (found.both_second, 1.0 / 6.0),
            (found.consistent_given_first, 1.0 / 3.0),
            (found.consistent_given_second, 2.0 / 3.0),
            (found.same_answer, 0.5),
        ] {
            assert!((value(found) - expected).abs() < 1e-12, "{found:?} {expected}");
        }
        assert_eq!(consistency(&[], 1).same_answer, None);
    }
}
