//! A trained head: what turns the embeddings of a candidate into a reward.

use serde::{Deserialize, Serialize};

use crate::{ContentHash, SURFACE_FEATURES, Surface};

/// What a head sees of one candidate.
#[derive(Clone, Copy, Debug)]
pub struct CandidateFeatures<'a> {
    /// The prompt's embedding, `[dim]`; `None` where the encoder cannot read prompts (an encoder
    /// of images or music).
    pub prompt: Option<&'a [f32]>,
    /// The candidate's embedding, `[dim]`.
    pub answer: &'a [f32],
    /// What can be read off a text answer; zeros for images and music.
    pub surface: Surface,
}

/// Which features a head was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureSet {
    /// `[answer, prompt * answer, ln_characters]`, `2 * dim + 1` numbers.
    #[serde(rename = "text-1")]
    Text1,
    /// `[answer, prompt * answer, cosine(prompt, answer), surface]`, `2 * dim + 13` numbers.
    #[serde(rename = "text-2")]
    Text2,
    /// `[answer]`, `dim` numbers: for images and music, whose embedding ends with measured
    /// values.
    #[serde(rename = "media-1")]
    Media1,
}

impl FeatureSet {
    /// The number of features for embeddings of `dim`.
    pub const fn len(self, dim: usize) -> usize {
        match self {
            Self::Text1 => 2 * dim + 1,
            Self::Text2 => 2 * dim + 1 + SURFACE_FEATURES.len(),
            Self::Media1 => dim,
        }
    }

    /// In words, for a head's card.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Text1 => "answer, prompt * answer, ln(1 + answer_chars)",
            Self::Text2 => "answer, prompt * answer, cosine(prompt, answer), surface features",
            Self::Media1 => "embedding",
        }
    }

    /// The features of one candidate, in the order of a head's weights. A prompt without an
    /// embedding counts as zeros.
    pub fn of(self, candidate: &CandidateFeatures<'_>) -> Vec<f32> {
        let answer = candidate.answer;
        let mut features = Vec::with_capacity(self.len(answer.len()));
        features.extend_from_slice(answer);
        if self == Self::Media1 {
            return features;
        }
        match candidate.prompt {
            Some(prompt) => features.extend(prompt.iter().zip(answer).map(|(p, a)| p * a)),
            None => features.resize(2 * answer.len(), 0.0),
        }
        if self == Self::Text1 {
            features.push(candidate.surface.ln_characters());
        } else {
            features.push(candidate.prompt.map_or(0.0, |prompt| cosine(prompt, answer)));
            features.extend(candidate.surface.0);
        }
        features
    }
}

/// The cosine of two vectors of one length, -1 to 1; 0 if one of them is all zeros.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}

/// How a head accounts for ties. Both give P(first) = 1 / (1 + exp(-margin)) or nearly so once
/// ties are set aside.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "model")]
pub enum TieModel {
    /// R. R. Davidson, "On extending the Bradley-Terry model to accommodate ties in paired
    /// comparison experiments", JASA 65, 1970: P(tie) is proportional to nu * sqrt(p_i * p_j).
    Davidson {
        /// ln nu; any number.
        ln_nu: f64,
    },
    /// P. V. Rao and L. L. Kupper, "Ties in paired-comparison experiments", JASA 62, 1967:
    /// P(i beats j) = p_i / (p_i + theta * p_j).
    RaoKupper {
        /// ln theta; at least 0.
        ln_theta: f64,
    },
}

impl TieModel {
    /// P(first), P(tie), P(second) for a margin in log-odds; they sum to 1.
    pub fn probabilities(self, margin: f64) -> [f64; 3] {
        match self {
            Self::Davidson { ln_nu } => {
                // Divided by the largest term, so that nothing overflows.
                let terms = [margin / 2.0, ln_nu, -margin / 2.0];
                let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let [first, tie, second] = terms.map(|term| (term - largest).exp());
                let sum = first + tie + second;
                [first / sum, tie / sum, second / sum]
            }
            Self::RaoKupper { ln_theta } => {
                let first = 1.0 / (1.0 + (ln_theta - margin).exp());
                let second = 1.0 / (1.0 + (ln_theta + margin).exp());
                [first, (1.0 - first - second).max(0.0), second]
            }
        }
    }
}

/// A trained head: an ensemble of linear Bradley-Terry models over the features of a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RewardHead {
    /// Embedding length that it was trained on.
    pub embedding_dim: usize,
    /// The encoder that it was trained on.
    pub encoder_hash: ContentHash,
    /// The features that it was trained on.
    pub features: FeatureSet,
    /// One weight vector per member, each `features.len(embedding_dim)` long.
    pub members: Vec<Vec<f32>>,
    /// How often it expects ties; `None` if it was trained without.
    pub ties: Option<TieModel>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_have_the_length_they_say() {
        let vector = [0.5, -0.5, 1.0];
        let surface = Surface::of("a b", "a c");
        let candidate = CandidateFeatures { prompt: Some(&vector), answer: &vector, surface };
        for set in [FeatureSet::Text1, FeatureSet::Text2, FeatureSet::Media1] {
            assert_eq!(set.of(&candidate).len(), set.len(3), "{set:?}");
            let promptless = CandidateFeatures { prompt: None, ..candidate };
            assert_eq!(set.of(&promptless).len(), set.len(3), "{set:?}");
        }
        let text2 = FeatureSet::Text2.of(&candidate);
        assert!((text2[6] - 1.0).abs() < 1e-6, "a vector is like itself: {text2:?}");
    }

    #[test]
    fn outcomes_are_a_distribution() {
        let models = [
            TieModel::Davidson { ln_nu: -1.0 },
            TieModel::Davidson { ln_nu: 800.0 },
            TieModel::RaoKupper { ln_theta: 0.0 },
            TieModel::RaoKupper { ln_theta: 0.7 },
        ];
        for model in models {
            for margin in [-900.0, -2.0, 0.0, 0.3, 900.0] {
                let [first, tie, second] = model.probabilities(margin);
                assert!((first + tie + second - 1.0).abs() < 1e-12, "{model:?} {margin}");
                let mirrored = model.probabilities(-margin);
                assert!((first - mirrored[2]).abs() < 1e-12 && (tie - mirrored[1]).abs() < 1e-12);
            }
        }
        let [first, tie, _] = TieModel::RaoKupper { ln_theta: 0.0 }.probabilities(1.0);
        assert!(tie.abs() < 1e-12 && (first - 0.731_058_578_630_004_9).abs() < 1e-12);
    }
}
