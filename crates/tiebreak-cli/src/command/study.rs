//! `new` and `status`.

use std::path::{Path, PathBuf};

use tiebreak_app::Study;
use tiebreak_app::view::{Ask, StudyOverview, StudySettings};

use super::Result;
use crate::args::{AskArg, DesignArgs};
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

/// Settings stated one by one.
pub struct Stated {
    pub question: Option<String>,
    pub guidelines: Option<PathBuf>,
    pub strength: Option<AskArg>,
    pub rationale: Option<AskArg>,
    pub overlap: Option<u32>,
}

pub fn new(path: &Path, stated: Stated, design: &DesignArgs, output: Output) -> Result {
    let begun = designed(StudySettings::default(), design)?;
    let guidelines = match &stated.guidelines {
        Some(file) => read(file)?,
        None => begun.guidelines.clone(),
    };
    let settings = StudySettings {
        question: stated.question.unwrap_or(begun.question),
        guidelines,
        strength: stated.strength.map_or(begun.strength, Ask::from),
        rationale: stated.rationale.map_or(begun.rationale, Ask::from),
        overlap: stated.overlap.unwrap_or(begun.overlap),
        ..begun
    };
    let study = Study::create(path, &settings)?;
    output.print(&study.overview()?, || format!("made {}", study.path().display()));
    Ok(())
}

pub fn settings(study: &Study, design: &DesignArgs, output: Output) -> Result {
    let before = study.settings()?;
    let after = designed(before.clone(), design)?;
    if after != before {
        study.save_settings(&after)?;
    }
    let text = after.to_toml()?;
    output.print(&after, || text.trim_end().to_owned());
    Ok(())
}

pub fn presets(name: Option<&str>, output: Output) -> Result {
    if let Some(name) = name {
        let settings = Study::preset(name)?;
        let text = settings.to_toml()?;
        output.print(&settings, || text.trim_end().to_owned());
        return Ok(());
    }
    let presets = Study::presets()?;
    output.print(&presets, || {
        let lines =
            presets.iter().map(|preset| format!("{:<14} {}", preset.name, preset.description));
        lines.collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

/// Settings after a preset and a file were laid over them.
fn designed(begun: StudySettings, design: &DesignArgs) -> Result<StudySettings> {
    let begun = match &design.preset {
        Some(preset) => Study::preset(preset)?,
        None => begun,
    };
    match &design.settings {
        Some(file) => Ok(begun.with_toml(&read(file)?, &file.display().to_string())?),
        None => Ok(begun),
    }
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file)
        .map_err(|error| Failure::new("bad_input", format!("{}: {error}", file.display()), None))
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
