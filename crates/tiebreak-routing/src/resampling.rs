//! Means of pairs and of differences between policies, with errors that know that pairs of one
//! prompt are not independent.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_stats::Interval;

/// Bootstrap samples; the same for every series, so that differences between series are paired.
const SAMPLES: usize = 500;

/// Groups (prompts) and bootstrap samples of them.
pub(crate) struct Resampling {
    /// The group of each row, from 0.
    groups: Vec<usize>,
    count: usize,
    /// How often each sample draws each group, `SAMPLES x count`; a group drawn more than 255 times
    /// counts 255, which does not happen.
    draws: Vec<u8>,
}

/// A mean with its standard error and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean and the percentile interval of a bootstrap over prompts.
    pub interval: Interval,
    /// Standard error, clustered by prompt.
    pub se: f64,
}

impl Resampling {
    /// Rows of these groups (any numbers).
    pub(crate) fn new(groups: &[usize], seed: u64) -> Self {
        let mut known: Vec<usize> = groups.to_vec();
        known.sort_unstable();
        known.dedup();
        let count = known.len();
        let groups: Vec<usize> =
            groups.iter().map(|group| known.partition_point(|one| one < group)).collect();
        let mut draws = vec![0_u8; count * SAMPLES];
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for sample in draws.chunks_exact_mut(count.max(1)) {
            for _ in 0..count {
                let times = &mut sample[rng.random_range(0..count)];
                *times = times.saturating_add(1);
            }
        }
        Self { groups, count, draws }
    }

    /// The weighted mean of one value a row; rows of weight 0 do not count. `None` if none does.
    pub(crate) fn mean(&self, values: &[f64], weights: &[f64]) -> Option<Estimate> {
        let (mut sums, mut totals) = (vec![0.0; self.count], vec![0.0; self.count]);
        let mut n = 0;
        for ((value, weight), &group) in values.iter().zip(weights).zip(&self.groups) {
            if *weight > 0.0 {
                sums[group] += value * weight;
                totals[group] += weight;
                n += 1;
            }
        }
        let total: f64 = totals.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let mean = sums.iter().sum::<f64>() / total;
        // The linearised variance of a ratio of cluster totals (W. G. Cochran, "Sampling
        // Techniques", 3rd edition, 1977, section 6.3), with the usual correction for few clusters.
        let used = totals.iter().filter(|total| **total > 0.0).count() as f64;
        let squares: f64 =
            sums.iter().zip(&totals).map(|(sum, total)| (sum - mean * total).powi(2)).sum();
        let se =
            if used > 1.0 { (squares * used / (used - 1.0)).sqrt() / total } else { f64::INFINITY };
        let mut means: Vec<f64> = Vec::with_capacity(SAMPLES);
        for sample in self.draws.chunks_exact(self.count.max(1)) {
            let (mut sum, mut total) = (0.0, 0.0);
            for (times, (s, t)) in sample.iter().zip(sums.iter().zip(&totals)) {
                sum += f64::from(*times) * s;
                total += f64::from(*times) * t;
            }
            if total > 0.0 {
                means.push(sum / total);
            }
        }
        means.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = share * (means.len().saturating_sub(1)) as f64;
            means.get(place.round() as usize).copied().unwrap_or(mean)
        };
        let interval =
            Interval { value: mean, low: at(0.025), high: at(0.975), n, groups: used as usize };
        Some(Estimate { interval, se })
    }
}
