//! Who should label an item, a person or the reward model, and why.
//!
//! A [`Policy`] gives every item a gain: what a human label of it is expected to add. [`route`]
//! spends the budget on the largest gains and sends the rest to the reward model; it owns the
//! rules that hold for every policy (what is labelled already is not paid for twice, exactly one
//! side per item, ties broken by the seed). Deliberately absent: storage, and how scores are made.

mod instance;
mod kind;
mod least_certain;
mod policy;
mod spend;
pub mod tag;

pub use instance::{AiSignals, Instance, Pool, Votes};
pub use kind::{PolicyKind, UnknownPolicy};
pub use least_certain::LeastCertain;
pub use policy::{Gain, Policy, RoutingError, Signal};
pub use spend::{Routing, route};
