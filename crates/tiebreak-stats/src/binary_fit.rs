//! Penalised logistic regression of a probability on columns, with an intercept.
//!
//! P = logistic(a + w . x), fitted by maximum penalised likelihood on standardised columns (D. R.
//! Cox, "The regression analysis of binary sequences", Journal of the Royal Statistical Society B
//! 20, 1958; S. le Cessie and J. C. van Houwelingen, "Ridge estimators in logistic regression",
//! Applied Statistics 41, 1992). It is the model of [`PreferenceFit`] on a row against a row of
//! zeros, with a column of ones that is not penalised.
//!
//! The penalty with the smallest log loss on the groups left out is chosen, each fit along the
//! path beginning where the last ended. Held-out probabilities are cross-fitted: for each fold,
//! the penalty is the one that the other folds choose. There is no temperature as for pairs: it
//! would move the rate as well, which the intercept has right; what overfits are the weights, and
//! these the penalty shrinks towards a constant at the rate.
//!
//! Targets are fitted a little towards one half, t' = (t n + 1/2) / (n + 1) with n the sum of the
//! weights, so that a small sample without any event does not make it impossible: without columns
//! the fitted probability is (events + 1/2) / (n + 1) (R. E. Krichevsky and V. K. Trofimov, "The
//! performance of universal encoding", IEEE Transactions on Information Theory 27, 1981). The
//! constant that the fit is compared with is the same estimate. What is held out is judged by the
//! targets as they are.

use serde::{Deserialize, Serialize};

use crate::cross_validation::Progress;
use crate::fit_error::FitError;
use crate::folds::grouped_folds;
use crate::linear_regression::check;
use crate::log_loss::log_loss;
use crate::logistic::logistic;
use crate::pairs::JudgedPairs;
use crate::parallel;
use crate::preference_fit::{FitOptions, PreferenceFit};
use crate::shares::Shares;
use crate::ties::Ties;

/// A column varies if its standard deviation is more than this share of its largest entry.
const SMALLEST_DEVIATION: f64 = 1e-6;

/// How to fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BinaryOptions {
    /// Penalties to choose from, on standardised weights, each at least 0.
    pub penalties: Vec<f64>,
    /// Folds of the cross-validation, at least 2.
    pub folds: usize,
    /// What deals groups to folds.
    pub seed: u64,
    /// Most iterations of a fit.
    pub max_iterations: u32,
}

impl Default for BinaryOptions {
    fn default() -> Self {
        let penalties = vec![100.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001];
        Self { penalties, folds: 5, seed: 0, max_iterations: 300 }
    }
}

/// A fitted model of a probability, and the conditions of the fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BinaryFit {
    /// Log-odds where every column is 0.
    pub intercept: f64,
    /// Log-odds per unit of each column, in the column's own unit.
    pub weights: Vec<f64>,
    /// The mean of each column over the rows fitted, each by its weight: what a row is compared
    /// with when the reason for its probability is told.
    pub means: Vec<f64>,
    /// The penalty chosen.
    pub penalty: f64,
    /// Iterations of the fit on all rows.
    pub iterations: u32,
    /// Whether that fit converged.
    pub converged: bool,
    /// Rows with a positive weight.
    pub rows: usize,
    /// Log loss of the held-out probabilities, nats.
    pub log_loss: f64,
    /// Log loss of the rate in the other folds, the prediction that knows no columns, nats.
    pub constant_log_loss: f64,
    /// Probability of each row by fits that have not seen its group.
    #[serde(skip)]
    pub probabilities: Vec<f64>,
}

impl BinaryFit {
    /// Fits rows of equal length. `targets[i]`, 0 to 1, is what happened or how probable it was;
    /// `weights[i]`, at least 0, how much it counts; `groups[i]` the group (prompt) that is never
    /// split between fitting and measuring, numbered from 0.
    ///
    /// # Errors
    /// [`FitError::NoRows`], [`FitError::Shape`], [`FitError::RowNotFinite`],
    /// [`FitError::NoPenalties`], [`FitError::NoPairs`] if a fold leaves nothing to fit (a single
    /// group, no positive weight), [`FitError::Cancelled`].
    pub fn of(
        rows: &[Vec<f64>],
        targets: &[f64],
        weights: &[f64],
        groups: &[usize],
        options: &BinaryOptions,
        progress: Progress<'_>,
    ) -> Result<Self, FitError> {
        check(rows, targets)?;
        if weights.len() != rows.len() || groups.len() != rows.len() {
            return Err(FitError::Shape("rows, weights and groups differ in number".to_owned()));
        }
        let sound = |i: &usize| {
            let (target, weight) = (targets[*i], weights[*i]);
            (0.0..=1.0).contains(&target) && weight >= 0.0 && weight.is_finite()
        };
        if let Some(i) = (0..rows.len()).find(|i| !sound(i)) {
            return Err(FitError::RowNotFinite(i));
        }
        let columns = Standard::of(rows, weights)?;
        let pairs = columns.pairs(rows, targets, weights);
        pairs.check()?;
        // Shares that sum to the weight: what is held out counts by it.
        let answered: Vec<Shares> = targets
            .iter()
            .zip(weights)
            .map(|(t, w)| Shares { first: t * w, tie: 0.0, second: (1.0 - t) * w })
            .collect();
        let folds = grouped_folds(groups, options.folds.max(2), options.seed);
        let settings = FitOptions {
            ties: Ties::Half,
            max_iterations: options.max_iterations,
            ..FitOptions::default()
        };
        let held_out =
            HeldOut::of(&pairs, &answered, &folds, &options.penalties, settings, progress)?;
        let chosen = FitOptions { penalty: held_out.penalty, ..settings };
        let fit = PreferenceFit::of(&pairs, &vec![1.0; rows.len()], chosen, None)?;
        let constant = constant_margins(targets, weights, &folds);
        let (intercept, raw) = columns.raw(&fit.weights);
        Ok(Self {
            intercept,
            weights: raw,
            means: columns.means,
            penalty: held_out.penalty,
            iterations: fit.iterations,
            converged: fit.converged,
            rows: weights.iter().filter(|w| **w > 0.0).count(),
            log_loss: log_loss(&held_out.margins, &answered).ok_or(FitError::NoPairs)?,
            constant_log_loss: log_loss(&constant, &answered).ok_or(FitError::NoPairs)?,
            probabilities: held_out.margins.into_iter().map(logistic).collect(),
        })
    }

    /// The log-odds of a row, over the shorter of the row and the weights.
    pub fn log_odds(&self, row: &[f64]) -> f64 {
        self.intercept + self.weights.iter().zip(row).map(|(w, x)| w * x).sum::<f64>()
    }

    /// The probability of a row, 0 to 1.
    pub fn probability(&self, row: &[f64]) -> f64 {
        logistic(self.log_odds(row))
    }

    /// How much smaller the held-out log loss is than the constant's, nats a row: what the columns
    /// are worth; below 0 where they are worth less than nothing.
    pub fn improvement(&self) -> f64 {
        self.constant_log_loss - self.log_loss
    }
}

/// The penalty chosen, and the log-odds of rows by fits that have not seen their fold.
struct HeldOut {
    penalty: f64,
    margins: Vec<f64>,
}

impl HeldOut {
    fn of(
        pairs: &JudgedPairs,
        answered: &[Shares],
        folds: &[usize],
        penalties: &[f64],
        settings: FitOptions,
        progress: Progress<'_>,
    ) -> Result<Self, FitError> {
        let mut path = penalties.to_vec();
        path.sort_by(|a, b| b.total_cmp(a));
        path.dedup();
        let n = pairs.len();
        let mut used = folds.to_vec();
        used.sort_unstable();
        used.dedup();
        let fits = parallel::map(progress.threads, used.len(), |f| {
            let times: Vec<f64> =
                folds.iter().map(|&fold| f64::from(u8::from(fold != used[f]))).collect();
            let mut fits: Vec<PreferenceFit> = Vec::with_capacity(path.len());
            for &penalty in &path {
                if progress.cancel.is_cancelled() {
                    return Err(FitError::Cancelled);
                }
                let options = FitOptions { penalty, ..settings };
                fits.push(PreferenceFit::of(pairs, &times, options, fits.last())?);
                (progress.fitted)();
            }
            Ok(fits)
        })
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
        let place = |i: usize| used.partition_point(|&fold| fold < folds[i]);
        let by_penalty: Vec<Vec<f64>> = (0..path.len())
            .map(|p| (0..n).map(|i| pairs.margin(i, &fits[place(i)][p].weights)).collect())
            .collect();
        // Of equals the larger penalty, which comes first.
        let choose = |used: &dyn Fn(usize) -> bool| {
            let losses = by_penalty.iter().enumerate().filter_map(|(p, margins)| {
                let (margins, shares): (Vec<f64>, Vec<_>) =
                    (0..n).filter(|&i| used(i)).map(|i| (margins[i], answered[i])).unzip();
                Some((log_loss(&margins, &shares)?, p))
            });
            losses.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, p)| p)
        };
        let best = choose(&|_| true).ok_or(if path.is_empty() {
            FitError::NoPenalties
        } else {
            FitError::NoPairs
        })?;
        let mut margins = vec![0.0; n];
        for &fold in &used {
            let p = choose(&|i| folds[i] != fold).unwrap_or(best);
            for i in (0..n).filter(|&i| folds[i] == fold) {
                margins[i] = by_penalty[p][i];
            }
        }
        Ok(Self { penalty: path[best], margins })
    }
}

/// Weighted means and standard deviations of columns.
struct Standard {
    means: Vec<f64>,
    /// 1 / standard deviation, 0 where a column does not vary.
    inverse: Vec<f64>,
}

impl Standard {
    fn of(rows: &[Vec<f64>], weights: &[f64]) -> Result<Self, FitError> {
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return Err(FitError::NoPairs);
        }
        let dim = rows[0].len();
        let (mut means, mut variances) = (vec![0.0; dim], vec![0.0; dim]);
        for (row, weight) in rows.iter().zip(weights) {
            (0..dim).for_each(|k| means[k] += weight * row[k] / total);
        }
        for (row, weight) in rows.iter().zip(weights) {
            (0..dim).for_each(|k| variances[k] += weight * (row[k] - means[k]).powi(2) / total);
        }
        let inverse = (0..dim)
            .map(|k| {
                let most = rows.iter().map(|row| row[k].abs()).fold(0.0, f64::max);
                let deviation = variances[k].sqrt();
                if deviation > SMALLEST_DEVIATION * most { 1.0 / deviation } else { 0.0 }
            })
            .collect();
        Ok(Self { means, inverse })
    }

    /// Standardised rows and a column of ones, against zeros.
    fn pairs(&self, rows: &[Vec<f64>], targets: &[f64], weights: &[f64]) -> JudgedPairs {
        let dim = self.means.len();
        let mut pairs = JudgedPairs::new(dim + 1);
        pairs.penalty_factors = vec![1.0; dim];
        pairs.penalty_factors.push(0.0);
        let total: f64 = weights.iter().sum();
        let zeros = vec![0.0; dim + 1];
        for ((row, target), weight) in rows.iter().zip(targets).zip(weights) {
            let mut standard: Vec<f32> =
                (0..dim).map(|k| ((row[k] - self.means[k]) * self.inverse[k]) as f32).collect();
            standard.push(1.0);
            let t = (target * total + 0.5) / (total + 1.0);
            let shares = Shares { first: t, tie: 0.0, second: 1.0 - t };
            pairs.push(&standard, &zeros, shares, *weight);
        }
        pairs
    }

    /// Intercept and weights in the columns' own units.
    fn raw(&self, standardised: &[f64]) -> (f64, Vec<f64>) {
        let dim = self.means.len();
        let weights: Vec<f64> = (0..dim).map(|k| standardised[k] * self.inverse[k]).collect();
        let at_mean: f64 = weights.iter().zip(&self.means).map(|(w, mean)| w * mean).sum();
        (standardised[dim] - at_mean, weights)
    }
}

/// The log-odds of the rate in the other folds, for each row.
fn constant_margins(targets: &[f64], weights: &[f64], folds: &[usize]) -> Vec<f64> {
    let count = folds.iter().max().map_or(0, |last| last + 1);
    let of_fold: Vec<f64> = (0..count)
        .map(|fold| {
            let others = (0..targets.len()).filter(|&i| folds[i] != fold);
            let (events, total) = others.fold((0.0, 0.0), |(events, total), i| {
                (events + weights[i] * targets[i], total + weights[i])
            });
            ((events + 0.5) / (total - events + 0.5)).ln()
        })
        .collect();
    folds.iter().map(|&fold| of_fold[fold]).collect()
}

#[cfg(test)]
mod tests;
