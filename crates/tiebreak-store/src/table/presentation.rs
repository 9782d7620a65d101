//! `presentation`: which item was handed to which annotator, in which order. It also serves as a
//! lease, so that two annotators at work do not get the same item beyond the study's overlap.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use tiebreak_core::{AnnotatorId, CandidateId, ItemId, PolicyRunId, Presentation, RouteTo};

use crate::codec::{id, json, json_text, time_text};
use crate::{Reader, Result, Writer};

/// Which items an annotator may be handed.
#[derive(Clone, Copy, Debug)]
pub struct QueueScope {
    /// For whom.
    pub annotator: AnnotatorId,
    /// The routing in force; without one every item is in the queue.
    pub run: Option<PolicyRunId>,
    /// How many people judge an item.
    pub overlap: u32,
    /// Hand-outs to others before this time no longer hold an item.
    pub lease_start: DateTime<Utc>,
}

/// Items that the annotator may be handed: not answered by them, and still short of answers
/// given here by others or on their way from others.
/// ?1 annotator, ?2 overlap, ?3 lease start.
const OPEN: &str = "NOT EXISTS (SELECT 1 FROM live_judgment AS own
            WHERE own.item_id = i.id AND own.annotator_id = ?1)
       AND (SELECT count(*) FROM live_judgment AS j
            WHERE j.item_id = i.id AND j.origin = 'annotated' AND j.outcome <> 'skipped')
         + (SELECT count(*) FROM presentation AS p
            WHERE p.item_id = i.id AND p.annotator_id <> ?1 AND p.handed_out_at > ?3
              AND NOT EXISTS (SELECT 1 FROM live_judgment AS done
                WHERE done.item_id = p.item_id AND done.annotator_id = p.annotator_id)) < ?2";

/// The items that are not in the queue, from the judgments' side: the complement of [`OPEN`] and
/// of what the annotator took back.
const CLOSED: &str = "WITH
    answers AS (SELECT item_id, annotator_id, outcome FROM live_judgment
      WHERE origin = 'annotated'),
    held AS (
      SELECT item_id FROM answers WHERE annotator_id <> ?1 AND outcome <> 'skipped'
      UNION ALL
      SELECT p.item_id FROM presentation AS p
      WHERE p.handed_out_at > ?3 AND p.annotator_id <> ?1
        AND NOT EXISTS (SELECT 1 FROM live_judgment AS done
          WHERE done.item_id = p.item_id AND done.annotator_id = p.annotator_id)),
    closed AS (
      SELECT item_id FROM answers WHERE annotator_id = ?1
      UNION
      SELECT item_id FROM held
      WHERE NOT EXISTS (SELECT 1 FROM judgment AS w
        WHERE w.item_id = held.item_id AND w.annotator_id = ?1 AND w.outcome = 'withdrawn'
          AND NOT EXISTS (SELECT 1 FROM judgment AS r WHERE r.supersedes = w.id))
      GROUP BY item_id HAVING count(*) >= ?2)";

impl Reader<'_> {
    /// How an item was shown to an annotator, if it was.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn presentation(
        &self,
        item: ItemId,
        annotator: AnnotatorId,
    ) -> Result<Option<Presentation>> {
        let found: Option<(Vec<usize>, i64)> = self
            .connection
            .prepare_cached(
                "SELECT shown_order, order_seed FROM presentation
                 WHERE item_id = ?1 AND annotator_id = ?2",
            )?
            .query_row(params![item.as_bytes(), annotator.as_bytes()], |row| {
                Ok((json(row, 0)?, row.get(1)?))
            })
            .optional()?;
        let Some((positions, seed)) = found else { return Ok(None) };
        let order = order_of(&positions, &self.candidate_ids(item)?);
        Ok(Some(Presentation { item, annotator, order, seed: seed as u64 }))
    }

    /// How many more pairs the annotator was shown in the imported order than swapped.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn side_lead(&self, annotator: AnnotatorId) -> Result<i64> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT coalesce(sum(1 - 2 * swapped), 0) FROM presentation
                 WHERE annotator_id = ?1 AND swapped IS NOT NULL",
            )?
            .query_row([annotator.as_bytes()], |row| row.get(0))?)
    }

    /// The next `limit` items for an annotator: first what they took back, the latest first, then
    /// the queue by rank (by study order before the first routing). `exclude` names items that
    /// the caller holds already.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn queue(
        &self,
        scope: &QueueScope,
        limit: usize,
        exclude: &[ItemId],
    ) -> Result<Vec<ItemId>> {
        let mut items = self.withdrawn(scope.annotator)?;
        items.retain(|item| !exclude.contains(item));
        items.truncate(limit);
        if items.len() == limit {
            return Ok(items);
        }
        let source = match scope.run {
            Some(_) => {
                "route AS r JOIN item AS i ON i.id = r.item_id
                 WHERE r.policy_run_id = ?4 AND r.side = 'human' AND"
            }
            None => "item AS i WHERE ?4 IS NULL AND",
        };
        let order = if scope.run.is_some() { "r.rank" } else { "i.ordinal" };
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT i.id FROM {source} {OPEN} ORDER BY {order}"))?;
        let mut rows = statement.query(params![
            scope.annotator.as_bytes(),
            scope.overlap,
            time_text(scope.lease_start),
            scope.run.as_ref().map(PolicyRunId::as_bytes),
        ])?;
        while items.len() < limit
            && let Some(row) = rows.next()?
        {
            let item: ItemId = id(row, 0)?;
            if !exclude.contains(&item) && !items.contains(&item) {
                items.push(item);
            }
        }
        Ok(items)
    }

    /// How many items the annotator may still be handed: those of the queue less the closed ones.
    /// The cost follows the number of judgments made here, not the number of items, because it
    /// is asked for after every judgment.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn queue_length(&self, scope: &QueueScope) -> Result<u64> {
        let (total, side) = match scope.run {
            Some(run) => (
                self.route_counts(run)?.0,
                "WHERE EXISTS (SELECT 1 FROM route AS r WHERE r.policy_run_id = ?4
                   AND r.item_id = closed.item_id AND r.side = 'human')",
            ),
            None => (self.item_count()?, "WHERE ?4 IS NULL"),
        };
        let closed: i64 = self
            .connection
            .prepare_cached(&format!("{CLOSED} SELECT count(*) FROM closed {side}"))?
            .query_row(
                params![
                    scope.annotator.as_bytes(),
                    scope.overlap,
                    time_text(scope.lease_start),
                    scope.run.as_ref().map(PolicyRunId::as_bytes),
                ],
                |row| row.get(0),
            )?;
        let mut back_on_the_other_side = 0;
        if let Some(run) = scope.run {
            for item in self.withdrawn(scope.annotator)? {
                let route = self.route(run, item)?;
                back_on_the_other_side +=
                    u64::from(route.is_none_or(|route| route.to != RouteTo::Human));
            }
        }
        Ok(total - closed as u64 + back_on_the_other_side)
    }

    /// Items whose judgment the annotator took back and has not given again, the latest first.
    /// They come back to them whatever others have answered meanwhile, and on either side of the
    /// routing.
    fn withdrawn(&self, annotator: AnnotatorId) -> Result<Vec<ItemId>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT item_id FROM judgment AS j
             WHERE annotator_id = ?1 AND outcome = 'withdrawn'
               AND NOT EXISTS (SELECT 1 FROM judgment AS r WHERE r.supersedes = j.id)
             ORDER BY seq DESC",
        )?;
        let rows = statement.query_map([annotator.as_bytes()], |row| id(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Records that an item is handed to an annotator. The order of the first time is kept.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn hand_out(&self, presentation: &Presentation, now: DateTime<Utc>) -> Result<()> {
        let candidates = self.candidate_ids(presentation.item)?;
        let swapped = match candidates.as_slice() {
            [_, _] => Some(presentation.order != candidates),
            _ => None,
        };
        self.connection
            .prepare_cached(
                "INSERT INTO presentation
                   (item_id, annotator_id, shown_order, order_seed, swapped, handed_out_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET handed_out_at = excluded.handed_out_at",
            )?
            .execute(params![
                presentation.item.as_bytes(),
                presentation.annotator.as_bytes(),
                json_text(&positions_of(&presentation.order, &candidates))?,
                presentation.seed as i64,
                swapped,
                time_text(now),
            ])?;
        Ok(())
    }
}

/// The imported positions of candidates, from left to right.
pub(crate) fn positions_of(order: &[CandidateId], candidates: &[CandidateId]) -> Vec<usize> {
    order.iter().filter_map(|shown| candidates.iter().position(|c| c == shown)).collect()
}

/// The candidates at imported positions.
pub(crate) fn order_of(positions: &[usize], candidates: &[CandidateId]) -> Vec<CandidateId> {
    positions.iter().filter_map(|&position| candidates.get(position).copied()).collect()
}
