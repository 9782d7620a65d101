//! Who should label an item, a person or the reward model, and why.
//!
//! A [`Policy`] gives every item a gain: what a human label of it is expected to add. [`route`]
//! spends the budget on the largest gains and sends the rest to the reward model; it owns the
//! rules that hold for every policy (what is labelled already is not paid for twice, exactly one
//! side per item, ties broken by the seed). Deliberately absent: storage, and how scores are made.

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
mod least_certain;
mod mix;
mod performance;
mod pilot;
mod policy;
mod ppm;
mod resampling;
mod proxy;
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
pub use least_certain::LeastCertain;
pub use mix::{Mix, MixSource, draw_mixes};
pub use performance::{PerformanceKind, PerformanceModel, Shrinkage, Simulation};
pub use pilot::{Drawn, PilotProposal, draw_pilot, propose_pilot};
pub use policy::{Gain, Policy, Signal};
pub use proxy::{ProxyPairs, ProxyStudy, ProxyTried};
pub use ppm::PredictionFit;
pub use resampling::Estimate;
pub use spend::{Routing, route};
pub use teaching::teaching_order;
pub use truth::Truth;
