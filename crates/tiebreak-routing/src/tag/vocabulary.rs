//! The list of tags of a study.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Bin, Measure, Measures, PROMPT_TAGS, Percentiles, PromptDimension};

/// A tag: its place in the vocabulary.
pub type TagId = u16;

/// The tags of a study. The first 63 are the prompt's ([`PromptDimension`]), the next 30 those of
/// the ten [`Measure`]s in their three bins; then come those of images and clips, and last the
/// researcher's own. Once items have tags, it never changes: ids stay what they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Vocabulary {
    names: Vec<String>,
    ids: HashMap<String, TagId>,
}

/// The number of tags that every vocabulary has.
const COMMON: usize = PROMPT_TAGS as usize + 3 * Measure::ALL.len();

impl Default for Vocabulary {
    fn default() -> Self {
        Self::new(&[], &[], &[])
    }
}

impl Vocabulary {
    /// The common tags, three for each measure of images and clips in `media`, one for each name
    /// in `model_tags` and `own`. A name that is there already is not added again.
    pub fn new(media: &[String], model_tags: &[String], own: &[String]) -> Self {
        let mut names: Vec<String> = (0..PROMPT_TAGS)
            .filter_map(PromptDimension::of)
            .map(|(dimension, value)| match dimension {
                PromptDimension::SubjectOfExpertise | PromptDimension::Languages => {
                    format!("{}: {value}", dimension.name()).to_lowercase()
                }
                _ => format!("{}: {value}", dimension.name()),
            })
            .collect();
        let ranked = Measure::ALL.map(Measure::name);
        for measure in ranked.into_iter().chain(media.iter().map(String::as_str)) {
            names.extend(Bin::ALL.map(|bin| binned(measure, bin)));
        }
        names.extend(model_tags.iter().map(|name| model_tag(name)));
        names.extend_from_slice(own);
        names.into()
    }

    /// How many tags there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never: the common tags are always there.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// All names, in the order of ids.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The name of a tag, for example `safety concern: moderate`; empty for an id that is none.
    pub fn name(&self, id: TagId) -> &str {
        self.names.get(usize::from(id)).map_or("", String::as_str)
    }

    /// The tag of a name.
    pub fn id(&self, name: &str) -> Option<TagId> {
        self.ids.get(name).copied()
    }

    /// The tag in a few words, to give as a reason: `moderate safety concern`, `long prompt`.
    pub fn phrase(&self, id: TagId) -> String {
        if let Some((dimension, value)) = PromptDimension::of(id) {
            return dimension.phrase(value);
        }
        let place = usize::from(id - PROMPT_TAGS);
        if let Some(measure) = Measure::ALL.get(place / 3) {
            return measure.phrases()[place % 3].to_owned();
        }
        let name = self.name(id);
        if let Some(heard) = name.strip_prefix(MODEL_TAG) {
            return format!("sounds or looks like {heard}");
        }
        let by_bin = Bin::ALL.into_iter().find_map(|bin| {
            let measure = name.strip_suffix(bin.name())?.strip_suffix(": ")?;
            Some(match (measure.strip_suffix(" difference"), bin) {
                (Some(of), Bin::Low) => format!("little difference in {of}"),
                (Some(of), Bin::Middle) => format!("some difference in {of}"),
                (Some(of), Bin::High) => format!("large difference in {of}"),
                (None, Bin::Low) => format!("low {measure}"),
                (None, Bin::Middle) => format!("middling {measure}"),
                (None, Bin::High) => format!("high {measure}"),
            })
        });
        by_bin.unwrap_or_else(|| name.to_owned())
    }

    /// The tag of what a model names in a candidate, such as `guitar`.
    pub fn model_tag(&self, name: &str) -> Option<TagId> {
        self.id(&model_tag(name))
    }

    /// The tag of a measure in a bin.
    pub fn measured(measure: Measure, bin: Bin) -> TagId {
        PROMPT_TAGS + 3 * measure as TagId + bin as TagId
    }
}

/// What names of model tags begin with.
const MODEL_TAG: &str = "model tag: ";

/// The name of a tag that a model gives, such as `model tag: guitar`.
fn model_tag(name: &str) -> String {
    format!("{MODEL_TAG}{name}")
}

fn binned(measure: &str, bin: Bin) -> String {
    format!("{measure}: {}", bin.name())
}

impl From<Vec<String>> for Vocabulary {
    fn from(given: Vec<String>) -> Self {
        let mut names = Vec::with_capacity(given.len().max(COMMON));
        let mut ids = HashMap::with_capacity(given.len());
        for name in given.into_iter().take(usize::from(TagId::MAX)) {
            ids.entry(name).or_insert_with_key(|name| {
                names.push(name.clone());
                names.len() as TagId - 1
            });
        }
        Self { names, ids }
    }
}

impl From<Vocabulary> for Vec<String> {
    fn from(vocabulary: Vocabulary) -> Self {
        vocabulary.names
    }
}

/// The tags of an item, ascending: those `given`, of its prompt, of a model and of the
/// researcher's own, and one for each measure that is not missing. What the vocabulary does not
/// have is left out.
pub fn tags_of(
    vocabulary: &Vocabulary,
    percentiles: &Percentiles,
    given: &[TagId],
    measures: &Measures,
) -> Vec<TagId> {
    let is_known = |id: &TagId| usize::from(*id) < vocabulary.len();
    let mut tags: Vec<TagId> = given.iter().copied().filter(is_known).collect();
    let rank = |name: &str, value| percentiles.get(name).and_then(|ranks| ranks.rank(value));
    for (&measure, &value) in &measures.text {
        let place = if measure.is_ranked() { rank(measure.name(), value) } else { Some(value) };
        tags.extend(place.and_then(Bin::of).map(|bin| Vocabulary::measured(measure, bin)));
    }
    for (name, &value) in &measures.media {
        let bin = rank(name, value).and_then(Bin::of);
        tags.extend(bin.and_then(|bin| vocabulary.id(&binned(name, bin))));
    }
    tags.sort_unstable();
    tags.dedup();
    tags
}

#[cfg(test)]
mod tests {
    use super::super::Ranks;
    use super::*;

    fn named(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_ids_and_phrases_belong_together() {
        let vocabulary = Vocabulary::new(
            &named(&["brightness", "brightness difference"]),
            &named(&["guitar"]),
            &named(&["category: letters", "category: letters"]),
        );
        assert_eq!(vocabulary.len(), 63 + 30 + 6 + 1 + 1);
        for (name, phrase) in [
            ("subject of expertise: law", "about law"),
            ("safety concern: moderate", "moderate safety concern"),
            ("language: english", "prompt in English"),
            ("cosine similarity: 0.67-1", "answers nearly alike"),
            ("prompt length: 0.67-1", "long prompt"),
            ("length difference: 0-0.33", "answers of nearly equal length"),
            ("brightness: 0-0.33", "low brightness"),
            ("brightness difference: 0.67-1", "large difference in brightness"),
            ("model tag: guitar", "sounds or looks like guitar"),
            ("category: letters", "category: letters"),
        ] {
            let id = vocabulary.id(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(vocabulary.name(id), name);
            assert_eq!(vocabulary.phrase(id), phrase);
        }
        let json = serde_json::to_string(&vocabulary).unwrap();
        assert_eq!(serde_json::from_str::<Vocabulary>(&json).unwrap(), vocabulary);
        assert_eq!(vocabulary.id("subject of expertise: alchemy"), None);
    }

    #[test]
    fn what_was_not_measured_gives_no_tag() {
        let vocabulary = Vocabulary::new(&named(&["brightness"]), &[], &named(&["a: b"]));
        let percentiles = Percentiles::from([
            ("prompt length".to_owned(), Ranks::of(vec![1.0, 2.0, 3.0])),
            ("brightness".to_owned(), Ranks::of(vec![0.1, 0.5, 0.9])),
        ]);
        let mut measures = Measures::default();
        measures.set(Measure::CosineSimilarity, -0.5);
        measures.set(Measure::PromptLength, 3.0);
        // Binned by rank, and nothing was ranked.
        measures.set(Measure::LongerLength, 3.0);
        measures.media.insert("brightness".to_owned(), 0.5);
        measures.media.insert("sharpness".to_owned(), 0.5);
        let own = vocabulary.id("a: b").unwrap();
        let tags = tags_of(&vocabulary, &percentiles, &[5, own, 999, 2], &measures);
        let names: Vec<&str> = tags.iter().map(|&id| vocabulary.name(id)).collect();
        assert_eq!(
            names,
            [
                "subject of expertise: linguistics and language",
                "subject of expertise: economics",
                "cosine similarity: 0-0.33",
                "prompt length: 0.67-1",
                "brightness: 0.33-0.67",
                "a: b",
            ]
        );
        assert!(tags.is_sorted());
    }
}
