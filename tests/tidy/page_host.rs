//! One folder of the page knows its host, so that the rest runs in a plain browser.

use crate::assert_none;
use crate::repository::{SourceFile, files};

#[test]
fn only_ipc_imports_the_host() {
    assert_none(&files().iter().filter_map(problem).collect::<Vec<_>>());
}

#[test]
fn imports_of_the_host_elsewhere_are_found() {
    for (path, text, is_problem) in [
        ("ui/src/ipc/tauri.ts", "import { invoke } from '@tauri-apps/api/core'", false),
        ("ui/src/features/a.svelte", "import { invoke } from \"@tauri-apps/api/core\"", true),
        ("ui/src/lib/a.ts", "const core = await import('@tauri-apps/api/core')", true),
        ("ui/src/ipcs.ts", "export * from '@tauri-apps/api/core'", true),
        ("ui/package.json", "\"@tauri-apps/api\": \"2\"", false),
        ("ui/src/lib/a.ts", "window.__TAURI__.core.invoke('x')", true),
    ] {
        assert_eq!(problem(&SourceFile::new(path, text)).is_some(), is_problem, "{path}: {text}");
    }
}

fn problem(file: &SourceFile) -> Option<String> {
    let is_page = file.path.starts_with("ui/src/") && !file.path.starts_with("ui/src/ipc/");
    let names_host = ["@tauri-apps/", "__TAURI"].iter().any(|word| file.text.contains(word));
    (is_page && names_host).then(|| format!("{}: only ui/src/ipc knows Tauri", file.path))
}
