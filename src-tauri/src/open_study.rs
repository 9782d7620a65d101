//! Which study is open, its jobs, and who is at work.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tiebreak_app::ModelSource;
use tiebreak_app::view::UserError;
use tiebreak_app::{Jobs, PreferencesFile, Recent, Retraining, Study};

use crate::reward::Reward;

/// The state behind the window.
pub(crate) struct OpenStudy {
    /// The study named on the command line, until it was asked for.
    pub(crate) wanted: Mutex<Option<PathBuf>>,
    study: Mutex<Option<Open>>,
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
            reward: Arc::new(Reward::new(PreferencesFile::of_user())),
        }
    }

    /// The open study.
    pub(crate) fn study(&self) -> Result<Arc<Study>, UserError> {
        let open = lock(&self.study);
        open.as_ref().map(|open| Arc::clone(&open.study)).ok_or_else(|| UserError {
            code: "no_study".to_owned(),
            message: "no study is open".to_owned(),
            hint: Some("open one, or make a new one".to_owned()),
        })
    }

    /// Makes this the open study. Its models learn from what is submitted from now on.
    pub(crate) fn keep(&self, study: Study) {
        let study = Arc::new(study);
        let source = Arc::clone(&self.reward) as Arc<dyn ModelSource>;
        // Without a thread, models are trained on demand only.
        let retraining = Retraining::start(Arc::clone(&study), source).ok();
        self.replace(Some(Open { study, retraining }));
    }

    /// Notes that a judgment was saved.
    pub(crate) fn submitted(&self) {
        let open = lock(&self.study);
        if let Some(retraining) = open.as_ref().and_then(|open| open.retraining.as_ref()) {
            retraining.after_submission();
        }
    }

    /// Closes the open study; a job on it goes on until it ends.
    pub(crate) fn close(&self) {
        self.replace(None);
    }

    fn replace(&self, open: Option<Open>) {
        let before = std::mem::replace(&mut *lock(&self.study), open);
        // Training stops at its next safe point; nobody waits for it.
        std::thread::spawn(move || drop(before));
    }
}

/// A study with what goes on behind it.
struct Open {
    study: Arc<Study>,
    retraining: Option<Retraining>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
