//! Routing in the window: a pilot, what a budget buys, a budget dragged and confirmed, and the run
//! that follows. The pictures stay in target/e2e/routing for people to look at.

use std::fs;
use std::time::Duration;

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::cli;
use crate::desk::{journey, output};
use crate::window::Window;

/// Policies are fitted fold by fold, in a build that is not optimised.
const FITTING: Duration = Duration::from_secs(90);

/// A script that returns what is wrong with the layout.
const FLAWS: &str = include_str!("flaws.js");

/// No dialog of a job is open any more.
const NO_JOB: &str = "!document.querySelector('[data-testid=job]')";

#[test]
fn a_budget_is_dragged_and_confirmed() {
    journey("routing", async |desk| {
        let study = desk.sample_study(&[]);
        let window = desk.open(&study).await;
        window.resize(1440, 900).await;
        window.click("routing-open").await;
        window.find("pilot").await;
        let before = routing(window).await;
        assert_eq!((&before["curve"], &before["run"]), (&Value::Null, &Value::Null));
        assert!(before["pilot"]["imported"].as_u64().unwrap() >= 40, "{}", before["pilot"]);
        let judge = judge(&before);

        // The rows bring labels of people and of a judge: a curve rests on these.
        window.click(&format!("side-{judge}")).await;
        window
            .until(&format!("document.querySelector('[data-testid=\"side-{judge}\"]').checked"))
            .await;
        until_kept(window, "ai", &json!(judge)).await;
        keep(window, "before").await;
        window.click("curve-compute").await;
        window
            .until_within("document.querySelector('[data-testid=plot-curve] svg circle')", FITTING)
            .await;
        window.until(NO_JOB).await;
        keep(window, "curve").await;
        let curve = routing(window).await["curve"].take();
        assert_eq!(curve["policies"][0]["policy"], "random");
        assert_eq!(curve["ai"], json!(judge));

        // The line follows the mouse, and the slider and the words follow the line.
        assert_eq!(slider(window).await, 25);
        window.run("document.querySelector('[data-testid=plot-curve]').scrollIntoView()").await;
        let plot = "const { left, top, width } =
            document.querySelector('[data-testid=budget-handle] .reach').getBoundingClientRect();";
        let at = async |percent: f64| {
            let place = format!("{plot} return [left + width * {percent} / 100, top + 120]");
            let place = window.run(&place).await;
            (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
        };
        window.drag(at(25.0).await, at(60.0).await).await;
        assert_eq!(slider(window).await, 60);
        assert!(window.text("routing-budget").await.starts_with("60%"));
        // Keys do the same.
        window.run("document.querySelector('[data-testid=budget-slider]').focus()").await;
        for _ in 0..10 {
            window.press(Key::Left.into()).await;
        }
        assert_eq!(slider(window).await, 50);
        keep(window, "dragged").await;

        // What follows is named before it is done.
        window.click("route-open").await;
        let said = window.text("confirm").await;
        let items = before["items"].as_u64().unwrap();
        assert!(said.contains(&format!("Route {} items", items.div_ceil(2))), "{said}");
        keep(window, "confirm").await;
        assert_eq!(routing(window).await["run"], Value::Null, "nothing is done before");
        window.click("route-run").await;
        window.until_within("document.querySelector('[data-testid=run-policy]')", FITTING).await;
        window.until(NO_JOB).await;
        keep(window, "running").await;
        let run = routing(window).await["run"].take();
        assert_eq!((&run["policy"], &run["budget"]), (&json!("auto"), &json!("50%")));
        assert_eq!(run["human"].as_u64().unwrap() + run["ai"].as_u64().unwrap(), items);
        window
            .until("document.querySelectorAll('[data-testid=routed-items] tbody tr').length")
            .await;
        window.run("document.querySelector('[data-testid=routed-items]').scrollIntoView()").await;
        keep(window, "items").await;

        // A label that arrives shows by itself.
        let labelled = run["labelled"].as_u64().unwrap();
        let answer = ["judge", "--annotator", "Ada", "--answer", "left", "--active-ms", "21000"];
        cli::run(cli::tiebreak().args(answer).arg(&study));
        let more = "document.querySelector('[data-testid=run-fitted]').textContent.includes('1 new since')";
        window.until(more).await;
        assert!(routing(window).await["run"]["labelled"].as_u64().unwrap() >= labelled);

        // In the dark, and on a small screen.
        window.run("localStorage.setItem('tiebreak.theme', 'dark')").await;
        while window.run("return document.documentElement.dataset.theme").await != "dark" {
            window.click("theme-toggle").await;
        }
        keep(window, "items-dark").await;
        window.resize(1024, 700).await;
        window.run("document.querySelector('[data-testid=curve]').scrollIntoView()").await;
        keep(window, "curve-dark").await;
        window.run("document.querySelector('[data-testid=run]').scrollIntoView()").await;
        keep(window, "running-dark").await;
        window.run("document.querySelector('[data-testid=route-open]').scrollIntoView()").await;
        window.click("route-open").await;
        window.find("confirm").await;
        keep(window, "confirm-dark").await;
        window.press(Key::Escape.into()).await;
    });
}

#[test]
fn a_pilot_waits_for_people() {
    journey("pilot", async |desk| {
        let study = desk.sample_study(&[]);
        let window = desk.open(&study).await;
        window.resize(1024, 700).await;
        window.click("routing-open").await;
        let judge = judge(&routing(window).await);
        window.click(&format!("side-{judge}")).await;
        until_kept(window, "ai", &json!(judge)).await;
        window.run("document.querySelector('[data-testid=pilot-size]').select()").await;
        window.run("document.querySelector('[data-testid=pilot-size]').focus()").await;
        window.type_text("12").await;
        window.click("pilot-draw").await;
        window.until_within("document.querySelector('[data-testid=run-pilot]')", FITTING).await;
        window.until(NO_JOB).await;
        assert_eq!(routing(window).await["pilot"]["size"], 12);
        keep(window, "pilot").await;
        // Who labels it begins here, and comes back here.
        let shown = window.sign_in("Ada").await;
        window.press('1').await;
        window.press(Key::Enter.into()).await;
        window.after_saving(&shown).await;
        window.click("back").await;
        window.until("document.querySelector('[data-testid=pilot-progress]')?.textContent.startsWith('1 of 12')").await;
        keep(window, "pilot-labelled").await;
    });
}

/// How the study is routed, as the program says.
async fn routing(window: &Window) -> Value {
    window.invoke("routing", json!({})).await
}

/// The judge among the AI sides.
fn judge(routing: &Value) -> String {
    let sides = routing["sides"].as_array().unwrap();
    let mut names = sides.iter().map(|side| side["name"].as_str().unwrap());
    names.find(|name| *name != "reward").unwrap().to_owned()
}

/// Waits until a setting is kept.
async fn until_kept(window: &Window, setting: &str, value: &Value) {
    for _ in 0..200 {
        if routing(window).await["settings"][setting] == *value {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{setting} is not {value}");
}

/// The budget in per cent, as the slider has it.
async fn slider(window: &Window) -> u64 {
    let value =
        window.run("return document.querySelector('[data-testid=budget-slider]').value").await;
    value.as_str().unwrap().parse().unwrap()
}

/// Keeps a picture of the screen, and checks its layout.
async fn keep(window: &Window, name: &str) {
    window.until_drawn().await;
    fs::write(output(&format!("routing/{name}.png")), window.picture().await).unwrap();
    assert_eq!(window.run(FLAWS).await, json!([]), "{name}");
}
