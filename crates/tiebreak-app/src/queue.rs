//! Where annotators stand in their queues, remembered so that the next hand-out does not walk
//! past everything that was answered before.
//!
//! What is remembered only says where to look first: every item is checked in the file before it
//! is handed out, so other programs may write the same file at the same time. What they open
//! again further up is found when the end of the queue is reached.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tiebreak_core::{AnnotatorId, ItemId, PolicyRunId};
use tiebreak_store::{QueueScope, Reader};

use crate::error::Result;

/// For how long a queue that was walked to its end is not walked again from the start.
const REST: Duration = Duration::from_secs(5);

/// The places of everyone at work in this program.
#[derive(Default)]
pub(crate) struct Queues(Mutex<HashMap<AnnotatorId, Place>>);

/// One annotator's place. It holds for one routing and one overlap.
#[derive(Clone, Default)]
struct Place {
    run: Option<PolicyRunId>,
    overlap: u32,
    /// Where the first open item was.
    resume: u64,
    /// Items before that place that this program opened.
    reopened: Vec<ItemId>,
    /// Until when there is no use in starting anew.
    walked_until: Option<Instant>,
    /// How many items wait, and how many the study had when they were counted.
    waiting: Option<(u64, u64)>,
}

/// What a judgment changed in the queue of who gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// Items that are open now and were not.
    pub(crate) opened: Vec<ItemId>,
    /// Items that were open and are not now.
    pub(crate) closed: u64,
}

impl Queues {
    /// The next `limit` items for an annotator, each of them open: first what they took back, the
    /// latest first, then what an answer of theirs has opened, then the queue in its order.
    pub(crate) fn next(
        &self,
        reader: &Reader<'_>,
        scope: &QueueScope,
        limit: usize,
        exclude: &[ItemId],
    ) -> Result<Vec<ItemId>> {
        let mut place = self.place(scope);
        let mut items = reader.withdrawn(scope.annotator)?;
        items.retain(|item| !exclude.contains(item));
        let mut reopened = Vec::new();
        for item in std::mem::take(&mut place.reopened) {
            if reader.is_open(scope, item)? {
                reopened.push(item);
            }
        }
        let more: Vec<ItemId> = reopened
            .iter()
            .filter(|item| !exclude.contains(item) && !items.contains(item))
            .copied()
            .collect();
        items.extend(more);
        place.reopened = reopened;
        items.truncate(limit);
        let start = place.resume;
        let mut held: Vec<ItemId> = exclude.iter().chain(&items).copied().collect();
        if items.len() < limit {
            let scan = reader.queue_from(scope, start, limit - items.len(), &held)?;
            place.resume = scan.resume;
            held.extend(&scan.items);
            items.extend(scan.items);
        }
        let resting = place.walked_until.is_some_and(|until| Instant::now() < until);
        if items.len() < limit && start > 0 && !resting {
            let scan = reader.queue_from(scope, 0, limit - items.len(), &held)?;
            place.resume = scan.resume;
            items.extend(scan.items);
            place.walked_until = (items.len() < limit).then(|| Instant::now() + REST);
        }
        self.lock().insert(scope.annotator, place);
        Ok(items)
    }

    /// Notes what a judgment changed. What others may be handed has changed with it.
    pub(crate) fn note(&self, scope: &QueueScope, change: &Change) {
        let mut place = self.place(scope);
        place.reopened.retain(|item| !change.opened.contains(item));
        place.reopened.extend(&change.opened);
        if let Some((waiting, _)) = &mut place.waiting {
            *waiting = (*waiting + change.opened.len() as u64).saturating_sub(change.closed);
        }
        let mut places = self.lock();
        for other in places.values_mut() {
            other.waiting = None;
            other.walked_until = None;
        }
        places.insert(scope.annotator, place);
    }

    /// Counts what waits for the annotator, and remembers it.
    pub(crate) fn count(&self, reader: &Reader<'_>, scope: &QueueScope) -> Result<u64> {
        let waiting = reader.queue_length(scope)?;
        let mut place = self.place(scope);
        place.waiting = Some((waiting, reader.item_count()?));
        self.lock().insert(scope.annotator, place);
        Ok(waiting)
    }

    /// What waits for the annotator, carried forward from the last count where there is one.
    pub(crate) fn waiting(&self, reader: &Reader<'_>, scope: &QueueScope) -> Result<u64> {
        let items = reader.item_count()?;
        match self.place(scope).waiting {
            // Before the first routing every item that is imported waits; after it none does.
            Some((waiting, then)) if scope.run.is_none() => Ok(waiting + (items - then)),
            Some((waiting, _)) => Ok(waiting),
            None => self.count(reader, scope),
        }
    }

    /// The annotator's place, a new one under a new routing or overlap.
    fn place(&self, scope: &QueueScope) -> Place {
        self.lock()
            .get(&scope.annotator)
            .filter(|place| place.run == scope.run && place.overlap == scope.overlap)
            .cloned()
            .unwrap_or_else(|| Place { run: scope.run, overlap: scope.overlap, ..Place::default() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AnnotatorId, Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a change to an item's judgments and says what it changed in the annotator's queue: for
/// the item itself, and for the items that follow it.
pub(crate) fn watch<T>(
    reader: &Reader<'_>,
    scope: &QueueScope,
    item: ItemId,
    work: impl FnOnce() -> Result<T>,
) -> Result<(T, Change)> {
    let mut affected = reader.followers(item)?;
    affected.push(item);
    let before = open(reader, scope, &affected)?;
    let value = work()?;
    let after = open(reader, scope, &affected)?;
    let closed = before.iter().filter(|item| !after.contains(item)).count() as u64;
    let opened = after.into_iter().filter(|item| !before.contains(item)).collect();
    Ok((value, Change { opened, closed }))
}

fn open(reader: &Reader<'_>, scope: &QueueScope, items: &[ItemId]) -> Result<Vec<ItemId>> {
    let mut open = Vec::new();
    for item in items {
        if reader.is_open(scope, *item)? {
            open.push(*item);
        }
    }
    Ok(open)
}
