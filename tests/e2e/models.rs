//! The screen of the reward models: which runs where, and training that shows in its plots.

use std::time::Duration;

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::desk::journey;
use crate::window::Window;

/// Training embeds every text first, in a build that is not optimised.
const TRAINING: Duration = Duration::from_secs(90);

/// What the page's policy refused, noted as it happens.
const WATCH_POLICY: &str = "window.__refused = [];
    document.addEventListener('securitypolicyviolation', (event) => {
        window.__refused.push(event.violatedDirective);
    });";

#[test]
fn training_shows_in_the_plots() {
    journey("models", async |desk| {
        let study = desk.sample_study(&[]);
        let window = desk.open(&study).await;
        window.run(WATCH_POLICY).await;
        window.click("models-open").await;
        assert_eq!(window.text("model-provider").await, "cpu");
        assert!(number(window, "model-labels").await >= 100, "the rows bring people's labels");
        window.find("no-quality").await;
        let before = text_model(window).await;
        assert_eq!((&before["head"], &before["history"]), (&json!("pack"), &json!([])));

        window.click("train").await;
        window.until_within("document.querySelector('[data-testid=plot-history]')", TRAINING).await;
        for plot in ["accuracy", "reliability", "slices", "history"] {
            let sign = format!("document.querySelector('[data-testid=plot-{plot}] svg circle')");
            window.until(&sign).await;
        }
        assert_eq!(number(window, "model-labels-since").await, 0);
        let after = text_model(window).await;
        assert_eq!(after["head"], "study");
        assert_ne!(after["hash"], before["hash"], "another head is another model");
        assert_eq!(after["scored"], after["items"], "it has scored all");
        let [point] = after["history"].as_array().unwrap().as_slice() else {
            panic!("one training: {after}");
        };
        assert_eq!(window.text("model-hash").await, point["hash"].as_str().unwrap());

        // The table behind the plot says the same, and keys reach it.
        let to_table = "document.querySelector('[data-testid=plot-history-table]').focus()";
        window.run(to_table).await;
        window.press(Key::Enter.into()).await;
        window.until("document.querySelector('[data-testid=plot-history] td')").await;
        let table = window.text("plot-history").await;
        let share = (100.0 * point["accuracy"]["value"].as_f64().unwrap()).round();
        assert!(table.contains(&format!("{share}%")), "{share}% in {table}");
        assert_eq!(window.run("return window.__refused").await, json!([]));

        // It is kept with the study.
        desk.quit().await;
        let window = desk.open(&study).await;
        let kept = text_model(window).await;
        assert_eq!((&kept["hash"], &kept["history"]), (&after["hash"], &after["history"]));
        assert_eq!(kept["quality"], after["quality"]);
    });
}

#[test]
fn the_order_of_providers_is_kept() {
    journey("providers", async |desk| {
        let study = desk.sample_study(&[]);
        let window = desk.open(&study).await;
        window.click("models-open").await;
        window.find("providers").await;
        window.click("providers-own").await;
        window.run("document.querySelector('[data-testid=provider-up-cpu]').focus()").await;
        let first = "document.querySelector('[data-provider]').dataset.provider";
        for _ in 0..8 {
            if window.run(&format!("return {first} === 'cpu'")).await == true {
                break;
            }
            window.chord(&[Key::Alt.into(), Key::Up.into()]).await;
        }
        window.click("providers-apply").await;
        window.until("!document.querySelector('[data-testid=providers-apply]')").await;
        desk.quit().await;
        let window = desk.open(&study).await;
        let order = window.invoke("models", json!({})).await["providers"]["order"].take();
        assert_eq!(order[0], "cpu", "{order}");
        window.click("models-open").await;
        window
            .until(&format!("document.querySelector('[data-provider]') && {first} === 'cpu'"))
            .await;
    });
}

/// The model of texts, as the program says.
async fn text_model(window: &Window) -> Value {
    let mut models = window.invoke("models", json!({})).await;
    models["models"][0].take()
}

/// The whole number that a part of the page says.
async fn number(window: &Window, testid: &str) -> u64 {
    let text = window.text(testid).await;
    text.replace([',', '.'], "").parse().unwrap_or_else(|_| panic!("{testid}: {text}"))
}
