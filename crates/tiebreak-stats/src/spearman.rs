//! Spearman's rank correlation: the correlation of ranks, equal values sharing the mean of their
//! ranks (C. Spearman, "The proof and measurement of association between two things", American
//! Journal of Psychology 15, 1904; M. G. Kendall, "The treatment of ties in ranking problems",
//! Biometrika 33, 1945).

/// The rank correlation, -1 to 1; `None` where it is not defined: fewer than two values, different
/// numbers of them, or one side that does not vary.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() || a.len() < 2 {
        return None;
    }
    let (a, b) = (average_ranks(a), average_ranks(b));
    // Ranks sum to n (n + 1) / 2, shared or not.
    let mean = (a.len() as f64 + 1.0) / 2.0;
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(&b) {
        ab += (x - mean) * (y - mean);
        aa += (x - mean).powi(2);
        bb += (y - mean).powi(2);
    }
    (aa > 0.0 && bb > 0.0).then(|| (ab / (aa * bb).sqrt()).clamp(-1.0, 1.0))
}

/// The rank of each value from 1 for the smallest, equal values sharing the mean of their ranks.
pub fn average_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut ranks = vec![0.0; values.len()];
    let mut begin = 0;
    for equal in order.chunk_by(|&i, &j| values[i] == values[j]) {
        let shared = (begin + 1 + begin + equal.len()) as f64 / 2.0;
        equal.iter().for_each(|&i| ranks[i] = shared);
        begin += equal.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!(average_ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        // Ranks 1 2 3 4 against 2 1 4 3: 1 - 6 * 4 / (4 * 15).
        let swapped = spearman(&[1.0, 2.0, 3.0, 4.0], &[0.2, 0.1, 0.9, 0.8]).unwrap();
        assert!((swapped - 0.6).abs() < 1e-12);
        // Ranks 1 2.5 2.5 4 against 1 3 2 4: 4.5 / sqrt(4.5 * 5).
        let tied = spearman(&[1.0, 2.0, 2.0, 3.0], &[1.0, 3.0, 2.0, 4.0]).unwrap();
        assert!((tied - 4.5 / 22.5_f64.sqrt()).abs() < 1e-12);
        for (a, b) in [(&[1.0, 1.0][..], &[1.0, 2.0][..]), (&[1.0], &[1.0]), (&[1.0, 2.0], &[1.0])]
        {
            assert_eq!(spearman(a, b), None);
        }
    }

    proptest! {
        #[test]
        fn only_the_order_matters(pairs in proptest::collection::vec((-3_i32..3, -3_i32..3), 2..40)) {
            let a: Vec<f64> = pairs.iter().map(|p| f64::from(p.0)).collect();
            let b: Vec<f64> = pairs.iter().map(|p| f64::from(p.1)).collect();
            let stretched: Vec<f64> = a.iter().map(|x| x.exp()).collect();
            let mirrored: Vec<f64> = b.iter().map(|x| -x).collect();
            let found = spearman(&a, &b);
            prop_assert_eq!(found, spearman(&stretched, &b));
            prop_assert_eq!(found, spearman(&b, &a));
            let other = spearman(&a, &mirrored);
            let opposite = match (found, other) {
                (Some(x), Some(y)) => (x + y).abs() < 1e-12 && x.abs() <= 1.0,
                (x, y) => x == y,
            };
            prop_assert!(opposite, "{found:?} {other:?}");
            if found.is_some() {
                prop_assert!((spearman(&a, &a).unwrap() - 1.0).abs() < 1e-12);
            }
        }
    }
}
