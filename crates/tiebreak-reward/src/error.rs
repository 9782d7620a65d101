//! What can go wrong with packs and the runtime, before scoring starts.

use std::path::{Path, PathBuf};

use tiebreak_core::{ScorerError, SkippedProvider};

use crate::convert::Published;

/// Why a pack or the runtime could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RewardError {
    /// A file could not be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was being done, for example `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The ONNX Runtime library is nowhere.
    #[error("ONNX Runtime not found; looked at {}", list(searched))]
    LibraryNotFound {
        /// Every place that was looked at, in order.
        searched: Vec<PathBuf>,
    },
    /// No folder of that name holds a pack.
    #[error("the pack {name} was not found; looked at {}", list(searched))]
    PackNotFound {
        /// The pack asked for.
        name: String,
        /// Every place that was looked at, in order.
        searched: Vec<PathBuf>,
    },
    /// The library is there but cannot be used.
    #[error("cannot load ONNX Runtime from {}: {reason}", path.display())]
    LibraryUnusable {
        /// The library.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A pack's file says something that we cannot use.
    #[error("{}: {problem}", path.display())]
    BadPack {
        /// The file of the pack.
        path: PathBuf,
        /// The field and what is wrong with it.
        problem: String,
    },
    /// Weights that are not those of the model to convert.
    #[error("{}: {problem}", path.display())]
    BadWeights {
        /// The weights file.
        path: PathBuf,
        /// The tensor and what is wrong with it.
        problem: String,
    },
    /// No execution provider could run the model.
    #[error("no execution provider runs {}: {}", model.display(), reasons(skipped))]
    NoProvider {
        /// The model.
        model: PathBuf,
        /// Every provider tried, and why it does not run.
        skipped: Vec<SkippedProvider>,
    },
    /// An execution provider of that name does not exist.
    #[error("{0} is no execution provider; there are cuda, directml, coreml and cpu")]
    UnknownProvider(String),
    /// The check of a pack in a process of its own came to an end that no error explains.
    #[error("{}: {ended}", path.display())]
    CheckStopped {
        /// The pack.
        path: PathBuf,
        /// How it ended.
        ended: Ended,
    },
    /// What the check of a pack in a process of its own said.
    #[error("{0}")]
    Refused(String),
    /// A pack of that name is there already.
    #[error("a pack called {name} is already in {}{}", path.display(), if *is_same { ", and it is the same model" } else { "" })]
    NameTaken {
        /// The name.
        name: String,
        /// Where it is.
        path: PathBuf,
        /// Whether both give the same scores.
        is_same: bool,
    },
    /// A pack cannot be added or removed, for a reason that has nothing to do with its model.
    #[error("{}: {problem}", path.display())]
    NotInstallable {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        problem: String,
    },
    /// A trained head that cannot be used.
    #[error("the trained head is unusable: {0}")]
    BadHead(String),
    /// Scoring failed.
    #[error(transparent)]
    Scorer(#[from] ScorerError),
}

/// How a process ended that no error explains.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// It wanted more memory than a model of this size may need.
    #[error("ran out of memory above {:.1} GB", *limit_bytes as f64 / 1e9)]
    OutOfMemory {
        /// How much it was given.
        limit_bytes: u64,
    },
    /// It did not come to an end.
    #[error("took longer than {limit_s} s")]
    OutOfTime {
        /// How long it was given.
        limit_s: u64,
    },
    /// It crashed.
    #[error("broke off while its model ran ({how})")]
    BrokeOff {
        /// The signal or the exit code.
        how: String,
    },
}

impl RewardError {
    /// What a person can do about it, if anything short helps.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::LibraryNotFound { .. } => {
                Some("run `cargo xtask setup`, or set TIEBREAK_ORT to the library file")
            }
            Self::PackNotFound { name, .. }
                if Published::ALL.iter().all(|published| published.name() != name) =>
            {
                Some("`tiebreak pack list` lists the packs that are there")
            }
            Self::PackNotFound { .. } => {
                Some("run `cargo xtask setup`, or set TIEBREAK_PACKS to the folder of the packs")
            }
            Self::NoProvider { .. } => Some("check the pack with `tiebreak doctor`"),
            Self::NameTaken { is_same: false, .. } => {
                Some("give the new one another name with --name, or take the old one away first")
            }
            _ => None,
        }
    }

    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    pub(crate) fn bad_pack(path: &Path, problem: impl Into<String>) -> Self {
        Self::BadPack { path: path.to_owned(), problem: problem.into() }
    }
}

impl From<RewardError> for ScorerError {
    fn from(error: RewardError) -> Self {
        match error {
            RewardError::Scorer(error) => error,
            other => Self::Runtime {
                context: "the reward model could not be used".to_owned(),
                source: Box::new(other),
            },
        }
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn reasons(skipped: &[SkippedProvider]) -> String {
    let reasons = skipped.iter().map(|skip| format!("{}: {}", skip.provider, skip.reason));
    reasons.collect::<Vec<_>>().join("; ")
}
