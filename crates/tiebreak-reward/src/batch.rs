//! Which texts run together.
//!
//! Texts are sorted by length and cut into batches of at most a budget of tokens, padding
//! included. Neighbours then have nearly one length, so little is padded, and a batch's
//! activations stay in a core's cache: on long answers that alone is worth more than the larger
//! matrices of a big batch.

/// Texts that run together, as indices into the lengths that were planned.
pub(crate) type Batch = Vec<usize>;

/// Cuts texts of the given lengths (tokens) into batches whose longest text times its number of
/// texts is at most `budget`; a text longer than that runs alone. The longest come first, so that
/// the last batches, for which some threads wait, are the cheapest.
pub(crate) fn plan(lengths: &[usize], budget: usize) -> Vec<Batch> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(lengths[index]));
    let mut batches = Vec::new();
    let mut rest = order.as_slice();
    while let Some(&longest) = rest.first() {
        let fitting = (budget / lengths[longest].max(1)).clamp(1, rest.len());
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
            let batches = plan(&lengths, budget);
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
                plan(&lengths, 700).concat().iter().map(|&i| lengths[i]).collect();
            prop_assert!(planned.is_sorted_by(|a, b| a >= b));
        }
    }
}
