//! The written definitions of the prompt's tags, with examples.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::PromptDimension;

/// Definitions and examples, as `assets/tags/definitions.toml` has them.
#[derive(Clone, Debug)]
pub struct Definitions {
    pub(super) entries: Vec<Entry>,
}

/// A text that stands for tags: a definition or an example.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) text: String,
    /// For each of [`RATED`], the place of the value that it stands for; `None` where it says
    /// nothing.
    pub(super) values: [Option<usize>; RATED.len()],
    /// Whether it is an example; a definition is nothing to calibrate by.
    pub(super) is_example: bool,
}

/// The dimensions that examples say something of: those that are assigned by likeness, and last
/// the complexity, whose rule is checked by them.
pub(super) const RATED: [PromptDimension; 5] = [
    PromptDimension::SubjectOfExpertise,
    PromptDimension::ExpertiseLevel,
    PromptDimension::OpenEndedness,
    PromptDimension::SafetyConcern,
    PromptDimension::ComplexityOfIntents,
];

/// The letters before an example for each of the dimensions but the first, in the order of the
/// dimension's values.
const LETTERS: [&str; 4] = ["gbe", "nlmh", "slmh", "smc"];

/// Definitions that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// They are not in the format.
    #[error("the definitions of tags cannot be read: {0}")]
    Format(String),
    /// A tag has no definition, or a definition no tag.
    #[error("the definitions of tags: {0}")]
    Value(String),
}

#[derive(Deserialize)]
struct File {
    expertise_level: BTreeMap<String, String>,
    open_endedness: BTreeMap<String, String>,
    safety_concern: BTreeMap<String, String>,
    complexity_of_intents: BTreeMap<String, String>,
    subject: Vec<Subject>,
    more: Vec<More>,
}

#[derive(Deserialize)]
struct Subject {
    value: String,
    definition: String,
    examples: Vec<[String; 2]>,
}

#[derive(Deserialize)]
struct More {
    examples: Vec<[String; 2]>,
}

impl Definitions {
    /// Those that come with Tiebreak.
    ///
    /// # Errors
    /// Never, unless the program was built from a broken file.
    pub fn own() -> Result<Self, DefinitionError> {
        Self::parse(include_str!("../../../../assets/tags/definitions.toml"))
    }

    /// Reads definitions.
    ///
    /// # Errors
    /// If they are not in the format, or are not of the tags that there are.
    pub fn parse(text: &str) -> Result<Self, DefinitionError> {
        let file: File =
            toml::from_str(text).map_err(|error| DefinitionError::Format(error.to_string()))?;
        let mut entries = Vec::new();
        let tables = [
            &file.expertise_level,
            &file.open_endedness,
            &file.safety_concern,
            &file.complexity_of_intents,
        ];
        for (place, table) in tables.into_iter().enumerate() {
            let dimension = RATED[place + 1];
            for (value, definition) in table {
                let mut values = [None; RATED.len()];
                values[place + 1] = Some(place_of(dimension, value)?);
                entries.push(Entry { text: definition.clone(), values, is_example: false });
            }
            all_there(dimension, table.len())?;
        }
        for subject in &file.subject {
            let place = place_of(RATED[0], &subject.value)?;
            let mut values = [None; RATED.len()];
            values[0] = Some(place);
            entries.push(Entry { text: subject.definition.clone(), values, is_example: false });
            for example in &subject.examples {
                entries.push(of_example(example, Some(place))?);
            }
        }
        all_there(RATED[0], file.subject.len())?;
        for example in file.more.iter().flat_map(|more| &more.examples) {
            entries.push(of_example(example, None)?);
        }
        Ok(Self { entries })
    }

    /// The texts to embed, in their order.
    pub fn texts(&self) -> Vec<&str> {
        self.entries.iter().map(|entry| entry.text.as_str()).collect()
    }
}

fn place_of(dimension: PromptDimension, value: &str) -> Result<usize, DefinitionError> {
    let place = dimension.values().iter().position(|known| *known == value);
    place.ok_or_else(|| {
        DefinitionError::Value(format!("{value:?} is no value of {}", dimension.name()))
    })
}

fn all_there(dimension: PromptDimension, defined: usize) -> Result<(), DefinitionError> {
    let values = dimension.values().len();
    if defined == values {
        return Ok(());
    }
    let name = dimension.name();
    Err(DefinitionError::Value(format!("{defined} definitions for the {values} values of {name}")))
}

fn of_example(
    [letters, text]: &[String; 2],
    subject: Option<usize>,
) -> Result<Entry, DefinitionError> {
    let mut values = [subject, None, None, None, None];
    let wrong = || DefinitionError::Value(format!("{letters:?} before {text:?}"));
    if letters.chars().count() != LETTERS.len() {
        return Err(wrong());
    }
    for (place, (letter, known)) in letters.chars().zip(LETTERS).enumerate() {
        values[place + 1] = Some(known.find(letter).ok_or_else(wrong)?);
    }
    Ok(Entry { text: text.clone(), values, is_example: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_that_is_assigned_has_a_definition_and_examples() {
        let own = Definitions::own().unwrap();
        for (place, dimension) in RATED.into_iter().enumerate() {
            for (value, name) in dimension.values().iter().enumerate() {
                let of = |is_example| {
                    let entries = own.entries.iter().filter(|one| one.is_example == is_example);
                    entries.filter(|one| one.values[place] == Some(value)).count()
                };
                assert_eq!(of(false), 1, "{dimension:?}: {name}");
                assert!(of(true) >= 4, "{dimension:?}: {name}");
            }
        }
        let texts = own.texts();
        for (n, text) in texts.iter().enumerate() {
            assert!(!texts[..n].contains(text), "{text:?} is there twice");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let own = include_str!("../../../../assets/tags/definitions.toml");
        for (from, to, said) in [
            ("value = \"Law\"", "value = \"Alchemy\"", "\"Alchemy\" is no value"),
            ("\"blls\", \"What does habeas", "\"bxls\", \"What does habeas", "\"bxls\""),
            ("\"blls\", \"What does habeas", "\"bll\", \"What does habeas", "\"bll\""),
            ("high = \"Countless", "huge = \"Countless", "\"huge\""),
            ("[[subject]]\nvalue = \"Others\"", "[[more]]", "45 definitions"),
            ("definition =", "meaning =", "definition"),
        ] {
            let error = Definitions::parse(&own.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(said), "{said}: {error}");
        }
    }
}
