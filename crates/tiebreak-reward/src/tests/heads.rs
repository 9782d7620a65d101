//! Trained heads: saved, opened again, refused when they do not belong.

use std::fs;

use proptest::prelude::*;
use serde_json::json;
use tiebreak_core::{
    CandidateFeatures, ContentHash, FeatureSet, RewardHead, Scorer, ScorerError, Surface,
};

use super::{DIM, embed, open, tiny_pack};
use crate::{HEAD_CARD, HEAD_GRAPH, RewardError, load_head, save_head};

fn head(encoder_hash: ContentHash, members: usize) -> RewardHead {
    let member = |m: usize| (0..2 * DIM + 1).map(|n| ((m * 31 + n) as f32).cos()).collect();
    RewardHead {
        embedding_dim: DIM,
        encoder_hash,
        features: FeatureSet::Text1,
        members: (0..members).map(member).collect(),
        ties: None,
    }
}

#[test]
fn scores_are_the_product_of_features_and_weights() {
    let dir = tiny_pack();
    let encoder = open(dir.path()).unwrap();
    let head = head(encoder.identity().encoder_hash, 3);
    let model = encoder.with_head(&head).unwrap();
    let embeddings = embed(model.as_ref(), &["a b", "c"]).unwrap();
    let candidates = [(0, 1, "c"), (1, 0, "")].map(|(prompt, answer, text)| CandidateFeatures {
        prompt: Some(&embeddings[prompt]),
        answer: &embeddings[answer],
        surface: Surface::of("", text),
    });
    let scores = model.score(&candidates).unwrap();
    assert_eq!(scores.len(), 2);
    for (candidate, score) in candidates.iter().zip(&scores) {
        let features = head.features.of(candidate);
        for (member, &score) in head.members.iter().zip(&score.0) {
            let expected: f32 = member.iter().zip(&features).map(|(w, x)| w * x).sum();
            assert!((f64::from(expected) - score).abs() < 1e-4, "{expected} and {score}");
        }
    }
    assert!(model.score(&[]).unwrap().is_empty());
}

#[test]
fn a_saved_head_is_the_same_model_after_reopening() {
    let dir = tiny_pack();
    let encoder = open(dir.path()).unwrap();
    assert!(matches!(encoder.score(&[]), Err(ScorerError::NoHead(name)) if name == "tiny"));

    let head = head(encoder.identity().encoder_hash, 2);
    let attached = encoder.with_head(&head).unwrap();
    save_head(dir.path(), &head, json!({"accuracy": 0.75})).unwrap();
    let reopened = open(dir.path()).unwrap();
    assert!(reopened.has_head());
    assert_eq!(reopened.identity(), attached.identity());
    assert_ne!(reopened.identity().pack_hash, encoder.identity().pack_hash);
    assert_eq!(reopened.identity().encoder_hash, encoder.identity().encoder_hash);
    assert_eq!(load_head(dir.path()).unwrap().unwrap().card["accuracy"], 0.75);

    let mut other = head.clone();
    other.members[1][0] += 1.0;
    let other = encoder.with_head(&other).unwrap();
    assert_ne!(other.identity().pack_hash, attached.identity().pack_hash);
}

#[test]
fn a_head_of_another_encoder_embeds_but_does_not_score() {
    let dir = tiny_pack();
    let foreign = head(ContentHash::of(b"another encoder"), 1);
    save_head(dir.path(), &foreign, json!(null)).unwrap();
    let model = open(dir.path()).unwrap();
    assert!(embed(&model, &["a"]).is_ok());
    assert!(!model.has_head());
    assert!(matches!(model.score(&[]), Err(ScorerError::ForeignHead { .. })));
    assert!(matches!(model.with_head(&foreign), Err(ScorerError::ForeignHead { .. })));
}

#[test]
fn damaged_heads_are_refused() {
    let dir = tiny_pack();
    let encoder = open(dir.path()).unwrap().identity().encoder_hash;
    let path = |name: &str| dir.path().join(name);
    let refused = |said: &str| match load_head(dir.path()) {
        Err(RewardError::BadHead(why)) => assert!(why.contains(said), "{why}"),
        other => panic!("not refused: {other:?}"),
    };
    save_head(dir.path(), &head(encoder, 2), json!({})).unwrap();
    let older = fs::read(path(HEAD_GRAPH)).unwrap();
    save_head(dir.path(), &head(encoder, 3), json!({})).unwrap();
    fs::write(path(HEAD_GRAPH), older).unwrap();
    refused("graph_hash");
    fs::write(path(HEAD_CARD), "{}").unwrap();
    refused("head.json");
    fs::remove_file(path(HEAD_CARD)).unwrap();
    refused("head.json is missing");

    let mut short = head(encoder, 2);
    short.members[1].pop();
    let saved = save_head(dir.path(), &short, json!({})).unwrap_err().to_string();
    assert!(saved.contains("member 1 has 8 weights, not 9"), "{saved}");
    let mut infinite = head(encoder, 1);
    infinite.members[0][3] = f32::INFINITY;
    assert!(save_head(dir.path(), &infinite, json!({})).is_err());
}

proptest! {
    #[test]
    fn weights_round_trip_through_the_file(
        members in prop::collection::vec(prop::collection::vec(-1e6f32..1e6, 2 * DIM + 1), 1..5),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let head = RewardHead { members, ..head(ContentHash::of(b"e"), 1) };
        save_head(dir.path(), &head, json!([1, "two"])).unwrap();
        let saved = load_head(dir.path()).unwrap().unwrap();
        prop_assert_eq!(saved.head, head);
        prop_assert_eq!(saved.card, json!([1, "two"]));
    }
}
