//! Ranks in the whole study, computed once and frozen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The values of one measure over a study, in so many steps that a rank can be read off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ranks(Vec<f64>);

/// The ranks of every measure that is binned by rank, by its name.
pub type Percentiles = BTreeMap<String, Ranks>;

impl Ranks {
    /// Steps that are kept: a rank is right to a thousandth.
    const STEPS: usize = 1001;

    /// From all values of a study; those that are not finite are left out.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.retain(|value| value.is_finite());
        values.sort_by(f64::total_cmp);
        if values.len() <= Self::STEPS {
            return Self(values);
        }
        let last = values.len() - 1;
        Self((0..Self::STEPS).map(|step| values[step * last / (Self::STEPS - 1)]).collect())
    }

    /// The share of the study that lies below a value, half of what equals it counted, 0 to 1;
    /// `None` if nothing was measured. A value that was not in the study when the ranks were
    /// made is placed among those that were.
    pub fn rank(&self, value: f64) -> Option<f64> {
        if self.0.is_empty() || !value.is_finite() {
            return None;
        }
        let below = self.0.partition_point(|edge| *edge < value);
        let up_to = self.0.partition_point(|edge| *edge <= value);
        Some((below + up_to) as f64 / (2 * self.0.len()) as f64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranks_are_shares_of_the_study_and_ties_share_one() {
        let ranks = Ranks::of(vec![4.0, 1.0, 2.0, 2.0, f64::NAN]);
        for (value, expected) in
            [(0.0, 0.0), (1.0, 0.125), (2.0, 0.5), (3.0, 0.75), (4.0, 0.875), (9.0, 1.0)]
        {
            assert_eq!(ranks.rank(value), Some(expected), "{value}");
        }
        assert_eq!(Ranks::default().rank(1.0), None);
    }

    proptest! {
        #[test]
        fn a_long_study_is_ranked_to_a_thousandth(seed in 0u64..50) {
            let value = |n: u64| ((n * (2 * seed + 1) * 7919) % 5003) as f64;
            let values: Vec<f64> = (0..5003).map(value).collect();
            let ranks = Ranks::of(values);
            let mut last = 0.0;
            for x in (0..5003).step_by(97) {
                let exact = (x as f64 + 0.5) / 5003.0;
                let found = ranks.rank(x as f64).unwrap();
                prop_assert!((found - exact).abs() < 0.0015, "{x}: {found} {exact}");
                prop_assert!(found >= last);
                last = found;
            }
        }
    }
}
