//! The tags of a study's items, for routing.

use tiebreak_core::ItemId;
use tiebreak_routing::tag::{Measure, Measures, Vocabulary};

use crate::error::Result;
use crate::{AppError, Study};

/// Measures of a tagging that routing sees as numbers too; what it measures itself is left out.
const NUMBERS: [Measure; 5] = [
    Measure::TokenMatch,
    Measure::LengthPenalisedMatch,
    Measure::Rouge1,
    Measure::RougeL,
    Measure::EntityOverlap,
];

/// The tagging in force; without one, nothing has tags.
pub(super) struct Tags<'s> {
    study: &'s Study,
    tagging: Option<i64>,
    pub(super) names: Vec<String>,
    pub(super) phrases: Vec<String>,
    pub(super) measures: Vec<String>,
}

/// The tags of one item.
#[derive(Default)]
pub(super) struct Tagged {
    pub(super) tags: Vec<u16>,
    pub(super) measures: Vec<Option<f64>>,
}

impl Study {
    pub(super) fn tags_for_routing(&self) -> Result<Tags<'_>> {
        let found = self.store.read(|reader| Ok::<_, AppError>(reader.tagging()?))?;
        let Some((number, tagging)) = found else {
            return Ok(Tags {
                study: self,
                tagging: None,
                names: Vec::new(),
                phrases: Vec::new(),
                measures: Vec::new(),
            });
        };
        let names: Vec<String> = serde_json::from_value(tagging.vocabulary)
            .map_err(|error| AppError::input("vocabulary", error.to_string()))?;
        let vocabulary = Vocabulary::from(names);
        let phrases = (0..vocabulary.len()).map(|id| vocabulary.phrase(id as u16)).collect();
        Ok(Tags {
            study: self,
            tagging: Some(number),
            names: vocabulary.names().to_vec(),
            phrases,
            measures: NUMBERS.iter().map(|measure| measure.name().to_owned()).collect(),
        })
    }
}

impl Tags<'_> {
    /// The tags of an item; none where it was not tagged.
    pub(super) fn of(&self, item: ItemId) -> Result<Tagged> {
        let Some(tagging) = self.tagging else { return Ok(Tagged::default()) };
        let found =
            self.study.store.read(|reader| Ok::<_, AppError>(reader.item_tags(tagging, item)?))?;
        let Some(found) = found else {
            return Ok(Tagged { tags: Vec::new(), measures: vec![None; NUMBERS.len()] });
        };
        // What an older version measured in another way is missing, not wrong.
        let measures: Measures = serde_json::from_value(found.measures).unwrap_or_default();
        let mut tags = found.tags.unwrap_or(found.given);
        tags.retain(|tag| usize::from(*tag) < self.names.len());
        Ok(Tagged { tags, measures: NUMBERS.iter().map(|one| measures.get(*one)).collect() })
    }
}
