//! Long work: watched, cancelled, and run off the interface thread.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tiebreak_core::Cancel;

use crate::AppError;
use crate::clock::fresh;
use crate::view::{JobResult, JobState, JobView, UserError};

/// Whoever watches a piece of long work.
pub trait Watch: Sync {
    /// A new stage begins, of `total` units where that is known.
    fn stage(&self, name: &str, total: Option<u64>);

    /// So many units of the stage are done.
    fn advance(&self, done: u64);

    /// The flag that stops the work.
    fn cancel(&self) -> &Cancel;
}

/// Watches nothing and never cancels.
#[derive(Debug, Default)]
pub struct Quiet(Cancel);

impl Watch for Quiet {
    fn stage(&self, _name: &str, _total: Option<u64>) {}

    fn advance(&self, _done: u64) {}

    fn cancel(&self) -> &Cancel {
        &self.0
    }
}

struct Status {
    stage: String,
    done: u64,
    total: Option<u64>,
    started: Instant,
    state: JobState,
    result: Option<JobResult>,
    error: Option<UserError>,
}

/// A running or ended job; clones share it.
#[derive(Clone)]
pub struct JobHandle {
    id: String,
    cancel: Cancel,
    status: Arc<Mutex<Status>>,
}

/// What a job does.
pub type Job = Box<dyn FnOnce(&dyn Watch) -> Result<JobResult, AppError> + Send>;

impl Watch for JobHandle {
    fn stage(&self, name: &str, total: Option<u64>) {
        let mut status = self.lock();
        status.stage = name.to_owned();
        status.done = 0;
        status.total = total;
        status.started = Instant::now();
    }

    fn advance(&self, done: u64) {
        self.lock().done = done;
    }

    fn cancel(&self) -> &Cancel {
        &self.cancel
    }
}

impl JobHandle {
    fn lock(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, outcome: Result<JobResult, AppError>) {
        let mut status = self.lock();
        match outcome {
            Ok(result) => {
                status.state = JobState::Done;
                status.result = Some(result);
            }
            Err(error) => {
                let error = error.to_user();
                status.state =
                    if error.code == "cancelled" { JobState::Cancelled } else { JobState::Failed };
                status.error = Some(error);
            }
        }
    }

    /// How it stands now.
    pub fn view(&self) -> JobView {
        let status = self.lock();
        let elapsed = status.started.elapsed().as_secs_f64();
        let eta_s = status.total.and_then(|total| eta(elapsed, status.done, total));
        JobView {
            id: self.id.clone(),
            stage: status.stage.clone(),
            done: status.done as f64,
            total: status.total.map(|total| total as f64),
            eta_s: eta_s.filter(|_| status.state == JobState::Running),
            state: status.state,
            result: status.result.clone(),
            error: status.error.clone(),
        }
    }
}

/// Seconds left if the rest goes as fast as what is done; `None` before anything is done.
fn eta(elapsed_s: f64, done: u64, total: u64) -> Option<f64> {
    (done > 0).then(|| elapsed_s / done as f64 * total.saturating_sub(done) as f64)
}

/// The jobs of a front end.
#[derive(Default)]
pub struct Jobs {
    jobs: Mutex<HashMap<String, JobHandle>>,
}

impl Jobs {
    /// Starts a job on a thread of its own and returns its id.
    ///
    /// # Errors
    /// If the system has no thread to give.
    pub fn start(&self, job: Job) -> Result<String, AppError> {
        let handle = JobHandle {
            id: fresh().to_string(),
            cancel: Cancel::default(),
            status: Arc::new(Mutex::new(Status {
                stage: "Starting".to_owned(),
                done: 0,
                total: None,
                started: Instant::now(),
                state: JobState::Running,
                result: None,
                error: None,
            })),
        };
        let running = handle.clone();
        std::thread::Builder::new()
            .name("tiebreak-job".to_owned())
            .spawn(move || {
                let work = std::panic::AssertUnwindSafe(|| job(&running));
                let outcome = std::panic::catch_unwind(work).unwrap_or_else(|_| {
                    Err(AppError::input("job", "stopped by a fault in the program"))
                });
                running.end(outcome);
            })
            .map_err(|source| AppError::Io { path: "thread".into(), source })?;
        let id = handle.id.clone();
        self.lock().insert(id.clone(), handle);
        Ok(id)
    }

    /// The job of this id.
    ///
    /// # Errors
    /// If there is none.
    pub fn get(&self, id: &str) -> Result<JobHandle, AppError> {
        self.lock()
            .get(id)
            .cloned()
            .ok_or_else(|| AppError::input("job", format!("there is no job {id}")))
    }

    /// Asks all jobs to stop, each at its next safe point.
    pub fn cancel_all(&self) {
        self.lock().values().for_each(|job| job.cancel.cancel());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, JobHandle>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eta_follows_the_pace() {
        for (elapsed, done, total, expected) in
            [(10.0, 0, 100, None), (10.0, 50, 100, Some(10.0)), (9.0, 100, 100, Some(0.0))]
        {
            assert_eq!(eta(elapsed, done, total), expected);
        }
    }

    fn wait(jobs: &Jobs, id: &str) -> JobView {
        loop {
            let view = jobs.get(id).unwrap().view();
            if view.state != JobState::Running {
                return view;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn jobs_end_in_every_way() {
        let jobs = Jobs::default();
        let done = jobs.start(Box::new(|_| Ok(JobResult::Import { files: Vec::new() }))).unwrap();
        assert_eq!(wait(&jobs, &done).state, JobState::Done);
        let failed = jobs.start(Box::new(|_| Err(AppError::EmptyStudy))).unwrap();
        assert_eq!(wait(&jobs, &failed).error.unwrap().code, "empty_study");
        let cancelled = jobs
            .start(Box::new(|watch| {
                while !watch.cancel().is_cancelled() {
                    std::thread::yield_now();
                }
                Err(AppError::Cancelled)
            }))
            .unwrap();
        jobs.get(&cancelled).unwrap().cancel().cancel();
        assert_eq!(wait(&jobs, &cancelled).state, JobState::Cancelled);
    }
}
