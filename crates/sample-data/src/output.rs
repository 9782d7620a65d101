//! Files, written whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::SampleError;
use crate::manifest::{self, Row};

/// Writes a file and the folders above it.
pub fn write(path: &Path, content: &[u8]) -> Result<(), SampleError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(SampleError::file(folder))?;
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    fs::write(&partial, content).map_err(SampleError::file(&partial))?;
    fs::rename(&partial, path).map_err(SampleError::file(path))
}

/// Writes `manifest.jsonl`.
pub fn write_manifest(folder: &Path, rows: &[Row]) -> Result<(), SampleError> {
    let name = "manifest.jsonl";
    let lines = manifest::lines(rows).map_err(SampleError::encode(name))?;
    write(&folder.join(name), lines.as_bytes())
}

/// The folder of the committed studies.
#[cfg(test)]
pub fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample-data")
}
