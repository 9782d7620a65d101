//! Linear regression with an intercept: ridge and minimum norm, also with more columns than rows.
//!
//! Columns are standardised: z = (x - mean) / standard deviation (divisor n), a column that does
//! not vary gets weight 0. With y centred, ridge regression (A. E. Hoerl and R. W. Kennard, "Ridge
//! regression: biased estimation for nonorthogonal problems", Technometrics 12, 1970) minimises
//!
//! 1/n sum_i (y_i - z_i . w)^2 + penalty |w|^2
//!
//! and the minimum-norm solution is the limit for a penalty of 0: of all w with the least squares
//! the shortest (R. Penrose, "On best approximate solutions of linear matrix equations",
//! Mathematical Proceedings of the Cambridge Philosophical Society 52, 1956). The intercept is not
//! penalised. Norms are those of the standardised weights, so that neither depends on the units of
//! a column; where the rank is full, the minimum-norm solution is ordinary least squares.
//!
//! Solved by the eigenvectors of the smaller of Z'Z / n and ZZ' / n: with ZZ'/n = U L U', the
//! weights are Z'U (L + penalty)^-1 U'y / n (T. Hastie, R. Tibshirani and J. Friedman, "The
//! elements of statistical learning", 2009, sections 3.4.1 and 18.3.5). One decomposition serves
//! every penalty.

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use serde::{Deserialize, Serialize};

use crate::fit_error::FitError;

/// Rotations that the decomposition may take for each row of the matrix.
const ROTATIONS_PER_ROW: usize = 100;
/// A column varies if its standard deviation is more than this share of its largest entry.
const SMALLEST_DEVIATION: f64 = 1e-10;

/// A fitted linear model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearFit {
    /// The prediction where every column is 0.
    pub intercept: f64,
    /// One weight per column, in the column's own unit.
    pub weights: Vec<f64>,
    /// The penalty on standardised weights; `None` for the minimum-norm solution.
    pub penalty: Option<f64>,
    /// Rank of the standardised columns.
    pub rank: usize,
    /// Rows that were fitted.
    pub rows: usize,
}

impl LinearFit {
    /// The prediction for a row, over the shorter of the row and the weights.
    pub fn predict(&self, row: &[f64]) -> f64 {
        self.intercept + self.weights.iter().zip(row).map(|(w, x)| w * x).sum::<f64>()
    }
}

/// Rows and targets decomposed once, to be fitted with many penalties.
#[derive(Clone, Debug)]
pub struct LinearSolver {
    means: Vec<f64>,
    /// 1 / standard deviation, 0 where a column does not vary.
    inverse: Vec<f64>,
    mean_target: f64,
    rows: usize,
    /// Positive eigenvalues, each with the target's share along its vector.
    spectrum: Vec<(f64, f64)>,
    /// What each vector is in weights, `[columns x rank]`.
    basis: DMatrix<f64>,
}

impl LinearSolver {
    /// Decomposes rows of equal length, with a target each.
    ///
    /// # Errors
    /// [`FitError::NoRows`], [`FitError::Shape`], [`FitError::RowNotFinite`],
    /// [`FitError::NotDecomposed`].
    pub fn of(rows: &[Vec<f64>], targets: &[f64]) -> Result<Self, FitError> {
        check(rows, targets)?;
        let (n, p) = (rows.len(), rows[0].len());
        let count = n as f64;
        let mut means = vec![0.0; p];
        let mut largest = vec![0.0_f64; p];
        for row in rows {
            for k in 0..p {
                means[k] += row[k] / count;
                largest[k] = largest[k].max(row[k].abs());
            }
        }
        let mut variances = vec![0.0; p];
        for row in rows {
            for k in 0..p {
                variances[k] += (row[k] - means[k]).powi(2) / count;
            }
        }
        let inverse: Vec<f64> = variances
            .iter()
            .zip(&largest)
            .map(
                |(v, most)| {
                    if v.sqrt() > SMALLEST_DEVIATION * most { 1.0 / v.sqrt() } else { 0.0 }
                },
            )
            .collect();
        let z = DMatrix::from_fn(n, p, |i, k| (rows[i][k] - means[k]) * inverse[k]);
        let transposed = z.transpose();
        let mean_target = targets.iter().sum::<f64>() / count;
        let centred = DVector::from_iterator(n, targets.iter().map(|y| y - mean_target));
        // An empty matrix has no decomposition.
        let dual = n < p || p == 0;
        let gram = if dual { &z * &transposed } else { &transposed * &z } / count;
        let size = gram.nrows();
        let found = SymmetricEigen::try_new(gram, f64::EPSILON, ROTATIONS_PER_ROW * size.max(10))
            .ok_or(FitError::NotDecomposed)?;
        let most = found.eigenvalues.iter().copied().fold(0.0, f64::max);
        let least = most * f64::EPSILON * n.max(p) as f64;
        let kept: Vec<usize> = (0..size).filter(|&k| found.eigenvalues[k] > least).collect();
        let vectors = found.eigenvectors.select_columns(&kept);
        let (basis, shares) = if dual {
            (&transposed * &vectors, vectors.transpose() * &centred / count)
        } else {
            let shares = vectors.transpose() * (&transposed * &centred) / count;
            (vectors, shares)
        };
        let spectrum =
            kept.iter().zip(shares.iter()).map(|(&k, &c)| (found.eigenvalues[k], c)).collect();
        Ok(Self { means, inverse, mean_target, rows: n, spectrum, basis })
    }

    /// The fit with a penalty of at least 0; `None` for the minimum-norm solution, which a penalty
    /// of 0 is as well.
    pub fn fit(&self, penalty: Option<f64>) -> LinearFit {
        let shrunk = penalty.unwrap_or(0.0);
        let along = self.spectrum.iter().map(|(value, share)| share / (value + shrunk));
        let standardised = &self.basis * DVector::from_iterator(self.spectrum.len(), along);
        let weights: Vec<f64> =
            standardised.iter().zip(&self.inverse).map(|(w, inverse)| w * inverse).collect();
        let at_mean: f64 = weights.iter().zip(&self.means).map(|(w, mean)| w * mean).sum();
        LinearFit {
            intercept: self.mean_target - at_mean,
            weights,
            penalty,
            rank: self.spectrum.len(),
            rows: self.rows,
        }
    }
}

/// That there are rows, of one length, with a target each, all finite.
pub(crate) fn check(rows: &[Vec<f64>], targets: &[f64]) -> Result<(), FitError> {
    let Some(first) = rows.first() else { return Err(FitError::NoRows) };
    if targets.len() != rows.len() || rows.iter().any(|row| row.len() != first.len()) {
        let text = format!("{} rows, {} targets, or uneven rows", rows.len(), targets.len());
        return Err(FitError::Shape(text));
    }
    let sound = |i: &usize| targets[*i].is_finite() && rows[*i].iter().all(|x| x.is_finite());
    (0..rows.len()).find(|i| !sound(i)).map_or(Ok(()), |i| Err(FitError::RowNotFinite(i)))
}

#[cfg(test)]
mod tests;
