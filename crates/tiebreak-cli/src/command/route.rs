//! `pilot`, `route` and `route show`: who labels what.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use tiebreak_app::view::RoutedItemView;
use tiebreak_app::{PilotReport, RouteReport, Study};

use super::Result;
use super::evaluate::{self, EvaluateArgs};
use super::tag::Packs;
use crate::args::ModelArgs;
use crate::bar::Bar;
use crate::output::{Output, columns, table};

/// Routed items asked for at once.
const PAGE: u32 = 500;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct RouteArgs {
    #[command(subcommand)]
    command: Option<RouteCommand>,
    /// The .tiebreak file.
    #[arg(required = true)]
    study: Option<PathBuf>,
    /// Human labels to spend: a share such as 25%, or a number of items. Default: the study's own
    /// budget.
    #[arg(long, allow_hyphen_values = true)]
    budget: Option<String>,
    /// The policy that spends them: auto, random, least-certain, ai-error, ppm-top-k,
    /// ppm-simulated, ppm-unlimited or value. Default: as the study's settings say.
    #[arg(long)]
    policy: Option<String>,
    /// Who labels the rest: reward, or the name of an imported AI judge. Default: as the study's
    /// settings say.
    #[arg(long, value_name = "JUDGE")]
    ai: Option<String>,
    /// The seed for everything random. Default: a new one, which is stored.
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Debug, Subcommand)]
enum RouteCommand {
    /// List the items of the routing in force, in the order of their queue, with the reasons.
    Show {
        /// The .tiebreak file.
        study: PathBuf,
        /// Whose items.
        #[arg(long, value_enum, default_value = "human")]
        side: SideArg,
        /// How many at most.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Say what each policy would have bought on items that people and the AI have labelled.
    Evaluate(EvaluateArgs),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SideArg {
    Human,
    Ai,
}

#[derive(Debug, clap::Args)]
pub struct PilotArgs {
    /// The .tiebreak file.
    study: PathBuf,
    /// How many items, with those drawn before. Default: as many as the study needs.
    #[arg(long)]
    size: Option<u64>,
    /// Who labels the rest: reward, or the name of an imported AI judge. It is kept in the study's
    /// settings. Default: as these say.
    #[arg(long, value_name = "JUDGE")]
    ai: Option<String>,
    /// The seed of the draw. Default: a new one, which is stored.
    #[arg(long)]
    seed: Option<u64>,
}

pub fn pilot(args: &PilotArgs, output: Output) -> Result {
    let study = Study::open(&args.study)?;
    let bar = Bar::new(output);
    if let Some(ai) = &args.ai {
        let mut routing = study.settings()?.routing;
        routing.ai.clone_from(ai);
        study.save_routing_settings(&routing)?;
    }
    let model = ModelArgs { pack: None, head: None, provider: None, threads: None };
    let report = study.draw_pilot(Some(&Packs(&model)), args.size, args.seed, &bar)?;
    drop(bar);
    output.print(&report, || describe_pilot(&report));
    Ok(())
}

fn describe_pilot(report: &PilotReport) -> String {
    let mut rows = vec![
        ("pilot", format!("{} items", report.items)),
        ("drawn now", report.drawn.to_string()),
        ("labelled already", report.labelled.to_string()),
        ("why so many", report.reason.clone()),
        ("the AI", report.ai_side.clone()),
        ("seed", report.seed.to_string()),
    ];
    if report.joined > 0 {
        rows.push(("belong with them", report.joined.to_string()));
    }
    for (place, (stratum, items)) in report.strata.iter().enumerate() {
        rows.push((if place == 0 { "drawn from" } else { "" }, format!("{stratum}: {items}")));
    }
    table(&rows)
}

pub fn route(args: &RouteArgs, output: Output) -> Result {
    match &args.command {
        Some(RouteCommand::Show { study, side, limit }) => show(study, *side, *limit, output),
        Some(RouteCommand::Evaluate(args)) => evaluate::evaluate(args, output),
        None => run(args, output),
    }
}

fn run(args: &RouteArgs, output: Output) -> Result {
    let path = args.study.as_deref().unwrap_or_else(|| Path::new(""));
    let study = Study::open(path)?;
    let (policy, budget) = (args.policy.as_deref(), args.budget.as_deref());
    let request = study.route_request(policy, budget, args.ai.as_deref(), args.seed)?;
    let options = ModelArgs { pack: None, head: None, provider: None, threads: None };
    let packs = Packs(&options);
    let bar = Bar::new(output);
    let report = study.tag_and_route(&packs, &request, &bar)?;
    drop(bar);
    output.print(&report, || describe_route(&report));
    Ok(())
}

fn describe_route(report: &RouteReport) -> String {
    let ai = if report.ai_side == "reward" {
        "to the reward model".to_owned()
    } else {
        format!("to {}", report.ai_side)
    };
    let policy = if report.used == report.policy {
        report.policy.clone()
    } else {
        format!("{}, which takes {}", report.policy, report.used)
    };
    let mut rows = vec![
        ("items", report.items.to_string()),
        ("to people", report.human.to_string()),
        (ai.as_str(), report.ai.to_string()),
        ("policy", policy),
    ];
    if !report.why.is_empty() {
        rows.push(("", report.why.clone()));
    }
    rows.push(("budget", report.budget.clone()));
    rows.push(("seed", report.seed.to_string()));
    let drawn = report.pilot + report.audit;
    if drawn > 0 {
        let text = format!("{} for the pilot, {} for the audit", report.pilot, report.audit);
        rows.push(("drawn at random", text));
    }
    for (place, (reason, items)) in report.people_only_reasons.iter().enumerate() {
        rows.push((if place == 0 { "people only" } else { "" }, format!("{items}: {reason}")));
    }
    for (place, note) in report.notes.iter().enumerate() {
        rows.push((if place == 0 { "notes" } else { "" }, note.clone()));
    }
    table(&rows)
}

fn show(study: &Path, side: SideArg, limit: u32, output: Output) -> Result {
    let study = Study::open(study)?;
    let side = match side {
        SideArg::Human => "human",
        SideArg::Ai => "ai",
    };
    let mut items: Vec<RoutedItemView> = Vec::new();
    let mut after = None;
    loop {
        let wanted = (limit - items.len() as u32).min(PAGE);
        let page = if wanted > 0 { study.routed_items(side, after, wanted)? } else { Vec::new() };
        let Some(last) = page.last() else { break };
        after = Some(last.rank);
        items.extend(page);
    }
    output.print(&items, || {
        let rows: Vec<Vec<String>> = items.iter().map(row).collect();
        if rows.is_empty() {
            return format!("nothing is routed to {side}");
        }
        columns(
            &["rank", "item", "gain", "purpose", "labelled", "why"],
            &[true, true, true, false, false, false],
            &rows,
        )
    });
    Ok(())
}

fn row(item: &RoutedItemView) -> Vec<String> {
    vec![
        item.rank.to_string(),
        format!("#{}", item.ordinal),
        item.gain.map(|gain| format!("{gain:.3}")).unwrap_or_default(),
        item.purpose.clone(),
        if item.labelled { "yes" } else { "" }.to_owned(),
        item.reason.clone(),
    ]
}
