//! How many groups of annotators there are: the number whose mixture predicts best what it has
//! not seen.
//!
//! Two things are held out in turn. Answers of annotators that the fit knows by their other
//! answers, ln sum_g r_ag P_g(answer), choose the number (P. Smyth, "Model selection for
//! probabilistic clustering using cross-validated likelihood", Statistics and Computing 10, 2000);
//! whole annotators, ln sum_g share_g prod P_g(answers), are reported beside it. Of the numbers
//! whose likelihood is within one standard error of the best one's the smallest is chosen (L.
//! Breiman, J. H. Friedman, R. A. Olshen and C. J. Stone, "Classification and regression trees",
//! 1984, section 3.4.3); the error is that of the difference to the best, with annotators as
//! clusters.

use serde::{Deserialize, Serialize};

use super::annotators::Annotators;
use super::choices::AnnotatedChoices;
use super::mixture::{Mixture, MixtureOptions, Run};
use super::mixture_state::normalise;
use crate::compared::Compared;
use crate::cross_validation::Progress;
use crate::fit_error::FitError;
use crate::folds::grouped_folds;
use crate::logistic::softplus;
use crate::parallel;

/// How to choose.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelectionOptions {
    /// Most groups to try, at least 1.
    pub most: usize,
    /// Folds, at least 2.
    pub folds: usize,
    /// How each mixture is fitted; its seed deals the folds too.
    pub mixture: MixtureOptions,
    /// Runs of EM in each fold.
    pub fold_restarts: usize,
    /// When a run in a fold has converged, nats an answer.
    pub fold_tolerance: f64,
}

impl Default for SelectionOptions {
    fn default() -> Self {
        Self {
            most: 4,
            folds: 5,
            mixture: MixtureOptions::default(),
            fold_restarts: 3,
            fold_tolerance: 1e-5,
        }
    }
}

/// The likelihood of what was held out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HeldOutLikelihood {
    /// Mean log-likelihood of an answer, nats; -0.693 is chance.
    pub value: f64,
    /// How much less it is than the largest of all numbers of groups.
    pub behind: f64,
    /// The standard error of that difference, with annotators as clusters; absent with a single
    /// annotator.
    pub error: Option<f64>,
}

/// How one number of groups did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupsTried {
    /// The number of groups.
    pub groups: usize,
    /// On answers held out within annotators.
    pub answers: HeldOutLikelihood,
    /// On annotators held out whole; absent with a single one.
    pub annotators: Option<HeldOutLikelihood>,
    /// Fits that converged, of those in all folds.
    pub converged: usize,
    /// Fits in all folds.
    pub fits: usize,
}

/// The number of groups chosen, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupChoice {
    /// The number with the largest likelihood of answers held out.
    pub best: usize,
    /// The smallest number within one standard error of it.
    pub chosen: usize,
    /// Every number tried, from 1.
    pub tried: Vec<GroupsTried>,
    /// The mixture of the number chosen, on all answers.
    pub mixture: Mixture,
}

/// One fit: a number of groups, and what is left out.
struct Fold {
    groups: usize,
    used: Vec<usize>,
    left_out: Vec<usize>,
    by_annotator: bool,
}

/// What a fit says of the rows left out: log-likelihoods by annotator.
struct Predicted {
    logs: Vec<(usize, f64)>,
    converged: bool,
}

/// Tries 1 to `options.most` groups and fits the number chosen on all answers. `progress.fitted`
/// is called once a fold and number, `2 * folds * most` times at most.
///
/// # Errors
/// As [`Mixture::of`]; [`FitError::NoRows`] if there is nothing to hold out (a single answer);
/// [`FitError::Cancelled`].
pub fn choose_groups(
    choices: &AnnotatedChoices,
    options: SelectionOptions,
    progress: Progress<'_>,
) -> Result<GroupChoice, FitError> {
    choices.check()?;
    let most = options.most.max(1);
    let work = work(choices, most, options);
    let scaled = choices.compared.scaled(&choices.compared.scales());
    let targets = choices.targets();
    let done = parallel::map(progress.threads, work.len(), |k| {
        if progress.cancel.is_cancelled() {
            return Err(FitError::Cancelled);
        }
        let predicted = predict(&scaled, &targets, choices, &work[k], options);
        (progress.fitted)();
        Ok(predicted)
    })
    .into_iter()
    .collect::<Result<Vec<_>, _>>()?;
    let sums = |groups: usize, by_annotator: bool| {
        let mut sums = vec![0.0; choices.annotator_count()];
        for (fold, predicted) in work.iter().zip(&done) {
            if (fold.groups, fold.by_annotator) == (groups, by_annotator) {
                predicted.logs.iter().for_each(|(annotator, log)| sums[*annotator] += log);
            }
        }
        sums
    };
    let by_annotator = choices.rows_by_annotator();
    let counts: Vec<f64> = by_annotator.iter().map(|rows| rows.len() as f64).collect();
    let all = |whole: bool| -> Option<Vec<HeldOutLikelihood>> {
        let any = work.iter().any(|fold| fold.by_annotator == whole);
        any.then(|| {
            compare(&(1..=most).map(|groups| sums(groups, whole)).collect::<Vec<_>>(), &counts)
        })
    };
    let answers = all(false).ok_or(FitError::NoRows)?;
    let annotators = all(true);
    let best = (0..most).find(|&k| answers[k].behind <= 0.0).unwrap_or(0);
    let near = |found: &HeldOutLikelihood| found.behind <= found.error.unwrap_or(0.0);
    let chosen = (0..=best).find(|&k| near(&answers[k])).unwrap_or(best);
    let tried = (0..most).map(|k| {
        let fits = || work.iter().zip(&done).filter(|(fold, _)| fold.groups == k + 1);
        GroupsTried {
            groups: k + 1,
            answers: answers[k],
            annotators: annotators.as_ref().map(|found| found[k]),
            converged: fits().filter(|(_, predicted)| predicted.converged).count(),
            fits: fits().count(),
        }
    });
    Ok(GroupChoice {
        best: best + 1,
        chosen: chosen + 1,
        tried: tried.collect(),
        mixture: Mixture::of(choices, chosen + 1, options.mixture)?,
    })
}

fn work(choices: &AnnotatedChoices, most: usize, options: SelectionOptions) -> Vec<Fold> {
    let (folds, seed) = (options.folds.max(2), options.mixture.seed);
    let within = choices.folds_within_annotators(folds, seed);
    let whole = grouped_folds(&choices.annotators, folds, seed);
    let mut work = Vec::new();
    for (fold_of, by_annotator) in [(within, false), (whole, true)] {
        for fold in 0..folds {
            let (left_out, used): (Vec<usize>, Vec<usize>) =
                (0..choices.len()).partition(|&i| fold_of[i] == fold);
            if !left_out.is_empty() && !used.is_empty() {
                work.extend((1..=most).map(|groups| Fold {
                    groups,
                    used: used.clone(),
                    left_out: left_out.clone(),
                    by_annotator,
                }));
            }
        }
    }
    work
}

fn predict(
    compared: &Compared,
    targets: &[f64],
    choices: &AnnotatedChoices,
    fold: &Fold,
    options: SelectionOptions,
) -> Predicted {
    let settings = MixtureOptions {
        restarts: options.fold_restarts.max(1),
        tolerance: options.fold_tolerance,
        ..options.mixture
    };
    let rows = Annotators::new(compared, targets, &choices.annotators, fold.used.clone());
    let Run { state, converged, .. } = Run::best(&rows, fold.groups, settings);
    let groups = fold.groups;
    let ln_shares: Vec<f64> = state.shares.iter().map(|share| share.ln()).collect();
    let logs_of = |i: usize| -> Vec<f64> {
        let log = |weights: &Vec<f64>| {
            let margin = compared.margin(i, weights);
            targets[i] * margin - softplus(margin)
        };
        state.weights.iter().map(log).collect()
    };
    let mut logs = Vec::new();
    if fold.by_annotator {
        let mut sums: std::collections::BTreeMap<usize, Vec<f64>> =
            std::collections::BTreeMap::new();
        for &i in &fold.left_out {
            let sum = sums.entry(choices.annotators[i]).or_insert_with(|| vec![0.0; groups]);
            sum.iter_mut().zip(logs_of(i)).for_each(|(sum, log)| *sum += log);
        }
        logs.extend(sums.into_iter().map(|(who, mut sum)| (who, normalise(&mut sum, &ln_shares))));
    } else {
        for &i in &fold.left_out {
            let who = choices.annotators[i];
            let known: Vec<f64> = match rows.who.binary_search(&who) {
                Ok(place) => {
                    state.memberships[place * groups..][..groups].iter().map(|r| r.ln()).collect()
                }
                Err(_) => ln_shares.clone(),
            };
            logs.push((who, normalise(&mut logs_of(i), &known)));
        }
    }
    Predicted { logs, converged }
}

/// From sums by annotator, of each number of groups.
fn compare(sums: &[Vec<f64>], counts: &[f64]) -> Vec<HeldOutLikelihood> {
    let n: f64 = counts.iter().sum();
    let means: Vec<f64> = sums.iter().map(|sums| sums.iter().sum::<f64>() / n).collect();
    let best = (0..means.len()).max_by(|&a, &b| means[a].total_cmp(&means[b]).then(b.cmp(&a)));
    let best = best.unwrap_or(0);
    let annotators = counts.iter().filter(|count| **count > 0.0).count() as f64;
    (0..means.len())
        .map(|k| {
            let behind = means[best] - means[k];
            let square = |a: usize| (sums[best][a] - sums[k][a] - counts[a] * behind).powi(2);
            let squares: f64 = (0..counts.len()).map(square).sum();
            let error = (squares * annotators / (annotators - 1.0)).sqrt() / n;
            HeldOutLikelihood {
                value: means[k],
                behind,
                error: (annotators > 1.0).then_some(error),
            }
        })
        .collect()
}
