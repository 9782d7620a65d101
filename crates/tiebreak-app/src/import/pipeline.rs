//! Reading, parsing and writing side by side: one thread reads, some parse, the caller writes.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tiebreak_exchange::{Compression, ExchangeError, ImportContainer, RawBatch, RawRows};

/// Rows, and bytes of rows, that are parsed together; also the rows of one transaction where an
/// annotator may be at work: enough to make the flush to disk cheap, few enough that a judgment
/// in between never waits noticeably.
const BATCH_ROWS: usize = 500;
const BATCH_BYTES: usize = 512 << 10;

/// Threads that parse, at most: one writer cannot keep up with more.
const MOST_PARSERS: usize = 6;

/// What goes to a parsing thread.
enum Task {
    Batch(u64, RawBatch),
    /// The rows have ended, or cannot be read further.
    End(Option<ExchangeError>),
}

/// What comes from it: a result, the end, or why there is no more.
type Outcome<T> = Result<Option<T>, ExchangeError>;

/// What holds the rows of a file, and how it is compressed.
type Container = Option<(ImportContainer, Option<Compression>)>;

/// Gives `take` the results of `work` on each batch of rows, in the order of the file; `work` is
/// told the number of the batch, from 0. Some batches are on their way at a time, so memory does
/// not grow with the file. When `take` returns, reading stops, and it is said what held the rows.
pub(super) fn in_order<T: Send, R>(
    raw: RawRows<'_>,
    work: impl Fn(u64, RawBatch) -> T + Sync,
    take: impl FnOnce(&mut dyn FnMut() -> Outcome<T>) -> R,
) -> (R, Container) {
    let parsers = std::thread::available_parallelism().map_or(2, usize::from);
    let parsers = parsers.clamp(1, MOST_PARSERS);
    std::thread::scope(|scope| {
        let mut tasks = Vec::with_capacity(parsers);
        let mut results: Vec<Receiver<Outcome<T>>> = Vec::with_capacity(parsers);
        for _ in 0..parsers {
            let (task, next_task) = sync_channel(1);
            let (result, next_result) = sync_channel(1);
            let work = &work;
            scope.spawn(move || parse(&next_task, &result, work));
            tasks.push(task);
            results.push(next_result);
        }
        let reading = scope.spawn(move || read(raw, &tasks));
        let mut turn = 0;
        let mut is_done = false;
        let value = take(&mut || {
            if is_done {
                return Ok(None);
            }
            let result = results[turn].recv().unwrap_or_else(|_| Err(broken_off()));
            turn = (turn + 1) % parsers;
            is_done = !matches!(result, Ok(Some(_)));
            result
        });
        // Threads that wait to hand something over end with this.
        drop(results);
        (value, reading.join().unwrap_or(None))
    })
}

/// Deals batches out in turn until the end, or until nobody takes them any more.
fn read(mut raw: RawRows<'_>, tasks: &[SyncSender<Task>]) -> Container {
    for (number, task) in (0..).zip(tasks.iter().cycle()) {
        let next = match raw.next_batch(BATCH_ROWS, BATCH_BYTES) {
            Ok(Some(batch)) => Task::Batch(number, batch),
            Ok(None) => Task::End(None),
            Err(error) => Task::End(Some(error)),
        };
        let is_end = matches!(next, Task::End(_));
        if task.send(next).is_err() || is_end {
            break;
        }
    }
    raw.container()
}

fn parse<T>(
    tasks: &Receiver<Task>,
    results: &SyncSender<Outcome<T>>,
    work: &impl Fn(u64, RawBatch) -> T,
) {
    while let Ok(task) = tasks.recv() {
        let result = match task {
            Task::Batch(number, batch) => Ok(Some(work(number, batch))),
            Task::End(None) => Ok(None),
            Task::End(Some(error)) => Err(error),
        };
        if results.send(result).is_err() {
            break;
        }
    }
}

/// A thread panicked: what it had is lost, and the import must not look whole.
fn broken_off() -> ExchangeError {
    let source = io::Error::other("reading broke off");
    ExchangeError::Read { file: String::new(), line: 0, source }
}
