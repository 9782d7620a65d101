//! Tags of a prompt by its likeness to the definitions and their examples.
//!
//! Likeness is the cosine of embeddings. A subject is as like as the mean of its two likest
//! texts, and must be as like as most examples are to their own. Of the dimensions whose values
//! exclude each other, each value has the share of its texts
//! in a mean that weighs a text by `exp(cosine / width)` (E. A. Nadaraya, 1964, and G. S. Watson,
//! 1964), times a factor of its own, and the largest wins. Thresholds, widths and factors are
//! those that tag the examples best, each example tagged without itself; they are found anew for
//! every encoder, whose cosines lie where they lie.

use serde::{Deserialize, Serialize};
use tiebreak_core::ContentHash;

use super::calibration::Tally;
use super::definitions::RATED;
use super::{Calibration, Definitions, PromptDimension, TagId, complexity};

/// The dimensions that are assigned by likeness.
const ASSIGNED: [PromptDimension; 4] = [RATED[0], RATED[1], RATED[2], RATED[3]];
/// Most subjects of a prompt.
const MOST_SUBJECTS: usize = 3;
/// How far below the likest another subject may be.
const NEAR: f32 = 0.03;
/// The last of the subjects, that of prompts that need none.
const OTHERS: usize = 45;
/// Of the examples, the share that is less like its own subject than a prompt's first subject must
/// be to it, and the share for its second and third.
const QUANTILES: [f32; 2] = [0.15, 0.5];
const WIDTHS: [f32; 4] = [0.03, 0.05, 0.08, 0.12];
const FACTORS: [f32; 9] = [0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0];
/// Parts of the examples for the report: each is tagged with what suits the others.
const FOLDS: usize = 5;

/// Tags prompts by their embeddings.
#[derive(Clone, Debug)]
pub struct PromptTagger {
    texts: Vec<Text>,
    settings: Settings,
    calibration: Calibration,
}

#[derive(Clone, Debug)]
struct Text {
    /// Of length 1.
    vector: Vec<f32>,
    values: [Option<usize>; RATED.len()],
}

/// What was found on the examples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    /// Likeness that the first subject needs, and the others.
    subject_thresholds: [f32; 2],
    /// In the order of [`ASSIGNED`] from the second on.
    ordinals: Vec<Ordinal>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Ordinal {
    width: f32,
    factors: Vec<f32>,
}

/// An example's cosines with all texts, and its values.
struct Example {
    cosines: Vec<f32>,
    /// Its own place among the texts.
    place: usize,
    values: [Option<usize>; RATED.len()],
}

impl PromptTagger {
    /// From embeddings of [`Definitions::texts`], in their order, by the encoder that will embed
    /// the prompts. `None` if the embeddings are not as many.
    pub fn fit(definitions: &Definitions, embeddings: &[Vec<f32>]) -> Option<Self> {
        if embeddings.len() != definitions.entries.len() {
            return None;
        }
        let texts: Vec<Text> = definitions
            .entries
            .iter()
            .zip(embeddings)
            .map(|(entry, vector)| Text { vector: unit(vector), values: entry.values })
            .collect();
        let examples: Vec<Example> = definitions
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.is_example)
            .map(|(place, entry)| Example {
                cosines: cosines(&texts, &texts[place].vector),
                place,
                values: entry.values,
            })
            .collect();
        let all: Vec<&Example> = examples.iter().collect();
        let settings = Settings::suiting(&texts, &all);
        // Measured on examples that had no say in the settings.
        let mut tallies: Vec<Tally> =
            ASSIGNED.iter().map(|dimension| Tally::new(dimension.values().len())).collect();
        for fold in 0..FOLDS {
            let (mut held, mut others) = (Vec::new(), Vec::new());
            for (n, example) in examples.iter().enumerate() {
                if n % FOLDS == fold { held.push(example) } else { others.push(example) }
            }
            let settings = Settings::suiting(&texts, &others);
            for example in held {
                for (place, tally) in tallies.iter_mut().enumerate() {
                    let Some(truth) = example.values[place] else { continue };
                    let own = Some(example.place);
                    tally.count(truth, &settings.values(&texts, place, &example.cosines, own));
                }
            }
        }
        let mut calibration: Calibration =
            ASSIGNED.into_iter().zip(tallies.iter().map(Tally::score)).collect();
        let [.., by_rule] = RATED;
        let mut tally = Tally::new(by_rule.values().len());
        for entry in definitions.entries.iter().filter(|entry| entry.is_example) {
            if let [.., Some(truth)] = entry.values {
                tally.count(truth, &[complexity(&entry.text)]);
            }
        }
        calibration.insert(by_rule, tally.score());
        Some(Self { texts, settings, calibration })
    }

    /// The tags of one dimension for a prompt with this embedding; `None` for the dimensions that
    /// are not assigned by likeness.
    pub fn tags(&self, dimension: PromptDimension, prompt: &[f32]) -> Option<Vec<TagId>> {
        let place = ASSIGNED.iter().position(|one| *one == dimension)?;
        let cosines = cosines(&self.texts, &unit(prompt));
        let mut tags: Vec<TagId> = self
            .settings
            .values(&self.texts, place, &cosines, None)
            .into_iter()
            .map(|value| dimension.first() + value as TagId)
            .collect();
        tags.sort_unstable();
        Some(tags)
    }

    /// How well the examples are tagged, each without itself, by settings that suit the others;
    /// of the complexity, by its rule.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// A hash over the thresholds, widths and factors.
    pub fn settings_hash(&self) -> ContentHash {
        ContentHash::of(serde_json::to_string(&self.settings).unwrap_or_default().as_bytes())
    }
}

impl Settings {
    /// Those that tag some examples best.
    fn suiting(texts: &[Text], examples: &[&Example]) -> Self {
        let mut own: Vec<f32> = examples
            .iter()
            .filter_map(|example| {
                let likeness = likeness(texts, &example.cosines, Some(example.place));
                likeness.get(example.values[0].filter(|subject| *subject != OTHERS)?).copied()
            })
            .filter(|likeness| likeness.is_finite())
            .collect();
        own.sort_by(f32::total_cmp);
        let quantile = |share: f32| own.get((share * own.len() as f32) as usize).copied();
        let subject_thresholds = QUANTILES.map(|share| quantile(share).unwrap_or(1.0));
        let ordinals = (1..ASSIGNED.len()).map(|place| {
            let count = ASSIGNED[place].values().len();
            let candidates = WIDTHS.map(|width| {
                let shares: Vec<(usize, Vec<f32>)> = examples
                    .iter()
                    .filter_map(|example| {
                        let own = Some(example.place);
                        let shares = shares(texts, place, &example.cosines, own, width);
                        Some((example.values[place]?, shares))
                    })
                    .collect();
                let f1 = |factors: &[f32]| {
                    let mut tally = Tally::new(count);
                    for (truth, shares) in &shares {
                        tally.count(*truth, &[largest(shares, factors)]);
                    }
                    tally.score().f1
                };
                // One value's factor after the other, twice round; the first stays 1.
                let mut factors = vec![1.0; count];
                for value in (1..count).chain(1..count) {
                    factors[value] = best(&FACTORS, |factor| {
                        let mut tried = factors.clone();
                        tried[value] = factor;
                        f1(&tried)
                    });
                }
                (f1(&factors), Ordinal { width, factors })
            });
            let [first, rest @ ..] = candidates;
            rest.into_iter().fold(first, |best, one| if one.0 > best.0 { one } else { best }).1
        });
        Self { subject_thresholds, ordinals: ordinals.collect() }
    }

    /// The values of a dimension for a prompt with these cosines, without a text of its own.
    fn values(
        &self,
        texts: &[Text],
        place: usize,
        cosines: &[f32],
        own: Option<usize>,
    ) -> Vec<usize> {
        match place.checked_sub(1).and_then(|place| self.ordinals.get(place)) {
            None => subjects(texts, cosines, own, self.subject_thresholds),
            Some(ordinal) => {
                let shares = shares(texts, place, cosines, own, ordinal.width);
                vec![largest(&shares, &ordinal.factors)]
            }
        }
    }
}

/// The likest subjects above the thresholds, the likest first; if there are none, that of prompts
/// that need none.
fn subjects(
    texts: &[Text],
    cosines: &[f32],
    own: Option<usize>,
    [first, others]: [f32; 2],
) -> Vec<usize> {
    let mut likest: Vec<(usize, f32)> =
        likeness(texts, cosines, own).into_iter().enumerate().collect();
    likest.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (subject, most) = likest[0];
    if subject == OTHERS || most < first {
        return vec![OTHERS];
    }
    let more = likest
        .into_iter()
        .skip(1)
        .take(MOST_SUBJECTS - 1)
        .filter(|&(subject, likeness)| subject != OTHERS && likeness >= others.max(most - NEAR))
        .map(|(subject, _)| subject);
    std::iter::once(subject).chain(more).collect()
}

/// The likeness of each subject: the mean of the cosines of its two likest texts.
fn likeness(texts: &[Text], cosines: &[f32], own: Option<usize>) -> Vec<f32> {
    let mut tops = vec![[f32::NEG_INFINITY; 2]; OTHERS + 1];
    for (place, (text, &cosine)) in texts.iter().zip(cosines).enumerate() {
        let Some(top) = text.values[0].and_then(|subject| tops.get_mut(subject)) else { continue };
        if Some(place) == own {
            continue;
        }
        if cosine > top[0] {
            *top = [cosine, top[0]];
        } else if cosine > top[1] {
            top[1] = cosine;
        }
    }
    tops.iter().map(|top| 0.5 * (top[0] + top[1])).collect()
}

/// The share of each value of a dimension in the weighted mean of all texts that have one.
fn shares(
    texts: &[Text],
    place: usize,
    cosines: &[f32],
    own: Option<usize>,
    width: f32,
) -> Vec<f32> {
    let mut shares = vec![0.0; ASSIGNED[place].values().len()];
    for (n, (text, cosine)) in texts.iter().zip(cosines).enumerate() {
        if let Some(value) = text.values[place].filter(|_| Some(n) != own) {
            shares[value] += ((cosine - 1.0) / width).exp();
        }
    }
    shares
}

fn largest(shares: &[f32], factors: &[f32]) -> usize {
    let mut best = 0;
    for value in 1..shares.len() {
        if shares[value] * factors[value] > shares[best] * factors[best] {
            best = value;
        }
    }
    best
}

/// The setting of the largest score, of equal ones the nearest to the middle.
fn best(settings: &[f32], score: impl Fn(f32) -> f64) -> f32 {
    let middle = settings.len() / 2;
    let mut order: Vec<usize> = (0..settings.len()).collect();
    order.sort_by_key(|place| place.abs_diff(middle));
    let mut found = (f64::NEG_INFINITY, settings[middle]);
    for place in order {
        let score = score(settings[place]);
        if score > found.0 {
            found = (score, settings[place]);
        }
    }
    found.1
}

fn cosines(texts: &[Text], unit: &[f32]) -> Vec<f32> {
    let dot = |text: &Text| text.vector.iter().zip(unit).map(|(a, b)| a * b).sum();
    texts.iter().map(dot).collect()
}

/// A vector at length 1; zeros stay.
fn unit(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
    vector.iter().map(|x| x * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Embeds by what the text stands for, above all in one dimension: one column a value.
    fn embedded(definitions: &Definitions, above_all: usize) -> Vec<Vec<f32>> {
        let embed = |entry: &super::super::definitions::Entry| {
            let mut vector = vec![0.01; 70];
            let mut first = 0;
            for (place, dimension) in RATED.into_iter().enumerate() {
                if let Some(value) = entry.values[place] {
                    vector[first + value] = if place == above_all { 3.0 } else { 1.0 };
                }
                first += dimension.values().len();
            }
            vector
        };
        definitions.entries.iter().map(embed).collect()
    }

    #[test]
    fn what_is_told_apart_by_the_embedding_is_tagged_right() {
        let definitions = Definitions::own().unwrap();
        let law = definitions.texts().iter().position(|t| t.contains("habeas corpus")).unwrap();
        for (place, expected) in
            ["Law", "basic domain knowledge", "low", "low"].into_iter().enumerate()
        {
            let dimension = ASSIGNED[place];
            let embeddings = embedded(&definitions, place);
            let tagger = PromptTagger::fit(&definitions, &embeddings).unwrap();
            let score = tagger.calibration()[&dimension];
            assert!(score.f1 > 0.85, "{dimension:?}: {score:?}");
            let tags = tagger.tags(dimension, &embeddings[law]).unwrap();
            let names: Vec<_> = tags.iter().map(|&id| PromptDimension::of(id).unwrap().1).collect();
            assert_eq!(names, [expected], "{dimension:?}");
            assert_eq!(tagger.tags(PromptDimension::Languages, &embeddings[law]), None);
            let again = PromptTagger::fit(&definitions, &embeddings).unwrap();
            assert_eq!(again.settings_hash(), tagger.settings_hash());
        }
    }

    #[test]
    fn noise_is_not_mistaken_for_skill() {
        let definitions = Definitions::own().unwrap();
        let noise = |n: usize| (0..64).map(|k| ((n * 131 + k * 71) as f32).sin()).collect();
        let embeddings: Vec<Vec<f32>> = (0..definitions.texts().len()).map(noise).collect();
        let tagger = PromptTagger::fit(&definitions, &embeddings).unwrap();
        for dimension in ASSIGNED {
            let score = tagger.calibration()[&dimension];
            assert!(score.f1 < 0.45, "{dimension:?}: {score:?}");
        }
        let by_rule = tagger.calibration()[&PromptDimension::ComplexityOfIntents];
        assert!(by_rule.f1 > 0.8, "{by_rule:?}");
        assert!(PromptTagger::fit(&definitions, &embeddings[1..]).is_none());
        let nothing = tagger.tags(PromptDimension::SubjectOfExpertise, &[0.0; 64]).unwrap();
        assert_eq!(nothing, [OTHERS as TagId], "nothing is like it");
    }
}
