//! The reward models behind the window, each loaded when it is first needed, and where they run.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tiebreak_app::view::{
    GoldenView, ModelsView, PackAddedView, PackView, ProviderView, ProvidersView, UserError,
};
use tiebreak_app::{AppError, ModelSource, Preferences, PreferencesFile, Study};
use tiebreak_core::{Scorer, ScorerKind};
use tiebreak_reward::check::{CheckReport, PortReport};
use tiebreak_reward::{
    HEAD_GRAPH, Manifest, OpenOptions, Provider, ProviderReport, RewardError, RewardModel, install,
    locate, try_providers,
};

use crate::open_study::lock;

/// The models that were opened, by the name of their pack. A failure is not kept, so that it can
/// be mended and tried again without closing the window.
pub(crate) struct Reward {
    opened: Mutex<HashMap<String, Arc<RewardModel>>>,
    /// What runs on this machine; asked for once.
    known: Mutex<Option<Vec<ProviderView>>>,
    preferences: PreferencesFile,
}

impl Reward {
    pub(crate) fn new(preferences: PreferencesFile) -> Self {
        Self { opened: Mutex::default(), known: Mutex::default(), preferences }
    }

    fn options(&self) -> Result<OpenOptions, UserError> {
        let providers =
            Provider::order(&self.preferences.read().providers).map_err(|error| told(&error))?;
        Ok(OpenOptions { providers: Some(providers), ..OpenOptions::default() })
    }

    /// The models of a study, the packs of this machine, and where models may run.
    pub(crate) fn models(&self, study: &Study) -> Result<ModelsView, AppError> {
        Ok(ModelsView {
            models: study.models(self)?,
            packs: locate::packs().iter().map(|folder| pack_view(folder)).collect(),
            providers: ProvidersView {
                order: self.preferences.read().providers,
                known: self.known(),
            },
        })
    }

    fn known(&self) -> Vec<ProviderView> {
        if let Some(known) = &*lock(&self.known) {
            return known.clone();
        }
        // Nobody waits for a lock while they are tried.
        let found = try_providers(&Provider::default_order()).into_iter();
        let view = |found: ProviderReport| ProviderView {
            name: found.provider.as_str().to_owned(),
            reason: found.reason,
        };
        let found = found.map(view).collect();
        lock(&self.known).get_or_insert(found).clone()
    }

    /// Sets the order in which execution providers are tried; models are opened anew.
    pub(crate) fn set_providers(&self, order: Vec<String>) -> Result<(), UserError> {
        Provider::order(&order).map_err(|error| told(&error))?;
        self.preferences.write(&Preferences { providers: order })?;
        lock(&self.opened).clear();
        Ok(())
    }

    /// Checks a pack in a process of its own and adds it.
    pub(crate) fn add(&self, source: &Path) -> Result<PackAddedView, UserError> {
        let added = install::add(source, None, &self.options()?).map_err(|error| told(&error))?;
        lock(&self.opened).remove(&added.name);
        Ok(added_view(&added.folder, &added.report))
    }
}

impl ModelSource for Reward {
    fn open(&self, pack: &str) -> Result<Arc<dyn Scorer>, UserError> {
        let options = self.options()?;
        // Held while opening, so that two who ask for one model get the same.
        let mut opened = lock(&self.opened);
        if let Some(model) = opened.get(pack) {
            return Ok(Arc::clone(model) as Arc<dyn Scorer>);
        }
        let model =
            Arc::new(RewardModel::open_named(pack, &options).map_err(|error| told(&error))?);
        opened.insert(pack.to_owned(), Arc::clone(&model));
        Ok(model)
    }
}

fn told(error: &RewardError) -> UserError {
    UserError::of("reward_model", error, error.hint())
}

/// A pack as its manifest describes it; nothing is loaded.
fn pack_view(folder: &Path) -> PackView {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match Manifest::read(folder) {
        Ok(manifest) => PackView {
            name,
            description: manifest.description,
            modality: manifest.modality.as_str().to_owned(),
            kind: manifest.kind.as_str().to_owned(),
            licence: manifest.licence,
            has_head: manifest.kind == ScorerKind::Encoder && folder.join(HEAD_GRAPH).is_file(),
            error: None,
        },
        Err(error) => PackView {
            name,
            description: String::new(),
            modality: String::new(),
            kind: String::new(),
            licence: String::new(),
            has_head: false,
            error: Some(told(&error)),
        },
    }
}

fn added_view(folder: &Path, report: &CheckReport) -> PackAddedView {
    let lines = |label: &str, ports: &[PortReport]| -> Vec<String> {
        ports.iter().map(|port| format!("{label}: {}", describe(port))).collect()
    };
    let mut signature = lines("in", &report.inputs);
    signature.extend(lines("out", &report.outputs));
    let mut warnings: Vec<String> = report
        .skipped
        .iter()
        .map(|skipped| format!("not on {}: {}", skipped.provider, skipped.reason))
        .collect();
    if report.kind == ScorerKind::Encoder && !report.has_head {
        warnings.push("it has no head: train one on labels of this study".to_owned());
    }
    PackAddedView {
        pack: pack_view(folder),
        signature,
        inputs_per_s: report.speed.items_per_s,
        golden: report.golden.as_ref().map(|golden| GoldenView {
            inputs: golden.cases as u32,
            largest_difference: golden.largest_difference,
        }),
        warnings,
    }
}

fn describe(port: &PortReport) -> String {
    let dims: Vec<String> =
        port.shape.iter().map(|dim| dim.map_or("any".to_owned(), |dim| dim.to_string())).collect();
    format!("{} [{}] {}", port.name, dims.join(", "), port.element)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_kept_only_if_each_name_is_known() {
        let folder = std::env::temp_dir().join(format!("tiebreak-shell-{}", std::process::id()));
        let reward = Reward::new(PreferencesFile::in_file(folder.join("preferences.json")));
        assert!(reward.set_providers(vec!["warp-drive".to_owned()]).is_err());
        assert_eq!(reward.preferences.read(), Preferences::default());
        let order = vec!["cpu".to_owned()];
        reward.set_providers(order.clone()).unwrap();
        assert_eq!(reward.preferences.read().providers, order);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_pack_that_is_not_there_says_so() {
        let view = pack_view(Path::new("no/such/pack"));
        assert_eq!((view.name.as_str(), view.error.is_some()), ("pack", true));
    }
}
