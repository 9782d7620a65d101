//! `held_out_preference`: what a head trained here says of pairs that it learnt from, by fits that
//! had not seen them.

use rusqlite::params;
use tiebreak_core::{ItemId, PairPreference, RewardModelId};

use super::reward_model::preference;
use crate::codec::id;
use crate::{Reader, Result, Writer};

/// What a fit says of a pair that it has not seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldOutPreference {
    /// An item of two candidates.
    pub item: ItemId,
    /// Log-odds of the first candidate over the second.
    pub margin: f64,
    /// Probability of a tie, 0 to 1; `None` for heads that do not know ties.
    pub tie: Option<f64>,
}

impl HeldOutPreference {
    /// As a preference: the probability is 1 / (1 + exp(-margin)), and what one fit cannot say is
    /// taken from the preference that was scored.
    fn instead_of(&self, scored: PairPreference) -> PairPreference {
        PairPreference {
            margin: self.margin,
            probability: 1.0 / (1.0 + (-self.margin).exp()),
            tie: self.tie,
            ..scored
        }
    }
}

impl Reader<'_> {
    /// Whether anything held out is kept of a model.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn has_held_out(&self, model: RewardModelId) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached("SELECT 1 FROM held_out_preference WHERE reward_model_id = ?1 LIMIT 1")?
            .exists([model.as_bytes()])?)
    }

    /// What a model says of the pairs that it learnt from and has scored, by fits that had not
    /// seen them: what it is to be judged by, where [`Reader::preferences`] would flatter it.
    /// Nothing for models that were not trained here.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn held_out_preferences(
        &self,
        model: RewardModelId,
    ) -> Result<Vec<(ItemId, PairPreference)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT h.item_id, h.margin, h.tie,
               p.margin, p.probability, p.spread, p.tie, p.order_matters
             FROM held_out_preference AS h JOIN reward_pair AS p
               ON p.reward_model_id = h.reward_model_id AND p.item_id = h.item_id
             WHERE h.reward_model_id = ?1",
        )?;
        let rows = statement.query_map([model.as_bytes()], |row| {
            let held_out =
                HeldOutPreference { item: id(row, 0)?, margin: row.get(1)?, tie: row.get(2)? };
            Ok((held_out.item, held_out.instead_of(preference(row, 3)?)))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Keeps what is held out of a model, in place of what was kept of it.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn keep_held_out(
        &self,
        model: RewardModelId,
        held_out: &[HeldOutPreference],
    ) -> Result<()> {
        self.connection.execute(
            "DELETE FROM held_out_preference WHERE reward_model_id = ?1",
            [model.as_bytes()],
        )?;
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO held_out_preference (reward_model_id, item_id, margin, tie)
             VALUES (?1, ?2, ?3, ?4)",
        )?;
        for one in held_out {
            insert.execute(params![model.as_bytes(), one.item.as_bytes(), one.margin, one.tie])?;
        }
        Ok(())
    }
}
