//! Exporting a labelled study, beside what turns the same rows from JSON Lines into Parquet with
//! DuckDB.
//!
//! `cargo bench -p tiebreak-app --bench export` makes `TIEBREAK_BENCH_PAIRS` pairs (a million by
//! default) in target/bench-data or `BENCH_DATA`, imports them into a study once, and exports that
//! as Parquet (zstd) and as JSON Lines, each in a process of its own, so that the most memory that
//! it held is its own. DuckDB's share needs `TIEBREAK_PYTHON`, an interpreter with `duckdb`; it
//! reads the imported file and writes the same formats with as many threads.
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
use std::{env, fs};

use pairs::Pairs;
use tiebreak_app::view::StudySettings;
use tiebreak_app::{ExportRequest, ImportOptions, LabelChoice, Quiet, Study};

type Anything = Box<dyn std::error::Error>;

/// Names the export that a process of its own is to make.
const ONE: &str = "TIEBREAK_BENCH_EXPORT";

/// What is compared, as our format and container, and as DuckDB names it.
const CASES: [(&str, &str); 2] =
    [("parquet", "(FORMAT parquet, COMPRESSION zstd)"), ("jsonl", "(FORMAT json)")];

const DUCKDB: &str = "
import os, resource, sys, time
import duckdb
source, target, form = sys.argv[1:]
connection = duckdb.connect(config={'threads': os.cpu_count()})
start = time.perf_counter()
connection.execute(f\"COPY (SELECT * FROM read_json('{source}', format='newline_delimited')) TO '{target}' {form}\")
took = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f'{took:.2f} s, {peak:.0f} MB of memory, {os.path.getsize(target) / 1e6:.0f} MB of files')
";

fn main() -> Result<(), Anything> {
    let data = env::var_os("BENCH_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-data"),
        PathBuf::from,
    );
    fs::create_dir_all(&data)?;
    let pairs: u64 = env::var("TIEBREAK_BENCH_PAIRS").map_or(Ok(1_000_000), |n| n.parse())?;
    let rows = data.join(format!("pairs-{pairs}.jsonl"));
    let study = data.join(format!("pairs-{pairs}.tiebreak"));
    if let Ok(container) = env::var(ONE) {
        return export(&study, &data.join("exported"), &container);
    }
    if !rows.exists() {
        Pairs::new(1).write(&rows, pairs)?;
    }
    if !study.exists() {
        let started = Instant::now();
        let made = Study::create(&study, &StudySettings::default())?;
        made.import(&rows, &ImportOptions::default(), &Quiet::default())?;
        println!("imported {pairs} pairs in {:.1} s", started.elapsed().as_secs_f64());
    }
    for (container, form) in CASES {
        let ours = Command::new(env::current_exe()?).env(ONE, container).output()?;
        print!("{container:8} tiebreak  {}", String::from_utf8_lossy(&ours.stdout));
        if !ours.status.success() {
            return Err(String::from_utf8_lossy(&ours.stderr).into_owned().into());
        }
        let Some(python) = env::var_os("TIEBREAK_PYTHON") else {
            println!("{container:8} duckdb    not measured: TIEBREAK_PYTHON is not set");
            continue;
        };
        let target = data.join(format!("duckdb.{container}"));
        let theirs =
            Command::new(python).args(["-c", DUCKDB]).arg(&rows).arg(&target).arg(form).output()?;
        let said = if theirs.status.success() { &theirs.stdout } else { &theirs.stderr };
        println!("{container:8} duckdb    {}", String::from_utf8_lossy(said).trim_end());
        let _ = fs::remove_file(target);
    }
    Ok(())
}

/// Exports the study and says what it took.
fn export(study: &Path, folder: &Path, container: &str) -> Result<(), Anything> {
    let study = Study::open(study)?;
    let mut request = ExportRequest::new("trl", LabelChoice::Human)?;
    request.container = Some(container.parse()?);
    let started = Instant::now();
    let report = study.export(folder, &request, &Quiet::default())?;
    let took = started.elapsed().as_secs_f64();
    let peak = peak_memory().map_or_else(|| "?".to_owned(), |mb| format!("{mb:.0}"));
    println!("{took:.2} s, {peak} MB of memory, {:.0} MB of files", report.bytes / 1e6);
    fs::remove_dir_all(folder)?;
    Ok(())
}

/// The most memory that this process held, in MB, where the system tells.
fn peak_memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
