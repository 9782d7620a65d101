//! The journeys through the real window, driven by WebDriver.

use crate::error::XtaskError;
use crate::process::{Call, has_display, step};
use crate::setup::{self, Purpose};
use crate::summary::Outcome;
use crate::workspace::Workspace;
use crate::{demo, page};

/// `cargo xtask e2e`: everything that the journeys need, then the journeys.
pub fn prepare_and_run(workspace: &Workspace) -> Result<(), XtaskError> {
    setup::prepare(workspace, Purpose::Test)?;
    page::build(workspace)?;
    demo::build(workspace)?;
    setup::packs(workspace, || Ok(()))?;
    match run(workspace)? {
        Outcome::Done => Ok(()),
        Outcome::Skipped(reason) => Err(XtaskError::Missing {
            what: format!("the journeys did not run: {reason}"),
            hint: "use Linux or Windows".into(),
        }),
    }
}

/// Runs the journeys on the programs already built, without a screen if there is none.
pub fn run(workspace: &Workspace) -> Result<Outcome, XtaskError> {
    if cfg!(target_os = "macos") {
        return Ok(Outcome::Skipped("macOS has no WebDriver for its webview".into()));
    }
    driver(workspace)?;
    step("journeys through the window");
    let what = "run the journeys";
    let call = if has_display() {
        workspace.cargo(what)
    } else {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let call = Call::new(what, "xvfb-run")
            .args(["-a", "-s", "-screen 0 1920x1080x24"])
            .arg(cargo)
            .dir(workspace.root())
            .hint("xvfb-run is in the system package xvfb");
        workspace.with_models(call)
    };
    // The whole workspace, for the same features as in `cargo xtask test`: built once, not twice.
    call.args(["test", "--workspace", "--test", "e2e", "--", "--test-threads", "1"])
        .env("TIEBREAK_E2E", "1")
        .env("TIEBREAK_DRIVER", workspace.tool("tauri-driver"))
        .env("TIEBREAK_DESKTOP", workspace.binary("tiebreak-desktop"))
        .env("TIEBREAK_CLI", workspace.binary("tiebreak"))
        .run()?;
    Ok(Outcome::Done)
}

/// Installs the driver once.
fn driver(workspace: &Workspace) -> Result<(), XtaskError> {
    if workspace.tool("tauri-driver").is_file() {
        step("tauri-driver: installed");
        return Ok(());
    }
    step("tauri-driver: cargo install into target/xtask/tools");
    workspace
        .cargo("install tauri-driver")
        .args(["install", "tauri-driver", "--version", "^2", "--locked", "--quiet", "--root"])
        .arg(workspace.target("xtask/tools"))
        .run()
}
