//! Reward models: which one counts, what is kept of heads, runs and measurements, and what is
//! dropped.

use tiebreak_core::{
    ContentHash, FeatureSet, PairPreference, PolicyRun, PolicyRunId, RewardHead, RewardModelId,
    RewardModelIdentity, RunCause, ScorerKind, SkippedProvider, TieModel,
};

use super::*;
use crate::{HeldOutPreference, Reader, ScoringRun, TrainedHead, Writer};

fn identity(name: &str, modality: Modality, kind: ScorerKind) -> RewardModelIdentity {
    RewardModelIdentity {
        name: name.to_owned(),
        modality,
        kind,
        encoder_hash: ContentHash::of(b"encoder"),
        pack_hash: ContentHash::of(name.as_bytes()),
        preprocessing_version: 3,
    }
}

/// Adds a model that began to score at second `at`.
fn add_model(store: &Store, identity: &RewardModelIdentity, at: i64) -> RewardModelId {
    let id = RewardModelId::new(Uuid::from_u128(at as u128));
    let when = now() + TimeDelta::seconds(at);
    store.write(|writer| writer.ensure_reward_model(identity, "cpu", &[], id, when)).unwrap()
}

fn put_in_force(store: &Store, model: RewardModelId, at: i64) {
    store.write(|writer| writer.put_in_force(model, now() + TimeDelta::seconds(at))).unwrap();
}

fn in_force(store: &Store) -> Vec<String> {
    let models = store.read(|reader| reader.models_in_force()).unwrap();
    models.into_iter().map(|model| model.identity.name).collect()
}

fn score(store: &Store, model: RewardModelId, item: ItemId, preference: PairPreference) -> bool {
    let n = u128::from_be_bytes(*item.as_bytes());
    let scores = [(candidate(n, 0), preference.margin), (candidate(n, 1), 0.0)];
    store.write(|writer| writer.keep_scores(model, item, &scores, preference, now())).unwrap()
}

#[test]
fn a_model_that_was_only_noted_is_not_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let item = add_item(&store, 1);
    let measured = identity("measured", Modality::Text, ScorerKind::Pointwise);
    add_model(&store, &measured, 1);
    assert_eq!(in_force(&store), Vec::<String>::new(), "it was measured, or its head is a record");
    let begun = add_model(&store, &identity("begun", Modality::Text, ScorerKind::Encoder), 2);
    assert!(score(&store, begun, item, PairPreference::of_both_orders(0.7, -0.1)));
    add_model(&store, &measured, 3);
    assert_eq!(in_force(&store), ["begun"]);
    for name in ["begun", "measured"] {
        let found = store.read(|reader| reader.reward_model_named(Modality::Text, name)).unwrap();
        assert_eq!(found.unwrap().identity.name, name);
    }
    let none = store.read(|reader| reader.reward_model_named(Modality::Music, "begun")).unwrap();
    assert_eq!(none, None);
}

#[test]
fn the_last_complete_model_of_each_modality_counts() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let items = [add_item(&store, 1), add_item(&store, 2)];
    let preference = PairPreference::of_both_orders(1.0, 1.0);
    let encoder = ScorerKind::Encoder;
    let old = add_model(&store, &identity("old", Modality::Text, encoder), 1);
    score(&store, old, items[0], preference);
    assert_eq!(in_force(&store), ["old"], "the only one, though it is not complete");
    score(&store, old, items[1], preference);
    put_in_force(&store, old, 2);
    let new = add_model(&store, &identity("new", Modality::Text, encoder), 3);
    score(&store, new, items[0], preference);
    assert_eq!(in_force(&store), ["old"], "the new one is not complete");
    score(&store, new, items[1], preference);
    put_in_force(&store, new, 5);
    assert_eq!(in_force(&store), ["new"]);
    put_in_force(&store, old, 6);
    assert_eq!(in_force(&store), ["old"], "it was used again");
    let known = store.read(|reader| reader.reward_model_by_id(old)).unwrap().unwrap();
    assert_eq!(known.identity, identity("old", Modality::Text, encoder));
    assert_eq!(known.temperature, 1.0);
}

#[test]
fn a_model_comes_into_force_when_every_item_has_scores_or_a_reason() {
    // Which of three items have scores, and which a reason.
    for (scored, problems, expected) in [
        (&[][..], &[][..], false),
        (&[0, 1], &[], false),
        (&[0, 1], &[2], true),
        (&[0], &[1], false),
        (&[], &[0, 1, 2], false),
        (&[2], &[0, 1], true),
        (&[0, 1, 2], &[], true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = create(&folder);
        let items = [1, 2, 3].map(|n| add_item(&store, n));
        let preference = PairPreference::of_both_orders(1.0, 1.0);
        let before = add_model(&store, &identity("before", Modality::Text, ScorerKind::Encoder), 1);
        for item in items {
            score(&store, before, item, preference);
        }
        put_in_force(&store, before, 2);
        let model = add_model(&store, &identity("next", Modality::Text, ScorerKind::Encoder), 3);
        for &place in scored {
            score(&store, model, items[place], preference);
        }
        for &place in problems {
            let problem = |writer: &Writer<'_>| writer.keep_problem(model, items[place], "no");
            store.write(problem).unwrap();
        }
        let later = now() + TimeDelta::seconds(4);
        let said = store.write(|writer| writer.put_in_force(model, later)).unwrap();
        assert_eq!(said, expected, "{scored:?} {problems:?}");
        assert_eq!(in_force(&store), [if expected { "next" } else { "before" }]);
    }
}

#[test]
fn scores_are_kept_once_and_a_problem_ends_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let item = add_item(&store, 1);
    let model = add_model(&store, &identity("pairs", Modality::Text, ScorerKind::Pairwise), 1);
    store.write(|writer| writer.keep_problem(model, item, "no picture")).unwrap();
    store.write(|writer| writer.keep_problem(model, item, "gone")).unwrap();
    let pairs = || store.read(|reader| reader.scored_pairs(&[model])).unwrap();
    assert_eq!(pairs()[0].problem.as_deref(), Some("gone"));
    let preference = PairPreference::of_both_orders(0.7, -0.1);
    assert!(score(&store, model, item, preference));
    assert!(!score(&store, model, item, PairPreference::of_both_orders(9.0, 9.0)));
    let pair = pairs().remove(0);
    assert_eq!((pair.preference, pair.problem), (Some(preference), None));
    assert_eq!((pair.has_model, pair.candidates), (true, 2));
    let scores = store.read(|reader| reader.scores(model, item)).unwrap();
    assert_eq!(scores.len(), 2);
}

#[test]
fn a_temperature_changes_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let item = add_item(&store, 1);
    let model = add_model(&store, &identity("pairs", Modality::Text, ScorerKind::Pairwise), 1);
    let raw = PairPreference::of_both_orders(3.0, 1.0);
    score(&store, model, item, raw);
    let kept = || store.read(|reader| reader.pair_preference(model, item)).unwrap().unwrap();
    for temperature in [2.0, 0.5, 1.0] {
        store.write(|writer| writer.set_temperature(model, temperature)).unwrap();
        let expected = PairPreference::of_both_orders(3.0 / temperature, 1.0 / temperature);
        assert!((kept().probability - expected.probability).abs() < 1e-9, "{temperature}");
        assert!((kept().spread - expected.spread).abs() < 1e-9, "{temperature}");
        assert_eq!(kept().margin, raw.margin, "what the model said stays");
    }
}

fn trained(pack: &str, seq: u64, in_use: bool) -> TrainedHead {
    let encoder_hash = ContentHash::of(b"encoder");
    TrainedHead {
        modality: Modality::Text,
        encoder_hash,
        pack_hash: ContentHash::of(pack.as_bytes()),
        objective: TrainedHead::OVERALL.to_owned(),
        cause: "background".to_owned(),
        in_use,
        head: Some(RewardHead {
            embedding_dim: 2,
            encoder_hash,
            features: FeatureSet::Media1,
            members: vec![vec![0.1, f32::MIN_POSITIVE], vec![-1.0e-7, 16_777_217.0]],
            ties: Some(TieModel::Davidson { ln_nu: -0.3 }),
        }),
        card: json!({ "pairs": 3 }),
        last_judgment: seq,
        labels: 50 + seq,
        pairs: 40,
        accuracy: 0.7,
        accuracy_low: 0.6,
        accuracy_high: 0.8,
        accuracy_n: 39,
        length_only: None,
        brier: 0.2,
        calibration_error: 0.05,
        seconds: 1.5,
        trained_at: now(),
    }
}

#[test]
fn heads_come_back_whole_and_the_last_in_use_scores() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let heads = [trained("a", 1, true), trained("b", 2, true), trained("c", 3, false)];
    for head in &heads {
        store.write(|writer| writer.insert_head(head)).unwrap();
    }
    let aspect = TrainedHead { objective: "style".to_owned(), ..trained("d", 4, true) };
    store.write(|writer| writer.insert_head(&aspect)).unwrap();
    let encoder = heads[0].encoder_hash;
    let of = |objective| store.read(|reader| reader.head_in_use(encoder, objective)).unwrap();
    assert_eq!(of(TrainedHead::OVERALL).as_ref(), Some(&heads[1]));
    assert_eq!(of("style"), Some(aspect));
    assert_eq!(of("nothing"), None);
    for (objective, known) in [(TrainedHead::OVERALL, 3), ("style", 4), ("nothing", 0)] {
        let found = store.read(|reader| reader.labels_known(encoder, objective)).unwrap();
        assert_eq!(found, known, "{objective}: a record counts too");
    }
    let other = ContentHash::of(b"another encoder");
    let known = |reader: &Reader<'_>| reader.labels_known(other, TrainedHead::OVERALL);
    assert_eq!(store.read(known).unwrap(), 0);
    let history = store.read(|reader| reader.trained_heads(Modality::Text)).unwrap();
    assert!(history.iter().all(|head| head.card.is_null()), "a history has no cards");
    let labels: Vec<u64> = history.iter().map(|head| head.labels).collect();
    assert_eq!(labels, [51, 52, 53, 54]);
    assert!(history.iter().all(|head| head.head.is_none()), "a history has no weights");
}

#[test]
fn what_was_held_out_takes_the_place_of_what_was_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let items = [1, 2, 3].map(|n| add_item(&store, n));
    let model = add_model(&store, &identity("own", Modality::Text, ScorerKind::Encoder), 1);
    let scored = PairPreference {
        margin: 4.0,
        probability: 0.97,
        spread: 0.02,
        tie: Some(0.01),
        order_matters: None,
    };
    for item in &items[..2] {
        score(&store, model, *item, scored);
    }
    // The third is not scored yet, the second was not learnt from.
    let held_out =
        |margin, tie| [0, 2].map(|place| HeldOutPreference { item: items[place], margin, tie });
    let read = || store.read(|reader| reader.held_out_preferences(model)).unwrap();
    assert!(read().is_empty());
    for (margin, probability, tie) in
        [(-1.0, 0.268_941_421_369_995_1, Some(0.2)), (0.0, 0.5, None), (800.0, 1.0, Some(0.0))]
    {
        store.write(|writer| writer.keep_held_out(model, &held_out(margin, tie))).unwrap();
        let found = read();
        assert_eq!(found.len(), 1, "the last that was kept counts");
        let (item, preference) = found[0];
        assert!((preference.probability - probability).abs() < 1e-12, "{preference:?}");
        let expected =
            PairPreference { margin, probability: preference.probability, tie, ..scored };
        assert_eq!((item, preference), (items[0], expected));
    }
    let kept = store.read(|reader| reader.pair_preference(model, items[0])).unwrap();
    assert_eq!(kept, Some(scored), "the scores stay as they are");
}

#[test]
fn old_heads_lose_their_scores_unless_a_routing_used_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let item = add_item(&store, 1);
    let preference = PairPreference::of_both_orders(1.0, 1.0);
    let mut models = Vec::new();
    // The pack's own model was not trained here: it stays too.
    // The last one is trained and has begun to score; the one before it is in force.
    let names = ["pack", "one", "two", "three", "scoring"];
    for (place, name) in names.into_iter().enumerate() {
        let at = 10 * place as i64 + 1;
        let model = add_model(&store, &identity(name, Modality::Text, ScorerKind::Encoder), at);
        score(&store, model, item, preference);
        let held_out = HeldOutPreference { item, margin: -1.0, tie: None };
        store.write(|writer| writer.keep_held_out(model, &[held_out])).unwrap();
        if name != "scoring" {
            put_in_force(&store, model, at + 1);
        }
        if name != "pack" {
            store.write(|writer| writer.insert_head(&trained(name, at as u64, true))).unwrap();
        }
        models.push(model);
    }
    let run = PolicyRun {
        id: PolicyRunId::new(Uuid::from_u128(5)),
        policy: "p".to_owned(),
        used: "p".to_owned(),
        ai: PolicyRun::REWARD.to_owned(),
        cause: RunCause::Asked,
        last_judgment: None,
        budget: "1".parse().unwrap(),
        seed: 1,
        reward_models: vec![models[1]],
        parameters: Map::new(),
        ran_at: now(),
    };
    store.write(|writer| writer.insert_run(&run, &[])).unwrap();
    assert_eq!(store.read(|reader| reader.current_run()).unwrap(), Some(run));
    assert_eq!(store.write(|writer| writer.drop_old_heads(Modality::Text)).unwrap(), 1);
    let left: Vec<u64> = models
        .iter()
        .map(|model| store.read(|reader| reader.scored_count(*model)).unwrap())
        .collect();
    assert_eq!(left, [1, 1, 0, 1, 1], "only `two` is of no use any more");
    let held_out = |model: &RewardModelId| store.read(|reader| reader.has_held_out(*model));
    let left: Vec<bool> = models.iter().map(|model| held_out(model).unwrap()).collect();
    assert_eq!(left, [true, true, false, true, true], "what was held out goes with the scores");
    assert_eq!(store.read(|reader| reader.trained_heads(Modality::Text)).unwrap().len(), 4);
    assert_eq!(store.write(|writer| writer.drop_old_heads(Modality::Text)).unwrap(), 0);
}

#[test]
fn runs_and_measurements_come_back_and_the_last_counts() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let model = add_model(&store, &identity("m", Modality::Music, ScorerKind::Encoder), 1);
    let mut run = ScoringRun {
        started_at: now(),
        ended_at: None,
        items: 0,
        candidates: 0,
        inputs: 7,
        tokens: 0,
        seconds: 0.5,
        busy_s: 0.25,
        sessions: 2,
        provider: "cuda".to_owned(),
        skipped: Vec::new(),
    };
    let number = store.write(|writer| writer.keep_scoring_run(None, model, &run)).unwrap();
    assert_eq!(
        store.read(|reader| reader.last_scoring_run(model)).unwrap(),
        None,
        "it did nothing"
    );
    run.items = 3;
    run.provider = "cpu".to_owned();
    run.ended_at = Some(now());
    run.skipped =
        vec![SkippedProvider { provider: "cuda".to_owned(), reason: "out of memory".to_owned() }];
    store.write(|writer| writer.keep_scoring_run(Some(number), model, &run)).unwrap();
    assert_eq!(store.read(|reader| reader.scoring_runs(model)).unwrap(), [run.clone()]);
    assert_eq!(store.read(|reader| reader.last_scoring_run(model)).unwrap(), Some(run));
    for report in [json!({ "accuracy": 0.5 }), json!({ "accuracy": 0.6 })] {
        store.write(|writer| writer.insert_quality(model, &report, now())).unwrap();
        assert_eq!(store.read(|reader| reader.quality(model)).unwrap(), Some(report));
    }
}

#[test]
fn labels_after_a_training_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let (item, other) = (add_item(&store, 1), add_item(&store, 2));
    let who = add_annotator(&store, 1);
    let count =
        |after| store.read(|reader| reader.preference_count(Modality::Text, after)).unwrap();
    assert_eq!(store.read(|reader| reader.last_judgment_seq()).unwrap(), 0);
    store.write(|writer| writer.append_judgment(&judgment(11, item, who, Outcome::Tie))).unwrap();
    let seen = store.read(|reader| reader.last_judgment_seq()).unwrap();
    assert_eq!((count(0), count(seen)), (1, 0));
    let bad = judgment(12, other, who, Outcome::BothBad);
    store.write(|writer| writer.append_judgment(&bad)).unwrap();
    assert_eq!((count(0), count(seen)), (1, 0), "it does not say which is better");
    let revised = judgment(13, other, who, Outcome::Preferred(candidate(2, 1)));
    store.write(|writer| writer.append_judgment(&revised)).unwrap();
    assert_eq!((count(0), count(seen)), (2, 1));
}
