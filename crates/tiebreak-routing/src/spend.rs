//! Spending the budget: from what a policy says to one side per item.
//!
//! The rules hold for every policy. What people have labelled, what was drawn at random and what
//! the AI cannot label stays with people and counts towards the budget; the rest of the budget
//! goes to the largest priorities; items that belong together go to one side; everything else is
//! the AI's.

use std::collections::HashMap;

use tiebreak_core::{ContentHash, ItemId, Route, RoutePurpose, RouteTo};

use crate::PlannedPair;

/// An item as the rules of spending see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The item.
    pub item: ItemId,
    /// Why people keep it whatever a policy says; `None`: the policy decides.
    pub kept: Option<String>,
    /// What it serves, where people keep it.
    pub purpose: RoutePurpose,
    /// Whether somebody is at work on it, or has answered, and more answers are wanted.
    pub started: bool,
    /// Whether it has all the answers that are wanted.
    pub done: bool,
    /// Whether it carries imported labels of people: there is no hurry.
    pub imported: bool,
    /// What the policy makes of it; `None` where it was not asked.
    pub planned: Option<PlannedPair>,
}

/// Who gets what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// Whether people get it; one a claim.
    pub human: Vec<bool>,
    /// Of those, the ones that the policy chose, the largest priority first.
    pub chosen: Vec<usize>,
    /// How many people keep whatever the policy says, with those that belong with them.
    pub kept: usize,
    /// How many people get because of what they belong with.
    pub joined: usize,
    /// Every claim that the policy was asked about, the largest priority first.
    order: Vec<usize>,
}

/// The place of an item in a lottery: the smaller wins.
pub fn lot(seed: u64, draw: &str, item: ItemId) -> ContentHash {
    ContentHash::of_fields([&seed.to_le_bytes()[..], draw.as_bytes(), item.as_bytes()])
}

/// Decides who gets what. People get what they keep and, while the number of their items stays
/// within `budget`, the claims of the largest priority; `seed` decides between equal ones. `chains`
/// names claims that belong together, in pairs: if people get one, they get all of them, and
/// what they keep is paid for first, even beyond the budget.
pub fn sides(claims: &[Claim], chains: &[(usize, usize)], budget: usize, seed: u64) -> Sides {
    let units = Units::of(claims.len(), chains);
    let mut sides = Sides { human: vec![false; claims.len()], ..Sides::default() };
    for (i, claim) in claims.iter().enumerate() {
        if claim.kept.is_some() && !sides.human[i] {
            for &member in units.around(i) {
                sides.human[member] = true;
                sides.kept += 1;
                sides.joined += usize::from(claims[member].kept.is_none());
            }
        }
    }
    let priority = |i: usize| claims[i].planned.as_ref().map(|planned| planned.priority);
    sides.order = (0..claims.len()).filter(|&i| priority(i).is_some()).collect();
    sides.order.sort_by_cached_key(|&i| lot(seed, "equal", claims[i].item));
    let value = |i: usize| priority(i).unwrap_or(f64::NEG_INFINITY);
    sides.order.sort_by(|&a, &b| value(b).total_cmp(&value(a)));
    let mut left = budget.saturating_sub(sides.kept);
    for &i in &sides.order {
        if left == 0 {
            break;
        }
        let unit = units.around(i);
        if sides.human[i] || unit.len() > left {
            continue;
        }
        for &member in unit {
            sides.human[member] = true;
        }
        sides.chosen.push(i);
        sides.joined += unit.len() - 1;
        left -= unit.len();
    }
    sides
}

/// Claims that belong together.
struct Units {
    /// The unit of a claim.
    of: Vec<usize>,
    members: Vec<Vec<usize>>,
}

impl Units {
    fn of(claims: usize, chains: &[(usize, usize)]) -> Self {
        let mut neighbours: HashMap<usize, Vec<usize>> = HashMap::new();
        for &(one, other) in chains {
            neighbours.entry(one).or_default().push(other);
            neighbours.entry(other).or_default().push(one);
        }
        let (mut of, mut members) = (vec![usize::MAX; claims], Vec::new());
        for start in 0..claims {
            if of[start] != usize::MAX {
                continue;
            }
            let unit = members.len();
            of[start] = unit;
            let mut reached = vec![start];
            let mut next = 0;
            while let Some(&i) = reached.get(next) {
                next += 1;
                for &other in neighbours.get(&i).into_iter().flatten() {
                    if of[other] == usize::MAX {
                        of[other] = unit;
                        reached.push(other);
                    }
                }
            }
            members.push(reached);
        }
        Self { of, members }
    }

    fn around(&self, claim: usize) -> &[usize] {
        &self.members[self.of[claim]]
    }
}

/// One route a claim, in their order. `order` is that in which people get what the policy chose
/// for them ([`Sides::chosen`], perhaps in another order). Before them come items that only people
/// can label, those that somebody is at work on, and the pilot, by lot; the audit is spread among
/// them at random; after them what belongs with them, items with imported labels, and what is done.
/// Whatever else they are, items that are done, at work or labelled by import come at those
/// places. The AI's queue begins with the smallest priority. Ranks run from 0 on each side.
pub fn routes(claims: &[Claim], sides: &Sides, order: &[usize], seed: u64) -> Vec<Route> {
    let mut parts: [Vec<usize>; 7] = Default::default();
    let chosen: std::collections::HashSet<usize> = order.iter().copied().collect();
    for (i, claim) in claims.iter().enumerate() {
        let part = match claim {
            _ if !sides.human[i] => continue,
            claim if claim.done => 6,
            claim if claim.started => 1,
            claim if claim.imported => 5,
            claim if claim.purpose == RoutePurpose::PeopleOnly => 0,
            claim if claim.purpose == RoutePurpose::Pilot => 2,
            claim if claim.purpose == RoutePurpose::Audit => 3,
            _ if chosen.contains(&i) => continue,
            _ => 4,
        };
        parts[part].push(i);
    }
    let [only, started, mut pilot, audit, joined, mut imported, done] = parts;
    pilot.sort_by_cached_key(|&i| lot(seed, "pilot", claims[i].item));
    let place: HashMap<usize, usize> = order.iter().enumerate().map(|(n, &i)| (i, n)).collect();
    imported.sort_by_key(|i| place.get(i).copied().unwrap_or(usize::MAX));
    let is_waiting = |i: &usize| !claims[*i].done && !claims[*i].started && !claims[*i].imported;
    let planned: Vec<usize> = order.iter().copied().filter(is_waiting).collect();
    let queue =
        [only, started, pilot, spread(claims, planned, audit, seed), joined, imported, done];
    let mut routes: Vec<Option<Route>> = vec![None; claims.len()];
    for (rank, i) in queue.into_iter().flatten().enumerate() {
        let reason = match (&claims[i].kept, &claims[i].planned) {
            (Some(kept), _) => kept.clone(),
            (None, Some(planned)) if chosen.contains(&i) => planned.reason.clone(),
            (None, _) => "people label what it belongs with".to_owned(),
        };
        routes[i] = Some(route(&claims[i], RouteTo::Human, rank, reason));
    }
    let unplanned = (0..claims.len()).filter(|&i| claims[i].planned.is_none());
    let ai = sides.order.iter().rev().copied().chain(unplanned).filter(|&i| !sides.human[i]);
    for (rank, i) in ai.enumerate() {
        let reason = claims[i].planned.as_ref().map(|planned| planned.reason.clone());
        routes[i] = Some(route(&claims[i], RouteTo::Ai, rank, reason.unwrap_or_default()));
    }
    routes.into_iter().flatten().collect()
}

fn route(claim: &Claim, to: RouteTo, rank: usize, reason: String) -> Route {
    Route {
        item: claim.item,
        to,
        predicted_gain: claim.planned.as_ref().and_then(|planned| planned.gain),
        rank: rank as u32,
        reason,
        purpose: if to == RouteTo::Human { claim.purpose } else { RoutePurpose::Policy },
    }
}

/// Puts the audit at random places among what the policy chose: its labels then come in all the
/// time, and show when something changes.
fn spread(claims: &[Claim], planned: Vec<usize>, audit: Vec<usize>, seed: u64) -> Vec<usize> {
    let total = planned.len() + audit.len();
    // Which places of the queue are the audit's: those that win a lottery of places.
    let ticket = |place: usize| {
        ContentHash::of_fields([
            &seed.to_le_bytes()[..],
            b"audit place",
            &(place as u64).to_le_bytes()[..],
        ])
    };
    let mut places: Vec<usize> = (0..total).collect();
    places.sort_by_cached_key(|&place| ticket(place));
    let mut is_audit = vec![false; total];
    for &place in places.iter().take(audit.len()) {
        is_audit[place] = true;
    }
    let mut audit = audit;
    audit.sort_by_cached_key(|&i| lot(seed, "audit order", claims[i].item));
    let (mut planned, mut audit) = (planned.into_iter(), audit.into_iter());
    let mut next = |is_audit: &bool| if *is_audit { audit.next() } else { planned.next() };
    is_audit.iter().filter_map(&mut next).collect()
}

#[cfg(test)]
mod tests;
