//! Bringing what was written to disk beside further writing.
//!
//! Systems keep what is written in memory for as long as there is room, and the commit of a bulk
//! load would wait for gigabytes at its end. Flushing all along, the disk works while rows are
//! parsed. It promises nothing: what counts is SQLite's own flush in the commit.

use std::fs::File;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Pause between two flushes.
const PAUSE: Duration = Duration::from_millis(100);

/// Flushes a file.
pub(crate) struct Flusher(Option<File>);

impl Flusher {
    /// Opens the file, before SQLite does.
    pub(crate) fn new(path: &Path) -> Self {
        Self(File::options().write(true).open(path).ok())
    }

    /// Does `work`, and flushes beside it.
    pub(crate) fn beside<T>(&self, work: impl FnOnce() -> T) -> T {
        let Some(file) = &self.0 else { return work() };
        std::thread::scope(|scope| {
            let (done, is_done) = channel::<()>();
            scope.spawn(move || {
                while is_done.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                    if file.sync_data().is_err() {
                        break;
                    }
                }
            });
            let value = work();
            drop(done);
            value
        })
    }
}

impl Drop for Flusher {
    fn drop(&mut self) {
        // On Unix, closing any descriptor of a file gives up all locks of the process on it,
        // those of SQLite as well. One descriptor is left open for each bulk load; a study has
        // one in its life.
        if cfg!(unix)
            && let Some(file) = self.0.take()
        {
            std::mem::forget(file);
        }
    }
}
