//! What is installed, what runs, and what does not: the data behind `tiebreak doctor`.

use std::path::{Path, PathBuf};

use serde::Serialize;
use tiebreak_core::{ContentHash, Modality};

use crate::onnx::GraphBuilder;
use crate::provider::{self, GraphSource, Provider};
use crate::runtime::Runtime;
use crate::{Pack, RewardError, load_head, locate};

/// The state of the reward models on this machine.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// ONNX Runtime, if it could be loaded.
    pub runtime: Option<RuntimeReport>,
    /// Each execution provider of the order that was asked about, in that order.
    pub providers: Vec<ProviderReport>,
    /// Every pack that was found.
    pub packs: Vec<PackReport>,
    /// The folders that were searched for packs.
    pub pack_folders: Vec<PathBuf>,
    /// What is broken, one line each.
    pub errors: Vec<String>,
    /// What to do about it, without duplicates.
    pub hints: Vec<String>,
}

/// The loaded library.
#[derive(Clone, Debug, Serialize)]
pub struct RuntimeReport {
    /// Its file.
    pub library: PathBuf,
    /// Its version, `1.MINOR`.
    pub version: String,
    /// Commit and flags of its build.
    pub build: String,
}

/// Whether an execution provider runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProviderReport {
    /// Which one.
    pub provider: Provider,
    /// Whether this is the one that is used: the first that runs.
    pub in_use: bool,
    /// Why it does not run; `None` if it does.
    pub reason: Option<String>,
}

/// A pack that can be read.
#[derive(Clone, Debug, Serialize)]
pub struct PackReport {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
    /// What it scores.
    pub modality: Modality,
    /// Hash of its encoder.
    pub encoder_hash: ContentHash,
    /// Length of its embeddings.
    pub embedding_dim: usize,
    /// SPDX expression of its licence.
    pub licence: String,
    /// Whether a head trained on this encoder is there.
    pub has_head: bool,
}

/// Looks at everything without running a model, with the providers in the order in which they
/// are to be tried. Takes about as long as hashing the packs.
pub fn diagnose(order: &[Provider]) -> Diagnosis {
    let mut report = Diagnosis {
        runtime: None,
        providers: Vec::new(),
        packs: Vec::new(),
        pack_folders: locate::pack_folders(),
        errors: Vec::new(),
        hints: Vec::new(),
    };
    match locate::library().and_then(|library| Runtime::load(&library)) {
        Ok(runtime) => {
            report.providers = providers(&runtime, order);
            report.runtime = Some(RuntimeReport {
                library: runtime.library.clone(),
                version: runtime.version(),
                build: runtime.build_info().to_owned(),
            });
        }
        Err(error) => report.note(&error),
    }
    for folder in locate::packs() {
        match pack(&folder, &mut report) {
            Ok(found) => report.packs.push(found),
            Err(error) => report.note(&error),
        }
    }
    if report.packs.is_empty() {
        report.errors.push("no pack was found".to_owned());
        report.hints.push("run `cargo xtask setup` to fetch the default pack".to_owned());
    }
    report
}

/// Which of these execution providers run here, in their order; none without ONNX Runtime. No pack
/// is read.
pub fn try_providers(order: &[Provider]) -> Vec<ProviderReport> {
    let runtime = locate::library().and_then(|library| Runtime::load(&library));
    runtime.map(|runtime| providers(&runtime, order)).unwrap_or_default()
}

impl Diagnosis {
    fn note(&mut self, error: &RewardError) {
        self.errors.push(error.to_string());
        if let Some(hint) = error.hint()
            && !self.hints.iter().any(|known| known == hint)
        {
            self.hints.push(hint.to_owned());
        }
    }
}

/// Tries each provider on the smallest graph there is; a real pack can still be too much for it.
fn providers(runtime: &Runtime, order: &[Provider]) -> Vec<ProviderReport> {
    let mut graph = GraphBuilder::new("trial");
    let input = graph.float_input("in", 1);
    let output = graph.op("Relu", &[&input], "out");
    graph.float_output(&output, 1);
    let graph = graph.encode();
    let mut reports: Vec<ProviderReport> = Vec::new();
    for &provider in order {
        let reason = provider::open_on(runtime, provider, GraphSource::Bytes(&graph)).err();
        let in_use = reason.is_none() && reports.iter().all(|earlier| !earlier.in_use);
        reports.push(ProviderReport { provider, in_use, reason });
    }
    reports
}

fn pack(folder: &Path, report: &mut Diagnosis) -> Result<PackReport, RewardError> {
    let pack = Pack::read(folder)?;
    let head = load_head(folder).unwrap_or_else(|error| {
        report.note(&error);
        None
    });
    let fits = head.as_ref().map(|saved| saved.head.encoder_hash == pack.encoder_hash);
    if fits == Some(false) {
        report.errors.push(format!(
            "the head in {} was trained on another encoder; train it again",
            folder.display()
        ));
    }
    Ok(PackReport {
        name: pack.manifest.name,
        folder: folder.to_owned(),
        modality: pack.manifest.modality,
        encoder_hash: pack.encoder_hash,
        embedding_dim: pack.manifest.embedding_dim,
        licence: pack.manifest.licence,
        has_head: fits == Some(true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_alone_are_those_of_the_diagnosis() {
        let order = [Provider::Cuda, Provider::Cpu];
        let found = try_providers(&order);
        assert_eq!(found, diagnose(&order).providers);
        assert!(found.last().is_some_and(|cpu| cpu.reason.is_none()), "{found:?}");
    }
}
