//! A text comparison is imported, scored, routed, shown, answered, taken back, exported.

use std::collections::HashSet;

use serde_json::Value;
use tiebreak_app::view::{
    Answer, AnswerView, Ask, AspectAnswerView, AspectScale, AspectSetting, AspectView, JobState,
    JudgmentInput, RoutingSettings, StudySettings,
};
use tiebreak_app::{ExportRequest, Jobs, LabelChoice, Quiet};

use crate::fake_scorer::{FakeScorer, FakeSource};
use crate::study::Scene;

#[test]
fn from_import_to_export_the_counts_add_up() {
    let scene = Scene::with_pairs(40);
    let (study, watch) = (&scene.study, Quiet::default());
    let report =
        study.label_rest(&FakeSource::text(FakeScorer::new("fake")), "25%", &watch).unwrap();
    assert_eq!((report.scored, report.human, report.ai, report.autolabelled), (40, 10, 30, 30));

    let overview = study.overview().unwrap();
    assert_eq!(overview.routed.human + overview.routed.ai, overview.items);
    assert_eq!((overview.human_labelled, overview.ai_labelled, overview.waiting), (14, 30, 10));

    let who = study.sign_in("Ann Example").unwrap();
    let mut seen = HashSet::new();
    for _ in 0..10 {
        assert!(seen.insert(scene.answer_next(&who, Some(3)).unwrap()), "no item comes twice");
    }
    assert_eq!(scene.answer_next(&who, None), None, "the human side is done");
    let progress = study.progress(&who).unwrap();
    assert_eq!((progress.done, progress.waiting), (10, 0));
    assert_eq!(progress.seconds_per_judgment, Some(1.5));

    let request = ExportRequest::new("trl", LabelChoice::Routed).unwrap();
    let out = scene.path("out");
    let report = study.export(&out, &request, &watch).unwrap();
    let left_out: u32 = report.left_out.iter().map(|(_, n)| n).sum();
    assert_eq!(report.rows + left_out, 40);
    assert_eq!(report.human + report.ai, report.rows);
    assert_eq!(report.ai, 30);
    let rows: Vec<Value> = std::fs::read_to_string(out.join("train.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), report.rows as usize);
    for row in &rows {
        assert_ne!(row["chosen"], row["rejected"]);
        let margin =
            row["score_chosen"].as_f64().unwrap() - row["score_rejected"].as_f64().unwrap();
        assert!((row["margin"].as_f64().unwrap() - margin).abs() < 1e-12);
        match row["label_source"].as_str().unwrap() {
            "ai" => {
                assert!(margin > 0.0, "the model's label follows its scores");
                assert!(row["strength"].is_null(), "a model states no strength");
            }
            source => {
                assert_eq!(source, "human");
                assert!(row["strength"].as_f64().unwrap() >= 2.0);
            }
        }
    }
    let everything = std::fs::read_to_string(out.join("train.jsonl")).unwrap()
        + &std::fs::read_to_string(out.join("README.md")).unwrap()
        + &std::fs::read_to_string(out.join("manifest.json")).unwrap();
    assert!(!everything.contains("Ann Example"), "people are exported by pseudonym");
}

#[test]
fn labels_can_be_chosen_by_source() {
    let scene = Scene::with_pairs(30);
    let watch = Quiet::default();
    scene.study.label_rest(&FakeSource::text(FakeScorer::new("fake")), "0%", &watch).unwrap();
    for (labels, human, ai) in [
        (LabelChoice::Routed, 0, 30),
        (LabelChoice::Human, 10, 0),
        (LabelChoice::Ai, 0, 30),
        (LabelChoice::HumanFirst, 10, 20),
    ] {
        let request = ExportRequest::new("parquet", labels).unwrap();
        let report = scene.study.export(&scene.path("out"), &request, &watch).unwrap();
        assert_eq!((report.human, report.ai), (human, ai), "{labels:?}");
    }
}

#[test]
fn undo_has_no_limit_and_brings_the_pair_back_as_it_was() {
    let scene = Scene::with_pairs(6);
    let study = &scene.study;
    let who = study.sign_in("ann").unwrap();
    let first = study.next_comparisons(&who, 1, &[]).unwrap().remove(0);
    let items: Vec<_> = (0..4).map(|_| scene.answer_next(&who, Some(1)).unwrap()).collect();
    for item in items.iter().rev() {
        let undone = study.undo(&who).unwrap().unwrap();
        assert_eq!(&undone.comparison.item, item);
        assert_eq!(undone.comparison.previous.unwrap().strength, Some(1));
    }
    assert_eq!(study.undo(&who).unwrap(), None);
    let again = study.next_comparisons(&who, 6, &[]).unwrap();
    assert_eq!(again[0].item, first.item, "what was taken back last comes first");
    assert_eq!(again[0].candidates, first.candidates, "on the same sides");
    assert!(again[0].previous.is_some(), "with the answer of before");
    assert_eq!(study.progress(&who).unwrap().done, 0);
}

#[test]
fn a_label_given_here_is_exported_wherever_the_item_was_routed() {
    let scene = Scene::with_pairs(6);
    let (study, watch) = (&scene.study, Quiet::default());
    study.label_rest(&FakeSource::text(FakeScorer::new("fake")), "0%", &watch).unwrap();
    scene.import("late.jsonl", r#"{"id":"late","prompt":"p","response_a":"x","response_b":"y"}"#);
    let who = study.sign_in("ann").unwrap();
    scene.judge(&who, "p1", None);
    scene.judge(&who, "late", None);
    scene.judge(&who, "p2", Some(Answer::Skipped { reason: "unstated".to_owned() }));
    for (labels, human, ai) in [(LabelChoice::Routed, 2, 5), (LabelChoice::HumanFirst, 4, 3)] {
        let request = ExportRequest::new("trl", labels).unwrap();
        let report = study.export(&scene.path("out"), &request, &watch).unwrap();
        assert_eq!((report.human, report.ai), (human, ai), "{labels:?}: {report:?}");
    }
}

#[test]
fn the_order_of_candidate_ids_gives_nothing_away() {
    let scene = Scene::with_pairs(64);
    let who = scene.study.sign_in("ann").unwrap();
    let first_smaller = scene
        .study
        .hand_out(&who, 64, &[])
        .unwrap()
        .iter()
        .filter(|handed| handed.item.candidates[0].id < handed.item.candidates[1].id)
        .count();
    // Outside these bounds once in some million runs by chance.
    assert!((12..=52).contains(&first_smaller), "{first_smaller} of 64");
}

#[test]
fn two_people_who_prefer_opposite_answers_judge_one_item() {
    let scene = Scene::new();
    let rows = r#"{"prompt":"x","chosen":"a","rejected":"b","annotator":"p"}
{"prompt":"x","chosen":"b","rejected":"a","annotator":"q"}
{"prompt":"x","chosen":"b","rejected":"a","annotator":"p"}
"#;
    let report = scene.import("opposite.jsonl", rows);
    assert_eq!((report.added, report.duplicates, report.human_judgments), (1, 2, 2));
    assert_eq!(report.warning_count, 1, "the second answer of p is not dropped in silence");
    let request = ExportRequest::new("trl", LabelChoice::Human).unwrap();
    let error = scene.study.export(&scene.path("out"), &request, &Quiet::default()).unwrap_err();
    assert_eq!(error.to_user().code, "nothing_to_export");
    assert!(error.to_string().contains("1 no majority"), "{error}");
}

#[test]
fn a_pair_taken_back_returns_from_either_side() {
    let scene = Scene::with_pairs(10);
    let study = &scene.study;
    study.label_rest(&FakeSource::text(FakeScorer::new("fake")), "0%", &Quiet::default()).unwrap();
    let who = study.sign_in("ann").unwrap();
    assert_eq!(study.progress(&who).unwrap().waiting, 0);
    let item = scene.judge(&who, "p3", Some(Answer::Tie));
    let undone = study.undo(&who).unwrap().unwrap();
    assert_eq!(undone.progress.waiting, 1);
    let again = study.next_comparisons(&who, 5, &[]).unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].item, item);
}

#[test]
fn the_page_never_learns_which_system_answered() {
    let scene = Scene::with_pairs(6);
    let who = scene.study.sign_in("ann").unwrap();
    let views = scene.study.next_comparisons(&who, 6, &[]).unwrap();
    assert_eq!(views.len(), 6);
    let sent = serde_json::to_string(&views).unwrap();
    assert!(sent.contains("first 0") && !sent.contains("secret-system"), "{sent}");
}

#[test]
fn sides_are_balanced_and_stored() {
    let scene = Scene::with_pairs(100);
    let who = scene.study.sign_in("ann").unwrap();
    let mut first_on_the_left = 0;
    for view in scene.study.next_comparisons(&who, 100, &[]).unwrap() {
        first_on_the_left += u32::from(view.candidates[0].turns[0].text.starts_with("first"));
    }
    assert!((48..=52).contains(&first_on_the_left), "{first_on_the_left}");
}

#[test]
fn a_later_routing_keeps_what_people_have_labelled() {
    let scene = Scene::with_pairs(40);
    let (study, watch) = (&scene.study, Quiet::default());
    // What is drawn for an audit stays with people too.
    let routing = RoutingSettings { audit_percent: 0.0, ..RoutingSettings::default() };
    study.save_routing_settings(&routing).unwrap();
    study.label_rest(&FakeSource::text(FakeScorer::new("fake")), "50%", &watch).unwrap();
    let who = study.sign_in("ann").unwrap();
    for _ in 0..8 {
        scene.answer_next(&who, None).unwrap();
    }
    let report = study.route("10%".parse().unwrap(), Some(1)).unwrap();
    assert_eq!(report.human, 8, "eight labels are paid for, though the budget is now four");
    assert_eq!(study.progress(&who).unwrap().waiting, 0);
}

#[test]
fn an_export_that_is_cancelled_leaves_nothing() {
    let scene = Scene::with_pairs(10);
    let watch = Quiet::default();
    tiebreak_app::Watch::cancel(&watch).cancel();
    let request = ExportRequest::new("trl", LabelChoice::Routed).unwrap();
    let out = scene.path("out");
    let error = scene.study.export(&out, &request, &watch).unwrap_err();
    assert_eq!(error.to_user().code, "cancelled");
    assert!(!out.exists());
}

#[test]
fn long_work_runs_as_a_job() {
    let scene = Scene::with_pairs(10);
    let jobs = Jobs::default();
    let study = std::sync::Arc::new(scene.study);
    let job = jobs
        .start(Box::new(move |watch| {
            let report =
                study.label_rest(&FakeSource::text(FakeScorer::new("fake")), "5", watch)?;
            Ok(tiebreak_app::view::JobResult::Label { report })
        }))
        .unwrap();
    loop {
        let view = jobs.get(&job).unwrap().view();
        if view.state != JobState::Running {
            assert_eq!(view.state, JobState::Done, "{:?}", view.error);
            break;
        }
        std::thread::yield_now();
    }
}

#[test]
fn what_is_said_beside_the_preference_is_in_the_export() {
    let scene = Scene::with_pairs(3);
    let study = &scene.study;
    let settings = StudySettings {
        confidence: Ask::Optional,
        reason_tags: vec!["clear".to_owned()],
        aspects: vec![AspectSetting {
            id: "help".to_owned(),
            name: "Help".to_owned(),
            scale: AspectScale::Rating,
            ask: Ask::Optional,
            ..AspectSetting::default()
        }],
        ..study.settings().unwrap()
    };
    study.save_settings(&settings).unwrap();
    let ada = study.sign_in("ada").unwrap();
    // The first pair has an imported label.
    let shown = study.next_comparisons(&ada, 2, &[]).unwrap().remove(1);
    let [left, right] = [0, 1].map(|side| shown.candidates[side].id.clone());
    let given = AnswerView {
        confidence: Some(1.0),
        reason_tags: vec!["clear".to_owned()],
        aspects: vec![AspectView {
            aspect: "help".to_owned(),
            answer: AspectAnswerView::Ratings { ratings: vec![(left.clone(), 5), (right, 2)] },
            reasons: Vec::new(),
        }],
        ..AnswerView::new(Answer::Preferred { candidate: left })
    };
    study.submit(&ada, &JudgmentInput::new(shown.item.clone(), given)).unwrap();
    let out = scene.path("out");
    let request = ExportRequest::new("trl", LabelChoice::Human).unwrap();
    study.export(&out, &request, &Quiet::default()).unwrap();
    let rows = std::fs::read_to_string(out.join("train.jsonl")).unwrap();
    let row = rows
        .lines()
        .map(|row| serde_json::from_str::<Value>(row).unwrap())
        .find(|row| row["item_id"] == shown.item)
        .unwrap();
    let details: Value = serde_json::from_str(row["details"].as_str().unwrap()).unwrap();
    assert_eq!(
        details[0]["aspects"][0]["ratings"],
        serde_json::json!({ "chosen": 5, "rejected": 2 })
    );
    assert_eq!(details[0]["reason_tags"], serde_json::json!(["clear"]));
    assert_eq!(details[0]["confidence"], 1.0);
}
