//! What is wrong with a row, said so that a person can find it.

use std::fmt;

use serde::Serialize;

/// Something wrong with one row of a file. As the error of a row it means that the row was left
/// out; as a warning, that the row was taken with the part named left out or kept as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, thiserror::Error)]
pub struct RowProblem {
    /// The file, as it was named to the reader.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// Where in the row, for example `human_labels[2]` or `prompt[0].role`; `None` for the row
    /// as a whole.
    pub field: Option<String>,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(field) = &self.field {
            write!(f, "field `{field}`: ")?;
        }
        f.write_str(&self.reason)
    }
}

/// A problem before it is known where the row came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) field: Option<String>,
    pub(crate) reason: String,
}

impl Flaw {
    /// A flaw of the row as a whole.
    pub(crate) fn row(reason: impl Into<String>) -> Self {
        Self { field: None, reason: reason.into() }
    }

    /// A flaw of one field.
    pub(crate) fn field(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: Some(field.into()), reason: reason.into() }
    }

    /// The flaw of line `line` of `file`.
    pub(crate) fn at(self, file: &str, line: u64) -> RowProblem {
        RowProblem { file: file.to_owned(), line, field: self.field, reason: self.reason }
    }
}
