//! The reward model labels its share.

use std::collections::BTreeMap;

use tiebreak_core::{
    AnnotatorId, AnnotatorKind, CandidateId, ItemId, Judgment, JudgmentId, Modality, Origin,
    Outcome, PairPreference, PolicyRun, RouteTo, ScorerError,
};
use tiebreak_store::{Reader, StoredRewardModel};

use crate::clock::{fresh, now};
use crate::error::Result;
use crate::models::skipped;
use crate::route::Means;
use crate::study::stop_if_cancelled;
use crate::view::LabelReport;
use crate::{AiSide, AppError, ModelSource, RouteRequest, ScoreReport, Study, Watch};

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
    /// The pseudonyms of the reward models.
    pub annotators: Vec<String>,
}

/// The name under which a reward model judges: one annotator per exact model.
pub(crate) fn annotator_name(model: &StoredRewardModel) -> String {
    format!("{} {}", model.identity.name, model.identity.pack_hash.short())
}

/// The reward models whose scores a routing used.
pub(crate) fn models_of(reader: &Reader<'_>, run: &PolicyRun) -> Result<Vec<StoredRewardModel>> {
    let mut models = Vec::with_capacity(run.reward_models.len());
    for id in &run.reward_models {
        models.extend(reader.reward_model_by_id(*id)?);
    }
    Ok(models)
}

impl Study {
    /// Writes the preference of each modality's reward model as its judgment on every pair routed
    /// to it; items of more candidates are never labelled by a model, and nothing is where an
    /// imported judge has the AI's share. A tie is written where the
    /// model expects ties and a tie is the most probable answer. A label that stands already is
    /// not written again.
    ///
    /// # Errors
    /// Before the first routing, on cancellation, or if the file cannot be written.
    pub fn autolabel(&self, watch: &dyn Watch) -> Result<AutolabelReport> {
        let (run, models, routed) = self.store.read(|reader| {
            let run = reader.current_run()?.ok_or(AppError::NotRouted)?;
            // A judge's labels came with the data.
            let is_reward = run.ai == PolicyRun::REWARD;
            let models = if is_reward { models_of(reader, &run)? } else { Vec::new() };
            let (_, ai) = reader.route_counts(run.id)?;
            Ok::<_, AppError>((run, models, ai))
        })?;
        let annotators = self.store.write(|writer| {
            models
                .iter()
                .map(|model| {
                    let annotator = writer.ensure_annotator(
                        AnnotatorKind::Ai,
                        &annotator_name(model),
                        "",
                        AnnotatorId::new(fresh()),
                        now(),
                    )?;
                    Ok((model.id, annotator))
                })
                .collect::<Result<Vec<_>>>()
        })?;
        watch.stage("Labelling by the reward model", Some(routed));
        let mut report = AutolabelReport {
            routed,
            written: 0,
            unchanged: 0,
            annotators: annotators.iter().map(|(_, who)| who.pseudonym.clone()).collect(),
        };
        let mut after = 0;
        loop {
            let last = self.store.write(|writer| {
                let page = writer.routed_after(run.id, RouteTo::Ai, after, BATCH)?;
                for routed in &page {
                    let item = routed.route.item;
                    // A model has scores of its own modality only: at most one answers.
                    let mut found = None;
                    for (model, annotator) in &annotators {
                        if let Some(preference) = writer.pair_preference(*model, item)? {
                            found = Some((annotator.id, preference));
                        }
                    }
                    let Some((annotator, preference)) = found else { continue };
                    let candidates = writer.candidate_ids(item)?;
                    // The preference is between the first two and says nothing of a third.
                    if candidates.len() != 2 {
                        continue;
                    }
                    let judgment = label(item, annotator, preference, &candidates)?;
                    let last = writer.last_judgment(item, annotator)?;
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

    /// Scores what is not scored, routes under `budget` by the policy of the settings, and lets
    /// the reward models label their share: the three steps in one go. Items of a modality that no
    /// model can score go to people; the report says why.
    ///
    /// # Errors
    /// As [`Study::route_and_label`].
    pub fn label_rest(
        &self,
        source: &dyn ModelSource,
        budget: &str,
        watch: &dyn Watch,
    ) -> Result<LabelReport> {
        let request = self.route_request(None, Some(budget), None, None)?;
        self.route_and_label(source, &request, watch)
    }

    /// Scores what is not scored, tags what has no tags where the policy learns from them, routes,
    /// and lets the reward models label the AI's share, if it is theirs. Items of a modality that
    /// no model can score go to people; the report says why.
    ///
    /// # Errors
    /// If the reward models are to label and no modality has one that can be opened, and as the
    /// steps; what was complete is kept.
    pub fn route_and_label(
        &self,
        source: &dyn ModelSource,
        request: &RouteRequest,
        watch: &dyn Watch,
    ) -> Result<LabelReport> {
        let mut report = LabelReport::default();
        let mut unable = BTreeMap::new();
        if request.ai == AiSide::Reward {
            unable = self.score_rest(source, &mut report, watch)?;
        }
        let learnt_with = self.learns(source, request, watch)?;
        watch.stage("Routing", None);
        let means = Means { source: learnt_with, unable: unable.clone(), ..Means::default() };
        let routed = self.route_with(request, &means, watch)?.ok_or(AppError::Overtaken)?;
        let labelled = self.autolabel(watch)?;
        report.human = routed.human as u32;
        report.ai = routed.ai as u32;
        report.autolabelled = labelled.written as u32;
        report.unable =
            unable.into_iter().map(|(modality, why)| format!("{modality}: {why}")).collect();
        Ok(report)
    }

    /// Scores what is not scored; returns the modalities that cannot be, with the reason.
    ///
    /// # Errors
    /// If a model of every modality of the study fails, on cancellation, or if the file fails.
    pub(crate) fn score_rest(
        &self,
        source: &dyn ModelSource,
        report: &mut LabelReport,
        watch: &dyn Watch,
    ) -> Result<BTreeMap<&'static str, String>> {
        let modalities = self.modalities()?;
        let scored = self.score_modalities(&modalities, source, report, watch)?;
        match scored.broken.filter(|_| scored.unable.len() == modalities.len()) {
            Some(error) => Err(error),
            None => Ok(scored.unable),
        }
    }

    /// Scores what is not scored of these modalities. Where a model cannot be opened, or fails on
    /// the way, the others go on.
    ///
    /// # Errors
    /// On cancellation, or if the file fails.
    pub(crate) fn score_modalities(
        &self,
        modalities: &[Modality],
        source: &dyn ModelSource,
        report: &mut LabelReport,
        watch: &dyn Watch,
    ) -> Result<Scored> {
        let mut scored = Scored::default();
        for &modality in modalities {
            watch.stage("Opening the reward model", None);
            let outcome = self
                .model(modality, source)
                .and_then(|model| self.score(model.scorer.as_ref(), watch));
            match outcome {
                Ok(found) => note_scores(report, found),
                Err(error @ AppError::Scorer(ScorerError::Cancelled)) => return Err(error),
                Err(error @ (AppError::Model(_) | AppError::Scorer(_))) => {
                    scored.unable.insert(modality.as_str(), error.to_user().message);
                    if !matches!(error, AppError::Scorer(ScorerError::NoHead(_))) {
                        scored.broken = Some(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(scored)
    }
}

/// What scoring several modalities came to.
#[derive(Default)]
pub(crate) struct Scored {
    /// Modalities that cannot be scored, with the reason.
    pub(crate) unable: BTreeMap<&'static str, String>,
    /// The last of the reasons that is a failure, and not a model without a head.
    broken: Option<AppError>,
}

fn note_scores(report: &mut LabelReport, found: ScoreReport) {
    report.scored += found.scored as u32;
    report.unreadable += found.unreadable as u32;
    report.problems.extend(found.problems);
    if !report.provider.split(", ").any(|known| known == found.provider) {
        if !report.provider.is_empty() {
            report.provider.push_str(", ");
        }
        report.provider.push_str(&found.provider);
    }
    for skipped in skipped(&found.skipped) {
        if !report.skipped.contains(&skipped) {
            report.skipped.push(skipped);
        }
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
    let tie = preference.tie.unwrap_or(0.0);
    let [p_first, p_second] =
        [preference.probability, 1.0 - preference.probability].map(|p| p * (1.0 - tie));
    let (outcome, probability) = if tie > p_first.max(p_second) {
        (Outcome::Tie, tie)
    } else if p_first == p_second {
        // Equal scores are rare but real: identical answers.
        (Outcome::Tie, tie.max(p_first))
    } else if p_first > p_second {
        (Outcome::Preferred(*first), p_first)
    } else {
        (Outcome::Preferred(*second), p_second)
    };
    let id = JudgmentId::new(fresh());
    Ok(Judgment {
        confidence: Some(probability),
        submitted_at: Some(now()),
        ..Judgment::new(id, item, annotator, Origin::Autolabelled, outcome)
    })
}
