//! `tiebreak judge --batch`: 200 judgments on standard input, killed somewhere in the middle.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tempfile::tempdir;
use tiebreak_core::{Judgment, JudgmentId, Outcome, shown_side};

use crate::cli;
use crate::kill::{kill, moments};
use crate::records::{self, Record};

const ROUNDS: usize = 20;
const JUDGMENTS: usize = 200;
/// The kill is aimed before the last of them, so that it hits the program at work.
const SPARED: usize = 20;
/// The time that one judgment takes is well within this.
const LONGEST_PAUSE: Duration = Duration::from_millis(12);
const ANSWERS: [&str; 5] = ["left", "right", "tie", "both_bad", "skip"];

#[test]
fn no_acknowledged_judgment_of_a_batch_is_missing() {
    let folder = tempdir().unwrap();
    let study = folder.path().join("batch.tiebreak");
    cli::make_study(&study, &cli::samples(), &[]);
    let mut moments = moments(1);
    let mut acknowledged = HashSet::new();
    let mut rows_before = 0;
    let mut in_the_middle = 0;
    for round in 0..ROUNDS {
        let lines: Vec<Value> = (1..=JUDGMENTS).map(|item| line(item, &mut moments)).collect();
        let acks = killed_batch(&study, &lines, &mut moments);
        in_the_middle += usize::from(acks.len() < JUDGMENTS);
        // The program itself is the first to open the file again, the test the second.
        let counted = cli::counted(&study, "Ada") as usize;
        let records = records::read(&study, "Ada");
        assert_eq!(counted, records.iter().filter(|record| record.live().is_some()).count());
        let rows: usize = records.iter().map(|record| record.chain.len()).sum();
        for (ack, line) in acks.iter().zip(&lines) {
            check(ack, line, &records);
            let id: JudgmentId = ack["judgment"].as_str().unwrap().parse().unwrap();
            assert!(acknowledged.insert(id), "each acknowledgement has its own id");
        }
        let saved: HashSet<_> =
            records.iter().flat_map(|record| &record.chain).map(|row| row.id).collect();
        let missing: Vec<_> = acknowledged.difference(&saved).collect();
        assert!(missing.is_empty(), "after round {round} these are missing: {missing:?}");
        let new = rows - rows_before;
        assert!(
            new == acks.len() || new == acks.len() + 1,
            "round {round}: {new} judgments were saved, {} acknowledged",
            acks.len()
        );
        rows_before = rows;
    }
    assert!(in_the_middle > ROUNDS / 2, "only {in_the_middle} kills hit the program at work");
    println!("{} acknowledged in {ROUNDS} rounds, {rows_before} saved", acknowledged.len());
}

/// From the second round on, most lines revise a judgment.
fn line(item: usize, moments: &mut ChaCha8Rng) -> Value {
    let answer = ANSWERS[moments.random_range(0..ANSWERS.len())];
    let is_preference = answer == "left" || answer == "right";
    json!({
        "item": format!("#{item}"),
        "answer": answer,
        "strength": is_preference.then(|| moments.random_range(0..=3)),
        "rationale": format!("reason {}", moments.random_range(0..1000)),
    })
}

/// Feeds the lines, kills the program after a random acknowledgement and a random pause, and
/// returns all that was acknowledged.
fn killed_batch(study: &Path, lines: &[Value], moments: &mut ChaCha8Rng) -> Vec<Value> {
    let mut child = cli::tiebreak()
        .args(["judge", "--batch", "--annotator", "Ada"])
        .arg(study)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for line in lines {
        writeln!(input, "{line}").unwrap();
    }
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut written = String::new();
    for _ in 0..moments.random_range(0..lines.len() - SPARED) {
        assert_ne!(output.read_line(&mut written).unwrap(), 0, "ended early: {written}");
    }
    sleep(moments.random_range(Duration::ZERO..LONGEST_PAUSE));
    // The input is still open: a program that is ahead of the kill waits for it.
    let (_, was_killed) = kill(child);
    assert!(was_killed);
    output.read_to_string(&mut written).unwrap();
    // What is not ended by a line break was cut off, and acknowledges nothing.
    let whole = written.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What was acknowledged is what is saved.
fn check(ack: &Value, line: &Value, records: &[Record]) {
    assert_eq!(ack["error"], Value::Null, "{ack}");
    let place: usize = line["item"].as_str().unwrap()[1..].parse().unwrap();
    let record = &records[place - 1];
    assert_eq!(ack["item"], record.item.id.to_string());
    let saved = record.chain.iter().find(|row| ack["judgment"] == row.id.to_string());
    let saved = saved.unwrap_or_else(|| panic!("{ack} is missing"));
    assert_eq!(line["answer"], word(saved));
    assert_eq!(line["strength"], json!(saved.strength));
    assert_eq!(line["rationale"], json!(saved.rationale));
}

fn word(judgment: &Judgment) -> &'static str {
    match judgment.outcome {
        Outcome::Preferred(candidate) => match shown_side(&judgment.shown_order, candidate) {
            Some(0) => "left",
            _ => "right",
        },
        Outcome::Ranked => "ranked",
        Outcome::Tie => "tie",
        Outcome::BothBad => "both_bad",
        Outcome::Skipped(_) => "skip",
        Outcome::Withdrawn => "withdrawn",
    }
}
