//! `policy_run`, `policy_run_model` and `route`: who labels an item.
//!
//! The run that was completed last counts. Its routes are written some at a time, so that nobody
//! who annotates waits for them, and count from the small write that completes it. Runs that
//! somebody asked for stay as they were; of those made in the background only the row stays once
//! a later run counts.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use tiebreak_core::{ItemId, PolicyRun, PolicyRunId, Route, RoutePurpose, RouteTo, RunCause};

use crate::codec::{id, json, json_text, time, time_text, word};
use crate::{Reader, Result, StoreError, Writer};

/// An item of the AI's share, with its route.
#[derive(Clone, Debug, PartialEq)]
pub struct RoutedItem {
    /// The item's place in the study.
    pub ordinal: u64,
    /// Its route.
    pub route: Route,
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<PolicyRun> {
    Ok(PolicyRun {
        id: id(row, 0)?,
        policy: row.get(1)?,
        budget: word(row, 2, |text| text.parse().ok())?,
        seed: row.get::<_, i64>(3)? as u64,
        reward_models: Vec::new(),
        parameters: json(row, 4)?,
        ran_at: time(row, 5)?,
        used: row.get(6)?,
        ai: row.get(7)?,
        cause: word(row, 8, RunCause::parse)?,
        last_judgment: row.get::<_, Option<i64>>(9)?.map(|seq| seq as u64),
    })
}

fn read_route(row: &Row<'_>, first: usize) -> rusqlite::Result<Route> {
    Ok(Route {
        item: id(row, first)?,
        to: word(row, first + 1, RouteTo::parse)?,
        rank: row.get(first + 2)?,
        predicted_gain: row.get(first + 3)?,
        reason: row.get(first + 4)?,
        purpose: word(row, first + 5, RoutePurpose::parse)?,
    })
}

impl Reader<'_> {
    /// The routing in force.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn current_run(&self) -> Result<Option<PolicyRun>> {
        let run = self
            .connection
            .prepare_cached(
                "SELECT id, policy, budget, seed, parameters, ran_at, used, ai, cause,
                   last_judgment
                 FROM policy_run WHERE complete ORDER BY seq DESC LIMIT 1",
            )?
            .query_row([], read_run)
            .optional()?;
        let Some(mut run) = run else { return Ok(None) };
        run.reward_models = self
            .connection
            .prepare_cached(
                "SELECT r.reward_model_id FROM policy_run_model AS r
                 JOIN reward_model AS m ON m.id = r.reward_model_id
                 WHERE r.policy_run_id = ?1 ORDER BY m.rowid",
            )?
            .query_map([run.id.as_bytes()], |row| id(row, 0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Some(run))
    }

    /// The id of the routing in force.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn current_run_id(&self) -> Result<Option<PolicyRunId>> {
        Ok(self
            .connection
            .prepare_cached("SELECT id FROM policy_run WHERE complete ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| id(row, 0))
            .optional()?)
    }

    /// The route of an item in a run.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn route(&self, run: PolicyRunId, item: ItemId) -> Result<Option<Route>> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT item_id, side, rank, predicted_gain, reason, purpose FROM route
                 WHERE policy_run_id = ?1 AND item_id = ?2",
            )?
            .query_row(params![run.as_bytes(), item.as_bytes()], |row| read_route(row, 0))
            .optional()?)
    }

    /// Up to `limit` items of one side of a run after ordinal `after`, in study order.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn routed_after(
        &self,
        run: PolicyRunId,
        side: RouteTo,
        after: u64,
        limit: usize,
    ) -> Result<Vec<RoutedItem>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT i.ordinal, r.item_id, r.side, r.rank, r.predicted_gain, r.reason,
               r.purpose
             FROM item AS i CROSS JOIN route AS r ON r.item_id = i.id AND r.policy_run_id = ?1
             WHERE r.side = ?2 AND i.ordinal > ?3 ORDER BY i.ordinal LIMIT ?4",
        )?;
        let rows = statement.query_map(
            params![run.as_bytes(), side.as_str(), after as i64, limit as i64],
            |row| {
                Ok(RoutedItem { ordinal: row.get::<_, i64>(0)? as u64, route: read_route(row, 1)? })
            },
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The number of items of a run on each side: people, AI.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn route_counts(&self, run: PolicyRunId) -> Result<(u64, u64)> {
        let counts: (i64, i64) = self
            .connection
            .prepare_cached(
                "SELECT count(*) FILTER (WHERE side = 'human'),
                   count(*) FILTER (WHERE side = 'ai')
                 FROM route WHERE policy_run_id = ?1",
            )?
            .query_row([run.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((counts.0 as u64, counts.1 as u64))
    }

    /// Up to `limit` items of one side of a run by rank, after the rank `after` where there is
    /// one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn routed_by_rank(
        &self,
        run: PolicyRunId,
        side: RouteTo,
        after: Option<u32>,
        limit: usize,
    ) -> Result<Vec<RoutedItem>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT i.ordinal, r.item_id, r.side, r.rank, r.predicted_gain, r.reason, r.purpose
             FROM route AS r CROSS JOIN item AS i ON i.id = r.item_id
             WHERE r.policy_run_id = ?1 AND r.side = ?2 AND r.rank > ?3
             ORDER BY r.rank LIMIT ?4",
        )?;
        let after = after.map_or(-1, i64::from);
        let rows = statement.query_map(
            params![run.as_bytes(), side.as_str(), after, limit as i64],
            |row| {
                Ok(RoutedItem { ordinal: row.get::<_, i64>(0)? as u64, route: read_route(row, 1)? })
            },
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How often the study was routed in the background since somebody last asked for it.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn background_runs(&self) -> Result<u64> {
        let count: i64 = self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM policy_run WHERE complete AND cause = 'background'
                   AND seq > (SELECT coalesce(max(seq), 0) FROM policy_run
                     WHERE complete AND cause = 'asked')",
            )?
            .query_row([], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// Runs whose routes are of no use any more: made in the background and followed by another,
    /// or not complete and begun before `abandoned`; a later one may be being written by another
    /// program.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn obsolete_runs(&self, abandoned: DateTime<Utc>) -> Result<Vec<PolicyRunId>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT p.id FROM policy_run AS p WHERE (NOT p.complete AND p.ran_at < ?1)
               OR (p.complete AND p.cause = 'background'
                 AND p.seq < (SELECT max(seq) FROM policy_run WHERE complete)
                 AND EXISTS (SELECT 1 FROM route AS r WHERE r.policy_run_id = p.id))",
        )?;
        let rows = statement.query_map([time_text(abandoned)], |row| id(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Records a run that is not in force yet; [`Writer::add_routes`] and then
    /// [`Writer::complete_run`] put it there.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn begin_run(&self, run: &PolicyRun) -> Result<()> {
        self.connection.execute(
            "INSERT INTO policy_run (id, policy, budget, seed, reward_model_id, parameters, ran_at,
               complete, used, ai, cause, last_judgment)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10, ?11)",
            params![
                run.id.as_bytes(),
                run.policy,
                run.budget.to_string(),
                run.seed as i64,
                run.reward_models.first().map(|id| id.as_bytes()),
                json_text(&run.parameters)?,
                time_text(run.ran_at),
                run.used,
                run.ai,
                run.cause.as_str(),
                run.last_judgment.map(|seq| seq as i64),
            ],
        )?;
        for model in &run.reward_models {
            self.connection.execute(
                "INSERT INTO policy_run_model (policy_run_id, reward_model_id) VALUES (?1, ?2)",
                params![run.id.as_bytes(), model.as_bytes()],
            )?;
        }
        Ok(())
    }

    /// Adds routes to a run that is not complete.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if another program has dropped the run meanwhile, else what
    /// SQLite says.
    pub fn add_routes(&self, run: PolicyRunId, routes: &[Route]) -> Result<()> {
        self.check_begun(run)?;
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO route (policy_run_id, item_id, side, rank, predicted_gain, reason, purpose)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for route in routes {
            statement.execute(params![
                run.as_bytes(),
                route.item.as_bytes(),
                route.to.as_str(),
                route.rank,
                route.predicted_gain,
                route.reason,
                route.purpose.as_str(),
            ])?;
        }
        Ok(())
    }

    /// Puts a run in force, from the commit on.
    ///
    /// # Errors
    /// As [`Writer::add_routes`].
    pub fn complete_run(&self, run: PolicyRunId) -> Result<()> {
        self.check_begun(run)?;
        // The last one completed counts, whichever was begun last.
        self.connection.execute(
            "UPDATE policy_run SET complete = 1, seq = (SELECT max(seq) + 1 FROM policy_run)
             WHERE id = ?1",
            [run.as_bytes()],
        )?;
        Ok(())
    }

    fn check_begun(&self, run: PolicyRunId) -> Result<()> {
        let is_begun = self
            .connection
            .prepare_cached("SELECT 1 FROM policy_run WHERE id = ?1 AND NOT complete")?
            .exists([run.as_bytes()])?;
        if is_begun {
            return Ok(());
        }
        Err(StoreError::NotFound { what: "unfinished routing", id: run.to_string() })
    }

    /// Records a run with its routes at once; it is in force from the commit on.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert_run(&self, run: &PolicyRun, routes: &[Route]) -> Result<()> {
        self.begin_run(run)?;
        self.add_routes(run.id, routes)?;
        self.complete_run(run.id)
    }

    /// Drops up to `limit` routes of a run, and of a run that is not complete the run itself once
    /// it has none. Returns whether there may be more.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn drop_routes(&self, run: PolicyRunId, limit: usize) -> Result<bool> {
        let dropped = self
            .connection
            .prepare_cached(
                "DELETE FROM route WHERE policy_run_id = ?1 AND item_id IN
                   (SELECT item_id FROM route WHERE policy_run_id = ?1 LIMIT ?2)",
            )?
            .execute(params![run.as_bytes(), limit as i64])?;
        if dropped == limit {
            return Ok(true);
        }
        for sql in [
            "DELETE FROM policy_run_model WHERE policy_run_id =
               (SELECT id FROM policy_run WHERE id = ?1 AND NOT complete)",
            "DELETE FROM policy_run WHERE id = ?1 AND NOT complete",
        ] {
            self.connection.execute(sql, [run.as_bytes()])?;
        }
        Ok(false)
    }
}
