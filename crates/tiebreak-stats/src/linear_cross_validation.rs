//! Cross-validation of linear regression: which penalty predicts rows that were left out best.
//!
//! For each fold, the rows of the other folds are decomposed once ([`LinearSolver`]) and fitted
//! with every penalty; the penalty with the least mean squared error on the rows left out is
//! chosen. The predictions returned are cross-fitted: those of a fold are made with the penalty
//! that the other folds choose, so that what is measured on them is not flattered by the choice.
//!
//! Beside them stands the mean of the other folds, the prediction that knows no columns. Where
//! columns carry nothing, predictions close in on these means, and those run against the rows
//! left out (a fold of large targets leaves a small mean): a rank correlation a little below 0 is
//! then what to expect.

use serde::{Deserialize, Serialize};

use crate::fit_error::FitError;
use crate::linear_regression::{LinearSolver, check};

/// A path of penalties on standardised weights, from nearly the mean to nearly least squares.
pub const RIDGE_PATH: [f64; 17] =
    [1e4, 3e3, 1e3, 3e2, 1e2, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4];

/// How one penalty did.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearTried {
    /// The penalty; `None` for the minimum-norm solution.
    pub penalty: Option<f64>,
    /// Root of the mean squared error on the rows left out, in the unit of the targets.
    pub rmse: f64,
}

/// What cross-validation found.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearCrossValidation {
    /// The penalty chosen on all folds; `None` for the minimum-norm solution.
    pub penalty: Option<f64>,
    /// Every penalty tried, from the largest to the smallest, the minimum norm last.
    pub tried: Vec<LinearTried>,
    /// The prediction of each row by a fit that has not seen its fold, cross-fitted.
    pub predictions: Vec<f64>,
    /// The mean of the targets outside each row's fold.
    pub means: Vec<f64>,
}

/// Cross-validates penalties; `None` among them stands for the minimum-norm solution. `folds[i]`
/// is the fold of row `i`.
///
/// # Errors
/// [`FitError::NoPenalties`]; [`FitError::NoRows`] without rows or with a single fold; those of
/// [`LinearSolver::of`].
pub fn cross_validate_linear(
    rows: &[Vec<f64>],
    targets: &[f64],
    folds: &[usize],
    penalties: &[Option<f64>],
) -> Result<LinearCrossValidation, FitError> {
    check(rows, targets)?;
    if folds.len() != rows.len() {
        return Err(FitError::Shape("rows and folds differ in number".to_owned()));
    }
    let mut path = penalties.to_vec();
    path.sort_by(|a, b| b.unwrap_or(-1.0).total_cmp(&a.unwrap_or(-1.0)));
    path.dedup();
    let mut used = folds.to_vec();
    used.sort_unstable();
    used.dedup();
    // by_penalty[p][i]: penalty p, row i.
    let mut by_penalty = vec![vec![0.0; rows.len()]; path.len()];
    let mut means = vec![0.0; rows.len()];
    for &fold in &used {
        let others = (0..rows.len()).filter(|&i| folds[i] != fold);
        let (seen, known): (Vec<_>, Vec<_>) = others.map(|i| (rows[i].clone(), targets[i])).unzip();
        let solver = LinearSolver::of(&seen, &known)?;
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        let left_out: Vec<usize> = (0..rows.len()).filter(|&i| folds[i] == fold).collect();
        left_out.iter().for_each(|&i| means[i] = mean);
        for (predictions, penalty) in by_penalty.iter_mut().zip(&path) {
            let fit = solver.fit(*penalty);
            left_out.iter().for_each(|&i| predictions[i] = fit.predict(&rows[i]));
        }
    }
    let error = |p: usize, used: &dyn Fn(usize) -> bool| {
        let squares =
            (0..rows.len()).filter(|&i| used(i)).map(|i| (by_penalty[p][i] - targets[i]).powi(2));
        let (sum, n) = squares.fold((0.0, 0.0), |(sum, n), square| (sum + square, n + 1.0));
        (sum / n, p)
    };
    // Of equals the larger penalty, which comes first.
    let choose = |used: &dyn Fn(usize) -> bool| {
        let all = (0..path.len()).map(|p| error(p, used));
        all.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, p)| p)
    };
    let best = choose(&|_| true).ok_or(FitError::NoPenalties)?;
    let mut predictions = vec![0.0; rows.len()];
    for &fold in &used {
        let p = choose(&|i| folds[i] != fold).unwrap_or(best);
        for i in (0..rows.len()).filter(|&i| folds[i] == fold) {
            predictions[i] = by_penalty[p][i];
        }
    }
    let tried = path
        .iter()
        .enumerate()
        .map(|(p, &penalty)| LinearTried { penalty, rmse: error(p, &|_| true).0.sqrt() })
        .collect();
    Ok(LinearCrossValidation { penalty: path[best], tried, predictions, means })
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::folds::grouped_folds;
    use crate::rmse::rmse;
    use crate::spearman::spearman;

    /// Targets of which the first column explains a share.
    fn drawn(n: usize, p: usize, slope: f64) -> (Vec<Vec<f64>>, Vec<f64>, Vec<usize>) {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let rows: Vec<Vec<f64>> =
            (0..n).map(|_| (0..p).map(|_| rng.random_range(-1.0..1.0)).collect()).collect();
        let targets = rows.iter().map(|row| slope * row[0] + rng.random_range(-1.0..1.0)).collect();
        let folds = grouped_folds(&(0..n).collect::<Vec<_>>(), 5, 1);
        (rows, targets, folds)
    }

    fn path() -> Vec<Option<f64>> {
        RIDGE_PATH.iter().copied().map(Some).collect()
    }

    #[test]
    fn ridge_predicts_where_least_squares_cannot() {
        let (rows, targets, folds) = drawn(100, 90, 2.0);
        let ridge = cross_validate_linear(&rows, &targets, &folds, &path()).unwrap();
        let shortest = cross_validate_linear(&rows, &targets, &folds, &[None]).unwrap();
        let error = |found: &[f64]| rmse(found, &targets).unwrap();
        assert!(error(&ridge.predictions) < 0.9 * error(&ridge.means), "{:?}", ridge.tried);
        assert!(error(&ridge.predictions) < 0.8 * error(&shortest.predictions));
        assert!(spearman(&ridge.predictions, &targets).unwrap() > 0.5);
        assert_eq!(ridge.tried.len(), RIDGE_PATH.len());
        assert!(ridge.tried.windows(2).all(|two| two[0].penalty > two[1].penalty));
        assert_eq!(shortest.penalty, None);
    }

    #[test]
    fn noise_is_measured_as_noise() {
        let (rows, targets, folds) = drawn(100, 90, 0.0);
        let found = cross_validate_linear(&rows, &targets, &folds, &path()).unwrap();
        let (error, constant) =
            (rmse(&found.predictions, &targets).unwrap(), rmse(&found.means, &targets).unwrap());
        assert!(error > 0.95 * constant, "{error} {constant}");
        assert!(spearman(&found.predictions, &targets).unwrap() < 0.2);
    }

    /// What is left out has no say in its own prediction by a given penalty.
    #[test]
    fn predictions_are_held_out() {
        let (rows, mut targets, folds) = drawn(60, 5, 2.0);
        let before = cross_validate_linear(&rows, &targets, &folds, &[Some(0.1)]).unwrap();
        for i in (0..60).filter(|&i| folds[i] == 2) {
            targets[i] += 1000.0;
        }
        let after = cross_validate_linear(&rows, &targets, &folds, &[Some(0.1)]).unwrap();
        for i in (0..60).filter(|&i| folds[i] == 2) {
            assert_eq!(before.means[i], after.means[i]);
            assert!((before.predictions[i] - after.predictions[i]).abs() < 1e-9);
        }
    }

    #[test]
    fn says_what_is_missing() {
        let (rows, targets, folds) = drawn(10, 2, 1.0);
        let found = cross_validate_linear(&rows, &targets, &folds, &[]);
        assert_eq!(found, Err(FitError::NoPenalties));
        let single = cross_validate_linear(&rows, &targets, &[0; 10], &path());
        assert_eq!(single, Err(FitError::NoRows));
    }
}
