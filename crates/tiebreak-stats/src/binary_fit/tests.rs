use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_core::Cancel;

use super::*;

fn fit(rows: &[Vec<f64>], targets: &[f64], weights: &[f64]) -> Result<BinaryFit, FitError> {
    let groups: Vec<usize> = (0..rows.len()).map(|i| i / 2).collect();
    let cancel = Cancel::default();
    let progress = Progress { cancel: &cancel, fitted: &|| (), threads: 1 };
    BinaryFit::of(rows, targets, weights, &groups, &BinaryOptions::default(), progress)
}

/// P = logistic(-1.5 + 2 a), a on a scale of 100 around 500; a second column that says nothing, a
/// third that does not vary.
fn drawn(n: usize, slope: f64, seed: u64) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n)
        .map(|_| {
            let (a, b): (f64, f64) = (rng.random_range(-1.0..1.0), rng.random_range(0.0..0.1));
            let event = rng.random::<f64>() < logistic(-1.5 + slope * a);
            (vec![500.0 + 100.0 * a, b, 3.0], f64::from(u8::from(event)))
        })
        .unzip()
}

#[test]
fn finds_what_the_targets_were_drawn_from() {
    let (rows, targets) = drawn(2000, 2.0, 1);
    let found = fit(&rows, &targets, &vec![1.0; 2000]).unwrap();
    assert!(found.converged && found.iterations > 0, "{found:?}");
    assert_eq!((found.weights[2], found.rows), (0.0, 2000));
    for (a, tolerance) in [(-1.0, 0.03), (0.0, 0.03), (1.0, 0.06)] {
        let probability = found.probability(&[500.0 + 100.0 * a, 0.05, 3.0]);
        assert!((probability - logistic(-1.5 + 2.0 * a)).abs() < tolerance, "{a} {found:?}");
    }
    assert!(found.improvement() > 0.05, "{found:?}");
    let mean = found.probabilities.iter().sum::<f64>() / 2000.0;
    let rate = targets.iter().sum::<f64>() / 2000.0;
    assert!((mean - rate).abs() < 0.01, "{mean} {rate}");
}

#[test]
fn noise_is_worth_nothing() {
    let (rows, targets) = drawn(400, 0.0, 2);
    let found = fit(&rows, &targets, &vec![1.0; 400]).unwrap();
    assert!(found.improvement() < 0.005, "{found:?}");
    let spread = found.probabilities.iter().map(|p| (p - logistic(-1.5)).abs());
    assert!(spread.fold(0.0, f64::max) < 0.15, "{found:?}");
}

/// Without columns that vary: (events + 1/2) / (n + 1), also where there are no events.
#[test]
fn without_columns_the_probability_is_the_smoothed_rate() {
    for (n, events) in [(20, 0), (20, 5), (20, 20)] {
        let rows = vec![vec![1.0]; n];
        let targets: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i < events))).collect();
        let found = fit(&rows, &targets, &vec![1.0; n]).unwrap();
        let expected = (events as f64 + 0.5) / (n as f64 + 1.0);
        assert!((found.probability(&[1.0]) - expected).abs() < 2e-3, "{expected} {found:?}");
        assert!(found.improvement().abs() < 0.05, "{found:?}");
    }
}

#[test]
fn refuses_what_cannot_be_fitted() {
    let rows = vec![vec![1.0], vec![2.0], vec![3.0], vec![4.0]];
    let ones = [1.0; 4];
    let targets = [0.0, 1.0, 0.5, 1.0];
    assert_eq!(fit(&[], &[], &[]), Err(FitError::NoRows));
    assert_eq!(fit(&rows, &[0.0, 1.0, 1.5, 1.0], &ones), Err(FitError::RowNotFinite(2)));
    assert_eq!(fit(&rows, &targets, &[1.0, -1.0, 1.0, 1.0]), Err(FitError::RowNotFinite(1)));
    assert_eq!(fit(&rows, &targets, &[0.0; 4]), Err(FitError::NoPairs));
    assert!(matches!(fit(&rows, &targets, &[1.0]), Err(FitError::Shape(_))));
    let cancel = Cancel::default();
    cancel.cancel();
    let progress = Progress { cancel: &cancel, fitted: &|| (), threads: 1 };
    let options = BinaryOptions::default();
    let stopped = BinaryFit::of(&rows, &targets, &ones, &[0, 1, 2, 3], &options, progress);
    assert_eq!(stopped, Err(FitError::Cancelled));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Turning events into their opposite turns p into 1 - p, and the units of a column change
    /// nothing.
    #[test]
    fn opposite_events_and_other_units(seed: u64, factor in 0.01_f64..100.0) {
        let (rows, targets) = drawn(60, 1.0, seed);
        let opposite: Vec<f64> = targets.iter().map(|t| 1.0 - t).collect();
        let scaled: Vec<Vec<f64>> =
            rows.iter().map(|row| vec![row[0] * factor, row[1], row[2]]).collect();
        let weights = vec![1.0; 60];
        let one = fit(&rows, &targets, &weights).unwrap();
        let two = fit(&rows, &opposite, &weights).unwrap();
        let three = fit(&scaled, &targets, &weights).unwrap();
        for (row, other) in rows.iter().zip(&scaled) {
            prop_assert!((one.probability(row) + two.probability(row) - 1.0).abs() < 1e-3);
            prop_assert!((one.probability(row) - three.probability(other)).abs() < 1e-3);
        }
    }

    #[test]
    fn threads_change_nothing(seed: u64) {
        let (rows, targets) = drawn(40, 1.0, seed);
        let cancel = Cancel::default();
        let groups: Vec<usize> = (0..40).collect();
        let run = |threads| {
            let progress = Progress { cancel: &cancel, fitted: &|| (), threads };
            let options = BinaryOptions::default();
            BinaryFit::of(&rows, &targets, &[1.0; 40], &groups, &options, progress).unwrap()
        };
        prop_assert_eq!(run(1), run(3));
    }
}
