use super::*;

fn row(first: u32, second: u32, outcome: Outcome, cluster: u32) -> Comparison {
    Comparison { first, second, outcome, weight: 1.0, cluster }
}

#[test]
fn too_few_folds_or_clusters_are_refused() {
    let one = Comparisons::of(2, vec![row(0, 1, Outcome::First, 0); 4]).unwrap();
    let two = Comparisons::of(2, (0..4).map(|k| row(0, 1, Outcome::First, k)).collect()).unwrap();
    let usual = HeldOutOptions::default();
    let single = HeldOutOptions { folds: 1, ..usual.clone() };
    for (all, options) in [(&one, &usual), (&two, &single)] {
        assert!(matches!(held_out(all, options), Err(FitError::Shape(_))));
    }
    assert!(held_out(&two, &usual).is_ok());
}

/// With all folds alike and both outcomes even, each model says 1/2: ln 2 nats.
#[test]
fn even_answers_are_worth_a_coin() {
    let rows = (0..20).flat_map(|cluster| {
        [Outcome::First, Outcome::Second].map(|outcome| row(0, 1, outcome, cluster))
    });
    let all = Comparisons::of(2, rows.collect()).unwrap();
    let options = HeldOutOptions { ks: vec![1], ..HeldOutOptions::default() };
    let found = held_out(&all, &options).unwrap();
    assert!((found.bradley_terry + std::f64::consts::LN_2).abs() < 1e-9, "{found:?}");
    assert!(found.general[0].gain.abs() < 1e-6 && found.comparisons == 40.0, "{found:?}");
    assert_eq!((found.general[0].rank, found.clusters), (2, 20));
}

/// A prompt's comparisons are never told apart: nothing is learnt of a system that only one
/// prompt has.
#[test]
fn prompts_stay_whole() {
    let mut rows: Vec<Comparison> = (0..10).map(|k| row(0, 1, Outcome::First, k)).collect();
    rows.extend(vec![row(2, 0, Outcome::First, 99); 30]);
    let all = Comparisons::of(3, rows).unwrap();
    let found = held_out(&all, &HeldOutOptions { ks: vec![1], ..HeldOutOptions::default() });
    let found = found.unwrap();
    // 30 of 40 at ln 2 each, the rest better than that.
    let of_forty = -found.bradley_terry * 40.0;
    assert!(of_forty > 30.0 * std::f64::consts::LN_2 && of_forty < 40.0 * std::f64::consts::LN_2);
}
