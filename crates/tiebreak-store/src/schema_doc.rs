//! docs/data-model.md is made from the schema: columns and types as SQLite reports them, meanings
//! from the comments of the migrations. This test keeps the file true.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use rusqlite::Connection;

use crate::migration;

const INTRODUCTION: &str = "# Data model

A study is one SQLite file, `NAME.tiebreak`, and any SQLite client may read it. Its `application_id` \
is 0x5442524B (`TBRK`); `user_version` is the schema version. It is written in WAL mode with \
`synchronous=FULL`: copy it together with its `-wal` file, or after Tiebreak has closed it.

Ids are UUIDv7 in 16 bytes, hashes BLAKE3 in 32 bytes, times RFC 3339 text in UTC, structured \
values JSON text. NULL means that a value is not known; nothing unknown is stored as 0.

Judgments are append-only: triggers refuse UPDATE and DELETE. Revising a judgment or taking it \
back adds a row whose `supersedes` names the row before; all rows of one annotator on one item form \
a single chain. Read the view `live_judgment` for what counts now.

This page is made from the migrations in `crates/tiebreak-store/src/migration/`; a test keeps it \
true. Do not edit it: change the comments there and run `cargo xtask bindings`.
";

/// What the migrations' comments say: of tables, and of columns as `table.column`.
fn comments(scripts: &[&str]) -> HashMap<String, String> {
    let mut found = HashMap::new();
    let (mut above, mut table) = (String::new(), None::<String>);
    for line in scripts.iter().flat_map(|script| script.lines()) {
        let trimmed = line.trim();
        if let Some(added) = trimmed.strip_prefix("ALTER TABLE ") {
            let words: Vec<&str> = added.split_whitespace().collect();
            if let ([table, "ADD", "COLUMN", column, ..], Some((_, comment))) =
                (words.as_slice(), added.split_once("-- "))
            {
                found.insert(format!("{table}.{column}"), comment.trim().to_owned());
            }
            above.clear();
        } else if let (None, Some(comment)) = (&table, trimmed.strip_prefix("--")) {
            if !above.is_empty() {
                above.push(' ');
            }
            above.push_str(comment.trim());
        } else if let Some(name) =
            trimmed.strip_prefix("CREATE TABLE ").or_else(|| trimmed.strip_prefix("CREATE VIEW "))
        {
            let name = name.split([' ', '(']).next().unwrap().to_owned();
            found.insert(name.clone(), std::mem::take(&mut above));
            table = trimmed.starts_with("CREATE TABLE").then_some(name);
        } else if trimmed.starts_with(')') {
            table = None;
        } else if let Some(name) = &table {
            if let (Some(column), Some((_, comment))) =
                (trimmed.split_whitespace().next(), trimmed.split_once("-- "))
            {
                found.insert(format!("{name}.{column}"), comment.trim().to_owned());
            }
        } else {
            above.clear();
        }
    }
    found
}

fn generate() -> String {
    let mut connection = Connection::open_in_memory().unwrap();
    migration::migrate(&mut connection).unwrap();
    let comments = comments(migration::MIGRATIONS);
    let mut text = INTRODUCTION.to_owned();
    let mut tables = connection
        .prepare(
            "SELECT name, type FROM sqlite_schema
             WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
        )
        .unwrap();
    let tables: Vec<(String, String)> = tables
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (table, kind) in tables {
        write!(text, "\n## {table}\n\n{}\n", comments[&table]).unwrap();
        if kind == "view" {
            text.push_str("\nA view with the columns of its table.\n");
            continue;
        }
        text.push_str("\n| column | type | may be NULL | meaning |\n|---|---|---|---|\n");
        let mut columns = connection
            .prepare("SELECT name, type, \"notnull\" OR pk FROM pragma_table_info(?1)")
            .unwrap();
        let mut foreign = connection
            .prepare("SELECT \"table\" FROM pragma_foreign_key_list(?1) WHERE \"from\" = ?2")
            .unwrap();
        let mut rows = columns.query([&table]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (name, kind, required): (String, String, bool) =
                (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
            let comment = comments.get(&format!("{table}.{name}")).cloned();
            let target: Option<String> = foreign.query_row([&table, &name], |row| row.get(0)).ok();
            let meaning = match (comment, target) {
                (Some(comment), Some(target)) => format!("{comment} (→ {target})"),
                (Some(comment), None) => comment,
                (None, Some(target)) => format!("→ {target}"),
                (None, None) => String::new(),
            };
            let null = if required { "" } else { "yes" };
            writeln!(text, "| `{name}` | {kind} | {null} | {} |", meaning.replace('|', "\\|"))
                .unwrap();
        }
    }
    text
}

#[test]
fn the_data_model_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/data-model.md");
    let generated = generate();
    if std::env::var_os("TIEBREAK_BLESS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "docs/data-model.md is stale: run `cargo xtask bindings`");
}

#[test]
fn comments_are_read_from_scripts() {
    let script = "-- A thing.\n-- Really.\nCREATE TABLE thing (\n  id BLOB PRIMARY KEY, -- its id\n  x INTEGER\n) STRICT;\nALTER TABLE thing ADD COLUMN y TEXT; -- its why\n";
    let comments = comments(&[script]);
    assert_eq!(comments["thing"], "A thing. Really.");
    assert_eq!(comments["thing.id"], "its id");
    assert_eq!(comments["thing.y"], "its why");
    assert!(!comments.contains_key("thing.x"));
}
