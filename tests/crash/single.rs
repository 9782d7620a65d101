//! `tiebreak judge`: one process for each judgment, killed at any point of its short life.

use std::collections::HashSet;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

use rand::Rng;
use serde_json::Value;
use tempfile::tempdir;

use crate::kill::{kill, moments};
use crate::{cli, records};

const KILLS: usize = 10;
/// So many tries must be enough for that many kills in time.
const TRIES: usize = 100;

#[test]
fn no_acknowledged_judgment_of_a_single_call_is_missing() {
    let folder = tempdir().unwrap();
    let study = folder.path().join("single.tiebreak");
    cli::make_study(&study, &cli::samples(), &[]);
    let judge = || {
        let mut call: Command = cli::tiebreak();
        call.args(["--json", "judge", "--annotator", "Ada", "--answer", "left"]).arg(&study);
        call
    };
    let started = Instant::now();
    let first = cli::run(&mut judge());
    let life = started.elapsed();
    let mut acknowledged = HashSet::from([id(&first).unwrap()]);
    let mut moments = moments(2);
    let mut rows_before = 1;
    let mut kills = 0;
    for _ in 0..TRIES {
        let child = judge().stdout(Stdio::piped()).spawn().unwrap();
        // The first part of its life goes by before the file is open.
        sleep(moments.random_range(life / 4..life * 5 / 4));
        let (written, was_killed) = kill(child);
        let ack = id(&written);
        assert!(ack.is_some() || was_killed, "a call that ends in peace acknowledges: {written}");
        let records = records::read(&study, "Ada");
        let saved: HashSet<_> = records
            .iter()
            .flat_map(|record| &record.chain)
            .map(|judgment| judgment.id.to_string())
            .collect();
        let acks = usize::from(ack.is_some());
        acknowledged.extend(ack);
        let missing: Vec<_> = acknowledged.difference(&saved).collect();
        assert!(missing.is_empty(), "these are missing: {missing:?}");
        let new = saved.len() - rows_before;
        assert!(new == acks || (was_killed && new == 1), "{new} saved, {acks} acknowledged");
        // Without a routing the queue is the study's order: each went to the next item.
        assert!(records[..saved.len()].iter().all(|record| record.chain.len() == 1));
        rows_before = saved.len();
        kills += usize::from(was_killed);
        if kills == KILLS {
            break;
        }
    }
    assert_eq!(kills, KILLS, "of {TRIES} calls so many were killed in time");
    assert_eq!(cli::counted(&study, "Ada"), rows_before as u64);
    println!("{} acknowledged, {rows_before} saved", acknowledged.len());
}

/// The judgment that an answer acknowledges; none if the answer was cut off.
fn id(answer: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    Some(answer["judgment"].as_str().unwrap().to_owned())
}
