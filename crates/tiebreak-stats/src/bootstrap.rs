//! The cluster bootstrap: whole groups (prompts) are drawn with replacement, because pairs of one
//! prompt are not independent (A. C. Davison and D. V. Hinkley, "Bootstrap methods and their
//! application", 1997, section 3.8; C. A. Field and A. H. Welsh, "Bootstrapping clustered data",
//! Journal of the Royal Statistical Society B 69, 2007).

use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// Samples behind an interval.
const SAMPLES: usize = 2000;

/// How often the bootstrap sample of this seed draws each row: as often as it draws the row's
/// group. `groups[i]` is the group of row `i`, numbered from 0; as many groups are drawn as
/// occur.
pub fn bootstrap_weights(groups: &[usize], seed: u64) -> Vec<f64> {
    let mut places: Vec<usize> = groups.to_vec();
    places.sort_unstable();
    places.dedup();
    let mut draws = vec![0.0; groups.iter().max().map_or(0, |last| last + 1)];
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..places.len() {
        draws[places[rng.random_range(0..places.len())]] += 1.0;
    }
    groups.iter().map(|&group| draws[group]).collect()
}

/// A weighted mean with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The mean.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Number of cases.
    pub n: usize,
    /// Number of groups that they come from.
    pub groups: usize,
}

/// One case of a mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    /// The group (prompt) that it belongs to.
    pub group: usize,
    /// Its value, 0 to 1.
    pub value: f64,
    /// How much it counts, above 0.
    pub weight: f64,
}

/// The mean of values of 0 to 1 with the percentile interval of a bootstrap over groups (Davison
/// and Hinkley, section 5.3.1). `None` without cases. One group alone says nothing of how groups
/// differ: its interval is 0 to 1. Below some twenty groups the interval is rough, and rather too
/// narrow.
pub fn clustered_mean(cases: &[Case], seed: u64) -> Option<Interval> {
    // Groups in the order of their number, so that the order of the cases does not matter.
    let mut sums: std::collections::BTreeMap<usize, (f64, f64)> = std::collections::BTreeMap::new();
    for case in cases {
        let sum = sums.entry(case.group).or_default();
        *sum = (sum.0 + case.weight * case.value, sum.1 + case.weight);
    }
    let sums: Vec<(f64, f64)> = sums.into_values().collect();
    let mean = |drawn: &mut dyn Iterator<Item = (f64, f64)>| {
        let (value, weight) = drawn.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        value / weight
    };
    let value = mean(&mut sums.iter().copied());
    if !value.is_finite() {
        return None;
    }
    let (mut low, mut high) = (0.0, 1.0);
    if sums.len() > 1 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut means: Vec<f64> = (0..SAMPLES)
            .map(|_| {
                let mut drawn = (0..sums.len()).map(|_| sums[rng.random_range(0..sums.len())]);
                mean(&mut drawn)
            })
            .collect();
        means.sort_by(f64::total_cmp);
        (low, high) = (quantile(&means, 0.025), quantile(&means, 0.975));
    }
    Some(Interval { value, low, high, n: cases.len(), groups: sums.len() })
}

/// A quantile of sorted values, interpolated between the two next to it (R. J. Hyndman and Y.
/// Fan, "Sample quantiles in statistical packages", The American Statistician 50, 1996,
/// definition 7). `sorted` is not empty.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(values: &[(usize, f64)]) -> Vec<Case> {
        values.iter().map(|&(group, value)| Case { group, value, weight: 1.0 }).collect()
    }

    #[test]
    fn bootstrap_draws_whole_groups() {
        let groups = [0, 0, 1, 2, 2, 2, 5];
        let weights = bootstrap_weights(&groups, 7);
        assert_eq!((weights[0], weights[3]), (weights[1], weights[5]));
        assert_eq!(weights[0] + weights[2] + weights[3] + weights[6], 4.0);
        assert_eq!(weights, bootstrap_weights(&groups, 7));
        assert_eq!(bootstrap_weights(&[], 7), Vec::<f64>::new());
    }

    /// 400 independent cases: the interval is that of the normal approximation; the same cases,
    /// each ten times over in one group, say no more than 40.
    #[test]
    fn the_interval_has_the_width_that_the_groups_allow() {
        let alone: Vec<_> = (0..400).map(|i| (i, f64::from(i % 10 < 7))).collect();
        let free = clustered_mean(&cases(&alone), 1).unwrap();
        let half = 1.96 * (0.7_f64 * 0.3 / 400.0).sqrt();
        assert!((free.value - 0.7).abs() < 1e-12);
        assert!((free.high - free.low - 2.0 * half).abs() < 0.015, "{free:?}");
        let together: Vec<_> = (0..400).map(|i| (i / 10, f64::from(i / 10 % 10 < 7))).collect();
        let bound = clustered_mean(&cases(&together), 1).unwrap();
        assert!(bound.high - bound.low > 2.5 * (free.high - free.low), "{bound:?}");
        assert_eq!(bound.groups, 40);
    }

    #[test]
    fn one_group_says_nothing_of_the_spread() {
        assert_eq!(clustered_mean(&[], 1), None);
        let one = clustered_mean(&cases(&[(3, 1.0), (3, 0.0)]), 1).unwrap();
        assert_eq!((one.value, one.low, one.high, one.n), (0.5, 0.0, 1.0, 2));
    }

    #[test]
    fn the_order_of_cases_does_not_matter() {
        let mut some = cases(&[(0, 1.0), (1, 0.0), (2, 0.5), (1, 1.0)]);
        let one = clustered_mean(&some, 3);
        some.reverse();
        assert_eq!(one, clustered_mean(&some, 3));
    }

    #[test]
    fn quantiles_are_interpolated() {
        let sorted = [1.0, 2.0, 4.0];
        for (share, expected) in [(0.0, 1.0), (0.25, 1.5), (0.5, 2.0), (0.75, 3.0), (1.0, 4.0)] {
            assert_eq!(quantile(&sorted, share), expected);
        }
    }
}
