//! Nothing is scored twice, and what was scored before a failure is kept.

use std::sync::atomic::Ordering;

use tiebreak_app::Quiet;

use crate::fake_scorer::FakeScorer;
use crate::study::Scene;

#[test]
fn a_failure_half_way_keeps_the_first_half() {
    let scene = Scene::with_pairs(1500);
    let watch = Quiet::default();
    let mut scorer = FakeScorer::new("fake");
    scorer.fails_after = Some(2000);
    assert!(scene.study.score(&scorer, &watch).is_err());
    let kept = scene.study.overview().unwrap().scored;
    assert!(kept > 0 && kept < 1500, "{kept}");

    scorer.fails_after = None;
    let report = scene.study.score(&scorer, &watch).unwrap();
    assert_eq!(report.scored + u64::from(kept), 1500);
    assert_eq!(report.already_scored, u64::from(kept));

    let before = scorer.embedded.load(Ordering::Relaxed);
    assert_eq!(scene.study.score(&scorer, &watch).unwrap().scored, 0);
    assert_eq!(scorer.embedded.load(Ordering::Relaxed), before);
}

#[test]
fn another_head_scores_again_from_the_same_embeddings() {
    let scene = Scene::with_pairs(20);
    let watch = Quiet::default();
    scene.study.score(&FakeScorer::new("one"), &watch).unwrap();
    let second = FakeScorer::new("two");
    let report = scene.study.score(&second, &watch).unwrap();
    assert_eq!((report.scored, report.embedded), (20, 0));
    assert_eq!(second.embedded.load(Ordering::Relaxed), 0);
}
