//! Bradley-Terry on a million comparisons of two hundred systems, beside evalica.
//!
//! `cargo bench -p tiebreak-stats --bench leaderboard` draws the comparisons, with ties, and times
//! strengths from them: from names of systems and from numbers, a tie counting half (which is what
//! evalica has) and by Davidson. Intervals are timed apart. Evalica's share needs `TIEBREAK_PYTHON`,
//! an interpreter that has it; it is given the same comparisons, from names and with an index made
//! before. Each figure is the median of five runs, and the lowest.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a measurement prints what it found")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use std::{env, fs, hint};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_stats::leaderboard::{
    BradleyTerry, BradleyTerryOptions, Comparison, Comparisons, LeaderboardOptions, Outcome,
    TieRule, bradley_terry, leaderboard,
};
use tiebreak_stats::logistic;

const COMPARISONS: usize = 1_000_000;
const SYSTEMS: usize = 200;
const PROMPTS: u32 = 50_000;
const RUNS: usize = 5;

const EVALICA: &str = "
import statistics, sys, time
import evalica
from evalica import Winner
winner = {'F': Winner.X, 'S': Winner.Y, 'T': Winner.Draw}
xs, ys, winners = [], [], []
for line in open(sys.argv[1]):
    x, y, w = line.split()
    xs.append(x); ys.append(y); winners.append(winner[w])
xs_indexed, ys_indexed, index = evalica.indexing(xs, ys)
import numpy as np
def timed(name, run):
    times = []
    for _ in range(5):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    median, lowest = 1e3 * statistics.median(times), 1e3 * min(times)
    print(f'evalica   {name:28} {median:8.1f} ms, lowest {lowest:8.1f}, {result.iterations} iterations')
    return result
result = timed('from names', lambda: evalica.bradley_terry(xs, ys, winners))
timed('from names, indexed before', lambda: evalica.bradley_terry(xs, ys, winners, index=index))
timed('from names, tolerance 1e-12', lambda: evalica.bradley_terry(xs, ys, winners, tolerance=1e-12, limit=10000))
scores = np.log(result.scores)
scores -= scores.mean()
ours = dict(line.split() for line in open(sys.argv[2]))
most = max(abs(float(ours[name]) - score) for name, score in scores.items())
print(f'evalica   strengths differ from ours by {most:.1e} at most')
from evalica import _brzo
arguments = dict(xs=xs_indexed, ys=ys_indexed, winners=winners, weights=[1.0] * len(xs), total=len(index))
class Core:
    def __init__(self, iterations): self.iterations = iterations
try:
    timed('from numbers (its Rust core)', lambda: Core(_brzo.bradley_terry(**arguments, win_weight=1.0, tie_weight=0.5, tolerance=1e-6, limit=100)[1]))
except TypeError as error:
    print('evalica   its core was not measured:', error)
";

fn main() {
    let names: Vec<String> = (0..SYSTEMS).map(|n| format!("system-{n:03}")).collect();
    let rows = drawn();
    let pairs: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (names[row.first as usize].as_str(), names[row.second as usize].as_str()))
        .collect();
    let half = BradleyTerryOptions { ties: TieRule::Half, ..BradleyTerryOptions::default() };
    let davidson = BradleyTerryOptions { ties: TieRule::Davidson, ..half };

    let fit = |all: &Comparisons, options| bradley_terry(all, options).expect("comparisons");
    let found = timed("from names", || fit(&by_name(&pairs, &rows), half));
    let all = Comparisons::of(SYSTEMS, rows.clone()).expect("sound comparisons");
    timed("from numbers", || fit(&all, half));
    timed("from numbers, Davidson", || fit(&all, davidson));
    let intervals = |samples| {
        let options = LeaderboardOptions {
            samples,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            ..LeaderboardOptions::default()
        };
        leaderboard(&all, options).expect("comparisons").fit
    };
    timed("with sandwich intervals", || intervals(0));
    timed("and 100 bootstrap samples", || intervals(100));

    let Some(python) = env::var_os("TIEBREAK_PYTHON") else {
        println!("evalica   not measured: TIEBREAK_PYTHON is not set");
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-data");
    fs::create_dir_all(&folder).expect("a folder for the comparisons");
    let (given, ours) = (folder.join("comparisons.txt"), folder.join("strengths.txt"));
    let mut text = String::new();
    for ((first, second), row) in pairs.iter().zip(&rows) {
        let outcome = match row.outcome {
            Outcome::First => 'F',
            Outcome::Second => 'S',
            Outcome::Tie | Outcome::BothBad => 'T',
        };
        writeln!(text, "{first} {second} {outcome}").expect("text");
    }
    fs::write(&given, text).expect("the comparisons are written");
    let mut text = String::new();
    // Numbered in the order of their names.
    for (name, strength) in names_in_order(&pairs).iter().zip(&found.strengths) {
        writeln!(text, "{name} {}", strength.unwrap_or(f64::NAN)).expect("text");
    }
    fs::write(&ours, text).expect("the strengths are written");
    let theirs = Command::new(python).args(["-c", EVALICA]).arg(&given).arg(&ours).output();
    let theirs = theirs.expect("an interpreter");
    let said = if theirs.status.success() { &theirs.stdout } else { &theirs.stderr };
    println!("{}", String::from_utf8_lossy(said).trim_end());
    for file in [given, ours] {
        let _ = fs::remove_file(file);
    }
}

fn drawn() -> Vec<Comparison> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let truth: Vec<f64> = (0..SYSTEMS).map(|_| rng.random_range(-2.0..2.0)).collect();
    (0..COMPARISONS)
        .map(|_| {
            let first = rng.random_range(0..SYSTEMS);
            let second = (first + rng.random_range(1..SYSTEMS)) % SYSTEMS;
            let p = logistic(truth[first] - truth[second]);
            let outcome = match (rng.random::<f64>() < 0.2, rng.random::<f64>() < p) {
                (true, _) => Outcome::Tie,
                (false, true) => Outcome::First,
                (false, false) => Outcome::Second,
            };
            let cluster = rng.random_range(0..PROMPTS);
            let [first, second] = [first as u32, second as u32];
            Comparison { first, second, outcome, weight: 1.0, cluster }
        })
        .collect()
}

/// The names in the order in which they first come.
fn names_in_order<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<&'a str> {
    let mut numbers = HashMap::with_capacity(SYSTEMS);
    let mut order = Vec::with_capacity(SYSTEMS);
    for name in pairs.iter().flat_map(|(first, second)| [*first, *second]) {
        numbers.entry(name).or_insert_with(|| order.push(name));
    }
    order
}

/// The comparisons with systems numbered in the order in which their names first come.
fn by_name(pairs: &[(&str, &str)], rows: &[Comparison]) -> Comparisons {
    let mut numbers: HashMap<&str, u32> = HashMap::with_capacity(SYSTEMS);
    let mut numbered = Vec::with_capacity(rows.len());
    for ((first, second), row) in pairs.iter().zip(rows) {
        let next = numbers.len() as u32;
        let first = *numbers.entry(first).or_insert(next);
        let next = numbers.len() as u32;
        let second = *numbers.entry(second).or_insert(next);
        numbered.push(Comparison { first, second, ..*row });
    }
    Comparisons::of(numbers.len(), numbered).expect("sound comparisons")
}

fn timed(name: &str, run: impl Fn() -> BradleyTerry) -> BradleyTerry {
    let mut times = Vec::with_capacity(RUNS);
    let mut result = run();
    for _ in 0..RUNS {
        let start = Instant::now();
        result = hint::black_box(run());
        times.push(1e3 * start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let (median, lowest, steps) = (times[RUNS / 2], times[0], result.iterations);
    println!("tiebreak  {name:28} {median:8.1} ms, lowest {lowest:8.1}, {steps} iterations");
    result
}
