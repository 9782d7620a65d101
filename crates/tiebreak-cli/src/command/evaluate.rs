//! `route evaluate`: what routing would have bought on labels that are there already.

use std::path::PathBuf;

use clap::ValueEnum;
use tiebreak_app::{BudgetPoint, EvaluateRequest, EvaluationReport, PolicyKind, Study, Truth};

use super::Result;
use super::tag::Packs;
use crate::args::ModelArgs;
use crate::bar::Bar;
use crate::failure::Failure;
use crate::output::{Output, columns};

/// What labels are measured against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TruthArg {
    /// The majority of all votes.
    #[default]
    Majority,
    /// One vote is the label, the majority of the others the truth.
    LeaveOneOut,
}

/// How routing is evaluated.
#[derive(Debug, clap::Args)]
pub struct EvaluateArgs {
    /// The .tiebreak file: items that people and the AI have labelled.
    pub study: PathBuf,
    /// Who labels the AI's share: reward, or the name of an imported AI judge. Default: as the
    /// study's settings say.
    #[arg(long)]
    pub ai: Option<String>,
    /// Percent of the pairs that people label.
    #[arg(long, value_delimiter = ',', default_value = "0,25,50,75,100")]
    pub budgets: Vec<f64>,
    /// Folds; whole prompts are in one fold.
    #[arg(long, default_value_t = 5)]
    pub folds: usize,
    /// For folds, mixes, lots and votes.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// How often votes are drawn.
    #[arg(long, default_value_t = 20)]
    pub repeats: usize,
    /// What labels are measured against.
    #[arg(long, value_enum, default_value = "majority")]
    pub truth: TruthArg,
    /// Policies, by name; without auto it takes a fraction of the time. Default: all.
    #[arg(long, value_delimiter = ',')]
    pub policies: Option<Vec<String>>,
    #[command(flatten)]
    pub model: ModelArgs,
}

pub fn evaluate(args: &EvaluateArgs, output: Output) -> Result {
    let study = Study::open(&args.study)?;
    let policies = match &args.policies {
        None => PolicyKind::ALL.to_vec(),
        Some(names) => names
            .iter()
            .map(|name| name.trim().parse())
            .collect::<std::result::Result<Vec<PolicyKind>, _>>()
            .map_err(|error| {
                let all: Vec<&str> = PolicyKind::ALL.iter().map(|kind| kind.as_str()).collect();
                let hint = format!("policies are {}", all.join(", "));
                Failure::new("bad_input", error.to_string(), Some(&hint))
            })?,
    };
    let ai = match &args.ai {
        Some(ai) => ai.clone(),
        None => study.settings()?.routing.ai,
    };
    let request = EvaluateRequest {
        ai,
        budgets: args.budgets.clone(),
        folds: args.folds,
        seed: args.seed,
        repeats: args.repeats,
        truth: match args.truth {
            TruthArg::Majority => Truth::Majority,
            TruthArg::LeaveOneOut => Truth::LeaveOneOut,
        },
        policies,
    };
    let bar = Bar::new(output);
    let report = study.evaluate_routing(&request, &Packs(&args.model), &bar)?;
    drop(bar);
    output.print(&report.to_json(), || describe(&report));
    Ok(())
}

fn describe(report: &EvaluationReport) -> String {
    let found = &report.found;
    let mut parts = vec![format!(
        "{} pairs of {} prompts; the AI's share is labelled by {}; {} folds, {} draws, seed {}",
        found.pairs,
        found.prompts,
        report.request.ai,
        report.request.folds,
        report.request.repeats,
        report.request.seed
    )];
    parts.push(figures(report, "label accuracy", |point| {
        Some((point.labels.interval.value, point.labels.se))
    }));
    let has_reward = found.oracle.iter().any(|point| point.reward.is_some());
    if has_reward {
        let of =
            |point: &BudgetPoint| point.reward.map(|reward| (reward.interval.value, reward.se));
        parts.push(figures(report, "reward accuracy", of));
    }
    let rows: Vec<Vec<String>> = found
        .advantages
        .iter()
        .filter(|one| one.kind != PolicyKind::Random)
        .map(|one| {
            let gain = one.gain.interval;
            vec![
                one.kind.to_string(),
                format!("{:+.2}", 100.0 * gain.value),
                format!("{:+.2} to {:+.2}", 100.0 * gain.low, 100.0 * gain.high),
                if one.beats_random { "yes" } else { "no" }.to_owned(),
            ]
        })
        .collect();
    parts.push(columns(
        &["over random, points", "mean", "95 %", "more than chance"],
        &[false, true, true, false],
        &rows,
    ));
    if let Some((kind, why)) = report.chosen() {
        let mut lines = vec![format!("auto on all pairs: {kind} ({why})")];
        for (share, counts) in &found.taken {
            let counts: Vec<String> =
                counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
            lines.push(format!("auto at {:.0} %, by fold: {}", 100.0 * share, counts.join(", ")));
        }
        parts.push(lines.join("\n"));
    }
    let rows: Vec<Vec<String>> = found
        .mean_predictions()
        .into_iter()
        .map(|one| {
            vec![
                one.name,
                one.mixes.to_string(),
                one.spearman.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}")),
                format!("{:.4}", one.rmse),
                format!("{:.4}", one.rmse_constant),
                format!("{} of {}", one.routed, one.folds),
            ]
        })
        .collect();
    if !rows.is_empty() {
        parts.push(columns(
            &["prediction model", "mixes", "Spearman", "RMSE", "of the constant", "folds routed"],
            &[false, true, true, true, true, true],
            &rows,
        ));
    }
    for (reason, count) in &report.left_out {
        parts.push(format!("left out: {count}, {reason}"));
    }
    parts.extend(report.notes.iter().map(|note| format!("note: {note}")));
    parts.push(format!(
        "{:.1} s to read, tag and embed, {:.1} s to fit and spend",
        report.reading_s, report.evaluating_s
    ));
    parts.join("\n\n")
}

/// A table of one figure with its standard error, in percent.
fn figures(
    report: &EvaluationReport,
    title: &str,
    of: impl Fn(&BudgetPoint) -> Option<(f64, f64)>,
) -> String {
    let budgets: Vec<String> =
        report.request.budgets.iter().map(|budget| format!("{budget} %")).collect();
    let mut header = vec![title];
    header.extend(budgets.iter().map(String::as_str));
    let row = |name: &str, points: &[BudgetPoint]| {
        let mut cells = vec![name.to_owned()];
        cells.extend(points.iter().map(|point| {
            of(point).map_or_else(
                || "-".to_owned(),
                |(value, se)| format!("{:.2} ±{:.2}", 100.0 * value, 100.0 * se),
            )
        }));
        cells
    };
    let mut rows: Vec<Vec<String>> =
        report.found.curves.iter().map(|curve| row(curve.kind.as_str(), &curve.points)).collect();
    rows.push(row("oracle", &report.found.oracle));
    let right: Vec<bool> = header.iter().enumerate().map(|(n, _)| n > 0).collect();
    columns(&header, &right, &rows)
}
