use std::path::PathBuf;

use tiebreak_core::JudgmentError;

/// What can go wrong with a study file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such file.
    #[error("there is no study at {0}")]
    Missing(PathBuf),
    /// A new study would overwrite a file.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// The file is something else.
    #[error("{0} is not a Tiebreak study")]
    NotAStudy(PathBuf),
    /// The file was written by a later version.
    #[error("{path} has schema {found}; this version of Tiebreak knows schemas up to {known}")]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// Another program kept the file locked for longer than the waiting time.
    #[error("another program has kept the study busy for {0} seconds")]
    Busy(u64),
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The file or its folder cannot be written.
    #[error("the study cannot be written: {0}")]
    ReadOnly(String),
    /// The named thing is not in the study.
    #[error("there is no {what} {id} in this study")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// A judgment breaks a rule.
    #[error(transparent)]
    Judgment(#[from] JudgmentError),
    /// A stored value cannot be read.
    #[error("the study holds an unreadable {what}: {reason}")]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// Anything else that SQLite reports.
    #[error("SQLite: {0}")]
    Sqlite(#[source] rusqlite::Error),
    /// The file system.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Busy(crate::study_file::BUSY_TIMEOUT.as_secs())
            }
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::ReadOnly(error.to_string())
            }
            _ => Self::Sqlite(error),
        }
    }
}

/// The result of everything in this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
