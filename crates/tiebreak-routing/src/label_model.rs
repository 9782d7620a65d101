//! What a label of a person is worth, learnt from pairs that both people and the AI have labelled.

use tiebreak_stats::{BinaryFit, BinaryOptions, FitError, Progress};

use crate::design::{Column, Design};
use crate::fitting::{FitOptions, Watching};
use crate::second_opinion::SecondOpinion;
use crate::truth::{Correct, Truth};
use crate::{Pool, RoutingError};

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The probability that the AI's label is wrong, a tie of the AI counting half.
    AiError,
    /// The probability that one person's label is right, less that the AI's is: what a human label
    /// adds to the accuracy of the labels.
    Gain,
}

impl Target {
    /// As a probability, 0 to 1.
    fn of(self, correct: Correct) -> f64 {
        match self {
            Self::AiError => 1.0 - correct.ai,
            Self::Gain => f64::midpoint(1.0, correct.human - correct.ai),
        }
    }

    /// Back from a probability to the target's own unit.
    fn value(self, probability: f64) -> f64 {
        match self {
            Self::AiError => probability,
            Self::Gain => 2.0 * probability - 1.0,
        }
    }
}

/// A calibrated model of a target on tags, AI signals, measured numbers and a second opinion.
#[derive(Clone, Debug)]
pub(crate) struct LabelModel {
    target: Target,
    design: Design,
    second: Option<SecondOpinion>,
    pub(crate) fit: BinaryFit,
    /// Held-out predictions in ascending order, with the share of AI labels that were wrong near
    /// each.
    experience: Vec<(f64, f64)>,
}

impl LabelModel {
    /// Fits the labelled pairs that have a clear majority.
    pub(crate) fn fit(
        target: Target,
        pool: &Pool,
        labelled: &[usize],
        truth: Truth,
        second: Option<&(SecondOpinion, Vec<f64>)>,
        options: &FitOptions,
        watching: Watching<'_>,
    ) -> Result<Self, RoutingError> {
        let design = Design::of(pool, labelled, second.is_some());
        let (mut rows, mut targets, mut groups, mut errors) = (vec![], vec![], vec![], vec![]);
        for (k, &i) in labelled.iter().enumerate() {
            let instance = &pool.instances[i];
            let Some(correct) = truth.correct(instance) else { continue };
            let opinion = second.map_or(0.0, |(_, held_out)| held_out[k]);
            rows.push(design.row(instance, opinion));
            targets.push(target.of(correct));
            groups.push(instance.prompt);
            errors.push(1.0 - correct.ai);
        }
        if rows.is_empty() {
            return Err(FitError::NoRows.into());
        }
        let weights = vec![1.0; rows.len()];
        let binary =
            BinaryOptions { folds: options.folds, seed: options.seed, ..BinaryOptions::default() };
        let progress =
            Progress { cancel: watching.cancel, fitted: &|| (), threads: options.threads };
        let fit = BinaryFit::of(&rows, &targets, &weights, &groups, &binary, progress)?;
        let experience = experience(&fit.probabilities, &errors);
        let second = second.map(|(second, _)| second.clone());
        Ok(Self { target, design, second, fit, experience })
    }

    fn row(&self, pool: &Pool, index: usize) -> Vec<f64> {
        let opinion = self.second.as_ref().map_or(0.0, |second| second.of(pool, index));
        self.design.row(&pool.instances[index], opinion)
    }

    /// The prediction for a pair, in the target's unit.
    pub(crate) fn predict(&self, pool: &Pool, index: usize) -> f64 {
        self.target.value(self.fit.probability(&self.row(pool, index)))
    }

    /// What each tag adds to the log-odds of the target.
    pub(crate) fn tag_gains(&self) -> Vec<(usize, f64)> {
        let weight = |k: usize| match self.design.column(k) {
            Some(Column::Tag(tag)) => Some((tag, self.fit.weights[k])),
            _ => None,
        };
        (0..self.design.width()).filter_map(weight).collect()
    }

    /// Every coefficient by name, log-odds per unit.
    pub(crate) fn coefficients(&self, pool: &Pool) -> Vec<(String, f64)> {
        let name = |k: usize| match self.design.column(k) {
            Some(column) => column.name(pool),
            None => format!("missing value {k}"),
        };
        (0..self.design.width()).map(|k| (name(k), self.fit.weights[k])).collect()
    }

    /// What speaks most for, or where the gain is small against, a human label of a pair, at most
    /// three phrases, and how often the AI was wrong on pairs like it.
    pub(crate) fn reason(&self, pool: &Pool, index: usize) -> String {
        let row = self.row(pool, index);
        let log_odds = self.fit.log_odds(&row);
        let usual = self.fit.log_odds(&self.fit.means);
        let sign = if log_odds >= usual { 1.0 } else { -1.0 };
        let mut parts: Vec<(f64, Column, bool)> = Vec::new();
        for (k, x) in row.iter().enumerate() {
            let Some(column) = self.design.column(k) else { continue };
            let above = x - self.fit.means[k];
            let part = sign * self.fit.weights[k] * above;
            if part > 0.02 {
                parts.push((part, column, above > 0.0));
            }
        }
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut phrases: Vec<String> = Vec::new();
        for (_, column, high) in parts {
            let Some(phrase) = column.phrase(pool, high) else { continue };
            if !phrases.contains(&phrase) {
                phrases.push(phrase);
            }
            if phrases.len() == 3 {
                break;
            }
        }
        if let Some(rate) = self.wrong_near(self.fit.probability(&row)) {
            phrases.push(format!("similar pairs were wrong {:.0} % of the time", 100.0 * rate));
        }
        phrases.join("; ")
    }

    /// The share of AI labels that were wrong where the held-out prediction was about this.
    fn wrong_near(&self, probability: f64) -> Option<f64> {
        let at = self.experience.partition_point(|(held_out, _)| *held_out < probability);
        let at = at.min(self.experience.len().checked_sub(1)?);
        Some(self.experience[at].1)
    }
}

/// Smooths the errors over the pairs with the nearest predictions, a tenth of all and at least 20.
fn experience(predictions: &[f64], errors: &[f64]) -> Vec<(f64, f64)> {
    let mut order: Vec<usize> = (0..predictions.len()).collect();
    order.sort_by(|&a, &b| predictions[a].total_cmp(&predictions[b]));
    let window = (order.len() / 10).max(20).min(order.len());
    let mut sums = vec![0.0];
    for &i in &order {
        sums.push(sums[sums.len() - 1] + errors[i]);
    }
    (0..order.len())
        .map(|k| {
            let from = k.saturating_sub(window / 2).min(order.len() - window);
            let wrong = (sums[from + window] - sums[from]) / window as f64;
            (predictions[order[k]], wrong)
        })
        .collect()
}
