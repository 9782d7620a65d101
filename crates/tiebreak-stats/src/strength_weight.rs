//! How much an answer counts by the strength that goes with it.

/// The weight of an answer of a strength: half the strength, so that an answer without one counts
/// as much as "clearly".
///
/// | strength | weight |
/// |---|---|
/// | 0, negligibly | 1/4 |
/// | 1, slightly | 1/2 |
/// | 2, clearly | 1 |
/// | 3, very much | 3/2 |
/// | none | 1 |
///
/// Weights in proportion to the strength are the scaled Bradley-Terry loss of Z. Wang et al.,
/// "HelpSteer2-Preference: complementing ratings with preferences", 2024. Their scale has no
/// strength 0; here it still counts, because the answer names a side.
pub fn strength_weight(strength: Option<u8>) -> f64 {
    match strength {
        Some(0) => 0.25,
        Some(strength) => f64::from(strength) / 2.0,
        None => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map() {
        let weights = [None, Some(0), Some(1), Some(2), Some(3)].map(strength_weight);
        assert_eq!(weights, [1.0, 0.25, 0.5, 1.0, 1.5]);
    }
}
