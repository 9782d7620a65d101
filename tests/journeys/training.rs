//! A head is trained on a study's labels, and its card says how good it is.

use std::fmt::Write as _;

use tiebreak_app::{Quiet, TrainOptions};
use tiebreak_core::FeatureSet;

use crate::fake_scorer::{DIM, FakeScorer};
use crate::study::Scene;

/// People here prefer the answer whose first embedding number is larger: a head can learn that.
pub fn learnable(n: usize) -> String {
    let mut rows = String::new();
    for i in 0..n {
        let (a, b) = (format!("answer {i} a"), format!("answer {i} b"));
        let label =
            if FakeScorer::first_number(&a) > FakeScorer::first_number(&b) { -1 } else { 1 };
        writeln!(
            rows,
            r#"{{"id":"{i}","prompt":"q{}","response_a":"{a}","response_b":"{b}","human_labels":[{label}]}}"#,
            i % 60
        )
        .unwrap();
    }
    rows
}

#[test]
fn a_learnable_preference_is_learnt_and_beats_length() {
    let encoder = FakeScorer::new("fake").without_head();
    let scene = Scene::new();
    scene.import("labels.jsonl", &learnable(300));
    let options = TrainOptions { members: 3, ..TrainOptions::default() };
    let trained = scene.study.train(&encoder, &options, &Quiet::default()).unwrap();
    assert_eq!(trained.head.members.len(), 3);
    let width = FeatureSet::Text2.len(DIM);
    assert!(trained.head.members.iter().all(|weights| weights.len() == width));
    let quality = &trained.quality;
    assert!(quality.accuracy.value > 0.85, "{quality:?}");
    assert_eq!(quality.accuracy.n, 300);
    assert!(quality.length_only.unwrap().value < 0.65, "{quality:?}");

    let again = scene.study.train(&encoder, &options, &Quiet::default()).unwrap();
    assert_eq!(again.head, trained.head, "the same labels and seed give the same head");
}

#[test]
fn too_few_labels_are_said_to_be_too_few() {
    let scene = Scene::with_pairs(9);
    let error =
        scene.study.train(&FakeScorer::new("fake"), &TrainOptions::default(), &Quiet::default());
    assert_eq!(error.unwrap_err().to_user().code, "too_few_labels");
}
