//! `budget_curve`: what each policy buys for each budget, as it was computed.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::codec::{json, json_text, time, time_text};
use crate::{Reader, Result, Writer};

/// A computed curve.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCurve {
    /// When it was computed.
    pub computed_at: DateTime<Utc>,
    /// Who labels the AI's share in it.
    pub ai: String,
    /// [`Reader::last_judgment_seq`] then.
    pub last_judgment: u64,
    /// A curve for each policy.
    pub report: Value,
}

impl Reader<'_> {
    /// The last curve with this AI side.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_curve(&self, ai: &str) -> Result<Option<StoredCurve>> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT computed_at, ai, last_judgment, report FROM budget_curve
                 WHERE ai = ?1 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row([ai], |row| {
                Ok(StoredCurve {
                    computed_at: time(row, 0)?,
                    ai: row.get(1)?,
                    last_judgment: row.get::<_, i64>(2)? as u64,
                    report: json(row, 3)?,
                })
            })
            .optional()?)
    }
}

impl Writer<'_> {
    /// Keeps a curve; earlier ones stay.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert_curve(&self, curve: &StoredCurve) -> Result<()> {
        self.connection.execute(
            "INSERT INTO budget_curve (computed_at, ai, last_judgment, report)
             VALUES (?1, ?2, ?3, ?4)",
            params![
                time_text(curve.computed_at),
                curve.ai,
                curve.last_judgment as i64,
                json_text(&curve.report)?,
            ],
        )?;
        Ok(())
    }
}
