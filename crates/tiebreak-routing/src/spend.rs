//! Spending the budget: from gains to one side per item.

use serde_json::{Map, Value};
use tiebreak_core::{Budget, ContentHash, Route, RouteTo};

use crate::{Gain, Policy, RoutingError, Signal};

/// The routes of one run.
#[derive(Clone, Debug)]
pub struct Routing {
    /// One route per item, in the order of the signals.
    pub routes: Vec<Route>,
    /// The policy's settings and fit, and what was counted.
    pub parameters: Map<String, Value>,
}

/// Routes every item to exactly one side. People get `budget.items(n)` items: first those that
/// they have labelled in this study already (the budget for them is spent, even beyond it), then
/// those of the largest gain; `seed` decides between equal gains. Items whose answers are identical
/// have a gain of 0, whatever the policy says. Within the human side the queue
/// rank follows the gain, items that carry imported human labels last.
///
/// # Errors
/// [`RoutingError::Unscored`] when an item has no score: the reward model could not label it.
pub fn route(
    policy: &dyn Policy,
    signals: &[Signal],
    budget: Budget,
    seed: u64,
) -> Result<Routing, RoutingError> {
    let mut gains = policy.gains(signals);
    for (gain, signal) in gains.iter_mut().zip(signals) {
        if signal.identical {
            *gain = Some(Gain { value: 0.0, reason: "the answers are identical".to_owned() });
        }
    }
    let unscored = signals.iter().filter(|signal| signal.preference.is_none()).count();
    if unscored > 0 {
        return Err(RoutingError::Unscored { unscored, items: signals.len() });
    }
    let value = |i: usize| gains[i].as_ref().map_or(f64::NEG_INFINITY, |gain| gain.value);
    let lot = |i: usize| {
        ContentHash::of_fields([
            seed.to_le_bytes().as_slice(),
            signals[i].item.as_bytes().as_slice(),
        ])
    };
    let mut order: Vec<usize> = (0..signals.len()).collect();
    order.sort_by_cached_key(|&i| lot(i));
    order.sort_by(|&a, &b| {
        (signals[b].annotated.cmp(&signals[a].annotated)).then(value(b).total_cmp(&value(a)))
    });
    let spent = signals.iter().filter(|signal| signal.annotated).count();
    let people = (budget.items(signals.len() as u64) as usize).max(spent);

    let (human, ai) = order.split_at(people);
    let mut queue = human.to_vec();
    queue.sort_by(|&a, &b| {
        (signals[a].imported.cmp(&signals[b].imported)).then(value(b).total_cmp(&value(a)))
    });
    let mut routes: Vec<Option<Route>> = vec![None; signals.len()];
    let ai_queue: Vec<usize> = ai.iter().rev().copied().collect();
    for (to, queue) in [(RouteTo::Human, queue), (RouteTo::Ai, ai_queue)] {
        for (rank, i) in queue.into_iter().enumerate() {
            let reason = match (&gains[i], signals[i].annotated) {
                (_, true) => "people have labelled it already".to_owned(),
                (Some(gain), false) => gain.reason.clone(),
                (None, false) => "the policy cannot tell what a label would add".to_owned(),
            };
            routes[i] = Some(Route {
                item: signals[i].item,
                to,
                predicted_gain: gains[i].as_ref().map(|gain| gain.value),
                rank: rank as u32,
                reason,
            });
        }
    }
    let mut parameters = policy.parameters();
    parameters.insert("items".into(), signals.len().into());
    parameters.insert("human_items".into(), people.into());
    parameters.insert("labelled_before".into(), spent.into());
    if let Some(&last) = human.iter().rfind(|&&i| !signals[i].annotated) {
        parameters.insert("smallest_gain_for_people".into(), value(last).into());
    }
    Ok(Routing { routes: routes.into_iter().flatten().collect(), parameters })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tiebreak_core::{ItemId, PairPreference};
    use uuid::Uuid;

    use super::*;
    use crate::LeastCertain;

    fn signals(probabilities: &[(f64, bool)]) -> Vec<Signal> {
        probabilities
            .iter()
            .enumerate()
            .map(|(n, &(probability, annotated))| Signal {
                item: ItemId::new(Uuid::from_u128(n as u128 + 1)),
                preference: Some(PairPreference {
                    margin: 0.0,
                    probability,
                    spread: 0.0,
                    tie: None,
                    order_matters: None,
                }),
                annotated,
                imported: false,
                identical: false,
            })
            .collect()
    }

    #[test]
    fn the_least_certain_go_to_people_first_rank_first() {
        let signals = signals(&[(0.9, false), (0.52, false), (0.4, false), (0.99, false)]);
        let routing = route(&LeastCertain, &signals, Budget::Items(2), 7).unwrap();
        let sides: Vec<_> = routing.routes.iter().map(|r| (r.to, r.rank)).collect();
        assert_eq!(
            sides,
            [(RouteTo::Ai, 1), (RouteTo::Human, 0), (RouteTo::Human, 1), (RouteTo::Ai, 0)]
        );
        assert_eq!(routing.routes[1].predicted_gain, Some(0.48));
    }

    #[test]
    fn nobody_is_asked_to_compare_a_text_with_itself() {
        let mut signals = signals(&[(0.5, false), (0.9, false)]);
        signals[0].identical = true;
        let routing = route(&LeastCertain, &signals, Budget::Items(1), 7).unwrap();
        assert_eq!(routing.routes[0].to, RouteTo::Ai);
        assert_eq!(routing.routes[1].to, RouteTo::Human);
    }

    #[test]
    fn an_item_without_a_score_is_an_error() {
        let mut signals = signals(&[(0.5, false), (0.6, false)]);
        signals[1].preference = None;
        let error = route(&LeastCertain, &signals, Budget::Percent(50.0), 1).unwrap_err();
        assert_eq!(error, RoutingError::Unscored { unscored: 1, items: 2 });
    }

    proptest! {
        #[test]
        fn every_item_has_one_side_and_the_budget_holds(
            items in proptest::collection::vec((0.0..=1.0_f64, proptest::bool::weighted(0.1)), 0..200),
            percent in 0.0..=100.0_f64,
            seed: u64,
        ) {
            let signals = signals(&items);
            let budget = Budget::Percent(percent);
            let routing = route(&LeastCertain, &signals, budget, seed).unwrap();
            prop_assert_eq!(routing.routes.len(), signals.len());
            let spent = items.iter().filter(|(_, annotated)| *annotated).count();
            let human: Vec<_> = routing.routes.iter().filter(|r| r.to == RouteTo::Human).collect();
            prop_assert_eq!(human.len(), spent.max(budget.items(items.len() as u64) as usize));
            for (signal, route) in signals.iter().zip(&routing.routes) {
                prop_assert_eq!(signal.item, route.item);
                prop_assert!(!signal.annotated || route.to == RouteTo::Human);
            }
            // Nobody on the AI's side would have gained more than the least of the people's.
            let gain = |r: &&Route| r.predicted_gain.unwrap();
            let least = human.iter().filter(|r| r.reason != "people have labelled it already").map(gain)
                .fold(f64::INFINITY, f64::min);
            let most = routing.routes.iter().filter(|r| r.to == RouteTo::Ai).map(|r| gain(&r))
                .fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(most <= least);
            // The ranks of each side are 0..n.
            for side in [RouteTo::Human, RouteTo::Ai] {
                let mut ranks: Vec<_> =
                    routing.routes.iter().filter(|r| r.to == side).map(|r| r.rank).collect();
                ranks.sort_unstable();
                prop_assert!(ranks.iter().enumerate().all(|(n, &rank)| n as u32 == rank));
            }
        }
    }

    /// Parameters are for the record; a value that is not finite would be lost in JSON.
    #[test]
    fn parameters_say_what_was_spent() {
        let routing =
            route(&LeastCertain, &signals(&[(0.9, true), (0.5, false)]), Budget::Items(2), 1)
                .unwrap();
        assert_eq!(routing.parameters["human_items"], Value::from(2));
        assert_eq!(routing.parameters["labelled_before"], Value::from(1));
        assert_eq!(routing.parameters["smallest_gain_for_people"], Value::from(0.5));
    }
}
