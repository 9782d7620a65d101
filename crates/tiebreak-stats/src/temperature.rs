//! Temperature scaling: one number T > 0 that margins are divided by, so that logistic(margin / T)
//! can be believed (C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern
//! neural networks", 2017, section 4; J. Platt, "Probabilistic outputs for support vector
//! machines", 1999, without the intercept, which would tell the two candidates apart).
//!
//! It minimises the log loss of the answers that prefer one ([`crate::log_loss`]), ties set aside:
//! what it calibrates is the probability that the first is preferred by someone who prefers one.
//!
//! ln T has a standard normal prior, which counts about as much as a few answers: the maximum of
//! the likelihood alone is T = 0 where a few margins all have the right sign, and infinity where
//! they lean the wrong way. With few answers T stays near 1; with hundreds the prior is not felt.

use serde::Serialize;

use crate::logistic::{logistic, softplus};
use crate::minimise::minimise;
use crate::shares::Shares;

/// The standard deviation of ln T before any answer is seen: T is within 1/7 and 7 by 95 %.
const PRIOR_DEVIATION: f64 = 1.0;
/// ln T stays within this of 0, whatever the margins.
const LARGEST_LN: f64 = 7.0;

/// A fitted temperature.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Temperature {
    /// Divide margins by this; above 0.
    pub value: f64,
    /// Whether margins lean the way of the answers at all: the sum of margins, each with the sign
    /// of what was answered, is above 0. Where it is not, the likelihood of the answers is largest
    /// for margins of 0.
    pub leans: bool,
    /// Iterations of the fit.
    pub iterations: u32,
    /// Whether it converged.
    pub converged: bool,
}

/// Fits the temperature to margins (log-odds of the first candidate) and what was answered; pair
/// `i` is used if `used(i)`. `None` without an answer that prefers one.
pub fn temperature(
    margins: &[f64],
    shares: &[Shares],
    used: impl Fn(usize) -> bool,
) -> Option<Temperature> {
    let cases: Vec<(f64, f64, f64)> = margins
        .iter()
        .zip(shares)
        .enumerate()
        .filter(|(i, _)| used(*i))
        .filter_map(|(_, (&margin, shares))| Some((margin, shares.of_decided()?, shares.decided())))
        .collect();
    let total: f64 = cases.iter().map(|(_, _, weight)| weight).sum();
    if total <= 0.0 {
        return None;
    }
    let lean: f64 =
        cases.iter().map(|&(margin, y, weight)| weight * (2.0 * y - 1.0) * margin).sum();
    let precision = 1.0 / (PRIOR_DEVIATION * PRIOR_DEVIATION);
    // Minimised over u = ln(1 / T), which keeps T positive.
    let objective = |u: &[f64], gradient: &mut [f64]| {
        let inside = u[0].clamp(-LARGEST_LN, LARGEST_LN);
        let scale = inside.exp();
        let (mut loss, mut slope) = (0.0, 0.0);
        for &(margin, y, weight) in &cases {
            let scaled = margin * scale;
            loss += weight * (softplus(scaled) - y * scaled);
            slope += weight * (logistic(scaled) - y) * scaled;
        }
        loss += 0.5 * precision * inside * inside;
        slope += precision * inside;
        let outside = (u[0].abs() - LARGEST_LN).max(0.0);
        gradient[0] = if outside > 0.0 { u[0].signum() * outside } else { slope / total };
        loss / total + 0.5 * outside * outside
    };
    let fit = minimise(objective, vec![0.0], 100, 1e-7);
    let value = (-fit.x[0].clamp(-LARGEST_LN, LARGEST_LN)).exp();
    Some(Temperature {
        value,
        leans: lean > 0.0,
        iterations: fit.iterations,
        converged: fit.converged,
    })
}

/// Divides the margins of each fold by the temperature that the other folds ask for, so that no
/// pair has a say in its own probability. `folds[i]` is the fold of pair `i`. Where the other
/// folds have no answer that prefers one, margins stay as they are.
pub fn cross_fitted(margins: &[f64], shares: &[Shares], folds: &[usize]) -> Vec<f64> {
    let count = folds.iter().max().map_or(0, |last| last + 1);
    let of_fold: Vec<f64> = (0..count)
        .map(|fold| {
            temperature(margins, shares, |i| folds[i] != fold).map_or(1.0, |fitted| fitted.value)
        })
        .collect();
    margins.iter().zip(folds).map(|(margin, &fold)| margin / of_fold[fold]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certain(probability: f64) -> Shares {
        Shares { first: probability, tie: 0.0, second: 1.0 - probability }
    }

    /// Margins three times too large on answers given exactly at the true probability: many
    /// answers find it, a few leave it near 1.
    #[test]
    fn finds_the_temperature_of_overconfident_margins() {
        let truth = [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0];
        for (times, least, most) in [(1, 1.0, 2.5), (20, 2.5, 3.0), (1000, 2.99, 3.0)] {
            let margins: Vec<f64> = truth.iter().map(|m| 3.0 * m).collect::<Vec<_>>().repeat(times);
            let mut shares: Vec<Shares> =
                truth.iter().map(|m| certain(logistic(*m))).collect::<Vec<_>>().repeat(times);
            let found = temperature(&margins, &shares, |_| true).unwrap();
            assert!(found.value > least && found.value < most && found.converged, "{found:?}");
            assert!(found.leans);
            // Half of the answers are ties: they say nothing of who would be preferred.
            for pair in &mut shares {
                *pair = Shares { first: pair.first / 2.0, tie: 0.5, second: pair.second / 2.0 };
            }
            let tied = temperature(&margins, &shares, |_| true).unwrap();
            assert!(tied.value > least && tied.value <= found.value + 1e-6, "{tied:?}");
        }
    }

    #[test]
    fn a_few_margins_of_the_right_sign_make_nothing_certain() {
        for (n, least, most) in [(1, 0.7, 1.0), (3, 0.5, 0.9), (20, 0.25, 0.6), (200, 0.1, 0.3)] {
            let found = temperature(&vec![2.0; n], &vec![Shares::FIRST; n], |_| true).unwrap();
            assert!(found.value > least && found.value < most && found.leans, "{n}: {found:?}");
        }
    }

    #[test]
    fn worthless_margins_do_not_lean() {
        let shares = [Shares::FIRST, Shares::SECOND, Shares::FIRST, Shares::SECOND].repeat(50);
        for (margins, leans) in [
            ([1.0, 1.0, -1.0, -1.0], false),
            ([1.0, 1.0, 1.0, 1.0], false),
            ([-1.0, 1.0, -1.0, 1.0], false),
            ([1.0, 1.0, -1.0, -1.1], true),
        ] {
            let found = temperature(&margins.repeat(50), &shares, |_| true).unwrap();
            assert!(found.leans == leans && found.value > 3.0, "{margins:?} {found:?}");
        }
        assert_eq!(temperature(&[], &[], |_| true), None);
        assert_eq!(temperature(&[1.0], &[Shares::TIE], |_| true), None);
    }

    /// Fold 0 is overconfident by 2, fold 1 by 4: each gets the other's temperature.
    #[test]
    fn no_fold_calibrates_itself() {
        let truth = [-1.0, -0.5, 0.5, 1.0].repeat(1000);
        let margins: Vec<f64> =
            truth.iter().map(|m| 2.0 * m).chain(truth.iter().map(|m| 4.0 * m)).collect();
        let shares: Vec<Shares> =
            truth.iter().chain(&truth).map(|m| certain(logistic(*m))).collect();
        let folds: Vec<usize> = (0..8000).map(|i| i / 4000).collect();
        let scaled = cross_fitted(&margins, &shares, &folds);
        for (i, (scaled, margin)) in scaled.iter().zip(&margins).enumerate() {
            let divisor = if folds[i] == 0 { 4.0 } else { 2.0 };
            assert!((scaled / (margin / divisor) - 1.0).abs() < 0.02, "{scaled} {margin}");
        }
    }
}
