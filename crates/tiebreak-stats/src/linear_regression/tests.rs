use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

fn drawn(n: usize, p: usize, seed: u64) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let rows: Vec<Vec<f64>> =
        (0..n).map(|_| (0..p).map(|_| rng.random_range(-1.0..1.0)).collect()).collect();
    let targets = (0..n).map(|_| rng.random_range(-1.0..1.0)).collect();
    (rows, targets)
}

/// What is minimised, at weights on the raw scale.
fn objective(rows: &[Vec<f64>], targets: &[f64], fit: &LinearFit) -> f64 {
    let n = rows.len() as f64;
    let error: f64 =
        rows.iter().zip(targets).map(|(row, y)| (y - fit.predict(row)).powi(2)).sum::<f64>() / n;
    let norm: f64 = (0..fit.weights.len())
        .map(|k| {
            let mean = rows.iter().map(|row| row[k]).sum::<f64>() / n;
            let variance = rows.iter().map(|row| (row[k] - mean).powi(2)).sum::<f64>() / n;
            fit.weights[k].powi(2) * variance
        })
        .sum();
    error + fit.penalty.unwrap_or(0.0) * norm
}

/// y = 2 + 3a - b exactly, with a column that does not vary.
#[test]
fn finds_an_exact_relation() {
    let rows: Vec<Vec<f64>> = [(0.0, 1.0), (1.0, 0.0), (2.0, 5.0), (4.0, 3.0), (-1.0, 2.0)]
        .iter()
        .map(|&(a, b)| vec![a, b, 7.0])
        .collect();
    let targets: Vec<f64> = rows.iter().map(|row| 2.0 + 3.0 * row[0] - row[1]).collect();
    let fit = LinearSolver::of(&rows, &targets).unwrap().fit(None);
    assert_eq!((fit.rank, fit.rows, fit.weights[2]), (2, 5, 0.0));
    for (found, expected) in [(fit.intercept, 2.0), (fit.weights[0], 3.0), (fit.weights[1], -1.0)] {
        assert!((found - expected).abs() < 1e-10, "{fit:?}");
    }
}

/// One standardised column: w = cov / (sd (1 + penalty)).
#[test]
fn one_column_is_shrunk_by_hand() {
    let rows = vec![vec![-1.0], vec![1.0]];
    let fit = LinearSolver::of(&rows, &[1.0, 5.0]).unwrap().fit(Some(3.0));
    assert!((fit.intercept - 3.0).abs() < 1e-12 && (fit.weights[0] - 0.5).abs() < 1e-12, "{fit:?}");
}

#[test]
fn more_columns_than_rows_are_fitted_exactly_and_shortest() {
    let (rows, targets) = drawn(12, 60, 1);
    let solver = LinearSolver::of(&rows, &targets).unwrap();
    let fit = solver.fit(None);
    assert_eq!(fit.rank, 11, "centring takes one");
    for (row, y) in rows.iter().zip(&targets) {
        assert!((fit.predict(row) - y).abs() < 1e-9);
    }
    // A copy of a column shares its weight: the shortest solution is even.
    let copied: Vec<Vec<f64>> = rows.iter().map(|row| vec![row[0], row[1], row[0]]).collect();
    let even = LinearSolver::of(&copied, &targets).unwrap().fit(None);
    assert_eq!(even.rank, 2);
    assert!((even.weights[0] - even.weights[2]).abs() < 1e-10, "{even:?}");
}

#[test]
fn refuses_what_cannot_be_fitted() {
    let one = |x: f64| vec![vec![x], vec![1.0]];
    for (rows, targets, expected) in [
        (vec![], vec![], FitError::NoRows),
        (one(f64::NAN), vec![1.0, 2.0], FitError::RowNotFinite(0)),
        (one(2.0), vec![1.0, f64::INFINITY], FitError::RowNotFinite(1)),
    ] {
        assert_eq!(LinearSolver::of(&rows, &targets).unwrap_err(), expected);
    }
    assert!(matches!(LinearSolver::of(&one(2.0), &[1.0]), Err(FitError::Shape(_))));
    let none = LinearSolver::of(&[vec![], vec![]], &[1.0, 2.0]).unwrap().fit(None);
    assert_eq!((none.intercept, none.rank), (1.5, 0), "without columns, the mean");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// No step away from the fit does better, with few columns and with many.
    #[test]
    fn ridge_is_at_its_minimum(n in 2_usize..12, p in 1_usize..20, seed: u64, ln in -6.0_f64..3.0) {
        let (rows, targets) = drawn(n, p, seed);
        let fit = LinearSolver::of(&rows, &targets).unwrap().fit(Some(ln.exp()));
        let best = objective(&rows, &targets, &fit);
        for k in 0..=p {
            for step in [-1e-3, 1e-3] {
                let mut other = fit.clone();
                match other.weights.get_mut(k) {
                    Some(weight) => {
                        *weight += step;
                        // The intercept follows, so that the step is along the weight alone.
                        let mean = rows.iter().map(|row| row[k]).sum::<f64>() / n as f64;
                        other.intercept -= step * mean;
                    }
                    None => other.intercept += step,
                }
                prop_assert!(objective(&rows, &targets, &other) >= best - 1e-12);
            }
        }
    }

    /// A vanishing penalty ends at the minimum norm; a huge one at the mean.
    #[test]
    fn penalties_lead_from_the_minimum_norm_to_the_mean(n in 2_usize..12, p in 1_usize..20, seed: u64) {
        let (rows, targets) = drawn(n, p, seed);
        let solver = LinearSolver::of(&rows, &targets).unwrap();
        let mean = targets.iter().sum::<f64>() / n as f64;
        let (shortest, zero) = (solver.fit(None), solver.fit(Some(0.0)));
        prop_assert_eq!(&shortest.weights, &zero.weights);
        let held = solver.fit(Some(1e9));
        for row in &rows {
            prop_assert!((held.predict(row) - mean).abs() < 1e-6);
        }
    }

    #[test]
    fn units_change_nothing(n in 3_usize..12, p in 1_usize..20, seed: u64) {
        let (rows, targets) = drawn(n, p, seed);
        let scaled: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| row.iter().enumerate().map(|(k, x)| x * (k + 1) as f64 + 3.0).collect())
            .collect();
        for penalty in [None, Some(0.3)] {
            let one = LinearSolver::of(&rows, &targets).unwrap().fit(penalty);
            let two = LinearSolver::of(&scaled, &targets).unwrap().fit(penalty);
            for (row, other) in rows.iter().zip(&scaled) {
                prop_assert!((one.predict(row) - two.predict(other)).abs() < 1e-6);
            }
        }
    }
}
