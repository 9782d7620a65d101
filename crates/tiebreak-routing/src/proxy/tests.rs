use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_core::Cancel;
use tiebreak_stats::{FitOptions, PreferenceFit};

use super::*;

/// People follow a linear model and err one time in `human_errs`; the AI errs one time in
/// `ai_errs`, by inverting the sign of the first half of the features.
fn drawn(n: usize, dim: usize, human_errs: f64, ai_errs: f64, seed: u64) -> ProxyPairs {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let truth: Vec<f64> = (0..dim).map(|_| rng.random_range(-1.0..1.0)).collect();
    let mut pairs = ProxyPairs { dim, ..ProxyPairs::default() };
    for i in 0..n {
        let row: Vec<f32> = (0..dim).map(|_| rng.random_range(-1.0_f32..1.0)).collect();
        let margin = |inverted: bool| -> f64 {
            let sign = |k: usize| if inverted && k < dim / 2 { -1.0 } else { 1.0 };
            (0..dim).map(|k| sign(k) * truth[k] * f64::from(row[k])).sum()
        };
        let human =
            margin(false).signum() * if rng.random::<f64>() < human_errs { -1.0 } else { 1.0 };
        let ai = margin(rng.random::<f64>() < ai_errs).signum();
        pairs.human.push(human);
        pairs.ai.push(ai);
        pairs.truth.push((i % 10 > 0).then_some(human > 0.0));
        pairs.groups.push(i / 2);
        pairs.differences.extend(row);
    }
    pairs
}

fn study(pairs: &ProxyPairs, threads: usize) -> ProxyStudy {
    let cancel = Cancel::default();
    let progress = Progress { cancel: &cancel, fitted: &|| (), threads };
    ProxyStudy::new(pairs.clone(), 3, 7, progress).unwrap()
}

/// Trained and tested by likelihood in the same folds, on the same labels.
fn by_likelihood(pairs: &ProxyPairs, mix: &Mix) -> f64 {
    let folds = grouped_folds(&pairs.groups, 3, 7);
    let mut judged = JudgedPairs::new(pairs.dim);
    for (i, row) in pairs.differences.chunks(pairs.dim).enumerate() {
        let label = if mix.human[i] { pairs.human[i] } else { pairs.ai[i] };
        let shares = if label > 0.0 { Shares::FIRST } else { Shares::SECOND };
        judged.push(row, &vec![0.0; pairs.dim], shares, 1.0);
    }
    let (mut hits, mut n) = (0, 0);
    for fold in 0..3 {
        let times: Vec<f64> = folds.iter().map(|f| f64::from(u8::from(*f != fold))).collect();
        let options = FitOptions { penalty: 0.03, ..FitOptions::default() };
        let fit = PreferenceFit::of(&judged, &times, options, None).unwrap();
        for i in (0..folds.len()).filter(|&i| folds[i] == fold) {
            if let Some(first) = pairs.truth[i] {
                hits += usize::from((judged.margin(i, &fit.weights) > 0.0) == first);
                n += 1;
            }
        }
    }
    hits as f64 / n as f64
}

#[test]
fn agrees_with_heads_trained_by_likelihood() {
    for (dim, human_errs, ai_errs, seed) in
        [(8, 0.05, 1.0, 1), (30, 0.2, 0.5, 2), (100, 0.1, 1.0, 3)]
    {
        let pairs = drawn(900, dim, human_errs, ai_errs, seed);
        let study = study(&pairs, 2);
        let half = Mix { human: (0..900).map(|i| i % 2 == 0).collect() };
        for mix in [Mix::all_human(900), Mix::all_ai(900), half] {
            let (found, expected) = (study.quality(&mix), by_likelihood(&pairs, &mix));
            assert!((found - expected).abs() < 0.04, "{dim} {seed}: {found} {expected}");
        }
        let better = study.quality(&Mix::all_human(900)) - study.quality(&Mix::all_ai(900));
        assert!(better > 0.05, "{dim} {seed}: {better}");
    }
}

#[test]
fn threads_change_nothing_and_every_mix_is_reported() {
    let pairs = drawn(200, 12, 0.1, 0.5, 4);
    let mixes: Vec<Mix> =
        (1..30).map(|k| Mix { human: (0..200).map(|i| i % k == 0).collect() }).collect();
    let cancel = Cancel::default();
    let run = |threads| {
        let told = AtomicUsize::new(0);
        let fitted = || {
            told.fetch_add(1, Ordering::Relaxed);
        };
        let study = study(&pairs, threads);
        let progress = Progress { cancel: &cancel, fitted: &fitted, threads };
        let found = study.qualities(&mixes, progress).unwrap();
        assert_eq!(told.load(Ordering::Relaxed), mixes.len());
        (found, study.penalty(), study.tried().to_vec())
    };
    let (alone, together) = (run(1), run(3));
    assert_eq!(alone, together);
    assert_eq!(alone.2.len(), PENALTIES.len());
}

#[test]
fn refuses_what_cannot_be_measured_and_stops() {
    let pairs = drawn(40, 4, 0.1, 0.5, 5);
    let cancel = Cancel::default();
    let progress = Progress { cancel: &cancel, fitted: &|| (), threads: 1 };
    let error = |pairs: ProxyPairs| ProxyStudy::new(pairs, 3, 1, progress).err();
    let one_prompt = ProxyPairs { groups: vec![0; 40], ..pairs.clone() };
    assert_eq!(error(one_prompt), Some(FitError::NoPairs));
    let only_ties = ProxyPairs { truth: vec![None; 40], ..pairs.clone() };
    assert_eq!(error(only_ties), Some(FitError::NoPairs));
    let uneven = ProxyPairs { ai: vec![1.0; 39], ..pairs.clone() };
    assert!(matches!(error(uneven), Some(FitError::Shape(_))));
    let mut bad = pairs.clone();
    bad.ai[3] = f64::NAN;
    assert_eq!(error(bad), Some(FitError::NotFinite(3)));
    let built = study(&pairs, 1);
    cancel.cancel();
    assert_eq!(built.qualities(&[Mix::all_ai(40)], progress), Err(FitError::Cancelled));
    assert_eq!(error(pairs), Some(FitError::Cancelled));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Where people and the AI agree it does not matter who labels, and swapping the candidates of
    /// every pair changes nothing.
    #[test]
    fn quality_is_of_the_labels_alone(seed: u64, mask: u64) {
        let pairs = drawn(60, 5, 0.2, 0.5, seed);
        let mix = Mix { human: (0..60).map(|i| mask >> i & 1 == 1).collect() };
        let built = study(&pairs, 1);
        let more = Mix {
            human: (0..60).map(|i| mix.human[i] || pairs.human[i] == pairs.ai[i]).collect(),
        };
        prop_assert_eq!(built.quality(&mix), built.quality(&more));
        let swapped = ProxyPairs {
            differences: pairs.differences.iter().map(|x| -x).collect(),
            human: pairs.human.iter().map(|y| -y).collect(),
            ai: pairs.ai.iter().map(|y| -y).collect(),
            truth: pairs.truth.iter().map(|t| t.map(|first| !first)).collect(),
            ..pairs.clone()
        };
        prop_assert!((built.quality(&mix) - study(&swapped, 1).quality(&mix)).abs() < 1e-12);
    }
}
