//! Bad input is named by file, line and field; the rest is kept; nothing is lost.

use tiebreak_app::view::{Answer, AnswerView, Ask, JudgmentInput, StudySettings};

use crate::study::Scene;

#[test]
fn bad_lines_are_reported_and_the_rest_goes_in() {
    let scene = Scene::new();
    let rows = concat!(
        r#"{"prompt":"p","chosen":"c","rejected":"r"}"#,
        "\nnot json\n\n",
        r#"{"prompt":"p","chosen":7,"rejected":"r"}"#,
        "\n",
        r#"{"prompt":"q","response_a":"x","response_b":"y","human_labels":[1,9]}"#,
        "\n"
    );
    let report = scene.import("mixed.jsonl", rows);
    assert_eq!((report.rows, report.added, report.skipped), (4, 2, 2));
    assert_eq!((report.human_judgments, report.warning_count), (2, 1));
    let lines: Vec<&str> = report.problems.iter().map(String::as_str).collect();
    assert!(lines[0].contains("mixed.jsonl:2: "), "{lines:?}");
    assert!(lines[1].contains("mixed.jsonl:4: field `chosen`: "), "{lines:?}");
    assert!(report.warnings[0].contains("mixed.jsonl:5: field `human_labels[1]`: "), "{report:?}");

    let again = scene.import("mixed.jsonl", rows);
    assert_eq!((again.added, again.duplicates, again.human_judgments), (0, 2, 0));
    assert_eq!(scene.study.overview().unwrap().items, 2);
}

#[test]
fn judgments_that_the_study_does_not_allow_are_refused() {
    let scene = Scene::with_pairs(2);
    let study = &scene.study;
    let settings = StudySettings {
        strength: Ask::Required,
        rationale: Ask::Required,
        ..study.settings().unwrap()
    };
    study.save_settings(&settings).unwrap();
    let who = study.sign_in("ann").unwrap();
    let views = study.next_comparisons(&who, 2, &[]).unwrap();
    let given = AnswerView {
        strength: Some(2),
        rationale: Some("clearer".to_owned()),
        ..AnswerView::new(Answer::Preferred { candidate: views[0].candidates[0].id.clone() })
    };
    let good = JudgmentInput {
        shown_at: Some("2026-01-02T03:04:05Z".to_owned()),
        active_ms: Some(10),
        ..JudgmentInput::new(views[0].item.clone(), given.clone())
    };
    let with = |given: AnswerView| JudgmentInput { given, ..good.clone() };
    let foreign = Answer::Preferred { candidate: views[1].candidates[0].id.clone() };
    let unknown = Answer::Skipped { reason: "bored".to_owned() };
    for (what, input) in [
        ("strength", with(AnswerView { strength: None, ..given.clone() })),
        ("rationale", with(AnswerView { rationale: Some("  ".to_owned()), ..given.clone() })),
        ("strength", with(AnswerView { strength: Some(4), ..given.clone() })),
        ("candidate", with(AnswerView { answer: foreign, ..given.clone() })),
        ("reason", with(AnswerView { answer: unknown, ..given })),
        ("item", JudgmentInput { item: "x".to_owned(), ..good.clone() }),
        ("shown_at", JudgmentInput { shown_at: Some("noon".to_owned()), ..good.clone() }),
    ] {
        let error = study.submit(&who, &input).unwrap_err().to_user();
        assert_eq!(error.code, "bad_input", "{what}");
        assert!(error.message.contains(what), "{what}: {}", error.message);
    }
    assert_eq!(study.progress(&who).unwrap().done, 0);
    study.submit(&who, &good).unwrap();
    assert_eq!(study.progress(&who).unwrap().done, 1);
}

#[test]
fn steps_out_of_order_say_what_to_do_first() {
    let scene = Scene::new();
    let empty = scene.study.route("25%".parse().unwrap(), None).unwrap_err().to_user();
    assert_eq!(empty.code, "empty_study");
    let scene = Scene::with_pairs(4);
    let unscored = scene.study.route("25%".parse().unwrap(), None).unwrap_err().to_user();
    assert_eq!(unscored.code, "unscored");
    let watch = tiebreak_app::Quiet::default();
    let unrouted = scene.study.autolabel(&watch).unwrap_err().to_user();
    assert_eq!(unrouted.code, "not_routed");
    assert!([empty, unscored, unrouted].iter().all(|error| error.hint.is_some()));
}

#[test]
fn second_turns_without_a_first_are_said_and_never_answered_before_it() {
    let scene = Scene::new();
    let row = |id: &str, follows: &str| {
        format!(
            r#"{{"id":"{id}","source":"s","prompt":"{id}","response_a":"a","response_b":"b","follows":{follows}}}"#
        )
    };
    let rows = [
        row("one", "null"),
        row("two", "\"one\""),
        row("lost", "\"nobody\""),
        row("x", "\"y\""),
        row("y", "\"x\""),
    ]
    .join("\n");
    let report = scene.import("turns.jsonl", &rows);
    assert_eq!((report.added, report.warning_count), (5, 2), "{report:?}");
    assert!(report.warnings[0].contains("#3 follows \"nobody\""), "{report:?}");
    assert!(report.warnings[1].contains("2 items follow each other in a circle"), "{report:?}");

    let ada = scene.study.sign_in("ada").unwrap();
    let two = scene.study.find_item("two").unwrap();
    let handed = scene.study.hand_out_item(&ada, two).unwrap();
    let left = Answer::Preferred { candidate: handed.presentation.order[0].to_string() };
    let early = JudgmentInput::new(two.to_string(), AnswerView::new(left));
    let error = scene.study.submit(&ada, &early).unwrap_err().to_user();
    assert!(error.message.contains("\"one\" is to be answered first"), "{}", error.message);
    scene.judge(&ada, "one", None);
    scene.study.submit(&ada, &early).unwrap();
}

#[test]
fn what_a_changed_design_no_longer_has_does_not_hold_up_a_skip() {
    let scene = Scene::with_pairs(1);
    let ada = scene.study.sign_in("ada").unwrap();
    let item = scene.study.next_comparisons(&ada, 1, &[]).unwrap().remove(0).item;
    let skip = Answer::Skipped { reason: "broken".to_owned() };
    let given = AnswerView { reason_tags: vec!["gone".to_owned()], ..AnswerView::new(skip) };
    scene.study.submit(&ada, &JudgmentInput::new(item, given)).unwrap();
    let undone = scene.study.undo(&ada).unwrap().unwrap();
    assert_eq!(undone.comparison.previous.unwrap().reason_tags, Vec::<String>::new());
}
