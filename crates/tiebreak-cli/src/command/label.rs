//! `score`, `route`, `autolabel` and `train`: everything in which the reward model has a say.

use std::path::{Path, PathBuf};

use serde_json::json;
use tiebreak_app::{AppError, Study, TrainOptions};
use tiebreak_core::Scorer;
use tiebreak_reward::{OpenOptions, RewardModel, load_head, save_head};

use super::Result;
use crate::args::ModelArgs;
use crate::bar::Bar;
use crate::failure::Failure;
use crate::output::{Output, table};

/// Opens the reward model that the options name.
fn open(args: &ModelArgs) -> Result<(RewardModel, Box<dyn Scorer>)> {
    let providers = args
        .provider
        .as_ref()
        .map(|names| names.iter().map(|name| name.parse()).collect::<Result<Vec<_>, _>>())
        .transpose()?;
    let options = OpenOptions { providers, threads: args.threads, ..OpenOptions::default() };
    let folder = Path::new(&args.pack);
    let model = if folder.is_dir() {
        RewardModel::open(folder, &options)?
    } else {
        RewardModel::open_named(&args.pack, &options)?
    };
    let scorer: Box<dyn Scorer> = match &args.head {
        Some(folder) => {
            let saved = load_head(folder)?.ok_or_else(|| {
                let message = format!("{} holds no trained head", folder.display());
                Failure::new("bad_input", message, Some("`tiebreak train` makes one"))
            })?;
            model.with_head(&saved.head).map_err(AppError::from)?
        }
        None => Box::new(model.clone()),
    };
    Ok((model, scorer))
}

pub fn score(study: &Study, args: &ModelArgs, output: Output) -> Result {
    let (_, scorer) = open(args)?;
    let bar = Bar::new(output);
    let report = study.score(scorer.as_ref(), &bar)?;
    drop(bar);
    output.print(&report, || {
        table(&[
            ("items", report.items.to_string()),
            ("scored now", report.scored.to_string()),
            ("scored before", report.already_scored.to_string()),
            ("texts embedded", report.embedded.to_string()),
            ("reward model", format!("{} {}", report.model, &report.model_hash[..8])),
            ("execution provider", report.provider.clone()),
        ])
    });
    Ok(())
}

pub fn route(study: &Study, budget: Option<&str>, seed: Option<u64>, output: Output) -> Result {
    let budget = match budget {
        Some(budget) => budget.to_owned(),
        None => study.settings()?.budget,
    };
    let budget = budget.parse().map_err(AppError::from)?;
    let report = study.route(budget, seed)?;
    output.print(&report, || {
        table(&[
            ("items", report.items.to_string()),
            ("to people", report.human.to_string()),
            ("to the reward model", report.ai.to_string()),
            ("policy", report.policy.clone()),
            ("budget", report.budget.clone()),
            ("seed", report.seed.to_string()),
        ])
    });
    Ok(())
}

pub fn autolabel(study: &Study, output: Output) -> Result {
    let bar = Bar::new(output);
    let report = study.autolabel(&bar)?;
    drop(bar);
    output.print(&report, || {
        table(&[
            ("routed to the model", report.routed.to_string()),
            ("labels written", report.written.to_string()),
            ("labels unchanged", report.unchanged.to_string()),
            ("annotators", report.annotators.join(", ")),
        ])
    });
    Ok(())
}

pub fn train(
    study: &Study,
    out: Option<PathBuf>,
    install: bool,
    seed: u64,
    args: &ModelArgs,
    output: Output,
) -> Result {
    let (model, scorer) = open(args)?;
    let options = TrainOptions { seed, ..TrainOptions::default() };
    let bar = Bar::new(output);
    let trained = study.train(scorer.as_ref(), &options, &bar)?;
    drop(bar);
    let folder = match (install, out) {
        (true, _) => model.pack().dir.clone(),
        (false, Some(out)) => out,
        (false, None) => study.path().with_extension("head"),
    };
    save_head(&folder, &trained.head, trained.card.clone())?;
    let report = json!({ "folder": folder, "card": trained.card });
    output.print(&report, || describe_training(&folder, &trained.card, install));
    Ok(())
}

fn describe_training(folder: &Path, card: &serde_json::Value, installed: bool) -> String {
    let validation = &card["cross_validation"];
    let share = |value: &serde_json::Value| {
        value["value"].as_f64().map_or_else(
            || "no clear label".to_owned(),
            |share| {
                format!(
                    "{:.1} % ({:.1} to {:.1}, {} pairs)",
                    100.0 * share,
                    100.0 * value["low"].as_f64().unwrap_or(f64::NAN),
                    100.0 * value["high"].as_f64().unwrap_or(f64::NAN),
                    value["n"]
                )
            },
        )
    };
    let members = card["members"].as_array().map_or(&[][..], Vec::as_slice);
    let converged = members.iter().filter(|member| member["converged"] == true).count();
    let next = if installed {
        "the pack uses it from now on".to_owned()
    } else {
        format!("use it with: tiebreak score STUDY --head {}", folder.display())
    };
    table(&[
        ("head", folder.display().to_string()),
        ("pairs", format!("{} from {} prompts", card["pairs"], card["prompts"])),
        ("held-out accuracy", share(&validation["accuracy"])),
        ("length only", share(&validation["length_only_accuracy"])),
        ("longer wins", share(&validation["longer_wins_accuracy"])),
        ("penalty", validation["penalty"].to_string()),
        ("members", format!("{} ({converged} converged)", members.len())),
        ("next", next),
    ])
}
