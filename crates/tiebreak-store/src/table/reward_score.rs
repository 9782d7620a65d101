//! `reward_score` and `reward_pair`: what a reward model said.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use tiebreak_core::{CandidateId, ItemId, Modality, PairPreference, RewardModelId};

use crate::codec::{id, time_text, word};
use crate::table::reward_model::preference;
use crate::{Reader, Result, Writer};

/// An item with what the reward model of its modality says of its first two candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredPair {
    /// The item.
    pub item: ItemId,
    /// Its place in the study.
    pub ordinal: u64,
    /// What it is made of.
    pub modality: Modality,
    /// Position 0 against position 1; `None` where it was not scored yet.
    pub preference: Option<PairPreference>,
    /// Whether people have given live answers here.
    pub annotated: bool,
    /// Whether people's live answers were imported.
    pub imported: bool,
    /// Whether all its candidates say the same.
    pub identical: bool,
    /// How many candidates it has.
    pub candidates: u32,
    /// Whether one of the models is of its modality.
    pub has_model: bool,
    /// Why that model could not score it.
    pub problem: Option<String>,
}

/// The ids of at most three models, one a modality, as parameters of a query.
pub(crate) fn three(models: &[RewardModelId]) -> [Option<&[u8; 16]>; 3] {
    [0, 1, 2].map(|place| models.get(place).map(RewardModelId::as_bytes))
}

impl Reader<'_> {
    /// The number of items of another modality than a model scores.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn unscorable_count(&self, model: RewardModelId) -> Result<u64> {
        let count: i64 = self.connection.query_row(
            "SELECT count(*) FROM item
             WHERE modality <> (SELECT modality FROM reward_model WHERE id = ?1)",
            [model.as_bytes()],
            |row| row.get(0),
        )?;
        Ok(count as u64)
    }

    /// The number of items of its modality that a model has not scored.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn unscored_count(&self, model: RewardModelId) -> Result<u64> {
        let count: i64 = self.connection.query_row(
            "SELECT count(*) FROM item AS i
             WHERE i.modality = (SELECT modality FROM reward_model WHERE id = ?1)
               AND NOT EXISTS (SELECT 1 FROM reward_pair AS p
                 WHERE p.reward_model_id = ?1 AND p.item_id = i.id)",
            [model.as_bytes()],
            |row| row.get(0),
        )?;
        Ok(count as u64)
    }

    /// The number of items that a model has scored.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn scored_count(&self, model: RewardModelId) -> Result<u64> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM reward_pair WHERE reward_model_id = ?1")?
            .query_row([model.as_bytes()], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// Up to `limit` items of its modality after ordinal `after` that a model has not scored.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn unscored_after(
        &self,
        model: RewardModelId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, ItemId)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT i.ordinal, i.id FROM item AS i WHERE i.ordinal > ?2
               AND i.modality = (SELECT modality FROM reward_model WHERE id = ?1)
               AND NOT EXISTS (SELECT 1 FROM reward_pair AS p
                 WHERE p.reward_model_id = ?1 AND p.item_id = i.id)
             ORDER BY i.ordinal LIMIT ?3",
        )?;
        let rows = statement
            .query_map(params![model.as_bytes(), after as i64, limit as i64], |row| {
                Ok((row.get::<_, i64>(0)? as u64, id(row, 1)?))
            })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every item with the preference of the model of its modality, in study order. `models` are
    /// at most three, one a modality.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn scored_pairs(&self, models: &[RewardModelId]) -> Result<Vec<ScoredPair>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT i.id, i.ordinal, i.modality,
               EXISTS (SELECT 1 FROM live_judgment AS j JOIN annotator AS a
                 ON a.id = j.annotator_id WHERE j.item_id = i.id AND a.kind = 'human'
                 AND j.origin = 'annotated' AND j.outcome <> 'skipped'),
               EXISTS (SELECT 1 FROM live_judgment AS j JOIN annotator AS a
                 ON a.id = j.annotator_id WHERE j.item_id = i.id AND a.kind = 'human'
                 AND j.origin = 'imported' AND j.outcome <> 'skipped'),
               (SELECT count(DISTINCT c.content_hash) = 1 FROM candidate AS c
                 WHERE c.item_id = i.id),
               (SELECT count(*) FROM candidate AS c WHERE c.item_id = i.id),
               m.id IS NOT NULL, q.reason,
               p.margin, p.probability, p.spread, p.tie, p.order_matters
             FROM item AS i
             LEFT JOIN reward_model AS m ON m.modality = i.modality AND m.id IN (?1, ?2, ?3)
             LEFT JOIN reward_pair AS p ON p.item_id = i.id AND p.reward_model_id = m.id
             LEFT JOIN reward_problem AS q ON q.item_id = i.id AND q.reward_model_id = m.id
             ORDER BY i.ordinal",
        )?;
        let rows = statement.query_map(three(models), |row| {
            let margin: Option<f64> = row.get(9)?;
            Ok(ScoredPair {
                item: id(row, 0)?,
                ordinal: row.get::<_, i64>(1)? as u64,
                modality: word(row, 2, Modality::parse)?,
                annotated: row.get(3)?,
                imported: row.get(4)?,
                identical: row.get(5)?,
                candidates: row.get(6)?,
                has_model: row.get(7)?,
                problem: row.get(8)?,
                preference: if margin.is_some() { Some(preference(row, 9)?) } else { None },
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What a model says of an item's first two candidates.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn pair_preference(
        &self,
        model: RewardModelId,
        item: ItemId,
    ) -> Result<Option<PairPreference>> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT margin, probability, spread, tie, order_matters FROM reward_pair
                 WHERE reward_model_id = ?1 AND item_id = ?2",
            )?
            .query_row(params![model.as_bytes(), item.as_bytes()], |row| preference(row, 0))
            .optional()?)
    }

    /// A model's score per candidate of an item.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn scores(&self, model: RewardModelId, item: ItemId) -> Result<Vec<(CandidateId, f64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT candidate_id, score FROM reward_score
             WHERE reward_model_id = ?1 AND item_id = ?2",
        )?;
        let rows = statement.query_map(params![model.as_bytes(), item.as_bytes()], |row| {
            Ok((id(row, 0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Keeps an item's scores, candidate by candidate, and the preference between its first two;
    /// what could not be done before is forgotten. Returns false, and changes nothing, if the
    /// item has scores of this model already.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn keep_scores(
        &self,
        model: RewardModelId,
        item: ItemId,
        scores: &[(CandidateId, f64)],
        preference: PairPreference,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let added = self
            .connection
            .prepare_cached(
                "INSERT OR IGNORE INTO reward_pair (reward_model_id, item_id, margin,
                   probability, spread, tie, order_matters, scored_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                model.as_bytes(),
                item.as_bytes(),
                preference.margin,
                preference.probability,
                preference.spread,
                preference.tie,
                preference.order_matters,
                time_text(now),
            ])?;
        if added == 0 {
            return Ok(false);
        }
        let mut statement = self.connection.prepare_cached(
            "INSERT OR IGNORE INTO reward_score (reward_model_id, item_id, candidate_id, score)
             VALUES (?1, ?2, ?3, ?4)",
        )?;
        for (candidate, score) in scores {
            statement.execute(params![
                model.as_bytes(),
                item.as_bytes(),
                candidate.as_bytes(),
                score
            ])?;
        }
        self.connection
            .prepare_cached(
                "DELETE FROM reward_problem WHERE reward_model_id = ?1 AND item_id = ?2",
            )?
            .execute(params![model.as_bytes(), item.as_bytes()])?;
        Ok(true)
    }
}
