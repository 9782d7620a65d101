//! `cargo xtask run`: from nothing to the window on a study that shows every feature.

use std::fs;
use std::path::Path;

use crate::error::XtaskError;
use crate::page;
use crate::process::{Call, has_display, say, step};
use crate::setup::{self, Purpose};
use crate::stamp::{remove, write};
use crate::workspace::Workspace;

/// The share of the pairs that people label in the demonstration.
const BUDGET: &str = "25%";

/// Sets up, builds, makes the study unless it is there, and opens the window on it. Where no
/// window can be opened, exports instead and says how to go on.
pub fn run(workspace: &Workspace, fresh: bool) -> Result<(), XtaskError> {
    setup::prepare(workspace, Purpose::Build)?;
    page::build(workspace)?;
    build(workspace)?;
    setup::packs(workspace, || Ok(()))?;
    make_study(workspace, fresh)?;
    if has_display() { open(workspace) } else { export(workspace) }
}

/// Builds both programs in one go, so that what they share is compiled once with the same
/// features.
pub fn build(workspace: &Workspace) -> Result<(), XtaskError> {
    step("programs: cargo build");
    workspace
        .cargo("build the programs")
        .args(["build", "-p", "tiebreak-cli", "-p", "tiebreak-desktop"])
        .run()
}

/// A call of the command line in the workspace folder.
pub fn tiebreak(workspace: &Workspace, command: &str) -> Call {
    let call = Call::new(format!("tiebreak {command}"), workspace.binary("tiebreak"))
        .arg(command)
        .dir(workspace.root());
    workspace.with_models(call)
}

/// Makes a study from the sample data: new, import, score, route, autolabel.
pub fn study_from_samples(workspace: &Workspace, study: &Path) -> Result<(), XtaskError> {
    let samples = workspace.path("sample-data/text.jsonl");
    let hint = "`target/debug/tiebreak doctor` says whether ONNX Runtime and the text model are \
                found";
    let call = |command| tiebreak(workspace, command).arg(study).hint(hint);
    call("new").run()?;
    call("import").arg(&samples).run()?;
    call("score").run()?;
    call("route").args(["--budget", BUDGET]).run()?;
    call("autolabel").run()
}

fn make_study(workspace: &Workspace, fresh: bool) -> Result<(), XtaskError> {
    let folder = workspace.target("demo");
    let study = folder.join("demo.tiebreak");
    // Written last: a study without it was left half made.
    let complete = folder.join("complete");
    if !fresh && complete.is_file() && study.is_file() {
        step(&format!("study: {} is there (--fresh makes it anew)", workspace.show(&study)));
        return Ok(());
    }
    step(&format!("study: make {} from sample-data/text.jsonl", workspace.show(&study)));
    remove(&folder)?;
    fs::create_dir_all(&folder).map_err(XtaskError::file(&folder))?;
    study_from_samples(workspace, &study)?;
    write(&complete, b"")
}

fn open(workspace: &Workspace) -> Result<(), XtaskError> {
    let study = workspace.target("demo/demo.tiebreak");
    step(&format!("window: open {}; close it to come back", workspace.show(&study)));
    let call = Call::new("run the window", workspace.binary("tiebreak-desktop"))
        .arg(&study)
        .dir(workspace.root())
        .hint("`target/debug/tiebreak doctor` says which webview is found");
    workspace.with_models(call).run()
}

fn export(workspace: &Workspace) -> Result<(), XtaskError> {
    let study = workspace.target("demo/demo.tiebreak");
    let out = workspace.target("demo/export");
    step(&format!("no display, so no window: export to {}", workspace.show(&out)));
    remove(&out)?;
    tiebreak(workspace, "export").arg(&study).args(["--format", "trl", "--out"]).arg(&out).run()?;
    let show = |path: &Path| workspace.show(path);
    let program = show(&workspace.binary("tiebreak"));
    let window = show(&workspace.binary("tiebreak-desktop"));
    let (study, out) = (show(&study), show(&out));
    say(&format!(
        "
The study:    {study}
The export:   {out}
How it stands:
  {program} status {study}
Label in the terminal: see the next routed pair, answer left, right, tie or both-bad:
  {program} next {study} --annotator you
  {program} judge {study} --annotator you --answer left --strength 2
Label in the window, on a machine with a display:
  {window} {study}
Export again:
  {program} export {study} --format trl --out {out}"
    ));
    Ok(())
}
