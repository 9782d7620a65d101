//! Who may be handed what: read from `route`, `judgment` and `presentation`.

use chrono::{DateTime, Utc};
use rusqlite::params;
use tiebreak_core::{AnnotatorId, ItemId, PolicyRunId, RouteTo};

use crate::codec::{id, time_text};
use crate::{Reader, Result};

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

/// A part of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueScan {
    /// Open items in queue order.
    pub items: Vec<ItemId>,
    /// The place of the first open item that was met, left out ones included; where there was
    /// none, the place after the last. A later scan may start here: what lies before was closed.
    pub resume: u64,
}

/// Items that the annotator may be handed: not answered by them, still short of answers given
/// here by others or on their way from others, and not before what they follow.
/// ?1 annotator, ?2 overlap, ?3 lease start; `ITEM` is the item's id.
const OPEN: &str = "NOT EXISTS (SELECT 1 FROM live_judgment AS own
            WHERE own.item_id = ITEM AND own.annotator_id = ?1)
       AND (SELECT count(*) FROM live_judgment AS j
            WHERE j.item_id = ITEM AND j.origin = 'annotated' AND j.outcome <> 'skipped')
         + (SELECT count(*) FROM presentation AS p
            WHERE p.item_id = ITEM AND p.annotator_id <> ?1 AND p.handed_out_at > ?3
              AND NOT EXISTS (SELECT 1 FROM live_judgment AS done
                WHERE done.item_id = p.item_id AND done.annotator_id = p.annotator_id)) < ?2
       AND ITEM NOT IN (SELECT f.id FROM item AS f INDEXED BY item_following
            WHERE f.id = ITEM AND f.follows IS NOT NULL AND EARLY)";

/// A following item `f` whose turn has not come: what it follows is in the study, and the
/// annotator ?1 has given no live answer to it.
const EARLY: &str = "EXISTS (SELECT 1 FROM item AS first
              WHERE first.external_id = f.follows AND first.source IS f.source
                AND first.id <> f.id)
            AND NOT EXISTS (SELECT 1 FROM item AS first
              JOIN live_judgment AS a ON a.item_id = first.id AND a.annotator_id = ?1
                AND a.outcome <> 'skipped'
              WHERE first.external_id = f.follows AND first.source IS f.source
                AND first.id <> f.id)";

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
      GROUP BY item_id HAVING count(*) >= ?2
      UNION
      SELECT f.id FROM item AS f INDEXED BY item_following WHERE f.follows IS NOT NULL AND EARLY)";

fn open(item: &str) -> String {
    OPEN.replace("EARLY", EARLY).replace("ITEM", item)
}

impl Reader<'_> {
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
        let held: Vec<ItemId> = exclude.iter().chain(&items).copied().collect();
        let rest = self.queue_from(scope, 0, limit - items.len(), &held)?;
        items.extend(rest.items);
        Ok(items)
    }

    /// Up to `limit` open items from a place of the queue on: ranks of the routing, or places in
    /// the study before the first routing.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn queue_from(
        &self,
        scope: &QueueScope,
        place: u64,
        limit: usize,
        exclude: &[ItemId],
    ) -> Result<QueueScan> {
        let mut scan = QueueScan { items: Vec::new(), resume: place };
        if limit == 0 {
            return Ok(scan);
        }
        let sql = match scope.run {
            Some(_) => format!(
                "SELECT r.item_id, r.rank FROM route AS r
                 WHERE r.policy_run_id = ?4 AND r.side = 'human' AND r.rank >= ?5 AND {}
                 ORDER BY r.rank",
                open("r.item_id")
            ),
            None => format!(
                "SELECT i.id, i.ordinal FROM item AS i
                 WHERE ?4 IS NULL AND i.ordinal >= ?5 AND {} ORDER BY i.ordinal",
                open("i.id")
            ),
        };
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![
            scope.annotator.as_bytes(),
            scope.overlap,
            time_text(scope.lease_start),
            scope.run.as_ref().map(PolicyRunId::as_bytes),
            place as i64,
        ])?;
        let mut first = None;
        while scan.items.len() < limit {
            let Some(row) = rows.next()? else {
                first.get_or_insert(self.queue_end(scope)?);
                break;
            };
            first.get_or_insert(row.get::<_, i64>(1)? as u64);
            let item: ItemId = id(row, 0)?;
            if !exclude.contains(&item) {
                scan.items.push(item);
            }
        }
        scan.resume = first.unwrap_or(place);
        Ok(scan)
    }

    /// The place after the last one of the queue.
    fn queue_end(&self, scope: &QueueScope) -> Result<u64> {
        let Some(run) = scope.run else { return Ok(self.item_count()? + 1) };
        let last: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT max(rank) FROM route WHERE policy_run_id = ?1 AND side = 'human'",
            )?
            .query_row([run.as_bytes()], |row| row.get(0))?;
        Ok(last.map_or(0, |last| last as u64 + 1))
    }

    /// Whether the annotator may be handed this item.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn is_open(&self, scope: &QueueScope, item: ItemId) -> Result<bool> {
        if self.withdrawn(scope.annotator)?.contains(&item) {
            return Ok(true);
        }
        let route = match scope.run {
            Some(run) => self.route(run, item)?,
            None => None,
        };
        if scope.run.is_some() && route.is_none_or(|route| route.to != RouteTo::Human) {
            return Ok(false);
        }
        Ok(self
            .connection
            .prepare_cached(&format!("SELECT 1 FROM item AS i WHERE i.id = ?4 AND {}", open("?4")))?
            .exists(params![
                scope.annotator.as_bytes(),
                scope.overlap,
                time_text(scope.lease_start),
                item.as_bytes(),
            ])?)
    }

    /// How many items the annotator may still be handed: those of the queue less the closed ones.
    /// The cost follows the number of judgments made here and of items that follow others, not
    /// the number of items.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn queue_length(&self, scope: &QueueScope) -> Result<u64> {
        let (total, side) = match scope.run {
            Some(run) => (
                self.human_count(run)?,
                "WHERE EXISTS (SELECT 1 FROM route AS r WHERE r.policy_run_id = ?4
                   AND r.item_id = closed.item_id AND r.side = 'human')",
            ),
            None => (self.item_count()?, "WHERE ?4 IS NULL"),
        };
        let closed: i64 = self
            .connection
            .prepare_cached(&format!(
                "{} SELECT count(*) FROM closed {side}",
                CLOSED.replace("EARLY", EARLY)
            ))?
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

    /// The ranks of the human side run from 0 without a gap: their number is the end.
    fn human_count(&self, run: PolicyRunId) -> Result<u64> {
        let (first, last): (Option<i64>, Option<i64>) = self
            .connection
            .prepare_cached(
                "SELECT (SELECT min(rank) FROM route WHERE policy_run_id = ?1 AND side = 'human'),
                   (SELECT max(rank) FROM route WHERE policy_run_id = ?1 AND side = 'human')",
            )?
            .query_row([run.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        match (first, last) {
            (None, _) | (_, None) => Ok(0),
            (Some(0), Some(last)) => Ok(last as u64 + 1),
            _ => Ok(self.route_counts(run)?.0),
        }
    }

    /// Items whose judgment the annotator took back and has not given again, the latest first,
    /// less those whose turn has not come. They come back to them whatever others have answered
    /// meanwhile, and on either side of the routing.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn withdrawn(&self, annotator: AnnotatorId) -> Result<Vec<ItemId>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT item_id FROM judgment AS j INDEXED BY judgment_withdrawn
             WHERE annotator_id = ?1 AND outcome = 'withdrawn'
               AND NOT EXISTS (SELECT 1 FROM judgment AS r WHERE r.supersedes = j.id)
               AND item_id NOT IN (SELECT f.id FROM item AS f INDEXED BY item_following
                 WHERE f.id = j.item_id AND f.follows IS NOT NULL AND {EARLY})
             ORDER BY seq DESC"
        ))?;
        let rows = statement.query_map([annotator.as_bytes()], |row| id(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The items that follow this one: those of the same source that name its external id.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn followers(&self, item: ItemId) -> Result<Vec<ItemId>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT f.id FROM item AS first CROSS JOIN item AS f
             WHERE first.id = ?1 AND f.follows = first.external_id
               AND f.source IS first.source AND f.id <> first.id
             ORDER BY f.ordinal",
        )?;
        let rows = statement.query_map([item.as_bytes()], |row| id(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The items that this one follows: those of the same source that have the external id named.
    /// There is one, unless the data gives an id twice.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn followed(&self, item: ItemId) -> Result<Vec<ItemId>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT first.id FROM item AS f INDEXED BY item_following CROSS JOIN item AS first
             WHERE f.id = ?1 AND f.follows IS NOT NULL AND first.external_id = f.follows
               AND first.source IS f.source AND first.id <> f.id
             ORDER BY first.ordinal",
        )?;
        let rows = statement.query_map([item.as_bytes()], |row| id(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Up to `limit` items that follow an external id which no other item of their source has, as
    /// ordinal and that id.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn dangling_follows(&self, limit: usize) -> Result<Vec<(u64, String)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT f.ordinal, f.follows FROM item AS f INDEXED BY item_following
             WHERE f.follows IS NOT NULL AND NOT EXISTS (SELECT 1 FROM item AS first
               WHERE first.external_id = f.follows AND first.source IS f.source
                 AND first.id <> f.id)
             ORDER BY f.ordinal LIMIT ?1",
        )?;
        let rows = statement
            .query_map([limit as i64], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every item that follows another, with the one that it follows.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn follow_pairs(&self) -> Result<Vec<(ItemId, ItemId)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT f.id, first.id FROM item AS f INDEXED BY item_following CROSS JOIN item AS first
             WHERE f.follows IS NOT NULL AND first.external_id = f.follows
               AND first.source IS f.source AND first.id <> f.id",
        )?;
        let rows = statement.query_map([], |row| Ok((id(row, 0)?, id(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
