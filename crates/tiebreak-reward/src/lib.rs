//! Reward models through ONNX Runtime.
//!
//! Owned here: model packs on disk, the ONNX Runtime library and its execution providers, turning
//! texts into embeddings, and running trained heads. Nothing else in the project names ONNX
//! Runtime. Deliberately absent: training (the caller fits a head and hands it over), storing
//! embeddings and scores, and any download.
//!
//! ```no_run
//! use tiebreak_core::{Cancel, Scorer as _};
//! use tiebreak_reward::{OpenOptions, RewardModel};
//!
//! let model = RewardModel::open_named("minilm", &OpenOptions::default())?;
//! let embeddings = model.embed(&["How are you?"], &Cancel::default())?;
//! assert_eq!(embeddings[0].len(), model.embedding_dim());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod atomic;
mod audio_input;
mod batch;
mod bert;
pub mod convert;
mod doctor;
mod engine;
mod error;
mod head;
mod head_file;
mod image_input;
pub mod locate;
mod manifest;
mod mel;
mod model;
mod onnx;
mod pack;
mod parallel;
mod port;
mod provider;
mod runtime;
mod sequences;
mod shared_weights;
#[cfg(test)]
mod tests;
mod text_encoder;
mod tokens;
mod usage;
mod weights;

pub use doctor::{Diagnosis, PackReport, ProviderReport, RuntimeReport, diagnose};
pub use error::RewardError;
pub use head_file::{HEAD_CARD, HEAD_GRAPH, SavedHead, load_head, save_head};
pub use manifest::Manifest;
pub use model::{OpenOptions, RewardModel};
pub use pack::Pack;
pub use provider::Provider;
