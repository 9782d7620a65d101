//! Bradley-Terry on features: P(first preferred) = logistic(w . (x_first - x_second)).
//!
//! R. A. Bradley and M. E. Terry, "Rank analysis of incomplete block designs", Biometrika 39,
//! 1952, with the scores made linear in features (for reward models: P. Christiano et al., "Deep
//! reinforcement learning from human preferences", 2017, section 2.2.3). Fitted by maximum
//! penalised likelihood:
//!
//! minimise  sum_i c_i * H(y_i, p_i) / sum_i c_i + penalty/2 * |s . w|^2
//!
//! where H is the cross-entropy, y_i the share of answers for the first candidate, c_i the weight
//! of the pair, and s_k the root mean square of feature difference k, so that the penalty does
//! not depend on the units of the features. There is no intercept: swapping the two candidates
//! must turn p into 1 - p.

use serde::Serialize;

use crate::fit_error::FitError;
use crate::lbfgs;
use crate::logistic::{logistic, softplus};

/// Feature differences of judged pairs, with what was judged.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    /// Features of the first candidate minus features of the second, row after row, `[n * dim]`.
    pub differences: Vec<f32>,
    /// Number of features.
    pub dim: usize,
    /// Share of answers for the first candidate, 0 to 1, `[n]`; a tie counts one half.
    pub targets: Vec<f64>,
}

impl Pairs {
    /// Number of pairs.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// The difference vector of pair `i`, `[dim]`.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.differences[i * self.dim..(i + 1) * self.dim]
    }

    /// The log-odds that weights give pair `i`.
    pub fn margin(&self, i: usize, weights: &[f64]) -> f64 {
        dot(self.row(i), weights)
    }
}

/// Strength of the quadratic penalty on standardised weights; at least 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Penalty(pub f64);

/// A fitted model and the conditions of the fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeatureBradleyTerry {
    /// One weight per feature, in the feature's own unit: log-odds per unit of difference.
    pub weights: Vec<f64>,
    /// Mean cross-entropy of the fitted pairs, nats, without the penalty.
    pub log_loss: f64,
    /// Iterations used.
    pub iterations: u32,
    /// Whether the gradient vanished; weights of a fit that did not converge are the best found.
    pub converged: bool,
}

fn dot(row: &[f32], weights: &[f64]) -> f64 {
    row.iter().zip(weights).map(|(x, w)| f64::from(*x) * w).sum()
}

impl FeatureBradleyTerry {
    /// Fits the pairs with `weights[i]` (at least 0) as the weight of pair `i`, in at most
    /// `max_iterations`.
    ///
    /// # Errors
    /// [`FitError`]: nothing to fit, shapes that do not match, values that are not finite.
    pub fn fit(
        pairs: &Pairs,
        weights: &[f64],
        penalty: Penalty,
        max_iterations: u32,
    ) -> Result<Self, FitError> {
        let (n, dim) = (pairs.len(), pairs.dim);
        if pairs.differences.len() != n * dim || weights.len() != n {
            return Err(FitError::Shape(format!(
                "{n} pairs of {dim} features need {} differences and {n} weights, not {} and {}",
                n * dim,
                pairs.differences.len(),
                weights.len()
            )));
        }
        let used: Vec<usize> = (0..n).filter(|&i| weights[i] > 0.0).collect();
        let total: f64 = used.iter().map(|&i| weights[i]).sum();
        if used.is_empty() || total <= 0.0 {
            return Err(FitError::NoPairs);
        }
        for &i in &used {
            if !pairs.targets[i].is_finite() || pairs.row(i).iter().any(|x| !x.is_finite()) {
                return Err(FitError::NotFinite(i));
            }
        }
        let scales = root_mean_squares(pairs, &used, weights, total);
        // A feature that never differs carries no information; its weight stays 0.
        let inverse: Vec<f64> =
            scales.iter().map(|&s| if s > 0.0 { 1.0 / s } else { 0.0 }).collect();
        let mut unscaled = vec![0.0; dim];
        let objective = |standardised: &[f64], gradient: &mut [f64]| {
            for k in 0..dim {
                unscaled[k] = standardised[k] * inverse[k];
                gradient[k] = 0.0;
            }
            let mut loss = 0.0;
            for &i in &used {
                let (row, y, share) = (pairs.row(i), pairs.targets[i], weights[i] / total);
                let margin = dot(row, &unscaled);
                loss += share * (softplus(margin) - y * margin);
                let residual = share * (logistic(margin) - y);
                for (g, x) in gradient.iter_mut().zip(row) {
                    *g += residual * f64::from(*x);
                }
            }
            for k in 0..dim {
                gradient[k] = gradient[k] * inverse[k] + penalty.0 * standardised[k];
                loss += 0.5 * penalty.0 * standardised[k] * standardised[k];
            }
            loss
        };
        let minimum = lbfgs::minimise(objective, vec![0.0; dim], max_iterations, 1e-6);
        let norm: f64 = minimum.x.iter().map(|w| w * w).sum();
        Ok(Self {
            weights: minimum.x.iter().zip(&inverse).map(|(w, inverse)| w * inverse).collect(),
            log_loss: minimum.value - 0.5 * penalty.0 * norm,
            iterations: minimum.iterations,
            converged: minimum.converged,
        })
    }
}

fn root_mean_squares(pairs: &Pairs, used: &[usize], weights: &[f64], total: f64) -> Vec<f64> {
    let mut sums = vec![0.0; pairs.dim];
    for &i in used {
        for (sum, x) in sums.iter_mut().zip(pairs.row(i)) {
            *sum += weights[i] * f64::from(*x).powi(2);
        }
    }
    sums.into_iter().map(|sum| (sum / total).sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(rows: &[([f32; 2], f64)]) -> Pairs {
        Pairs {
            differences: rows.iter().flat_map(|(x, _)| *x).collect(),
            dim: 2,
            targets: rows.iter().map(|(_, y)| *y).collect(),
        }
    }

    /// One binary feature and no penalty has a closed form: w = logit(mean target).
    #[test]
    fn matches_the_closed_form() {
        let rows: Vec<_> = (0..10).map(|i| ([1.0, 0.0], if i < 7 { 1.0 } else { 0.0 })).collect();
        let fit = FeatureBradleyTerry::fit(&pairs(&rows), &[1.0; 10], Penalty(0.0), 100).unwrap();
        assert!(fit.converged);
        assert!((fit.weights[0] - (0.7_f64 / 0.3).ln()).abs() < 1e-4, "{fit:?}");
        assert_eq!(fit.weights[1], 0.0, "a feature that never differs gets no weight");
    }

    #[test]
    fn refuses_what_cannot_be_fitted() {
        let none = pairs(&[]);
        assert_eq!(FeatureBradleyTerry::fit(&none, &[], Penalty(1.0), 9), Err(FitError::NoPairs));
        let one = pairs(&[([f32::NAN, 0.0], 1.0)]);
        assert_eq!(
            FeatureBradleyTerry::fit(&one, &[1.0], Penalty(1.0), 9),
            Err(FitError::NotFinite(0))
        );
        assert!(matches!(
            FeatureBradleyTerry::fit(&one, &[], Penalty(1.0), 9),
            Err(FitError::Shape(_))
        ));
    }

    fn data() -> impl Strategy<Value = Vec<([f32; 2], f64)>> {
        let target = prop_oneof![Just(0.0), Just(0.5), Just(1.0)];
        proptest::collection::vec(([-2.0_f32..2.0, -2.0_f32..2.0], target), 3..30)
    }

    proptest! {
        #[test]
        fn swapping_the_candidates_changes_nothing(rows in data()) {
            let swapped: Vec<_> =
                rows.iter().map(|([a, b], y)| ([-a, -b], 1.0 - y)).collect();
            let weights = vec![1.0; rows.len()];
            let one = FeatureBradleyTerry::fit(&pairs(&rows), &weights, Penalty(0.1), 200).unwrap();
            let two = FeatureBradleyTerry::fit(&pairs(&swapped), &weights, Penalty(0.1), 200).unwrap();
            for (a, b) in one.weights.iter().zip(&two.weights) {
                prop_assert!((a - b).abs() < 1e-4, "{one:?} {two:?}");
            }
        }

        #[test]
        fn more_iterations_never_fit_worse(rows in data(), iterations in 1_u32..20) {
            let weights = vec![1.0; rows.len()];
            let value = |n| {
                let fit = FeatureBradleyTerry::fit(&pairs(&rows), &weights, Penalty(0.0), n).unwrap();
                fit.log_loss
            };
            prop_assert!(value(iterations + 1) <= value(iterations) + 1e-12);
        }

        #[test]
        fn weights_count_like_repeated_pairs(rows in data()) {
            let repeated: Vec<_> = rows.iter().chain(rows.first()).copied().collect();
            let mut weights = vec![1.0; rows.len()];
            weights[0] = 2.0;
            let one = FeatureBradleyTerry::fit(&pairs(&rows), &weights, Penalty(0.1), 300).unwrap();
            let two =
                FeatureBradleyTerry::fit(&pairs(&repeated), &vec![1.0; repeated.len()], Penalty(0.1), 300)
                    .unwrap();
            for (a, b) in one.weights.iter().zip(&two.weights) {
                prop_assert!((a - b).abs() < 1e-3);
            }
        }
    }
}
