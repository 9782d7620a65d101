//! A comparison as it is put before one annotator: which candidate is on which side.
//!
//! The side is random and balanced per annotator by the big stick design (J. F. Soares and
//! C. F. J. Wu, "Some restricted randomization rules in sequential designs", Communications in
//! Statistics, Theory and Methods 12(17), 1983): toss a fair coin for each comparison, unless
//! one order already leads by the bound, in which case the other order is forced. The lead can
//! then never exceed the bound, while the next side stays hard to guess.

use crate::{AnnotatorId, CandidateId, ContentHash, ItemId};

/// How far the two orders of a pair may drift apart for one annotator.
const BOUND: i64 = 3;

/// An item as it is (or was) shown to one annotator. Fixed on first showing, so that going back
/// to an item, closing the program or losing power never changes sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presentation {
    /// The item.
    pub item: ItemId,
    /// To whom.
    pub annotator: AnnotatorId,
    /// The candidates from left to right.
    pub order: Vec<CandidateId>,
    /// The seed that chose the order.
    pub seed: u64,
}

impl Presentation {
    /// Chooses the order for `annotator`, who was so far shown pairs in the imported order
    /// `lead` times more often than swapped. `study_seed` makes it repeatable. More than two
    /// candidates are shuffled uniformly (Fisher-Yates on the seed's bits).
    pub fn choose(
        study_seed: u64,
        item: ItemId,
        annotator: AnnotatorId,
        candidates: &[CandidateId],
        lead: i64,
    ) -> Self {
        let digest = ContentHash::of_fields([
            study_seed.to_le_bytes().as_slice(),
            annotator.as_bytes(),
            item.as_bytes(),
        ]);
        let mut words = digest.as_bytes().as_chunks::<8>().0.iter().map(|w| u64::from_le_bytes(*w));
        // SQLite integers are signed: 63 bits are kept.
        let seed = words.next().unwrap_or_default() >> 1;
        let mut order = candidates.to_vec();
        if let [_, _] = candidates {
            let swapped = match lead {
                lead if lead >= BOUND => true,
                lead if lead <= -BOUND => false,
                _ => seed & 1 == 1,
            };
            if swapped {
                order.reverse();
            }
        } else {
            let mut state = seed;
            for i in (1..order.len()).rev() {
                state = splitmix64(state);
                let j = ((u128::from(state) * (i as u128 + 1)) >> 64) as usize;
                order.swap(i, j);
            }
        }
        Self { item, annotator, order, seed }
    }
}

/// Sebastiano Vigna's SplitMix64 step.
const fn splitmix64(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The place, from 0 at the left, at which `candidate` was shown.
pub fn shown_side(order: &[CandidateId], candidate: CandidateId) -> Option<usize> {
    order.iter().position(|shown| *shown == candidate)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    proptest! {
        #[test]
        fn sides_stay_balanced_and_both_occur(seed: u64, annotator: u128, first: u128) {
            let annotator = AnnotatorId::new(Uuid::from_u128(annotator));
            let (mut lead, mut swapped) = (0_i64, 0_usize);
            for n in 0..200_u128 {
                let item = ItemId::new(Uuid::from_u128(first.wrapping_add(n)));
                let pair = [1, 2].map(|k| CandidateId::new(Uuid::from_u128(k)));
                let shown = Presentation::choose(seed, item, annotator, &pair, lead);
                if shown.order == pair { lead += 1 } else { lead -= 1; swapped += 1 }
                prop_assert!(lead.abs() <= BOUND);
            }
            prop_assert!((95..=105).contains(&swapped));
        }

        #[test]
        fn more_candidates_are_a_permutation(seed: u64, k in 3_usize..10) {
            let candidates: Vec<_> = (0..k as u128).map(|n| CandidateId::new(Uuid::from_u128(n))).collect();
            let item = ItemId::new(Uuid::from_u128(9));
            let annotator = AnnotatorId::new(Uuid::from_u128(8));
            let mut order = Presentation::choose(seed, item, annotator, &candidates, 0).order;
            order.sort_unstable();
            prop_assert_eq!(order, candidates);
        }
    }
}
