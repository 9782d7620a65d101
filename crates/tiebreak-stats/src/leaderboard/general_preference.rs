//! Preferences with cycles: the general preference model of rank 2k.
//!
//! Each system has an embedding v of 2k numbers, and the log-odds that its answer is preferred are
//! v_i' R v_j, with R of k blocks (0, -1; 1, 0) on the diagonal: a skew-symmetric score, which can
//! say that rock beats scissors, scissors paper and paper rock (Y. Zhang et al., "Beyond
//! Bradley-Terry models: a general preference model for language model alignment", 2024, section
//! 4). Any skew-symmetric matrix of rank 2k is of this form. Bradley-Terry is one of rank 2, with
//! v_i = (1, s_i). Ties enter as in Bradley-Terry.
//!
//! Maximised is the log-likelihood less penalty / 2 times the sum of |v_i - (1, 0, 0, ...)|^2: a
//! normal prior about the average system of Bradley-Terry. About 0, a system of few comparisons
//! would be taken for the equal of the best. It is not concave: it is climbed from strengths of
//! Bradley-Terry and from random places, and the highest point is taken. Embeddings are determined
//! up to what leaves the scores as they are: only scores mean something.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::bradley_terry::bradley_terry;
use super::comparison::Comparisons;
use super::design::Design;
use super::newton::Problem;
use super::options::{BothBad, BradleyTerryOptions, TieRule};
use crate::fit_error::FitError;
use crate::logistic::logistic;
use crate::minimise::{Minimum, minimise};
use crate::shares::Shares;
use crate::ties::Ties;

const MAX_ITERATIONS: u32 = 2000;
/// On the gradient of the mean loss.
const TOLERANCE: f64 = 1e-6;
/// How far a start is from Bradley-Terry, where a perfect cycle has a saddle.
const NOISE: f64 = 0.2;

/// How embeddings are fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneralPreferenceOptions {
    /// k, at least 1: embeddings have 2k numbers.
    pub k: usize,
    /// The penalty, above 0: 1 for a prior of variance 1.
    pub penalty: f64,
    /// How ties enter.
    pub ties: TieRule,
    /// How comparisons in which neither was good enter.
    pub both_bad: BothBad,
    /// Places to climb from, at least 1; the first is Bradley-Terry.
    pub starts: usize,
    /// Of the starts.
    pub seed: u64,
}

impl Default for GeneralPreferenceOptions {
    fn default() -> Self {
        Self {
            k: 1,
            penalty: 1.0,
            ties: TieRule::default(),
            both_bad: BothBad::default(),
            starts: 4,
            seed: 0,
        }
    }
}

/// Fitted embeddings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GeneralPreference {
    /// 2k numbers for each system; `None` without a comparison.
    pub embeddings: Vec<Option<Vec<f64>>>,
    /// Davidson's ln nu; `None` if ties are not modelled, or there are none, or nothing else.
    pub ln_nu: Option<f64>,
    /// The log-likelihood in nats, without the penalty.
    pub log_likelihood: f64,
    /// The log-likelihood less the penalty.
    pub penalised: f64,
    /// The weight of the comparisons that were fitted.
    pub comparisons: f64,
    /// Iterations of the best climb.
    pub iterations: u32,
    /// Whether it ended where the slope is 0.
    pub converged: bool,
    /// How it was fitted.
    pub options: GeneralPreferenceOptions,
}

impl GeneralPreference {
    /// The log-odds that the answer of system `i` is preferred to that of `j`.
    pub fn score(&self, i: usize, j: usize) -> Option<f64> {
        let of = |system: usize| self.embeddings.get(system)?.as_deref();
        Some(score(of(i)?, of(j)?))
    }

    /// The probability that the answer of system `i` is preferred to that of `j`, a tie counting
    /// half.
    pub fn probability(&self, i: usize, j: usize) -> Option<f64> {
        let margin = self.score(i, j)?;
        let Some(ln_nu) = self.ln_nu else { return Some(logistic(margin)) };
        let [first, tie, _] = tiebreak_core::TieModel::Davidson { ln_nu }.probabilities(margin);
        Some(first + 0.5 * tie)
    }

    /// The systems that have an embedding, and the probabilities that the one of the row is
    /// preferred to the one of the column: what [`super::minimax_winner`] takes.
    pub fn preferences(&self) -> (Vec<usize>, Vec<Vec<f64>>) {
        let known: Vec<usize> =
            (0..self.embeddings.len()).filter(|&i| self.embeddings[i].is_some()).collect();
        let row =
            |&i: &usize| known.iter().filter_map(|&j| self.probability(i, j)).collect::<Vec<f64>>();
        let matrix = known.iter().map(row).collect();
        (known, matrix)
    }

    /// The share of the squared scores that no strengths explain: 0 for Bradley-Terry, 1 for
    /// nothing but cycles. Strengths are the row means, which are the best by least squares (X.
    /// Jiang, L.-H. Lim, Y. Yao and Y. Ye, "Statistical ranking and combinatorial Hodge theory",
    /// Mathematical Programming 127, 2011). `None` if all scores are 0.
    pub fn cyclic_share(&self) -> Option<f64> {
        let known: Vec<&Vec<f64>> = self.embeddings.iter().flatten().collect();
        let n = known.len() as f64;
        let mean = |v: &&Vec<f64>| known.iter().map(|w| score(v, w)).sum::<f64>() / n;
        let strengths: Vec<f64> = known.iter().map(mean).collect();
        let (mut all, mut rest) = (0.0, 0.0);
        for (v, s) in known.iter().zip(&strengths) {
            for (w, t) in known.iter().zip(&strengths) {
                let score = score(v, w);
                all += score * score;
                rest += (score - s + t).powi(2);
            }
        }
        (all > 0.0).then(|| rest / all)
    }
}

/// v' R w.
fn score(v: &[f64], w: &[f64]) -> f64 {
    let blocks = v.chunks_exact(2).zip(w.chunks_exact(2));
    blocks.map(|(v, w)| v[1] * w[0] - v[0] * w[1]).sum()
}

/// Fits embeddings. Covariates are left out of account.
///
/// # Errors
/// [`FitError::NoPairs`] without a comparison that counts, [`FitError::Shape`] for k or starts of
/// 0, or a penalty that is not above 0.
pub fn general_preference(
    comparisons: &Comparisons,
    options: GeneralPreferenceOptions,
) -> Result<GeneralPreference, FitError> {
    let sound = options.penalty.is_finite() && options.penalty > 0.0;
    if options.k == 0 || options.starts == 0 || !sound {
        return Err(FitError::Shape(format!("a general preference model with {options:?}")));
    }
    let plain = Comparisons::of(comparisons.systems(), comparisons.rows().to_vec())?;
    let (design, counts, _) = Design::of(&plain, options.ties, options.both_bad)?;
    // For the rule of when ties have a parameter.
    let davidson = options.ties == TieRule::Davidson;
    let rule = Problem::new(&design, &counts, 0.0, davidson);
    let objective = Objective { rule: &rule, width: 2 * options.k, penalty: options.penalty };
    let strengths = bradley_terry(
        &plain,
        BradleyTerryOptions {
            ties: options.ties,
            both_bad: options.both_bad,
            ridge: options.penalty,
            ..BradleyTerryOptions::default()
        },
    )?;
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let mut best: Option<Minimum> = None;
    for start in 0..options.starts {
        let mut x = objective.start(&mut rng);
        if start == 0 {
            for (place, &system) in design.active.iter().enumerate() {
                x[place * 2 * options.k] += 1.0;
                x[place * 2 * options.k + 1] += strengths.strengths[system].unwrap_or(0.0);
            }
        } else {
            // From further away.
            x[..objective.numbers()].iter_mut().for_each(|x| *x /= NOISE);
        }
        let found = minimise(|x, g| objective.value(x, g), x, MAX_ITERATIONS, TOLERANCE);
        if best.as_ref().is_none_or(|best| found.value < best.value) {
            best = Some(found);
        }
    }
    let best = best.ok_or(FitError::NoPairs)?;
    let mut embeddings = vec![None; design.systems];
    for (&system, v) in design.active.iter().zip(best.x.chunks_exact(objective.width)) {
        embeddings[system] = Some(v.to_vec());
    }
    let total: f64 = counts.iter().flatten().sum();
    let squares: f64 = (0..objective.numbers()).map(|k| objective.far(&best.x, k).powi(2)).sum();
    let penalised = -best.value * total;
    Ok(GeneralPreference {
        embeddings,
        ln_nu: objective.ties().has_parameter().then(|| best.x[objective.numbers()]),
        log_likelihood: penalised + 0.5 * options.penalty * squares,
        penalised,
        comparisons: total,
        iterations: best.iterations,
        converged: best.converged,
        options,
    })
}

/// The mean penalised loss of embeddings, and ln nu last if ties have a parameter.
struct Objective<'a> {
    rule: &'a Problem<'a>,
    width: usize,
    penalty: f64,
}

impl Objective<'_> {
    fn ties(&self) -> Ties {
        self.rule.ties
    }

    fn numbers(&self) -> usize {
        self.rule.design.active.len() * self.width
    }

    /// How far a number is from its prior mean.
    fn far(&self, x: &[f64], place: usize) -> f64 {
        if place.is_multiple_of(self.width) { x[place] - 1.0 } else { x[place] }
    }

    fn start(&self, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let mut x: Vec<f64> =
            (0..self.numbers()).map(|_| rng.random_range(-NOISE..NOISE)).collect();
        x.extend(self.rule.start().get(self.rule.linear()));
        x
    }

    fn value(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        let (ties, numbers, width) = (self.ties(), self.numbers(), self.width);
        let parameter = if ties.has_parameter() { x[numbers] } else { 0.0 };
        let mut value = 0.0;
        gradient.fill(0.0);
        let mut total = 0.0;
        for (&[i, j], &[first, tie, second]) in self.rule.design.pairs.iter().zip(self.rule.counts)
        {
            let sum = first + tie + second;
            total += sum;
            let (a, b) = (i * width, j * width);
            let margin = score(&x[a..a + width], &x[b..b + width]);
            let shares = Shares { first: first / sum, tie: tie / sum, second: second / sum };
            let loss = ties.loss(shares, margin, parameter);
            value += sum * loss.value;
            let slope = sum * loss.by_margin;
            for k in (0..width).step_by(2) {
                gradient[a + k] -= slope * x[b + k + 1];
                gradient[a + k + 1] += slope * x[b + k];
                gradient[b + k] += slope * x[a + k + 1];
                gradient[b + k + 1] -= slope * x[a + k];
            }
            if ties.has_parameter() {
                gradient[numbers] += sum * loss.by_ties;
            }
        }
        for (place, slope) in gradient[..numbers].iter_mut().enumerate() {
            let far = self.far(x, place);
            value += 0.5 * self.penalty * far * far;
            *slope += self.penalty * far;
        }
        gradient.iter_mut().for_each(|slope| *slope /= total);
        value / total
    }
}

#[cfg(test)]
mod tests;
