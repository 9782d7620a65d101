//! Where things are.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::XtaskError;
use crate::process::Call;

/// The workspace's folders.
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the workspace that this program was started from by cargo.
    pub fn find() -> Result<Self, XtaskError> {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).ok_or_else(missing_cargo)?;
        let root = manifest.ancestors().nth(2).map(Path::to_owned).ok_or_else(missing_cargo)?;
        let metadata = Call::new("read the workspace", cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .dir(&root)
            .output()?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata)
            .map_err(|error| XtaskError::content(&root.join("Cargo.toml"), error.to_string()))?;
        let target = metadata["target_directory"]
            .as_str()
            .map_or_else(|| root.join("target"), PathBuf::from);
        Ok(Self { root, target })
    }

    /// The folder of the workspace manifest.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the workspace, written with `/`.
    pub fn path(&self, relative: &str) -> PathBuf {
        relative.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// A path inside cargo's target folder, written with `/`.
    pub fn target(&self, relative: &str) -> PathBuf {
        relative.split('/').fold(self.target.clone(), |path, part| path.join(part))
    }

    /// A program of the development profile.
    pub fn binary(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// A program that `cargo install` put under target/xtask/tools.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.target("xtask/tools/bin").join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// Tells a program where ONNX Runtime and the models are, if it cannot find them by looking
    /// in the folders above itself: cargo's target folder may be outside the workspace.
    pub fn with_models(&self, call: Call) -> Call {
        if self.target.starts_with(&self.root) {
            return call;
        }
        call.env("TIEBREAK_ORT", self.path("runtime")).env("TIEBREAK_PACKS", self.path("models"))
    }

    /// Shows a path as a person in the workspace folder would type it.
    pub fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// A call of cargo in the workspace folder.
    pub fn cargo(&self, what: &str) -> Call {
        self.with_models(Call::new(what, cargo()).dir(&self.root))
    }
}

fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn missing_cargo() -> XtaskError {
    XtaskError::Missing {
        what: "the workspace folder is unknown".into(),
        hint: "start this through cargo: `cargo xtask`".into(),
    }
}
