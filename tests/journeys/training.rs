//! A head is trained on a study's labels, and its card says how good it is.

use std::fmt::Write as _;

use tiebreak_app::{Quiet, TrainOptions};
use tiebreak_core::{Cancel, Content, Scorer};

use crate::fake_scorer::{DIM, FakeScorer};
use crate::study::Scene;

/// People here prefer the answer whose first embedding number is larger: a head can learn that.
#[test]
fn a_learnable_preference_is_learnt_and_beats_length() {
    let encoder = FakeScorer::new("fake");
    let first = |text: &str| {
        let embedded = encoder.embed(&[Content::Text(text)], &Cancel::default()).unwrap();
        embedded[0].as_ref().unwrap()[0]
    };
    let mut rows = String::new();
    for i in 0..300 {
        let (a, b) = (format!("answer {i} a"), format!("answer {i} b"));
        let label = if first(&a) > first(&b) { -1 } else { 1 };
        writeln!(
            rows,
            r#"{{"id":"{i}","prompt":"q{}","response_a":"{a}","response_b":"{b}","human_labels":[{label}]}}"#,
            i % 60
        )
        .unwrap();
    }
    let scene = Scene::new();
    scene.import("labels.jsonl", &rows);
    let options = TrainOptions { members: 3, ..TrainOptions::default() };
    let trained = scene.study.train(&encoder, &options, &Quiet::default()).unwrap();
    assert_eq!(trained.head.members.len(), 3);
    assert!(trained.head.members.iter().all(|weights| weights.len() == 2 * DIM + 1));
    let accuracy = &trained.card["cross_validation"]["accuracy"];
    assert!(accuracy["value"].as_f64().unwrap() > 0.85, "{accuracy}");
    assert_eq!(accuracy["n"], 300);
    let length = &trained.card["cross_validation"]["length_only_accuracy"];
    assert!(length["value"].as_f64().unwrap() < 0.65, "{length}");
    assert!(trained.card["members"][0]["converged"].as_bool().unwrap());

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
