//! Win rates: how often each system was preferred to each other one, and on average.
//!
//! A tie counts half. The average is over opponents, each counting the same (as Chatbot Arena's
//! "average win rate against all other models"), so that it depends on who was met, but not on how
//! often. Comparisons in which neither was good count as ties or are left out; they are counted
//! beside.

use serde::Serialize;

use super::cells::Cells;
use super::options::BothBad;

/// A system against another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WinRate {
    /// Wins, with half of the ties, as a share of what was counted.
    pub rate: f64,
    /// Comparisons won, by weight.
    pub wins: f64,
    /// Comparisons lost.
    pub losses: f64,
    /// Ties.
    pub ties: f64,
    /// Comparisons in which neither was good.
    pub both_bad: f64,
}

/// Win rates of all systems.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WinRates {
    /// Row against column; `None` on the diagonal and where two never met, or only in comparisons
    /// that are left out.
    pub matrix: Vec<Vec<Option<WinRate>>>,
    /// The mean of each row; `None` for an empty one.
    pub average: Vec<Option<f64>>,
    /// Opponents that each mean is over.
    pub opponents: Vec<usize>,
    /// The share of each system's comparisons, by weight, in which neither was good; `None`
    /// without a comparison.
    pub both_bad: Vec<Option<f64>>,
}

/// The win rates of cells.
pub fn win_rates(cells: &Cells, both_bad: BothBad) -> WinRates {
    let n = cells.systems;
    let mut matrix = vec![vec![None; n]; n];
    let (mut bad, mut all) = (vec![0.0; n], vec![0.0; n]);
    for cell in &cells.cells {
        for (i, j, wins, losses) in [
            (cell.first, cell.second, cell.first_wins, cell.second_wins),
            (cell.second, cell.first, cell.second_wins, cell.first_wins),
        ] {
            bad[i] += cell.both_bad;
            all[i] += cell.total();
            let tied = cell.ties + if both_bad == BothBad::AsTie { cell.both_bad } else { 0.0 };
            let total = wins + losses + tied;
            matrix[i][j] = (total > 0.0).then(|| WinRate {
                rate: (wins + 0.5 * tied) / total,
                wins,
                losses,
                ties: cell.ties,
                both_bad: cell.both_bad,
            });
        }
    }
    let opponents: Vec<usize> = matrix.iter().map(|row| row.iter().flatten().count()).collect();
    let average = matrix.iter().zip(&opponents).map(|(row, &count)| {
        let sum: f64 = row.iter().flatten().map(|one| one.rate).sum();
        (count > 0).then(|| sum / count as f64)
    });
    WinRates {
        average: average.collect(),
        both_bad: bad.iter().zip(&all).map(|(bad, all)| (*all > 0.0).then(|| bad / all)).collect(),
        opponents,
        matrix,
    }
}

#[cfg(test)]
mod tests {
    use super::super::cells::Cell;
    use super::*;

    #[test]
    fn rates_by_hand() {
        let cell = |first, second, [first_wins, second_wins, ties, both_bad]: [f64; 4]| Cell {
            first,
            second,
            first_wins,
            second_wins,
            ties,
            both_bad,
        };
        let cells = Cells {
            systems: 4,
            cells: vec![cell(0, 1, [3.0, 1.0, 2.0, 2.0]), cell(0, 2, [0.0, 0.0, 0.0, 1.0])],
        };
        for (both_bad, rate, average, opponents) in [
            (BothBad::AsTie, 5.0 / 8.0, (5.0 / 8.0 + 0.5) / 2.0, 2),
            (BothBad::Dropped, 4.0 / 6.0, 4.0 / 6.0, 1),
        ] {
            let found = win_rates(&cells, both_bad);
            assert_eq!(found.matrix[0][1].unwrap().rate, rate);
            assert!((found.matrix[1][0].unwrap().rate - (1.0 - rate)).abs() < 1e-12);
            assert_eq!((found.average[0], found.opponents[0]), (Some(average), opponents));
            assert_eq!(found.average[3], None);
            assert_eq!(found.both_bad, [Some(3.0 / 9.0), Some(0.25), Some(1.0), None]);
        }
    }
}
