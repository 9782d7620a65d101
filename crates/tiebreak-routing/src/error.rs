//! Why nothing can be routed.

use tiebreak_stats::FitError;

/// Why items cannot be routed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RoutingError {
    /// The AI has not labelled everything, so it could not label its share.
    #[error("{unscored} of {items} items have no score")]
    Unscored {
        /// Items without a score.
        unscored: usize,
        /// All items.
        items: usize,
    },
    /// There is too little to learn from.
    #[error(
        "{labels} pairs of {prompts} prompts have a clear majority of people's labels, fewer than \
         {needed_labels} of {needed_prompts} can be learnt from"
    )]
    TooFewLabels {
        /// Pairs with a clear majority.
        labels: usize,
        /// Their prompts.
        prompts: usize,
        /// Fewest pairs.
        needed_labels: usize,
        /// Fewest prompts.
        needed_prompts: usize,
    },
    /// A fit failed.
    #[error(transparent)]
    Fit(#[from] FitError),
}
