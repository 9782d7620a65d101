//! One labelled pair on its way out.

use tiebreak_core::{AnnotatorKind, CandidateContent, Modality, Prompt};

/// A pair with a preference. Ties, both bad and skipped items have none and are not exported.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportRow {
    /// Tiebreak's id of the item.
    pub item_id: String,
    /// The id that the imported data gave it.
    pub external_id: Option<String>,
    /// What the candidates are made of. Of images and clips, `chosen` and `rejected` are paths.
    pub modality: Modality,
    /// What the candidates answer.
    pub prompt: Prompt,
    /// What to judge by.
    pub context: Option<String>,
    /// The preferred candidate.
    pub chosen: CandidateContent,
    /// The other candidate.
    pub rejected: CandidateContent,
    /// The system that made the preferred candidate.
    pub chosen_system: Option<String>,
    /// The system that made the other.
    pub rejected_system: Option<String>,
    /// Who gave the label: people, or a model.
    pub label_source: AnnotatorKind,
    /// Pseudonyms of the annotators whose judgments count, never names.
    pub annotators: Vec<String>,
    /// How many judgments count.
    pub judgments: u32,
    /// The share of them that prefer the chosen candidate, 0 to 1.
    pub agreement: Option<f64>,
    /// Mean strength of the judgments that state one, 0 to 3.
    pub strength: Option<f64>,
    /// The reward model's score of the chosen candidate minus that of the other, log-odds;
    /// negative where people and the reward model disagree.
    pub margin: Option<f64>,
    /// How sure the annotators were, 0 to 1; for a reward model the probability of its answer.
    pub confidence: Option<f64>,
    /// Hash of the reward model that scored the pair.
    pub reward_model: Option<String>,
    /// The reward model's score of the chosen candidate, log-odds.
    pub chosen_score: Option<f64>,
    /// The reward model's score of the other, log-odds.
    pub rejected_score: Option<f64>,
    /// Why, in the annotators' words.
    pub rationales: Vec<String>,
    /// Where the item came from.
    pub source: Option<String>,
    /// The split that it belongs to, as the data names it.
    pub split: Option<String>,
    /// Labels of the item.
    pub tags: Vec<String>,
    /// The item, by Tiebreak's id, that annotators answered before this one: what they saw of it
    /// is no part of the prompt.
    pub follows: Option<String>,
    /// What judgments say beside the preference, as a JSON list.
    pub details: Option<String>,
}
