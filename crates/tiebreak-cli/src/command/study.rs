//! `new` and `status`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use tiebreak_app::view::{
    Ask, IntervalView, QualityView, ScoringRunView, StudyOverview, StudySettings, TrainingPoint,
    UserError,
};
use tiebreak_app::{ModelSource, Study};
use tiebreak_core::Scorer;

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

/// A study at a glance, with what it knows of its reward models; none of them is opened.
#[derive(Serialize)]
struct Status {
    #[serde(flatten)]
    overview: StudyOverview,
    models: Vec<ModelStatus>,
    pilot: Drawn,
    audit: Drawn,
}

/// Items drawn at random for people.
#[derive(Serialize)]
struct Drawn {
    items: u64,
    labelled: u64,
}

impl Drawn {
    fn describe(&self) -> String {
        match self.items {
            0 => "not drawn".to_owned(),
            items => format!("{} of {items} labelled", self.labelled),
        }
    }
}

#[derive(Serialize)]
struct ModelStatus {
    modality: String,
    pack: String,
    items: u32,
    scored: u32,
    unreadable: u32,
    in_force: Option<String>,
    last_run: Option<ScoringRunView>,
    labels: u32,
    labels_since: u32,
    quality: Option<QualityView>,
    history: Vec<TrainingPoint>,
}

/// Opens nothing: a status is fast, and needs no ONNX Runtime.
struct Closed;

impl ModelSource for Closed {
    fn open(&self, _pack: &str) -> Result<Arc<dyn Scorer>, UserError> {
        Err(UserError { code: "closed".to_owned(), message: "not opened".to_owned(), hint: None })
    }
}

pub fn status(study: &Study, output: Output) -> Result {
    let models = study.models(&Closed)?.into_iter().map(|model| ModelStatus {
        modality: model.modality,
        pack: model.pack,
        items: model.items,
        scored: model.scored,
        unreadable: model.unreadable,
        in_force: model.in_force,
        last_run: model.last_run,
        labels: model.labels,
        labels_since: model.labels_since,
        quality: model.quality,
        history: model.history,
    });
    let [pilot, audit] = study.random_samples()?.map(|(items, labelled)| Drawn { items, labelled });
    let status = Status { overview: study.overview()?, models: models.collect(), pilot, audit };
    output.print(&status, || {
        let mut text = describe(&status.overview, &status.pilot, &status.audit);
        if !status.models.is_empty() {
            text.push_str("\n\n");
            text.push_str(&describe_models(&status.models));
        }
        text
    });
    Ok(())
}

fn describe_models(models: &[ModelStatus]) -> String {
    let rows: Vec<Vec<String>> = models
        .iter()
        .map(|model| {
            let accuracy = model.quality.as_ref().map_or_else(
                || "not measured".to_owned(),
                |quality| {
                    let IntervalView { value, low, high, n } = quality.accuracy;
                    let [value, low, high] = [value, low, high].map(|share| 100.0 * share);
                    let warning =
                        if quality.worse_than_chance { ", worse than chance" } else { "" };
                    format!("{value:.1} % ({low:.1} to {high:.1}, {n} pairs{warning})")
                },
            );
            let unreadable = match model.unreadable {
                0 => String::new(),
                n => format!(", {n} unreadable"),
            };
            let last = model
                .last_run
                .as_ref()
                .map(|run| format!("{} at {:.1} items/s", run.provider, run.items_per_s));
            vec![
                model.modality.clone(),
                model.pack.clone(),
                format!("{} of {}{unreadable}", model.scored, model.items),
                last.unwrap_or_default(),
                accuracy,
                model.history.len().to_string(),
                model.labels_since.to_string(),
            ]
        })
        .collect();
    let mut text = columns(
        &["modality", "pack", "scored", "last run", "accuracy", "trainings", "new labels"],
        &[false, false, false, false, false, true, true],
        &rows,
    );
    for model in models {
        if let Some(other) = &model.in_force {
            let _ = write!(text, "\nthe scores of {other} count for {}", model.modality);
        }
    }
    text
}

fn describe(overview: &StudyOverview, pilot: &Drawn, audit: &Drawn) -> String {
    let routed = if overview.routed.unrouted == overview.items {
        "not yet".to_owned()
    } else {
        format!(
            "{} to people, {} to the AI, {} not yet",
            overview.routed.human, overview.routed.ai, overview.routed.unrouted
        )
    };
    let agreement = overview.agreement.map_or_else(
        || "nothing to compare yet".to_owned(),
        |share| {
            let items = overview.agreement_items;
            let mut text = format!(
                "{:.1} % of the {items} items with a human majority and a score",
                100.0 * share
            );
            if overview.agreement_seen {
                text.push_str(", labels that it learnt from");
            }
            if let Some(accuracy) = overview.held_out_accuracy {
                let _ = write!(text, "; {:.1} % on held-out prompts", 100.0 * accuracy);
            }
            text
        },
    );
    let mut text = table(&[
        ("study", overview.path.clone()),
        ("question", overview.settings.question.clone()),
        ("items", overview.items.to_string()),
        ("scored", overview.scored.to_string()),
        ("routed", routed),
        ("policy", overview.policy.clone().unwrap_or_else(|| "none yet".to_owned())),
        ("pilot", pilot.describe()),
        ("audit", audit.describe()),
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
