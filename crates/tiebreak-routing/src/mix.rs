//! Mixes: which instances people label and which the AI does, drawn as the paper draws them.
//!
//! Algorithm 1 of L. J. V. Miranda, Y. Wang, Y. Elazar, S. Kumar, V. Pyatkin, F. Brahman, N. A.
//! Smith, H. Hajishirzi and P. Dasigi, "Hybrid preferences: learning to route instances for human
//! vs. AI feedback", arXiv 2410.19133, section 3: the budget is uniform over 1 to n; the tags are
//! put in random order; the instances of each tag, in random order, are given to people until the
//! budget is full, no instance twice; if the tags run out, the mix stays below its budget. So
//! mixes differ in what people label, not only in how much: drawn instance by instance they would
//! all have nearly the same share of every tag.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Which instances people label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix {
    /// For each instance, whether its label is people's; the others' is the AI's.
    pub human: Vec<bool>,
}

impl Mix {
    /// People label all `n` instances.
    pub fn all_human(n: usize) -> Self {
        Self { human: vec![true; n] }
    }

    /// The AI labels all `n` instances.
    pub fn all_ai(n: usize) -> Self {
        Self { human: vec![false; n] }
    }

    /// How many instances people label.
    pub fn people(&self) -> usize {
        self.human.iter().filter(|human| **human).count()
    }

    /// For each tag below `tag_count`, the instances with this tag that people label, as a share
    /// of all instances, 0 to 1. `tags[i]` are the tags of instance `i`.
    ///
    /// The paper takes the counts themselves; a share differs from them by the factor n alone, and
    /// lets what was learnt on a pilot speak of a study of another size.
    pub fn counts(&self, tags: &[Vec<u16>], tag_count: usize) -> Vec<f64> {
        let mut counts = vec![0.0; tag_count];
        for (tags, _) in tags.iter().zip(&self.human).filter(|(_, human)| **human) {
            for &tag in tags {
                if let Some(count) = counts.get_mut(usize::from(tag)) {
                    *count += 1.0;
                }
            }
        }
        let n = self.human.len().max(1) as f64;
        counts.iter_mut().for_each(|count| *count /= n);
        counts
    }
}

/// Draws mixes of given instances.
#[derive(Clone, Debug)]
pub struct MixSource {
    n: usize,
    /// The instances of each tag that any has, by index.
    members: Vec<Vec<u32>>,
}

impl MixSource {
    /// For instances with these tags; tags from `tag_count` on are left out.
    pub fn of(tags: &[Vec<u16>], tag_count: usize) -> Self {
        let mut members = vec![Vec::new(); tag_count];
        for (i, tags) in tags.iter().enumerate() {
            for &tag in tags {
                if let Some(members) = members.get_mut(usize::from(tag)) {
                    members.push(i as u32);
                }
            }
        }
        members.retain(|members| !members.is_empty());
        Self { n: tags.len(), members }
    }

    /// Mix number `number` of this seed, with a budget of so many human labels, or one drawn
    /// uniformly over 1 to n. Mixes of one seed are independent, and each is the same however many
    /// are drawn. An instance without a tag is never given to people.
    pub fn draw(&self, budget: Option<usize>, seed: u64, number: u64) -> Mix {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number);
        let mut mix = Mix::all_ai(self.n);
        if self.n == 0 {
            return mix;
        }
        let mut left = budget.unwrap_or_else(|| rng.random_range(1..=self.n as u64) as usize);
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.shuffle(&mut rng);
        for tag in order {
            if left == 0 {
                break;
            }
            let mut free: Vec<u32> = self.members[tag].clone();
            free.retain(|&i| !mix.human[i as usize]);
            let (taken, _) = free.partial_shuffle(&mut rng, left);
            taken.iter().for_each(|&i| mix.human[i as usize] = true);
            left -= taken.len();
        }
        mix
    }
}

/// All-human and all-AI, then `mixes` mixes of uniform budgets: what the performance prediction
/// model is fitted on.
pub fn draw_mixes(tags: &[Vec<u16>], tag_count: usize, mixes: usize, seed: u64) -> Vec<Mix> {
    let source = MixSource::of(tags, tag_count);
    let drawn = (0..mixes as u64).map(|number| source.draw(None, seed, number));
    [Mix::all_human(tags.len()), Mix::all_ai(tags.len())].into_iter().chain(drawn).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_are_shares_of_all_instances() {
        let tags = [vec![0, 2], vec![2], vec![1], vec![2, 9]];
        let mix = Mix { human: vec![true, true, false, true] };
        assert_eq!(mix.counts(&tags, 3), [0.25, 0.0, 0.75]);
        assert_eq!(Mix::all_ai(4).counts(&tags, 3), [0.0; 3]);
        assert_eq!(Mix::all_human(0).counts(&[], 2), [0.0; 2]);
    }

    /// Budgets of 1 to n come up alike: of 400, the quarters hold about 100 each.
    #[test]
    fn budgets_are_uniform() {
        let tags = vec![vec![0]; 40];
        let mut quarters = [0; 4];
        for mix in &draw_mixes(&tags, 1, 400, 3)[2..] {
            quarters[(mix.people() - 1) / 10] += 1;
        }
        assert!(quarters.iter().all(|n| (70..130).contains(n)), "{quarters:?}");
    }

    /// One tag's instances go to people before another tag is begun.
    #[test]
    fn tags_are_used_up_one_after_the_other() {
        let tags: Vec<Vec<u16>> = (0..90).map(|i| vec![i / 30]).collect();
        for mix in &draw_mixes(&tags, 3, 60, 5)[2..] {
            let begun = mix
                .counts(&tags, 3)
                .iter()
                .filter(|&&share| share > 0.0 && (share - 1.0 / 3.0).abs() > 1e-9)
                .count();
            assert!(begun <= 1, "{:?}", mix.counts(&tags, 3));
        }
    }

    proptest! {
        #[test]
        fn the_budget_holds_and_the_seed_decides(
            tags in proptest::collection::vec(proptest::collection::btree_set(0_u16..6, 0..4), 0..60),
            budget in 0_usize..80,
            seed: u64,
        ) {
            let tags: Vec<Vec<u16>> =
                tags.into_iter().map(|tags| tags.into_iter().collect()).collect();
            let source = MixSource::of(&tags, 6);
            let tagged = tags.iter().filter(|tags| !tags.is_empty()).count();
            let mix = source.draw(Some(budget), seed, 3);
            prop_assert_eq!(mix.people(), budget.min(tagged));
            prop_assert_eq!(&mix, &source.draw(Some(budget), seed, 3));
            for (tags, human) in tags.iter().zip(&mix.human) {
                prop_assert!(!human || !tags.is_empty());
            }
            let (few, many) = (draw_mixes(&tags, 6, 3, seed), draw_mixes(&tags, 6, 5, seed));
            prop_assert_eq!(&few[..], &many[..5]);
            prop_assert_eq!(few[0].people(), tags.len());
            prop_assert_eq!(few[1].people(), 0);
        }
    }
}
