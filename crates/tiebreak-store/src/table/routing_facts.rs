//! What routing and its cost ask of several tables: what people have said of each item, and how
//! long it took them.

use chrono::{DateTime, Utc};
use rusqlite::{Row, params};
use tiebreak_core::{ContentHash, ItemId, Modality, PairPreference, PolicyRunId, RewardModelId};

use super::reward_model::preference;
use crate::codec::{hash, id, time_text, word};
use crate::{Reader, Result};

/// An item as far as routing is concerned with people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFacts {
    /// The item.
    pub item: ItemId,
    /// What it is made of.
    pub modality: Modality,
    /// How many candidates it has.
    pub candidates: u32,
    /// Whether all its candidates say the same.
    pub identical: bool,
    /// Live answers of people given here; skips are none.
    pub answers: u32,
    /// Whether people's live answers were imported.
    pub imported: bool,
    /// Whether somebody has it before them: handed out since a time, and not answered.
    pub held: bool,
}

/// What people say of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairVotes {
    /// The item.
    pub item: ItemId,
    /// What it has in common with others.
    pub links: PairLinks,
    /// Live answers for the candidate of position 0.
    pub first: u32,
    /// For that of position 1.
    pub second: u32,
    /// For neither: ties, and answers that both are bad.
    pub tie: u32,
    /// Whether one of them was given here.
    pub annotated: bool,
    /// The sequence number of the last of them.
    pub last: u64,
}

/// What a pair may have in common with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairLinks {
    /// BLAKE3 of its prompt as plain text.
    pub prompt: ContentHash,
    /// BLAKE3 of its two candidates' content.
    pub candidates: [ContentHash; 2],
    /// Where it came from.
    pub source: Option<String>,
    /// The id that the imported data gave it.
    pub external_id: Option<String>,
    /// The external id of the item that it continues.
    pub follows: Option<String>,
}

/// A number of items, and how many of them have a live answer of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Items.
    pub items: u64,
    /// Of these, labelled by people.
    pub labelled: u64,
}

/// `ITEM` has a live answer of a person.
const LABELLED: &str = "EXISTS (SELECT 1 FROM live_judgment AS j
    JOIN annotator AS a ON a.id = j.annotator_id AND a.kind = 'human'
    WHERE j.item_id = ITEM AND j.outcome <> 'skipped')";

/// The pairs, `i`, with their candidates `c0` and `c1`.
const PAIRS: &str = "item AS i
    JOIN candidate AS c0 ON c0.item_id = i.id AND c0.position = 0
    JOIN candidate AS c1 ON c1.item_id = i.id AND c1.position = 1
      AND NOT EXISTS (SELECT 1 FROM candidate AS more
        WHERE more.item_id = i.id AND more.position > 1)";

/// What the judgment `j` says of `c0` and `c1`: 0 for the first, 1 for a tie, 2 for the second,
/// NULL for nothing. That both are bad is a tie here.
const VOTE: &str = "CASE j.outcome
    WHEN 'preferred' THEN CASE j.preferred WHEN c0.id THEN 0 WHEN c1.id THEN 2 END
    WHEN 'tie' THEN 1
    WHEN 'both_bad' THEN 1
    WHEN 'ranked' THEN (SELECT CASE WHEN r0.tier < r1.tier THEN 0 WHEN r0.tier = r1.tier THEN 1
        ELSE 2 END
      FROM ranking AS r0 JOIN ranking AS r1 ON r1.judgment_seq = r0.judgment_seq
      WHERE r0.judgment_seq = j.seq AND r0.candidate_id = c0.id AND r1.candidate_id = c1.id)
    END";

/// The columns that [`links`] reads.
const LINKS: &str = "i.prompt_hash, c0.content_hash AS hash_0, c1.content_hash AS hash_1, i.source,
    i.external_id, i.follows";

/// Reads [`LINKS`], from a column on.
fn links(row: &Row<'_>, from: usize) -> rusqlite::Result<PairLinks> {
    Ok(PairLinks {
        prompt: hash(row, from)?,
        candidates: [hash(row, from + 1)?, hash(row, from + 2)?],
        source: row.get(from + 3)?,
        external_id: row.get(from + 4)?,
        follows: row.get(from + 5)?,
    })
}

impl Reader<'_> {
    /// Every item in study order; what was handed out from `lease_start` on is held.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn item_facts(&self, lease_start: DateTime<Utc>) -> Result<Vec<ItemFacts>> {
        let mut statement = self.connection.prepare_cached(
            "WITH said AS (
               SELECT j.item_id, sum(j.origin = 'annotated') AS answers,
                 max(j.origin = 'imported') AS imported
               FROM live_judgment AS j
               JOIN annotator AS a ON a.id = j.annotator_id AND a.kind = 'human'
               WHERE j.outcome <> 'skipped' GROUP BY j.item_id),
             held AS (
               SELECT DISTINCT p.item_id FROM presentation AS p
               WHERE p.handed_out_at > ?1 AND NOT EXISTS (SELECT 1 FROM live_judgment AS done
                 WHERE done.item_id = p.item_id AND done.annotator_id = p.annotator_id)),
             written AS (
               SELECT item_id, count(*) AS n, count(DISTINCT content_hash) = 1 AS identical
               FROM candidate GROUP BY item_id)
             SELECT i.id, i.modality, w.n, w.identical, coalesce(s.answers, 0),
               coalesce(s.imported, 0), h.item_id IS NOT NULL
             FROM item AS i JOIN written AS w ON w.item_id = i.id
             LEFT JOIN said AS s ON s.item_id = i.id LEFT JOIN held AS h ON h.item_id = i.id
             ORDER BY i.ordinal",
        )?;
        let rows = statement.query_map([time_text(lease_start)], |row| {
            Ok(ItemFacts {
                item: id(row, 0)?,
                modality: word(row, 1, Modality::parse)?,
                candidates: row.get(2)?,
                identical: row.get(3)?,
                answers: row.get(4)?,
                imported: row.get(5)?,
                held: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The number of live answers of people after a judgment; skips are none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn answers_after(&self, judgment: u64) -> Result<u64> {
        let count: i64 = self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM live_judgment AS j
                 JOIN annotator AS a ON a.id = j.annotator_id AND a.kind = 'human'
                 WHERE j.seq > ?1 AND j.outcome <> 'skipped'",
            )?
            .query_row([judgment as i64], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// The active times in milliseconds of live answers given here.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn active_times(&self) -> Result<Vec<u64>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT active_ms FROM live_judgment
             WHERE origin = 'annotated' AND active_ms IS NOT NULL AND outcome <> 'skipped'",
        )?;
        let rows = statement.query_map([], |row| row.get::<_, i64>(0))?;
        Ok(rows.map(|ms| ms.map(|ms| ms as u64)).collect::<rusqlite::Result<_>>()?)
    }

    /// The mean number of bytes that the prompt and all candidates of an item of text take as
    /// stored, over the first `limit` items; `None` without any.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn mean_text_length(&self, limit: usize) -> Result<Option<f64>> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT avg(length(i.prompt) + (SELECT sum(length(c.content))
                   FROM candidate AS c WHERE c.item_id = i.id))
                 FROM (SELECT id, prompt FROM item WHERE modality = 'text'
                   ORDER BY ordinal LIMIT ?1) AS i",
            )?
            .query_row([limit as i64], |row| row.get(0))?)
    }

    /// Imported AI judges by name, with the number of items that they have a live answer to.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn ai_judges(&self) -> Result<Vec<(String, u64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT a.name, count(DISTINCT j.item_id) FROM annotator AS a
             JOIN live_judgment AS j ON j.annotator_id = a.id AND j.origin = 'imported'
               AND j.outcome <> 'skipped'
             WHERE a.kind = 'ai' GROUP BY a.name ORDER BY min(a.rowid)",
        )?;
        let rows =
            statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What exports call an imported AI judge: one pseudonym for each source of its labels.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn judge_pseudonyms(&self, name: &str) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT a.pseudonym FROM annotator AS a WHERE a.kind = 'ai' AND a.name = ?1
               AND EXISTS (SELECT 1 FROM judgment AS j
                 WHERE j.annotator_id = a.id AND j.origin = 'imported')",
        )?;
        let rows = statement.query_map([name], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether reward models have labelled anything here.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn has_autolabels(&self) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM annotator AS a JOIN judgment AS j
                   ON j.annotator_id = a.id AND j.origin = 'autolabelled'
                 WHERE a.kind = 'ai')",
            )?
            .query_row([], |row| row.get(0))?)
    }

    /// What an imported AI judge answers, pair by pair in study order: the position of the
    /// candidate that it prefers, or a tie, as [`PairVotes`] counts them. A pair that several
    /// sources of this name have answered is there more than once.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn judge_answers(&self, name: &str) -> Result<Vec<(ItemId, Option<u32>)>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT id, vote FROM (
               SELECT i.id, i.ordinal, j.seq, {VOTE} AS vote FROM {PAIRS}
               JOIN live_judgment AS j ON j.item_id = i.id AND j.origin = 'imported'
               JOIN annotator AS a ON a.id = j.annotator_id AND a.kind = 'ai' AND a.name = ?1)
             WHERE vote IS NOT NULL ORDER BY ordinal, seq",
        ))?;
        let rows = statement.query_map([name], |row| {
            let position = match row.get::<_, u32>(1)? {
                0 => Some(0),
                2 => Some(1),
                _ => None,
            };
            Ok((id(row, 0)?, position))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What people say of the pairs that they have labelled, in study order.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn pair_votes(&self) -> Result<Vec<PairVotes>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT id, sum(vote = 0), sum(vote = 2), sum(vote = 1), max(origin = 'annotated'),
               max(seq), prompt_hash, hash_0, hash_1, source, external_id, follows
             FROM (SELECT i.id, i.ordinal, j.seq, j.origin, {VOTE} AS vote, {LINKS} FROM {PAIRS}
               JOIN live_judgment AS j ON j.item_id = i.id
               JOIN annotator AS a ON a.id = j.annotator_id AND a.kind = 'human')
             WHERE vote IS NOT NULL GROUP BY id ORDER BY ordinal",
        ))?;
        let rows = statement.query_map([], |row| {
            Ok(PairVotes {
                item: id(row, 0)?,
                first: row.get(1)?,
                second: row.get(2)?,
                tie: row.get(3)?,
                annotated: row.get(4)?,
                last: row.get::<_, i64>(5)? as u64,
                links: links(row, 6)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What a reward model says of each pair that it has scored.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn preferences(&self, model: RewardModelId) -> Result<Vec<(ItemId, PairPreference)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT item_id, margin, probability, spread, tie, order_matters FROM reward_pair
             WHERE reward_model_id = ?1",
        )?;
        let rows = statement
            .query_map([model.as_bytes()], |row| Ok((id(row, 0)?, preference(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What each pair may have in common with others, in study order.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn pair_links(&self) -> Result<Vec<PairLinks>> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {LINKS} FROM {PAIRS} ORDER BY i.ordinal"))?;
        let rows = statement.query_map([], |row| links(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The items of a run that are for people.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn human_tally(&self, run: PolicyRunId) -> Result<Tally> {
        self.tally_of(
            &format!(
                "SELECT count(*), coalesce(sum({}), 0) FROM route AS r
                 WHERE r.policy_run_id = ?1 AND r.side = 'human'",
                LABELLED.replace("ITEM", "r.item_id")
            ),
            params![run.as_bytes()],
        )
    }

    /// The items that were drawn for a purpose.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn sample_tally(&self, purpose: tiebreak_core::RoutePurpose) -> Result<Tally> {
        self.tally_of(
            &format!(
                "SELECT count(*), coalesce(sum({}), 0) FROM random_sample AS s
                 WHERE s.purpose = ?1",
                LABELLED.replace("ITEM", "s.item_id")
            ),
            params![purpose.as_str()],
        )
    }

    fn tally_of(&self, sql: &str, with: impl rusqlite::Params) -> Result<Tally> {
        let (items, labelled): (i64, i64) = self
            .connection
            .prepare_cached(sql)?
            .query_row(with, |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Tally { items: items as u64, labelled: labelled as u64 })
    }

    /// Whether people have a live answer to an item.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn is_labelled(&self, item: ItemId) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached(&format!("SELECT {}", LABELLED.replace("ITEM", "?1")))?
            .query_row([item.as_bytes()], |row| row.get(0))?)
    }
}
