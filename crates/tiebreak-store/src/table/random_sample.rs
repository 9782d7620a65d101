//! `random_sample`: items drawn at random that people label whatever a policy says.

use chrono::{DateTime, Utc};
use rusqlite::params;
use tiebreak_core::{ItemId, RoutePurpose};

use crate::codec::{id, time, time_text, word};
use crate::{Reader, Result, Writer};

/// An item that was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomSample {
    /// The item.
    pub item: ItemId,
    /// [`RoutePurpose::Pilot`] or [`RoutePurpose::Audit`].
    pub purpose: RoutePurpose,
    /// The part of the study that it was drawn from; empty: the whole.
    pub stratum: String,
    /// How likely each item of the stratum that had not been drawn was to be drawn then, above 0
    /// and at most 1.
    pub probability: f64,
    /// For the draw.
    pub seed: u64,
    /// When.
    pub drawn_at: DateTime<Utc>,
}

impl Reader<'_> {
    /// Everything that was drawn, the earliest draw first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn random_sample(&self) -> Result<Vec<RandomSample>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT item_id, purpose, stratum, probability, seed, drawn_at
             FROM random_sample ORDER BY drawn_at, item_id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(RandomSample {
                item: id(row, 0)?,
                purpose: word(row, 1, RoutePurpose::parse)?,
                stratum: row.get(2)?,
                probability: row.get(3)?,
                seed: row.get::<_, i64>(4)? as u64,
                drawn_at: time(row, 5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Remembers what was drawn; an item that was drawn before stays as it is.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert_sample(&self, drawn: &[RandomSample]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT OR IGNORE INTO random_sample
               (item_id, purpose, stratum, probability, seed, drawn_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for one in drawn {
            statement.execute(params![
                one.item.as_bytes(),
                one.purpose.as_str(),
                one.stratum,
                one.probability,
                one.seed as i64,
                time_text(one.drawn_at),
            ])?;
        }
        Ok(())
    }
}
