//! Tags: nothing is measured twice, ranks stay as they were frozen, and what needs no model comes
//! without one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use tiebreak_app::{Quiet, TagOptions, TagReport, Watch};
use tiebreak_core::Cancel;
use tiebreak_store::{Store, StoreError};

use crate::fake_scorer::{FakeScorer, FakeSource};
use crate::study::Scene;

fn tag(scene: &Scene, source: &FakeSource, options: &TagOptions) -> TagReport {
    scene.study.tag(source, options, &Quiet::default()).unwrap()
}

/// The names of the tags of every item, by its imported id.
fn tags(scene: &Scene) -> BTreeMap<String, Vec<String>> {
    let vocabulary = scene.study.tagging().unwrap().unwrap().vocabulary;
    let store = Store::open(scene.study.path()).unwrap();
    let found = store.read(|reader| {
        let (number, _) = reader.tagging()?.unwrap();
        let mut found = BTreeMap::new();
        for tagged in reader.item_tags_after(number, 0, 10_000)? {
            let id = reader.item(tagged.item)?.external_id.unwrap();
            let names = tagged.tags.tags.unwrap().into_iter();
            found.insert(id, names.map(|tag| vocabulary.name(tag).to_owned()).collect());
        }
        Ok::<_, StoreError>(found)
    });
    found.unwrap()
}

/// Pairs whose prompts grow from 1 word on.
fn growing(ids: std::ops::Range<usize>) -> String {
    let mut rows = String::new();
    for n in ids {
        let prompt = "word ".repeat(n + 1);
        let row = serde_json::json!({
            "id": format!("p{n:04}"), "prompt": prompt, "category": (["even", "odd"][n % 2]),
            "safety_concern": "High", "response_a": format!("In Paris {n}"),
            "response_b": format!("In Rome {n}"),
        });
        writeln!(rows, "{row}").unwrap();
    }
    rows
}

#[test]
fn ranks_are_frozen_and_later_items_are_placed_by_them() {
    let scene = Scene::new();
    scene.import("first.jsonl", &growing(0..30));
    let source = FakeSource::text(FakeScorer::new("fake"));
    let own = TagOptions { own_fields: vec!["category".to_owned()], again: false };
    let report = tag(&scene, &source, &own);
    assert_eq!((report.items, report.tagged, report.is_new), (30, 30, true));
    let before = tags(&scene);
    assert!(before["p0000"].contains(&"prompt length: 0-0.33".to_owned()));
    assert!(before["p0029"].contains(&"prompt length: 0.67-1".to_owned()));
    assert!(before["p0003"].contains(&"category: odd".to_owned()));
    assert!(before["p0003"].contains(&"safety concern: high".to_owned()), "imported");
    // Of Paris, Rome and a number they share the number.
    assert!(before["p0003"].contains(&"entity overlap: 0.33-0.67".to_owned()));
    let safety = report.dimensions.iter().find(|one| one.dimension == "safety concern").unwrap();
    assert_eq!((safety.items, safety.imported), (30, 30));

    // Ten times as many long prompts would have pushed the others down.
    scene.import("second.jsonl", &growing(100..400));
    let report = tag(&scene, &source, &own);
    assert_eq!((report.tagged, report.tagged_before, report.is_new), (300, 30, false));
    let after = tags(&scene);
    assert!(before.iter().all(|(id, tags)| after[id] == *tags));
    assert!(after["p0100"].contains(&"prompt length: 0.67-1".to_owned()));
    assert_eq!(tag(&scene, &source, &own).tagged, 0);

    let report = tag(&scene, &source, &TagOptions { again: true, ..own });
    assert_eq!((report.tagged, report.tagged_before, report.is_new), (330, 0, true));
    assert!(tags(&scene)["p0029"].contains(&"prompt length: 0-0.33".to_owned()));
}

#[test]
fn other_fields_begin_anew() {
    let scene = Scene::new();
    scene.import("first.jsonl", &growing(0..6));
    let source = FakeSource::default();
    let of = |fields: &[&str]| TagOptions {
        own_fields: fields.iter().map(|&field| field.to_owned()).collect(),
        again: false,
    };
    for (fields, is_new, has_own) in [
        (of(&[]), true, false),
        (of(&["category", "tags"]), true, true),
        (of(&["tags", "category"]), false, true),
        (of(&[]), true, false),
        (of(&[]), false, false),
    ] {
        assert_eq!(tag(&scene, &source, &fields).is_new, is_new, "{fields:?}");
        let found = tags(&scene);
        assert_eq!(found.len(), 6);
        assert_eq!(found["p0003"].contains(&"category: odd".to_owned()), has_own, "{fields:?}");
    }
}

/// Stops while the second page of items is to get its tags.
#[derive(Default)]
struct StopsWhileTagging {
    tags: AtomicBool,
    cancel: Cancel,
}

impl Watch for StopsWhileTagging {
    fn stage(&self, name: &str, _total: Option<u64>) {
        self.tags.store(name == "Tagging", Ordering::Relaxed);
    }

    fn advance(&self, _done: u64) {
        if self.tags.load(Ordering::Relaxed) {
            self.cancel.cancel();
        }
    }

    fn cancel(&self) -> &Cancel {
        &self.cancel
    }
}

#[test]
fn a_tagging_counts_once_all_items_have_its_tags() {
    let scene = Scene::new();
    scene.import("first.jsonl", &growing(0..1010));
    let (source, options) = (FakeSource::default(), TagOptions::default());
    let stops = StopsWhileTagging::default();
    let error = scene.study.tag(&source, &options, &stops).unwrap_err();
    assert_eq!(error.to_user().code, "cancelled");
    assert!(scene.study.tagging().unwrap().is_none(), "a part of the items has tags");

    // Among more long prompts it is one of the short ones; what it had was by other ranks.
    scene.import("second.jsonl", &growing(1010..1310));
    let report = tag(&scene, &source, &options);
    assert_eq!((report.items, report.tagged_before, report.is_new), (1310, 1010, false));
    assert!(tags(&scene)["p0400"].contains(&"prompt length: 0-0.33".to_owned()));
}

#[test]
fn tagging_that_was_broken_off_goes_on() {
    let scene = Scene::with_pairs(1200);
    let mut scorer = FakeScorer::new("fake");
    // The definitions and the first page go through.
    scorer.fails_after = Some(2500);
    let failing = FakeSource::text(scorer);
    let options = TagOptions::default();
    assert!(scene.study.tag(&failing, &options, &Quiet::default()).is_err());
    assert!(scene.study.tagging().unwrap().is_none(), "not in force before all is measured");
    let report = tag(&scene, &FakeSource::text(FakeScorer::new("fake")), &options);
    assert!(report.tagged_before > 0 && !report.is_new, "{}", report.tagged_before);
    assert_eq!((report.items, report.tagged), (1200, 1200 - report.tagged_before));
}

#[test]
fn without_an_encoder_there_are_the_tags_of_the_text() {
    let scene = Scene::with_pairs(20);
    let report = tag(&scene, &FakeSource::default(), &TagOptions::default());
    assert_eq!((report.items, report.encoder), (20, None));
    assert!(report.notes[0].contains("there is no pack minilm"), "{:?}", report.notes);
    let items = |name: &str| report.measures.iter().find(|one| one.measure == name).unwrap().items;
    assert_eq!((items("ROUGE-1 F"), items("entity overlap"), items("prompt length")), (20, 20, 20));
    assert_eq!((items("cosine similarity"), items("token match F1")), (0, 0));
    let method = |name: &str| report.dimensions.iter().find(|d| d.dimension == name).unwrap();
    assert_eq!(method("language").method, "rules");
    assert_eq!(
        (method("safety concern").method.as_str(), method("safety concern").items),
        ("none", 0)
    );

    // Tags with and without one do not mix.
    let source = FakeSource::text(FakeScorer::new("fake"));
    let report = tag(&scene, &source, &TagOptions::default());
    assert!(report.encoder.is_none() && report.notes[0].contains("tag again"));
    let report = tag(&scene, &source, &TagOptions { again: true, ..TagOptions::default() });
    assert!(report.encoder.is_some() && report.notes.is_empty(), "{:?}", report.notes);
    assert_eq!(report.measures[0].items, 20, "cosine similarity");
}

#[test]
fn an_empty_study_has_nothing_to_tag() {
    let scene = Scene::new();
    let error = scene
        .study
        .tag(&FakeSource::default(), &TagOptions::default(), &Quiet::default())
        .unwrap_err();
    assert_eq!(error.to_user().code, "empty_study");
}
