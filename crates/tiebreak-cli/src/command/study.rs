//! `new` and `status`.

use std::path::Path;

use tiebreak_app::Study;
use tiebreak_app::view::{Ask, StudyOverview, StudySettings};

use super::Result;
use crate::args::AskArg;
use crate::failure::Failure;
use crate::output::{Output, columns, table};

impl From<AskArg> for Ask {
    fn from(ask: AskArg) -> Self {
        match ask {
            AskArg::Off => Self::Off,
            AskArg::Optional => Self::Optional,
            AskArg::Required => Self::Required,
        }
    }
}

pub fn new(
    path: &Path,
    question: Option<String>,
    guidelines: Option<&Path>,
    strength: Option<AskArg>,
    rationale: Option<AskArg>,
    overlap: Option<u32>,
    output: Output,
) -> Result {
    let default = StudySettings::default();
    let guidelines = match guidelines {
        Some(file) => std::fs::read_to_string(file).map_err(|error| {
            Failure::new("bad_input", format!("{}: {error}", file.display()), None)
        })?,
        None => default.guidelines,
    };
    let settings = StudySettings {
        question: question.unwrap_or(default.question),
        guidelines,
        strength: strength.map_or(default.strength, Ask::from),
        rationale: rationale.map_or(default.rationale, Ask::from),
        overlap: overlap.unwrap_or(default.overlap),
        budget: default.budget,
    };
    let study = Study::create(path, &settings)?;
    output.print(&study.overview()?, || format!("made {}", study.path().display()));
    Ok(())
}

pub fn status(study: &Study, output: Output) -> Result {
    let overview = study.overview()?;
    output.print(&overview, || describe(&overview));
    Ok(())
}

fn describe(overview: &StudyOverview) -> String {
    let routed = if overview.routed.unrouted == overview.items {
        "not yet".to_owned()
    } else {
        format!(
            "{} to people, {} to the reward model, {} not yet",
            overview.routed.human, overview.routed.ai, overview.routed.unrouted
        )
    };
    let agreement = overview.agreement.map_or_else(
        || "nothing to compare yet".to_owned(),
        |share| {
            format!(
                "{:.1} % of the {} items with a human majority and a score",
                100.0 * share,
                overview.agreement_items
            )
        },
    );
    let mut text = table(&[
        ("study", overview.path.clone()),
        ("question", overview.settings.question.clone()),
        ("items", overview.items.to_string()),
        ("scored", overview.scored.to_string()),
        ("routed", routed),
        ("policy", overview.policy.clone().unwrap_or_else(|| "none yet".to_owned())),
        (
            "labelled by people",
            format!("{} ({} of them here)", overview.human_labelled, overview.annotated),
        ),
        ("labelled by the model", overview.ai_labelled.to_string()),
        ("waiting for people", overview.waiting.to_string()),
        ("people and model agree", agreement),
    ]);
    if !overview.annotators.is_empty() {
        let rows: Vec<Vec<String>> = overview
            .annotators
            .iter()
            .map(|annotator| {
                vec![
                    annotator.pseudonym.clone(),
                    annotator.kind.clone(),
                    annotator.name.clone(),
                    if annotator.imported { "imported" } else { "" }.to_owned(),
                    annotator.judgments.to_string(),
                ]
            })
            .collect();
        text.push_str("\n\n");
        text.push_str(&columns(
            &["annotator", "kind", "name here", "", "judgments"],
            &[false, false, false, false, true],
            &rows,
        ));
    }
    text
}
