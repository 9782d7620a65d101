//! Comparisons as a fit takes them: pairs of systems that took part, each with a row of
//! covariates and counts of the three answers.

use std::cmp::Ordering;

use super::cells::Cells;
use super::comparison::{Comparisons, Outcome};
use super::connectedness::Connectedness;
use super::options::{BothBad, TieRule};
use crate::fit_error::FitError;

/// Wins of the first, ties, wins of the second, by weight.
pub(crate) type Counts = [f64; 3];

/// The rows of a fit: one for each pair of systems with the same covariates. The system with the
/// smaller number is the first.
#[derive(Clone, Debug)]
pub(crate) struct Design {
    /// How many systems there are, compared or not.
    pub(crate) systems: usize,
    /// The systems that take part, rising; rows name them by their place here.
    pub(crate) active: Vec<usize>,
    pub(crate) pairs: Vec<[usize; 2]>,
    /// Covariates, `[rows x scales]`, each in units of its scale.
    pub(crate) x: Vec<f64>,
    /// The root mean square of each covariate; 0 where it is nothing but zeros, and then no
    /// column.
    pub(crate) scales: Vec<f64>,
    /// Columns of `x`.
    pub(crate) width: usize,
    /// The row of each comparison that is not left out, if there are covariates.
    row_of: Vec<u32>,
}

/// What a comparison adds to the counts of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) cluster: u32,
    pub(crate) row: u32,
    /// The place in [`Counts`].
    pub(crate) answer: u8,
    pub(crate) weight: f64,
}

/// The place of an outcome in [`Counts`]; `None` if it is left out.
fn answer(outcome: Outcome, ties: TieRule, both_bad: BothBad) -> Option<u8> {
    match (outcome, ties, both_bad) {
        (Outcome::First, ..) => Some(0),
        (Outcome::Second, ..) => Some(2),
        (Outcome::BothBad, _, BothBad::Dropped) | (_, TieRule::Ignored, _) => None,
        (Outcome::Tie | Outcome::BothBad, ..) => Some(1),
    }
}

impl Design {
    /// Rows and their counts. The weight of what is left out by these rules comes third.
    ///
    /// # Errors
    /// [`FitError::NoPairs`] if nothing is left.
    pub(crate) fn of(
        comparisons: &Comparisons,
        ties: TieRule,
        both_bad: BothBad,
    ) -> Result<(Self, Vec<Counts>, f64), FitError> {
        let systems = comparisons.systems();
        let all: f64 = comparisons.rows().iter().map(|row| row.weight).sum();
        let Rows { pairs, counts, values, row_of } = if comparisons.covariates().is_empty() {
            Rows::of_cells(&Cells::of(comparisons), ties, both_bad)
        } else {
            Rows::with_covariates(comparisons, ties, both_bad)
        };
        if pairs.is_empty() {
            return Err(FitError::NoPairs);
        }
        let used: f64 = counts.iter().flatten().sum();
        let (scales, width, x) = scaled(&values, comparisons.covariates().len(), &counts);
        let mut design = Self { systems, active: Vec::new(), pairs, x, scales, width, row_of };
        design.name_by_place();
        Ok((design, counts, (all - used).max(0.0)))
    }

    /// Renames the systems of the rows by their places among those that take part.
    fn name_by_place(&mut self) {
        let mut places = vec![usize::MAX; self.systems];
        for &system in self.pairs.iter().flatten() {
            places[system] = 0;
        }
        for (system, place) in places.iter_mut().enumerate() {
            if *place == 0 {
                *place = self.active.len();
                self.active.push(system);
            }
        }
        for system in self.pairs.iter_mut().flatten() {
            *system = places[*system];
        }
    }

    /// The comparisons that make up the counts, sorted by cluster.
    pub(crate) fn entries(
        &self,
        comparisons: &Comparisons,
        ties: TieRule,
        both_bad: BothBad,
    ) -> Vec<Entry> {
        let places = self.row_places();
        let mut entries = Vec::with_capacity(comparisons.rows().len());
        let mut next = 0;
        for row in comparisons.rows() {
            let Some(said) = answer(row.outcome, ties, both_bad) else { continue };
            if row.weight <= 0.0 {
                continue;
            }
            // Wins change sides with the systems, ties are in the middle.
            let answer = if row.first < row.second { said } else { 2 - said };
            let place = self.row_of.get(next).map_or_else(
                || {
                    let [low, high] = [row.first.min(row.second), row.first.max(row.second)];
                    let range = places[low as usize]..places[low as usize + 1];
                    let before = |pair: &[usize; 2]| self.active[pair[1]] < high as usize;
                    range.start + self.pairs[range].partition_point(before)
                },
                |&place| place as usize,
            );
            next += 1;
            entries.push(Entry {
                cluster: row.cluster,
                row: place as u32,
                answer,
                weight: row.weight,
            });
        }
        entries.sort_by_key(|entry| (entry.cluster, entry.row, entry.answer));
        entries
    }

    /// Where the rows of each first system begin; rows of a design without covariates are sorted.
    fn row_places(&self) -> Vec<usize> {
        let mut places = vec![0; self.systems + 1];
        for pair in &self.pairs {
            places[self.active[pair[0]] + 1] += 1;
        }
        for system in 0..self.systems {
            places[system + 1] += places[system];
        }
        places
    }

    /// What the counts say of which systems can be compared, by number of the system.
    pub(crate) fn connectedness(&self, counts: &[Counts]) -> Connectedness {
        let arrows = self.pairs.iter().zip(counts).flat_map(|(pair, [first, tie, second])| {
            let [a, b] = pair.map(|place| self.active[place]);
            let a_won = (first + tie > 0.0).then_some((b, a));
            a_won.into_iter().chain((second + tie > 0.0).then_some((a, b)))
        });
        Connectedness::of(self.systems, arrows)
    }

    /// The covariates of a row.
    pub(crate) fn row(&self, row: usize) -> &[f64] {
        &self.x[row * self.width..(row + 1) * self.width]
    }
}

/// Rows with the systems by number and covariates in their own units.
#[derive(Default)]
struct Rows {
    pairs: Vec<[usize; 2]>,
    counts: Vec<Counts>,
    values: Vec<f64>,
    row_of: Vec<u32>,
}

impl Rows {
    fn of_cells(cells: &Cells, ties: TieRule, both_bad: BothBad) -> Self {
        let mut rows = Self::default();
        for cell in &cells.cells {
            let mut tied = 0.0;
            if ties != TieRule::Ignored {
                tied += cell.ties;
                tied += if both_bad == BothBad::AsTie { cell.both_bad } else { 0.0 };
            }
            if cell.decided() + tied > 0.0 {
                rows.pairs.push([cell.first, cell.second]);
                rows.counts.push([cell.first_wins, tied, cell.second_wins]);
            }
        }
        rows
    }

    /// Several answers on one item have the same covariates: they are one row.
    fn with_covariates(comparisons: &Comparisons, ties: TieRule, both_bad: BothBad) -> Self {
        struct One {
            pair: [u32; 2],
            answer: usize,
            weight: f64,
            place: usize,
        }
        let width = comparisons.covariates().len();
        let (mut all, mut values) = (Vec::new(), Vec::new());
        for (place, row) in comparisons.rows().iter().enumerate() {
            let Some(said) = answer(row.outcome, ties, both_bad) else { continue };
            if row.weight > 0.0 {
                let swapped = row.first > row.second;
                let (answer, sign) = if swapped { (2 - said, -1.0) } else { (said, 1.0) };
                let pair = [row.first.min(row.second), row.first.max(row.second)];
                all.push(One {
                    pair,
                    answer: usize::from(answer),
                    weight: row.weight,
                    place: all.len(),
                });
                // Adding 0 makes -0 of it 0.
                values.extend(comparisons.values(place).iter().map(|x| sign * x + 0.0));
            }
        }
        let of = |one: &One| &values[one.place * width..(one.place + 1) * width];
        let by_values = |a: &One, b: &One| {
            let pairs = of(a).iter().zip(of(b)).map(|(x, y)| x.total_cmp(y));
            pairs.fold(Ordering::Equal, Ordering::then)
        };
        all.sort_by(|a, b| a.pair.cmp(&b.pair).then_with(|| by_values(a, b)));
        let mut rows = Self { row_of: vec![0; all.len()], ..Self::default() };
        let same = |a: &One, b: &One| a.pair == b.pair && by_values(a, b) == Ordering::Equal;
        for group in all.chunk_by(same) {
            let mut counts = [0.0; 3];
            for one in group {
                counts[one.answer] += one.weight;
                rows.row_of[one.place] = rows.pairs.len() as u32;
            }
            rows.pairs.push(group[0].pair.map(|system| system as usize));
            rows.values.extend_from_slice(of(&group[0]));
            rows.counts.push(counts);
        }
        rows
    }
}

/// Covariates in units of their root mean square. They are not centred: with the systems swapped
/// a comparison must say the same, and what an answer gains by its side is a mean that differs
/// from 0.
fn scaled(values: &[f64], columns: usize, counts: &[Counts]) -> (Vec<f64>, usize, Vec<f64>) {
    let total: f64 = counts.iter().flatten().sum();
    let mut squares = vec![0.0; columns];
    if columns > 0 {
        for (row, count) in values.chunks_exact(columns).zip(counts) {
            let weight = count.iter().sum::<f64>() / total;
            for (sum, value) in squares.iter_mut().zip(row) {
                *sum += weight * value * value;
            }
        }
    }
    let scales: Vec<f64> = squares.into_iter().map(f64::sqrt).collect();
    let kept: Vec<usize> = (0..columns).filter(|&k| scales[k] > 0.0).collect();
    let x = values
        .chunks_exact(columns.max(1))
        .flat_map(|row| kept.iter().map(|&k| row[k] / scales[k]))
        .collect();
    (scales, kept.len(), x)
}
