//! The policies by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A way to spend the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyKind {
    /// By lot.
    Random,
    /// Where the AI is least sure by its own account.
    LeastCertain,
    /// Where a model fitted on the pilot expects the AI's label to be wrong.
    AiError,
    /// The largest gains by the performance prediction model, one by one.
    PpmTopK,
    /// The best predicted of many simulated mixes at the budget.
    PpmSimulated,
    /// The best predicted of many simulated mixes at any budget up to the one given.
    PpmUnlimited,
    /// The largest expected gain in label accuracy per second of a person's time.
    Value,
    /// The best of these on the pilot, or random where none is better.
    Auto,
}

/// A name that no policy has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no routing policy is called {0:?}")]
pub struct UnknownPolicy(String);

impl PolicyKind {
    /// Every policy, `random` first and `auto` last.
    pub const ALL: [Self; 8] = [
        Self::Random,
        Self::LeastCertain,
        Self::AiError,
        Self::PpmTopK,
        Self::PpmSimulated,
        Self::PpmUnlimited,
        Self::Value,
        Self::Auto,
    ];

    /// The name used in reports, settings and the study file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::LeastCertain => "least-certain",
            Self::AiError => "ai-error",
            Self::PpmTopK => "ppm-top-k",
            Self::PpmSimulated => "ppm-simulated",
            Self::PpmUnlimited => "ppm-unlimited",
            Self::Value => "value",
            Self::Auto => "auto",
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PolicyKind {
    type Err = UnknownPolicy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownPolicy(text.to_owned()))
    }
}
