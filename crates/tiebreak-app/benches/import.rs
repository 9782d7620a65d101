//! What importing a million pairs of JSON Lines into a new study takes, beside what others take
//! to bring the same rows into a table: Python's json and sqlite3, and DuckDB's `read_json`.
//!
//! `cargo bench -p tiebreak-app --bench import` prints the median of three runs of each, with the
//! time on all processors, the greatest memory in use and the size of what was written. Each run
//! is a process of its own. BENCH_ROWS sets the number of pairs, BENCH_RUNS of runs, BENCH_DATA
//! the folder (target/bench-data), BENCH_PYTHON the interpreter (python3); what it does not have
//! is left out. Memory and time of processors are read from /proc and are missing elsewhere.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on stops, and prints what it found"
)]

/// As in the programs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[path = "common/pairs.rs"]
mod pairs;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use pairs::Pairs;
use tiebreak_app::view::StudySettings;
use tiebreak_app::{ImportOptions, Quiet, Study};

type Anything = Box<dyn std::error::Error>;

const ROWS: u64 = 1_000_000;
const RUNS: usize = 3;

/// What the loading scripts have in common: `work()` is timed, memory is the process's.
const PYTHON: &str = r#"
import json, resource, sys, time
rows, out = sys.argv[1:3]
BEGIN
started = time.perf_counter()
work()
wall = time.perf_counter() - started
use = resource.getrusage(resource.RUSAGE_SELF)
print(wall, use.ru_utime, use.ru_stime, use.ru_maxrss / 1024)
"#;

const SQLITE: &str = r#"
import sqlite3
def work():
    base = sqlite3.connect(out)
    base.execute("CREATE TABLE pair (id INTEGER PRIMARY KEY, prompt TEXT, chosen TEXT, rejected TEXT)")
    with base, open(rows, encoding="utf-8") as lines:
        parsed = map(json.loads, lines)
        base.executemany(
            "INSERT INTO pair (prompt, chosen, rejected) VALUES (:prompt, :chosen, :rejected)", parsed)
    base.close()
"#;

const DUCKDB: &str = r#"
import duckdb
def work():
    base = duckdb.connect(out)
    base.execute("SET enable_progress_bar = false")
    base.execute("CREATE TABLE pair AS SELECT * FROM read_json(?, format = 'newline_delimited')", [rows])
    base.close()
"#;

/// What a run took.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Taken {
    wall: f64,
    user: f64,
    system: f64,
    /// The greatest memory in use, in MiB.
    memory: f64,
    /// What was written, in MiB.
    written: f64,
}

fn main() -> Result<(), Anything> {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    if let (Some(rows), Some(out)) = (words.next(), words.next()) {
        return import(Path::new(&rows), Path::new(&out));
    }
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    let rows: u64 = setting("BENCH_ROWS", ROWS)?;
    let runs: usize = setting("BENCH_RUNS", RUNS)?;
    let file = folder.join(format!("pairs-{rows}.jsonl"));
    let bytes = match std::fs::metadata(&file) {
        Ok(found) => found.len(),
        Err(_) => Pairs::new(1).write(&file, rows)?,
    };
    println!("{rows} pairs, {:.0} MB", bytes as f64 / 1e6);
    println!(
        "{:<20}{:>9}{:>9}{:>9}{:>11}{:>11}",
        "", "wall s", "user s", "sys s", "MiB", "on disk"
    );
    let own = std::env::current_exe()?;
    let python = std::env::var("BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = |body: &str| {
        let mut call = Command::new(&python);
        call.arg("-c").arg(PYTHON.replace("BEGIN", body));
        call
    };
    let contenders: [(&str, &dyn Fn() -> Command); 3] = [
        ("Tiebreak", &|| Command::new(&own)),
        ("Python sqlite3", &|| script(SQLITE)),
        ("DuckDB read_json", &|| script(DUCKDB)),
    ];
    for (name, call) in contenders {
        let mut taken = Vec::new();
        for _ in 0..runs {
            match run(call(), &file, &folder)? {
                Some(one) => taken.push(one),
                None => break,
            }
        }
        taken.sort_by(|a, b| a.wall.total_cmp(&b.wall));
        match taken.get(taken.len() / 2) {
            None => println!("{name:<20}is not here"),
            Some(Taken { wall, user, system, memory, written }) => println!(
                "{name:<20}{wall:>9.2}{user:>9.2}{system:>9.2}{memory:>11.0}{written:>11.0}"
            ),
        }
    }
    Ok(())
}

/// Lets one program do the work; `None` if it cannot.
fn run(mut call: Command, rows: &Path, folder: &Path) -> Result<Option<Taken>, Anything> {
    let out = folder.join("import-bench.tiebreak");
    remove(&out);
    let output = match call.arg(rows).arg(&out).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        output => output?,
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().map_while(|word| word.parse().ok());
    let mut next = || numbers.next().unwrap_or(f64::NAN);
    let (wall, user, system, memory) = (next(), next(), next(), next());
    let written = std::fs::metadata(&out).map_or(0, |file| file.len()) as f64 / f64::from(1 << 20);
    remove(&out);
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        return Ok(None);
    }
    Ok(Some(Taken { wall, user, system, memory, written }))
}

/// One import in this process, with what it took.
fn import(rows: &Path, out: &Path) -> Result<(), Anything> {
    let study = Study::create(out, &StudySettings::default())?;
    let before = ticks();
    let started = Instant::now();
    let report = study.import(rows, &ImportOptions::default(), &Quiet::default())?;
    drop(study);
    let wall = started.elapsed().as_secs_f64();
    let [user, system] = [0, 1].map(|n| (ticks()[n] - before[n]) / 100.0);
    println!("{wall} {user} {system} {}", greatest_memory());
    println!(
        "{} rows, {} added, {} duplicates, {} skipped, {} judgments",
        report.rows,
        report.added,
        report.duplicates,
        report.skipped,
        report.human_judgments + report.ai_judgments
    );
    Ok(())
}

/// Hundredths of seconds spent so far, in the program and in the system.
fn ticks() -> [f64; 2] {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let mut fields = text.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
    [(); 2].map(|()| fields.next().and_then(|ticks| ticks.parse().ok()).unwrap_or(f64::NAN))
}

fn greatest_memory() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}

fn remove(out: &Path) {
    for ending in ["", "-wal", "-shm", "-journal", ".wal"] {
        let mut path = out.as_os_str().to_owned();
        path.push(ending);
        let _ = std::fs::remove_file(path);
    }
}

fn folder() -> PathBuf {
    std::env::var_os("BENCH_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-data"),
        PathBuf::from,
    )
}

fn setting<T: std::str::FromStr>(name: &str, default: T) -> Result<T, Anything> {
    match std::env::var(name) {
        Ok(text) => text.parse().map_err(|_| format!("{name} is {text:?}").into()),
        Err(_) => Ok(default),
    }
}
