//! Brier score: the mean squared distance between the probability and what people answered
//! (G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
//! Review 78, 1950, in the form for two outcomes that counts one of them).
//!
//! Over single answers that prefer one, as in [`crate::log_loss`]: on a pair where people are
//! split, not even the true share scores 0.

use crate::logistic::logistic;
use crate::shares::Shares;

/// The Brier score of margins (calibrated log-odds of the first candidate), 0 to 1; 0.25 is
/// chance. `None` without an answer that prefers one.
pub fn brier(margins: &[f64], shares: &[Shares]) -> Option<f64> {
    let (mut sum, mut total) = (0.0, 0.0);
    for (&margin, shares) in margins.iter().zip(shares) {
        let p = logistic(margin);
        sum += shares.first * (1.0 - p) * (1.0 - p) + shares.second * p * p;
        total += shares.decided();
    }
    (total > 0.0).then(|| sum / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let ln3 = 3.0_f64.ln();
        let split = Shares { first: 0.75, tie: 0.0, second: 0.25 };
        for (margins, shares, expected) in [
            (vec![0.0, 0.0], vec![Shares::FIRST, Shares::SECOND], Some(0.25)),
            (vec![ln3, ln3], vec![Shares::FIRST, Shares::SECOND], Some((0.0625 + 0.5625) / 2.0)),
            // At the true share: its variance.
            (vec![ln3], vec![split], Some(0.75 * 0.25)),
            (vec![2.0], vec![Shares::TIE], None),
        ] {
            match (brier(&margins, &shares), expected) {
                (Some(a), Some(b)) => assert!((a - b).abs() < 1e-12, "{a} {b}"),
                (a, b) => assert_eq!(a, b),
            }
        }
    }
}
