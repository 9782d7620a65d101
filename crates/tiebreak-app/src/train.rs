//! Training a head on a study's human labels: cross-validated, calibrated, an ensemble.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde::Serialize;
use serde_json::{Value, json};
use tiebreak_core::{
    FeatureSet, JudgmentId, Modality, RewardHead, RewardModelId, RewardModelIdentity,
    SURFACE_FEATURES, Scorer, SkippedProvider, TieModel,
};
use tiebreak_stats::{
    CrossValidation, FitError, FitOptions, JudgedPairs, PreferenceFit, Progress, Ties,
    cross_validate, fit_ensemble, fit_ties, grouped_folds,
};
use tiebreak_store::{HeldOutPreference, TrainedHead};

use crate::clock::{fresh, now};
use crate::content::candidate_features;
use crate::error::Result;
use crate::labelled::{FEWEST_GROUPS, Labelling, Labels};
use crate::quality::{Measured, length_margins, report};
use crate::study::stop_if_cancelled;
use crate::view::{QualityView, TrainingPoint};
use crate::{AppError, Study, Watch};

/// Fewer pairs are not trained on.
const FEWEST_PAIRS: usize = 20;
/// What the penalty on measured features is multiplied by: a dozen that mean something each are
/// not to be shrunk like each of hundreds of embedding dimensions.
const MEASURED_FACTOR: f64 = 0.1;

/// How to train.
#[derive(Clone, Debug, Serialize)]
pub struct TrainOptions {
    /// What is learnt: `overall`, or the id of an aspect, whose preferences or rating differences
    /// are then the labels.
    pub objective: String,
    /// How ties enter.
    pub ties: Ties,
    /// What the head sees of a candidate; `None`: what suits the modality.
    pub features: Option<FeatureSet>,
    /// Whether answers count by their strength; those without one count as "clearly".
    pub by_strength: bool,
    /// The probability that a label is the reverse of what should have been said, 0 to 0.5; 0
    /// believes every label.
    pub label_smoothing: f64,
    /// The same for single judgments, where a noise model knows more.
    #[serde(skip)]
    pub noise: HashMap<JudgmentId, f64>,
    /// Cross-validation folds; whole groups, of a prompt for example, are in one fold.
    pub folds: usize,
    /// Members of the ensemble, each fitted on a bootstrap sample of the prompts.
    pub members: usize,
    /// Penalties tried; the one of the smallest cross-validated log loss is taken.
    pub penalties: Vec<f64>,
    /// Most iterations of one fit.
    pub max_iterations: u32,
    /// For folds and bootstrap samples.
    pub seed: u64,
    /// Threads; the result does not depend on it.
    #[serde(skip)]
    pub threads: usize,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            objective: TrainedHead::OVERALL.to_owned(),
            ties: Ties::Davidson,
            features: None,
            by_strength: false,
            label_smoothing: 0.0,
            noise: HashMap::new(),
            folds: 5,
            members: 8,
            penalties: vec![0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0],
            max_iterations: 300,
            seed: 1,
            threads: std::thread::available_parallelism().map_or(1, NonZero::get),
        }
    }
}

impl TrainOptions {
    /// Whether a head learns which answer is better on the whole: only then it scores.
    pub fn is_overall(&self) -> bool {
        self.objective == TrainedHead::OVERALL
    }

    pub(crate) fn check(&self) -> Result<()> {
        if !(0.0..=0.5).contains(&self.label_smoothing) {
            return Err(AppError::input("label_smoothing", "is 0 to 0.5"));
        }
        for (field, value, least) in [("folds", self.folds, 2), ("members", self.members, 1)] {
            if value < least {
                return Err(AppError::input(field, format!("is at least {least}")));
            }
        }
        let are_sound = self.penalties.iter().all(|penalty| penalty.is_finite() && *penalty >= 0.0);
        if self.penalties.is_empty() || !are_sound {
            return Err(AppError::input("penalties", "are one or more numbers of 0 and more"));
        }
        Ok(())
    }

    /// What the head sees of candidates of a modality.
    pub(crate) fn features_of(&self, modality: Modality) -> FeatureSet {
        self.features.unwrap_or(match modality {
            Modality::Text => FeatureSet::Text2,
            Modality::Image | Modality::Music => FeatureSet::Media1,
        })
    }

    pub(crate) fn fit(&self) -> FitOptions {
        FitOptions { ties: self.ties, max_iterations: self.max_iterations, ..FitOptions::default() }
    }

    fn labelling(&self) -> Labelling {
        Labelling {
            aspect: (!self.is_overall()).then(|| self.objective.clone()),
            by_strength: self.by_strength,
            smoothing: self.label_smoothing,
            noise: self.noise.clone(),
        }
    }
}

/// A trained head and what is to be known about it.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The head.
    pub head: RewardHead,
    /// Data, fit and held-out accuracy, for the model card.
    pub card: Value,
    /// The training in short.
    pub point: TrainingPoint,
    /// Cross-validated quality.
    pub quality: QualityView,
    /// The model that encoder and head make.
    pub identity: RewardModelIdentity,
    /// What fits that had not seen them say of the labelled items of two candidates.
    held_out: Vec<HeldOutPreference>,
    provider: (String, Vec<SkippedProvider>),
    last_judgment: u64,
}

/// The labelled pairs of a study as feature differences.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) labels: Labels,
    pub(crate) pairs: JudgedPairs,
}

/// Fits, of which those done are counted for a watcher.
pub(crate) fn counted<T>(
    watch: &dyn Watch,
    threads: usize,
    work: impl FnOnce(Progress<'_>) -> Result<T, FitError>,
) -> Result<T> {
    let done = AtomicU64::new(0);
    let fitted = || watch.advance(done.fetch_add(1, Ordering::Relaxed) + 1);
    work(Progress { cancel: watch.cancel(), fitted: &fitted, threads }).map_err(|error| match error
    {
        FitError::Cancelled => AppError::Cancelled,
        error => error.into(),
    })
}

impl Study {
    /// Trains a head on every pair of candidates that the encoder can read and people have
    /// labelled, all pairs of rankings included. What is reported is measured on prompts that the
    /// fit has not seen; margins are divided by the temperature that calibrates them.
    ///
    /// # Errors
    /// With too few labelled pairs, on cancellation, or if the encoder or the file fails.
    pub fn train(
        &self,
        encoder: &dyn Scorer,
        options: &TrainOptions,
        watch: &dyn Watch,
    ) -> Result<Trained> {
        let began = Instant::now();
        options.check()?;
        let last_judgment = self.store.read(|reader| reader.last_judgment_seq())?;
        let Collected { labels, pairs } = self.collect(encoder, options, watch)?;
        let folds = grouped_folds(&labels.prompts, options.folds, options.seed);
        let fits = options.penalties.len() * options.folds;
        watch.stage("Cross-validating", Some(fits as u64));
        let fit = options.fit();
        let found = counted(watch, options.threads, |progress| {
            cross_validate(&pairs, &labels.shares, &folds, &options.penalties, fit, progress)
        })?;
        let lengths = length_margins(&labels, &folds, fit, watch, options.threads)?;
        watch.stage("Fitting the ensemble", Some(options.members as u64));
        let chosen = FitOptions { penalty: found.penalty, ..fit };
        let members = counted(watch, options.threads, |progress| {
            let seed = options.seed.wrapping_add(1);
            fit_ensemble(&pairs, &labels.prompts, options.members, seed, chosen, progress)
        })?;
        stop_if_cancelled(watch)?;
        let temperature = found.temperature.value;
        let scaled =
            |fit: &PreferenceFit| fit.weights.iter().map(|w| (w / temperature) as f32).collect();
        let head = RewardHead {
            embedding_dim: encoder.embedding_dim(),
            encoder_hash: encoder.identity().encoder_hash,
            features: options.features_of(encoder.identity().modality),
            ties: fit_ties(options.ties, &found.margins, &labels.shares),
            members: members.iter().map(scaled).collect(),
        };
        let identity = encoder.with_head(&head)?.identity().clone();
        let measured = Measured {
            labels: &labels,
            margins: &found.margins,
            temperature,
            leans: found.temperature.leans,
            basis: "cross-validated",
            seed: options.seed,
        };
        let quality = measured.view(lengths.as_deref())?;
        let seconds = began.elapsed().as_secs_f64();
        Ok(Trained {
            card: card(encoder, options, &labels, &found, &members, &head, &quality)?,
            point: TrainingPoint {
                trained_at: quality.measured_at.clone(),
                cause: "asked".to_owned(),
                objective: options.objective.clone(),
                hash: identity.pack_hash.short(),
                labels: labels.judgments.iter().sum::<u64>() as u32,
                pairs: labels.len() as u32,
                accuracy: quality.accuracy,
                length_only: quality.length_only.map(|share| share.value),
                brier: quality.brier,
                calibration_error: quality.calibration_error,
                seconds,
                in_use: options.is_overall(),
            },
            held_out: held_out(&labels, &found.margins, head.ties),
            head,
            quality,
            identity,
            provider: (encoder.provider(), encoder.skipped_providers()),
            last_judgment,
        })
    }

    /// Keeps a trained head in the study, with its quality: `cause` is `asked` or `background`.
    /// One `in_use` scores from now on wherever its encoder is used, and what was held out in its
    /// training is what it is judged by where it has learnt; another is a record only.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep_head(&self, trained: &Trained, cause: &str, in_use: bool) -> Result<()> {
        let Trained { head, card, point, quality, identity, held_out, provider, last_judgment } =
            trained;
        let report = report(quality)?;
        let kept = TrainedHead {
            modality: identity.modality,
            encoder_hash: identity.encoder_hash,
            pack_hash: identity.pack_hash,
            objective: point.objective.clone(),
            cause: cause.to_owned(),
            in_use,
            head: Some(head.clone()),
            card: card.clone(),
            last_judgment: *last_judgment,
            labels: u64::from(point.labels),
            pairs: u64::from(point.pairs),
            accuracy: point.accuracy.value,
            accuracy_low: point.accuracy.low,
            accuracy_high: point.accuracy.high,
            accuracy_n: u64::from(point.accuracy.n),
            length_only: point.length_only,
            brier: point.brier,
            calibration_error: point.calibration_error,
            seconds: point.seconds,
            trained_at: now(),
        };
        self.store.write(|writer| {
            writer.insert_head(&kept)?;
            let (provider, skipped) = provider;
            let fresh = RewardModelId::new(fresh());
            let model = writer.ensure_reward_model(identity, provider, skipped, fresh, now())?;
            if in_use {
                writer.keep_held_out(model, held_out)?;
            }
            Ok(writer.insert_quality(model, &report, now())?)
        })
    }

    /// The labelled pairs of the encoder's modality, as features.
    pub(crate) fn collect(
        &self,
        encoder: &dyn Scorer,
        options: &TrainOptions,
        watch: &dyn Watch,
    ) -> Result<Collected> {
        let modality = encoder.identity().modality;
        let features = options.features_of(modality);
        let mut collected = Collected {
            labels: Labels::default(),
            pairs: JudgedPairs::new(features.len(encoder.embedding_dim())),
        };
        let Collected { labels, pairs } = &mut collected;
        let learnt = features.len(encoder.embedding_dim()) - measured(features, encoder);
        pairs.penalty_factors =
            (0..pairs.dim).map(|k| if k < learnt { 1.0 } else { MEASURED_FACTOR }).collect();
        self.each_labelled(modality, &options.labelling(), watch, |page| {
            let items: Vec<_> = page.iter().map(|labelled| labelled.item.clone()).collect();
            let embeddings = self.embeddings(&items, encoder, watch)?;
            for labelled in &page {
                let Ok(candidates) = candidate_features(&labelled.item, &embeddings) else {
                    labels.unreadable += 1;
                    continue;
                };
                let rows: Vec<Vec<f32>> =
                    candidates.iter().map(|candidate| features.of(candidate)).collect();
                let from = labels.len();
                labels.push(labelled);
                for (i, pair) in labelled.pairs.iter().enumerate() {
                    let (taught, weight) =
                        (labels.taught[from + i], labels.taught_weights[from + i]);
                    pairs.push(&rows[pair.first], &rows[pair.second], taught, weight);
                }
            }
            Ok(())
        })?;
        labels.group();
        let prompts = labels.prompt_count();
        // Nothing could be held out of fewer.
        if pairs.len() < FEWEST_PAIRS || prompts < FEWEST_GROUPS {
            return Err(AppError::TooFewPairs { have: pairs.len(), prompts, need: FEWEST_PAIRS });
        }
        pairs.check()?;
        Ok(collected)
    }
}

/// How many of the features, the last ones, were measured and not learnt.
fn measured(features: FeatureSet, encoder: &dyn Scorer) -> usize {
    match features {
        FeatureSet::Text1 => 1,
        FeatureSet::Text2 => 1 + SURFACE_FEATURES.len(),
        FeatureSet::Media1 => encoder.measures().len(),
    }
}

/// What the margins, one a pair, say of the items of two candidates; log-odds.
fn held_out(labels: &Labels, margins: &[f64], ties: Option<TieModel>) -> Vec<HeldOutPreference> {
    let tie = |margin| ties.map(|ties| ties.probabilities(margin)[1]);
    let pairs = labels.items.iter().zip(margins);
    pairs
        .filter_map(|(&item, &margin)| {
            let item = labels.of_two[item]?;
            Some(HeldOutPreference { item, margin, tie: tie(margin) })
        })
        .collect()
}

/// Everything that a training says of itself.
fn card(
    encoder: &dyn Scorer,
    options: &TrainOptions,
    labels: &Labels,
    found: &CrossValidation,
    members: &[PreferenceFit],
    head: &RewardHead,
    quality: &QualityView,
) -> Result<Value> {
    let conditions = |fit: &PreferenceFit| {
        json!({
            "log_loss": fit.log_loss,
            "iterations": fit.iterations,
            "converged": fit.converged,
        })
    };
    Ok(json!({
        "trained_at": quality.measured_at,
        "trained_with": concat!("tiebreak ", env!("CARGO_PKG_VERSION")),
        "encoder": encoder.identity().name,
        "encoder_hash": encoder.identity().encoder_hash,
        "features": head.features.describe(),
        "options": options,
        "labels": labels.judgments.iter().sum::<u64>(),
        "items": labels.judgments.len(),
        "unreadable_items": labels.unreadable,
        "pairs": labels.len(),
        "prompts": labels.prompt_count(),
        "ties": head.ties,
        "cross_validation": {
            "grouped_by": labels.kept_together,
            "fits": found,
            "quality": report(quality)?,
        },
        "members": members.iter().map(conditions).collect::<Vec<_>>(),
    }))
}
