//! How good a model is by people's labels: [`QualityView`] from held-out margins, and the
//! measurement of any model.

use std::collections::BTreeMap;

use tiebreak_core::{Scorer, ScorerError, ScorerKind};
use tiebreak_stats::{
    FitOptions, Interval, JudgedPairs, Progress, accuracy, bin_of, brier, calibration_error,
    ceiling, cross_fitted, cross_validate, grouped_folds, log_loss, quantile_edges,
    ranking_accuracy, reliability, temperature,
};

use crate::clock::now;
use crate::error::Result;
use crate::labelled::{LabelledItem, Labelling, Labels};
use crate::study::stop_if_cancelled;
use crate::view::{IntervalView, QualityView, ReliabilityBin, SliceView};
use crate::{AppError, Study, Watch};

/// Folds for what is cross-fitted in a measurement.
const FOLDS: usize = 5;
/// For folds and bootstrap samples of a measurement.
const SEED: u64 = 1;
/// The penalty of the length-only model: so weak that it only keeps it finite.
const LENGTH_PENALTY: f64 = 1e-4;
/// Bins by length difference.
const LENGTH_BINS: usize = 4;
/// Tags that are broken down by, those of the most pairs.
const TAGS: usize = 20;
/// A part of fewer clear pairs is not shown.
const FEWEST_IN_SLICE: u32 = 5;
/// With fewer clear pairs, the probabilities of a study stay as the model gives them.
const FEWEST_TO_CALIBRATE: usize = 30;
/// With fewer clear pairs, no model is called worse than chance.
const FEWEST_TO_REPROACH: u32 = 20;
/// Above this the temperature of an earlier version had been stopped: nothing bound it then but e^7.
const STOPPED_TEMPERATURE: f64 = 1000.0;

/// What a model makes of labelled pairs.
pub(crate) struct Measured<'a> {
    pub(crate) labels: &'a Labels,
    /// Log-odds of the first candidate, scaled, by a model that has not seen the pair's prompt.
    pub(crate) margins: &'a [f64],
    /// What they were divided by.
    pub(crate) temperature: f64,
    /// Whether they lean the way of the answers at all ([`tiebreak_stats::Temperature`]).
    pub(crate) leans: bool,
    /// `cross-validated` or `all-labels`.
    pub(crate) basis: &'static str,
    /// For bootstrap samples.
    pub(crate) seed: u64,
}

impl Measured<'_> {
    fn accuracy(&self, margins: &[f64], used: impl Fn(usize) -> bool) -> Option<IntervalView> {
        let Labels { shares, weights, prompts, .. } = self.labels;
        accuracy(margins, shares, weights, prompts, self.seed, used).map(interval_view)
    }

    /// The whole report. `length_margins` are those of the length-only model, where lengths are
    /// known.
    pub(crate) fn view(&self, length_margins: Option<&[f64]>) -> Result<QualityView> {
        let labels = self.labels;
        let no_labels = || AppError::NoPreferences;
        let bins = reliability(self.margins, &labels.shares);
        let longer: Option<Vec<f64>> =
            labels.lengths.iter().map(|length| length.map(f64::from)).collect();
        let longer = longer.filter(|_| length_margins.is_some());
        let accuracy = self.accuracy(self.margins, |_| true).ok_or_else(no_labels)?;
        Ok(QualityView {
            worse_than_chance: is_worse_than_chance(&accuracy, self.leans),
            measured_at: now().to_rfc3339(),
            basis: self.basis.to_owned(),
            pairs: labels.len() as u32,
            prompts: labels.prompt_count() as u32,
            kept_together: labels.kept_together.clone(),
            accuracy,
            length_only: length_margins.and_then(|margins| self.accuracy(margins, |_| true)),
            longer_wins: longer.and_then(|margins| self.accuracy(&margins, |_| true)),
            ranking_accuracy: ranking_accuracy(self.margins, &labels.shares),
            ceiling: ceiling(&labels.counts, &labels.weights).map(|ceiling| ceiling.accuracy),
            brier: brier(self.margins, &labels.shares).ok_or_else(no_labels)?,
            log_loss: log_loss(self.margins, &labels.shares).ok_or_else(no_labels)?,
            calibration_error: calibration_error(&bins).ok_or_else(no_labels)?,
            temperature: self.temperature,
            reliability: bins
                .iter()
                .map(|bin| ReliabilityBin {
                    from: bin.from,
                    to: bin.to,
                    confidence: bin.confidence,
                    accuracy: bin.accuracy,
                    pairs: bin.pairs as u32,
                })
                .collect(),
            slices: self.slices(length_margins),
        })
    }

    fn slices(&self, length_margins: Option<&[f64]>) -> Vec<SliceView> {
        let mut slices = Vec::new();
        for (by, parts) in [
            ("source", self.parts(|i| self.labels.sources[i].iter().cloned().collect())),
            ("tag", self.most_common_tags()),
            ("strength", self.parts(|i| strength_name(self.labels.strengths[i]))),
            ("length_difference", self.length_parts()),
        ] {
            for (name, is_in) in parts {
                let accuracy = self.accuracy(self.margins, |i| is_in[i]);
                let Some(accuracy) = accuracy.filter(|part| part.n >= FEWEST_IN_SLICE) else {
                    continue;
                };
                let length_only =
                    length_margins.and_then(|margins| self.accuracy(margins, |i| is_in[i]));
                slices.push(SliceView { by: by.to_owned(), name, accuracy, length_only });
            }
        }
        slices
    }

    /// The pairs of each part, by its name; a pair may be in several, and in none.
    fn parts(&self, names: impl Fn(usize) -> Vec<String>) -> Vec<(String, Vec<bool>)> {
        let n = self.labels.len();
        let mut parts: BTreeMap<String, Vec<bool>> = BTreeMap::new();
        for i in 0..n {
            for name in names(i) {
                parts.entry(name).or_insert_with(|| vec![false; n])[i] = true;
            }
        }
        parts.into_iter().collect()
    }

    fn most_common_tags(&self) -> Vec<(String, Vec<bool>)> {
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        for tag in self.labels.tags.iter().flatten() {
            *counts.entry(tag).or_default() += 1;
        }
        let mut common: Vec<(&String, usize)> = counts.into_iter().collect();
        common.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        common.truncate(TAGS);
        let is_common = |tag: &&String| common.iter().any(|(other, _)| other == tag);
        self.parts(|i| self.labels.tags[i].iter().filter(is_common).cloned().collect())
    }

    /// By how many times the longer candidate is as long as the other, in bins of about equal
    /// size; the names say from where to where, and those of one name are one part.
    fn length_parts(&self) -> Vec<(String, Vec<bool>)> {
        let ratio = |i: usize| self.labels.lengths[i].map(|length| f64::from(length.abs()).exp());
        let ratios: Vec<f64> = (0..self.labels.len()).filter_map(ratio).collect();
        let edges = quantile_edges(&ratios, LENGTH_BINS);
        let largest = ratios.iter().copied().fold(1.0, f64::max);
        let ends: Vec<f64> = std::iter::once(1.0).chain(edges.clone()).chain([largest]).collect();
        let names = (0..=edges.len()).map(|bin| format!("{:.2}–{:.2}", ends[bin], ends[bin + 1]));
        let names: Vec<String> = names.collect();
        let mut parts: Vec<(String, Vec<bool>)> = Vec::new();
        for (bin, name) in names.iter().enumerate() {
            if names[..bin].contains(name) {
                continue;
            }
            let is_in = |i| ratio(i).is_some_and(|ratio| names[bin_of(&edges, ratio)] == *name);
            parts.push((name.clone(), (0..self.labels.len()).map(is_in).collect()));
        }
        parts.retain(|(_, pairs)| pairs.contains(&true));
        parts
    }
}

/// The strength that a mean is nearest to, by its number; none stays none.
fn strength_name(strength: Option<f64>) -> Vec<String> {
    strength.map(|strength| format!("{strength:.0}")).into_iter().collect()
}

pub(crate) const fn interval_view(interval: Interval) -> IntervalView {
    IntervalView {
        value: interval.value,
        low: interval.low,
        high: interval.high,
        n: interval.n as u32,
    }
}

/// Held-out margins of a model that sees nothing but the length, fitted as a head is; `None` if
/// the length of a candidate is unknown.
pub(crate) fn length_margins(
    labels: &Labels,
    folds: &[usize],
    options: FitOptions,
    watch: &dyn Watch,
    threads: usize,
) -> Result<Option<Vec<f64>>> {
    let mut lengths = JudgedPairs::new(1);
    for (i, length) in labels.lengths.iter().enumerate() {
        let Some(length) = length else { return Ok(None) };
        lengths.push(&[*length], &[0.0], labels.taught[i], labels.taught_weights[i]);
    }
    let progress = Progress { cancel: watch.cancel(), fitted: &|| (), threads };
    let found =
        cross_validate(&lengths, &labels.shares, folds, &[LENGTH_PENALTY], options, progress)?;
    Ok(Some(found.margins))
}

impl Study {
    /// Measures a model of any kind by all live human labels that it can read; the report is kept,
    /// and no model comes into force by it. Margins of pointwise and pairwise models are divided by a
    /// temperature, for the report by that of the other folds, and from then on for the
    /// probabilities of this study's pairs by that of all; with fewer than 30 clear pairs they stay
    /// as they are. A head that was trained on this study
    /// has seen the labels: its report is the one from its training, cross-validated.
    ///
    /// # Errors
    /// For an encoder without a head, without a pair of which one candidate is preferred, on
    /// cancellation, or if the model or the file fails.
    pub fn measure(&self, scorer: &dyn Scorer, watch: &dyn Watch) -> Result<QualityView> {
        let identity = scorer.identity();
        if identity.kind == ScorerKind::Encoder && !scorer.has_head() {
            return Err(ScorerError::NoHead(identity.name.clone()).into());
        }
        if let Some(known) = self.quality_from_training(scorer)? {
            return Ok(known);
        }
        let mut labels = Labels::default();
        let mut margins = Vec::new();
        self.each_labelled(identity.modality, &Labelling::default(), watch, |page| {
            self.margins_of(&page, scorer, watch, &mut labels, &mut margins)
        })?;
        if labels.len() == 0 {
            return Err(AppError::NoPreferences);
        }
        labels.group();
        let folds = grouped_folds(&labels.prompts, FOLDS, SEED);
        let is_raw = identity.kind != ScorerKind::Encoder;
        let fitted =
            temperature(&margins, &labels.shares, |_| true).ok_or(AppError::NoPreferences)?;
        let clear = labels.shares.iter().filter(|shares| shares.majority().is_some()).count();
        let is_scaled = is_raw && clear >= FEWEST_TO_CALIBRATE;
        let scaled =
            if is_scaled { cross_fitted(&margins, &labels.shares, &folds) } else { margins };
        stop_if_cancelled(watch)?;
        let lengths = if labels.prompt_count() > 1 {
            length_margins(&labels, &folds, FitOptions::default(), watch, 1)?
        } else {
            None
        };
        let measured = Measured {
            labels: &labels,
            margins: &scaled,
            temperature: if is_scaled { fitted.value } else { 1.0 },
            leans: fitted.leans,
            basis: "all-labels",
            seed: SEED,
        };
        let view = measured.view(lengths.as_deref())?;
        let report = report(&view)?;
        let model = self.note_model(scorer)?;
        self.store.write(|writer| {
            writer.insert_quality(model, &report, now())?;
            if is_raw {
                writer.set_temperature(model, view.temperature)?;
            }
            Ok::<_, AppError>(())
        })?;
        Ok(view)
    }

    /// The cross-validated report of a head that was trained here.
    fn quality_from_training(&self, scorer: &dyn Scorer) -> Result<Option<QualityView>> {
        let identity = scorer.identity();
        let report = self.store.read(|reader| {
            let heads = reader.trained_heads(identity.modality)?;
            if !heads.iter().any(|head| head.pack_hash == identity.pack_hash) {
                return Ok::<_, AppError>(None);
            }
            let model = reader.reward_model(identity.pack_hash)?;
            Ok(model.map(|model| reader.quality(model.id)).transpose()?.flatten())
        })?;
        report.map(report_view).transpose()
    }

    /// Adds what a model makes of some labelled items.
    fn margins_of(
        &self,
        page: &[LabelledItem],
        scorer: &dyn Scorer,
        watch: &dyn Watch,
        labels: &mut Labels,
        margins: &mut Vec<f64>,
    ) -> Result<()> {
        let items: Vec<_> = page.iter().map(|labelled| labelled.item.clone()).collect();
        let judged = self.judge_chunk(&items, scorer, watch)?;
        for (labelled, judged) in page.iter().zip(judged.items) {
            let Ok(scored) = judged else {
                labels.unreadable += 1;
                continue;
            };
            labels.push(labelled);
            margins.extend(labelled.pairs.iter().map(|pair| {
                let preference = scored.preference;
                match scorer.identity().kind {
                    // What it says of a pair is the mean of its members' probabilities.
                    ScorerKind::Encoder if labelled.item.candidates.len() == 2 => {
                        let p = preference.probability.clamp(1e-9, 1.0 - 1e-9);
                        (p / (1.0 - p)).ln()
                    }
                    _ => scored.scores[pair.first].1 - scored.scores[pair.second].1,
                }
            }));
        }
        Ok(())
    }
}

/// Whether enough labels say that a model is worse than tossing a coin (the whole interval is
/// below one half), or that its margins carry nothing.
pub(crate) fn is_worse_than_chance(accuracy: &IntervalView, leans: bool) -> bool {
    accuracy.n >= FEWEST_TO_REPROACH && (accuracy.high < 0.5 || !leans)
}

/// A kept report; those of earlier versions do not say whether they are worse than chance.
pub(crate) fn report_view(report: serde_json::Value) -> Result<QualityView> {
    let mut view: QualityView = serde_json::from_value(report)
        .map_err(|source| AppError::Json { what: "quality report", source })?;
    let leans = !view.worse_than_chance && view.temperature < STOPPED_TEMPERATURE;
    view.worse_than_chance = is_worse_than_chance(&view.accuracy, leans);
    Ok(view)
}

/// A report as it is kept.
pub(crate) fn report(view: &QualityView) -> Result<serde_json::Value> {
    serde_json::to_value(view).map_err(|source| AppError::Json { what: "quality report", source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_than_chance_needs_labels_and_the_whole_interval_or_margins_that_carry_nothing() {
        for (n, high, leans, expected) in [
            (60, 0.49, true, true),
            (60, 0.5, true, false),
            (60, 0.8, true, false),
            (60, 0.8, false, true),
            (60, f64::NAN, true, false),
            (19, 0.1, false, false),
            (20, 0.1, true, true),
        ] {
            let accuracy = IntervalView { value: 0.45, low: 0.4, high, n };
            assert_eq!(is_worse_than_chance(&accuracy, leans), expected, "{n} {high}");
        }
    }

    fn labels(lengths: &[Option<f32>]) -> Labels {
        let n = lengths.len();
        let mut labels = Labels::default();
        labels.shares = vec![tiebreak_stats::Shares::FIRST; n];
        labels.weights = vec![1.0; n];
        labels.prompts = (0..n).collect();
        labels.sources = vec![None; n];
        labels.tags = vec![Vec::new(); n];
        labels.strengths = vec![None; n];
        labels.counts = vec![tiebreak_stats::Counts { first: 1, second: 0 }; n];
        labels.lengths = lengths.to_vec();
        labels
    }

    /// Lengths that differ by less than a hundredth are in several bins of one name.
    #[test]
    fn parts_have_names_of_their_own() {
        let close: Vec<Option<f32>> = (0..40).map(|i| Some(0.0001 * i as f32)).collect();
        let apart: Vec<Option<f32>> = (0..40).map(|i| Some(0.1 * i as f32)).collect();
        for (lengths, parts) in [(close, 1), (apart, 4), (vec![None; 40], 0)] {
            let labels = labels(&lengths);
            let margins = vec![1.0; labels.len()];
            let measured = Measured {
                labels: &labels,
                margins: &margins,
                temperature: 1.0,
                leans: true,
                basis: "all-labels",
                seed: 1,
            };
            let slices = measured.view(None).unwrap().slices;
            let names: std::collections::BTreeSet<&str> =
                slices.iter().map(|slice| slice.name.as_str()).collect();
            assert_eq!((slices.len(), names.len()), (parts, parts), "{names:?}");
            let pairs: u32 = slices.iter().map(|slice| slice.accuracy.n).sum();
            assert_eq!(pairs, if parts == 0 { 0 } else { 40 });
        }
    }
}
