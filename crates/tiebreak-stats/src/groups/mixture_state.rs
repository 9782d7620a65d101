//! One run of the EM algorithm of a mixture: where it is, and one iteration of it.

use nalgebra::{Cholesky, DMatrix, DVector};

use super::annotators::Annotators;
use crate::logistic::{logistic, softplus};

/// A point of the run, with all that the next step needs.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// Standardised strengths or weights of each group.
    pub(super) weights: Vec<Vec<f64>>,
    /// The share of each group.
    pub(super) shares: Vec<f64>,
    /// The probability of each group for each annotator, `[annotators * groups]`.
    pub(super) memberships: Vec<f64>,
    /// The probability of the first side of each used row in each group, `[used * groups]`.
    pub(super) probabilities: Vec<f64>,
    /// Log-likelihood of the answers, nats.
    pub(super) log_likelihood: f64,
    /// With the log density of the prior, less its constant: what EM never lowers.
    pub(super) penalised: f64,
}

/// Steps of the strengths are halved so often before they are given up.
const MOST_HALVINGS: u32 = 10;

impl State {
    /// Everything that follows from strengths and shares.
    pub(super) fn at(
        rows: &Annotators<'_>,
        weights: Vec<Vec<f64>>,
        shares: Vec<f64>,
        penalty: f64,
    ) -> Self {
        let groups = weights.len();
        let mut probabilities = vec![0.0; rows.used.len() * groups];
        let mut logs = vec![0.0; rows.count() * groups];
        for (g, weights) in weights.iter().enumerate() {
            for (place, &i) in rows.used.iter().enumerate() {
                let margin = rows.compared.margin(i, weights);
                probabilities[place * groups + g] = logistic(margin);
                logs[rows.places[place] * groups + g] +=
                    rows.targets[i] * margin - softplus(margin);
            }
        }
        let ln_shares: Vec<f64> = shares.iter().map(|share| share.ln()).collect();
        let mut log_likelihood = 0.0;
        for logs in logs.chunks_mut(groups) {
            log_likelihood += normalise(logs, &ln_shares);
        }
        let energy: f64 = weights.iter().flatten().map(|w| w * w).sum();
        let penalised = log_likelihood - 0.5 * penalty * energy;
        Self { weights, shares, memberships: logs, probabilities, log_likelihood, penalised }
    }

    /// One iteration: the memberships are known from the last, the shares are their means, and the
    /// strengths of each group take one Newton step, halved while the penalised likelihood falls.
    /// That is a generalised EM (A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum likelihood
    /// from incomplete data via the EM algorithm", Journal of the Royal Statistical Society B 39,
    /// 1977): the likelihood never falls.
    pub(super) fn next(&self, rows: &Annotators<'_>, penalty: f64) -> Self {
        let groups = self.weights.len();
        let shares: Vec<f64> = (0..groups)
            .map(|g| {
                let sum: f64 = self.memberships.iter().skip(g).step_by(groups).sum();
                sum / rows.count() as f64
            })
            .collect();
        let steps: Vec<DVector<f64>> =
            (0..groups).map(|g| self.newton_step(rows, g, penalty)).collect();
        let mut length = 1.0;
        for _ in 0..MOST_HALVINGS {
            let moved = self.weights.iter().zip(&steps).map(|(weights, step)| {
                weights.iter().zip(step).map(|(w, s)| w + length * s).collect()
            });
            let next = Self::at(rows, moved.collect(), shares.clone(), penalty);
            if next.penalised >= self.penalised {
                return next;
            }
            length *= 0.5;
        }
        Self::at(rows, self.weights.clone(), shares, penalty)
    }

    fn newton_step(&self, rows: &Annotators<'_>, g: usize, penalty: f64) -> DVector<f64> {
        let (groups, dim) = (self.weights.len(), self.weights[g].len());
        let mut gradient: Vec<f64> = self.weights[g].iter().map(|w| -penalty * w).collect();
        let mut information = DMatrix::from_diagonal_element(dim, dim, penalty);
        for (place, &i) in rows.used.iter().enumerate() {
            let member = self.memberships[rows.places[place] * groups + g];
            let p = self.probabilities[place * groups + g];
            rows.compared.add(i, member * (rows.targets[i] - p), &mut gradient);
            rows.compared.add_outer(i, member * p * (1.0 - p), &mut information);
        }
        let gradient = DVector::from_vec(gradient);
        match Cholesky::new(information) {
            Some(decomposed) => decomposed.solve(&gradient),
            None => DVector::zeros(dim),
        }
    }

    /// Runs until an iteration gains less than `tolerance` nats an answer; says how many iterations
    /// there were and whether that happened.
    pub(super) fn run(
        self,
        rows: &Annotators<'_>,
        penalty: f64,
        most: u32,
        tolerance: f64,
    ) -> (Self, u32, bool) {
        let mut state = self;
        for iteration in 1..=most {
            let next = state.next(rows, penalty);
            let gained = next.penalised - state.penalised;
            state = next;
            if gained < tolerance * rows.used.len() as f64 {
                return (state, iteration, true);
            }
        }
        (state, most, false)
    }
}

/// Turns log-likelihoods by group into probabilities of the groups; returns the log of their sum.
pub(super) fn normalise(logs: &mut [f64], ln_shares: &[f64]) -> f64 {
    logs.iter_mut().zip(ln_shares).for_each(|(log, ln_share)| *log += ln_share);
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logs.iter().map(|log| (log - largest).exp()).sum();
    logs.iter_mut().for_each(|log| *log = (*log - largest).exp() / sum);
    largest + sum.ln()
}
