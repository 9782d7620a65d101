//! Writing a file so that it is there whole or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::RewardError;

/// Writes `bytes` beside `path`, then renames.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), RewardError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(RewardError::io("write", &part))?;
    fs::rename(&part, path).map_err(RewardError::io("write", path))
}
