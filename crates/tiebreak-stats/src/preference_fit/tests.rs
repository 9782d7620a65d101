use proptest::prelude::*;

use super::*;
use crate::shares::Shares;

const KINDS: [Ties; 3] = [Ties::Half, Ties::Davidson, Ties::RaoKupper];

fn pairs(rows: &[([f32; 2], Shares)]) -> JudgedPairs {
    let mut pairs = JudgedPairs::new(2);
    for (difference, shares) in rows {
        pairs.push(difference, &[0.0, 0.0], *shares, 1.0);
    }
    pairs
}

fn fit(pairs: &JudgedPairs, ties: Ties, penalty: f64, max_iterations: u32) -> PreferenceFit {
    let options = FitOptions { penalty, ties, max_iterations, tolerance: 1e-8 };
    PreferenceFit::of(pairs, &vec![1.0; pairs.len()], options, None).unwrap()
}

/// One binary feature and no penalty has a closed form for each model: the fitted probabilities
/// are the shares observed.
#[test]
fn matches_the_closed_form() {
    let observed = Shares { first: 0.6, tie: 0.15, second: 0.25 };
    let one = pairs(&[([1.0, 0.0], observed)]);
    let half = fit(&one, Ties::Half, 0.0, 100);
    assert!(half.converged);
    assert!((half.weights[0] - (0.675_f64 / 0.325).ln()).abs() < 1e-6, "{half:?}");
    assert_eq!(half.weights[1], 0.0, "a feature that never differs gets no weight");
    for ties in [Ties::Davidson, Ties::RaoKupper] {
        let fit = fit(&one, ties, 0.0, 200);
        let [first, tie, second] = fit.ties.unwrap().probabilities(fit.weights[0]);
        let far = (first - 0.6).abs().max((tie - 0.15).abs()).max((second - 0.25).abs());
        assert!(far < 1e-4 && fit.converged, "{fit:?}");
    }
    let davidson = fit(&one, Ties::Davidson, 0.0, 200);
    assert!((davidson.weights[0] - (0.6_f64 / 0.25).ln()).abs() < 1e-4, "{davidson:?}");
}

#[test]
fn refuses_what_cannot_be_fitted() {
    let none = pairs(&[]);
    let options = FitOptions::default();
    assert_eq!(PreferenceFit::of(&none, &[], options, None), Err(FitError::NoPairs));
    assert_eq!(none.check(), Ok(()));
    let bad = pairs(&[([1.0, 0.0], Shares::FIRST), ([f32::NAN, 0.0], Shares::FIRST)]);
    assert_eq!(bad.check(), Err(FitError::NotFinite(1)));
    assert!(matches!(PreferenceFit::of(&bad, &[], options, None), Err(FitError::Shape(_))));
}

#[test]
fn a_pair_that_counts_twice_is_there_twice() {
    let (a, b) = (([1.0, 0.5], Shares::FIRST), ([0.3, -1.0], Shares::SECOND));
    let (tied, doubled) = (([0.2, 0.9], Shares::TIE), pairs(&[a, b, b, ([0.2, 0.9], Shares::TIE)]));
    let mut weighted = pairs(&[a, b, tied, ([9.0, 9.0], Shares::FIRST)]);
    weighted.weights = vec![0.5, 1.0, 0.5, 1.0];
    let options = FitOptions { tolerance: 1e-8, ..FitOptions::default() };
    let one = PreferenceFit::of(&doubled, &[1.0; 4], options, None).unwrap();
    let two = PreferenceFit::of(&weighted, &[1.0, 1.0, 1.0, 0.0], options, None).unwrap();
    for (a, b) in one.weights.iter().zip(&two.weights) {
        assert!((a - b).abs() < 1e-6, "{one:?} {two:?}");
    }
}

#[test]
fn a_penalty_factor_is_a_penalty_of_its_own() {
    let one = [([1.0, 0.5], Shares::FIRST), ([0.3, -1.0], Shares::SECOND)];
    let mut spared = pairs(&one);
    spared.penalty_factors = vec![0.0, 1e9];
    let found = fit(&spared, Ties::Half, 0.1, 300);
    let first_alone = pairs(&one.map(|([a, _], shares)| ([a, 0.0], shares)));
    let expected = fit(&first_alone, Ties::Half, 0.0, 300);
    assert!((found.weights[0] - expected.weights[0]).abs() < 1e-4, "{found:?} {expected:?}");
    assert!(found.weights[1].abs() < 1e-6, "{found:?}");
    spared.penalty_factors = vec![1.0; 3];
    assert!(matches!(spared.check(), Err(FitError::Shape(_))));
}

/// Weights and losses that SciPy's BFGS finds for the same objective, written out anew in NumPy
/// (`golden/preference_fit.py`).
#[test]
fn agrees_with_an_independent_implementation() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../../golden/preference_fit.json")).unwrap();
    let numbers = |value: &serde_json::Value| -> Vec<f64> {
        value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
    };
    let dim = golden["dim"].as_u64().unwrap() as usize;
    let mut pairs = JudgedPairs::new(dim);
    for pair in golden["pairs"].as_array().unwrap() {
        let difference: Vec<f32> = numbers(&pair["x"]).iter().map(|x| *x as f32).collect();
        let shares = numbers(&pair["shares"]);
        let shares = Shares { first: shares[0], tie: shares[1], second: shares[2] };
        pairs.push(&difference, &vec![0.0; dim], shares, pair["weight"].as_f64().unwrap());
    }
    let cases = golden["fits"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let ties = serde_json::from_value(case["ties"].clone()).unwrap();
        let found = fit(&pairs, ties, case["penalty"].as_f64().unwrap(), 500);
        assert!(found.converged, "{case}");
        for (a, b) in found.weights.iter().zip(numbers(&case["weights"])) {
            assert!((a - b).abs() < 2e-4, "{a} {b} {case}");
        }
        assert!((found.log_loss - case["log_loss"].as_f64().unwrap()).abs() < 1e-5, "{case}");
        let tie = match found.ties {
            Some(TieModel::Davidson { ln_nu }) => Some(ln_nu),
            Some(TieModel::RaoKupper { ln_theta }) => Some(ln_theta),
            None => None,
        };
        match (tie, case["tie"].as_f64()) {
            (Some(a), Some(b)) => assert!((a - b).abs() < 5e-4, "{a} {b} {case}"),
            (a, b) => assert_eq!(a, b, "{case}"),
        }
    }
}

fn data() -> impl Strategy<Value = Vec<([f32; 2], Shares)>> {
    let mixed = Shares { first: 0.5, tie: 0.25, second: 0.25 };
    let shares =
        prop_oneof![Just(Shares::FIRST), Just(Shares::TIE), Just(Shares::SECOND), Just(mixed),];
    proptest::collection::vec(([-2.0_f32..2.0, -2.0_f32..2.0], shares), 3..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn swapping_the_candidates_changes_nothing(rows in data()) {
        let swapped: Vec<_> =
            rows.iter().map(|([a, b], shares)| ([-a, -b], shares.swapped())).collect();
        for ties in KINDS {
            let one = fit(&pairs(&rows), ties, 0.1, 300);
            let two = fit(&pairs(&swapped), ties, 0.1, 300);
            for (a, b) in one.weights.iter().zip(&two.weights) {
                prop_assert!((a - b).abs() < 1e-4, "{one:?} {two:?}");
            }
        }
    }

    #[test]
    fn relabelling_the_features_relabels_the_weights(rows in data()) {
        let relabelled: Vec<_> =
            rows.iter().map(|([a, b], shares)| ([*b, 3.0 * a], *shares)).collect();
        for ties in KINDS {
            let one = fit(&pairs(&rows), ties, 0.1, 300);
            let two = fit(&pairs(&relabelled), ties, 0.1, 300);
            prop_assert!((one.weights[0] - 3.0 * two.weights[1]).abs() < 1e-4, "{one:?} {two:?}");
            prop_assert!((one.weights[1] - two.weights[0]).abs() < 1e-4, "{one:?} {two:?}");
        }
    }

    #[test]
    fn more_iterations_never_fit_worse(rows in data(), iterations in 1_u32..20) {
        for ties in KINDS {
            let value = |n| fit(&pairs(&rows), ties, 0.01, n).objective;
            prop_assert!(value(iterations + 1) <= value(iterations) + 1e-12);
        }
    }

    #[test]
    fn a_warm_start_ends_where_a_cold_one_does(rows in data()) {
        for ties in KINDS {
            let pairs = pairs(&rows);
            let before = fit(&pairs, ties, 1.0, 300);
            let options = FitOptions { penalty: 0.1, ties, max_iterations: 300, tolerance: 1e-8 };
            let warm = PreferenceFit::of(&pairs, &vec![1.0; rows.len()], options, Some(&before)).unwrap();
            let cold = fit(&pairs, ties, 0.1, 300);
            for (a, b) in warm.weights.iter().zip(&cold.weights) {
                prop_assert!((a - b).abs() < 1e-4, "{warm:?} {cold:?}");
            }
        }
    }
}
