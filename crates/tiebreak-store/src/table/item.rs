//! `item` and `candidate`: always written and read together.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use tiebreak_core::{
    Candidate, CandidateContent, CandidateId, ContentHash, Item, ItemDraft, ItemId, Modality,
    Prompt, fingerprint,
};

use crate::codec::{id, json, json_or_plain, json_text, time_text, word};
use crate::{Reader, Result, StoreError, Writer};

/// An item to add, with the ids made for it.
pub struct NewItem<'a> {
    /// The item's id.
    pub id: ItemId,
    /// One id per candidate.
    pub candidates: Vec<CandidateId>,
    /// What it is.
    pub draft: &'a ItemDraft,
    /// When it was imported.
    pub imported_at: DateTime<Utc>,
}

/// Some items in study order, and where to go on.
pub struct ItemPage {
    /// The items.
    pub items: Vec<Item>,
    /// The ordinal after which the next page starts; `None` at the end.
    pub next: Option<u64>,
}

pub(super) const COLUMNS: &str = "id, ordinal, external_id, modality, prompt, context, tags, source, split, \
                       gold, metadata, follows";

impl Reader<'_> {
    /// The number of items.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn item_count(&self) -> Result<u64> {
        // Ordinals run from 1 without a gap; counting a million rows would take long.
        let last: Option<i64> = self
            .connection
            .prepare_cached("SELECT max(ordinal) FROM item")?
            .query_row([], |row| row.get(0))?;
        Ok(last.unwrap_or(0) as u64)
    }

    /// The number of items of a modality.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn modality_count(&self, modality: Modality) -> Result<u64> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM item WHERE modality = ?1")?
            .query_row([modality.as_str()], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// Whether an item of this fingerprint is here, and which.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn item_by_fingerprint(&self, fingerprint: ContentHash) -> Result<Option<ItemId>> {
        Ok(self
            .connection
            .prepare_cached("SELECT id FROM item WHERE fingerprint = ?1")?
            .query_row([fingerprint.as_bytes()], |row| id(row, 0))
            .optional()?)
    }

    /// The item with its candidates.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or what SQLite says.
    pub fn item(&self, item: ItemId) -> Result<Item> {
        let found = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM item WHERE id = ?1"))?
            .query_row([item.as_bytes()], read_item)
            .optional()?;
        let mut found =
            found.ok_or_else(|| StoreError::NotFound { what: "item", id: item.to_string() })?;
        found.candidates = self.candidates(item)?;
        Ok(found)
    }

    /// Items by the id that the imported data gave them.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn items_by_external_id(&self, external_id: &str) -> Result<Vec<ItemId>> {
        let mut statement =
            self.connection.prepare_cached("SELECT id FROM item WHERE external_id = ?1")?;
        let rows = statement.query_map([external_id], |row| id(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The item at a place in the study, from 1.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn item_by_ordinal(&self, ordinal: u64) -> Result<Option<ItemId>> {
        Ok(self
            .connection
            .prepare_cached("SELECT id FROM item WHERE ordinal = ?1")?
            .query_row([ordinal as i64], |row| id(row, 0))
            .optional()?)
    }

    /// Up to `limit` items after `after` in study order; start with 0.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn items_after(&self, after: u64, limit: usize) -> Result<ItemPage> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM item WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2"
        ))?;
        let rows = statement.query_map(params![after as i64, limit as i64], read_item)?;
        let mut items: Vec<Item> = rows.collect::<rusqlite::Result<_>>()?;
        for item in &mut items {
            item.candidates = self.candidates(item.id)?;
        }
        let next = items.last().filter(|_| items.len() == limit).map(|last| last.ordinal);
        Ok(ItemPage { items, next })
    }

    /// The ids of an item's candidates in the imported order.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn candidate_ids(&self, item: ItemId) -> Result<Vec<CandidateId>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id FROM candidate WHERE item_id = ?1 ORDER BY position")?;
        let rows = statement.query_map([item.as_bytes()], |row| id(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn candidates(&self, item: ItemId) -> Result<Vec<Candidate>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, position, content, system, metadata FROM candidate
             WHERE item_id = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([item.as_bytes()], |row| read_candidate(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// A candidate from its id, position, content, system and metadata, in columns from `first` on.
pub(super) fn read_candidate(row: &Row<'_>, first: usize) -> rusqlite::Result<Candidate> {
    Ok(Candidate {
        id: id(row, first)?,
        position: row.get(first + 1)?,
        content: json_or_plain(row, first + 2, CandidateContent::Text)?,
        system: row.get(first + 3)?,
        metadata: json(row, first + 4)?,
    })
}

pub(super) fn read_item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: id(row, 0)?,
        ordinal: row.get::<_, i64>(1)? as u64,
        external_id: row.get(2)?,
        modality: word(row, 3, Modality::parse)?,
        prompt: json_or_plain(row, 4, Prompt::Text)?,
        context: row.get(5)?,
        tags: json(row, 6)?,
        source: row.get(7)?,
        split: row.get(8)?,
        gold: row.get(9)?,
        metadata: json(row, 10)?,
        follows: row.get(11)?,
        candidates: Vec::new(),
    })
}

/// The values of an item that take work to make, as the file keeps them. Making them needs no
/// study: other threads can do it while one writes.
pub struct PreparedItem {
    id: ItemId,
    candidates: Vec<CandidateId>,
    fingerprint: ContentHash,
    prompt: String,
    prompt_hash: ContentHash,
    tags: String,
    metadata: String,
    imported_at: String,
    /// Content, its hash, and metadata of each candidate.
    contents: Vec<(String, ContentHash, String)>,
}

impl PreparedItem {
    /// Makes them.
    ///
    /// # Errors
    /// If a value cannot be written as JSON.
    pub fn new(new: &NewItem<'_>) -> Result<Self> {
        let draft = new.draft;
        let contents = draft.candidates.iter().map(|candidate| {
            let metadata = json_text(&candidate.metadata)?;
            Ok((json_text(&candidate.content)?, candidate.content.hash(), metadata))
        });
        Ok(Self {
            id: new.id,
            candidates: new.candidates.clone(),
            fingerprint: fingerprint(draft),
            prompt: json_text(&draft.prompt)?,
            prompt_hash: ContentHash::of(draft.prompt.as_text().as_bytes()),
            tags: json_text(&draft.tags)?,
            metadata: json_text(&draft.metadata)?,
            imported_at: time_text(new.imported_at),
            contents: contents.collect::<Result<_>>()?,
        })
    }

    /// The ids of the candidates, in the order of the draft.
    pub fn candidates(&self) -> &[CandidateId] {
        &self.candidates
    }
}

impl Writer<'_> {
    /// Adds an item, unless one of the same fingerprint is here. Returns its id, and whether it
    /// is new.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert_item(&self, new: &NewItem<'_>) -> Result<(ItemId, bool)> {
        self.insert_prepared(&PreparedItem::new(new)?, new.draft)
    }

    /// As [`insert_item`](Self::insert_item); `draft` is what the values were made of.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert_prepared(&self, new: &PreparedItem, draft: &ItemDraft) -> Result<(ItemId, bool)> {
        let added = self
            .connection
            .prepare_cached(
                "INSERT INTO item (id, ordinal, fingerprint, external_id, modality, prompt,
                   prompt_hash, context, tags, source, split, gold, metadata, imported_at, follows)
                 VALUES (?1, (SELECT coalesce(max(ordinal), 0) + 1 FROM item), ?2, ?3, ?4, ?5, ?6,
                   ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT (fingerprint) DO NOTHING",
            )?
            .execute(params![
                new.id.as_bytes(),
                new.fingerprint.as_bytes(),
                draft.external_id,
                draft.modality.as_str(),
                new.prompt,
                new.prompt_hash.as_bytes(),
                draft.context,
                new.tags,
                draft.source,
                draft.split,
                draft.gold,
                new.metadata,
                new.imported_at,
                draft.follows,
            ])?;
        if added == 0 {
            let existing = self.item_by_fingerprint(new.fingerprint)?;
            let what = "item of a fingerprint";
            let missing = || StoreError::NotFound { what, id: new.fingerprint.to_string() };
            return Ok((existing.ok_or_else(missing)?, false));
        }
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO candidate (id, item_id, position, content, content_hash, system, metadata)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        let values = new.candidates.iter().zip(&draft.candidates).zip(&new.contents);
        for (position, ((id, candidate), (content, hash, metadata))) in values.enumerate() {
            statement.execute(params![
                id.as_bytes(),
                new.id.as_bytes(),
                position as i64,
                content,
                hash.as_bytes(),
                candidate.system,
                metadata,
            ])?;
        }
        Ok((new.id, true))
    }
}
