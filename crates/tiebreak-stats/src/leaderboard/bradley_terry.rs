//! Strengths of systems by Bradley and Terry, by maximum likelihood.
//!
//! With strengths s and style differences x of two answers, the log-odds that the first is
//! preferred are m = s_i - s_j + b . x (R. A. Bradley and M. E. Terry, "Rank analysis of incomplete
//! block designs: I. The method of paired comparisons", Biometrika 39, 1952; covariates: T. Li, A.
//! Angelopoulos and W.-L. Chiang, "Does style matter? Disentangling style and substance in Chatbot
//! Arena", 2024, after A. Springall, "Response surface fitting using a generalization of the
//! Bradley-Terry paired comparison model", Applied Statistics 22, 1973). Ties are left out, count
//! half for each, or have a parameter: P(first), P(tie), P(second) proportional to exp(m / 2), nu,
//! exp(-m / 2) (R. R. Davidson, JASA 65, 1970).
//!
//! Only differences of strengths are determined: their mean is 0, over the systems of
//! [`Connectedness::reference`], which are all of them as a rule. Where the likelihood has no
//! finite maximum (Ford's condition, see [`Connectedness`]; covariates that tell answers or systems
//! apart without fail; systems that only ties link back, which Davidson's parameter can explain
//! away), half of 0.01 times the sum of the squared strengths and
//! coefficients is taken from it: a normal prior with standard deviation 10 in log-odds (1737
//! points of Elo). The result says so.

use serde::Serialize;

use super::comparison::Comparisons;
use super::connectedness::Connectedness;
use super::design::{Counts, Design};
use super::elo::elo_scale;
use super::newton::{Problem, Solution};
use super::options::{BothBad, BradleyTerryOptions, TieRule};
use crate::fit_error::FitError;
use crate::logistic::logistic;
use crate::ties::Ties;

/// The ridge where the likelihood has no maximum.
const WEAK_RIDGE: f64 = 0.01;

/// Why strengths are regularised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Regularised {
    /// The options ask for it.
    Asked,
    /// Some systems are not linked to others, or have won or lost all against them.
    NotStronglyConnected,
    /// The likelihood has no finite maximum for another reason: covariates determine the answers
    /// or are the same as a difference of systems, or Davidson's ties explain the rest.
    NotDetermined,
}

/// A style covariate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Covariate {
    /// Its name.
    pub name: String,
    /// The log-odds that one `scale` more of it gains; `None` if it is 0 in all comparisons.
    pub coefficient: Option<f64>,
    /// Its root mean square over the comparisons, in its own unit.
    pub scale: f64,
}

/// Fitted strengths.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BradleyTerry {
    /// The strength of each system in log-odds, with mean 0 over the systems of reference; in a
    /// component without these, over that component. `None` without a comparison.
    pub strengths: Vec<Option<f64>>,
    /// Davidson's ln nu; `None` if ties are not modelled, or there are none, or nothing else.
    pub ln_nu: Option<f64>,
    /// The covariates.
    pub covariates: Vec<Covariate>,
    /// How ties enter.
    pub ties: TieRule,
    /// How comparisons in which neither was good enter.
    pub both_bad: BothBad,
    /// The weight of the comparisons that were fitted.
    pub comparisons: f64,
    /// The weight of those that were left out: ties, and neither good, by these rules.
    pub left_out: f64,
    /// The log-likelihood in nats, without the penalty.
    pub log_likelihood: f64,
    /// Newton steps that were taken.
    pub iterations: u32,
    /// Whether the last step was small enough. If not, the strengths are not to be relied on.
    pub converged: bool,
    /// The ridge that was used, 0 for maximum likelihood.
    pub ridge: f64,
    /// Why there is one.
    pub regularised: Option<Regularised>,
    /// Which systems can be compared.
    pub connectedness: Connectedness,
}

impl BradleyTerry {
    /// The strength of a system on Elo's scale; `None` without a comparison.
    pub fn elo(&self, system: usize) -> Option<f64> {
        self.strengths.get(system).copied().flatten().map(elo_scale)
    }

    /// The log-odds that the answer of system `i` is preferred to that of `j`, style being equal.
    pub fn margin(&self, i: usize, j: usize) -> Option<f64> {
        let strength = |system: usize| self.strengths.get(system).copied().flatten();
        Some(strength(i)? - strength(j)?)
    }

    /// The probability that the answer of system `i` is preferred to that of `j`, style being
    /// equal and a tie counting half.
    pub fn probability(&self, i: usize, j: usize) -> Option<f64> {
        let margin = self.margin(i, j)?;
        Some(match Ties::Davidson.model(self.ln_nu.unwrap_or(0.0)) {
            Some(model) if self.ln_nu.is_some() => {
                let [first, tie, _] = model.probabilities(margin);
                first + 0.5 * tie
            }
            _ => logistic(margin),
        })
    }
}

/// Fits strengths.
///
/// # Errors
/// [`FitError::NoPairs`] without a comparison that counts, [`FitError::Shape`] for a ridge that is
/// not a number of at least 0.
pub fn bradley_terry(
    comparisons: &Comparisons,
    options: BradleyTerryOptions,
) -> Result<BradleyTerry, FitError> {
    Ok(Fitted::of(comparisons, options)?.fit)
}

/// A fit with what it was made from.
#[derive(Clone, Debug)]
pub(crate) struct Fitted {
    pub(crate) design: Design,
    pub(crate) counts: Vec<Counts>,
    /// The parameters as the solver has them.
    pub(crate) z: Vec<f64>,
    /// The places of the systems of reference.
    pub(crate) reference: Vec<usize>,
    /// The places of all systems linked to these.
    pub(crate) linked: Vec<usize>,
    pub(crate) fit: BradleyTerry,
}

impl Fitted {
    pub(crate) fn of(
        comparisons: &Comparisons,
        options: BradleyTerryOptions,
    ) -> Result<Self, FitError> {
        if !(options.ridge.is_finite() && options.ridge >= 0.0) {
            return Err(FitError::Shape(format!("a ridge of {}", options.ridge)));
        }
        let (design, counts, left_out) = Design::of(comparisons, options.ties, options.both_bad)?;
        let connectedness = design.connectedness(&counts);
        let mut regularised = (options.ridge > 0.0).then_some(Regularised::Asked);
        if regularised.is_none() && !connectedness.is_strong() {
            regularised = Some(Regularised::NotStronglyConnected);
        }
        let (mut solution, mut ridge) = solve(&design, &counts, options, regularised);
        if regularised.is_none() && !solution.converged {
            regularised = Some(Regularised::NotDetermined);
            (solution, ridge) = solve(&design, &counts, options, regularised);
        }
        let problem = Problem::new(&design, &counts, ridge, options.ties == TieRule::Davidson);
        let plain = Problem { ridge: 0.0, ..problem.clone() };
        let places = |group: &[usize]| -> Vec<usize> {
            (0..design.active.len())
                .filter(|&place| group.binary_search(&design.active[place]).is_ok())
                .collect()
        };
        let reference = places(connectedness.reference());
        let linked = places(connectedness.components.first().map_or(&[][..], Vec::as_slice));
        let mut z = solution.z.clone();
        shift_mean(&mut z, &reference, &linked, 0.0);
        let mut strengths = vec![None; design.systems];
        for (&system, &strength) in design.active.iter().zip(&z) {
            strengths[system] = Some(strength);
        }
        let mut coefficients = solution.z[design.active.len()..problem.linear()].iter();
        let covariates = comparisons.covariates().iter().zip(&design.scales);
        let fit = BradleyTerry {
            strengths,
            ln_nu: problem.ties.has_parameter().then(|| problem.tie_parameter(&solution.z)),
            covariates: covariates
                .map(|(name, &scale)| Covariate {
                    name: name.clone(),
                    coefficient: if scale > 0.0 { coefficients.next().copied() } else { None },
                    scale,
                })
                .collect(),
            ties: options.ties,
            both_bad: options.both_bad,
            comparisons: counts.iter().flatten().sum(),
            left_out,
            log_likelihood: -plain.value(&solution.z, &mut vec![0.0; solution.z.len()]),
            iterations: solution.iterations,
            converged: solution.converged,
            ridge,
            regularised,
            connectedness,
        };
        Ok(Self { design, counts, z: solution.z, reference, linked, fit })
    }

    /// What was minimised.
    pub(crate) fn problem(&self) -> Problem<'_> {
        self.problem_with(&self.counts, self.fit.ridge)
    }

    /// The same for other counts.
    pub(crate) fn problem_with<'a>(&'a self, counts: &'a [Counts], ridge: f64) -> Problem<'a> {
        Problem::new(&self.design, counts, ridge, self.fit.ties == TieRule::Davidson)
    }
}

/// Shifts the strengths of linked systems so that those of reference have this mean.
pub(crate) fn shift_mean(z: &mut [f64], reference: &[usize], linked: &[usize], mean: f64) {
    if reference.is_empty() {
        return;
    }
    let sum: f64 = reference.iter().map(|&place| z[place]).sum();
    let shift = mean - sum / reference.len() as f64;
    for &place in linked {
        z[place] += shift;
    }
}

fn solve(
    design: &Design,
    counts: &[Counts],
    options: BradleyTerryOptions,
    regularised: Option<Regularised>,
) -> (Solution, f64) {
    let ridge = match regularised {
        None | Some(Regularised::Asked) => options.ridge,
        _ => WEAK_RIDGE,
    };
    let problem = Problem::new(design, counts, ridge, options.ties == TieRule::Davidson);
    let start = problem.start();
    (problem.solve(start, options.max_iterations, options.tolerance), ridge)
}

/// The ridge of a resample: that of the fit, or a weak one where the resample needs it.
pub(crate) fn resampled_ridge(fit: &BradleyTerry, is_strong: bool) -> f64 {
    if is_strong { fit.ridge } else { fit.ridge.max(WEAK_RIDGE) }
}

#[cfg(test)]
mod tests;
