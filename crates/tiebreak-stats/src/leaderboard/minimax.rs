//! The minimax winner: a mixture of systems whose answer is preferred at least half of the time to
//! that of any system.
//!
//! With P_ij the probability that the answer of i is preferred to that of j, P - 1/2 is the payoff
//! of a symmetric game of two players and sum 0, whose value is 0. A maximin strategy always
//! exists, also where preferences have cycles and no system beats all others (the von Neumann
//! winner: M. Dudík et al., "Contextual dueling bandits", 2015; for language models G. Swamy et
//! al., "A minimaximalist approach to reinforcement learning from human feedback", 2024, and Y.
//! Zhang et al., "Iterative Nash policy optimization", 2024). It is found by the simplex method
//! (G. B. Dantzig, "Linear programming and extensions", 1963, chapter 13): with B = P + 1/2, all
//! entries above 0, maximise sum y subject to B y <= 1, y >= 0; the mixture is y divided by its
//! sum. Entering columns by Bland's rule once the larger steps are used up, so that it ends.

use serde::Serialize;

use crate::fit_error::FitError;

/// How far from 1 the probabilities of a pair may sum.
const ROUNDING: f64 = 1e-9;
/// Entries below this are 0 in the tableau.
const SMALLEST: f64 = 1e-11;
/// The duality gap below which the mixture counts as found.
const GAP: f64 = 1e-7;
/// Steps for each system.
const STEPS: usize = 50;

/// A mixture that no system is preferred to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MinimaxWinner {
    /// The share of each system, by row of the matrix; they sum to 1. One of them if several
    /// mixtures are as good.
    pub mixture: Vec<f64>,
    /// The least probability with which the mixture's answer is preferred to that of a system.
    pub guaranteed: f64,
    /// The duality gap: by how much that is below 1/2, the value of the game.
    pub gap: f64,
    /// Steps of the simplex method.
    pub iterations: usize,
    /// Whether the gap is below 1e-7.
    pub converged: bool,
    /// The system, by row, that is preferred to each other one (M. de Condorcet, 1785); `None` if
    /// there is none. If there is one, it is the whole mixture.
    pub condorcet: Option<usize>,
    /// The least probability with which that one is preferred to another system; `None` without
    /// one, or without others. Close to 1/2 it says little.
    pub condorcet_least: Option<f64>,
}

/// Finds the mixture for a square matrix of probabilities that the system of the row is preferred
/// to that of the column; those of a pair sum to 1, and the diagonal is 1/2.
///
/// # Errors
/// [`FitError::NoPairs`] for an empty matrix, [`FitError::Shape`] for one that is not as described.
pub fn minimax_winner(preferences: &[Vec<f64>]) -> Result<MinimaxWinner, FitError> {
    let n = preferences.len();
    if n == 0 {
        return Err(FitError::NoPairs);
    }
    let square = preferences.iter().all(|row| row.len() == n);
    let sound = |i: usize, j: usize| {
        let (p, q) = (preferences[i][j], preferences[j][i]);
        (0.0..=1.0).contains(&p) && (p + q - 1.0).abs() < ROUNDING
    };
    if !square || !(0..n).all(|i| (0..n).all(|j| sound(i, j))) {
        let text = "preferences are no square matrix of probabilities that sum to 1 in pairs";
        return Err(FitError::Shape(text.to_owned()));
    }
    let (y, iterations) = simplex(preferences);
    let sum: f64 = y.iter().sum();
    let mixture: Vec<f64> = y.iter().map(|y| y / sum).collect();
    let guaranteed = (0..n)
        .map(|j| mixture.iter().zip(preferences).map(|(share, row)| share * row[j]).sum())
        .fold(f64::INFINITY, f64::min);
    let gap = 0.5 - guaranteed;
    let beats_all = |&i: &usize| (0..n).all(|j| i == j || preferences[i][j] > 0.5);
    let condorcet = (0..n).find(beats_all);
    let least = |i: usize| {
        let others = (0..n).filter(|&j| j != i).map(|j| preferences[i][j]);
        others.min_by(f64::total_cmp)
    };
    Ok(MinimaxWinner {
        mixture,
        guaranteed,
        gap,
        iterations,
        converged: gap < GAP,
        condorcet,
        condorcet_least: condorcet.and_then(least),
    })
}

/// The maximal y, and the steps that it took.
fn simplex(preferences: &[Vec<f64>]) -> (Vec<f64>, usize) {
    let n = preferences.len();
    let last = 2 * n;
    // Columns: y, slacks, the right side. The last row has the reduced costs.
    let mut tableau: Vec<Vec<f64>> = preferences
        .iter()
        .enumerate()
        .map(|(i, row)| {
            let mut line: Vec<f64> = row.iter().map(|p| p + 0.5).collect();
            line.extend((0..n).map(|j| f64::from(i == j)));
            line.push(1.0);
            line
        })
        .collect();
    let mut costs = vec![0.0; last + 1];
    costs[..n].fill(-1.0);
    let mut basis: Vec<usize> = (n..last).collect();
    let mut steps = 0;
    while steps < STEPS * n.max(10) {
        let candidates = (0..last).filter(|&k| costs[k] < -SMALLEST);
        let entering = if steps < STEPS / 2 * n {
            candidates.min_by(|&a, &b| costs[a].total_cmp(&costs[b]))
        } else {
            candidates.min()
        };
        let Some(column) = entering else { break };
        let ratio = |i: &usize| tableau[*i][last] / tableau[*i][column];
        let leaving = (0..n)
            .filter(|&i| tableau[i][column] > SMALLEST)
            .min_by(|a, b| ratio(a).total_cmp(&ratio(b)).then(basis[*a].cmp(&basis[*b])));
        let Some(row) = leaving else { break };
        basis[row] = column;
        let pivot = tableau[row][column];
        tableau[row].iter_mut().for_each(|x| *x /= pivot);
        let line = tableau[row].clone();
        for (i, other) in tableau.iter_mut().enumerate() {
            if i != row {
                clear(other, &line, column);
            }
        }
        clear(&mut costs, &line, column);
        steps += 1;
    }
    let mut y = vec![0.0; n];
    for (line, &column) in tableau.iter().zip(&basis) {
        if column < n {
            y[column] = line[last].max(0.0);
        }
    }
    (y, steps)
}

/// Subtracts the multiple of `line` that leaves nothing in a column.
fn clear(row: &mut [f64], line: &[f64], column: usize) {
    let share = row[column];
    if share != 0.0 {
        row.iter_mut().zip(line).for_each(|(x, pivot)| *x -= share * pivot);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(a: &[f64], b: &[f64]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    #[test]
    fn mixtures_by_hand() {
        let (p, q) = (0.9, 0.1);
        for (matrix, mixture, condorcet) in [
            (vec![vec![0.5]], vec![1.0], Some(0)),
            (vec![vec![0.5, 0.7], vec![0.3, 0.5]], vec![1.0, 0.0], Some(0)),
            // Rock, paper, scissors.
            (vec![vec![0.5, q, p], vec![p, 0.5, q], vec![q, p, 0.5]], vec![1.0 / 3.0; 3], None),
            // Payoffs a = 1/10, b = 2/10, c = 3/10: shares are proportional to the payoff of the
            // pair that a system is not in.
            (
                vec![vec![0.5, 0.6, 0.3], vec![0.4, 0.5, 0.8], vec![0.7, 0.2, 0.5]],
                vec![0.5, 1.0 / 3.0, 1.0 / 6.0],
                None,
            ),
        ] {
            let found = minimax_winner(&matrix).unwrap();
            assert!(near(&found.mixture, &mixture) && found.converged, "{found:?}");
            assert_eq!(found.condorcet, condorcet);
            assert_eq!(found.condorcet_least, (mixture.len() == 2).then_some(0.7));
        }
    }

    #[test]
    fn other_matrices_are_refused() {
        assert_eq!(minimax_winner(&[]), Err(FitError::NoPairs));
        for matrix in [
            vec![vec![0.5, 0.5]],
            vec![vec![0.5, 0.6], vec![0.6, 0.5]],
            vec![vec![0.5, f64::NAN], vec![0.6, 0.5]],
            vec![vec![0.5, 1.2], vec![-0.2, 0.5]],
        ] {
            assert!(matches!(minimax_winner(&matrix), Err(FitError::Shape(_))), "{matrix:?}");
        }
    }

    proptest! {
        /// Coarse probabilities make many equal ones, on which a simplex method may run in circles.
        #[test]
        fn nothing_is_preferred_to_the_mixture(n in 1_usize..12, coarse in 1_u32..20, draws in proptest::collection::vec(0.0_f64..1.0, 66)) {
            let mut matrix = vec![vec![0.5; n]; n];
            let mut draws = draws.into_iter();
            for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
                let p = (draws.next().unwrap() * f64::from(coarse)).round() / f64::from(coarse);
                matrix[i][j] = p;
                matrix[j][i] = 1.0 - p;
            }
            let found = minimax_winner(&matrix).unwrap();
            prop_assert!(found.converged && found.gap > -1e-9, "{found:?}");
            prop_assert!((found.mixture.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            if let Some(winner) = found.condorcet {
                prop_assert!((found.mixture[winner] - 1.0).abs() < 1e-9);
            }
        }
    }
}
