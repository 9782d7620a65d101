//! From a key press to the next pair on the screen, in a study of 100,000 items. A measurement,
//! not a test: `TIEBREAK_LATENCY=300 cargo xtask e2e` prints median and 99th percentile.

use std::env;
use std::fmt::Write;

use crate::cli;
use crate::desk::journey;

const ITEMS: usize = 100_000;

/// Notes when a key goes down, and when the pair that it brought has been drawn: two frames
/// after the page names another item.
const WATCH: &str = "window.__times = [];
    const item = () => document.querySelector('[data-testid=item]')?.dataset.item;
    let pressed = null, before = item();
    addEventListener('keydown', () => { pressed = performance.now(); }, true);
    new MutationObserver(() => {
        const now = item();
        if (!now || now === before || pressed === null) return;
        before = now;
        const start = pressed;
        requestAnimationFrame(() => requestAnimationFrame(() => {
            window.__times.push(performance.now() - start);
        }));
    }).observe(document.body, { subtree: true, childList: true, attributes: true });";

#[test]
fn key_to_next_pair() {
    let Some(presses) = env::var("TIEBREAK_LATENCY").ok().and_then(|n| n.parse::<usize>().ok())
    else {
        println!("latency: measured with TIEBREAK_LATENCY=300");
        return;
    };
    journey("latency", async |desk| {
        let mut rows = String::new();
        for n in 0..ITEMS {
            let answer = |side: &str| format!("{side} answer {n}. ").repeat(12);
            let row = serde_json::json!({
                "id": n.to_string(), "prompt": format!("Question {n}?"),
                "response_a": answer("First"), "response_b": answer("Second"),
            });
            let _ = writeln!(rows, "{row}");
        }
        let study = desk.path("large.tiebreak");
        cli::make_study(&study, &desk.file("large.jsonl", &rows), &["--strength", "off"]);
        let window = desk.open(&study).await;
        let mut shown = window.sign_in("Ada Lovelace").await;
        window.run(WATCH).await;
        for n in 0..presses {
            window.press(['1', '2', '0'][n % 3]).await;
            shown = window.after_saving(&shown).await;
            window.until(&format!("window.__times.length > {n}")).await;
        }
        let times = window.run("return window.__times").await;
        let mut ms: Vec<f64> =
            times.as_array().unwrap().iter().filter_map(|t| t.as_f64()).collect();
        ms.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| ms[((ms.len() - 1) as f64 * share).round() as usize];
        println!(
            "key to next pair drawn, {ITEMS} items, {} presses: median {:.1} ms, p99 {:.1} ms, most {:.1} ms",
            ms.len(),
            at(0.5),
            at(0.99),
            at(1.0)
        );
    });
}
