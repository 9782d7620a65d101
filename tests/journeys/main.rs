//! Whole stories through tiebreak-app, on real study files, with a reward model that needs no
//! ONNX Runtime.

mod bad_input;
mod fake_scorer;
mod labelled_while_open_twice;
mod scoring_is_resumable;
mod study;
mod text_comparison;
mod training;
