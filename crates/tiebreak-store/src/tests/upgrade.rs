//! A file of the first schema, with revisions and a routing in it, opens as one of the newest.

use rusqlite::{Connection, params};
use tiebreak_core::{RewardModelId, RoutePurpose, RunCause};

use super::*;
use crate::migration::MIGRATIONS;

fn blob(n: u128) -> [u8; 16] {
    n.to_be_bytes()
}

/// Two items; one annotator who answered, revised and took back, and one judgment with the
/// largest sequence number that was ever given, 9.
fn first_schema(path: &std::path::Path) {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "application_id", 0x5442_524b).unwrap();
    connection.execute_batch(MIGRATIONS[0]).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    connection
        .execute(
            "INSERT INTO study VALUES (1, ?1, 7, '{}', '2023-11-14T22:13:20.000000Z')",
            [blob(1)],
        )
        .unwrap();
    for n in 1..=2_u128 {
        connection
            .execute(
                "INSERT INTO item VALUES (?1, ?2, ?1, 'x', 'text', '\"p\"', x'00', NULL, '[]', NULL,
                   NULL, NULL, '{}', '2023-11-14T22:13:20.000000Z')",
                params![blob(n), n as i64],
            )
            .unwrap();
        for k in 0..2_u128 {
            connection
                .execute(
                    "INSERT INTO candidate VALUES (?1, ?2, ?3, '\"a\"', x'00', NULL, '{}')",
                    params![blob(100 * n + k), blob(n), k as i64],
                )
                .unwrap();
        }
    }
    connection
        .execute(
            "INSERT INTO annotator VALUES (?1, 'human', 'ann', '', 'annotator-1', '{}',
               '2023-11-14T22:13:20.000000Z')",
            [blob(1)],
        )
        .unwrap();
    for (item, swapped) in [(1, 0), (2, 0)] {
        connection
            .execute(
                "INSERT INTO presentation VALUES (?1, ?2, '[0,1]', 3, ?3,
                   '2023-11-14T22:13:20.000000Z')",
                params![blob(item), blob(1), swapped],
            )
            .unwrap();
    }
    for (seq, id, item, outcome, preferred, supersedes) in [
        (1, 1001, 1, "preferred", Some(100), None),
        (2, 1002, 2, "tie", None, None),
        (5, 1003, 1, "preferred", Some(101), Some(1001)),
        (7, 1004, 2, "withdrawn", None, Some(1002)),
        (9, 1005, 2, "both_bad", None, Some(1004)),
    ] {
        connection
            .execute(
                "INSERT INTO judgment (seq, id, item_id, annotator_id, origin, outcome, preferred,
                   reason_tags, shown_order, order_seed, supersedes)
                 VALUES (?1, ?2, ?3, ?4, 'annotated', ?5, ?6, '[\"why\"]', '[1,0]', 3, ?7)",
                params![
                    seq,
                    blob(id),
                    blob(item),
                    blob(1),
                    outcome,
                    preferred.map(blob),
                    supersedes.map(blob)
                ],
            )
            .unwrap();
    }
}

/// A routing by the reward model 1, and one without a model.
fn routed(path: &std::path::Path) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute(
            "INSERT INTO reward_model VALUES (?1, 'minilm', 'text', x'01', x'02', 1, 'cpu', '[]',
               '2023-11-14T22:13:20.000000Z')",
            [blob(1)],
        )
        .unwrap();
    for (run, model) in [(1, Some(blob(1))), (2, None)] {
        connection
            .execute(
                "INSERT INTO policy_run (id, policy, budget, seed, reward_model_id, parameters,
                   ran_at)
                 VALUES (?1, 'least-certain', '25%', 7, ?2, '{\"items\":2}',
                   '2023-11-14T22:13:20.000000Z')",
                params![blob(run), model],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO route VALUES (?1, ?2, 'human', 0, 0.25, 'why')",
                params![blob(run), blob(1)],
            )
            .unwrap();
    }
}

#[test]
fn a_file_of_the_first_schema_keeps_its_routings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.tiebreak");
    first_schema(&path);
    routed(&path);
    let store = Store::open(&path).unwrap();
    let (run, route) = store
        .read(|reader| {
            let run = reader.current_run()?.unwrap();
            let route = reader.route(run.id, ItemId::new(Uuid::from_u128(1)))?;
            Ok::<_, StoreError>((run, route.unwrap()))
        })
        .unwrap();
    assert_eq!((run.policy.as_str(), run.used.as_str()), ("least-certain", "least-certain"));
    assert_eq!((run.ai.as_str(), run.cause), ("reward", RunCause::Asked));
    assert_eq!((run.last_judgment, run.reward_models.len()), (None, 0));
    assert_eq!(run.parameters["items"], 2);
    assert_eq!((route.purpose, route.reason.as_str()), (RoutePurpose::Policy, "why"));
    let model = RewardModelId::new(Uuid::from_u128(1));
    let has_held_out = || store.read(|reader| reader.has_held_out(model)).unwrap();
    assert!(!has_held_out(), "nobody kept it then");
    let item = ItemId::new(Uuid::from_u128(1));
    let held_out = crate::HeldOutPreference { item, margin: 0.5, tie: None };
    store.write(|writer| writer.keep_held_out(model, &[held_out])).unwrap();
    assert!(has_held_out());
    drop(store);
    let connection = Connection::open(&path).unwrap();
    let used: Vec<(i64, i64)> = connection
        .prepare(
            "SELECT p.seq, m.rowid FROM policy_run_model AS u
             JOIN policy_run AS p ON p.id = u.policy_run_id
             JOIN reward_model AS m ON m.id = u.reward_model_id",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(used, [(1, 1)], "the model that the first routing used");
}

#[test]
fn a_file_of_the_first_schema_keeps_its_judgments() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.tiebreak");
    first_schema(&path);
    let store = Store::open(&path).unwrap();
    let who = AnnotatorId::new(Uuid::from_u128(1));
    let items = [1, 2].map(|n| ItemId::new(Uuid::from_u128(n)));
    let (chains, tally) = store
        .read(|reader| -> crate::Result<_> {
            let chains =
                [reader.judgment_history(items[0], who)?, reader.judgment_history(items[1], who)?];
            Ok((chains, (reader.annotated_count(who)?, reader.side_lead(who)?)))
        })
        .unwrap();
    let outcomes = chains.map(|chain| chain.iter().map(|j| j.outcome).collect::<Vec<_>>());
    assert_eq!(
        outcomes,
        [
            vec![Outcome::Preferred(candidate(1, 0)), Outcome::Preferred(candidate(1, 1))],
            vec![Outcome::Tie, Outcome::Withdrawn, Outcome::BothBad],
        ]
    );
    assert_eq!(tally, (2, 2));
    let last = store.read(|reader| reader.last_judgment(items[0], who)).unwrap().unwrap();
    assert_eq!(last.reason_tags, ["why"]);
    assert_eq!(last.shown_order, [candidate(1, 1), candidate(1, 0)]);
    // A ranking, which the first schema refused, follows with the next sequence number.
    let ranking =
        tiebreak_core::Ranking { tiers: vec![vec![candidate(1, 0)], vec![candidate(1, 1)]] };
    let ranked =
        Judgment { ranking: Some(ranking), ..judgment(2000, items[0], who, Outcome::Ranked) };
    store.write(|writer| writer.append_judgment(&ranked)).unwrap();
    drop(store);
    let connection = Connection::open(&path).unwrap();
    let seqs: Vec<i64> = connection
        .prepare("SELECT seq FROM judgment ORDER BY seq")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(seqs, [1, 2, 5, 7, 9, 10]);
    for sql in ["UPDATE judgment SET outcome = 'tie'", "DELETE FROM judgment"] {
        assert!(connection.execute(sql, []).is_err(), "{sql}");
    }
    // The upgraded schema is that of a new file.
    let schema = |path: &std::path::Path| -> Vec<(String, Option<String>)> {
        Connection::open(path)
            .unwrap()
            .prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    assert_eq!(schema(&path), schema(create(&folder).path()));
}

#[test]
fn a_reference_to_nothing_stops_the_upgrade_and_leaves_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.tiebreak");
    first_schema(&path);
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute("DELETE FROM candidate WHERE position = 1", []).unwrap();
    drop(connection);
    assert!(matches!(Store::open(&path), Err(StoreError::Unreadable { .. })));
    let connection = Connection::open(&path).unwrap();
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
}
