//! The numbers behind the numeric tags.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is measured on the prompt and the two answers. A number becomes one of three tags, by
/// its [`Bin`]: directly where it lies between 0 and 1, else by its rank in the whole study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Cosine of the answers' embeddings, -1 to 1.
    CosineSimilarity,
    /// F1 of matching the answers token by token (T. Zhang et al., "BERTScore", 2020), -1 to 1.
    TokenMatch,
    /// The same with a penalty for different lengths.
    LengthPenalisedMatch,
    /// ROUGE-1 F of the answers (C.-Y. Lin, 2004), 0 to 1.
    Rouge1,
    /// ROUGE-L F, 0 to 1.
    RougeL,
    /// Jaccard index of the names and numbers in the answers, 0 to 1.
    EntityOverlap,
    /// Length of the prompt, tokens.
    PromptLength,
    /// Length of the shorter answer, tokens.
    ShorterLength,
    /// Length of the longer answer, tokens.
    LongerLength,
    /// Difference of the answers' lengths, tokens.
    LengthDifference,
}

impl Measure {
    /// All of them, in the order of their tags.
    pub const ALL: [Self; 10] = [
        Self::CosineSimilarity,
        Self::TokenMatch,
        Self::LengthPenalisedMatch,
        Self::Rouge1,
        Self::RougeL,
        Self::EntityOverlap,
        Self::PromptLength,
        Self::ShorterLength,
        Self::LongerLength,
        Self::LengthDifference,
    ];

    /// Its name in tags and in the study file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CosineSimilarity => "cosine similarity",
            Self::TokenMatch => "token match F1",
            Self::LengthPenalisedMatch => "token match F1, length-penalised",
            Self::Rouge1 => "ROUGE-1 F",
            Self::RougeL => "ROUGE-L F",
            Self::EntityOverlap => "entity overlap",
            Self::PromptLength => "prompt length",
            Self::ShorterLength => "length of the shorter answer",
            Self::LongerLength => "length of the longer answer",
            Self::LengthDifference => "length difference",
        }
    }

    /// Whether its bins are of ranks in the study rather than of the number itself.
    pub const fn is_ranked(self) -> bool {
        matches!(
            self,
            Self::PromptLength | Self::ShorterLength | Self::LongerLength | Self::LengthDifference
        )
    }

    /// Its three tags in a few words, to give as reasons.
    pub(crate) const fn phrases(self) -> [&'static str; 3] {
        match self {
            Self::CosineSimilarity => {
                ["answers far apart", "answers partly alike", "answers nearly alike"]
            }
            Self::TokenMatch => [
                "answers match in few tokens",
                "answers match in part",
                "answers match in most tokens",
            ],
            Self::LengthPenalisedMatch => [
                "answers differ in tokens or length",
                "answers match in part, length counted",
                "answers match in tokens and length",
            ],
            Self::Rouge1 => [
                "answers share few words",
                "answers share some of their words",
                "answers share most of their words",
            ],
            Self::RougeL => [
                "answers share little of their wording",
                "answers share some of their wording",
                "answers share most of their wording",
            ],
            Self::EntityOverlap => [
                "answers name different things",
                "answers name some of the same things",
                "answers name the same things",
            ],
            Self::PromptLength => ["short prompt", "prompt of middle length", "long prompt"],
            Self::ShorterLength => [
                "shorter answer is very short",
                "shorter answer is of middle length",
                "shorter answer is long",
            ],
            Self::LongerLength => [
                "longer answer is short",
                "longer answer is of middle length",
                "longer answer is very long",
            ],
            Self::LengthDifference => [
                "answers of nearly equal length",
                "answers of somewhat different length",
                "answers of very different length",
            ],
        }
    }
}

/// Which third a number between 0 and 1 lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bin {
    /// 0 to 0.33, both included; what lies below counts too.
    Low,
    /// Above 0.33, to 0.67 included.
    Middle,
    /// Above 0.67.
    High,
}

impl Bin {
    /// All of them, in the order of their tags.
    pub const ALL: [Self; 3] = [Self::Low, Self::Middle, Self::High];

    /// The bin of a number; `None` for one that is none.
    pub fn of(value: f64) -> Option<Self> {
        match value {
            _ if value.is_nan() => None,
            _ if value <= 0.33 => Some(Self::Low),
            _ if value <= 0.67 => Some(Self::Middle),
            _ => Some(Self::High),
        }
    }

    /// Its bounds, for names of tags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "0-0.33",
            Self::Middle => "0.33-0.67",
            Self::High => "0.67-1",
        }
    }
}

/// What was measured on one item. What could not be measured is missing, and gives no tag.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    /// Of texts, and the similarity of any two answers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub text: BTreeMap<Measure, f64>,
    /// Of images and clips, by the names that [`media_measure`](super::media_measure) gives.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<String, f64>,
}

impl Measures {
    /// One of the ten; `None` where it is missing.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        self.text.get(&measure).copied()
    }

    /// Notes a measure. A number that is not finite is as good as missing.
    pub fn set(&mut self, measure: Measure, value: f64) {
        if value.is_finite() {
            self.text.insert(measure, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_include_their_upper_ends() {
        for (value, expected) in [
            (-0.2, Some(Bin::Low)),
            (0.0, Some(Bin::Low)),
            (0.33, Some(Bin::Low)),
            (0.330_001, Some(Bin::Middle)),
            (0.67, Some(Bin::Middle)),
            (0.68, Some(Bin::High)),
            (1.0, Some(Bin::High)),
            (f64::NAN, None),
        ] {
            assert_eq!(Bin::of(value), expected, "{value}");
        }
    }

    #[test]
    fn measures_round_trip_and_missing_ones_stay_missing() {
        let mut measures = Measures::default();
        measures.set(Measure::Rouge1, 0.25);
        measures.set(Measure::TokenMatch, f64::NAN);
        let json = serde_json::to_string(&measures).unwrap();
        assert_eq!(json, r#"{"text":{"rouge1":0.25}}"#);
        assert_eq!(serde_json::from_str::<Measures>(&json).unwrap(), measures);
        assert_eq!(measures.get(Measure::TokenMatch), None);
    }
}
