//! A head that learnt from the study's own labels is judged by labels that it has not seen.

use std::collections::HashMap;
use std::fmt::Write as _;

use tiebreak_app::{EvaluateRequest, Quiet, TrainOptions};
use tiebreak_core::{ContentHash, ItemId, Modality, PairPreference, RoutePurpose};
use tiebreak_store::{RandomSample, Store};

use crate::fake_scorer::{FakeScorer, FakeSource};
use crate::study::Scene;

const PAIRS: usize = 48;

/// Whether people say that the second is better: a coin.
fn coin(n: usize) -> bool {
    ContentHash::of(format!("coin {n}").as_bytes()).as_bytes()[0] % 2 == 1
}

fn share(right: impl Iterator<Item = bool>) -> f64 {
    let (mut n, mut sum) = (0, 0);
    for is_right in right {
        n += 1;
        sum += u32::from(is_right);
    }
    f64::from(sum) / f64::from(n)
}

#[test]
fn a_head_that_learnt_noise_looks_like_chance() {
    let scene = Scene::new();
    let (mut rows, watch) = (String::new(), Quiet::default());
    for n in 0..PAIRS {
        let row = serde_json::json!({
            "id": n.to_string(),
            "prompt": format!("question {n}"),
            "response_a": format!("answer {n} a"),
            "response_b": format!("answer {n} b"),
            "human_labels": [if coin(n) { 1 } else { -1 }],
        });
        writeln!(rows, "{row}").unwrap();
    }
    scene.import("noise.jsonl", &rows);
    let mut encoder = FakeScorer::new("fake").without_head();
    encoder.dim = 32;
    // With more weights than labels, and hardly a penalty, it learns them by heart.
    let options = TrainOptions { penalties: vec![1e-3], ..TrainOptions::default() };
    let trained = scene.study.train(&encoder, &options, &watch).unwrap();
    scene.study.keep_head(&trained, "asked", true).unwrap();
    let source = FakeSource::text(encoder);
    let own = scene.study.model(Modality::Text, &source).unwrap();
    scene.study.score(own.scorer.as_ref(), &watch).unwrap();

    let store = Store::open(scene.study.path()).unwrap();
    let model = store.read(|reader| reader.model_in_force(Modality::Text)).unwrap().unwrap();
    let said = |item: ItemId| store.read(|reader| reader.pair_preference(model.id, item)).unwrap();
    let items: Vec<ItemId> =
        (0..PAIRS).map(|n| scene.study.find_item(&n.to_string()).unwrap()).collect();
    let by_heart = share(
        items.iter().enumerate().map(|(n, &item)| (said(item).unwrap().margin < 0.0) == coin(n)),
    );
    assert!(by_heart > 0.85, "{by_heart}");
    let held_out: HashMap<ItemId, PairPreference> =
        store.read(|reader| reader.held_out_preferences(model.id)).unwrap().into_iter().collect();
    assert_eq!(held_out.len(), PAIRS);
    let fresh =
        share(items.iter().enumerate().map(|(n, item)| (held_out[item].margin < 0.0) == coin(n)));
    let reported = trained.quality.accuracy.value;
    assert!((fresh - reported).abs() < 1e-9, "{fresh} is what the training reports: {reported}");

    // What is shown of the AI, and the audit of a random sample.
    let drawn_at = trained.point.trained_at.parse().unwrap();
    let sample: Vec<RandomSample> = items[..PAIRS / 2]
        .iter()
        .map(|&item| RandomSample {
            item,
            purpose: RoutePurpose::Audit,
            stratum: String::new(),
            probability: 0.5,
            seed: 1,
            drawn_at,
        })
        .collect();
    store.write(|writer| writer.insert_sample(&sample)).unwrap();
    let view = scene.study.routing().unwrap();
    let side = view.sides[0].accuracy.unwrap();
    assert_eq!((view.sides[0].name.as_str(), side.n as usize), ("reward", PAIRS));
    assert!((side.value - fresh).abs() < 1e-9, "{side:?}");
    let audited = view.audit.ai_accuracy.unwrap();
    assert_eq!(audited.n as usize, PAIRS / 2);
    for shown in [side, audited] {
        assert!(shown.low < 0.5 && (0.5..by_heart).contains(&shown.high), "{shown:?}");
    }

    // What policies learn from.
    let request = EvaluateRequest { budgets: vec![0.0, 100.0], ..EvaluateRequest::default() };
    let report = scene.study.evaluate_routing(&request, &source, &watch).unwrap();
    let ai = report.to_json()["random"]["0"]["label_accuracy"].as_f64().unwrap();
    assert!((ai - side.value).abs() < 1e-9, "{ai} {side:?}");
    assert!(report.notes.iter().any(|note| note.contains("had not seen them")), "{report:?}");
}
