//! Ratings by Elo, for reference: updated comparison by comparison, in the order of time.
//!
//! After a comparison of i and j each rating moves by K times what was won beyond what was
//! expected, E_i = 1 / (1 + 10^((r_j - r_i) / 400)) (A. E. Elo, "The rating of chessplayers, past
//! and present", 1978); a tie is won by half. The result depends on the order. Where the order says
//! nothing, the median over shuffles is less arbitrary (M. Boubdir et al., "Elo uncovered:
//! robustness and best practices in language model evaluation", 2023).

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::comparison::{Comparison, Comparisons, Outcome};
use super::options::BothBad;
use crate::bootstrap::quantile;
use crate::median::median;
use crate::parallel;

/// Points of Elo for a factor of ten in the odds.
const POINTS: f64 = 400.0;
/// The rating of a system of strength 0.
const BASE: f64 = 1000.0;

/// A strength in log-odds on Elo's scale: 1000 + 400 / ln 10 * strength.
pub fn elo_scale(strength: f64) -> f64 {
    BASE + elo_points(strength)
}

/// A difference of strengths in points of Elo: 400 / ln 10 = 173.7 for each unit of log-odds.
pub fn elo_points(difference: f64) -> f64 {
    POINTS / std::f64::consts::LN_10 * difference
}

/// How ratings are updated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EloOptions {
    /// How far one comparison moves a rating, points.
    pub k: f64,
    /// The rating that all begin with.
    pub initial: f64,
    /// How comparisons in which neither was good enter.
    pub both_bad: BothBad,
}

impl Default for EloOptions {
    /// K = 4, from 1000 points, as Chatbot Arena had them.
    fn default() -> Self {
        Self { k: 4.0, initial: BASE, both_bad: BothBad::default() }
    }
}

/// Ratings after the last comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Elo {
    /// The rating of each system; `None` without a comparison.
    pub ratings: Vec<Option<f64>>,
    /// How they were updated.
    pub options: EloOptions,
}

/// Ratings over shuffled orders.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShuffledElo {
    /// The median rating of each system, and what 95 % of the orders lie between.
    pub ratings: Vec<Option<ShuffledRating>>,
    /// How they were updated.
    pub options: EloOptions,
    /// Orders that were tried.
    pub shuffles: usize,
    /// The seed that they were drawn with.
    pub seed: u64,
}

/// A rating over shuffled orders: what the order alone makes of it, not how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ShuffledRating {
    /// The median.
    pub median: f64,
    /// The 2.5 % quantile.
    pub low: f64,
    /// The 97.5 % quantile.
    pub high: f64,
}

/// Ratings by the comparisons in their order. A comparison moves ratings by its weight times K.
pub fn elo(comparisons: &Comparisons, options: EloOptions) -> Elo {
    Elo { ratings: rate(comparisons.systems(), comparisons.rows().iter(), options), options }
}

/// Ratings by the comparisons in shuffled orders; none without shuffles.
pub fn shuffled_elo(
    comparisons: &Comparisons,
    options: EloOptions,
    shuffles: usize,
    seed: u64,
    threads: usize,
) -> ShuffledElo {
    let tried = parallel::map(threads, shuffles, |n| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(n as u64);
        let mut order: Vec<&Comparison> = comparisons.rows().iter().collect();
        order.shuffle(&mut rng);
        rate(comparisons.systems(), order.into_iter(), options)
    });
    let ratings = (0..comparisons.systems()).map(|system| {
        let mut values: Vec<f64> = tried.iter().filter_map(|ratings| ratings[system]).collect();
        values.sort_by(f64::total_cmp);
        let median = median(&values)?;
        let (low, high) = (quantile(&values, 0.025), quantile(&values, 0.975));
        Some(ShuffledRating { median, low, high })
    });
    ShuffledElo { ratings: ratings.collect(), options, shuffles, seed }
}

fn rate<'a>(
    systems: usize,
    rows: impl Iterator<Item = &'a Comparison>,
    options: EloOptions,
) -> Vec<Option<f64>> {
    let mut ratings = vec![options.initial; systems];
    let mut rated = vec![false; systems];
    for row in rows {
        let won = match (row.outcome, options.both_bad) {
            (Outcome::First, _) => 1.0,
            (Outcome::Second, _) => 0.0,
            (Outcome::BothBad, BothBad::Dropped) => continue,
            (Outcome::Tie | Outcome::BothBad, _) => 0.5,
        };
        if row.weight <= 0.0 {
            continue;
        }
        let (i, j) = (row.first as usize, row.second as usize);
        let expected = 1.0 / (1.0 + 10_f64.powf((ratings[j] - ratings[i]) / POINTS));
        let moved = options.k * row.weight * (won - expected);
        ratings[i] += moved;
        ratings[j] -= moved;
        (rated[i], rated[j]) = (true, true);
    }
    ratings.into_iter().zip(rated).map(|(rating, rated)| rated.then_some(rating)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparisons(outcomes: &[Outcome]) -> Comparisons {
        let rows = outcomes.iter().zip(0..);
        let rows = rows.map(|(&outcome, cluster)| Comparison {
            first: 0,
            second: 1,
            outcome,
            weight: 1.0,
            cluster,
        });
        Comparisons::of(3, rows.collect()).unwrap()
    }

    #[test]
    fn ratings_by_hand() {
        use Outcome::{BothBad as Bad, First, Second, Tie};
        let options = EloOptions { k: 32.0, ..EloOptions::default() };
        let dropped = EloOptions { both_bad: BothBad::Dropped, ..options };
        for (outcomes, options, expected) in [
            (vec![First], options, Some(1016.0)),
            (vec![Tie], options, Some(1000.0)),
            // After one win the first expects 1 / (1 + 10^(-32 / 400)) = 0.545922.
            (vec![First, Second], options, Some(1016.0 - 32.0 * 0.545_921_6)),
            (vec![First, Tie], options, Some(1016.0 - 32.0 * 0.045_921_6)),
            (vec![First, Bad], options, Some(1016.0 - 32.0 * 0.045_921_6)),
            (vec![First, Bad], dropped, Some(1016.0)),
            (vec![Bad], dropped, None),
        ] {
            let found = elo(&comparisons(&outcomes), options).ratings;
            match (found[0], expected) {
                (Some(a), Some(b)) => {
                    assert!((a - b).abs() < 1e-4, "{outcomes:?}: {a} {b}");
                    assert!((found[1].unwrap() - (2000.0 - b)).abs() < 1e-4);
                }
                (a, b) => assert_eq!(a, b, "{outcomes:?}"),
            }
            assert_eq!(found[2], None);
        }
    }

    #[test]
    fn shuffles_are_seeded_and_enclose_the_median() {
        let some = comparisons(&[Outcome::First, Outcome::First, Outcome::Second, Outcome::Tie]);
        let options = EloOptions::default();
        let (one, two) =
            (shuffled_elo(&some, options, 50, 3, 1), shuffled_elo(&some, options, 50, 3, 2));
        assert_eq!(one, two);
        let rating = one.ratings[0].unwrap();
        assert!(rating.low < rating.median && rating.median < rating.high, "{rating:?}");
        assert_eq!(shuffled_elo(&some, options, 0, 3, 1).ratings, [None, None, None]);
    }

    #[test]
    fn ten_to_one_are_four_hundred_points() {
        assert!((elo_scale(10_f64.ln()) - 1400.0).abs() < 1e-9);
    }
}
