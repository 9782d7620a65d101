//! Schema versions. Migrations are added, never edited; `user_version` counts them.

use rusqlite::{Connection, TransactionBehavior};

use crate::{Result, StoreError};

/// One SQL script per schema version, from 1.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("migration/0001_initial.sql"),
    include_str!("migration/0002_rankings_details_media.sql"),
    include_str!("migration/0003_reward_engine.sql"),
    include_str!("migration/0004_tags.sql"),
    include_str!("migration/0005_routing_runs.sql"),
    include_str!("migration/0006_held_out.sql"),
];

/// The newest schema version known.
pub(crate) const NEWEST: i64 = MIGRATIONS.len() as i64;

/// Brings the schema to the newest version, each step in its own transaction.
pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    // A table that is made anew is dropped while others refer to it. SQLite ignores this setting
    // within a transaction, so it is made before, and the references are checked before the commit.
    connection.pragma_update(None, "foreign_keys", false)?;
    let done = steps(connection);
    connection.pragma_update(None, "foreign_keys", true)?;
    done
}

fn steps(connection: &mut Connection) -> Result<()> {
    for (index, script) in MIGRATIONS.iter().enumerate() {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Asked for under the write lock: another program may have done the step meanwhile.
        if version(&transaction)? > index as i64 {
            continue;
        }
        transaction.execute_batch(script)?;
        if transaction.prepare("PRAGMA foreign_key_check")?.exists([])? {
            return Err(StoreError::Unreadable {
                what: "reference",
                reason: format!("schema {} cannot be reached", index + 1),
            });
        }
        transaction.pragma_update(None, "user_version", index as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The schema version of an open file.
pub(crate) fn version(connection: &Connection) -> Result<i64> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
