//! `listen_span`: what was heard of which clip.

use rusqlite::params;
use tiebreak_core::ListenSpan;

use crate::codec::{id, time, time_text};
use crate::{Reader, Result, Writer};

impl Reader<'_> {
    pub(super) fn listening(&self, judgment: i64) -> Result<Vec<ListenSpan>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT candidate_id, from_ms, to_ms, heard_at FROM listen_span
             WHERE judgment_seq = ?1 ORDER BY place",
        )?;
        let rows = statement.query_map([judgment], |row| {
            Ok(ListenSpan {
                candidate: id(row, 0)?,
                from_ms: row.get(1)?,
                to_ms: row.get(2)?,
                at: time(row, 3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    pub(super) fn insert_listening(&self, judgment: i64, spans: &[ListenSpan]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO listen_span (judgment_seq, place, candidate_id, from_ms, to_ms, heard_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (place, span) in spans.iter().enumerate() {
            statement.execute(params![
                judgment,
                place as i64,
                span.candidate.as_bytes(),
                span.from_ms,
                span.to_ms,
                time_text(span.at),
            ])?;
        }
        Ok(())
    }
}
