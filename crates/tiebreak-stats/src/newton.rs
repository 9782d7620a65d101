//! Logistic regression without intercept under a normal prior, by Newton's method: few weights,
//! many fits, and the information matrix at the end of each.
//!
//! minimise  sum_i c_i [ln(1 + exp(m_i)) - y_i m_i] + 1/2 sum_k t_k (w_k - mu_k)^2
//!
//! with margins m_i, targets y_i from 0 to 1 and times c_i. Steps are halved while they do not
//! lower the value (S. Boyd and L. Vandenberghe, "Convex optimization", 2004, section 9.5); it has
//! converged when half the squared Newton decrement, about the distance to the minimum, is small.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use crate::compared::Compared;
use crate::logistic::{logistic, softplus};

/// What half the squared Newton decrement falls below, nats over all rows: so little that weights
/// are right to about 1e-6 of their standard errors.
const TOLERANCE: f64 = 1e-13;
/// A search that finds nothing lower has converged if the decrement is below this, or this share of
/// the value: the sum over many rows tells no less.
const EXHAUSTED: f64 = 1e-9;
const RELATIVELY_EXHAUSTED: f64 = 1e-12;
/// More steps find nothing: the data are separable, or the arithmetic is exhausted.
const MOST_STEPS: u32 = 50;
const MOST_HALVINGS: u32 = 30;

/// The prior of weights: normal, independent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prior<'a> {
    pub(crate) mean: &'a [f64],
    /// 1 / variance, at least 0; 0 for none.
    pub(crate) precision: &'a [f64],
}

/// Rows that are fitted, each with how much it counts.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) compared: &'a Compared,
    /// Of every row, 0 to 1.
    pub(crate) targets: &'a [f64],
    /// Those that are used.
    pub(crate) used: &'a [usize],
}

/// Where the fit ended.
#[derive(Clone, Debug)]
pub(crate) struct Newton {
    pub(crate) weights: Vec<f64>,
    /// Log-likelihood of the rows, nats, without the prior.
    pub(crate) log_likelihood: f64,
    pub(crate) iterations: u32,
    pub(crate) converged: bool,
    /// The information of the rows and the prior, decomposed; `None` if it is singular.
    pub(crate) information: Option<Cholesky<f64, Dyn>>,
}

/// The value, without the prior; the gradient and the lower triangle of the information, with it.
struct Local {
    loss: f64,
    objective: f64,
    gradient: DVector<f64>,
    information: DMatrix<f64>,
}

impl Rows<'_> {
    fn objective(&self, weights: &[f64], prior: Prior<'_>) -> f64 {
        let loss = |&i: &usize| {
            let margin = self.compared.margin(i, weights);
            softplus(margin) - self.targets[i] * margin
        };
        self.used.iter().map(loss).sum::<f64>() + prior.energy(weights)
    }

    fn local(&self, weights: &[f64], prior: Prior<'_>) -> Local {
        let dim = weights.len();
        let mut gradient: Vec<f64> =
            (0..dim).map(|k| prior.precision[k] * (weights[k] - prior.mean[k])).collect();
        let mut information = DMatrix::from_diagonal(&DVector::from_column_slice(prior.precision));
        let mut loss = 0.0;
        for &i in self.used {
            let margin = self.compared.margin(i, weights);
            let p = logistic(margin);
            loss += softplus(margin) - self.targets[i] * margin;
            self.compared.add(i, p - self.targets[i], &mut gradient);
            self.compared.add_outer(i, p * (1.0 - p), &mut information);
        }
        let objective = loss + prior.energy(weights);
        Local { loss, objective, gradient: DVector::from_vec(gradient), information }
    }

    /// Fits from `start`.
    pub(crate) fn fit(&self, start: &[f64], prior: Prior<'_>) -> Newton {
        let mut weights = start.to_vec();
        let (mut iterations, mut converged) = (0, false);
        let mut local = self.local(&weights, prior);
        let mut information = Cholesky::new(local.information.clone());
        while let Some(decomposed) = &information {
            let step = decomposed.solve(&local.gradient);
            let decrement = 0.5 * step.dot(&local.gradient);
            if !decrement.is_finite() || iterations >= MOST_STEPS {
                break;
            }
            converged = decrement < TOLERANCE;
            if converged {
                break;
            }
            let Some(next) = self.descend(&weights, &step, local.objective, prior) else {
                converged = decrement < EXHAUSTED.max(RELATIVELY_EXHAUSTED * local.objective);
                break;
            };
            weights = next;
            iterations += 1;
            local = self.local(&weights, prior);
            information = Cholesky::new(local.information.clone());
        }
        Newton { weights, log_likelihood: -local.loss, iterations, converged, information }
    }

    /// The point along the step, halved until it is lower; `None` if there is none.
    fn descend(
        &self,
        weights: &[f64],
        step: &DVector<f64>,
        objective: f64,
        prior: Prior<'_>,
    ) -> Option<Vec<f64>> {
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let next: Vec<f64> = weights.iter().zip(step).map(|(w, s)| w - share * s).collect();
            if self.objective(&next, prior) <= objective {
                return Some(next);
            }
            share *= 0.5;
        }
        None
    }
}

impl Prior<'_> {
    fn energy(&self, weights: &[f64]) -> f64 {
        let square = |k: usize| self.precision[k] * (weights[k] - self.mean[k]).powi(2);
        0.5 * (0..weights.len()).map(square).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One feature: the log-odds of the shares. One system that always wins: only with a prior.
    #[test]
    fn closed_forms() {
        let compared = Compared::Features { dim: 1, differences: vec![1.0; 4] };
        let targets = [1.0, 1.0, 1.0, 0.0];
        let rows = Rows { compared: &compared, targets: &targets, used: &[0, 1, 2, 3] };
        let none = Prior { mean: &[0.0], precision: &[0.0] };
        let fit = rows.fit(&[0.0], none);
        assert!(fit.converged && (fit.weights[0] - 3.0_f64.ln()).abs() < 1e-4, "{fit:?}");
        let certain = Rows { used: &[0, 1, 2], ..rows };
        // Separable data have no maximum: steps of one end where the arithmetic does.
        assert!(certain.fit(&[0.0], none).weights[0] > 15.0);
        let held = Prior { mean: &[0.0], precision: &[1.0] };
        assert!(certain.fit(&[0.0], held).converged);

        let systems = Compared::Systems { count: 2, pairs: vec![[0, 1], [1, 0], [0, 1]] };
        let rows = Rows { compared: &systems, targets: &[1.0, 0.5, 0.0], used: &[0, 1, 2] };
        let prior = Prior { mean: &[0.0; 2], precision: &[1.0; 2] };
        let fit = rows.fit(&[0.3, 0.1], prior);
        assert!(fit.converged && fit.weights.iter().all(|w| w.abs() < 1e-6), "{fit:?}");
    }
}
