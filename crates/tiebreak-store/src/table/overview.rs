//! Counts over several tables, for the study at a glance.

use rusqlite::params;
use tiebreak_core::{PolicyRunId, RewardModelId};

use crate::table::reward_score::three;
use crate::{Reader, Result};

/// A study in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All items.
    pub items: u64,
    /// Items of text.
    pub text: u64,
    /// Items of images.
    pub image: u64,
    /// Items of music and other audio.
    pub music: u64,
    /// Items that the model has scored.
    pub scored: u64,
    /// Items routed to people.
    pub routed_human: u64,
    /// Items routed to AI.
    pub routed_ai: u64,
    /// Items with a live human answer (skips do not count).
    pub human_labelled: u64,
    /// Items with a live human answer given here.
    pub annotated: u64,
    /// Items with a live label of a reward model of this study; under a routing, only those on
    /// the AI's side.
    pub ai_labelled: u64,
    /// Items that people still have to label.
    pub waiting: u64,
    /// Items with a clear human majority that the model has scored.
    pub comparable: u64,
    /// Of these, where the model prefers the majority's candidate.
    pub agreeing: u64,
}

impl Reader<'_> {
    /// Counts items under a routing and the reward models in force, one a modality. People who prefer a candidate vote; an
    /// item is comparable if one of its first two candidates has more votes than the other.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn counts(
        &self,
        run: Option<PolicyRunId>,
        models: &[RewardModelId],
        overlap: u32,
    ) -> Result<Counts> {
        let mut counts = Counts { items: self.item_count()?, ..Counts::default() };
        if let Some(run) = run {
            (counts.routed_human, counts.routed_ai) = self.route_counts(run)?;
        }
        let one = |sql: &str| -> Result<u64> {
            let n: i64 = self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
            Ok(n as u64)
        };
        counts.text = one("SELECT count(*) FROM item WHERE modality = 'text'")?;
        counts.image = one("SELECT count(*) FROM item WHERE modality = 'image'")?;
        counts.music = one("SELECT count(*) FROM item WHERE modality = 'music'")?;
        counts.human_labelled = one("SELECT count(DISTINCT j.item_id) FROM live_judgment AS j
             JOIN annotator AS a ON a.id = j.annotator_id
             WHERE a.kind = 'human' AND j.outcome <> 'skipped'")?;
        counts.annotated = one("SELECT count(DISTINCT item_id) FROM live_judgment
             WHERE origin = 'annotated' AND outcome <> 'skipped'")?;
        counts.ai_labelled = {
            let n: i64 = self
                .connection
                .prepare_cached(
                    "SELECT count(DISTINCT j.item_id) FROM live_judgment AS j
                     WHERE j.origin = 'autolabelled'
                       AND (?1 IS NULL OR EXISTS (SELECT 1 FROM route AS r
                         WHERE r.policy_run_id = ?1 AND r.item_id = j.item_id AND r.side = 'ai'))",
                )?
                .query_row([run.as_ref().map(PolicyRunId::as_bytes)], |row| row.get(0))?;
            n as u64
        };
        counts.waiting = {
            let n: i64 = self
                .connection
                .prepare_cached(
                    "SELECT count(*) FROM item AS i
                     WHERE (?1 IS NULL OR EXISTS (SELECT 1 FROM route AS r
                         WHERE r.policy_run_id = ?1 AND r.item_id = i.id AND r.side = 'human'))
                       AND (SELECT count(*) FROM live_judgment AS j
                            WHERE j.item_id = i.id AND j.origin = 'annotated'
                              AND j.outcome <> 'skipped') < ?2",
                )?
                .query_row(params![run.as_ref().map(PolicyRunId::as_bytes), overlap], |row| {
                    row.get(0)
                })?;
            n as u64
        };
        if !models.is_empty() {
            for model in models {
                counts.scored += self.scored_count(*model)?;
            }
            let (comparable, agreeing): (i64, i64) = self
                .connection
                .prepare_cached(
                    "SELECT count(*), coalesce(sum((votes > 0) = (probability > 0.5)), 0) FROM (
                       SELECT sum(CASE c.position WHEN 0 THEN 1 WHEN 1 THEN -1 ELSE 0 END) AS votes,
                         p.probability AS probability
                       FROM live_judgment AS j
                       JOIN annotator AS a ON a.id = j.annotator_id AND a.kind = 'human'
                       JOIN candidate AS c ON c.id = j.preferred
                       JOIN reward_pair AS p ON p.item_id = j.item_id AND p.reward_model_id IN (?1, ?2, ?3)
                       GROUP BY j.item_id)
                     WHERE votes <> 0 AND probability <> 0.5",
                )?
                .query_row(three(models), |row| Ok((row.get(0)?, row.get(1)?)))?;
            counts.comparable = comparable as u64;
            counts.agreeing = agreeing as u64;
        }
        Ok(counts)
    }
}
