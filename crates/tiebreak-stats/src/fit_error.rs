//! Why nothing could be fitted.

/// Why nothing could be fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// No pair has a positive weight.
    #[error("there are no judged pairs to fit")]
    NoPairs,
    /// No row is left to fit.
    #[error("there are no rows to fit")]
    NoRows,
    /// There is no penalty to try.
    #[error("there is no penalty to try")]
    NoPenalties,
    /// The numbers do not fit each other.
    #[error("{0}")]
    Shape(String),
    /// A feature, share or weight is not a number.
    #[error("pair {0} has a feature, share or weight that is not finite")]
    NotFinite(usize),
    /// An entry or target of a row is not a number, or outside its range.
    #[error("row {0} has an entry, target or weight that is not finite or out of range")]
    RowNotFinite(usize),
    /// A comparison names a system that is not there, or one twice.
    #[error("comparison {0} names a system that is not there, or a system against itself")]
    Systems(usize),
    /// The eigenvectors of a matrix were not found.
    #[error("the columns could not be decomposed")]
    NotDecomposed,
    /// Stopped on request.
    #[error("stopped on request")]
    Cancelled,
}
