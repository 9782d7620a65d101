//! Cyclic preferences: triads of systems of which the first beats the second, the second the third
//! and the third the first, by majority of the decided comparisons.
//!
//! Of C(n, 3) triads of a complete tournament d are intransitive; the coefficient of consistence is
//! zeta = 1 - 24 d / (n^3 - n) for odd n, 1 - 24 d / (n^3 - 4 n) for even: 1 without a cycle, 0 for
//! as many as there can be (M. G. Kendall and B. Babington Smith, "On the method of paired
//! comparisons", Biometrika 31, 1940). If each majority were the toss of a coin, a quarter of the
//! triads would be intransitive, with variance 3/16 for each: triads are pairwise independent
//! (P. A. P. Moran, "On the method of paired comparisons", Biometrika 34, 1947). Both also hold
//! where not all pairs were compared, for the triads of which all three were.
//!
//! Cycles also arise by chance where preferences have none. How many is drawn from Bradley-Terry
//! fitted to the decided comparisons: a parametric bootstrap, with as many comparisons of each pair
//! as there were (A. C. Davison and D. V. Hinkley, "Bootstrap methods and their application", 1997,
//! section 4.2.2). Its p-value is (1 + samples with at least as many) / (1 + samples). It supposes
//! independent comparisons; where several people answered on the same two texts, cycles are more
//! likely than that, and [`Cells::of_clusters`] is what to count.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::bradley_terry::bradley_terry;
use super::cells::{Cell, Cells};
use super::comparison::Comparisons;
use super::options::{BradleyTerryOptions, TieRule};
use crate::bootstrap::quantile;
use crate::logistic::logistic;
use crate::parallel;

/// Triads that are shown.
const SHOWN: usize = 20;

/// How cycles are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleOptions {
    /// Samples of the parametric bootstrap; 0 for none.
    pub samples: usize,
    /// Its seed.
    pub seed: u64,
    /// Its threads; the result does not depend on them.
    pub threads: usize,
}

impl Default for CycleOptions {
    fn default() -> Self {
        Self { samples: 1000, seed: 0, threads: 1 }
    }
}

/// An intransitive triad.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Triad {
    /// The first beats the second, that the third, and that the first.
    pub systems: [usize; 3],
    /// The smallest of the three majorities, above 0.5 and at most 1.
    pub weakest: f64,
}

/// How many cycles Bradley-Terry leads to expect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ExpectedCycles {
    /// The mean number of intransitive triads.
    pub mean: f64,
    /// Its 2.5 % quantile.
    pub low: f64,
    /// Its 97.5 % quantile.
    pub high: f64,
    /// The probability of at least as many as were found.
    pub p_value: f64,
    /// Samples that were drawn.
    pub samples: usize,
    /// The seed that they were drawn with.
    pub seed: u64,
}

/// Cycles among systems.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cycles {
    /// Pairs of systems of which one has the majority.
    pub decided_pairs: usize,
    /// Triads of which all three pairs are decided.
    pub triads: u64,
    /// How many of these are intransitive.
    pub intransitive: u64,
    /// How many would be if each majority were the toss of a coin.
    pub by_chance: f64,
    /// The standard deviation of that.
    pub by_chance_deviation: f64,
    /// The coefficient of consistence; `None` unless all pairs of at least three compared systems
    /// are decided.
    pub zeta: Option<f64>,
    /// What Bradley-Terry leads to expect; `None` without samples, without a decided comparison,
    /// or if the fit did not converge.
    pub expected: Option<ExpectedCycles>,
    /// The triads with the clearest majorities, clearest first, twenty at most.
    pub clearest: Vec<Triad>,
}

/// Counts cycles.
pub fn cycles(cells: &Cells, options: CycleOptions) -> Cycles {
    let mut tournament = Tournament::new(cells.systems);
    for cell in &cells.cells {
        match cell.first_wins.total_cmp(&cell.second_wins) {
            std::cmp::Ordering::Greater => tournament.set(cell.first, cell.second),
            std::cmp::Ordering::Less => tournament.set(cell.second, cell.first),
            std::cmp::Ordering::Equal => {}
        }
    }
    let (triads, intransitive) = (tournament.triads(), tournament.intransitive());
    let compared = tournament.beats.iter().zip(&tournament.beaten);
    let n = compared.filter(|(a, b)| a.iter().chain(*b).any(|&word| word != 0)).count();
    let decided_pairs = tournament.pairs();
    let is_complete = n >= 3 && decided_pairs == n * (n - 1) / 2;
    Cycles {
        decided_pairs,
        triads,
        intransitive,
        by_chance: triads as f64 / 4.0,
        by_chance_deviation: (triads as f64 * 3.0 / 16.0).sqrt(),
        zeta: is_complete.then(|| zeta(n, intransitive)),
        expected: expected(cells, intransitive, options),
        clearest: clearest(cells, &tournament),
    }
}

fn zeta(n: usize, intransitive: u64) -> f64 {
    let size = n as f64;
    let most = if n % 2 == 1 { size.powi(3) - size } else { size.powi(3) - 4.0 * size };
    1.0 - 24.0 * intransitive as f64 / most
}

/// Who beats whom, as one bit for each pair.
#[derive(Clone, Debug)]
struct Tournament {
    beats: Vec<Vec<u64>>,
    beaten: Vec<Vec<u64>>,
}

impl Tournament {
    fn new(systems: usize) -> Self {
        let none = vec![vec![0; systems.div_ceil(64)]; systems];
        Self { beats: none.clone(), beaten: none }
    }

    fn set(&mut self, winner: usize, loser: usize) {
        self.beats[winner][loser / 64] |= 1 << (loser % 64);
        self.beaten[loser][winner / 64] |= 1 << (winner % 64);
    }

    fn losers(&self, winner: usize) -> impl Iterator<Item = usize> {
        let row = &self.beats[winner];
        (0..self.beats.len()).filter(move |j| row[j / 64] >> (j % 64) & 1 == 1)
    }

    fn pairs(&self) -> usize {
        self.beats.iter().flatten().map(|word| word.count_ones() as usize).sum()
    }

    /// Each intransitive triad is found from each of its three pairs.
    fn intransitive(&self) -> u64 {
        let pairs = (0..self.beats.len()).flat_map(|i| self.losers(i).map(move |j| (i, j)));
        pairs.map(|(i, j)| common(&self.beats[j], &self.beaten[i])).sum::<u64>() / 3
    }

    fn triads(&self) -> u64 {
        let either: Vec<Vec<u64>> = self
            .beats
            .iter()
            .zip(&self.beaten)
            .map(|(a, b)| a.iter().zip(b).map(|(a, b)| a | b).collect())
            .collect();
        let pairs = (0..self.beats.len()).flat_map(|i| self.losers(i).map(move |j| (i, j)));
        pairs.map(|(i, j)| common(&either[i], &either[j])).sum::<u64>() / 3
    }
}

fn common(a: &[u64], b: &[u64]) -> u64 {
    a.iter().zip(b).map(|(a, b)| u64::from((a & b).count_ones())).sum()
}

/// The intransitive triads with the clearest majorities.
fn clearest(cells: &Cells, tournament: &Tournament) -> Vec<Triad> {
    let n = cells.systems;
    let mut majorities = std::collections::HashMap::with_capacity(cells.cells.len());
    for cell in &cells.cells {
        let most = cell.first_wins.max(cell.second_wins) / cell.decided();
        majorities.insert((cell.first, cell.second), most);
    }
    let majority = |i: usize, j: usize| majorities.get(&(i.min(j), i.max(j))).copied();
    let mut found: Vec<Triad> = Vec::new();
    for i in 0..n {
        for j in tournament.losers(i).filter(|&j| j > i) {
            // Each triad once, from its smallest number.
            for k in tournament.losers(j).filter(|&k| k > i) {
                if tournament.beats[k][i / 64] >> (i % 64) & 1 == 0 {
                    continue;
                }
                let (Some(a), Some(b), Some(c)) = (majority(i, j), majority(j, k), majority(k, i))
                else {
                    continue;
                };
                found.push(Triad { systems: [i, j, k], weakest: a.min(b).min(c) });
            }
            if found.len() > 4096 {
                keep_clearest(&mut found);
            }
        }
    }
    keep_clearest(&mut found);
    found
}

fn keep_clearest(triads: &mut Vec<Triad>) {
    triads.sort_by(|a, b| b.weakest.total_cmp(&a.weakest).then(a.systems.cmp(&b.systems)));
    triads.truncate(SHOWN);
}

fn expected(cells: &Cells, found: u64, options: CycleOptions) -> Option<ExpectedCycles> {
    if options.samples == 0 {
        return None;
    }
    let decided = Comparisons::of(cells.systems, cells.decided()).ok()?;
    let ties = TieRule::Ignored;
    let fit =
        bradley_terry(&decided, BradleyTerryOptions { ties, ..BradleyTerryOptions::default() });
    let fit = fit.ok().filter(|fit| fit.converged)?;
    // The probabilities that the first, and that the first or none, has the majority.
    let majorities: Vec<(&Cell, [f64; 2])> = cells
        .cells
        .iter()
        .filter_map(|cell| {
            let p = logistic(fit.margin(cell.first, cell.second)?);
            Some((cell, majority_probabilities(cell.decided(), p)))
        })
        .collect();
    let mut counts: Vec<f64> = parallel::map(options.threads, options.samples, |sample| {
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        rng.set_stream(sample as u64);
        let mut tournament = Tournament::new(cells.systems);
        for (cell, [first, not_second]) in &majorities {
            let drawn: f64 = rng.random();
            if drawn < *first {
                tournament.set(cell.first, cell.second);
            } else if drawn >= *not_second {
                tournament.set(cell.second, cell.first);
            }
        }
        tournament.intransitive() as f64
    });
    counts.sort_by(f64::total_cmp);
    let as_many = counts.iter().filter(|&&count| count >= found as f64).count();
    Some(ExpectedCycles {
        mean: counts.iter().sum::<f64>() / counts.len() as f64,
        low: quantile(&counts, 0.025),
        high: quantile(&counts, 0.975),
        p_value: (1 + as_many) as f64 / (1 + counts.len()) as f64,
        samples: options.samples,
        seed: options.seed,
    })
}

/// P(X > m / 2) and P(X >= m / 2) for X binomial with m trials, the weight rounded to a whole
/// number of at least 1, if it is above 0.
fn majority_probabilities(weight: f64, p: f64) -> [f64; 2] {
    if weight <= 0.0 {
        return [0.0, 1.0];
    }
    let m = weight.round().max(1.0);
    let (ln_p, ln_q) = (p.ln(), (1.0 - p).ln());
    let at = |k: f64| {
        let choose = libm::lgamma(m + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(m - k + 1.0);
        (choose + k * ln_p + (m - k) * ln_q).exp()
    };
    let half = (m / 2.0).floor();
    let above: f64 = (0..(m - half) as u64).map(|k| at(half + 1.0 + k as f64)).sum();
    let even = if m % 2.0 == 0.0 { at(half) } else { 0.0 };
    [above, above + even]
}

#[cfg(test)]
mod tests;
