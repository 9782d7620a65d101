//! Strength by a second key or the slider, reasons in words, and a sitting without a keyboard.

use std::path::Path;

use fantoccini::key::Key;
use tiebreak_core::Outcome;

use crate::desk::journey;
use crate::records;
use crate::window::Shown;

/// Has every letter and digit that would answer, skip or undo.
const REASON: &str = "bus 12: tubs, 0 subs (U/B/S)";

/// What must be saved of one comparison.
struct Expected<'a> {
    shown: Shown,
    /// 0 is left, 1 is right, none is a tie.
    side: Option<usize>,
    strength: Option<u8>,
    rationale: Option<&'a str>,
}

#[test]
fn strength_and_reason_by_keyboard() {
    journey("strength-and-reason-by-keyboard", async |desk| {
        let study = desk.sample_study(&["--strength", "optional", "--rationale", "optional"]);
        let window = desk.open(&study).await;
        let enter: char = Key::Enter.into();
        let mut expected = Vec::new();

        let shown = window.sign_in("Grace").await;
        window.press('1').await;
        window.find("strength-save").await;
        window.press('2').await;
        let next = window.after_saving(&shown).await;
        expected.push(Expected { shown, side: Some(0), strength: Some(2), rationale: None });

        let shown = next;
        window.type_text("2").await;
        window.press(enter).await;
        let next = window.after_saving(&shown).await;
        expected.push(Expected { shown, side: Some(1), strength: None, rationale: None });

        // A reason is only text, and goes along with the answer that follows.
        let shown = next;
        window.press('r').await;
        window.type_text(REASON).await;
        assert_eq!(window.shown().await, shown, "no letter of a reason is a command");
        let written = window.find("rationale").await.prop("value").await.unwrap();
        assert_eq!(written.as_deref(), Some(REASON));
        window.press(Key::Escape.into()).await;
        window.press('0').await;
        let next = window.after_saving(&shown).await;
        expected.push(Expected { shown, side: None, strength: None, rationale: Some(REASON) });

        // The field is empty again, and Ctrl+Enter in it saves.
        let shown = next;
        window.press('2').await;
        window.press('r').await;
        window.type_text("1u2b").await;
        window.chord(&[Key::Control.into(), enter]).await;
        let next = window.after_saving(&shown).await;
        expected.push(Expected { shown, side: Some(1), strength: None, rationale: Some("1u2b") });

        // Enter alone is a line break there.
        let shown = next;
        window.press('1').await;
        window.press('r').await;
        window.type_text("one").await;
        window.press(enter).await;
        window.type_text("two").await;
        assert_eq!(window.shown().await, shown);
        window.press(Key::Escape.into()).await;
        window.press('3').await;
        window.after_saving(&shown).await;
        let rationale = Some("one\ntwo");
        expected.push(Expected { shown, side: Some(0), strength: Some(3), rationale });

        desk.quit().await;
        check_saved(&study, &expected);
    });
}

#[test]
fn a_sitting_without_a_keyboard() {
    journey("a-sitting-without-a-keyboard", async |desk| {
        let study = desk.sample_study(&[]);
        let window = desk.open(&study).await;
        let mut expected = Vec::new();

        let shown = window.sign_in("Grace").await;
        window.click("answer-left").await;
        // The track is three quarters of the scale; its four stops are 0 to 3.
        let width = window.find("strength").await.rectangle().await.unwrap().2;
        window.click_beside("strength", width / 2.0 - 4.0).await;
        let words = window.find("strength").await.attr("aria-valuetext").await.unwrap();
        assert_eq!(words.as_deref(), Some("much"));
        window.click("strength-save").await;
        let next = window.after_saving(&shown).await;
        expected.push(Expected { shown, side: Some(0), strength: Some(3), rationale: None });

        // Untouched, the slider says nothing.
        let shown = next;
        window.click("answer-right").await;
        window.click("strength-save").await;
        let next = window.after_saving(&shown).await;
        expected.push(Expected { shown, side: Some(1), strength: None, rationale: None });

        let shown = next;
        window.click("answer-tie").await;
        window.after_saving(&shown).await;
        window.click("undo").await;
        let back = format!(
            "document.querySelector('[data-testid=item]')?.dataset.item === '{}'",
            shown.item
        );
        window.until(&back).await;
        window.click("answer-right").await;
        window.click_beside("strength", 4.0 - width / 2.0).await;
        window.click("strength-save").await;
        window.after_saving(&shown).await;
        desk.quit().await;
        let records = records::read(&study, "Grace");
        let revised = records.iter().find(|record| record.item.id.to_string() == shown.item);
        let chain: Vec<_> = revised.unwrap().chain.iter().map(|row| row.outcome.as_str()).collect();
        assert_eq!(chain, ["tie", "withdrawn", "preferred"]);
        expected.push(Expected { shown, side: Some(1), strength: Some(0), rationale: None });
        check_saved(&study, &expected);
    });
}

fn check_saved(study: &Path, expected: &[Expected<'_>]) {
    let records = records::read(study, "Grace");
    assert_eq!(records.iter().filter(|record| record.live().is_some()).count(), expected.len());
    for one in expected {
        let record = records.iter().find(|record| record.item.id.to_string() == one.shown.item);
        let saved = record.unwrap().live().unwrap();
        let side = match saved.outcome {
            Outcome::Preferred(candidate) => {
                one.shown.candidates.iter().position(|shown| *shown == candidate.to_string())
            }
            _ => None,
        };
        assert_eq!(side, one.side);
        assert_eq!(saved.strength.map(u8::from), one.strength);
        assert_eq!(saved.rationale.as_deref(), one.rationale);
    }
}
