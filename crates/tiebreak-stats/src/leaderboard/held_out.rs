//! Whether cycles are worth a model: the log-likelihood of comparisons that a fit has not seen,
//! for the general preference model beside Bradley-Terry.
//!
//! By cross-validation with whole clusters (prompts) in one fold. Both models have a normal prior of
//! the same variance, about the same average system, so that neither gains by being shrunk more. The
//! difference per comparison has a standard error over clusters, sqrt(G / (G - 1) sum (d_g - n_g
//! d)^2) / sum n_g, with d_g the difference summed over the comparisons of a cluster and n_g their
//! weight (a ratio estimator: W. G. Cochran, "Sampling techniques", 1977, section 6.4).

use serde::{Deserialize, Serialize};

use super::bradley_terry::bradley_terry;
use super::comparison::{Comparison, Comparisons, Outcome};
use super::general_preference::{GeneralPreferenceOptions, general_preference};
use super::options::{BothBad, BradleyTerryOptions, TieRule};
use crate::bootstrap::Z;
use crate::fit_error::FitError;
use crate::folds::grouped_folds;
use crate::parallel;
use crate::shares::Shares;
use crate::ties::Ties;

/// How models are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldOutOptions {
    /// The k of the models of rank 2k to try.
    pub ks: Vec<usize>,
    /// Folds, at least 2.
    pub folds: usize,
    /// The penalty, ties, starts and seed of all models; `k` is not read. The seed is that of the
    /// folds too.
    pub model: GeneralPreferenceOptions,
    /// Threads; the result does not depend on them.
    pub threads: usize,
}

impl Default for HeldOutOptions {
    fn default() -> Self {
        let model = GeneralPreferenceOptions::default();
        Self { ks: vec![1, 2], folds: 5, model, threads: 1 }
    }
}

/// A general preference model on comparisons that it has not seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HeldOutRank {
    /// The rank, 2k.
    pub rank: usize,
    /// The mean log-likelihood of a comparison, nats.
    pub log_likelihood: f64,
    /// By how much that is above Bradley-Terry's.
    pub gain: f64,
    /// Its standard error over clusters.
    pub std_error: f64,
    /// The gain less and plus 1.96 standard errors.
    pub interval: [f64; 2],
    /// Whether the fits of all folds converged.
    pub converged: bool,
}

/// Models on comparisons that they have not seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldOut {
    /// The mean log-likelihood of a comparison under Bradley-Terry, nats.
    pub bradley_terry: f64,
    /// The general preference models, in the order asked for.
    pub general: Vec<HeldOutRank>,
    /// The weight of the comparisons.
    pub comparisons: f64,
    /// Clusters that they come from.
    pub clusters: usize,
    /// How they were compared.
    pub options: HeldOutOptions,
}

/// Compares models. Covariates are left out of account, and systems that a fold does not train on
/// count as equal to all others.
///
/// # Errors
/// Those of [`general_preference`], and [`FitError::Shape`] for fewer than two folds or clusters.
pub fn held_out(comparisons: &Comparisons, options: &HeldOutOptions) -> Result<HeldOut, FitError> {
    let model = options.model;
    let rows: Vec<(Comparison, Shares)> = comparisons
        .rows()
        .iter()
        .filter(|row| row.weight > 0.0)
        .filter_map(|row| Some((*row, shares(row.outcome, model.ties, model.both_bad)?)))
        .collect();
    let mut clusters: Vec<u32> = rows.iter().map(|(row, _)| row.cluster).collect();
    clusters.sort_unstable();
    clusters.dedup();
    if options.folds < 2 || clusters.len() < 2 {
        return Err(FitError::Shape("held-out comparisons need two folds and clusters".to_owned()));
    }
    let groups: Vec<usize> = rows
        .iter()
        .map(|(row, _)| clusters.partition_point(|&cluster| cluster < row.cluster))
        .collect();
    let folds = grouped_folds(&groups, options.folds.min(clusters.len()), model.seed);
    let used = options.folds.min(clusters.len());
    // Bradley-Terry first, then each k.
    let models = 1 + options.ks.len();
    let work = parallel::map(options.threads, used * models, |n| {
        let (fold, which) = (n / models, n % models);
        let train = rows.iter().zip(&folds).filter(|(_, other)| **other != fold);
        let train: Vec<Comparison> = train.map(|((row, _), _)| *row).collect();
        let train = Comparisons::of(comparisons.systems(), train)?;
        fit(&train, model, which.checked_sub(1).map(|k| options.ks[k]))
    });
    let mut fits = Vec::with_capacity(work.len());
    for fit in work {
        fits.push(fit?);
    }
    let ties = if model.ties == TieRule::Davidson { Ties::Davidson } else { Ties::Half };
    let total: f64 = rows.iter().map(|(row, _)| row.weight).sum();
    let mut sums = vec![0.0; models];
    // Of each cluster, its weight and each model's gain.
    let mut by_cluster = vec![(0.0, vec![0.0; models]); clusters.len()];
    for (((row, shares), &fold), &group) in rows.iter().zip(&folds).zip(&groups) {
        let cluster = &mut by_cluster[group];
        cluster.0 += row.weight;
        let mut simple = 0.0;
        for which in 0..models {
            let fit = &fits[fold * models + which];
            let margin = (fit.margin)(row.first as usize, row.second as usize).unwrap_or(0.0);
            let loss = match (ties, fit.ln_nu) {
                (Ties::Davidson, Some(ln_nu)) => Ties::Davidson.loss(*shares, margin, ln_nu),
                _ => Ties::Half.loss(*shares, margin, 0.0),
            };
            let value = -row.weight * loss.value;
            if which == 0 {
                simple = value;
            }
            sums[which] += value;
            cluster.1[which] += value - simple;
        }
    }
    let bradley_terry = sums[0] / total;
    let general = options.ks.iter().enumerate().map(|(place, &k)| {
        let which = place + 1;
        let log_likelihood = sums[which] / total;
        let gain = log_likelihood - bradley_terry;
        let squares: f64 =
            by_cluster.iter().map(|(n, gains)| (gains[which] - n * gain).powi(2)).sum();
        let count = clusters.len() as f64;
        let std_error = (count / (count - 1.0) * squares).sqrt() / total;
        HeldOutRank {
            rank: 2 * k,
            log_likelihood,
            gain,
            std_error,
            interval: [gain - Z * std_error, gain + Z * std_error],
            converged: (0..used).all(|fold| fits[fold * models + which].converged),
        }
    });
    Ok(HeldOut {
        bradley_terry,
        general: general.collect(),
        comparisons: total,
        clusters: clusters.len(),
        options: options.clone(),
    })
}

const fn shares(outcome: Outcome, ties: TieRule, both_bad: BothBad) -> Option<Shares> {
    match (outcome, ties, both_bad) {
        (Outcome::First, ..) => Some(Shares::FIRST),
        (Outcome::Second, ..) => Some(Shares::SECOND),
        (Outcome::BothBad, _, BothBad::Dropped) | (_, TieRule::Ignored, _) => None,
        (Outcome::Tie | Outcome::BothBad, ..) => Some(Shares::TIE),
    }
}

/// What a fitted model says of two systems.
struct Fit {
    margin: Box<dyn Fn(usize, usize) -> Option<f64> + Send>,
    ln_nu: Option<f64>,
    converged: bool,
}

/// Bradley-Terry, or a general preference model.
fn fit(
    train: &Comparisons,
    model: GeneralPreferenceOptions,
    k: Option<usize>,
) -> Result<Fit, FitError> {
    if let Some(k) = k {
        let fit = general_preference(train, GeneralPreferenceOptions { k, ..model })?;
        let (ln_nu, converged) = (fit.ln_nu, fit.converged);
        return Ok(Fit { margin: Box::new(move |i, j| fit.score(i, j)), ln_nu, converged });
    }
    let options = BradleyTerryOptions {
        ties: model.ties,
        both_bad: model.both_bad,
        ridge: model.penalty,
        ..BradleyTerryOptions::default()
    };
    let fit = bradley_terry(train, options)?;
    let (ln_nu, converged) = (fit.ln_nu, fit.converged);
    Ok(Fit { margin: Box::new(move |i, j| fit.margin(i, j)), ln_nu, converged })
}

#[cfg(test)]
mod tests;
