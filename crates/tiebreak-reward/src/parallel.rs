//! Spreads independent pieces of work over threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use tiebreak_core::{Cancel, ScorerError};

/// Runs `work(worker, piece)` for every piece in `0..pieces` on up to `workers` threads, which
/// take the next piece when they are done with one. Returns the results in the order of the
/// pieces. Stops at the first error, and between pieces when cancelled.
pub(crate) fn in_order<T: Send>(
    workers: usize,
    pieces: usize,
    cancel: &Cancel,
    work: impl Fn(usize, usize) -> Result<T, ScorerError> + Sync,
) -> Result<Vec<T>, ScorerError> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let run = |worker: usize| -> Result<Vec<(usize, T)>, ScorerError> {
        let mut done = Vec::new();
        loop {
            if cancel.is_cancelled() {
                return Err(ScorerError::Cancelled);
            }
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces || failed.load(Ordering::Relaxed) {
                return Ok(done);
            }
            let result = work(worker, piece).inspect_err(|_| failed.store(true, Ordering::Relaxed));
            done.push((piece, result?));
        }
    };
    let workers = workers.clamp(1, pieces.max(1));
    let mut done = if workers == 1 {
        run(0)?
    } else {
        thread::scope(|scope| {
            let run = &run;
            let others: Vec<_> =
                (1..workers).map(|worker| scope.spawn(move || run(worker))).collect();
            let mut done = run(0);
            for other in others {
                let theirs = other.join().unwrap_or_else(|_| {
                    Err(ScorerError::BadOutput("no answer: a scoring thread broke off".to_owned()))
                });
                done = done.and_then(|mut all| {
                    all.extend(theirs?);
                    Ok(all)
                });
            }
            done
        })?
    };
    done.sort_by_key(|&(piece, _)| piece);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_whatever_the_threads() {
        for workers in [1, 2, 7] {
            let squares = in_order(workers, 100, &Cancel::default(), |_, n| Ok(n * n)).unwrap();
            assert_eq!(squares, (0..100).map(|n| n * n).collect::<Vec<_>>());
        }
        assert!(in_order(3, 0, &Cancel::default(), |_, n| Ok(n)).unwrap().is_empty());
    }

    #[test]
    fn stops_at_errors_and_on_request() {
        let failing = in_order(3, 100, &Cancel::default(), |_, n| match n {
            50 => Err(ScorerError::BadOutput("fifty".to_owned())),
            _ => Ok(n),
        });
        assert!(matches!(failing, Err(ScorerError::BadOutput(what)) if what == "fifty"));

        let cancel = Cancel::default();
        let stopped = in_order(2, 100, &cancel, |_, n| {
            if n == 10 {
                cancel.cancel();
            }
            Ok(n)
        });
        assert!(matches!(stopped, Err(ScorerError::Cancelled)));
    }
}
