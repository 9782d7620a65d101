//! Effects, principles and text features against independent implementations and simulated truths.

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tiebreak_core::{SURFACE_FEATURES, Surface};

use super::clustered::clustered_logistic;
use super::principles::path;
use super::*;
use crate::compared::Compared;
use crate::estimate::Estimate;
use crate::fit_error::FitError;
use crate::logistic::logistic;
use crate::shares::{Answer, Shares, Vote};

fn golden() -> Value {
    serde_json::from_str(include_str!("../../golden/drivers.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() < tolerance, "{what}: {found} {expected}");
}

fn half(first: f64) -> Option<Shares> {
    Some(Shares { first, tie: 0.0, second: 1.0 - first })
}

fn differences(golden: &Value) -> (FeatureDifferences, Vec<Vec<f64>>) {
    let rows: Vec<Vec<f64>> = golden["rows"].as_array().unwrap().iter().map(numbers).collect();
    let features = FeatureDifferences {
        dim: 3,
        differences: rows.iter().flat_map(|row| row[1..4].to_vec()).collect(),
        prompts: rows.iter().map(|row| row[0] as usize).collect(),
    };
    (features, rows)
}

/// Coefficients, clustered standard errors and shares that statsmodels and NumPy find on
/// comparisons of llmfao (`golden/drivers.py`).
#[test]
fn effects_agree_with_statsmodels() {
    let golden = golden();
    let (features, rows) = differences(&golden);
    let names = ["people", "gpt-4", "gpt-3.5"];
    let answers: Vec<Vec<Option<Shares>>> =
        (4..7).map(|k| rows.iter().map(|row| half(row[k])).collect()).collect();
    let judges: Vec<Judge<'_>> =
        names.iter().zip(&answers).map(|(name, answers)| Judge { name, answers }).collect();
    let plain = effects(&features, &judges, false, 1).unwrap();
    let sided = effects(&features, &judges, true, 1).unwrap();
    let quantiles = numbers(&golden["quantiles"]);
    let same = |found: Estimate, value: f64, error: f64, quantile: f64| {
        near(found.value, value, 1e-6, "coefficient");
        near(found.standard_error.unwrap(), error, 1e-6, "error");
        near(found.high.unwrap(), value + quantile * error, 1e-5, "interval");
    };
    let all_prompts = crate::estimate::student_quantile(12);
    for (j, name) in names.iter().enumerate() {
        let expected = &golden["effects"][name];
        let (found, found_sided) = (&plain.judges[j], &sided.judges[j]);
        assert!(found.converged && found.n == rows.len() && found.prompts == 13);
        let list = |key: &str| numbers(&expected[key]);
        let (joint, errors) = (numbers(&expected["joint"][0]), numbers(&expected["joint"][1]));
        let sides = &expected["joint_with_side"];
        let (with_side, side_errors) = (numbers(&sides[0]), numbers(&sides[1]));
        for k in 0..3 {
            let one = &found.features[k];
            same(
                one.marginal.unwrap(),
                list("marginal")[k],
                list("marginal_errors")[k],
                quantiles[k],
            );
            same(one.joint.unwrap(), joint[k], errors[k], quantiles[k]);
            same(
                found_sided.features[k].joint.unwrap(),
                with_side[k],
                side_errors[k],
                quantiles[k],
            );
            near(one.higher_wins.unwrap().value, list("higher_wins")[k], 1e-9, "higher wins");
        }
        same(found_sided.side.unwrap(), with_side[3], side_errors[3], all_prompts);
        assert_eq!(found.side, None);
    }
    for (k, scale) in numbers(&golden["scales"]).into_iter().enumerate() {
        near(plain.scales[k], scale, 1e-9, "scale");
    }
    let correlation = plain.marginal_correlations[0][1].unwrap();
    near(correlation, golden["people_gpt4"].as_f64().unwrap(), 1e-9, "correlation");
}

/// Principles that a greedy search in NumPy chooses on the same comparisons, with their weights.
#[test]
fn principles_agree_with_an_independent_search() {
    let golden = golden();
    let (features, rows) = differences(&golden);
    for (name, column) in [("people", 4), ("gpt-4", 5), ("gpt-3.5", 6)] {
        let answers = rows.iter().enumerate().map(|(i, row)| (i, half(row[column]).unwrap()));
        let clear: Vec<(usize, Shares)> =
            answers.filter(|(_, shares)| shares.majority().is_some()).collect();
        let found = path(&features, &clear, 3);
        let expected = golden["principles"][name].as_array().unwrap();
        assert_eq!(found.len(), expected.len());
        for ((principle, weight), expected) in found.iter().zip(expected) {
            let expected = numbers(expected);
            assert_eq!(principle.feature, expected[0] as usize, "{name}");
            assert!(expected[1] == 0.0 || principle.prefers_more == (expected[1] > 0.0), "{name}");
            near(*weight, expected[2], 1e-9, name);
        }
    }
}

/// The DBG score of GPT-4 on llmfao, as a difference of win rates.
#[test]
fn self_preference_agrees_with_win_rates() {
    let golden = golden();
    let vote = |y: f64| match y {
        y if y > 0.0 => Vote::First,
        y if y < 0.0 => Vote::Second,
        _ => Vote::Tie,
    };
    let own: Vec<OwnAnswer> = golden["own"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(cluster, row)| {
            let answers: Vec<Answer> =
                numbers(&row[1]).into_iter().map(|y| Answer::of(vote(y))).collect();
            OwnAnswer {
                cluster,
                judge: Shares::from(vote(row[0].as_f64().unwrap())),
                gold: Shares::of(&answers).map(|(shares, _)| shares),
            }
        })
        .collect();
    let found = self_preference(&own, 1).unwrap();
    let expected = numbers(&golden["dbg"]);
    for (found, expected) in [found.dbg, found.by_judge, found.by_gold].iter().zip(expected) {
        near(found.value, expected, 1e-12, "share");
        assert!(found.low < found.value && found.value < found.high);
    }
}

/// Consistency of three AI judges on the swapped pairs of LLMBar.
#[test]
fn consistency_agrees_with_counts() {
    let golden = golden();
    for (judge, expected) in golden["swapped"].as_object().unwrap() {
        let repeats: Vec<SwappedPair> = expected["pairs"]
            .as_str()
            .unwrap()
            .chars()
            .enumerate()
            .map(|(cluster, pair)| {
                // Whether the first candidate was preferred, before and after; it was shown second
                // then.
                let (before, after) = match pair {
                    'a' => (Vote::Second, Vote::First),
                    'A' => (Vote::Second, Vote::Second),
                    'b' => (Vote::First, Vote::First),
                    _ => (Vote::First, Vote::Second),
                };
                SwappedPair { cluster, before, after }
            })
            .collect();
        let found = consistency(&repeats, 1);
        for (name, found) in [
            ("consistent", found.consistent),
            ("both_first", found.both_first),
            ("both_second", found.both_second),
            ("consistent_given_first", found.consistent_given_first),
            ("consistent_given_second", found.consistent_given_second),
        ] {
            near(found.unwrap().value, expected[name].as_f64().unwrap(), 1e-12, judge);
        }
    }
}

#[test]
fn text_features_agree_with_regular_expressions() {
    let mut meter = TextMeter::new();
    for case in golden()["texts"].as_array().unwrap() {
        let (prompt, text) = (case["prompt"].as_str().unwrap(), case["text"].as_str().unwrap());
        let found = meter.measure(prompt, text);
        let expected = case["measures"].as_object().unwrap();
        assert_eq!(expected.len(), TEXT_FEATURES.len());
        for (name, expected) in expected {
            match (found.get(name), expected.as_f64()) {
                (Some(a), Some(b)) => near(a, b, 1e-9, &format!("{name} {text}")),
                (a, b) => assert_eq!(a, b, "{name} {text}"),
            }
        }
        assert_eq!(measure_texts(2, &[(prompt, text)]), [found]);
    }
    let nothing = meter.measure("", "");
    assert_eq!((nothing.get("words"), nothing.get("word_length")), (Some(0.0), None));
    assert!(nothing.difference(&meter.measure("", "Two words")).iter().all(|d| *d <= 0.0));
    assert_eq!(meter.measure("a", "").get("no such feature"), None);
}

#[test]
fn differences_are_of_logarithms_of_counts() {
    let mut meter = TextMeter::new();
    let (long, short) = (meter.measure("", "one two three"), meter.measure("", "one"));
    let difference = long.difference(&short);
    near(difference[0], 2.0_f64.ln(), 1e-12, "words");
    assert_eq!(TEXT_FEATURES[3].name, "word_length");
    near(difference[3], (14.0_f64 / 3.0).ln() - 4.0_f64.ln(), 1e-12, "word length");
}

/// 200 studies of 50 prompts with four comparisons each, of which half share their chance: true
/// coefficients, and how often 95 % intervals hold them.
#[test]
fn effects_recover_the_truth() {
    // Of three features, and of the first side.
    const TRUTH: [f64; 4] = [0.8, -0.5, 0.0, 0.3];
    let (mut covered, mut mean) = ([0; 4], [0.0; 4]);
    for seed in 0..200 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut differences, mut prompts, mut answers) = (vec![], vec![], vec![]);
        for prompt in 0..50 {
            let shared: f64 = rng.random();
            let common: [f64; 3] = std::array::from_fn(|_| rng.random_range(-1.0..1.0));
            for _ in 0..4 {
                let x: [f64; 4] = std::array::from_fn(|k| match k {
                    3 => 1.0,
                    _ => 0.7 * common[k] + rng.random_range(-1.0..1.0),
                });
                let margin: f64 = (0..4).map(|k| TRUTH[k] * x[k]).sum();
                let chance = if rng.random::<f64>() < 0.5 { shared } else { rng.random() };
                differences.extend(x);
                prompts.push(prompt);
                answers.push(f64::from(u8::from(chance < logistic(margin))));
            }
        }
        let compared = Compared::Features { dim: 4, differences };
        let found = clustered_logistic(&compared, &answers, &prompts);
        for k in 0..4 {
            let (estimate, truth) = (found.estimates[k], TRUTH[k]);
            covered[k] +=
                usize::from((estimate.low.unwrap()..=estimate.high.unwrap()).contains(&truth));
            mean[k] += estimate.value / 200.0;
        }
    }
    let all = covered.iter().sum::<usize>() as f64 / 800.0;
    assert!((0.92..=0.97).contains(&all) && covered.iter().all(|c| *c >= 180), "{covered:?}");
    for (found, truth) in mean.into_iter().zip(TRUTH) {
        near(found, truth, 0.05, "mean");
    }
}

/// A judge who goes by the second feature, and where that is even by less of the first.
#[test]
fn principles_say_what_labels_were_made_of() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let (mut differences, mut answers) = (vec![], vec![]);
    for _ in 0..600 {
        let x: [f64; 3] = std::array::from_fn(|k| match k {
            1 => f64::from(rng.random_range(-1..2)),
            _ => rng.random_range(-1.0..1.0),
        });
        let wanted = if x[1] == 0.0 { -x[0] } else { x[1] };
        let noise = if rng.random::<f64>() < 0.1 { -1.0 } else { 1.0 };
        differences.extend(x);
        answers.push(half(f64::from(u8::from(wanted * noise > 0.0))));
    }
    let features =
        FeatureDifferences { dim: 3, differences, prompts: (0..600).map(|i| i / 2).collect() };
    let judge = Judge { name: "one", answers: &answers };
    let found = principles(&features, judge, PrincipleOptions::default()).unwrap();
    let chosen: Vec<_> = found.selected.iter().map(|s| s.principle).collect();
    let first = Principle { feature: 1, prefers_more: true };
    let second = Principle { feature: 0, prefers_more: false };
    assert_eq!(chosen[..2], [first, second]);
    assert!((found.selected[0].accuracy.unwrap().value - 0.9).abs() < 0.04);
    assert!((found.selected[0].speaks - 2.0 / 3.0).abs() < 0.06);
    near(found.tried[0].held_out.value, 2.0 / 3.0 * 0.9 + 1.0 / 6.0, 0.04, "one principle");
    near(found.tried[1].held_out.value, 0.9, 0.03, "two principles");
    assert!(found.full_model.value > 0.8 && found.full_model.value < 0.92);
    assert_eq!((found.n, found.fits, found.converged, found.tried.len()), (600, 5, 5, 3));
    assert_eq!(second.sentence("is longer", "is shorter"), "Prefers the answer that is shorter.");
}

/// What cannot be told stays missing.
#[test]
fn degenerate_input() {
    let features = |differences: Vec<f64>, prompts: Vec<usize>| FeatureDifferences {
        dim: differences.len() / prompts.len().max(1),
        differences,
        prompts,
    };
    let first = [half(1.0); 4];
    let judge = Judge { name: "one", answers: &first };
    // A feature that tells all answers apart, one that never differs, and one that repeats.
    let certain = features(
        vec![1.0, 0.0, 2.0, 2.0, 0.0, 4.0, 1.0, 0.0, 2.0, 1.0, 0.0, 2.0],
        vec![0, 1, 2, 3],
    );
    let report = effects(&certain, &[judge], false, 1).unwrap();
    let found = &report.judges[0];
    assert!(
        !found.converged
            && found.features.iter().all(|f| f.marginal.is_none() && f.joint.is_none())
    );
    assert_eq!(found.features[0].higher_wins.unwrap().value, 1.0);
    assert_eq!(found.features[1].higher_wins, None);
    assert_eq!(report.marginal_correlations, [[None]]);
    // One prompt alone: an estimate without an interval; what repeats has no joint effect.
    let mixed = [half(1.0), half(0.0), half(1.0), half(1.0)];
    let judge = Judge { name: "one", answers: &mixed };
    let single = features(vec![1.0, 2.0, 1.0, 2.0, -0.5, -1.0, 2.0, 4.0], vec![0; 4]);
    let found = effects(&single, &[judge], false, 1).unwrap().judges.swap_remove(0);
    let joint = found.features[0].joint.unwrap();
    assert!(joint.value.is_finite() && joint.low.is_none() && found.features[1].joint.is_none());
    assert!(found.features[1].marginal.is_some());
    assert_eq!(
        principles(&single, judge, PrincipleOptions::default()).unwrap_err(),
        FitError::NoPairs
    );
    // A judge without an answer, and what does not fit.
    let none = Judge { name: "none", answers: &[None; 4] };
    let found = effects(&single, &[none], true, 1).unwrap().judges.swap_remove(0);
    assert!(found.n == 0 && !found.converged && found.side.is_none());
    assert!(principles(&single, none, PrincipleOptions::default()).is_err());
    let nan = features(vec![f64::NAN; 4], vec![0; 4]);
    assert_eq!(effects(&nan, &[judge], false, 1).unwrap_err(), FitError::NotFinite(0));
    let short = Judge { name: "short", answers: &mixed[..2] };
    assert!(matches!(effects(&single, &[short], false, 1), Err(FitError::Shape(_))));
    let empty = features(vec![], vec![]);
    assert_eq!(effects(&empty, &[], false, 1).unwrap_err(), FitError::NoRows);
    let text = serde_json::to_string(&report).unwrap();
    assert!(text.contains("\"marginal\":null"), "{text}");
}

type Row = ([i8; 2], u8, u8);

fn data(rows: &[Row], sign: f64, units: [f64; 2]) -> (FeatureDifferences, Vec<Option<Shares>>) {
    let differences = rows.iter().flat_map(|row| {
        [sign * units[0] * f64::from(row.0[0]), sign * units[1] * f64::from(row.0[1])]
    });
    let answer = |row: &Row| {
        let first = f64::from(row.1) / 2.0;
        half(if sign > 0.0 { first } else { 1.0 - first })
    };
    let prompts = rows.iter().map(|row| usize::from(row.2)).collect();
    let features = FeatureDifferences { dim: 2, differences: differences.collect(), prompts };
    (features, rows.iter().map(answer).collect())
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    proptest::collection::vec(([-3_i8..4, -3_i8..4], 0_u8..3, 0_u8..8), 12..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Swapped sides turn the side's effect round and change no other; units change nothing.
    #[test]
    fn sides_and_units_do_not_matter(rows in rows(), unit in 0.01_f64..100.0) {
        let report = |sign, units| {
            let (features, answers) = data(&rows, sign, units);
            let judge = Judge { name: "one", answers: &answers };
            effects(&features, &[judge], true, 1).unwrap().judges.swap_remove(0)
        };
        let one = report(1.0, [1.0, 1.0]);
        for (other, sign) in [(report(-1.0, [1.0, 1.0]), -1.0), (report(1.0, [unit, 2.0]), 1.0)] {
            let pairs = one.features.iter().zip(&other.features);
            let effects = pairs.flat_map(|(a, b)| [(a.marginal, b.marginal, 1.0), (a.joint, b.joint, 1.0)]);
            for (a, b, sign) in effects.chain([(one.side, other.side, sign)]) {
                match (a, b) {
                    (Some(a), Some(b)) => {
                        // Nearly separable data have a flat maximum.
                        let close = |a: f64, b: f64| (a - b).abs() < 1e-4 * (1.0 + a.abs());
                        prop_assert!(close(a.value, sign * b.value), "{a:?} {b:?}");
                    }
                    (a, b) => prop_assert!(a.is_none() && b.is_none(), "{a:?} {b:?}"),
                }
            }
        }
    }

    #[test]
    fn principles_know_no_sides_and_no_units(rows in rows()) {
        let found = |sign, units| {
            let (features, answers) = data(&rows, sign, units);
            principles(&features, Judge { name: "one", answers: &answers }, PrincipleOptions::default())
        };
        let (one, two, three) = (found(1.0, [1.0; 2]), found(-1.0, [1.0; 2]), found(1.0, [3.0, 0.5]));
        match (one, two, three) {
            (Ok(one), Ok(two), Ok(three)) => {
                prop_assert_eq!(&one.selected, &two.selected);
                prop_assert_eq!(&one.selected, &three.selected);
                prop_assert!((one.tried[0].held_out.value - two.tried[0].held_out.value).abs() < 1e-12);
            }
            (one, two, three) => prop_assert!(one.is_err() && two.is_err() && three.is_err()),
        }
    }

    /// No text breaks the meter; words and characters are those of the reward head's features.
    #[test]
    fn any_text_can_be_measured(prompt in "\\PC{0,40}", text in "(\\PC|[\n\t #*|`!?’😀]){0,120}") {
        let found = TextMeter::new().measure(&prompt, &text);
        let surface = Surface::of(&prompt, &text);
        for (name, place) in [("characters", 0), ("words", 1)] {
            prop_assert_eq!(SURFACE_FEATURES[place], format!("ln_{name}"));
            let expected = f64::from(surface.0[place].exp_m1().round());
            prop_assert_eq!(found.get(name).unwrap(), expected);
        }
        for (feature, value) in TEXT_FEATURES.iter().zip(found.0).filter_map(|(f, v)| Some((f, v?))) {
            let most = if feature.by_logarithm { 1e9 } else { 1.0 + 1e-12 };
            prop_assert!((0.0..=most).contains(&value), "{} {value}", feature.name);
        }
    }
}
