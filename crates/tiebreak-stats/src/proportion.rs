//! A share with its interval, and the median.

use serde::Serialize;

/// A share of `n` cases with its 95 % Wilson score interval (E. B. Wilson, "Probable inference,
/// the law of succession, and statistical inference", Journal of the American Statistical
/// Association 22, 1927). The cases are taken as independent; cases that share a prompt are not,
/// so the interval is then too narrow.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Proportion {
    /// The share, 0 to 1.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Number of cases.
    pub n: u64,
}

impl Proportion {
    /// The share of `hits` among `n`; `None` without cases. Half hits are allowed.
    pub fn of(hits: f64, n: u64) -> Option<Self> {
        if n == 0 {
            return None;
        }
        const Z: f64 = 1.959_963_984_540_054;
        let (cases, z2) = (n as f64, Z * Z);
        let value = hits / cases;
        let centre = (value + z2 / (2.0 * cases)) / (1.0 + z2 / cases);
        let half = Z * (value * (1.0 - value) / cases + z2 / (4.0 * cases * cases)).sqrt()
            / (1.0 + z2 / cases);
        Some(Self { value, low: (centre - half).max(0.0), high: (centre + half).min(1.0), n })
    }
}

/// The median; the mean of the two middle values for an even count; `None` for no values.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_interval_matches_the_textbook() {
        // 10 of 20: 0.2993 to 0.7007 (R: prop.test(10, 20, correct = FALSE)).
        let half = Proportion::of(10.0, 20).unwrap();
        assert!((half.low - 0.2993).abs() < 1e-4 && (half.high - 0.7007).abs() < 1e-4, "{half:?}");
        assert_eq!(Proportion::of(0.0, 0), None);
    }

    #[test]
    fn medians() {
        for (values, expected) in
            [(&[][..], None), (&[3.0][..], Some(3.0)), (&[4.0, 1.0, 3.0, 2.0][..], Some(2.5))]
        {
            assert_eq!(median(values), expected);
        }
    }
}
