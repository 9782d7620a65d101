//! Counts what an engine does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tiebreak_core::Usage;

/// What one run counts for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Work {
    /// Texts, images or patches of clips in it.
    pub(crate) inputs: u64,
    /// Tokens in them, without padding; 0 where there are none.
    pub(crate) tokens: u64,
}

/// The counters, shared by all workers.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    inputs: AtomicU64,
    tokens: AtomicU64,
    busy_ns: AtomicU64,
}

impl Meter {
    /// Counts a run that gave results.
    pub(crate) fn count(&self, work: Work) {
        self.inputs.fetch_add(work.inputs, Ordering::Relaxed);
        self.tokens.fetch_add(work.tokens, Ordering::Relaxed);
    }

    /// Counts the time that `run` takes inside ONNX Runtime, whether or not it succeeds.
    pub(crate) fn time<T>(&self, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = run();
        let busy = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.busy_ns.fetch_add(busy, Ordering::Relaxed);
        result
    }

    /// The counters now.
    pub(crate) fn read(&self, sessions: usize) -> Usage {
        Usage {
            inputs: self.inputs.load(Ordering::Relaxed),
            tokens: self.tokens.load(Ordering::Relaxed),
            busy_s: self.busy_ns.load(Ordering::Relaxed) as f64 / 1e9,
            sessions: u32::try_from(sessions).unwrap_or(u32::MAX),
        }
    }
}
