//! `reward_model`: which reward models have scored here, and which are in force.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use tiebreak_core::{
    ContentHash, ItemId, Modality, PairPreference, RewardModelId, RewardModelIdentity, ScorerKind,
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
    /// What its margins are divided by to be log-odds; 1 for a model with a head.
    pub temperature: f64,
}

const COLUMNS: &str = "id, name, modality, kind, pack_hash, encoder_hash, preprocessing_version, \
                       provider, temperature";

/// Which of a modality's models counts first: the last whose scoring was complete; before any was,
/// the last that has begun to score.
const LAST_FIRST: &str = "in_force_since DESC NULLS LAST, \
                          EXISTS (SELECT 1 FROM reward_pair WHERE reward_model_id = id) DESC, \
                          last_used_at DESC, rowid DESC";

/// The id of the model in force of modality `?1`. A model that was only measured, or whose head was
/// kept as a record, has no scores and is never in force.
fn in_force() -> String {
    format!(
        "SELECT n.id FROM reward_model AS n WHERE n.modality = ?1
           AND (n.in_force_since IS NOT NULL
             OR EXISTS (SELECT 1 FROM reward_pair WHERE reward_model_id = n.id))
         ORDER BY {LAST_FIRST} LIMIT 1"
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredRewardModel> {
    Ok(StoredRewardModel {
        id: id(row, 0)?,
        identity: RewardModelIdentity {
            name: row.get(1)?,
            modality: word(row, 2, Modality::parse)?,
            kind: word(row, 3, ScorerKind::parse)?,
            pack_hash: hash(row, 4)?,
            encoder_hash: hash(row, 5)?,
            preprocessing_version: row.get(6)?,
        },
        provider: row.get(7)?,
        temperature: row.get(8)?,
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
            .prepare_cached(&format!("SELECT {COLUMNS} FROM reward_model WHERE pack_hash = ?1"))?
            .query_row([pack_hash.as_bytes()], read)
            .optional()?)
    }

    /// The reward model of this name: of several, with other heads for example, the one that is in
    /// force or was so last.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn reward_model_named(
        &self,
        modality: Modality,
        name: &str,
    ) -> Result<Option<StoredRewardModel>> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM reward_model WHERE modality = ?1 AND name = ?2
                 ORDER BY {LAST_FIRST} LIMIT 1"
            ))?
            .query_row(params![modality.as_str(), name], read)
            .optional()?)
    }

    /// The reward model of this id, if it has scored here.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn reward_model_by_id(&self, model: RewardModelId) -> Result<Option<StoredRewardModel>> {
        Ok(self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM reward_model WHERE id = ?1"))?
            .query_row([model.as_bytes()], read)
            .optional()?)
    }

    /// The reward model of each modality that counts: the last one whose scoring was complete,
    /// or the last one that began where none was. Text first, then images, then music.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn models_in_force(&self) -> Result<Vec<StoredRewardModel>> {
        let mut models = Vec::new();
        for modality in [Modality::Text, Modality::Image, Modality::Music] {
            models.extend(self.model_in_force(modality)?);
        }
        Ok(models)
    }

    /// The reward model of a modality that counts; `None` before any has scored.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn model_in_force(&self, modality: Modality) -> Result<Option<StoredRewardModel>> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM reward_model WHERE id = ({})",
                in_force()
            ))?
            .query_row([modality.as_str()], read)
            .optional()?)
    }
}

/// Runs `p` that need the scores they were made with.
const KEPT: &str = "(p.cause = 'asked' OR NOT p.complete
    OR p.seq = (SELECT max(seq) FROM policy_run WHERE complete))";

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
            "INSERT INTO reward_model (id, name, modality, kind, pack_hash, encoder_hash,
               preprocessing_version, provider, skipped_providers, last_used_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (pack_hash) DO UPDATE SET provider = excluded.provider,
               skipped_providers = excluded.skipped_providers,
               last_used_at = excluded.last_used_at",
            params![
                fresh.as_bytes(),
                identity.name,
                identity.modality.as_str(),
                identity.kind.as_str(),
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

    /// Puts a model in force for its modality if its scoring is complete: every item has scores or
    /// a reason why it cannot have them, and at least one has scores. From the commit on, routing,
    /// labelling and exports use its scores. Returns whether it is complete.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn put_in_force(&self, model: RewardModelId, now: DateTime<Utc>) -> Result<bool> {
        let Some(known) = self.reward_model_by_id(model)? else { return Ok(false) };
        let left = self.unscored_count(model)?;
        if left > self.problem_count(model)? || self.scored_count(model)? == 0 {
            return Ok(false);
        }
        self.connection.execute(
            &format!(
                "UPDATE reward_model SET in_force_since = ?3 WHERE id = ?2
                   AND (in_force_since IS NULL OR id <> ({}))",
                in_force()
            ),
            params![known.identity.modality.as_str(), model.as_bytes(), time_text(now)],
        )?;
        Ok(true)
    }

    /// Sets what a model's margins are divided by, and what is made of those that are kept.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn set_temperature(&self, model: RewardModelId, temperature: f64) -> Result<()> {
        let Some(known) = self.reward_model_by_id(model)? else { return Ok(()) };
        self.connection.execute(
            "UPDATE reward_model SET temperature = ?2 WHERE id = ?1",
            params![model.as_bytes(), temperature],
        )?;
        let mut pairs = self.connection.prepare(
            "SELECT item_id, margin, probability, spread, tie, order_matters FROM reward_pair
             WHERE reward_model_id = ?1",
        )?;
        let rows: Vec<(ItemId, PairPreference)> = pairs
            .query_map([model.as_bytes()], |row| Ok((id(row, 0)?, preference(row, 1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut update = self.connection.prepare(
            "UPDATE reward_pair SET probability = ?3, spread = ?4
             WHERE reward_model_id = ?1 AND item_id = ?2",
        )?;
        for (item, preference) in rows {
            let preference = preference.recalibrated(known.temperature, temperature);
            update.execute(params![
                model.as_bytes(),
                item.as_bytes(),
                preference.probability,
                preference.spread
            ])?;
        }
        Ok(())
    }

    /// Drops the scores of heads that were trained here before the one in force was, held-out ones
    /// too, where no run of a routing policy used them, and the weights of heads that were followed by another in
    /// use. A head that was trained later may be scoring right now. Their history stays. Returns
    /// the number of models whose scores were dropped.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn drop_old_heads(&self, modality: Modality) -> Result<u64> {
        let old: Vec<RewardModelId> = self
            .connection
            .prepare(&format!(
                "SELECT m.id FROM reward_model AS m WHERE m.modality = ?1
                   AND (SELECT max(h.seq) FROM trained_head AS h WHERE h.pack_hash = m.pack_hash)
                     < (SELECT max(f.seq) FROM trained_head AS f JOIN reward_model AS n
                       ON n.pack_hash = f.pack_hash WHERE n.id = ({}))
                   AND NOT EXISTS (SELECT 1 FROM policy_run_model AS r
                     WHERE r.reward_model_id = m.id)
                   AND (EXISTS (SELECT 1 FROM reward_pair AS p WHERE p.reward_model_id = m.id)
                     OR EXISTS (SELECT 1 FROM held_out_preference AS o
                       WHERE o.reward_model_id = m.id))",
                in_force()
            ))?
            .query_map([modality.as_str()], |row| id(row, 0))?
            .collect::<rusqlite::Result<_>>()?;
        for model in &old {
            for table in ["reward_score", "reward_pair", "reward_problem", "held_out_preference"] {
                self.connection.execute(
                    &format!("DELETE FROM {table} WHERE reward_model_id = ?1"),
                    [model.as_bytes()],
                )?;
            }
        }
        self.connection.execute(
            &format!(
                "UPDATE trained_head SET head = NULL WHERE modality = ?1 AND head IS NOT NULL
               AND EXISTS (SELECT 1 FROM trained_head AS later
                 WHERE later.encoder_hash = trained_head.encoder_hash
                   AND later.objective = trained_head.objective
                   AND later.in_use AND later.seq > trained_head.seq)
               AND NOT EXISTS (SELECT 1 FROM reward_model AS m
                 JOIN policy_run_model AS r ON r.reward_model_id = m.id
                 JOIN policy_run AS p ON p.id = r.policy_run_id AND {KEPT}
                 WHERE m.pack_hash = trained_head.pack_hash)"
            ),
            [modality.as_str()],
        )?;
        Ok(old.len() as u64)
    }
}

/// Reads margin, probability, spread, tie and order_matters from five columns.
pub(crate) fn preference(row: &Row<'_>, first: usize) -> rusqlite::Result<PairPreference> {
    Ok(PairPreference {
        margin: row.get(first)?,
        probability: row.get(first + 1)?,
        spread: row.get(first + 2)?,
        tie: row.get(first + 3)?,
        order_matters: row.get(first + 4)?,
    })
}
