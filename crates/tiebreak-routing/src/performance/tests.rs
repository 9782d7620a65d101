use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_core::Cancel;
use tiebreak_stats::Progress;

use super::*;
use crate::mix::draw_mixes;
use crate::proxy::{ProxyPairs, ProxyStudy};

const MODELS: [(PerformanceKind, Shrinkage); 4] = [
    (PerformanceKind::Linear, Shrinkage::Ridge),
    (PerformanceKind::Linear, Shrinkage::MinimumNorm),
    (PerformanceKind::Quadratic, Shrinkage::Ridge),
    (PerformanceKind::Quadratic, Shrinkage::MinimumNorm),
];
const TAGS: usize = 10;

fn tagged(n: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<u16>> {
    (0..n).map(|_| (0..TAGS as u16).filter(|_| rng.random::<f64>() < 0.25).collect()).collect()
}

/// A study in which the AI's label is wrong on the instances with one tag, and right on all others
/// with people. What a pair is about shows in its features: those with the tag use others than
/// those without.
fn one_tag_needs_people(n: usize, tag: u16, seed: u64) -> (ProxyPairs, Vec<Vec<u16>>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let tags = tagged(n, &mut rng);
    let mut pairs = ProxyPairs { dim: 12, ..ProxyPairs::default() };
    for (i, tags) in tags.iter().enumerate() {
        let hard = tags.contains(&tag);
        let mut row = vec![0.0_f32; 12];
        let used = if hard { 6..12 } else { 0..6 };
        row[used].iter_mut().for_each(|x| *x = rng.random_range(-1.0..1.0));
        let first = row.iter().sum::<f32>() > 0.0;
        let label = if first { 1.0 } else { -1.0 };
        pairs.human.push(label);
        pairs.ai.push(if hard { -label } else { label });
        pairs.truth.push(Some(first));
        pairs.groups.push(i);
        pairs.differences.extend(row);
    }
    (pairs, tags)
}

fn measured(pairs: ProxyPairs, tags: &[Vec<u16>], threads: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    let cancel = Cancel::default();
    let progress = Progress { cancel: &cancel, fitted: &|| (), threads };
    let study = ProxyStudy::new(pairs, 3, 1, progress).unwrap();
    let mixes = draw_mixes(tags, TAGS, 200, 2);
    let qualities = study.qualities(&mixes, progress).unwrap();
    (mixes.iter().map(|mix| mix.counts(tags, TAGS)).collect(), qualities)
}

#[test]
fn the_tag_that_needs_people_is_found() {
    for (hard, seed) in [(4, 1), (0, 2), (9, 3)] {
        let (pairs, tags) = one_tag_needs_people(600, hard, seed);
        let (counts, qualities) = measured(pairs, &tags, 2);
        assert!(qualities[0] > qualities[1] + 0.15, "{:?}", &qualities[..2]);
        for (kind, shrinkage) in MODELS {
            let model = PerformanceModel::of(kind, shrinkage, &counts, &qualities, 5, 1).unwrap();
            assert!(model.beats_the_mean() && model.spearman > Some(0.8), "{model:?}");
            let gains: Vec<f64> = (0..TAGS as u16).map(|tag| model.gain(&[tag], 600)).collect();
            let second = (0..TAGS)
                .filter(|tag| *tag != usize::from(hard))
                .map(|tag| gains[tag])
                .fold(f64::NEG_INFINITY, f64::max);
            // Without a penalty, products of tags take a part of what is due to one.
            let margin = match (kind, shrinkage) {
                (PerformanceKind::Linear, _) => 5.0,
                (PerformanceKind::Quadratic, Shrinkage::Ridge) => 3.0,
                (PerformanceKind::Quadratic, Shrinkage::MinimumNorm) => 1.5,
            };
            assert!(gains[usize::from(hard)] > margin * second.max(0.0), "{kind:?} {gains:?}");
        }
        let model = PerformanceModel::of(
            PerformanceKind::Linear,
            Shrinkage::Ridge,
            &counts,
            &qualities,
            5,
            1,
        )
        .unwrap();
        let found = model.simulate(&tags, Some(150), 500, 4).unwrap();
        let given = |mix: &Mix| {
            let hard = (0..600).filter(|&i| tags[i].contains(&hard));
            let (people, all) =
                hard.fold((0, 0), |(p, all), i| (p + u32::from(mix.human[i]), all + 1));
            f64::from(people) / f64::from(all)
        };
        assert!(found.mix.people() == 150 && given(&found.mix) > 0.7, "{}", given(&found.mix));
    }
}

/// The AI errs at random: no tag's gain is far ahead of the next.
#[test]
fn noise_is_on_no_tag() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let (mut pairs, tags) = one_tag_needs_people(600, 4, 8);
    for i in 0..600 {
        pairs.ai[i] = pairs.human[i] * if rng.random::<f64>() < 0.3 { -1.0 } else { 1.0 };
    }
    let (counts, qualities) = measured(pairs, &tags, 2);
    let (kind, shrinkage) = MODELS[0];
    let model = PerformanceModel::of(kind, shrinkage, &counts, &qualities, 5, 1).unwrap();
    let mut gains = model.coefficients().to_vec();
    gains.sort_by(f64::total_cmp);
    assert!(gains[TAGS - 1] < 2.0 * gains[TAGS - 2].max(0.01), "{gains:?}");
}

#[test]
fn the_seed_decides_and_threads_do_not() {
    let (pairs, tags) = one_tag_needs_people(150, 2, 5);
    let one = measured(pairs.clone(), &tags, 1);
    assert_eq!(one, measured(pairs, &tags, 3));
    for (kind, shrinkage) in MODELS {
        let fit = || PerformanceModel::of(kind, shrinkage, &one.0, &one.1, 5, 3).unwrap();
        assert_eq!(fit(), fit());
        assert_eq!(fit().simulate(&tags, None, 50, 6), fit().simulate(&tags, None, 50, 6));
    }
}

#[test]
fn too_little_is_an_error() {
    let (kind, shrinkage) = MODELS[0];
    let none = PerformanceModel::of(kind, shrinkage, &[], &[], 5, 1);
    assert_eq!(none, Err(FitError::NoRows));
    let one = PerformanceModel::of(kind, shrinkage, &[vec![0.1]], &[0.5], 5, 1);
    assert_eq!(one, Err(FitError::NoRows));
    let two = [vec![0.1], vec![0.2]];
    let two = PerformanceModel::of(kind, shrinkage, &two, &[0.5, 0.6], 5, 1).unwrap();
    assert_eq!((two.mixes, two.folds), (2, 2));
    assert_eq!(two.simulate(&[vec![0]], Some(1), 0, 1), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Gains are what they say: the prediction for one instance less that for none. Of a linear
    /// model they add up to the prediction for any mix.
    #[test]
    fn gains_are_differences_of_predictions(seed: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let tags = tagged(40, &mut rng);
        let mixes = draw_mixes(&tags, TAGS, 30, seed);
        let counts: Vec<Vec<f64>> = mixes.iter().map(|mix| mix.counts(&tags, TAGS)).collect();
        let qualities: Vec<f64> = mixes.iter().map(|_| rng.random_range(0.5..0.9)).collect();
        for (kind, shrinkage) in MODELS {
            let model = PerformanceModel::of(kind, shrinkage, &counts, &qualities, 4, 1).unwrap();
            let none = model.predict(&[0.0; TAGS]);
            for (i, own) in tags.iter().enumerate() {
                let alone = Mix { human: (0..40).map(|j| i == j).collect() };
                let difference = model.predict(&alone.counts(&tags, TAGS)) - none;
                prop_assert!((model.gain(own, 40) - difference).abs() < 1e-9);
            }
            if kind == PerformanceKind::Linear {
                let sum: f64 = (0..40)
                    .filter(|&i| mixes[5].human[i])
                    .map(|i| model.gain(&tags[i], 40))
                    .sum();
                prop_assert!((none + sum - model.predict(&counts[5])).abs() < 1e-9);
            }
        }
    }

    /// Nothing that was simulated is predicted to be better than the best.
    #[test]
    fn the_best_is_the_best(seed: u64, budget in proptest::option::of(1_usize..40)) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let tags = tagged(40, &mut rng);
        let counts: Vec<Vec<f64>> =
            draw_mixes(&tags, TAGS, 30, seed).iter().map(|mix| mix.counts(&tags, TAGS)).collect();
        let qualities: Vec<f64> = counts.iter().map(|_| rng.random_range(0.5..0.9)).collect();
        let (kind, shrinkage) = MODELS[0];
        let model = PerformanceModel::of(kind, shrinkage, &counts, &qualities, 4, 1).unwrap();
        let best = model.simulate(&tags, budget, 20, 9).unwrap();
        let source = MixSource::of(&tags, TAGS);
        for number in 0..20 {
            let mix = source.draw(budget, 9, number);
            prop_assert!(model.predict(&mix.counts(&tags, TAGS)) <= best.predicted);
        }
        prop_assert!(budget.is_none_or(|budget| best.mix.people() <= budget));
    }
}
