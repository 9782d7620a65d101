//! What a head sees of a pair, in fewer numbers, and what can be measured of it without a model.

use tiebreak_core::{FeatureSet, Item, Modality, SURFACE_FEATURES, Scorer};
use tiebreak_stats::{PrincipalComponents, SecondMoments, Vote};

use super::Encoders;
use crate::content::candidate_features;
use crate::error::Result;
use crate::study::stop_if_cancelled;
use crate::{AppError, Study, Watch};

/// Numbers that stand for the embeddings of a pair. A head on these is a little weaker than one
/// on all of them, and hundreds of heads are fitted in the time of one.
const COMPONENTS: usize = 112;
/// Pairs from which components are learnt.
const SAMPLE: usize = 4000;
/// Items read together.
const PAGE: usize = 256;

/// Measured numbers of every pair, the lengths first.
pub(crate) const MEASURES: [&str; 5] = [
    "prompt length (ln characters)",
    "longer answer (ln characters)",
    "shorter answer (ln characters)",
    "length difference (ln characters)",
    "cosine similarity of the answers",
];
/// How many of [`MEASURES`] add up to what is read.
pub(crate) const LENGTHS: usize = 3;

/// The measured numbers of a pair.
pub(crate) fn measures(item: &Item, cosine: Option<f64>) -> Vec<Option<f64>> {
    let ln = |count: usize| (count as f64).ln_1p();
    let prompt = ln(item.prompt.plain_text().chars().count());
    let [longer, shorter, difference] = match lengths(item) {
        Some([first, second]) => {
            let (longer, shorter) = (first.max(second), first.min(second));
            [Some(ln(longer)), Some(ln(shorter)), Some(ln(longer) - ln(shorter))]
        }
        None => [None; 3],
    };
    vec![Some(prompt), longer, shorter, difference, cosine]
}

/// Characters of the two answers; `None` for media.
fn lengths(item: &Item) -> Option<[usize; 2]> {
    let [first, second, ..] = item.candidates.as_slice() else { return None };
    let length = |content: &tiebreak_core::CandidateContent| {
        content.media().is_none().then(|| content.plain_text().chars().count())
    };
    Some([length(&first.content)?, length(&second.content)?])
}

/// Whether a label prefers the longer answer.
pub(crate) fn prefers_longer(item: &Item, label: Vote) -> Option<bool> {
    let [first, second] = lengths(item)?;
    match label {
        Vote::First if first != second => Some(first > second),
        Vote::Second if first != second => Some(second > first),
        _ => None,
    }
}

/// A pair in fewer numbers.
pub(super) struct Row {
    pub(super) features: Vec<f32>,
    /// Cosine of the answers' embeddings, -1 to 1.
    pub(super) cosine: Option<f64>,
}

/// How feature differences of each modality become fewer numbers.
pub(super) struct Compression<'e> {
    parts: Vec<Part<'e>>,
}

struct Part<'e> {
    modality: Modality,
    encoder: &'e dyn Scorer,
    features: FeatureSet,
    /// Features at the end of the difference that are kept as they are.
    kept: usize,
    /// 1 / root mean square of each feature; 0 where it never differs.
    scales: Vec<f32>,
    components: PrincipalComponents,
    /// Where its numbers begin in a row.
    first: usize,
}

impl Part<'_> {
    fn dim(&self) -> usize {
        self.components.count() + self.kept
    }

    fn row(&self, difference: &[f32]) -> Vec<f32> {
        let scaled: Vec<f32> = difference.iter().zip(&self.scales).map(|(x, s)| x * s).collect();
        let (learnt, kept) = scaled.split_at(scaled.len() - self.kept);
        let mut row = self.components.project(learnt);
        row.extend_from_slice(kept);
        row
    }
}

impl<'e> Compression<'e> {
    /// Learns components from a sample of the study's pairs, evenly spaced. A modality of which
    /// nothing can be read has no features; `notes` say so.
    pub(super) fn learn(
        study: &Study,
        encoders: &'e Encoders,
        notes: &mut Vec<String>,
        watch: &dyn Watch,
    ) -> Result<Self> {
        let mut parts = Vec::new();
        let mut first = 0;
        for (modality, encoder) in encoders {
            let encoder = encoder.as_ref();
            let features = match modality {
                Modality::Text => FeatureSet::Text2,
                Modality::Image | Modality::Music => FeatureSet::Media1,
            };
            let measured = match modality {
                Modality::Text => 1 + SURFACE_FEATURES.len(),
                Modality::Image | Modality::Music => encoder.measures().len(),
            };
            let sample = sample(study, *modality, features, encoder, watch)?;
            if sample.is_empty() {
                notes.push(format!(
                    "{} pairs have no features: none of their files can be read",
                    modality.as_str()
                ));
                continue;
            }
            let width = features.len(encoder.embedding_dim());
            let scales = (0..width)
                .map(|k| {
                    let squares: f64 = sample.iter().map(|row| f64::from(row[k]).powi(2)).sum();
                    let mean = (squares / sample.len().max(1) as f64).sqrt();
                    if mean > 0.0 { (1.0 / mean) as f32 } else { 0.0 }
                })
                .collect::<Vec<f32>>();
            let learnt = width - measured;
            let mut moments = SecondMoments::new(learnt);
            for row in &sample {
                let scaled: Vec<f32> = row.iter().zip(&scales).map(|(x, s)| x * s).collect();
                moments.add(&scaled[..learnt]);
            }
            let components = moments.components(COMPONENTS, 1);
            let part = Part {
                modality: *modality,
                encoder,
                features,
                kept: measured,
                scales,
                components,
                first,
            };
            first += part.dim();
            parts.push(part);
        }
        Ok(Self { parts })
    }

    /// Length of a row: the numbers of all modalities side by side.
    pub(super) fn dim(&self) -> usize {
        self.parts.iter().map(Part::dim).sum()
    }

    /// The rows of some items; a pair that an encoder cannot read has zeros.
    pub(super) fn of(&self, study: &Study, items: &[Item], watch: &dyn Watch) -> Result<Vec<Row>> {
        let dim = self.dim();
        let mut rows: Vec<Row> =
            items.iter().map(|_| Row { features: vec![0.0; dim], cosine: None }).collect();
        for part in &self.parts {
            let places: Vec<usize> = (0..items.len())
                .filter(|&k| items[k].modality == part.modality && items[k].candidates.len() == 2)
                .collect();
            let own: Vec<Item> = places.iter().map(|&k| items[k].clone()).collect();
            if own.is_empty() {
                continue;
            }
            for (k, found) in places.into_iter().zip(differences(
                study,
                &own,
                part.features,
                part.encoder,
                watch,
            )?) {
                let Some((difference, cosine)) = found else { continue };
                let row = part.row(&difference);
                rows[k].features[part.first..part.first + row.len()].copy_from_slice(&row);
                rows[k].cosine = Some(cosine);
            }
        }
        Ok(rows)
    }
}

/// Feature differences of up to [`SAMPLE`] pairs of a modality, in whole pages evenly spaced.
fn sample(
    study: &Study,
    modality: Modality,
    features: FeatureSet,
    encoder: &dyn Scorer,
    watch: &dyn Watch,
) -> Result<Vec<Vec<f32>>> {
    let total = study.store.read(|reader| Ok::<_, AppError>(reader.item_count()?))?;
    watch.stage("Reading features", Some(total.min(SAMPLE as u64)));
    let pages = (SAMPLE / PAGE).max(1) as u64;
    let step = (total / pages).max(PAGE as u64);
    let mut found = Vec::new();
    let mut after = 0;
    while after < total && found.len() < SAMPLE {
        let page =
            study.store.read(|reader| Ok::<_, AppError>(reader.items_after(after, PAGE)?))?;
        let pairs: Vec<Item> = page
            .items
            .into_iter()
            .filter(|item| item.modality == modality && item.candidates.len() == 2)
            .collect();
        if !pairs.is_empty() {
            let differences = differences(study, &pairs, features, encoder, watch)?;
            found.extend(differences.into_iter().flatten().map(|(difference, _)| difference));
        }
        watch.advance(found.len() as u64);
        stop_if_cancelled(watch)?;
        after += step;
    }
    Ok(found)
}

/// A feature difference, with the cosine of the two embeddings.
type Difference = (Vec<f32>, f64);

/// What a head sees of the first candidate less what it sees of the second, with the cosine of
/// their embeddings; `None` where one of them cannot be read.
fn differences(
    study: &Study,
    items: &[Item],
    features: FeatureSet,
    encoder: &dyn Scorer,
    watch: &dyn Watch,
) -> Result<Vec<Option<Difference>>> {
    let embeddings = study.embeddings(items, encoder, watch)?;
    let of = |item: &Item| {
        let candidates = candidate_features(item, &embeddings).ok()?;
        let [first, second] = candidates.as_slice() else { return None };
        let (a, b) = (features.of(first), features.of(second));
        let difference = a.iter().zip(&b).map(|(a, b)| a - b).collect();
        Some((difference, cosine(first.answer, second.answer)))
    };
    Ok(items.iter().map(of).collect())
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot =
        |x: &[f32], y: &[f32]| -> f64 { x.iter().zip(y).map(|(x, y)| f64::from(x * y)).sum() };
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}
