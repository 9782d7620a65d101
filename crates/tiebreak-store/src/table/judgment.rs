//! `judgment`: append-only, one chain of revisions per annotator and item.

use rusqlite::{OptionalExtension, Row, params};
use tiebreak_core::{
    AnnotatorId, AnnotatorKind, CandidateId, ItemId, Judgment, JudgmentId, Modality, Origin,
    Outcome, SkipReason, Strength,
};

use super::presentation::{order_of, positions_of};
use crate::codec::{id, json, json_text, optional_id, optional_time, time_text, word};
use crate::{Reader, Result, Writer};

pub(super) const COLUMNS: &str = "j.id, j.item_id, j.annotator_id, j.origin, j.outcome, j.preferred, \
                       j.strength, j.confidence, j.skip_reason, j.rationale, j.reason_tags, \
                       j.shown_order, j.order_seed, j.blinded, j.shown_at, j.submitted_at, \
                       j.active_ms, j.supersedes, j.seq";

/// A judgment that counts, with what an export says of its annotator.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveJudgment {
    /// What was said.
    pub judgment: Judgment,
    /// Person or model.
    pub kind: AnnotatorKind,
    /// The annotator's pseudonym.
    pub pseudonym: String,
}

fn outcome(row: &Row<'_>) -> rusqlite::Result<Outcome> {
    let preferred = optional_id(row, 5)?;
    let skip: Option<String> = row.get(8)?;
    word(row, 4, |text| match text {
        "preferred" => preferred.map(Outcome::Preferred),
        "ranked" => Some(Outcome::Ranked),
        "tie" => Some(Outcome::Tie),
        "both_bad" => Some(Outcome::BothBad),
        "skipped" => skip.as_deref().and_then(SkipReason::parse).map(Outcome::Skipped),
        "withdrawn" => Some(Outcome::Withdrawn),
        _ => None,
    })
}

/// A row of the table; what lies in other tables is still to be read.
pub(super) struct Found {
    pub(super) judgment: Judgment,
    pub(super) seq: i64,
    /// The order shown, as positions.
    pub(super) positions: Vec<usize>,
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Found> {
    let strength: Option<u8> = row.get(6)?;
    let shown: Option<String> = row.get(11)?;
    let positions = if shown.is_some() { json(row, 11)? } else { Vec::new() };
    let judgment = Judgment {
        id: id(row, 0)?,
        item: id(row, 1)?,
        annotator: id(row, 2)?,
        origin: word(row, 3, Origin::parse)?,
        outcome: outcome(row)?,
        strength: strength.and_then(|strength| Strength::new(strength).ok()),
        confidence: row.get(7)?,
        rationale: row.get(9)?,
        reason_tags: json(row, 10)?,
        ranking: None,
        aspects: Vec::new(),
        highlights: Vec::new(),
        steps: Vec::new(),
        listening: Vec::new(),
        shown_order: Vec::new(),
        order_seed: row.get::<_, Option<i64>>(12)?.map(|seed| seed as u64),
        blinded: row.get(13)?,
        shown_at: optional_time(row, 14)?,
        submitted_at: optional_time(row, 15)?,
        active_ms: row.get::<_, Option<i64>>(16)?.map(|ms| ms as u64),
        supersedes: optional_id(row, 17)?,
    };
    Ok(Found { judgment, seq: row.get(18)?, positions })
}

impl Reader<'_> {
    fn complete(&self, found: Found) -> Result<Judgment> {
        let Found { mut judgment, seq, positions } = found;
        if !positions.is_empty() {
            judgment.shown_order = order_of(&positions, &self.candidate_ids(judgment.item)?);
        }
        if judgment.outcome == Outcome::Ranked {
            judgment.ranking = Some(self.ranking(seq)?);
        }
        judgment.aspects = self.aspects(seq)?;
        judgment.highlights = self.highlights(seq)?;
        judgment.steps = self.steps(seq)?;
        judgment.listening = self.listening(seq)?;
        Ok(judgment)
    }

    /// The last judgment of an annotator's chain on an item, also if it was withdrawn.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_judgment(&self, item: ItemId, annotator: AnnotatorId) -> Result<Option<Judgment>> {
        let found = self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM judgment AS j
                 WHERE j.item_id = ?1 AND j.annotator_id = ?2
                   AND NOT EXISTS (SELECT 1 FROM judgment AS r WHERE r.supersedes = j.id)"
            ))?
            .query_row(params![item.as_bytes(), annotator.as_bytes()], read)
            .optional()?;
        found.map(|found| self.complete(found)).transpose()
    }

    fn last_judgment_id(&self, item: ItemId, annotator: AnnotatorId) -> Result<Option<JudgmentId>> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT j.id FROM judgment AS j WHERE j.item_id = ?1 AND j.annotator_id = ?2
                   AND NOT EXISTS (SELECT 1 FROM judgment AS r WHERE r.supersedes = j.id)",
            )?
            .query_row(params![item.as_bytes(), annotator.as_bytes()], |row| id(row, 0))
            .optional()?)
    }

    /// The judgment that undo takes back: the annotator's latest live one made here.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn latest_annotated(&self, annotator: AnnotatorId) -> Result<Option<Judgment>> {
        let found = self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM live_judgment AS j
                 WHERE j.annotator_id = ?1 AND j.origin = 'annotated'
                 ORDER BY j.seq DESC LIMIT 1"
            ))?
            .query_row([annotator.as_bytes()], read)
            .optional()?;
        found.map(|found| self.complete(found)).transpose()
    }

    /// The greatest sequence number of a judgment; 0 before the first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_judgment_seq(&self) -> Result<u64> {
        let last: Option<i64> = self
            .connection
            .prepare_cached("SELECT max(seq) FROM judgment")?
            .query_row([], |row| row.get(0))?;
        Ok(last.unwrap_or(0) as u64)
    }

    /// The number of live judgments of people that say which answer is better, or that none is,
    /// on items of a modality: those with a sequence number above `after`.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn preference_count(&self, modality: Modality, after: u64) -> Result<u64> {
        let count: i64 = self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM live_judgment AS j
                 JOIN annotator AS a ON a.id = j.annotator_id AND a.kind = 'human'
                 JOIN item AS i ON i.id = j.item_id AND i.modality = ?1
                 WHERE j.seq > ?2 AND j.outcome IN ('preferred', 'ranked', 'tie')",
            )?
            .query_row(params![modality.as_str(), after as i64], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// The judgments of an item that count.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn live_judgments(&self, item: ItemId) -> Result<Vec<LiveJudgment>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS}, a.kind, a.pseudonym FROM live_judgment AS j
             JOIN annotator AS a ON a.id = j.annotator_id
             WHERE j.item_id = ?1 ORDER BY j.seq"
        ))?;
        let rows = statement.query_map([item.as_bytes()], |row| {
            Ok((read(row)?, word(row, 19, AnnotatorKind::parse)?, row.get(20)?))
        })?;
        rows.map(|row| {
            let (found, kind, pseudonym) = row?;
            Ok(LiveJudgment { judgment: self.complete(found)?, kind, pseudonym })
        })
        .collect()
    }

    /// All rows of an annotator on an item, first to last.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn judgment_history(&self, item: ItemId, annotator: AnnotatorId) -> Result<Vec<Judgment>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM judgment AS j
             WHERE j.item_id = ?1 AND j.annotator_id = ?2 ORDER BY j.seq"
        ))?;
        let rows = statement.query_map(params![item.as_bytes(), annotator.as_bytes()], read)?;
        rows.map(|row| self.complete(row?)).collect()
    }

    /// The active times in milliseconds of the annotator's last `limit` live judgments made
    /// here, the latest first; skips and judgments without a time are left out.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn recent_active_ms(&self, annotator: AnnotatorId, limit: usize) -> Result<Vec<u64>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT active_ms FROM live_judgment
             WHERE annotator_id = ?1 AND origin = 'annotated' AND active_ms IS NOT NULL
               AND outcome <> 'skipped'
             ORDER BY seq DESC LIMIT ?2",
        )?;
        let rows = statement
            .query_map(params![annotator.as_bytes(), limit as i64], |row| row.get::<_, i64>(0))?;
        Ok(rows.map(|ms| ms.map(|ms| ms as u64)).collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Adds a judgment with all its details after checking it against its item. It joins the annotator's chain on
    /// that item: whatever `supersedes` says, it supersedes the chain's last row.
    ///
    /// # Errors
    /// [`crate::StoreError::Judgment`] for a broken rule, else what SQLite says.
    pub fn append_judgment(&self, judgment: &Judgment) -> Result<JudgmentId> {
        let candidates = self.candidate_ids(judgment.item)?;
        let last = self.last_judgment_id(judgment.item, judgment.annotator)?;
        self.insert_judgment(judgment, &candidates, last)
    }

    /// As [`append_judgment`](Self::append_judgment), for the first judgment of its annotator on
    /// an item with these candidates, in their imported order: nothing is looked up. A second one
    /// is refused by the table.
    ///
    /// # Errors
    /// [`crate::StoreError::Judgment`] for a broken rule, else what SQLite says.
    pub fn append_first_judgment(
        &self,
        judgment: &Judgment,
        candidates: &[CandidateId],
    ) -> Result<JudgmentId> {
        self.insert_judgment(judgment, candidates, None)
    }

    fn insert_judgment(
        &self,
        judgment: &Judgment,
        candidates: &[CandidateId],
        last: Option<JudgmentId>,
    ) -> Result<JudgmentId> {
        judgment.check(candidates)?;
        let preferred = match judgment.outcome {
            Outcome::Preferred(candidate) => Some(candidate),
            _ => None,
        };
        let skip_reason = match judgment.outcome {
            Outcome::Skipped(reason) => Some(reason.as_str()),
            _ => None,
        };
        let shown = if judgment.shown_order.is_empty() {
            None
        } else {
            Some(json_text(&positions_of(&judgment.shown_order, candidates))?)
        };
        self.connection
            .prepare_cached(
                "INSERT INTO judgment (id, item_id, annotator_id, origin, outcome, preferred,
                   strength, confidence, skip_reason, rationale, reason_tags, shown_order,
                   order_seed, blinded, shown_at, submitted_at, active_ms, supersedes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                   ?17, ?18)",
            )?
            .execute(params![
                judgment.id.as_bytes(),
                judgment.item.as_bytes(),
                judgment.annotator.as_bytes(),
                judgment.origin.as_str(),
                judgment.outcome.as_str(),
                preferred.as_ref().map(|id| id.as_bytes()),
                judgment.strength.map(Strength::get),
                judgment.confidence,
                skip_reason,
                judgment.rationale,
                json_text(&judgment.reason_tags)?,
                shown,
                judgment.order_seed.map(|seed| seed as i64),
                judgment.blinded,
                judgment.shown_at.map(time_text),
                judgment.submitted_at.map(time_text),
                judgment.active_ms.map(|ms| ms as i64),
                last.as_ref().map(JudgmentId::as_bytes),
            ])?;
        let seq = self.connection.last_insert_rowid();
        if let Some(ranking) = &judgment.ranking {
            self.insert_ranking(seq, ranking)?;
        }
        self.insert_aspects(seq, &judgment.aspects)?;
        self.insert_highlights(seq, &judgment.highlights)?;
        self.insert_steps(seq, &judgment.steps)?;
        self.insert_listening(seq, &judgment.listening)?;
        Ok(judgment.id)
    }
}
