//! Studies made up so that the right answer is known.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiebreak_core::{Cancel, ItemId};
use tiebreak_routing::{
    AiSignals, EvaluateOptions, Evaluation, FitOptions, Instance, PolicyKind, Pool, Truth, Votes,
    Watching, draw_pilot, evaluate, fit, propose_pilot, teaching_order,
};
use tiebreak_stats::Vote;
use uuid::Uuid;

const TAGS: usize = 12;
const DIM: usize = 8;

/// How often the AI is wrong.
#[derive(Clone, Copy)]
enum Errors {
    /// On pairs with this tag more often than not, else seldom.
    Tag(u16),
    /// As often everywhere.
    Everywhere,
}

/// `n` pairs of `n / 4` prompts. People prefer the first where the sum of its features is
/// positive and err seldom; three vote on each pair. The prompts of every fifth pair have the tag
/// that matters, if one does; the others are noise.
fn study(n: usize, errors: Errors, seed: u64) -> Pool {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pool = Pool {
        tags: (0..TAGS).map(|tag| format!("tag {tag}")).collect(),
        phrases: (0..TAGS).map(|tag| format!("has tag {tag}")).collect(),
        measures: vec!["length".to_owned()],
        dim: DIM,
        ..Pool::default()
    };
    for i in 0..n {
        let tags: Vec<u16> = (0..TAGS as u16).filter(|_| rng.random_bool(0.2)).collect();
        let features: Vec<f32> = (0..DIM).map(|_| rng.random_range(-1.0..1.0)).collect();
        let first = features.iter().sum::<f32>() > 0.0;
        let side = |first: bool| if first { Vote::First } else { Vote::Second };
        let wrong = match errors {
            Errors::Tag(tag) if tags.contains(&tag) => rng.random_bool(0.8),
            Errors::Tag(_) => rng.random_bool(0.03),
            Errors::Everywhere => rng.random_bool(0.25),
        };
        let mut votes = Votes::default();
        for _ in 0..3 {
            if rng.random_bool(0.95) == first { votes.first += 1 } else { votes.second += 1 }
        }
        pool.instances.push(Instance {
            item: ItemId::new(Uuid::from_u128(i as u128 + 1)),
            prompt: i / 4,
            tags,
            measures: vec![Some(rng.random_range(0.0..1.0))],
            ai: side(first != wrong),
            signals: AiSignals {
                certainty: Some(rng.random_range(0.5..1.0)),
                ..AiSignals::default()
            },
            seconds: None,
            votes,
            inclusion: Some(1.0),
        });
        pool.features.extend(features);
    }
    pool
}

fn watching(cancel: &Cancel) -> Watching<'_> {
    Watching { cancel, step: &|_, _, _| () }
}

fn options(seed: u64) -> FitOptions {
    FitOptions { seed, mixes: 120, candidates: 200, folds: 4, threads: 2 }
}

/// The AI does not hide where it errs behind what a head could see: no second opinion.
fn without_features(mut pool: Pool) -> Pool {
    pool.dim = 0;
    pool.features.clear();
    pool
}

#[test]
fn the_one_tag_that_needs_people_is_found() {
    let pool = study(900, Errors::Tag(7), 1);
    let cancel = Cancel::default();
    let labelled: Vec<usize> = (0..600).collect();
    let open: Vec<usize> = (600..900).collect();
    let with_tag = |i: &usize| pool.instances[*i].tags.contains(&7);
    let budget = open.iter().filter(|i| with_tag(i)).count();
    let kinds = [PolicyKind::AiError, PolicyKind::PpmTopK, PolicyKind::Value, PolicyKind::Auto];
    for kind in kinds {
        let fitted = fit(kind, &pool, &labelled, 0.2, &options(3), watching(&cancel)).unwrap();
        let plan = fitted.plan(&pool, &open, budget);
        let mut order: Vec<usize> = (0..open.len()).collect();
        order.sort_by(|&a, &b| plan.pairs[b].priority.total_cmp(&plan.pairs[a].priority));
        let found = order[..budget].iter().filter(|&&k| with_tag(&open[k])).count();
        // By chance a fifth of them have it.
        assert!(found * 10 > budget * 6, "{kind} ({}): {found} of {budget}", fitted.used());
        let (tag, gain) = fitted.tag_gains(&pool)[0];
        assert!(tag == 7 && gain > 0.0, "{kind}: tag {tag} {gain}");
        let record = serde_json::to_string(&fitted.record(&pool)).unwrap();
        assert!(record.contains("tag 7"), "{kind}: {record}");
        if kind == PolicyKind::Auto {
            assert_ne!(fitted.used(), PolicyKind::Random, "{}", fitted.why());
        }
        let at = order[0];
        let reason = &plan.pairs[at].reason;
        assert!(reason.contains("has tag 7"), "{kind}: {reason}");
    }
}

#[test]
fn where_errors_are_noise_nothing_beats_random() {
    let cancel = Cancel::default();
    for seed in [1, 2, 3] {
        let pool = without_features(study(600, Errors::Everywhere, seed));
        let labelled = pool.labelled();
        let fitted =
            fit(PolicyKind::Auto, &pool, &labelled, 0.3, &options(seed), watching(&cancel))
                .unwrap();
        assert_eq!(fitted.used(), PolicyKind::Random, "seed {seed}: {}", fitted.why());
        assert!(fitted.why().starts_with("nothing beats random"), "{}", fitted.why());
    }
}

/// Pairs that a policy chose say nothing of the rest: what it gains is measured on those drawn.
#[test]
fn what_a_policy_chose_does_not_make_it_look_worse() {
    let mut pool = study(900, Errors::Tag(7), 12);
    let all = pool.labelled();
    for i in 0..900 {
        // A pilot of a third; of the rest, people have labelled what needed them.
        let has_tag = pool.instances[i].tags.contains(&7);
        pool.instances[i].inclusion = (i % 12 < 4).then_some(1.0 / 3.0);
        if i % 12 >= 4 && !has_tag {
            pool.instances[i].votes = Votes::default();
        }
    }
    let cancel = Cancel::default();
    let fit_on = |labelled: &[usize]| {
        let fitted =
            fit(PolicyKind::Auto, &pool, labelled, 0.2, &options(3), watching(&cancel)).unwrap();
        (fitted.used(), fitted.why().to_owned())
    };
    let (used, why) = fit_on(&pool.labelled());
    assert_ne!(used, PolicyKind::Random, "{why}");
    let pilot: Vec<usize> =
        all.iter().copied().filter(|&i| pool.instances[i].inclusion.is_some()).collect();
    assert!(why.contains(&format!("{} labelled pairs", pilot.len())), "{why}");
}

fn evaluated(pool: &Pool, truth: Truth) -> Evaluation {
    let options = EvaluateOptions {
        fit: options(5),
        policies: vec![
            PolicyKind::Random,
            PolicyKind::AiError,
            PolicyKind::PpmSimulated,
            PolicyKind::PpmUnlimited,
            PolicyKind::Auto,
        ],
        shares: vec![0.0, 0.25, 1.0],
        repeats: 5,
        truth,
    };
    evaluate(pool, &pool.labelled(), &options, watching(&Cancel::default())).unwrap()
}

#[test]
fn curves_begin_with_the_ai_and_end_with_people() {
    let pool = study(400, Errors::Tag(2), 4);
    let found = evaluated(&pool, Truth::Majority);
    let accuracy = |kind: PolicyKind, at: usize| {
        let curve = found.curves.iter().find(|curve| curve.kind == kind).unwrap();
        curve.points[at].labels.interval.value
    };
    let ai = pool.instances.iter().filter(|one| one.votes.majority() == Some(one.ai)).count()
        as f64
        / pool.instances.len() as f64;
    let random = PolicyKind::Random;
    for kind in [random, PolicyKind::AiError, PolicyKind::PpmSimulated, PolicyKind::Auto] {
        assert!((accuracy(kind, 0) - ai).abs() < 1e-9, "{kind}");
        assert!((accuracy(kind, 2) - accuracy(random, 2)).abs() < 1e-9, "{kind}");
    }
    assert!(accuracy(PolicyKind::AiError, 1) > accuracy(random, 1) + 0.08);
    assert!(accuracy(PolicyKind::Auto, 1) > accuracy(random, 1) + 0.08);
    let best = found.oracle[1].labels.interval.value;
    assert!(found.curves.iter().all(|curve| curve.points[1].labels.interval.value <= best));
    assert!(found.curves.iter().all(|curve| curve.points[1].spent <= 0.26));
    let reward = found.curves[0].points[2].reward.unwrap().interval.value;
    assert!(reward > 0.85, "a head learns people's labels: {reward}");
}

#[test]
fn the_same_seed_gives_the_same_figures_on_any_number_of_threads() {
    let pool = study(240, Errors::Tag(2), 6);
    let figures = |threads: usize| {
        let options = EvaluateOptions {
            fit: FitOptions { threads, ..options(9) },
            shares: vec![0.3],
            repeats: 3,
            ..EvaluateOptions::default()
        };
        let found =
            evaluate(&pool, &pool.labelled(), &options, watching(&Cancel::default())).unwrap();
        let points = found.curves.iter().flat_map(|curve| &curve.points);
        points
            .map(|point| (point.labels.interval.value, point.reward.map(|one| one.interval.value)))
            .collect::<Vec<_>>()
    };
    assert_eq!(figures(1), figures(3));
}

/// With one vote left out, a person is right less often than where their own vote decides.
#[test]
fn leaving_a_vote_out_is_the_harder_truth() {
    let pool = study(240, Errors::Everywhere, 7);
    let people = |truth: Truth| evaluated(&pool, truth).curves[0].points[2].labels.interval.value;
    assert!(people(Truth::LeaveOneOut) < people(Truth::Majority));
}

#[test]
fn a_pilot_is_drawn_with_known_probabilities() {
    let pool = study(500, Errors::Everywhere, 8);
    let open: Vec<usize> = (0..500).collect();
    for size in [0, 1, 7, 120, 500, 900] {
        let drawn = draw_pilot(&pool, &open, size, 11);
        assert_eq!(drawn.len(), size.min(500));
        let mut indices: Vec<usize> = drawn.iter().map(|one| one.index).collect();
        indices.sort_unstable();
        indices.dedup();
        assert_eq!(indices.len(), drawn.len());
        // Each stands for as many as there are: the weights sum to the study.
        let stands_for: f64 = drawn.iter().map(|one| 1.0 / one.probability).sum();
        assert!(size < 7 || (stands_for - 500.0).abs() < 1e-6, "{size}: {stands_for}");
        assert_eq!(drawn, draw_pilot(&pool, &open, size, 11));
    }
    for (pairs, size) in [(0, 0), (50, 50), (1000, 200), (8000, 800), (100_000, 1500)] {
        assert_eq!(propose_pilot(pairs, pairs).size, size, "{pairs}");
    }
}

#[test]
fn what_teaches_most_comes_first_and_its_like_later() {
    let mut pool = study(4, Errors::Everywhere, 9);
    // 0 and 1 are the same pair; 2 is another; 3 has no doubt known.
    let row = pool.features_of(0).to_vec();
    pool.features[DIM..2 * DIM].copy_from_slice(&row);
    let doubt = [Some(0.30), Some(0.29), Some(0.25), None];
    let cancel = Cancel::default();
    let order = |pool: &Pool| teaching_order(pool, &[0, 1, 2, 3], &doubt, watching(&cancel));
    assert_eq!(order(&pool).unwrap(), [0, 2, 1, 3]);
    pool.dim = 0;
    pool.features.clear();
    assert_eq!(order(&pool).unwrap(), [0, 1, 2, 3]);
}
