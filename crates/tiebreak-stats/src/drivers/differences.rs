//! What candidates differ in, and who judged them.

use crate::compared::Compared;
use crate::fit_error::FitError;
use crate::shares::Shares;

/// Features of the first candidate of each comparison minus those of the second.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureDifferences {
    /// Number of features.
    pub dim: usize,
    /// Comparison after comparison, `[n * dim]`, each feature in a unit of its own.
    pub differences: Vec<f64>,
    /// The prompt of each comparison, numbered from 0; comparisons of one prompt are not
    /// independent.
    pub prompts: Vec<usize>,
}

/// Somebody who judged: people together, one annotator, or an AI.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'a> {
    /// What the judge is called.
    pub name: &'a str,
    /// The answers on each comparison, `[n]`; `None` where there is none.
    pub answers: &'a [Option<Shares>],
}

impl FeatureDifferences {
    /// Number of comparisons.
    pub fn len(&self) -> usize {
        self.prompts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.prompts.is_empty()
    }

    /// Feature `k` of comparison `i`.
    pub fn at(&self, i: usize, k: usize) -> f64 {
        self.differences[i * self.dim + k]
    }

    /// Checks shapes, and that every number is finite.
    ///
    /// # Errors
    /// [`FitError::NoRows`], [`FitError::Shape`] or [`FitError::NotFinite`].
    pub fn check(&self, judges: &[Judge<'_>]) -> Result<(), FitError> {
        if self.is_empty() {
            return Err(FitError::NoRows);
        }
        let fits = |judge: &Judge<'_>| judge.answers.len() == self.len();
        if self.dim == 0
            || self.differences.len() != self.len() * self.dim
            || !judges.iter().all(fits)
        {
            return Err(FitError::Shape("features, prompts and answers differ".to_owned()));
        }
        let sound = |i: usize| {
            let answered = judges.iter().filter_map(|judge| judge.answers[i]);
            (0..self.dim).all(|k| self.at(i, k).is_finite())
                && answered.into_iter().all(|shares| shares.half().is_finite())
        };
        (0..self.len()).find(|&i| !sound(i)).map_or(Ok(()), |i| Err(FitError::NotFinite(i)))
    }

    /// The root mean square of each difference; 0 for a feature that never differs.
    pub(super) fn scales(&self) -> Vec<f64> {
        let n = self.len().max(1) as f64;
        let square = |k: usize| (0..self.len()).map(|i| self.at(i, k).powi(2)).sum::<f64>();
        (0..self.dim).map(|k| (square(k) / n).sqrt()).collect()
    }

    /// Some comparisons and features, standardised, with a column of ones at the end if `side`.
    pub(super) fn columns(
        &self,
        used: &[usize],
        features: &[usize],
        scales: &[f64],
        side: bool,
    ) -> Compared {
        let mut differences = Vec::with_capacity(used.len() * (features.len() + 1));
        for &i in used {
            differences.extend(features.iter().map(|&k| self.at(i, k) / scales[k]));
            if side {
                differences.push(1.0);
            }
        }
        Compared::Features { dim: features.len() + usize::from(side), differences }
    }
}
