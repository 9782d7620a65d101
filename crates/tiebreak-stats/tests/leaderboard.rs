//! Leaderboards against other programs (golden/leaderboard.py) and published examples.
#![allow(clippy::unwrap_used)]

use serde::Deserialize;
use tiebreak_stats::leaderboard::{
    BothBad, BradleyTerryOptions, Cells, Comparison, Comparisons, EloOptions, Estimate,
    Leaderboard, LeaderboardOptions, Outcome, TieRule, bradley_terry, elo, leaderboard, win_rates,
};

/// What the goldens are equal within: their own solvers stop there.
const CLOSE: f64 = 1e-6;

#[derive(Deserialize)]
struct Golden {
    simulated: Simulated,
    llmfao: Llmfao,
}

#[derive(Deserialize)]
struct Simulated {
    systems: usize,
    rows: Vec<(u32, u32, u8, u32, f64)>,
    covariates: Vec<Vec<f64>>,
    evalica_half: Vec<f64>,
    choix_unweighted_decided: Vec<f64>,
    evalica_elo_unweighted_k32: Vec<f64>,
    evalica_average_win_rate: Vec<f64>,
    statsmodels_unweighted_decided: Fit,
    statsmodels_style_unweighted_decided: Fit,
    scipy_davidson: Fit,
}

#[derive(Deserialize)]
struct Fit {
    parameters: Vec<f64>,
    log_likelihood: f64,
    #[serde(default)]
    hc0: Vec<f64>,
    clustered: Vec<f64>,
    #[serde(default)]
    comparisons: usize,
    clusters: usize,
}

#[derive(Deserialize)]
struct Llmfao {
    systems: usize,
    cells: Vec<(u32, u32, f64, f64, f64)>,
    evalica_half: Vec<f64>,
    evalica_average_win_rate: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../golden/leaderboard.json")).unwrap()
}

impl Simulated {
    /// The comparisons, weighted or not, with their style or not, each a cluster of its own or
    /// not.
    fn comparisons(&self, weighted: bool, style: bool, clustered: bool) -> Comparisons {
        let names = ["length", "markdown", "side"].map(str::to_owned).to_vec();
        let mut all = Comparisons::new(self.systems, if style { names } else { Vec::new() });
        for (place, &(first, second, outcome, cluster, weight)) in self.rows.iter().enumerate() {
            let outcome = [Outcome::First, Outcome::Second, Outcome::Tie][usize::from(outcome)];
            let weight = if weighted { weight } else { 1.0 };
            let cluster = if clustered { cluster } else { place as u32 };
            let covariates: &[f64] = if style { &self.covariates[place] } else { &[] };
            all.push(Comparison { first, second, outcome, weight, cluster }, covariates).unwrap();
        }
        all
    }
}

/// Comparisons of cells: first, second, wins of each, ties.
fn from_cells(systems: usize, cells: &[(u32, u32, f64, f64, f64)]) -> Comparisons {
    let rows = cells.iter().flat_map(|&(first, second, one, two, ties)| {
        [(Outcome::First, one), (Outcome::Second, two), (Outcome::Tie, ties)]
            .map(|(outcome, weight)| Comparison { first, second, outcome, weight, cluster: 0 })
    });
    Comparisons::of(systems, rows.collect()).unwrap()
}

fn options(ties: TieRule) -> BradleyTerryOptions {
    BradleyTerryOptions { ties, both_bad: BothBad::AsTie, ..BradleyTerryOptions::default() }
}

fn without_bootstrap(ties: TieRule) -> LeaderboardOptions {
    LeaderboardOptions { fit: options(ties), samples: 0, ..LeaderboardOptions::default() }
}

#[track_caller]
fn assert_near(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() < tolerance, "{found:?} instead of {expected:?}");
    }
}

fn present(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|value| value.unwrap()).collect()
}

/// All estimates in the order of the goldens: systems, covariates, ln nu.
fn estimates(board: &Leaderboard) -> Vec<Estimate> {
    let mut systems: Vec<_> =
        board.standings.iter().map(|one| (one.system, one.strength.unwrap())).collect();
    systems.sort_by_key(|(system, _)| *system);
    let systems = systems.into_iter().map(|(_, estimate)| estimate);
    systems.chain(board.covariates.iter().map(|one| one.unwrap())).chain(board.ln_nu).collect()
}

#[test]
fn strengths_are_those_of_evalica_and_choix() {
    let Golden { simulated, llmfao } = golden();
    let weighted = simulated.comparisons(true, false, true);
    let plain = simulated.comparisons(false, false, true);
    let labels = from_cells(llmfao.systems, &llmfao.cells);
    for (comparisons, ties, expected, left_out) in [
        (&weighted, TieRule::Half, &simulated.evalica_half, false),
        (&plain, TieRule::Ignored, &simulated.choix_unweighted_decided, true),
        (&labels, TieRule::Half, &llmfao.evalica_half, false),
    ] {
        let fit = bradley_terry(comparisons, options(ties)).unwrap();
        assert!(fit.converged && fit.regularised.is_none() && fit.iterations < 12, "{fit:?}");
        assert_near(&present(&fit.strengths), expected, CLOSE);
        assert_eq!((fit.left_out > 0.0, fit.ln_nu), (left_out, None));
    }
}

#[test]
fn win_rates_are_those_of_evalica() {
    let Golden { simulated, llmfao } = golden();
    for (comparisons, expected) in [
        (simulated.comparisons(true, false, true), &simulated.evalica_average_win_rate),
        (from_cells(llmfao.systems, &llmfao.cells), &llmfao.evalica_average_win_rate),
    ] {
        let found = win_rates(&Cells::of(&comparisons), BothBad::AsTie);
        assert_near(&present(&found.average), expected, 1e-9);
    }
}

#[test]
fn ratings_are_those_of_evalica() {
    let Golden { simulated, .. } = golden();
    let found = elo(
        &simulated.comparisons(false, false, true),
        EloOptions { k: 32.0, ..EloOptions::default() },
    );
    assert_near(&present(&found.ratings), &simulated.evalica_elo_unweighted_k32, 1e-8);
}

/// HC0 and clustered errors are those without G / (G - 1), which ours have.
#[test]
fn errors_and_style_are_those_of_statsmodels() {
    let Golden { simulated, .. } = golden();
    for (style, expected) in [
        (false, &simulated.statsmodels_unweighted_decided),
        (true, &simulated.statsmodels_style_unweighted_decided),
    ] {
        for clustered in [false, true] {
            let comparisons = simulated.comparisons(false, style, clustered);
            let board = leaderboard(&comparisons, without_bootstrap(TieRule::Ignored)).unwrap();
            let (count, errors) = if clustered {
                (expected.clusters, &expected.clustered)
            } else {
                (expected.comparisons, &expected.hc0)
            };
            assert_eq!(board.clusters, count);
            let correction = (count as f64 / (count as f64 - 1.0)).sqrt();
            let found = estimates(&board);
            let values: Vec<f64> = found.iter().map(|one| one.value).collect();
            let found: Vec<f64> =
                found.iter().map(|one| one.std_error.unwrap() / correction).collect();
            assert_near(&values, &expected.parameters, CLOSE);
            assert_near(&found, errors, CLOSE);
            assert!((board.fit.log_likelihood - expected.log_likelihood).abs() < 1e-8);
        }
    }
}

/// The golden's derivatives are numerical, hence the tolerance of its errors.
#[test]
fn davidson_is_that_of_scipy() {
    let Golden { simulated, .. } = golden();
    let expected = &simulated.scipy_davidson;
    let comparisons = simulated.comparisons(true, false, true);
    let board = leaderboard(&comparisons, without_bootstrap(TieRule::Davidson)).unwrap();
    let correction = (expected.clusters as f64 / (expected.clusters as f64 - 1.0)).sqrt();
    let found = estimates(&board);
    let values: Vec<f64> = found.iter().map(|one| one.value).collect();
    let errors: Vec<f64> = found.iter().map(|one| one.std_error.unwrap() / correction).collect();
    assert_near(&values, &expected.parameters, 1e-5);
    assert_near(&errors, &expected.clustered, 1e-4);
    assert!((board.fit.log_likelihood - expected.log_likelihood).abs() < 1e-7);
}

/// R. R. Davidson, JASA 65, 1970: six brands of chocolate pudding. The estimates are those after
/// seven steps of iterative scaling, as the R package PlackettLuce prints them beside the data; they
/// are 2e-5 from the maximum.
#[test]
fn davidsons_pudding() {
    let cells = [
        (0, 1, 19.0, 22.0, 16.0),
        (0, 2, 16.0, 19.0, 12.0),
        (1, 2, 19.0, 19.0, 10.0),
        (0, 3, 18.0, 23.0, 13.0),
        (1, 3, 23.0, 19.0, 9.0),
        (2, 3, 19.0, 20.0, 15.0),
        (0, 4, 13.0, 19.0, 18.0),
        (1, 4, 16.0, 20.0, 12.0),
        (2, 4, 16.0, 15.0, 17.0),
        (3, 4, 17.0, 14.0, 16.0),
        (0, 5, 18.0, 21.0, 12.0),
        (1, 5, 22.0, 20.0, 12.0),
        (2, 5, 13.0, 18.0, 10.0),
        (3, 5, 14.0, 19.0, 18.0),
        (4, 5, 11.0, 21.0, 12.0),
    ];
    let fit = bradley_terry(&from_cells(6, &cells), options(TieRule::Davidson)).unwrap();
    let worths: Vec<f64> = present(&fit.strengths).iter().map(|s| s.exp()).collect();
    let sum: f64 = worths.iter().sum();
    let worths: Vec<f64> = worths.iter().map(|worth| worth / sum).collect();
    let expected = [0.138_800_5, 0.172_998_5, 0.161_742_0, 0.165_393_0, 0.158_680_5, 0.202_385_5];
    assert_near(&worths, &expected, 3e-5);
    assert!((fit.ln_nu.unwrap().exp() - 0.746_814_7).abs() < 2e-5);
}

/// A. Agresti, "Categorical data analysis", 2002, section 10.6: the American League's Eastern
/// Division in 1987, wins of the home team and of the other. Estimates against Baltimore in table
/// 10.11, with more digits in H. Turner and D. Firth, "Bradley-Terry models in R: the
/// BradleyTerry2 package", Journal of Statistical Software 48, 2012, section 2.
#[test]
fn agrestis_baseball() {
    const TEAMS: usize = 7;
    // Milwaukee, Detroit, Toronto, New York, Boston, Cleveland, Baltimore at home.
    let home = [
        [(0, 0), (4, 3), (4, 2), (4, 3), (6, 1), (4, 2), (6, 0)],
        [(3, 3), (0, 0), (4, 2), (4, 3), (6, 0), (6, 1), (4, 3)],
        [(2, 5), (4, 3), (0, 0), (2, 4), (4, 3), (4, 2), (6, 0)],
        [(3, 3), (5, 1), (2, 5), (0, 0), (4, 3), (4, 2), (6, 1)],
        [(5, 1), (2, 5), (3, 3), (4, 2), (0, 0), (5, 2), (6, 0)],
        [(2, 5), (3, 3), (3, 4), (4, 3), (4, 2), (0, 0), (2, 4)],
        [(2, 5), (1, 5), (1, 6), (2, 4), (1, 6), (3, 4), (0, 0)],
    ];
    for at_home in [false, true] {
        let names = if at_home { vec!["at home".to_owned()] } else { Vec::new() };
        let mut all = Comparisons::new(TEAMS, names);
        for (first, row) in (0..).zip(home) {
            for (second, (won, lost)) in (0..).zip(row) {
                for (outcome, count) in [(Outcome::First, won), (Outcome::Second, lost)] {
                    for _ in 0..count {
                        let cluster = all.rows().len() as u32;
                        let row = Comparison { first, second, outcome, weight: 1.0, cluster };
                        all.push(row, if at_home { &[1.0] } else { &[] }).unwrap();
                    }
                }
            }
        }
        let fit = bradley_terry(&all, options(TieRule::Ignored)).unwrap();
        let margins: Vec<f64> = (0..TEAMS - 1).map(|i| fit.margin(i, 6).unwrap()).collect();
        if at_home {
            let worths: Vec<f64> = present(&fit.strengths).iter().map(|s| s.exp()).collect();
            let sum: f64 = worths.iter().sum();
            let worths: Vec<f64> = worths.iter().map(|worth| worth / sum).collect();
            assert_near(&worths, &[0.220, 0.190, 0.164, 0.157, 0.137, 0.088, 0.044], 5e-4);
            assert!((fit.covariates[0].coefficient.unwrap() - 0.302).abs() < 5e-4);
        } else {
            assert_near(&margins, &[1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839], 5e-5);
        }
    }
}
