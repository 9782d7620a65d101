//! Who labels an item, and why.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{AnnotatorKind, ItemId, PolicyRunId, RewardModelId};

/// The side to which an item is routed.
pub type RouteTo = AnnotatorKind;

/// The decision for one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The item.
    pub item: ItemId,
    /// Who labels it.
    pub to: RouteTo,
    /// What a human label is expected to add, in the unit that the policy documents; absent
    /// where the policy could not tell.
    pub predicted_gain: Option<f64>,
    /// The place in the queue of its side, from 0: people see low ranks first.
    pub rank: u32,
    /// Why, in words for the researcher.
    pub reason: String,
}

/// One run of a policy over the whole study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyRun {
    /// Its id.
    pub id: PolicyRunId,
    /// The policy's name.
    pub policy: String,
    /// The budget asked for.
    pub budget: Budget,
    /// The seed for everything random in the run.
    pub seed: u64,
    /// The reward models whose scores were used: one a modality.
    pub reward_models: Vec<RewardModelId>,
    /// What else the policy was told, and what it fitted.
    pub parameters: Map<String, Value>,
    /// When it ran.
    pub ran_at: DateTime<Utc>,
}

/// How many items people label: a share of the study, or a number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Budget {
    /// Percent of all items, 0 to 100.
    Percent(f64),
    /// So many items.
    Items(u64),
}

/// A budget that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a budget is a share such as 25% or a number of items such as 500, not {0:?}")]
pub struct BudgetError(String);

impl Budget {
    /// The number of items for people in a study of `total`: a share is rounded to the nearest
    /// item, and nothing exceeds `total`.
    pub fn items(self, total: u64) -> u64 {
        match self {
            Self::Percent(percent) => ((percent / 100.0 * total as f64).round() as u64).min(total),
            Self::Items(items) => items.min(total),
        }
    }
}

impl FromStr for Budget {
    type Err = BudgetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || BudgetError(text.to_owned());
        let trimmed = text.trim();
        if let Some(percent) = trimmed.strip_suffix('%') {
            let percent: f64 = percent.trim().parse().map_err(|_| error())?;
            if (0.0..=100.0).contains(&percent) { Ok(Self::Percent(percent)) } else { Err(error()) }
        } else {
            trimmed.parse().map(Self::Items).map_err(|_| error())
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Items(items) => write!(f, "{items}"),
        }
    }
}

impl TryFrom<String> for Budget {
    type Error = BudgetError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Budget> for String {
    fn from(budget: Budget) -> Self {
        budget.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets() {
        for (text, total, expected) in [
            ("25%", 2891, 723),
            ("0%", 10, 0),
            ("100%", 10, 10),
            ("12.5 %", 8, 1),
            ("500", 200, 200),
            ("3", 10, 3),
        ] {
            let budget: Budget = text.parse().unwrap();
            assert_eq!(budget.items(total), expected, "{text}");
            assert_eq!(budget.to_string().parse(), Ok(budget), "{text}");
        }
        for bad in ["", "%", "-1", "101%", "many", "NaN%", "1.5"] {
            assert!(bad.parse::<Budget>().is_err(), "{bad:?}");
        }
    }
}
