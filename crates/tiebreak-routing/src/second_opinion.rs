//! A second opinion on a pair: what a reward head trained on people's votes alone would say.
//!
//! The AI whose label is routed may be a judge that says nothing of how sure it is. A
//! Bradley-Terry head on the pairs' features, fitted on the pilot, is independent of it: where the
//! two differ, the AI is more often wrong.

use tiebreak_stats::{
    FitError, FitOptions as PreferenceOptions, JudgedPairs, PreferenceFit, Progress, Shares,
    cross_validate, grouped_folds,
};

use crate::fitting::{FitOptions, Watching};
use crate::{Pool, RoutingError};

/// Penalties tried.
const PENALTIES: [f64; 5] = [3.0, 1.0, 0.3, 0.1, 0.03];
/// Margins beyond this say no more.
const FARTHEST: f64 = 6.0;

/// A head fitted on the votes of some pairs.
#[derive(Clone, Debug)]
pub(crate) struct SecondOpinion {
    weights: Vec<f64>,
    temperature: f64,
    /// The penalty that cross-validation chose.
    pub(crate) penalty: f64,
}

/// The head, and its held-out log-odds for the pairs that it was fitted on.
pub(crate) type Fitted = (SecondOpinion, Vec<f64>);

impl SecondOpinion {
    /// Fits the votes of `labelled`; `None` without features, or where the votes allow no fit.
    pub(crate) fn fit(
        pool: &Pool,
        labelled: &[usize],
        options: &FitOptions,
        watching: Watching<'_>,
    ) -> Result<Option<Fitted>, RoutingError> {
        if pool.dim == 0 {
            return Ok(None);
        }
        let zeros = vec![0.0_f32; pool.dim];
        let mut pairs = JudgedPairs::new(pool.dim);
        for &i in labelled {
            pairs.push(pool.features_of(i), &zeros, shares(pool, i), 1.0);
        }
        pairs.check()?;
        let prompts: Vec<usize> = labelled.iter().map(|&i| pool.instances[i].prompt).collect();
        let folds = grouped_folds(&prompts, options.folds, options.seed);
        let fit = PreferenceOptions::default();
        let progress =
            Progress { cancel: watching.cancel, fitted: &|| (), threads: options.threads };
        let found = match cross_validate(&pairs, &pairs.shares, &folds, &PENALTIES, fit, progress) {
            Ok(found) => found,
            Err(FitError::NoPairs) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let times = vec![1.0; pairs.len()];
        let options = PreferenceOptions { penalty: found.penalty, ..fit };
        let whole = PreferenceFit::of(&pairs, &times, options, None)?;
        let temperature = found.temperature.value;
        let margins = found.margins.iter().map(|m| m.clamp(-FARTHEST, FARTHEST)).collect();
        let penalty = found.penalty;
        Ok(Some((Self { weights: whole.weights, temperature, penalty }, margins)))
    }

    /// The log-odds that people prefer the first candidate of a pair.
    pub(crate) fn of(&self, pool: &Pool, index: usize) -> f64 {
        let dot: f64 = (pool.features_of(index).iter())
            .zip(&self.weights)
            .map(|(x, w)| f64::from(*x) * w)
            .sum();
        (dot / self.temperature).clamp(-FARTHEST, FARTHEST)
    }
}

/// The shares of people's votes on a pair.
pub(crate) fn shares(pool: &Pool, index: usize) -> Shares {
    let votes = pool.instances[index].votes;
    let share = |count: u32| f64::from(count) / f64::from(votes.total().max(1));
    Shares { first: share(votes.first), tie: share(votes.tie), second: share(votes.second) }
}
