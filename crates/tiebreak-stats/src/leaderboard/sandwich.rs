//! Standard errors that hold also where the model does not: H^-1 M H^-1, with H the second
//! derivatives of the negative log-likelihood and M the sum over clusters of the outer product of
//! their scores (P. J. Huber, "The behavior of maximum likelihood estimates under nonstandard
//! conditions", 1967; H. White, "Maximum likelihood estimation of misspecified models",
//! Econometrica 50, 1982; K.-Y. Liang and S. L. Zeger, "Longitudinal data analysis using
//! generalized linear models", Biometrika 73, 1986), times G / (G - 1) for G clusters.
//!
//! Both sides are projected, so that this is the covariance of strengths whose mean over the systems
//! of reference is 0.

use nalgebra::{DMatrix, DVector};

use super::bradley_terry::{Fitted, shift_mean};
use super::design::Entry;
use super::newton::Problem;
use crate::shares::Shares;

/// Covariances of the parameters of a fit.
#[derive(Clone, Debug)]
pub(crate) struct Sandwich {
    /// Robust to dependence within clusters; `None` for a single cluster.
    pub(crate) robust: Option<DMatrix<f64>>,
    /// H^-1, which supposes the model and independent comparisons.
    pub(crate) model: DMatrix<f64>,
}

/// Clusters of entries, which are sorted by cluster.
pub(crate) fn clusters(entries: &[Entry]) -> impl Iterator<Item = &[Entry]> {
    entries.chunk_by(|a, b| a.cluster == b.cluster)
}

/// The covariances; `None` where the Hessian is singular or too large.
pub(crate) fn sandwich(fitted: &Fitted, entries: &[Entry]) -> Option<Sandwich> {
    let problem = fitted.problem();
    let factor = problem.factor(&fitted.z)?;
    let mut bread = factor.inverse();
    let count = clusters(entries).count();
    let robust = (count > 1).then(|| {
        let meat = meat(&problem, &fitted.z, entries);
        let mut covariance = &bread * meat * &bread * (count as f64 / (count - 1) as f64);
        against_reference(&mut covariance, fitted);
        covariance
    });
    // Without what fixes the mean, which is no information.
    against_reference(&mut bread, fitted);
    Some(Sandwich { robust, model: bread })
}

/// The covariance of strengths less the mean of those of reference.
fn against_reference(covariance: &mut DMatrix<f64>, fitted: &Fitted) {
    let (reference, linked) = (&fitted.reference, &fitted.linked);
    for mut column in covariance.column_iter_mut() {
        shift_mean(column.as_mut_slice(), reference, linked, 0.0);
    }
    covariance.transpose_mut();
    for mut column in covariance.column_iter_mut() {
        shift_mean(column.as_mut_slice(), reference, linked, 0.0);
    }
}

/// The sum over clusters of the outer product of their scores. A cluster adds to the parameters
/// alone that its comparisons concern.
fn meat(problem: &Problem<'_>, z: &[f64], entries: &[Entry]) -> DMatrix<f64> {
    let (p, n, linear) = (problem.parameters(), problem.design.active.len(), problem.linear());
    let parameter = problem.tie_parameter(z);
    let slopes: Vec<[(f64, f64); 3]> = (0..problem.counts.len())
        .map(|row| {
            let margin = problem.margin(row, z);
            [Shares::FIRST, Shares::TIE, Shares::SECOND].map(|answer| {
                let loss = problem.ties.loss(answer, margin, parameter);
                (loss.by_margin, loss.by_ties)
            })
        })
        .collect();
    let mut sum = DMatrix::zeros(p, p);
    let mut score = DVector::zeros(p);
    let (mut touched, mut is_touched) = (Vec::new(), vec![false; p]);
    for cluster in clusters(entries) {
        let mut add = |k: usize, value: f64, touched: &mut Vec<usize>| {
            score[k] += value;
            if !is_touched[k] {
                is_touched[k] = true;
                touched.push(k);
            }
        };
        for entry in cluster {
            let row = entry.row as usize;
            let (by_margin, by_ties) = slopes[row][usize::from(entry.answer)];
            let [i, j] = problem.design.pairs[row];
            let slope = entry.weight * by_margin;
            add(i, slope, &mut touched);
            add(j, -slope, &mut touched);
            for (k, x) in problem.design.row(row).iter().enumerate() {
                add(n + k, slope * x, &mut touched);
            }
            if problem.ties.has_parameter() {
                add(linear, entry.weight * by_ties, &mut touched);
            }
        }
        for &a in &touched {
            for &b in &touched {
                sum[(a, b)] += score[a] * score[b];
            }
        }
        for k in touched.drain(..) {
            score[k] = 0.0;
            is_touched[k] = false;
        }
    }
    sum
}
