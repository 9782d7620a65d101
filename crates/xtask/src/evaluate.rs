//! `cargo xtask evaluate`: what each routing policy would have bought on data that people and AI
//! judges have labelled already; the tables of docs/routing.md.

use std::fs;
use std::path::{Path, PathBuf};

use crate::demo::tiebreak;
use crate::error::XtaskError;
use crate::process::{say, step};
use crate::setup::{self, Purpose};
use crate::stamp::remove;
use crate::workspace::Workspace;

/// Data to evaluate on: `FILE=JUDGE,JUDGE`; `reward` is the text model's own label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    file: PathBuf,
    judges: Vec<String>,
}

impl std::str::FromStr for Data {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (file, judges) =
            text.rsplit_once('=').ok_or("is FILE=JUDGE or FILE=JUDGE,JUDGE, not a file alone")?;
        let judges: Vec<String> = judges.split(',').map(|judge| judge.trim().to_owned()).collect();
        if file.is_empty() || judges.iter().any(String::is_empty) {
            return Err("names a file and at least one judge".to_owned());
        }
        Ok(Self { file: file.into(), judges })
    }
}

/// Imports each file into a study of its own and evaluates it for each judge.
pub fn run(workspace: &Workspace, data: &[Data]) -> Result<(), XtaskError> {
    setup::prepare(workspace, Purpose::Build)?;
    step("program: cargo build");
    workspace.cargo("build the program").args(["build", "-p", "tiebreak-cli"]).run()?;
    setup::packs(workspace, || Ok(()))?;
    let folder = workspace.target("evaluate");
    remove(&folder)?;
    fs::create_dir_all(&folder).map_err(XtaskError::file(&folder))?;
    for (number, data) in data.iter().enumerate() {
        let study = folder.join(format!("{number}.tiebreak"));
        let file =
            std::path::absolute(&data.file).map_err(XtaskError::file(Path::new(&data.file)))?;
        step(&format!("study: import {}", data.file.display()));
        tiebreak(workspace, "new").arg(&study).output()?;
        tiebreak(workspace, "import").arg(&study).arg(&file).arg("--without-files").output()?;
        for judge in &data.judges {
            say(&format!("\n== {} with {judge}\n", data.file.display()));
            tiebreak(workspace, "route").arg("evaluate").arg(&study).args(["--ai", judge]).run()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_names_its_judges() {
        let data = |file: &str, judges: &[&str]| {
            Ok(Data { file: file.into(), judges: judges.iter().map(|j| (*j).to_owned()).collect() })
        };
        for (text, expected) in [
            ("a.jsonl=gpt-4", data("a.jsonl", &["gpt-4"])),
            ("d/a.jsonl=GPT-4/CoT, reward", data("d/a.jsonl", &["GPT-4/CoT", "reward"])),
        ] {
            assert_eq!(text.parse::<Data>(), expected);
        }
        for bad in ["a.jsonl", "=x", "a.jsonl=", "a.jsonl=x,,y"] {
            assert!(bad.parse::<Data>().is_err(), "{bad}");
        }
    }
}
