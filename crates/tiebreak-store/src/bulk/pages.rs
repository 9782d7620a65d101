//! What a bulk load asks of a file, and what SQLite is told of its pages.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::tree::Pages;
use crate::{Result, StoreError};

/// The size of pages in every study that Tiebreak makes.
const PAGE_SIZE: usize = 32768;

/// The tables that are filled, with the number of their columns.
const TABLES: [(&str, i64); 3] = [("item", 15), ("candidate", 7), ("judgment", 19)];

/// Every index of these tables. Those whose condition nothing in a bulk load meets stay empty.
const INDEXES: [&str; 16] = [
    "item_external_id",
    "item_follows",
    "item_following",
    "item_modality",
    "judgment_annotated",
    "judgment_annotator",
    "judgment_chain",
    "judgment_item",
    "judgment_supersedes",
    "judgment_withdrawn",
    "sqlite_autoindex_candidate_1",
    "sqlite_autoindex_candidate_2",
    "sqlite_autoindex_item_1",
    "sqlite_autoindex_item_2",
    "sqlite_autoindex_item_3",
    "sqlite_autoindex_judgment_1",
];

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
        let mut statement = connection.prepare(
            "SELECT name, type, rootpage FROM sqlite_schema
             WHERE tbl_name IN ('item', 'candidate', 'judgment') AND type IN ('table', 'index')",
        )?;
        let found = statement.query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?))
        })?;
        let mut roots = BTreeMap::new();
        let mut indexes = Vec::new();
        for row in found {
            let (name, kind, root) = row?;
            if kind == "index" {
                indexes.push(name.clone());
            }
            roots.insert(name, root);
        }
        indexes.sort_unstable();
        let mut expected = INDEXES.to_vec();
        expected.sort_unstable();
        if indexes != expected {
            return Ok(None);
        }
        for (table, columns) in TABLES {
            let found: i64 = connection.query_row(
                "SELECT count(*) FROM pragma_table_info(?1)",
                [table],
                |row| row.get(0),
            )?;
            let has_rows =
                connection.prepare(&format!("SELECT 1 FROM {table} LIMIT 1"))?.exists([])?;
            if found != columns || has_rows {
                return Ok(None);
            }
        }
        let Ok(pages) = u32::try_from(number("page_count")?) else { return Ok(None) };
        Ok(Some(Self { page_size: PAGE_SIZE, pages, roots }))
    }
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
