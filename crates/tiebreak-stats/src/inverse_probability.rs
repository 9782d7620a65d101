//! The mean of a population from cases that were drawn with unequal, known probabilities.
//!
//! Each case counts 1 / inclusion probability (D. G. Horvitz and D. J. Thompson, "A generalization
//! of sampling without replacement from a finite universe", Journal of the American Statistical
//! Association 47, 1952), and the sum is divided by the sum of the weights (J. Hájek, in V. P.
//! Godambe and D. A. Sprott, "Foundations of statistical inference", 1971):
//!
//! mean = sum_i w_i y_i / sum_i w_i
//!
//! Its standard error is that of the linearised ratio, between groups, because cases of one group
//! (prompt) are not independent (C.-E. Särndal, B. Swensson and J. Wretman, "Model assisted survey
//! sampling", 1992, sections 5.7 and 4.6, as if groups were drawn with replacement):
//!
//! variance = G / (G - 1) sum_g (sum_(i in g) w_i (y_i - mean))^2 / (sum_i w_i)^2
//!
//! No correction for a finite population: the population at hand is itself taken as drawn, so a
//! complete count has an error too.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One case of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampledCase {
    /// The group (prompt) that it belongs to.
    pub group: usize,
    /// Its value.
    pub value: f64,
    /// The probability that it was drawn, above 0, at most 1.
    pub inclusion: f64,
}

/// A mean estimated from a sample.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampledMean {
    /// The mean.
    pub value: f64,
    /// Its standard error; `None` from a single group.
    pub standard_error: Option<f64>,
    /// How many cases of equal weight would say as much of independent values: (sum w)^2 / sum
    /// w^2 (L. Kish, "Survey sampling", 1965, section 11.7).
    pub effective_cases: f64,
    /// Number of cases.
    pub cases: usize,
    /// Number of groups that they come from.
    pub groups: usize,
}

/// The mean of the population that the cases were drawn from. `None` without cases, or where a
/// value is not finite or an inclusion probability not in (0, 1]: such a sample has no mean.
pub fn inverse_probability_mean(cases: &[SampledCase]) -> Option<SampledMean> {
    let sound = |case: &SampledCase| {
        case.value.is_finite() && case.inclusion > 0.0 && case.inclusion <= 1.0
    };
    if cases.is_empty() || !cases.iter().all(sound) {
        return None;
    }
    let (mut sum, mut total, mut squares) = (0.0, 0.0, 0.0);
    for case in cases {
        let weight = 1.0 / case.inclusion;
        sum += weight * case.value;
        total += weight;
        squares += weight * weight;
    }
    let value = sum / total;
    let mut residuals: BTreeMap<usize, f64> = BTreeMap::new();
    for case in cases {
        *residuals.entry(case.group).or_default() += (case.value - value) / case.inclusion;
    }
    let groups = residuals.len();
    let standard_error = (groups > 1).then(|| {
        let between: f64 = residuals.values().map(|residual| residual * residual).sum();
        (between * groups as f64 / (groups as f64 - 1.0)).sqrt() / total
    });
    let effective_cases = total * total / squares;
    Some(SampledMean { value, standard_error, effective_cases, cases: cases.len(), groups })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn case(group: usize, value: f64, inclusion: f64) -> SampledCase {
        SampledCase { group, value, inclusion }
    }

    #[test]
    fn by_hand() {
        // Weights 1 and 4: (1 + 0) / 5; residuals 0.8 and -0.8.
        let found = inverse_probability_mean(&[case(0, 1.0, 1.0), case(1, 0.0, 0.25)]).unwrap();
        assert!((found.value - 0.2).abs() < 1e-12);
        assert!(
            (found.standard_error.unwrap() - (2.0 * 2.0 * 0.64_f64).sqrt() / 5.0).abs() < 1e-12
        );
        assert!((found.effective_cases - 25.0 / 17.0).abs() < 1e-12);
        let single = inverse_probability_mean(&[case(3, 1.0, 0.5), case(3, 0.0, 0.5)]).unwrap();
        assert_eq!((single.value, single.standard_error, single.groups), (0.5, None, 1));
        for bad in [case(0, f64::NAN, 0.5), case(0, 1.0, 0.0), case(0, 1.0, 1.5)] {
            assert_eq!(inverse_probability_mean(&[bad]), None);
        }
        assert_eq!(inverse_probability_mean(&[]), None);
    }

    /// A third of a population of 3000 is wrong nine times in ten, the rest once in ten, and the
    /// third is drawn five times as often: the plain mean of a sample is far off, this one is not,
    /// and the spread of many samples is what the standard errors say.
    #[test]
    fn a_lopsided_sample_is_set_right() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let population: Vec<SampledCase> = (0..3000)
            .map(|i| {
                let (rate, inclusion) = if i % 3 == 0 { (0.9, 0.25) } else { (0.1, 0.05) };
                case(i, f64::from(u8::from(rng.random::<f64>() < rate)), inclusion)
            })
            .collect();
        let truth = population.iter().map(|case| case.value).sum::<f64>() / 3000.0;
        let samples: Vec<(f64, f64, f64)> = (0..300)
            .map(|_| {
                let drawn: Vec<_> = population
                    .iter()
                    .copied()
                    .filter(|case| rng.random::<f64>() < case.inclusion)
                    .collect();
                let found = inverse_probability_mean(&drawn).unwrap();
                let plain = drawn.iter().map(|case| case.value).sum::<f64>() / drawn.len() as f64;
                (found.value, found.standard_error.unwrap(), plain)
            })
            .collect();
        let mean = |of: &dyn Fn(&(f64, f64, f64)) -> f64| {
            samples.iter().map(of).sum::<f64>() / samples.len() as f64
        };
        assert!((mean(&|s| s.0) - truth).abs() < 0.005);
        assert!((mean(&|s| s.2) - truth).abs() > 0.15);
        let spread = mean(&|s| (s.0 - truth).powi(2)).sqrt();
        let claimed = mean(&|s| s.1);
        assert!((claimed / spread - 1.0).abs() < 0.15, "{claimed} {spread}");
        let covered = mean(&|s| f64::from(u8::from((s.0 - truth).abs() < 1.96 * s.1)));
        assert!((0.91..=0.99).contains(&covered), "{covered}");
    }

    proptest! {
        /// Equal probabilities give the plain mean and its textbook error; order does not matter.
        #[test]
        fn equal_probabilities_are_a_plain_mean(values in proptest::collection::vec(-5.0_f64..5.0, 2..40), inclusion in 0.01_f64..1.0) {
            let mut cases: Vec<_> =
                values.iter().enumerate().map(|(i, &value)| case(i, value, inclusion)).collect();
            let found = inverse_probability_mean(&cases).unwrap();
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let variance = values.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / (n - 1.0);
            prop_assert!((found.value - mean).abs() < 1e-9);
            prop_assert!((found.standard_error.unwrap() - (variance / n).sqrt()).abs() < 1e-9);
            prop_assert!((found.effective_cases - n).abs() < 1e-6);
            cases.reverse();
            let reversed = inverse_probability_mean(&cases).unwrap();
            prop_assert!((reversed.value - found.value).abs() < 1e-9);
        }

        /// Every case twice over in its group says no more.
        #[test]
        fn copies_within_a_group_say_nothing_new(values in proptest::collection::vec((0.0_f64..1.0, 0.05_f64..1.0), 2..30)) {
            let once: Vec<_> =
                values.iter().enumerate().map(|(i, &(y, p))| case(i, y, p)).collect();
            let twice: Vec<_> = once.iter().chain(&once).copied().collect();
            let (one, two) =
                (inverse_probability_mean(&once).unwrap(), inverse_probability_mean(&twice).unwrap());
            prop_assert!((one.value - two.value).abs() < 1e-9);
            prop_assert!((one.standard_error.unwrap() - two.standard_error.unwrap()).abs() < 1e-9);
        }
    }
}
