//! Archives of packs: zip and tar, gzip or not. They come from elsewhere, so an entry must be a
//! file or folder with a plain relative path, and what comes out is bounded.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;

use crate::RewardError;

/// A pack has a dozen files.
const MOST_ENTRIES: usize = 2_000;
/// What comes out may be this much larger than the archive: weights hardly shrink, so more is a
/// bomb. Small archives get some room for text.
const LARGEST_RATIO: u64 = 100;
const ROOM: u64 = 16 << 20;
/// The largest pack.
const LARGEST: u64 = 64 << 30;
/// A header that goes before an entry of a tar archive holds a path and some times.
const LARGEST_HEADER: u64 = 64 << 10;

/// Unpacks into the folder `to`, which is made.
///
/// # Errors
/// If it is no archive, has an entry that is neither file nor folder, leads out of the folder, or
/// is a bomb.
pub(crate) fn unpack(archive: &Path, to: &Path) -> Result<(), RewardError> {
    let mut unpacking = Unpacking::start(archive, to)?;
    let mut file = BufReader::new(File::open(archive).map_err(RewardError::io("open", archive))?);
    let mut magic = [0; 512];
    let read = fill(&mut file, &mut magic).map_err(RewardError::io("read", archive))?;
    file.rewind().map_err(RewardError::io("read", archive))?;
    match &magic[..read] {
        [b'P', b'K', 3, 4, ..] => unpacking.zip(file),
        [0x1f, 0x8b, ..] => unpacking.tar(GzDecoder::new(file)),
        tar if tar.len() == 512 && &tar[257..262] == b"ustar" => unpacking.tar(file),
        _ => {
            Err(unpacking.bad("it is neither a folder, nor a zip or tar archive, nor a .onnx file"))
        }
    }
}

/// The archive's name without what says that it is one.
pub(crate) fn stem(archive: &Path) -> String {
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let ends = [".tar.gz", ".tgz", ".tar", ".zip"];
    let stem = ends.iter().find_map(|end| name.strip_suffix(end));
    stem.unwrap_or(&name).to_owned()
}

struct Unpacking<'a> {
    archive: &'a Path,
    to: &'a Path,
    entries: usize,
    /// Bytes that may still come out.
    left: u64,
}

impl<'a> Unpacking<'a> {
    fn start(archive: &'a Path, to: &'a Path) -> Result<Self, RewardError> {
        fs::create_dir_all(to).map_err(RewardError::io("make", to))?;
        let length = fs::metadata(archive).map_err(RewardError::io("open", archive))?.len();
        let left = length.saturating_mul(LARGEST_RATIO).saturating_add(ROOM).min(LARGEST);
        Ok(Self { archive, to, entries: 0, left })
    }

    fn zip(&mut self, file: impl Read + Seek) -> Result<(), RewardError> {
        let damaged = |error: zip::result::ZipError| format!("it is damaged: {error}");
        let mut archive = zip::ZipArchive::new(file).map_err(|e| self.bad(&damaged(e)))?;
        for n in 0..archive.len() {
            let mut entry = archive.by_index(n).map_err(|e| self.bad(&damaged(e)))?;
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            let is_other = entry.unix_mode().is_some_and(|mode| {
                let kind = mode & 0o170_000;
                kind != 0 && kind != 0o100_000 && kind != 0o040_000
            });
            let is_folder = entry.is_dir();
            self.entry(&name, is_folder, is_other, &mut entry)?;
        }
        Ok(())
    }

    fn tar(&mut self, file: impl Read) -> Result<(), RewardError> {
        let damaged = |error: io::Error| format!("it is damaged: {error}");
        let mut archive = tar::Archive::new(file);
        // Not raw, the headers that go before an entry would be read whole, however long.
        let entries = archive.entries().map_err(|e| self.bad(&damaged(e)))?.raw(true);
        let mut long_name = None;
        for entry in entries {
            let mut entry = entry.map_err(|e| self.bad(&damaged(e)))?;
            let kind = entry.header().entry_type();
            let is_pax = kind.is_pax_local_extensions();
            let is_name = kind.is_gnu_longname();
            if is_pax || is_name || kind.is_pax_global_extensions() || kind.is_gnu_longlink() {
                self.count()?;
                if entry.size() > LARGEST_HEADER {
                    return Err(self.bad("a header in it is longer than 64 KB"));
                }
                let mut header = Vec::new();
                entry.read_to_end(&mut header).map_err(|e| self.bad(&damaged(e)))?;
                if is_pax {
                    long_name = self.pax(&header)?.or(long_name);
                } else if is_name {
                    header.truncate(header.iter().position(|&b| b == 0).unwrap_or(header.len()));
                    long_name = Some(header);
                }
                // A global header says nothing about a file, and a link is refused.
                continue;
            }
            let name = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
            let name = String::from_utf8_lossy(&name).into_owned();
            let is_other = !(kind.is_file() || kind.is_dir());
            self.entry(&name, kind.is_dir(), is_other, &mut entry)?;
        }
        Ok(())
    }

    /// The path in a header of the pax format (POSIX.1-2001), if it has one.
    fn pax(&self, header: &[u8]) -> Result<Option<Vec<u8>>, RewardError> {
        let mut path = None;
        for record in tar::PaxExtensions::new(header) {
            let record = record.map_err(|error| self.bad(&format!("it is damaged: {error}")))?;
            match record.key_bytes() {
                b"path" => path = Some(record.value_bytes().to_vec()),
                // The plain header has no room for it, and what follows would be misread.
                b"size" => return Err(self.bad("a file in it is larger than 8 GB")),
                key if key.starts_with(b"GNU.sparse.") => {
                    return Err(self.bad("a file in it is sparse"));
                }
                _ => {}
            }
        }
        Ok(path)
    }

    fn count(&mut self) -> Result<(), RewardError> {
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            return Err(self.bad(&format!("it has more than {MOST_ENTRIES} entries")));
        }
        Ok(())
    }

    fn entry(
        &mut self,
        name: &str,
        is_folder: bool,
        is_other: bool,
        content: &mut impl Read,
    ) -> Result<(), RewardError> {
        self.count()?;
        if is_other {
            return Err(self.bad(&format!("\"{name}\" is a link or a device, not a file")));
        }
        let Some(relative) = plain(name) else {
            return Err(self.bad(&format!("\"{name}\" leads out of the folder")));
        };
        let path = self.to.join(relative);
        let folder = if is_folder { Some(path.as_path()) } else { path.parent() };
        if let Some(folder) = folder {
            fs::create_dir_all(folder).map_err(RewardError::io("make", folder))?;
        }
        if is_folder {
            return Ok(());
        }
        let mut file = File::create_new(&path).map_err(RewardError::io("write", &path))?;
        // One byte more than allowed tells a bomb from a file that just fits.
        let mut limited = content.take(self.left.saturating_add(1));
        let written = io::copy(&mut limited, &mut file)
            .map_err(|error| self.bad(&format!("\"{name}\" is damaged: {error}")))?;
        self.left = self.left.checked_sub(written).ok_or_else(|| {
            self.bad("what comes out of it is more than a hundred times its size")
        })?;
        Ok(())
    }

    fn bad(&self, problem: &str) -> RewardError {
        RewardError::NotInstallable { path: self.archive.to_owned(), problem: problem.to_owned() }
    }
}

/// The path of an entry, if it is relative and goes down only.
fn plain(name: &str) -> Option<PathBuf> {
    // Both stand for folders or drives on Windows; no file of a pack has one.
    if name.contains(['\\', ':', '\0']) {
        return None;
    }
    let mut path = PathBuf::new();
    for component in Path::new(name).components() {
        match component {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(path)
}

fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read(&mut buffer[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}
