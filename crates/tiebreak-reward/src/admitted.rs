//! Which packs may run in this process: those installed, and those whose content has passed a
//! check before.

use std::fs;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use tiebreak_core::ContentHash;

use crate::locate;

/// Whether the pack lies in a folder that packs are installed in.
pub(crate) fn is_installed(dir: &Path) -> bool {
    let Ok(dir) = dir.canonicalize() else { return false };
    let folders = locate::pack_folders().into_iter().filter_map(|f| f.canonicalize().ok());
    folders.into_iter().any(|folder| dir.parent() == Some(folder.as_path()))
}

/// Whether a pack with these files has passed a check on this machine.
pub(crate) fn was_checked(encoder: ContentHash) -> bool {
    stamp(encoder).is_some_and(|stamp| stamp.is_file())
}

/// Remembers that it has. What cannot be remembered is checked again, so errors do not count.
pub(crate) fn note(encoder: ContentHash) {
    if let Some(stamp) = stamp(encoder)
        && let Some(folder) = stamp.parent()
        && fs::create_dir_all(folder).is_ok()
    {
        let _ = fs::write(stamp, b"");
    }
}

fn stamp(encoder: ContentHash) -> Option<PathBuf> {
    let dirs = ProjectDirs::from("", "", "Tiebreak")?;
    Some(dirs.data_local_dir().join("checked-packs").join(encoder.to_string()))
}
