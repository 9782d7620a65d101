//! Whole stories through tiebreak-app, on real study files, with a reward model that needs no
//! ONNX Runtime; and one through the built command line with the real packs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod bad_input;
#[path = "../support/cli.rs"]
#[allow(dead_code, clippy::panic, reason = "not every set of tests needs all of it")]
mod cli;
mod fake_scorer;
mod labelled_while_open_twice;
mod live_routing;
mod media;
mod models_of_every_kind;
mod named_packs;
mod own_head;
mod quality;
mod real_packs;
mod retraining;
mod scoring_is_resumable;
mod study;
mod tagging;
mod text_comparison;
mod training;
