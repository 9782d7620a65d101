//! Expected calibration error and the bins of the reliability diagram.
//!
//! M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities using
//! Bayesian binning", 2015; C. Guo et al., "On calibration of modern neural networks", 2017,
//! section 2: bins of equal width over the confidence max(p, 1 - p), and the mean over the bins,
//! by their weight, of |accuracy - confidence|. Over the answers that prefer one, as in
//! [`crate::log_loss`]. The estimate is biased upwards where bins hold few pairs.

use serde::Serialize;

use crate::logistic::logistic;
use crate::shares::Shares;

/// Bins of equal width over confidence 0.5 to 1.
const BINS: usize = 10;

/// Pairs on which the model was about equally sure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reliability {
    /// Lower end of the confidence.
    pub from: f64,
    /// Upper end of the confidence.
    pub to: f64,
    /// Mean confidence, 0.5 to 1.
    pub confidence: f64,
    /// Share of the answers that prefer the candidate the model prefers, 0 to 1.
    pub accuracy: f64,
    /// Number of pairs.
    pub pairs: usize,
    /// What they count: the sum of the shares of their answers that prefer one.
    pub weight: f64,
}

/// The bins that hold pairs, from the least sure to the surest.
pub fn reliability(margins: &[f64], shares: &[Shares]) -> Vec<Reliability> {
    let mut bins: Vec<Reliability> = (0..BINS)
        .map(|bin| Reliability {
            from: 0.5 + 0.5 * bin as f64 / BINS as f64,
            to: 0.5 + 0.5 * (bin + 1) as f64 / BINS as f64,
            confidence: 0.0,
            accuracy: 0.0,
            pairs: 0,
            weight: 0.0,
        })
        .collect();
    for (&margin, shares) in margins.iter().zip(shares).filter(|(_, shares)| shares.decided() > 0.0)
    {
        let confidence = logistic(margin.abs());
        let right = match margin {
            0.0 => 0.5 * shares.decided(),
            margin if margin > 0.0 => shares.first,
            _ => shares.second,
        };
        let bin = &mut bins[(((confidence - 0.5) * 2.0 * BINS as f64) as usize).min(BINS - 1)];
        bin.confidence += shares.decided() * confidence;
        bin.accuracy += right;
        bin.weight += shares.decided();
        bin.pairs += 1;
    }
    bins.retain(|bin| bin.pairs > 0);
    for bin in &mut bins {
        bin.confidence /= bin.weight;
        bin.accuracy /= bin.weight;
    }
    bins
}

/// The expected calibration error of such bins, 0 to 1; `None` without any.
pub fn calibration_error(bins: &[Reliability]) -> Option<f64> {
    let total: f64 = bins.iter().map(|bin| bin.weight).sum();
    let gaps: f64 = bins.iter().map(|bin| bin.weight * (bin.accuracy - bin.confidence).abs()).sum();
    (total > 0.0).then(|| gaps / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let ln3 = 3.0_f64.ln();
        // Confidence 0.75 four times, right on two: a gap of 0.25. Confidence 0.5 once: none.
        let margins = [ln3, ln3, -ln3, -ln3, 0.0, 5.0];
        let shares = [
            Shares::FIRST,
            Shares::SECOND,
            Shares::SECOND,
            Shares::FIRST,
            Shares::FIRST,
            Shares::TIE,
        ];
        let bins = reliability(&margins, &shares);
        let found: Vec<_> = bins.iter().map(|bin| (bin.pairs, bin.accuracy)).collect();
        assert_eq!(found, [(1, 0.5), (4, 0.5)]);
        assert!((bins[1].confidence - 0.75).abs() < 1e-12 && (bins[1].from - 0.75).abs() < 1e-12);
        assert!((calibration_error(&bins).unwrap() - 0.8 * 0.25).abs() < 1e-12, "{bins:?}");
        assert_eq!(calibration_error(&reliability(&[], &[])), None);
    }

    #[test]
    fn answers_given_at_the_true_probability_have_no_gap() {
        let margins: Vec<f64> = (-30..=30).map(|i| f64::from(i) / 8.0).collect();
        let shares: Vec<Shares> = margins
            .iter()
            .map(|m| Shares { first: logistic(*m), tie: 0.0, second: logistic(-m) })
            .collect();
        assert!(calibration_error(&reliability(&margins, &shares)).unwrap() < 1e-12);
    }
}
