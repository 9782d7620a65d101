//! What the rules look at: the files of the repository, also those not added to git yet, but not
//! those that git ignores.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// A text file of the repository.
pub struct SourceFile {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

impl SourceFile {
    /// A file made up for a test of a rule.
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// The root folder.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> =
        LazyLock::new(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    &ROOT
}

/// All text files.
pub fn files() -> &'static [SourceFile] {
    static FILES: LazyLock<Vec<SourceFile>> = LazyLock::new(read_files);
    &FILES
}

/// What a program prints when run in the root folder.
#[expect(clippy::panic, reason = "without the list of files no rule can be checked")]
pub fn output(program: &str, args: &[&str]) -> String {
    match Command::new(program).args(args).current_dir(root()).output() {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        other => panic!("{program} {args:?}: {other:?}"),
    }
}

fn read_files() -> Vec<SourceFile> {
    let list = output("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    list.split_terminator('\0')
        .filter_map(|path| {
            // Files deleted but still listed, and binary files, have no text to check.
            let text = String::from_utf8(std::fs::read(root().join(path)).ok()?).ok()?;
            Some(SourceFile { path: path.to_owned(), text })
        })
        .collect()
}

#[test]
fn the_repository_is_found() {
    assert!(files().iter().any(|file| file.path == "Cargo.toml"));
    assert!(files().iter().all(|file| !file.path.starts_with("target/")));
}
