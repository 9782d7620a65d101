use super::super::comparison::{Comparison, Outcome};
use super::super::held_out::{HeldOutOptions, held_out};
use super::super::minimax::minimax_winner;
use super::*;

/// So many comparisons of each pair, the answers drawn by log-odds; a prompt has one of each.
fn drawn(systems: u32, each: u32, seed: u64, log_odds: impl Fn(u32, u32) -> f64) -> Comparisons {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Vec::new();
    for cluster in 0..each {
        for first in 0..systems {
            for second in 0..first {
                let won = rng.random::<f64>() < logistic(log_odds(first, second));
                let outcome = if won { Outcome::First } else { Outcome::Second };
                rows.push(Comparison { first, second, outcome, weight: 1.0, cluster });
            }
        }
    }
    Comparisons::of(systems as usize, rows).unwrap()
}

/// Rock, paper, scissors: each loses to the next.
fn ring(first: u32, second: u32) -> f64 {
    if (second + 1) % 3 == first { 1.5 } else { -1.5 }
}

fn line(first: u32, second: u32) -> f64 {
    0.6 * (f64::from(first) - f64::from(second))
}

#[test]
fn a_ring_is_found_that_bradley_terry_does_not_see() {
    let all = drawn(3, 150, 1, ring);
    let fit = general_preference(&all, GeneralPreferenceOptions::default()).unwrap();
    assert!(fit.converged && fit.ln_nu.is_none(), "{fit:?}");
    for (i, j) in [(1, 0), (2, 1), (0, 2)] {
        let score = fit.score(i, j).unwrap();
        assert!((score - 1.5).abs() < 0.5, "{i} {j} {score}");
        assert_eq!(fit.score(j, i), Some(-score));
    }
    assert!(fit.cyclic_share().unwrap() > 0.9, "{fit:?}");
    let simple = bradley_terry(&all, BradleyTerryOptions::default()).unwrap();
    assert!(simple.strengths.iter().flatten().all(|s| s.abs() < 0.3), "{simple:?}");
    assert!(fit.log_likelihood > simple.log_likelihood + 20.0);
    let held = held_out(&all, &HeldOutOptions::default()).unwrap();
    assert!(held.general.iter().all(|one| one.converged && one.interval[0] > 0.0), "{held:?}");
    // No system is the best; the mixture is near a third of each.
    let winner = minimax_winner(&fit.preferences().1).unwrap();
    assert_eq!(winner.condorcet, None);
    assert!(winner.mixture.iter().all(|share| (share - 1.0 / 3.0).abs() < 0.15), "{winner:?}");
}

#[test]
fn a_line_is_found_as_bradley_terry_finds_it() {
    let all = drawn(5, 80, 2, line);
    let fit = general_preference(&all, GeneralPreferenceOptions::default()).unwrap();
    assert!(fit.converged && fit.cyclic_share().unwrap() < 0.1, "{fit:?}");
    for i in 1..5 {
        assert!((fit.score(i, i - 1).unwrap() - 0.6).abs() < 0.4, "{fit:?}");
    }
    let held = held_out(&all, &HeldOutOptions { threads: 2, ..HeldOutOptions::default() }).unwrap();
    assert!(held.general.iter().all(|one| one.interval[0] <= 0.0), "{held:?}");
    assert_eq!(held.clusters, 80);
    let winner = minimax_winner(&fit.preferences().1).unwrap();
    assert_eq!(winner.condorcet, Some(4));
}

/// Two rings side by side, each beating the next system of its own by more than strength tells:
/// rank 2 is not enough.
#[test]
fn two_rings_need_rank_four() {
    let rings = |first: u32, second: u32| {
        if first / 3 == second / 3 { ring(first % 3, second % 3) } else { 0.0 }
    };
    let all = drawn(6, 120, 3, rings);
    let held = held_out(&all, &HeldOutOptions { threads: 2, ..HeldOutOptions::default() }).unwrap();
    assert!(held.general[1].gain > held.general[0].gain + 0.01, "{held:?}");
    let options = GeneralPreferenceOptions { k: 2, ..GeneralPreferenceOptions::default() };
    let fit = general_preference(&all, options).unwrap();
    for (i, j) in [(1, 0), (0, 2), (4, 3), (3, 5)] {
        assert!((fit.score(i, j).unwrap() - 1.5).abs() < 0.5, "{fit:?}");
    }
}

#[test]
fn slopes_are_those_of_the_objective() {
    let mut all = drawn(4, 5, 4, line);
    let tie = Comparison { outcome: Outcome::Tie, ..all.rows()[0] };
    all.push(tie, &[]).unwrap();
    for ties in [TieRule::Half, TieRule::Davidson] {
        let (design, counts, _) = Design::of(&all, ties, BothBad::AsTie).unwrap();
        let rule = Problem::new(&design, &counts, 0.0, ties == TieRule::Davidson);
        let objective = Objective { rule: &rule, width: 4, penalty: 0.7 };
        let x = objective.start(&mut ChaCha8Rng::seed_from_u64(1));
        let mut gradient = vec![0.0; x.len()];
        objective.value(&x, &mut gradient);
        for k in 0..x.len() {
            let at = |h: f64| {
                let mut x = x.clone();
                x[k] += h;
                objective.value(&x, &mut vec![0.0; x.len()])
            };
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((gradient[k] - slope).abs() < 1e-7, "{ties:?} {k}: {} {slope}", gradient[k]);
        }
    }
}

#[test]
fn ties_enter_and_absent_systems_stay_absent() {
    let mut all = Comparisons::new(5, Vec::new());
    for row in drawn(4, 20, 5, line).rows() {
        all.push(*row, &[]).unwrap();
        all.push(Comparison { outcome: Outcome::Tie, ..*row }, &[]).unwrap();
    }
    let fit = general_preference(&all, GeneralPreferenceOptions::default()).unwrap();
    // Half of the comparisons are ties, so that nu is near 2.
    assert!((fit.ln_nu.unwrap().exp() - 2.0).abs() < 0.4, "{fit:?}");
    assert_eq!((fit.embeddings[4].is_none(), fit.score(0, 4)), (true, None));
    let (known, matrix) = fit.preferences();
    assert_eq!(known, [0, 1, 2, 3]);
    for (i, row) in matrix.iter().enumerate() {
        assert!((row[i] - 0.5).abs() < 1e-12);
        assert!((row[0] + matrix[0][i] - 1.0).abs() < 1e-12);
    }
    let same = general_preference(&all, GeneralPreferenceOptions::default()).unwrap();
    assert_eq!(fit, same);
}

#[test]
fn refuses_what_cannot_be_fitted() {
    let all = drawn(3, 2, 1, line);
    let usual = GeneralPreferenceOptions::default();
    for options in [
        GeneralPreferenceOptions { k: 0, ..usual },
        GeneralPreferenceOptions { starts: 0, ..usual },
        GeneralPreferenceOptions { penalty: 0.0, ..usual },
    ] {
        assert!(matches!(general_preference(&all, options), Err(FitError::Shape(_))));
    }
    let none = Comparisons::of(3, Vec::new()).unwrap();
    assert_eq!(general_preference(&none, usual), Err(FitError::NoPairs));
}
