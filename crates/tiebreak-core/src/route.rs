//! Who labels an item, and why.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{AnnotatorKind, ItemId, PolicyRunId, RewardModelId};

/// The side to which an item is routed.
pub type RouteTo = AnnotatorKind;

/// Why people are given an item, beside what a policy says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoutePurpose {
    /// The policy chose its side.
    #[default]
    Policy,
    /// It was drawn for the pilot.
    Pilot,
    /// It was drawn for the audit.
    Audit,
    /// The AI cannot label it.
    PeopleOnly,
}

impl RoutePurpose {
    /// The word that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Pilot => "pilot",
            Self::Audit => "audit",
            Self::PeopleOnly => "people-only",
        }
    }

    /// Reads the stored word; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Policy, Self::Pilot, Self::Audit, Self::PeopleOnly];
        all.into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// Why a study was routed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunCause {
    /// Somebody asked for it.
    #[default]
    Asked,
    /// New labels came in.
    Background,
}

impl RunCause {
    /// The word that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Background => "background",
        }
    }

    /// Reads the stored word; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Asked, Self::Background].into_iter().find(|cause| cause.as_str() == text)
    }
}

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
    /// What it serves on the human side; on the other always the policy.
    #[serde(default)]
    pub purpose: RoutePurpose,
}

/// One run of a policy over the whole study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyRun {
    /// Its id.
    pub id: PolicyRunId,
    /// The name of the policy asked for.
    pub policy: String,
    /// The policy that was taken: another than asked for where that leaves the choice open.
    #[serde(default)]
    pub used: String,
    /// Who labels the AI's share: [`PolicyRun::REWARD`], or the name of an imported judge.
    #[serde(default = "PolicyRun::reward")]
    pub ai: String,
    /// Why it ran.
    #[serde(default)]
    pub cause: RunCause,
    /// Where the judgments ended that it was fitted on; `None`: not known.
    #[serde(default)]
    pub last_judgment: Option<u64>,
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

impl PolicyRun {
    /// The AI side of the study's own reward models.
    pub const REWARD: &'static str = "reward";
    /// What takes the place of a policy's name while the pilot is labelled.
    pub const PILOT: &'static str = "pilot";

    fn reward() -> String {
        Self::REWARD.to_owned()
    }

    /// Whether the pilot is labelled, and nothing decided yet for all other items.
    pub fn is_pilot(&self) -> bool {
        self.policy == Self::PILOT
    }
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
