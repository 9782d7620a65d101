//! Who should label an item, a person or the reward model, and why.
//!
//! A policy is [`fit`] on pairs that people and the AI have labelled, and says what a human label of
//! each open pair is expected to add. [`sides`] spends the budget on the largest of these and
//! sends the rest to the AI; it owns the rules that hold for every policy (what is labelled
//! already is not paid for twice, exactly one side per item, what belongs together stays together,
//! ties broken by the seed). Deliberately absent: storage, and how scores are made.

mod bases;
mod comparing;
mod design;
mod error;
mod evaluation;
mod fitted;
mod fitting;
mod instance;
mod kind;
mod label_model;
mod mix;
mod performance;
mod pilot;
mod ppm;
mod proxy;
mod resampling;
mod second_opinion;
mod spend;
pub mod tag;
mod teaching;
mod truth;

pub use comparing::{FEWEST_LABELS, FEWEST_PROMPTS};
pub use error::RoutingError;
pub use evaluation::{
    CurvePoint, EvaluateOptions, Evaluation, PolicyAdvantage, PolicyCurve, evaluate,
};
pub use fitted::{Fitted, Plan, PlannedPair, fit};
pub use fitting::{FitOptions, Watching};
pub use instance::{AiSignals, Instance, Pool, Votes};
pub use kind::{PolicyKind, UnknownPolicy};
pub use mix::{Mix, MixSource, draw_mixes};
pub use performance::{PerformanceKind, PerformanceModel, Shrinkage, Simulation};
pub use pilot::{Drawn, PilotProposal, draw_pilot, propose_pilot};
pub use ppm::{MeanPredictionFit, PredictionFit};
pub use proxy::{ProxyPairs, ProxyStudy, ProxyTried};
pub use resampling::Estimate;
pub use spend::{Claim, Sides, lot, routes, sides};
pub use teaching::teaching_order;
pub use truth::Truth;
