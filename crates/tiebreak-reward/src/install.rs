//! Adding packs to those of this user, and removing them.
//!
//! A pack is checked in a process of its own, copied into a temporary folder beside the others,
//! and renamed: it is there whole or not at all.

use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::check::CheckReport;
use crate::convert::Published;
use crate::manifest::{self, Layout, ModelInput};
use crate::{HEAD_CARD, HEAD_GRAPH, Manifest, OpenOptions, Pack, RewardError};
use crate::{archive, isolated, locate};

/// Files that go with a pack if they are there, beside those that its manifest names.
const COMPANIONS: [&str; 8] = [
    manifest::FILE_NAME,
    HEAD_GRAPH,
    HEAD_CARD,
    "config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "chat_template.jinja",
    "pack-sources.toml",
];
/// Beginnings of the names of files for people, which go with it too.
const FOR_PEOPLE: [&str; 5] = ["LICENSE", "LICENCE", "NOTICE", "README", "MODEL_CARD"];
const LONGEST_NAME: usize = 64;
/// What the set-up leaves in the packs that it makes, and nothing that is added keeps.
const MADE_BY_SET_UP: &str = "SOURCE.txt";

/// A pack that was added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Installed {
    /// The name to call it by.
    pub name: String,
    /// Where it is now.
    pub folder: PathBuf,
    /// What the check found.
    pub report: CheckReport,
}

/// Adds the pack that `source` is: a folder, a zip or tar archive (gzip or not), or the
/// `model.onnx` of a folder. `name` calls it otherwise than it calls itself.
///
/// # Errors
/// If it is no pack, does not pass the check, or its name is taken; nothing is left behind.
pub fn add(
    source: &Path,
    name: Option<&str>,
    options: &OpenOptions,
) -> Result<Installed, RewardError> {
    let home = locate::user_packs().ok_or_else(|| {
        let problem = "this system has no folder for a user's data; set TIEBREAK_PACKS".to_owned();
        RewardError::NotInstallable { path: source.to_owned(), problem }
    })?;
    add_to(&home, source, name, &|dir| isolated::check(dir, options))
}

/// The same into any folder, with any check.
pub(crate) fn add_to(
    home: &Path,
    source: &Path,
    name: Option<&str>,
    check: &dyn Fn(&Path) -> Result<CheckReport, RewardError>,
) -> Result<Installed, RewardError> {
    fs::create_dir_all(home).map_err(RewardError::io("make", home))?;
    // Beside its place, so that it can be renamed. Folders with a dot are not looked at.
    let staging = tempfile::Builder::new()
        .prefix(".adding-")
        .tempdir_in(home)
        .map_err(RewardError::io("write into", home))?;
    let (dir, unpacked) = match folder_of(source)? {
        Some(dir) => (dir, None),
        None => {
            let unpacked = staging.path().join("unpacked");
            archive::unpack(source, &unpacked)?;
            (root(source, &unpacked)?, Some(unpacked))
        }
    };
    let shown = |text: String| match &unpacked {
        // The temporary folder is of no interest to anybody.
        Some(unpacked) => text.replace(&unpacked.display().to_string(), &source_name(source)),
        None => text,
    };
    let readable = |error: RewardError| match (&unpacked, error) {
        (Some(_), error @ (RewardError::BadPack { .. } | RewardError::Refused(_))) => {
            RewardError::Refused(shown(error.to_string()))
        }
        (Some(_), RewardError::CheckStopped { ended, .. }) => {
            RewardError::CheckStopped { path: source.to_owned(), ended }
        }
        (_, error) => error,
    };
    let pack = Pack::read(&dir).map_err(readable)?;
    let not_installable =
        |problem| RewardError::NotInstallable { path: source.to_owned(), problem };
    let called = match name {
        Some(name) => given_name(name).map_err(not_installable)?,
        None if unpacked.is_some() && !dir.join(manifest::FILE_NAME).is_file() => {
            archive::stem(source)
        }
        None => pack.manifest.name.clone(),
    };
    let name = folder_name(&called).map_err(not_installable)?;
    is_free(home, &name, &pack)?;
    let mut report = check(&dir).map_err(readable)?;
    let staged = staging.path().join("pack");
    copy(&pack, &staged)?;
    rename_inside(&staged, name.as_str(), called != pack.manifest.name)?;
    // What was checked is what is installed.
    if Pack::read(&staged)?.encoder_hash != report.encoder_hash {
        let problem = "it changed while it was being added".to_owned();
        return Err(RewardError::NotInstallable { path: source.to_owned(), problem });
    }
    let folder = home.join(&name);
    fs::rename(&staged, &folder).map_err(RewardError::io("write", &folder))?;
    close(staging);
    report.folder.clone_from(&folder);
    report.name.clone_from(&Manifest::read(&folder)?.name);
    Ok(Installed { name, folder, report })
}

/// Takes the pack called `name` away from those of this user.
///
/// # Errors
/// If there is none, or it is a default pack or belongs to the program.
pub fn remove(name: &str) -> Result<PathBuf, RewardError> {
    remove_from(locate::user_packs().as_deref(), locate::pack(name)?)
}

/// The same for a folder, which must be one of `home`.
pub(crate) fn remove_from(home: Option<&Path>, folder: PathBuf) -> Result<PathBuf, RewardError> {
    let home = home.and_then(|home| home.canonicalize().ok());
    let real = folder.canonicalize().map_err(RewardError::io("open", &folder))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let refusal = match home.as_deref() == real.parent() {
        _ if is_default(&folder) => Some("it is a default pack, made by the set-up"),
        false => Some("it came with the program"),
        true => None,
    };
    if let Some(refusal) = refusal {
        let problem = format!("{refusal}; only packs that were added are removed");
        return Err(RewardError::NotInstallable { path: folder, problem });
    }
    // Renamed first, so that it is gone at once or not at all.
    let doomed = folder.with_file_name(format!(".removing-{name}"));
    if doomed.exists() {
        fs::remove_dir_all(&doomed).map_err(RewardError::io("remove", &doomed))?;
    }
    fs::rename(&folder, &doomed).map_err(RewardError::io("remove", &folder))?;
    fs::remove_dir_all(&doomed).map_err(RewardError::io("remove", &doomed))?;
    Ok(folder)
}

/// Whether the set-up made this pack. `TIEBREAK_PACKS` may name the folder of the default packs, so
/// that where a pack lies does not tell. One that somebody added under such a name is theirs.
fn is_default(folder: &Path) -> bool {
    let is_called = |published: Published| folder.file_name() == Some(published.name().as_ref());
    Published::ALL.into_iter().any(is_called) && folder.join(MADE_BY_SET_UP).is_file()
}

/// The folder that a source is or stands for; `None` for an archive.
fn folder_of(source: &Path) -> Result<Option<PathBuf>, RewardError> {
    let metadata = fs::metadata(source).map_err(RewardError::io("open", source))?;
    if metadata.is_dir() {
        // Somebody may point at the folder inside.
        return Ok(Some(pack_around(source).unwrap_or_else(|| source.to_owned())));
    }
    if source.extension().is_none_or(|extension| extension != "onnx") {
        return Ok(None);
    }
    let full = source.canonicalize().map_err(RewardError::io("open", source))?;
    let folder = full.parent().unwrap_or(&full);
    pack_around(folder).map(Some).ok_or_else(|| {
        let problem = "a graph alone is no pack: there is neither a pack.toml nor a config.json \
                       with a tokenizer.json beside it"
            .to_owned();
        RewardError::NotInstallable { path: source.to_owned(), problem }
    })
}

/// The folder itself, or the one around it for graphs in a folder `onnx`.
fn pack_around(folder: &Path) -> Option<PathBuf> {
    [Some(folder), folder.parent()]
        .into_iter()
        .flatten()
        .find(|folder| Manifest::is_in(folder))
        .map(Path::to_owned)
}

/// The pack in an unpacked archive: at its top, or in its only folder.
fn root(source: &Path, unpacked: &Path) -> Result<PathBuf, RewardError> {
    if Manifest::is_in(unpacked) {
        return Ok(unpacked.to_owned());
    }
    let entries = fs::read_dir(unpacked).map_err(RewardError::io("read", unpacked))?;
    let folders: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    match folders.as_slice() {
        [only] if Manifest::is_in(only) => Ok(only.clone()),
        _ => Err(RewardError::NotInstallable {
            path: source.to_owned(),
            problem: "there is no pack in it: neither a pack.toml nor a config.json with a \
                      model.onnx"
                .to_owned(),
        }),
    }
}

fn source_name(source: &Path) -> String {
    source.display().to_string()
}

/// A name that somebody asks for. A path is a mistake, and no other name is made of it.
fn given_name(name: &str) -> Result<String, String> {
    if name.contains(['/', '\\']) || name.trim().starts_with('.') {
        return Err(format!(
            "\"{name}\" is no name for a pack: a name has no slashes and does not begin with a dot"
        ));
    }
    Ok(name.to_owned())
}

/// The folder's name for a pack's name: what every file system takes.
fn folder_name(name: &str) -> Result<String, String> {
    let is_fine = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let folder: String = name.trim().chars().map(|c| if is_fine(c) { c } else { '-' }).collect();
    let folder = folder.trim_matches(['-', '.']).to_owned();
    if folder.is_empty() || folder.chars().count() > LONGEST_NAME {
        return Err(format!("\"{name}\" is no name for a pack; give one with --name"));
    }
    Ok(folder)
}

fn is_free(home: &Path, name: &str, pack: &Pack) -> Result<(), RewardError> {
    let path = match locate::pack(name) {
        Ok(path) => path,
        Err(_) if home.join(name).exists() => home.join(name),
        Err(_) => return Ok(()),
    };
    let is_same = Pack::read(&path).is_ok_and(|there| there.encoder_hash == pack.encoder_hash);
    Err(RewardError::NameTaken { name: name.to_owned(), path, is_same })
}

/// Copies what belongs to a pack, and nothing else: exports often lie beside the weights that
/// they were made from.
fn copy(pack: &Pack, to: &Path) -> Result<(), RewardError> {
    let mut files: Vec<PathBuf> = pack.files().map(Path::to_owned).collect();
    if let ModelInput::Text(text) = &pack.manifest.input
        && let Layout::Template(template) = &text.layout
    {
        files.push(pack.dir.join(&template.file));
    }
    files.extend(crate::golden::files(pack)?);
    files.extend(COMPANIONS.iter().map(|name| pack.dir.join(name)).filter(|path| path.is_file()));
    let entries = fs::read_dir(&pack.dir).map_err(RewardError::io("read", &pack.dir))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && FOR_PEOPLE.iter().any(|start| name.starts_with(start)) {
            files.push(entry.path());
        }
    }
    files.sort();
    files.dedup();
    for file in files {
        let relative = file.strip_prefix(&pack.dir).unwrap_or(&file);
        let plain = relative.components().filter(|part| matches!(part, Component::Normal(_)));
        let target = to.join(plain.collect::<PathBuf>());
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(RewardError::io("make", folder))?;
        }
        fs::copy(&file, &target).map_err(RewardError::io("copy", &file))?;
        // A copy of a file that may not be written could not be replaced by a new head.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let readable = fs::Permissions::from_mode(0o644);
            fs::set_permissions(&target, readable).map_err(RewardError::io("write", &target))?;
        }
        fs::File::open(&target)
            .and_then(|file| file.sync_all())
            .map_err(RewardError::io("write", &target))?;
    }
    Ok(())
}

/// Writes another name into a copied manifest.
fn rename_inside(dir: &Path, name: &str, is_other: bool) -> Result<(), RewardError> {
    let path = dir.join(manifest::FILE_NAME);
    if !is_other || !path.is_file() {
        return Ok(());
    }
    let text = fs::read_to_string(&path).map_err(RewardError::io("read", &path))?;
    if let Some(text) = manifest::with_name(&text, name) {
        fs::write(&path, text).map_err(RewardError::io("write", &path))?;
    }
    Ok(())
}

/// Removes the temporary folder; one that cannot be removed is in nobody's way.
fn close(staging: TempDir) {
    drop(staging);
}
