//! `step_mark`: the first wrong step of candidates that reason step by step.

use rusqlite::params;
use tiebreak_core::StepMark;

use crate::codec::id;
use crate::{Reader, Result, Writer};

impl Reader<'_> {
    pub(super) fn steps(&self, judgment: i64) -> Result<Vec<StepMark>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT candidate_id, first_wrong FROM step_mark
             WHERE judgment_seq = ?1 ORDER BY place",
        )?;
        let rows = statement.query_map([judgment], |row| {
            Ok(StepMark { candidate: id(row, 0)?, first_wrong: row.get(1)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    pub(super) fn insert_steps(&self, judgment: i64, steps: &[StepMark]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO step_mark (judgment_seq, place, candidate_id, first_wrong)
             VALUES (?1, ?2, ?3, ?4)",
        )?;
        for (place, step) in steps.iter().enumerate() {
            let candidate = step.candidate.as_bytes();
            statement.execute(params![judgment, place as i64, candidate, step.first_wrong])?;
        }
        Ok(())
    }
}
