//! Cross-validation along a path of penalties, grouped by prompt.
//!
//! For each fold, the pairs of all other folds are fitted with each penalty from the largest to
//! the smallest, each fit beginning where the last ended (J. Friedman, T. Hastie and R.
//! Tibshirani, "Regularization paths for generalized linear models via coordinate descent",
//! Journal of Statistical Software 33, 2010, section 2.5). The penalty with the smallest log loss
//! on the pairs left out, at the temperature that suits it, is chosen; penalties are judged after
//! scaling because margins are scaled before they are used.
//!
//! The held-out margins that quality is measured on are cross-fitted: for each fold, penalty and
//! temperature are those that the other folds choose.

use serde::Serialize;
use tiebreak_core::Cancel;

use crate::fit_error::FitError;
use crate::log_loss::log_loss;
use crate::pairs::JudgedPairs;
use crate::parallel;
use crate::preference_fit::{FitOptions, PreferenceFit};
use crate::shares::Shares;
use crate::temperature::{Temperature, temperature};

/// Who is told of finished fits and may stop the work between them.
#[derive(Clone, Copy)]
pub struct Progress<'a> {
    /// Stops the work before the next fit.
    pub cancel: &'a Cancel,
    /// Called after each fit, from any thread.
    pub fitted: &'a (dyn Fn() + Sync),
    /// Threads to use, at least 1. Results do not depend on it.
    pub threads: usize,
}

/// How one penalty did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PenaltyTried {
    /// The penalty.
    pub penalty: f64,
    /// Log loss on the pairs left out, after scaling by the temperature; absent if no answer
    /// prefers one.
    pub log_loss: Option<f64>,
    /// The temperature of its margins on the pairs left out.
    pub temperature: Option<f64>,
    /// Iterations of the fit of each fold.
    pub iterations: Vec<u32>,
    /// Fits that converged.
    pub converged: usize,
}

/// What cross-validation found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrossValidation {
    /// The penalty chosen on all folds.
    pub penalty: f64,
    /// What margins of fits with this penalty are to be divided by.
    pub temperature: Temperature,
    /// Every penalty tried, from the largest to the smallest.
    pub tried: Vec<PenaltyTried>,
    /// The margin of each pair by a fit that has not seen its prompt, cross-fitted and scaled.
    #[serde(skip)]
    pub margins: Vec<f64>,
}

/// Cross-validates the penalties on checked pairs ([`JudgedPairs::check`]); `folds[i]` is the
/// fold of pair `i`, from [`crate::grouped_folds`]. `answered` are the shares that held-out
/// margins are judged by: those that were fitted, or where these are smoothed or weighted, the
/// answers as they were given. `options.penalty` is not used.
///
/// # Errors
/// [`FitError::NoPairs`] if a fold leaves nothing to fit or no answer prefers one,
/// [`FitError::NoPenalties`], [`FitError::Shape`], [`FitError::Cancelled`].
pub fn cross_validate(
    pairs: &JudgedPairs,
    answered: &[Shares],
    folds: &[usize],
    penalties: &[f64],
    options: FitOptions,
    progress: Progress<'_>,
) -> Result<CrossValidation, FitError> {
    if answered.len() != pairs.len() || folds.len() != pairs.len() {
        return Err(FitError::Shape("pairs, answers and folds differ in number".to_owned()));
    }
    let mut path = penalties.to_vec();
    path.sort_by(|a, b| b.total_cmp(a));
    path.dedup();
    let mut used = folds.to_vec();
    used.sort_unstable();
    used.dedup();
    let fits = parallel::map(progress.threads, used.len(), |n| {
        let times: Vec<f64> =
            folds.iter().map(|&fold| if fold == used[n] { 0.0 } else { 1.0 }).collect();
        along_path(pairs, &times, &path, options, progress)
    })
    .into_iter()
    .collect::<Result<Vec<_>, _>>()?;
    let place = |i: usize| used.partition_point(|&fold| fold < folds[i]);
    // margins[p][i]: penalty p, pair i.
    let margins: Vec<Vec<f64>> = (0..path.len())
        .map(|p| (0..pairs.len()).map(|i| pairs.margin(i, &fits[place(i)][p].weights)).collect())
        .collect();
    let tried = path
        .iter()
        .enumerate()
        .map(|(p, &penalty)| {
            let judged = judge(&margins[p], answered, |_| true);
            PenaltyTried {
                penalty,
                log_loss: judged.as_ref().map(|(loss, _)| *loss),
                temperature: judged.as_ref().map(|(_, fitted)| fitted.value),
                iterations: fits.iter().map(|fold| fold[p].iterations).collect(),
                converged: fits.iter().filter(|fold| fold[p].converged).count(),
            }
        })
        .collect();
    let (best, temperature) = choose(&margins, answered, |_| true).ok_or(if path.is_empty() {
        FitError::NoPenalties
    } else {
        FitError::NoPairs
    })?;
    let mut held_out = vec![0.0; pairs.len()];
    for &fold in &used {
        let (p, fitted) =
            choose(&margins, answered, |i| folds[i] != fold).unwrap_or((best, temperature));
        for i in (0..pairs.len()).filter(|&i| folds[i] == fold) {
            held_out[i] = margins[p][i] / fitted.value;
        }
    }
    Ok(CrossValidation { penalty: path[best], temperature, tried, margins: held_out })
}

/// Fits with each penalty, each fit beginning where the last ended.
fn along_path(
    pairs: &JudgedPairs,
    times: &[f64],
    path: &[f64],
    options: FitOptions,
    progress: Progress<'_>,
) -> Result<Vec<PreferenceFit>, FitError> {
    let mut fits: Vec<PreferenceFit> = Vec::with_capacity(path.len());
    for &penalty in path {
        if progress.cancel.is_cancelled() {
            return Err(FitError::Cancelled);
        }
        let options = FitOptions { penalty, ..options };
        fits.push(PreferenceFit::of(pairs, times, options, fits.last())?);
        (progress.fitted)();
    }
    Ok(fits)
}

/// The log loss and the temperature of margins on some pairs.
fn judge(
    margins: &[f64],
    answered: &[Shares],
    used: impl Fn(usize) -> bool,
) -> Option<(f64, Temperature)> {
    let fitted = temperature(margins, answered, &used)?;
    let (scaled, shares): (Vec<f64>, Vec<_>) = (0..margins.len())
        .filter(|&i| used(i))
        .map(|i| (margins[i] / fitted.value, answered[i]))
        .unzip();
    Some((log_loss(&scaled, &shares)?, fitted))
}

/// The place of the penalty with the smallest log loss on some pairs, with its temperature; of
/// equals the larger penalty.
fn choose(
    margins: &[Vec<f64>],
    answered: &[Shares],
    used: impl Fn(usize) -> bool,
) -> Option<(usize, Temperature)> {
    let mut best: Option<(usize, f64, Temperature)> = None;
    for (p, margins) in margins.iter().enumerate() {
        if let Some((loss, fitted)) = judge(margins, answered, &used)
            && best.is_none_or(|(_, least, _)| loss < least)
        {
            best = Some((p, loss, fitted));
        }
    }
    best.map(|(p, _, fitted)| (p, fitted))
}
