//! Stamps of finished steps: a step is skipped while the hash of what went in is unchanged.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::XtaskError;
use crate::workspace::Workspace;

/// The stamp of one step.
pub struct Stamp {
    path: PathBuf,
    digest: String,
}

impl Stamp {
    /// The stamp `name` for inputs with that digest.
    pub fn new(workspace: &Workspace, name: &str, digest: &str) -> Self {
        // The target folder may be shared between checkouts.
        let digest = format!("{digest} {}", workspace.root().display());
        Self { path: workspace.target("xtask/stamps").join(name), digest }
    }

    /// Whether the step was finished with the same inputs.
    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|text| text == self.digest)
    }

    /// Records that the step is finished.
    pub fn set(&self) -> Result<(), XtaskError> {
        write(&self.path, self.digest.as_bytes())
    }
}

/// Collects what goes into a step.
#[derive(Default)]
pub struct Inputs(Sha256);

impl Inputs {
    /// Adds a text, for example a version.
    pub fn text(mut self, text: &str) -> Self {
        self.field(text.as_bytes());
        self
    }

    /// Adds a file, or all files below a folder, with their names; folders whose name is in
    /// `except` are left out. What does not exist counts as absent.
    pub fn files(mut self, path: &Path, except: &[&str]) -> Result<Self, XtaskError> {
        for file in files_below(path, except)? {
            let name = file.strip_prefix(path).unwrap_or(&file);
            self.field(name.to_string_lossy().as_bytes());
            self.field(&fs::read(&file).map_err(XtaskError::file(&file))?);
        }
        Ok(self)
    }

    /// The digest of everything added, in order, as hexadecimal.
    pub fn digest(self) -> String {
        hex(&self.0.finalize())
    }

    fn field(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }
}

/// The files below a folder in a fixed order, or the file itself; none if it does not exist.
pub fn files_below(path: &Path, except: &[&str]) -> Result<Vec<PathBuf>, XtaskError> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(XtaskError::file(path))
        .map(|entries: Vec<PathBuf>| entries)?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_dir() && except.contains(&name.as_str()) {
            continue;
        }
        files.extend(files_below(&entry, except)?);
    }
    Ok(files)
}

/// Writes a file whole or not at all, with the folders above it.
pub fn write(path: &Path, content: &[u8]) -> Result<(), XtaskError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(XtaskError::file(folder))?;
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    fs::write(&partial, content).map_err(XtaskError::file(&partial))?;
    fs::rename(&partial, path).map_err(XtaskError::file(path))
}

/// Removes a file or folder, if it is there.
pub fn remove(path: &Path) -> Result<(), XtaskError> {
    let result = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(XtaskError::file(path)(error))
        }
        _ => Ok(()),
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_follows_names_and_contents() {
        let folder = tempfile::tempdir().unwrap();
        let digest = || Inputs::default().files(folder.path(), &["skip"]).unwrap().digest();
        let empty = digest();
        write(&folder.path().join("a/one.txt"), b"1").unwrap();
        let one = digest();
        assert_ne!(empty, one);
        write(&folder.path().join("skip/two.txt"), b"2").unwrap();
        assert_eq!(digest(), one, "a folder left out changes nothing");
        write(&folder.path().join("a/one.txt"), b"2").unwrap();
        assert_ne!(digest(), one, "content counts");
        fs::rename(folder.path().join("a/one.txt"), folder.path().join("a/two.txt")).unwrap();
        write(&folder.path().join("a/two.txt"), b"1").unwrap();
        assert_ne!(digest(), one, "the name counts");
    }

    #[test]
    fn removing_what_is_absent_is_fine() {
        let folder = tempfile::tempdir().unwrap();
        remove(&folder.path().join("nothing")).unwrap();
    }
}
