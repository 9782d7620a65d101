//! `span_highlight`: passages of text candidates marked as good or bad.

use rusqlite::params;
use tiebreak_core::SpanHighlight;

use crate::codec::id;
use crate::{Reader, Result, Writer};

impl Reader<'_> {
    pub(super) fn highlights(&self, judgment: i64) -> Result<Vec<SpanHighlight>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT candidate_id, turn, start_char, end_char, good, reason FROM span_highlight
             WHERE judgment_seq = ?1 ORDER BY place",
        )?;
        let rows = statement.query_map([judgment], |row| {
            Ok(SpanHighlight {
                candidate: id(row, 0)?,
                turn: row.get(1)?,
                start: row.get(2)?,
                end: row.get(3)?,
                good: row.get(4)?,
                reason: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    pub(super) fn insert_highlights(&self, judgment: i64, spans: &[SpanHighlight]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO span_highlight
               (judgment_seq, place, candidate_id, turn, start_char, end_char, good, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for (place, span) in spans.iter().enumerate() {
            statement.execute(params![
                judgment,
                place as i64,
                span.candidate.as_bytes(),
                span.turn,
                span.start,
                span.end,
                span.good,
                span.reason,
            ])?;
        }
        Ok(())
    }
}
