//! The converted all-MiniLM-L6-v2 against its definition.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::minilm;
use serde::Deserialize;
use tiebreak_core::Scorer as _;

/// What golden.py wrote.
#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    tokens: usize,
    embedding: Vec<f32>,
}

fn golden() -> Vec<Case> {
    serde_json::from_str::<Golden>(include_str!("golden.json")).unwrap().cases
}

fn embed(texts: &[&str]) -> Vec<Vec<f32>> {
    common::embed(minilm(), texts)
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn agrees_with_an_independent_computation() {
    for case in golden() {
        let embedding = embed(&[&case.text]).remove(0);
        let cosine: f64 =
            embedding.iter().zip(&case.embedding).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
        let difference = largest_difference(&embedding, &case.embedding);
        let start: String = case.text.chars().take(30).collect();
        assert!((cosine - 1.0).abs() < 1e-5, "{start}: cosine {cosine}");
        assert!(difference < 2e-6, "{start}: differs by {difference}");
    }
}

#[test]
fn an_embedding_does_not_depend_on_its_neighbours() {
    let probe = "Which answer follows the instruction?";
    let alone = embed(&[probe]).remove(0);
    let long = "a much longer neighbour that makes padding necessary ".repeat(20);
    let others: Vec<String> =
        (0..300).map(|n| format!("{} {}", n, &long[..n * 3 % long.len()])).collect();
    let mut crowd: Vec<&str> = others.iter().map(String::as_str).collect();
    crowd.insert(150, probe);
    let together = embed(&crowd).swap_remove(150);
    let difference = largest_difference(&alone, &together);
    assert!(difference < 1e-5, "differs by {difference}");
}

#[test]
fn equal_texts_have_equal_embeddings_in_their_places() {
    let rows = embed(&["first", "second", "first", "third", "second"]);
    assert_eq!(rows[0], rows[2]);
    assert_eq!(rows[1], rows[4]);
    assert!(largest_difference(&rows[0], &rows[1]) > 1e-3);
    assert!(largest_difference(&rows[0], &rows[3]) > 1e-3);
}

#[test]
fn texts_are_cut_at_the_maximum_length() {
    // One token a word: 510 words and the two special tokens fill the 512.
    let words = |count: usize| vec!["word"; count].join(" ");
    let (full, over) = (words(510), format!("{} and never read", words(510)));
    let rows = embed(&[&full, &over, &words(509)]);
    assert!(largest_difference(&rows[0], &rows[1]) < 1e-6, "what follows the cut counts");
    assert!(largest_difference(&rows[0], &rows[2]) > 1e-6, "the last token does not count");
    assert!(golden().iter().any(|case| case.tokens == 512), "no golden text is cut");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let texts: Vec<String> = (0..50).map(|n| format!("text number {n} ").repeat(n + 1)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let all = embed(&texts);
    let options = tiebreak_reward::OpenOptions {
        providers: Some(vec![tiebreak_reward::Provider::Cpu]),
        threads: Some(1),
        ..Default::default()
    };
    let single = tiebreak_reward::RewardModel::open(&minilm().pack().dir, &options).unwrap();
    assert_eq!(common::embed(&single, &texts), all);
    let usage = single.usage();
    assert_eq!((usage.inputs, usage.sessions), (51, 1), "the one that is tried on opening counts");
    assert!(usage.tokens > 50 * 5 && usage.busy_s > 0.0, "{usage:?}");
}
