//! What becomes of rows before a study is asked: made beside the writing.

use chrono::{DateTime, Utc};
use tiebreak_core::{CandidateId, ItemDraft, ItemId};
use tiebreak_exchange::{ImportReport, ImportedRow, ParsedBatch, RowProblem};
use tiebreak_store::{BulkRows, NewItem, PreparedItem, StoreError};

use super::ids::BatchIds;
use super::load::Loading;
use crate::clock::now;

/// Rows of a batch, ready to be written.
pub(super) struct Batch {
    pub(super) rows: Vec<Result<ImportedRow, RowProblem>>,
    pub(super) made: Result<Made, StoreError>,
    /// Further ids.
    pub(super) ids: BatchIds,
    pub(super) report: ImportReport,
    pub(super) position: u64,
}

/// What was made of each row that was understood.
pub(super) enum Made {
    /// Nothing yet: files have to be taken in first, or a load in bulk has refused a row.
    Nothing,
    Items(Vec<PreparedItem>),
    Bulk(BulkRows),
}

impl Batch {
    pub(super) fn of(parsed: ParsedBatch, mut ids: BatchIds, loading: &Loading) -> Self {
        let ParsedBatch { rows, report, position } = parsed;
        let understood = || rows.iter().flatten();
        let made = if understood().any(|row| !row.files.is_empty()) {
            Ok(Made::Nothing)
        } else if loading.goes_on() {
            Ok(loading.make(understood(), &mut ids).map_or(Made::Nothing, Made::Bulk))
        } else {
            prepare(understood(), &mut ids).map(Made::Items)
        };
        Self { rows, made, ids, report, position }
    }
}

/// Makes of rows what goes into the study.
pub(super) fn prepare<'a>(
    rows: impl Iterator<Item = &'a ImportedRow>,
    ids: &mut BatchIds,
) -> Result<Vec<PreparedItem>, StoreError> {
    let at = now();
    rows.map(|row| PreparedItem::new(&new_item(&row.draft, ids, at))).collect()
}

/// Gives an item its ids.
pub(super) fn new_item<'a>(
    draft: &'a ItemDraft,
    ids: &mut BatchIds,
    imported_at: DateTime<Utc>,
) -> NewItem<'a> {
    let id = ItemId::new(ids.next());
    let mut candidates: Vec<CandidateId> =
        draft.candidates.iter().map(|_| CandidateId::new(ids.next())).collect();
    // UUIDv7 ascends, and data sets often put the preferred answer first: in the order of their
    // ids, candidates would give the answer away to who is shown the ids.
    // Their last 32 bits are random.
    candidates.sort_unstable_by(|a, b| a.as_bytes().iter().rev().cmp(b.as_bytes().iter().rev()));
    NewItem { id, candidates, draft, imported_at }
}
