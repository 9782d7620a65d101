//! Routing a study under a budget.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;
use tiebreak_core::{Budget, ItemId, PolicyRun, PolicyRunId, Route, RoutePurpose, RouteTo, RunCause};
use tiebreak_routing::{LeastCertain, Policy, Signal};
use tiebreak_store::ScoredPair;

use crate::clock::{fresh, now, seed};
use crate::error::Result;
use crate::{AppError, Study};

/// What routing decided.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RouteReport {
    /// All items.
    pub items: u64,
    /// Items for people.
    pub human: u64,
    /// Items for the reward model.
    pub ai: u64,
    /// Of the items for people, those that no reward model can label: of a modality that none
    /// scores, of more than two candidates, or unreadable.
    pub people_only: u64,
    /// Why, with the number of items.
    pub people_only_reasons: Vec<(String, u64)>,
    /// The policy.
    pub policy: String,
    /// The budget asked for.
    pub budget: String,
    /// The seed that decided between equal gains.
    pub seed: u64,
    /// The reward models whose scores were used, one a modality: name and hash.
    pub models: Vec<(String, String)>,
    /// The policy's settings and fit.
    pub parameters: Value,
}

impl Study {
    /// Routes every item to people or to the reward model of its modality that is in force, and
    /// remembers the budget. Items that no model can label (of a modality that none has scored,
    /// of more than two candidates, or unreadable) go to people first, whatever the budget; what
    /// is left of it is spent by the policy. An item and those that follow it go to one side: to
    /// people, if one of them does. Without `seed` a new one is drawn and stored.
    ///
    /// # Errors
    /// Without items, while no item has a score, or while an item of a modality that is scored
    /// has none.
    pub fn route(&self, budget: Budget, seed_given: Option<u64>) -> Result<RouteReport> {
        self.route_without(budget, seed_given, &BTreeMap::new())
    }

    /// As [`Study::route`]; items of the modalities that cannot be scored now, each with the
    /// reason, go to people where they have no score.
    pub(crate) fn route_without(
        &self,
        budget: Budget,
        seed_given: Option<u64>,
        unable: &BTreeMap<&'static str, String>,
    ) -> Result<RouteReport> {
        let policy = LeastCertain;
        let seed = seed_given.unwrap_or_else(seed);
        let (models, signals, people_only, chains) = self.store.read(|reader| {
            let items = reader.item_count()?;
            if items == 0 {
                return Err(AppError::EmptyStudy);
            }
            let models = reader.models_in_force()?;
            if models.is_empty() && unable.is_empty() {
                return Err(tiebreak_routing::RoutingError::Unscored {
                    unscored: items as usize,
                    items: items as usize,
                }
                .into());
            }
            let ids: Vec<_> = models.iter().map(|model| model.id).collect();
            let (mut signals, mut people_only) = (Vec::new(), Vec::new());
            for pair in reader.scored_pairs(&ids)? {
                match why_people_only(&pair, unable) {
                    Some(reason) => people_only.push((pair.item, reason)),
                    None => signals.push(Signal {
                        item: pair.item,
                        preference: pair.preference,
                        annotated: pair.annotated,
                        imported: pair.imported,
                        identical: pair.identical,
                    }),
                }
            }
            Ok((models, signals, people_only, reader.follow_pairs()?))
        })?;
        let items = (signals.len() + people_only.len()) as u64;
        let for_policy = match people_only.len() as u64 {
            0 => budget,
            spent => Budget::Items(budget.items(items).saturating_sub(spent)),
        };
        let mut routing = tiebreak_routing::route(&policy, &signals, for_policy, seed)?;
        routing.parameters.insert("people_only".into(), people_only.len().into());
        let moved = join_chains(&mut routing.routes, &people_only, &chains);
        routing.parameters.insert("moved_with_what_they_follow".into(), moved.into());
        let run = PolicyRun {
            id: PolicyRunId::new(fresh()),
            policy: policy.name().to_owned(),
            used: policy.name().to_owned(),
            ai: PolicyRun::REWARD.to_owned(),
            cause: RunCause::Asked,
            last_judgment: None,
            budget,
            seed,
            reward_models: models.iter().map(|model| model.id).collect(),
            parameters: routing.parameters,
            ran_at: now(),
        };
        let mut settings = self.settings()?;
        settings.budget = budget.to_string();
        self.save_settings(&settings)?;
        let (human, ai) = self.store.write(|writer| {
            writer.insert_run(&run, &routing.routes)?;
            Ok::<_, AppError>(writer.route_counts(run.id)?)
        })?;
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        for (_, reason) in people_only {
            *reasons.entry(reason).or_default() += 1;
        }
        Ok(RouteReport {
            items,
            human,
            ai,
            people_only: reasons.values().sum(),
            people_only_reasons: reasons.into_iter().collect(),
            policy: run.policy,
            budget: budget.to_string(),
            seed,
            models: models
                .into_iter()
                .map(|model| (model.identity.name, model.identity.pack_hash.to_string()))
                .collect(),
            parameters: Value::Object(run.parameters),
        })
    }
}

/// Why no reward model can label an item; `None` if one can, or could once it has scored it.
fn why_people_only(pair: &ScoredPair, unable: &BTreeMap<&'static str, String>) -> Option<String> {
    if pair.candidates != 2 {
        return Some("reward models label pairs, and this item has more candidates".to_owned());
    }
    if pair.preference.is_some() {
        return None;
    }
    let modality = pair.modality.as_str();
    if let Some(reason) = unable.get(modality) {
        return Some(format!("no reward model can score {modality} now: {reason}"));
    }
    match &pair.problem {
        Some(problem) => Some(format!("the reward model cannot read it: {problem}")),
        None if !pair.has_model => Some(format!("no reward model has scored {modality}")),
        None => None,
    }
}

/// Adds the items that only people can label, first in their queue, and moves items to people
/// that follow, or are followed by, one that is theirs. Returns how many were moved. Ranks run
/// from 0 on each side.
fn join_chains(
    routes: &mut Vec<Route>,
    people_only: &[(ItemId, String)],
    chains: &[(ItemId, ItemId)],
) -> usize {
    let mut neighbours: HashMap<ItemId, Vec<ItemId>> = HashMap::new();
    for (one, other) in chains {
        neighbours.entry(*one).or_default().push(*other);
        neighbours.entry(*other).or_default().push(*one);
    }
    let mut human: HashSet<ItemId> = people_only.iter().map(|(item, _)| *item).collect();
    human.extend(routes.iter().filter(|route| route.to == RouteTo::Human).map(|route| route.item));
    let mut reached: Vec<ItemId> = human.iter().copied().collect();
    while let Some(item) = reached.pop() {
        for other in neighbours.get(&item).into_iter().flatten() {
            if human.insert(*other) {
                reached.push(*other);
            }
        }
    }
    let mut moved = 0;
    for route in routes.iter_mut() {
        if route.to == RouteTo::Ai && human.contains(&route.item) {
            route.to = RouteTo::Human;
            // After those that the policy chose.
            route.rank = u32::MAX;
            route.reason = "people label what it belongs with".to_owned();
            moved += 1;
        }
    }
    let only = people_only.iter().map(|(item, reason)| Route {
        item: *item,
        to: RouteTo::Human,
        predicted_gain: None,
        rank: 0,
        reason: reason.clone(),
        purpose: RoutePurpose::PeopleOnly,
    });
    let mut all: Vec<Route> = only.collect();
    routes.sort_by_key(|route| route.rank);
    all.append(routes);
    let (mut people, mut model) = (0, 0);
    for route in &mut all {
        let next = if route.to == RouteTo::Human { &mut people } else { &mut model };
        route.rank = *next;
        *next += 1;
    }
    *routes = all;
    moved
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn item(n: u128) -> ItemId {
        ItemId::new(Uuid::from_u128(n))
    }

    #[test]
    fn what_belongs_together_goes_to_one_side() {
        let route = |n, to, rank| Route {
            item: item(n),
            to,
            predicted_gain: None,
            rank,
            reason: String::new(),
            purpose: RoutePurpose::Policy,
        };
        let (human, ai) = (RouteTo::Human, RouteTo::Ai);
        let mut routes = vec![
            route(1, ai, 0),
            route(2, human, 0),
            route(3, ai, 1),
            route(4, ai, 2),
            route(5, ai, 3),
        ];
        // 5 follows 3 follows 2; 4 follows 9, which no model can label.
        let chains = [(item(3), item(2)), (item(5), item(3)), (item(4), item(9))];
        assert_eq!(join_chains(&mut routes, &[(item(9), String::new())], &chains), 3);
        let mut found: Vec<_> = routes.iter().map(|r| (r.to, r.rank, r.item)).collect();
        found.sort_by_key(|(to, rank, _)| (*to == ai, *rank));
        let expected = [
            (human, 0, item(9)),
            (human, 1, item(2)),
            (human, 2, item(3)),
            (human, 3, item(4)),
            (human, 4, item(5)),
            (ai, 0, item(1)),
        ];
        assert_eq!(found, expected);
    }
}
