//! Weights of each annotator, shrunk to those of all: a hierarchical logistic regression over
//! feature differences (or systems).
//!
//! P(a prefers the first) = logistic(w_a . x), w_a ~ N(mu, diag(s_1^2, .., s_d^2)),
//!
//! a tie counting half for each side. The population's weights mu and the deviations s_k are
//! estimated together (empirical Bayes) where EM would stand still: mu is the mean of the
//! annotators' posterior means, and s_k^2 the mean over annotators of the posterior mean of
//! (w_ak - mu_k)^2. Each posterior is taken as normal with the curvature at its mode (R. Stiratelli,
//! N. Laird and J. H. Ware, "Random-effects models for serial observations with binary response",
//! Biometrics 40, 1984), around the mode moved to the mean by the third derivatives, w - V sum_i
//! p_i (1 - p_i) (1 - 2 p_i) (x_i' V x_i) x_i / 2: modes alone are too small (B. M. Steele, "A
//! modified EM algorithm for estimation in generalized mixed models", Biometrics 52, 1996). Both
//! are found by Fisher scoring, with M_a = (H_a^-1 + S)^-1 for annotator a, H_a the information of
//! their answers: it takes some ten iterations where EM takes a thousand to a deviation near 0
//! (P. McCullagh and J. A. Nelder, "Generalized linear models", 1989, section 7.6.2).
//! Annotator-specific weights over interpretable features are those of WIMHF
//! (R. Movva, S. Milli, S. Min and E. Pierson, "What's in my human feedback? Learning interpretable
//! descriptions of preference data", 2025) and of PrefPalette, there by community (S. S. Li et al.,
//! "PrefPalette: personalized preference modeling with latent attributes", 2025).
//!
//! Conditions: with few answers an annotator the normal approximation makes deviations too small
//! (N. E. Breslow and X. Lin, "Bias correction in generalised linear mixed models with a single
//! component of dispersion", Biometrika 82, 1995), and with a few annotators so does maximum
//! likelihood. A deviation at the floor of 0.001 standardised log-odds says that no difference
//! between annotators was found.

use nalgebra::{Cholesky, DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::choices::AnnotatedChoices;
use super::information::deviations;
use crate::compared::Compared;
use crate::estimate::{Estimate, Z};
use crate::fit_error::FitError;
use crate::logistic::logistic;
use crate::newton::{Newton, Prior, Rows};
use crate::shares::{Shares, Vote};

/// The smallest variance between annotators, of standardised weights.
const LEAST_VARIANCE: f64 = 1e-6;
/// Where variances begin.
const FIRST_VARIANCE: f64 = 0.25;

/// A variance becomes at most so many times larger or smaller in an iteration.
const MOST_CHANGE: f64 = 10.0;
/// After so many iterations steps are halved, in case they overshoot in turn.
const LONG: u32 = 50;

/// How to fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightsOptions {
    /// Precision of the normal prior of the population's standardised weights, above 0; weak, it
    /// only keeps them finite.
    pub penalty: f64,
    /// Most iterations.
    pub max_iterations: u32,
    /// The fit has converged when no standardised weight or deviation changes by more.
    pub tolerance: f64,
}

impl Default for WeightsOptions {
    fn default() -> Self {
        Self { penalty: 1e-3, max_iterations: 200, tolerance: 1e-5 }
    }
}

/// One annotator's weights.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OneAnnotator {
    /// Log-odds by unit of each feature: the mode of the posterior, and its standard deviation and
    /// 95 % interval in the normal approximation.
    pub weights: Vec<Estimate>,
    /// Answers that they come from.
    pub answers: usize,
    /// Whether the mode was found.
    pub converged: bool,
}

/// Weights of all and of each, and the conditions of the fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnnotatorWeights {
    /// The population's weights, log-odds by unit of each feature (of systems: strengths), with
    /// intervals by the information of the approximate marginal likelihood.
    pub population: Vec<Estimate>,
    /// The standard deviation of each weight between annotators, in the same unit.
    pub deviations: Vec<f64>,
    /// Each annotator's; `None` for one without an answer.
    pub annotators: Vec<Option<OneAnnotator>>,
    /// The approximate log marginal likelihood, nats.
    pub log_likelihood: f64,
    /// Answers that were fitted.
    pub answers: usize,
    /// Iterations.
    pub iterations: u32,
    /// Whether it converged.
    pub converged: bool,
    #[serde(skip)]
    scales: Vec<f64>,
}

/// Standardised population weights and variances.
struct Population {
    mean: Vec<f64>,
    variances: Vec<f64>,
    information: DMatrix<f64>,
}

impl AnnotatorWeights {
    /// Fits all annotators with an answer.
    ///
    /// # Errors
    /// What [`AnnotatedChoices::check`] finds, or [`FitError::Shape`] for a penalty that is not
    /// above 0.
    pub fn of(choices: &AnnotatedChoices, options: WeightsOptions) -> Result<Self, FitError> {
        choices.check()?;
        let used: Vec<usize> = (0..choices.len()).collect();
        Self::of_rows(choices, &used, options)
    }

    /// Fits some rows of checked choices.
    pub(super) fn of_rows(
        choices: &AnnotatedChoices,
        used: &[usize],
        options: WeightsOptions,
    ) -> Result<Self, FitError> {
        if options.penalty <= 0.0 || !options.penalty.is_finite() {
            return Err(FitError::Shape("the penalty is to be above 0".to_owned()));
        }
        let scales = choices.compared.scales();
        let compared = choices.compared.scaled(&scales);
        let targets = choices.targets();
        let mut by_annotator = vec![Vec::new(); choices.annotator_count()];
        used.iter().for_each(|&i| by_annotator[choices.annotators[i]].push(i));
        let who: Vec<usize> =
            (0..by_annotator.len()).filter(|&a| !by_annotator[a].is_empty()).collect();
        let rows: Vec<Rows<'_>> = who
            .iter()
            .map(|&a| Rows { compared: &compared, targets: &targets, used: &by_annotator[a] })
            .collect();
        let (population, fits, iterations, converged) = fit(&rows, used, options);
        let centred = matches!(compared, Compared::Systems { .. });
        let errors = Cholesky::new(population.information.clone())
            .map(|information| deviations(information.inverse().as_view(), centred));
        let mut annotators = vec![None; by_annotator.len()];
        for (&a, fit) in who.iter().zip(&fits) {
            annotators[a] = Some(one(fit, &scales, by_annotator[a].len()));
        }
        let estimate = |k: usize| {
            let error = errors.as_ref().map(|errors| errors[k] / scales[k]);
            Estimate::of(population.mean[k] / scales[k], error, Z)
        };
        Ok(Self {
            population: (0..scales.len()).map(estimate).collect(),
            deviations: (0..scales.len())
                .map(|k| population.variances[k].sqrt() / scales[k])
                .collect(),
            annotators,
            log_likelihood: fits.iter().map(|fit| population.marginal(fit)).sum(),
            answers: used.len(),
            iterations,
            converged,
            scales,
        })
    }

    /// The weights of someone who gave `votes` on these rows, `compared` in the units that were
    /// fitted: the mode of the posterior with the population as prior; the population's without
    /// votes.
    ///
    /// # Errors
    /// [`FitError::Shape`] or [`FitError::NotFinite`] for rows of another kind or number.
    pub fn posterior(&self, compared: &Compared, votes: &[Vote]) -> Result<OneAnnotator, FitError> {
        compared.check()?;
        if compared.len() != votes.len() || compared.dim() != self.scales.len() {
            return Err(FitError::Shape("rows and votes differ in number or kind".to_owned()));
        }
        let targets: Vec<f64> = votes.iter().map(|&vote| Shares::from(vote).half()).collect();
        let used: Vec<usize> = (0..votes.len()).collect();
        let compared = compared.scaled(&self.scales);
        Ok(self.posterior_of(&Rows { compared: &compared, targets: &targets, used: &used }))
    }

    /// From rows that are scaled.
    pub(super) fn posterior_of(&self, rows: &Rows<'_>) -> OneAnnotator {
        let mean: Vec<f64> =
            self.population.iter().zip(&self.scales).map(|(w, scale)| w.value * scale).collect();
        let precision: Vec<f64> = self
            .deviations
            .iter()
            .zip(&self.scales)
            .map(|(s, scale)| (s * scale).powi(-2))
            .collect();
        let fit = rows.fit(&mean, Prior { mean: &mean, precision: &precision });
        one(&fit, &self.scales, rows.used.len())
    }

    pub(super) fn scales(&self) -> &[f64] {
        &self.scales
    }
}

impl OneAnnotator {
    /// The log-odds of the first side of row `i`, ties set aside.
    pub fn margin(&self, compared: &Compared, i: usize) -> f64 {
        let weights: Vec<f64> = self.weights.iter().map(|weight| weight.value).collect();
        compared.margin(i, &weights)
    }

    /// The probability that they prefer the first side of row `i`.
    pub fn probability(&self, compared: &Compared, i: usize) -> f64 {
        logistic(self.margin(compared, i))
    }
}

fn one(fit: &Newton, scales: &[f64], answers: usize) -> OneAnnotator {
    let covariance = fit.information.as_ref().map(Cholesky::inverse);
    let weight = |k: usize| {
        let error = covariance.as_ref().map(|covariance| covariance[(k, k)].sqrt() / scales[k]);
        Estimate::of(fit.weights[k] / scales[k], error, Z)
    };
    let weights = (0..scales.len()).map(weight).collect();
    OneAnnotator { weights, answers, converged: fit.converged }
}

fn fit(
    rows: &[Rows<'_>],
    used: &[usize],
    options: WeightsOptions,
) -> (Population, Vec<Newton>, u32, bool) {
    let Some(&any) = rows.first() else {
        let none =
            Population { mean: vec![], variances: vec![], information: DMatrix::zeros(0, 0) };
        return (none, Vec::new(), 0, false);
    };
    let dim = any.compared.dim();
    let held = Prior { mean: &vec![0.0; dim], precision: &vec![options.penalty; dim] };
    let pooled = Rows { used, ..any }.fit(&vec![0.0; dim], held).weights;
    let mut population = Population {
        mean: pooled.clone(),
        variances: vec![FIRST_VARIANCE; dim],
        information: DMatrix::zeros(dim, dim),
    };
    let mut starts = vec![pooled; rows.len()];
    let (mut iterations, mut converged) = (0, false);
    loop {
        let precision: Vec<f64> = population.variances.iter().map(|v| 1.0 / v).collect();
        let prior = Prior { mean: &population.mean, precision: &precision };
        let fits: Vec<Newton> =
            rows.iter().zip(&starts).map(|(rows, start)| rows.fit(start, prior)).collect();
        let next = population.next(
            rows,
            &fits,
            options.penalty,
            if iterations < LONG { 1.0 } else { 0.5 },
        );
        if converged || iterations >= options.max_iterations {
            population.information = next.information;
            return (population, fits, iterations, converged);
        }
        let change =
            |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let deviations =
            |one: &Population| -> Vec<f64> { one.variances.iter().map(|v| v.sqrt()).collect() };
        let changed = change(&next.mean, &population.mean)
            .max(change(&deviations(&next), &deviations(&population)));
        iterations += 1;
        // Once more round, so that annotators' weights belong to the population returned.
        converged = changed < options.tolerance;
        starts = fits.into_iter().map(|fit| fit.weights).collect();
        population = next;
    }
}

impl Population {
    /// One iteration, from each annotator's mode under this population.
    fn next(&self, rows: &[Rows<'_>], fits: &[Newton], penalty: f64, length: f64) -> Self {
        let dim = self.mean.len();
        let precision = |k: usize| 1.0 / self.variances[k];
        let mut gradient = DVector::from_fn(dim, |k, _| -penalty * self.mean[k]);
        let mut information = DMatrix::from_diagonal_element(dim, dim, penalty);
        // Of the variances.
        let mut slope = DVector::zeros(dim);
        let mut curvature = DMatrix::zeros(dim, dim);
        for (rows, fit) in rows.iter().zip(fits) {
            let Some(decomposed) = &fit.information else { continue };
            let covariance = decomposed.inverse();
            let shift = &covariance * DVector::from_vec(skewness(rows, fit, &covariance));
            for k in 0..dim {
                let away = fit.weights[k] - 0.5 * shift[k] - self.mean[k];
                gradient[k] += precision(k) * away;
                let square = away * away + covariance[(k, k)];
                slope[k] += 0.5 * precision(k) * (square * precision(k) - 1.0);
                for j in 0..dim {
                    // M = (H^-1 + S)^-1 = S^-1 - S^-1 (H + S^-1)^-1 S^-1.
                    let same = if j == k { precision(k) } else { 0.0 };
                    let m = same - precision(j) * covariance[(j, k)] * precision(k);
                    information[(j, k)] += m;
                    curvature[(j, k)] += 0.5 * m * m;
                }
            }
        }
        let solved = |matrix: DMatrix<f64>, right: &DVector<f64>| {
            Cholesky::new(matrix)
                .map_or_else(|| DVector::zeros(dim), |decomposed| decomposed.solve(right))
        };
        // A variance at the floor that would fall further stays, and holds back no other.
        for k in 0..dim {
            if self.variances[k] <= LEAST_VARIANCE && slope[k] <= 0.0 {
                slope[k] = 0.0;
                curvature.row_mut(k).fill(0.0);
                curvature.column_mut(k).fill(0.0);
                curvature[(k, k)] = 1.0;
            }
        }
        let step = solved(curvature, &slope);
        let variance = |k: usize| {
            let old = self.variances[k];
            let new = old + length * step[k];
            new.clamp(old / MOST_CHANGE, old * MOST_CHANGE).max(LEAST_VARIANCE)
        };
        let moved = solved(information.clone(), &gradient);
        Self {
            mean: self.mean.iter().zip(&moved).map(|(mean, step)| mean + step).collect(),
            variances: (0..dim).map(variance).collect(),
            information,
        }
    }

    /// The log marginal likelihood of one annotator's answers, by Laplace's approximation.
    fn marginal(&self, fit: &Newton) -> f64 {
        let Some(decomposed) = &fit.information else { return f64::NEG_INFINITY };
        let half_ln_det: f64 = decomposed.l_dirty().diagonal().iter().map(|l| l.ln()).sum();
        let prior: f64 = (0..self.mean.len())
            .map(|k| {
                let away = fit.weights[k] - self.mean[k];
                away * away / self.variances[k] + self.variances[k].ln()
            })
            .sum();
        fit.log_likelihood - 0.5 * prior - half_ln_det
    }
}

/// sum of p (1 - p) (1 - 2 p) (x' V x) x: how far the posterior leans away from its mode.
fn skewness(rows: &Rows<'_>, fit: &Newton, covariance: &DMatrix<f64>) -> Vec<f64> {
    let dim = fit.weights.len();
    let mut sums = vec![0.0; dim];
    let (mut x, mut moved) = (DVector::zeros(dim), DVector::zeros(dim));
    for &i in rows.used {
        let p = logistic(rows.compared.margin(i, &fit.weights));
        x.fill(0.0);
        rows.compared.add(i, 1.0, x.as_mut_slice());
        moved.gemv(1.0, covariance, &x, 0.0);
        rows.compared.add(i, p * (1.0 - p) * (1.0 - 2.0 * p) * x.dot(&moved), &mut sums);
    }
    sums
}
