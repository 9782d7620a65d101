//! How many answers it takes to know a new annotator: the accuracy on someone's other answers
//! after their first m, with the population as prior.
//!
//! Annotators are held out in folds. The population's weights come from the others; each held-out
//! annotator's items are shuffled, the first answers are given to the model and all that come
//! after the largest m are predicted, the same for every m, so that points differ by m alone.
//! m = 0 is what the population says of everybody. Intervals are of a bootstrap over annotators.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::annotator_weights::{AnnotatorWeights, WeightsOptions};
use super::choices::AnnotatedChoices;
use crate::accuracy::accuracy;
use crate::bootstrap::Interval;
use crate::cross_validation::Progress;
use crate::fit_error::FitError;
use crate::folds::grouped_folds;
use crate::log_loss::log_loss;
use crate::newton::Rows;
use crate::parallel;
use crate::shares::Shares;

/// One number of answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FewShotPoint {
    /// Answers of the new annotator that the model was given.
    pub answers: usize,
    /// Accuracy on their answers held out; `None` if all of these are ties.
    pub accuracy: Option<Interval>,
    /// Log loss on the same, nats; 0.693 is chance.
    pub log_loss: Option<f64>,
}

/// The learning curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FewShotCurve {
    /// From the fewest answers.
    pub points: Vec<FewShotPoint>,
    /// Annotators who gave enough answers to be measured on.
    pub annotators: usize,
    /// Answers that were predicted, ties among them.
    pub predicted: usize,
    /// Populations fitted, one a fold.
    pub fits: usize,
    /// Those that converged.
    pub converged: usize,
}

/// What one fold finds: margins by number of answers, and whose they are.
struct Found {
    margins: Vec<Vec<f64>>,
    rows: Vec<usize>,
    converged: bool,
}

/// The curve over numbers of answers `shots`; annotators with no more answers than the largest are
/// fitted, but not measured on.
///
/// # Errors
/// As [`AnnotatorWeights::of`]; [`FitError::NoRows`] if no annotator gave enough answers, or there
/// is only one; [`FitError::Cancelled`].
pub fn few_shot_curve(
    choices: &AnnotatedChoices,
    shots: &[usize],
    folds: usize,
    options: WeightsOptions,
    seed: u64,
    progress: Progress<'_>,
) -> Result<FewShotCurve, FitError> {
    choices.check()?;
    let mut shots = shots.to_vec();
    shots.sort_unstable();
    shots.dedup();
    let folds = folds.max(2);
    let fold_of = grouped_folds(&choices.annotators, folds, seed);
    let found = parallel::map(progress.threads, folds, |fold| {
        if progress.cancel.is_cancelled() {
            return Err(FitError::Cancelled);
        }
        let used: Vec<usize> = (0..choices.len()).filter(|&i| fold_of[i] != fold).collect();
        if used.is_empty() || used.len() == choices.len() {
            return Ok(None);
        }
        let weights = AnnotatorWeights::of_rows(choices, &used, options)?;
        let found = predict(choices, &weights, &shots, &|i| fold_of[i] == fold, seed);
        (progress.fitted)();
        Ok(Some(found))
    })
    .into_iter()
    .collect::<Result<Vec<_>, _>>()?;
    let found: Vec<Found> = found.into_iter().flatten().collect();
    let rows: Vec<usize> = found.iter().flat_map(|fold| fold.rows.iter().copied()).collect();
    if rows.is_empty() {
        return Err(FitError::NoRows);
    }
    let shares: Vec<Shares> = rows.iter().map(|&i| Shares::from(choices.votes[i])).collect();
    let mut who: Vec<usize> = rows.iter().map(|&i| choices.annotators[i]).collect();
    let points = shots.iter().enumerate().map(|(place, &answers)| {
        let margins: Vec<f64> =
            found.iter().flat_map(|fold| fold.margins[place].iter().copied()).collect();
        let weights = vec![1.0; rows.len()];
        FewShotPoint {
            answers,
            accuracy: accuracy(&margins, &shares, &weights, &who, seed, |_| true),
            log_loss: log_loss(&margins, &shares),
        }
    });
    let points = points.collect();
    who.sort_unstable();
    who.dedup();
    Ok(FewShotCurve {
        points,
        annotators: who.len(),
        predicted: rows.len(),
        fits: found.len(),
        converged: found.iter().filter(|fold| fold.converged).count(),
    })
}

fn predict(
    choices: &AnnotatedChoices,
    weights: &AnnotatorWeights,
    shots: &[usize],
    held_out: &dyn Fn(usize) -> bool,
    seed: u64,
) -> Found {
    let compared = choices.compared.scaled(weights.scales());
    let targets = choices.targets();
    let most = shots.last().copied().unwrap_or(0);
    let mut found = Found {
        margins: vec![Vec::new(); shots.len()],
        rows: Vec::new(),
        converged: weights.converged,
    };
    for (annotator, mut rows) in choices.rows_by_annotator().into_iter().enumerate() {
        rows.retain(|&i| held_out(i));
        let (given, asked) = split(choices, rows, most, seed.wrapping_add(annotator as u64));
        if asked.is_empty() {
            continue;
        }
        for (place, &answers) in shots.iter().enumerate() {
            let used = &given[..answers.min(given.len())];
            let one = weights.posterior_of(&Rows { compared: &compared, targets: &targets, used });
            found.margins[place].extend(asked.iter().map(|&i| one.margin(&choices.compared, i)));
        }
        found.rows.extend(asked);
    }
    found
}

/// Rows of whole items, at random, until there are `most`; and the rest.
fn split(
    choices: &AnnotatedChoices,
    rows: Vec<usize>,
    most: usize,
    seed: u64,
) -> (Vec<usize>, Vec<usize>) {
    let mut items: Vec<usize> = rows.iter().map(|&i| choices.item(i)).collect();
    items.sort_unstable();
    items.dedup();
    items.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let mut place = std::collections::HashMap::new();
    items.iter().enumerate().for_each(|(k, item)| {
        place.insert(*item, k);
    });
    let mut rows = rows;
    rows.sort_by_key(|&i| place[&choices.item(i)]);
    let mut cut = most.min(rows.len());
    while cut > 0 && cut < rows.len() && choices.item(rows[cut]) == choices.item(rows[cut - 1]) {
        cut += 1;
    }
    let asked = rows.split_off(cut);
    (rows, asked)
}
