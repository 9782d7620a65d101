//! ROUGE-1 and ROUGE-L of two texts (C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of
//! Summaries", 2004), as F with precision and recall weighted alike, so that neither text is the
//! reference. Without stemming and stop words. Two texts without tokens are alike: 1.

use std::collections::HashMap;

/// Overlap of single tokens, each counted as often as it occurs in both, 0 to 1.
pub fn rouge_1(first: &[String], second: &[String]) -> f64 {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for token in first {
        *counts.entry(token).or_default() += 1;
    }
    let mut shared = 0;
    for token in second {
        if let Some(count) = counts.get_mut(token.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            shared += 1;
        }
    }
    f(shared, first.len(), second.len())
}

/// Longest common subsequence of tokens over the whole texts, 0 to 1.
pub fn rouge_l(first: &[String], second: &[String]) -> f64 {
    f(longest_common_subsequence(first, second), first.len(), second.len())
}

/// 2 P R / (P + R) with P = shared / one length and R = shared / the other.
fn f(shared: usize, first: usize, second: usize) -> f64 {
    if first + second == 0 { 1.0 } else { 2.0 * shared as f64 / (first + second) as f64 }
}

/// Its length, with a row of the table in bits: `second.len()` times `first.len() / 64` steps
/// (M. Crochemore et al., 2001; H. Hyyrö, 2004).
fn longest_common_subsequence(first: &[String], second: &[String]) -> usize {
    let words = first.len().div_ceil(64);
    let mut places: HashMap<&str, Vec<u64>> = HashMap::new();
    for (place, token) in first.iter().enumerate() {
        let bits = places.entry(token).or_insert_with(|| vec![0; words]);
        bits[place / 64] |= 1 << (place % 64);
    }
    let mut row = vec![u64::MAX; words];
    for token in second {
        let Some(matches) = places.get(token.as_str()) else { continue };
        let mut carry = false;
        for (bits, matches) in row.iter_mut().zip(matches) {
            let met = *bits & matches;
            let (sum, over) = bits.overflowing_add(met);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            carry = over || over_again;
            *bits = sum | (*bits & !matches);
        }
    }
    let zeros = |(word, bits): (usize, &u64)| {
        let used = (first.len() - 64 * word).min(64);
        let unused = if used == 64 { 0 } else { u64::MAX << used };
        (bits | unused).count_zeros() as usize
    };
    row.iter().enumerate().map(zeros).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tokens;
    use super::*;

    #[test]
    fn known_values() {
        // (first, second, ROUGE-1, ROUGE-L); the second and third are the examples of Lin's paper.
        for (first, second, one, l) in [
            ("", "", 1.0, 1.0),
            ("police killed the gunman", "police kill the gunman", 0.75, 0.75),
            ("police killed the gunman", "the gunman kill police", 0.75, 0.5),
            ("a a a b", "a b b", 4.0 / 7.0, 4.0 / 7.0),
            ("one two", "three", 0.0, 0.0),
            ("x", "", 0.0, 0.0),
        ] {
            let (a, b) = (tokens(first), tokens(second));
            assert!((rouge_1(&a, &b) - one).abs() < 1e-12, "{first} / {second}");
            assert!((rouge_l(&a, &b) - l).abs() < 1e-12, "{first} / {second}");
        }
    }

    fn by_table(first: &[String], second: &[String]) -> usize {
        let mut above = vec![0; second.len() + 1];
        for a in first {
            let mut row = vec![0];
            for (n, b) in second.iter().enumerate() {
                row.push(if a == b { above[n] + 1 } else { row[n].max(above[n + 1]) });
            }
            above = row;
        }
        above[second.len()]
    }

    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(0u8..6, 0..200)
            .prop_map(|letters| letters.iter().map(ToString::to_string).collect())
    }

    proptest! {
        #[test]
        fn the_subsequence_is_that_of_the_table(a in texts(), b in texts()) {
            prop_assert_eq!(longest_common_subsequence(&a, &b), by_table(&a, &b));
        }

        #[test]
        fn both_are_symmetric_within_0_and_1_and_1_for_the_same(a in texts(), b in texts()) {
            for rouge in [rouge_1, rouge_l] {
                let found = rouge(&a, &b);
                prop_assert!((0.0..=1.0).contains(&found));
                prop_assert_eq!(found, rouge(&b, &a));
                prop_assert_eq!(rouge(&a, &a), 1.0);
            }
            prop_assert!(rouge_l(&a, &b) <= rouge_1(&a, &b));
        }
    }
}
