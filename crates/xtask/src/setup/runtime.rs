//! ONNX Runtime: the library of this system out of the npm package, into `runtime/`.

use std::env::consts;
use std::fs;
use std::path::Path;

use flate2::read::GzDecoder;

use crate::error::XtaskError;
use crate::process::step;
use crate::setup::packages::Source;
use crate::stamp::{Inputs, Stamp, remove, write};
use crate::workspace::Workspace;

/// Puts the library files into `runtime/`.
pub fn extract(workspace: &Workspace, source: &Source) -> Result<(), XtaskError> {
    let platform = platform(consts::OS, consts::ARCH).ok_or_else(|| XtaskError::Missing {
        what: format!(
            "{} {} has no ONNX Runtime for {} {}",
            source.package,
            source.version,
            consts::OS,
            consts::ARCH
        ),
        hint: "use Linux x64 or arm64, macOS arm64, or Windows x64 or arm64".into(),
    })?;
    let runtime = workspace.path("runtime");
    let digest = Inputs::default().text(&source.sha256).text(platform).digest();
    let stamp = Stamp::new(workspace, "runtime", &digest);
    if stamp.is_current() && has_library(&runtime) {
        step(&format!("ONNX Runtime {}: in runtime/", source.version));
        return Ok(());
    }
    let package = source.fetch(workspace)?;
    step(&format!("ONNX Runtime {}: unpack the library into runtime/", source.version));
    let partial = workspace.path("runtime/partial");
    remove(&runtime)?;
    fs::create_dir_all(&partial).map_err(XtaskError::file(&partial))?;
    let prefix = format!("{}/{platform}/", source.folder);
    let names = unpack(&package, &prefix, &partial)?;
    if names.is_empty() {
        return Err(XtaskError::content(&package, format!("has nothing in {prefix}")));
    }
    for name in names {
        let to = runtime.join(&name);
        fs::rename(partial.join(&name), &to).map_err(XtaskError::file(&to))?;
    }
    remove(&partial)?;
    write(&runtime.join("SOURCE.txt"), source.provenance().as_bytes())?;
    stamp.set()
}

/// The package's name for a system, as `os/architecture`.
fn platform(os: &str, arch: &str) -> Option<&'static str> {
    match (os, arch) {
        ("linux", "x86_64") => Some("linux/x64"),
        ("linux", "aarch64") => Some("linux/arm64"),
        ("macos", "aarch64") => Some("darwin/arm64"),
        ("windows", "x86_64") => Some("win32/x64"),
        ("windows", "aarch64") => Some("win32/arm64"),
        _ => None,
    }
}

fn has_library(runtime: &Path) -> bool {
    ["libonnxruntime.so.1", "libonnxruntime.1.dylib", "onnxruntime.dll"]
        .iter()
        .any(|name| runtime.join(name).is_file())
}

/// Writes the files right below `prefix` into `folder` and returns their names. Node's own
/// binding is of no use here and is left out.
fn unpack(package: &Path, prefix: &str, folder: &Path) -> Result<Vec<String>, XtaskError> {
    let file = fs::File::open(package).map_err(XtaskError::file(package))?;
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    let mut names = Vec::new();
    for entry in archive.entries().map_err(XtaskError::file(package))? {
        let mut entry = entry.map_err(XtaskError::file(package))?;
        let path = entry.path().map_err(XtaskError::file(package))?;
        let path = path.to_string_lossy().into_owned();
        let name = match path.strip_prefix(prefix) {
            Some(name) if !name.ends_with(".node") => name,
            _ => continue,
        };
        if name.is_empty() || name.contains(['/', '\\']) {
            continue;
        }
        let to = folder.join(name);
        let mut out = fs::File::create(&to).map_err(XtaskError::file(&to))?;
        std::io::copy(&mut entry, &mut out).map_err(XtaskError::file(&to))?;
        names.push(name.to_owned());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_systems_libraries_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("package.tgz");
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(
            fs::File::create(&package).unwrap(),
            flate2::Compression::fast(),
        ));
        for name in ["linux/x64/lib.so.1", "linux/x64/binding.node", "linux/arm64/lib.so.1"] {
            let mut header = tar::Header::new_gnu();
            header.set_size(3);
            builder.append_data(&mut header, format!("package/bin/{name}"), &b"abc"[..]).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        let names = unpack(&package, "package/bin/linux/x64/", &out).unwrap();
        assert_eq!(names, ["lib.so.1"]);
        assert_eq!(fs::read(out.join("lib.so.1")).unwrap(), b"abc");
        assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
    }

    #[test]
    fn systems_without_a_library_are_known() {
        assert_eq!(platform("linux", "x86_64"), Some("linux/x64"));
        assert_eq!(platform("macos", "x86_64"), None);
    }
}
