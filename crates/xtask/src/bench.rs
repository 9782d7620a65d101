//! `cargo xtask bench`: scoring throughput, beside the usual Python recipe with the same model.

use crate::error::XtaskError;
use crate::process::{say, step};
use crate::python::{self, Environment};
use crate::setup;
use crate::workspace::Workspace;

/// Runs the benches in the release profile.
pub fn run(workspace: &Workspace) -> Result<(), XtaskError> {
    setup::everything(workspace)?;
    let requirements = "tests/python/bench-requirements.txt";
    let mut call = workspace.cargo("run the benches").args([
        "bench",
        "-p",
        "tiebreak-reward",
        "--bench",
        "scoring",
    ]);
    match python::environment(workspace, "bench", requirements)? {
        Environment::Ready(interpreter) => call = call.env("TIEBREAK_PYTHON", interpreter),
        Environment::Unavailable(reason) => say(&format!("without the Python recipe: {reason}")),
    }
    step("benches: cargo bench");
    call.run()
}
