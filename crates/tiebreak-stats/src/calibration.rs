//! How far probabilities can be believed: temperature scaling, Brier score, log loss and expected
//! calibration error.
//!
//! C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks",
//! 2017: one temperature T > 0 minimises the log loss of logistic(margin / T) on held-out pairs
//! (section 4), and the expected calibration error is the weighted mean over bins of
//! |accuracy - confidence| (section 2). G. W. Brier, "Verification of forecasts expressed in terms
//! of probability", 1950: mean of (p - y)^2.

use serde::Serialize;

use crate::lbfgs;
use crate::logistic::{logistic, softplus};

/// Bins of equal width over confidence 0.5 to 1.
const BINS: usize = 10;

/// How well held-out margins are calibrated, and the temperature that mends them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Divide margins by this.
    pub temperature: f64,
    /// Log loss in nats after division; ln 2 = 0.693 is chance.
    pub log_loss: f64,
    /// Brier score after division, 0 to 1; 0.25 is chance.
    pub brier: f64,
    /// Expected calibration error after division, 0 to 1, over 10 bins of confidence.
    pub expected_calibration_error: f64,
    /// Pairs used.
    pub pairs: usize,
    /// Iterations of the fit.
    pub iterations: u32,
    /// Whether it converged.
    pub converged: bool,
}

/// Why there is no calibration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// Nothing to calibrate on.
    #[error("there are no held-out pairs to calibrate on")]
    NoPairs,
}

/// Calibrates margins (log-odds of the first candidate) against targets (share of answers for the
/// first, 0 to 1).
///
/// # Errors
/// [`CalibrationError::NoPairs`] for empty input.
pub fn calibrate(margins: &[f64], targets: &[f64]) -> Result<Calibration, CalibrationError> {
    let n = margins.len().min(targets.len());
    if n == 0 {
        return Err(CalibrationError::NoPairs);
    }
    let pairs = || margins.iter().copied().zip(targets.iter().copied());
    // Minimised over u = ln(1/T), which keeps T positive. Margins that carry nothing (or less)
    // drive T to infinity; u is held above -7 (T below about 1100).
    let objective = |u: &[f64], gradient: &mut [f64]| {
        let scale = u[0].clamp(-7.0, 7.0).exp();
        let (mut loss, mut slope) = (0.0, 0.0);
        for (margin, y) in pairs() {
            let scaled = margin * scale;
            loss += softplus(scaled) - y * scaled;
            slope += (logistic(scaled) - y) * scaled;
        }
        let outside = (u[0].abs() - 7.0).max(0.0);
        gradient[0] = if outside > 0.0 { u[0].signum() * outside } else { slope / n as f64 };
        loss / n as f64 + 0.5 * outside * outside
    };
    let fit = lbfgs::minimise(objective, vec![0.0], 100, 1e-7);
    let temperature = (-fit.x[0].clamp(-7.0, 7.0)).exp();
    let (mut log_loss, mut brier) = (0.0, 0.0);
    let mut bins = [(0.0_f64, 0.0_f64); BINS];
    for (margin, y) in pairs() {
        let scaled = margin / temperature;
        let p = logistic(scaled);
        log_loss += softplus(scaled) - y * scaled;
        brier += (p - y) * (p - y);
        let (confidence, right) = if p >= 0.5 { (p, y) } else { (1.0 - p, 1.0 - y) };
        let bin = (((confidence - 0.5) * 2.0 * BINS as f64) as usize).min(BINS - 1);
        bins[bin].0 += confidence;
        bins[bin].1 += right;
    }
    let gap: f64 = bins.iter().map(|(confidence, right)| (confidence - right).abs()).sum();
    Ok(Calibration {
        temperature,
        log_loss: log_loss / n as f64,
        brier: brier / n as f64,
        expected_calibration_error: gap / n as f64,
        pairs: n,
        iterations: fit.iterations,
        converged: fit.converged,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Margins three times too large on labels drawn exactly at the true probability.
    #[test]
    fn finds_the_temperature_of_overconfident_margins() {
        let truth = [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0];
        let margins: Vec<f64> = truth.iter().map(|m| 3.0 * m).collect();
        let targets: Vec<f64> = truth.iter().map(|m| logistic(*m)).collect();
        let calibration = calibrate(&margins, &targets).unwrap();
        assert!((calibration.temperature - 3.0).abs() < 1e-3, "{calibration:?}");
        assert!(calibration.expected_calibration_error < 1e-3);
        assert!(calibration.converged);
    }

    #[test]
    fn worthless_margins_end_at_chance() {
        let calibration = calibrate(&[1.0, 1.0, -1.0, -1.0], &[1.0, 0.0, 1.0, 0.0]).unwrap();
        assert!((calibration.log_loss - std::f64::consts::LN_2).abs() < 1e-3, "{calibration:?}");
        assert_eq!(calibrate(&[], &[]), Err(CalibrationError::NoPairs));
    }
}
