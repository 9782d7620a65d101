//! What a routing policy sees and says.

use serde_json::{Map, Value};
use tiebreak_core::{ItemId, PairPreference};

/// What is known of an item when it is routed.
#[derive(Clone, Copy, Debug)]
pub struct Signal {
    /// The item.
    pub item: ItemId,
    /// What the reward model says of its first two candidates; `None` where it was not scored.
    pub preference: Option<PairPreference>,
    /// Whether people have labelled it in this study: that money is spent.
    pub annotated: bool,
    /// Whether people's labels of it were imported.
    pub imported: bool,
    /// Whether its candidates say the same: there is nothing to label.
    pub identical: bool,
}

/// What a human label of one item is expected to add, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Gain {
    /// The larger, the sooner a person should label it; its unit belongs to the policy.
    pub value: f64,
    /// The reason in words, without the side.
    pub reason: String,
}

/// A way to value human labels.
pub trait Policy {
    /// The name under which runs are recorded.
    fn name(&self) -> &'static str;

    /// The gain of each item, in the order of `signals`; `None` where the policy cannot tell.
    fn gains(&self, signals: &[Signal]) -> Vec<Option<Gain>>;

    /// Settings and fitted coefficients, for the record.
    fn parameters(&self) -> Map<String, Value> {
        Map::new()
    }
}
