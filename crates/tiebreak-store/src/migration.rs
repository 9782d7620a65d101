//! Schema versions. Migrations are added, never edited; `user_version` counts them.

use rusqlite::Connection;

use crate::Result;

/// One SQL script per schema version, from 1.
pub(crate) const MIGRATIONS: &[&str] = &[include_str!("migration/0001_initial.sql")];

/// The newest schema version known.
pub(crate) const NEWEST: i64 = MIGRATIONS.len() as i64;

/// Brings the schema to the newest version, each step in its own transaction.
pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    let current = version(connection)?;
    for (index, script) in MIGRATIONS.iter().enumerate().skip(current.max(0) as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(script)?;
        transaction.pragma_update(None, "user_version", index as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The schema version of an open file.
pub(crate) fn version(connection: &Connection) -> Result<i64> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
