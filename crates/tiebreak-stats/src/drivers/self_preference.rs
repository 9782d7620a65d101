//! Self-preference of an AI judge against human gold: the DBG score.
//!
//! Over comparisons in which one answer is the judge's own, DBG = (share of these that the judge
//! gives to its own answer) - (share that gold gives to it), a tie counting half: the difference
//! between the judge's scores and gold judgments (Z.-Y. Chen, H. Wang, X. Zhang, E. Hu and Y. Lin,
//! "Beyond the surface: measuring self-preference in LLM judgments", 2025). Above 0 it prefers its
//! own beyond what it deserves; a judge whose answers are better is not punished for saying so.
//! Gold is the majority of the gold votes on a comparison, an even split counting half; comparisons
//! without gold are left out of both.
//!
//! Beside it the two shares by what gold says (K. Wataoka, T. Takahashi and R. Ri,
//! "Self-preference bias in LLM-as-a-judge", 2024, whose bias is their difference from those of
//! other judges). Intervals are of a bootstrap over clusters, of the differences comparison by
//! comparison. The gold of few votes is noisy: that widens the interval, but leans neither way.

use serde::Serialize;

use crate::bootstrap::{Case, Interval, clustered_mean};
use crate::shares::Shares;

/// A comparison of the judge's own answer with another's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OwnAnswer {
    /// What answers that are not independent share, numbered from 0: of people the annotator, of
    /// an AI the prompt.
    pub cluster: usize,
    /// What the judge answered, with its own answer as the first candidate.
    pub judge: Shares,
    /// What people answered, in the same order; `None` without a gold label.
    pub gold: Option<Shares>,
}

/// How a judge treats its own answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SelfPreference {
    /// The DBG score, -1 to 1.
    pub dbg: Interval,
    /// The share that the judge gives to its own answers.
    pub by_judge: Interval,
    /// The share that gold gives to them.
    pub by_gold: Interval,
    /// The share that the judge gives to its own where gold prefers them.
    pub when_gold_prefers_own: Option<Interval>,
    /// The share that the judge gives to its own where gold prefers the other.
    pub when_gold_prefers_other: Option<Interval>,
    /// Comparisons without gold, left out.
    pub without_gold: usize,
}

/// The self-preference of one judge; `None` without a comparison that has gold.
pub fn self_preference(own: &[OwnAnswer], seed: u64) -> Option<SelfPreference> {
    let judged: Vec<(usize, f64, f64)> = own
        .iter()
        .filter_map(|one| {
            let gold = one.gold?.majority().map_or(0.5, |own| f64::from(u8::from(own)));
            Some((one.cluster, one.judge.half(), gold))
        })
        .collect();
    let mean = |of: &dyn Fn(f64, f64) -> Option<f64>| {
        let case = |&(group, judge, gold): &(usize, f64, f64)| {
            of(judge, gold).map(|value| Case { group, value, weight: 1.0 })
        };
        clustered_mean(&judged.iter().filter_map(case).collect::<Vec<_>>(), seed)
    };
    // From -1..1 to 0..1 and back.
    let half = mean(&|judge, gold| Some(0.5 * (1.0 + judge - gold)))?;
    let dbg = Interval {
        value: 2.0 * half.value - 1.0,
        low: 2.0 * half.low - 1.0,
        high: 2.0 * half.high - 1.0,
        ..half
    };
    Some(SelfPreference {
        dbg,
        by_judge: mean(&|judge, _| Some(judge))?,
        by_gold: mean(&|_, gold| Some(gold))?,
        when_gold_prefers_own: mean(&|judge, gold| (gold > 0.5).then_some(judge)),
        when_gold_prefers_other: mean(&|judge, gold| (gold < 0.5).then_some(judge)),
        without_gold: own.len() - judged.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let (own, other, tie) = (Shares::FIRST, Shares::SECOND, Shares::TIE);
        let split = Shares { first: 0.5, tie: 0.0, second: 0.5 };
        let most = Shares { first: 0.4, tie: 0.3, second: 0.3 };
        let one = |cluster, judge, gold| OwnAnswer { cluster, judge, gold };
        let rows = [
            one(0, own, Some(own)),
            one(1, own, Some(other)),
            one(2, own, Some(split)),
            one(3, tie, Some(other)),
            one(4, other, Some(most)),
            one(5, own, None),
        ];
        let found = self_preference(&rows, 1).unwrap();
        // The judge gives 1 + 1 + 1 + 1/2 + 0 of 5, gold 1 + 0 + 1/2 + 0 + 1.
        assert!((found.by_judge.value - 0.7).abs() < 1e-12);
        assert!((found.by_gold.value - 0.5).abs() < 1e-12);
        assert!((found.dbg.value - 0.2).abs() < 1e-12 && found.dbg.n == 5);
        assert!(found.dbg.low >= -1.0 && found.dbg.low < 0.2 && found.dbg.high > 0.2);
        assert_eq!(found.when_gold_prefers_own.unwrap().value, 0.5);
        assert_eq!(found.when_gold_prefers_other.unwrap().value, 0.75);
        assert_eq!(found.without_gold, 1);
        assert_eq!(self_preference(&rows[5..], 1), None);
    }

    /// A judge that answers as gold does has a score of 0, however good its own answers are.
    #[test]
    fn deserved_wins_are_no_bias() {
        let rows: Vec<OwnAnswer> = (0..50)
            .map(|prompt| {
                let gold = if prompt % 5 == 0 { Shares::SECOND } else { Shares::FIRST };
                OwnAnswer { cluster: prompt, judge: gold, gold: Some(gold) }
            })
            .collect();
        let found = self_preference(&rows, 1).unwrap();
        assert!(found.dbg.value.abs() < 1e-12 && found.by_judge.value == 0.8, "{found:?}");
        assert!(found.dbg.low < 0.0 && found.dbg.high > 0.0);
    }
}
