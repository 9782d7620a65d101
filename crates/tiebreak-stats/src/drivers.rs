//! What drives choices: which properties of a candidate go with its being preferred, for people
//! and for each AI judge side by side.
//!
//! [`text_features`](TextMeter) measures texts; [`effects`] says how much each feature moves the
//! choices of each judge; [`position_bias`] and [`self_preference`] measure two leanings that have
//! nothing to do with the answers; [`principles`] says in sentences what the features find, and how
//! much of the labels these sentences reconstruct. None of this is causal: features that occur
//! together share what they explain, and what is not measured is not held constant.

mod clustered;
mod differences;
mod effects;
mod lexicon;
mod position;
mod principles;
mod self_preference;
mod text_features;
mod text_meter;

pub use differences::{FeatureDifferences, Judge};
pub use effects::{EffectReport, FeatureEffect, JudgeEffects, effects};
pub use position::{Consistency, PositionBias, Shown, SwappedPair, consistency, position_bias};
pub use principles::{
    Principle, PrincipleOptions, Principles, PrinciplesTried, SelectedPrinciple, principles,
};
pub use self_preference::{OwnAnswer, SelfPreference, self_preference};
pub use text_features::{TEXT_FEATURES, TextFeature, TextMeasures};
pub use text_meter::{TextMeter, measure_texts};

#[cfg(test)]
mod tests;
