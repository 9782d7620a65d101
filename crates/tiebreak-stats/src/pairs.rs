//! Judged pairs as feature differences.

use crate::fit_error::FitError;
use crate::linear::dot;
use crate::shares::Shares;

/// Feature differences of judged pairs, with what was judged.
#[derive(Clone, Debug, Default)]
pub struct JudgedPairs {
    /// Number of features.
    pub dim: usize,
    /// Features of the first candidate minus features of the second, row after row, `[n * dim]`.
    pub differences: Vec<f32>,
    /// What the answers on each pair come to, `[n]`.
    pub shares: Vec<Shares>,
    /// How much each pair counts, at least 0, `[n]`.
    pub weights: Vec<f64>,
    /// What the penalty on each feature's weight is multiplied by, at least 0, `[dim]`; empty for
    /// 1 throughout. A few features that are known to carry much are not to be shrunk like each
    /// of many that carry little (the penalty factors of J. Friedman, T. Hastie and R. Tibshirani,
    /// "Regularization paths for generalized linear models via coordinate descent", Journal of
    /// Statistical Software 33, 2010, section 2.6).
    pub penalty_factors: Vec<f64>,
}

impl JudgedPairs {
    /// No pairs yet, of `dim` features.
    pub fn new(dim: usize) -> Self {
        Self { dim, ..Self::default() }
    }

    /// Number of pairs.
    pub fn len(&self) -> usize {
        self.shares.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shares.is_empty()
    }

    /// Adds a pair: `first` and `second` are the features of its candidates, each `[dim]`.
    pub fn push(&mut self, first: &[f32], second: &[f32], shares: Shares, weight: f64) {
        self.differences.extend(first.iter().zip(second).map(|(a, b)| a - b));
        self.shares.push(shares);
        self.weights.push(weight);
    }

    /// What the penalty on the weight of feature `k` is multiplied by.
    pub(crate) fn penalty_factor(&self, k: usize) -> f64 {
        self.penalty_factors.get(k).copied().unwrap_or(1.0)
    }

    /// The difference vector of pair `i`, `[dim]`.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.differences[i * self.dim..(i + 1) * self.dim]
    }

    /// The log-odds that weights `[dim]` give pair `i`, ties set aside.
    pub fn margin(&self, i: usize, weights: &[f64]) -> f64 {
        dot(self.row(i), weights)
    }

    /// Checks the shapes and that every number is finite, once for many fits.
    ///
    /// # Errors
    /// [`FitError::Shape`] or [`FitError::NotFinite`].
    pub fn check(&self) -> Result<(), FitError> {
        let n = self.len();
        if self.differences.len() != n * self.dim || self.weights.len() != n {
            return Err(FitError::Shape(format!(
                "{n} pairs of {} features need {} differences and {n} weights, not {} and {}",
                self.dim,
                n * self.dim,
                self.differences.len(),
                self.weights.len()
            )));
        }
        if !self.penalty_factors.is_empty() && self.penalty_factors.len() != self.dim {
            let factors = self.penalty_factors.len();
            return Err(FitError::Shape(format!("{} features, {factors} factors", self.dim)));
        }
        let sound = |i: usize| {
            self.shares[i].is_finite()
                && self.weights[i].is_finite()
                && self.row(i).iter().all(|x| x.is_finite())
        };
        (0..n).find(|&i| !sound(i)).map_or(Ok(()), |i| Err(FitError::NotFinite(i)))
    }
}
