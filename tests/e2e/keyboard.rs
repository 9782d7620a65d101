//! Twenty pairs by keyboard, two of them taken back, and all of it still there after a restart.

use std::path::Path;

use fantoccini::key::Key;
use tiebreak_core::Outcome;

use crate::cli;
use crate::desk::journey;
use crate::records;
use crate::window::{Shown, Window};

/// What is pressed for each pair. `s` asks for the reason; a second key gives it.
const KEYS: [&str; 20] = [
    "1", "2", "2", "0", "1", "b", "ss", "1", "2", "0", "s2", "1", "1", "2", "b", "2", "0", "1",
    "2", "1",
];

#[test]
fn twenty_pairs_by_keyboard_are_kept() {
    journey("twenty-pairs-by-keyboard", async |desk| {
        let study = desk.sample_study(&["--strength", "off", "--rationale", "off"]);
        let window = desk.open(&study).await;
        let mut shown = vec![window.sign_in("Ada Lovelace").await];
        for keys in KEYS {
            let before = shown.last().unwrap();
            window.type_text(keys).await;
            let now = window.after_saving(before).await;
            assert!(shown.iter().all(|earlier| earlier.item != now.item), "each pair once");
            shown.push(now);
        }
        assert_eq!(shown[20].done, 20);
        assert_eq!(cli::counted(&study, "Ada Lovelace"), 20);

        take_back(window, &['u'], &shown[19]).await;
        take_back(window, &[Key::Control.into(), 'z'], &shown[18]).await;
        assert_eq!(window.text("progress-done").await, "18");
        desk.quit().await;
        let live = check_saved(&study, &shown);
        assert_eq!(live, 18);
        assert_eq!(cli::counted(&study, "Ada Lovelace"), 18);

        let window = desk.open(&study).await;
        let again = window.sign_in("Ada Lovelace").await;
        assert_eq!(again, shown[18], "what was taken back comes first, on the same sides");
        window.press(Key::Enter.into()).await;
        let again = window.after_saving(&again).await;
        assert_eq!(again, Shown { done: 19, ..shown[19].clone() });
        window.press('1').await;
        let again = window.after_saving(&again).await;
        assert_eq!(again.item, shown[20].item, "then the queue goes on");
        desk.quit().await;
        assert_eq!(check_saved(&study, &shown), 20);
    });
}

/// Undoes, and waits for the comparison whose answer was taken back.
async fn take_back(window: &Window, keys: &[char], expected: &Shown) {
    window.chord(keys).await;
    let item = format!(
        "document.querySelector('[data-testid=item]')?.dataset.item === '{}'",
        expected.item
    );
    window.until(&item).await;
    assert_eq!(window.shown().await, *expected);
}

/// What was pressed is what is saved: returns how many judgments count.
fn check_saved(study: &Path, shown: &[Shown]) -> usize {
    let records = records::read(study, "Ada Lovelace");
    for (shown, keys) in shown.iter().zip(KEYS) {
        let record = records.iter().find(|record| record.item.id.to_string() == shown.item);
        let first = &record.unwrap().chain[0];
        let order: Vec<_> = first.shown_order.iter().map(ToString::to_string).collect();
        assert_eq!(order, shown.candidates, "the sides are saved");
        let saved = match first.outcome {
            Outcome::Preferred(candidate) if candidate == first.shown_order[0] => "1",
            Outcome::Preferred(_) => "2",
            Outcome::Tie => "0",
            Outcome::BothBad => "b",
            Outcome::Skipped(reason) if reason.as_str() == "unstated" => "ss",
            Outcome::Skipped(reason) if reason.as_str() == "broken" => "s2",
            other => panic!("nobody answered {other:?}"),
        };
        assert_eq!(saved, keys);
        assert_eq!((first.strength, &first.rationale), (None, &None));
        assert!(first.shown_at.is_some() && first.active_ms.is_some());
    }
    records.iter().filter(|record| record.live().is_some()).count()
}
