//! Training a head on a study's human labels: cross-validated, calibrated, an ensemble.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Value, json};
use tiebreak_core::{AnnotatorKind, FeatureSet, Item, RewardHead, Scorer};
use tiebreak_stats::{
    Calibration, FeatureBradleyTerry, FitError, Pairs, Penalty, Proportion, bootstrap_weights,
    calibrate, grouped_folds,
};

use crate::clock::now;
use crate::error::Result;
use crate::score::candidate_features;
use crate::study::stop_if_cancelled;
use crate::verdict::{PairVote, pair_vote};
use crate::{AppError, Study, Watch};

const PAGE: usize = 512;
const FEWEST_PAIRS: usize = 20;
const FEWEST_PROMPTS: usize = 5;

/// How to train.
#[derive(Clone, Debug, Serialize)]
pub struct TrainOptions {
    /// Cross-validation folds; whole prompts are in one fold.
    pub folds: usize,
    /// Members of the ensemble, each fitted on a bootstrap sample of the prompts.
    pub members: usize,
    /// Penalties tried; the one of the smallest cross-validated log loss is taken.
    pub penalties: Vec<f64>,
    /// Most iterations of one fit.
    pub max_iterations: u32,
    /// For folds and bootstrap samples.
    pub seed: u64,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            folds: 5,
            members: 8,
            penalties: vec![0.03, 0.1, 0.3, 1.0, 3.0, 10.0],
            max_iterations: 300,
            seed: 1,
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
}

/// The labelled pairs of a study as features.
struct Labelled {
    pairs: Pairs,
    /// Log length difference, the one feature of the baseline.
    lengths: Pairs,
    /// Prompt of each pair, numbered from 0.
    prompts: Vec<usize>,
    /// Source of each pair: the first part of the item's source.
    sources: Vec<String>,
}

/// Held-out margins of every pair.
struct HeldOut {
    penalty: f64,
    margins: Vec<f64>,
    calibration: Calibration,
}

impl Study {
    /// Trains a head on every item that the encoder can read, with two candidates and at least
    /// one live human answer: the
    /// target is the share of answers for the first candidate, a tie counting half. Accuracy is
    /// that of held-out prompts; margins are divided by the temperature that calibrates them.
    ///
    /// # Errors
    /// With too few labelled pairs, on cancellation, or if the encoder or the file fails.
    pub fn train(
        &self,
        encoder: &dyn Scorer,
        options: &TrainOptions,
        watch: &dyn Watch,
    ) -> Result<Trained> {
        let labelled = self.labelled(encoder, watch)?;
        let prompts = labelled.prompts.iter().max().map_or(0, |last| last + 1);
        if labelled.pairs.len() < FEWEST_PAIRS || prompts < FEWEST_PROMPTS {
            return Err(AppError::TooFewPairs {
                have: labelled.pairs.len(),
                prompts,
                need: FEWEST_PAIRS,
            });
        }
        let folds = grouped_folds(&labelled.prompts, options.folds, options.seed);
        let held_out = best_penalty(&labelled.pairs, &folds, options, watch)?;
        let length_margins =
            cross_validate(&labelled.lengths, &folds, Penalty(0.0), options, watch)?;

        watch.stage("Fitting the ensemble", Some(options.members as u64));
        let mut fits = Vec::with_capacity(options.members);
        for member in 0..options.members {
            let weights = bootstrap_weights(&labelled.prompts, options.seed + 1 + member as u64);
            let fit = FeatureBradleyTerry::fit(
                &labelled.pairs,
                &weights,
                Penalty(held_out.penalty),
                options.max_iterations,
            )?;
            fits.push(fit);
            watch.advance(member as u64 + 1);
            stop_if_cancelled(watch)?;
        }
        let temperature = held_out.calibration.temperature;
        let head = RewardHead {
            embedding_dim: encoder.embedding_dim(),
            encoder_hash: encoder.identity().encoder_hash,
            features: FeatureSet::Text1,
            ties: None,
            members: fits
                .iter()
                .map(|fit| fit.weights.iter().map(|w| (w / temperature) as f32).collect())
                .collect(),
        };
        let card = json!({
            "trained_at": now().to_rfc3339(),
            "trained_with": concat!("tiebreak ", env!("CARGO_PKG_VERSION")),
            "encoder": encoder.identity().name,
            "encoder_hash": encoder.identity().encoder_hash,
            "features": "answer embedding, prompt embedding * answer embedding, ln(1 + characters)",
            "options": options,
            "pairs": labelled.pairs.len(),
            "prompts": prompts,
            "cross_validation": {
                "grouped_by": "prompt",
                "penalty": held_out.penalty,
                "accuracy": accuracy(&labelled, &held_out.margins, None),
                "length_only_accuracy": accuracy(&labelled, &length_margins, None),
                "longer_wins_accuracy": accuracy(&labelled, &longer(&labelled), None),
                "calibration": held_out.calibration,
                "by_source": by_source(&labelled, &held_out.margins, &length_margins),
            },
            "members": fits
                .iter()
                .map(|fit| json!({
                    "log_loss": fit.log_loss,
                    "iterations": fit.iterations,
                    "converged": fit.converged,
                }))
                .collect::<Vec<_>>(),
        });
        Ok(Trained { head, card })
    }

    fn labelled(&self, encoder: &dyn Scorer, watch: &dyn Watch) -> Result<Labelled> {
        let total = self.store.read(|reader| Ok::<_, AppError>(reader.item_count()?))?;
        watch.stage("Embedding", Some(total));
        let width = FeatureSet::Text1.len(encoder.embedding_dim());
        let mut labelled = Labelled {
            pairs: Pairs { dim: width, ..Pairs::default() },
            lengths: Pairs { dim: 1, ..Pairs::default() },
            prompts: Vec::new(),
            sources: Vec::new(),
        };
        let mut prompt_numbers: HashMap<String, usize> = HashMap::new();
        let (mut after, mut done) = (0, 0);
        loop {
            let page =
                self.store.read(|reader| Ok::<_, AppError>(reader.items_after(after, PAGE)?))?;
            done += page.items.len() as u64;
            let mut items = Vec::new();
            let mut targets = Vec::new();
            for item in page.items {
                if item.modality != encoder.identity().modality {
                    continue;
                }
                if let Some(target) = self.target(&item)? {
                    items.push(item);
                    targets.push(target);
                }
            }
            let (embeddings, _) = self.embeddings(&items, encoder, watch)?;
            for (item, target) in items.iter().zip(targets) {
                let features = candidate_features(item, &embeddings)?;
                let [first, second] = features.as_slice() else { continue };
                let (first, second) = (FeatureSet::Text1.of(first), FeatureSet::Text1.of(second));
                labelled.pairs.differences.extend(first.iter().zip(&second).map(|(a, b)| a - b));
                labelled.pairs.targets.push(target);
                if let (Some(a), Some(b)) = (first.last(), second.last()) {
                    labelled.lengths.differences.push(a - b);
                    labelled.lengths.targets.push(target);
                }
                let next = prompt_numbers.len();
                let prompt = prompt_numbers.entry(item.prompt.plain_text()).or_insert(next);
                labelled.prompts.push(*prompt);
                let source = item.source.as_deref().unwrap_or("unstated");
                labelled.sources.push(source.split('/').next().unwrap_or(source).to_owned());
            }
            watch.advance(done);
            stop_if_cancelled(watch)?;
            let Some(next) = page.next else { break };
            after = next;
        }
        Ok(labelled)
    }

    /// The share of live human answers for the first candidate; `None` without an answer, or
    /// when the item is no pair.
    fn target(&self, item: &Item) -> Result<Option<f64>> {
        let [first, second] = item.candidates.as_slice() else { return Ok(None) };
        let live = self.store.read(|reader| Ok::<_, AppError>(reader.live_judgments(item.id)?))?;
        let (mut sum, mut n) = (0.0, 0.0);
        for judgment in live.iter().filter(|live| live.kind == AnnotatorKind::Human) {
            sum += match pair_vote(&judgment.judgment, first.id, second.id) {
                Some(PairVote::First) => 1.0,
                Some(PairVote::Second) => 0.0,
                Some(PairVote::Tie) => 0.5,
                // Both bad says nothing about which is better.
                Some(PairVote::BothBad) | None => continue,
            };
            n += 1.0;
        }
        Ok((n > 0.0).then(|| sum / n))
    }
}

/// Cross-validates each penalty and keeps the one of the smallest held-out log loss.
fn best_penalty(
    pairs: &Pairs,
    folds: &[usize],
    options: &TrainOptions,
    watch: &dyn Watch,
) -> Result<HeldOut> {
    watch.stage("Cross-validating", Some(options.penalties.len() as u64));
    let mut best: Option<HeldOut> = None;
    for (tried, &penalty) in options.penalties.iter().enumerate() {
        let margins = cross_validate(pairs, folds, Penalty(penalty), options, watch)?;
        let calibration = calibrate(&margins, &pairs.targets)?;
        if best.as_ref().is_none_or(|best| calibration.log_loss < best.calibration.log_loss) {
            best = Some(HeldOut { penalty, margins, calibration });
        }
        watch.advance(tried as u64 + 1);
    }
    best.ok_or_else(|| AppError::input("penalties", "none were given"))
}

/// The margin of each pair under a fit that has not seen its prompt. Folds run side by side.
fn cross_validate(
    pairs: &Pairs,
    folds: &[usize],
    penalty: Penalty,
    options: &TrainOptions,
    watch: &dyn Watch,
) -> Result<Vec<f64>> {
    stop_if_cancelled(watch)?;
    let fits = std::thread::scope(|scope| {
        let running: Vec<_> = (0..options.folds)
            .map(|fold| {
                scope.spawn(move || {
                    let weights: Vec<f64> =
                        folds.iter().map(|&f| if f == fold { 0.0 } else { 1.0 }).collect();
                    FeatureBradleyTerry::fit(pairs, &weights, penalty, options.max_iterations)
                })
            })
            .collect();
        running
            .into_iter()
            .map(|thread| {
                thread.join().unwrap_or_else(|_| Err(FitError::Shape("a fit panicked".to_owned())))
            })
            .collect::<Result<Vec<_>, FitError>>()
    })?;
    Ok((0..pairs.len()).map(|i| pairs.margin(i, &fits[folds[i]].weights)).collect())
}

/// Margins of "the longer answer is better".
fn longer(labelled: &Labelled) -> Vec<f64> {
    labelled.lengths.differences.iter().map(|difference| f64::from(*difference)).collect()
}

/// The share of pairs with a clear label whose margin has the right sign; a margin of zero is
/// half right.
fn accuracy(labelled: &Labelled, margins: &[f64], source: Option<&str>) -> Option<Proportion> {
    let (mut hits, mut n) = (0.0, 0);
    for (i, (&margin, &target)) in margins.iter().zip(&labelled.pairs.targets).enumerate() {
        if target == 0.5 || source.is_some_and(|source| labelled.sources[i] != source) {
            continue;
        }
        n += 1;
        hits += match margin {
            0.0 => 0.5,
            margin if (margin > 0.0) == (target > 0.5) => 1.0,
            _ => 0.0,
        };
    }
    Proportion::of(hits, n)
}

fn by_source(labelled: &Labelled, margins: &[f64], lengths: &[f64]) -> BTreeMap<String, Value> {
    let mut sources: Vec<&String> = labelled.sources.iter().collect();
    sources.sort_unstable();
    sources.dedup();
    sources
        .into_iter()
        .map(|source| {
            let pairs = labelled.sources.iter().filter(|other| *other == source).count();
            let value = json!({
                "pairs": pairs,
                "accuracy": accuracy(labelled, margins, Some(source)),
                "length_only_accuracy": accuracy(labelled, lengths, Some(source)),
            });
            (source.clone(), value)
        })
        .collect()
}
