//! Answers that are known by their annotator.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::compared::Compared;
use crate::fit_error::FitError;
use crate::shares::{Shares, Vote};

/// Answers of annotators, one a row.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotatedChoices {
    /// What each row compares.
    pub compared: Compared,
    /// What was answered; a tie counts half for each side.
    pub votes: Vec<Vote>,
    /// Who answered, numbered from 0.
    pub annotators: Vec<usize>,
    /// What was shown (item, prompt), numbered from 0; answers of one annotator on one item are
    /// never split between fitting and measuring. Empty if every row is an item of its own.
    pub items: Vec<usize>,
}

impl AnnotatedChoices {
    /// Number of answers.
    pub fn len(&self) -> usize {
        self.votes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.votes.is_empty()
    }

    /// Numbers of annotators, those without an answer among them.
    pub fn annotator_count(&self) -> usize {
        self.annotators.iter().max().map_or(0, |last| last + 1)
    }

    /// Checks shapes and numbers.
    ///
    /// # Errors
    /// [`FitError::NoRows`], [`FitError::Shape`] or [`FitError::NotFinite`].
    pub fn check(&self) -> Result<(), FitError> {
        self.compared.check()?;
        let n = self.len();
        if n == 0 {
            return Err(FitError::NoRows);
        }
        let items = self.items.is_empty() || self.items.len() == n;
        if self.compared.len() != n || self.annotators.len() != n || !items {
            return Err(FitError::Shape("rows, votes, annotators and items differ".to_owned()));
        }
        Ok(())
    }

    pub(crate) fn targets(&self) -> Vec<f64> {
        self.votes.iter().map(|&vote| Shares::from(vote).half()).collect()
    }

    /// The rows of each annotator, in order.
    pub(crate) fn rows_by_annotator(&self) -> Vec<Vec<usize>> {
        let mut rows = vec![Vec::new(); self.annotator_count()];
        for (i, &annotator) in self.annotators.iter().enumerate() {
            rows[annotator].push(i);
        }
        rows
    }

    pub(crate) fn item(&self, i: usize) -> usize {
        self.items.get(i).copied().unwrap_or(i)
    }

    /// The fold of each row: the items of each annotator are shuffled and dealt in turn, so that
    /// every annotator is in all folds as evenly as their items allow.
    pub(crate) fn folds_within_annotators(&self, folds: usize, seed: u64) -> Vec<usize> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut fold_of = vec![0; self.len()];
        let mut next = 0;
        for rows in self.rows_by_annotator() {
            let mut items: Vec<usize> = rows.iter().map(|&i| self.item(i)).collect();
            items.sort_unstable();
            items.dedup();
            let mut dealt: Vec<usize> = (next..next + items.len()).map(|k| k % folds).collect();
            next += items.len();
            dealt.shuffle(&mut rng);
            for i in rows {
                fold_of[i] = dealt[items.partition_point(|&item| item < self.item(i))];
            }
        }
        fold_of
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_spread_each_annotator_and_keep_items_together() {
        let choices = AnnotatedChoices {
            compared: Compared::Systems { count: 2, pairs: vec![[0, 1]; 40] },
            votes: vec![Vote::First; 40],
            annotators: (0..40).map(|i| i % 4).collect(),
            items: (0..40).map(|i| i / 8).collect(),
        };
        choices.check().unwrap();
        let folds = choices.folds_within_annotators(5, 3);
        for annotator in 0..4 {
            let mut seen: Vec<(usize, usize)> = (0..40)
                .filter(|i| i % 4 == annotator)
                .map(|i| (choices.items[i], folds[i]))
                .collect();
            seen.dedup();
            assert_eq!(seen.len(), 5, "an item is in one fold: {seen:?}");
            let mut used: Vec<usize> = seen.iter().map(|(_, fold)| *fold).collect();
            used.sort_unstable();
            assert_eq!(used, [0, 1, 2, 3, 4]);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let good = AnnotatedChoices {
            compared: Compared::Systems { count: 2, pairs: vec![[0, 1]] },
            votes: vec![Vote::First],
            annotators: vec![0],
            items: Vec::new(),
        };
        assert_eq!(good.check(), Ok(()));
        let itself = Compared::Systems { count: 2, pairs: vec![[1, 1]] };
        let nan = Compared::Features { dim: 2, differences: vec![0.0, f64::NAN] };
        let torn = Compared::Features { dim: 2, differences: vec![0.0] };
        for (bad, expected) in [
            (AnnotatedChoices { compared: itself, ..good.clone() }, "row 0 does not"),
            (AnnotatedChoices { compared: nan, ..good.clone() }, "pair 0 has"),
            (AnnotatedChoices { compared: torn, ..good.clone() }, "whole rows"),
            (AnnotatedChoices { annotators: vec![], ..good.clone() }, "differ"),
            (AnnotatedChoices { votes: vec![], ..good }, "no rows"),
        ] {
            let found = bad.check().unwrap_err().to_string();
            assert!(found.contains(expected), "{found}");
        }
    }
}
