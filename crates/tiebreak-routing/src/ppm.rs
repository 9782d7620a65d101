//! The performance prediction model as a policy (Miranda et al., arXiv 2410.19133, section 3):
//! what a mix of human and AI labels is worth is predicted from how many human labels it has by
//! tag.
//!
//! The model is fitted on mixes of the labelled pairs whose quality was measured: the held-out
//! accuracy of a proxy reward model trained on the mix. Where no encoder reads the pairs, there is
//! no proxy; then the quality of a mix is the expected accuracy of its labels.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use tiebreak_stats::{FitError, Progress, Vote};

use crate::fitting::{FitOptions, Watching};
use crate::mix::{Mix, MixSource, draw_mixes};
use crate::performance::{PerformanceKind, PerformanceModel, Shrinkage};
use crate::proxy::{ProxyPairs, ProxyStudy};
use crate::truth::Truth;
use crate::{Pool, RoutingError};

/// Folds between which a proxy's training and test pairs are dealt.
const PROXY_FOLDS: usize = 3;
/// A small pilot is dealt to folds anew until so many pairs were tested: its measured quality
/// depends much on the deal.
const PROXY_DEALS: usize = 3000;
/// Most deals.
const MOST_DEALS: usize = 5;
/// Tags that a reason names.
const NAMED: usize = 3;

/// How well a performance prediction model fits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredictionFit {
    /// Linear or quadratic.
    pub kind: PerformanceKind,
    /// How its weights were kept small.
    pub shrinkage: Shrinkage,
    /// The penalty chosen; `None` for the minimum norm.
    pub penalty: Option<f64>,
    /// Mixes that it learnt from.
    pub mixes: usize,
    /// What was measured of a mix: `proxy accuracy` or `label accuracy`.
    pub quality: &'static str,
    /// Rank correlation of held-out predictions with measured quality; `None` where one of them
    /// does not vary.
    pub spearman: Option<f64>,
    /// Root mean squared error of held-out predictions.
    pub rmse: f64,
    /// The same of predicting the mean.
    pub rmse_constant: f64,
    /// Whether this one routes: of those fitted, the one of the least error.
    pub routes: bool,
}

impl PredictionFit {
    /// What kind of model it is, in words: `linear, ridge`.
    pub fn name(&self) -> String {
        let kind = match self.kind {
            PerformanceKind::Linear => "linear",
            PerformanceKind::Quadratic => "quadratic",
        };
        match self.shrinkage {
            Shrinkage::Ridge => format!("{kind}, ridge"),
            Shrinkage::MinimumNorm => format!("{kind}, minimum norm"),
        }
    }
}

/// The mean of several fits of one kind, of the folds of an evaluation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeanPredictionFit {
    /// What kind of model it is, in words.
    pub name: String,
    /// Mixes that each learnt from.
    pub mixes: usize,
    /// What was measured of a mix.
    pub quality: &'static str,
    /// Mean rank correlation, over the folds that have one.
    pub spearman: Option<f64>,
    /// Mean root mean squared error of held-out predictions.
    pub rmse: f64,
    /// The same of predicting the mean.
    pub rmse_constant: f64,
    /// In how many folds it routed.
    pub routed: usize,
    /// Folds.
    pub folds: usize,
}

impl MeanPredictionFit {
    /// The mean of the fits of each kind.
    pub(crate) fn of(fits: &[PredictionFit]) -> Vec<Self> {
        let mut names: Vec<String> = Vec::new();
        for fit in fits {
            if !names.contains(&fit.name()) {
                names.push(fit.name());
            }
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        names
            .into_iter()
            .filter_map(|name| {
                let own: Vec<&PredictionFit> =
                    fits.iter().filter(|fit| fit.name() == name).collect();
                let ranks: Vec<f64> = own.iter().filter_map(|fit| fit.spearman).collect();
                let first = own.first()?;
                Some(Self {
                    mixes: first.mixes,
                    quality: first.quality,
                    spearman: (!ranks.is_empty()).then(|| mean(&ranks)),
                    rmse: mean(&own.iter().map(|fit| fit.rmse).collect::<Vec<_>>()),
                    rmse_constant: mean(
                        &own.iter().map(|fit| fit.rmse_constant).collect::<Vec<_>>(),
                    ),
                    routed: own.iter().filter(|fit| fit.routes).count(),
                    folds: own.len(),
                    name,
                })
            })
            .collect()
    }
}

/// A fitted model.
#[derive(Clone, Debug)]
pub(crate) struct Ppm {
    pub(crate) fits: Vec<PredictionFit>,
    model: PerformanceModel,
}

impl Ppm {
    /// Fits on mixes of `labelled`; `None` where nothing can be measured.
    pub(crate) fn fit(
        pool: &Pool,
        labelled: &[usize],
        options: &FitOptions,
        watching: Watching<'_>,
    ) -> Result<Option<Self>, RoutingError> {
        let tags = tags_of(pool, labelled);
        let mixes = draw_mixes(&tags, pool.tags.len(), options.mixes, options.seed);
        let (quality, qualities) = if pool.dim > 0 {
            match proxy_qualities(pool, labelled, &mixes, options, watching) {
                Ok(qualities) => ("proxy accuracy", qualities),
                Err(FitError::NoPairs) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        } else {
            ("label accuracy", mixes.iter().map(|mix| accuracy(pool, labelled, mix)).collect())
        };
        let counts: Vec<Vec<f64>> =
            mixes.iter().map(|mix| mix.counts(&tags, pool.tags.len())).collect();
        let kinds = [
            (PerformanceKind::Linear, Shrinkage::Ridge),
            (PerformanceKind::Linear, Shrinkage::MinimumNorm),
            (PerformanceKind::Quadratic, Shrinkage::Ridge),
            (PerformanceKind::Quadratic, Shrinkage::MinimumNorm),
        ];
        let fit = |n: usize| {
            let (kind, shrinkage) = kinds[n];
            PerformanceModel::of(kind, shrinkage, &counts, &qualities, options.folds, options.seed)
        };
        let models = tiebreak_stats::parallel_map(options.threads, kinds.len(), fit)
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?;
        let best = (0..models.len()).min_by(|&a, &b| models[a].rmse.total_cmp(&models[b].rmse));
        let Some(best) = best else { return Ok(None) };
        let fits = models
            .iter()
            .enumerate()
            .map(|(n, model)| PredictionFit {
                kind: model.kind,
                shrinkage: model.shrinkage,
                penalty: model.fit.penalty,
                mixes: model.mixes,
                quality,
                spearman: model.spearman,
                rmse: model.rmse,
                rmse_constant: model.constant_rmse,
                routes: n == best,
            })
            .collect();
        let model = models.into_iter().nth(best);
        Ok(model.map(|model| Self { fits, model }))
    }

    /// What a human label of one pair adds to the predicted quality.
    pub(crate) fn gain(&self, pool: &Pool, index: usize) -> f64 {
        self.model.gain(&pool.instances[index].tags, pool.instances.len())
    }

    /// What human labels of all pairs with a tag would add, per share of the study.
    pub(crate) fn tag_gains(&self) -> Vec<(usize, f64)> {
        self.model.coefficients().iter().copied().enumerate().collect()
    }

    /// The tags of a pair that speak most for a human label, or against it.
    pub(crate) fn reason(&self, pool: &Pool, index: usize) -> String {
        let coefficients = self.model.coefficients();
        let sign = self.gain(pool, index).signum();
        let mut tags: Vec<(f64, usize)> = pool.instances[index]
            .tags
            .iter()
            .map(|tag| usize::from(*tag))
            .filter_map(|tag| Some((sign * coefficients.get(tag)?, tag)))
            .filter(|(part, _)| *part > 0.0)
            .collect();
        tags.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let named: Vec<&str> =
            tags.iter().take(NAMED).map(|(_, tag)| pool.phrases[*tag].as_str()).collect();
        match (named.is_empty(), sign > 0.0) {
            (true, _) => "no tag of it is known to matter".to_owned(),
            (false, true) => {
                format!("mixes with people's labels on such pairs do better: {}", named.join("; "))
            }
            (false, false) => {
                format!(
                    "mixes with people's labels on such pairs do no better: {}",
                    named.join("; ")
                )
            }
        }
    }

    /// The best predicted of many mixes of open pairs at a budget.
    pub(crate) fn simulated(
        &self,
        pool: &Pool,
        open: &[usize],
        budget: usize,
        options: &FitOptions,
    ) -> Vec<bool> {
        let tags = tags_of(pool, open);
        let found = self.model.simulate(&tags, Some(budget), options.candidates, options.seed);
        let mut human = found.map_or_else(|| vec![false; open.len()], |found| found.mix.human);
        // A pair without a tag is in no mix; the budget is spent all the same.
        let mut left = budget.saturating_sub(human.iter().filter(|human| **human).count());
        for human in human.iter_mut().filter(|human| !**human) {
            if left == 0 {
                break;
            }
            *human = true;
            left -= 1;
        }
        human
    }

    /// The best predicted of many mixes of open pairs at any budget up to this one, all-AI among
    /// them.
    pub(crate) fn unlimited(
        &self,
        pool: &Pool,
        open: &[usize],
        budget: usize,
        options: &FitOptions,
    ) -> Vec<bool> {
        let tags = tags_of(pool, open);
        let source = MixSource::of(&tags, pool.tags.len());
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        let predict = |mix: &Mix| self.model.predict(&mix.counts(&tags, pool.tags.len()));
        let mut best = Mix::all_ai(open.len());
        let mut most = predict(&best);
        for number in 0..options.candidates as u64 {
            let mix = source.draw(Some(rng.random_range(0..=budget)), options.seed, number);
            let predicted = predict(&mix);
            if predicted > most {
                (best, most) = (mix, predicted);
            }
        }
        best.human
    }
}

fn tags_of(pool: &Pool, indices: &[usize]) -> Vec<Vec<u16>> {
    indices.iter().map(|&i| pool.instances[i].tags.clone()).collect()
}

fn proxy_qualities(
    pool: &Pool,
    labelled: &[usize],
    mixes: &[Mix],
    options: &FitOptions,
    watching: Watching<'_>,
) -> Result<Vec<f64>, FitError> {
    let mut pairs = ProxyPairs { dim: pool.dim, ..ProxyPairs::default() };
    for &i in labelled {
        let instance = &pool.instances[i];
        pairs.differences.extend_from_slice(pool.features_of(i));
        pairs.human.push(instance.votes.mean());
        pairs.ai.push(match instance.ai {
            Vote::First => 1.0,
            Vote::Tie => 0.0,
            Vote::Second => -1.0,
        });
        pairs.truth.push(Truth::settled(instance.votes).map(|truth| truth == Vote::First));
        pairs.groups.push(instance.prompt);
    }
    let progress = Progress { cancel: watching.cancel, fitted: &|| (), threads: options.threads };
    let deals = PROXY_DEALS.div_ceil(labelled.len().max(1)).clamp(1, MOST_DEALS);
    let mut sums = vec![0.0; mixes.len()];
    for deal in 0..deals {
        let seed = options.seed.wrapping_add(deal as u64);
        let study = ProxyStudy::new(pairs.clone(), PROXY_FOLDS, seed, progress)?;
        let qualities = study.qualities(mixes, progress)?;
        sums.iter_mut().zip(qualities).for_each(|(sum, quality)| *sum += quality);
    }
    Ok(sums.into_iter().map(|sum| sum / deals as f64).collect())
}

/// The expected accuracy of the labels of a mix.
fn accuracy(pool: &Pool, labelled: &[usize], mix: &Mix) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for (&i, human) in labelled.iter().zip(&mix.human) {
        let Some(correct) = Truth::Majority.correct(&pool.instances[i]) else { continue };
        sum += if *human { correct.human } else { correct.ai };
        n += 1.0;
    }
    if n > 0.0 { sum / n } else { 0.0 }
}
