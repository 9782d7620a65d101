//! `trained_head`: heads trained on the labels of this study, and how good each was.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;
use tiebreak_core::{ContentHash, Modality, RewardHead};

use crate::codec::{hash, json, json_text, time, time_text, word};
use crate::{Reader, Result, Writer};

/// A head that was trained on the study, as kept. Shares are 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainedHead {
    /// What it scores.
    pub modality: Modality,
    /// The encoder that it was trained on.
    pub encoder_hash: ContentHash,
    /// The model that both make.
    pub pack_hash: ContentHash,
    /// What it learnt: [`TrainedHead::OVERALL`], or the id of an aspect.
    pub objective: String,
    /// `asked` or `background`.
    pub cause: String,
    /// Whether it scores; false: kept as a record only.
    pub in_use: bool,
    /// The head; `None` once a later one is in use and nothing refers to its scores.
    pub head: Option<RewardHead>,
    /// Data, fit and held-out quality; null in a history.
    pub card: Value,
    /// [`Reader::last_judgment_seq`] when its labels were read.
    pub last_judgment: u64,
    /// Judgments that it learnt from.
    pub labels: u64,
    /// Pairs that it learnt from.
    pub pairs: u64,
    /// Cross-validated accuracy.
    pub accuracy: f64,
    /// Lower end of its 95 % interval.
    pub accuracy_low: f64,
    /// Upper end.
    pub accuracy_high: f64,
    /// Clear pairs that accuracy counts.
    pub accuracy_n: u64,
    /// Accuracy of a model that sees nothing but the length; `None` for images and music.
    pub length_only: Option<f64>,
    /// Cross-validated Brier score.
    pub brier: f64,
    /// Cross-validated expected calibration error.
    pub calibration_error: f64,
    /// How long training took.
    pub seconds: f64,
    /// When.
    pub trained_at: DateTime<Utc>,
}

impl TrainedHead {
    /// The objective of a head that learnt which answer is better on the whole.
    pub const OVERALL: &'static str = "overall";
}

const COLUMNS: &str = "modality, encoder_hash, pack_hash, objective, cause, in_use, head, card, \
                       last_judgment, labels, pairs, accuracy, accuracy_low, accuracy_high, \
                       accuracy_n, length_only, brier, calibration_error, seconds, trained_at";

fn read(row: &Row<'_>) -> rusqlite::Result<TrainedHead> {
    let count = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)? as u64);
    let is_kept = row.get::<_, Option<String>>(6)?.is_some();
    Ok(TrainedHead {
        modality: word(row, 0, Modality::parse)?,
        encoder_hash: hash(row, 1)?,
        pack_hash: hash(row, 2)?,
        objective: row.get(3)?,
        cause: row.get(4)?,
        in_use: row.get(5)?,
        head: if is_kept { Some(json(row, 6)?) } else { None },
        card: json(row, 7)?,
        last_judgment: count(8)?,
        labels: count(9)?,
        pairs: count(10)?,
        accuracy: row.get(11)?,
        accuracy_low: row.get(12)?,
        accuracy_high: row.get(13)?,
        accuracy_n: count(14)?,
        length_only: row.get(15)?,
        brier: row.get(16)?,
        calibration_error: row.get(17)?,
        seconds: row.get(18)?,
        trained_at: time(row, 19)?,
    })
}

impl Reader<'_> {
    /// The head of this encoder and objective that scores: the last one in use.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn head_in_use(
        &self,
        encoder: ContentHash,
        objective: &str,
    ) -> Result<Option<TrainedHead>> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM trained_head
                 WHERE encoder_hash = ?1 AND objective = ?2 AND in_use AND head IS NOT NULL
                 ORDER BY seq DESC LIMIT 1"
            ))?
            .query_row(params![encoder.as_bytes(), objective], read)
            .optional()?)
    }

    /// Every training of heads for a modality, the oldest first, without their weights and cards.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn trained_heads(&self, modality: Modality) -> Result<Vec<TrainedHead>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {} FROM trained_head WHERE modality = ?1 ORDER BY seq",
            COLUMNS.replace(" head, card,", " NULL, 'null',")
        ))?;
        let rows = statement.query_map([modality.as_str()], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// [`TrainedHead::last_judgment`] of the last training of this encoder and objective, in use
    /// or not: later labels are new to it. 0 before any.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn labels_known(&self, encoder: ContentHash, objective: &str) -> Result<u64> {
        let known: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT last_judgment FROM trained_head
                 WHERE encoder_hash = ?1 AND objective = ?2 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row(params![encoder.as_bytes(), objective], |row| row.get(0))
            .optional()?;
        Ok(known.unwrap_or(0) as u64)
    }
}

impl Writer<'_> {
    /// Keeps a trained head; from the commit on it is the one that scores, if it is in use.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert_head(&self, head: &TrainedHead) -> Result<()> {
        let weights = head.head.as_ref().map(json_text).transpose()?;
        self.connection.execute(
            &format!(
                "INSERT INTO trained_head ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                   ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)"
            ),
            params![
                head.modality.as_str(),
                head.encoder_hash.as_bytes(),
                head.pack_hash.as_bytes(),
                head.objective,
                head.cause,
                head.in_use,
                weights,
                json_text(&head.card)?,
                head.last_judgment as i64,
                head.labels as i64,
                head.pairs as i64,
                head.accuracy,
                head.accuracy_low,
                head.accuracy_high,
                head.accuracy_n as i64,
                head.length_only,
                head.brier,
                head.calibration_error,
                head.seconds,
                time_text(head.trained_at),
            ],
        )?;
        Ok(())
    }
}
