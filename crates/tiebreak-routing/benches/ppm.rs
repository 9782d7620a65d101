//! The performance prediction model on 10,000 instances of cached features: 202 mixes, the
//! measured quality of each, the models of first and second degree, and 500 simulated candidates
//! for one budget. The aim is 60 seconds on two cores.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_core::Cancel;
use tiebreak_routing::{
    Mix, PerformanceKind, PerformanceModel, ProxyPairs, ProxyStudy, Shrinkage, draw_mixes,
};
use tiebreak_stats::Progress;

const INSTANCES: usize = 10_000;
/// The second feature set of texts on embeddings of 384.
const DIM: usize = 781;
/// Ninety of the paper, and three more.
const TAGS: usize = 93;
/// What a third of the instances with this tag suffer: the AI's label is wrong.
const HARD: u16 = 17;
const MIXES: usize = 200;
const CANDIDATES: usize = 500;
const FOLDS: usize = 3;
const THREADS: usize = 2;

struct Drawn {
    pairs: ProxyPairs,
    tags: Vec<Vec<u16>>,
}

/// Four pairs a prompt, about a dozen tags each; features are correlated, as those of an embedding
/// are, and so far apart that a linear model can tell.
fn drawn() -> Drawn {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let truth: Vec<f64> = (0..DIM).map(|_| rng.random_range(-0.3..0.3)).collect();
    let mut pairs = ProxyPairs { dim: DIM, ..ProxyPairs::default() };
    let mut tags = Vec::with_capacity(INSTANCES);
    for i in 0..INSTANCES {
        let own: Vec<u16> = (0..TAGS as u16).filter(|_| rng.random::<f64>() < 0.13).collect();
        let common: f32 = rng.random_range(-1.0..1.0);
        let row: Vec<f32> =
            (0..DIM).map(|_| 0.5 * common + rng.random_range(-1.0_f32..1.0)).collect();
        let margin: f64 = truth.iter().zip(&row).map(|(w, x)| w * f64::from(*x)).sum();
        let human = (margin + rng.random_range(-1.0..1.0)).signum();
        let wrong = rng.random::<f64>() < if own.contains(&HARD) { 0.6 } else { 0.1 };
        pairs.human.push(human);
        pairs.ai.push(if wrong { -human } else { human });
        pairs.truth.push(Some(human > 0.0));
        pairs.groups.push(i / 4);
        pairs.differences.extend(row);
        tags.push(own);
    }
    Drawn { pairs, tags }
}

/// Everything from features to the best candidate; says what each part took, if asked.
fn fit(drawn: &Drawn, say: bool) -> Mix {
    let cancel = Cancel::default();
    let progress = Progress { cancel: &cancel, fitted: &|| (), threads: THREADS };
    let mut began = Instant::now();
    let mut took = |what: &str| {
        if say {
            println!("  {what}: {:.2} s", began.elapsed().as_secs_f64());
        }
        began = Instant::now();
    };
    let mixes = draw_mixes(&drawn.tags, TAGS, MIXES, 2);
    let counts: Vec<Vec<f64>> = mixes.iter().map(|mix| mix.counts(&drawn.tags, TAGS)).collect();
    took("mixes");
    let study = ProxyStudy::new(drawn.pairs.clone(), FOLDS, 3, progress).unwrap();
    took("factorising, with the choice of a penalty");
    let qualities = study.qualities(&mixes, progress).unwrap();
    took("qualities");
    let [linear, quadratic] = [PerformanceKind::Linear, PerformanceKind::Quadratic].map(|kind| {
        PerformanceModel::of(kind, Shrinkage::Ridge, &counts, &qualities, 5, 4).unwrap()
    });
    took("both models");
    let [_, best] = [&linear, &quadratic]
        .map(|model| model.simulate(&drawn.tags, Some(INSTANCES / 4), CANDIDATES, 5).unwrap());
    took("candidates, for both models");
    best.mix
}

fn ppm(criterion: &mut Criterion) {
    let drawn = drawn();
    let began = Instant::now();
    let best = fit(&drawn, true);
    println!(
        "{INSTANCES} instances x {DIM} features, {TAGS} tags, {} mixes, {CANDIDATES} candidates, \
         {THREADS} threads: {:.2} s; {} for people",
        MIXES + 2,
        began.elapsed().as_secs_f64(),
        best.people()
    );
    let mut group = criterion.benchmark_group("ppm");
    group.sample_size(10).warm_up_time(Duration::from_millis(1));
    group.bench_function(format!("{INSTANCES} x {DIM}, {TAGS} tags"), |bencher| {
        bencher.iter(|| fit(&drawn, false));
    });
    group.finish();
}

criterion_group!(benches, ppm);
criterion_main!(benches);
