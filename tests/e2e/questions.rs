//! What a study can ask beside the preference: aspects, confidence, reasons, rankings, steps,
//! second turns. By keyboard, into the file.

use fantoccini::key::Key;
use serde_json::json;
use tiebreak_core::{AspectAnswer, Outcome};

use crate::cli;
use crate::desk::{journey, output};
use crate::records;
use crate::window::Window;

fn preset(
    desk: &crate::desk::Desk,
    rows: &[serde_json::Value],
    preset: &str,
) -> std::path::PathBuf {
    let study = desk.study_of(rows);
    cli::run(cli::tiebreak().arg("settings").arg(&study).args(["--preset", preset]));
    study
}

fn pairs() -> Vec<serde_json::Value> {
    (0..3)
        .map(|n| json!({ "id": n.to_string(), "prompt": "p", "response_a": format!("a {n}"), "response_b": format!("b {n}") }))
        .collect()
}

#[test]
fn aspects_with_their_reasons() {
    journey("aspects", async |desk| {
        let study = preset(desk, &pairs(), "multipref");
        let window = desk.open(&study).await;
        window.resize(1280, 800).await;
        let first = window.sign_in("Ada Lovelace").await;
        // Left; no strength; three aspects: left with the first reason, tie, right.
        window.press('1').await;
        window.find("form").await;
        keep(window, "aspects").await;
        answer_form(window, &["\n", "1", "1\n", "0", "2", "\n"]).await;
        window.after_saving(&first).await;
        desk.quit().await;
        let records = records::read(&study, "Ada Lovelace");
        let judgment = records.iter().find_map(|record| record.live()).unwrap();
        let [left, right] = [0, 1].map(|side| judgment.shown_order[side]);
        assert_eq!(judgment.outcome, Outcome::Preferred(left));
        let answers: Vec<_> = judgment
            .aspects
            .iter()
            .map(|aspect| (aspect.aspect.as_str(), &aspect.answer))
            .collect();
        assert_eq!(
            answers,
            [
                ("helpful", &AspectAnswer::Preferred(left)),
                ("truthful", &AspectAnswer::Tie),
                ("harmless", &AspectAnswer::Preferred(right)),
            ]
        );
        assert_eq!(judgment.aspects[0].reason_tags, ["Follows the instructions better"]);
        assert_eq!((judgment.strength, judgment.confidence), (None, None), "untouched is absent");
    });
}

/// Gives keys to the questions, then goes on with Enter until the judgment is saved.
async fn answer_form(window: &Window, keys: &[&str]) {
    for key in keys.iter().flat_map(|keys| keys.chars()) {
        window.press(if key == '\n' { Key::Enter.into() } else { key }).await;
    }
    for _ in 0..12 {
        let open = window.run("return Boolean(document.querySelector('[data-testid=form]'))").await;
        let saved =
            window.run("return Boolean(document.querySelector('[data-testid=saved]'))").await;
        if open == false || saved == true {
            break;
        }
        window.press(Key::Enter.into()).await;
        window.until_drawn().await;
    }
}

#[test]
fn four_candidates_are_put_in_order() {
    journey("ranking", async |desk| {
        let rows = [
            json!({ "id": "r", "prompt": "p", "candidates": ["a", "b", "c", "d"] }),
            pairs()[0].clone(),
        ];
        let study = desk.study_of(&rows);
        cli::run(
            cli::tiebreak()
                .arg("settings")
                .arg(&study)
                .args(["--settings"])
                .arg(desk.file("s.toml", "strength = \"off\"\nrationale = \"off\"\n")),
        );
        let window = desk.open(&study).await;
        window.resize(1280, 800).await;
        let first = window.sign_in("Ada Lovelace").await;
        window.type_text("31").await;
        keep(window, "ranking").await;
        window.press('4').await;
        window.press(Key::Backspace.into()).await;
        window.press(Key::Enter.into()).await;
        window.after_saving(&first).await;
        desk.quit().await;
        let records = records::read(&study, "Ada Lovelace");
        let judgment = records.iter().find_map(|record| record.live()).unwrap();
        let shown = &judgment.shown_order;
        let expected = vec![vec![shown[2]], vec![shown[0]]];
        assert_eq!(judgment.ranking.as_ref().unwrap().tiers, expected);
        let out = desk.path("out");
        cli::run(cli::tiebreak().arg("export").arg(&study).arg("--out").arg(&out));
        let exported = std::fs::read_to_string(out.join("train.jsonl")).unwrap();
        assert_eq!(exported.lines().count(), 1, "two candidates in order are one pair");
    });
}

#[test]
fn the_first_wrong_step_is_marked() {
    journey("steps", async |desk| {
        let rows = [
            json!({ "id": "s", "prompt": "2 + 2 * 2?", "response_a": "2 * 2 = 4\n2 + 4 = 6", "response_b": "2 + 2 = 4\n4 * 2 = 8" }),
        ];
        let study = preset(desk, &rows, "step-dpo");
        let window = desk.open(&study).await;
        window.resize(1280, 800).await;
        window.sign_in("Ada Lovelace").await;
        window.press('1').await;
        window.find("notice").await;
        for side in ["candidate-0", "candidate-1"] {
            window
                .run(&format!(
                    "document.querySelector('[data-testid={side}] [data-testid=step-1] button').click()"
                ))
                .await;
        }
        keep(window, "steps").await;
        window.press(Key::Enter.into()).await;
        window.press('1').await;
        window.find("all-done").await;
        desk.quit().await;
        let records = records::read(&study, "Ada Lovelace");
        let judgment = records.iter().find_map(|record| record.live()).unwrap();
        let marked: Vec<_> = judgment.steps.iter().map(|step| step.first_wrong).collect();
        assert_eq!(marked, [Some(1), Some(1)]);
    });
}

#[test]
fn the_second_turn_sees_the_first() {
    journey("second-turn", async |desk| {
        let pair = |id: &str, prompt: &str| json!({ "id": id, "source": "t", "prompt": prompt, "response_a": format!("{id} a"), "response_b": format!("{id} b") });
        let mut second = pair("two", "and a calmer one?");
        second["follows"] = "one".into();
        let rows = [second, pair("one", "recommend a song"), pair("three", "another")];
        let study = desk.study_of(&rows);
        let window = desk.open(&study).await;
        window.resize(1280, 800).await;
        let first = window.sign_in("Ada Lovelace").await;
        assert!(window.html().await.contains("recommend a song"), "the first turn comes first");
        window.press('r').await;
        window.type_text("because").await;
        window.press(Key::Escape.into()).await;
        window.press('1').await;
        window.press(Key::Enter.into()).await;
        let next = window.after_saving(&first).await;
        let panel = window.text("preceding").await;
        assert!(panel.contains("recommend a song") && panel.contains("because"), "{panel}");
        keep(window, "second-turn").await;
        assert!(window.html().await.contains("and a calmer one?"), "{next:?}");
    });
}

#[test]
fn the_whole_page_speaks_german() {
    journey("german", async |desk| {
        let study = desk.sample_study(&[]);
        let window = desk.open(&study).await;
        window.resize(1280, 800).await;
        window.run("localStorage.setItem('tiebreak.language', 'de'); location.reload();").await;
        window.until("document.documentElement.lang === 'de' && document.querySelector('[data-testid=study]')").await;
        keep(window, "german-study").await;
        window.sign_in("Ada Lovelace").await;
        keep(window, "german-pair").await;
        window.press('?').await;
        window.find("help-dialog").await;
        keep(window, "german-keys").await;
    });
}

async fn keep(window: &Window, name: &str) {
    window.until_drawn().await;
    let picture = window.picture().await;
    std::fs::write(output(&format!("screens/{name}.png")), picture).unwrap();
}
