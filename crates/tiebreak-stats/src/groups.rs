//! Annotators who prefer differently: groups of them, and each by themselves.
//!
//! A mixture of Bradley-Terry models ([`Mixture`]) says that there are a few kinds of annotators;
//! its number of groups is chosen by what it predicts ([`choose_groups`]), and
//! [`worst_group_accuracy`] says whom a model or a ranking serves worst. Annotator weights
//! ([`AnnotatorWeights`]) say that everybody differs a little: each person's weights are shrunk to
//! those of all, and [`few_shot_curve`] how many answers it takes to know someone.

mod annotator_weights;
mod annotators;
mod choices;
mod few_shot;
mod information;
mod mixture;
mod mixture_state;
mod selection;
mod worst_group;

pub use annotator_weights::{AnnotatorWeights, OneAnnotator, WeightsOptions};
pub use choices::AnnotatedChoices;
pub use few_shot::{FewShotCurve, FewShotPoint, few_shot_curve};
pub use mixture::{Mixture, MixtureOptions, PreferenceGroup};
pub use selection::{GroupChoice, GroupsTried, HeldOutLikelihood, SelectionOptions, choose_groups};
pub use worst_group::{GroupAccuracy, ranking_margins, worst_group_accuracy};

#[cfg(test)]
mod tests;
