//! Fetching pinned packages with the ordinary clients, npm and pip. The clients know where their
//! registries are; a file counts only if it has the pinned hash.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::XtaskError;
use crate::process::{Call, npm, python, step};
use crate::stamp::{hex, remove};
use crate::workspace::Workspace;

/// The pinned packages, from `assets/packs/pack-sources.toml`.
#[derive(Deserialize)]
pub struct Sources {
    /// ONNX Runtime.
    pub runtime: Source,
    /// The default packs, by their names.
    pub packs: BTreeMap<String, Source>,
}

/// The client that fetches a package.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// Node's.
    Npm,
    /// Python's.
    Pip,
}

/// One pinned package.
#[derive(Deserialize)]
pub struct Source {
    /// Who fetches it.
    pub client: Client,
    /// Its name.
    pub package: String,
    /// Its exact version.
    pub version: String,
    /// The name of its file.
    pub file: String,
    /// The hash of its file, hexadecimal.
    pub sha256: String,
    /// The licence of what is taken from it.
    pub licence: String,
    /// The folder inside that paths begin at; empty for the package's own.
    #[serde(default)]
    pub folder: String,
    /// The paths of the files that are taken; empty where the system decides.
    #[serde(default)]
    pub files: Vec<String>,
}

impl Sources {
    /// Reads them.
    pub fn read(workspace: &Workspace) -> Result<Self, XtaskError> {
        let path = workspace.path("assets/packs/pack-sources.toml");
        let text = fs::read_to_string(&path).map_err(XtaskError::file(&path))?;
        toml::from_str(&text).map_err(|error| XtaskError::content(&path, error.to_string()))
    }
}

impl Source {
    /// The package's file with the pinned hash, fetched if it is not there yet.
    pub fn fetch(&self, workspace: &Workspace) -> Result<PathBuf, XtaskError> {
        let folder = workspace.target("xtask/downloads");
        let path = folder.join(&self.file);
        if !path.is_file() {
            step(&format!("fetch {} {}", self.package, self.version));
            fs::create_dir_all(&folder).map_err(XtaskError::file(&folder))?;
            self.call(&folder)
                .dir(&folder)
                .hint(format!(
                    "check the network, or put {} into {} by other means",
                    self.file,
                    workspace.show(&folder)
                ))
                .run()?;
        }
        verify(&path, &self.sha256)?;
        Ok(path)
    }

    fn call(&self, folder: &Path) -> Call {
        let what = format!("fetch {} {}", self.package, self.version);
        match self.client {
            Client::Npm => Call::new(what, npm())
                .arg("pack")
                .arg(format!("{}@{}", self.package, self.version))
                .args(["--ignore-scripts", "--silent", "--pack-destination"])
                .arg(folder),
            Client::Pip => Call::new(what, python())
                .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check"])
                .args(["--no-deps", "--only-binary", ":all:", "--dest"])
                .arg(folder)
                .arg(format!("{}=={}", self.package, self.version)),
        }
    }

    /// What is said of the origin beside the files taken.
    pub fn provenance(&self) -> String {
        format!(
            "From the package {} {} (SHA-256 of {}: {}). Licence: {}.\n",
            self.package, self.version, self.file, self.sha256, self.licence
        )
    }
}

/// Checks a file against its pinned SHA-256; another file is removed.
pub fn verify(path: &Path, expected: &str) -> Result<(), XtaskError> {
    let mut file = fs::File::open(path).map_err(XtaskError::file(path))?;
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut hasher).map_err(XtaskError::file(path))?;
    let actual = hex(&hasher.finalize());
    if actual == expected {
        return Ok(());
    }
    drop(file);
    remove(path)?;
    Err(XtaskError::Checksum { path: path.to_owned(), expected: expected.to_owned(), actual })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn another_file_is_an_error_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("package.tgz");
        fs::write(&path, "abc").unwrap();
        verify(&path, ABC).unwrap();
        assert!(path.exists());
        fs::write(&path, "abd").unwrap();
        let error = verify(&path, ABC).unwrap_err().to_string();
        assert!(error.contains("package.tgz") && error.contains(ABC), "{error}");
        assert!(!path.exists());
    }

    #[test]
    fn the_pins_are_readable_and_whole() {
        let text = include_str!("../../../../assets/packs/pack-sources.toml");
        let sources: Sources = toml::from_str(text).unwrap();
        let names: Vec<&str> = sources.packs.keys().map(String::as_str).collect();
        assert_eq!(names, ["efficientnet-lite0", "minilm", "musicnn"]);
        for source in sources.packs.values().chain([&sources.runtime]) {
            assert_eq!(source.sha256.len(), 64, "{}", source.package);
            assert!(source.file.contains(&source.version), "{}", source.file);
        }
    }
}
