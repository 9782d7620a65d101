//! `policy_run`, `policy_run_model` and `route`: who labels an item. The last run counts; earlier ones stay to be
//! looked at.

use rusqlite::{OptionalExtension, Row, params};
use tiebreak_core::{ItemId, PolicyRun, PolicyRunId, Route, RouteTo};

use crate::codec::{id, json, json_text, time, time_text, word};
use crate::{Reader, Result, Writer};

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
    })
}

fn read_route(row: &Row<'_>, first: usize) -> rusqlite::Result<Route> {
    Ok(Route {
        item: id(row, first)?,
        to: word(row, first + 1, RouteTo::parse)?,
        rank: row.get(first + 2)?,
        predicted_gain: row.get(first + 3)?,
        reason: row.get(first + 4)?,
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
                "SELECT id, policy, budget, seed, parameters, ran_at
                 FROM policy_run ORDER BY seq DESC LIMIT 1",
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
            .prepare_cached("SELECT id FROM policy_run ORDER BY seq DESC LIMIT 1")?
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
                "SELECT item_id, side, rank, predicted_gain, reason FROM route
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
            "SELECT i.ordinal, r.item_id, r.side, r.rank, r.predicted_gain, r.reason
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
}

impl Writer<'_> {
    /// Records a run with its routes; it is in force from the commit on.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert_run(&self, run: &PolicyRun, routes: &[Route]) -> Result<()> {
        self.connection.execute(
            "INSERT INTO policy_run
               (id, policy, budget, seed, reward_model_id, parameters, ran_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                run.id.as_bytes(),
                run.policy,
                run.budget.to_string(),
                run.seed as i64,
                run.reward_models.first().map(|id| id.as_bytes()),
                json_text(&run.parameters)?,
                time_text(run.ran_at),
            ],
        )?;
        for model in &run.reward_models {
            self.connection.execute(
                "INSERT INTO policy_run_model (policy_run_id, reward_model_id) VALUES (?1, ?2)",
                params![run.id.as_bytes(), model.as_bytes()],
            )?;
        }
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO route (policy_run_id, item_id, side, rank, predicted_gain, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for route in routes {
            statement.execute(params![
                run.id.as_bytes(),
                route.item.as_bytes(),
                route.to.as_str(),
                route.rank,
                route.predicted_gain,
                route.reason,
            ])?;
        }
        Ok(())
    }
}
