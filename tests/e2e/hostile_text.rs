//! Prompts and answers come from anywhere. Whatever is written in them, nothing runs, nothing is
//! fetched, and the window stays where it is.

use serde_json::{Value, json};

use crate::desk::journey;
use crate::window::Window;

/// Each would set `window.__pwned`, fetch something, or change the page, if it acted.
const HOSTILE: [&str; 16] = [
    "<script>window.__pwned = 'script'</script>",
    "<img src=x onerror=\"window.__pwned = 'onerror'\">",
    "<svg onload=\"window.__pwned = 'svg'\"><script>window.__pwned = 'svg script'</script></svg>",
    "[link](javascript:window.__pwned='link')",
    "[spaced](java\tscript:window.__pwned='spaced')",
    "<a href=\"javascript:window.__pwned='anchor'\">anchor</a>",
    "<iframe src=\"javascript:parent.__pwned='iframe'\"></iframe>",
    "<iframe srcdoc=\"<script>parent.__pwned='srcdoc'</script>\"></iframe>",
    "<style>* { display: none !important } body { background: url(http://127.0.0.1:9/style) }</style>",
    "![picture](http://127.0.0.1:9/picture.png)",
    "![quote](x\" onerror=\"window.__pwned='quote')",
    "<form action=\"http://127.0.0.1:9/form\"><input autofocus onfocus=\"window.__pwned='focus'\"></form>",
    "<meta http-equiv=\"refresh\" content=\"0;url=http://127.0.0.1:9/refresh\"><base href=\"http://127.0.0.1:9/\">",
    "<details open ontoggle=\"window.__pwned='toggle'\"><summary>details</summary></details>",
    "<math><mtext><table><mglyph><style><img src=x onerror=\"window.__pwned='math'\">",
    "```html\"><img src=x onerror=window.__pwned='fence'>\ncode\n```",
];

/// What is found of it in the page.
const TRACES: &str = "
    const shown = document.querySelector('[data-testid=annotate]');
    const acting = 'script, style, iframe, img, svg:not(header svg), a, form, input, meta, base, link, object, embed, details, [style]';
    const handlers = [...shown.querySelectorAll('article *')].flatMap((element) =>
        element.getAttributeNames().filter((name) => name.startsWith('on')));
    return {
        pwned: window.__pwned ?? null,
        acting: [...shown.querySelectorAll('article :is(' + acting + ')')].map((e) => e.outerHTML),
        handlers,
        frames: window.length,
        fetched: performance.getEntriesByType('resource').map((entry) => entry.name)
            .filter((name) => !/^((tauri|ipc):|https?:\\/\\/(tauri|ipc)\\.localhost\\/)/.test(name)),
        address: location.href,
        hidden: getComputedStyle(document.body).display === 'none',
    };";

/// Text that acts: what a page would do that does not clean it.
const ACTING: &str = "
    const article = document.querySelector('article');
    article.append(document.createElement('iframe'), document.createElement('img'));
    const link = document.createElement('a');
    link.setAttribute('onclick', 'window.__pwned = 1');
    article.append(link);
    document.body.style.display = 'none';
    window.__pwned = 'acting';";

#[test]
fn hostile_text_does_nothing() {
    journey("hostile-text-does-nothing", async |desk| {
        let all = HOSTILE.join("\n\n");
        let row = |id: usize, prompt: Value, a: &str, b: &str| {
            json!({
                "id": id, "prompt": prompt, "response_a": a, "response_b": b, "context": all,
                "model_a": HOSTILE[0], "source": HOSTILE[1], "category": HOSTILE[2],
            })
        };
        let turns = json!([
            { "role": "system", "content": all },
            { "role": "user", "content": all },
        ]);
        let mut rows = vec![row(0, turns, &all, &format!("> {}", all.replace('\n', "\n> ")))];
        // Each also alone, in the middle of a line, where an inline parser sees it.
        rows.extend(HOSTILE.iter().enumerate().map(|(place, text)| {
            row(place + 1, json!(format!("One {text} two")), text, &format!("*a {text} b*"))
        }));
        let study = desk.study_of(&rows);
        let window = desk.open(&study).await;
        let address = window.run("return location.href").await;
        let mut shown = window.sign_in(HOSTILE[0]).await;
        for place in 0..rows.len() {
            // As Markdown, and as the text that it is.
            for _ in 0..2 {
                let traces = window.run(TRACES).await;
                let expected = json!({
                    "pwned": null, "acting": [], "handlers": [], "frames": 0, "fetched": [],
                    "address": address, "hidden": false,
                });
                assert_eq!(traces, expected, "row {place}");
                window.press('m').await;
            }
            if place == 0 {
                let text = window.text("candidate-0").await;
                assert!(
                    text.contains("onerror") && text.contains("<script>"),
                    "it is read: {text}"
                );
                click_on_everything(window).await;
                assert_eq!(window.shown().await, shown, "nothing in a text can be clicked");
            }
            window.press('0').await;
            if place + 1 < rows.len() {
                shown = window.after_saving(&shown).await;
            }
        }
        window.find("all-done").await;
        assert_eq!(window.run("return window.__pwned ?? null").await, Value::Null);

        // Had anything acted, it would have been found.
        window.press('u').await;
        window.find("item").await;
        window.run(ACTING).await;
        window.until("window.__pwned").await;
        let traces = window.run(TRACES).await;
        assert_eq!(traces["pwned"], "acting");
        assert_eq!(traces["acting"].as_array().unwrap().len(), 3, "{traces}");
        assert_eq!(traces["handlers"], json!(["onclick"]));
        assert_eq!(traces["frames"], 1);
        assert_eq!(traces["hidden"], true);
    });
}

/// Clicks on every part of the texts, as a script would.
async fn click_on_everything(window: &Window) {
    window
        .run(
            "for (const part of document.querySelectorAll('article [data-scroll] *')) part.click();",
        )
        .await;
}
