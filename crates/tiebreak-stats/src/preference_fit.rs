//! Bradley-Terry on features: P(first preferred) = logistic(w . (x_first - x_second)).
//!
//! R. A. Bradley and M. E. Terry, "Rank analysis of incomplete block designs", Biometrika 39,
//! 1952, with the scores made linear in features (for reward models: P. Christiano et al., "Deep
//! reinforcement learning from human preferences", 2017, section 2.2.3). Fitted by maximum
//! penalised likelihood, together with the parameter t of a model of ties where there is one:
//!
//! minimise  sum_i c_i * H_i(w, t) / sum_i c_i + penalty/2 * sum_k f_k (s_k w_k)^2
//!
//! where H_i is the cross-entropy of the shares of answers on pair i under the model
//! ([`crate::Ties`]), c_i the weight of the pair, s_k the root mean square of feature
//! difference k, so that the penalty does not depend on the units of the features, and f_k the
//! feature's penalty factor, mostly 1. There is no
//! intercept: swapping the two candidates must turn p into 1 - p.

use serde::{Deserialize, Serialize};
use tiebreak_core::TieModel;

use crate::fit_error::FitError;
use crate::linear::{add_scaled, dot};
use crate::minimise::minimise;
use crate::pairs::JudgedPairs;
use crate::ties::{Ties, tie_penalty};

/// How to fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FitOptions {
    /// Strength of the quadratic penalty on standardised weights; at least 0.
    pub penalty: f64,
    /// How ties enter.
    pub ties: Ties,
    /// Most iterations.
    pub max_iterations: u32,
    /// The fit has converged when no entry of the gradient is larger; it is measured in nats a
    /// pair by standardised weight.
    pub tolerance: f64,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { penalty: 0.1, ties: Ties::Half, max_iterations: 300, tolerance: 1e-5 }
    }
}

/// A fitted model and the conditions of the fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PreferenceFit {
    /// One weight per feature, in the feature's own unit: log-odds per unit of difference.
    pub weights: Vec<f64>,
    /// How often it expects ties; `None` for [`Ties::Half`].
    pub ties: Option<TieModel>,
    /// Mean loss of the fitted pairs, nats, without the penalty.
    pub log_loss: f64,
    /// What was minimised: the loss with the penalty.
    pub objective: f64,
    /// Iterations used.
    pub iterations: u32,
    /// Whether the gradient vanished; a fit that did not converge is the best found.
    pub converged: bool,
}

impl PreferenceFit {
    /// Fits checked pairs ([`JudgedPairs::check`]), pair `i` counting `times[i]` times its own
    /// weight: 0 leaves it out, 2 has it twice. `start` is a fit of other pairs or another penalty
    /// to begin from.
    ///
    /// # Errors
    /// [`FitError::NoPairs`], or [`FitError::Shape`] if `times` or `start` do not fit.
    pub fn of(
        pairs: &JudgedPairs,
        times: &[f64],
        options: FitOptions,
        start: Option<&Self>,
    ) -> Result<Self, FitError> {
        let dim = pairs.dim;
        if times.len() != pairs.len() || start.is_some_and(|start| start.weights.len() != dim) {
            return Err(FitError::Shape("the pairs and the start differ in shape".to_owned()));
        }
        let share: Vec<f64> = pairs.weights.iter().zip(times).map(|(w, t)| w * t).collect();
        let used: Vec<usize> = (0..pairs.len()).filter(|&i| share[i] > 0.0).collect();
        let total: f64 = used.iter().map(|&i| share[i]).sum();
        if used.is_empty() {
            return Err(FitError::NoPairs);
        }
        let scales = root_mean_squares(pairs, &used, &share, total);
        // A feature that never differs carries no information; its weight stays 0.
        let inverse: Vec<f64> =
            scales.iter().map(|&s| if s > 0.0 { 1.0 / s } else { 0.0 }).collect();
        let FitOptions { penalty, ties, max_iterations, tolerance } = options;
        let penalties: Vec<f64> = (0..dim).map(|k| penalty * pairs.penalty_factor(k)).collect();
        let mut weights = vec![0.0; dim];
        let objective = |x: &[f64], gradient: &mut [f64]| {
            for k in 0..dim {
                weights[k] = x[k] * inverse[k];
            }
            let tie_parameter = x.get(dim).copied().unwrap_or(0.0);
            let (mut value, mut by_ties) =
                if ties.has_parameter() { tie_penalty(tie_parameter) } else { (0.0, 0.0) };
            for &i in &used {
                let (row, share) = (pairs.row(i), share[i] / total);
                let loss = ties.loss(pairs.shares[i], dot(row, &weights), tie_parameter);
                value += share * loss.value;
                by_ties += share * loss.by_ties;
                add_scaled(&mut gradient[..dim], row, share * loss.by_margin);
            }
            for k in 0..dim {
                gradient[k] = gradient[k] * inverse[k] + penalties[k] * x[k];
                value += 0.5 * penalties[k] * x[k] * x[k];
            }
            if let Some(last) = gradient.get_mut(dim) {
                *last = by_ties;
            }
            value
        };
        let mut from: Vec<f64> = match start {
            Some(start) => start.weights.iter().zip(&scales).map(|(w, s)| w * s).collect(),
            None => vec![0.0; dim],
        };
        if ties.has_parameter() {
            let tied = used.iter().map(|&i| share[i] * pairs.shares[i].tie).sum::<f64>() / total;
            let known = start.and_then(|start| ties.parameter(start.ties));
            from.push(known.filter(|t| t.is_finite()).unwrap_or_else(|| ties.start(tied)));
        }
        let minimum = minimise(objective, from, max_iterations, tolerance);
        let shrunk: f64 = minimum.x.iter().zip(&penalties).map(|(w, p)| 0.5 * p * w * w).sum();
        let tie_parameter = minimum.x.get(dim).copied();
        let held = tie_parameter.map_or(0.0, |t| tie_penalty(t).0);
        Ok(Self {
            weights: minimum.x.iter().zip(&inverse).map(|(w, inverse)| w * inverse).collect(),
            ties: tie_parameter.and_then(|t| ties.model(t)),
            log_loss: minimum.value - shrunk - held,
            objective: minimum.value,
            iterations: minimum.iterations,
            converged: minimum.converged,
        })
    }
}

fn root_mean_squares(pairs: &JudgedPairs, used: &[usize], share: &[f64], total: f64) -> Vec<f64> {
    let mut sums = vec![0.0; pairs.dim];
    for &i in used {
        for (sum, x) in sums.iter_mut().zip(pairs.row(i)) {
            *sum += share[i] * f64::from(*x).powi(2);
        }
    }
    sums.into_iter().map(|sum| (sum / total).sqrt()).collect()
}

#[cfg(test)]
mod tests;
