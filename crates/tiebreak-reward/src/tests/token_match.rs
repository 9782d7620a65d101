//! Matching token by token, for every way in which a graph gives states of tokens.

use std::fs;

use tiebreak_core::{Cancel, Content, Scorer, ScorerError, TokenMatch};

use super::{DIM, MANIFEST, TOKENIZER, open, tiny_graph, tiny_pack};
use crate::RewardModel;
use crate::onnx::{Attribute, GraphBuilder};

/// One table row for each token; the output is called `output`.
fn rows(output: &str) -> Vec<u8> {
    let mut graph = GraphBuilder::new("tokens");
    let ids = graph.int_input("input_ids", &["batch", "tokens"]);
    graph.int_input("attention_mask", &["batch", "tokens"]);
    let table: Vec<f32> = (0..8 * DIM).map(|n| (n as f32 * 0.7).sin()).collect();
    let table = graph.floats("table", &[8, DIM], &table);
    graph.op_with("Gather", &[&table, &ids], output, &[("axis", Attribute::Int(0))]);
    graph.shaped_output(output, &["batch", "tokens"], &[DIM]);
    graph.encode()
}

fn matches(model: &RewardModel, pairs: &[(&str, &str)]) -> Result<Vec<TokenMatch>, ScorerError> {
    let pairs: Vec<(Content<'_>, Content<'_>)> =
        pairs.iter().map(|&(a, b)| (Content::Text(a), Content::Text(b))).collect();
    let found = model.match_tokens(&pairs, &Cancel::default())?;
    Ok(found.into_iter().map(Result::unwrap).collect())
}

#[test]
fn token_states_are_found_whether_the_graph_pools_or_not() {
    // Longest first, so that the order of batches is not that of the pairs.
    let pairs = [("a", "a"), ("a b c", "c a"), ("c a", "a b c"), ("", ""), ("", "b"), ("b", "a")];
    let pooled = |how: &str| MANIFEST.replace("\"in-graph\"", how);
    let mut first = None;
    for (name, manifest, graph) in [
        ("a graph of ours that pools", MANIFEST.to_owned(), tiny_graph(DIM)),
        ("mean", pooled("\"mean\""), rows("embedding")),
        ("last", pooled("\"last\""), rows("embedding")),
    ] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("pack.toml"), manifest).unwrap();
        fs::write(dir.path().join("tokenizer.json"), TOKENIZER).unwrap();
        fs::write(dir.path().join("model.onnx"), graph).unwrap();
        let found = matches(&open(dir.path()).unwrap(), &pairs).unwrap();
        let one = |n: usize| (found[n].f1 - 1.0).abs() < 1e-5;
        assert!(one(0) && found[0].tokens == [1, 1], "{name}: {:?}", found[0]);
        assert!((found[1].recall - 1.0).abs() < 1e-5 && found[1].tokens == [3, 2], "{name}");
        assert!(found[1].precision < 0.999, "{name}: {:?}", found[1]);
        assert!((found[1].f1 - found[2].f1).abs() < 1e-6, "{name}");
        // Special tokens do not count: nothing matches nothing, and nothing else.
        assert!(one(3) && found[4].f1 == 0.0, "{name}: {:?}", &found[3..5]);
        assert!(!one(5), "{name}");
        let values: Vec<f64> = found.iter().map(|found| found.f1).collect();
        let first = first.get_or_insert_with(|| values.clone());
        let near = first.iter().zip(&values).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(near, "{name}: {values:?} and {first:?}");
    }
}

#[test]
fn a_file_has_no_tokens_and_does_not_disturb_the_others() {
    let dir = tiny_pack();
    let model = open(dir.path()).unwrap();
    let text = Content::Text("a b");
    let file = Content::File(dir.path());
    let pairs = [(text, file), (text, text), (file, text)];
    let found = model.match_tokens(&pairs, &Cancel::default()).unwrap();
    assert!(found[0].is_err() && found[2].is_err());
    assert!((found[1].as_ref().unwrap().f1 - 1.0).abs() < 1e-5);
}

#[test]
fn a_text_that_the_model_makes_nothing_of_does_not_disturb_the_others() {
    let dir = tiny_pack();
    let model = open(dir.path()).unwrap();
    let (good, bad) = (Content::Text("a b"), Content::Text("a nan"));
    let found = model.match_tokens(&[(good, bad), (good, good)], &Cancel::default()).unwrap();
    assert!(found[0].is_err());
    assert!((found[1].as_ref().unwrap().f1 - 1.0).abs() < 1e-5);
}

#[test]
fn a_graph_that_keeps_its_states_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut graph = GraphBuilder::new("pooled");
    let ids = graph.int_input("input_ids", &["batch", "tokens"]);
    graph.int_input("attention_mask", &["batch", "tokens"]);
    let ids = graph.cast_float(&ids, "ids");
    let axes = [("axes", Attribute::Ints(&[1])), ("keepdims", Attribute::Int(1))];
    let most = graph.op_with("ReduceL2", &[&ids], "most", &axes);
    let concat = [("axis", Attribute::Int(1))];
    let out = graph.op_with("Concat", &[&most, &most, &most, &most], "embedding", &concat);
    graph.float_output(&out, DIM);
    fs::write(dir.path().join("pack.toml"), MANIFEST).unwrap();
    fs::write(dir.path().join("tokenizer.json"), TOKENIZER).unwrap();
    fs::write(dir.path().join("model.onnx"), graph.encode()).unwrap();
    let error = matches(&open(dir.path()).unwrap(), &[("a", "b")]).unwrap_err();
    assert!(matches!(error, ScorerError::WrongKind { action: "match tokens", .. }), "{error}");
}
