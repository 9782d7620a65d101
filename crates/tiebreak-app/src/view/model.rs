//! Which reward models a study has, where they run, and how good they are.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::UserError;

/// The reward models of a study and of this machine.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ModelsView {
    /// One a modality that the study has items of: text, image, music.
    pub models: Vec<ModelView>,
    /// Every pack on this machine.
    pub packs: Vec<PackView>,
    /// Where models may run.
    pub providers: ProvidersView,
}

/// The reward model of one modality of a study.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ModelView {
    /// `text`, `image` or `music`.
    pub modality: String,
    /// The pack that the study uses for it.
    pub pack: String,
    /// `encoder`, `pointwise` or `pairwise`; absent while the pack cannot be opened.
    pub kind: Option<String>,
    /// Whether it can score now.
    pub ready: bool,
    /// The first eight digits of its hash.
    pub hash: Option<String>,
    /// The execution provider that runs it, for example `cpu`.
    pub provider: Option<String>,
    /// Providers that do not run it, each with the reason.
    pub skipped: Vec<String>,
    /// Why it cannot score.
    pub error: Option<UserError>,
    /// Whose head scores: `study` (trained on this study), `pack` (shipped with it), `none`
    /// (an encoder without a head), or `fixed` (a model that has no head to train).
    pub head: String,
    /// Items of this modality.
    pub items: u32,
    /// Of these, scored by this very model.
    pub scored: u32,
    /// Items that could not be scored, for example of a damaged image.
    pub unreadable: u32,
    /// How its last scoring run went.
    pub last_run: Option<ScoringRunView>,
    /// People's live judgments that its head can learn from, now.
    pub labels: u32,
    /// Of these, given since a head was last trained for it, whether that came into use or not;
    /// all of them before.
    pub labels_since: u32,
    /// How good it is by the last measurement.
    pub quality: Option<QualityView>,
    /// The model whose scores count, by name and the first eight digits of its hash, if that is
    /// another one than this; all figures here are of this one.
    pub in_force: Option<String>,
    /// Every head trained on this study for its encoder, the oldest first.
    pub history: Vec<TrainingPoint>,
}

/// How a scoring run went.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ScoringRunView {
    /// When it ended, RFC 3339.
    pub ended_at: String,
    /// Items scored.
    pub items: u32,
    /// Items a second.
    pub items_per_s: f64,
    /// Share of the time that ONNX Runtime was busy, 0 to 1.
    pub runtime_share: f64,
    /// The execution provider at its end.
    pub provider: String,
    /// Providers that did not run, each with the reason, those that failed on the way included.
    pub skipped: Vec<String>,
}

/// How good a reward model is, by people's labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QualityView {
    /// When it was measured, RFC 3339.
    pub measured_at: String,
    /// `cross-validated` (each pair by a head that has not seen its prompt) or `all-labels` (a
    /// model that was not trained here).
    pub basis: String,
    /// Pairs with people's labels, ties included.
    pub pairs: u32,
    /// Groups of these pairs that were never split: those of one prompt, at least.
    pub prompts: u32,
    /// What groups keep together: `prompt`, `candidate`, `conversation`. All three unless that
    /// would have left nothing to hold out.
    #[serde(default)]
    pub kept_together: Vec<String>,
    /// Share of clear pairs on which it names the preferred one.
    pub accuracy: IntervalView,
    /// The same of a model that sees nothing but the length, fitted as it was; absent for
    /// images and music.
    pub length_only: Option<IntervalView>,
    /// The same of "the longer one is better".
    pub longer_wins: Option<IntervalView>,
    /// Share of all ordered pairs, those within rankings included, in which the preferred one
    /// has at least the score of the other, 0 to 1.
    pub ranking_accuracy: Option<f64>,
    /// Expected accuracy of a model that knows what most people prefer: on average none does
    /// better, because few have answered; absent where hardly any pair has two answers.
    pub ceiling: Option<f64>,
    /// Brier score, 0 to 1; 0.25 is chance.
    pub brier: f64,
    /// Log loss in nats; 0.693 is chance.
    pub log_loss: f64,
    /// Expected calibration error, 0 to 1.
    pub calibration_error: f64,
    /// What margins were divided by.
    pub temperature: f64,
    /// Whether a coin is as good: all of the interval of `accuracy` is below one half, or the
    /// margins carry nothing. False with fewer than 20 clear pairs.
    #[serde(default)]
    pub worse_than_chance: bool,
    /// The reliability diagram.
    pub reliability: Vec<ReliabilityBin>,
    /// Accuracy on parts of the pairs.
    pub slices: Vec<SliceView>,
}

/// A share with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IntervalView {
    /// The share, 0 to 1.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Number of pairs.
    pub n: u32,
}

/// Pairs on which the model was about equally sure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ReliabilityBin {
    /// Lower end of the confidence, 0.5 to 1.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Mean confidence.
    pub confidence: f64,
    /// Share of these pairs on which it was right.
    pub accuracy: f64,
    /// How many.
    pub pairs: u32,
}

/// Accuracy on a part of the pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SliceView {
    /// What the parts are by: `tag`, `source`, `length_difference`, `strength`.
    pub by: String,
    /// Which part.
    pub name: String,
    /// Accuracy there.
    pub accuracy: IntervalView,
    /// Accuracy of the length-only model there.
    pub length_only: Option<IntervalView>,
}

/// One training of a head.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TrainingPoint {
    /// When, RFC 3339.
    pub trained_at: String,
    /// `asked` or `background`.
    pub cause: String,
    /// What it learnt: `overall`, or the id of an aspect.
    pub objective: String,
    /// The first eight digits of the hash of the model that it made.
    pub hash: String,
    /// Judgments that it learnt from.
    pub labels: u32,
    /// Pairs that it learnt from.
    pub pairs: u32,
    /// Cross-validated accuracy.
    pub accuracy: IntervalView,
    /// Cross-validated accuracy of the length-only model.
    pub length_only: Option<f64>,
    /// Cross-validated Brier score.
    pub brier: f64,
    /// Cross-validated expected calibration error.
    pub calibration_error: f64,
    /// Seconds that it took.
    pub seconds: f64,
    /// Whether it was to score; false: kept as a record only.
    pub in_use: bool,
}

/// A pack on this machine.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PackView {
    /// What studies call it: the name of its folder.
    pub name: String,
    /// What it is, in a line.
    pub description: String,
    /// `text`, `image` or `music`.
    pub modality: String,
    /// `encoder`, `pointwise` or `pairwise`.
    pub kind: String,
    /// SPDX expression of its licence.
    pub licence: String,
    /// Whether an encoder brings a head.
    pub has_head: bool,
    /// Why it cannot be used.
    pub error: Option<UserError>,
}

/// Where models may run.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ProvidersView {
    /// The order in which they are tried, as the user set it; `auto` alone is the system's own.
    pub order: Vec<String>,
    /// Those that this system can have.
    pub known: Vec<ProviderView>,
}

/// An execution provider on this machine.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ProviderView {
    /// `cuda`, `directml`, `coreml` or `cpu`.
    pub name: String,
    /// Why it does not run here; absent if it does.
    pub reason: Option<String>,
}

/// What adding a pack did.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PackAddedView {
    /// The pack.
    pub pack: PackView,
    /// What it takes and gives, one line each.
    pub signature: Vec<String>,
    /// Inputs a second, measured on short samples.
    pub inputs_per_s: f64,
    /// Golden inputs checked, and their largest deviation; absent if the pack has none.
    pub golden: Option<GoldenView>,
    /// What is odd about it.
    pub warnings: Vec<String>,
}

/// How a pack did on its golden inputs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
pub struct GoldenView {
    /// How many.
    pub inputs: u32,
    /// Largest absolute difference to what the pack says.
    pub largest_difference: f64,
}
