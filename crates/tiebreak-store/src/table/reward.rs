//! `reward_model`, `reward_score` and `reward_pair`: what a reward model said, and which one.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use tiebreak_core::{
    CandidateId, ContentHash, ItemId, Modality, PairPreference, RewardModelId, RewardModelIdentity,
    SkippedProvider,
};

use crate::codec::{hash, id, json_text, time_text, word};
use crate::{Reader, Result, Writer};

/// A reward model that has scored in this study.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRewardModel {
    /// Its id here.
    pub id: RewardModelId,
    /// Exactly which model.
    pub identity: RewardModelIdentity,
    /// The execution provider of its last run.
    pub provider: String,
}

/// An item with what a reward model says of its first two candidates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredPair {
    /// The item.
    pub item: ItemId,
    /// Its place in the study.
    pub ordinal: u64,
    /// Position 0 against position 1; `None` where it was not scored yet.
    pub preference: Option<PairPreference>,
    /// Whether people have given live answers here.
    pub annotated: bool,
    /// Whether people's live answers were imported.
    pub imported: bool,
    /// Whether all its candidates say the same.
    pub identical: bool,
    /// Whether the model can label it: a pair of its modality.
    pub labelable: bool,
}

const MODEL_COLUMNS: &str =
    "id, name, modality, pack_hash, encoder_hash, preprocessing_version, provider";

fn read_model(row: &Row<'_>) -> rusqlite::Result<StoredRewardModel> {
    Ok(StoredRewardModel {
        id: id(row, 0)?,
        identity: RewardModelIdentity {
            name: row.get(1)?,
            modality: word(row, 2, Modality::parse)?,
            pack_hash: hash(row, 3)?,
            encoder_hash: hash(row, 4)?,
            preprocessing_version: row.get(5)?,
            kind: tiebreak_core::ScorerKind::Encoder,
        },
        provider: row.get(6)?,
    })
}

impl Reader<'_> {
    /// The reward model of this hash, if it has scored here.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn reward_model(&self, pack_hash: ContentHash) -> Result<Option<StoredRewardModel>> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {MODEL_COLUMNS} FROM reward_model WHERE pack_hash = ?1"
            ))?
            .query_row([pack_hash.as_bytes()], read_model)
            .optional()?)
    }

    /// The reward model of this id, if it has scored here.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn reward_model_by_id(&self, model: RewardModelId) -> Result<Option<StoredRewardModel>> {
        Ok(self
            .connection
            .prepare_cached(&format!("SELECT {MODEL_COLUMNS} FROM reward_model WHERE id = ?1"))?
            .query_row([model.as_bytes()], read_model)
            .optional()?)
    }

    /// The reward model that scored last.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn latest_reward_model(&self) -> Result<Option<StoredRewardModel>> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {MODEL_COLUMNS} FROM reward_model
                 ORDER BY last_used_at DESC, rowid DESC LIMIT 1"
            ))?
            .query_row([], read_model)
            .optional()?)
    }

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

    /// Every item with a model's preference, in study order.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn scored_pairs(&self, model: RewardModelId) -> Result<Vec<ScoredPair>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT i.id, i.ordinal, p.margin, p.probability, p.spread,
               EXISTS (SELECT 1 FROM live_judgment AS j JOIN annotator AS a
                 ON a.id = j.annotator_id WHERE j.item_id = i.id AND a.kind = 'human'
                 AND j.origin = 'annotated' AND j.outcome <> 'skipped'),
               EXISTS (SELECT 1 FROM live_judgment AS j JOIN annotator AS a
                 ON a.id = j.annotator_id WHERE j.item_id = i.id AND a.kind = 'human'
                 AND j.origin = 'imported' AND j.outcome <> 'skipped'),
               (SELECT count(DISTINCT c.content_hash) = 1 FROM candidate AS c
                 WHERE c.item_id = i.id),
               i.modality = (SELECT modality FROM reward_model WHERE id = ?1)
                 AND (SELECT count(*) FROM candidate AS c WHERE c.item_id = i.id) = 2
             FROM item AS i LEFT JOIN reward_pair AS p
               ON p.item_id = i.id AND p.reward_model_id = ?1
             ORDER BY i.ordinal",
        )?;
        let rows = statement.query_map([model.as_bytes()], |row| {
            let margin: Option<f64> = row.get(2)?;
            let preference = match margin {
                Some(margin) => Some(PairPreference {
                    margin,
                    probability: row.get(3)?,
                    spread: row.get(4)?,
                    tie: None,
                    order_matters: None,
                }),
                None => None,
            };
            Ok(ScoredPair {
                item: id(row, 0)?,
                ordinal: row.get::<_, i64>(1)? as u64,
                preference,
                annotated: row.get(5)?,
                imported: row.get(6)?,
                identical: row.get(7)?,
                labelable: row.get(8)?,
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
                "SELECT margin, probability, spread FROM reward_pair
                 WHERE reward_model_id = ?1 AND item_id = ?2",
            )?
            .query_row(params![model.as_bytes(), item.as_bytes()], |row| {
                Ok(PairPreference {
                    margin: row.get(0)?,
                    probability: row.get(1)?,
                    spread: row.get(2)?,
                    tie: None,
                    order_matters: None,
                })
            })
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
    /// Finds or adds a reward model, and notes the provider that runs it now.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn ensure_reward_model(
        &self,
        identity: &RewardModelIdentity,
        provider: &str,
        skipped: &[SkippedProvider],
        fresh: RewardModelId,
        now: DateTime<Utc>,
    ) -> Result<RewardModelId> {
        self.connection.execute(
            "INSERT INTO reward_model (id, name, modality, pack_hash, encoder_hash,
               preprocessing_version, provider, skipped_providers, last_used_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (pack_hash) DO UPDATE SET provider = excluded.provider,
               skipped_providers = excluded.skipped_providers,
               last_used_at = excluded.last_used_at",
            params![
                fresh.as_bytes(),
                identity.name,
                identity.modality.as_str(),
                identity.pack_hash.as_bytes(),
                identity.encoder_hash.as_bytes(),
                identity.preprocessing_version,
                provider,
                json_text(skipped)?,
                time_text(now),
            ],
        )?;
        Ok(self.reward_model(identity.pack_hash)?.map_or(fresh, |model| model.id))
    }

    /// Keeps an item's scores, candidate by candidate, and the preference between its first two.
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
    ) -> Result<()> {
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
                "INSERT OR IGNORE INTO reward_pair
                   (reward_model_id, item_id, margin, probability, spread, scored_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                model.as_bytes(),
                item.as_bytes(),
                preference.margin,
                preference.probability,
                preference.spread,
                time_text(now),
            ])?;
        Ok(())
    }
}
