//! The performance prediction model: from what people label to how good the reward model becomes.
//!
//! Miranda et al., arXiv 2410.19133, section 3: a regression of the measured quality of proxies
//! ([`crate::ProxyStudy`]) on the counts of human-labelled instances by tag
//! ([`Mix::counts`]), linear or of second degree. What one more human label is worth is the
//! prediction for that instance alone less the prediction for none.
//!
//! Which kind is any good is a question of the study, so each model carries how well it predicts
//! mixes that it has not seen: rank correlation and error, beside the error of their mean.

use serde::{Deserialize, Serialize};
use tiebreak_stats::{
    FitError, LinearFit, LinearSolver, LinearTried, RIDGE_PATH, cross_validate_linear,
    grouped_folds, quadratic_features, quadratic_place, rmse, spearman,
};

use crate::mix::{Mix, MixSource};

/// What qualities are regressed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PerformanceKind {
    /// The count of each tag.
    Linear,
    /// The counts and the products of every two, squares among them.
    Quadratic,
}

/// How weights are kept small where there are more of them than mixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shrinkage {
    /// A quadratic penalty, chosen by cross-validation.
    Ridge,
    /// None: of the weights with the least squares the shortest, on standardised counts.
    MinimumNorm,
}

/// A fitted performance prediction model, and how well it predicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PerformanceModel {
    /// What it is a regression on.
    pub kind: PerformanceKind,
    /// How its weights were kept small.
    pub shrinkage: Shrinkage,
    /// Number of tags.
    pub tags: usize,
    /// Intercept and weights, of the tags in their order and then of the products
    /// ([`tiebreak_stats::quadratic_terms`]): quality per unit of share.
    pub fit: LinearFit,
    /// Mixes that it was fitted on.
    pub mixes: usize,
    /// Folds of the cross-validation.
    pub folds: usize,
    /// Every penalty tried; with minimum norm a single one, without penalty.
    pub tried: Vec<LinearTried>,
    /// Rank correlation of cross-validated predictions with the measured qualities, -1 to 1;
    /// `None` if either does not vary.
    pub spearman: Option<f64>,
    /// Root mean squared error of cross-validated predictions, in quality, 0 to 1.
    pub rmse: f64,
    /// The same of the mean quality of the other folds, the prediction that knows no tags.
    pub constant_rmse: f64,
}

impl PerformanceModel {
    /// Fits measured qualities of mixes, each with its counts by tag ([`Mix::counts`]), with as
    /// many cross-validation folds.
    ///
    /// # Errors
    /// Those of [`LinearSolver::of`] and [`cross_validate_linear`]: two mixes are the least.
    pub fn of(
        kind: PerformanceKind,
        shrinkage: Shrinkage,
        counts: &[Vec<f64>],
        qualities: &[f64],
        folds: usize,
        seed: u64,
    ) -> Result<Self, FitError> {
        let rows: Vec<Vec<f64>> = counts.iter().map(|counts| features(kind, counts)).collect();
        let path: Vec<Option<f64>> = match shrinkage {
            Shrinkage::Ridge => RIDGE_PATH.iter().copied().map(Some).collect(),
            Shrinkage::MinimumNorm => vec![None],
        };
        let each_alone: Vec<usize> = (0..rows.len()).collect();
        let folds = folds.clamp(2, rows.len().max(2));
        let fold_of = grouped_folds(&each_alone, folds, seed);
        let held_out = cross_validate_linear(&rows, qualities, &fold_of, &path)?;
        Ok(Self {
            kind,
            shrinkage,
            tags: counts.first().map_or(0, Vec::len),
            fit: LinearSolver::of(&rows, qualities)?.fit(held_out.penalty),
            mixes: rows.len(),
            folds,
            spearman: spearman(&held_out.predictions, qualities),
            rmse: rmse(&held_out.predictions, qualities).ok_or(FitError::NoRows)?,
            constant_rmse: rmse(&held_out.means, qualities).ok_or(FitError::NoRows)?,
            tried: held_out.tried,
        })
    }

    /// The quality predicted for a mix with these counts by tag.
    pub fn predict(&self, counts: &[f64]) -> f64 {
        self.fit.predict(&features(self.kind, counts))
    }

    /// What a human label of one instance adds to the predicted quality if it is the only one of
    /// `n`: the prediction for its tags at 1 / n each, less that for none. Tags that the model
    /// does not know add nothing.
    pub fn gain(&self, tags: &[u16], n: usize) -> f64 {
        let unit = 1.0 / n.max(1) as f64;
        let known: Vec<usize> =
            tags.iter().map(|tag| usize::from(*tag)).filter(|tag| *tag < self.tags).collect();
        let weight = |place: usize| self.fit.weights.get(place).copied().unwrap_or(0.0);
        let mut gain: f64 = known.iter().map(|&tag| weight(tag) * unit).sum();
        if self.kind == PerformanceKind::Quadratic {
            for (place, &a) in known.iter().enumerate() {
                for &b in &known[place..] {
                    gain += weight(quadratic_place(self.tags, a, b)) * unit * unit;
                }
            }
        }
        gain
    }

    /// The weight of each tag: how much quality rises per unit of share at no human labels; of the
    /// second degree without its products.
    pub fn coefficients(&self) -> &[f64] {
        &self.fit.weights[..self.tags.min(self.fit.weights.len())]
    }

    /// Whether it predicts mixes that it has not seen better than their mean does.
    pub fn beats_the_mean(&self) -> bool {
        self.rmse < self.constant_rmse
    }

    /// The best predicted of `candidates` mixes of instances with these tags, each with `budget`
    /// human labels; of equals the first. Without a budget the best is sought over all of them,
    /// all-human and all-AI among the candidates. `None` without a candidate.
    ///
    /// An instance without a tag is in no drawn mix, so a mix can stay below the budget.
    pub fn simulate(
        &self,
        tags: &[Vec<u16>],
        budget: Option<usize>,
        candidates: usize,
        seed: u64,
    ) -> Option<Simulation> {
        let source = MixSource::of(tags, self.tags);
        let extremes: &[Mix] = match budget {
            Some(_) => &[],
            None => &[Mix::all_human(tags.len()), Mix::all_ai(tags.len())],
        };
        let drawn = (0..candidates as u64).map(|number| source.draw(budget, seed, number));
        let mut best: Option<Simulation> = None;
        for mix in extremes.iter().cloned().chain(drawn) {
            let predicted = self.predict(&mix.counts(tags, self.tags));
            if best.as_ref().is_none_or(|best| predicted > best.predicted) {
                best = Some(Simulation { mix, predicted });
            }
        }
        best
    }
}

/// The best of simulated mixes.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// The mix.
    pub mix: Mix,
    /// The quality predicted for it.
    pub predicted: f64,
}

fn features(kind: PerformanceKind, counts: &[f64]) -> Vec<f64> {
    match kind {
        PerformanceKind::Linear => counts.to_vec(),
        PerformanceKind::Quadratic => quadratic_features(counts),
    }
}

#[cfg(test)]
mod tests;
