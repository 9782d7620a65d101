//! Images in the window: shown, zoomed in step, swapped, split, and judged.

use fantoccini::key::Key;
use serde_json::json;
use tiebreak_core::Outcome;

use crate::cli;
use crate::desk::{journey, output};
use crate::records;
use crate::window::Window;

/// Whether every picture on the stage is there, decoded.
const SHOWN: &str =
    "document.querySelector('[data-testid=image-stage]')?.getAttribute('aria-busy') === 'false'";

#[test]
fn images_are_compared_by_keyboard() {
    journey("images", async |desk| {
        let study = desk.sample_folder("images", "both_bad = false\n");
        let window = desk.open(&study).await;
        window.resize(1280, 800).await;
        let first = window.sign_in("Ada Lovelace").await;
        window.until(SHOWN).await;
        keep(window, "side-by-side").await;

        let fit = window.text("zoom").await;
        for _ in 0..6 {
            window.press('+').await;
        }
        window
            .until(&format!("document.querySelector('[data-testid=zoom]').textContent !== '{fit}'"))
            .await;
        window.chord(&[Key::Shift.into(), Key::Right.into()]).await;
        keep(window, "zoomed").await;
        window.press('o').await;
        window
            .until("document.querySelector('[data-testid=zoom]').textContent.includes('100')")
            .await;
        keep(window, "actual-size").await;
        window.press('f').await;
        window
            .until(&format!("document.querySelector('[data-testid=zoom]').textContent === '{fit}'"))
            .await;

        let layout = "document.querySelector('[data-testid=image-stage]').dataset.layout";
        let mut layouts = vec![window.run(&format!("return {layout}")).await];
        for name in ["second-layout", "third-layout"] {
            window.press('v').await;
            keep(window, name).await;
            layouts.push(window.run(&format!("return {layout}")).await);
        }
        layouts.sort_unstable_by_key(ToString::to_string);
        layouts.dedup();
        assert_eq!(layouts.len(), 3, "{layouts:?}");
        window.press('v').await;

        window.press('1').await;
        let second = window.after_saving(&first).await;
        window.until(SHOWN).await;
        // The study allows ties and has no "both bad".
        window.press('b').await;
        window.press('0').await;
        window.after_saving(&second).await;
        desk.quit().await;

        let records = records::read(&study, "Ada Lovelace");
        let outcome = |item: &str| {
            let record = records.iter().find(|record| record.item.id.to_string() == item);
            record.and_then(|record| record.live()).map(|judgment| judgment.outcome)
        };
        let left = first.candidates[0].parse().unwrap();
        assert_eq!(outcome(&first.item), Some(Outcome::Preferred(left)));
        assert_eq!(outcome(&second.item), Some(Outcome::Tie));
    });
}

#[test]
fn a_file_that_is_gone_is_said_and_the_pair_can_be_passed_on() {
    journey("image-gone", async |desk| {
        let study = desk.sample_folder("images", "both_bad = false\n");
        for file in std::fs::read_dir(study.with_extension("media")).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        let window = desk.open(&study).await;
        let first = window.sign_in("Ada Lovelace").await;
        window
            .until(
                "document.querySelectorAll('[data-testid=image-stage] [role=alert]').length === 2",
            )
            .await;
        keep(window, "gone").await;
        window.type_text("ss").await;
        window.after_saving(&first).await;
    });
}

#[test]
fn only_the_study_and_its_own_files_are_given_out() {
    journey("media-by-id", async |desk| {
        let study = desk.sample_folder("images", "both_bad = false\n");
        let window = desk.open(&study).await;
        let known = std::fs::read_dir(study.with_extension("media")).unwrap().next().unwrap();
        let known = known.unwrap().file_name().into_string().unwrap();
        let id = known.split('.').next().unwrap().to_owned();
        for (path, status) in [
            (format!("image/{id}?edge=64"), 200),
            (format!("image/{}?edge=64", "0".repeat(64)), 404),
            (format!("samples/{id}"), 422),
            (format!("animation/{id}"), 400),
            ("image/../../../../etc/passwd?edge=64".to_owned(), 400),
            (format!("image/{id}"), 400),
            (format!("region/{id}?x=0&y=0&w=99999999&h=99999999"), 200),
            (format!("region/{id}?x=99999&y=0&w=1&h=1"), 422),
        ] {
            let answer = window.fetch(&format!("media://localhost/{path}")).await;
            assert_eq!(answer, json!(status), "{path}");
        }
    });
}

async fn keep(window: &Window, name: &str) {
    window.until_drawn().await;
    let picture = window.picture().await;
    std::fs::write(output(&format!("screens/images-{name}.png")), picture).unwrap();
}

#[test]
fn a_folder_without_a_manifest_is_paired_by_stem() {
    journey("image-folder", async |desk| {
        let folder = desk.path("pairs");
        let samples = cli::sample_folder("images");
        for system in ["fine", "coarse"] {
            std::fs::create_dir_all(folder.join(system)).unwrap();
            let from = samples.join(format!("01-{system}.jpg"));
            std::fs::copy(from, folder.join(system).join("lake.jpg")).unwrap();
        }
        std::fs::write(folder.join("lake.txt"), "A lake").unwrap();
        std::fs::write(folder.join("fine").join("alone.png"), "not a picture").unwrap();
        let study = desk.path("folder.tiebreak");
        cli::run(cli::tiebreak().arg("new").arg(&study));
        let report = cli::run(cli::tiebreak().arg("import").arg(&study).arg(&folder));
        assert!(report.contains("fine/alone.png has no counterpart"), "{report}");
        let window = desk.open(&study).await;
        window.sign_in("Ada Lovelace").await;
        window.until(SHOWN).await;
    });
}
