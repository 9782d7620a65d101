//! `tiebreak route`, killed at any moment: the routing that was in force stays so until another is
//! whole, and what was left half done is gone after the next.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use rand::Rng;
use tempfile::tempdir;
use tiebreak_core::PolicyRunId;
use tiebreak_store::{Store, StoreError};

use crate::cli;
use crate::kill::{kill, moments};

const ITEMS: usize = 4000;
const KILLS: u64 = 12;

#[test]
fn a_killed_routing_leaves_the_one_before_in_force() {
    let folder = tempdir().unwrap();
    let rows = folder.path().join("rows.jsonl");
    // A judge that came with the data labels the AI's share: no model is needed.
    let text: String = (0..ITEMS)
        .map(|n| {
            format!(
                "{{\"id\":\"{n}\",\"prompt\":\"q {n}\",\"response_a\":\"a {n}\",\
                 \"response_b\":\"b {n}\",\"ai_labels\":{{\"judge\":{}}}}}\n",
                if n % 3 == 0 { 2 } else { -2 }
            )
        })
        .collect();
    std::fs::write(&rows, text).unwrap();
    let study = folder.path().join("s.tiebreak");
    cli::make_study(&study, &rows, &[]);
    let begun = Instant::now();
    cli::run(&mut route(&study, 0));
    let life = begun.elapsed();
    let mut moments = moments(5);
    let mut before = whole(&study);
    let mut half = 0;
    for seed in 1..=KILLS {
        let known = unfinished(&study);
        let mut child = route(&study, seed).stdout(Stdio::null()).spawn().unwrap();
        // It writes from the moment on that a run is begun.
        while unfinished(&study).is_subset(&known) && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        sleep(moments.random_range(Duration::ZERO..life / 4));
        let (_, was_killed) = kill(child);
        let now = whole(&study);
        if was_killed && now == before {
            half += usize::from(!unfinished(&study).is_empty());
        }
        before = now;
    }
    println!("{half} of {KILLS} kills left half a routing; undisturbed {life:?}");
    assert!(half > 0, "no kill hit a program that was writing");
    cli::run(&mut route(&study, 99));
    assert_ne!(whole(&study), before);
    let left = unfinished(&study).len();
    assert!(left >= half, "another program may be writing them: they go after an hour");
}

/// Runs that were begun and are not whole.
fn unfinished(study: &Path) -> HashSet<PolicyRunId> {
    let store = Store::open(study).unwrap();
    let soon = SystemTime::now() + Duration::from_secs(60);
    store.read(|reader| reader.obsolete_runs(soon.into())).unwrap().into_iter().collect()
}

/// The routing in force, which has a side for every item.
fn whole(study: &Path) -> PolicyRunId {
    let store = Store::open(study).unwrap();
    let (run, (human, ai)) = store
        .read(|reader| {
            let run = reader.current_run_id()?.unwrap();
            Ok::<_, StoreError>((run, reader.route_counts(run)?))
        })
        .unwrap();
    assert_eq!((human + ai) as usize, ITEMS, "a routing in force is whole");
    run
}

fn route(study: &Path, seed: u64) -> Command {
    let mut command = cli::tiebreak();
    command.arg("route").arg(study).args(["--budget", "30%", "--policy", "random"]);
    command.args(["--ai", "judge", "--seed", &seed.to_string()]);
    command
}
