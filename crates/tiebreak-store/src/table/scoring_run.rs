//! `scoring_run` and `reward_problem`: how scoring went, and what could not be scored.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use tiebreak_core::{ItemId, RewardModelId, SkippedProvider};

use crate::codec::{json, json_text, optional_time, time, time_text};
use crate::{Reader, Result, Writer};

/// A run of scoring, ended or not.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoringRun {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; `None` while it is under way, or if it was broken off.
    pub ended_at: Option<DateTime<Utc>>,
    /// Items scored.
    pub items: u64,
    /// Their candidates.
    pub candidates: u64,
    /// Texts, images or patches of clips that went through the model.
    pub inputs: u64,
    /// Tokens in them.
    pub tokens: u64,
    /// How long it took.
    pub seconds: f64,
    /// Of this, spent inside ONNX Runtime, added up over sessions.
    pub busy_s: f64,
    /// Sessions side by side.
    pub sessions: u32,
    /// The execution provider at its end.
    pub provider: String,
    /// The providers that did not run, or failed on the way.
    pub skipped: Vec<SkippedProvider>,
}

const COLUMNS: &str = "started_at, ended_at, items, candidates, inputs, tokens, seconds, busy_s, \
                       sessions, provider, skipped";

fn read(row: &Row<'_>) -> rusqlite::Result<ScoringRun> {
    let count = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)? as u64);
    Ok(ScoringRun {
        started_at: time(row, 0)?,
        ended_at: optional_time(row, 1)?,
        items: count(2)?,
        candidates: count(3)?,
        inputs: count(4)?,
        tokens: count(5)?,
        seconds: row.get(6)?,
        busy_s: row.get(7)?,
        sessions: row.get(8)?,
        provider: row.get(9)?,
        skipped: json(row, 10)?,
    })
}

impl Reader<'_> {
    /// The last run of a model that scored something.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_scoring_run(&self, model: RewardModelId) -> Result<Option<ScoringRun>> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM scoring_run WHERE reward_model_id = ?1 AND items > 0
                 ORDER BY seq DESC LIMIT 1"
            ))?
            .query_row([model.as_bytes()], read)
            .optional()?)
    }

    /// Every run of a model, the oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn scoring_runs(&self, model: RewardModelId) -> Result<Vec<ScoringRun>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM scoring_run WHERE reward_model_id = ?1 ORDER BY seq"
        ))?;
        let rows = statement.query_map([model.as_bytes()], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The number of items that a model could not score.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn problem_count(&self, model: RewardModelId) -> Result<u64> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM reward_problem WHERE reward_model_id = ?1")?
            .query_row([model.as_bytes()], |row| row.get(0))?;
        Ok(count as u64)
    }
}

impl Writer<'_> {
    /// Notes that a run begins, or, with the number that it got then, how far it has come.
    /// Returns its number.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn keep_scoring_run(
        &self,
        number: Option<i64>,
        model: RewardModelId,
        run: &ScoringRun,
    ) -> Result<i64> {
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO scoring_run (seq, reward_model_id, {COLUMNS})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                 ON CONFLICT (seq) DO UPDATE SET ended_at = excluded.ended_at,
                   items = excluded.items, candidates = excluded.candidates,
                   inputs = excluded.inputs, tokens = excluded.tokens,
                   seconds = excluded.seconds, busy_s = excluded.busy_s,
                   sessions = excluded.sessions, provider = excluded.provider,
                   skipped = excluded.skipped"
            ))?
            .execute(params![
                number,
                model.as_bytes(),
                time_text(run.started_at),
                run.ended_at.map(time_text),
                run.items as i64,
                run.candidates as i64,
                run.inputs as i64,
                run.tokens as i64,
                run.seconds,
                run.busy_s,
                run.sessions,
                run.provider,
                json_text(&run.skipped)?,
            ])?;
        Ok(number.unwrap_or_else(|| self.connection.last_insert_rowid()))
    }

    /// Notes why a model could not score an item.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn keep_problem(&self, model: RewardModelId, item: ItemId, reason: &str) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO reward_problem (reward_model_id, item_id, reason)
                 VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET reason = excluded.reason",
            )?
            .execute(params![model.as_bytes(), item.as_bytes(), reason])?;
        Ok(())
    }
}
