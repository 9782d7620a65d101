//! Who may depend on whom: a strict graph without cycles, from the vocabulary up to the programs.

use std::sync::LazyLock;

use serde_json::Value;

use crate::assert_none;
use crate::repository::{SourceFile, files, output};

/// Each crate, and the crates of this workspace that it may name.
const ALLOWED: [(&str, &[&str]); 14] = [
    ("tiebreak-core", &[]),
    ("tiebreak-stats", &["tiebreak-core"]),
    ("tiebreak-routing", &["tiebreak-core", "tiebreak-stats"]),
    ("tiebreak-media", &["tiebreak-core"]),
    ("tiebreak-store", &["tiebreak-core"]),
    ("tiebreak-exchange", &["tiebreak-core"]),
    ("tiebreak-reward", &["tiebreak-core", "tiebreak-media"]),
    (
        "tiebreak-app",
        &[
            "tiebreak-core",
            "tiebreak-stats",
            "tiebreak-routing",
            "tiebreak-media",
            "tiebreak-store",
            "tiebreak-exchange",
        ],
    ),
    ("tiebreak-cli", &["tiebreak-core", "tiebreak-app", "tiebreak-reward"]),
    ("tiebreak-native", &["tiebreak-core", "tiebreak-app", "tiebreak-reward"]),
    ("tiebreak-shell", &["tiebreak-core", "tiebreak-app", "tiebreak-reward"]),
    ("tiebreak-desktop", &["tiebreak-shell"]),
    ("tiebreak-sample-data", &[]),
    ("xtask", &[]),
];

/// What tests of a crate may name beside.
const ALLOWED_IN_TESTS: [(&str, &[&str]); 4] = [
    ("tiebreak-app", &["tiebreak-reward"]),
    ("tiebreak-cli", &["tiebreak-store", "tiebreak-exchange"]),
    ("tiebreak-native", &["tiebreak-store"]),
    ("tiebreak-shell", &["tiebreak-store"]),
];

/// Packages from outside that only some crates may name, in tests too.
const OWNED: [(&str, &[&str]); 8] = [
    ("rusqlite", &["tiebreak-store"]),
    ("libsqlite3-sys", &["tiebreak-store"]),
    ("ort", &["tiebreak-reward"]),
    ("tokenizers", &["tiebreak-reward"]),
    ("tauri", &["tiebreak-shell", "tiebreak-desktop"]),
    ("tauri-build", &["tiebreak-shell", "tiebreak-desktop"]),
    ("eframe", &["tiebreak-native"]),
    ("egui", &["tiebreak-native"]),
];

/// The package of the journeys, which may name any crate of the workspace.
const JOURNEYS: &str = "tiebreak-tests";

/// All that the vocabulary needs from outside.
const CORE_NEEDS: [&str; 6] = ["blake3", "chrono", "serde", "serde_json", "thiserror", "uuid"];

/// What would be IO or a clock in the vocabulary.
const NOT_IN_CORE: [&str; 8] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::io",
    "Utc::now",
    "Instant::now",
    "SystemTime",
];

/// One dependency as a manifest states it.
struct Edge {
    from: String,
    to: String,
    in_tests: bool,
}

impl Edge {
    fn new(from: &str, to: &str) -> Self {
        Self { from: from.to_owned(), to: to.to_owned(), in_tests: false }
    }
}

#[test]
fn crates_depend_only_on_what_the_table_allows() {
    assert_none(&edges().iter().filter_map(problem).collect::<Vec<_>>());
}

#[test]
fn the_vocabulary_does_no_io_and_reads_no_clock() {
    assert_none(&files().iter().flat_map(core_problems).collect::<Vec<_>>());
}

#[test]
fn the_table_has_no_cycle() {
    // Each row names only crates of earlier rows, so no row can lead back to itself.
    for (place, (name, allowed)) in ALLOWED.iter().enumerate() {
        for to in *allowed {
            let found = ALLOWED[..place].iter().any(|(earlier, _)| earlier == to);
            assert!(found, "{name} names {to}, which does not come before it");
        }
    }
}

#[test]
fn forbidden_dependencies_are_found() {
    for (from, to, expected) in [
        ("tiebreak-core", "tiebreak-store", "may not depend on"),
        ("tiebreak-app", "tiebreak-reward", "may not depend on"),
        ("tiebreak-store", "tiebreak-exchange", "may not depend on"),
        ("tiebreak-cli", "tiebreak-store", "may not depend on"),
        ("tiebreak-new", "tiebreak-core", "no row"),
        ("tiebreak-app", "rusqlite", "only tiebreak-store"),
        ("tiebreak-tests", "rusqlite", "only tiebreak-store"),
        ("tiebreak-cli", "ort", "only tiebreak-reward"),
        ("tiebreak-app", "tauri", "only tiebreak-shell"),
        ("tiebreak-core", "rand", "the vocabulary"),
    ] {
        let problem = problem(&Edge::new(from, to)).unwrap_or_default();
        assert!(problem.contains(expected), "{from} -> {to}: {problem:?}");
    }
    let in_tests = Edge { in_tests: true, ..Edge::new("tiebreak-app", "tiebreak-reward") };
    assert_eq!(problem(&in_tests), None, "tests may name more");
    assert_eq!(problem(&Edge::new("tiebreak-store", "rusqlite")), None);
    assert_eq!(problem(&Edge::new("tiebreak-tests", "tiebreak-app")), None);
    let clock = SourceFile::new("crates/tiebreak-core/src/a.rs", "let t = Utc::now();");
    assert_eq!(core_problems(&clock).len(), 1);
}

fn edges() -> &'static [Edge] {
    static EDGES: LazyLock<Vec<Edge>> = LazyLock::new(|| {
        let metadata = output(env!("CARGO"), &["metadata", "--no-deps", "--format-version", "1"]);
        let metadata: Value = serde_json::from_str(&metadata).unwrap_or_default();
        let mut edges = Vec::new();
        for package in metadata["packages"].as_array().into_iter().flatten() {
            for dependency in package["dependencies"].as_array().into_iter().flatten() {
                edges.push(Edge {
                    from: package["name"].as_str().unwrap_or_default().to_owned(),
                    to: dependency["name"].as_str().unwrap_or_default().to_owned(),
                    in_tests: dependency["kind"] == "dev",
                });
            }
        }
        assert!(edges.len() > 20, "the manifests are read");
        edges
    });
    &EDGES
}

fn problem(edge: &Edge) -> Option<String> {
    let Edge { from, to, in_tests } = edge;
    if let Some((_, owners)) = OWNED.iter().find(|(name, _)| name == to) {
        let is_owner = owners.contains(&from.as_str());
        return (!is_owner).then(|| format!("{from} names {to}: only {} may", owners.join(", ")));
    }
    if from == JOURNEYS {
        return None;
    }
    let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| name == from) else {
        return Some(format!("{from} has no row in the table of dependencies"));
    };
    let is_internal = to.starts_with("tiebreak-") || to == "xtask";
    if !is_internal {
        let is_strange = from == "tiebreak-core" && !in_tests && !CORE_NEEDS.contains(&to.as_str());
        return is_strange.then(|| format!("{from} names {to}: the vocabulary needs no more"));
    }
    let in_tests_too = ALLOWED_IN_TESTS
        .iter()
        .any(|(name, more)| *in_tests && name == from && more.contains(&to.as_str()));
    let is_allowed = in_tests_too || allowed.contains(&to.as_str());
    (!is_allowed).then(|| format!("{from} may not depend on {to}"))
}

fn core_problems(file: &SourceFile) -> Vec<String> {
    if !file.path.starts_with("crates/tiebreak-core/src/") {
        return Vec::new();
    }
    NOT_IN_CORE
        .iter()
        .filter(|word| file.text.contains(*word))
        .map(|word| format!("{}: {word} in the vocabulary", file.path))
        .collect()
}
