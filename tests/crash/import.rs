//! `tiebreak import`, killed at any moment and repeated.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rand::Rng;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::kill::{kill, moments};
use crate::{cli, records};

const ROWS: u64 = 4_000;
const KILLS: usize = 10;
/// So many tries must be enough for that many kills in time.
const TRIES: usize = 60;

#[test]
fn a_killed_import_can_be_repeated() {
    let folder = tempdir().unwrap();
    let rows = folder.path().join("rows.jsonl");
    std::fs::write(&rows, rows_text("")).unwrap();
    let new = |name: &str| {
        let study = folder.path().join(name);
        cli::run(cli::tiebreak().arg("new").arg(&study));
        study
    };
    let undisturbed = new("undisturbed.tiebreak");
    let started = Instant::now();
    cli::run(&mut import(&undisturbed, &rows));
    let life = started.elapsed();

    let mut study = new("disturbed-0.tiebreak");
    let mut moments = moments(3);
    let mut window = life / 3;
    let mut kills = 0;
    let mut items = 0;
    let mut in_the_middle = 0;
    for round in 1..=TRIES {
        let child = import(&study, &rows).stdout(Stdio::null()).spawn().unwrap();
        sleep(moments.random_range(Duration::ZERO..window));
        let (_, was_killed) = kill(child);
        let now = tally(&study)["items"].as_u64().unwrap();
        assert!(now >= items, "an item is gone: {items} before, {now} now");
        assert_eq!(now, records::read(&study, "").len() as u64);
        kills += usize::from(was_killed);
        in_the_middle += usize::from(was_killed && now > 0 && now < ROWS);
        if kills >= KILLS && in_the_middle > 0 {
            break;
        }
        // A computer may become slower or faster meanwhile; the moments follow.
        if was_killed && now == items {
            window = window * 4 / 3;
        }
        items = now;
        if !was_killed {
            window /= 2;
            study = new(&format!("disturbed-{round}.tiebreak"));
            items = 0;
        }
    }
    assert!(kills >= KILLS && in_the_middle > 0, "{kills} kills, {in_the_middle} in the middle");

    let report = cli::run(import(&study, &rows).arg("--json"));
    let report: Value = serde_json::from_str(&report).unwrap();
    println!("{kills} kills, {in_the_middle} in the middle, then {report}");
    assert_eq!(tally(&study), tally(&undisturbed));
    assert_eq!(tally(&study)["items"], ROWS);
}

/// A large file goes into a new study as a whole or not at all.
#[test]
fn a_killed_load_of_a_large_file_leaves_nothing() {
    let folder = tempdir().unwrap();
    let rows = folder.path().join("rows.jsonl");
    let text = rows_text(&"Of that I am quite sure. ".repeat(60));
    assert!(text.len() > 5 << 20, "smaller files are not loaded so");
    std::fs::write(&rows, text).unwrap();
    let new = |name: &str| {
        let study = folder.path().join(name);
        cli::run(cli::tiebreak().arg("new").arg(&study));
        study
    };
    let undisturbed = new("undisturbed.tiebreak");
    let started = Instant::now();
    cli::run(&mut import(&undisturbed, &rows));
    let life = started.elapsed();

    let mut moments = moments(7);
    let (mut kills, mut begun) = (0, 0);
    let mut study = new("disturbed-0.tiebreak");
    for round in 1..=TRIES {
        let child = import(&study, &rows).stdout(Stdio::null()).spawn().unwrap();
        sleep(moments.random_range(Duration::ZERO..life));
        let written = folder.path().join(format!("{}-journal", name(&study))).exists();
        let (_, was_killed) = kill(child);
        let items = tally(&study)["items"].as_u64().unwrap();
        assert!(items == 0 || items == ROWS, "{items} items");
        assert_eq!(items, records::read(&study, "").len() as u64);
        kills += usize::from(was_killed);
        begun += usize::from(was_killed && written && items == 0);
        if kills >= KILLS && begun > 1 {
            break;
        }
        if items > 0 {
            study = new(&format!("disturbed-{round}.tiebreak"));
        }
    }
    assert!(kills >= KILLS && begun > 1, "{kills} kills, {begun} while it was written");
    cli::run(&mut import(&study, &rows));
    println!("{kills} kills, {begun} while it was written");
    assert_eq!(tally(&study), tally(&undisturbed));
}

fn name(study: &Path) -> String {
    study.file_name().unwrap().to_string_lossy().into_owned()
}

fn import(study: &Path, rows: &Path) -> Command {
    let mut call = cli::tiebreak();
    call.arg("import").arg(study).arg(rows);
    call
}

/// Everything that an import adds, counted.
fn tally(study: &Path) -> Value {
    let status = cli::ask("status", study);
    let annotators: Vec<_> = status["annotators"].as_array().unwrap().iter().collect();
    let judgments: Vec<_> = annotators
        .iter()
        .map(|one| json!([one["kind"], one["name"], one["pseudonym"], one["judgments"]]))
        .collect();
    json!({
        "items": status["items"],
        "human_labelled": status["human_labelled"],
        "judgments": judgments,
    })
}

/// Each row has two judgments of people and one of an AI judge; `padding` makes it longer.
fn rows_text(padding: &str) -> String {
    let mut text = String::new();
    for row in 0..ROWS {
        let row = json!({
            "id": format!("row-{row}"),
            "prompt": format!("What is {row} plus one?"),
            "response_a": format!("It is {}. {padding}", row + 1),
            "response_b": format!("About {}, give or take.", row / 10 * 10),
            "human_labels": [1, -1],
            "human_raters": [format!("rater {}", row % 7), format!("rater {}", 7 + row % 5)],
            "ai_labels": { "judge-1": 2 },
            "scale": "five",
        });
        writeln!(text, "{row}").unwrap();
    }
    text
}
