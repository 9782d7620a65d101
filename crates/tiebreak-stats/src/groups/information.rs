//! Standard errors of a mixture by its observed information: the information that there would be
//! if groups were known, less what their being unknown costs (T. A. Louis, "Finding the observed
//! information matrix when using the EM algorithm", Journal of the Royal Statistical Society B
//! 44, 1982, formula 3.2), with the prior.
//!
//! The parameters are the strengths of each group and the log-odds of each share against the last
//! group's. For an annotator of memberships r with score S_g if in group g, the cost is the
//! covariance of the score, sum r_g S_g S_g' - (sum r_g S_g)(sum r_g S_g)'.

use nalgebra::{Cholesky, DMatrix, DMatrixView, DVector};

use super::annotators::Annotators;
use super::mixture_state::State;
use crate::compared::Compared;

/// With more parameters the matrix takes longer than the fit.
const MOST_PARAMETERS: usize = 1500;

/// Standard errors, on the scale on which the state is.
pub(super) struct StandardErrors {
    /// Of each group's strengths; those of systems are of strengths with mean 0.
    pub(super) strengths: Vec<Vec<f64>>,
    /// Of the log-odds of each share; none for a single group.
    pub(super) share_logits: Vec<Option<f64>>,
}

/// `None` if the information is not positive definite (a group of share 0, a run that has not
/// converged), or with more than 1500 parameters.
pub(super) fn standard_errors(
    rows: &Annotators<'_>,
    state: &State,
    penalty: f64,
) -> Option<StandardErrors> {
    let (groups, dim) = (state.weights.len(), rows.compared.dim());
    let parameters = groups * dim + groups - 1;
    if parameters > MOST_PARAMETERS {
        return None;
    }
    let information = known_groups(rows, state, penalty) - unknown_groups(rows, state);
    let covariance = Cholesky::new(information)?.inverse();
    let strengths = (0..groups)
        .map(|g| {
            let block = covariance.view((g * dim, g * dim), (dim, dim));
            deviations(block, matches!(rows.compared, Compared::Systems { .. }))
        })
        .collect();
    let first = groups * dim;
    let share_logits = (0..groups)
        .map(|g| {
            // d logit(share_g) / d eta_h = (1[g = h] - share_h) / (1 - share_g).
            let slope = DVector::from_fn(groups - 1, |h, _| {
                (f64::from(u8::from(g == h)) - state.shares[h]) / (1.0 - state.shares[g])
            });
            let block = covariance.view((first, first), (groups - 1, groups - 1));
            (groups > 1).then(|| slope.dot(&(block * &slope)).max(0.0).sqrt())
        })
        .collect();
    Some(StandardErrors { strengths, share_logits })
}

/// Standard deviations from a covariance; where `centred`, of the values less their mean.
pub(super) fn deviations(covariance: DMatrixView<'_, f64>, centred: bool) -> Vec<f64> {
    let n = covariance.nrows() as f64;
    let mean = covariance.sum() / (n * n);
    let variance = |k: usize| match centred {
        true => covariance[(k, k)] - 2.0 * covariance.column(k).sum() / n + mean,
        false => covariance[(k, k)],
    };
    (0..covariance.nrows()).map(|k| variance(k).max(0.0).sqrt()).collect()
}

/// The information if the group of each annotator were known, and the prior's.
fn known_groups(rows: &Annotators<'_>, state: &State, penalty: f64) -> DMatrix<f64> {
    let (groups, dim) = (state.weights.len(), rows.compared.dim());
    let mut whole = DMatrix::zeros(groups * dim + groups - 1, groups * dim + groups - 1);
    for g in 0..groups {
        let mut block = DMatrix::from_diagonal_element(dim, dim, penalty);
        for (place, &i) in rows.used.iter().enumerate() {
            let p = state.probabilities[place * groups + g];
            let member = state.memberships[rows.places[place] * groups + g];
            rows.compared.add_outer(i, member * p * (1.0 - p), &mut block);
        }
        block.fill_upper_triangle_with_lower_triangle();
        whole.view_mut((g * dim, g * dim), (dim, dim)).copy_from(&block);
    }
    let (first, n) = (groups * dim, rows.count() as f64);
    for g in 0..groups - 1 {
        for h in 0..groups - 1 {
            let same = if g == h { state.shares[g] } else { 0.0 };
            whole[(first + g, first + h)] = n * (same - state.shares[g] * state.shares[h]);
        }
    }
    whole
}

/// What it costs that they are not known.
fn unknown_groups(rows: &Annotators<'_>, state: &State) -> DMatrix<f64> {
    let (groups, dim) = (state.weights.len(), rows.compared.dim());
    let (first, parameters) = (groups * dim, groups * dim + groups - 1);
    let mut scores = vec![vec![0.0; dim]; groups * rows.count()];
    for (place, &i) in rows.used.iter().enumerate() {
        for g in 0..groups {
            let rest = rows.targets[i] - state.probabilities[place * groups + g];
            rows.compared.add(i, rest, &mut scores[rows.places[place] * groups + g]);
        }
    }
    let mut cost = DMatrix::zeros(parameters, parameters);
    for (annotator, scores) in scores.chunks(groups).enumerate() {
        let members = &state.memberships[annotator * groups..][..groups];
        let mut mean = DVector::zeros(parameters);
        for g in 0..groups {
            // The score if in group g: strengths of g, then shares.
            let mut one = DVector::zeros(dim + groups - 1);
            one.rows_mut(0, dim).copy_from_slice(&scores[g]);
            for h in 0..groups - 1 {
                one[dim + h] = f64::from(u8::from(g == h)) - state.shares[h];
            }
            let place = |k: usize| if k < dim { g * dim + k } else { first + k - dim };
            for k in 0..one.len() {
                mean[place(k)] += members[g] * one[k];
                for j in 0..one.len() {
                    cost[(place(j), place(k))] += members[g] * one[j] * one[k];
                }
            }
        }
        cost.ger(-1.0, &mean, &mean, 1.0);
    }
    cost
}
