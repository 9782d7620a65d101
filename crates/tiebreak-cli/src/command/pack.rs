//! `pack`: adding, checking, removing and making reward model packs.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;
use tiebreak_core::ScorerKind;
use tiebreak_reward::check::{self, CheckReport, PortReport};
use tiebreak_reward::convert::{self, Published};
use tiebreak_reward::{HEAD_GRAPH, Manifest, OpenOptions, Provider, install, isolated, locate};

use super::{Result, pack_export as export};
use crate::args::{PackCommand, PublishedArg};
use crate::output::{Output, columns, table};

pub fn run(command: PackCommand, output: Output) -> Result {
    match command {
        PackCommand::Add { source, name, threads } => {
            let options = OpenOptions { threads, ..OpenOptions::default() };
            let added = install::add(&source, name.as_deref(), &options)?;
            output.print(&added, || {
                let summary = describe(&added.report);
                format!("added {} in {}\n\n{summary}", added.name, added.folder.display())
            });
            Ok(())
        }
        PackCommand::List => {
            list(output);
            Ok(())
        }
        PackCommand::Check { pack, provider, threads } => {
            let providers = provider.as_deref().map(Provider::order).transpose()?;
            let options = OpenOptions { providers, threads, ..OpenOptions::default() };
            let folder = folder_of(&pack)?;
            isolated::admit(&folder, &options)?;
            let report = check::check(&folder, &options)?;
            output.print(&report, || describe(&report));
            Ok(())
        }
        PackCommand::Remove { name } => {
            let folder = install::remove(&name)?;
            output.print(&json!({ "removed": folder }), || {
                format!("removed {name} from {}", folder.display())
            });
            Ok(())
        }
        PackCommand::Export { out, study, head, pack, modality } => {
            let chosen = export::Chosen { study, head, pack, modality };
            export::run(&chosen, &out, output)
        }
        PackCommand::Convert { model, source, out } => {
            let published = match model {
                PublishedArg::Minilm => Published::Minilm,
                PublishedArg::EfficientnetLite0 => Published::EfficientnetLite0,
                PublishedArg::Musicnn => Published::Musicnn,
            };
            let hash = convert::convert(published, &source, &out)?;
            output.print(&json!({ "folder": out, "encoder_hash": hash }), || {
                format!("made the pack {} (encoder {})", out.display(), hash.short())
            });
            Ok(())
        }
    }
}

/// The folder that an option names: anything with a separator, or a folder that is there and is
/// no installed pack's name. `None`: the name of a pack.
pub(super) fn named_folder(pack: &str) -> Option<PathBuf> {
    let path = Path::new(pack);
    let is_path = pack.contains(std::path::is_separator);
    (is_path || (path.is_dir() && locate::pack(pack).is_err())).then(|| path.to_owned())
}

/// The folder of the pack that an option names, by its path or its name.
pub(super) fn folder_of(pack: &str) -> Result<PathBuf> {
    match named_folder(pack) {
        Some(folder) => Ok(folder),
        None => Ok(locate::pack(pack)?),
    }
}

#[derive(Serialize)]
struct Listed {
    name: String,
    folder: PathBuf,
    #[serde(flatten)]
    state: State,
}

#[derive(Serialize)]
#[serde(untagged)]
enum State {
    Fine {
        modality: &'static str,
        kind: ScorerKind,
        has_head: bool,
        licence: String,
        description: String,
    },
    Broken {
        problem: String,
    },
}

fn list(output: Output) {
    let packs: Vec<Listed> = locate::packs().into_iter().map(listed).collect();
    output.print(&packs, || {
        let rows: Vec<Vec<String>> = packs.iter().map(row).collect();
        let header = ["name", "modality", "kind", "head", "licence", "folder"];
        if rows.is_empty() {
            return "no packs; `tiebreak pack add FOLDER` adds one".to_owned();
        }
        columns(&header, &[false; 6], &rows)
    });
}

fn listed(folder: PathBuf) -> Listed {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let state = match Manifest::read(&folder) {
        Ok(manifest) => State::Fine {
            modality: manifest.modality.as_str(),
            kind: manifest.kind,
            has_head: folder.join(HEAD_GRAPH).is_file(),
            licence: manifest.licence,
            description: manifest.description,
        },
        Err(error) => State::Broken { problem: error.to_string() },
    };
    Listed { name, folder, state }
}

fn row(pack: &Listed) -> Vec<String> {
    let folder = pack.folder.display().to_string();
    match &pack.state {
        State::Fine { modality, kind, has_head, licence, .. } => {
            let head = match (kind, has_head) {
                (ScorerKind::Encoder, true) => "trained",
                (ScorerKind::Encoder, false) => "none",
                _ => "-",
            };
            let licence = if licence.is_empty() { "not stated" } else { licence };
            let cells = [&pack.name, *modality, kind.as_str(), head, licence, &folder];
            cells.iter().map(|cell| (*cell).to_owned()).collect()
        }
        State::Broken { problem } => {
            let cells = [pack.name.as_str(), "broken", "", "", "", problem];
            cells.iter().map(|cell| (*cell).to_owned()).collect()
        }
    }
}

fn describe(report: &CheckReport) -> String {
    let mut rows = vec![
        ("pack", report.name.clone()),
        ("folder", report.folder.display().to_string()),
        ("kind", format!("{} of {}", report.kind.as_str(), report.modality.as_str())),
    ];
    if report.embedding_dim > 0 {
        rows.push(("embedding", format!("{} numbers", report.embedding_dim)));
        let head = if report.has_head { "a trained one that fits" } else { "none that fits" };
        rows.push(("head", head.to_owned()));
    }
    let ports = |ports: &[PortReport]| {
        let ports: Vec<String> = ports.iter().map(port).collect();
        ports.join(", ")
    };
    rows.push(("takes", ports(&report.inputs)));
    rows.push(("gives", ports(&report.outputs)));
    rows.push(("execution provider", report.provider.clone()));
    for skipped in &report.skipped {
        rows.push(("", format!("not {}: {}", skipped.provider, skipped.reason)));
    }
    let golden = report.golden.map_or("the pack has none".to_owned(), |golden| {
        format!(
            "{} met, largest difference {:.1e} of {:.0e}",
            golden.cases, golden.largest_difference, golden.tolerance
        )
    });
    rows.push(("golden inputs", golden));
    let speed = &report.speed;
    let tokens = if speed.tokens_per_s > 0.0 {
        format!(", {:.0} tokens/s", speed.tokens_per_s)
    } else {
        String::new()
    };
    rows.push(("speed", format!("{:.1} items/s{tokens}", speed.items_per_s)));
    rows.push(("encoder hash", report.encoder_hash.to_string()));
    rows.push(("pack hash", report.pack_hash.to_string()));
    for (n, file) in report.files.iter().enumerate() {
        let label = if n == 0 { "files" } else { "" };
        let hash = file.blake3.short();
        rows.push((label, format!("{}  {} bytes  {hash}", file.path.display(), file.bytes)));
    }
    table(&rows)
}

fn port(port: &PortReport) -> String {
    let dims: Vec<String> =
        port.shape.iter().map(|dim| dim.map_or("any".to_owned(), |dim| dim.to_string())).collect();
    format!("{} {}[{}]", port.name, port.element, dims.join(", "))
}
