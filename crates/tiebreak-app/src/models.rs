//! Which reward model scores which modality of a study, and how it does.

use std::sync::Arc;

use serde_json::Value;
use tiebreak_core::{ContentHash, Modality, RewardHead, Scorer, ScorerError, ScorerKind};
use tiebreak_store::{Reader, ScoringRun, StoredRewardModel, TrainedHead};

use crate::error::Result;
use crate::quality::report_view;
use crate::score::{items_per_s, runtime_share};
use crate::view::{IntervalView, ModelView, QualityView, ScoringRunView, TrainingPoint, UserError};
use crate::{AppError, Study, TrainOptions, Watch};

/// Who opens reward models for the use cases, by the name of their pack. A front end keeps the
/// models that it opened, so that asking again costs nothing.
pub trait ModelSource: Send + Sync {
    /// The model of a pack, with the head that the pack brings.
    ///
    /// # Errors
    /// Why it cannot be opened.
    fn open(&self, pack: &str) -> Result<Arc<dyn Scorer>, UserError>;
}

/// A model of a study, ready to score.
#[derive(Clone)]
pub struct StudyModel {
    /// It, with the head that scores.
    pub scorer: Arc<dyn Scorer>,
    /// Whether the head was trained on this study.
    pub own_head: bool,
}

impl Study {
    /// The modalities that the study has items of.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn modalities(&self) -> Result<Vec<Modality>> {
        self.store.read(|reader| {
            let mut found = Vec::new();
            for modality in [Modality::Text, Modality::Image, Modality::Music] {
                if reader.modality_count(modality)? > 0 {
                    found.push(modality);
                }
            }
            Ok(found)
        })
    }

    /// The head of this encoder that was trained last on this study and is in use.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn own_head(&self, encoder: ContentHash) -> Result<Option<RewardHead>> {
        Ok(self.own_head_and_card(encoder)?.map(|(head, _)| head))
    }

    /// As [`Study::own_head`], with what the training said of it.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn own_head_and_card(&self, encoder: ContentHash) -> Result<Option<(RewardHead, Value)>> {
        let kept = self.store.read(|reader| reader.head_in_use(encoder, TrainedHead::OVERALL))?;
        Ok(kept.and_then(|kept| Some((kept.head?, kept.card))))
    }

    /// The model with the head that was trained last on this study, or as it is.
    ///
    /// # Errors
    /// If the file cannot be read, or the kept head does not fit the encoder.
    pub fn with_own_head(&self, scorer: Arc<dyn Scorer>) -> Result<StudyModel> {
        let identity = scorer.identity();
        if identity.kind == ScorerKind::Encoder
            && let Some(head) = self.own_head(identity.encoder_hash)?
        {
            return Ok(StudyModel { scorer: scorer.with_head(&head)?.into(), own_head: true });
        }
        Ok(StudyModel { scorer, own_head: false })
    }

    /// The model of the pack that the study uses for a modality, as `source` opens it: for
    /// training.
    ///
    /// # Errors
    /// If it cannot be opened, or is of another modality.
    pub fn pack_model(
        &self,
        modality: Modality,
        source: &dyn ModelSource,
    ) -> Result<Arc<dyn Scorer>> {
        let settings = self.settings()?;
        let pack = settings.packs.of(modality);
        let scorer = source.open(pack).map_err(AppError::Model)?;
        let found = scorer.identity().modality;
        if found == modality {
            return Ok(scorer);
        }
        Err(AppError::Model(UserError {
            code: "wrong_modality".to_owned(),
            message: format!(
                "the pack {pack} is of {}, and the study uses it for {}",
                found.as_str(),
                modality.as_str()
            ),
            hint: Some("choose another pack in the study's settings".to_owned()),
        }))
    }

    /// The model that scores a modality of the study: that of the chosen pack, with the head
    /// trained on this study where there is one.
    ///
    /// # Errors
    /// As [`Study::pack_model`], and for an encoder without any head.
    pub fn model(&self, modality: Modality, source: &dyn ModelSource) -> Result<StudyModel> {
        let model = self.with_own_head(self.pack_model(modality, source)?)?;
        let identity = model.scorer.identity();
        if identity.kind == ScorerKind::Encoder && !model.scorer.has_head() {
            return Err(ScorerError::NoHead(identity.name.clone()).into());
        }
        Ok(model)
    }

    /// Lets the study use another pack for a modality.
    ///
    /// # Errors
    /// If the name is empty, or the file cannot be written.
    pub fn choose_pack(&self, modality: Modality, pack: &str) -> Result<()> {
        let mut settings = self.settings()?;
        settings.packs.set(modality, pack.to_owned());
        self.save_settings(&settings)
    }

    /// Trains a head on the study's labels because somebody asked for it, keeps it in use, and
    /// scores with it.
    ///
    /// # Errors
    /// As [`Study::pack_model`], [`Study::train`] and [`Study::score`]; a head that was trained
    /// is kept whatever comes after.
    pub fn retrain(
        &self,
        modality: Modality,
        source: &dyn ModelSource,
        options: &TrainOptions,
        watch: &dyn Watch,
    ) -> Result<TrainingPoint> {
        watch.stage("Opening the reward model", None);
        let encoder = self.pack_model(modality, source)?;
        let trained = self.train(encoder.as_ref(), options, watch)?;
        self.keep_head(&trained, "asked", true)?;
        let scorer = encoder.with_head(&trained.head)?;
        self.score(scorer.as_ref(), watch)?;
        Ok(trained.point)
    }

    /// How the reward model of each of the study's modalities stands.
    ///
    /// # Errors
    /// If the file cannot be read. A model that cannot be opened is no error: its view says why.
    pub fn models(&self, source: &dyn ModelSource) -> Result<Vec<ModelView>> {
        self.modalities()?.into_iter().map(|modality| self.model_view(modality, source)).collect()
    }

    fn model_view(&self, modality: Modality, source: &dyn ModelSource) -> Result<ModelView> {
        let pack = self.settings()?.packs.of(modality).to_owned();
        let opened =
            self.pack_model(modality, source).and_then(|scorer| self.with_own_head(scorer));
        let (model, mut error) = match opened {
            Ok(model) => (Some(model), None),
            Err(error) => (None, Some(error.to_user())),
        };
        let head = model.as_ref().map_or("none", |model| {
            let is_encoder = model.scorer.identity().kind == ScorerKind::Encoder;
            match (is_encoder, model.own_head, model.scorer.has_head()) {
                (false, ..) => "fixed",
                (true, true, _) => "study",
                (true, false, true) => "pack",
                (true, false, false) => "none",
            }
        });
        let scorer = model.as_ref().map(|model| model.scorer.as_ref());
        if let (Some(scorer), "none") = (scorer, head) {
            error =
                Some(AppError::from(ScorerError::NoHead(scorer.identity().name.clone())).to_user());
        }
        let kept = self.store.read(|reader| kept(reader, modality, &pack, scorer))?;
        Ok(ModelView {
            modality: modality.as_str().to_owned(),
            pack,
            kind: scorer.map(|scorer| scorer.identity().kind.as_str().to_owned()),
            ready: error.is_none(),
            hash: scorer.map(|scorer| scorer.identity().pack_hash.short()),
            provider: scorer.map(Scorer::provider),
            skipped: scorer.map(|scorer| skipped(&scorer.skipped_providers())).unwrap_or_default(),
            error,
            head: head.to_owned(),
            items: kept.items,
            scored: kept.scored,
            unreadable: kept.unreadable,
            last_run: kept.last_run.map(|run| run_view(&run)),
            labels: kept.labels,
            labels_since: kept.labels_since,
            quality: kept.quality,
            in_force: kept.in_force,
            history: kept.history.iter().map(point).collect(),
        })
    }
}

/// What a study file knows of the model of a modality.
struct Kept {
    items: u32,
    scored: u32,
    unreadable: u32,
    labels: u32,
    labels_since: u32,
    last_run: Option<ScoringRun>,
    quality: Option<QualityView>,
    in_force: Option<String>,
    history: Vec<TrainedHead>,
}

/// Of a pack that could not be opened, the model of its name that is in force or was so last.
fn kept(
    reader: &Reader<'_>,
    modality: Modality,
    pack: &str,
    scorer: Option<&dyn Scorer>,
) -> Result<Kept> {
    let stored = match scorer {
        Some(scorer) => reader.reward_model(scorer.identity().pack_hash)?,
        None => reader.reward_model_named(modality, pack)?,
    };
    let own = scorer.map(Scorer::identity).or(stored.as_ref().map(|model| &model.identity));
    let encoder = own.map(|own| own.encoder_hash);
    let mut in_force = None;
    if let Some(model) = reader.model_in_force(modality)? {
        let StoredRewardModel { id, identity, .. } = model;
        let is_other = own.is_none_or(|own| own.pack_hash != identity.pack_hash);
        if is_other && reader.scored_count(id)? > 0 {
            in_force = Some(format!("{} {}", identity.name, identity.pack_hash.short()));
        }
    }
    let mut history = reader.trained_heads(modality)?;
    history.retain(|head| Some(head.encoder_hash) == encoder);
    let known_to_head = match encoder {
        Some(encoder) => reader.labels_known(encoder, TrainedHead::OVERALL)?,
        None => 0,
    };
    let mut kept = Kept {
        items: reader.modality_count(modality)? as u32,
        scored: 0,
        unreadable: 0,
        labels: reader.preference_count(modality, 0)? as u32,
        labels_since: reader.preference_count(modality, known_to_head)? as u32,
        last_run: None,
        quality: None,
        in_force,
        history,
    };
    if let Some(model) = stored {
        kept.scored = reader.scored_count(model.id)? as u32;
        kept.unreadable = reader.problem_count(model.id)? as u32;
        kept.last_run = reader.last_scoring_run(model.id)?;
        kept.quality = reader.quality(model.id)?.map(report_view).transpose()?;
    }
    Ok(kept)
}

/// Providers that do not run, a line each.
pub(crate) fn skipped(providers: &[tiebreak_core::SkippedProvider]) -> Vec<String> {
    providers.iter().map(|one| format!("{}: {}", one.provider, one.reason)).collect()
}

fn run_view(run: &ScoringRun) -> ScoringRunView {
    ScoringRunView {
        ended_at: run.ended_at.unwrap_or(run.started_at).to_rfc3339(),
        items: run.items as u32,
        items_per_s: items_per_s(run),
        runtime_share: runtime_share(run),
        provider: run.provider.clone(),
        skipped: skipped(&run.skipped),
    }
}

fn point(head: &TrainedHead) -> TrainingPoint {
    TrainingPoint {
        trained_at: head.trained_at.to_rfc3339(),
        cause: head.cause.clone(),
        objective: head.objective.clone(),
        hash: head.pack_hash.short(),
        labels: head.labels as u32,
        pairs: head.pairs as u32,
        accuracy: IntervalView {
            value: head.accuracy,
            low: head.accuracy_low,
            high: head.accuracy_high,
            n: head.accuracy_n as u32,
        },
        length_only: head.length_only,
        brier: head.brier,
        calibration_error: head.calibration_error,
        seconds: head.seconds,
        in_use: head.in_use,
    }
}
