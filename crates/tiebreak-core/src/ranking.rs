//! An order of three and more candidates, with ties and with some left unranked.

use serde::{Deserialize, Serialize};

use crate::CandidateId;

/// Candidates from best to worst. Those of one tier are tied; those in no tier are unranked, and
/// nothing is said about them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ranking {
    /// The tiers, the best first.
    pub tiers: Vec<Vec<CandidateId>>,
}

/// What a ranking says of two candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankedPair {
    /// The better one.
    pub better: CandidateId,
    /// The worse one.
    pub worse: CandidateId,
    /// By how many tiers they differ, at least 1.
    pub tiers_apart: usize,
}

impl Ranking {
    /// The number of candidates that have a place.
    pub fn ranked(&self) -> usize {
        self.tiers.iter().map(Vec::len).sum()
    }

    /// The place of a candidate: 0 is the best tier; `None` if it is unranked.
    pub fn tier(&self, candidate: CandidateId) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.contains(&candidate))
    }

    /// Every pair that the ranking puts in order: ties and unranked candidates give none.
    pub fn pairs(&self) -> Vec<RankedPair> {
        let mut pairs = Vec::new();
        for (upper, tier) in self.tiers.iter().enumerate() {
            for (lower, worse_tier) in self.tiers.iter().enumerate().skip(upper + 1) {
                for &better in tier {
                    for &worse in worse_tier {
                        pairs.push(RankedPair { better, worse, tiers_apart: lower - upper });
                    }
                }
            }
        }
        pairs
    }

    /// Whether each candidate is named at most once, no tier is empty, and at least two
    /// candidates have a place.
    pub fn is_sound(&self, candidates: &[CandidateId]) -> bool {
        let mut named: Vec<CandidateId> = self.tiers.iter().flatten().copied().collect();
        let count = named.len();
        named.sort_unstable();
        named.dedup();
        count >= 2
            && named.len() == count
            && self.tiers.iter().all(|tier| !tier.is_empty())
            && named.iter().all(|candidate| candidates.contains(candidate))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id(n: u8) -> CandidateId {
        CandidateId::new(Uuid::from_u128(u128::from(n)))
    }

    fn ranking(tiers: &[&[u8]]) -> Ranking {
        Ranking { tiers: tiers.iter().map(|t| t.iter().map(|n| id(*n)).collect()).collect() }
    }

    #[test]
    fn pairs_leave_out_ties_and_unranked_candidates() {
        let pairs: Vec<_> = ranking(&[&[3], &[1, 2], &[4]])
            .pairs()
            .into_iter()
            .map(|pair| (pair.better, pair.worse, pair.tiers_apart))
            .collect();
        let expected = [(3, 1, 1), (3, 2, 1), (3, 4, 2), (1, 4, 1), (2, 4, 1)];
        assert_eq!(pairs, expected.map(|(a, b, apart)| (id(a), id(b), apart)));
    }

    #[test]
    fn soundness() {
        let all = [1, 2, 3].map(id);
        for (tiers, sound) in [
            (&[&[1_u8, 2, 3][..]][..], true),
            (&[&[1], &[2]], true),
            (&[&[1]], false),
            (&[], false),
            (&[&[1], &[1]], false),
            (&[&[1], &[], &[2]], false),
            (&[&[1], &[9]], false),
        ] {
            assert_eq!(ranking(tiers).is_sound(&all), sound, "{tiers:?}");
        }
    }

    proptest! {
        #[test]
        fn every_pair_is_ordered_as_the_tiers_are(sizes in prop::collection::vec(1_usize..4, 1..5)) {
            let mut next = 0;
            let tiers: Vec<Vec<CandidateId>> = sizes
                .iter()
                .map(|size| (0..*size).map(|_| { next += 1; id(next) }).collect())
                .collect();
            let ranking = Ranking { tiers };
            let n = ranking.ranked();
            let tied: usize = sizes.iter().map(|size| size * (size - 1) / 2).sum();
            let pairs = ranking.pairs();
            prop_assert_eq!(pairs.len(), n * (n - 1) / 2 - tied);
            for pair in pairs {
                let apart = ranking.tier(pair.worse).unwrap() - ranking.tier(pair.better).unwrap();
                prop_assert_eq!(pair.tiers_apart, apart);
            }
        }
    }
}
