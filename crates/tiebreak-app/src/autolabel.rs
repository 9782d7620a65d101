//! The reward model labels its share.

use tiebreak_core::{
    AnnotatorId, AnnotatorKind, CandidateId, ItemId, Judgment, JudgmentId, Origin, Outcome,
    PairPreference, RouteTo, Scorer,
};
use tiebreak_store::StoredRewardModel;

use crate::clock::{fresh, now};
use crate::error::Result;
use crate::study::stop_if_cancelled;
use crate::view::LabelReport;
use crate::{AppError, Study, Watch};

const BATCH: usize = 1000;

/// What labelling did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AutolabelReport {
    /// Items on the reward model's side.
    pub routed: u64,
    /// Labels written now.
    pub written: u64,
    /// Labels that stood already.
    pub unchanged: u64,
    /// The AI annotator's pseudonym.
    pub annotator: String,
}

/// The name under which a reward model judges: one annotator per exact model.
pub(crate) fn annotator_name(model: &StoredRewardModel) -> String {
    format!("{} {}", model.identity.name, model.identity.pack_hash.short())
}

impl Study {
    /// Writes the reward model's preference as its judgment on every pair routed to it; items of
    /// more candidates are never labelled by a model. A label that stands already is not written
    /// again.
    ///
    /// # Errors
    /// Before the first routing, on cancellation, or if the file cannot be written.
    pub fn autolabel(&self, watch: &dyn Watch) -> Result<AutolabelReport> {
        let (run, model, routed) = self.store.read(|reader| {
            let run = reader.current_run()?.ok_or(AppError::NotRouted)?;
            let model = match run.reward_model {
                Some(id) => reader.reward_model_by_id(id)?,
                None => None,
            };
            let (_, ai) = reader.route_counts(run.id)?;
            Ok::<_, AppError>((run, model.ok_or(AppError::NotRouted)?, ai))
        })?;
        let annotator = self.store.write(|writer| {
            Ok::<_, AppError>(writer.ensure_annotator(
                AnnotatorKind::Ai,
                &annotator_name(&model),
                "",
                AnnotatorId::new(fresh()),
                now(),
            )?)
        })?;
        watch.stage("Labelling by the reward model", Some(routed));
        let mut report = AutolabelReport {
            routed,
            written: 0,
            unchanged: 0,
            annotator: annotator.pseudonym.clone(),
        };
        let mut after = 0;
        loop {
            let last = self.store.write(|writer| {
                let page = writer.routed_after(run.id, RouteTo::Ai, after, BATCH)?;
                for routed in &page {
                    let item = routed.route.item;
                    let Some(preference) = writer.pair_preference(model.id, item)? else {
                        continue;
                    };
                    let candidates = writer.candidate_ids(item)?;
                    // The preference is between the first two and says nothing of a third.
                    if candidates.len() != 2 {
                        continue;
                    }
                    let judgment = label(item, annotator.id, preference, &candidates)?;
                    let last = writer.last_judgment(item, annotator.id)?;
                    if last.is_some_and(|last| last.outcome == judgment.outcome) {
                        report.unchanged += 1;
                    } else {
                        writer.append_judgment(&judgment)?;
                        report.written += 1;
                    }
                }
                Ok::<_, AppError>(page.last().map(|last| last.ordinal))
            })?;
            let Some(last) = last else { break };
            after = last;
            watch.advance(report.written + report.unchanged);
            stop_if_cancelled(watch)?;
        }
        Ok(report)
    }

    /// Scores what is not scored, routes under `budget`, and lets the reward model label its
    /// share: the three steps in one go.
    ///
    /// # Errors
    /// As the three steps; what was complete is kept.
    pub fn label_rest(
        &self,
        scorer: &dyn Scorer,
        budget: &str,
        watch: &dyn Watch,
    ) -> Result<LabelReport> {
        let budget = budget.parse()?;
        let scored = self.score(scorer, watch)?;
        watch.stage("Routing", None);
        let routed = self.route(budget, None)?;
        let labelled = self.autolabel(watch)?;
        Ok(LabelReport {
            scored: scored.scored as u32,
            human: routed.human as u32,
            ai: routed.ai as u32,
            autolabelled: labelled.written as u32,
            provider: scored.provider,
        })
    }
}

fn label(
    item: ItemId,
    annotator: AnnotatorId,
    preference: PairPreference,
    candidates: &[CandidateId],
) -> Result<Judgment> {
    let [first, second, ..] = candidates else {
        return Err(AppError::input("item", format!("{item} has fewer than two candidates")));
    };
    // Equal scores are rare but real: identical answers.
    let (outcome, probability) = match preference.probability {
        p if p > 0.5 => (Outcome::Preferred(*first), p),
        p if p < 0.5 => (Outcome::Preferred(*second), 1.0 - p),
        p => (Outcome::Tie, p),
    };
    let id = JudgmentId::new(fresh());
    Ok(Judgment {
        confidence: Some(probability),
        submitted_at: Some(now()),
        ..Judgment::new(id, item, annotator, Origin::Autolabelled, outcome)
    })
}
