//! The proxy reward model: how good a reward model becomes that is trained on a mix of human and
//! AI labels, measured on people's majorities.
//!
//! The paper trains a reward model of 13 billion parameters for each mix. Here the reward model is
//! a linear head on features that stay as they are, and it is solved by regularised least squares
//! ([`tiebreak_stats::RidgeHead`]): what is costly depends on the features alone and is done once,
//! so that a mix costs a few sums over the features and hundreds of mixes take seconds. It is as
//! accurate as the head that `train` fits by likelihood (within a few points; tested), and only
//! differences between mixes matter here, not the head itself.
//!
//! Small pilots are not wasted: instances are dealt to folds by prompt, and each fold is tested
//! with the head trained on the others' labels by this mix. Quality is the share of the clear
//! majorities, all folds together, that the heads get right, a margin of exactly 0 counting half.
//! The penalty is chosen once, by the squared error of all-human heads on held-out human labels;
//! it is the same for every mix, so that it favours none for its labels.

use tiebreak_stats::{
    FitError, JudgedPairs, PairGram, Progress, RidgeHead, Shares, grouped_folds, parallel_map,
};

use crate::mix::Mix;

/// Penalties to choose from, on standardised weights.
const PENALTIES: [f64; 8] = [10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003];

/// The labelled pairs that proxies are trained and tested on; every field has an entry for each
/// of the n pairs.
#[derive(Clone, Debug, Default)]
pub struct ProxyPairs {
    /// Number of features.
    pub dim: usize,
    /// Features of the first candidate less those of the second, by rows, `[n * dim]`.
    pub differences: Vec<f32>,
    /// The human label: the mean of the votes from -1, all for the second, to 1.
    pub human: Vec<f64>,
    /// The AI's label, -1 to 1.
    pub ai: Vec<f64>,
    /// Whether people's majority prefers the first; `None` where it is a tie.
    pub truth: Vec<Option<bool>>,
    /// The prompt, numbered from 0; pairs of one prompt are never both trained and tested on.
    pub groups: Vec<usize>,
}

impl ProxyPairs {
    fn judged(self) -> Result<(JudgedPairs, Labels), FitError> {
        let Self { dim, differences, human, ai, truth, groups } = self;
        let n = human.len();
        if [ai.len(), truth.len(), groups.len()] != [n; 3] {
            return Err(FitError::Shape("labels, truths and groups differ in number".to_owned()));
        }
        let shares = human
            .iter()
            .map(|y| Shares { first: f64::midpoint(1.0, *y), tie: 0.0, second: (1.0 - y) / 2.0 })
            .collect();
        let pairs =
            JudgedPairs { dim, differences, shares, weights: vec![1.0; n], ..Default::default() };
        pairs.check()?;
        if let Some(i) = ai.iter().position(|y| !y.is_finite()) {
            return Err(FitError::NotFinite(i));
        }
        Ok((pairs, Labels { human, ai, truth, groups }))
    }
}

struct Labels {
    human: Vec<f64>,
    ai: Vec<f64>,
    truth: Vec<Option<bool>>,
    groups: Vec<usize>,
}

/// How one penalty did on all-human labels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProxyTried {
    /// The penalty.
    pub penalty: f64,
    /// Mean squared error of held-out labels, which are -1 to 1.
    pub squared_error: f64,
}

/// Features factorised for every fold, ready for the labels of any mix.
pub struct ProxyStudy {
    pairs: JudgedPairs,
    human: Vec<f64>,
    ai: Vec<f64>,
    truth: Vec<Option<bool>>,
    folds: Vec<Fold>,
    penalty: f64,
    tried: Vec<ProxyTried>,
}

struct Fold {
    members: Vec<usize>,
    /// Trained on the other folds.
    head: RidgeHead,
    /// sum_i ai_i x_i over the members.
    by_ai: Vec<f64>,
}

impl ProxyStudy {
    /// Deals pairs to folds by prompt, chooses the penalty and factorises. The working memory is
    /// that of the features and, for each fold and thread, some 16 bytes times the square of the
    /// number of features. `progress.fitted` is called for each penalty.
    ///
    /// # Errors
    /// [`FitError::NoPairs`] with fewer than two prompts or without a clear majority;
    /// [`FitError::Shape`], [`FitError::NotFinite`], [`FitError::NotDecomposed`],
    /// [`FitError::Cancelled`].
    pub fn new(
        pairs: ProxyPairs,
        folds: usize,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Self, FitError> {
        let (pairs, Labels { human, ai, truth, groups }) = pairs.judged()?;
        let fold_of = grouped_folds(&groups, folds.max(2), seed);
        let members: Vec<Vec<usize>> = (0..folds.max(2))
            .map(|fold| (0..pairs.len()).filter(|&i| fold_of[i] == fold).collect::<Vec<_>>())
            .filter(|members| !members.is_empty())
            .collect();
        if members.len() < 2 || truth.iter().all(Option::is_none) {
            return Err(FitError::NoPairs);
        }
        let own = parallel_map(progress.threads, members.len(), |fold| {
            (!progress.cancel.is_cancelled()).then(|| PairGram::of(&pairs, &members[fold]))
        });
        let own: Vec<PairGram> =
            own.into_iter().collect::<Option<_>>().ok_or(FitError::Cancelled)?;
        let sums = |labels: &[f64]| -> Vec<Vec<f64>> {
            members
                .iter()
                .map(|members| {
                    let mut sum = vec![0.0; pairs.dim];
                    members.iter().for_each(|&i| pairs.add_to(&mut sum, i, labels[i]));
                    sum
                })
                .collect()
        };
        let by_human = sums(&human);
        let head = |fold: usize, penalty: f64| {
            let others = (0..members.len()).filter(|&other| other != fold).map(|o| &own[o]);
            RidgeHead::of(&PairGram::sum(others).ok_or(FitError::NoPairs)?, penalty)
        };
        let tried = parallel_map(progress.threads, PENALTIES.len(), |p| {
            let mut error = 0.0;
            for (fold, members) in members.iter().enumerate() {
                if progress.cancel.is_cancelled() {
                    return Err(FitError::Cancelled);
                }
                let weights = head(fold, PENALTIES[p])?.weights(&of_others(&by_human, fold));
                for &i in members {
                    error += (pairs.margin(i, &weights) - human[i]).powi(2);
                }
            }
            (progress.fitted)();
            let squared_error = error / pairs.len() as f64;
            Ok(ProxyTried { penalty: PENALTIES[p], squared_error })
        })
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
        // Of equals the larger penalty, which comes first.
        let best = tried.iter().min_by(|a, b| a.squared_error.total_cmp(&b.squared_error));
        let penalty = best.map(|best| best.penalty).ok_or(FitError::NoPenalties)?;
        let heads = parallel_map(progress.threads, members.len(), |fold| head(fold, penalty))
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?;
        let folds = members
            .iter()
            .zip(heads)
            .zip(sums(&ai))
            .map(|((members, head), by_ai)| Fold { members: members.clone(), head, by_ai })
            .collect();
        Ok(Self { pairs, human, ai, truth, folds, penalty, tried })
    }

    /// The penalty chosen.
    pub fn penalty(&self) -> f64 {
        self.penalty
    }

    /// Every penalty tried, from the largest to the smallest.
    pub fn tried(&self) -> &[ProxyTried] {
        &self.tried
    }

    /// Clear majorities that quality is measured on.
    pub fn measured(&self) -> usize {
        self.truth.iter().flatten().count()
    }

    /// The quality of a mix of these pairs, in their order, 0 to 1; pairs that the mix does not
    /// mention have the AI's label.
    pub fn quality(&self, mix: &Mix) -> f64 {
        let sums: Vec<Vec<f64>> = self.folds.iter().map(|fold| self.products(fold, mix)).collect();
        let mut hits = 0.0;
        for (place, fold) in self.folds.iter().enumerate() {
            let weights = fold.head.weights(&of_others(&sums, place));
            for &i in &fold.members {
                let Some(first) = self.truth[i] else { continue };
                let margin = self.pairs.margin(i, &weights);
                hits +=
                    if margin == 0.0 { 0.5 } else { f64::from(u8::from((margin > 0.0) == first)) };
            }
        }
        hits / self.measured() as f64
    }

    /// The quality of each mix. `progress.fitted` is called for each; the result does not depend
    /// on the number of threads.
    ///
    /// # Errors
    /// [`FitError::Cancelled`].
    pub fn qualities(&self, mixes: &[Mix], progress: Progress<'_>) -> Result<Vec<f64>, FitError> {
        parallel_map(progress.threads, mixes.len(), |m| {
            if progress.cancel.is_cancelled() {
                return Err(FitError::Cancelled);
            }
            let quality = self.quality(&mixes[m]);
            (progress.fitted)();
            Ok(quality)
        })
        .into_iter()
        .collect()
    }

    /// sum_i y_i x_i over the members of a fold, y by the mix: the AI's sum, and what changes where
    /// people say something else.
    fn products(&self, fold: &Fold, mix: &Mix) -> Vec<f64> {
        let mut products = fold.by_ai.clone();
        for &i in &fold.members {
            let change = self.human[i] - self.ai[i];
            if change != 0.0 && mix.human.get(i).is_some_and(|human| *human) {
                self.pairs.add_to(&mut products, i, change);
            }
        }
        products
    }
}

/// The sum of every fold's products but one's.
fn of_others(products: &[Vec<f64>], fold: usize) -> Vec<f64> {
    let mut sum = vec![0.0; products[fold].len()];
    for (_, products) in products.iter().enumerate().filter(|(place, _)| *place != fold) {
        sum.iter_mut().zip(products).for_each(|(sum, x)| *sum += x);
    }
    sum
}

#[cfg(test)]
mod tests;
