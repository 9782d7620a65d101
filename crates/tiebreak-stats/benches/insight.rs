//! What groups of annotators and drivers of choices cost: text features of 2 kB, a mixture of
//! three groups on 10 000 answers about 50 systems, annotators' weights of six features.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_stats::drivers::TextMeter;
use tiebreak_stats::groups::{
    AnnotatedChoices, AnnotatorWeights, Mixture, MixtureOptions, WeightsOptions,
};
use tiebreak_stats::{Compared, Vote, logistic};

const ANSWERS: usize = 10_000;
const ANNOTATORS: usize = 120;
const SYSTEMS: usize = 50;
const FEATURES: usize = 6;
const LINE: &str = "1. **Perhaps** it's better to boil 3 eggs (for 10 minutes), isn't it?\n";

fn texts(criterion: &mut Criterion) {
    let text = LINE.repeat(2_000 / LINE.len());
    let mut meter = TextMeter::new();
    let mut group = criterion.benchmark_group("text features");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("2 kB", |bencher| {
        bencher.iter(|| meter.measure("How do I boil eggs?", black_box(&text)));
    });
    group.finish();
}

/// Annotators of three kinds; every other annotator answers more often.
fn choices(as_features: bool) -> AnnotatedChoices {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut draw = |n: usize| -> Vec<f64> { (0..n).map(|_| rng.random_range(-1.0..1.0)).collect() };
    let strengths: Vec<Vec<f64>> = (0..3).map(|_| draw(SYSTEMS)).collect();
    let places = draw(4 * ANSWERS);
    let features = draw(FEATURES * ANSWERS);
    let below = |x: f64, n: usize| ((0.5 + 0.5 * x) * n as f64) as usize % n;
    let (mut pairs, mut votes, mut annotators) = (Vec::new(), Vec::new(), Vec::new());
    for (row, drawn) in places.chunks(4).enumerate() {
        let annotator = below(drawn[0], ANNOTATORS);
        let first = below(drawn[1], SYSTEMS);
        let second = (first + 1 + below(drawn[2], SYSTEMS - 1)) % SYSTEMS;
        let taste = &strengths[annotator % 3];
        let margin = match as_features {
            true => {
                features[row * FEATURES..][..FEATURES].iter().zip(taste).map(|(x, w)| x * w).sum()
            }
            false => taste[first] - taste[second],
        };
        let wins = 0.5 + 0.5 * drawn[3] < logistic(margin);
        pairs.push([first, second]);
        votes.push(if wins { Vote::First } else { Vote::Second });
        annotators.push(annotator);
    }
    let compared = match as_features {
        true => Compared::Features { dim: FEATURES, differences: features },
        false => Compared::Systems { count: SYSTEMS, pairs },
    };
    AnnotatedChoices { compared, votes, annotators, items: Vec::new() }
}

fn groups(criterion: &mut Criterion) {
    let (systems, features) = (choices(false), choices(true));
    let mut group = criterion.benchmark_group("10 000 answers");
    group.sample_size(10);
    group.bench_function("mixture of three groups", |bencher| {
        bencher.iter(|| Mixture::of(black_box(&systems), 3, MixtureOptions::default()).unwrap());
    });
    group.bench_function("annotators' weights", |bencher| {
        bencher.iter(|| {
            AnnotatorWeights::of(black_box(&features), WeightsOptions::default()).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, texts, groups);
criterion_main!(benches);
