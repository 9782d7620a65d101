//! `train`, `quality` and `learning-curve`: what a head learns from labels, and how good it is.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::json;
use tiebreak_app::view::{IntervalView, QualityView};
use tiebreak_app::{LearningCurve, Study, Ties, TrainOptions, Trained};
use tiebreak_core::{FeatureSet, Scorer, ScorerKind};
use tiebreak_reward::{RewardModel, save_head};

use super::{Result, label};
use crate::args::{FeaturesArg, ModalityArg, ModelArgs, TiesArg, TrainingArgs};
use crate::bar::Bar;
use crate::failure::Failure;
use crate::output::{Output, columns, table};

/// Opens the model that the options name, or the study's own for the modality.
fn open(
    study: &Study,
    modality: ModalityArg,
    model: &ModelArgs,
) -> Result<(RewardModel, Box<dyn Scorer>)> {
    let packs = study.settings()?.packs;
    label::open(
        model,
        match modality {
            ModalityArg::Text => &packs.text,
            ModalityArg::Image => &packs.image,
            ModalityArg::Music => &packs.music,
        },
    )
}

fn options(args: &TrainingArgs) -> TrainOptions {
    let defaults = TrainOptions::default();
    TrainOptions {
        objective: args.objective.clone(),
        ties: match args.ties {
            TiesArg::Half => Ties::Half,
            TiesArg::Davidson => Ties::Davidson,
            TiesArg::RaoKupper => Ties::RaoKupper,
        },
        features: args.features.map(|features| match features {
            FeaturesArg::Text1 => FeatureSet::Text1,
            FeaturesArg::Text2 => FeatureSet::Text2,
            FeaturesArg::Media1 => FeatureSet::Media1,
        }),
        by_strength: args.by_strength,
        label_smoothing: args.label_smoothing,
        seed: args.seed,
        threads: args.model.threads.unwrap_or(defaults.threads),
        ..defaults
    }
}

pub fn train(
    study: &Study,
    out: Option<PathBuf>,
    install: bool,
    args: &TrainingArgs,
    output: Output,
) -> Result {
    // A head of one aspect does not say which answer is better on the whole.
    let options = options(args);
    let overall = options.is_overall();
    if install && !overall {
        let message = format!("a head of the aspect {} is no head of a pack", args.objective);
        let hint = "it would score every study as if it said what is better on the whole; \
                    `--out` keeps it in a folder of its own";
        return Err(Failure::new("bad_input", message, Some(hint)));
    }
    let (model, scorer) = open(study, args.modality, &args.model)?;
    let bar = Bar::new(output);
    let trained = study.train(scorer.as_ref(), &options, &bar)?;
    drop(bar);
    study.keep_head(&trained, "asked", overall)?;
    let installed = install.then(|| model.pack().dir.clone());
    let folders: Vec<PathBuf> = out.into_iter().chain(installed).collect();
    for folder in &folders {
        save_head(folder, &trained.head, trained.card.clone())?;
    }
    let report = json!({ "folders": folders, "training": trained.point, "card": trained.card });
    output.print(&report, || describe_training(&trained, &folders, overall));
    Ok(())
}

fn describe_training(trained: &Trained, folders: &[PathBuf], overall: bool) -> String {
    let Trained { point, card, quality, .. } = trained;
    let members = card["members"].as_array().map_or(&[][..], Vec::as_slice);
    let converged = members.iter().filter(|member| member["converged"] == true).count();
    let fits = &card["cross_validation"]["fits"];
    let path = fits["tried"].as_array().map_or(&[][..], Vec::as_slice);
    let fitted = path.len() as u64 * path.first().map_or(0, |tried| len(&tried["iterations"]));
    let path_converged: u64 = path.iter().filter_map(|tried| tried["converged"].as_u64()).sum();
    let mut rows = vec![
        ("objective", point.objective.clone()),
        (
            "labels",
            format!("{} on {} pairs of {} prompts", point.labels, point.pairs, quality.prompts),
        ),
        ("penalty", fits["penalty"].to_string()),
        (
            "converged",
            format!(
                "{path_converged} of {fitted} fits of the path, {converged} of {} members",
                members.len()
            ),
        ),
        ("seconds", format!("{:.1}", point.seconds)),
    ];
    rows.extend(folders.iter().map(|folder| ("head", folder.display().to_string())));
    rows.push((
        "next",
        if overall {
            "this study uses it from now on: tiebreak score STUDY".to_owned()
        } else {
            "kept as a record; it does not score".to_owned()
        },
    ));
    format!("{}\n\n{}", table(&rows), describe_quality(quality))
}

fn len(value: &serde_json::Value) -> u64 {
    value.as_array().map_or(0, |array| array.len() as u64)
}

pub fn quality(study: &Study, modality: ModalityArg, model: &ModelArgs, output: Output) -> Result {
    let (_, scorer) = open(study, modality, model)?;
    let (scorer, own_head) = label::with_head(study, model, scorer)?;
    let bar = Bar::new(output);
    let quality = study.measure(scorer.as_ref(), &bar)?;
    drop(bar);
    let identity = scorer.identity();
    let head = match (identity.kind, &model.head) {
        (ScorerKind::Pointwise | ScorerKind::Pairwise, _) => "no head",
        (ScorerKind::Encoder, Some(_)) => "the head that was named",
        (ScorerKind::Encoder, None) if own_head => "the head trained on this study",
        (ScorerKind::Encoder, None) => "the pack's own head",
    };
    let report = MeasuredModel {
        model: identity.name.clone(),
        model_hash: identity.pack_hash.to_string(),
        head,
        quality,
    };
    output.print(&report, || {
        let model = format!("{} {}, {head}", report.model, identity.pack_hash.short());
        let model = table(&[("reward model", model)]);
        format!("{model}\n{}", describe_quality(&report.quality))
    });
    Ok(())
}

/// Which model was measured, and how good it is.
#[derive(Serialize)]
struct MeasuredModel {
    model: String,
    model_hash: String,
    head: &'static str,
    #[serde(flatten)]
    quality: QualityView,
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn interval(share: &IntervalView) -> String {
    let (low, high) = (100.0 * share.low, 100.0 * share.high);
    format!("{} ({low:.1} to {high:.1}; {} pairs)", percent(share.value), share.n)
}

fn describe_quality(view: &QualityView) -> String {
    let unknown = || "unknown".to_owned();
    let basis = match view.basis.as_str() {
        "cross-validated" => "on prompts that were not trained on",
        _ => "on all labels",
    };
    let summary = table(&[
        ("measured", format!("{basis}, {} pairs of {} prompts", view.pairs, view.prompts)),
        ("accuracy", interval(&view.accuracy)),
        ("length only", view.length_only.as_ref().map_or_else(unknown, interval)),
        ("longer wins", view.longer_wins.as_ref().map_or_else(unknown, interval)),
        ("ranking accuracy", view.ranking_accuracy.map_or_else(unknown, percent)),
        ("ceiling", view.ceiling.map_or_else(unknown, percent)),
        ("Brier score", format!("{:.3} (chance 0.250)", view.brier)),
        ("log loss", format!("{:.3} (chance 0.693)", view.log_loss)),
        ("calibration error", format!("{:.3}", view.calibration_error)),
        ("temperature", format!("{:.3}", view.temperature)),
    ]);
    let bins: Vec<Vec<String>> = view
        .reliability
        .iter()
        .map(|bin| {
            vec![
                format!("{:.2}–{:.2}", bin.from, bin.to),
                percent(bin.confidence),
                percent(bin.accuracy),
                bin.pairs.to_string(),
            ]
        })
        .collect();
    let header = ["confidence", "stated", "right", "pairs"];
    let bins = columns(&header, &[false, true, true, true], &bins);
    let slices: Vec<Vec<String>> = view
        .slices
        .iter()
        .map(|slice| {
            vec![
                slice.by.replace('_', " "),
                slice.name.clone(),
                percent(slice.accuracy.value),
                format!("{:.1} to {:.1}", 100.0 * slice.accuracy.low, 100.0 * slice.accuracy.high),
                slice.length_only.as_ref().map_or_else(String::new, |share| percent(share.value)),
                slice.accuracy.n.to_string(),
            ]
        })
        .collect();
    let header = ["by", "part", "accuracy", "95 % interval", "length only", "pairs"];
    let slices = columns(&header, &[false, false, true, true, true, true], &slices);
    let warning = if view.worse_than_chance {
        "\n\nwarning: by these labels the model is no better than a coin, or worse: its labels are \
         worth nothing"
    } else {
        ""
    };
    format!("{summary}{warning}\n\n{bins}\n\n{slices}")
}

pub fn learning_curve(study: &Study, sizes: &[u64], args: &TrainingArgs, output: Output) -> Result {
    let (_, scorer) = open(study, args.modality, &args.model)?;
    let bar = Bar::new(output);
    let curve = study.learning_curve(scorer.as_ref(), sizes, &options(args), &bar)?;
    drop(bar);
    output.print(&curve, || describe_curve(&curve));
    Ok(())
}

fn describe_curve(curve: &LearningCurve) -> String {
    let rows: Vec<Vec<String>> = curve
        .points
        .iter()
        .map(|point| {
            vec![
                point.size.map_or_else(|| "all".to_owned(), |size| size.to_string()),
                format!("{:.0}", point.labels),
                format!("{:.0}", point.pairs),
                percent(point.accuracy.value),
                format!("{:.1} to {:.1}", 100.0 * point.accuracy.low, 100.0 * point.accuracy.high),
                format!("{:.1}", 100.0 * point.deviation),
            ]
        })
        .collect();
    let header = ["size", "labels", "pairs", "accuracy", "95 % interval", "deviation"];
    let points = columns(&header, &[true; 6], &rows);
    let from = format!(
        "{} labels on {} pairs of {} prompts; {} folds by prompt, {} repetitions",
        curve.labels, curve.pairs, curve.prompts, curve.folds, curve.seeds
    );
    let too_large: Vec<String> = curve.too_large.iter().map(u64::to_string).collect();
    let missing = if too_large.is_empty() {
        String::new()
    } else {
        format!("\n\nToo few labels for {}.", too_large.join(", "))
    };
    format!("{from}\n\n{points}{missing}")
}
