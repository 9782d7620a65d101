//! Prepares files and runs them through a model at the same time, on the same threads.
//!
//! Each thread takes what is most useful now: a batch, if enough is ready for one, else the next
//! file to prepare. So no core is idle while there is work, whether preparing or running takes
//! longer, and only a bounded number of prepared files waits.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tiebreak_core::{Cancel, ScorerError, Unreadable};

/// How the work is divided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Division {
    /// Threads.
    pub(crate) workers: usize,
    /// Rows of a batch; the last ones may have fewer, and a file with more is a batch alone.
    pub(crate) batch: usize,
    /// Files that may be in preparation or prepared.
    pub(crate) ahead: usize,
}

/// A file that is ready for the model.
pub(crate) trait Prepared: Send {
    /// Rows that it takes of a batch, at least 1.
    fn rows(&self) -> usize;
}

/// What one file comes to, or why it alone has nothing.
type Outcome<R> = Result<R, Unreadable>;

struct State<P, R> {
    next: usize,
    in_preparation: usize,
    ready: VecDeque<(usize, P)>,
    ready_rows: usize,
    outcomes: Vec<Option<Outcome<R>>>,
    failed: Option<ScorerError>,
}

enum Task<P> {
    Prepare(usize),
    Run(Vec<(usize, P)>),
    Wait,
    Done,
}

/// Prepares the files `0..count` and runs what could be prepared, in batches; `run` gets the
/// worker's number and gives a result for each. The outcomes are in the order of the files.
///
/// # Errors
/// [`ScorerError::Cancelled`] when asked to stop, else the first error of a run.
pub(crate) fn run<P: Prepared, R: Send>(
    count: usize,
    division: Division,
    cancel: &Cancel,
    prepare: impl Fn(usize) -> Outcome<P> + Sync,
    run: impl Fn(usize, &[(usize, P)]) -> Result<Vec<R>, ScorerError> + Sync,
) -> Result<Vec<Outcome<R>>, ScorerError> {
    let state = Mutex::new(State {
        next: 0,
        in_preparation: 0,
        ready: VecDeque::new(),
        ready_rows: 0,
        outcomes: (0..count).map(|_| None).collect(),
        failed: None,
    });
    let changed = Condvar::new();
    let work = |worker: usize| {
        let mut held = lock(&state);
        loop {
            if cancel.is_cancelled() {
                held.failed.get_or_insert(ScorerError::Cancelled);
            }
            match held.task(&division) {
                Task::Prepare(file) => {
                    drop(held);
                    let prepared = contained(|| prepare(file))
                        .unwrap_or_else(|| Err(Unreadable("reading it broke off".to_owned())));
                    held = lock(&state);
                    held.keep(file, prepared);
                }
                Task::Run(batch) => {
                    drop(held);
                    let results = contained(|| run(worker, &batch)).unwrap_or_else(|| {
                        Err(ScorerError::BadOutput("no answer: a thread broke off".to_owned()))
                    });
                    held = lock(&state);
                    held.finish(&batch, results);
                }
                Task::Wait => {
                    held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
                Task::Done => {
                    changed.notify_all();
                    return;
                }
            }
            changed.notify_all();
        }
    };
    thread::scope(|scope| {
        let work = &work;
        let others = division.workers.clamp(1, count.max(1));
        for worker in 1..others {
            scope.spawn(move || work(worker));
        }
        work(0);
    });
    let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = state.failed {
        return Err(error);
    }
    let no_answer = || ScorerError::BadOutput("no answer for a file".to_owned());
    state.outcomes.into_iter().map(|outcome| outcome.ok_or_else(no_answer)).collect()
}

impl<P: Prepared, R> State<P, R> {
    /// What is most useful now.
    fn task(&mut self, division: &Division) -> Task<P> {
        let all_begun = self.next == self.outcomes.len();
        let waiting = self.ready.len() + self.in_preparation;
        if self.failed.is_some() {
            Task::Done
        } else if self.ready_rows >= division.batch || (all_begun && !self.ready.is_empty()) {
            Task::Run(self.batch(division.batch))
        } else if !all_begun && waiting < division.ahead.max(division.batch) {
            self.next += 1;
            self.in_preparation += 1;
            Task::Prepare(self.next - 1)
        } else if self.in_preparation > 0 || !all_begun {
            Task::Wait
        } else {
            Task::Done
        }
    }

    fn batch(&mut self, rows: usize) -> Vec<(usize, P)> {
        let (mut batch, mut taken) = (Vec::new(), 0);
        while let Some((file, prepared)) = self.ready.pop_front() {
            let own = prepared.rows();
            if taken > 0 && taken + own > rows {
                self.ready.push_front((file, prepared));
                break;
            }
            taken += own;
            batch.push((file, prepared));
        }
        self.ready_rows -= taken;
        batch
    }

    fn keep(&mut self, file: usize, prepared: Outcome<P>) {
        self.in_preparation -= 1;
        match prepared {
            Ok(prepared) => {
                self.ready_rows += prepared.rows();
                self.ready.push_back((file, prepared));
            }
            Err(unreadable) => self.outcomes[file] = Some(Err(unreadable)),
        }
    }

    fn finish(&mut self, batch: &[(usize, P)], results: Result<Vec<R>, ScorerError>) {
        match results {
            Ok(results) => {
                for ((file, _), result) in batch.iter().zip(results) {
                    self.outcomes[*file] = Some(Ok(result));
                }
            }
            Err(error) => {
                self.failed.get_or_insert(error);
            }
        }
    }
}

/// What `work` gives; none if it panics. A thread that ended would leave the others waiting.
fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok()
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use proptest::prelude::*;

    use super::*;

    impl Prepared for usize {
        fn rows(&self) -> usize {
            1 + *self % 5
        }
    }

    fn division(workers: usize, batch: usize, ahead: usize) -> Division {
        Division { workers, batch, ahead }
    }

    proptest! {
        #[test]
        fn every_file_has_its_own_outcome(
            count in 0..60_usize, workers in 1..6_usize, batch in 1..9_usize, ahead in 1..9_usize,
        ) {
            let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let outcomes = run(
                count,
                division(workers, batch, ahead),
                &Cancel::default(),
                |file| {
                    let prepared = now.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(prepared, Ordering::SeqCst);
                    if file % 7 == 3 {
                        now.fetch_sub(1, Ordering::SeqCst);
                        return Err(Unreadable(format!("{file} is damaged")));
                    }
                    Ok(file)
                },
                |worker, files| {
                    assert!(worker < workers && !files.is_empty());
                    let rows: usize = files.iter().map(|(_, file)| file.rows()).sum();
                    assert!(files.len() == 1 || rows <= batch, "{rows} rows");
                    now.fetch_sub(files.len(), Ordering::SeqCst);
                    Ok(files.iter().map(|(_, file)| file * 10).collect())
                },
            );
            let outcomes = outcomes.unwrap();
            prop_assert_eq!(outcomes.len(), count);
            for (file, outcome) in outcomes.into_iter().enumerate() {
                match outcome {
                    Ok(result) => prop_assert!(result == file * 10 && file % 7 != 3),
                    Err(problem) => prop_assert_eq!(problem.0, format!("{file} is damaged")),
                }
            }
            // Those that wait, and those on their way into a run.
            prop_assert!(most.into_inner() <= ahead.max(batch) + workers * batch);
        }
    }

    #[test]
    fn stops_at_errors_and_on_request() {
        let failing =
            run(100, division(3, 2, 8), &Cancel::default(), Ok, |_, files: &[(usize, usize)]| {
                match files.iter().any(|(file, _)| *file == 50) {
                    true => Err(ScorerError::BadOutput("fifty".to_owned())),
                    false => Ok(vec![(); files.len()]),
                }
            });
        assert!(matches!(failing, Err(ScorerError::BadOutput(what)) if what == "fifty"));

        let cancel = Cancel::default();
        let stopped = run(
            100,
            division(2, 2, 8),
            &cancel,
            |file| {
                if file == 10 {
                    cancel.cancel();
                }
                Ok(file)
            },
            |_, files: &[(usize, usize)]| Ok(vec![(); files.len()]),
        );
        assert!(matches!(stopped, Err(ScorerError::Cancelled)));
    }
}
