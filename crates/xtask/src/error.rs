//! What can go wrong in a task, and what to try next.

use std::io;
use std::path::{Path, PathBuf};

/// Why a task stopped.
#[derive(Debug, thiserror::Error)]
pub enum XtaskError {
    /// A file or folder could not be used.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("{what}: cannot start `{program}`: {source}")]
    Start {
        /// The step.
        what: String,
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
        /// What to try.
        hint: Option<String>,
    },
    /// A program ended with an error.
    #[error("{what} failed ({code}): {command}")]
    Failed {
        /// The step.
        what: String,
        /// The command line.
        command: String,
        /// How it ended, for example `exit code 101`.
        code: String,
        /// What to try.
        hint: Option<String>,
    },
    /// The machine lacks something.
    #[error("{what}")]
    Missing {
        /// What is missing.
        what: String,
        /// How to get it.
        hint: String,
    },
    /// A fetched file is not the pinned one.
    #[error(
        "{}: SHA-256 is {actual}, pinned is {expected}; the file was removed", path.display()
    )]
    Checksum {
        /// The file.
        path: PathBuf,
        /// The pinned hash, hexadecimal.
        expected: String,
        /// The hash found, hexadecimal.
        actual: String,
    },
    /// A file does not say what it should.
    #[error("{}: {reason}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl XtaskError {
    /// What to try next, where something is known.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Start { hint, .. } | Self::Failed { hint, .. } => hint.as_deref(),
            Self::Missing { hint, .. } => Some(hint),
            Self::Checksum { .. } => {
                Some("run the command again; if it repeats, the registry serves another file")
            }
            Self::File { .. } | Self::Content { .. } => None,
        }
    }

    /// Turns an IO error on `path` into one of these.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// Says what is wrong with the content of `path`.
    pub fn content(path: &Path, reason: impl Into<String>) -> Self {
        Self::Content { path: path.to_owned(), reason: reason.into() }
    }
}
