//! A bulk load gives the same study as the same rows inserted one by one.

use rusqlite::Connection;
use tiebreak_core::{SkipReason, Strength};

use super::*;
use crate::{BulkAdded, BulkRows};

/// Rows of every kind that a bulk load takes.
fn row(n: u128) -> (ItemDraft, Vec<CandidateId>, Vec<Judgment>) {
    let mut draft = draft(n);
    let item = ItemId::new(Uuid::from_u128(n));
    let mut candidates = vec![candidate(n, 0), candidate(n, 1)];
    if n.is_multiple_of(3) {
        // Not in the order of their ids.
        candidates.reverse();
        draft.external_id = None;
        draft.gold = Some(1);
        draft.tags = vec!["\u{e9}\"".to_owned(), "b".to_owned()];
        draft.metadata.insert("k".to_owned(), json!([n as u64, null]));
    }
    if n.is_multiple_of(5) {
        candidates.push(candidate(n, 2));
        let long = CandidateContent::Text("long ".repeat(9 * n as usize % 30_000));
        draft.candidates.push(CandidateDraft::new(long, Some("system".to_owned())));
        draft.external_id = Some(format!("same id {}", n % 7));
    }
    let by = |person: u128, outcome| {
        judgment(10 * n + person, item, AnnotatorId::new(Uuid::from_u128(900 - person)), outcome)
    };
    let mut judgments = vec![Judgment {
        strength: Some(Strength::new((n % 4) as u8).unwrap()),
        confidence: Some(0.25 * (n % 5) as f64),
        rationale: Some(format!("because {n}")),
        submitted_at: Some(now()),
        active_ms: Some(n as u64 * 1000),
        order_seed: Some(u64::MAX),
        blinded: Some(true),
        shown_order: candidates.iter().rev().copied().collect(),
        reason_tags: vec!["tag".to_owned()],
        ..by(1, Outcome::Preferred(candidates[0]))
    }];
    if n.is_multiple_of(2) {
        judgments.push(by(2, Outcome::Skipped(SkipReason::Broken)));
        judgments.push(by(0, Outcome::Tie));
    }
    if n.is_multiple_of(11) {
        judgments.clear();
    }
    for (place, judgment) in (0..).zip(&mut judgments) {
        judgment.id = JudgmentId::new(Uuid::from_u128(10 * n + place));
        judgment.origin = Origin::Imported;
    }
    (draft, candidates, judgments)
}

fn add_annotators(writer: &crate::Writer<'_>) -> Result<(), StoreError> {
    for person in 0..3 {
        let id = AnnotatorId::new(Uuid::from_u128(900 - person));
        let name = format!("person {person}");
        writer.ensure_annotator(AnnotatorKind::Human, &name, "data", id, now())?;
    }
    Ok(())
}

fn load(store: &Store, rows: u128) -> Option<u64> {
    let mut made = BulkRows::default();
    for n in 1..=rows {
        let (draft, candidates, judgments) = row(n);
        let id = ItemId::new(Uuid::from_u128(n));
        let new = NewItem { id, candidates, draft: &draft, imported_at: now() };
        assert!(made.push(&new, &judgments).unwrap());
    }
    store
        .load_in_bulk(
            |bulk| {
                let mut added = 0;
                for place in 0..made.len() {
                    added += u64::from(bulk.add(&made, place)? == BulkAdded::New);
                    // The second time it is there.
                    assert_eq!(bulk.add(&made, place)?, BulkAdded::Duplicate);
                }
                Ok::<_, StoreError>(added)
            },
            |writer, _| add_annotators(writer),
        )
        .unwrap()
}

fn insert(store: &Store, rows: u128) {
    store
        .write(|writer| {
            add_annotators(writer)?;
            for n in 1..=rows {
                let (draft, candidates, judgments) = row(n);
                let id = ItemId::new(Uuid::from_u128(n));
                let new = NewItem { id, candidates, draft: &draft, imported_at: now() };
                writer.insert_item(&new)?;
                for judgment in &judgments {
                    writer.append_judgment(judgment)?;
                }
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

/// Every row of every table, and the keys of every index by way of the checks.
fn content(store: &Store) -> Vec<String> {
    let connection = Connection::open(store.path()).unwrap();
    let all = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let row: Vec<_> =
                (0..columns).map(|n| row.get::<_, rusqlite::types::Value>(n).unwrap()).collect();
            found.push(format!("{row:?}"));
        }
        found
    };
    assert_eq!(all("PRAGMA integrity_check"), [r#"[Text("ok")]"#].map(str::to_owned));
    assert_eq!(all("PRAGMA foreign_key_check"), Vec::<String>::new());
    ["item", "candidate", "judgment", "annotator", "sqlite_sequence"]
        .iter()
        .flat_map(|table| all(&format!("SELECT rowid, * FROM {table} ORDER BY rowid")))
        .collect()
}

#[test]
fn loading_is_inserting() {
    for rows in [0, 1, 3, 40, 700, 3000] {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [loaded, inserted] = [create(&folders[0]), create(&folders[1])];
        assert_eq!(load(&loaded, rows), Some(rows as u64));
        insert(&inserted, rows);
        let mut expected = content(&inserted);
        if let Some(last) = expected.last_mut().filter(|_| rows == 0) {
            // Before the first judgment SQLite's own count is NULL.
            *last = last.replace("Null", "Integer(0)");
        }
        assert_eq!(content(&loaded), expected, "{rows} rows");
        // And life goes on.
        let next = rows + 1;
        add_item(&loaded, next);
        assert_eq!(loaded.read(|reader| reader.item_count()).unwrap(), next as u64);
        if rows > 0 {
            assert_eq!(load(&loaded, 1), None, "a study with items is not loaded in bulk");
        }
        content(&loaded);
    }
}

#[test]
fn rows_out_of_order_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let mut made = BulkRows::default();
    for n in [2, 1] {
        let (draft, candidates, _) = row(n);
        let id = ItemId::new(Uuid::from_u128(n));
        made.push(&NewItem { id, candidates, draft: &draft, imported_at: now() }, &[]).unwrap();
    }
    let refused = store.load_in_bulk(
        |bulk| (0..2).try_for_each(|place| bulk.add(&made, place).map(drop)),
        |_, ()| Ok(()),
    );
    assert!(matches!(refused, Err(StoreError::Unreadable { what: "order of ids", .. })));
    assert_eq!(store.read(|reader| reader.item_count()).unwrap(), 0);
}

#[test]
fn a_study_that_is_open_elsewhere_is_not_loaded_in_bulk() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let other = Store::open(store.path()).unwrap();
    assert_eq!(load(&store, 3), None);
    drop(other);
    assert_eq!(load(&store, 3), Some(3));
}

#[test]
fn an_error_leaves_the_study_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(&folder));
    let store = Store::open(&folder.path().join("s.tiebreak")).unwrap();
    let before = content(&store);
    let size = std::fs::metadata(store.path()).unwrap().len();
    let mut made = BulkRows::default();
    for n in 1..=3000 {
        let (draft, candidates, _) = row(n);
        let id = ItemId::new(Uuid::from_u128(n));
        let new = NewItem { id, candidates, draft: &draft, imported_at: now() };
        made.push(&new, &[]).unwrap();
    }
    let stopped: Result<Option<()>, StoreError> = store.load_in_bulk(
        |bulk| {
            for place in 0..made.len() {
                bulk.add(&made, place)?;
            }
            Err(StoreError::DiskFull)
        },
        |_, ()| Ok(()),
    );
    assert!(matches!(stopped, Err(StoreError::DiskFull)));
    assert_eq!(content(&store), before);
    assert_eq!(std::fs::metadata(store.path()).unwrap().len(), size);
    add_item(&store, 1);
}
