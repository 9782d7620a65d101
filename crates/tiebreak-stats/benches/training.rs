//! The mathematics of `train`: cross-validation along a path of eight penalties in five folds, and
//! an ensemble of eight, on pairs drawn from a linear model, single-threaded and on two threads.
//! Beside it, once and in the same run, scikit-learn's LogisticRegressionCV on the same
//! differences, if Python has it (name another interpreter in `TIEBREAK_PYTHON`).
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use criterion::{Criterion, criterion_group, criterion_main};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_core::Cancel;
use tiebreak_stats::{
    FitOptions, JudgedPairs, Progress, Shares, Ties, cross_validate, fit_ensemble, grouped_folds,
    logistic,
};

const PAIRS: usize = 10_000;
/// An embedding, and the second feature set of texts on such embeddings.
const WIDTHS: [usize; 2] = [384, 781];
const PENALTIES: [f64; 8] = [100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03];
const FOLDS: usize = 5;
const MEMBERS: usize = 8;

struct Drawn {
    pairs: JudgedPairs,
    prompts: Vec<usize>,
    folds: Vec<usize>,
}

/// Four pairs a prompt; features are correlated, as those of an embedding are.
fn drawn(dim: usize) -> Drawn {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let truth: Vec<f64> = (0..dim).map(|_| rng.random_range(-0.3..0.3)).collect();
    let mut pairs = JudgedPairs::new(dim);
    for _ in 0..PAIRS {
        let common: f32 = rng.random_range(-1.0..1.0);
        let difference: Vec<f32> =
            (0..dim).map(|_| 0.5 * common + rng.random_range(-1.0_f32..1.0)).collect();
        let margin: f64 = truth.iter().zip(&difference).map(|(w, x)| w * f64::from(*x)).sum();
        let first = rng.random::<f64>() < logistic(margin);
        let shares = if first { Shares::FIRST } else { Shares::SECOND };
        pairs.push(&difference, &vec![0.0; dim], shares, 1.0);
    }
    pairs.check().unwrap();
    let prompts: Vec<usize> = (0..PAIRS).map(|i| i / 4).collect();
    let folds = grouped_folds(&prompts, FOLDS, 1);
    Drawn { pairs, prompts, folds }
}

/// Returns fits that did not converge.
fn train(drawn: &Drawn, ties: Ties, threads: usize) -> usize {
    let Drawn { pairs, prompts, folds } = drawn;
    let cancel = Cancel::default();
    let progress = Progress { cancel: &cancel, fitted: &|| (), threads };
    let options = FitOptions { ties, ..FitOptions::default() };
    let found = cross_validate(pairs, &pairs.shares, folds, &PENALTIES, options, progress).unwrap();
    let chosen = FitOptions { penalty: found.penalty, ..options };
    let members = fit_ensemble(pairs, prompts, MEMBERS, 2, chosen, progress).unwrap();
    let path: usize = found.tried.iter().map(|tried| FOLDS - tried.converged).sum();
    path + members.iter().filter(|member| !member.converged).count()
}

fn training(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("training");
    group.sample_size(10).warm_up_time(Duration::from_millis(1));
    for dim in WIDTHS {
        let drawn = drawn(dim);
        for (name, ties) in [("half", Ties::Half), ("davidson", Ties::Davidson)] {
            let began = Instant::now();
            let failed = train(&drawn, ties, 2);
            println!(
                "{PAIRS} pairs of {dim} features, ties {name}, 2 threads: {:.2} s, {failed} fits \
                 of {} did not converge",
                began.elapsed().as_secs_f64(),
                PENALTIES.len() * FOLDS + MEMBERS
            );
        }
        group.bench_function(format!("{PAIRS} x {dim}, half, 2 threads"), |bencher| {
            bencher.iter(|| train(&drawn, Ties::Half, 2));
        });
        beside_python(&drawn);
    }
    group.finish();
}

fn beside_python(drawn: &Drawn) {
    let folder = env::temp_dir().join(format!("tiebreak-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let floats: Vec<u8> = drawn.pairs.differences.iter().flat_map(|x| x.to_le_bytes()).collect();
    fs::write(folder.join("differences"), floats).unwrap();
    let labels: Vec<u8> =
        drawn.pairs.shares.iter().map(|shares| u8::from(shares.first > 0.5)).collect();
    fs::write(folder.join("labels"), labels).unwrap();
    let folds: Vec<u8> = drawn.folds.iter().map(|fold| *fold as u8).collect();
    fs::write(folder.join("folds"), folds).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/logistic_regression_cv.py");
    let interpreter = env::var("TIEBREAK_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let penalties: Vec<String> = PENALTIES.iter().map(f64::to_string).collect();
    let ran = Command::new(&interpreter)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(script)
        .arg(&folder)
        .arg(penalties.join(","))
        .output();
    fs::remove_dir_all(&folder).unwrap();
    match ran {
        Ok(output) if output.status.success() => {
            print!("{}", String::from_utf8_lossy(&output.stdout));
        }
        _ => println!("scikit-learn: {interpreter} cannot import it"),
    }
}

criterion_group!(benches, training);
criterion_main!(benches);
