//! A file that is loaded in bulk becomes the same study as one whose rows are inserted.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::json;
use tempfile::{TempDir, tempdir};
use tiebreak_core::Cancel;

use super::*;
use crate::Quiet;
use crate::view::StudySettings;

/// Enough for more than 4 MiB.
const ROWS: usize = 2600;

/// What is odd about some rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Odd {
    Nothing,
    /// Rows that are there already, with other answers in part, and rows that cannot be used.
    Repeated,
    /// A row in the middle that is not loaded in bulk.
    Ranked,
    /// More rows that are there already than wait for a load.
    Often,
}

fn rows(folder: &TempDir, odd: Odd) -> PathBuf {
    let mut text = String::new();
    for n in 0..ROWS {
        let of = match odd {
            Odd::Repeated if n % 100 == 99 => n - 50,
            Odd::Often if n > 300 => n % 300,
            _ => n,
        };
        if odd == Odd::Repeated && n % 500 == 7 {
            text.push_str("{\"prompt\": \"half a row\n");
        }
        let mut row = json!({
            "id": format!("row-{of}"),
            "prompt": format!("What is {of}? {}", "Say more. ".repeat(70)),
            "response_a": format!("It is {of}. {}", "Really. ".repeat(60)),
            "response_b": format!("About {}. {}", of / 10, "Or so. ".repeat(60)),
            "human_labels": [1, if n == of { -1 } else { 1 }],
            "human_raters": [format!("rater {}", of % 7), format!("rater {}", 7 + n % 5)],
            "ai_labels": { "judge-1": 2 },
            "scale": "five",
        });
        if odd == Odd::Ranked && n == ROWS / 2 {
            row = json!({
                "prompt": "Which?",
                "candidates": [{ "text": "a" }, { "text": "b" }, { "text": "c" }],
                "ranking": [[0], [2], [1]],
            });
        }
        writeln!(text, "{row}").unwrap();
    }
    let path = folder.path().join("rows.jsonl");
    std::fs::write(&path, text).unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() > 4 << 20);
    path
}

fn create(folder: &TempDir, name: &str) -> Study {
    Study::create(&folder.path().join(name), &StudySettings::default()).unwrap()
}

/// Everything in a study but ids and times, in its order.
fn content(study: &Study) -> Vec<String> {
    study
        .store
        .read(|reader| {
            let mut found = Vec::new();
            let mut after = 0;
            loop {
                let page = reader.items_after(after, 500)?;
                for item in &page.items {
                    let texts = item.candidates.iter().map(|one| (&one.content, &one.system));
                    let texts: Vec<_> = texts.collect();
                    let (id, prompt) = (&item.external_id, &item.prompt);
                    found.push(format!("{} {id:?} {prompt:?} {texts:?}", item.ordinal));
                    let mut said: Vec<String> = reader
                        .live_judgments(item.id)?
                        .into_iter()
                        .map(|live| {
                            let preferred = match live.judgment.outcome {
                                tiebreak_core::Outcome::Preferred(id) => {
                                    item.candidates.iter().position(|one| one.id == id)
                                }
                                _ => None,
                            };
                            let (strength, of) = (live.judgment.strength, &live.pseudonym);
                            format!("{of} {preferred:?} {strength:?}")
                        })
                        .collect();
                    said.sort();
                    found.extend(said);
                }
                match page.next {
                    Some(next) => after = next,
                    None => return Ok::<_, AppError>(found),
                }
            }
        })
        .unwrap()
}

#[test]
fn a_large_file_becomes_the_same_study_either_way() {
    for odd in [Odd::Nothing, Odd::Repeated, Odd::Ranked, Odd::Often] {
        let folder = tempdir().unwrap();
        let rows = rows(&folder, odd);
        let [loaded, inserted] =
            ["loaded.tiebreak", "inserted.tiebreak"].map(|n| create(&folder, n));
        let options = ImportOptions::default();
        let quiet = Quiet::default();
        let report = loaded.import(&rows, &options, &quiet).unwrap();
        // A study that is open elsewhere is not loaded in bulk.
        let elsewhere = Study::open(&folder.path().join("inserted.tiebreak")).unwrap();
        let expected = inserted.import(&rows, &options, &quiet).unwrap();
        assert_eq!(report, expected);
        assert_eq!(content(&loaded), content(&inserted));
        // And all of it is there: a second import adds nothing.
        drop(loaded);
        let again = Study::open(&folder.path().join("loaded.tiebreak")).unwrap();
        let report = again.import(&rows, &options, &quiet).unwrap();
        assert_eq!((report.added, report.human_judgments, report.ai_judgments), (0, 0, 0));
        drop(elsewhere);
    }
}

/// Cancels as soon as something is done.
#[derive(Default)]
struct Impatient(Cancel);

impl Watch for Impatient {
    fn stage(&self, _name: &str, _total: Option<u64>) {}

    fn advance(&self, _done: u64) {
        self.0.cancel();
    }

    fn cancel(&self) -> &Cancel {
        &self.0
    }
}

#[test]
fn a_cancelled_load_leaves_the_study_as_it_was() {
    let folder = tempdir().unwrap();
    let rows = rows(&folder, Odd::Nothing);
    let study = create(&folder, "s.tiebreak");
    let cancelled = study.import(&rows, &ImportOptions::default(), &Impatient::default());
    assert!(matches!(cancelled, Err(AppError::Cancelled)));
    assert!(content(&study).is_empty());
    let report = study.import(&rows, &ImportOptions::default(), &Quiet::default()).unwrap();
    assert_eq!(report.added as usize, ROWS);
}
