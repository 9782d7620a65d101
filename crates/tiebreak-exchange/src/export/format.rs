//! The formats of a data set.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ExchangeError;
use crate::error::format_named;

/// How a data set is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFormat {
    /// JSON Lines with prompt and answers as text: TRL's standard preference format.
    Trl,
    /// JSON Lines with prompt and answers as messages: TRL's conversational preference format.
    TrlConversational,
    /// Parquet with messages.
    Parquet,
    /// Parquet with text.
    ParquetStandard,
}

/// What prompt and answers are in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Messages,
}

/// What is chosen before the first row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportOptions {
    /// The format.
    pub format: ExportFormat,
    /// Whether there is a `margin` column. TRL's reward trainer takes such a column as part of
    /// its loss and fails on a missing value, so it is there with a number in every row or not
    /// at all; ask for it only where every row has one.
    pub with_margin: bool,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [Self; 4] =
        [Self::Trl, Self::TrlConversational, Self::Parquet, Self::ParquetStandard];

    /// The name for options and manifests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trl => "trl",
            Self::TrlConversational => "trl-conversational",
            Self::Parquet => "parquet",
            Self::ParquetStandard => "parquet-standard",
        }
    }

    pub(super) const fn shape(self) -> Shape {
        match self {
            Self::Trl | Self::ParquetStandard => Shape::Text,
            Self::TrlConversational | Self::Parquet => Shape::Messages,
        }
    }

    pub(super) const fn is_parquet(self) -> bool {
        matches!(self, Self::Parquet | Self::ParquetStandard)
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ExportFormat {
    type Err = ExchangeError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        format_named(Self::ALL, Self::as_str, name)
    }
}
