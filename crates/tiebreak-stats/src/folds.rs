//! Cross-validation folds that keep groups whole, so that no prompt is in both training and test.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The fold, 0 to `folds - 1`, of each row. All rows of a group are in one fold: groups are
/// shuffled, then dealt from the largest to the smallest to the fold that holds the fewest rows,
/// so that folds are as even as the groups allow. With fewer groups than folds, some folds are
/// empty.
pub fn grouped_folds(groups: &[usize], folds: usize, seed: u64) -> Vec<usize> {
    let count = groups.iter().max().map_or(0, |last| last + 1);
    let mut sizes = vec![0_usize; count];
    for &group in groups {
        sizes[group] += 1;
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    order.sort_by_key(|&group| std::cmp::Reverse(sizes[group]));
    let mut load = vec![0_usize; folds.max(1)];
    let mut fold_of = vec![0; count];
    for group in order {
        let lightest = (0..load.len()).min_by_key(|&fold| load[fold]).unwrap_or(0);
        fold_of[group] = lightest;
        load[lightest] += sizes[group];
    }
    groups.iter().map(|&group| fold_of[group]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn groups_stay_whole_and_folds_even(groups in proptest::collection::vec(0_usize..40, 1..300), seed: u64) {
            let folds = grouped_folds(&groups, 5, seed);
            let mut size = [0_usize; 5];
            let mut largest = 0;
            for (i, &group) in groups.iter().enumerate() {
                prop_assert!(folds[i] < 5);
                size[folds[i]] += 1;
                let first = groups.iter().position(|&g| g == group).unwrap();
                prop_assert_eq!(folds[i], folds[first]);
                largest = largest.max(groups.iter().filter(|&&g| g == group).count());
            }
            let (max, min) = (size.iter().max().unwrap(), size.iter().min().unwrap());
            prop_assert!(max - min <= largest);
        }
    }
}
