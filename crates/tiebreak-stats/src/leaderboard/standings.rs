//! The leaderboard: strengths with sandwich and bootstrap intervals, and ranks with bounds.
//!
//! All intervals are of 95 %. A rank's bounds are those of Chatbot Arena (W.-L. Chiang et al.,
//! "Chatbot Arena: an open platform for evaluating LLMs by human preference", 2024, section 4): a
//! system is surely behind those whose interval lies above its own, and surely ahead of those whose
//! interval lies below.
//!
//! With fewer than twenty clusters both kinds of interval are too narrow (A. C. Cameron, J. B.
//! Gelbach and D. L. Miller, The Review of Economics and Statistics 90, 2008); the result says so.

use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use super::bradley_terry::{BradleyTerry, Fitted, Regularised};
use super::comparison::Comparisons;
use super::connectedness::Connectedness;
use super::elo::{elo_points, elo_scale};
use super::options::BradleyTerryOptions;
use super::resample::{Resample, resample};
use super::sandwich::{clusters, sandwich};
use crate::bootstrap::{FEWEST_GROUPS, Z, quantile};
use crate::fit_error::FitError;

/// How a leaderboard is made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeaderboardOptions {
    /// How strengths are fitted.
    pub fit: BradleyTerryOptions,
    /// Bootstrap samples; 0 for none.
    pub samples: usize,
    /// Of the bootstrap.
    pub seed: u64,
    /// Threads of the bootstrap; the result does not depend on them.
    pub threads: usize,
}

impl Default for LeaderboardOptions {
    fn default() -> Self {
        Self { fit: BradleyTerryOptions::default(), samples: 1000, seed: 0, threads: 1 }
    }
}

/// An estimate with its 95 % intervals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its clustered standard error; `None` for a single cluster, or for more parameters than the
    /// second derivatives are kept of. Where it is not determined by the answers, at least the
    /// one that supposes the model and its prior: answers that are all for one side would else look
    /// certain.
    pub std_error: Option<f64>,
    /// The estimate less and plus 1.96 standard errors.
    pub sandwich: Option<[f64; 2]>,
    /// The 2.5 % and 97.5 % quantiles of the bootstrap; where it is not determined by the answers,
    /// at least as wide as the other interval. `None` without samples, or with a single cluster.
    pub bootstrap: Option<[f64; 2]>,
}

impl Estimate {
    /// The same with another origin and unit, `unit` above 0.
    fn scaled(self, value: f64, unit: f64) -> Self {
        let to = |x: f64| value + unit * (x - self.value);
        Self {
            value,
            std_error: self.std_error.map(|error| unit * error),
            sandwich: self.sandwich.map(|range| range.map(to)),
            bootstrap: self.bootstrap.map(|range| range.map(to)),
        }
    }

    /// The interval that ranks go by: the bootstrap's, or else the sandwich's.
    pub fn interval(&self) -> Option<[f64; 2]> {
        self.bootstrap.or(self.sandwich)
    }
}

/// The place of a system in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rank {
    /// By strength, from 1; equal strengths share the better one.
    pub rank: usize,
    /// The best rank that the intervals allow.
    pub best: usize,
    /// The worst rank that the intervals allow.
    pub worst: usize,
}

/// How a system stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// Its number.
    pub system: usize,
    /// Its strength in log-odds, with mean 0 as [`BradleyTerry::strengths`] has it; `None` without
    /// a comparison.
    pub strength: Option<Estimate>,
    /// The same on Elo's scale, with mean 1000.
    pub elo: Option<Estimate>,
    /// Its rank among the systems of the largest component; `None` outside it, or without
    /// intervals.
    pub rank: Option<Rank>,
    /// Whether the answers determine its strength against the systems of reference
    /// ([`Connectedness::reference`]). If not, the prior does.
    pub determined: bool,
    /// Its comparisons that were fitted, by weight.
    pub comparisons: f64,
}

/// How the bootstrap went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BootstrapRun {
    /// Samples that were drawn.
    pub samples: usize,
    /// The seed.
    pub seed: u64,
    /// Samples whose answers did not determine all strengths, so that they have a ridge.
    pub regularised: usize,
    /// Samples whose fit did not converge; they count all the same.
    pub unconverged: usize,
}

/// Strengths, intervals and ranks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leaderboard {
    /// The fit, and its conditions.
    pub fit: BradleyTerry,
    /// One for each system, by strength, strongest first; those without comparisons last.
    pub standings: Vec<Standing>,
    /// One for each covariate, in its order; `None` for one that is always 0.
    pub covariates: Vec<Option<Estimate>>,
    /// Davidson's ln nu, if it was fitted.
    pub ln_nu: Option<Estimate>,
    /// Clusters (prompts) that the intervals rest on.
    pub clusters: usize,
    /// Whether there are fewer than twenty, too few for intervals to be relied on.
    pub few_clusters: bool,
    /// How the bootstrap went; `None` if none was asked for.
    pub bootstrap: Option<BootstrapRun>,
}

/// Ranks systems.
///
/// # Errors
/// Those of [`super::bradley_terry`].
pub fn leaderboard(
    comparisons: &Comparisons,
    options: LeaderboardOptions,
) -> Result<Leaderboard, FitError> {
    let fitted = Fitted::of(comparisons, options.fit)?;
    let entries = fitted.design.entries(comparisons, options.fit.ties, options.fit.both_bad);
    let count = clusters(&entries).count();
    let samples = if count > 1 { options.samples } else { 0 };
    let drawn = resample(&fitted, &entries, samples, options.seed, options.threads);
    let errors = sandwich(&fitted, &entries);
    let robust = errors.as_ref().and_then(|found| found.robust.as_ref());
    let model = errors.as_ref().map(|found| &found.model);
    let estimates = Estimates { robust, model, drawn: &drawn };

    let n = fitted.design.active.len();
    let mut compared = vec![0.0; fitted.design.systems];
    for (pair, counts) in fitted.design.pairs.iter().zip(&fitted.counts) {
        for &place in pair {
            compared[fitted.design.active[place]] += counts.iter().sum::<f64>();
        }
    }
    let mut strengths: Vec<Option<Estimate>> = vec![None; fitted.design.systems];
    let all_determined = fitted.fit.regularised != Some(Regularised::NotDetermined);
    let mut determined = vec![false; fitted.design.systems];
    for (place, &system) in fitted.design.active.iter().enumerate() {
        let value = fitted.fit.strengths[system].unwrap_or(fitted.z[place]);
        determined[system] = all_determined
            && fitted.fit.connectedness.has_determined()
            && fitted.reference.binary_search(&place).is_ok();
        let estimate = estimates.of(place, value, determined[system], |one| one.strengths[place]);
        strengths[system] = Some(estimate);
    }
    let mut columns = 0..fitted.design.width;
    let covariates = fitted.design.scales.iter().map(|&scale| {
        let k = if scale > 0.0 { columns.next() } else { None }?;
        let value = fitted.z[n + k];
        Some(estimates.of(n + k, value, all_determined, |one| Some(one.coefficients[k])))
    });
    let covariates = covariates.collect();
    let linear = fitted.problem().linear();
    let ln_nu =
        fitted.fit.ln_nu.map(|value| estimates.of(linear, value, all_determined, |one| one.ln_nu));
    let ranks = ranks(&strengths, &fitted.fit.connectedness);
    let mut standings: Vec<Standing> = (0..fitted.design.systems)
        .map(|system| Standing {
            system,
            strength: strengths[system],
            elo: strengths[system].map(|s| s.scaled(elo_scale(s.value), elo_points(1.0))),
            rank: ranks[system],
            determined: determined[system],
            comparisons: compared[system],
        })
        .collect();
    let key = |standing: &Standing| standing.strength.map_or(f64::NEG_INFINITY, |s| s.value);
    standings.sort_by(|a, b| key(b).total_cmp(&key(a)));
    let bootstrap = (samples > 0).then(|| BootstrapRun {
        samples,
        seed: options.seed,
        regularised: drawn.iter().filter(|one| one.regularised).count(),
        unconverged: drawn.iter().filter(|one| !one.converged).count(),
    });
    Ok(Leaderboard {
        standings,
        covariates,
        ln_nu,
        clusters: count,
        few_clusters: count < FEWEST_GROUPS,
        bootstrap,
        fit: fitted.fit,
    })
}

struct Estimates<'a> {
    robust: Option<&'a DMatrix<f64>>,
    model: Option<&'a DMatrix<f64>>,
    drawn: &'a [Resample],
}

impl Estimates<'_> {
    /// The estimate of the parameter at a place.
    fn of(
        &self,
        place: usize,
        value: f64,
        determined: bool,
        sampled: impl Fn(&Resample) -> Option<f64>,
    ) -> Estimate {
        let error = |matrix: &DMatrix<f64>| matrix[(place, place)].max(0.0).sqrt();
        let least = self.model.filter(|_| !determined).map_or(0.0, error);
        let std_error = self.robust.map(|matrix| error(matrix).max(least));
        let sandwich = std_error.map(|error| [value - Z * error, value + Z * error]);
        let mut values: Vec<f64> = self.drawn.iter().filter_map(sampled).collect();
        values.sort_by(f64::total_cmp);
        let bootstrap = (!values.is_empty()).then(|| {
            let [low, high] = [quantile(&values, 0.025), quantile(&values, 0.975)];
            match sandwich.filter(|_| !determined) {
                Some([least, most]) => [low.min(least), high.max(most)],
                None => [low, high],
            }
        });
        Estimate { value, std_error, sandwich, bootstrap }
    }
}

/// The ranks of the systems of the largest component.
fn ranks(strengths: &[Option<Estimate>], connectedness: &Connectedness) -> Vec<Option<Rank>> {
    let mut ranks = vec![None; strengths.len()];
    let Some(group) = connectedness.components.first() else { return ranks };
    let ranked: Vec<(usize, f64, [f64; 2])> = group
        .iter()
        .filter_map(|&system| {
            let strength = strengths[system]?;
            Some((system, strength.value, strength.interval()?))
        })
        .collect();
    for &(system, value, [low, high]) in &ranked {
        let count = |test: &dyn Fn(f64, [f64; 2]) -> bool| {
            ranked.iter().filter(|(_, value, range)| test(*value, *range)).count()
        };
        ranks[system] = Some(Rank {
            rank: 1 + count(&|other, _| other > value),
            best: 1 + count(&|_, [least, _]| least > high),
            worst: ranked.len() - count(&|_, [_, most]| most < low),
        });
    }
    ranks
}

#[cfg(test)]
mod tests;
