//! Bins of about equal size, for accuracy by length difference and the like.

use crate::bootstrap::quantile;

/// The inner edges of `bins` bins that hold about equally many of the values: the quantiles
/// 1/bins, 2/bins, ... Edges that fall together are given once, so that there may be fewer bins.
/// Empty for no values.
pub fn quantile_edges(values: &[f64], bins: usize) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        return Vec::new();
    }
    let mut edges: Vec<f64> =
        (1..bins).map(|bin| quantile(&sorted, bin as f64 / bins as f64)).collect();
    edges.dedup();
    edges
}

/// The bin of a value: the number of edges that are not above it.
pub fn bin_of(edges: &[f64], value: f64) -> usize {
    edges.partition_point(|edge| *edge <= value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_that_are_all_the_same_make_no_more_than_two_bins() {
        assert_eq!(quantile_edges(&[2.0; 9], 4), [2.0]);
        assert_eq!(quantile_edges(&[], 4), [] as [f64; 0]);
    }

    proptest! {
        #[test]
        fn bins_of_different_values_are_even(n in 1_usize..200, bins in 1_usize..8) {
            let values: Vec<f64> = (0..n).map(|i| i as f64).collect();
            let edges = quantile_edges(&values, bins);
            let mut sizes = vec![0_usize; edges.len() + 1];
            for value in &values {
                sizes[bin_of(&edges, *value)] += 1;
            }
            prop_assert_eq!(sizes.iter().sum::<usize>(), n);
            if n >= bins {
                let (max, min) = (sizes.iter().max().unwrap(), sizes.iter().min().unwrap());
                prop_assert!(max - min <= 2, "{sizes:?}");
            }
        }
    }
}
