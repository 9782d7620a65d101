//! An estimate with its standard error, and quantiles of Student's distribution.

use serde::Serialize;

/// An estimate and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error; absent where the data do not tell it, and then there is no interval.
    pub standard_error: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
}

/// Of the standard normal distribution, for 95 %.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

impl Estimate {
    /// With the interval value -/+ times * standard error; one that is not finite is absent.
    pub(crate) fn of(value: f64, standard_error: Option<f64>, times: f64) -> Self {
        let standard_error = standard_error.filter(|error| error.is_finite());
        let bound = |sign: f64| standard_error.map(|error| value + sign * times * error);
        Self { value, standard_error, low: bound(-1.0), high: bound(1.0) }
    }
}

/// The 97.5 % quantile of Student's distribution with at least one degree of freedom, within
/// 1e-6 of it relatively: the root of its distribution function, which is a finite sum
/// (M. Abramowitz and I. A. Stegun, "Handbook of mathematical functions", 1964, 26.7.3 and
/// 26.7.4). From 1000 degrees on the expansion 26.7.5 serves.
pub(crate) fn student_quantile(degrees: usize) -> f64 {
    let degrees = degrees.max(1);
    if degrees >= 1000 {
        return Z + (Z.powi(3) + Z) / (4.0 * degrees as f64);
    }
    let (mut low, mut high) = (Z, 13.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if central(middle, degrees) < 0.95 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// P(|T| < t).
fn central(t: f64, degrees: usize) -> f64 {
    let angle = (t / (degrees as f64).sqrt()).atan();
    let (sin, cos) = (angle.sin(), angle.cos());
    let is_odd = degrees % 2 == 1;
    let (mut term, mut sum) = if is_odd { (cos, cos) } else { (1.0, 1.0) };
    let mut k = if is_odd { 3 } else { 2 };
    while k < degrees {
        term *= cos * cos * (k - 1) as f64 / k as f64;
        sum += term;
        k += 2;
    }
    match (is_odd, degrees) {
        (true, 1) => angle * std::f64::consts::FRAC_2_PI,
        (true, _) => (angle + sin * sum) * std::f64::consts::FRAC_2_PI,
        (false, _) => sin * sum,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From tables of the distribution.
    #[test]
    fn quantiles() {
        for (degrees, expected) in [
            (1, 12.7062),
            (2, 4.30265),
            (3, 3.18245),
            (12, 2.178_81),
            (30, 2.042_27),
            (999, 1.962_34),
            (1000, 1.962_34),
            (100_000, 1.959_99),
        ] {
            let found = student_quantile(degrees);
            assert!((found - expected).abs() < 2e-5 * expected, "{degrees}: {found}");
        }
    }
}
