//! Python environments for what must be checked with the real Python packages.

use std::path::PathBuf;

use crate::error::XtaskError;
use crate::process::{Call, is_ci, python, step};
use crate::stamp::{Inputs, Stamp, remove};
use crate::workspace::Workspace;

/// What became of an environment.
pub enum Environment {
    /// It is there; this is its interpreter.
    Ready(PathBuf),
    /// This machine's Python cannot make one.
    Unavailable(String),
}

/// Makes `.venv/NAME` from a file of pinned requirements, unless it is there.
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
    let stamp = Stamp::new(workspace, &format!("venv-{name}"), digest);
    if stamp.is_current() && interpreter.is_file() {
        step(&format!("Python environment {name}: installed"));
        return Ok(Environment::Ready(interpreter));
    }
    let can = Call::new("ask Python", python()).args(["-c", "import venv, ensurepip"]).ask();
    if !can.is_some_and(|(ran, _)| ran) && !is_ci() {
        return Ok(Environment::Unavailable(
            "python3 with venv is missing (on Debian: python3-venv)".into(),
        ));
    }
    step(&format!("Python environment {name}: install {}", workspace.show(&requirements)));
    remove(&folder)?;
    Call::new("make a Python environment", python())
        .args(["-m", "venv"])
        .arg(&folder)
        .hint("install Python 3 with venv (on Debian: python3-venv)")
        .run()?;
    Call::new("install Python packages", &interpreter)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(&requirements)
        .hint("check the network")
        .run()?;
    stamp.set()?;
    Ok(Environment::Ready(interpreter))
}
