//! Filling a study that has no items yet, page by page.
//!
//! What SQLite spends on a row (statements, constraints, a search in each of nine indexes) is
//! several times what there is to write. A study without items can be filled without it: rows
//! come in the order of their keys, so that tables and indexes are written from left to right as
//! finished pages; the one index that is not in that order is sorted at the end. The pages go
//! through SQLite's own pager (its `sqlite_dbpage` table) within one transaction: a program that
//! ends at any moment leaves the study as it was.
//!
//! The constraints of the schema hold by how rows are made (`bulk/rows.rs`); tests let SQLite
//! check every load, and compare it with the same rows inserted one by one.

mod pages;
mod record;
mod rows;
mod tree;

use std::collections::HashMap;

use rusqlite::Connection;
use tiebreak_core::AnnotatorId;

pub use rows::BulkRows;

use crate::{Reader, Result, StoreError, Writer};
use pages::Shape;
use record::{Field, record};
use rows::BulkRow;
use tree::{Index, Pages, Table};

/// Items that one load takes: what it remembers of each stays below 60 MB.
const MOST_ITEMS: u64 = 1 << 20;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkAdded {
    /// It is in.
    New,
    /// An item of this fingerprint is in already.
    Duplicate,
    /// The load has taken all that it takes.
    Full,
}

/// A load under way.
pub struct BulkLoad<'c> {
    connection: &'c Connection,
    shape: Shape,
    pages: Pages<'c>,
    items: Table,
    candidates: Table,
    judgments: Table,
    item_id: Index,
    item_ordinal: Index,
    item_modality: Index,
    candidate_id: Index,
    candidate_place: Index,
    judgment_id: Index,
    judgment_chain: Index,
    judgment_item: Index,
    fingerprints: Fingerprints,
    /// External ids one behind the other, and where each ends, with its item's rowid.
    external_ids: (String, Vec<(u32, u32)>),
    annotators: HashMap<AnnotatorId, u32>,
    /// The annotator of each judgment, by number.
    judged_by: Vec<u32>,
    key: Vec<u8>,
    last_ids: LastIds,
}

/// The greatest ids so far.
#[derive(Default)]
struct LastIds {
    item: [u8; 16],
    candidate: [u8; 16],
    judgment: [u8; 16],
}

impl LastIds {
    /// Goes on to greater ids. In another order an index would be broken.
    fn ascend(last: &mut [u8; 16], id: [u8; 16]) -> Result<()> {
        if id <= *last {
            let reason = "a row comes after one with a greater id".to_owned();
            return Err(StoreError::Unreadable { what: "order of ids", reason });
        }
        *last = id;
        Ok(())
    }
}

impl<'c> BulkLoad<'c> {
    /// Begins in a transaction; `None` if this study cannot be loaded so.
    pub(crate) fn begin(connection: &'c Connection) -> Result<Option<Self>> {
        let Some(shape) = Shape::of(connection)? else { return Ok(None) };
        let size = shape.page_size;
        let pages = Pages::after(connection, size, shape.pages)?;
        let table = || Table::new(size);
        let index = || Index::new(size);
        Ok(Some(Self {
            connection,
            shape,
            pages,
            items: table(),
            candidates: table(),
            judgments: table(),
            item_id: index(),
            item_ordinal: index(),
            item_modality: index(),
            candidate_id: index(),
            candidate_place: index(),
            judgment_id: index(),
            judgment_chain: index(),
            judgment_item: index(),
            fingerprints: Fingerprints::default(),
            external_ids: (String::new(), Vec::new()),
            annotators: HashMap::new(),
            judged_by: Vec::new(),
            key: Vec::new(),
            last_ids: LastIds::default(),
        }))
    }

    /// Adds the row at `place` of `rows`. Ids of items, of judgments and, from
    /// row to row, of candidates ascend.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn add(&mut self, rows: &BulkRows, place: usize) -> Result<BulkAdded> {
        let row = &rows.rows[place];
        let bytes = rows.bytes.as_slice();
        if self.items.rows() >= MOST_ITEMS || self.external_ids.0.len() > 32 << 20 {
            return Ok(BulkAdded::Full);
        }
        if !self.fingerprints.insert(*row.fingerprint.as_bytes()) {
            return Ok(BulkAdded::Duplicate);
        }
        self.add_item(row, bytes)?;
        self.add_candidates(row, bytes)?;
        self.add_judgments(row, bytes)?;
        Ok(BulkAdded::New)
    }

    fn add_item(&mut self, row: &BulkRow, bytes: &[u8]) -> Result<()> {
        let Self { pages, key, .. } = self;
        LastIds::ascend(&mut self.last_ids.item, row.id)?;
        let ordinal = self.items.rows() as i64 + 1;
        let wide = ordinal.to_be_bytes();
        let parts = [
            &bytes[row.item.start..row.ordinal],
            wide.as_slice(),
            &bytes[row.ordinal + 8..row.item.end],
        ];
        let rowid = self.items.add(pages, parts)?;
        let at = Field::Int(rowid as i64);
        put(&mut self.item_id, pages, key, &[Field::Blob(&row.id), at])?;
        put(&mut self.item_ordinal, pages, key, &[Field::Int(ordinal), at])?;
        put(&mut self.item_modality, pages, key, &[Field::Text("text"), at])?;
        if let Some(external) = &row.external_id {
            let (texts, ends) = &mut self.external_ids;
            texts.push_str(&String::from_utf8_lossy(&bytes[external.clone()]));
            ends.push((texts.len() as u32, rowid as u32));
        }
        Ok(())
    }

    fn add_candidates(&mut self, row: &BulkRow, bytes: &[u8]) -> Result<()> {
        let Self { pages, key, .. } = self;
        let mut by_id = Vec::with_capacity(row.candidates.len());
        for (position, candidate) in row.candidates.iter().enumerate() {
            let record = [&bytes[candidate.record.clone()], &[], &[]];
            let rowid = self.candidates.add(pages, record)? as i64;
            let place = [Field::Blob(&row.id), Field::Int(position as i64), Field::Int(rowid)];
            put(&mut self.candidate_place, pages, key, &place)?;
            by_id.push((candidate.id, rowid));
        }
        by_id.sort_unstable();
        for (id, rowid) in by_id {
            LastIds::ascend(&mut self.last_ids.candidate, id)?;
            put(&mut self.candidate_id, pages, key, &[Field::Blob(&id), Field::Int(rowid)])?;
        }
        Ok(())
    }

    fn add_judgments(&mut self, row: &BulkRow, bytes: &[u8]) -> Result<()> {
        let Self { pages, key, .. } = self;
        let mut by_annotator = Vec::with_capacity(row.judgments.len());
        for judgment in &row.judgments {
            let record = [&bytes[judgment.record.clone()], &[], &[]];
            let seq = self.judgments.add(pages, record)? as i64;
            LastIds::ascend(&mut self.last_ids.judgment, judgment.id)?;
            let id = [Field::Blob(&judgment.id), Field::Int(seq)];
            put(&mut self.judgment_id, pages, key, &id)?;
            by_annotator.push((*judgment.annotator.as_bytes(), seq));
            let next = self.annotators.len() as u32;
            self.judged_by.push(*self.annotators.entry(judgment.annotator).or_insert(next));
        }
        by_annotator.sort_unstable();
        for (annotator, seq) in by_annotator {
            let by = [Field::Blob(&row.id), Field::Blob(&annotator), Field::Int(seq)];
            put(&mut self.judgment_chain, pages, key, &by)?;
            put(&mut self.judgment_item, pages, key, &by)?;
        }
        Ok(())
    }

    /// The annotators of what was added, in the order in which they first appear.
    pub fn annotators(&self) -> Vec<AnnotatorId> {
        let mut found: Vec<(u32, AnnotatorId)> =
            self.annotators.iter().map(|(id, number)| (*number, *id)).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// Writes what is not written yet; `work` adds what rows refer to, for example annotators.
    pub(crate) fn finish<T, E: From<StoreError>>(
        mut self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let fingerprints = self.write_fingerprints()?;
        let external_ids = self.write_external_ids()?;
        let judgment_annotator = self.write_judged_by()?;
        let judgments = self.judgments.rows();
        let Self { connection, shape, mut pages, .. } = self;
        let pages = &mut pages;
        let roots = [
            ("item", self.items.finish(pages)?),
            ("candidate", self.candidates.finish(pages)?),
            ("judgment", self.judgments.finish(pages)?),
            ("sqlite_autoindex_item_1", self.item_id.finish(pages)?),
            ("sqlite_autoindex_item_2", self.item_ordinal.finish(pages)?),
            ("sqlite_autoindex_item_3", fingerprints),
            ("item_modality", self.item_modality.finish(pages)?),
            ("item_external_id", external_ids),
            ("sqlite_autoindex_candidate_1", self.candidate_id.finish(pages)?),
            ("sqlite_autoindex_candidate_2", self.candidate_place.finish(pages)?),
            ("sqlite_autoindex_judgment_1", self.judgment_id.finish(pages)?),
            ("judgment_chain", self.judgment_chain.finish(pages)?),
            ("judgment_item", self.judgment_item.finish(pages)?),
            ("judgment_annotator", judgment_annotator),
        ];
        pages::grow(connection, pages)?;
        let value = work(&Writer::over(Reader { connection }))?;
        pages::count_judgments(connection, judgments)?;
        // The roots come last: what SQLite remembers of these pages is not true any more, and
        // from here on nothing of it is asked for before the connection is closed.
        for (name, page) in roots {
            if let Some(root) = shape.roots.get(name) {
                pages.put(*root, &page)?;
            }
        }
        Ok(value)
    }

    fn write_fingerprints(&mut self) -> Result<Vec<u8>> {
        let Self { pages, key, .. } = self;
        let all = std::mem::take(&mut self.fingerprints).kept;
        let mut order: Vec<u32> = (0..all.len() as u32).collect();
        order.sort_unstable_by_key(|place| all[*place as usize]);
        let mut index = Index::new(self.shape.page_size);
        for place in order {
            let fields = [Field::Blob(&all[place as usize]), Field::Int(i64::from(place) + 1)];
            put(&mut index, pages, key, &fields)?;
        }
        index.finish(pages)
    }

    fn write_external_ids(&mut self) -> Result<Vec<u8>> {
        let Self { pages, key, .. } = self;
        let (texts, ends) = std::mem::take(&mut self.external_ids);
        let mut starts: Vec<(u32, u32, u32)> = Vec::with_capacity(ends.len());
        let mut start = 0;
        for (end, rowid) in ends {
            starts.push((start, end, rowid));
            start = end;
        }
        let text = |place: &(u32, u32, u32)| &texts[place.0 as usize..place.1 as usize];
        starts.sort_unstable_by(|a, b| text(a).cmp(text(b)).then(a.2.cmp(&b.2)));
        let mut index = Index::new(self.shape.page_size);
        for place in &starts {
            let fields = [Field::Text(text(place)), Field::Int(place.2.into())];
            put(&mut index, pages, key, &fields)?;
        }
        index.finish(pages)
    }

    fn write_judged_by(&mut self) -> Result<Vec<u8>> {
        let Self { pages, key, .. } = self;
        let mut annotators: Vec<([u8; 16], u32)> =
            self.annotators.iter().map(|(id, number)| (*id.as_bytes(), *number)).collect();
        annotators.sort_unstable();
        let mut rank = vec![0_u32; annotators.len()];
        for (place, (_, number)) in annotators.iter().enumerate() {
            rank[*number as usize] = place as u32;
        }
        let mut order: Vec<u32> = (0..self.judged_by.len() as u32).collect();
        // Stable: judgments of one annotator stay in their order.
        order.sort_by_key(|judgment| rank[self.judged_by[*judgment as usize] as usize]);
        let mut index = Index::new(self.shape.page_size);
        for judgment in order {
            let annotator =
                &annotators[rank[self.judged_by[judgment as usize] as usize] as usize].0;
            // The indexed column `seq` is the rowid, which every key ends with besides.
            let seq = Field::Int(i64::from(judgment) + 1);
            let fields = [Field::Blob(annotator), seq, seq];
            put(&mut index, pages, key, &fields)?;
        }
        index.finish(pages)
    }
}

fn put(
    index: &mut Index,
    pages: &mut Pages<'_>,
    key: &mut Vec<u8>,
    fields: &[Field<'_>],
) -> Result<()> {
    key.clear();
    record(fields, key);
    index.add(pages, key)
}

/// The fingerprints added so far, with a table of their places by hash.
#[derive(Default)]
struct Fingerprints {
    kept: Vec<[u8; 32]>,
    /// Places from 1, by the first bytes of the fingerprint, which are as good as random; 0 is
    /// free.
    slots: Vec<u32>,
}

impl Fingerprints {
    /// Adds one; false if it is there.
    fn insert(&mut self, new: [u8; 32]) -> bool {
        if self.kept.len() * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let mut slot = Self::slot(&new, self.slots.len());
        loop {
            match self.slots[slot] {
                0 => break,
                place if self.kept[place as usize - 1] == new => return false,
                _ => slot = (slot + 1) % self.slots.len(),
            }
        }
        self.kept.push(new);
        self.slots[slot] = self.kept.len() as u32;
        true
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(1024);
        self.slots = vec![0; size];
        for (place, kept) in (1..).zip(&self.kept) {
            let mut slot = Self::slot(kept, size);
            while self.slots[slot] != 0 {
                slot = (slot + 1) % size;
            }
            self.slots[slot] = place;
        }
    }

    fn slot(fingerprint: &[u8; 32], size: usize) -> usize {
        let [a, b, c, d, e, f, g, h, ..] = *fingerprint;
        (u64::from_le_bytes([a, b, c, d, e, f, g, h]) % size as u64) as usize
    }
}
