//! The page: its packages, its build, and the types that it shares with Rust.

use crate::error::XtaskError;
use crate::process::{Call, npm, step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// Folders of ui/ that are made, not written.
const MADE: [&str; 5] = ["node_modules", "dist", "test-results", "coverage", ".svelte-kit"];

/// Installs the page's packages exactly as locked.
pub fn packages(workspace: &Workspace) -> Result<(), XtaskError> {
    let lock = workspace.path("ui/package-lock.json");
    let manifest = workspace.path("ui/package.json");
    let digest = Inputs::default().files(&lock, &[])?.files(&manifest, &[])?.digest();
    let stamp = Stamp::new(workspace, "page-packages", &digest);
    if stamp.is_current() && workspace.path("ui/node_modules").is_dir() {
        step("page packages: installed");
        return Ok(());
    }
    step("page packages: npm ci");
    npm_call(workspace, "install the page's packages")
        .args(["ci", "--no-audit", "--no-fund"])
        .hint("check the network; `npm ci` in ui/ shows the same by hand")
        .run()?;
    stamp.set()
}

/// Builds the page into `ui/dist`.
pub fn build(workspace: &Workspace) -> Result<(), XtaskError> {
    let digest = Inputs::default()
        .files(&workspace.path("ui"), &MADE)?
        // Icons, fonts and colour tokens are shared with the page.
        .files(&workspace.path("assets"), &["packs"])?
        .digest();
    let stamp = Stamp::new(workspace, "page", &digest);
    if stamp.is_current() && workspace.path("ui/dist/index.html").is_file() {
        step("page: built, in ui/dist");
        return Ok(());
    }
    step("page: build into ui/dist");
    npm_call(workspace, "build the page").args(["run", "--silent", "build"]).run()?;
    stamp.set()
}

/// A call of npm in ui/.
pub fn npm_call(workspace: &Workspace, what: &str) -> Call {
    Call::new(what, npm()).dir(&workspace.path("ui"))
}

/// Writes the files that are made from the code, ui/src/ipc/bindings.ts and docs/data-model.md:
/// the tests that check them write them when asked to.
pub fn bindings(workspace: &Workspace) -> Result<(), XtaskError> {
    for (file, package, test) in [
        ("ui/src/ipc/bindings.ts", "tiebreak-app", "bindings"),
        ("docs/data-model.md", "tiebreak-store", "schema_doc"),
    ] {
        step(&format!("bindings: write {file}"));
        workspace
            .cargo(&format!("write {file}"))
            .args(["test", "--quiet", "-p", package, "--lib", test])
            .env("TIEBREAK_BLESS", "1")
            .run()?;
    }
    Ok(())
}
