//! Whether the rate of something changed between the earlier and the later part of a series.
//!
//! Two weighted proportions are compared by the pooled z test (for equal weights the classical
//! one, G. W. Snedecor and W. G. Cochran, "Statistical methods", 1989, section 7.11): with p the
//! rate of both parts together and m_1, m_2 their effective numbers of cases (Kish:
//! [`crate::SampledMean`]),
//!
//! standard error = sqrt(p (1 - p) (1 / m_1 + 1 / m_2)), z = (later - earlier) / standard error.
//!
//! The normal approximation is rough where fewer than some five events are expected in a part.
//! The p value is that of one look: whoever looks after every batch will see a small one sooner
//! or later, and should ask for a smaller one.

use serde::{Deserialize, Serialize};

/// Effective cases that each part needs.
const FEWEST_CASES: f64 = 10.0;

/// How a rate changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// The rate in the earlier part, 0 to 1.
    pub earlier: f64,
    /// The rate in the later part, 0 to 1.
    pub later: f64,
    /// Later less earlier, -1 to 1.
    pub difference: f64,
    /// Standard error of the difference if nothing changed; 0 if all cases are alike.
    pub standard_error: f64,
    /// Probability of a difference at least as large, to either side, if nothing changed.
    pub p: f64,
    /// Cases in the earlier part.
    pub earlier_cases: usize,
    /// Cases in the later part.
    pub later_cases: usize,
}

/// Compares the last `later` cases of a series with those before them. A case is whether it
/// happened (0 or 1, or a share) and its weight above 0, in the order of time. `None` where either
/// part says less than ten cases of equal weight, or a number is not sound.
pub fn drift(series: &[(f64, f64)], later: usize) -> Option<Drift> {
    let sound = |&(value, weight): &(f64, f64)| {
        (0.0..=1.0).contains(&value) && weight > 0.0 && weight.is_finite()
    };
    if !series.iter().all(sound) {
        return None;
    }
    let (before, after) = series.split_at(series.len().checked_sub(later)?);
    let (before_rate, before_total, before_cases) = rate(before)?;
    let (after_rate, after_total, after_cases) = rate(after)?;
    let pooled =
        (before_rate * before_total + after_rate * after_total) / (before_total + after_total);
    let variance = pooled * (1.0 - pooled) * (1.0 / before_cases + 1.0 / after_cases);
    let standard_error = variance.max(0.0).sqrt();
    let difference = after_rate - before_rate;
    let p = if standard_error > 0.0 {
        libm::erfc((difference / standard_error).abs() / std::f64::consts::SQRT_2)
    } else {
        1.0
    };
    Some(Drift {
        earlier: before_rate,
        later: after_rate,
        difference,
        standard_error,
        p,
        earlier_cases: before.len(),
        later_cases: after.len(),
    })
}

/// Rate, sum of weights and effective cases of a part; `None` if it says too little.
fn rate(part: &[(f64, f64)]) -> Option<(f64, f64, f64)> {
    let (mut sum, mut total, mut squares) = (0.0, 0.0, 0.0);
    for (value, weight) in part {
        sum += weight * value;
        total += weight;
        squares += weight * weight;
    }
    let cases = total * total / squares;
    (cases >= FEWEST_CASES * (1.0 - 1e-12)).then(|| (sum / total, total, cases))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn series(rates: &[(usize, usize)]) -> Vec<(f64, f64)> {
        let part = |&(events, n): &(usize, usize)| {
            (0..n).map(move |i| (f64::from(u8::from(i < events)), 1.0))
        };
        rates.iter().flat_map(part).collect()
    }

    /// 20 of 100 against 40 of 100: z = 0.2 / sqrt(0.3 * 0.7 * 2 / 100) = 3.086.
    #[test]
    fn by_hand() {
        let found = drift(&series(&[(20, 100), (40, 100)]), 100).unwrap();
        assert!((found.difference - 0.2).abs() < 1e-12);
        assert!((found.standard_error - 0.0042_f64.sqrt()).abs() < 1e-12);
        assert!((found.p - 0.002_03).abs() < 1e-4, "{found:?}");
        let same = drift(&series(&[(0, 30), (0, 30)]), 30).unwrap();
        assert_eq!((same.difference, same.standard_error, same.p), (0.0, 0.0, 1.0));
    }

    #[test]
    fn too_little_says_nothing() {
        assert!(drift(&series(&[(3, 10), (3, 10)]), 10).is_some());
        assert_eq!(drift(&series(&[(3, 10), (3, 9)]), 9), None);
        assert_eq!(drift(&series(&[(3, 9), (3, 10)]), 10), None);
        assert_eq!(drift(&[], 0), None);
        assert_eq!(drift(&series(&[(3, 10)]), 11), None);
        let mut bad = series(&[(3, 20), (3, 20)]);
        bad[4].1 = 0.0;
        assert_eq!(drift(&bad, 20), None);
        // Ten cases of which one outweighs all say less than ten.
        let mut heavy = series(&[(3, 10), (3, 20)]);
        heavy[0].1 = 50.0;
        assert_eq!(drift(&heavy, 20), None);
    }

    /// Where nothing changed, p is below 0.05 about one time in twenty, with unequal weights too.
    #[test]
    fn false_alarms_are_as_rare_as_p_says() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let alarms = (0..1000)
            .filter(|_| {
                let cases: Vec<(f64, f64)> = (0..200)
                    .map(|_| {
                        let event = rng.random::<f64>() < 0.3;
                        (f64::from(u8::from(event)), rng.random_range(0.5..2.0))
                    })
                    .collect();
                drift(&cases, 80).unwrap().p < 0.05
            })
            .count();
        assert!((25..=80).contains(&alarms), "{alarms}");
    }

    proptest! {
        #[test]
        fn going_back_is_the_opposite(events in proptest::collection::vec((any::<bool>(), 0.5_f64..2.0), 40..80)) {
            let cases: Vec<(f64, f64)> =
                events.iter().map(|&(event, w)| (f64::from(u8::from(event)), w)).collect();
            let turned: Vec<_> = cases.iter().rev().copied().collect();
            let later = cases.len() / 2;
            let (one, two) =
                (drift(&cases, later).unwrap(), drift(&turned, cases.len() - later).unwrap());
            prop_assert!((one.difference + two.difference).abs() < 1e-12);
            prop_assert!((one.p - two.p).abs() < 1e-9 && (0.0..=1.0).contains(&one.p));
        }
    }
}
