//! Cross-validation and ensembles on pairs drawn from a known model.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_core::Cancel;
use tiebreak_stats::{
    FitError, FitOptions, JudgedPairs, Progress, Shares, Ties, accuracy, cross_validate,
    fit_ensemble, grouped_folds, logistic,
};

const DIM: usize = 6;
const TRUTH: [f64; DIM] = [1.5, -1.0, 0.5, 0.0, 0.0, 0.0];

/// Three pairs a prompt, answered by the model of `TRUTH`, a tenth of them ties.
fn drawn(prompts: usize, seed: u64) -> (JudgedPairs, Vec<usize>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut pairs, mut groups) = (JudgedPairs::new(DIM), Vec::new());
    for prompt in 0..prompts {
        for _ in 0..3 {
            let [first, second] = [(); 2]
                .map(|()| (0..DIM).map(|_| rng.random_range(-1.0..1.0)).collect::<Vec<f32>>());
            let margin: f64 = (0..DIM).map(|k| TRUTH[k] * f64::from(first[k] - second[k])).sum();
            let shares = match (rng.random::<f64>() < 0.1, rng.random::<f64>() < logistic(margin)) {
                (true, _) => Shares::TIE,
                (false, true) => Shares::FIRST,
                (false, false) => Shares::SECOND,
            };
            pairs.push(&first, &second, shares, 1.0);
            groups.push(prompt);
        }
    }
    pairs.check().unwrap();
    (pairs, groups)
}

fn options(ties: Ties) -> FitOptions {
    FitOptions { ties, ..FitOptions::default() }
}

#[test]
fn learns_what_the_answers_were_drawn_from() {
    let (pairs, groups) = drawn(400, 1);
    let folds = grouped_folds(&groups, 5, 1);
    let (cancel, fitted) = (Cancel::default(), AtomicUsize::new(0));
    let count = || {
        fitted.fetch_add(1, Ordering::Relaxed);
    };
    let progress = Progress { cancel: &cancel, fitted: &count, threads: 2 };
    for ties in [Ties::Half, Ties::Davidson, Ties::RaoKupper] {
        fitted.store(0, Ordering::Relaxed);
        let found = cross_validate(
            &pairs,
            &pairs.shares,
            &folds,
            &[0.01, 1.0, 0.1],
            options(ties),
            progress,
        )
        .unwrap();
        assert_eq!(fitted.load(Ordering::Relaxed), 15);
        assert!(found.tried.iter().all(|tried| tried.converged == 5), "{found:?}");
        let penalties: Vec<f64> = found.tried.iter().map(|tried| tried.penalty).collect();
        assert_eq!(penalties, [1.0, 0.1, 0.01]);
        let weights = vec![1.0; pairs.len()];
        let held_out =
            accuracy(&found.margins, &pairs.shares, &weights, &groups, 1, |_| true).unwrap();
        let truth: Vec<f64> = (0..pairs.len()).map(|i| pairs.margin(i, &TRUTH)).collect();
        let best = accuracy(&truth, &pairs.shares, &weights, &groups, 1, |_| true).unwrap();
        assert!(
            held_out.value > best.value - 0.02 && held_out.value < best.value + 0.02,
            "{ties:?}"
        );
    }
}

#[test]
fn threads_change_nothing_and_members_differ() {
    let (pairs, groups) = drawn(60, 2);
    let folds = grouped_folds(&groups, 4, 2);
    let cancel = Cancel::default();
    let run = |threads| {
        let progress = Progress { cancel: &cancel, fitted: &|| (), threads };
        let options = options(Ties::Davidson);
        let found =
            cross_validate(&pairs, &pairs.shares, &folds, &[0.1, 0.01], options, progress).unwrap();
        (found, fit_ensemble(&pairs, &groups, 8, 5, options, progress).unwrap())
    };
    let (alone, together) = (run(1), run(3));
    assert_eq!(alone, together);
    let members = alone.1;
    assert_eq!(members.len(), 8);
    assert!(members.iter().all(|member| member.converged));
    assert!(members.windows(2).all(|two| two[0].weights != two[1].weights));
}

/// A label that is nothing but noise: held-out log loss stays at chance, because penalty and
/// temperature of a fold are not chosen on it.
#[test]
fn noise_is_measured_as_noise() {
    let (mut pairs, groups) = drawn(200, 3);
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for shares in &mut pairs.shares {
        *shares = if rng.random() { Shares::FIRST } else { Shares::SECOND };
    }
    let cancel = Cancel::default();
    let progress = Progress { cancel: &cancel, fitted: &|| (), threads: 1 };
    let folds = grouped_folds(&groups, 5, 1);
    let found =
        cross_validate(&pairs, &pairs.shares, &folds, &[1.0, 0.01], options(Ties::Half), progress)
            .unwrap();
    let loss = tiebreak_stats::log_loss(&found.margins, &pairs.shares).unwrap();
    assert!((loss - std::f64::consts::LN_2).abs() < 0.01, "{loss}");
}

#[test]
fn stops_between_fits_and_says_what_is_missing() {
    let (pairs, groups) = drawn(20, 4);
    let folds = grouped_folds(&groups, 4, 1);
    let cancel = Cancel::default();
    let stop = || cancel.cancel();
    let progress = Progress { cancel: &cancel, fitted: &stop, threads: 1 };
    let options = options(Ties::Half);
    let none = cross_validate(&pairs, &pairs.shares, &folds, &[], options, progress);
    assert_eq!(none, Err(FitError::NoPenalties));
    let stopped = cross_validate(&pairs, &pairs.shares, &folds, &[0.1], options, progress);
    assert_eq!(stopped, Err(FitError::Cancelled));
    let ensemble = fit_ensemble(&pairs, &groups, 8, 1, options, progress);
    assert_eq!(ensemble, Err(FitError::Cancelled));
}
