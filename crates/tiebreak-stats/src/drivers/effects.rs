//! How much each feature moves a judge's choices: logistic regression of the preference on
//! standardised feature differences.
//!
//! P(first preferred) = logistic(side + sum_k b_k (x_1k - x_2k) / s_k), a tie counting half, s_k
//! the root mean square of difference k over all comparisons, the same for every judge, so that
//! b_k is the change in log-odds for a difference of usual size. Once with one feature at a time
//! (marginal: what goes with being preferred) and once with all (joint: what still does among
//! candidates alike in the others). Intervals allow for prompts as clusters. The rank correlation
//! of two judges' coefficients says how far the same things matter to both, as PROFILE asks of
//! factors (J. Oh et al., "Uncovering factor-level preference to improve human-model alignment",
//! 2025, which takes Kendall's correlation); the regression on named properties for people and for
//! each AI is that of J. Li et al., "Dissecting human and LLM preferences", 2024.
//!
//! `higher_wins` needs no model: how often the candidate with more of the feature is preferred.

use std::collections::BTreeSet;

use serde::Serialize;

use super::clustered::{clustered_logistic, independent_columns};
use super::differences::{FeatureDifferences, Judge};
use crate::bootstrap::{Case, Interval, clustered_mean};
use crate::compared::Compared;
use crate::estimate::Estimate;
use crate::fit_error::FitError;
use crate::shares::Shares;
use crate::spearman::spearman;

/// What one feature has to do with a judge's choices.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FeatureEffect {
    /// Log-odds for a difference of usual size, this feature alone; `None` if it never differs
    /// where the judge answered, or tells all answers apart, so that there is no maximum.
    pub marginal: Option<Estimate>,
    /// The same with all other features in the model; `None` also if it is a combination of
    /// features before it. Neither has an interval where the feature differs in fewer than five
    /// prompts, nor this one where there are no more prompts than features.
    pub joint: Option<Estimate>,
    /// The share of comparisons, in which the candidates differ in it, where the one with more is
    /// preferred, a tie counting half.
    pub higher_wins: Option<Interval>,
    /// Comparisons in which the candidates differ in it, of those judged.
    pub differs: usize,
    /// Their prompts.
    pub prompts: usize,
}

/// One judge's effects.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JudgeEffects {
    /// What the judge is called.
    pub judge: String,
    /// Comparisons that were judged.
    pub n: usize,
    /// Their prompts.
    pub prompts: usize,
    /// One for each feature.
    pub features: Vec<FeatureEffect>,
    /// Log-odds of the first side among candidates that are alike, from the joint model; `None`
    /// if it was not asked for.
    pub side: Option<Estimate>,
    /// Iterations of the joint fit.
    pub iterations: u32,
    /// Whether it converged; if not, all joint effects are absent.
    pub converged: bool,
}

/// Judges side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EffectReport {
    /// The usual size of each feature's difference (root mean square, in its own unit); 0 for one
    /// that never differs.
    pub scales: Vec<f64>,
    /// The judges, in the order given.
    pub judges: Vec<JudgeEffects>,
    /// Spearman's correlation of the marginal effects of each two judges, over features that both
    /// have.
    pub marginal_correlations: Vec<Vec<Option<f64>>>,
    /// The same of joint effects.
    pub joint_correlations: Vec<Vec<Option<f64>>>,
}

/// The effects of all features on the choices of each judge; with `side`, models have a constant
/// for the first side. `seed` draws the bootstrap of `higher_wins`.
///
/// # Errors
/// What [`FeatureDifferences::check`] finds.
pub fn effects(
    features: &FeatureDifferences,
    judges: &[Judge<'_>],
    side: bool,
    seed: u64,
) -> Result<EffectReport, FitError> {
    features.check(judges)?;
    let scales = features.scales();
    let found: Vec<JudgeEffects> =
        judges.iter().map(|judge| of_judge(features, *judge, &scales, side, seed)).collect();
    let marginal = |one: &FeatureEffect| one.marginal;
    let joint = |one: &FeatureEffect| one.joint;
    Ok(EffectReport {
        marginal_correlations: correlations(&found, &marginal),
        joint_correlations: correlations(&found, &joint),
        scales,
        judges: found,
    })
}

fn of_judge(
    features: &FeatureDifferences,
    judge: Judge<'_>,
    scales: &[f64],
    side: bool,
    seed: u64,
) -> JudgeEffects {
    let answered: Vec<(usize, Shares)> = judge
        .answers
        .iter()
        .enumerate()
        .filter_map(|(i, shares)| shares.map(|shares| (i, shares)))
        .collect();
    let used: Vec<usize> = answered.iter().map(|(i, _)| *i).collect();
    let targets: Vec<f64> = answered.iter().map(|(_, shares)| shares.half()).collect();
    let prompts: Vec<usize> = used.iter().map(|&i| features.prompts[i]).collect();
    let marginal = |k: usize| {
        let column = features.columns(&used, &[k], scales, side);
        if independent_columns(&column).first() != Some(&0) {
            return None;
        }
        let fit = fit_independent(&column, &targets, &prompts);
        fit.converged.then(|| fit.estimates[0]).flatten()
    };
    let varies: Vec<usize> = (0..features.dim).filter(|&k| scales[k] > 0.0).collect();
    let joint =
        fit_independent(&features.columns(&used, &varies, scales, side), &targets, &prompts);
    let mut effects: Vec<FeatureEffect> = (0..features.dim)
        .map(|k| FeatureEffect {
            marginal: if scales[k] > 0.0 { marginal(k) } else { None },
            joint: None,
            higher_wins: higher_wins(features, &answered, k, seed),
            differs: used.iter().filter(|&&i| features.at(i, k) != 0.0).count(),
            prompts: distinct(features, used.iter().filter(|&&i| features.at(i, k) != 0.0)),
        })
        .collect();
    for (place, &k) in varies.iter().enumerate() {
        effects[k].joint = joint.estimates[place].filter(|_| joint.converged);
    }
    let side = joint.estimates.get(varies.len()).copied().flatten().filter(|_| joint.converged);
    JudgeEffects {
        judge: judge.name.to_owned(),
        n: used.len(),
        prompts: distinct(features, used.iter()),
        features: effects,
        side,
        iterations: joint.iterations,
        converged: joint.converged,
    }
}

/// How many prompts some comparisons have.
fn distinct<'a>(features: &FeatureDifferences, of: impl Iterator<Item = &'a usize>) -> usize {
    of.map(|&i| features.prompts[i]).collect::<BTreeSet<usize>>().len()
}

/// A fit of the columns that are no combination of others, the rest absent.
struct Fitted {
    estimates: Vec<Option<Estimate>>,
    iterations: u32,
    converged: bool,
}

fn fit_independent(columns: &Compared, targets: &[f64], prompts: &[usize]) -> Fitted {
    let Compared::Features { dim, differences } = columns else {
        return Fitted { estimates: Vec::new(), iterations: 0, converged: false };
    };
    let kept = independent_columns(columns);
    let mut estimates = vec![None; *dim];
    if kept.is_empty() {
        return Fitted { estimates, iterations: 0, converged: false };
    }
    let of_row = |row: &[f64]| -> Vec<f64> { kept.iter().map(|&k| row[k]).collect() };
    let differences = differences.chunks(*dim).flat_map(of_row).collect();
    let fit =
        clustered_logistic(&Compared::Features { dim: kept.len(), differences }, targets, prompts);
    for (&k, estimate) in kept.iter().zip(&fit.estimates) {
        estimates[k] = Some(*estimate);
    }
    Fitted { estimates, iterations: fit.iterations, converged: fit.converged }
}

fn higher_wins(
    features: &FeatureDifferences,
    answered: &[(usize, Shares)],
    k: usize,
    seed: u64,
) -> Option<Interval> {
    let case = |(i, shares): &(usize, Shares)| {
        let difference = features.at(*i, k);
        let half = shares.half();
        let value = if difference > 0.0 { half } else { 1.0 - half };
        (difference != 0.0).then(|| Case { group: features.prompts[*i], value, weight: 1.0 })
    };
    clustered_mean(&answered.iter().filter_map(case).collect::<Vec<_>>(), seed)
}

fn correlations(
    judges: &[JudgeEffects],
    effect: &dyn Fn(&FeatureEffect) -> Option<Estimate>,
) -> Vec<Vec<Option<f64>>> {
    let of = |a: &JudgeEffects, b: &JudgeEffects| {
        let both = a.features.iter().zip(&b.features);
        let (a, b): (Vec<f64>, Vec<f64>) =
            both.filter_map(|(a, b)| Some((effect(a)?.value, effect(b)?.value))).unzip();
        spearman(&a, &b)
    };
    judges.iter().map(|a| judges.iter().map(|b| of(a, b)).collect()).collect()
}
