//! Tags of the researcher's own: the values of a metadata field.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

/// The most of these tags: of more values the commonest are taken.
pub const MOST_OWN_TAGS: usize = 64;

/// The fields that stand for the tags of the items themselves: import keeps all three there.
const ITEM_TAGS: [&str; 3] = ["tags", "category", "subset"];

/// Counts the values of chosen fields, to take the commonest as tags.
#[derive(Clone, Debug, Default)]
pub struct OwnTags {
    fields: Vec<String>,
    counts: HashMap<String, u64>,
}

impl OwnTags {
    /// For fields of the metadata; `tags`, `category` and `subset` stand for the item's own tags
    /// as well.
    pub fn new(fields: &[String]) -> Self {
        Self { fields: fields.to_vec(), counts: HashMap::new() }
    }

    /// The names that an item gives, for example `category: letters`.
    pub fn of(&self, tags: &[String], metadata: &Map<String, Value>) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for field in &self.fields {
            if ITEM_TAGS.contains(&field.as_str()) {
                names.extend(tags.iter().map(|tag| name(field, tag)));
            }
            match metadata.get(field) {
                Some(Value::Array(values)) => {
                    names
                        .extend(values.iter().filter_map(|value| Some(name(field, &text(value)?))));
                }
                Some(value) => names.extend(text(value).map(|value| name(field, &value))),
                None => {}
            }
        }
        names
    }

    /// Counts an item's.
    pub fn count(&mut self, tags: &[String], metadata: &Map<String, Value>) {
        for name in self.of(tags, metadata) {
            *self.counts.entry(name).or_default() += 1;
        }
    }

    /// The [`MOST_OWN_TAGS`] commonest, the commonest first, equally common ones by name.
    pub fn commonest(&self) -> Vec<String> {
        let mut names: Vec<(&String, u64)> = self.counts.iter().map(|(n, c)| (n, *c)).collect();
        names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        names.into_iter().take(MOST_OWN_TAGS).map(|(name, _)| name.clone()).collect()
    }
}

fn name(field: &str, value: &str) -> String {
    format!("{field}: {value}")
}

/// A value in words; `None` for what is empty or an object.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_values_of_the_chosen_fields_are_tags() {
        let fields = ["tags", "kind", "topics"].map(str::to_owned);
        let mut own = OwnTags::new(&fields);
        let metadata = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap();
        own.count(&["hard".to_owned()], &metadata(r#"{"kind": "b", "other": 1}"#));
        own.count(&[], &metadata(r#"{"kind": "b", "topics": ["x", "y", " "]}"#));
        own.count(&[], &metadata(r#"{"kind": null, "topics": 3}"#));
        let found = own.commonest();
        assert_eq!(found, ["kind: b", "tags: hard", "topics: 3", "topics: x", "topics: y"]);
        for n in 0..100 {
            own.count(&[], &metadata(&format!(r#"{{"topics": "{n}"}}"#)));
        }
        assert_eq!(own.commonest().len(), MOST_OWN_TAGS);
    }
}
