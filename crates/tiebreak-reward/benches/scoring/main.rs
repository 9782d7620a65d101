//! Throughput of text embedding, beside Python on the same model and the same texts.
//!
//! `cargo bench -p tiebreak-reward --bench scoring`. Python needs the packages onnxruntime,
//! tokenizers and numpy (`python3 -m pip install onnxruntime tokenizers numpy`); without them
//! only Rust is measured. Environment: TIEBREAK_BENCH_TEXTS, JSONL files of pairs, separated as in
//! PATH (default: the sample data); TIEBREAK_BENCH_PAIRS, how many of their pairs (default 200,
//! spread over the files); TIEBREAK_PYTHON, the interpreter.
//!
//! Two workloads. "Each text once" hands every contender the same distinct texts: what is compared
//! is batching. "The pairs as they are" hands them every prompt and answer of every pair, as a
//! script that scores a file would: Tiebreak embeds equal texts once, the recipes do not.

#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

mod python;
mod texts;

use std::error::Error;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, Throughput};
use python::Contender;
use tiebreak_core::{Cancel, Scorer as _};
use tiebreak_reward::{OpenOptions, Pack, Provider, RewardModel};
use tokenizers::{Tokenizer, TruncationParams};

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
    if is_test {
        return Ok(());
    }
    let all: Vec<&str> = texts.all.iter().map(String::as_str).collect();
    for (workload, texts) in [("each text once", distinct), ("the pairs as they are", all)] {
        let size = Size { texts: texts.len(), tokens: count_tokens(model.pack(), &texts)? };
        println!(
            "\n{workload}: {} texts, {} tokens, median of {ROUNDS} rounds",
            size.texts, size.tokens
        );
        let contenders = [Contender::new("usual_python.py"), Contender::new("best_python.py")];
        compare(&model, &texts, &size, contenders)?;
    }
    Ok(())
}

/// Measures ourselves with criterion, which compares with its last run.
fn track(model: &RewardModel, texts: &[&str]) {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("embed");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(1));
    group.bench_function("texts", |bencher| {
        bencher.iter(|| model.embed(texts, &Cancel::default()));
    });
    group.finish();
}

/// Runs all contenders in turns, so that whatever else the machine does meets each of them.
fn compare(
    model: &RewardModel,
    texts: &[&str],
    size: &Size,
    mut contenders: [Contender; 2],
) -> Result<(), Box<dyn Error>> {
    let embeddings = model.embed(texts, &Cancel::default())?;
    let mut ours = Vec::new();
    for _ in 0..ROUNDS {
        for contender in &mut contenders {
            let start = Instant::now();
            model.embed(texts, &Cancel::default())?;
            ours.push(start.elapsed().as_secs_f64());
            contender.run(&model.pack().dir, texts)?;
        }
    }
    let ours = median(ours).ok_or("nothing was measured")?;
    size.report("tiebreak", ours);
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

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn count_tokens(pack: &Pack, texts: &[&str]) -> Result<usize, Box<dyn Error>> {
    let mut tokenizer = Tokenizer::from_file(&pack.tokenizer).map_err(|e| e.to_string())?;
    let truncation =
        TruncationParams { max_length: pack.manifest.max_length, ..TruncationParams::default() };
    tokenizer.with_padding(None).with_truncation(Some(truncation)).map_err(|e| e.to_string())?;
    let mut tokens = 0;
    for text in texts {
        tokens += tokenizer.encode_fast(*text, true).map_err(|e| e.to_string())?.len();
    }
    Ok(tokens)
}
