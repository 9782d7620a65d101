//! How a study is run: what it asks, and how.

use serde::{Deserialize, Serialize};
use tiebreak_core::Modality;
use ts_rs::TS;

/// Whether the study asks for something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Ask {
    /// Not asked.
    #[default]
    Off,
    /// May be given.
    Optional,
    /// Must be given before the judgment is accepted.
    Required,
}

/// How an aspect is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum AspectScale {
    /// Which candidate is better on it, or a tie.
    #[default]
    Preference,
    /// Each candidate for itself, 1 (worst) to 5 (best).
    Rating,
}

/// An aspect that the study asks about, for example helpfulness.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct AspectSetting {
    /// What judgments and exports call it: letters, digits, `_` and `-`.
    pub id: String,
    /// What annotators read.
    pub name: String,
    /// What it means, in a sentence or two; may be empty.
    pub description: String,
    /// How it is judged.
    pub scale: AspectScale,
    /// Whether it must be answered; `off` is not asked.
    pub ask: Ask,
    /// Reasons to tick for it.
    pub reasons: Vec<String>,
}

/// Which pack scores which modality, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct PackChoice {
    /// Text.
    pub text: String,
    /// Images.
    pub image: String,
    /// Music and other audio.
    pub music: String,
}

impl Default for PackChoice {
    fn default() -> Self {
        Self {
            text: "minilm".to_owned(),
            image: "efficientnet-lite0".to_owned(),
            music: "musicnn".to_owned(),
        }
    }
}

impl PackChoice {
    /// The pack of a modality.
    pub fn of(&self, modality: Modality) -> &str {
        match modality {
            Modality::Text => &self.text,
            Modality::Image => &self.image,
            Modality::Music => &self.music,
        }
    }

    /// Chooses the pack of a modality.
    pub fn set(&mut self, modality: Modality, pack: String) {
        match modality {
            Modality::Text => self.text = pack,
            Modality::Image => self.image = pack,
            Modality::Music => self.music = pack,
        }
    }
}

/// How the study is run. Everything that is absent has its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct StudySettings {
    /// The question above each comparison.
    pub question: String,
    /// Guidelines for annotators, Markdown.
    pub guidelines: String,
    /// The preset that these settings began as.
    pub preset: Option<String>,
    /// Whether "tie" is an answer.
    pub tie: bool,
    /// Whether "both bad" is an answer.
    pub both_bad: bool,
    /// Strength 0..3 beside the preference.
    pub strength: Ask,
    /// How sure the annotator is: guessing 0, unsure 1/3, fairly sure 2/3, certain 1.
    pub confidence: Ask,
    /// A reason in words.
    pub rationale: Ask,
    /// Reasons to tick for the whole comparison.
    pub reason_tags: Vec<String>,
    /// Aspects asked about, in this order.
    pub aspects: Vec<AspectSetting>,
    /// Passages of text marked as good or bad; `required` is at least one.
    pub highlights: Ask,
    /// The first wrong step of each answer.
    pub steps: Ask,
    /// Seconds that a comparison must have been on the screen before it is answered; 0: none.
    pub min_dwell_s: u32,
    /// Seconds that each clip must have been heard before it is answered (the whole clip where it
    /// is shorter); 0: none.
    pub min_listen_s: u32,
    /// Plays the clips of a comparison at the same loudness.
    pub match_loudness: bool,
    /// Hides which system made a candidate until the judgment is saved.
    pub blind: bool,
    /// How many people judge each item routed to people, at least 1.
    pub overlap: u32,
    /// Human labels to spend: a share such as `25%`, or a number.
    pub budget: String,
    /// Minutes of work after which a break is suggested; 0: never.
    pub break_after_min: u32,
    /// The reward model of each modality.
    pub packs: PackChoice,
    /// New labels of people after which a reward model's head is trained again in the
    /// background; 0: never.
    pub retrain_every: u32,
    /// How items are routed to people and the AI.
    pub routing: super::RoutingSettings,
}

impl Default for StudySettings {
    fn default() -> Self {
        Self {
            question: "Which answer is better?".to_owned(),
            guidelines: String::new(),
            preset: None,
            tie: true,
            both_bad: true,
            strength: Ask::Optional,
            confidence: Ask::Off,
            rationale: Ask::Optional,
            reason_tags: Vec::new(),
            aspects: Vec::new(),
            highlights: Ask::Off,
            steps: Ask::Off,
            min_dwell_s: 0,
            min_listen_s: 0,
            match_loudness: true,
            blind: true,
            overlap: 1,
            budget: "25%".to_owned(),
            break_after_min: 0,
            packs: PackChoice::default(),
            retrain_every: 50,
            routing: super::RoutingSettings::default(),
        }
    }
}

/// A study design on offer.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PresetView {
    /// Its name, for example `multipref`.
    pub name: String,
    /// In words.
    pub title: String,
    /// What it asks, and where it comes from.
    pub description: String,
    /// What choosing it sets.
    pub settings: StudySettings,
}
