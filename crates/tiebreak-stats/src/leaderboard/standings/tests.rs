use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::super::comparison::{Comparison, Outcome};
use super::super::options::TieRule;
use super::*;
use crate::parallel;
use crate::ties::Ties;

const TRUTH: [f64; 5] = [0.8, 0.4, 0.0, -0.4, -0.8];
const LN_NU: f64 = -0.3;
/// What one unit of style gains; it is drawn with a root mean square of 1.
const STYLE: f64 = 0.4;

/// Comparisons of a Davidson model. Half of the answers of a prompt hang on one draw, the same for
/// all of them, so that they depend on each other but each is of the model.
fn drawn(prompts: u32, each: usize, style: bool, seed: u64) -> Comparisons {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let names = if style { vec!["length".to_owned()] } else { Vec::new() };
    let mut all = Comparisons::new(TRUTH.len(), names);
    let model = Ties::Davidson.model(LN_NU).unwrap();
    for cluster in 0..prompts {
        let common: f64 = rng.random();
        for _ in 0..each {
            let first = rng.random_range(0..TRUTH.len() - 1);
            let second = rng.random_range(first + 1..TRUTH.len());
            let x = if style { rng.random_range(-1.0..1.0) * 3.0_f64.sqrt() } else { 0.0 };
            let [won, tied, _] = model.probabilities(TRUTH[first] - TRUTH[second] + STYLE * x);
            let draw = if rng.random() { common } else { rng.random() };
            let outcome = if draw < won {
                Outcome::First
            } else if draw < won + tied {
                Outcome::Tie
            } else {
                Outcome::Second
            };
            let [first, second] = [first as u32, second as u32];
            let row = Comparison { first, second, outcome, weight: 1.0, cluster };
            all.push(row, &[x][..usize::from(style)]).unwrap();
        }
    }
    all
}

fn options(samples: usize, seed: u64) -> LeaderboardOptions {
    LeaderboardOptions { samples, seed, threads: 2, ..LeaderboardOptions::default() }
}

fn by_system(board: &Leaderboard) -> Vec<Standing> {
    let mut standings = board.standings.clone();
    standings.sort_by_key(|standing| standing.system);
    standings
}

#[test]
fn recovers_strengths_ties_and_style() {
    let board = leaderboard(&drawn(6000, 5, true, 7), options(0, 0)).unwrap();
    for (found, truth) in by_system(&board).iter().zip(TRUTH) {
        assert!((found.strength.unwrap().value - truth).abs() < 0.06, "{found:?}");
    }
    assert!((board.ln_nu.unwrap().value - LN_NU).abs() < 0.06, "{:?}", board.ln_nu);
    // In units of the root mean square, which is 1 but for chance.
    assert!((board.covariates[0].unwrap().value - STYLE).abs() < 0.05);
    assert!(board.fit.converged && board.bootstrap.is_none() && !board.few_clusters);
}

/// How often 95 % intervals have the truth in them, over 200 seeds: of the sandwich, of the
/// bootstrap, and of the sandwich without account of prompts.
fn coverage(
    prompts: u32,
    each: usize,
    style: bool,
    samples: usize,
    estimates: impl Fn(&Leaderboard) -> Vec<(Estimate, f64)> + Sync,
) -> [f64; 3] {
    let hits = parallel::map(2, 200, |seed| {
        let all = drawn(prompts, each, style, 1000 + seed as u64);
        let options = LeaderboardOptions { threads: 1, ..options(samples, seed as u64) };
        let board = leaderboard(&all, options).unwrap();
        let mut alone = Comparisons::new(TRUTH.len(), all.covariates().to_vec());
        for (place, row) in all.rows().iter().enumerate() {
            let row = Comparison { cluster: place as u32, ..*row };
            alone.push(row, all.values(place)).unwrap();
        }
        let alone = leaderboard(&alone, LeaderboardOptions { samples: 0, ..options }).unwrap();
        let both = estimates(&board).into_iter().zip(estimates(&alone));
        let inside = both.map(|((estimate, truth), (alone, _))| {
            [estimate.sandwich, estimate.bootstrap, alone.sandwich]
                .map(|range| range.is_some_and(|[low, high]| low <= truth && truth <= high))
        });
        inside.collect::<Vec<_>>()
    });
    let all: Vec<[bool; 3]> = hits.into_iter().flatten().collect();
    [0, 1, 2].map(|kind| all.iter().filter(|one| one[kind]).count() as f64 / all.len() as f64)
}

/// The standard error of a share of 200 that is 0.95 is 0.015; those of five strengths hang
/// together.
#[test]
fn intervals_of_strengths_cover_the_truth() {
    let [sandwich, bootstrap, alone] = coverage(150, 6, false, 400, |board| {
        let standings = by_system(board).into_iter().zip(TRUTH);
        let strengths = standings.map(|(one, truth)| (one.strength.unwrap(), truth));
        strengths.chain([(board.ln_nu.unwrap(), LN_NU)]).collect()
    });
    println!("sandwich {sandwich}, bootstrap {bootstrap}, without prompts {alone}");
    assert!((0.93..=0.97).contains(&sandwich) && (0.93..=0.97).contains(&bootstrap));
    assert!(alone < sandwich - 0.015);
}

#[test]
fn intervals_of_style_cover_the_truth() {
    let [sandwich, bootstrap, _] = coverage(80, 4, true, 120, |board| {
        let scale = board.fit.covariates[0].scale;
        vec![(board.covariates[0].unwrap(), STYLE * scale)]
    });
    println!("sandwich {sandwich}, bootstrap {bootstrap}");
    assert!((0.905..=0.98).contains(&sandwich) && (0.905..=0.98).contains(&bootstrap));
}

#[test]
fn ranks_have_the_bounds_of_their_intervals() {
    let board = leaderboard(&drawn(400, 5, false, 3), options(200, 5)).unwrap();
    let standings = &board.standings;
    assert!(
        standings
            .windows(2)
            .all(|pair| { pair[0].strength.unwrap().value >= pair[1].strength.unwrap().value })
    );
    for (place, one) in standings.iter().enumerate() {
        let (rank, elo, strength) = (one.rank.unwrap(), one.elo.unwrap(), one.strength.unwrap());
        assert_eq!(rank.rank, place + 1);
        assert!(rank.best <= rank.rank && rank.rank <= rank.worst && rank.worst <= 5);
        let [low, high] = strength.bootstrap.unwrap();
        assert!(low < strength.value && strength.value < high);
        let points = 400.0 / 10_f64.ln();
        assert!((elo.value - (1000.0 + points * strength.value)).abs() < 1e-9);
        assert!((elo.bootstrap.unwrap()[1] - (1000.0 + points * high)).abs() < 1e-9);
        assert!((elo.std_error.unwrap() - points * strength.std_error.unwrap()).abs() < 1e-9);
    }
    // Far enough apart.
    assert_eq!((standings[0].rank.unwrap().best, standings[4].rank.unwrap().worst), (1, 5));
    assert!(standings[0].rank.unwrap().worst < 3, "{standings:?}");
}

#[test]
fn a_seed_gives_the_same_on_any_number_of_threads() {
    for style in [false, true] {
        let all = drawn(50, 4, style, 1);
        let one = leaderboard(&all, LeaderboardOptions { threads: 1, ..options(40, 9) }).unwrap();
        let two = leaderboard(&all, LeaderboardOptions { threads: 3, ..options(40, 9) }).unwrap();
        assert_eq!(one, two);
        let other = leaderboard(&all, options(40, 10)).unwrap();
        assert_ne!(one.standings[0].strength, other.standings[0].strength);
        assert_eq!(one.bootstrap.unwrap().unconverged, 0);
    }
}

/// The step along the Hessian of the whole fit leads where a fit of the resample leads.
#[test]
fn resamples_are_fits_of_their_own() {
    let all = drawn(60, 4, true, 2);
    let fitted = Fitted::of(&all, options(0, 0).fit).unwrap();
    let rules = (TieRule::Davidson, options(0, 0).fit.both_bad);
    let entries = fitted.design.entries(&all, rules.0, rules.1);
    let found = resample(&fitted, &entries, 5, 4, 1);
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let groups: Vec<usize> = all.rows().iter().map(|row| row.cluster as usize).collect();
    for one in found {
        let weights = crate::bootstrap::bootstrap_weights(&groups, rng.random());
        let mut drawn = Comparisons::new(TRUTH.len(), all.covariates().to_vec());
        for (place, (row, weight)) in all.rows().iter().zip(weights).enumerate() {
            drawn.push(Comparison { weight, ..*row }, all.values(place)).unwrap();
        }
        let again = Fitted::of(&drawn, options(0, 0).fit).unwrap();
        for (a, b) in one.strengths.iter().zip(&again.fit.strengths) {
            assert!((a.unwrap() - b.unwrap()).abs() < 1e-4);
        }
        assert!((one.ln_nu.unwrap() - again.fit.ln_nu.unwrap()).abs() < 1e-4);
        let gained = |value: f64, scale: f64| value / scale;
        let (ours, theirs) = (&fitted.fit.covariates[0], &again.fit.covariates[0]);
        let theirs = gained(theirs.coefficient.unwrap(), theirs.scale);
        assert!((gained(one.coefficients[0], ours.scale) - theirs).abs() < 1e-4);
    }
}

/// A system that lost all has a wide interval, not none; systems that never met others no rank.
#[test]
fn what_is_not_determined_is_not_certain() {
    let mut all = Comparisons::new(8, Vec::new());
    for row in drawn(60, 4, false, 1).rows() {
        all.push(*row, &[]).unwrap();
    }
    let row = |first, second, cluster| Comparison {
        first,
        second,
        outcome: Outcome::First,
        weight: 1.0,
        cluster,
    };
    for cluster in 0..30 {
        all.push(row(cluster % 5, 5, cluster), &[]).unwrap();
    }
    all.push(row(6, 7, 3), &[]).unwrap();
    let board = leaderboard(&all, options(60, 1)).unwrap();
    assert!(board.fit.regularised.is_some());
    let standings = by_system(&board);
    let (lost, usual) = (standings[5].strength.unwrap(), standings[0].strength.unwrap());
    assert!(lost.value < -3.0 && lost.std_error.unwrap() > 3.0 * usual.std_error.unwrap());
    assert_eq!((standings[5].rank.unwrap().rank, standings[5].determined), (6, false));
    // The others are as certain as without it, against their own mean.
    let core = leaderboard(&drawn(60, 4, false, 1), options(0, 1)).unwrap();
    for (with, without) in standings[..5].iter().zip(by_system(&core)) {
        assert!(with.determined);
        let (with, without) = (with.strength.unwrap(), without.strength.unwrap());
        assert!((with.value - without.value).abs() < 0.05, "{with:?} {without:?}");
        let ratio = with.std_error.unwrap() / without.std_error.unwrap();
        assert!((ratio - 1.0).abs() < 0.1, "{with:?} {without:?}");
    }
    assert_eq!((standings[6].rank, standings[7].rank), (None, None));
    assert!(standings[6].strength.unwrap().std_error.unwrap() > 3.0);
}

#[test]
fn one_cluster_has_no_intervals() {
    let rows = [(0, 1, Outcome::First), (0, 1, Outcome::Second), (1, 0, Outcome::Tie)];
    let rows = rows.map(|(first, second, outcome)| Comparison {
        first,
        second,
        outcome,
        weight: 1.0,
        cluster: 4,
    });
    let all = Comparisons::of(3, rows.to_vec()).unwrap();
    let board = leaderboard(&all, options(100, 1)).unwrap();
    assert_eq!((board.clusters, board.few_clusters, board.bootstrap), (1, true, None));
    let first = board.standings[0];
    assert_eq!((first.strength.unwrap().interval(), first.rank), (None, None));
    assert_eq!(board.standings[2].strength, None);
    let json = serde_json::to_string(&board).unwrap();
    assert!(!json.contains("NaN") && json.contains("\"few_clusters\":true"), "{json}");
}
