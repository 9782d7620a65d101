//! How a Bradley-Terry model of systems is to be fitted.

use serde::{Deserialize, Serialize};

/// How ties enter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TieRule {
    /// They are left out.
    Ignored,
    /// A tie counts as half a win for each.
    Half,
    /// By a parameter of their own: R. R. Davidson, "On extending the Bradley-Terry model to
    /// accommodate ties in paired comparison experiments", JASA 65, 1970.
    #[default]
    Davidson,
}

/// How comparisons in which neither answer was good enter. They are counted beside the fit in any
/// case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BothBad {
    /// As ties, as Chatbot Arena has it.
    #[default]
    AsTie,
    /// They are left out of the fit.
    Dropped,
}

/// How strengths are fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BradleyTerryOptions {
    /// How ties enter.
    pub ties: TieRule,
    /// How comparisons in which neither was good enter.
    pub both_bad: BothBad,
    /// Half of this times the sum of the squared strengths and coefficients is taken from the
    /// log-likelihood: a normal prior with variance 1 / ridge. 0, the default, for maximum
    /// likelihood; where that does not exist, a weak one is put in its place, and said.
    pub ridge: f64,
    /// Newton steps at most.
    pub max_iterations: u32,
    /// The fit has converged once the largest step is below this, in log-odds.
    pub tolerance: f64,
}

impl Default for BradleyTerryOptions {
    fn default() -> Self {
        Self {
            ties: TieRule::default(),
            both_bad: BothBad::default(),
            ridge: 0.0,
            max_iterations: 100,
            tolerance: 1e-8,
        }
    }
}
