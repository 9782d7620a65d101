//! Set-up from a bare machine: compilers and system packages, the page's packages, ONNX Runtime,
//! the default packs. Each part checks first whether it is done.

mod packages;
mod packs;
mod runtime;
mod system;
mod toolchain;

pub use packs::convert as packs;

use crate::error::XtaskError;
use crate::page;
use crate::process::step;
use crate::workspace::Workspace;

/// What the machine is set up for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Building and running.
    Build,
    /// Also testing.
    Test,
}

/// Everything that must be there before the first compilation.
pub fn prepare(workspace: &Workspace, purpose: Purpose) -> Result<(), XtaskError> {
    toolchain::check()?;
    system::install(purpose)?;
    page::packages(workspace)?;
    let sources = packages::Sources::read(workspace)?;
    runtime::extract(workspace, &sources.runtime)?;
    packs::extract(workspace, &sources)
}

/// `cargo xtask setup`: all of it, with the one program that the last part needs.
pub fn everything(workspace: &Workspace) -> Result<(), XtaskError> {
    prepare(workspace, Purpose::Test)?;
    packs::convert(workspace, || {
        step("build the command line, which converts the packs");
        workspace.cargo("build the command line").args(["build", "-p", "tiebreak-cli"]).run()
    })?;
    step("set up: `cargo xtask run` opens the window, `cargo xtask test` checks everything");
    Ok(())
}
