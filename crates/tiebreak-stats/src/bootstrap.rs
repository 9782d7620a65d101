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
/// The bootstrap needs so many groups; with fewer its intervals are much too narrow (A. C.
/// Cameron, J. B. Gelbach and D. L. Miller, "Bootstrap-based improvements for inference with
/// clustered errors", The Review of Economics and Statistics 90, 2008).
pub(crate) const FEWEST_GROUPS: usize = 20;
/// Of the standard normal distribution, for 95 %.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

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
/// differ: its interval is 0 to 1. With fewer than twenty groups, or where all groups have the same
/// mean, so that every bootstrap sample has it too, the interval is that of Wilson, as if each group were
/// one case of 0 or 1, and never narrower than what the bootstrap says.
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
        if sums.len() < FEWEST_GROUPS || high - low < 1e-9 {
            let (least, most) = wilson(value, effective(&sums));
            (low, high) = (low.min(least), high.max(most));
        }
    }
    Some(Interval { value, low, high, n: cases.len(), groups: sums.len() })
}

/// How many groups of equal weight say as much as these: (sum w)^2 / sum w^2 (L. Kish, "Survey
/// sampling", 1965).
fn effective(sums: &[(f64, f64)]) -> f64 {
    let (sum, squares) =
        sums.iter().fold((0.0, 0.0), |(sum, squares), (_, w)| (sum + w, squares + w * w));
    sum * sum / squares
}

/// The 95 % score interval of a share of `n` (E. B. Wilson, "Probable inference, the law of
/// succession, and statistical inference", Journal of the American Statistical Association 22,
/// 1927), `n` above 0 and not necessarily whole. It never has length 0, not even for a share of 0
/// or 1.
pub fn wilson(share: f64, n: f64) -> (f64, f64) {
    let shrink = 1.0 + Z * Z / n;
    let centre = (share + Z * Z / (2.0 * n)) / shrink;
    let half = Z / shrink * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).max(0.0).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
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

    /// Wilson's intervals of 5 of 5, 0 of 5 and 3 of 4, and 60 groups that all are right.
    #[test]
    fn few_groups_that_agree_are_not_certain() {
        for (groups, right, low, high) in [
            (5, 5, 0.5655, 1.0),
            (5, 0, 0.0, 0.4345),
            (4, 3, 0.3006, 0.9544),
            (60, 60, 0.9398, 1.0),
        ] {
            let all: Vec<_> = (0..groups).map(|g| (g, f64::from(g < right))).collect();
            let found = clustered_mean(&cases(&all), 1).unwrap();
            let near = |a: f64, b: f64| (a - b).abs() < 1e-3;
            let bounds = (found.low <= low + 1e-3, found.high >= high - 1e-3);
            assert_eq!(bounds, (true, true), "{found:?}");
            if right == 0 || right == groups {
                assert!(near(found.low, low) && near(found.high, high), "{found:?}");
            }
        }
        // Twenty cases in two groups say no more than two.
        let two: Vec<_> = (0..20).map(|i| (i % 2, 1.0)).collect();
        let found = clustered_mean(&cases(&two), 1).unwrap();
        assert!(found.low < 0.35 && found.high == 1.0, "{found:?}");
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
