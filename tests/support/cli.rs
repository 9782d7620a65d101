//! The command line as a person or a script calls it: the built program, not its library.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, iter};

use serde_json::Value;

/// A call of the built `tiebreak`.
pub fn tiebreak() -> Command {
    Command::new(program("tiebreak", "TIEBREAK_CLI", "tiebreak-cli"))
}

/// Where a program of the workspace is: where `variable` says, else beside the running test.
pub fn program(name: &str, variable: &str, package: &str) -> PathBuf {
    if let Some(path) = env::var_os(variable) {
        return path.into();
    }
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let test = env::current_exe().unwrap();
    // A test is in target/PROFILE/deps, the programs are in target/PROFILE.
    iter::successors(test.parent(), |folder| folder.parent())
        .take(2)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
        .unwrap_or_else(|| {
            panic!("{file} is not built: run `cargo build -p {package}`, or set {variable}")
        })
}

/// Runs a call to its end and returns what it printed.
pub fn run(call: &mut Command) -> String {
    let output = call.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{call:?}: {}: {complaint}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Runs `tiebreak --json COMMAND STUDY` to its end and returns what it says.
pub fn ask(command: &str, study: &Path) -> Value {
    let text = run(tiebreak().args(["--json", command]).arg(study));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("tiebreak {command}: {error}"))
}

/// The live judgments of the person `name` who works here, as `tiebreak status` counts them.
pub fn counted(study: &Path, name: &str) -> u64 {
    let status = ask("status", study);
    let annotators = status["annotators"].as_array().unwrap();
    annotators
        .iter()
        .find(|one| one["name"] == name && one["kind"] == "human" && one["imported"] == false)
        .map_or(0, |one| one["judgments"].as_u64().unwrap())
}

/// The sample study's rows.
pub fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-data/text.jsonl")
}

/// A folder of sample-data.
#[allow(dead_code, reason = "not every set of tests needs it")]
pub fn sample_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-data").join(name)
}

/// Makes a study of `rows`, with further options of `tiebreak new`.
pub fn make_study(study: &Path, rows: &Path, options: &[&str]) {
    run(tiebreak().arg("new").arg(study).args(options));
    run(tiebreak().arg("import").arg(study).arg(rows));
}
