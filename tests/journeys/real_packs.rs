//! Images and music with the packs that set-up fetched, through the built command line: labels
//! train a head, the head scores what is left, and routing spends the budget on both.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::cli;

/// Pairs of each sample folder: the last two have no label.
const PAIRS: usize = 24;

#[test]
fn labels_of_images_and_clips_train_heads_that_score_the_rest() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    for pack in ["efficientnet-lite0", "musicnn"] {
        if !models.join(pack).join("model.onnx").is_file() {
            println!("skipped: there is no pack {pack}; run `cargo xtask setup`");
            return;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("media.tiebreak");
    cli::run(cli::tiebreak().arg("new").arg(&study));
    let mut labels = String::new();
    for (name, better) in [("images", "fine"), ("music", "warm")] {
        let rows = first_rows(&cli::sample_folder(name), &folder.path().join(name));
        cli::run(cli::tiebreak().arg("import").arg(&study).arg(folder.path().join(name)));
        for row in &rows[..PAIRS - 2] {
            let candidates = row["candidates"].as_array().unwrap();
            let answer = if candidates[0]["system"] == better { "a" } else { "b" };
            writeln!(labels, "{}", json!({ "item": row["id"], "answer": answer })).unwrap();
        }
    }
    judge(&study, &labels);

    let score = cli::tiebreak().arg("--json").arg("score").arg(&study).output().unwrap();
    let said = String::from_utf8_lossy(&score.stderr).into_owned();
    assert_eq!(score.status.code(), Some(5), "no head yet: {said}");
    for modality in ["image", "music"] {
        let mut train = cli::tiebreak();
        cli::run(train.arg("train").arg(&study).args(["--modality", modality]));
    }
    let scored = cli::ask("score", &study);
    for (place, modality) in ["image", "music"].into_iter().enumerate() {
        let report = &scored["models"][place];
        assert_eq!(report["modality"], modality);
        assert_eq!(report["scored"], PAIRS, "{report:#}");
        assert_eq!(report["embedded"], 4, "the labelled files were embedded by training");
        assert!(report["inputs"].as_u64().unwrap() >= 4, "{report:#}");
        assert_eq!(report["unreadable"], 0);
    }
    cli::run(cli::tiebreak().arg("route").arg(&study).args(["--budget", "50%"]));
    cli::run(cli::tiebreak().arg("autolabel").arg(&study));
    let status = cli::ask("status", &study);
    assert_eq!(status["scored"], 2 * PAIRS);
    assert_eq!(status["ai_labelled"], 4, "what people have labelled stays theirs");
    // The samples differ in what a model of images or of music can see or hear.
    assert!(status["agreement"].as_f64().unwrap() > 0.8, "{}", status["agreement"]);
    for model in status["models"].as_array().unwrap() {
        assert_eq!((&model["scored"], &model["labels_since"]), (&json!(PAIRS), &json!(0)));
        assert_eq!(model["history"][0]["labels"], PAIRS - 2);
        assert!(model["quality"]["accuracy"]["value"].as_f64().unwrap() > 0.6, "{model:#}");
    }
}

/// Copies the first pairs of a sample folder with their manifest.
fn first_rows(from: &Path, to: &Path) -> Vec<Value> {
    std::fs::create_dir_all(to).unwrap();
    let manifest = std::fs::read_to_string(from.join("manifest.jsonl")).unwrap();
    let lines: Vec<&str> = manifest.lines().take(PAIRS).collect();
    std::fs::write(to.join("manifest.jsonl"), lines.join("\n")).unwrap();
    let rows: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    for candidate in rows.iter().flat_map(|row| row["candidates"].as_array().unwrap()) {
        let name = candidate["media"].as_str().unwrap();
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
    rows
}

fn judge(study: &Path, lines: &str) {
    let mut child = cli::tiebreak()
        .args(["judge", "--batch", "--annotator", "Ada"])
        .arg(study)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}
