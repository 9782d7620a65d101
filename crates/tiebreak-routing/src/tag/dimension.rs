//! The 63 tags of a prompt.

use serde::{Deserialize, Serialize};

/// A question that the tags of a prompt answer (Miranda et al., arXiv 2410.19133).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptDimension {
    /// Which fields one must know to answer; at most three.
    SubjectOfExpertise,
    /// Whether it is in English.
    Languages,
    /// How much of the field one must know.
    ExpertiseLevel,
    /// How many different answers would be good.
    OpenEndedness,
    /// How much harm an answer could do.
    SafetyConcern,
    /// How much is asked for at once.
    ComplexityOfIntents,
    /// Whether it brings material to work on: a text, a table, code, options.
    TypeOfInContextMaterial,
    /// Whether it says what form the answer must have.
    FormatConstraints,
}

impl PromptDimension {
    /// All of them, in the order of their tags.
    pub const ALL: [Self; 8] = [
        Self::SubjectOfExpertise,
        Self::Languages,
        Self::ExpertiseLevel,
        Self::OpenEndedness,
        Self::SafetyConcern,
        Self::ComplexityOfIntents,
        Self::TypeOfInContextMaterial,
        Self::FormatConstraints,
    ];

    /// The name of the field that imported data has it under.
    pub const fn field(self) -> &'static str {
        match self {
            Self::SubjectOfExpertise => "subject_of_expertise",
            Self::Languages => "languages",
            Self::ExpertiseLevel => "expertise_level",
            Self::OpenEndedness => "open_endedness",
            Self::SafetyConcern => "safety_concern",
            Self::ComplexityOfIntents => "complexity_of_intents",
            Self::TypeOfInContextMaterial => "type_of_in_context_material",
            Self::FormatConstraints => "format_constraints",
        }
    }

    /// Its name in tags, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SubjectOfExpertise => "subject of expertise",
            Self::Languages => "language",
            Self::ExpertiseLevel => "expertise level",
            Self::OpenEndedness => "open-endedness",
            Self::SafetyConcern => "safety concern",
            Self::ComplexityOfIntents => "complexity of intents",
            Self::TypeOfInContextMaterial => "in-context material",
            Self::FormatConstraints => "format constraints",
        }
    }

    /// Its values; a tag's id is the place of its value among those of all dimensions.
    pub const fn values(self) -> &'static [&'static str] {
        match self {
            Self::SubjectOfExpertise => &SUBJECTS,
            Self::Languages => &["English"],
            Self::ExpertiseLevel => {
                &["general public", "basic domain knowledge", "expert domain knowledge"]
            }
            Self::OpenEndedness => &["no", "low", "moderate", "high"],
            Self::SafetyConcern => &["safe", "low", "moderate", "high"],
            Self::ComplexityOfIntents => &["simple", "moderate", "complex"],
            Self::TypeOfInContextMaterial | Self::FormatConstraints => &["present"],
        }
    }

    /// The id of its first tag.
    pub fn first(self) -> u16 {
        let before = Self::ALL.iter().take_while(|one| **one != self);
        before.map(|one| one.values().len() as u16).sum()
    }

    /// The dimension and the value of a tag of a prompt, by its id; `None` for other tags.
    pub fn of(id: u16) -> Option<(Self, &'static str)> {
        let mut rest = usize::from(id);
        for dimension in Self::ALL {
            match dimension.values().get(rest) {
                Some(value) => return Some((dimension, value)),
                None => rest -= dimension.values().len(),
            }
        }
        None
    }

    /// A tag of it in a few words, to give as a reason: `moderate safety concern`.
    pub(crate) fn phrase(self, value: &str) -> String {
        match (self, value) {
            (Self::SubjectOfExpertise, "Others") => "no subject of expertise".to_owned(),
            (Self::SubjectOfExpertise, subject) => format!("about {}", subject.to_lowercase()),
            (Self::Languages, _) => "prompt in English".to_owned(),
            (Self::ExpertiseLevel, "general public") => "no expertise needed".to_owned(),
            (Self::ExpertiseLevel, level) => format!("{level} needed"),
            (Self::OpenEndedness, "no") => "one right answer".to_owned(),
            (Self::OpenEndedness, degree) => format!("{degree} open-endedness"),
            (Self::SafetyConcern, "safe") => "no safety concern".to_owned(),
            (Self::SafetyConcern, degree) => format!("{degree} safety concern"),
            (Self::ComplexityOfIntents, degree) => format!("{degree} request"),
            (Self::TypeOfInContextMaterial, _) => "brings material to work on".to_owned(),
            (Self::FormatConstraints, _) => "asks for a format".to_owned(),
        }
    }
}

/// The number of tags of a prompt, whose ids come first in every vocabulary.
pub const PROMPT_TAGS: u16 = 63;

const SUBJECTS: [&str; 46] = [
    "Anthropology",
    "History",
    "Linguistics and language",
    "Philosophy",
    "Religion",
    "Economics",
    "Geography",
    "Political science",
    "Psychology",
    "Sociology",
    "Biology",
    "Chemistry",
    "Earth sciences",
    "Physics",
    "Space sciences",
    "Computer sciences",
    "Logic",
    "System science",
    "Agriculture",
    "Architecture and design",
    "Business",
    "Divinity",
    "Education",
    "Chemical engineering",
    "Civil engineering",
    "Electrical engineering",
    "Materials science and engineering",
    "Mechanical engineering",
    "Environmental studies and forestry",
    "Family and consumer science",
    "Human physical performance and recreation",
    "Journalism",
    "Media studies and communication",
    "Law",
    "Library and museum studies",
    "Medicine and health",
    "Military sciences",
    "Social work",
    "Transportation",
    "Culinary arts",
    "Literature",
    "Performing arts",
    "Visual arts",
    "Mathematics",
    "Public administration",
    "Others",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_63_tags_and_each_is_found_by_its_id() {
        let mut id = 0;
        for dimension in PromptDimension::ALL {
            assert_eq!(dimension.first(), id, "{dimension:?}");
            for value in dimension.values() {
                assert_eq!(PromptDimension::of(id), Some((dimension, *value)));
                id += 1;
            }
        }
        assert_eq!(id, PROMPT_TAGS);
        assert_eq!(PromptDimension::of(id), None);
    }
}
