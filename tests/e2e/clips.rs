//! Clips in the window: played in step, switched, heard long enough, and judged.

use fantoccini::key::Key;

use crate::desk::{journey, output};
use crate::records;
use crate::window::Window;

#[test]
fn clips_are_heard_before_they_are_judged() {
    journey("clips", async |desk| {
        let study = desk.sample_folder("music", "min_listen_s = 2\n");
        let window = desk.open(&study).await;
        window.resize(1280, 800).await;
        let first = window.sign_in("Ada Lovelace").await;
        window
            .until("document.querySelectorAll('[data-testid=audio-stage] canvas').length >= 2")
            .await;
        window.until("!document.querySelector('[data-testid=play]').disabled").await;
        keep(window, "idle").await;

        // Nothing was heard yet: the answer is not taken, and it is said why.
        window.press('1').await;
        window.find("notice").await;
        assert_eq!(window.shown().await, first);
        keep(window, "not-heard").await;

        window.press(' ').await;
        moves(window).await;
        keep(window, "playing").await;
        heard(window, 0).await;
        window.press('x').await;
        moves(window).await;
        keep(window, "switched").await;
        heard(window, 1).await;
        window.press('[').await;
        window.press(Key::Right.into()).await;
        window.press(']').await;
        keep(window, "loop").await;
        window.press('\\').await;
        window.press(' ').await;
        window.press('1').await;
        window.after_saving(&first).await;
        desk.quit().await;

        let records = records::read(&study, "Ada Lovelace");
        let record = records.iter().find(|record| record.item.id.to_string() == first.item);
        let judgment = record.and_then(|record| record.live()).unwrap();
        for id in &first.candidates {
            let spans = judgment.listening.iter().filter(|span| span.candidate.to_string() == *id);
            let ms: u32 = spans.map(|span| span.to_ms - span.from_ms).sum();
            assert!(ms >= 1990, "{ms} ms of {id}: {:?}", judgment.listening);
        }
        assert!(judgment.listening.is_sorted_by_key(|span| span.at));
    });
}

/// Waits until the position moves on: the clock of the sound runs, also without a sound device.
async fn moves(window: &Window) {
    let time = "document.querySelector('[data-testid=time]').textContent";
    let before = window.run(&format!("return {time}")).await;
    window.until(&format!("{time} !== {before}")).await;
}

/// Waits until enough was heard of a clip.
async fn heard(window: &Window, index: usize) {
    window.until(&format!("document.querySelector('[data-testid=heard-{index}].enough')")).await;
}

async fn keep(window: &Window, name: &str) {
    window.until_drawn().await;
    let picture = window.picture().await;
    std::fs::write(output(&format!("screens/clips-{name}.png")), picture).unwrap();
}
