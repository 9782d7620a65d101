//! Routing a study under a budget.

use serde_json::Value;
use tiebreak_core::{Budget, PolicyRun, PolicyRunId};
use tiebreak_routing::{LeastCertain, Policy, Signal};

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
    /// The policy.
    pub policy: String,
    /// The budget asked for.
    pub budget: String,
    /// The seed that decided between equal gains.
    pub seed: u64,
    /// The hash of the reward model whose scores were used.
    pub model_hash: String,
    /// The policy's settings and fit.
    pub parameters: Value,
}

impl Study {
    /// Routes every item to people or to the reward model that scored last, and remembers the
    /// budget. Without `seed` a new one is drawn and stored.
    ///
    /// # Errors
    /// Without items, or while items have no score.
    pub fn route(&self, budget: Budget, seed_given: Option<u64>) -> Result<RouteReport> {
        let policy = LeastCertain;
        let seed = seed_given.unwrap_or_else(seed);
        let (model, signals) = self.store.read(|reader| {
            let items = reader.item_count()?;
            if items == 0 {
                return Err(AppError::EmptyStudy);
            }
            let Some(model) = reader.latest_reward_model()? else {
                return Err(tiebreak_routing::RoutingError::Unscored {
                    unscored: items as usize,
                    items: items as usize,
                }
                .into());
            };
            let signals: Vec<Signal> = reader
                .scored_pairs(model.id)?
                .into_iter()
                .map(|pair| Signal {
                    item: pair.item,
                    preference: pair.preference,
                    annotated: pair.annotated,
                    imported: pair.imported,
                    identical: pair.identical,
                })
                .collect();
            Ok((model, signals))
        })?;
        let routing = tiebreak_routing::route(&policy, &signals, budget, seed)?;
        let run = PolicyRun {
            id: PolicyRunId::new(fresh()),
            policy: policy.name().to_owned(),
            budget,
            seed,
            reward_model: Some(model.id),
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
        Ok(RouteReport {
            items: signals.len() as u64,
            human,
            ai,
            policy: run.policy,
            budget: budget.to_string(),
            seed,
            model_hash: model.identity.pack_hash.to_string(),
            parameters: Value::Object(run.parameters),
        })
    }
}
