//! Python environments for what must be checked with the real Python packages.

use std::path::PathBuf;

use crate::error::XtaskError;
use crate::process::{Call, is_ci, python, step};
use crate::stamp::{Inputs, Stamp, remove};
use crate::workspace::Workspace;

/// Fails where no environment with the pinned packages can be made.
const SUFFICES: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
const NEEDED: &str = "Python 3.11 or later with venv (on Debian: python3-venv)";

/// What became of an environment.
pub enum Environment {
    /// It is there; this is its interpreter.
    Ready(PathBuf),
    /// This machine's Python cannot make one.
    Unavailable(String),
}

/// Makes `.venv/NAME` from a file that pins every package, unless it is there.
pub fn environment(
    workspace: &Workspace,
    name: &str,
    requirements: &str,
) -> Result<Environment, XtaskError> {
    let folder = workspace.path(".venv").join(name);
    let interpreter = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let interpreter = folder.join(interpreter);
    let requirements = workspace.path(requirements);
    let version = Call::new("ask Python", python()).arg("--version").ask().unwrap_or_default().1;
    let digest = Inputs::default().text(&version).files(&requirements, &[])?.digest();
    let stamp = Stamp::new(workspace, &format!("venv-{name}"), &digest);
    if stamp.is_current() && interpreter.is_file() {
        step(&format!("Python environment {name}: installed"));
        return Ok(Environment::Ready(interpreter));
    }
    let can = Call::new("ask Python", python()).args(["-c", SUFFICES]).ask();
    if !can.is_some_and(|(ran, _)| ran) && !is_ci() {
        return Ok(Environment::Unavailable(format!("{NEEDED} is missing")));
    }
    step(&format!("Python environment {name}: install {}", workspace.show(&requirements)));
    remove(&folder)?;
    Call::new("make a Python environment", python())
        .args(["-m", "venv"])
        .arg(&folder)
        .hint(format!("install {NEEDED}"))
        .run()?;
    Call::new("install Python packages", &interpreter)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r"])
        .arg(&requirements)
        .hint("check the network")
        .run()?;
    stamp.set()?;
    Ok(Environment::Ready(interpreter))
}
