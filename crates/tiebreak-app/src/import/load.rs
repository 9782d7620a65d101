//! Filling a study that has no items yet: the first rows of a large file go into it page by page
//! (`tiebreak-store/src/bulk.rs`), as far as they are plain; whatever else comes takes the
//! ordinary way after them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tiebreak_core::{Annotator, AnnotatorId, JudgmentId};
use tiebreak_exchange::{ExchangeError, ImportedAnnotator, ImportedRow};
use tiebreak_store::{BulkAdded, BulkLoad, BulkRows, StoreError};

use super::Importing;
use super::ids::BatchIds;
use super::judgment::judgment;
use super::prepare::{Batch, Made, new_item};
use super::row::scope;
use crate::clock::{fresh, now};
use crate::error::Result;
use crate::study::stop_if_cancelled;

/// Files from this size are loaded so, in bytes: a smaller one is in within a second, and keeps
/// what it has when it is stopped.
const LEAST_BYTES: u64 = 4 << 20;

/// Rows that wait until the load is over, at most: those whose item is in already.
const MOST_SET_ASIDE: usize = 2000;

/// What the threads that make rows know: whether they are loaded in bulk, and who judged.
pub(super) struct Loading {
    goes_on: AtomicBool,
    /// By kind, name, and scope in the study.
    annotators: Mutex<HashMap<ImportedAnnotator, AnnotatorId>>,
}

impl Loading {
    /// Whether a file of a size is to be loaded so.
    pub(super) fn suits(bytes: u64, items: u64) -> bool {
        bytes >= LEAST_BYTES && items == 0
    }

    /// With the annotators that are there.
    pub(super) fn new(suits: bool, annotators: impl Iterator<Item = Annotator>) -> Self {
        let annotators = annotators.map(|one| {
            let who = ImportedAnnotator { kind: one.kind, name: one.name, scope: one.scope };
            (who, one.id)
        });
        Self { goes_on: AtomicBool::new(suits), annotators: Mutex::new(annotators.collect()) }
    }

    pub(super) fn goes_on(&self) -> bool {
        self.goes_on.load(Ordering::Relaxed)
    }

    /// Makes rows as the file keeps them; `None` if one of them cannot be loaded so.
    pub(super) fn make<'a>(
        &self,
        rows: impl Iterator<Item = &'a ImportedRow>,
        ids: &mut BatchIds,
    ) -> Option<BulkRows> {
        let mut made = BulkRows::default();
        let mut known: HashMap<&ImportedAnnotator, AnnotatorId> = HashMap::new();
        let mut judgments = Vec::new();
        let at = now();
        for row in rows {
            let new = new_item(&row.draft, ids, at);
            judgments.clear();
            for imported in &row.judgments {
                // Profiles grow row by row.
                if !imported.profile.is_empty() {
                    return None;
                }
                let who = &imported.annotator;
                let annotator = *known.entry(who).or_insert_with(|| self.annotator(who));
                let id = JudgmentId::new(ids.next());
                judgments.push(judgment(imported, id, new.id, annotator, &new.candidates).ok()?);
            }
            if !row.files.is_empty() || !made.push(&new, &judgments).ok()? {
                return None;
            }
        }
        ids.has(1).then_some(made)
    }

    fn annotator(&self, imported: &ImportedAnnotator) -> AnnotatorId {
        let who = ImportedAnnotator { scope: scope(imported).to_owned(), ..imported.clone() };
        let mut annotators = self.annotators.lock().unwrap_or_else(PoisonError::into_inner);
        *annotators.entry(who).or_insert_with(|| AnnotatorId::new(fresh()))
    }

    fn by_id(&self) -> HashMap<AnnotatorId, ImportedAnnotator> {
        let annotators = self.annotators.lock().unwrap_or_else(PoisonError::into_inner);
        annotators.iter().map(|(who, id)| (*id, who.clone())).collect()
    }
}

/// What a load leaves to be done.
#[derive(Default)]
struct Loaded {
    /// Who judged, in the order in which they first appear.
    annotators: Vec<AnnotatorId>,
    /// Rows whose item is in already, or that came when the load had all it takes.
    set_aside: Vec<ImportedRow>,
    /// The batch that could not be loaded.
    left: Option<Batch>,
}

impl Importing<'_> {
    /// Loads batches as long as that is possible, then writes what was left.
    pub(super) fn load(
        &mut self,
        loading: &Loading,
        ids: BatchIds,
        next: &mut dyn FnMut() -> std::result::Result<Option<Batch>, ExchangeError>,
    ) -> Result<()> {
        let store = &self.study.store;
        let loaded = store.load_in_bulk(
            |bulk| {
                let loaded = self.load_rows(bulk, next);
                loading.goes_on.store(false, Ordering::Relaxed);
                loaded
            },
            |writer, loaded| {
                let by_id = loading.by_id();
                for id in &loaded.annotators {
                    let Some(who) = by_id.get(id) else { continue };
                    let (kind, name, scope) = (who.kind, &who.name, &who.scope);
                    let found = writer.ensure_annotator(kind, name, scope, *id, now())?;
                    if found.id != *id {
                        let reason = "another program has added them since this import began";
                        let reason = format!("{name}: {reason}; import the file again");
                        return Err(StoreError::Unreadable { what: "annotator", reason }.into());
                    }
                }
                Ok(())
            },
        )?;
        loading.goes_on.store(false, Ordering::Relaxed);
        let Some(Loaded { set_aside, left, .. }) = loaded else { return Ok(()) };
        self.write(set_aside, ids)?;
        left.map_or(Ok(()), |batch| self.take(batch))
    }

    fn load_rows(
        &mut self,
        bulk: &mut BulkLoad<'_>,
        next: &mut dyn FnMut() -> std::result::Result<Option<Batch>, ExchangeError>,
    ) -> Result<Loaded> {
        let mut loaded = Loaded::default();
        while let Some(batch) = next()? {
            let Batch { rows, made: Ok(Made::Bulk(made)), report, position, .. } = batch else {
                loaded.left = Some(batch);
                break;
            };
            self.read += report;
            let mut is_full = false;
            for (place, row) in self.understood(rows).into_iter().enumerate() {
                match bulk.add(&made, place)? {
                    BulkAdded::New => {
                        self.report.added += 1;
                        for judgment in &row.judgments {
                            self.report.count_judgment(judgment.annotator.kind);
                        }
                    }
                    added => {
                        is_full |= added == BulkAdded::Full;
                        loaded.set_aside.push(row);
                    }
                }
            }
            self.watch.advance(position);
            stop_if_cancelled(self.watch)?;
            if is_full || loaded.set_aside.len() > MOST_SET_ASIDE {
                break;
            }
        }
        loaded.annotators = bulk.annotators();
        Ok(loaded)
    }
}
