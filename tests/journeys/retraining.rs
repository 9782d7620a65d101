//! Labels given in a study train its head in the background: annotation goes on, scores change
//! at once and as a whole, and nothing is lost if the program ends in between.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tiebreak_app::view::{Answer, AnswerView, JudgmentInput, StudySettings};
use tiebreak_app::{AnnotatorSession, Quiet, Retraining, Study, TrainOptions};
use tiebreak_core::{ContentHash, Modality};
use tiebreak_store::{Store, StoreError, TrainedHead};

use crate::fake_scorer::{FakeScorer, FakeSource};
use crate::study::Scene;

const EVERY: u32 = 30;

/// A study of 200 pairs without a label, of which the model has scored all.
fn scored() -> (Scene, Arc<Study>) {
    let (scene, study) = pairs();
    study.score(&FakeScorer::new("fake"), &Quiet::default()).unwrap();
    (scene, study)
}

/// A study of 200 pairs without a label and without scores.
fn pairs() -> (Scene, Arc<Study>) {
    let scene = Scene::new();
    let mut rows = String::new();
    for i in 0..200 {
        writeln!(
            rows,
            r#"{{"id":"{i}","prompt":"q{i}","response_a":"answer {i} a","response_b":"answer {i} b"}}"#
        )
        .unwrap();
    }
    scene.import("pairs.jsonl", &rows);
    let settings = StudySettings { retrain_every: EVERY, ..scene.study.settings().unwrap() };
    scene.study.save_settings(&settings).unwrap();
    let study = Arc::new(Study::open(scene.study.path()).unwrap());
    (scene, study)
}

/// Judges against what the pack's head says: the answer with the smaller number is better.
fn judge(study: &Study, who: &AnnotatorSession, items: std::ops::Range<usize>) {
    for i in items {
        let number = |side: &str| FakeScorer::first_number(&format!("answer {i} {side}"));
        let preferred = usize::from(number("b") < number("a"));
        let item = study.find_item(&i.to_string()).unwrap();
        study.hand_out_item(who, item).unwrap();
        let candidates =
            Store::open(study.path()).unwrap().read(|reader| reader.candidate_ids(item)).unwrap();
        let answer = Answer::Preferred { candidate: candidates[preferred].to_string() };
        let input = JudgmentInput::new(item.to_string(), AnswerView::new(answer));
        study.submit(who, &input).unwrap();
    }
}

fn start(study: &Arc<Study>, source: FakeSource) -> Retraining {
    let options = TrainOptions { members: 2, threads: 1, ..TrainOptions::default() };
    Retraining::with_options(Arc::clone(study), Arc::new(source), options).unwrap()
}

/// The hash of the model whose scores count, and the number of models that have any.
fn in_force(study: &Study) -> (String, usize) {
    Store::open(study.path())
        .unwrap()
        .read(|reader| {
            let model = reader.model_in_force(Modality::Text)?.unwrap();
            let history = reader.trained_heads(Modality::Text)?;
            let mut with_scores = 0;
            for head in &history {
                if let Some(model) = reader.reward_model(head.pack_hash)? {
                    with_scores += usize::from(reader.scored_count(model.id)? > 0);
                }
            }
            Ok::<_, StoreError>((model.identity.pack_hash.to_string(), with_scores))
        })
        .unwrap()
}

#[test]
fn labels_train_a_head_that_takes_over() {
    let (_scene, study) = scored();
    let source = FakeSource::text(FakeScorer::new("fake"));
    let retraining = start(&study, source.clone());
    let ada = study.sign_in("ada").unwrap();
    let before = in_force(&study).0;

    judge(&study, &ada, 0..EVERY as usize - 1);
    (1..EVERY).for_each(|_| retraining.after_submission());
    assert_eq!(retraining.wait(), None);
    assert_eq!(in_force(&study).0, before, "one label is missing");

    let n = EVERY as usize;
    judge(&study, &ada, n - 1..n);
    retraining.after_submission();
    assert_eq!(retraining.wait(), None);
    let first = in_force(&study).0;
    assert_ne!(first, before, "a head that knows these labels is better than one that does not");

    for item in n..2 * n {
        judge(&study, &ada, item..item + 1);
        retraining.after_submission();
    }
    assert_eq!(retraining.wait(), None);
    let (second, with_scores) = in_force(&study);
    assert_ne!(second, first);
    assert_eq!(with_scores, 1, "scores of a head that is out of force are dropped");

    let view = study.models(&source).unwrap().remove(0);
    let labels: Vec<u32> = view.history.iter().map(|point| point.labels).collect();
    assert_eq!(labels, [EVERY, 2 * EVERY]);
    assert!(view.history.iter().all(|point| point.cause == "background"));
    assert_eq!((view.head.as_str(), view.labels_since, view.scored), ("study", 0, 200));
    assert!(view.quality.is_some_and(|quality| quality.basis == "cross-validated"));

    // A routing refers to the scores that it used: those stay.
    study.route("10".parse().unwrap(), Some(1)).unwrap();
    for item in 2 * n..3 * n {
        judge(&study, &ada, item..item + 1);
        retraining.after_submission();
    }
    assert_eq!(retraining.wait(), None);
    let (third, with_scores) = in_force(&study);
    assert_ne!(third, second);
    assert_eq!(with_scores, 2);
}

#[test]
fn annotation_does_not_wait_and_closing_stops_the_work() {
    let (_scene, study) = scored();
    let mut slow = FakeScorer::new("fake").with_encoder("another");
    // Not in the study's embeddings yet: all 600 texts go through it, for 100 s.
    slow.pause = Duration::from_millis(200);
    let calls = Arc::clone(&slow.embedded);
    let retraining = start(&study, FakeSource::text(slow));
    let ada = study.sign_in("ada").unwrap();
    judge(&study, &ada, 0..EVERY as usize);
    retraining.after_submission();
    while calls.load(Ordering::Relaxed) == 0 {
        std::thread::yield_now();
    }
    // It is at work, and these are saved all the same.
    let n = EVERY as usize;
    judge(&study, &ada, n..2 * n);
    assert_eq!(study.progress(&ada).unwrap().done, 2 * EVERY);
    drop(retraining);
    let history =
        study.models(&FakeSource::text(FakeScorer::new("fake"))).unwrap().remove(0).history;
    assert!(history.is_empty(), "what was broken off left nothing: {history:?}");

    // Opened again, it begins anew with the next label.
    let retraining = start(&study, FakeSource::text(FakeScorer::new("fake")));
    judge(&study, &ada, 2 * n..2 * n + 1);
    retraining.after_submission();
    assert_eq!(retraining.wait(), None);
    let view = study.models(&FakeSource::text(FakeScorer::new("fake"))).unwrap().remove(0);
    assert_eq!(view.history[0].labels, 2 * EVERY + 1);
}

#[test]
fn labels_of_another_program_are_noticed() {
    let (_scene, study) = scored();
    let retraining = start(&study, FakeSource::text(FakeScorer::new("fake")));
    let before = in_force(&study).0;
    retraining.look_around();
    assert_eq!(retraining.wait(), None);
    assert_eq!(in_force(&study).0, before, "there is nothing new");

    let other = Study::open(study.path()).unwrap();
    let ada = other.sign_in("ada").unwrap();
    judge(&other, &ada, 0..EVERY as usize);
    retraining.look_around();
    assert_eq!(retraining.wait(), None);
    assert_ne!(in_force(&study).0, before);
}

#[test]
fn scores_that_were_broken_off_are_finished() {
    let (_scene, study) = scored();
    let ada = study.sign_in("ada").unwrap();
    judge(&study, &ada, 0..40);
    let encoder = FakeScorer::new("fake");
    let options = TrainOptions { members: 2, ..TrainOptions::default() };
    let trained = study.train(&encoder, &options, &Quiet::default()).unwrap();
    let before = in_force(&study).0;
    // The program ends after the head was kept and before it has scored.
    study.keep_head(&trained, "background", true).unwrap();
    assert_eq!(in_force(&study).0, before, "half of the scores would be worse than the old ones");

    let retraining = start(&study, FakeSource::text(encoder));
    judge(&study, &ada, 40..41);
    retraining.after_submission();
    assert_eq!(retraining.wait(), None);
    assert_eq!(in_force(&study).0, trained.identity.pack_hash.to_string());
}

#[test]
fn a_first_head_is_finished_and_heads_of_aspects_are_not_looked_at() {
    let (_scene, study) = pairs();
    let ada = study.sign_in("ada").unwrap();
    judge(&study, &ada, 0..40);
    let encoder = FakeScorer::new("fake").without_head();
    let options = TrainOptions { members: 2, ..TrainOptions::default() };
    let trained = study.train(&encoder, &options, &Quiet::default()).unwrap();
    // The program ends before it has scored, and no other model has.
    study.keep_head(&trained, "background", true).unwrap();
    let store = Store::open(study.path()).unwrap();
    let heads = || store.read(|reader| reader.trained_heads(Modality::Text)).unwrap();
    let aspect = TrainedHead {
        objective: "style".to_owned(),
        pack_hash: ContentHash::of(b"style"),
        last_judgment: 10_000,
        ..heads().remove(0)
    };
    store.write(|writer| writer.insert_head(&aspect)).unwrap();

    let retraining = start(&study, FakeSource::text(encoder));
    judge(&study, &ada, 40..41);
    retraining.after_submission();
    assert_eq!(retraining.wait(), None);
    assert_eq!(in_force(&study).0, trained.identity.pack_hash.to_string());

    let enough = 40 + EVERY as usize;
    for item in 41..enough {
        judge(&study, &ada, item..item + 1);
        retraining.after_submission();
    }
    assert_eq!(retraining.wait(), None);
    let labels: Vec<u64> = heads().iter().map(|head| head.labels).collect();
    assert_eq!(labels, [40, 40, enough as u64]);
}

#[test]
fn a_head_that_is_worse_than_the_packs_own_is_a_record_only() {
    let (_scene, study) = scored();
    let source = FakeSource::text(FakeScorer::new("fake"));
    let retraining = start(&study, source.clone());
    let bob = study.sign_in("bob").unwrap();
    // Few labels, which agree with the pack's head: what is learnt from them is less sure.
    for i in 0..EVERY as usize {
        let number = |side: &str| FakeScorer::first_number(&format!("answer {i} {side}"));
        let item = study.find_item(&i.to_string()).unwrap();
        let handed = study.hand_out_item(&bob, item).unwrap();
        let candidates =
            Store::open(study.path()).unwrap().read(|reader| reader.candidate_ids(item)).unwrap();
        let _ = handed;
        // At random, but for the pairs of which the pack's head is sure.
        let sure = (number("a") - number("b")).abs() > 0.5;
        let preferred = if sure { usize::from(number("b") > number("a")) } else { i % 2 };
        let answer = Answer::Preferred { candidate: candidates[preferred].to_string() };
        study.submit(&bob, &JudgmentInput::new(item.to_string(), AnswerView::new(answer))).unwrap();
    }
    let before = in_force(&study).0;
    retraining.after_submission();
    assert_eq!(retraining.wait(), None);
    let view = study.models(&source).unwrap().remove(0);
    assert_eq!(view.history.len(), 1);
    let learnt = &view.history[0];
    let pack = study.measure(&FakeScorer::new("fake"), &Quiet::default()).unwrap();
    let took_over = in_force(&study).0 != before;
    assert_eq!(view.head == "study", took_over);
    assert!(took_over || learnt.brier >= pack.brier - 0.05, "{learnt:?} {pack:?}");
}
