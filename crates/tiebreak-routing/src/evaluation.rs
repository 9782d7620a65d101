//! What a budget buys by each policy, measured on pairs that both people and the AI have labelled.
//!
//! Policies are fitted on the training folds, prompts kept whole, and spend the budget on the test
//! fold. A pair that goes to people gets one of its own votes, drawn at random; the draws are
//! repeated, the same for every policy. Two things are measured: the accuracy of the labels of the
//! test folds, and that of a reward head trained on the labels of one test fold and tested on the
//! clear majorities outside that fold. `auto` chooses by cross-validation within the training
//! folds.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_stats::{
    FitOptions as PreferenceOptions, JudgedPairs, PreferenceFit, Shares, Vote, grouped_folds,
    parallel_map,
};

use crate::bases::{Bases, Valued, place_lot, taken};
use crate::comparing::{Comparison, clear_pairs, compare, weight};
use crate::fitting::{FitOptions, Watching};
use crate::ppm::{MeanPredictionFit, PredictionFit};
use crate::resampling::{Estimate, Resampling};
use crate::truth::{Correct, Truth, right};
use crate::{PolicyKind, Pool, RoutingError};

/// What is evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluateOptions {
    /// How policies are fitted; `folds` is the number of test folds too.
    pub fit: FitOptions,
    /// The policies; `auto` costs several times what the others do together.
    pub policies: Vec<PolicyKind>,
    /// Shares of the pairs that people label, each 0 to 1.
    pub shares: Vec<f64>,
    /// How often votes, and equal gains, are drawn.
    pub repeats: usize,
    /// What labels are measured against.
    pub truth: Truth,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self {
            fit: FitOptions::default(),
            policies: PolicyKind::ALL.to_vec(),
            shares: vec![0.0, 0.25, 0.5, 0.75, 1.0],
            repeats: 20,
            truth: Truth::Majority,
        }
    }
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// Pairs with a clear majority.
    pub pairs: usize,
    /// Their prompts.
    pub prompts: usize,
    /// Labelled pairs left out because no vote has a clear majority over the others.
    pub unclear: usize,
    /// A curve for each policy, in the order asked for.
    pub curves: Vec<PolicyCurve>,
    /// What is possible with these votes: the budget goes where one vote is most likely to be
    /// right and the AI wrong, as only somebody knows who has seen the majority.
    pub oracle: Vec<CurvePoint>,
    /// Label accuracy of each policy above random's, by cross-validation; without `auto`.
    pub advantages: Vec<PolicyAdvantage>,
    /// The policy that `auto` takes on all these pairs at half the budget, and why in words.
    pub chosen: (PolicyKind, String),
    /// The same at each share asked for.
    pub chosen_at: Vec<(f64, PolicyKind, String)>,
    /// Share of the pairs that only one person has labelled: against that majority, the same
    /// person's label is always right.
    pub single_votes: f64,
    /// What `auto` took in each fold, by share of the budget; empty without it.
    pub taken: Vec<(f64, BTreeMap<PolicyKind, usize>)>,
    /// How well the performance prediction models of the folds fit.
    pub predictions: Vec<PredictionFit>,
}

/// One policy's points, in the order of the shares asked for.
#[derive(Clone, Debug)]
pub struct PolicyCurve {
    /// The policy.
    pub kind: PolicyKind,
    /// Its points.
    pub points: Vec<CurvePoint>,
}

/// What a share of human labels buys.
#[derive(Clone, Copy, Debug)]
pub struct CurvePoint {
    /// The share that was allowed, 0 to 1.
    pub share: f64,
    /// The share that was spent: less only where a policy may leave some of the budget.
    pub spent: f64,
    /// Accuracy of the labels.
    pub labels: Estimate,
    /// Standard error of the label accuracy over the draws alone.
    pub labels_draw_se: f64,
    /// Accuracy of a reward head trained on them; `None` without features.
    pub reward: Option<Estimate>,
}

/// What a policy gains over random, averaged over budgets of 10 to 90 %.
#[derive(Clone, Debug)]
pub struct PolicyAdvantage {
    /// The policy.
    pub kind: PolicyKind,
    /// Label accuracy above random's, parts of 1.
    pub gain: Estimate,
    /// Whether that is more than chance explains, the number of policies taken into account.
    pub beats_random: bool,
}

/// Who spends the budget of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spender {
    Policy(PolicyKind),
    Oracle,
}

/// What was seen of each pair: sums and numbers of times.
#[derive(Clone)]
struct Seen {
    labels: Vec<(f64, f64)>,
    reward: Vec<(f64, f64)>,
    /// Label accuracy by repeat: sum and weight.
    repeats: Vec<(f64, f64)>,
    spent: usize,
}

/// One fold: what policies are fitted on and spend on.
struct Fold {
    /// Places in the list of clear pairs.
    test: Vec<usize>,
    train: Vec<usize>,
    /// The test pairs, as indices into the pool.
    open: Vec<usize>,
    bases: Bases,
    comparison: Option<Comparison>,
}

struct Run<'r> {
    pool: &'r Pool,
    options: &'r EvaluateOptions,
    clear: Vec<(usize, Correct)>,
    folds: Vec<Fold>,
}

/// Evaluates policies on the labelled pairs of a pool.
///
/// # Errors
/// [`RoutingError::TooFewLabels`], [`RoutingError::Fit`] on cancellation or where a fit fails.
pub fn evaluate(
    pool: &Pool,
    labelled: &[usize],
    options: &EvaluateOptions,
    watching: Watching<'_>,
) -> Result<Evaluation, RoutingError> {
    let clear = clear_pairs(pool, labelled, options.truth, true)?;
    let kinds: Vec<PolicyKind> =
        options.policies.iter().copied().filter(|kind| *kind != PolicyKind::Auto).collect();
    let has_auto = kinds.len() < options.policies.len();
    let prompts: Vec<usize> = clear.iter().map(|(i, _)| pool.instances[*i].prompt).collect();
    let fold_of = grouped_folds(&prompts, options.fit.folds, options.fit.seed);
    let mut run = Run { pool, options, clear, folds: Vec::new() };
    let steps = options.fit.folds * if has_auto { options.fit.folds + 1 } else { 1 };
    let mut predictions = Vec::new();
    for fold in 0..options.fit.folds {
        watching.at("Fitting policies", fold * steps / options.fit.folds, steps)?;
        let (mut test, train): (Vec<usize>, Vec<usize>) =
            (0..run.clear.len()).partition(|&k| fold_of[k] == fold);
        // What a policy chose is learnt from, and says nothing of the rest.
        test.retain(|&k| weight(pool, run.clear[k].0) > 0.0);
        if test.is_empty() {
            continue;
        }
        let index = |part: &[usize]| part.iter().map(|&k| run.clear[k].0).collect::<Vec<_>>();
        let (open, seen) = (index(&test), index(&train));
        let bases = Bases::fit(&kinds, pool, &seen, options.truth, &options.fit, watching)?;
        predictions.extend(bases.ppm.iter().flat_map(|ppm| ppm.fits.iter().cloned()));
        let comparison = if has_auto {
            match compare(&kinds, pool, &seen, options.truth, &options.fit, watching) {
                Ok(found) => Some(found),
                // Then `auto` is random. In use it would go by the AI's own doubt, if it has any.
                Err(RoutingError::TooFewLabels { .. }) => None,
                Err(error) => return Err(error),
            }
        } else {
            None
        };
        run.folds.push(Fold { test, train, open, bases, comparison });
    }
    let mut spenders: Vec<Spender> =
        options.policies.iter().map(|kind| Spender::Policy(*kind)).collect();
    spenders.push(Spender::Oracle);
    let work: Vec<(Spender, f64)> = spenders
        .iter()
        .flat_map(|spender| options.shares.iter().map(|share| (*spender, *share)))
        .collect();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let resampling = Resampling::new(&prompts, options.fit.seed);
    let points = parallel_map(options.fit.threads, work.len(), |n| {
        let at = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        watching.at("Spending budgets", at, work.len())?;
        let (spender, share) = work[n];
        run.point(spender, share, &resampling)
    });
    let mut points = points.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter();
    let mut curve = || points.by_ref().take(options.shares.len()).collect::<Vec<CurvePoint>>();
    let curves: Vec<PolicyCurve> =
        options.policies.iter().map(|&kind| PolicyCurve { kind, points: curve() }).collect();
    let oracle = curve();
    let overall = compare(&kinds, pool, labelled, options.truth, &options.fit, watching)?;
    let counted = || run.folds.iter().flat_map(|fold| &fold.open);
    let measured = counted().count();
    let single = counted().filter(|&&i| pool.instances[i].votes.total() == 1).count();
    Ok(Evaluation {
        pairs: measured,
        prompts: overall.prompts,
        unclear: labelled.len() - run.clear.len(),
        curves,
        oracle,
        chosen: overall.choose(0.5),
        chosen_at: options
            .shares
            .iter()
            .map(|&share| {
                let (kind, why) = overall.choose(share);
                (share, kind, why)
            })
            .collect(),
        single_votes: single as f64 / measured.max(1) as f64,
        advantages: overall
            .advantages
            .iter()
            .map(|one| PolicyAdvantage {
                kind: one.kind,
                gain: one.overall,
                beats_random: one.beats_random,
            })
            .collect(),
        taken: if has_auto { run.taken_by_auto() } else { Vec::new() },
        predictions,
    })
}

impl Evaluation {
    /// How well the prediction models fit, a mean over the folds for each kind of model.
    pub fn mean_predictions(&self) -> Vec<MeanPredictionFit> {
        MeanPredictionFit::of(&self.predictions)
    }
}

impl Run<'_> {
    fn taken_by_auto(&self) -> Vec<(f64, BTreeMap<PolicyKind, usize>)> {
        let by_share = |&share: &f64| {
            let mut counts = BTreeMap::new();
            for fold in &self.folds {
                *counts.entry(fold.auto(share)).or_insert(0) += 1;
            }
            (share, counts)
        };
        self.options.shares.iter().map(by_share).collect()
    }

    /// Pairs that are measured on.
    fn measured(&self) -> usize {
        self.folds.iter().map(|fold| fold.open.len()).sum()
    }

    fn point(
        &self,
        spender: Spender,
        share: f64,
        resampling: &Resampling,
    ) -> Result<CurvePoint, RoutingError> {
        let n = self.clear.len();
        let mut seen = Seen {
            labels: vec![(0.0, 0.0); n],
            reward: vec![(0.0, 0.0); n],
            repeats: vec![(0.0, 0.0); self.options.repeats],
            spent: 0,
        };
        for fold in &self.folds {
            self.spend(spender, share, fold, &mut seen)?;
        }
        let weights: Vec<f64> = self.clear.iter().map(|(i, _)| weight(self.pool, *i)).collect();
        let mean = |sums: &[(f64, f64)]| {
            let values: Vec<f64> =
                sums.iter().map(|(sum, n)| if *n > 0.0 { sum / n } else { 0.0 }).collect();
            let used: Vec<f64> = sums
                .iter()
                .zip(&weights)
                .map(|((_, n), weight)| if *n > 0.0 { *weight } else { 0.0 })
                .collect();
            resampling.mean(&values, &used)
        };
        let repeats: Vec<f64> = seen.repeats.iter().map(|(sum, n)| sum / n).collect();
        let labels = mean(&seen.labels).ok_or(tiebreak_stats::FitError::NoPairs)?;
        Ok(CurvePoint {
            share,
            spent: seen.spent as f64 / self.measured().max(1) as f64,
            labels,
            labels_draw_se: standard_error(&repeats),
            reward: mean(&seen.reward),
        })
    }

    /// Spends a share of one fold, as often as asked for.
    fn spend(
        &self,
        spender: Spender,
        share: f64,
        fold: &Fold,
        seen: &mut Seen,
    ) -> Result<(), RoutingError> {
        let Self { pool, options, clear, .. } = self;
        let budget = (share * fold.open.len() as f64).round() as usize;
        let valued = match spender {
            Spender::Oracle => {
                let gains = fold.test.iter().map(|&k| clear[k].1.human - clear[k].1.ai);
                let gain = vec![None; fold.test.len()];
                Some(Valued { priority: gains.collect(), gain, budget })
            }
            Spender::Policy(kind) => {
                let kind = if kind == PolicyKind::Auto { fold.auto(share) } else { kind };
                fold.bases.value(kind, pool, &fold.open, budget, &options.fit)
            }
        };
        // What could not be fitted spends by lot.
        let valued = valued.unwrap_or_else(|| Valued {
            priority: vec![0.0; fold.open.len()],
            gain: Vec::new(),
            budget,
        });
        seen.spent += valued.budget;
        // Without people nothing is drawn, and every repeat is the same.
        let repeats = if valued.budget == 0 && options.truth == Truth::Majority {
            1
        } else {
            options.repeats
        };
        let weights: Vec<f64> = fold.open.iter().map(|&i| weight(pool, i)).collect();
        let mut start: Option<PreferenceFit> = None;
        for repeat in 0..options.repeats {
            let seed = options.fit.seed.wrapping_add(repeat as u64);
            let people = taken(&valued, &fold.open, &weights, seed);
            let mut labels = Vec::with_capacity(fold.test.len());
            for ((&k, &i), people) in fold.test.iter().zip(&fold.open).zip(people) {
                let drawn = drawn(pool, i, seed);
                let label = if people { drawn } else { pool.instances[i].ai };
                labels.push(label);
                let Some(truth) = options.truth.of(pool.instances[i].votes, drawn) else {
                    continue;
                };
                let hit = right(label, truth);
                let weight = weight(pool, i);
                seen.labels[k] = (seen.labels[k].0 + hit, seen.labels[k].1 + 1.0);
                let sum = &mut seen.repeats[repeat];
                *sum = (sum.0 + hit * weight, sum.1 + weight);
            }
            if repeat < repeats
                && let Some(head) = self.head(fold, &labels, start.as_ref())?
            {
                self.test(&head, fold, seen);
                start = Some(head);
            }
        }
        Ok(())
    }

    /// A head trained on the labels of a fold; `None` without features, or where all are ties.
    fn head(
        &self,
        fold: &Fold,
        labels: &[Vote],
        start: Option<&PreferenceFit>,
    ) -> Result<Option<PreferenceFit>, RoutingError> {
        let (Some(penalty), pool) = (fold.bases.penalty, self.pool) else { return Ok(None) };
        let zeros = vec![0.0_f32; pool.dim];
        let mut pairs = JudgedPairs::new(pool.dim);
        for (&i, label) in fold.open.iter().zip(labels) {
            let shares = match label {
                Vote::First => Shares::FIRST,
                Vote::Tie => Shares::TIE,
                Vote::Second => Shares::SECOND,
            };
            pairs.push(pool.features_of(i), &zeros, shares, 1.0);
        }
        let options = PreferenceOptions {
            penalty,
            tolerance: 1e-4,
            max_iterations: 100,
            ..PreferenceOptions::default()
        };
        Ok(Some(PreferenceFit::of(&pairs, &vec![1.0; labels.len()], options, start)?))
    }

    /// Tests a head on the clear majorities outside its fold.
    fn test(&self, head: &PreferenceFit, fold: &Fold, seen: &mut Seen) {
        for &k in &fold.train {
            let i = self.clear[k].0;
            let Some(truth) = Truth::settled(self.pool.instances[i].votes) else { continue };
            let features = self.pool.features_of(i).iter().zip(&head.weights);
            let margin: f64 = features.map(|(x, w)| f64::from(*x) * w).sum();
            let label = match margin.total_cmp(&0.0) {
                std::cmp::Ordering::Greater => Vote::First,
                std::cmp::Ordering::Less => Vote::Second,
                std::cmp::Ordering::Equal => Vote::Tie,
            };
            seen.reward[k] = (seen.reward[k].0 + right(label, truth), seen.reward[k].1 + 1.0);
        }
    }
}

impl Fold {
    /// What `auto` takes in this fold.
    fn auto(&self, share: f64) -> PolicyKind {
        self.comparison.as_ref().map_or(PolicyKind::Random, |found| found.choose(share).0)
    }
}

/// One of a pair's votes, the same for every policy.
fn drawn(pool: &Pool, index: usize, seed: u64) -> Vote {
    let lot = place_lot(seed, "vote", index);
    let mut rng = ChaCha8Rng::from_seed(*lot.as_bytes());
    let votes = pool.instances[index].votes;
    let at = rng.random_range(0..votes.total().max(1));
    match at {
        at if at < votes.first => Vote::First,
        at if at < votes.first + votes.tie => Vote::Tie,
        _ => Vote::Second,
    }
}

/// The standard error of a mean; 0 for fewer than two.
fn standard_error(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    if values.len() < 2 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (n - 1.0) / n).sqrt()
}
