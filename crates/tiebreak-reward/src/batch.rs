//! Which texts run together.
//!
//! Texts are sorted by length and cut into batches of at most a budget of tokens, padding
//! included. Neighbours then have nearly one length, so little is padded, and a batch's
//! activations stay in a core's cache: on long answers that alone is worth more than the larger
//! matrices of a big batch.

/// Texts that run together, as indices into the lengths that were planned.
pub(crate) type Batch = Vec<usize>;

/// Whether texts of different lengths may share a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    Allowed,
    Forbidden,
}

/// Cuts texts of the given lengths (tokens) into batches whose longest text times its number of
/// texts is at most `budget`; a text longer than that runs alone. The longest come first, so that
/// the last batches, for which some threads wait, are the cheapest.
pub(crate) fn plan(lengths: &[usize], budget: usize, padding: Padding) -> Vec<Batch> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(lengths[index]));
    let mut batches = Vec::new();
    let mut rest = order.as_slice();
    while let Some(&longest) = rest.first() {
        let mut fitting = (budget / lengths[longest].max(1)).clamp(1, rest.len());
        if padding == Padding::Forbidden {
            fitting = rest[..fitting].partition_point(|&text| lengths[text] == lengths[longest]);
        }
        let (batch, after) = rest.split_at(fitting);
        batches.push(batch.to_vec());
        rest = after;
    }
    batches
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_text_runs_once_within_the_budget(
            lengths in prop::collection::vec(1usize..600, 0..200),
            budget in 1usize..2000,
        ) {
            let batches = plan(&lengths, budget, Padding::Allowed);
            let mut seen: Vec<usize> = batches.concat();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
            for batch in &batches {
                let widest = batch.iter().map(|&i| lengths[i]).max().unwrap_or(0);
                prop_assert!(batch.len() == 1 || widest * batch.len() <= budget);
            }
        }

        #[test]
        fn batches_never_interleave_lengths(lengths in prop::collection::vec(1usize..600, 0..200)) {
            let planned: Vec<usize> =
                plan(&lengths, 700, Padding::Allowed).concat().iter().map(|&i| lengths[i]).collect();
            prop_assert!(planned.is_sorted_by(|a, b| a >= b));
        }

        #[test]
        fn nothing_is_padded_where_that_is_forbidden(
            lengths in prop::collection::vec(1usize..20, 0..200),
        ) {
            let batches = plan(&lengths, 100, Padding::Forbidden);
            prop_assert_eq!(batches.concat().len(), lengths.len());
            for batch in &batches {
                prop_assert!(batch.iter().all(|&text| lengths[text] == lengths[batch[0]]));
            }
            // Each length fills its batches: all but its last hold as many as fit.
            let full: usize = (1..20)
                .map(|length| {
                    let texts = lengths.iter().filter(|&&l| l == length).count();
                    texts.div_ceil(100 / length)
                })
                .sum();
            prop_assert_eq!(batches.len(), full);
        }
    }
}
