//! `tagging` and `item_tags`: what items are like, for routing.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;
use tiebreak_core::{ContentHash, ItemId};

use crate::codec::{hash, id, json, json_text, time, time_text};
use crate::{Reader, Result, Writer};

/// A way of tagging a study. The shapes of its JSON values belong to the use cases.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredTagging {
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// The encoder of texts; `None` if there was none.
    pub encoder_hash: Option<ContentHash>,
    /// The encoders of other modalities, by the modality.
    pub media_encoders: Value,
    /// Hash over the thresholds by which prompts are tagged.
    pub settings_hash: Option<ContentHash>,
    /// Metadata fields whose values are tags.
    pub fields: Value,
    /// How each dimension of a prompt is assigned where it was not imported.
    pub methods: Value,
    /// Precision and recall of the dimensions that an encoder assigns.
    pub calibration: Value,
    /// Names of the tags.
    pub vocabulary: Value,
    /// The values that ranks are read off; `None` until all items were measured.
    pub percentiles: Option<Value>,
}

/// What was found on an item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemTags {
    /// Tags that are not binned by rank.
    pub given: Vec<u16>,
    /// Dimensions of the prompt that came with the data.
    pub imported: Vec<String>,
    /// The numbers behind the numeric tags.
    pub measures: Value,
    /// All tags, ascending; `None` while percentiles are not known.
    pub tags: Option<Vec<u16>>,
}

/// The tags of an item, where it is in the study.
#[derive(Clone, Debug, PartialEq)]
pub struct TaggedItem {
    /// Its place in the study, from 1.
    pub ordinal: u64,
    /// The item.
    pub item: ItemId,
    /// Its tags.
    pub tags: ItemTags,
}

const COLUMNS: &str = "created_at, encoder_hash, media_encoders, settings_hash, fields, methods, \
                       calibration, vocabulary, percentiles";
const FOUND: &str = "item_tags.given, item_tags.imported, item_tags.measures, item_tags.tags";

fn read(row: &Row<'_>) -> rusqlite::Result<(i64, StoredTagging)> {
    let optional_hash = |column| {
        let bytes: Option<[u8; 32]> = row.get(column)?;
        bytes.map(|_| hash(row, column)).transpose()
    };
    let percentiles: Option<String> = row.get(9)?;
    Ok((
        row.get(0)?,
        StoredTagging {
            created_at: time(row, 1)?,
            encoder_hash: optional_hash(2)?,
            media_encoders: json(row, 3)?,
            settings_hash: optional_hash(4)?,
            fields: json(row, 5)?,
            methods: json(row, 6)?,
            calibration: json(row, 7)?,
            vocabulary: json(row, 8)?,
            percentiles: percentiles.map(|_| json(row, 9)).transpose()?,
        },
    ))
}

fn read_tags(row: &Row<'_>, first: usize) -> rusqlite::Result<ItemTags> {
    let tags: Option<String> = row.get(first + 3)?;
    Ok(ItemTags {
        given: json(row, first)?,
        imported: json(row, first + 1)?,
        measures: json(row, first + 2)?,
        tags: tags.map(|_| json(row, first + 3)).transpose()?,
    })
}

impl Reader<'_> {
    /// The tagging in force, with its number: the last whose percentiles are known.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn tagging(&self) -> Result<Option<(i64, StoredTagging)>> {
        self.last_tagging("WHERE percentiles IS NOT NULL")
    }

    /// The tagging that was begun last, with its number, in force or not.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn newest_tagging(&self) -> Result<Option<(i64, StoredTagging)>> {
        self.last_tagging("")
    }

    fn last_tagging(&self, which: &str) -> Result<Option<(i64, StoredTagging)>> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT seq, {COLUMNS} FROM tagging {which} ORDER BY seq DESC LIMIT 1"
            ))?
            .query_row([], read)
            .optional()?)
    }

    /// Items that a tagging has not measured, up to `limit` after the ordinal `after`.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn untagged_after(
        &self,
        tagging: i64,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, ItemId)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT ordinal, id FROM item WHERE ordinal > ?2 AND NOT EXISTS (
               SELECT 1 FROM item_tags WHERE tagging = ?1 AND item_id = item.id)
             ORDER BY ordinal LIMIT ?3",
        )?;
        let rows = statement.query_map(params![tagging, after as i64, limit as i64], |row| {
            Ok((row.get::<_, i64>(0)? as u64, id(row, 1)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many items a tagging has measured.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn measured_count(&self, tagging: i64) -> Result<u64> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM item_tags WHERE tagging = ?1")?
            .query_row([tagging], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// What a tagging found on up to `limit` items after the ordinal `after`, in study order;
    /// start with 0. Items that it has not measured are left out.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn item_tags_after(
        &self,
        tagging: i64,
        after: u64,
        limit: usize,
    ) -> Result<Vec<TaggedItem>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT item.ordinal, item.id, {FOUND} FROM item
             JOIN item_tags ON item_tags.tagging = ?1 AND item_tags.item_id = item.id
             WHERE item.ordinal > ?2 ORDER BY item.ordinal LIMIT ?3"
        ))?;
        let rows = statement.query_map(params![tagging, after as i64, limit as i64], |row| {
            Ok(TaggedItem {
                ordinal: row.get::<_, i64>(0)? as u64,
                item: id(row, 1)?,
                tags: read_tags(row, 2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether there is anything that taggings before this one found.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn has_earlier_item_tags(&self, tagging: i64) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached("SELECT 1 FROM item_tags WHERE tagging < ?1")?
            .exists([tagging])?)
    }

    /// What a tagging found on one item.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn item_tags(&self, tagging: i64, item: ItemId) -> Result<Option<ItemTags>> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {FOUND} FROM item_tags WHERE tagging = ?1 AND item_id = ?2"
            ))?
            .query_row(params![tagging, item.as_bytes()], |row| read_tags(row, 0))
            .optional()?)
    }
}

impl Writer<'_> {
    /// Notes that a tagging begins. Returns its number.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn begin_tagging(&self, tagging: &StoredTagging) -> Result<i64> {
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO tagging ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
            ))?
            .execute(params![
                time_text(tagging.created_at),
                tagging.encoder_hash.as_ref().map(ContentHash::as_bytes),
                json_text(&tagging.media_encoders)?,
                tagging.settings_hash.as_ref().map(ContentHash::as_bytes),
                json_text(&tagging.fields)?,
                json_text(&tagging.methods)?,
                json_text(&tagging.calibration)?,
                json_text(&tagging.vocabulary)?,
                tagging.percentiles.as_ref().map(json_text).transpose()?,
            ])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Freezes the percentiles of a tagging, which comes into force by it.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn freeze_percentiles(&self, tagging: i64, percentiles: &Value) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE tagging SET percentiles = ?2 WHERE seq = ?1")?
            .execute(params![tagging, json_text(percentiles)?])?;
        Ok(())
    }

    /// Keeps what a tagging found on an item, in the place of what it found before.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn keep_item_tags(&self, tagging: i64, item: ItemId, tags: &ItemTags) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO item_tags
                   (tagging, item_id, given, imported, measures, tags)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                tagging,
                item.as_bytes(),
                json_text(&tags.given)?,
                json_text(&tags.imported)?,
                json_text(&tags.measures)?,
                tags.tags.as_ref().map(json_text).transpose()?,
            ])?;
        Ok(())
    }

    /// Drops what taggings before this one found, up to `limit` items; the taggings stay as a
    /// record. Returns whether there may be more.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn drop_earlier_item_tags(&self, tagging: i64, limit: usize) -> Result<bool> {
        let dropped = self
            .connection
            .prepare_cached(
                "DELETE FROM item_tags WHERE (tagging, item_id) IN
                   (SELECT tagging, item_id FROM item_tags WHERE tagging < ?1 LIMIT ?2)",
            )?
            .execute(params![tagging, limit as i64])?;
        Ok(dropped == limit)
    }
}
