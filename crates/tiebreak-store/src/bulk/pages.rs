//! What a bulk load asks of a file, and what SQLite is told of its pages.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use tiebreak_core::ContentHash;

use super::tree::Pages;
use crate::{Result, StoreError};

/// The size of pages in every study that Tiebreak makes.
const PAGE_SIZE: usize = 32768;

/// The tables that are filled.
const TABLES: [&str; 3] = ["item", "candidate", "judgment"];

/// The definitions of these tables, their indexes and triggers, as [`definitions`] hashes them:
/// rows are made for these and no others. A migration that changes one of them turns bulk loads
/// off, and a test fails, until `bulk/rows.rs` and `BulkLoad` follow it.
const DEFINITIONS: &str = "028a69fc80848b9e820c1ba6b374d8dc8ed9f2407bad6a9f33cd6531bac0ad2d";

/// What matters of a file.
pub(super) struct Shape {
    pub(super) page_size: usize,
    /// How many there are.
    pub(super) pages: u32,
    /// The first page of each table and index, by name.
    pub(super) roots: BTreeMap<String, u32>,
}

impl Shape {
    /// Looks at a file; `None` if it cannot be loaded in bulk: its tables are not empty, or are
    /// not what is known here, or SQLite was built without `sqlite_dbpage`.
    pub(super) fn of(connection: &Connection) -> Result<Option<Self>> {
        let number = |name: &str| -> Result<i64> {
            Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
        };
        if number("page_size")? != PAGE_SIZE as i64 || number("auto_vacuum")? != 0 {
            return Ok(None);
        }
        let Ok(first) = first_page(connection) else { return Ok(None) };
        // Byte 20: what is kept free at the end of each page.
        if first.get(20) != Some(&0) {
            return Ok(None);
        }
        if definitions(connection)?.to_string() != DEFINITIONS {
            return Ok(None);
        }
        let mut roots = BTreeMap::new();
        let mut statement = connection.prepare(
            "SELECT name, rootpage FROM sqlite_schema
             WHERE tbl_name IN ('item', 'candidate', 'judgment') AND type IN ('table', 'index')",
        )?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            roots.insert(row.get(0)?, row.get(1)?);
        }
        for table in TABLES {
            if connection.prepare(&format!("SELECT 1 FROM {table} LIMIT 1"))?.exists([])? {
                return Ok(None);
            }
        }
        let Ok(pages) = u32::try_from(number("page_count")?) else { return Ok(None) };
        Ok(Some(Self { page_size: PAGE_SIZE, pages, roots }))
    }
}

/// The hash of what defines the tables that are filled, and all that hangs on them.
fn definitions(connection: &Connection) -> Result<ContentHash> {
    let mut statement = connection.prepare(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_schema
         WHERE tbl_name IN ('item', 'candidate', 'judgment') ORDER BY type, name",
    )?;
    let mut found = statement.query([])?;
    let mut fields: Vec<String> = Vec::new();
    while let Some(row) = found.next()? {
        for column in 0..3 {
            fields.push(row.get(column)?);
        }
    }
    Ok(ContentHash::of_fields(fields.iter().map(String::as_bytes)))
}

fn first_page(connection: &Connection) -> Result<Vec<u8>> {
    let sql = "SELECT data FROM sqlite_dbpage WHERE pgno = 1";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

/// Says in the file's header how many pages there are, and has SQLite read it again.
pub(super) fn grow(connection: &Connection, pages: &mut Pages<'_>) -> Result<()> {
    let mut first = first_page(connection)?;
    let Some(size) = first.get_mut(28..32) else {
        let reason = "it has no header".to_owned();
        return Err(StoreError::Unreadable { what: "page", reason });
    };
    size.copy_from_slice(&pages.last().to_be_bytes());
    pages.put(1, &first)?;
    // Where a savepoint ends, the number of pages is taken from the header.
    connection.execute_batch("SAVEPOINT grown; RELEASE grown")?;
    Ok(())
}

/// Lets the numbers of judgments go on after those that were loaded.
pub(super) fn count_judgments(connection: &Connection, judgments: u64) -> Result<()> {
    let judgments = judgments as i64;
    let known = connection
        .execute("UPDATE sqlite_sequence SET seq = ?1 WHERE name = 'judgment'", [judgments])?;
    if known == 0 {
        connection.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES ('judgment', ?1)",
            params![judgments],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::migrate;

    #[test]
    fn rows_are_made_for_the_schema_at_hand() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        assert_eq!(definitions(&connection).unwrap().to_string(), DEFINITIONS);
    }
}
