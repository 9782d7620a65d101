//! Which system wrote an answer never reaches the page.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli;
use crate::desk::journey;

#[test]
fn system_names_never_reach_the_page() {
    journey("system-names-never-reach-the-page", async |desk| {
        let rows = std::fs::read_to_string(cli::samples()).unwrap();
        let mut systems = BTreeSet::new();
        for row in rows.lines() {
            let row: Value = serde_json::from_str(row).unwrap();
            let named = ["model_a", "model_b"].map(|field| row[field].as_str().map(str::to_owned));
            systems.extend(named.into_iter().flatten());
        }
        assert!(systems.len() > 2, "the sample rows name their systems: {systems:?}");
        let study = desk.sample_study(&["--strength", "off", "--rationale", "off"]);
        let window = desk.open(&study).await;
        let mut shown = window.sign_in("Ada").await;
        for key in ['1', '2', '0'] {
            for page in [window.source().await, window.html().await] {
                assert!(page.contains(&shown.item), "this is the page that shows the pair");
                for system in &systems {
                    assert!(!page.contains(system), "{system} is on the page");
                }
            }
            window.press(key).await;
            shown = window.after_saving(&shown).await;
        }
        // Nor do they come with what the page holds but does not show.
        let annotator = window.invoke("create_annotator", json!({ "name": "Ada" })).await;
        let mut told = Vec::new();
        loop {
            let next = json!({ "annotator": annotator["id"], "count": 20, "exclude": told });
            let comparisons = window.invoke("next_comparisons", next).await;
            let text = comparisons.to_string();
            for system in &systems {
                assert!(!text.contains(system), "{system} was told to the page");
            }
            let comparisons = comparisons.as_array().unwrap();
            if comparisons.is_empty() {
                break;
            }
            told.extend(comparisons.iter().map(|comparison| comparison["item"].clone()));
        }
        assert_eq!(told.len(), rows.lines().count() - 3, "all that wait were told");
    });
}
