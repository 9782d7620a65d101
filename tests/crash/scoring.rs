//! `tiebreak score` with the real reward model, killed at any moment and started again: each
//! candidate is scored exactly once, and the numbers are those of an undisturbed run.
//!
//! `TIEBREAK_CANDIDATES=20000 cargo nextest run -p tiebreak-tests --test crash scoring` does it
//! with 20,000 candidates instead of 3,000.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rand::Rng;
use serde_json::json;
use tempfile::tempdir;
use tiebreak_core::Modality;
use tiebreak_store::{ScoringRun, Store, StoreError};

use crate::cli;
use crate::kill::{kill, moments};

/// By default; two an item.
const CANDIDATES: u64 = 3_000;
/// Items of texts that are committed together.
const CHUNK: u32 = 512;

#[test]
fn a_killed_scoring_goes_on_and_scores_each_candidate_once() {
    let candidates: u64 = std::env::var("TIEBREAK_CANDIDATES")
        .map_or(CANDIDATES, |number| number.parse().expect("TIEBREAK_CANDIDATES is a number"));
    let items = candidates / 2;
    let folder = tempdir().unwrap();
    let rows = folder.path().join("rows.jsonl");
    std::fs::write(&rows, rows_text(items)).unwrap();
    let [undisturbed, disturbed] =
        ["undisturbed", "disturbed"].map(|name| folder.path().join(format!("{name}.tiebreak")));
    for study in [&undisturbed, &disturbed] {
        cli::make_study(study, &rows, &[]);
    }
    let started = Instant::now();
    cli::run(&mut score(&undisturbed));
    let life = started.elapsed();
    let expected = read(&undisturbed);
    assert_eq!(expected.scores.len() as u64, candidates);

    let mut moments = moments(4);
    let chunk = life / (items as u32 / CHUNK).max(1);
    // Before anything is committed, while the model is loaded or the first chunk is at work.
    let child = score(&disturbed).stdout(Stdio::null()).spawn().unwrap();
    sleep(moments.random_range(Duration::ZERO..chunk));
    kill(child);
    let (mut kills, mut before) = (0, read(&disturbed).scores.len());
    loop {
        let mut child = score(&disturbed).stdout(Stdio::null()).spawn().unwrap();
        // At any moment of the half chunk that follows the next one to be committed.
        let is_at_work = wait_for_scores(&disturbed, before, &mut child);
        sleep(moments.random_range(Duration::ZERO..chunk / 2));
        let (_, was_killed) = kill(child);
        let now = read(&disturbed);
        let scored = now.scores.len();
        assert!(scored >= before, "scores are gone: {before} before, {scored} now");
        now.check();
        if !is_at_work || !was_killed {
            break;
        }
        kills += 1;
        before = scored;
    }
    assert!(kills > 0, "no kill hit a program that had scored a part");
    cli::run(&mut score(&disturbed));
    let found = read(&disturbed);
    found.check();
    println!("{kills} kills, {} runs, undisturbed {life:?}", found.runs.len());
    assert_eq!(found.scores, expected.scores, "the same numbers, to the last bit");
    assert_eq!(found.counted(), (items, candidates), "each was scored once");
    // Once more: nothing is left to do.
    cli::run(&mut score(&disturbed));
    assert_eq!(read(&disturbed).runs, found.runs);
}

/// Waits until more is scored than before; false if the program ended before that.
fn wait_for_scores(study: &Path, before: usize, child: &mut Child) -> bool {
    let store = Store::open(study).unwrap();
    let scored = || {
        store.read(|reader| {
            let model = reader.model_in_force(Modality::Text)?;
            Ok::<_, StoreError>(match model {
                Some(model) => reader.scored_count(model.id)? as usize,
                None => 0,
            })
        })
    };
    while 2 * scored().unwrap() <= before {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        sleep(Duration::from_millis(5));
    }
    true
}

fn score(study: &Path) -> Command {
    let mut call = cli::tiebreak();
    call.args(["--json", "score", "--provider", "cpu"]).arg(study);
    call
}

/// What is in a study file of scores.
struct Scores {
    /// By imported id and position: the score, and for the first candidate the margin.
    scores: BTreeMap<(String, u32), (f64, Option<f64>)>,
    runs: Vec<ScoringRun>,
}

impl Scores {
    /// Items and candidates that the runs say they scored.
    fn counted(&self) -> (u64, u64) {
        let sum = |of: fn(&ScoringRun) -> u64| self.runs.iter().map(of).sum();
        (sum(|run| run.items), sum(|run| run.candidates))
    }

    /// The runs are committed with the scores: they agree at any moment.
    fn check(&self) {
        let margins = self.scores.values().filter(|(_, margin)| margin.is_some()).count() as u64;
        assert_eq!(self.counted(), (margins, self.scores.len() as u64));
    }
}

fn read(study: &Path) -> Scores {
    let store = Store::open(study).unwrap();
    let read = store.read(|reader| {
        let mut found = Scores { scores: BTreeMap::new(), runs: Vec::new() };
        let Some(model) = reader.model_in_force(Modality::Text)? else { return Ok(found) };
        found.runs = reader.scoring_runs(model.id)?;
        let mut after = Some(0);
        while let Some(start) = after {
            let page = reader.items_after(start, 500)?;
            after = page.next;
            for item in page.items {
                let name = item.external_id.clone().unwrap();
                let mut margin = reader.pair_preference(model.id, item.id)?.map(|pair| pair.margin);
                let scores: BTreeMap<_, _> =
                    reader.scores(model.id, item.id)?.into_iter().collect();
                for candidate in &item.candidates {
                    if let Some(score) = scores.get(&candidate.id) {
                        let key = (name.clone(), candidate.position);
                        found.scores.insert(key, (*score, margin.take()));
                    }
                }
            }
        }
        Ok::<_, StoreError>(found)
    });
    read.unwrap()
}

/// Answers of different lengths; prompts return.
fn rows_text(items: u64) -> String {
    let mut text = String::new();
    for row in 0..items {
        let words = ["rain", "stone", "letter", "engine", "orchard", "window", "river"];
        let word = |n: u64| words[(n % 7) as usize];
        let long: Vec<_> = (0..row % 23).map(|n| word(row + n * n)).collect();
        let row = json!({
            "id": format!("row-{row}"),
            "prompt": format!("Tell me of {} number {}.", word(row), row / 4),
            "response_a": format!("{row}: a {} by a {}. {}", word(row), word(row / 7), long.join(" ")),
            "response_b": format!("It is the {} of {row}.", word(row / 3)),
        });
        writeln!(text, "{row}").unwrap();
    }
    text
}
