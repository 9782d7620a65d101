//! What a user set for this machine, whatever the study: a small file of the user's own
//! configuration folder.

use std::path::PathBuf;

use directories::ProjectDirs;
use serde::{Deserialize, Serialize};

use crate::AppError;
use crate::error::Result;
use crate::recent::write_whole;

/// Settings of this machine. Everything that is absent has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Execution providers in the order in which they are tried; `auto` alone is the system's own
    /// order.
    pub providers: Vec<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { providers: vec!["auto".to_owned()] }
    }
}

/// Where preferences are kept.
pub struct PreferencesFile {
    file: Option<PathBuf>,
}

impl PreferencesFile {
    /// That of this user. On a system without a configuration folder nothing is kept.
    pub fn of_user() -> Self {
        let folder = ProjectDirs::from("", "", "Tiebreak").map(|dirs| dirs.config_dir().to_owned());
        Self { file: folder.map(|folder| folder.join("preferences.json")) }
    }

    /// Another file.
    pub fn in_file(file: PathBuf) -> Self {
        Self { file: Some(file) }
    }

    /// What is kept; the defaults before anything was, and where the file cannot be read.
    pub fn read(&self) -> Preferences {
        self.file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok())
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Keeps them.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, preferences: &Preferences) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let text = serde_json::to_string_pretty(preferences)
            .map_err(|source| AppError::Json { what: "preferences", source })?;
        write_whole(file, &text).map_err(|source| AppError::Io { path: file.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_broken_is_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config/preferences.json");
        let file = PreferencesFile::in_file(path.clone());
        assert_eq!(file.read(), Preferences::default());
        let preferences = Preferences { providers: vec!["cuda".to_owned(), "cpu".to_owned()] };
        file.write(&preferences).unwrap();
        assert_eq!(file.read(), preferences);
        for (text, expected) in [("{}", Preferences::default()), ("{", Preferences::default())] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(file.read(), expected, "{text}");
        }
    }
}
