//! What passes in the core between the key press that answers a comparison and the next one: a
//! judgment is saved, and another comparison is handed out, as the window does it with three
//! comparisons held in advance. Both are on disk when they return.
//!
//! `cargo bench -p tiebreak-app --bench queue` prints median and 99th percentile for studies of a
//! thousand, a hundred thousand and a million items, new ones and ones in which the annotator has
//! answered ten thousand. Studies are made once, in target/bench-data or BENCH_DATA. What flushing a file to
//! this disk takes is measured beside it.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on stops, and prints what it found"
)]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::Map;
use tiebreak_app::view::{Answer, AnswerView, ComparisonView, JudgmentInput, StudySettings};
use tiebreak_app::{AnnotatorSession, Study};
use tiebreak_core::{
    AnnotatorKind, Budget, CandidateContent, CandidateDraft, CandidateId, ItemDraft, ItemId,
    Judgment, JudgmentId, Modality, Origin, Outcome, PolicyRun, PolicyRunId, Presentation, Prompt,
    Route, RoutePurpose, RunCause,
};
use tiebreak_store::{NewItem, Store};
use uuid::Uuid;

type Anything = Box<dyn std::error::Error>;

/// Comparisons that the window holds beside the one on the screen.
const HELD: usize = 3;

const WORDS: &str = "a longer answer that goes on for a line or two, as answers do ";

#[derive(Clone, Copy)]
struct Case {
    items: u128,
    judged: u128,
    routed: bool,
}

const CASES: [Case; 6] = [
    Case { items: 1_000, judged: 0, routed: false },
    Case { items: 100_000, judged: 0, routed: false },
    Case { items: 1_000_000, judged: 0, routed: false },
    Case { items: 100_000, judged: 10_000, routed: true },
    Case { items: 1_000_000, judged: 10_000, routed: false },
    Case { items: 1_000_000, judged: 10_000, routed: true },
];

impl Case {
    fn name(self) -> String {
        let routed = if self.routed { "-routed" } else { "" };
        format!("{}-items-{}-judged{routed}", self.items, self.judged)
    }
}

/// Ids that look like those of an import: in order, for items; scattered, for candidates.
fn item_id(n: u128) -> ItemId {
    ItemId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n))
}

fn candidate_id(n: u128, k: u128) -> CandidateId {
    let hash = tiebreak_core::ContentHash::of(&(2 * n + k).to_le_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    CandidateId::new(Uuid::from_bytes(bytes))
}

fn draft(n: u128) -> ItemDraft {
    let answer = |k: u128| CandidateContent::Text(format!("{n} {k} {}", WORDS.repeat(4)));
    ItemDraft {
        external_id: Some(n.to_string()),
        modality: Modality::Text,
        prompt: Prompt::Text(format!("prompt {n} {WORDS}")),
        context: None,
        tags: Vec::new(),
        source: Some("bench".to_owned()),
        split: None,
        gold: None,
        metadata: Map::new(),
        follows: None,
        candidates: [0, 1].map(|k| CandidateDraft::new(answer(k), None)).to_vec(),
    }
}

/// A study of so many items, made once.
fn base(items: u128) -> Result<PathBuf, Anything> {
    made(&format!("{items}-items"), |path| {
        drop(Study::create(path, &StudySettings::default())?);
        let store = Store::open(path)?;
        let all: Vec<u128> = (1..=items).collect();
        for batch in all.chunks(5000) {
            store.write(|writer| {
                batch.iter().try_for_each(|&n| {
                    let new = NewItem {
                        id: item_id(n),
                        candidates: vec![candidate_id(n, 0), candidate_id(n, 1)],
                        draft: &draft(n),
                        imported_at: Utc::now(),
                    };
                    writer.insert_item(&new).map(drop)
                })
            })?;
        }
        Ok(())
    })
}

/// Where studies are made: BENCH_DATA, for example on another disk, or target/bench-data.
fn folder() -> PathBuf {
    std::env::var_os("BENCH_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-data"),
        PathBuf::from,
    )
}

/// The study file of this name, made under another one until it is whole.
fn made(name: &str, make: impl FnOnce(&Path) -> Result<(), Anything>) -> Result<PathBuf, Anything> {
    let made = folder().join(format!("{name}.tiebreak"));
    if !made.exists() {
        std::fs::create_dir_all(folder())?;
        let unfinished = folder().join("unfinished.tiebreak");
        let _ = std::fs::remove_file(&unfinished);
        make(&unfinished)?;
        std::fs::rename(&unfinished, &made)?;
    }
    Ok(made)
}

/// Routes and judges a copy of a study.
fn label(path: &Path, case: Case) -> Result<(), Anything> {
    let now: DateTime<Utc> = Utc::now();
    let who = Study::open(path)?.sign_in("bench")?.annotator.id;
    let store = Store::open(path)?;
    if case.routed {
        let run = PolicyRun {
            id: PolicyRunId::new(Uuid::now_v7()),
            policy: "bench".to_owned(),
            used: "bench".to_owned(),
            ai: PolicyRun::REWARD.to_owned(),
            cause: RunCause::Asked,
            last_judgment: None,
            budget: Budget::Percent(100.0),
            seed: 1,
            reward_models: Vec::new(),
            parameters: Map::new(),
            ran_at: now,
        };
        // A queue that is not in the order of the study: 7919 is prime to every size here.
        let routes: Vec<Route> = (0..case.items)
            .map(|n| Route {
                item: item_id(n * 7919 % case.items + 1),
                to: AnnotatorKind::Human,
                predicted_gain: Some(0.5),
                rank: n as u32,
                reason: "bench".to_owned(),
                purpose: RoutePurpose::Policy,
            })
            .collect();
        store.write(|writer| writer.insert_run(&run, &routes))?;
    }
    let queued = |n: u128| if case.routed { n * 7919 % case.items + 1 } else { n + 1 };
    let judged: Vec<u128> = (0..case.judged).map(queued).collect();
    for batch in judged.chunks(1000) {
        store.write(|writer| {
            batch.iter().try_for_each(|&n| {
                let pair = [candidate_id(n, 0), candidate_id(n, 1)];
                let lead = writer.side_lead(who)?;
                let shown = Presentation::choose(7, item_id(n), who, &pair, lead);
                writer.hand_out(&shown, now)?;
                let id = JudgmentId::new(Uuid::now_v7());
                writer
                    .append_judgment(&Judgment {
                        shown_order: shown.order.clone(),
                        order_seed: Some(shown.seed),
                        submitted_at: Some(now),
                        active_ms: Some(9000),
                        ..Judgment::new(
                            id,
                            item_id(n),
                            who,
                            Origin::Annotated,
                            Outcome::Preferred(pair[0]),
                        )
                    })
                    .map(drop)
            })
        })?;
    }
    Ok(())
}

/// An annotator at work on a copy of a study.
struct Desk {
    study: Study,
    who: AnnotatorSession,
    held: Vec<ComparisonView>,
}

impl Desk {
    fn open(case: Case) -> Result<Self, Anything> {
        let source = match case.judged {
            0 => base(case.items)?,
            _ => made(&case.name(), |path| {
                std::fs::copy(base(case.items)?, path)?;
                label(path, case)
            })?,
        };
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder().join(format!("copy.tiebreak{ending}")));
        }
        let copy = folder().join("copy.tiebreak");
        std::fs::copy(&source, &copy)?;
        File::open(&copy)?.sync_all()?;
        let study = Study::open(&copy)?;
        let who = study.sign_in("bench")?;
        let start = Instant::now();
        let progress = study.progress(&who)?;
        let counted = start.elapsed();
        let start = Instant::now();
        let held = study.next_comparisons(&who, HELD + 1, &[])?;
        println!(
            "{}: first count of {} waiting {counted:.1?}, first hand-out {:.1?}",
            case.name(),
            progress.waiting,
            start.elapsed()
        );
        Ok(Self { study, who, held })
    }

    /// Answers the comparison on the screen and gets another one; says how long both took, or
    /// `None` when there is none left.
    fn step(&mut self) -> Result<Option<Duration>, Anything> {
        if self.held.is_empty() {
            return Ok(None);
        }
        let shown = self.held.remove(0);
        let candidate = shown.candidates[0].id.clone();
        let input = JudgmentInput {
            item: shown.item,
            given: AnswerView {
                strength: Some(2),
                ..AnswerView::new(Answer::Preferred { candidate })
            },
            listening: Vec::new(),
            shown_at: Some(Utc::now().to_rfc3339()),
            active_ms: Some(9000),
        };
        let exclude: Vec<String> = self.held.iter().map(|view| view.item.clone()).collect();
        let start = Instant::now();
        self.study.submit(&self.who, &input)?;
        let next = self.study.next_comparisons(&self.who, 1, &exclude)?;
        let took = start.elapsed();
        self.held.extend(next);
        Ok(Some(took))
    }
}

fn print(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    println!(
        "{name}: {} times, median {:.2?}, p99 {:.2?}, largest {:.2?}",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn submit_and_next(criterion: &mut Criterion) {
    for case in CASES {
        let mut times = Vec::new();
        // Opened within the first measurement, so that a case that is filtered out is not made,
        // and anew whenever every comparison is answered.
        let mut desk = None;
        criterion.bench_function(&case.name(), |bencher| {
            if desk.is_none() {
                desk = Some(Desk::open(case).expect("a study"));
            }
            bencher.iter_custom(|iterations| {
                let mut sum = Duration::ZERO;
                for _ in 0..iterations {
                    let took = loop {
                        match desk.as_mut().and_then(|desk| desk.step().expect("a step")) {
                            Some(took) => break took,
                            None => desk = Some(Desk::open(case).expect("a study")),
                        }
                    };
                    times.push(took);
                    sum += took;
                }
                sum
            });
        });
        if !times.is_empty() {
            print(&case.name(), times);
        }
    }
}

/// What the disk takes to keep 4 KiB.
fn flush(criterion: &mut Criterion) {
    std::fs::create_dir_all(folder()).expect("a folder");
    let mut file = File::create(folder().join("flush")).expect("a file");
    let mut times = Vec::new();
    criterion.bench_function("flush-4-kib", |bencher| {
        bencher.iter_custom(|iterations| {
            let mut sum = Duration::ZERO;
            for _ in 0..iterations {
                let start = Instant::now();
                file.write_all(&[7; 4096]).expect("written");
                file.sync_data().expect("flushed");
                times.push(start.elapsed());
                sum += start.elapsed();
            }
            sum
        });
    });
    if !times.is_empty() {
        print("flush-4-kib", times);
    }
}

criterion_group! {
    name = queue;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(10));
    targets = flush, submit_and_next
}
criterion_main!(queue);
