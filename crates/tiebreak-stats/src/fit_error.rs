//! Why nothing could be fitted.

/// Why nothing could be fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// No pair has a positive weight.
    #[error("there are no judged pairs to fit")]
    NoPairs,
    /// There is no penalty to try.
    #[error("there is no penalty to try")]
    NoPenalties,
    /// The numbers do not fit each other.
    #[error("{0}")]
    Shape(String),
    /// A feature, share or weight is not a number.
    #[error("pair {0} has a feature, share or weight that is not finite")]
    NotFinite(usize),
    /// Stopped on request.
    #[error("stopped on request")]
    Cancelled,
}
