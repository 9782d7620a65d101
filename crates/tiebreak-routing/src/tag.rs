//! Tags: what an item is like, in indicators that are on or off.
//!
//! Owned here: the [`Vocabulary`] of tags, the measures of texts behind the numeric ones, and how
//! tags are assigned to a prompt (imported, by rules, by likeness to written definitions).
//! Deliberately absent: embeddings, which are passed in, and storage. `docs/tags.md` has the
//! whole list with its sources.

mod calibration;
mod complexity;
mod definitions;
mod dimension;
mod entity;
mod imported;
mod language;
mod length;
mod measures;
mod media;
mod own;
mod percentile;
mod rouge;
mod structure;
mod tagger;
mod token;
mod vocabulary;

pub use calibration::{Calibration, Score};
pub use complexity::complexity;
pub use definitions::{DefinitionError, Definitions};
pub use dimension::{PROMPT_TAGS, PromptDimension};
pub use entity::entity_overlap;
pub use imported::imported;
pub use language::is_english;
pub use length::length_penalised;
pub use measures::{Bin, Measure, Measures};
pub use media::{MediaMeasure, media_measure, model_tags};
pub use own::{MOST_OWN_TAGS, OwnTags};
pub use percentile::{Percentiles, Ranks};
pub use rouge::{rouge_1, rouge_l};
pub use structure::{has_format_constraint, has_in_context_material};
pub use tagger::PromptTagger;
pub use token::tokens;
pub use vocabulary::{TagId, Vocabulary, tags_of};
