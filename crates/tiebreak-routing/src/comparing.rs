//! Which policy is better than chance on labelled pairs: cross-fitted, so that no policy is
//! measured on prompts that it was fitted on.

use tiebreak_stats::grouped_folds;

use crate::bases::{Bases, expected};
use crate::fitting::{FitOptions, Watching};
use crate::resampling::{Estimate, Resampling};
use crate::truth::{Correct, Truth};
use crate::{PolicyKind, Pool, RoutingError};

/// Fewest pairs with a clear majority that policies are fitted on.
pub const FEWEST_LABELS: usize = 40;
/// Fewest prompts that they come from.
pub const FEWEST_PROMPTS: usize = 5;
/// Shares of the budget at which policies are compared.
pub(crate) const SHARES: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/// How probable it may be that any policy is called better than random where none is.
const FALSE_ALARM: f64 = 0.05;
/// Budgets this near say something about a budget.
const NEAR: f64 = 0.21;

/// What policies gain over random.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    pub(crate) advantages: Vec<Advantage>,
    /// Labelled pairs that it rests on.
    pub(crate) pairs: usize,
    /// Their prompts.
    pub(crate) prompts: usize,
}

/// What one policy gains over random.
#[derive(Clone, Debug)]
pub(crate) struct Advantage {
    pub(crate) kind: PolicyKind,
    /// Label accuracy above random's at each of [`SHARES`], parts of 1.
    pub(crate) at: Vec<f64>,
    /// The mean over the shares.
    pub(crate) overall: Estimate,
    /// Whether that is more than chance explains.
    pub(crate) beats_random: bool,
}

/// The labelled pairs that have a clear majority, with how often labels of them are right. Those
/// that a policy chose ([`weight`] 0) are there to be learnt from; enough others must be there to
/// be measured on if `measured`.
///
/// # Errors
/// [`RoutingError::TooFewLabels`].
pub(crate) fn clear_pairs(
    pool: &Pool,
    labelled: &[usize],
    truth: Truth,
    measured: bool,
) -> Result<Vec<(usize, Correct)>, RoutingError> {
    let clear: Vec<(usize, Correct)> = labelled
        .iter()
        .filter_map(|&i| truth.correct(&pool.instances[i]).map(|correct| (i, correct)))
        .collect();
    let mut prompts: Vec<usize> = clear
        .iter()
        .filter(|(i, _)| !measured || weight(pool, *i) > 0.0)
        .map(|(i, _)| pool.instances[*i].prompt)
        .collect();
    let pairs = prompts.len();
    prompts.sort_unstable();
    prompts.dedup();
    if pairs < FEWEST_LABELS || prompts.len() < FEWEST_PROMPTS {
        return Err(RoutingError::TooFewLabels {
            labels: pairs,
            prompts: prompts.len(),
            needed_labels: FEWEST_LABELS,
            needed_prompts: FEWEST_PROMPTS,
        });
    }
    Ok(clear)
}

/// How much a labelled pair counts when something is measured: by how unlikely it was to be
/// drawn. Pairs that a policy chose say nothing of the others.
pub(crate) fn weight(pool: &Pool, index: usize) -> f64 {
    match pool.instances[index].inclusion {
        Some(probability) if probability > 0.0 => 1.0 / probability,
        _ => 0.0,
    }
}

/// Compares policies on labelled pairs.
pub(crate) fn compare(
    kinds: &[PolicyKind],
    pool: &Pool,
    labelled: &[usize],
    truth: Truth,
    options: &FitOptions,
    watching: Watching<'_>,
) -> Result<Comparison, RoutingError> {
    let clear = clear_pairs(pool, labelled, truth, true)?;
    let weights: Vec<f64> = clear.iter().map(|(i, _)| weight(pool, *i)).collect();
    let prompts: Vec<usize> = clear.iter().map(|(i, _)| pool.instances[*i].prompt).collect();
    let folds = grouped_folds(&prompts, options.folds, options.seed);
    // What each pair adds over random at each share, by policy.
    let mut added = vec![vec![vec![0.0; clear.len()]; SHARES.len()]; kinds.len()];
    for fold in 0..options.folds {
        let (mut test, train): (Vec<usize>, Vec<usize>) =
            (0..clear.len()).partition(|&k| folds[k] == fold);
        test.retain(|&k| weights[k] > 0.0);
        if test.is_empty() {
            continue;
        }
        let index = |part: &[usize]| part.iter().map(|&k| clear[k].0).collect::<Vec<_>>();
        let (open, train) = (index(&test), index(&train));
        let stands_for: Vec<f64> = test.iter().map(|&k| weights[k]).collect();
        let bases = Bases::fit(kinds, pool, &train, truth, options, watching)?;
        for (p, &kind) in kinds.iter().enumerate() {
            for (s, &share) in SHARES.iter().enumerate() {
                let budget = (share * open.len() as f64).round() as usize;
                let Some(valued) = bases.value(kind, pool, &open, budget, options) else {
                    continue;
                };
                let taken = expected(&valued, &stands_for);
                let by_lot = budget as f64 / open.len() as f64;
                for (&k, taken) in test.iter().zip(taken) {
                    let gain = clear[k].1.human - clear[k].1.ai;
                    added[p][s][k] = gain * (taken - by_lot);
                }
            }
        }
    }
    let resampling = Resampling::new(&prompts, options.seed);
    let total: f64 = weights.iter().sum();
    let mut advantages = Vec::new();
    for (&kind, added) in kinds.iter().zip(&added) {
        let mean = |values: &[f64]| resampling.mean(values, &weights);
        let overall: Vec<f64> = (0..clear.len())
            .map(|k| added.iter().map(|at| at[k]).sum::<f64>() / SHARES.len() as f64)
            .collect();
        let Some(overall) = mean(&overall) else { continue };
        let at = added
            .iter()
            .map(|at| at.iter().zip(&weights).map(|(a, w)| a * w).sum::<f64>() / total)
            .collect();
        advantages.push(Advantage { kind, at, overall, beats_random: false });
    }
    mark_better(&mut advantages);
    let pairs = weights.iter().filter(|weight| **weight > 0.0).count();
    let prompts = advantages.first().map_or(0, |one| one.overall.interval.groups);
    Ok(Comparison { advantages, pairs, prompts })
}

/// Marks the policies that are better than random by more than chance explains, so that the
/// probability that any is marked where none is better stays at [`FALSE_ALARM`]: the fallback
/// procedure (B. L. Wiens, "A fixed sequence Bonferroni procedure for testing multiple
/// endpoints", Pharmaceutical Statistics 2, 2003). Policies are tested in an order fixed
/// beforehand, each at its part of the level, and one that passes hands its level on to the next.
/// The first is the one of which most is expected; testing all at the same level would miss it on
/// small pilots.
fn mark_better(advantages: &mut [Advantage]) {
    let order = [
        (PolicyKind::AiError, 0.7),
        (PolicyKind::Value, 0.1),
        (PolicyKind::LeastCertain, 0.05),
        (PolicyKind::PpmTopK, 0.05),
        (PolicyKind::PpmSimulated, 0.05),
        (PolicyKind::PpmUnlimited, 0.05),
    ];
    let tested = |kind: PolicyKind| advantages.iter().position(|one| one.kind == kind);
    let total: f64 =
        order.iter().filter(|(kind, _)| tested(*kind).is_some()).map(|(_, part)| part).sum();
    let places: Vec<(usize, f64)> =
        order.iter().filter_map(|(kind, part)| Some((tested(*kind)?, *part))).collect();
    let mut handed_on = 0.0;
    for (place, part) in places {
        let level = FALSE_ALARM * part / total + handed_on;
        let passes = by_chance(&advantages[place].overall) < level;
        advantages[place].beats_random = passes;
        handed_on = if passes { level } else { 0.0 };
    }
}

/// The probability of an advantage this large or larger where there is none: one-sided, by
/// Student's t with as many degrees of freedom as there are prompts less one, through its normal
/// approximation (M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions", 1964,
/// 26.7.8).
fn by_chance(advantage: &Estimate) -> f64 {
    let t = advantage.interval.value / advantage.se;
    let freedom = (advantage.interval.groups as f64 - 1.0).max(1.0);
    let z = t * (1.0 - 0.25 / freedom) / (1.0 + t * t / (2.0 * freedom)).sqrt();
    // No advantage and no error: nothing speaks for it.
    if z.is_nan() { 1.0 } else { 0.5 * libm::erfc(z / std::f64::consts::SQRT_2) }
}

impl Comparison {
    /// The policy to take for a share of the budget, and why in words.
    pub(crate) fn choose(&self, share: f64) -> (PolicyKind, String) {
        let near = |advantage: &Advantage| {
            let at = SHARES.iter().zip(&advantage.at);
            let (sum, n) = at
                .filter(|(one, _)| (**one - share).abs() < NEAR)
                .fold((0.0, 0.0), |(sum, n), (_, at)| (sum + at, n + 1.0));
            sum / n
        };
        let rivals = || self.advantages.iter().filter(|one| one.kind != PolicyKind::Random);
        let better = rivals().filter(|one| one.beats_random && near(one) > 0.0);
        let rests = format!("{} labelled pairs of {} prompts", self.pairs, self.prompts);
        match better.max_by(|a, b| near(a).total_cmp(&near(b))) {
            Some(best) => {
                let why = format!(
                    "{} gained {:.1} points of label accuracy over random ({:.1} to {:.1}), \
                     cross-validated on {rests}",
                    best.kind,
                    100.0 * best.overall.interval.value,
                    100.0 * best.overall.interval.low,
                    100.0 * best.overall.interval.high,
                );
                (best.kind, why)
            }
            None => {
                let by = |one: &&Advantage| one.overall.interval.value;
                let nearest = rivals().max_by(|a, b| by(a).total_cmp(&by(b)));
                let nearest = nearest.map_or_else(String::new, |one| {
                    format!(
                        "; the best of the others, {}, differed by {:+.1} points ({:+.1} to {:+.1})",
                        one.kind,
                        100.0 * one.overall.interval.value,
                        100.0 * one.overall.interval.low,
                        100.0 * one.overall.interval.high
                    )
                });
                let why = format!(
                    "nothing beats random by more than chance explains on {rests}{nearest}"
                );
                (PolicyKind::Random, why)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tiebreak_stats::Interval;

    use super::*;

    fn advantage(kind: PolicyKind, value: f64, se: f64) -> Advantage {
        let interval = Interval { value, low: value - se, high: value + se, n: 900, groups: 300 };
        let overall = Estimate { interval, se };
        Advantage { kind, at: vec![value; SHARES.len()], overall, beats_random: false }
    }

    #[test]
    fn a_policy_that_passes_hands_its_level_on() {
        let (error, value, top) = (PolicyKind::AiError, PolicyKind::Value, PolicyKind::PpmTopK);
        for (first, second, third, expected) in [
            // z = 1.9 passes first in the order, and then what is handed on is enough.
            (0.019, 0.019, 0.019, [true, true, false]),
            (0.010, 0.019, 0.019, [false, false, false]),
            (0.010, 0.040, 0.040, [false, true, true]),
            (0.0, 0.0, 0.0, [false; 3]),
        ] {
            let mut all = vec![
                advantage(top, third, 0.01),
                advantage(error, first, 0.01),
                advantage(value, second, 0.01),
            ];
            mark_better(&mut all);
            let found = [all[1].beats_random, all[2].beats_random, all[0].beats_random];
            assert_eq!(found[..2], expected[..2], "{first} {second}");
        }
        let mut none = vec![advantage(error, 0.0, 0.0)];
        mark_better(&mut none);
        assert!(!none[0].beats_random);
    }

    /// Known one-sided tails of Student's t: t = 1.833 with 9 degrees of freedom is 5 %.
    #[test]
    fn few_prompts_need_a_larger_advantage() {
        for (t, groups, expected) in [(1.833, 10, 0.05), (2.821, 10, 0.01), (1.645, 5000, 0.05)] {
            let mut one = advantage(PolicyKind::Value, t, 1.0).overall;
            one.interval.groups = groups;
            assert!((by_chance(&one) - expected).abs() < 0.003, "{t}: {}", by_chance(&one));
        }
    }
}
