//! Log loss: the mean of -ln of the probability that was given to what people answered.
//!
//! Over the answers that prefer one, each pair counting by their share among its answers: ties
//! are no case, because the probability is that of the first being preferred by someone who
//! prefers one. I. J. Good, "Rational decisions", Journal of the Royal Statistical Society B 14,
//! 1952.

use crate::logistic::softplus;
use crate::shares::Shares;

/// The log loss in nats of margins (calibrated log-odds of the first candidate); ln 2 = 0.693 is
/// chance. `None` without an answer that prefers one.
pub fn log_loss(margins: &[f64], shares: &[Shares]) -> Option<f64> {
    let (mut sum, mut total) = (0.0, 0.0);
    for (&margin, shares) in margins.iter().zip(shares) {
        // -ln logistic(m) and -ln logistic(-m), weighted by the shares.
        sum += shares.first * softplus(-margin) + shares.second * softplus(margin);
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
        let half = Shares { first: 0.5, tie: 0.5, second: 0.0 };
        for (margins, shares, expected) in [
            (vec![0.0, 0.0], vec![Shares::FIRST, Shares::SECOND], Some(2.0_f64.ln())),
            // P = 0.75, right on one and wrong on one.
            (
                vec![ln3, ln3],
                vec![Shares::FIRST, Shares::SECOND],
                Some(-(0.75_f64 * 0.25).ln() / 2.0),
            ),
            // A pair with half its answers ties counts half.
            (
                vec![ln3, -ln3],
                vec![half, Shares::FIRST],
                Some(-(0.5 * 0.75_f64.ln() + 0.25_f64.ln()) / 1.5),
            ),
            (vec![2.0], vec![Shares::TIE], None),
        ] {
            match (log_loss(&margins, &shares), expected) {
                (Some(a), Some(b)) => assert!((a - b).abs() < 1e-12, "{a} {b}"),
                (a, b) => assert_eq!(a, b),
            }
        }
    }
}
