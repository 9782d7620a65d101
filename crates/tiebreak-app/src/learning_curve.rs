//! How accuracy on prompts not seen grows with the number of labels.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use tiebreak_core::Scorer;
use tiebreak_stats::{
    Case, FitError, FitOptions, JudgedPairs, PreferenceFit, Progress, clustered_mean,
    cross_validate, grouped_folds, hit,
};

use crate::error::Result;
use crate::quality::interval_view;
use crate::train::Collected;
use crate::view::IntervalView;
use crate::{AppError, Study, TrainOptions, Watch};

/// Repetitions, each with folds and samples of its own.
const SEEDS: u64 = 5;
/// Folds inside a training sample, for the penalty.
const INNER_FOLDS: usize = 3;
/// The penalty where a sample is too small to choose one.
const CAUTIOUS: f64 = 3.0;

/// A learning curve.
#[derive(Clone, Debug, Serialize)]
pub struct LearningCurve {
    /// `text`, `image` or `music`.
    pub modality: String,
    /// `overall`, or the id of an aspect.
    pub objective: String,
    /// What the head sees.
    pub features: String,
    /// Labelled pairs in all.
    pub pairs: u32,
    /// Their judgments.
    pub labels: u32,
    /// Their prompts.
    pub prompts: u32,
    /// Folds; each holds out whole prompts.
    pub folds: u32,
    /// Repetitions with other folds and samples.
    pub seeds: u32,
    /// From few labels to all.
    pub points: Vec<CurvePoint>,
    /// Sizes that were asked for, but are more labels than a fold leaves.
    pub too_large: Vec<u64>,
}

/// Accuracy after so many labels.
#[derive(Clone, Debug, Serialize)]
pub struct CurvePoint {
    /// The size asked for; `None`: all that a fold leaves.
    pub size: Option<u64>,
    /// Judgments that were trained on, the mean over folds and repetitions.
    pub labels: f64,
    /// Pairs that were trained on, the mean.
    pub pairs: f64,
    /// Accuracy on held-out prompts, the mean over repetitions, with its interval over prompts.
    pub accuracy: IntervalView,
    /// Standard deviation of the accuracy over repetitions: what the choice of labels and folds
    /// makes.
    pub deviation: f64,
}

/// What one size has come to.
#[derive(Default)]
struct Sum {
    labels: u64,
    pairs: usize,
    fits: u32,
    /// By pair, over the repetitions.
    hits: Vec<f64>,
    /// By repetition.
    accuracies: Vec<f64>,
}

impl Study {
    /// Measures how accuracy grows with labels: in each fold the same prompts are held out for
    /// every size, and the items that are trained on are a random sample of the others, each
    /// larger one with the smaller ones in it. The penalty is chosen within the sample. Sizes
    /// count judgments, not pairs; a sample ends with the item that reaches its size.
    ///
    /// # Errors
    /// As [`Study::train`].
    pub fn learning_curve(
        &self,
        encoder: &dyn Scorer,
        sizes: &[u64],
        options: &TrainOptions,
        watch: &dyn Watch,
    ) -> Result<LearningCurve> {
        options.check()?;
        let modality = encoder.identity().modality;
        let collected = self.collect(encoder, options, watch)?;
        let labels = &collected.labels;
        let all: u64 = labels.judgments.iter().sum();
        // What the smallest training part holds, nearly.
        let most = all - all / options.folds as u64;
        let mut sizes: Vec<u64> = sizes.iter().copied().filter(|size| *size > 0).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let too_large: Vec<u64> = sizes.iter().copied().filter(|size| *size >= most).collect();
        let sizes: Vec<Option<u64>> =
            sizes.into_iter().filter(|size| *size < most).map(Some).chain([None]).collect();
        let rounds = SEEDS * (options.folds * sizes.len()) as u64;
        watch.stage("Learning curve", Some(rounds));
        let mut sums: Vec<Sum> =
            sizes.iter().map(|_| Sum { hits: vec![0.0; labels.len()], ..Sum::default() }).collect();
        let mut done = 0;
        for round in 0..SEEDS {
            let seed = options.seed.wrapping_add(round);
            let folds = grouped_folds(&labels.prompts, options.folds, seed);
            let mut right = vec![(0.0, 0.0); sizes.len()];
            for fold in 0..options.folds {
                let order = shuffled_items(&collected, &folds, fold, seed);
                for (place, size) in sizes.iter().enumerate() {
                    let sample = sample(&collected, &order, *size);
                    let fit = fit_sample(&collected, &sample, options, seed, watch)?;
                    let sum = &mut sums[place];
                    sum.fits += 1;
                    sum.pairs += sample.iter().filter(|taken| **taken).count();
                    sum.labels += judgments(&collected, &sample);
                    for i in (0..labels.len()).filter(|&i| folds[i] == fold) {
                        let margin = collected.pairs.margin(i, &fit.weights);
                        if let Some(hit) = hit(margin, labels.shares[i]) {
                            sum.hits[i] += hit;
                            right[place].0 += labels.weights[i] * hit;
                            right[place].1 += labels.weights[i];
                        }
                    }
                    done += 1;
                    watch.advance(done);
                }
            }
            for (sum, (right, total)) in sums.iter_mut().zip(right) {
                sum.accuracies.push(right / total);
            }
        }
        let points = sizes
            .iter()
            .zip(&sums)
            .map(|(size, sum)| point(*size, sum, &collected, options.seed))
            .collect::<Option<Vec<_>>>()
            .ok_or(AppError::NoPreferences)?;
        Ok(LearningCurve {
            modality: modality.as_str().to_owned(),
            objective: options.objective.clone(),
            features: options.features_of(modality).describe().to_owned(),
            pairs: labels.len() as u32,
            labels: all as u32,
            prompts: labels.prompt_count() as u32,
            folds: options.folds as u32,
            seeds: SEEDS as u32,
            points,
            too_large,
        })
    }
}

/// The items of all prompts but the fold's, in random order.
fn shuffled_items(collected: &Collected, folds: &[usize], fold: usize, seed: u64) -> Vec<usize> {
    let mut items: Vec<usize> = (0..collected.labels.len())
        .filter(|&i| folds[i] != fold)
        .map(|i| collected.labels.items[i])
        .collect();
    items.dedup();
    items
        .shuffle(&mut ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1000).wrapping_add(fold as u64)));
    items
}

/// Which pairs are trained on: those of the first items that hold so many judgments.
fn sample(collected: &Collected, order: &[usize], size: Option<u64>) -> Vec<bool> {
    let labels = &collected.labels;
    let mut taken = vec![false; labels.judgments.len()];
    let mut sum = 0;
    for &item in order {
        if size.is_some_and(|size| sum >= size) {
            break;
        }
        taken[item] = true;
        sum += labels.judgments[item];
    }
    labels.items.iter().map(|&item| taken[item]).collect()
}

/// Judgments behind the pairs of a sample.
fn judgments(collected: &Collected, sample: &[bool]) -> u64 {
    let labels = &collected.labels;
    let mut items: Vec<usize> =
        (0..sample.len()).filter(|&i| sample[i]).map(|i| labels.items[i]).collect();
    items.dedup();
    items.into_iter().map(|item| labels.judgments[item]).sum()
}

/// Fits a sample with the penalty that it chooses by itself.
fn fit_sample(
    collected: &Collected,
    sample: &[bool],
    options: &TrainOptions,
    seed: u64,
    watch: &dyn Watch,
) -> Result<PreferenceFit> {
    let Collected { labels, pairs } = collected;
    let mut part = JudgedPairs::new(pairs.dim);
    part.penalty_factors.clone_from(&pairs.penalty_factors);
    let (mut prompts, mut answered) = (Vec::new(), Vec::new());
    for i in (0..sample.len()).filter(|&i| sample[i]) {
        part.differences.extend_from_slice(pairs.row(i));
        part.shares.push(pairs.shares[i]);
        part.weights.push(pairs.weights[i]);
        prompts.push(labels.prompts[i]);
        answered.push(labels.shares[i]);
    }
    let progress = Progress { cancel: watch.cancel(), fitted: &|| (), threads: options.threads };
    let folds = grouped_folds(&prompts, INNER_FOLDS, seed);
    let penalty =
        match cross_validate(&part, &answered, &folds, &options.penalties, options.fit(), progress)
        {
            Ok(found) => found.penalty,
            // All pairs of one prompt, or of ties: nothing to choose by.
            Err(FitError::NoPairs) => CAUTIOUS,
            Err(FitError::Cancelled) => return Err(AppError::Cancelled),
            Err(error) => return Err(error.into()),
        };
    let chosen = FitOptions { penalty, ..options.fit() };
    Ok(PreferenceFit::of(&part, &vec![1.0; part.len()], chosen, None)?)
}

fn point(size: Option<u64>, sum: &Sum, collected: &Collected, seed: u64) -> Option<CurvePoint> {
    let labels = &collected.labels;
    let cases: Vec<Case> = (0..labels.len())
        .filter(|&i| labels.shares[i].majority().is_some())
        .map(|i| Case {
            group: labels.prompts[i],
            value: sum.hits[i] / SEEDS as f64,
            weight: labels.weights[i],
        })
        .collect();
    let n = sum.accuracies.len() as f64;
    let mean = sum.accuracies.iter().sum::<f64>() / n;
    let squares: f64 = sum.accuracies.iter().map(|share| (share - mean).powi(2)).sum();
    Some(CurvePoint {
        size,
        labels: sum.labels as f64 / f64::from(sum.fits),
        pairs: sum.pairs as f64 / f64::from(sum.fits),
        accuracy: interval_view(clustered_mean(&cases, seed)?),
        deviation: (squares / (n - 1.0)).sqrt(),
    })
}
