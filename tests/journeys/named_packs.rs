//! What the command line takes for a pack, and which heads it puts into one.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::cli;

/// The error of a call that fails.
fn error_of(call: &mut Command) -> String {
    let output = call.arg("--json").output().unwrap();
    assert!(!output.status.success(), "{call:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    let line = said.lines().last().unwrap();
    let parsed = serde_json::from_str(line);
    assert!(parsed.is_ok(), "{said}");
    let error: Value = parsed.unwrap();
    error["message"].as_str().or(error["error"]["message"].as_str()).unwrap().to_owned()
}

/// Every pack here is broken: the error says which was read.
#[test]
fn a_name_is_an_installed_pack_before_it_is_a_folder_here() {
    let folder = tempfile::tempdir().unwrap();
    let (packs, here) = (folder.path().join("packs"), folder.path().join("here"));
    for pack in [packs.join("installed"), here.join("installed"), here.join("other")] {
        fs::create_dir_all(&pack).unwrap();
        fs::write(pack.join("pack.toml"), "name =").unwrap();
    }
    let study = folder.path().join("a.tiebreak");
    cli::run(cli::tiebreak().arg("new").arg(&study));
    let rows = Path::new("rows.jsonl");
    fs::write(here.join(rows), r#"{"prompt":"q","response_a":"a","response_b":"b"}"#).unwrap();
    cli::run(cli::tiebreak().current_dir(&here).arg("import").arg(&study).arg(rows));
    for (name, read) in [
        ("installed", packs.join("installed")),
        ("./installed", here.join("installed")),
        ("other", here.join("other")),
    ] {
        let study = study.to_str().unwrap();
        let out = folder.path().join("out");
        for call in [
            &["pack", "check", name][..],
            &["score", study, "--pack", name],
            &["pack", "export", "--pack", name, "--out", out.to_str().unwrap()],
        ] {
            let mut command = cli::tiebreak();
            command.env("TIEBREAK_PACKS", &packs).current_dir(&here).args(call);
            let error = error_of(&mut command).replace("./", "");
            let read_here = error.contains("other") || !error.contains("packs");
            let expected = read.starts_with(&here);
            assert_eq!(read_here, expected, "{call:?}: {error}");
        }
    }
}

#[test]
fn a_head_of_an_aspect_is_not_put_into_a_pack() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("a.tiebreak");
    cli::run(cli::tiebreak().arg("new").arg(&study));
    let mut train = cli::tiebreak();
    train.arg("train").arg(&study).args(["--objective", "style", "--install"]);
    let error = error_of(&mut train);
    assert!(error.contains("style is no head of a pack"), "{error}");
}
