//! People label what the reward model is least certain of.
//!
//! Uncertainty sampling (D. D. Lewis and W. A. Gale, "A sequential algorithm for training text
//! classifiers", SIGIR 1994) on a pair: the gain of a human label is the probability, by the
//! reward model's own account, that its label would be wrong, min(p, 1 - p), from 0 to 0.5. It
//! assumes that people are right and that the model knows how sure it is.

use crate::{Gain, Policy, Signal};

/// The first policy: budget to the least certain preferences.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeastCertain;

impl Policy for LeastCertain {
    fn name(&self) -> &'static str {
        "least-certain"
    }

    fn gains(&self, signals: &[Signal]) -> Vec<Option<Gain>> {
        signals
            .iter()
            .map(|signal| {
                signal.preference.map(|preference| {
                    let p = preference.probability;
                    Gain {
                        value: p.min(1.0 - p),
                        reason: format!(
                            "the reward model gives its preferred answer {:.0} % (spread {:.0} points)",
                            100.0 * p.max(1.0 - p),
                            100.0 * preference.spread
                        ),
                    }
                })
            })
            .collect()
    }
}
