//! Two programs have the same study open: no label is lost, nobody is told that it is locked,
//! and two annotators do not get the same pair.

use std::collections::HashSet;

use tiebreak_app::{Quiet, Study};

use crate::fake_scorer::FakeScorer;
use crate::study::Scene;

#[test]
fn two_annotators_at_once() {
    let scene = Scene::with_pairs(60);
    let path = scene.study.path().to_owned();
    let labelled: Vec<HashSet<String>> = std::thread::scope(|scope| {
        let scoring = scope.spawn(|| {
            Study::open(&path).unwrap().score(&FakeScorer::new("fake"), &Quiet::default()).unwrap();
        });
        let people: Vec<_> = ["ann", "bob"]
            .map(|name| {
                let path = path.clone();
                scope.spawn(move || {
                    let own = Scene {
                        folder: tempfile::tempdir().unwrap(),
                        study: Study::open(&path).unwrap(),
                    };
                    let who = own.study.sign_in(name).unwrap();
                    (0..30).map_while(|_| own.answer_next(&who, None)).collect::<HashSet<_>>()
                })
            })
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect();
        scoring.join().unwrap();
        people
    });
    assert_eq!(labelled.iter().map(HashSet::len).sum::<usize>(), 60);
    assert!(labelled[0].is_disjoint(&labelled[1]));
    assert_eq!(scene.study.overview().unwrap().annotated, 60);
}
