//! How good a model is: of any kind by all labels, of a head that was trained here by what it has
//! not seen, and how it improves with labels.

use std::fmt::Write as _;

use tiebreak_app::{Quiet, TrainOptions};
use tiebreak_core::{Cancel, Modality, Scorer, ScorerKind};
use tiebreak_store::Store;

use crate::fake_scorer::{FakeScorer, FakeSource};
use crate::study::Scene;
use crate::training::learnable;

struct Cancelled(Cancel);

impl tiebreak_app::Watch for Cancelled {
    fn stage(&self, name: &str, _total: Option<u64>) {
        if name == "Cross-validating" {
            self.0.cancel();
        }
    }

    fn advance(&self, _done: u64) {}

    fn cancel(&self) -> &Cancel {
        &self.0
    }
}

#[test]
fn models_that_take_no_head_are_measured_and_calibrated() {
    let scene = Scene::new();
    scene.import("labels.jsonl", &learnable(200));
    for kind in [ScorerKind::Pointwise, ScorerKind::Pairwise] {
        let scorer = FakeScorer::of(kind.as_str(), Modality::Text, kind);
        let quiet = Quiet::default();
        scene.study.score(&scorer, &quiet).unwrap();
        let quality = scene.study.measure(&scorer, &quiet).unwrap();
        assert_eq!(quality.basis, "all-labels");
        // One pair has equal scores: half right, but in order.
        assert_eq!((quality.accuracy.value, quality.ranking_accuracy), (0.995, Some(1.0)));
        assert_eq!((quality.pairs, quality.ceiling), (200, None), "one label a pair");
        // It is always right, so it may be surer than it says.
        assert!(quality.temperature < 0.5, "{quality:?}");
        assert!(quality.longer_wins.is_some() && quality.log_loss < 0.3, "{quality:?}");
        let parts: Vec<&str> = quality.slices.iter().map(|slice| slice.by.as_str()).collect();
        assert!(parts.contains(&"length_difference") && !parts.contains(&"tag"), "{parts:?}");
        // Measuring again does not scale what was scaled.
        let again = scene.study.measure(&scorer, &quiet).unwrap();
        assert!((again.temperature - quality.temperature).abs() < 1e-12);
    }
}

#[test]
fn a_head_is_not_measured_by_what_it_has_seen() {
    let scene = Scene::new();
    scene.import("labels.jsonl", &learnable(120));
    let encoder = FakeScorer::new("fake");
    let quiet = Quiet::default();
    let trained = scene.study.train(&encoder, &TrainOptions::default(), &quiet).unwrap();
    scene.study.keep_head(&trained, "asked", true).unwrap();
    let scorer = encoder.with_head(&trained.head).unwrap();
    assert_eq!(scene.study.measure(scorer.as_ref(), &quiet).unwrap(), trained.quality);
    assert_eq!(trained.quality.basis, "cross-validated");
    // The pack's own head has not seen the labels.
    assert_eq!(scene.study.measure(&encoder, &quiet).unwrap().basis, "all-labels");
}

#[test]
fn nothing_is_measured_without_a_preference() {
    let scene = Scene::new();
    scene.import("one.jsonl", r#"{"prompt":"q","response_a":"a","response_b":"b"}"#);
    let error = scene.study.measure(&FakeScorer::new("fake"), &Quiet::default()).unwrap_err();
    assert_eq!(error.to_user().code, "too_few_labels");
    let headless = FakeScorer::new("fake").without_head();
    let error = scene.study.measure(&headless, &Quiet::default()).unwrap_err();
    assert_eq!(error.to_user().code, "no_head");
}

#[test]
fn accuracy_grows_with_labels() {
    let scene = Scene::new();
    scene.import("labels.jsonl", &learnable(300));
    let encoder = FakeScorer::new("fake").without_head();
    let options = TrainOptions::default();
    let quiet = Quiet::default();
    let curve = scene.study.learning_curve(&encoder, &[9000, 20, 60], &options, &quiet).unwrap();
    let sizes: Vec<Option<u64>> = curve.points.iter().map(|point| point.size).collect();
    assert_eq!(sizes, [Some(20), Some(60), None]);
    assert_eq!((curve.too_large.as_slice(), curve.labels), (&[9000][..], 300));
    let labels: Vec<f64> = curve.points.iter().map(|point| point.labels).collect();
    assert_eq!(labels, [20.0, 60.0, 240.0]);
    let first = &curve.points[0].accuracy;
    let last = &curve.points[2].accuracy;
    assert!(last.value > 0.9 && last.value > first.value + 0.05, "{curve:?}");
    assert!(last.low < last.value && last.value < last.high && last.n == 300, "{curve:?}");
    let single = TrainOptions { threads: 1, ..options };
    let again = scene.study.learning_curve(&encoder, &[9000, 20, 60], &single, &quiet).unwrap();
    for (a, b) in curve.points.iter().zip(&again.points) {
        assert_eq!(a.accuracy, b.accuracy, "threads change nothing");
    }
}

#[test]
fn training_stops_between_fits() {
    let scene = Scene::new();
    scene.import("labels.jsonl", &learnable(60));
    let watch = Cancelled(Cancel::default());
    let error = scene.study.train(&FakeScorer::new("fake"), &TrainOptions::default(), &watch);
    assert_eq!(error.unwrap_err().to_user().code, "cancelled");
}

#[test]
fn options_that_cannot_be_are_refused_by_field() {
    let scene = Scene::new();
    for (options, field) in [
        (TrainOptions { label_smoothing: 0.6, ..TrainOptions::default() }, "label_smoothing"),
        (TrainOptions { folds: 1, ..TrainOptions::default() }, "folds"),
        (TrainOptions { members: 0, ..TrainOptions::default() }, "members"),
        (TrainOptions { penalties: vec![-1.0], ..TrainOptions::default() }, "penalties"),
    ] {
        let error = scene.study.train(&FakeScorer::new("fake"), &options, &Quiet::default());
        let error = error.unwrap_err().to_user();
        assert!(error.code == "bad_input" && error.message.starts_with(field), "{error:?}");
    }
}

#[test]
fn what_was_measured_before_scoring_is_kept_and_puts_nothing_in_force() {
    let scene = Scene::new();
    scene.import("labels.jsonl", &learnable(200));
    let quiet = Quiet::default();
    scene.study.score(&FakeScorer::new("scored"), &quiet).unwrap();
    let other = FakeScorer::of("minilm", Modality::Text, ScorerKind::Pointwise);
    let quality = scene.study.measure(&other, &quiet).unwrap();
    let source = FakeSource::text(other.clone());
    for opened in [true, false] {
        let source = if opened { source.clone() } else { FakeSource::default() };
        let view = scene.study.models(&source).unwrap().remove(0);
        assert_eq!((view.quality, view.scored), (Some(quality.clone()), 0));
        assert!(view.in_force.unwrap().starts_with("scored "), "{opened}");
    }
    // The temperature counts for the scores that come later.
    scene.study.score(&other, &quiet).unwrap();
    let view = scene.study.models(&source).unwrap().remove(0);
    assert_eq!((view.scored, view.in_force), (200, None));
    let hash = other.identity().pack_hash;
    let kept = scene.study.path();
    let model = Store::open(kept).unwrap().read(|reader| reader.reward_model(hash)).unwrap();
    assert_eq!(model.unwrap().temperature, quality.temperature);
}

#[test]
fn figures_are_those_of_the_chosen_pack_and_not_of_what_is_in_force() {
    let scene = Scene::new();
    scene.import("labels.jsonl", &learnable(120));
    let quiet = Quiet::default();
    let chosen = FakeScorer::new("minilm");
    let other = FakeScorer::new("other").with_encoder("another");
    let source = FakeSource::text(chosen.clone()).with("other", other);
    scene.study.score(&chosen, &quiet).unwrap();
    let options = TrainOptions { members: 2, ..TrainOptions::default() };
    scene.study.choose_pack(Modality::Text, "other").unwrap();
    let point = scene.study.retrain(Modality::Text, &source, &options, &quiet).unwrap();
    for (pack, history, names_other) in [("other", 1, false), ("minilm", 0, true)] {
        scene.study.choose_pack(Modality::Text, pack).unwrap();
        for source in [source.clone(), FakeSource::default()] {
            let view = scene.study.models(&source).unwrap().remove(0);
            assert_eq!((view.history.len(), view.scored), (history, 120), "{pack}");
            let expected = names_other.then(|| format!("other {}", point.hash));
            assert_eq!((view.in_force, view.quality.is_some()), (expected, history == 1), "{pack}");
        }
    }
}

#[test]
fn agreement_on_labels_that_the_model_has_seen_is_told_apart() {
    let scene = Scene::new();
    scene.import("labels.jsonl", &learnable(120));
    let encoder = FakeScorer::new("minilm");
    scene.study.score(&encoder, &Quiet::default()).unwrap();
    let before = scene.study.overview().unwrap();
    assert!(before.agreement.is_some());
    assert_eq!((before.agreement_seen, before.held_out_accuracy), (false, None));
    let options = TrainOptions { members: 2, ..TrainOptions::default() };
    let source = FakeSource::text(encoder);
    let point = scene.study.retrain(Modality::Text, &source, &options, &Quiet::default()).unwrap();
    let after = scene.study.overview().unwrap();
    assert!(after.agreement_seen);
    let held_out = after.held_out_accuracy.unwrap();
    assert!((held_out - point.accuracy.value).abs() < 1e-12);
}

#[test]
fn a_model_that_is_worse_than_a_coin_is_told() {
    for (right, expected) in [(true, false), (false, true)] {
        let scene = Scene::new();
        let mut rows = String::new();
        for i in 0..60 {
            let text = |side: &str| format!("answer {i} {side}");
            let b_is_better =
                FakeScorer::first_number(&text("b")) > FakeScorer::first_number(&text("a"));
            let label = if b_is_better == right { 2 } else { -2 };
            writeln!(
                rows,
                r#"{{"prompt":"q{i}","response_a":"{}","response_b":"{}","human_labels":[{label}]}}"#,
                text("a"),
                text("b")
            )
            .unwrap();
        }
        scene.import("labels.jsonl", &rows);
        let quality = scene.study.measure(&FakeScorer::new("minilm"), &Quiet::default()).unwrap();
        assert_eq!(quality.worse_than_chance, expected, "{quality:?}");
        let view = scene.study.models(&FakeSource::default()).unwrap().remove(0);
        assert_eq!(view.quality.unwrap().worse_than_chance, expected);
    }
}

#[test]
fn few_labels_do_not_change_the_probabilities_of_a_study() {
    for (labels, is_scaled) in [(3, false), (29, false), (60, true)] {
        let scene = Scene::new();
        scene.import("labels.jsonl", &learnable(labels));
        let scorer = FakeScorer::of("minilm", Modality::Text, ScorerKind::Pointwise);
        let quiet = Quiet::default();
        scene.study.score(&scorer, &quiet).unwrap();
        let quality = scene.study.measure(&scorer, &quiet).unwrap();
        assert_eq!(quality.temperature != 1.0, is_scaled, "{labels}: {quality:?}");
        assert!(quality.temperature > 0.01 && !quality.worse_than_chance, "{quality:?}");
        let hash = scorer.identity().pack_hash;
        let kept = Store::open(scene.study.path()).unwrap();
        let model = kept.read(|reader| reader.reward_model(hash)).unwrap().unwrap();
        assert_eq!(model.temperature, quality.temperature);
        assert_eq!(quality.kept_together, ["prompt", "candidate", "conversation"]);
    }
}
