//! Execution providers: which one runs a graph, and why the others do not.
//!
//! They are tried one at a time, each with errors switched on. ONNX Runtime's own list would fall
//! back in silence, and its `is_available` says only what was compiled in: it is true for CUDA on
//! a machine without a GPU.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use ort::ep::{self, ExecutionProvider as _, ExecutionProviderDispatch};
use ort::logging::LogLevel;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use serde::{Deserialize, Serialize};

use crate::RewardError;
use crate::runtime::Runtime;
use crate::shared_weights::SharedWeights;

/// Stands for the default order in a list of names.
const AUTO: &str = "auto";

/// An execution provider of ONNX Runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// NVIDIA GPUs.
    Cuda,
    /// Any GPU on Windows.
    DirectMl,
    /// GPU and neural engine on macOS.
    CoreMl,
    /// Every machine.
    Cpu,
}

impl Provider {
    /// Those that can exist on this operating system, fastest first.
    pub fn default_order() -> Vec<Self> {
        let mut order = vec![Self::Cuda];
        if cfg!(windows) {
            order.push(Self::DirectMl);
        }
        if cfg!(target_os = "macos") {
            order = vec![Self::CoreMl];
        }
        order.push(Self::Cpu);
        order
    }

    /// The order that a user set, by name, where `auto` stands for the default order. No names
    /// are `auto`. The CPU is tried last if it is not named: it always runs.
    ///
    /// # Errors
    /// [`RewardError::UnknownProvider`] for a name that is none.
    pub fn order(names: &[String]) -> Result<Vec<Self>, RewardError> {
        let mut order: Vec<Self> = Vec::new();
        for name in names {
            match name.trim() {
                AUTO => order.extend(Self::default_order()),
                name => order.push(name.parse()?),
            }
        }
        if names.is_empty() {
            order = Self::default_order();
        }
        order.push(Self::Cpu);
        let mut seen = HashSet::new();
        order.retain(|&provider| seen.insert(provider));
        Ok(order)
    }

    /// The name used in reports and options.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cuda => "cuda",
            Self::DirectMl => "directml",
            Self::CoreMl => "coreml",
            Self::Cpu => "cpu",
        }
    }

    fn is_compiled_in(self) -> bool {
        match self {
            Self::Cuda => ep::CUDA::is_available(),
            Self::DirectMl => ep::DirectML::is_available(),
            Self::CoreMl => ep::CoreML::is_available(),
            Self::Cpu => Ok(true),
        }
        .unwrap_or(false)
    }

    fn dispatch(self) -> ExecutionProviderDispatch {
        match self {
            Self::Cuda => ep::CUDA::default().build(),
            Self::DirectMl => ep::DirectML::default().build(),
            Self::CoreMl => ep::CoreML::default().build(),
            // ONNX Runtime's own default, which the bindings would switch off.
            Self::Cpu => ep::CPU::default().with_arena_allocator(true).build(),
        }
        .error_on_failure()
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Provider {
    type Err = RewardError;

    fn from_str(name: &str) -> Result<Self, RewardError> {
        [Self::Cuda, Self::DirectMl, Self::CoreMl, Self::Cpu]
            .into_iter()
            .find(|provider| provider.as_str() == name)
            .ok_or_else(|| RewardError::UnknownProvider(name.to_owned()))
    }
}

/// A graph to open.
#[derive(Clone, Copy, Debug)]
pub(crate) enum GraphSource<'a> {
    File(&'a Path),
    /// A file, with its large constants from memory.
    Shared(&'a Path, &'a SharedWeights),
    Bytes(&'a [u8]),
}

/// Opens a graph on one provider. On the CPU a session runs on the thread that calls it alone.
///
/// # Errors
/// One readable line on why this provider cannot run it.
pub(crate) fn open_on(
    runtime: &Runtime,
    provider: Provider,
    graph: GraphSource<'_>,
) -> Result<Session, String> {
    if !provider.is_compiled_in() {
        return Err("this build of ONNX Runtime does not include it".to_owned());
    }
    let start = || -> ort::Result<Session> {
        let mut builder = builder(runtime, provider)?;
        match graph {
            GraphSource::File(path) => builder.commit_from_file(path),
            GraphSource::Shared(path, weights) => weights.load(builder, path),
            GraphSource::Bytes(bytes) => builder.commit_from_memory(bytes),
        }
    };
    start().map_err(|error| reason(&error))
}

/// The options that all sessions have.
pub(crate) fn builder(runtime: &Runtime, provider: Provider) -> ort::Result<SessionBuilder> {
    let builder = Session::builder(&runtime.environment)?
        .with_log_level(LogLevel::Fatal)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(1)?
        .with_execution_providers([provider.dispatch()])?;
    if provider == Provider::DirectMl {
        // It works with neither.
        return Ok(builder.with_memory_pattern(false)?.with_parallel_execution(false)?);
    }
    Ok(builder)
}

/// What ONNX Runtime said, as one readable line.
pub(crate) fn reason(error: &ort::Error) -> String {
    one_line(error.message())
}

/// ONNX Runtime's message without source locations and status codes, on one line.
fn one_line(message: &str) -> String {
    const LONGEST: usize = 240;
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    // "FILE:LINE FUNCTION [ONNXRuntimeError] : 1 : FAIL : what happened"
    let said = match line.rsplit_once("[ONNXRuntimeError]") {
        Some((_, status)) => status.splitn(4, ':').last().unwrap_or(status),
        None => &line,
    };
    let said = said.trim();
    match said.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_one_readable_line() {
        let cases = [
            ("plain", "plain"),
            (
                "/src/provider_bridge_ort.cc:1778 Provider& Get() [ONNXRuntimeError] : 1 : FAIL : \
                 Failed to load library libx.so with error: libcublas.so.12: cannot open\n",
                "Failed to load library libx.so with error: libcublas.so.12: cannot open",
            ),
            ("two\nlines", "two lines"),
        ];
        for (message, expected) in cases {
            assert_eq!(one_line(message), expected);
        }
        assert_eq!(one_line(&"ä".repeat(500)).chars().count(), 241);
    }

    #[test]
    fn names_round_trip() {
        for provider in [Provider::Cuda, Provider::DirectMl, Provider::CoreMl, Provider::Cpu] {
            assert_eq!(provider.as_str().parse::<Provider>().ok(), Some(provider));
        }
        assert!("gpu".parse::<Provider>().is_err());
    }

    #[test]
    fn the_order_is_the_users_and_ends_with_the_cpu() {
        use Provider::{CoreMl, Cpu, Cuda};
        let automatic = Provider::default_order();
        let cases: [(&[&str], Vec<Provider>); 7] = [
            (&[], automatic.clone()),
            (&["auto"], automatic.clone()),
            (&["auto", "cpu"], automatic),
            (&["cpu"], vec![Cpu]),
            (&["cuda"], vec![Cuda, Cpu]),
            (&["coreml", " cuda ", "coreml"], vec![CoreMl, Cuda, Cpu]),
            (&["cpu", "cuda"], vec![Cpu, Cuda]),
        ];
        for (names, expected) in cases {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            assert_eq!(Provider::order(&names).ok(), Some(expected), "{names:?}");
        }
        let unknown = Provider::order(&["auto".to_owned(), "gpu".to_owned()]);
        assert!(matches!(unknown, Err(RewardError::UnknownProvider(name)) if name == "gpu"));
    }
}
