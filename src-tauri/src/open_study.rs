//! Which study is open, its jobs, and who is at work.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tiebreak_app::view::UserError;
use tiebreak_app::{Jobs, Recent, Study};

use crate::reward::Reward;

/// The state behind the window.
pub(crate) struct OpenStudy {
    /// The study named on the command line, until it was asked for.
    pub(crate) wanted: Mutex<Option<PathBuf>>,
    study: Mutex<Option<Arc<Study>>>,
    pub(crate) jobs: Jobs,
    pub(crate) recent: Arc<Recent>,
    pub(crate) reward: Arc<Reward>,
}

impl OpenStudy {
    pub(crate) fn new(wanted: Option<PathBuf>) -> Self {
        Self {
            wanted: Mutex::new(wanted),
            study: Mutex::new(None),
            jobs: Jobs::default(),
            recent: Arc::new(Recent::of_user()),
            reward: Arc::default(),
        }
    }

    /// The open study.
    pub(crate) fn study(&self) -> Result<Arc<Study>, UserError> {
        lock(&self.study).clone().ok_or_else(|| UserError {
            code: "no_study".to_owned(),
            message: "no study is open".to_owned(),
            hint: Some("open one, or make a new one".to_owned()),
        })
    }

    /// Makes this the open study.
    pub(crate) fn keep(&self, study: Study) {
        *lock(&self.study) = Some(Arc::new(study));
    }

    /// Closes the open study; a job on it goes on until it ends.
    pub(crate) fn close(&self) {
        *lock(&self.study) = None;
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
