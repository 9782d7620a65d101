//! Texts that are too long are cut where the tokenizers library for Python cuts them
//! (`tests/truncation.py`).

use std::fs;

use serde_json::Value;

use super::tiny_pack;
use crate::Pack;
use crate::manifest::Truncation;
use crate::tokens::{Segments, TextTokenizer};

/// `length` words that go round from a to g.
fn text(length: u64, start: u64) -> String {
    let word = |n: u64| char::from(b'a' + (n % 7) as u8).to_string();
    (start..start + length).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_text_and_two_are_cut_as_in_python() {
    let golden: Value = serde_json::from_str(include_str!("../../tests/truncation.json")).unwrap();
    let dir = tiny_pack();
    let pack = Pack::read(dir.path()).unwrap();
    let (input, path) = pack.text().unwrap();
    let mut input = input.clone();
    for group in golden["groups"].as_array().unwrap() {
        fs::write(path, group["tokenizer"].to_string()).unwrap();
        for case in group["cases"].as_array().unwrap() {
            input.max_length = case[0].as_u64().unwrap() as usize;
            input.truncation = if case[1] == "right" { Truncation::End } else { Truncation::Start };
            let first = text(case[2].as_u64().unwrap(), 0);
            let read = |segments| TextTokenizer::read(path, &input, segments).unwrap();
            let found = match case[3].as_u64() {
                Some(second) => {
                    vec![read(Segments::Two).encode_pair(&first, &text(second, 3)).unwrap()]
                }
                // Stopping early makes no difference.
                None => [Segments::One, Segments::Two]
                    .map(|segments| read(segments).encode(&first).unwrap())
                    .to_vec(),
            };
            let ids: Vec<u32> = serde_json::from_value(case[4].clone()).unwrap();
            let mut types: Vec<u32> = serde_json::from_value(case[5].clone()).unwrap();
            if types.iter().all(|&kind| kind == 0) {
                types.clear();
            }
            for sequence in found {
                let place = format!("{} {case}", group["tokenizer"]["post_processor"]["pair"]);
                assert_eq!((&sequence.ids, &sequence.types), (&ids, &types), "{place}");
            }
        }
    }
}

#[test]
fn special_tokens_must_leave_room() {
    let golden: Value = serde_json::from_str(include_str!("../../tests/truncation.json")).unwrap();
    let dir = tiny_pack();
    let pack = Pack::read(dir.path()).unwrap();
    let (input, path) = pack.text().unwrap();
    let mut input = input.clone();
    // Two around one text, three around two.
    fs::write(path, golden["groups"][0]["tokenizer"].to_string()).unwrap();
    for (max_length, segments, fits) in
        [(1, Segments::One, false), (2, Segments::One, true), (2, Segments::Two, false)]
    {
        input.max_length = max_length;
        let read = TextTokenizer::read(path, &input, segments);
        assert_eq!(read.is_ok(), fits, "{max_length} for {segments:?}: {read:?}");
    }
}
