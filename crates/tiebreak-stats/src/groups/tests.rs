//! Mixtures, annotators' weights and few-shot prediction against an independent implementation
//! and against truths that were simulated.

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tiebreak_core::Cancel;

use super::*;
use crate::compared::Compared;
use crate::cross_validation::Progress;
use crate::logistic::logistic;
use crate::shares::Vote;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../golden/groups.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn vote(target: f64) -> Vote {
    match target {
        1.0 => Vote::First,
        0.0 => Vote::Second,
        _ => Vote::Tie,
    }
}

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() < tolerance, "{what}: {found} {expected}");
}

fn progress(cancel: &Cancel) -> Progress<'_> {
    Progress { cancel, fitted: &|| (), threads: 2 }
}

/// Shares, strengths, memberships and likelihood that SciPy's BFGS finds for the mixture on
/// answers of llmfao, and standard errors by a numerical Hessian (`golden/groups.py`).
#[test]
fn the_mixture_agrees_with_a_direct_maximisation() {
    let golden = &golden()["mixture"];
    let rows: Vec<Vec<f64>> = golden["rows"].as_array().unwrap().iter().map(numbers).collect();
    let choices = AnnotatedChoices {
        compared: Compared::Systems {
            count: golden["systems"].as_u64().unwrap() as usize,
            pairs: rows.iter().map(|row| [row[1] as usize, row[2] as usize]).collect(),
        },
        votes: rows.iter().map(|row| vote(row[3])).collect(),
        annotators: rows.iter().map(|row| row[0] as usize).collect(),
        items: Vec::new(),
    };
    let options = MixtureOptions { restarts: 24, ..MixtureOptions::default() };
    let found = Mixture::of(&choices, 2, options).unwrap();
    assert!(found.converged, "{}", found.iterations);
    near(found.penalised_log_likelihood, golden["penalised"].as_f64().unwrap(), 1e-4, "penalised");
    near(found.log_likelihood, golden["log_likelihood"].as_f64().unwrap(), 2e-2, "likelihood");
    let error = golden["share_error"].as_f64().unwrap();
    for (g, share) in numbers(&golden["shares"]).into_iter().enumerate() {
        let group = &found.groups[g];
        near(group.share.value, share, 2e-3, "share");
        near(group.share.standard_error.unwrap(), error, 2e-3, "error of the share");
        let strengths = numbers(&golden["strengths"][g]);
        let errors = numbers(&golden["errors"][g]);
        for (k, strength) in group.strengths.iter().enumerate() {
            near(strength.value, strengths[k], 5e-3, "strength");
            near(strength.standard_error.unwrap(), errors[k], 2e-3, "error");
        }
    }
    for (a, b) in found.memberships[0].iter().zip(numbers(&golden["first_membership"])) {
        near(*a, b, 5e-3, "membership");
    }
    assert_eq!((found.answers, found.annotators, found.tried.len()), (rows.len(), 106, 24));
}

/// The fixed point that SciPy finds for annotators' weights on answers of llmfao.
#[test]
fn annotator_weights_agree_with_an_independent_implementation() {
    let golden = &golden()["weights"];
    let rows: Vec<Vec<f64>> = golden["rows"].as_array().unwrap().iter().map(numbers).collect();
    let choices = AnnotatedChoices {
        compared: Compared::Features {
            dim: 2,
            differences: rows.iter().flat_map(|row| row[2..].to_vec()).collect(),
        },
        votes: rows.iter().map(|row| vote(row[1])).collect(),
        annotators: rows.iter().map(|row| row[0] as usize).collect(),
        items: Vec::new(),
    };
    let options = WeightsOptions { tolerance: 1e-7, ..WeightsOptions::default() };
    let found = AnnotatorWeights::of(&choices, options).unwrap();
    assert!(found.converged, "{}", found.iterations);
    let (population, errors) = (numbers(&golden["population"]), numbers(&golden["errors"]));
    for (k, deviation) in numbers(&golden["deviations"]).into_iter().enumerate() {
        near(found.population[k].value, population[k], 1e-4, "population");
        near(found.population[k].standard_error.unwrap(), errors[k], 1e-4, "error");
        near(found.deviations[k], deviation, 1e-4, "deviation");
    }
    for (one, expected) in found.annotators.iter().zip(golden["annotators"].as_array().unwrap()) {
        for (weight, expected) in one.as_ref().unwrap().weights.iter().zip(numbers(expected)) {
            near(weight.value, expected, 2e-4, "annotator");
        }
    }
}

/// Two kinds of annotators, 60 % and 40 %, with opposite tastes among five systems.
const TASTES: [[f64; 5]; 2] = [[1.0, 0.5, 0.0, -0.5, -1.0], [-1.2, 0.1, 1.2, 0.6, -0.7]];

fn two_kinds(annotators: usize, answers: usize, seed: u64) -> (AnnotatedChoices, Vec<usize>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let kinds: Vec<usize> =
        (0..annotators).map(|_| usize::from(rng.random::<f64>() < 0.4)).collect();
    let (mut pairs, mut votes, mut who) = (Vec::new(), Vec::new(), Vec::new());
    for (annotator, &kind) in kinds.iter().enumerate() {
        for _ in 0..answers {
            let first = rng.random_range(0..5_usize);
            let second = (first + rng.random_range(1..5)) % 5;
            let margin = TASTES[kind][first] - TASTES[kind][second];
            pairs.push([first, second]);
            let wins = rng.random::<f64>() < logistic(margin);
            votes.push(if wins { Vote::First } else { Vote::Second });
            who.push(annotator);
        }
    }
    let compared = Compared::Systems { count: 5, pairs };
    (AnnotatedChoices { compared, votes, annotators: who, items: Vec::new() }, kinds)
}

/// Over 200 simulated studies, the groups found are the true ones, estimates are right on average
/// and 95 % intervals hold the truth about as often.
#[test]
fn a_mixture_recovers_groups_shares_and_strengths() {
    let options = MixtureOptions { penalty: 0.05, restarts: 3, ..MixtureOptions::default() };
    let (mut covered, mut intervals, mut share_covered, mut right) = (0, 0, 0, 0.0);
    let mut sums = [[0.0; 5]; 2];
    for seed in 0..200 {
        let (choices, kinds) = two_kinds(60, 20, seed);
        let found = Mixture::of(&choices, 2, options).unwrap();
        assert!(found.converged);
        // The group that is the first kind is the one that likes system 0.
        let strengths = |g: usize| found.groups[g].strengths[0].value;
        let first = usize::from(strengths(1) > strengths(0));
        let of_kind = [first, 1 - first];
        for (kind, taste) in TASTES.iter().enumerate() {
            for (k, truth) in taste.iter().enumerate() {
                let strength = found.groups[of_kind[kind]].strengths[k];
                sums[kind][k] += strength.value / 200.0;
                intervals += 1;
                covered +=
                    usize::from((strength.low.unwrap()..=strength.high.unwrap()).contains(truth));
            }
        }
        let share = found.groups[first].share;
        share_covered += usize::from((share.low.unwrap()..=share.high.unwrap()).contains(&0.6));
        let agree = kinds
            .iter()
            .enumerate()
            .filter(|&(a, &kind)| found.memberships[a][of_kind[kind]] > 0.5);
        right += agree.count() as f64 / 60.0 / 200.0;
    }
    let coverage = f64::from(covered as u32) / f64::from(intervals as u32);
    assert!((0.92..=0.98).contains(&coverage), "{coverage}");
    assert!((184..=197).contains(&share_covered), "{share_covered} of 200");
    assert!(right > 0.93, "{right}");
    for (found, truth) in sums.iter().flatten().zip(TASTES.iter().flatten()) {
        near(*found, *truth, 0.06, "mean strength");
    }
}

/// One true group and two are counted as such.
#[test]
fn the_number_of_groups_is_found() {
    let cancel = Cancel::default();
    let fast = MixtureOptions { restarts: 4, ..MixtureOptions::default() };
    let options = SelectionOptions { mixture: fast, most: 3, ..SelectionOptions::default() };
    let mut right = [0; 2];
    for seed in 0..4 {
        let (two, _) = two_kinds(50, 30, 1000 + seed);
        let found = choose_groups(&two, options, progress(&cancel)).unwrap();
        right[1] += usize::from(found.chosen == 2);
        assert_eq!(found.mixture.groups.len(), found.chosen);
        let tried = &found.tried[1];
        assert!(tried.annotators.unwrap().value > found.tried[0].annotators.unwrap().value);
        assert!(tried.answers.behind >= 0.0 && tried.fits == 10);
        let (mut one, kinds) = two_kinds(80, 30, 2000 + seed);
        let keep: Vec<usize> = (0..one.len()).filter(|&i| kinds[one.annotators[i]] == 0).collect();
        let Compared::Systems { pairs, .. } = &one.compared else { unreachable!() };
        let pairs = keep.iter().map(|&i| pairs[i]).collect();
        one.compared = Compared::Systems { count: 5, pairs };
        one.votes = keep.iter().map(|&i| one.votes[i]).collect();
        one.annotators = keep.iter().map(|&i| one.annotators[i]).collect();
        right[0] +=
            usize::from(choose_groups(&one, options, progress(&cancel)).unwrap().chosen == 1);
    }
    assert!(right[0] >= 3 && right[1] >= 3, "{right:?}");
}

/// What few answers cannot tell, and what cannot be fitted.
#[test]
fn degenerate_input() {
    let cancel = Cancel::default();
    let one = AnnotatedChoices {
        compared: Compared::Systems { count: 2, pairs: vec![[0, 1]] },
        votes: vec![Vote::First],
        annotators: vec![3],
        items: Vec::new(),
    };
    let found = Mixture::of(&one, 2, MixtureOptions::default()).unwrap();
    assert!(found.memberships[0] == found.memberships[1] && found.memberships.len() == 4);
    assert!(found.groups.iter().flat_map(|g| &g.strengths).all(|s| s.value.is_finite()));
    assert!(Mixture::of(&one, 0, MixtureOptions::default()).is_err());
    assert!(choose_groups(&one, SelectionOptions::default(), progress(&cancel)).is_err());
    let weights = AnnotatorWeights::of(&one, WeightsOptions::default()).unwrap();
    assert!(weights.annotators[0].is_none() && weights.annotators[3].is_some());
    let curve = few_shot_curve(&one, &[0, 1], 5, WeightsOptions::default(), 1, progress(&cancel));
    assert!(curve.is_err());
    let tied = AnnotatedChoices { votes: vec![Vote::Tie], ..one };
    let found = Mixture::of(&tied, 1, MixtureOptions::default()).unwrap();
    assert!(found.converged && found.groups[0].strengths.iter().all(|s| s.value == 0.0));
    assert_eq!(found.groups[0].share.value, 1.0);
    let text = serde_json::to_string(&found).unwrap();
    assert!(text.contains("\"memberships\"") && !text.contains("NaN"), "{text}");
    let cancelled = Cancel::default();
    cancelled.cancel();
    let (two, _) = two_kinds(10, 5, 1);
    let stopped = choose_groups(&two, SelectionOptions::default(), progress(&cancelled));
    assert_eq!(stopped.unwrap_err(), crate::FitError::Cancelled);
}

/// Annotators whose two weights have means 1 and -0.5, and deviations 0.8 and 0.
fn differing(annotators: usize, answers: usize, seed: u64) -> (AnnotatedChoices, Vec<[f64; 2]>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut normal = move || {
        let (u, v): (f64, f64) = (rng.random(), rng.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    };
    let (mut differences, mut votes, mut who, mut truth) = (vec![], vec![], vec![], vec![]);
    for annotator in 0..annotators {
        let weights = [1.0 + 0.8 * normal(), -0.5];
        truth.push(weights);
        for _ in 0..answers {
            let x = [normal(), normal()];
            let margin = weights[0] * x[0] + weights[1] * x[1];
            differences.extend(x);
            // A logistic variable from a normal one would not be exact; by inversion it is.
            let uniform = 0.5 * (1.0 + libm::erf(normal() / std::f64::consts::SQRT_2));
            votes.push(if uniform < logistic(margin) { Vote::First } else { Vote::Second });
            who.push(annotator);
        }
    }
    let compared = Compared::Features { dim: 2, differences };
    (AnnotatedChoices { compared, votes, annotators: who, items: Vec::new() }, truth)
}

/// Over 200 simulated studies: population, deviations and each annotator's weight, with coverage.
#[test]
fn annotator_weights_recover_the_truth() {
    let options = WeightsOptions::default();
    let (mut covered, mut own, mut people, mut deviation) = (0, 0, 0, [0.0; 2]);
    let mut mean = [0.0; 2];
    for seed in 0..200 {
        let (choices, truth) = differing(40, 30, seed);
        let found = AnnotatorWeights::of(&choices, options).unwrap();
        assert!(found.converged, "{seed}");
        for (k, expected) in [1.0, -0.5].into_iter().enumerate() {
            let weight = found.population[k];
            covered +=
                usize::from((weight.low.unwrap()..=weight.high.unwrap()).contains(&expected));
            deviation[k] += found.deviations[k] / 200.0;
            mean[k] += weight.value / 200.0;
        }
        for (one, truth) in found.annotators.iter().zip(truth) {
            let weight = one.as_ref().unwrap().weights[0];
            people += 1;
            own += usize::from((weight.low.unwrap()..=weight.high.unwrap()).contains(&truth[0]));
        }
    }
    let (coverage, own) = (covered as f64 / 400.0, own as f64 / people as f64);
    assert!((0.91..=0.98).contains(&coverage) && (0.91..=0.97).contains(&own), "{coverage} {own}");
    near(mean[0], 1.0, 0.05, "mean");
    near(mean[1], -0.5, 0.03, "mean");
    near(deviation[0], 0.8, 0.1, "deviation");
    assert!(deviation[1] < 0.2, "{deviation:?}");
}

/// The more answers of a new annotator, the better the rest is predicted.
#[test]
fn answers_teach_who_someone_is() {
    let cancel = Cancel::default();
    let (mut choices, _) = two_kinds(60, 40, 5);
    choices.items = (0..choices.len()).map(|i| i % 40 / 2).collect();
    let options = WeightsOptions { tolerance: 1e-3, ..WeightsOptions::default() };
    let curve = few_shot_curve(&choices, &[0, 2, 8, 20], 4, options, 1, progress(&cancel)).unwrap();
    let loss: Vec<f64> = curve.points.iter().map(|point| point.log_loss.unwrap()).collect();
    assert!(loss.windows(2).all(|pair| pair[1] < pair[0]), "{loss:?}");
    assert_eq!((curve.annotators, curve.predicted, curve.fits), (60, 60 * 20, 4));
    let accuracy = |k: usize| curve.points[k].accuracy.unwrap().value;
    assert!(accuracy(3) > accuracy(0) + 0.03, "{:?}", curve.points);
}

#[test]
fn a_newcomer_is_placed_by_their_answers() {
    let (choices, kinds) = two_kinds(80, 30, 9);
    let found = Mixture::of(&choices, 2, MixtureOptions::default()).unwrap();
    let unknown = found.membership(&Compared::Systems { count: 5, pairs: vec![] }, &[]);
    for (a, group) in unknown.iter().zip(&found.groups) {
        near(*a, group.share.value, 1e-12, "share");
    }
    let rows: Vec<usize> = (0..choices.len()).filter(|&i| choices.annotators[i] == 7).collect();
    let Compared::Systems { pairs, .. } = &choices.compared else { unreachable!() };
    let own = Compared::Systems { count: 5, pairs: rows.iter().map(|&i| pairs[i]).collect() };
    let votes: Vec<Vote> = rows.iter().map(|&i| choices.votes[i]).collect();
    for (a, b) in found.membership(&own, &votes).iter().zip(&found.memberships[7]) {
        near(*a, *b, 1e-6, "membership");
    }
    // What the second kind likes serves the first worst, and worse than what all like.
    let pooled = Mixture::of(&choices, 1, MixtureOptions::default()).unwrap();
    let hard: Vec<Vec<f64>> =
        kinds.iter().map(|&kind| vec![f64::from(kind == 0), f64::from(kind == 1)]).collect();
    let of = |strengths: &[f64]| {
        let margins = ranking_margins(&choices.compared, strengths);
        worst_group_accuracy(&margins, &choices.votes, &choices.annotators, &hard, 1).unwrap()
    };
    let (all, second) = (of(&pooled.groups[0].values()), of(&TASTES[1]));
    assert_eq!(second.worst, Some(0));
    assert!(second.of_worst().unwrap().value < all.of_worst().unwrap().value);
}

fn some_choices() -> impl Strategy<Value = AnnotatedChoices> {
    let row = (0_usize..4, 1_usize..4, 0_usize..3, 0_usize..6);
    proptest::collection::vec(row, 20..60).prop_map(|rows| AnnotatedChoices {
        compared: Compared::Systems {
            count: 4,
            pairs: rows.iter().map(|row| [row.0, (row.0 + row.1) % 4]).collect(),
        },
        votes: rows.iter().map(|row| [Vote::First, Vote::Tie, Vote::Second][row.2]).collect(),
        annotators: rows.iter().map(|row| row.3).collect(),
        items: Vec::new(),
    })
}

fn other_way(choices: &AnnotatedChoices) -> AnnotatedChoices {
    let Compared::Systems { count, pairs } = &choices.compared else { unreachable!() };
    let swapped = |vote: &Vote| match vote {
        Vote::First => Vote::Second,
        Vote::Tie => Vote::Tie,
        Vote::Second => Vote::First,
    };
    AnnotatedChoices {
        compared: Compared::Systems {
            count: *count,
            pairs: pairs.iter().map(|[a, b]| [*b, *a]).collect(),
        },
        votes: choices.votes.iter().map(swapped).collect(),
        ..choices.clone()
    }
}

fn as_features(choices: &AnnotatedChoices, units: [f64; 4]) -> AnnotatedChoices {
    let Compared::Systems { pairs, .. } = &choices.compared else { unreachable!() };
    let mut differences = Vec::new();
    for [a, b] in pairs {
        for (k, unit) in units.iter().enumerate() {
            // Beside the systems something that differs everywhere.
            let side = f64::from(k == *a) - f64::from(k == *b);
            differences.push(unit * (side + 0.1 * (*a as f64 - *b as f64)));
        }
    }
    AnnotatedChoices { compared: Compared::Features { dim: 4, differences }, ..choices.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn swapped_sides_change_nothing(choices in some_choices()) {
        let options = MixtureOptions { restarts: 2, max_iterations: 40, ..MixtureOptions::default() };
        let one = Mixture::of(&choices, 2, options).unwrap();
        let two = Mixture::of(&other_way(&choices), 2, options).unwrap();
        prop_assert!((one.penalised_log_likelihood - two.penalised_log_likelihood).abs() < 1e-6);
        let one = AnnotatorWeights::of(&choices, WeightsOptions { max_iterations: 20, ..WeightsOptions::default() }).unwrap();
        let two = AnnotatorWeights::of(&other_way(&choices), WeightsOptions { max_iterations: 20, ..WeightsOptions::default() }).unwrap();
        for (a, b) in one.population.iter().zip(&two.population) {
            prop_assert!((a.value - b.value).abs() < 1e-6);
        }
    }

    /// Renumbering annotators renumbers their memberships; one group does not know them at all.
    #[test]
    fn annotators_have_no_order(choices in some_choices()) {
        let renumbered = AnnotatedChoices {
            annotators: choices.annotators.iter().map(|who| 5 - who).collect(),
            ..choices.clone()
        };
        let options = MixtureOptions { max_iterations: 200, ..MixtureOptions::default() };
        let (one, two) = (Mixture::of(&choices, 1, options).unwrap(), Mixture::of(&renumbered, 1, options).unwrap());
        for (a, b) in one.groups[0].strengths.iter().zip(&two.groups[0].strengths) {
            prop_assert!((a.value - b.value).abs() < 1e-6);
        }
        let weights = |choices| AnnotatorWeights::of(choices, WeightsOptions { max_iterations: 20, ..WeightsOptions::default() }).unwrap();
        let (one, two) = (weights(&choices), weights(&renumbered));
        for who in 0..6 {
            let of = |weights: &AnnotatorWeights, who: usize| weights.annotators.get(who).cloned().flatten();
            match (of(&one, who), of(&two, 5 - who)) {
                (Some(a), Some(b)) => for (a, b) in a.weights.iter().zip(&b.weights) {
                    prop_assert!((a.value - b.value).abs() < 1e-6);
                },
                (a, b) => prop_assert!(a.is_none() && b.is_none()),
            }
        }
    }

    #[test]
    fn units_of_features_do_not_matter(choices in some_choices(), unit in 0.01_f64..100.0) {
        let units = [unit, 1.0, 1.0, 2.0];
        let options = MixtureOptions { restarts: 2, max_iterations: 40, ..MixtureOptions::default() };
        let one = Mixture::of(&as_features(&choices, [1.0; 4]), 2, options).unwrap();
        let two = Mixture::of(&as_features(&choices, units), 2, options).unwrap();
        prop_assert!((one.penalised_log_likelihood - two.penalised_log_likelihood).abs() < 1e-5);
    }

    /// EM never lowers what it maximises, and memberships are probabilities.
    #[test]
    fn more_iterations_never_fit_worse(choices in some_choices(), iterations in 1_u32..15) {
        let fit = |max_iterations| {
            let options = MixtureOptions { restarts: 1, max_iterations, ..MixtureOptions::default() };
            Mixture::of(&choices, 3, options).unwrap()
        };
        let (short, long) = (fit(iterations), fit(iterations + 1));
        prop_assert!(long.penalised_log_likelihood >= short.penalised_log_likelihood - 1e-9);
        for membership in &long.memberships {
            prop_assert!((membership.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}
