//! What the comparisons of each pair of systems come to: the sufficient statistic of every model
//! without covariates.

use std::collections::BTreeMap;

use serde::Serialize;

use super::comparison::{Comparison, Comparisons, Outcome};

/// Up to so many systems the counts of all pairs are kept in one table (64 MB).
const TABLE_SYSTEMS: usize = 2000;

/// The comparisons of two systems, by weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cell {
    /// The system with the smaller number.
    pub first: usize,
    /// The other one.
    pub second: usize,
    /// Comparisons that the first won.
    pub first_wins: f64,
    /// Comparisons that the second won.
    pub second_wins: f64,
    /// Ties.
    pub ties: f64,
    /// Comparisons in which neither was good.
    pub both_bad: f64,
}

impl Cell {
    /// All comparisons of the two.
    pub fn total(&self) -> f64 {
        self.decided() + self.ties + self.both_bad
    }

    /// The comparisons that one of the two won.
    pub fn decided(&self) -> f64 {
        self.first_wins + self.second_wins
    }
}

/// All pairs of systems that were compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cells {
    /// How many systems there are, compared or not.
    pub systems: usize,
    /// The pairs with a comparison of positive weight, by first and second system.
    pub cells: Vec<Cell>,
}

impl Cells {
    /// Sums up comparisons; covariates are left out of account.
    pub fn of(comparisons: &Comparisons) -> Self {
        Self::weighted(comparisons, |_, row| row.weight)
    }

    /// The same with the comparisons of two systems in one cluster counting 1 together, each by
    /// its share of their weight. For what supposes independent comparisons, while several people
    /// answered on the same two texts.
    pub fn of_clusters(comparisons: &Comparisons) -> Self {
        let rows = comparisons.rows();
        let key =
            |row: &Comparison| (row.cluster, row.first.min(row.second), row.first.max(row.second));
        let mut order: Vec<usize> = (0..rows.len()).filter(|&n| rows[n].weight > 0.0).collect();
        order.sort_by_key(|&n| key(&rows[n]));
        let mut shares = vec![0.0; rows.len()];
        for group in order.chunk_by(|&a, &b| key(&rows[a]) == key(&rows[b])) {
            let total: f64 = group.iter().map(|&n| rows[n].weight).sum();
            for &n in group {
                shares[n] = rows[n].weight / total;
            }
        }
        Self::weighted(comparisons, |place, _| shares[place])
    }

    fn weighted(comparisons: &Comparisons, weight: impl Fn(usize, &Comparison) -> f64) -> Self {
        let systems = comparisons.systems();
        let mut sums = Sums::new(systems);
        for (n, row) in comparisons.rows().iter().enumerate() {
            let (first, second, outcome) = if row.first < row.second {
                (row.first as usize, row.second as usize, row.outcome)
            } else {
                (row.second as usize, row.first as usize, row.outcome.swapped())
            };
            sums.at(first, second)[place(outcome)] += weight(n, row);
        }
        Self { systems, cells: sums.cells() }
    }

    /// The decided comparisons, as one for each side that won any.
    pub(crate) fn decided(&self) -> Vec<Comparison> {
        let rows = self.cells.iter().flat_map(|cell| {
            [(Outcome::First, cell.first_wins), (Outcome::Second, cell.second_wins)].map(
                |(outcome, weight)| Comparison {
                    first: cell.first as u32,
                    second: cell.second as u32,
                    outcome,
                    weight,
                    cluster: 0,
                },
            )
        });
        rows.filter(|row| row.weight > 0.0).collect()
    }
}

const fn place(outcome: Outcome) -> usize {
    match outcome {
        Outcome::First => 0,
        Outcome::Second => 1,
        Outcome::Tie => 2,
        Outcome::BothBad => 3,
    }
}

/// Counts of all pairs: a table, or a map where a table would be too large.
enum Sums {
    Table(usize, Vec<[f64; 4]>),
    Map(BTreeMap<(usize, usize), [f64; 4]>),
}

impl Sums {
    fn new(systems: usize) -> Self {
        if systems <= TABLE_SYSTEMS {
            Self::Table(systems, vec![[0.0; 4]; systems * systems.saturating_sub(1) / 2])
        } else {
            Self::Map(BTreeMap::new())
        }
    }

    /// The counts of two systems, `first < second`.
    fn at(&mut self, first: usize, second: usize) -> &mut [f64; 4] {
        match self {
            Self::Table(systems, table) => &mut table[triangle(*systems, first, second)],
            Self::Map(map) => map.entry((first, second)).or_default(),
        }
    }

    fn cells(self) -> Vec<Cell> {
        let cell = |first, second, [first_wins, second_wins, ties, both_bad]: [f64; 4]| {
            let cell = Cell { first, second, first_wins, second_wins, ties, both_bad };
            (cell.total() > 0.0).then_some(cell)
        };
        match self {
            Self::Table(systems, table) => {
                let pairs = (0..systems).flat_map(|i| (i + 1..systems).map(move |j| (i, j)));
                pairs.zip(table).filter_map(|((i, j), counts)| cell(i, j, counts)).collect()
            }
            Self::Map(map) => map.into_iter().filter_map(|((i, j), c)| cell(i, j, c)).collect(),
        }
    }
}

/// The place of a pair in the rows of the triangle above the diagonal.
const fn triangle(systems: usize, first: usize, second: usize) -> usize {
    first * (2 * systems - first - 1) / 2 + second - first - 1
}

#[cfg(test)]
mod tests {
    use super::super::comparison::Comparison;
    use super::*;

    #[test]
    fn both_orders_of_a_pair_are_one_cell() {
        use Outcome::{BothBad, First, Second, Tie};
        for systems in [4, TABLE_SYSTEMS + 1] {
            let rows = [
                (0, 1, First, 1.0),
                (1, 0, First, 2.0),
                (3, 1, Tie, 1.0),
                (1, 3, BothBad, 0.5),
                (0, 2, Second, 0.0),
            ];
            let rows = rows.map(|(first, second, outcome, weight)| Comparison {
                first,
                second,
                outcome,
                weight,
                cluster: 0,
            });
            let cells = Cells::of(&Comparisons::of(systems, rows.to_vec()).unwrap()).cells;
            let expected = [
                Cell { first: 0, second: 1, first_wins: 1.0, second_wins: 2.0, ..Cell::default() },
                Cell { first: 1, second: 3, ties: 1.0, both_bad: 0.5, ..Cell::default() },
            ];
            assert_eq!(cells, expected);
        }
    }

    #[test]
    fn a_cluster_counts_once_for_each_pair() {
        use Outcome::{First, Second};
        let rows = [
            (0, 1, First, 1.0, 7),
            (1, 0, First, 3.0, 7),
            (0, 1, First, 5.0, 8),
            (0, 2, Second, 0.5, 7),
        ];
        let rows = rows.map(|(first, second, outcome, weight, cluster)| Comparison {
            first,
            second,
            outcome,
            weight,
            cluster,
        });
        let cells = Cells::of_clusters(&Comparisons::of(3, rows.to_vec()).unwrap()).cells;
        let expected = [
            Cell { first: 0, second: 1, first_wins: 1.25, second_wins: 0.75, ..Cell::default() },
            Cell { first: 0, second: 2, second_wins: 1.0, ..Cell::default() },
        ];
        assert_eq!(cells, expected);
    }

    #[test]
    fn the_triangle_has_a_place_for_each_pair() {
        let places: Vec<usize> =
            (0..7).flat_map(|i| (i + 1..7).map(move |j| triangle(7, i, j))).collect();
        assert_eq!(places, (0..21).collect::<Vec<_>>());
    }
}
