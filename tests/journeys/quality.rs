//! How good a model is: of any kind by all labels, of a head that was trained here by what it has
//! not seen, and how it improves with labels.

use tiebreak_app::{Quiet, TrainOptions};
use tiebreak_core::{Cancel, Modality, Scorer, ScorerKind};

use crate::fake_scorer::FakeScorer;
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
