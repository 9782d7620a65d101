//! `annotator_tally`: what is asked for after every judgment. Triggers keep it.

use rusqlite::OptionalExtension;
use tiebreak_core::AnnotatorId;

use crate::{Reader, Result};

impl Reader<'_> {
    /// The number of live judgments that an annotator made here, skips included.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn annotated_count(&self, annotator: AnnotatorId) -> Result<u64> {
        Ok(self.tally(annotator)?.0 as u64)
    }

    /// How many more pairs the annotator was shown in the imported order than swapped.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn side_lead(&self, annotator: AnnotatorId) -> Result<i64> {
        Ok(self.tally(annotator)?.1)
    }

    fn tally(&self, annotator: AnnotatorId) -> Result<(i64, i64)> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT annotated, side_lead FROM annotator_tally WHERE annotator_id = ?1",
            )?
            .query_row([annotator.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?
            .unwrap_or_default())
    }
}
