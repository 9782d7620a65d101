//! Throughput of text embedding, beside Python on the same model and the same texts, and beside
//! what the machine can do at most.
//!
//! `cargo xtask bench [FILES]`, or `cargo bench -p tiebreak-reward --bench scoring`. Python needs
//! the packages onnxruntime, tokenizers and numpy (`python3 -m pip install onnxruntime tokenizers
//! numpy`); without them only Rust is measured. Environment: TIEBREAK_BENCH_TEXTS, JSONL files of
//! pairs, separated as in PATH (default: the sample data); TIEBREAK_BENCH_PAIRS, how many of their
//! pairs (default 200, spread over the files); TIEBREAK_PYTHON, the interpreter.
//!
//! Two workloads. "Each text once" hands every contender the same distinct texts: what is compared
//! is batching. "The pairs as they are" hands them every prompt and answer of every pair, as a
//! script that scores a file would: Tiebreak embeds equal texts once, the recipes do not.
//!
//! The ceiling is the time that the encoder's matrix products take by themselves in ONNX Runtime,
//! in the same batches on as many sessions.

#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

mod ceiling;
mod python;
mod texts;

use std::error::Error;
use std::time::{Duration, Instant};

use ceiling::Ceiling;
use criterion::{Criterion, SamplingMode, Throughput};
use python::Contender;
use tiebreak_core::{Cancel, Content, Scorer as _, Usage};
use tiebreak_reward::{OpenOptions, Provider, RewardModel};

/// How often each contender works through the texts in the comparison.
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo test --benches` runs benches too, to see that they still work: one pair is enough.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let texts = texts::from_environment(if is_test { 1 } else { 200 })?;
    let options = OpenOptions { providers: Some(vec![Provider::Cpu]), ..OpenOptions::default() };
    let model = RewardModel::open_named("minilm", &options).map_err(|error| {
        format!("{error}\nThe bench needs ONNX Runtime and a pack: run `cargo xtask setup`")
    })?;
    let distinct: Vec<&str> = texts.distinct.iter().map(String::as_str).collect();
    println!(
        "{} pairs: {} texts, {} of them different",
        texts.pairs,
        texts.all.len(),
        distinct.len()
    );
    track(&model, &distinct);
    if let Some(megabytes) = peak_memory() {
        println!("peak memory so far, loading the model included: {megabytes} MB");
    }
    let ceiling = Ceiling::open(model.pack(), &distinct, &options)?;
    if is_test {
        ceiling.run()?;
        return Ok(());
    }
    let all: Vec<&str> = texts.all.iter().map(String::as_str).collect();
    for (workload, texts, ceiling) in
        [("each text once", &distinct, Some(&ceiling)), ("the pairs as they are", &all, None)]
    {
        let tokens = ceiling::lengths(model.pack(), texts)?.iter().sum();
        let size = Size { texts: texts.len(), tokens };
        println!("\n{workload}: {} texts, {tokens} tokens, median of {ROUNDS} rounds", size.texts);
        let contenders = [Contender::new("usual_python.py"), Contender::new("best_python.py")];
        compare(&model, texts, &size, contenders, ceiling)?;
    }
    ceiling.profile(model.pack(), &distinct, &options)
}

/// Measures ourselves with criterion, which compares with its last run.
fn track(model: &RewardModel, texts: &[&str]) {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("embed");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(1));
    group.bench_function("texts", |bencher| bencher.iter(|| embed(model, texts)));
    group.finish();
}

fn embed(model: &RewardModel, texts: &[&str]) -> Result<Vec<Vec<f32>>, Box<dyn Error>> {
    let contents: Vec<Content<'_>> = texts.iter().map(|&text| Content::Text(text)).collect();
    let embedded = model.embed(&contents, &Cancel::default())?;
    Ok(embedded.into_iter().collect::<Result<_, _>>()?)
}

/// Runs all contenders in turns, so that whatever else the machine does meets each of them.
fn compare(
    model: &RewardModel,
    texts: &[&str],
    size: &Size,
    mut contenders: [Contender; 2],
    ceiling: Option<&Ceiling>,
) -> Result<(), Box<dyn Error>> {
    let embeddings = embed(model, texts)?;
    let mut ours = Vec::new();
    let mut at_most = Vec::new();
    let before = model.usage();
    for _ in 0..ROUNDS {
        for contender in &mut contenders {
            let start = Instant::now();
            embed(model, texts)?;
            ours.push(start.elapsed().as_secs_f64());
            if let Some(ceiling) = ceiling {
                at_most.push(ceiling.run()?);
            }
            contender.run(&model.pack().dir, texts)?;
        }
    }
    let share = busy_share(before, model.usage(), ours.iter().sum());
    let ours = median(ours).ok_or("nothing was measured")?;
    size.report("tiebreak", ours);
    println!("  ONNX Runtime is busy {:.1} % of the time", 100.0 * share);
    if let (Some(ceiling), Some(at_most)) = (ceiling, median(at_most)) {
        println!(
            "  {:.1} % of the ceiling: the matrix products alone take {at_most:.2} s, {:.0} \
             GFLOP/s on real tokens; tiebreak reaches {:.0}",
            100.0 * at_most / ours,
            ceiling.gflop() / at_most,
            ceiling.gflop() / ours
        );
    }
    for contender in contenders {
        match contender.finish() {
            Ok(theirs) => {
                size.report(contender.script, theirs.median);
                println!(
                    "  tiebreak is {:.2} times as fast; onnxruntime {}, embeddings differ by at \
                     most {:.1e}",
                    theirs.median / ours,
                    theirs.version,
                    theirs.largest_difference(&embeddings)
                );
            }
            Err(reason) => println!("{}: not measured: {reason}", contender.script),
        }
    }
    Ok(())
}

/// What every contender works through.
struct Size {
    texts: usize,
    tokens: usize,
}

impl Size {
    fn report(&self, name: &str, seconds: f64) {
        println!(
            "{name}: {seconds:.2} s, {:.0} texts/s, {:.0} tokens/s",
            self.texts as f64 / seconds,
            self.tokens as f64 / seconds
        );
    }
}

/// The share of `seconds` that sessions spent inside ONNX Runtime, on average over them.
fn busy_share(before: Usage, after: Usage, seconds: f64) -> f64 {
    (after.busy_s - before.busy_s) / (f64::from(after.sessions) * seconds)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The most memory that this process has held, in MB, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes / 1000)
}
