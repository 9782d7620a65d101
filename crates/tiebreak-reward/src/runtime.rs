//! ONNX Runtime itself: one library, loaded once per process by absolute path.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ort::environment::Environment;
use ort::logging::LogLevel;

use crate::RewardError;

/// The loaded library and its environment.
#[derive(Debug)]
pub(crate) struct Runtime {
    /// Where it was loaded from.
    pub(crate) library: PathBuf,
    pub(crate) environment: Environment,
}

static LOADED: Mutex<Option<Arc<Runtime>>> = Mutex::new(None);

impl Runtime {
    /// The process's runtime, loaded from `library` if none is loaded yet. A second library is
    /// ignored: a process can hold only one.
    ///
    /// # Errors
    /// If the library cannot be loaded or is too old. It may be tried again with another file.
    pub(crate) fn load(library: &Path) -> Result<Arc<Self>, RewardError> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = loaded.as_ref() {
            return Ok(Arc::clone(runtime));
        }
        let unusable = |reason: String| RewardError::LibraryUnusable {
            path: library.to_owned(),
            reason: reason.replace('\n', " "),
        };
        let environment = ort::init_from(library)
            .map_err(|e| unusable(e.to_string()))?
            .with_name("tiebreak")
            .with_telemetry(false)
            .build()
            .map_err(|e| unusable(e.to_string()))?;
        // What matters comes back as an error; the rest would be noise on a user's terminal.
        environment.set_log_level(LogLevel::Fatal);
        let runtime = Arc::new(Self { library: library.to_owned(), environment });
        *loaded = Some(Arc::clone(&runtime));
        Ok(runtime)
    }

    /// The library's version, `1.MINOR`.
    pub(crate) fn version(&self) -> String {
        let minor = ort::util::probe(&self.library);
        minor.map_or_else(|| "unknown".to_owned(), |minor| format!("1.{minor}"))
    }

    /// Commit and flags of the library's build, one line.
    pub(crate) fn build_info(&self) -> &'static str {
        ort::info()
    }
}
