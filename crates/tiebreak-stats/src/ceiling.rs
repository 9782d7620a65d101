//! The accuracy that no model can exceed, because people disagree.
//!
//! Accuracy is measured against the candidate that more of a few answers prefer, and that is not
//! always the one that most people would. Let p be the share of all people who prefer the first
//! of a pair. The answers on a pair are binomial in p, and p varies over pairs as Beta(a, a): the
//! beta-binomial of J. G. Skellam, "A probability distribution derived from the binomial
//! distribution by regarding the probability of success as variable between the sets of trials",
//! Journal of the Royal Statistical Society B 10, 1948, symmetric because which candidate comes
//! first means nothing. a is fitted by maximum likelihood to the pairs with two or more answers
//! that prefer one. A model that knows p names the side with p > 1/2; the chance that it agrees
//! with the k of n answers seen is P(p > 1/2) under Beta(a + k, a + n - k), and the ceiling is the
//! mean of that over the clear pairs.
//!
//! Conditions: answers on a pair are independent, and all people draw from one p. The mean share
//! of the majority is no ceiling: it is biased upwards for few answers (one answer agrees with
//! itself), and it bounds the accuracy on single answers, not on majorities. (For the same
//! question with single answers see the noise ceiling of H. Nili et al., "A toolbox for
//! representational similarity analysis", PLoS Computational Biology 10, 2014.)

use serde::Serialize;

use crate::minimise::minimise;

/// ln a stays within this: beyond it all pairs are coin tosses, or all are beyond doubt.
const LARGEST_LN: f64 = 8.0;
/// Fewest pairs with two answers or more that the fit is based on.
const FEWEST: usize = 10;

/// How many answers prefer the first and the second candidate of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// For the first.
    pub first: u32,
    /// For the second.
    pub second: u32,
}

/// The ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ceiling {
    /// Expected accuracy, against the majorities seen, of a model that knows what most people
    /// prefer, 0.5 to 1.
    pub accuracy: f64,
    /// Mean share of the majority among the answers that prefer one, for comparison: over the
    /// clear pairs with two answers or more.
    pub majority_share: f64,
    /// The fitted a of Beta(a, a): the larger, the more people disagree.
    pub shape: f64,
    /// Clear pairs, which the accuracy is over.
    pub pairs: usize,
}

/// The ceiling of accuracy on pairs with these counts; `weights` say what each counts, as
/// accuracy has it ([`crate::accuracy`]). How much people disagree is learnt from the pairs with
/// two answers or more: `None` with fewer than ten of them.
pub fn ceiling(counts: &[Counts], weights: &[f64]) -> Option<Ceiling> {
    let repeated: Vec<Counts> =
        counts.iter().copied().filter(|counts| counts.first + counts.second >= 2).collect();
    if repeated.len() < FEWEST {
        return None;
    }
    let n = repeated.len() as f64;
    let objective = |u: &[f64], gradient: &mut [f64]| {
        let a = u[0].clamp(-LARGEST_LN, LARGEST_LN).exp();
        let (mut loss, mut slope) = (0.0, 0.0);
        for counts in &repeated {
            // ln of a^(k) a^(n-k) / (2a)^(n), rising factorials; the binomial coefficient is fixed.
            for k in (0..counts.first).chain(0..counts.second) {
                loss -= (a + f64::from(k)).ln();
                slope -= 1.0 / (a + f64::from(k));
            }
            for k in 0..counts.first + counts.second {
                loss += (2.0 * a + f64::from(k)).ln();
                slope += 2.0 / (2.0 * a + f64::from(k));
            }
        }
        let outside = (u[0].abs() - LARGEST_LN).max(0.0);
        gradient[0] = if outside > 0.0 { u[0].signum() * outside } else { slope * a / n };
        loss / n + 0.5 * outside * outside
    };
    let fit = minimise(objective, vec![0.0], 100, 1e-8);
    let shape = fit.x[0].clamp(-LARGEST_LN, LARGEST_LN).exp();
    let clear: Vec<(u32, u32, f64)> = counts
        .iter()
        .zip(weights)
        .filter(|(counts, _)| counts.first != counts.second)
        .map(|(counts, &weight)| {
            (counts.first.max(counts.second), counts.first.min(counts.second), weight)
        })
        .collect();
    let mean = |fewest_answers: u32, of: &dyn Fn(u32, u32) -> f64| {
        let used = clear.iter().filter(|(most, fewest, _)| most + fewest >= fewest_answers);
        let (sum, total) = used.fold((0.0, 0.0), |(sum, total), &(most, fewest, weight)| {
            (sum + weight * of(most, fewest), total + weight)
        });
        (total > 0.0).then(|| sum / total)
    };
    Some(Ceiling {
        accuracy: mean(1, &|most, fewest| above_half(shape, most, fewest))?,
        majority_share: mean(2, &|most, fewest| f64::from(most) / f64::from(most + fewest))?,
        shape,
        pairs: clear.len(),
    })
}

/// P(p > 1/2) for p of Beta(a + most, a + fewest). By symmetry it is 1/2 for Beta(b, b) with
/// b = a + fewest, and raising the first parameter from c to c + 1 adds
/// (1/2)^(c + b) / (c B(c, b)) (M. Abramowitz and I. A. Stegun, "Handbook of mathematical
/// functions", 1964, 26.5.16).
fn above_half(a: f64, most: u32, fewest: u32) -> f64 {
    let b = a + f64::from(fewest);
    let added: f64 = (fewest..most)
        .map(|k| {
            let c = a + f64::from(k);
            let ln_beta = libm::lgamma(c) + libm::lgamma(b) - libm::lgamma(c + b);
            (-(c + b) * std::f64::consts::LN_2 - ln_beta).exp() / c
        })
        .sum();
    (0.5 + added).min(1.0)
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn counts(first: u32, second: u32) -> Counts {
        Counts { first, second }
    }

    #[test]
    fn tails_of_the_beta_distribution() {
        // Beta(2, 1): 1 - x^2 at 1/2; Beta(3, 2): 1 - (4 x^3 - 3 x^4) at 1/2.
        for (a, most, fewest, expected) in
            [(1.0, 1, 0, 0.75), (1.0, 2, 1, 0.6875), (1.0, 4, 4, 0.5), (2.5, 3, 3, 0.5)]
        {
            let found = above_half(a, most, fewest);
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn people_who_agree_leave_room_up_to_one_and_coins_do_not() {
        let alike = |counts: &[Counts]| ceiling(counts, &vec![0.5; counts.len()]);
        let agreed = alike(&[counts(3, 0), counts(0, 3)].repeat(50)).unwrap();
        assert!(agreed.accuracy > 0.99 && agreed.majority_share == 1.0, "{agreed:?}");
        let tossed: Vec<_> = [(3, 0), (2, 1), (2, 1), (2, 1), (1, 2), (1, 2), (1, 2), (0, 3)]
            .iter()
            .map(|&(a, b)| counts(a, b))
            .collect();
        let tossed = alike(&tossed.repeat(50)).unwrap();
        assert!(tossed.accuracy < 0.55 && tossed.majority_share > 0.7, "{tossed:?}");
        assert_eq!(alike(&[counts(1, 0); 500]), None, "one answer cannot disagree");
        assert_eq!(alike(&[counts(3, 0); 9]), None);
    }

    /// Pairs with one answer are as hard as the others, and their majorities are the least certain;
    /// a pair that counts nothing is not there.
    #[test]
    fn pairs_with_one_answer_count_as_accuracy_counts_them() {
        let repeated = [counts(3, 0), counts(0, 3), counts(2, 1), counts(1, 2)].repeat(20);
        let single = [counts(1, 0), counts(0, 1)].repeat(100);
        let all = [repeated.clone(), single.clone()].concat();
        let of = |weight_of_single: f64| {
            let weights = [vec![1.0; repeated.len()], vec![weight_of_single; single.len()]];
            ceiling(&all, &weights.concat()).unwrap()
        };
        let alone = ceiling(&repeated, &vec![1.0; repeated.len()]).unwrap();
        assert_eq!((of(0.0).accuracy, of(1.0).shape), (alone.accuracy, alone.shape));
        assert!(of(1.0).accuracy < alone.accuracy && of(1.0).accuracy > 0.5);
        assert_eq!((of(1.0).pairs, alone.pairs), (280, 80));
        let one = above_half(alone.shape, 1, 0);
        let expected = (80.0 * alone.accuracy + 200.0 * one) / 280.0;
        assert!((of(1.0).accuracy - expected).abs() < 1e-12);
    }

    /// Pairs drawn from the model: the share of majorities on the side of p is what is estimated.
    #[test]
    fn finds_the_ceiling_of_drawn_answers() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let (mut drawn, mut right, mut clear) = (Vec::new(), 0_u32, 0_u32);
        for _ in 0..20_000 {
            // Beta(1, 1).
            let p: f64 = rng.random();
            let n = rng.random_range(1..=5);
            let first = (0..n).filter(|_| rng.random::<f64>() < p).count() as u32;
            drawn.push(counts(first, n - first));
            if 2 * first != n {
                clear += 1;
                right += u32::from((2 * first > n) == (p > 0.5));
            }
        }
        let found = ceiling(&drawn, &vec![1.0; drawn.len()]).unwrap();
        assert!((found.shape - 1.0).abs() < 0.05, "{found:?}");
        assert!((found.accuracy - f64::from(right) / f64::from(clear)).abs() < 0.01, "{found:?}");
        assert_eq!(found.pairs, clear as usize);
    }
}
