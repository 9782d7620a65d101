//! The default packs, the one for texts opened once for all tests of a file.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(dead_code, reason = "each test uses a part of it")]

use std::sync::OnceLock;

use tiebreak_core::{Cancel, Content, Scorer as _};
use tiebreak_reward::{OpenOptions, Provider, RewardModel};

/// The MiniLM pack on the CPU.
pub fn minilm() -> &'static RewardModel {
    static MODEL: OnceLock<RewardModel> = OnceLock::new();
    MODEL.get_or_init(|| open("minilm"))
}

/// A default pack on the CPU.
pub fn open(name: &str) -> RewardModel {
    let options = OpenOptions { providers: Some(vec![Provider::Cpu]), ..OpenOptions::default() };
    RewardModel::open_named(name, &options).unwrap_or_else(|error| {
        panic!("{error}\nThis test needs ONNX Runtime and a pack: run `cargo xtask setup`")
    })
}

/// The embeddings of texts.
pub fn embed(model: &RewardModel, texts: &[&str]) -> Vec<Vec<f32>> {
    let contents: Vec<Content<'_>> = texts.iter().map(|&text| Content::Text(text)).collect();
    let embedded = model.embed(&contents, &Cancel::default()).unwrap();
    embedded.into_iter().map(Result::unwrap).collect()
}
