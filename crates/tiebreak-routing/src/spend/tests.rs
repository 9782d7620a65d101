use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn claim(n: usize, priority: f64) -> Claim {
    let planned = PlannedPair { priority, gain: Some(priority), reason: format!("why {n}") };
    Claim {
        item: ItemId::new(Uuid::from_u128(n as u128 + 1)),
        kept: None,
        purpose: RoutePurpose::Policy,
        started: false,
        done: false,
        imported: false,
        planned: Some(planned),
    }
}

fn kept(n: usize, purpose: RoutePurpose) -> Claim {
    Claim { kept: Some("kept".to_owned()), purpose, planned: None, ..claim(n, 0.0) }
}

/// Sides and ranks, in the order of the claims.
fn spent(claims: &[Claim], chains: &[(usize, usize)], budget: usize) -> Vec<(RouteTo, u32)> {
    let sides = sides(claims, chains, budget, 7);
    let routes = routes(claims, &sides, &sides.chosen, 7);
    routes.iter().map(|route| (route.to, route.rank)).collect()
}

const HUMAN: RouteTo = RouteTo::Human;
const AI: RouteTo = RouteTo::Ai;

#[test]
fn the_largest_priorities_go_to_people() {
    let claims: Vec<Claim> =
        [0.1, 0.48, 0.4, 0.01].iter().enumerate().map(|(n, p)| claim(n, *p)).collect();
    assert_eq!(spent(&claims, &[], 2), [(AI, 1), (HUMAN, 0), (HUMAN, 1), (AI, 0)]);
}

#[test]
fn what_people_keep_counts_and_the_queue_has_its_order() {
    let claims = [
        Claim { done: true, ..kept(0, RoutePurpose::Policy) },
        claim(1, 0.9),
        kept(2, RoutePurpose::PeopleOnly),
        Claim { imported: true, ..claim(3, 0.8) },
        claim(4, 0.1),
        Claim { started: true, ..kept(5, RoutePurpose::Policy) },
        kept(6, RoutePurpose::Pilot),
        claim(7, 0.7),
    ];
    let expected = [
        (HUMAN, 6),
        (HUMAN, 3),
        (HUMAN, 0),
        (HUMAN, 5),
        (AI, 0),
        (HUMAN, 1),
        (HUMAN, 2),
        (HUMAN, 4),
    ];
    assert_eq!(spent(&claims, &[], 7), expected);
}

#[test]
fn what_belongs_together_goes_to_one_side() {
    let mut claims: Vec<Claim> = (0..6).map(|n| claim(n, 0.5 - 0.1 * n as f64)).collect();
    claims[5] = kept(5, RoutePurpose::PeopleOnly);
    // 2 follows 1 follows 0, which the budget cannot pay for; 4 follows what people keep.
    let sides = sides(&claims, &[(1, 0), (2, 1), (4, 5)], 4, 7);
    assert_eq!(sides.human, [false, false, false, true, true, true]);
    assert_eq!((sides.kept, sides.joined, sides.chosen.as_slice()), (2, 1, &[3][..]));
    let routes = routes(&claims, &sides, &sides.chosen, 7);
    assert_eq!(routes[4].reason, "people label what it belongs with");
    assert_eq!(routes[4].rank, 2, "after those that the policy chose");
}

proptest! {
    #[test]
    fn every_item_has_one_side_and_the_budget_holds(
        items in proptest::collection::vec((0..6_usize, 0.0..=1.0_f64, any::<bool>()), 0..120),
        joins in proptest::collection::vec((any::<u16>(), any::<u16>()), 0..40),
        budget in 0..140_usize,
        seed: u64,
    ) {
        let claims: Vec<Claim> = items
            .iter()
            .enumerate()
            .map(|(n, &(kind, priority, flag))| match kind {
                0 => kept(n, RoutePurpose::PeopleOnly),
                1 => kept(n, RoutePurpose::Pilot),
                2 => Claim { done: flag, ..kept(n, RoutePurpose::Audit) },
                3 => Claim { imported: flag, ..claim(n, priority) },
                4 => Claim { started: flag, ..claim(n, 0.5) },
                _ => claim(n, priority),
            })
            .collect();
        let n = claims.len();
        let chains: Vec<(usize, usize)> = if n == 0 {
            Vec::new()
        } else {
            joins.iter().map(|&(a, b)| (a as usize % n, b as usize % n)).collect()
        };
        let sides = sides(&claims, &chains, budget, seed);
        let all = routes(&claims, &sides, &sides.chosen, seed);
        prop_assert_eq!(all.len(), n);
        for ((claim, route), human) in claims.iter().zip(&all).zip(&sides.human) {
            prop_assert_eq!(claim.item, route.item);
            prop_assert_eq!(*human, route.to == HUMAN);
            prop_assert!(claim.kept.is_none() || *human, "people keep it");
            prop_assert!(*human || route.purpose == RoutePurpose::Policy);
        }
        for &(a, b) in &chains {
            prop_assert_eq!(sides.human[a], sides.human[b]);
        }
        let people = sides.human.iter().filter(|human| **human).count();
        prop_assert!(people <= budget.max(sides.kept));
        // Without chains the whole budget is spent, and nobody on the AI's side counts for more
        // than the least of the people's.
        if chains.is_empty() {
            prop_assert_eq!(people, budget.min(n).max(sides.kept));
            let priority = |i: &usize| claims[*i].planned.as_ref().map(|one| one.priority);
            let least = sides.chosen.iter().filter_map(priority).fold(f64::INFINITY, f64::min);
            let most = (0..n).filter(|i| !sides.human[*i]).filter_map(|i| priority(&i))
                .fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(most <= least);
        }
        for side in [HUMAN, AI] {
            let mut ranks: Vec<u32> =
                all.iter().filter(|r| r.to == side).map(|r| r.rank).collect();
            ranks.sort_unstable();
            prop_assert!(ranks.iter().enumerate().all(|(n, &rank)| n as u32 == rank));
        }
        prop_assert_eq!(&all, &routes(&claims, &sides, &sides.chosen, seed));
    }
}
