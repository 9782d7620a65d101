//! `pack export`: what was learnt, as one file for others.

use std::path::{Path, PathBuf};

use tiebreak_app::Study;
use tiebreak_core::{Modality, ScorerKind};
use tiebreak_reward::{Pack, export, load_head};

use super::Result;
use super::pack::folder_of;
use crate::failure::Failure;
use crate::output::{Output, table};

/// Which model is exported.
pub struct Chosen {
    /// The study whose head is taken.
    pub study: Option<PathBuf>,
    /// The folder of the head that is taken.
    pub head: Option<PathBuf>,
    /// The encoder's pack.
    pub pack: Option<String>,
    /// Of the study's models, the one of this modality.
    pub modality: String,
}

/// Writes the chosen model into `out`.
pub fn run(chosen: &Chosen, out: &Path, output: Output) -> Result {
    let study = chosen.study.as_deref().map(Study::open).transpose()?;
    let pack = pack(chosen, study.as_ref())?;
    if pack.manifest.kind != ScorerKind::Encoder {
        let message = format!(
            "the pack {} is of the kind {}: it has no head, and its model is a file already",
            pack.manifest.name,
            pack.manifest.kind.as_str()
        );
        return Err(Failure::new("bad_input", message, None));
    }
    let found = match (&study, &chosen.head) {
        (Some(study), _) => study.own_head_and_card(pack.encoder_hash)?,
        (None, folder) => {
            let folder = folder.as_deref().unwrap_or(&pack.dir);
            load_head(folder)?.map(|saved| (saved.head, saved.card))
        }
    };
    let Some((head, card)) = found else {
        let message = format!("there is no trained head for the pack {}", pack.manifest.name);
        return Err(Failure::new("bad_input", message, Some("`tiebreak train` makes one")));
    };
    let exported = export::export(&pack, &head, &card, out)?;
    output.print(&exported, || {
        let mut rows = vec![
            ("model", exported.folder.join(export::EXPORTED_MODEL).display().to_string()),
            ("files", exported.files.join(", ")),
            ("reward model", format!("{} {}", pack.manifest.name, exported.pack_hash.short())),
        ];
        if exported.files.iter().any(|file| file == export::EXPORTED_SCRIPT) {
            let call = format!(
                "python {0} {1} < pairs.jsonl",
                export::EXPORTED_SCRIPT,
                export::EXPORTED_MODEL
            );
            rows.push(("score with", call));
        }
        table(&rows)
    });
    Ok(())
}

fn pack(chosen: &Chosen, study: Option<&Study>) -> Result<Pack> {
    let name = match (&chosen.pack, study) {
        (Some(name), _) => name.clone(),
        (None, Some(study)) => {
            let modality = Modality::parse(&chosen.modality).ok_or_else(|| {
                let message = format!("{} is no modality", chosen.modality);
                Failure::new("bad_input", message, Some("there are text, image and music"))
            })?;
            study.settings()?.packs.of(modality).to_owned()
        }
        (None, None) => "minilm".to_owned(),
    };
    Ok(Pack::read(&folder_of(&name)?)?)
}
