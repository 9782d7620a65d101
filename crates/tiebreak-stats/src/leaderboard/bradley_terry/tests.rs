use proptest::prelude::*;

use super::super::comparison::{Comparison, Outcome};
use super::*;

fn row(first: u32, second: u32, outcome: Outcome, weight: f64) -> Comparison {
    Comparison { first, second, outcome, weight, cluster: 0 }
}

fn options(ties: TieRule) -> BradleyTerryOptions {
    BradleyTerryOptions { ties, ..BradleyTerryOptions::default() }
}

/// Two systems have a closed form: the fitted probabilities are the shares observed.
#[test]
fn two_systems_have_the_shares_observed() {
    use Outcome::{BothBad as Bad, First, Second, Tie};
    let rows = [(First, 5.0), (Second, 2.0), (Tie, 2.0), (Bad, 1.0)];
    let rows = rows.map(|(outcome, weight)| row(1, 0, outcome, weight)).to_vec();
    let all = Comparisons::of(3, rows).unwrap();
    for (ties, both_bad, probability, comparisons) in [
        (TieRule::Ignored, BothBad::AsTie, 5.0 / 7.0, 7.0),
        (TieRule::Half, BothBad::AsTie, 6.5 / 10.0, 10.0),
        (TieRule::Half, BothBad::Dropped, 6.0 / 9.0, 9.0),
        (TieRule::Davidson, BothBad::AsTie, 6.5 / 10.0, 10.0),
        (TieRule::Davidson, BothBad::Dropped, 6.0 / 9.0, 9.0),
    ] {
        let fit = bradley_terry(&all, BradleyTerryOptions { both_bad, ..options(ties) }).unwrap();
        let found = fit.probability(1, 0).unwrap();
        assert!((found - probability).abs() < 1e-9 && fit.converged, "{ties:?} {fit:?}");
        assert_eq!((fit.comparisons, fit.left_out), (comparisons, 10.0 - comparisons));
        assert_eq!(fit.strengths[2], None);
        assert_eq!(fit.connectedness.without_comparisons, [2]);
        assert_eq!(fit.ln_nu.is_some(), ties == TieRule::Davidson);
        assert!((fit.elo(0).unwrap() + fit.elo(1).unwrap() - 2000.0).abs() < 1e-9);
        if let Some(ln_nu) = fit.ln_nu {
            let tied = comparisons - 7.0;
            assert!((ln_nu - (tied / 10.0_f64.sqrt()).ln()).abs() < 1e-9, "{ln_nu}");
        }
    }
}

/// Where there is no finite maximum, strengths are finite and the fit says why.
#[test]
fn what_is_not_determined_is_regularised_and_said() {
    use Outcome::{First, Second, Tie};
    let cases = [
        (vec![row(0, 1, First, 1.0)], TieRule::Half, 2, 1),
        (vec![row(0, 1, First, 100_000.0)], TieRule::Davidson, 2, 1),
        (vec![row(0, 1, First, 3.0), row(0, 1, Tie, 2.0)], TieRule::Ignored, 2, 1),
        (
            vec![row(0, 1, First, 3.0), row(0, 1, Second, 2.0), row(2, 3, First, 1.0)],
            TieRule::Half,
            3,
            2,
        ),
    ];
    for (rows, ties, strong, components) in cases {
        let all = Comparisons::of(4, rows).unwrap();
        let fit = bradley_terry(&all, options(ties)).unwrap();
        assert_eq!(fit.regularised, Some(Regularised::NotStronglyConnected), "{fit:?}");
        assert_eq!(fit.ridge, WEAK_RIDGE);
        assert!(fit.converged && fit.strengths.iter().flatten().all(|s| s.abs() < 20.0));
        assert_eq!(fit.connectedness.strong_components.len(), strong);
        assert_eq!(fit.connectedness.components.len(), components);
        let mean: f64 = fit.strengths.iter().flatten().sum();
        assert!(mean.abs() < 1e-9, "{fit:?}");
    }
    // Ties alone bind both ways, and have no parameter.
    let tied = Comparisons::of(2, vec![row(0, 1, Tie, 3.0)]).unwrap();
    let fit = bradley_terry(&tied, options(TieRule::Davidson)).unwrap();
    assert_eq!((fit.regularised, fit.ln_nu, fit.margin(0, 1)), (None, None, Some(0.0)));
}

/// One win in a ring of ties: with strengths a third as far apart in the ties as in the win, and nu
/// in between, the likelihood comes as near 1 as one likes.
#[test]
fn ties_that_explain_it_all_are_regularised_and_said() {
    use Outcome::{First, Tie};
    let rows =
        [row(0, 1, First, 1.0), row(1, 2, Tie, 1.0), row(2, 3, Tie, 1.0), row(3, 0, Tie, 1.0)];
    let all = Comparisons::of(4, rows.to_vec()).unwrap();
    let fit = bradley_terry(&all, options(TieRule::Davidson)).unwrap();
    assert_eq!(fit.regularised, Some(Regularised::NotDetermined), "{fit:?}");
    assert!(fit.converged && fit.connectedness.is_strong());
    assert_eq!(bradley_terry(&all, options(TieRule::Half)).unwrap().regularised, None);
}

#[test]
fn covariates_that_say_it_all_are_regularised_and_said() {
    // The first covariate is twice the second; or tells the winner.
    for twice in [true, false] {
        let names = ["a", "b", "none"].map(str::to_owned).to_vec();
        let mut all = Comparisons::new(2, names);
        for (n, outcome) in
            [Outcome::First, Outcome::Second].into_iter().cycle().take(20).enumerate()
        {
            let sign = if outcome == Outcome::First { 1.0 } else { -1.0 };
            let other = [0.3, -1.0, 0.7][n % 3];
            let covariates = if twice { [2.0 * other, other, 0.0] } else { [sign, other, 0.0] };
            all.push(row(0, 1, outcome, 1.0), &covariates).unwrap();
        }
        let fit = bradley_terry(&all, options(TieRule::Half)).unwrap();
        assert_eq!(fit.regularised, Some(Regularised::NotDetermined), "{fit:?}");
        assert!(fit.converged && fit.connectedness.is_strong());
        assert_eq!((fit.covariates[2].coefficient, fit.covariates[2].scale), (None, 0.0));
        assert!(fit.covariates[0].coefficient.unwrap().abs() < 20.0);
    }
}

#[test]
fn refuses_what_cannot_be_fitted() {
    let none = Comparisons::of(2, vec![row(0, 1, Outcome::First, 0.0)]).unwrap();
    assert_eq!(bradley_terry(&none, options(TieRule::Half)), Err(FitError::NoPairs));
    let tied = Comparisons::of(2, vec![row(0, 1, Outcome::Tie, 1.0)]).unwrap();
    assert_eq!(bradley_terry(&tied, options(TieRule::Ignored)), Err(FitError::NoPairs));
    let negative = BradleyTerryOptions { ridge: -1.0, ..BradleyTerryOptions::default() };
    assert!(matches!(bradley_terry(&tied, negative), Err(FitError::Shape(_))));
}

/// Beyond what is decomposed, another solver finds the same: a ring of systems each of which
/// wins three in four against the next has equal strengths, which a better first one breaks.
#[test]
fn many_systems_are_fitted_too() {
    let n = 1600;
    let rows = (0..n).flat_map(|i| {
        let j = (i + 1) % n;
        [row(i, j, Outcome::First, 2.0), row(i, j, Outcome::Second, 2.0)]
    });
    let mut rows: Vec<Comparison> = rows.collect();
    rows.extend([row(0, n / 2, Outcome::First, 30.0), row(0, n / 2, Outcome::Second, 10.0)]);
    let fit = bradley_terry(&Comparisons::of(n as usize, rows).unwrap(), options(TieRule::Half));
    let fit = fit.unwrap();
    assert!(fit.converged, "{}", fit.iterations);
    assert!((fit.margin(0, n as usize / 2).unwrap() - 3.0_f64.ln()).abs() < 0.01);
}

prop_compose! {
    /// Comparisons of five systems that need not be connected, with one covariate.
    fn some()(rows in prop::collection::vec((0_u32..5, 1_u32..5, 0_usize..4, 1_u32..4, -2.0_f64..2.0), 12..60))
        -> Vec<(Comparison, f64)> {
        let outcomes = [Outcome::First, Outcome::Second, Outcome::Tie, Outcome::BothBad];
        rows.into_iter()
            .map(|(first, step, outcome, weight, x)| {
                (row(first, (first + step) % 5, outcomes[outcome], f64::from(weight)), x)
            })
            .collect()
    }
}

fn fit(rows: &[(Comparison, f64)], ties: TieRule, style: bool) -> Option<BradleyTerry> {
    let mut all = Comparisons::new(5, if style { vec!["x".to_owned()] } else { Vec::new() });
    for (row, x) in rows {
        all.push(*row, &[*x][..usize::from(style)]).unwrap();
    }
    // A covariate may determine the answers only just not; a ridge keeps cases comparable.
    let ridge = if style { 0.1 } else { 0.0 };
    bradley_terry(&all, BradleyTerryOptions { ridge, ..options(ties) }).ok()
}

fn close(a: &BradleyTerry, b: &BradleyTerry) -> bool {
    let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-5,
        (a, b) => a == b,
    };
    a.strengths.iter().zip(&b.strengths).all(|(a, b)| near(*a, *b)) && near(a.ln_nu, b.ln_nu)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn swapping_sides_changes_nothing(rows in some(), style: bool) {
        let swapped: Vec<_> = rows.iter().map(|(row, x)| {
            let outcome = row.outcome.swapped();
            (Comparison { first: row.second, second: row.first, outcome, ..*row }, -x)
        }).collect();
        for ties in [TieRule::Ignored, TieRule::Half, TieRule::Davidson] {
            let (Some(a), Some(b)) = (fit(&rows, ties, style), fit(&swapped, ties, style)) else { continue };
            prop_assert!(a.converged && close(&a, &b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn renaming_systems_renames_strengths(rows in some(), style: bool, by in 1_u32..5) {
        let renamed: Vec<_> = rows.iter().map(|(row, x)| {
            (Comparison { first: (row.first + by) % 5, second: (row.second + by) % 5, ..*row }, *x)
        }).collect();
        let (Some(a), Some(b)) = (fit(&rows, TieRule::Davidson, style), fit(&renamed, TieRule::Davidson, style)) else { return Ok(()) };
        // Which of two groups of one size is the reference goes by number.
        for group in &a.connectedness.components {
            for (&i, &j) in group.iter().flat_map(|i| group.iter().map(move |j| (i, j))) {
                let name = |system: usize| (system + by as usize) % 5;
                let (one, two) = (a.margin(i, j).unwrap(), b.margin(name(i), name(j)).unwrap());
                prop_assert!((one - two).abs() < 1e-5, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_comparison_given_twice_counts_twice(rows in some(), style: bool) {
        let twice: Vec<_> = rows.iter().chain(&rows).copied().collect();
        let doubled: Vec<_> =
            rows.iter().map(|(row, x)| (Comparison { weight: 2.0 * row.weight, ..*row }, *x)).collect();
        let (Some(a), Some(b)) = (fit(&twice, TieRule::Davidson, style), fit(&doubled, TieRule::Davidson, style)) else { return Ok(()) };
        prop_assert!(close(&a, &b), "{a:?} {b:?}");
    }

    /// No other strengths are likelier, and adding a constant to all changes nothing.
    #[test]
    fn nothing_near_is_likelier(rows in some(), far in prop::collection::vec(-0.1_f64..0.1, 6), shift in -3.0_f64..3.0) {
        let all = Comparisons::of(5, rows.iter().map(|(row, _)| *row).collect()).unwrap();
        let Ok(found) = Fitted::of(&all, options(TieRule::Davidson)) else { return Ok(()) };
        let problem = found.problem();
        let value = |z: &[f64]| problem.value(z, &mut vec![0.0; z.len()]);
        let moved: Vec<f64> = found.z.iter().zip(&far).map(|(z, d)| z + d).collect();
        prop_assert!(value(&moved) >= value(&found.z) - 1e-9);
        let plain = Problem { ridge: 0.0, ..problem.clone() };
        let n = found.design.active.len();
        let shifted: Vec<f64> = found.z.iter().enumerate().map(|(k, z)| if k < n { z + shift } else { *z }).collect();
        let mut unused = vec![0.0; shifted.len()];
        let (a, b) = (plain.value(&shifted, &mut unused), plain.value(&found.z, &mut unused));
        prop_assert!((a - b).abs() < 1e-9 * a.abs().max(1.0));
        prop_assert!((found.fit.log_likelihood + b).abs() < 1e-9 * b.abs().max(1.0));
    }

    #[test]
    fn more_iterations_are_never_less_likely(rows in some()) {
        let all = Comparisons::of(5, rows.iter().map(|(row, _)| *row).collect()).unwrap();
        let mut last = f64::NEG_INFINITY;
        for max_iterations in 1..6 {
            let ridge = 0.1;
            let options = BradleyTerryOptions { max_iterations, ridge, ..options(TieRule::Davidson) };
            let Ok(found) = Fitted::of(&all, options) else { return Ok(()) };
            let value = -found.problem().value(&found.z, &mut vec![0.0; found.z.len()]);
            prop_assert!(value >= last - 1e-9, "{value} {last}");
            last = value;
        }
    }
}
