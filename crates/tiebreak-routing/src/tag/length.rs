//! The penalty for different lengths.

/// A similarity of two texts, lowered where their lengths differ:
/// `f1 * exp(1 - longer / shorter)`, with lengths in tokens (the brevity penalty of BLEU,
/// K. Papineni et al., 2002, in both directions). Never above `f1` where that is at least 0;
/// a negative `f1` comes nearer to 0. 0 if just one of the two is empty.
pub fn length_penalised(f1: f64, lengths: [usize; 2]) -> f64 {
    let [shorter, longer] = [lengths[0].min(lengths[1]), lengths[0].max(lengths[1])];
    match shorter {
        _ if shorter == longer => f1,
        0 => 0.0,
        _ => f1 * (1.0 - longer as f64 / shorter as f64).exp(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn twice_the_length_costs_a_factor_of_e() {
        assert!((length_penalised(0.8, [10, 20]) - 0.8 / std::f64::consts::E).abs() < 1e-12);
        for (f1, lengths, expected) in [(0.5, [7, 7], 0.5), (0.5, [0, 3], 0.0), (1.0, [0, 0], 1.0)]
        {
            assert_eq!(length_penalised(f1, lengths), expected);
        }
    }

    proptest! {
        #[test]
        fn never_above_and_the_same_both_ways(f1 in 0.0..=1.0_f64, a in 0usize..900, b in 0usize..900) {
            let found = length_penalised(f1, [a, b]);
            prop_assert!((0.0..=f1).contains(&found));
            prop_assert_eq!(found, length_penalised(f1, [b, a]));
        }
    }
}
