//! Reward models through ONNX Runtime.
//!
//! Owned here: model packs on disk, the ONNX Runtime library and its execution providers, turning
//! texts, images and clips into embeddings, running trained heads, and running models that rate or
//! compare. Nothing else in the project names ONNX Runtime. Deliberately absent: training (the
//! caller fits a head and hands it over), storing embeddings and scores, and any download.
//!
//! ```no_run
//! use tiebreak_core::{Cancel, Content, Scorer as _};
//! use tiebreak_reward::{OpenOptions, RewardModel};
//!
//! let model = RewardModel::open_named("minilm", &OpenOptions::default())?;
//! let embeddings = model.embed(&[Content::Text("How are you?")], &Cancel::default())?;
//! assert_eq!(embeddings[0].as_ref().map(Vec::len), Ok(model.embedding_dim()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod admitted;
mod archive;
mod atomic;
mod audio_input;
mod batch;
pub mod check;
pub mod convert;
mod doctor;
mod engine;
mod error;
pub mod export;
mod external_data;
mod golden;
mod graph_file;
mod head;
mod head_file;
mod hugging_face;
mod image_input;
pub mod install;
pub mod isolated;
pub mod locate;
mod manifest;
pub mod measure;
mod media_encoder;
mod media_queue;
mod mel;
mod model;
mod onnx;
mod pack;
mod pairwise;
mod parallel;
mod pointwise;
mod pooling;
mod port;
mod provider;
mod python_json;
mod resampling;
mod resize;
mod runtime;
mod sequences;
mod shared_weights;
mod template;
#[cfg(test)]
mod tests;
mod text_encoder;
mod token_match;
mod tokens;
mod trial_media;
mod usage;

pub use audio_input::AudioInput;
pub use doctor::{Diagnosis, PackReport, ProviderReport, RuntimeReport, diagnose, try_providers};
pub use error::{Ended, RewardError};
pub use golden::GoldenReport;
pub use head_file::{HEAD_CARD, HEAD_GRAPH, SavedHead, load_head, save_head};
pub use image_input::ImageInput;
pub use manifest::{
    Layout, Manifest, Measures, ModelInput, Pooling, Template, TextInput, Truncation,
};
pub use model::{OpenOptions, RewardModel};
pub use pack::Pack;
pub use provider::Provider;
pub use tiebreak_media::{CLIP_MEASURES, IMAGE_MEASURES};
