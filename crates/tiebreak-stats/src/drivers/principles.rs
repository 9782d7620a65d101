//! Principles: what the features find as a few sentences, and how much of the labels these
//! reconstruct.
//!
//! A principle is a feature and a direction ("prefers the answer that has more words"). It names
//! the candidate with more of the feature, or with less, and is silent where they do not differ.
//! Several principles vote, each by its log-odds of being right where it speaks, ln((right + 1/2) /
//! (wrong + 1/2)), the best weights if they err independently (S. Nitzan and J. Paroush, "Optimal
//! decision rules in uncertain dichotomous choice situations", International Economic Review 23,
//! 1982). They are chosen one after another, each the one with which the set agrees with most of the
//! labels that are fitted; how many, by agreement on prompts held out, where they are chosen anew in
//! each fold: the fewest that are within one standard error of the best number.
//!
//! That labels are to be reconstructed from the sentences alone is the test of Inverse
//! Constitutional AI (A. Findeis, T. Kaufmann, E. Hüllermeier, S. Albanie and R. Mullins, "Inverse
//! Constitutional AI: compressing preferences into principles", 2025), where a language model reads
//! them; here the features do, so that the same sentences always give the same labels. It is to be
//! compared with chance, 0.5, and with a logistic regression on all features on the same folds:
//! what the sentences leave out of what the features know.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::differences::{FeatureDifferences, Judge};
use crate::accuracy::{accuracy, hit};
use crate::bootstrap::{Case, Interval, clustered_mean};
use crate::fit_error::FitError;
use crate::folds::grouped_folds;
use crate::newton::{Prior, Rows};
use crate::shares::Shares;

/// Precision of the prior of the full model's standardised weights: weak.
const FULL_PENALTY: f64 = 1.0;

/// How to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrincipleOptions {
    /// Most principles.
    pub most: usize,
    /// Folds, at least 2.
    pub folds: usize,
    /// What deals prompts to folds and draws bootstrap samples.
    pub seed: u64,
}

impl Default for PrincipleOptions {
    fn default() -> Self {
        Self { most: 5, folds: 5, seed: 0 }
    }
}

/// A feature and a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Principle {
    /// The feature.
    pub feature: usize,
    /// Whether the candidate with more of it is preferred, or the one with less.
    pub prefers_more: bool,
}

/// A principle of the set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SelectedPrinciple {
    /// The principle.
    pub principle: Principle,
    /// Its weight in the vote, log-odds.
    pub weight: f64,
    /// The share of clear comparisons in which it names a candidate.
    pub speaks: f64,
    /// How often it is right where it speaks, on all labels: those that it was chosen by.
    pub accuracy: Option<Interval>,
}

/// How well some number of principles reconstructs the labels of prompts held out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PrinciplesTried {
    /// How many principles.
    pub principles: usize,
    /// Agreement on clear comparisons; where they are silent or even, half.
    pub held_out: Interval,
}

/// The principles of one judge.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Principles {
    /// What the judge is called.
    pub judge: String,
    /// The set chosen, in order of choice.
    pub selected: Vec<SelectedPrinciple>,
    /// Every size tried, from 1.
    pub tried: Vec<PrinciplesTried>,
    /// Agreement of the logistic regression on all features, on the same folds.
    pub full_model: Interval,
    /// Fits of that regression that converged, of those in all folds.
    pub converged: usize,
    /// How many of them there were.
    pub fits: usize,
    /// Clear comparisons: those in which more answers prefer one than the other.
    pub n: usize,
}

impl Principle {
    /// -1, 0 or 1 for the second, neither or the first candidate.
    fn vote(self, features: &FeatureDifferences, i: usize) -> f64 {
        let difference = features.at(i, self.feature);
        match (difference > 0.0, difference < 0.0) {
            (false, false) => 0.0,
            (more, _) => {
                if more == self.prefers_more {
                    1.0
                } else {
                    -1.0
                }
            }
        }
    }

    /// The principle in words, from what is said of an answer with more and with less of the
    /// feature: "has more words" and "has fewer words".
    pub fn sentence(self, more: &str, less: &str) -> String {
        format!("Prefers the answer that {}.", if self.prefers_more { more } else { less })
    }
}

/// The principles of a judge's choices.
///
/// # Errors
/// What [`FeatureDifferences::check`] finds; [`FitError::NoPairs`] without a clear comparison
/// outside each fold (a single prompt), or if no feature ever differs.
pub fn principles(
    features: &FeatureDifferences,
    judge: Judge<'_>,
    options: PrincipleOptions,
) -> Result<Principles, FitError> {
    features.check(&[judge])?;
    let clear: Vec<(usize, Shares)> = judge
        .answers
        .iter()
        .enumerate()
        .filter_map(|(i, shares)| shares.and_then(|s| s.majority().map(|_| (i, s))))
        .collect();
    let prompts: Vec<usize> = clear.iter().map(|(i, _)| features.prompts[*i]).collect();
    let fold_of = grouped_folds(&prompts, options.folds.max(2), options.seed);
    let whole = path(features, &clear, options.most);
    let n = clear.len();
    let mut margins = vec![vec![0.0; n]; whole.len()];
    let mut full = vec![0.0; n];
    let (mut converged, mut fits) = (0, 0);
    for fold in 0..options.folds.max(2) {
        let (out, used): (Vec<usize>, Vec<usize>) = (0..n).partition(|&c| fold_of[c] == fold);
        if out.is_empty() {
            continue;
        }
        let fitted: Vec<(usize, Shares)> = used.iter().map(|&c| clear[c]).collect();
        if fitted.is_empty() {
            return Err(FitError::NoPairs);
        }
        let steps = path(features, &fitted, options.most);
        for &c in &out {
            let mut sum = 0.0;
            for (size, margins) in margins.iter_mut().enumerate() {
                // A fold may know of fewer features that differ.
                if let Some((principle, weight)) = steps.get(size) {
                    sum += weight * principle.vote(features, clear[c].0);
                }
                margins[c] = sum;
            }
        }
        let held_out: Vec<usize> = out.iter().map(|&c| clear[c].0).collect();
        let (found, done) = full_margins(features, &fitted, &held_out);
        out.iter().zip(found).for_each(|(&c, margin)| full[c] = margin);
        converged += usize::from(done);
        fits += 1;
    }
    let shares: Vec<Shares> = clear.iter().map(|(_, shares)| *shares).collect();
    let agreement = |margins: &[f64]| {
        accuracy(margins, &shares, &vec![1.0; n], &prompts, options.seed, |_| true)
    };
    let tried = margins
        .iter()
        .enumerate()
        .filter_map(|(size, m)| {
            Some(PrinciplesTried { principles: size + 1, held_out: agreement(m)? })
        })
        .collect::<Vec<_>>();
    let size = size(&margins, &shares, &prompts).ok_or(FitError::NoPairs)?;
    let selected = whole[..size]
        .iter()
        .map(|&(principle, weight)| describe(features, &clear, principle, weight, options.seed));
    Ok(Principles {
        judge: judge.name.to_owned(),
        selected: selected.collect(),
        full_model: agreement(&full).ok_or(FitError::NoPairs)?,
        converged,
        fits,
        n,
        tried,
    })
}

/// The smallest number of principles whose agreement is within one standard error of the best
/// number's, the error being that of the difference, with prompts as clusters; `None` without any.
fn size(margins: &[Vec<f64>], shares: &[Shares], prompts: &[usize]) -> Option<usize> {
    let hits = |margins: &Vec<f64>| -> Vec<f64> {
        margins.iter().zip(shares).map(|(m, shares)| hit(*m, *shares).unwrap_or(0.5)).collect()
    };
    let hits: Vec<Vec<f64>> = margins.iter().map(hits).collect();
    let sums: Vec<f64> = hits.iter().map(|hits| hits.iter().sum()).collect();
    let best = (0..sums.len()).max_by(|&a, &b| sums[a].total_cmp(&sums[b]).then(b.cmp(&a)))?;
    let n = prompts.len() as f64;
    let near = |k: &usize| {
        let mean = (sums[best] - sums[*k]) / n;
        let mut by_prompt: BTreeMap<usize, f64> = BTreeMap::new();
        for ((a, b), prompt) in hits[best].iter().zip(&hits[*k]).zip(prompts) {
            *by_prompt.entry(*prompt).or_default() += a - b - mean;
        }
        let squares: f64 = by_prompt.values().map(|sum| sum * sum).sum();
        mean <= squares.sqrt() / n
    };
    (0..=best).find(near).map(|k| k + 1)
}

/// Principles chosen one after another, with their weights.
pub(super) fn path(
    features: &FeatureDifferences,
    clear: &[(usize, Shares)],
    most: usize,
) -> Vec<(Principle, f64)> {
    let candidates: Vec<(Principle, f64)> =
        (0..features.dim).filter_map(|k| candidate(features, clear, k)).collect();
    let mut chosen: Vec<(Principle, f64)> = Vec::new();
    let mut margins = vec![0.0; clear.len()];
    while chosen.len() < most.min(candidates.len()) {
        let agreement = |(principle, weight): (Principle, f64)| -> f64 {
            let with = |(c, (i, shares)): (usize, &(usize, Shares))| {
                hit(margins[c] + weight * principle.vote(features, *i), *shares)
            };
            clear.iter().enumerate().filter_map(with).sum()
        };
        // Of equals the first feature.
        let best = candidates
            .iter()
            .filter(|one| !chosen.iter().any(|(other, _)| other.feature == one.0.feature))
            .map(|&one| (agreement(one), one))
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        let Some((_, (principle, weight))) = best else { break };
        for (margin, (i, _)) in margins.iter_mut().zip(clear) {
            *margin += weight * principle.vote(features, *i);
        }
        chosen.push((principle, weight));
    }
    chosen
}

/// The better direction of a feature, and its log-odds of being right.
fn candidate(
    features: &FeatureDifferences,
    clear: &[(usize, Shares)],
    feature: usize,
) -> Option<(Principle, f64)> {
    let more = Principle { feature, prefers_more: true };
    let (mut right, mut spoken) = (0.0, 0.0);
    for (i, shares) in clear {
        let vote = more.vote(features, *i);
        if vote != 0.0 {
            right += hit(vote, *shares).unwrap_or(0.5);
            spoken += 1.0;
        }
    }
    let weight = ((right + 0.5_f64) / (spoken - right + 0.5)).ln();
    let prefers_more = weight >= 0.0;
    (spoken > 0.0).then_some((Principle { feature, prefers_more }, weight.abs()))
}

fn describe(
    features: &FeatureDifferences,
    clear: &[(usize, Shares)],
    principle: Principle,
    weight: f64,
    seed: u64,
) -> SelectedPrinciple {
    let cases: Vec<Case> = clear
        .iter()
        .filter_map(|(i, shares)| {
            let vote = principle.vote(features, *i);
            let value = hit(vote, *shares).filter(|_| vote != 0.0)?;
            Some(Case { group: features.prompts[*i], value, weight: 1.0 })
        })
        .collect();
    SelectedPrinciple {
        principle,
        weight,
        speaks: cases.len() as f64 / clear.len() as f64,
        accuracy: clustered_mean(&cases, seed),
    }
}

/// Margins of comparisons held out by a logistic regression on all features, and whether it
/// converged.
fn full_margins(
    features: &FeatureDifferences,
    fitted: &[(usize, Shares)],
    held_out: &[usize],
) -> (Vec<f64>, bool) {
    let scales = features.scales();
    let varies: Vec<usize> = (0..features.dim).filter(|&k| scales[k] > 0.0).collect();
    if varies.is_empty() {
        return (vec![0.0; held_out.len()], true);
    }
    let rows: Vec<usize> = fitted.iter().map(|(i, _)| *i).collect();
    let targets: Vec<f64> = fitted.iter().map(|(_, shares)| shares.half()).collect();
    let compared = features.columns(&rows, &varies, &scales, false);
    let used: Vec<usize> = (0..rows.len()).collect();
    let zeros = vec![0.0; varies.len()];
    let prior = Prior { mean: &zeros, precision: &vec![FULL_PENALTY; varies.len()] };
    let fit = Rows { compared: &compared, targets: &targets, used: &used }.fit(&zeros, prior);
    let asked = features.columns(held_out, &varies, &scales, false);
    let margins = (0..held_out.len()).map(|i| asked.margin(i, &fit.weights)).collect();
    (margins, fit.converged)
}
