//! Links in Markdown lead to files that exist.

use std::path::Path;

use crate::assert_none;
use crate::repository::{SourceFile, files, root};

#[test]
fn links_lead_somewhere() {
    let exists = |path: &str| root().join(path).exists();
    let documents = files().iter().filter(|file| file.path.ends_with(".md"));
    assert_none(&documents.flat_map(|file| problems(file, exists)).collect::<Vec<_>>());
}

#[test]
fn dead_links_are_found() {
    let exists = |path: &str| ["docs/b.md", "README.md", "docs/images"].contains(&path);
    for (text, expected) in [
        ("[b](b.md)", 0),
        ("[b](b.md#part) and [top](../README.md)", 0),
        ("[b](c.md)", 1),
        ("[b](c.md) [c](../b.md)", 2),
        ("![picture](images/none.png \"title\")", 1),
        ("[folder](images/)", 0),
        ("[b]: c.md", 1),
        ("[out](https://example.org/x), [in](#part), [mail](mailto:a@example.org)", 0),
        ("`[b](c.md)` is how a link is written", 0),
        ("```\n[b](c.md)\n```", 0),
    ] {
        let found = problems(&SourceFile::new("docs/a.md", text), exists);
        assert_eq!(found.len(), expected, "{text}: {found:?}");
    }
}

fn problems(file: &SourceFile, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut problems = Vec::new();
    let mut in_code = false;
    for (number, line) in file.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code {
            continue;
        }
        for target in targets(&without_code(line)) {
            let path = target.split('#').next().unwrap_or_default();
            let is_elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !path.is_empty() && !is_elsewhere && !exists(&resolve(&file.path, path)) {
                problems.push(format!("{}:{}: no file {path}", file.path, number + 1));
            }
        }
    }
    problems
}

/// The line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// The targets of `](target)` and of `[name]: target`.
fn targets(line: &str) -> Vec<String> {
    let first_word = |text: &str| text.split_whitespace().next().unwrap_or_default().to_owned();
    let mut targets: Vec<String> = line
        .match_indices("](")
        .filter_map(|(at, _)| line[at + 2..].split(')').next())
        .map(first_word)
        .collect();
    if line.starts_with('[')
        && let Some((_, target)) = line.split_once("]: ")
    {
        targets.push(first_word(target));
    }
    targets
}

/// The path from the root that a relative link in `document` leads to.
fn resolve(document: &str, link: &str) -> String {
    let folder = Path::new(document).parent().unwrap_or(Path::new(""));
    let mut parts: Vec<&str> = folder.iter().filter_map(|part| part.to_str()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
