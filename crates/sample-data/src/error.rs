//! What can go wrong while the studies are made.

use std::path::{Path, PathBuf};

/// A failure of the generator.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// A file that cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An encoder that refuses its input.
    #[error("cannot encode {name}: {reason}")]
    Encode {
        /// The file to be.
        name: String,
        /// In the encoder's words.
        reason: String,
    },
}

impl SampleError {
    /// Says which file it was, for `map_err`.
    pub fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// Says which file was to be encoded, for `map_err`.
    pub fn encode<E: std::fmt::Debug>(name: &str) -> impl Fn(E) -> Self + use<'_, E> {
        move |reason| Self::Encode { name: name.to_owned(), reason: format!("{reason:?}") }
    }
}
