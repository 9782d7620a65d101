//! The rules of the study file, on real files.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Map, json};
use tempfile::TempDir;
use tiebreak_core::{
    AnnotatorId, AnnotatorKind, CandidateContent, CandidateDraft, CandidateId, ItemDraft, ItemId,
    Judgment, JudgmentId, Modality, Origin, Outcome, Presentation, Prompt,
};
use uuid::Uuid;

use crate::{NewItem, QueueScope, Store, StoreError, StudyRow};

mod bulk;
mod detail;
mod follows;
mod media;
mod reward;
mod routing;
mod tags;
mod upgrade;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

fn create(folder: &TempDir) -> Store {
    let row = StudyRow {
        uuid: Uuid::from_u128(1),
        seed: 7,
        settings: json!({ "question": "?" }),
        created_at: now(),
    };
    Store::create(&folder.path().join("s.tiebreak"), &row).unwrap()
}

fn draft(n: u128) -> ItemDraft {
    ItemDraft {
        external_id: Some(n.to_string()),
        modality: Modality::Text,
        prompt: Prompt::Text(format!("prompt {n}")),
        context: None,
        tags: Vec::new(),
        source: None,
        split: None,
        gold: None,
        metadata: Map::new(),
        follows: None,
        candidates: ["a", "b"]
            .map(|text| CandidateDraft::new(CandidateContent::Text(format!("{text} {n}")), None))
            .to_vec(),
    }
}

/// Item `n` has the id `n` and the candidates `100 n` and `100 n + 1`.
fn add_item(store: &Store, n: u128) -> ItemId {
    let new = NewItem {
        id: ItemId::new(Uuid::from_u128(n)),
        candidates: [0, 1].map(|k| candidate(n, k)).to_vec(),
        draft: &draft(n),
        imported_at: now(),
    };
    store.write(|writer| writer.insert_item(&new)).unwrap().0
}

fn candidate(item: u128, k: u128) -> CandidateId {
    CandidateId::new(Uuid::from_u128(100 * item + k))
}

fn add_annotator(store: &Store, n: u128) -> AnnotatorId {
    let (id, name) = (AnnotatorId::new(Uuid::from_u128(n)), format!("person {n}"));
    store
        .write(|writer| writer.ensure_annotator(AnnotatorKind::Human, &name, "", id, now()))
        .unwrap()
        .id
}

fn judgment(n: u128, item: ItemId, annotator: AnnotatorId, outcome: Outcome) -> Judgment {
    let id = JudgmentId::new(Uuid::from_u128(n));
    Judgment {
        blinded: Some(true),
        submitted_at: Some(now()),
        active_ms: Some(1),
        ..Judgment::new(id, item, annotator, Origin::Annotated, outcome)
    }
}

#[test]
fn opening_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.tiebreak");
    assert!(matches!(Store::open(&path), Err(StoreError::Missing(_))));
    drop(create(&folder));
    let row = StudyRow { uuid: Uuid::nil(), seed: 0, settings: json!({}), created_at: now() };
    assert!(matches!(Store::create(&path, &row), Err(StoreError::Exists(_))));
    Store::open(&path).unwrap();
    for (name, content) in [("text", &b"not a database"[..]), ("empty", b"")] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::NotAStudy(_))), "{name}");
    }
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    assert!(matches!(Store::open(&path), Err(StoreError::TooNew { found: 99, .. })));
}

#[test]
fn a_closed_study_is_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    add_item(&store, 1);
    drop(store);
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["s.tiebreak"], "copying it copies everything");
}

#[test]
fn a_log_is_never_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    add_item(&store, 1);
    let path = store.path().to_owned();
    let error = crate::study_file::connect_immutable(&path).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
    drop(store);
    let connection = crate::study_file::connect_immutable(&path).unwrap();
    let items: i64 =
        connection.query_row("SELECT count(*) FROM item", [], |row| row.get(0)).unwrap();
    assert_eq!(items, 1);
}

#[test]
fn judgments_can_be_neither_changed_nor_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let (item, annotator) = (add_item(&store, 1), add_annotator(&store, 1));
    store
        .write(|writer| writer.append_judgment(&judgment(1, item, annotator, Outcome::Tie)))
        .unwrap();
    let connection = rusqlite::Connection::open(store.path()).unwrap();
    for sql in ["UPDATE judgment SET outcome = 'both_bad'", "DELETE FROM judgment"] {
        let error = connection.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("judgments are never"), "{error}");
    }
}

#[test]
fn a_judgment_that_breaks_a_rule_is_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let (item, annotator) = (add_item(&store, 1), add_annotator(&store, 1));
    let foreign = judgment(1, item, annotator, Outcome::Preferred(candidate(2, 0)));
    let error = store.write(|writer| writer.append_judgment(&foreign)).unwrap_err();
    assert!(matches!(error, StoreError::Judgment(_)));
    assert!(store.read(|reader| reader.live_judgments(item)).unwrap().is_empty());
}

#[test]
fn the_same_item_is_added_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    add_item(&store, 1);
    let again = NewItem {
        id: ItemId::new(Uuid::from_u128(99)),
        candidates: [0, 1].map(|k| candidate(99, k)).to_vec(),
        draft: &draft(1),
        imported_at: now(),
    };
    let (id, is_new) = store.write(|writer| writer.insert_item(&again)).unwrap();
    assert_eq!((id, is_new), (ItemId::new(Uuid::from_u128(1)), false));
    assert_eq!(store.read(|reader| reader.item_count()).unwrap(), 1);
}

#[test]
fn an_item_on_another_annotators_screen_is_not_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let items: Vec<_> = (1..=3).map(|n| add_item(&store, n)).collect();
    let (one, two) = (add_annotator(&store, 1), add_annotator(&store, 2));
    let scope = |annotator, minutes| QueueScope {
        annotator,
        run: None,
        overlap: 1,
        lease_start: now() - TimeDelta::minutes(minutes),
    };
    let shown = Presentation::choose(7, items[0], one, &[candidate(1, 0), candidate(1, 1)], 0);
    store.write(|writer| writer.hand_out(&shown, now())).unwrap();
    let queue = |scope: QueueScope| {
        let items = store.read(|reader| reader.queue(&scope, 10, &[])).unwrap();
        let length = store.read(|reader| reader.queue_length(&scope)).unwrap();
        assert_eq!(items.len() as u64, length);
        items
    };
    assert_eq!(queue(scope(one, 30)), items, "their own screen does not keep it from them");
    assert_eq!(queue(scope(two, 30)), items[1..]);
    assert_eq!(queue(scope(two, -1)), items, "an old hand-out no longer holds the item");
    let skip = Outcome::Skipped(tiebreak_core::SkipReason::Unstated);
    store.write(|writer| writer.append_judgment(&judgment(1, items[0], one, skip))).unwrap();
    assert_eq!(queue(scope(two, 30)), items, "a skip is no answer: the item goes on");
    assert_eq!(queue(scope(one, 30)), items[1..], "but not to who skipped it");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Answer(u128, u128, u8),
    Undo(u128),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let answer = (1..=4_u128, 1..=2_u128, 0..4_u8).prop_map(|(i, a, o)| Step::Answer(i, a, o));
    let undo = (1..=2_u128).prop_map(Step::Undo);
    proptest::collection::vec(prop_oneof![3 => answer, 1 => undo], 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Against a plain model: a stack of live answers per annotator. Whatever the order of
    /// answers, revisions and undos, the live judgments are the model's, and no row is lost.
    #[test]
    fn revisions_follow_the_model(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let store = create(&folder);
        for n in 1..=4 {
            add_item(&store, n);
        }
        let annotators = [add_annotator(&store, 1), add_annotator(&store, 2)];
        // Model: per annotator the items answered, oldest first, each with its outcome.
        let mut model: [Vec<(u128, Outcome)>; 2] = Default::default();
        let mut rows = 0;
        for (n, step) in steps.iter().enumerate() {
            let id = 1000 + n as u128;
            match *step {
                Step::Answer(item, who, kind) => {
                    let outcome = match kind {
                        0 => Outcome::Preferred(candidate(item, 0)),
                        1 => Outcome::Preferred(candidate(item, 1)),
                        2 => Outcome::Tie,
                        _ => Outcome::BothBad,
                    };
                    let annotator = annotators[who as usize - 1];
                    let row = judgment(id, ItemId::new(Uuid::from_u128(item)), annotator, outcome);
                    store.write(|writer| writer.append_judgment(&row)).unwrap();
                    let answers = &mut model[who as usize - 1];
                    answers.retain(|(answered, _)| *answered != item);
                    answers.push((item, outcome));
                    rows += 1;
                }
                Step::Undo(who) => {
                    let annotator = annotators[who as usize - 1];
                    let last = store.read(|reader| reader.latest_annotated(annotator)).unwrap();
                    let expected = model[who as usize - 1].pop();
                    prop_assert_eq!(last.as_ref().map(|j| j.outcome), expected.map(|(_, o)| o));
                    if let Some(last) = last {
                        let row = judgment(id, last.item, annotator, Outcome::Withdrawn);
                        store.write(|writer| writer.append_judgment(&row)).unwrap();
                        rows += 1;
                    }
                }
            }
        }
        for annotator in annotators {
            for overlap in 1..=2 {
                let scope =
                    QueueScope { annotator, run: None, overlap, lease_start: now() };
                let queue = store.read(|reader| reader.queue(&scope, 100, &[])).unwrap();
                let length = store.read(|reader| reader.queue_length(&scope)).unwrap();
                prop_assert_eq!(queue.len() as u64, length, "the count is that of the queue");
            }
            let done = store.read(|reader| reader.annotated_count(annotator)).unwrap();
            let live = (1..=4).map(|n| {
                let item = ItemId::new(Uuid::from_u128(n));
                let live = store.read(|reader| reader.live_judgments(item)).unwrap();
                live.iter().filter(|l| l.judgment.annotator == annotator).count() as u64
            });
            prop_assert_eq!(done, live.sum::<u64>(), "the tally is the count");
        }
        let mut kept = 0;
        for item in 1..=4_u128 {
            let id = ItemId::new(Uuid::from_u128(item));
            let live = store.read(|reader| reader.live_judgments(id)).unwrap();
            for (who, annotator) in annotators.iter().enumerate() {
                let found = live.iter().find(|l| l.judgment.annotator == *annotator);
                let expected = model[who].iter().find(|(answered, _)| *answered == item);
                prop_assert_eq!(found.map(|l| l.judgment.outcome), expected.map(|(_, o)| *o));
                let history = store.read(|r| r.judgment_history(id, *annotator)).unwrap();
                for pair in history.windows(2) {
                    prop_assert_eq!(pair[1].supersedes, Some(pair[0].id), "one chain");
                }
                kept += history.len();
            }
        }
        prop_assert_eq!(kept, rows, "every row is still there");
    }
}
