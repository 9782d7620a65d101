//! The sample studies: text from hand-written sources, images and music from their generator.
//! Same sources, same files, on every machine.

mod pairs;
mod random;
mod ranking;

use crate::error::XtaskError;
use crate::process::step;
use crate::stamp;
use crate::workspace::Workspace;

/// Writes all of them.
pub fn write(workspace: &Workspace) -> Result<(), XtaskError> {
    for (name, lines) in [
        ("text.jsonl", pairs::generate(workspace)?),
        ("text-ranking.jsonl", ranking::generate(workspace)?),
    ] {
        let path = workspace.path("sample-data").join(name);
        step(&format!("sample data: write {}", workspace.show(&path)));
        stamp::write(&path, lines.as_bytes())?;
    }
    step("sample data: draw sample-data/images, play sample-data/music");
    // A crate of its own, because the task runner, which everybody builds first, stays small.
    workspace
        .cargo("draw and play the sample data")
        .args(["run", "--quiet", "-p", "tiebreak-sample-data", "--"])
        .arg(workspace.path("sample-data"))
        .run()
}
