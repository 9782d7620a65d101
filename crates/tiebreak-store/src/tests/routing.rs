//! Runs come into force whole, what was drawn stays drawn, and what a later run makes useless goes.

use tiebreak_core::{Budget, PolicyRun, PolicyRunId, Route, RoutePurpose, RouteTo, RunCause};

use super::*;
use crate::{RandomSample, StoredCurve, Tally};

fn run(n: u128, cause: RunCause) -> PolicyRun {
    PolicyRun {
        id: PolicyRunId::new(Uuid::from_u128(n)),
        policy: "auto".to_owned(),
        used: "value".to_owned(),
        ai: "gpt-4".to_owned(),
        cause,
        last_judgment: Some(12),
        budget: Budget::Percent(25.0),
        seed: u64::MAX,
        reward_models: Vec::new(),
        parameters: Map::new(),
        ran_at: now(),
    }
}

fn routes(items: std::ops::Range<u128>) -> Vec<Route> {
    items
        .map(|n| Route {
            item: ItemId::new(Uuid::from_u128(n)),
            to: RouteTo::Human,
            predicted_gain: None,
            rank: n as u32 - 1,
            reason: format!("why {n}"),
            purpose: RoutePurpose::Audit,
        })
        .collect()
}

/// How many routes runs 1, 2, ... have.
fn kept(store: &Store, runs: u128) -> Vec<u64> {
    let count = |n| store.read(|reader| reader.route_counts(PolicyRunId::new(Uuid::from_u128(n))));
    (1..=runs).map(|n| count(n).unwrap().0).collect()
}

/// Drops what is obsolete, a minute after the runs that tests make.
fn clean(store: &Store, abandoned_minutes: i64) {
    let abandoned = now() + TimeDelta::minutes(1 - abandoned_minutes);
    for run in store.read(|reader| reader.obsolete_runs(abandoned)).unwrap() {
        while store.write(|writer| writer.drop_routes(run, 2)).unwrap() {}
    }
}

fn in_force(store: &Store) -> Option<PolicyRun> {
    store.read(|reader| reader.current_run()).unwrap()
}

#[test]
fn a_run_counts_once_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    (1..=5).for_each(|n| _ = add_item(&store, n));
    let [first, second, late] =
        [run(1, RunCause::Asked), run(2, RunCause::Background), run(3, RunCause::Asked)];
    store.write(|writer| writer.insert_run(&first, &routes(1..6))).unwrap();
    assert_eq!(in_force(&store).as_ref(), Some(&first));

    store.write(|writer| writer.begin_run(&late)).unwrap();
    store.write(|writer| writer.begin_run(&second)).unwrap();
    store.write(|writer| writer.add_routes(second.id, &routes(1..3))).unwrap();
    assert_eq!(in_force(&store).as_ref(), Some(&first), "half a run does not count");
    store.write(|writer| writer.add_routes(second.id, &routes(3..6))).unwrap();
    store.write(|writer| writer.complete_run(second.id)).unwrap();
    assert_eq!(in_force(&store).as_ref(), Some(&second));
    assert_eq!(store.read(|reader| reader.background_runs()).unwrap(), 1);
    store.write(|writer| writer.complete_run(late.id)).unwrap();
    assert_eq!(in_force(&store).as_ref(), Some(&late), "the last one completed counts");
    assert_eq!(store.read(|reader| reader.background_runs()).unwrap(), 0);
    let again = store.write(|writer| writer.add_routes(late.id, &routes(1..2)));
    assert!(matches!(again, Err(StoreError::NotFound { .. })));
}

#[test]
fn what_is_obsolete_is_dropped_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    (1..=5).for_each(|n| _ = add_item(&store, n));
    for (n, cause) in [(1, RunCause::Asked), (2, RunCause::Background), (3, RunCause::Background)] {
        store.write(|writer| writer.insert_run(&run(n, cause), &routes(1..6))).unwrap();
    }
    let broken_off = run(4, RunCause::Asked);
    store.write(|writer| writer.begin_run(&broken_off)).unwrap();
    store.write(|writer| writer.add_routes(broken_off.id, &routes(1..4))).unwrap();
    assert_eq!(kept(&store, 4), [5, 5, 5, 3]);
    clean(&store, 60);
    assert_eq!(kept(&store, 4), [5, 0, 5, 3], "the last may be being written");
    clean(&store, 0);
    assert_eq!(kept(&store, 4), [5, 0, 5, 0], "asked for, superseded, in force, broken off");
    let left = store.read(|reader| reader.obsolete_runs(now() + TimeDelta::minutes(1)));
    assert!(left.unwrap().is_empty());
    let late = store.write(|writer| writer.complete_run(broken_off.id));
    assert!(matches!(late, Err(StoreError::NotFound { .. })), "its writer is told");
    let rows: i64 = rusqlite::Connection::open(store.path())
        .unwrap()
        .query_row("SELECT count(*) FROM policy_run", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 3, "a run that counted stays on record");
}

#[test]
fn routed_items_are_read_by_rank() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    (1..=5).for_each(|n| _ = add_item(&store, n));
    let one = run(1, RunCause::Asked);
    store.write(|writer| writer.insert_run(&one, &routes(1..6))).unwrap();
    let page = |after, limit| {
        store
            .read(|reader| reader.routed_by_rank(one.id, RouteTo::Human, after, limit))
            .unwrap()
            .into_iter()
            .map(|routed| (routed.ordinal, routed.route.rank))
            .collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2), [(1, 0), (2, 1)]);
    assert_eq!(page(Some(1), 10), [(3, 2), (4, 3), (5, 4)]);
    let known = store.read(|reader| reader.route(one.id, ItemId::new(Uuid::from_u128(3)))).unwrap();
    assert_eq!(known.as_ref(), routes(3..4).first());
}

#[test]
fn what_was_drawn_stays_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let items: Vec<ItemId> = (1..=3).map(|n| add_item(&store, n)).collect();
    let drawn = |item: ItemId, purpose, probability| RandomSample {
        item,
        purpose,
        stratum: "law".to_owned(),
        probability,
        seed: u64::MAX,
        drawn_at: now(),
    };
    let (pilot, audit) = (RoutePurpose::Pilot, RoutePurpose::Audit);
    let first = [drawn(items[0], pilot, 0.5), drawn(items[1], pilot, 0.5)];
    store.write(|writer| writer.insert_sample(&first)).unwrap();
    let second = [drawn(items[1], audit, 0.1), drawn(items[2], audit, 0.1)];
    store.write(|writer| writer.insert_sample(&second)).unwrap();
    let expected = [first[0].clone(), first[1].clone(), second[1].clone()];
    assert_eq!(store.read(|reader| reader.random_sample()).unwrap(), expected);
    let who = add_annotator(&store, 1);
    store
        .write(|writer| writer.append_judgment(&judgment(1, items[0], who, Outcome::Tie)))
        .unwrap();
    let tally = |purpose| store.read(|reader| reader.sample_tally(purpose)).unwrap();
    assert_eq!(tally(pilot), Tally { items: 2, labelled: 1 });
    assert_eq!(tally(audit), Tally { items: 1, labelled: 0 });
    let connection = rusqlite::Connection::open(store.path()).unwrap();
    for sql in ["DELETE FROM random_sample", "UPDATE random_sample SET probability = 1"] {
        assert!(connection.execute(sql, []).is_err(), "{sql}");
    }
}

#[test]
fn facts_of_items_count_what_people_say() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let items: Vec<ItemId> = (1..=4).map(|n| add_item(&store, n)).collect();
    let (ada, bob) = (add_annotator(&store, 1), add_annotator(&store, 2));
    let imported = Judgment {
        origin: Origin::Imported,
        ..judgment(3, items[1], bob, Outcome::Preferred(candidate(2, 0)))
    };
    let skipped = Outcome::Skipped(tiebreak_core::SkipReason::Unstated);
    for one in [
        judgment(1, items[0], ada, Outcome::Tie),
        judgment(2, items[0], bob, Outcome::Preferred(candidate(1, 1))),
        imported,
        judgment(4, items[2], ada, skipped),
    ] {
        store.write(|writer| writer.append_judgment(&one)).unwrap();
    }
    for item in [items[0], items[3]] {
        let pair = [candidate(1, 0), candidate(1, 1)];
        let shown = Presentation::choose(7, item, ada, &pair, 0);
        store.write(|writer| writer.hand_out(&shown, now())).unwrap();
    }
    let facts = store.read(|reader| reader.item_facts(now() - TimeDelta::minutes(1))).unwrap();
    let found: Vec<_> =
        facts.iter().map(|one| (one.answers, one.imported, one.held, one.identical)).collect();
    let none = (0, false, false, false);
    assert_eq!(
        found,
        [(2, false, false, false), (0, true, false, false), none, (0, false, true, false)]
    );
    let later = store.read(|reader| reader.item_facts(now())).unwrap();
    assert!(later.iter().all(|one| !one.held), "a lease ends");
    assert_eq!(store.read(|reader| reader.answers_after(1)).unwrap(), 2);
    let votes = store.read(|reader| reader.pair_votes()).unwrap();
    let found: Vec<_> = votes
        .iter()
        .map(|one| (one.item, [one.first, one.tie, one.second], one.annotated, one.last))
        .collect();
    assert_eq!(found, [(items[0], [0, 1, 1], true, 2), (items[1], [1, 0, 0], false, 3)]);
    let links = store.read(|reader| reader.pair_links()).unwrap();
    assert_eq!(links.len(), 4);
    assert_eq!((&votes[0].links, &votes[1].links), (&links[0], &links[1]));
    let text = |text: &str| tiebreak_core::ContentHash::of(text.as_bytes());
    assert_eq!(links[2].candidates, [text("a 3"), text("b 3")]);
    assert_eq!((links[2].prompt, links[2].external_id.as_deref()), (text("prompt 3"), Some("3")));
}

/// What counts for a pair: a ranking says which is better, and both bad is a tie.
#[test]
fn every_answer_to_a_pair_counts() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let person = add_annotator(&store, 1);
    let id = AnnotatorId::new(Uuid::from_u128(2));
    let judge = store
        .write(|writer| writer.ensure_annotator(AnnotatorKind::Ai, "gpt-4", "", id, now()))
        .unwrap()
        .id;
    let ranked = |n: u128, tiers: &[&[u128]]| {
        let tier = |tier: &&[u128]| tier.iter().map(|k| candidate(n, *k)).collect();
        let tiers = tiers.iter().map(tier).collect();
        (Outcome::Ranked, Some(tiebreak_core::Ranking { tiers }))
    };
    let skipped = Outcome::Skipped(tiebreak_core::SkipReason::Unstated);
    /// First, tie, second; and what a judge that says so prefers.
    type Said = Option<([u32; 3], Option<u32>)>;
    let cases: [(u128, _, Said); 8] = [
        (1, (Outcome::Preferred(candidate(1, 0)), None), Some(([1, 0, 0], Some(0)))),
        (2, (Outcome::Preferred(candidate(2, 1)), None), Some(([0, 0, 1], Some(1)))),
        (3, (Outcome::Tie, None), Some(([0, 1, 0], None))),
        (4, (Outcome::BothBad, None), Some(([0, 1, 0], None))),
        (5, ranked(5, &[&[0], &[1]]), Some(([1, 0, 0], Some(0)))),
        (6, ranked(6, &[&[1], &[0]]), Some(([0, 0, 1], Some(1)))),
        (7, ranked(7, &[&[0, 1]]), Some(([0, 1, 0], None))),
        (8, (skipped, None), None),
    ];
    for (n, (outcome, ranking), _) in &cases {
        let item = add_item(&store, *n);
        for (id, who, origin) in
            [(*n, person, Origin::Annotated), (100 + n, judge, Origin::Imported)]
        {
            let ranking = ranking.clone();
            let one = Judgment { origin, ranking, ..judgment(id, item, who, *outcome) };
            store.write(|writer| writer.append_judgment(&one)).unwrap();
        }
    }
    let expected: Vec<_> = cases
        .iter()
        .filter_map(|(n, _, said)| Some((ItemId::new(Uuid::from_u128(*n)), (*said)?)))
        .collect();
    let votes = store.read(|reader| reader.pair_votes()).unwrap();
    let votes: Vec<_> =
        votes.iter().map(|one| (one.item, [one.first, one.tie, one.second])).collect();
    let people: Vec<_> = expected.iter().map(|(item, (votes, _))| (*item, *votes)).collect();
    assert_eq!(votes, people);
    let answers = store.read(|reader| reader.judge_answers("gpt-4")).unwrap();
    let judged: Vec<_> = expected.iter().map(|(item, (_, position))| (*item, *position)).collect();
    assert_eq!(answers, judged);
}

#[test]
fn judges_are_known_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let items: Vec<ItemId> = (1..=2).map(|n| add_item(&store, n)).collect();
    for (n, scope) in [(1, "one"), (2, "two")] {
        let id = AnnotatorId::new(Uuid::from_u128(n));
        let judge = store
            .write(|writer| writer.ensure_annotator(AnnotatorKind::Ai, "gpt-4", scope, id, now()))
            .unwrap()
            .id;
        let answer = Judgment {
            origin: Origin::Imported,
            ..judgment(n, items[n as usize - 1], judge, Outcome::Preferred(candidate(n, 0)))
        };
        store.write(|writer| writer.append_judgment(&answer)).unwrap();
    }
    let judges = store.read(|reader| reader.ai_judges()).unwrap();
    assert_eq!(judges, [("gpt-4".to_owned(), 2)]);
    let answers = store.read(|reader| reader.judge_answers("gpt-4")).unwrap();
    let expected = [1, 2].map(|n: usize| (items[n - 1], Some(0)));
    assert_eq!(answers, expected);
}

#[test]
fn the_last_curve_of_an_ai_side_counts() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let curve = |ai: &str, n: u64| StoredCurve {
        computed_at: now(),
        ai: ai.to_owned(),
        last_judgment: n,
        report: json!({ "n": n }),
    };
    for one in [curve("reward", 1), curve("reward", 2), curve("gpt-4", 3)] {
        store.write(|writer| writer.insert_curve(&one)).unwrap();
    }
    let last = |ai| store.read(|reader| reader.last_curve(ai)).unwrap();
    assert_eq!(last("reward"), Some(curve("reward", 2)));
    assert_eq!(last("nobody"), None);
}
