//! Folding the log into the file beside the work, so that no judgment waits for it.
//!
//! SQLite would do it within a commit, once the log has a thousand pages: here every fifty
//! judgments or so, one of them would take several times as long as the others.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::Result;
use crate::study_file::connect;

/// Commits between two folds.
const COMMITS: u32 = 64;

/// Tries to catch up with a writer that goes on meanwhile.
const TRIES: u32 = 8;

/// The log's size in pages at which a commit folds it after all: a bound for imports, which
/// write faster than is folded beside them. 256 MiB.
pub(crate) const LARGEST_LOG: u32 = 8192;

/// Counts commits and folds the log now and then, on a thread of its own.
#[derive(Default)]
pub(crate) struct Checkpointer {
    commits: AtomicU32,
    running: Mutex<Option<JoinHandle<()>>>,
}

impl Checkpointer {
    /// Notes a commit.
    pub(crate) fn committed(&self, path: &Path) {
        if !(self.commits.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(COMMITS) {
            return;
        }
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return;
        }
        let path: PathBuf = path.to_owned();
        let thread = std::thread::Builder::new().name("tiebreak-checkpoint".to_owned());
        // Without a thread, or where folding fails, the log grows until a commit folds it.
        *running = thread.spawn(move || drop(fold(&path))).ok();
    }
}

impl Checkpointer {
    /// Waits until no connection of this is open.
    pub(crate) fn settle(&self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = running.take() {
            // A panic there has nothing to say here.
            let _ = thread.join();
        }
    }
}

impl Drop for Checkpointer {
    /// Waits, so that the last connection to close is the writer's.
    fn drop(&mut self) {
        self.settle();
    }
}

/// Folds what is in the log without making anyone wait, again as long as more has come.
fn fold(path: &Path) -> Result<()> {
    let connection = connect(path, true)?;
    for _ in 0..TRIES {
        let (pages, folded): (i64, i64) =
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
                Ok((row.get(1)?, row.get(2)?))
            })?;
        if pages == folded {
            break;
        }
    }
    Ok(())
}
