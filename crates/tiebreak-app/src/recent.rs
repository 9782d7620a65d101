//! Studies that were open before, in a small file of the user's own configuration folder.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use serde::{Deserialize, Serialize};
use tiebreak_core::ContentHash;

use crate::clock::now;
use crate::error::Result;
use crate::view::RecentStudy;
use crate::{AppError, Study};

/// How many are remembered.
const KEPT: usize = 12;

#[derive(Serialize, Deserialize)]
struct Entry {
    path: PathBuf,
    opened_at: String,
}

/// The list of recent studies.
pub struct Recent {
    file: Option<PathBuf>,
}

impl Recent {
    /// The list of this user. On a system without a configuration folder nothing is remembered.
    pub fn of_user() -> Self {
        let folder = ProjectDirs::from("", "", "Tiebreak").map(|dirs| dirs.config_dir().to_owned());
        Self { file: folder.map(|folder| folder.join("recent.json")) }
    }

    /// A list kept in `file`.
    pub fn in_file(file: PathBuf) -> Self {
        Self { file: Some(file) }
    }

    /// The studies, the latest first. A list that cannot be read is empty: it only saves typing.
    pub fn list(&self) -> Vec<RecentStudy> {
        self.entries()
            .into_iter()
            .map(|entry| RecentStudy {
                id: id_of(&entry.path),
                name: entry.path.file_stem().map(lossy).unwrap_or_default(),
                folder: entry
                    .path
                    .parent()
                    .map(|folder| lossy(folder.as_os_str()))
                    .unwrap_or_default(),
                exists: entry.path.is_file(),
                opened_at: entry.opened_at,
            })
            .collect()
    }

    /// The path behind an id of the list.
    ///
    /// # Errors
    /// If the list has no such id.
    pub fn path(&self, id: &str) -> Result<PathBuf> {
        self.entries()
            .into_iter()
            .map(|entry| entry.path)
            .find(|path| id_of(path) == id)
            .ok_or_else(|| AppError::input("study", "is not among the recent studies"))
    }

    /// Puts a study at the top of the list.
    ///
    /// # Errors
    /// If the list cannot be written.
    pub fn remember(&self, study: &Study) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let path = std::path::absolute(study.path())
            .map_err(|source| AppError::Io { path: study.path().to_owned(), source })?;
        let mut entries = self.entries();
        entries.retain(|entry| entry.path != path);
        entries.insert(0, Entry { path, opened_at: now().to_rfc3339() });
        entries.truncate(KEPT);
        let text = serde_json::to_string_pretty(&entries)
            .map_err(|source| AppError::Json { what: "recent studies", source })?;
        write_whole(file, &text).map_err(|source| AppError::Io { path: file.clone(), source })
    }

    fn entries(&self) -> Vec<Entry> {
        self.file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok())
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }
}

/// Temporary file, then rename: two windows never leave half a list.
pub(crate) fn write_whole(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let temporary = file.with_extension(format!("{}.tmp", std::process::id()));
    std::fs::write(&temporary, text)?;
    std::fs::rename(&temporary, file)
}

fn id_of(path: &Path) -> String {
    ContentHash::of(path.as_os_str().as_encoded_bytes()).short()
}

fn lossy(text: &std::ffi::OsStr) -> String {
    text.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::StudySettings;

    #[test]
    fn the_latest_study_is_first_and_listed_once() {
        let folder = tempfile::tempdir().unwrap();
        let recent = Recent::in_file(folder.path().join("config/recent.json"));
        assert!(recent.list().is_empty());
        let open = |name: &str| {
            let study =
                Study::create(&folder.path().join(name), &StudySettings::default()).unwrap();
            recent.remember(&study).unwrap();
            study
        };
        let first = open("one");
        open("two");
        recent.remember(&first).unwrap();
        let names: Vec<_> = recent.list().into_iter().map(|study| study.name).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(recent.path(&recent.list()[0].id).unwrap(), first.path());
        assert!(recent.path("nonsense").is_err());
    }
}
