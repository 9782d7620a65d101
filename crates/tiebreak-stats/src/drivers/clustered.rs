//! Logistic regression with standard errors that allow for clusters.
//!
//! V = H^-1 (sum over clusters of u u') H^-1 times G / (G - 1) * (n - 1) / (n - k), with H the
//! information, u the score of a cluster, G clusters, n rows and k columns (K.-Y. Liang and S. L.
//! Zeger, "Longitudinal data analysis using generalized linear models", Biometrika 73, 1986; the
//! factor is that of A. C. Cameron and D. L. Miller, "A practitioner's guide to cluster-robust
//! inference", Journal of Human Resources 50, 2015, section II.B). Intervals are by Student's
//! distribution with one degree of freedom less than there are clusters in which the column is not
//! 0 throughout (section VI.D there, where that is all of them). With fewer than five of these, or
//! as many columns as clusters, V says nothing, and there is no interval.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use crate::compared::Compared;
use crate::estimate::{Estimate, student_quantile};
use crate::logistic::logistic;
use crate::newton::{Prior, Rows};

/// What is left of a column after those before it, as a share of its sum of squares, below which
/// it adds nothing.
const LEAST_LEFT: f64 = 1e-9;

/// A standardised weight of more is on its way to infinity: the column tells answers apart that it
/// differs on, and there is no maximum.
const MOST_WEIGHT: f64 = 15.0;

/// A column that differs in fewer clusters has no interval.
const FEWEST_CLUSTERS: usize = 5;

/// A fit.
pub(super) struct Clustered {
    pub(super) estimates: Vec<Estimate>,
    pub(super) iterations: u32,
    pub(super) converged: bool,
}

/// Fits targets (0 to 1) by standardised columns that are not collinear; `clusters` are numbered from 0.
pub(super) fn clustered_logistic(
    compared: &Compared,
    targets: &[f64],
    clusters: &[usize],
) -> Clustered {
    let dim = compared.dim();
    let used: Vec<usize> = (0..compared.len()).collect();
    let rows = Rows { compared, targets, used: &used };
    let none = vec![0.0; dim];
    let fit = rows.fit(&none, Prior { mean: &none, precision: &none });
    let mut scores: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let mut active: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for i in used {
        compared.add_squares(i, active.entry(clusters[i]).or_insert_with(|| vec![0.0; dim]));
        let rest = targets[i] - logistic(compared.margin(i, &fit.weights));
        let score = scores.entry(clusters[i]).or_insert_with(|| vec![0.0; dim]);
        compared.add(i, rest, score);
    }
    let (groups, n) = (scores.len(), targets.len());
    let mut meat = DMatrix::zeros(dim, dim);
    for score in scores.into_values() {
        let score = DVector::from_vec(score);
        meat.ger(1.0, &score, &score, 1.0);
    }
    let converged = fit.converged && fit.weights.iter().all(|w| w.abs() < MOST_WEIGHT);
    let known = groups > dim && n > dim && converged;
    let variance = fit.information.as_ref().filter(|_| known).map(|information| {
        let bread = information.inverse();
        let (g, n, k) = (groups as f64, n as f64, dim as f64);
        (&bread * meat * &bread) * (g / (g - 1.0) * (n - 1.0) / (n - k))
    });
    let active_in = |k: usize| active.values().filter(|squares| squares[k] > 0.0).count();
    let estimate = |k: usize| {
        let clusters = active_in(k);
        let variance = variance.as_ref().filter(|_| clusters >= FEWEST_CLUSTERS);
        let error = variance.map(|variance| variance[(k, k)].max(0.0).sqrt());
        Estimate::of(fit.weights[k], error, student_quantile(clusters.saturating_sub(1)))
    };
    Clustered { estimates: (0..dim).map(estimate).collect(), iterations: fit.iterations, converged }
}

/// The columns that vary and are no combination of those before them (by the decomposition of
/// their products).
pub(super) fn independent_columns(compared: &Compared) -> Vec<usize> {
    let dim = compared.dim();
    let mut products = DMatrix::zeros(dim, dim);
    (0..compared.len()).for_each(|i| compared.add_outer(i, 1.0, &mut products));
    let mut kept: Vec<usize> = Vec::new();
    let mut root: DMatrix<f64> = DMatrix::zeros(dim, dim);
    for k in 0..dim {
        for (place, &j) in kept.iter().enumerate() {
            let before: f64 = (0..place).map(|p| root[(k, p)] * root[(j, p)]).sum();
            root[(k, place)] = (products[(k, j)] - before) / root[(j, place)];
        }
        let left = products[(k, k)] - root.row(k).iter().map(|x| x * x).sum::<f64>();
        if left > LEAST_LEFT * products[(k, k)] {
            root[(k, kept.len())] = left.sqrt();
            kept.push(k);
        }
    }
    kept
}
