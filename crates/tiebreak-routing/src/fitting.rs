//! How policies are fitted, and who watches.

use std::num::NonZero;

use tiebreak_core::Cancel;
use tiebreak_stats::FitError;

use crate::RoutingError;

/// How policies are fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct FitOptions {
    /// For folds, mixes and lots. The same seed gives the same result.
    pub seed: u64,
    /// Mixes whose quality is measured, beside all-human and all-AI.
    pub mixes: usize,
    /// Candidate mixes that are simulated for one budget.
    pub candidates: usize,
    /// Cross-validation folds; whole prompts are in one fold.
    pub folds: usize,
    /// Threads; the result does not depend on it.
    pub threads: usize,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            mixes: 200,
            candidates: 500,
            folds: 5,
            threads: std::thread::available_parallelism().map_or(1, NonZero::get),
        }
    }
}

/// Who is told how far a fit has come, and may stop it.
#[derive(Clone, Copy)]
pub struct Watching<'w> {
    /// Stops the work at the next safe point.
    pub cancel: &'w Cancel,
    /// Called from any thread: what is being done, how much of it is done, and of how much.
    pub step: &'w (dyn Fn(&str, u64, u64) + Sync),
}

impl Watching<'_> {
    pub(crate) fn at(self, what: &str, done: usize, of: usize) -> Result<(), RoutingError> {
        if self.cancel.is_cancelled() {
            return Err(FitError::Cancelled.into());
        }
        (self.step)(what, done as u64, of as u64);
        Ok(())
    }
}
