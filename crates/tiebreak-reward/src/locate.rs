//! Where the ONNX Runtime library and the packs are looked for.
//!
//! In order: an environment variable; `runtime/` and `models/` beside the executable and in up to
//! four parent folders, which covers an installed program and a build under `target/`; the
//! user's data folder. The working directory is left out on purpose: a library must not be
//! loaded from wherever somebody happens to stand.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use directories::ProjectDirs;

use crate::{Manifest, RewardError};

/// Names the library file.
pub const LIBRARY_VARIABLE: &str = "TIEBREAK_ORT";
/// Names the folder that holds the packs.
pub const PACKS_VARIABLE: &str = "TIEBREAK_PACKS";

const PARENTS: usize = 4;

/// Finds the ONNX Runtime library.
///
/// # Errors
/// [`RewardError::LibraryNotFound`] with every place looked at.
pub fn library() -> Result<PathBuf, RewardError> {
    let places = match env::var_os(LIBRARY_VARIABLE) {
        Some(file) => vec![PathBuf::from(file)],
        None => bases().into_iter().map(|base| base.join("runtime")).collect(),
    };
    first_library(&places).ok_or(RewardError::LibraryNotFound { searched: places })
}

/// The folders that may hold packs, in order of precedence; they need not exist.
pub fn pack_folders() -> Vec<PathBuf> {
    match env::var_os(PACKS_VARIABLE) {
        Some(folder) => vec![PathBuf::from(folder)],
        None => bases().into_iter().map(|base| base.join("models")).collect(),
    }
}

/// The folder for packs that this user adds; it need not exist.
pub fn user_packs() -> Option<PathBuf> {
    match env::var_os(PACKS_VARIABLE) {
        Some(folder) => Some(PathBuf::from(folder)),
        None => Some(user_folder()?.join("models")),
    }
}

/// Finds the pack called `name`.
///
/// # Errors
/// [`RewardError::PackNotFound`] with every place looked at.
pub fn pack(name: &str) -> Result<PathBuf, RewardError> {
    let searched: Vec<PathBuf> = pack_folders().iter().map(|folder| folder.join(name)).collect();
    let is_name = Path::new(name).file_name().is_some_and(|last| last == name);
    match searched.iter().find(|dir| is_name && Manifest::is_in(dir)) {
        Some(dir) => Ok(dir.clone()),
        None => Err(RewardError::PackNotFound { name: name.to_owned(), searched }),
    }
}

/// Every pack that can be found, sorted by folder name; of two with one name, the first found.
pub fn packs() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in pack_folders() {
        for dir in sorted_entries(&folder).unwrap_or_default() {
            if is_hidden(&dir) {
                continue;
            }
            let is_new = found.iter().all(|known| known.file_name() != dir.file_name());
            if is_new && Manifest::is_in(&dir) {
                found.push(dir);
            }
        }
    }
    found.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    found
}

fn bases() -> Vec<PathBuf> {
    let executable = env::current_exe().and_then(|path| path.canonicalize()).ok();
    let folders = executable.iter().flat_map(|path| path.ancestors().skip(1).take(1 + PARENTS));
    let mut bases: Vec<PathBuf> = folders.map(Path::to_owned).collect();
    bases.extend(user_folder());
    bases
}

fn user_folder() -> Option<PathBuf> {
    ProjectDirs::from("", "", "Tiebreak").map(|dirs| dirs.data_dir().to_owned())
}

/// The first place that is a library, or a folder with one in it.
fn first_library(places: &[PathBuf]) -> Option<PathBuf> {
    places.iter().find_map(|place| {
        if place.is_file() {
            return place.canonicalize().ok();
        }
        let entries = sorted_entries(place).ok()?;
        let file = entries.iter().find(|path| is_library(path) && path.is_file())?;
        file.canonicalize().ok()
    })
}

/// Releases differ in how much of the version they put in the name; `libonnxruntime_providers_*`
/// are parts that the library loads by itself.
fn is_library(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if cfg!(windows) {
        name.eq_ignore_ascii_case("onnxruntime.dll")
    } else if cfg!(target_os = "macos") {
        name.starts_with("libonnxruntime.") && name.ends_with(".dylib")
    } else {
        name.starts_with("libonnxruntime.so")
    }
}

/// Folders that packs are being added to or removed from begin with a dot.
fn is_hidden(dir: &Path) -> bool {
    dir.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'))
}

fn sorted_entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries =
        fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_library_and_not_its_parts() {
        let library = if cfg!(windows) {
            "onnxruntime.dll"
        } else if cfg!(target_os = "macos") {
            "libonnxruntime.1.30.0.dylib"
        } else {
            "libonnxruntime.so.1"
        };
        let root = tempfile::tempdir().unwrap();
        let (empty, full) = (root.path().join("empty"), root.path().join("full"));
        for folder in [&empty, &full] {
            fs::create_dir(folder).unwrap();
        }
        for name in ["libonnxruntime_providers_cuda.so", "onnxruntime.lib", library] {
            fs::write(full.join(name), "").unwrap();
        }
        let missing = root.path().join("missing");
        let found = first_library(&[missing.clone(), empty.clone(), full.clone()]);
        assert_eq!(found, full.join(library).canonicalize().ok());
        assert_eq!(first_library(&[missing, empty]), None);
    }
}
