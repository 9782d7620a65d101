//! Files that get their name only when they are whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::ExchangeError;

/// A file under a temporary name beside its final one. Dropped, it leaves nothing.
pub(super) struct StagedFile {
    partial: PathBuf,
    target: PathBuf,
    is_published: bool,
}

/// A [`StagedFile`] that is still written to.
pub(super) struct Staged {
    // Before the name: fields drop in this order, and an open file cannot be removed everywhere.
    file: File,
    named: StagedFile,
}

impl StagedFile {
    /// Writes and closes what will be `target`; its folder must exist. There may be thousands.
    pub(super) fn create(content: &[u8], target: PathBuf) -> Result<Self, ExchangeError> {
        let mut staged = Staged::create(target)?;
        staged.write_all(content).map_err(|source| staged.failed("writing", source))?;
        staged.sync()?;
        Ok(staged.named)
    }

    /// Gives the file its name; any older file of that name is replaced at once.
    pub(super) fn publish(mut self) -> Result<PathBuf, ExchangeError> {
        fs::rename(&self.partial, &self.target).map_err(|source| ExchangeError::Write {
            path: self.target.clone(),
            action: "renaming",
            source,
        })?;
        self.is_published = true;
        Ok(self.target.clone())
    }
}

impl Staged {
    /// Starts a file that will be `target`; its folder must exist.
    pub(super) fn create(target: PathBuf) -> Result<Self, ExchangeError> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let partial = target.with_file_name(format!(".{name}.partial"));
        match File::create(&partial) {
            Ok(file) => {
                Ok(Self { file, named: StagedFile { partial, target, is_published: false } })
            }
            Err(source) => Err(ExchangeError::Write { path: partial, action: "creating", source }),
        }
    }

    /// The final path.
    pub(super) fn target(&self) -> &Path {
        &self.named.target
    }

    /// Waits until the content is on disk, and returns its size in bytes.
    pub(super) fn sync(&self) -> Result<u64, ExchangeError> {
        let size = self.file.sync_all().and_then(|()| self.file.metadata());
        size.map(|metadata| metadata.len()).map_err(|source| self.failed("syncing", source))
    }

    /// As [`StagedFile::publish`].
    pub(super) fn publish(self) -> Result<PathBuf, ExchangeError> {
        self.named.publish()
    }

    /// An error about this file.
    pub(super) fn failed(&self, action: &'static str, source: io::Error) -> ExchangeError {
        ExchangeError::Write { path: self.named.target.clone(), action, source }
    }
}

impl Write for Staged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        if !self.is_published {
            // Nothing can be done about a failure here, and the name says what the file is.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

/// Waits until the names in a folder are on disk, where the system can.
pub(super) fn sync_folder(folder: &Path) -> Result<(), ExchangeError> {
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|source| {
            ExchangeError::Write { path: folder.to_owned(), action: "syncing", source }
        })?;
    }
    Ok(())
}
