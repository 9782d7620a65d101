//! Words that do not belong into the repository: hosts of package registries, paths of one
//! machine, and notes of unfinished work.

use std::env;
use std::sync::LazyLock;

use crate::assert_none;
use crate::repository::{SourceFile, files, root};

/// Package registries: the clients know where theirs is, and it may be a mirror.
/// Put together here so that this file does not hold them.
const REGISTRIES: [&str; 6] = [
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("yarnpkg", ".com"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
];

/// Notes of unfinished work: they belong into an issue.
const NOTES: [&str; 4] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
];

/// The address that Cargo.lock gives each package, whatever mirror it came from.
const LOCKED_SOURCE: &str =
    concat!("\"registry+https://github.com/rust-lang/crates", ".io-index\"");

#[test]
fn no_word_is_out_of_place() {
    assert_none(&files().iter().flat_map(problems).collect::<Vec<_>>());
}

#[test]
fn words_out_of_place_are_found() {
    let npm = REGISTRIES[1];
    let resolved = format!("\"resolved\": \"https://registry.{npm}/a.tgz\"");
    let mirrored = "\"resolved\": \"http://mirror.example/a.tgz\"";
    let note = format!("// {}: later", NOTES[0]);
    let here = format!("let path = \"{}/x\";", MACHINE_PATHS[0]);
    for (path, text, expected) in [
        ("ui/package-lock.json", resolved.as_str(), 2),
        ("ui/package-lock.json", mirrored, 1),
        ("ui/package-lock.json", "\"version\": \"1.0.0\"", 0),
        ("Cargo.lock", &format!("source = {LOCKED_SOURCE}"), 0),
        ("docs/a.md", &format!("see {}", REGISTRIES[0]), 1),
        ("crates/a/src/lib.rs", &note, 1),
        ("crates/a/src/lib.rs", "mastodon(); // METHODOLOGY", 0),
        ("crates/a/src/lib.rs", &here, 1),
        ("ui/src/a.ts", "fetch(\"/home/ada/there\")", 0),
    ] {
        let found = problems(&SourceFile::new(path, text));
        assert_eq!(found.len(), expected, "{path}: {text}: {found:?}");
    }
}

/// This checkout's folder, this user's home, and folders that only exist on build machines.
static MACHINE_PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let checkout = root().canonicalize().unwrap_or_default().display().to_string();
    let home = env::var("HOME").unwrap_or_default();
    let mut paths = vec![checkout, home];
    // A container's home may be `/`, which is in every path.
    paths.retain(|path| path.len() > 3);
    paths.extend([concat!("/ro", "ot/").to_owned(), concat!("/wo", "rk/").to_owned()]);
    paths
});

fn problems(file: &SourceFile) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        let mut report = |what: &str, word: &str| {
            problems.push(format!("{}:{}: {what} {word}", file.path, number + 1));
        };
        let line = line.replace(LOCKED_SOURCE, "");
        for host in REGISTRIES {
            if line.contains(host) {
                report("host of a package registry", host);
            }
        }
        if file.path.ends_with("package-lock.json") && line.contains("\"resolved\": \"http") {
            report("host of a package registry in", "\"resolved\"");
        }
        if let Some(path) = MACHINE_PATHS.iter().find(|path| has_path(&line, path)) {
            report("path of one machine", path);
        }
        for note in NOTES {
            if has_word(&line, note) {
                report("note of unfinished work", note);
            }
        }
    }
    problems
}

/// Whether an absolute path is in the line, not the middle of a longer one.
fn has_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-/~}$".contains(c))
    })
}

/// Whether a word is in the line, not a part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        !is_letter(line[..at].chars().next_back())
            && !is_letter(line[at + word.len()..].chars().next())
    })
}
