//! Fits report steps from any thread; a [`Watch`] hears of them as stages.

use std::sync::{Mutex, PoisonError};

use tiebreak_routing::Watching;

use crate::Watch;

/// Tells a watch of the steps of `work`.
pub(crate) fn watched<T>(watch: &dyn Watch, work: impl FnOnce(Watching<'_>) -> T) -> T {
    let last = Mutex::new(String::new());
    let step = |what: &str, done: u64, total: u64| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != what {
            watch.stage(what, Some(total));
            last.clear();
            last.push_str(what);
        }
        drop(last);
        watch.advance(done);
    };
    work(Watching { cancel: watch.cancel(), step: &step })
}
