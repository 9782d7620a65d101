//! `presentation`: which item was handed to which annotator, in which order. It also serves as a
//! lease, so that two annotators at work do not get the same item beyond the study's overlap.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use tiebreak_core::{AnnotatorId, CandidateId, ItemId, Presentation};

use crate::codec::{json, json_text, time_text};
use crate::{Reader, Result, Writer};

impl Reader<'_> {
    /// How an item was shown to an annotator, if it was.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn presentation(
        &self,
        item: ItemId,
        annotator: AnnotatorId,
    ) -> Result<Option<Presentation>> {
        let found: Option<(Vec<usize>, i64)> = self
            .connection
            .prepare_cached(
                "SELECT shown_order, order_seed FROM presentation
                 WHERE item_id = ?1 AND annotator_id = ?2",
            )?
            .query_row(params![item.as_bytes(), annotator.as_bytes()], |row| {
                Ok((json(row, 0)?, row.get(1)?))
            })
            .optional()?;
        let Some((positions, seed)) = found else { return Ok(None) };
        let order = order_of(&positions, &self.candidate_ids(item)?);
        Ok(Some(Presentation { item, annotator, order, seed: seed as u64 }))
    }
}

impl Writer<'_> {
    /// Records that an item is handed to an annotator. The order of the first time is kept.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn hand_out(&self, presentation: &Presentation, now: DateTime<Utc>) -> Result<()> {
        let candidates = self.candidate_ids(presentation.item)?;
        let swapped = match candidates.as_slice() {
            [_, _] => Some(presentation.order != candidates),
            _ => None,
        };
        self.connection
            .prepare_cached(
                "INSERT INTO presentation
                   (item_id, annotator_id, shown_order, order_seed, swapped, handed_out_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET handed_out_at = excluded.handed_out_at",
            )?
            .execute(params![
                presentation.item.as_bytes(),
                presentation.annotator.as_bytes(),
                json_text(&positions_of(&presentation.order, &candidates))?,
                presentation.seed as i64,
                swapped,
                time_text(now),
            ])?;
        Ok(())
    }
}

/// The imported positions of candidates, from left to right.
pub(crate) fn positions_of(order: &[CandidateId], candidates: &[CandidateId]) -> Vec<usize> {
    order.iter().filter_map(|shown| candidates.iter().position(|c| c == shown)).collect()
}

/// The candidates at imported positions.
pub(crate) fn order_of(positions: &[usize], candidates: &[CandidateId]) -> Vec<CandidateId> {
    positions.iter().filter_map(|&position| candidates.get(position).copied()).collect()
}
