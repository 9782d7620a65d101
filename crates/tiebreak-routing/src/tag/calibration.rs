//! How well prompts are tagged, measured on the examples of the definitions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::PromptDimension;

/// Precision and recall of a dimension's tags, as means over the values that occur.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Examples that were tagged.
    pub examples: usize,
    /// Mean over values of: of the prompts that got the tag, the share that have it, 0 to 1. A
    /// value that no prompt got counts as 0.
    pub precision: f64,
    /// Mean over values of: of the prompts that have the tag, the share that got it, 0 to 1.
    pub recall: f64,
    /// Mean over values of the harmonic mean of both.
    pub f1: f64,
}

/// The quality of each dimension that was assigned by likeness.
pub type Calibration = BTreeMap<PromptDimension, Score>;

/// Counts for the scores.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    right: Vec<usize>,
    given: Vec<usize>,
    had: Vec<usize>,
    examples: usize,
}

impl Tally {
    pub(super) fn new(values: usize) -> Self {
        Self { right: vec![0; values], given: vec![0; values], had: vec![0; values], examples: 0 }
    }

    /// Counts an example of one value that got some values.
    pub(super) fn count(&mut self, truth: usize, given: &[usize]) {
        self.examples += 1;
        self.had[truth] += 1;
        for &value in given {
            self.given[value] += 1;
        }
        if given.contains(&truth) {
            self.right[truth] += 1;
        }
    }

    pub(super) fn score(&self) -> Score {
        let mut score = Score { examples: self.examples, ..Score::default() };
        let values: Vec<usize> = (0..self.had.len()).filter(|&v| self.had[v] > 0).collect();
        for &value in &values {
            let share = |of: usize| {
                if of == 0 { 0.0 } else { self.right[value] as f64 / of as f64 }
            };
            let n = values.len() as f64;
            score.precision += share(self.given[value]) / n;
            score.recall += share(self.had[value]) / n;
            let both = self.given[value] + self.had[value];
            score.f1 += 2.0 * self.right[value] as f64 / both as f64 / n;
        }
        score
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_means_over_the_values_that_occur() {
        let mut tally = Tally::new(4);
        tally.count(0, &[0]);
        tally.count(0, &[1]);
        tally.count(1, &[1, 2]);
        let score = tally.score();
        assert_eq!((score.examples, score.precision, score.recall), (3, 0.75, 0.75));
        assert!((score.f1 - 2.0 / 3.0).abs() < 1e-12);
    }
}
