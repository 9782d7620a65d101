//! `study`: the one row that says what the file is.

use chrono::{DateTime, Utc};
use rusqlite::params;
use serde_json::Value;
use uuid::Uuid;

use crate::codec::{json, json_text, time, time_text};
use crate::{Reader, Result, Writer};

/// The study itself.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyRow {
    /// Its id, the same in every copy.
    pub uuid: Uuid,
    /// Everything random derives from it; below 2^63.
    pub seed: u64,
    /// How it is run, as JSON; its shape belongs to the use cases.
    pub settings: Value,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl Reader<'_> {
    /// The study's own row.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn study(&self) -> Result<StudyRow> {
        Ok(self.connection.query_row(
            "SELECT uuid, seed, settings, created_at FROM study",
            [],
            |row| {
                Ok(StudyRow {
                    uuid: Uuid::from_bytes(row.get(0)?),
                    seed: row.get::<_, i64>(1)? as u64,
                    settings: json(row, 2)?,
                    created_at: time(row, 3)?,
                })
            },
        )?)
    }
}

impl Writer<'_> {
    pub(crate) fn insert_study(&self, study: &StudyRow) -> Result<()> {
        self.connection.execute(
            "INSERT INTO study (id, uuid, seed, settings, created_at) VALUES (1, ?1, ?2, ?3, ?4)",
            params![
                study.uuid.as_bytes(),
                study.seed as i64,
                json_text(&study.settings)?,
                time_text(study.created_at)
            ],
        )?;
        Ok(())
    }

    /// Changes how the study is run.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn set_settings(&self, settings: &Value) -> Result<()> {
        self.connection.execute("UPDATE study SET settings = ?1", [json_text(settings)?])?;
        Ok(())
    }
}
