//! `score`, `route` and `autolabel`: everything in which the reward model has a say.

use std::path::Path;

use tiebreak_app::{AppError, Study};
use tiebreak_core::Scorer;
use tiebreak_reward::{OpenOptions, Provider, RewardModel, isolated, load_head};

use super::Result;
use crate::args::ModelArgs;
use crate::bar::Bar;
use crate::failure::Failure;
use crate::output::{Output, table};

/// Opens the reward model that the options name, or else this pack.
pub(super) fn open(args: &ModelArgs, default: &str) -> Result<(RewardModel, Box<dyn Scorer>)> {
    let providers = args.provider.as_deref().map(Provider::order).transpose()?;
    let options = OpenOptions { providers, threads: args.threads, ..OpenOptions::default() };
    let pack = args.pack.as_deref().unwrap_or(default);
    let folder = Path::new(pack);
    let model = if folder.is_dir() {
        isolated::admit(folder, &options)?;
        RewardModel::open(folder, &options)?
    } else {
        RewardModel::open_named(pack, &options)?
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
    let (_, scorer) = open(args, &study.settings()?.packs.text)?;
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
