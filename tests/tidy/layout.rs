//! Every crate opens with what it owns, and no file grows beyond what can be read in one go.

use crate::assert_none;
use crate::repository::{SourceFile, files};

const MOST_LINES: usize = 500;

#[test]
fn crates_are_documented_and_files_short() {
    assert_none(&files().iter().flat_map(problems).collect::<Vec<_>>());
}

#[test]
fn undocumented_crates_and_long_files_are_found() {
    let long = "//! Doc.\n".repeat(MOST_LINES + 1);
    for (path, text, expected) in [
        ("crates/tiebreak-new/src/lib.rs", "mod a;\n", 1),
        ("crates/tiebreak-new/src/main.rs", "/// Not of the crate.\nfn main() {}\n", 1),
        ("src-tauri/src/lib.rs", "//! What the shell owns.\n", 0),
        ("crates/tiebreak-new/src/a.rs", "mod b;\n", 0),
        ("crates/tiebreak-new/src/a.rs", &long, 1),
        ("crates/tiebreak-new/src/lib.rs", "", 1),
    ] {
        assert_eq!(problems(&SourceFile::new(path, text)).len(), expected, "{path}");
    }
}

fn problems(file: &SourceFile) -> Vec<String> {
    let path = &file.path;
    let is_rust = path.ends_with(".rs");
    let is_ours = path.starts_with("crates/") || path.starts_with("src-tauri/");
    if !is_rust || !is_ours {
        return Vec::new();
    }
    let mut problems = Vec::new();
    let is_root = path.ends_with("/src/lib.rs") || path.ends_with("/src/main.rs");
    if is_root && !file.text.starts_with("//! ") {
        problems.push(format!("{path}: does not open with //! and what the crate owns"));
    }
    let lines = file.text.lines().count();
    if lines > MOST_LINES {
        problems.push(format!("{path}: {lines} lines, at most {MOST_LINES}: split it"));
    }
    problems
}
