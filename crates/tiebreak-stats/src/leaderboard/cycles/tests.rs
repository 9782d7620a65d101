use proptest::prelude::*;
use rand::Rng;

use super::*;

fn cell(first: usize, second: usize, first_wins: f64, second_wins: f64) -> Cell {
    Cell { first, second, first_wins, second_wins, ..Cell::default() }
}

fn options(samples: usize) -> CycleOptions {
    CycleOptions { samples, seed: 5, threads: 1 }
}

#[test]
fn tournaments_by_hand() {
    let ring = vec![cell(0, 1, 9.0, 1.0), cell(1, 2, 8.0, 2.0), cell(0, 2, 3.0, 7.0)];
    let line = vec![cell(0, 1, 9.0, 1.0), cell(1, 2, 8.0, 2.0), cell(0, 2, 7.0, 3.0)];
    let even = vec![cell(0, 1, 9.0, 1.0), cell(1, 2, 8.0, 2.0), cell(0, 2, 5.0, 5.0)];
    for (systems, cells, pairs, triads, intransitive, zeta) in [
        (0, vec![], 0, 0, 0, None),
        (3, ring.clone(), 3, 1, 1, Some(0.0)),
        // A system that was never compared is none of the tournament.
        (4, ring.clone(), 3, 1, 1, Some(0.0)),
        (3, line, 3, 1, 0, Some(1.0)),
        (3, even, 2, 0, 0, None),
    ] {
        let found = cycles(&Cells { systems, cells }, options(20));
        assert_eq!((found.decided_pairs, found.triads), (pairs, triads));
        assert_eq!((found.intransitive, found.zeta), (intransitive, zeta));
        assert_eq!(found.by_chance, triads as f64 / 4.0);
        assert_eq!(found.expected.is_some(), pairs > 0);
        assert_eq!(found.clearest.len() as u64, intransitive);
    }
    let found = cycles(&Cells { systems: 3, cells: ring }, options(0));
    assert_eq!(found.expected, None);
    assert_eq!(found.clearest, [Triad { systems: [0, 1, 2], weakest: 0.7 }]);
}

#[test]
fn majorities_have_the_binomial_probabilities() {
    for (weight, p, above, at_least) in [
        (0.0, 0.3, 0.0, 1.0),
        (1.0, 0.3, 0.3, 0.3),
        (2.0, 0.3, 0.09, 0.51),
        (3.0, 0.5, 0.5, 0.5),
        (3.0, 0.2, 0.104, 0.104),
        (0.4, 0.3, 0.3, 0.3),
        (1001.0, 0.5, 0.5, 0.5),
    ] {
        let found = majority_probabilities(weight, p);
        assert!((found[0] - above).abs() < 1e-9 && (found[1] - at_least).abs() < 1e-9, "{found:?}");
    }
}

/// Under Bradley-Terry few p-values are small; for rock, paper, scissors they are.
#[test]
fn p_values_tell_chance_from_cycles() {
    let mut small = 0;
    for seed in 0..200 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let cells = (0..7).flat_map(|i| (i + 1..7).map(move |j| (i, j)));
        let cells = cells.map(|(i, j)| {
            let p = logistic(0.15 * (j as f64 - i as f64));
            let won = (0..9).filter(|_| rng.random::<f64>() < p).count() as f64;
            cell(i, j, won, 9.0 - won)
        });
        let cells = Cells { systems: 7, cells: cells.collect() };
        let found = cycles(&cells, options(200)).expected.unwrap();
        assert!(found.low <= found.mean && found.mean <= found.high);
        small += usize::from(found.p_value < 0.05);
    }
    // Ten are expected at most: counts are discrete, and the fit is to the same answers.
    assert!(small <= 20, "{small}");
    // Each beats the three that follow it in a ring of seven.
    let pairs = (0..7).flat_map(|i| (i + 1..7).map(move |j| (i, j)));
    let cells =
        pairs.map(|(i, j)| if j - i <= 3 { cell(i, j, 8.0, 3.0) } else { cell(i, j, 3.0, 8.0) });
    let ring = cycles(&Cells { systems: 7, cells: cells.collect() }, options(500));
    // The most there can be: (n^3 - n) / 24.
    assert_eq!((ring.intransitive, ring.zeta), (14, Some(0.0)));
    assert!(ring.expected.unwrap().p_value < 0.05, "{ring:?}");
}

proptest! {
    /// Kendall and Babington Smith: d = C(n, 3) less the sum of C(a_i, 2), a_i the wins of i.
    #[test]
    fn counts_are_those_of_the_formula(n in 3_usize..70, seed: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut tournament, mut wins) = (Tournament::new(n), vec![0_u64; n]);
        for i in 0..n {
            for j in 0..i {
                let (winner, loser) = if rng.random() { (i, j) } else { (j, i) };
                tournament.set(winner, loser);
                wins[winner] += 1;
            }
        }
        let n = n as u64;
        let transitive: u64 = wins.iter().map(|a| a * a.saturating_sub(1) / 2).sum();
        prop_assert_eq!(tournament.triads(), n * (n - 1) * (n - 2) / 6);
        prop_assert_eq!(tournament.intransitive(), n * (n - 1) * (n - 2) / 6 - transitive);
    }
}
