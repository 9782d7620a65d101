//! `embedding`: a cache by encoder and content.

use rusqlite::{OptionalExtension, params};
use tiebreak_core::ContentHash;

use crate::{Reader, Result, StoreError, Writer};

impl Reader<'_> {
    /// The embedding of a content under an encoder, if it was computed before.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for a blob that is no list of floats, else what SQLite says.
    pub fn embedding(
        &self,
        encoder: ContentHash,
        content: ContentHash,
    ) -> Result<Option<Vec<f32>>> {
        let bytes: Option<Vec<u8>> = self
            .connection
            .prepare_cached(
                "SELECT vector FROM embedding WHERE encoder_hash = ?1 AND content_hash = ?2",
            )?
            .query_row(params![encoder.as_bytes(), content.as_bytes()], |row| row.get(0))
            .optional()?;
        let Some(bytes) = bytes else { return Ok(None) };
        let (words, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(StoreError::Unreadable {
                what: "embedding",
                reason: format!("{} bytes are no whole number of floats", bytes.len()),
            });
        }
        Ok(Some(words.iter().map(|word| f32::from_le_bytes(*word)).collect()))
    }
}

impl Writer<'_> {
    /// Keeps an embedding; one that is there already stays.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn keep_embedding(
        &self,
        encoder: ContentHash,
        content: ContentHash,
        vector: &[f32],
    ) -> Result<()> {
        let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO embedding (encoder_hash, content_hash, vector)
                 VALUES (?1, ?2, ?3)",
            )?
            .execute(params![encoder.as_bytes(), content.as_bytes(), bytes])?;
        Ok(())
    }
}
