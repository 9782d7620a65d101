//! A mixture of Bradley-Terry models: annotators, not single comparisons, belong to groups, and
//! each group has strengths of its own.
//!
//! P(answers of a) = sum over g of share_g * product over its rows i of logistic(+/- m_i(w_g)),
//!
//! a tie counting as half an answer for each side, and each strength (or standardised weight of a
//! feature) with a normal prior of mean 0 and precision `penalty`. Maximised by EM from several
//! starts. After the mixtures of reward models of MiCRo (J. Shen et al., "MiCRo: mixture modeling
//! and context-aware routing for personalized preference learning", 2025), PAL (D. Chen, Y. Chen,
//! A. Rege and R. K. Vinayak, "PAL: pluralistic alignment framework for learning from
//! heterogeneous preferences", 2024) and MaxMin-RLHF (S. Chakraborty et al., "MaxMin-RLHF:
//! alignment with diverse human preferences", 2024, section 4); that annotators belong to groups
//! is the last's.
//!
//! Half of the runs begin at random, half with annotators whose answers pull alike; all go some
//! iterations, the best third to the end (C. Biernacki, G. Celeux and G. Govaert, "Choosing
//! starting values for the EM algorithm", Computational Statistics & Data Analysis 41, 2003).
//!
//! Conditions: rows of an annotator are independent given the group; groups are numbered from the
//! largest, and are found only as far as answers overlap in what they compare. A likelihood of
//! mixtures has several maxima: `tried` tells how the runs ended.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::annotators::Annotators;
use super::choices::AnnotatedChoices;
use super::information::standard_errors;
use super::mixture_state::{State, normalise};
use crate::compared::Compared;
use crate::estimate::{Estimate, Z};
use crate::fit_error::FitError;
use crate::logistic::{logistic, softplus};

/// Iterations after which all but the best runs end.
const SHORT_RUN: u32 = 20;

/// How to fit a mixture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MixtureOptions {
    /// Precision of the normal prior of strengths and standardised weights, above 0; 1 is a
    /// standard normal prior.
    pub penalty: f64,
    /// Runs of EM, at least 1.
    pub restarts: usize,
    /// What they begin from.
    pub seed: u64,
    /// Most iterations of a run.
    pub max_iterations: u32,
    /// A run has converged when an iteration gains less, nats an answer.
    pub tolerance: f64,
}

impl Default for MixtureOptions {
    fn default() -> Self {
        Self { penalty: 1.0, restarts: 9, seed: 0, max_iterations: 1000, tolerance: 1e-9 }
    }
}

/// One group of annotators.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PreferenceGroup {
    /// Its share of the annotators, 0 to 1; the interval is made on the scale of log-odds.
    pub share: Estimate,
    /// Log-odds strength of each system, mean 0, or weight of each feature in the feature's own
    /// unit. Intervals are by the observed information with the prior, and absent where that is
    /// not positive definite.
    pub strengths: Vec<Estimate>,
}

/// A fitted mixture, and the conditions of the fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mixture {
    /// The groups, from the largest.
    pub groups: Vec<PreferenceGroup>,
    /// The probability of each group for each annotator, `[annotators][groups]`; the shares for
    /// an annotator without an answer.
    pub memberships: Vec<Vec<f64>>,
    /// Log-likelihood of the answers, nats.
    pub log_likelihood: f64,
    /// With the log density of the prior, less its constant: what was maximised.
    pub penalised_log_likelihood: f64,
    /// Answers that were fitted.
    pub answers: usize,
    /// Annotators with an answer.
    pub annotators: usize,
    /// Iterations of the best run.
    pub iterations: u32,
    /// Whether it converged.
    pub converged: bool,
    /// The penalised log-likelihood at the end of each run.
    pub tried: Vec<f64>,
}

impl Mixture {
    /// Fits `groups` groups, at least 1.
    ///
    /// # Errors
    /// What [`AnnotatedChoices::check`] finds, or [`FitError::Shape`] for no group, no run or a
    /// penalty that is not above 0.
    pub fn of(
        choices: &AnnotatedChoices,
        groups: usize,
        options: MixtureOptions,
    ) -> Result<Self, FitError> {
        choices.check()?;
        let positive = options.penalty > 0.0 && options.penalty.is_finite();
        if groups == 0 || options.restarts == 0 || !positive {
            return Err(FitError::Shape("groups, runs and penalty are to be above 0".to_owned()));
        }
        let scales = choices.compared.scales();
        let scaled = choices.compared.scaled(&scales);
        let targets = choices.targets();
        let used = (0..choices.len()).collect();
        let rows = Annotators::new(&scaled, &targets, &choices.annotators, used);
        let run = Run::best(&rows, groups, options);
        Ok(Self::from_run(&run, &rows, &scales, choices.annotator_count(), options.penalty))
    }

    fn from_run(
        run: &Run,
        rows: &Annotators<'_>,
        scales: &[f64],
        annotators: usize,
        penalty: f64,
    ) -> Self {
        let state = &run.state;
        let count = state.shares.len();
        let errors = standard_errors(rows, state, penalty);
        let group = |g: usize| {
            let error = errors.as_ref().map(|errors| errors.strengths[g].as_slice());
            let strengths = state.weights[g].iter().enumerate().map(|(k, w)| {
                let error = error.map(|error| error[k] / scales[k]);
                Estimate::of(w / scales[k], error, Z)
            });
            let logit = errors.as_ref().and_then(|errors| errors.share_logits[g]);
            PreferenceGroup {
                share: share_estimate(state.shares[g], logit),
                strengths: strengths.collect(),
            }
        };
        let mut memberships = vec![state.shares.clone(); annotators];
        for (place, &annotator) in rows.who.iter().enumerate() {
            memberships[annotator].copy_from_slice(&state.memberships[place * count..][..count]);
        }
        Self {
            groups: (0..count).map(group).collect(),
            memberships,
            log_likelihood: state.log_likelihood,
            penalised_log_likelihood: state.penalised,
            answers: rows.used.len(),
            annotators: rows.count(),
            iterations: run.iterations,
            converged: run.converged,
            tried: run.tried.clone(),
        }
    }

    /// The probability of each group for someone who gave `votes` on these rows; the shares
    /// without any.
    pub fn membership(&self, compared: &Compared, votes: &[crate::Vote]) -> Vec<f64> {
        let mut logs: Vec<f64> = self
            .groups
            .iter()
            .map(|group| {
                let strengths = group.values();
                let log = |(i, vote): (usize, &crate::Vote)| {
                    let margin = compared.margin(i, &strengths);
                    match vote {
                        crate::Vote::First => -softplus(-margin),
                        crate::Vote::Second => -softplus(margin),
                        crate::Vote::Tie => -0.5 * (softplus(-margin) + softplus(margin)),
                    }
                };
                votes.iter().enumerate().map(log).sum()
            })
            .collect();
        let ln_shares: Vec<f64> = self.groups.iter().map(|group| group.share.value.ln()).collect();
        normalise(&mut logs, &ln_shares);
        logs
    }

    /// The probability that someone of this membership prefers the first side of row `i`.
    pub fn probability(&self, compared: &Compared, i: usize, membership: &[f64]) -> f64 {
        let of_group = |group: &PreferenceGroup| logistic(compared.margin(i, &group.values()));
        self.groups.iter().zip(membership).map(|(group, member)| member * of_group(group)).sum()
    }
}

impl PreferenceGroup {
    /// The strengths without their intervals.
    pub fn values(&self) -> Vec<f64> {
        self.strengths.iter().map(|strength| strength.value).collect()
    }
}

/// A share with the interval that its log-odds have.
fn share_estimate(share: f64, logit_error: Option<f64>) -> Estimate {
    let logit = (share / (1.0 - share)).ln();
    let error = logit_error.filter(|error| error.is_finite() && logit.is_finite());
    Estimate {
        value: share,
        standard_error: error.map(|error| error * share * (1.0 - share)),
        low: error.map(|error| logistic(logit - Z * error)),
        high: error.map(|error| logistic(logit + Z * error)),
    }
}

/// The best of several runs.
pub(super) struct Run {
    pub(super) state: State,
    pub(super) iterations: u32,
    pub(super) converged: bool,
    pub(super) tried: Vec<f64>,
}

impl Run {
    /// Groups come from the largest.
    pub(super) fn best(rows: &Annotators<'_>, groups: usize, options: MixtureOptions) -> Self {
        let MixtureOptions { penalty, restarts, seed, max_iterations, tolerance } = options;
        let pooled = rows.pooled(penalty);
        let pulls = if groups > 1 { rows.pulls(&pooled) } else { Vec::new() };
        let restarts = if groups > 1 { restarts } else { 1 };
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut runs: Vec<(usize, State, u32, bool)> = (0..restarts)
            .map(|run| {
                let memberships = if groups > 1 && run % 2 == 0 {
                    rows.seeded_start(&pulls, groups, &mut rng)
                } else {
                    rows.random_start(groups, &mut rng)
                };
                let even = vec![1.0 / groups as f64; groups];
                let mut start = State::at(rows, vec![pooled.clone(); groups], even, penalty);
                start.memberships = memberships;
                // What the first step is measured by: it may not be as good as the pooled fit.
                start.penalised = f64::NEG_INFINITY;
                let short = SHORT_RUN.min(max_iterations);
                let (state, iterations, converged) = start.run(rows, penalty, short, tolerance);
                (run, state, iterations, converged)
            })
            .collect();
        runs.sort_by(|a, b| b.1.penalised.total_cmp(&a.1.penalised).then(a.0.cmp(&b.0)));
        let kept = restarts.div_ceil(3);
        for (place, (_, state, iterations, converged)) in runs.iter_mut().enumerate() {
            if place < kept && !*converged {
                let left = max_iterations - *iterations;
                let (next, more, done) = state.clone().run(rows, penalty, left, tolerance);
                (*state, *iterations, *converged) = (next, *iterations + more, done);
            }
        }
        runs.sort_by_key(|(run, ..)| *run);
        let tried = runs.iter().map(|(_, state, ..)| state.penalised).collect();
        let best = (0..runs.len())
            .max_by(|&a, &b| runs[a].1.penalised.total_cmp(&runs[b].1.penalised).then(b.cmp(&a)))
            .unwrap_or(0);
        let (_, state, iterations, converged) = runs.swap_remove(best);
        Self { state: state.largest_first(), iterations, converged, tried }
    }
}

impl State {
    fn largest_first(mut self) -> Self {
        let groups = self.shares.len();
        let mut order: Vec<usize> = (0..groups).collect();
        order.sort_by(|&a, &b| self.shares[b].total_cmp(&self.shares[a]));
        let moved = |values: &[f64]| -> Vec<f64> {
            values.chunks(groups).flat_map(|chunk| order.iter().map(|&g| chunk[g])).collect()
        };
        self.memberships = moved(&self.memberships);
        self.probabilities = moved(&self.probabilities);
        self.shares = moved(&self.shares);
        self.weights = order.iter().map(|&g| self.weights[g].clone()).collect();
        self
    }
}
