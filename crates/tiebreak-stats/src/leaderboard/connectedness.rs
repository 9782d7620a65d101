//! Whether the comparisons say how all systems stand to each other.
//!
//! Strengths of Bradley-Terry exist, finite and unique, if and only if in every division of the
//! systems into two groups some system of each has beaten one of the other (L. R. Ford, "Solution
//! of a ranking problem from binary comparisons", The American Mathematical Monthly 64, 1957;
//! D. R. Hunter, "MM algorithms for generalized Bradley-Terry models", The Annals of Statistics 32,
//! 2004, assumption 1): if the graph with an arrow from each loser to its winners is strongly
//! connected. A tie that is not left out is an arrow each way: exactly so where ties count half, while
//! with Davidson's parameter the condition is necessary only. Components by R. E. Tarjan,
//! "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1, 1972.

use serde::Serialize;

/// Which systems can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Connectedness {
    /// Groups of systems that are linked by comparisons, largest first, each in rising order.
    /// Systems in different groups are not comparable at all.
    pub components: Vec<Vec<usize>>,
    /// Groups within which strengths are determined, largest first. Between two of them there are
    /// no answers, or all are for the same side: the difference is unbounded.
    pub strong_components: Vec<Vec<usize>>,
    /// Systems that were never compared; they are in no group.
    pub without_comparisons: Vec<usize>,
}

impl Connectedness {
    /// Of an arrow from each loser to its winner.
    pub fn of(systems: usize, beaten_by: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut arrows = vec![Vec::new(); systems];
        let mut both_ways = vec![Vec::new(); systems];
        for (loser, winner) in beaten_by {
            arrows[loser].push(winner);
            both_ways[loser].push(winner);
            both_ways[winner].push(loser);
        }
        let without: Vec<usize> = (0..systems).filter(|&i| both_ways[i].is_empty()).collect();
        let groups = |arrows: &[Vec<usize>]| {
            let mut groups = strong_components(arrows);
            groups.retain(|group| group.len() > 1 || !both_ways[group[0]].is_empty());
            groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
            groups
        };
        Self {
            components: groups(&both_ways),
            strong_components: groups(&arrows),
            without_comparisons: without,
        }
    }

    /// The systems against whose mean strengths are given: the largest group of the largest
    /// component within which they are determined, which is all of them if the graph is strongly
    /// connected; the whole component if none is determined against another. Otherwise one system
    /// that lost all would make the strengths of all others uncertain.
    pub fn reference(&self) -> &[usize] {
        let Some(component) = self.components.first() else { return &[] };
        let strong = self.strong_components.iter().find(|group| component.contains(&group[0]));
        strong.filter(|group| group.len() > 1).unwrap_or(component)
    }

    /// Whether any strength is determined against another.
    pub(crate) fn has_determined(&self) -> bool {
        self.strong_components.iter().any(|group| group.len() > 1 && group == self.reference())
    }

    /// Whether the strengths of all systems that were compared are determined.
    pub fn is_strong(&self) -> bool {
        self.strong_components.len() == 1
    }
}

/// The strongly connected components, each in rising order. A stack of its own: a chain of many
/// systems must not exhaust the thread's.
fn strong_components(arrows: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let n = arrows.len();
    let (mut index, mut low) = (vec![UNSEEN; n], vec![0; n]);
    let (mut on_path, mut path, mut seen) = (vec![false; n], Vec::new(), 0);
    let mut found = Vec::new();
    for root in 0..n {
        if index[root] != UNSEEN {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((node, next)) = calls.pop() {
            if next == 0 {
                (index[node], low[node]) = (seen, seen);
                seen += 1;
                path.push(node);
                on_path[node] = true;
            } else {
                let child: usize = arrows[node][next - 1];
                low[node] = low[node].min(low[child]);
            }
            let unseen = (next..arrows[node].len()).find(|&k| {
                let to = arrows[node][k];
                if on_path[to] {
                    low[node] = low[node].min(index[to]);
                }
                index[to] == UNSEEN
            });
            if let Some(k) = unseen {
                calls.push((node, k + 1));
                calls.push((arrows[node][k], 0));
            } else if low[node] == index[node] {
                let start = path.iter().rposition(|&other| other == node).unwrap_or(0);
                let mut group = path.split_off(start);
                for &member in &group {
                    on_path[member] = false;
                }
                group.sort_unstable();
                found.push(group);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn groups_by_hand() {
        for (systems, arrows, components, strong, without) in [
            (0, vec![], vec![], vec![], vec![]),
            (3, vec![(0, 1), (1, 0)], vec![vec![0, 1]], vec![vec![0, 1]], vec![2]),
            (3, vec![(0, 1), (1, 2), (2, 0)], vec![vec![0, 1, 2]], vec![vec![0, 1, 2]], vec![]),
            // The third always wins.
            (
                3,
                vec![(0, 1), (1, 0), (1, 2)],
                vec![vec![0, 1, 2]],
                vec![vec![0, 1], vec![2]],
                vec![],
            ),
            // Two that never meet two others.
            (
                5,
                vec![(3, 4), (4, 3), (0, 1)],
                vec![vec![0, 1], vec![3, 4]],
                vec![vec![3, 4], vec![0], vec![1]],
                vec![2],
            ),
        ] {
            let found = Connectedness::of(systems, arrows.clone());
            let expected = Connectedness {
                components,
                strong_components: strong,
                without_comparisons: without,
            };
            assert_eq!(found, expected, "{arrows:?}");
        }
    }

    #[test]
    fn the_reference_is_determined_if_anything_is() {
        for (arrows, reference) in [
            (vec![], vec![]),
            (vec![(0, 1)], vec![0, 1]),
            (vec![(0, 1), (1, 0), (1, 2)], vec![0, 1]),
            // A larger group outside the largest component is not asked.
            (vec![(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 4)], vec![0, 1, 2, 3]),
        ] {
            assert_eq!(Connectedness::of(7, arrows).reference(), reference);
        }
    }

    #[test]
    fn a_long_chain_does_not_exhaust_the_stack() {
        let n = 200_000;
        let ring = (0..n).map(|i| (i, (i + 1) % n));
        assert!(Connectedness::of(n, ring).is_strong());
    }

    proptest! {
        /// Two systems share a component if and only if each reaches the other.
        #[test]
        fn components_are_those_of_reachability(arrows in proptest::collection::vec((0_usize..7, 0_usize..7), 0..20)) {
            let arrows: Vec<_> = arrows.into_iter().filter(|(a, b)| a != b).collect();
            let reach = |from: usize| {
                let mut seen = std::collections::BTreeSet::from([from]);
                for _ in 0..7 {
                    let next = arrows.iter().filter(|(a, _)| seen.contains(a));
                    let next: Vec<usize> = next.map(|(_, b)| *b).collect();
                    seen.extend(next);
                }
                seen
            };
            let found = Connectedness::of(7, arrows.clone());
            let group = |i: usize| found.strong_components.iter().position(|g| g.contains(&i));
            for (i, j) in (0..7).flat_map(|i| (0..7).map(move |j| (i, j))) {
                let same = i == j || group(i).is_some() && group(i) == group(j);
                prop_assert_eq!(same, reach(i).contains(&j) && reach(j).contains(&i));
            }
        }
    }
}
