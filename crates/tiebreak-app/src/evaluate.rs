//! What routing would have bought on a study that both people and an AI have labelled already.

use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value, json};
use tiebreak_core::{Modality, ScorerKind};
use tiebreak_routing::{
    CurvePoint, EvaluateOptions, Evaluation, FitOptions, PolicyKind, Pool, Truth,
};

use crate::error::Result;
use crate::steps::watched;
use crate::{AiSide, AppError, ModelSource, Study, TagOptions, Watch};

/// More folds take longer and say no more.
const MOST_FOLDS: usize = 20;

/// What is evaluated.
#[derive(Clone, Debug)]
pub struct EvaluateRequest {
    /// Who labels the AI's share: `reward`, or the name of an imported judge.
    pub ai: String,
    /// Percent of the pairs that people label, each 0 to 100.
    pub budgets: Vec<f64>,
    /// Folds; whole prompts are in one fold.
    pub folds: usize,
    /// For folds, mixes, lots and votes.
    pub seed: u64,
    /// How often votes are drawn.
    pub repeats: usize,
    /// What labels are measured against.
    pub truth: Truth,
    /// The policies.
    pub policies: Vec<PolicyKind>,
}

impl Default for EvaluateRequest {
    fn default() -> Self {
        let options = EvaluateOptions::default();
        Self {
            ai: "reward".to_owned(),
            budgets: vec![0.0, 25.0, 50.0, 75.0, 100.0],
            folds: options.fit.folds,
            seed: 0,
            repeats: options.repeats,
            truth: options.truth,
            policies: options.policies,
        }
    }
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct EvaluationReport {
    /// What was asked.
    pub request: EvaluateRequest,
    /// What was found.
    pub found: Evaluation,
    /// Seconds of reading, tagging and embedding.
    pub reading_s: f64,
    /// Seconds of fitting and spending.
    pub evaluating_s: f64,
    /// Pairs of the study that were left out, by reason.
    pub left_out: Vec<(String, usize)>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// One figure of the report.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct Figure {
    label_accuracy: f64,
    label_accuracy_se: f64,
    label_accuracy_draws_se: f64,
    reward_accuracy: Option<f64>,
    reward_accuracy_se: Option<f64>,
    human_share: f64,
}

impl Figure {
    fn of(point: &CurvePoint) -> Self {
        Self {
            label_accuracy: point.labels.interval.value,
            label_accuracy_se: point.labels.se,
            label_accuracy_draws_se: point.labels_draw_se,
            reward_accuracy: point.reward.map(|reward| reward.interval.value),
            reward_accuracy_se: point.reward.map(|reward| reward.se),
            human_share: point.spent,
        }
    }
}

impl EvaluateRequest {
    fn check(&self) -> Result<()> {
        let sound = |percent: &f64| (0.0..=100.0).contains(percent);
        if self.budgets.is_empty() || !self.budgets.iter().all(sound) {
            return Err(AppError::input("budgets", "are one or more percentages of 0 to 100"));
        }
        if !(2..=MOST_FOLDS).contains(&self.folds) {
            return Err(AppError::input("folds", format!("are 2 to {MOST_FOLDS}")));
        }
        if self.repeats == 0 {
            return Err(AppError::input("repeats", "are at least 1"));
        }
        if self.policies.is_empty() {
            return Err(AppError::input("policies", "are one or more"));
        }
        Ok(())
    }
}

impl Study {
    /// Evaluates routing policies on the pairs that people and the AI have both labelled: fitted
    /// on training folds, spending on the test fold. Items are tagged and scored first where they
    /// are not.
    ///
    /// # Errors
    /// For a request that cannot be, an unknown judge, too few labels, or on cancellation.
    pub fn evaluate_routing(
        &self,
        request: &EvaluateRequest,
        source: &dyn ModelSource,
        watch: &dyn Watch,
    ) -> Result<EvaluationReport> {
        request.check()?;
        let began = Instant::now();
        let ai = self.ai_side(&request.ai)?;
        let mut notes = Vec::new();
        self.tag(source, &self.tag_options()?, watch)?;
        if ai == AiSide::Reward {
            self.score_all(source, watch)?;
            notes.extend(self.flattered()?);
        }
        let pooled = self.pool(&ai, Some(source), watch)?;
        notes.extend(pooled.notes);
        let labelled = pooled.pool.labelled();
        let reading_s = began.elapsed().as_secs_f64();
        let began = Instant::now();
        let options = EvaluateOptions {
            fit: FitOptions { seed: request.seed, folds: request.folds, ..FitOptions::default() },
            policies: request.policies.clone(),
            shares: request.budgets.iter().map(|percent| percent / 100.0).collect(),
            repeats: request.repeats,
            truth: request.truth,
        };
        let found = watched(watch, |watching| {
            tiebreak_routing::evaluate(&pooled.pool, &labelled, &options, watching)
        })?;
        notes.extend(limits(&found, &pooled.pool));
        if pooled.pool.dim == 0 {
            notes.push(
                "no encoder reads the pairs: there is no reward accuracy, and the performance \
                 prediction model predicts the accuracy of labels"
                    .to_owned(),
            );
        }
        let mut left_out: std::collections::BTreeMap<String, usize> =
            std::collections::BTreeMap::new();
        for (_, reason) in pooled.left_out {
            *left_out.entry(reason).or_default() += 1;
        }
        let unlabelled = pooled.pool.instances.len() - labelled.len();
        for (reason, count) in [
            ("people have not labelled it", unlabelled),
            ("people's labels have no clear majority, or one for a tie", found.unclear),
        ] {
            if count > 0 {
                left_out.insert(reason.to_owned(), count);
            }
        }
        Ok(EvaluationReport {
            request: request.clone(),
            found,
            reading_s,
            evaluating_s: began.elapsed().as_secs_f64(),
            left_out: left_out.into_iter().collect(),
            notes,
        })
    }

    /// How the study's items are tagged, by its settings.
    pub(crate) fn tag_options(&self) -> Result<TagOptions> {
        let fields = self.settings()?.routing.tag_fields;
        Ok(TagOptions { own_fields: fields, again: false })
    }

    /// Scores what the study's reward models have not scored, modality by modality; a modality
    /// whose model cannot be opened is passed over, if another's can.
    pub(crate) fn score_all(&self, source: &dyn ModelSource, watch: &dyn Watch) -> Result<()> {
        let (mut scored, mut problem) = (0, None);
        for modality in self.modalities()? {
            let model = match self.model(modality, source) {
                Ok(model) => model,
                Err(error @ (AppError::Model(_) | AppError::Scorer(_))) => {
                    problem = Some(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            self.score(model.scorer.as_ref(), watch)?;
            scored += 1;
        }
        match problem {
            Some(error) if scored == 0 => Err(error),
            _ => Ok(()),
        }
    }

    /// What to say where the reward model in force has learnt from the labels that it is now
    /// measured by, or may have.
    pub(crate) fn flattered(&self) -> Result<Vec<String>> {
        self.store.read(|reader| {
            let mut notes = Vec::new();
            for modality in [Modality::Text, Modality::Image, Modality::Music] {
                let Some(model) = reader.model_in_force(modality)? else { continue };
                let hash = model.identity.pack_hash;
                let own = reader
                    .trained_heads(modality)?
                    .into_iter()
                    .any(|head| head.in_use && head.pack_hash == hash);
                if own && reader.has_held_out(model.id)? {
                    notes.push(format!(
                        "the head of {} has learnt from labels of this study: what it says of \
                         these pairs is said here by fits that had not seen them",
                        model.identity.name
                    ));
                } else if own {
                    notes.push(format!(
                        "the head of {} has learnt from labels of this study: its labels look more \
                         accurate here than they would elsewhere",
                        model.identity.name
                    ));
                } else if model.identity.kind == ScorerKind::Encoder {
                    notes.push(format!(
                        "if the head that {} brings was trained on this data, its labels look more \
                         accurate here than they would elsewhere",
                        model.identity.name
                    ));
                }
            }
            Ok(notes)
        })
    }
}

impl EvaluationReport {
    /// `{policy: {budget: figures}, oracle: {budget: figures}, n, folds, about}`; budgets in
    /// percent.
    pub fn to_json(&self) -> Value {
        let mut all = Map::new();
        for curve in &self.found.curves {
            all.insert(curve.kind.as_str().to_owned(), self.figures(&curve.points));
        }
        all.insert("oracle".to_owned(), self.figures(&self.found.oracle));
        all.insert("n".to_owned(), self.found.pairs.into());
        all.insert("folds".to_owned(), self.request.folds.into());
        let advantages: Vec<Value> = self
            .found
            .advantages
            .iter()
            .map(|one| {
                json!({
                    "policy": one.kind,
                    "advantage": one.gain.interval.value,
                    "se": one.gain.se,
                    "low": one.gain.interval.low,
                    "high": one.gain.interval.high,
                    "beats_random": one.beats_random,
                })
            })
            .collect();
        let took: Map<String, Value> = self
            .found
            .taken
            .iter()
            .map(|(share, counts)| (percent(100.0 * share), json!(counts)))
            .collect();
        all.insert(
            "about".to_owned(),
            json!({
                "ai": self.request.ai,
                "truth": self.request.truth,
                "seed": self.request.seed,
                "repeats": self.request.repeats,
                "prompts": self.found.prompts,
                "left_out": self.left_out,
                "auto_took": took,
                "chosen_on_all": self.chosen().map(|(kind, _)| kind),
                "chosen_because": self.chosen().map(|(_, why)| why),
                "advantages": advantages,
                "prediction_models": self.found.mean_predictions(),
                "reading_s": self.reading_s,
                "evaluating_s": self.evaluating_s,
                "notes": self.notes,
            }),
        );
        Value::Object(all)
    }

    /// What `auto` takes on all pairs, and why; `None` where it was not asked for.
    pub fn chosen(&self) -> Option<(PolicyKind, &str)> {
        let asked = self.request.policies.contains(&PolicyKind::Auto);
        asked.then_some((self.found.chosen.0, self.found.chosen.1.as_str()))
    }

    fn figures(&self, points: &[CurvePoint]) -> Value {
        let named: Map<String, Value> = self
            .request
            .budgets
            .iter()
            .zip(points)
            .map(|(budget, point)| (percent(*budget), json!(Figure::of(point))))
            .collect();
        Value::Object(named)
    }
}

/// What little data there is to measure on, in words.
pub(crate) fn limits(found: &Evaluation, pool: &Pool) -> Vec<String> {
    let mut notes = Vec::new();
    if pool.instances.iter().all(|one| one.signals.certainty.is_none()) {
        notes.push(
            "the AI does not say how sure it is: `least-certain` goes by lot, as `random` does"
                .to_owned(),
        );
    }
    if found.prompts < 20 {
        notes.push(format!(
            "only {} prompts: standard errors are rough, and differences between policies can \
             hardly be told from chance",
            found.prompts
        ));
    }
    if found.single_votes > 0.5 {
        notes.push(format!(
            "{:.0} % of the pairs have a single vote: it is its own majority, so that people are \
             always right there. A second vote on some pairs would show how often they are",
            100.0 * found.single_votes
        ));
    }
    notes
}

/// A percentage without needless digits.
fn percent(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    rounded.to_string()
}
