//! The default pack, opened once for all tests of a file.
#![expect(clippy::panic, reason = "a test that cannot start fails")]

use std::sync::OnceLock;

use tiebreak_reward::{OpenOptions, Provider, RewardModel};

/// The MiniLM pack on the CPU.
pub fn minilm() -> &'static RewardModel {
    static MODEL: OnceLock<RewardModel> = OnceLock::new();
    MODEL.get_or_init(|| {
        let options =
            OpenOptions { providers: Some(vec![Provider::Cpu]), ..OpenOptions::default() };
        RewardModel::open_named("minilm", &options).unwrap_or_else(|error| {
            panic!("{error}\nThis test needs ONNX Runtime and a pack: run `cargo xtask setup`")
        })
    })
}
