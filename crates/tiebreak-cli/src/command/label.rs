//! `score` and `autolabel`: what the reward model says.

use std::sync::Arc;

use serde::Serialize;
use tiebreak_app::view::UserError;
use tiebreak_app::{AppError, PreferencesFile, ScoreReport, Study};
use tiebreak_core::{Modality, Scorer};
use tiebreak_reward::{OpenOptions, Provider, RewardModel, isolated, load_head};

use super::{Result, pack};
use crate::args::ModelArgs;
use crate::bar::Bar;
use crate::failure::Failure;
use crate::output::{Output, table};

/// Opens the reward model that the options name, or else this pack.
pub(super) fn open(args: &ModelArgs, default: &str) -> Result<(RewardModel, Box<dyn Scorer>)> {
    let preferred = PreferencesFile::of_user().read().providers;
    let order = args.provider.as_ref().unwrap_or(&preferred);
    let options = OpenOptions {
        providers: Some(Provider::order(order)?),
        threads: args.threads,
        ..OpenOptions::default()
    };
    let name = args.pack.as_deref().unwrap_or(default);
    let model = match pack::named_folder(name) {
        Some(folder) => {
            isolated::admit(&folder, &options)?;
            RewardModel::open(&folder, &options)?
        }
        None => RewardModel::open_named(name, &options)?,
    };
    let scorer: Box<dyn Scorer> = match &args.head {
        Some(folder) => {
            let saved = load_head(folder)?.ok_or_else(|| {
                let message = format!("{} holds no trained head", folder.display());
                Failure::new("bad_input", message, Some("`tiebreak train --out` makes one"))
            })?;
            model.with_head(&saved.head).map_err(AppError::from)?
        }
        None => Box::new(model.clone()),
    };
    Ok((model, scorer))
}

/// What scoring did with each modality.
#[derive(Serialize)]
struct Scored {
    models: Vec<ScoreReport>,
    /// Modalities that could not be scored, and why.
    unable: Vec<Unable>,
}

#[derive(Serialize)]
struct Unable {
    modality: &'static str,
    error: UserError,
}

pub fn score(
    study: &Study,
    modality: Option<Modality>,
    args: &ModelArgs,
    output: Output,
) -> Result {
    let bar = Bar::new(output);
    let mut scored = Scored { models: Vec::new(), unable: Vec::new() };
    let wanted = match (modality, &args.pack) {
        (Some(modality), _) => vec![modality],
        // A pack that is named says itself what it scores.
        (None, Some(_)) => {
            let (_, scorer) = open(args, "")?;
            vec![scorer.identity().modality]
        }
        (None, None) => study.modalities()?,
    };
    let is_asked_for = modality.is_some() || args.pack.is_some();
    for modality in wanted {
        match score_one(study, modality, args, &bar) {
            Ok(report) => scored.models.push(report),
            Err(failure) if is_asked_for || failure.0.code == "cancelled" => return Err(failure),
            Err(Failure(error)) => {
                scored.unable.push(Unable { modality: modality.as_str(), error });
            }
        }
    }
    drop(bar);
    if scored.models.is_empty()
        && let Some(first) = scored.unable.pop()
    {
        return Err(Failure(first.error));
    }
    output.print(&scored, || describe_scores(&scored));
    Ok(())
}

fn score_one(
    study: &Study,
    modality: Modality,
    args: &ModelArgs,
    bar: &Bar,
) -> Result<ScoreReport> {
    let (_, scorer) = open(args, study.settings()?.packs.of(modality))?;
    let found = scorer.identity().modality;
    if found != modality {
        let (name, found) = (&scorer.identity().name, found.as_str());
        let message = format!("{name} scores {found}, not {}", modality.as_str());
        return Err(Failure::new("bad_input", message, None));
    }
    let (scorer, _) = with_head(study, args, scorer)?;
    Ok(study.score(scorer.as_ref(), bar)?)
}

/// The model with the head that scores in this study, and whether that was trained on it: a head
/// that was named counts before the one trained here, and that before the pack's own.
pub(super) fn with_head(
    study: &Study,
    args: &ModelArgs,
    scorer: Box<dyn Scorer>,
) -> Result<(Arc<dyn Scorer>, bool)> {
    let scorer: Arc<dyn Scorer> = scorer.into();
    if args.head.is_some() {
        return Ok((scorer, false));
    }
    let model = study.with_own_head(scorer)?;
    Ok((model.scorer, model.own_head))
}

fn describe_scores(scored: &Scored) -> String {
    let mut parts: Vec<String> = scored.models.iter().map(describe_score).collect();
    for Unable { modality, error } in &scored.unable {
        let hint = error.hint.as_ref().map(|hint| format!("\n  {hint}")).unwrap_or_default();
        parts.push(format!("{modality} was not scored: {}{hint}", error.message));
    }
    parts.join("\n\n")
}

fn describe_score(report: &ScoreReport) -> String {
    let mut rows = vec![
        ("modality", report.modality.clone()),
        ("scored now", format!("{} items, {} candidates", report.scored, report.candidates)),
        ("scored before", report.already_scored.to_string()),
    ];
    if report.unreadable > 0 {
        rows.push(("could not be read", report.unreadable.to_string()));
    }
    let model = format!("{} {} ({})", report.model, &report.model_hash[..8], report.kind);
    rows.push(("reward model", model));
    if report.scored > 0 {
        let tokens = match report.tokens {
            0 => String::new(),
            tokens => format!(", {tokens} tokens"),
        };
        let through = format!("{} inputs{tokens} in {:.1} s", report.inputs, report.seconds);
        rows.push(("went through it", through));
        rows.push(("speed", format!("{:.1} items a second", report.items_per_s)));
        let busy = format!("{:.0} % of the time", 100.0 * report.runtime_share);
        rows.push(("ONNX Runtime busy", busy));
    }
    rows.push(("execution provider", report.provider.clone()));
    for skipped in &report.skipped {
        rows.push(("", format!("not {}: {}", skipped.provider, skipped.reason)));
    }
    for (place, problem) in report.problems.iter().enumerate() {
        rows.push((if place == 0 { "problems" } else { "" }, problem.clone()));
    }
    table(&rows)
}

pub fn autolabel(study: &Study, output: Output) -> Result {
    let bar = Bar::new(output);
    let report = study.autolabel(&bar)?;
    drop(bar);
    output.print(&report, || {
        if report.annotators.is_empty() && report.routed > 0 {
            return format!(
                "{} items are labelled by the AI judge that the study was routed for; its labels \
                 came with the data, and nothing was written",
                report.routed
            );
        }
        table(&[
            ("routed to the model", report.routed.to_string()),
            ("labels written", report.written.to_string()),
            ("labels unchanged", report.unchanged.to_string()),
            ("annotators", report.annotators.join(", ")),
        ])
    });
    Ok(())
}
