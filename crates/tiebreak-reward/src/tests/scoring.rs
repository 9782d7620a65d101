//! What every encoder must do, whatever its graph.

use proptest::prelude::*;
use tiebreak_core::{Cancel, Content, Scorer as _, ScorerError};

use super::{DIM, embed, open, tiny_pack};

#[test]
fn numbers_that_are_not_finite_are_no_embedding() {
    let dir = tiny_pack();
    let model = open(dir.path()).unwrap();
    let contents = ["a", "b nan", "b", "nan"].map(Content::Text);
    let found = model.embed(&contents, &Cancel::default()).unwrap();
    for (n, (found, expected)) in found.into_iter().zip([true, false, true, false]).enumerate() {
        assert_eq!(found.is_ok(), expected, "{n}");
        assert!(found.err().is_none_or(|reason| reason.0.contains("not finite")), "{n}");
    }
}

#[test]
fn stops_when_asked() {
    let dir = tiny_pack();
    let model = open(dir.path()).unwrap();
    let cancel = Cancel::default();
    cancel.cancel();
    assert!(matches!(model.embed(&[Content::Text("a")], &cancel), Err(ScorerError::Cancelled)));
}

#[test]
fn no_texts_have_no_embeddings() {
    let dir = tiny_pack();
    let model = open(dir.path()).unwrap();
    assert!(embed(&model, &[]).unwrap().is_empty());
    assert_eq!(embed(&model, &[""]).unwrap()[0].len(), DIM);
}

#[test]
fn reports_what_runs() {
    let dir = tiny_pack();
    let model = open(dir.path()).unwrap();
    assert_eq!(model.provider(), "cpu");
    assert!(model.skipped_providers().is_empty(), "only the CPU was asked for");
    assert_eq!(model.identity().name, "tiny");
    assert_eq!(model.identity().pack_hash, model.identity().encoder_hash);
}

#[test]
fn the_hash_is_of_what_decides_an_embedding() {
    let hash = |from: &str, to: &str| {
        let dir = tiny_pack();
        let manifest = super::MANIFEST.replace(from, to);
        std::fs::write(dir.path().join("pack.toml"), manifest).unwrap();
        crate::Pack::read(dir.path()).unwrap().encoder_hash
    };
    let original = hash("tiny", "tiny");
    assert_eq!(hash("CC0-1.0", "0BSD"), original);
    assert_eq!(hash("\n", "\r\n"), original);
    assert_ne!(hash("max_length = 8", "max_length = 9"), original);
    assert_ne!(hash("\"embedding\"", "\"pooled\""), original);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn each_text_gets_its_own_embedding_in_order(
        texts in prop::collection::vec("[abc ]{0,30}", 1..300),
    ) {
        let dir = tiny_pack();
        let model = open(dir.path()).unwrap();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let together = embed(&model, &texts).unwrap();
        prop_assert_eq!(together.len(), texts.len());
        for (text, embedding) in texts.iter().zip(&together).step_by(17) {
            let alone = embed(&model, &[text]).unwrap();
            for (a, b) in alone[0].iter().zip(embedding) {
                prop_assert!((a - b).abs() < 1e-5, "{} alone {}, together {}", text, a, b);
            }
        }
    }
}
