//! The budget curve: what each policy buys for each share of human labels, measured on the items
//! that people have labelled.

use std::time::Instant;

use tiebreak_routing::{
    CurvePoint, Estimate, EvaluateOptions, Evaluation, FitOptions, PolicyKind, Truth,
};
use tiebreak_store::StoredCurve;

use crate::clock::now;
use crate::error::Result;
use crate::evaluate::limits;
use crate::steps::watched;
use crate::view::{
    BudgetCurveView, BudgetPointView, ChosenAtView, IntervalView, PolicyCurveView,
    PredictionFitView,
};
use crate::{AiSide, AppError, ModelSource, Study, Watch};

/// Shares of human labels at which the curve is measured, parts of 1.
const SHARES: [f64; 11] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];
/// How often votes are drawn.
const REPEATS: usize = 5;

impl Study {
    /// Measures every policy on the items that people and the AI have both labelled, and keeps the
    /// curve in the study. Policies are cross-validated, whole prompts together; `auto` is what
    /// the comparison of the others says, so that it has no curve of its own.
    ///
    /// # Errors
    /// With too few labels, on cancellation, or if the file cannot be read or written.
    pub fn budget_curve(
        &self,
        source: &dyn ModelSource,
        watch: &dyn Watch,
    ) -> Result<BudgetCurveView> {
        let began = Instant::now();
        let settings = self.settings()?;
        let ai = self.ai_side(&settings.routing.ai)?;
        self.tag(source, &self.tag_options()?, watch)?;
        let mut notes = Vec::new();
        if ai == AiSide::Reward {
            self.score_all(source, watch)?;
            notes.extend(self.flattered()?);
        }
        let last_judgment = self.store.read(|reader| reader.last_judgment_seq())?;
        let pooled = self.pool(&ai, Some(source), watch)?;
        notes.extend(pooled.notes);
        let policies = PolicyKind::ALL.into_iter().filter(|kind| *kind != PolicyKind::Auto);
        let options = EvaluateOptions {
            fit: FitOptions::default(),
            policies: policies.collect(),
            shares: SHARES.to_vec(),
            repeats: REPEATS,
            truth: Truth::Majority,
        };
        let labelled = pooled.pool.labelled();
        let found = watched(watch, |watching| {
            tiebreak_routing::evaluate(&pooled.pool, &labelled, &options, watching)
        })?;
        notes.extend(limits(&found, &pooled.pool));
        let computed_at = now();
        let view = BudgetCurveView {
            computed_at: computed_at.to_rfc3339(),
            ai: ai.to_string(),
            items: found.pairs as u32,
            prompts: found.prompts as u32,
            labels_since: 0,
            seconds: began.elapsed().as_secs_f64(),
            policies: policies_view(&found),
            chosen: found.chosen.0.to_string(),
            chosen_reason: found.chosen.1.clone(),
            chosen_at: chosen_at(&found.chosen_at),
            prediction: predictions(&found),
            notes,
        };
        let report = serde_json::to_value(&view)
            .map_err(|source| AppError::Json { what: "budget curve", source })?;
        let kept = StoredCurve { computed_at, ai: ai.to_string(), last_judgment, report };
        self.store.write(|writer| Ok::<_, AppError>(writer.insert_curve(&kept)?))?;
        Ok(view)
    }
}

fn policies_view(found: &Evaluation) -> Vec<PolicyCurveView> {
    found
        .curves
        .iter()
        .map(|curve| {
            let gained = found.advantages.iter().find(|one| one.kind == curve.kind);
            let rival = gained.filter(|one| one.kind != PolicyKind::Random);
            PolicyCurveView {
                policy: curve.kind.to_string(),
                advantage: rival.map(|one| interval(&one.gain)),
                beats_random: rival.is_some_and(|one| one.beats_random),
                points: curve.points.iter().map(point).collect(),
            }
        })
        .collect()
}

/// What `auto` takes, by share of the budget in parts of 1.
fn chosen_at(found: &[(f64, PolicyKind, String)]) -> Vec<ChosenAtView> {
    found
        .iter()
        .map(|(share, policy, why)| ChosenAtView {
            human_percent: 100.0 * share,
            policy: policy.to_string(),
            reason: why.clone(),
        })
        .collect()
}

fn point(point: &CurvePoint) -> BudgetPointView {
    BudgetPointView {
        human_percent: 100.0 * point.share,
        spent_percent: 100.0 * point.spent,
        labels: interval(&point.labels),
        reward: point.reward.as_ref().map(interval),
    }
}

fn interval(estimate: &Estimate) -> IntervalView {
    let found = estimate.interval;
    IntervalView { value: found.value, low: found.low, high: found.high, n: found.n as u32 }
}

/// How well the prediction models fit, a mean over the folds for each kind.
fn predictions(found: &Evaluation) -> Vec<PredictionFitView> {
    found
        .mean_predictions()
        .into_iter()
        .map(|one| PredictionFitView {
            kind: one.name,
            mixes: one.mixes as u32,
            spearman: one.spearman,
            rmse: one.rmse,
            rmse_constant: one.rmse_constant,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use tiebreak_stats::Interval;

    use super::*;

    #[test]
    fn a_point_says_what_was_spent_of_what_was_allowed() {
        let interval = Interval { value: 0.8, low: 0.7, high: 0.9, n: 40, groups: 40 };
        let labels = Estimate { interval, se: 0.05 };
        for (share, spent) in [(0.0, 0.0), (0.5, 0.5), (0.5, 0.25), (1.0, 0.625)] {
            let measured = CurvePoint { share, spent, labels, labels_draw_se: 0.0, reward: None };
            let seen = point(&measured);
            assert_eq!((seen.human_percent, seen.spent_percent), (100.0 * share, 100.0 * spent));
        }
    }

    #[test]
    fn what_auto_takes_is_told_for_each_budget() {
        let found = [
            (0.25, PolicyKind::Random, "nothing is better".to_owned()),
            (0.5, PolicyKind::AiError, "2.0 points above".to_owned()),
        ];
        let seen: Vec<_> = chosen_at(&found)
            .into_iter()
            .map(|one| (one.human_percent, one.policy, one.reason))
            .collect();
        assert_eq!(
            seen,
            [
                (25.0, "random".to_owned(), "nothing is better".to_owned()),
                (50.0, "ai-error".to_owned(), "2.0 points above".to_owned()),
            ]
        );
    }
}
