//! axe-core finds nothing serious on any screen of the real window.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli;
use crate::desk::journey;
use crate::window::Window;

#[test]
fn axe_finds_nothing_serious() {
    journey("axe", async |desk| {
        let axe =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(axe).unwrap();
        let study = desk.sample_study(&[]);
        cli::run(cli::tiebreak().arg("train").arg(&study));
        let window = desk.open(&study).await;
        check(window, &axe, "study").await;
        window.click("models-open").await;
        window.until("document.querySelector('[data-testid=plot-history] svg')").await;
        check(window, &axe, "models").await;
        window.click("models-back").await;
        window.click("routing-open").await;
        window.find("pilot").await;
        check(window, &axe, "routing").await;
        window.click("routing-back").await;
        window.click("settings-open").await;
        window.find("settings").await;
        check(window, &axe, "designer").await;
        window.click("settings-back").await;
        window.sign_in("Ada Lovelace").await;
        check(window, &axe, "pair").await;
        window.press('1').await;
        check(window, &axe, "strength").await;
        window.press('?').await;
        window.find("help-dialog").await;
        check(window, &axe, "help").await;
        desk.quit().await;
        for modality in ["images", "music"] {
            let study = desk.sample_folder(modality, "");
            let window = desk.open(&study).await;
            window.click("models-open").await;
            window.find("model-running").await;
            check(window, &axe, &format!("models of {modality}")).await;
            window.click("models-back").await;
            window.sign_in("Ada Lovelace").await;
            window.until_drawn().await;
            check(window, &axe, modality).await;
            desk.quit().await;
        }
    });
}

async fn check(window: &Window, axe: &str, screen: &str) {
    let found = window.violations(axe).await;
    let serious: Vec<&Value> = found
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["impact"] == "serious" || one["impact"] == "critical")
        .collect();
    assert!(serious.is_empty(), "{screen}: {serious:#?}");
}
