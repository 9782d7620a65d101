//! `reward_quality`: how good a reward model is by people's labels.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use serde_json::Value;
use tiebreak_core::RewardModelId;

use crate::codec::{json, json_text, time_text};
use crate::{Reader, Result, Writer};

impl Reader<'_> {
    /// The last measurement of a model, if there is one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn quality(&self, model: RewardModelId) -> Result<Option<Value>> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT report FROM reward_quality WHERE reward_model_id = ?1
                 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row([model.as_bytes()], |row| json(row, 0))
            .optional()?)
    }
}

impl Writer<'_> {
    /// Keeps a measurement; earlier ones stay.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert_quality(
        &self,
        model: RewardModelId,
        report: &Value,
        measured_at: DateTime<Utc>,
    ) -> Result<()> {
        self.connection.execute(
            "INSERT INTO reward_quality (reward_model_id, measured_at, report) VALUES (?1, ?2, ?3)",
            params![model.as_bytes(), time_text(measured_at), json_text(report)?],
        )?;
        Ok(())
    }
}
