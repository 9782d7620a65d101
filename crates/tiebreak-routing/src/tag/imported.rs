//! Tags of a prompt that came with the data.

use serde_json::{Map, Value};

use super::{PromptDimension, TagId};

/// Where imported tags may be nested.
const NESTS: [&str; 3] = ["tags", "features", "prompt_tags"];

/// The tags of one dimension that an item's metadata names under the dimension's field, at the
/// top or in `tags`, `features` or `prompt_tags`; letters' case and `_` for a space do not
/// matter. `None` if the field is not there or says nothing that is known: then the tags are to
/// be assigned. `languages` without English, and empty materials and constraints, say that there
/// is no tag: `Some` of nothing.
pub fn imported(dimension: PromptDimension, metadata: &Map<String, Value>) -> Option<Vec<TagId>> {
    let nests = NESTS.iter().filter_map(|nest| field(metadata, nest)?.as_object());
    let value = std::iter::once(metadata)
        .chain(nests)
        .find_map(|object| field(object, dimension.field()).filter(|value| !value.is_null()))?;
    let said: Vec<&str> = match value {
        Value::String(text) => text.split([';', ',']).map(str::trim).collect(),
        Value::Array(values) => values.iter().filter_map(Value::as_str).map(str::trim).collect(),
        Value::Bool(true) => vec!["present"],
        Value::Bool(false) => Vec::new(),
        // A constraint with its details.
        Value::Object(object) if !object.is_empty() => vec!["present"],
        Value::Object(_) => Vec::new(),
        _ => return None,
    };
    let said: Vec<&str> = said.into_iter().filter(|word| !word.is_empty()).collect();
    let first = dimension.first();
    match dimension {
        PromptDimension::TypeOfInContextMaterial | PromptDimension::FormatConstraints => {
            let is_none =
                |word: &str| ["none", "no", "absent", "n/a"].iter().any(|n| same(n, word));
            let is_present = said.iter().any(|word| !is_none(word));
            Some(if is_present { vec![first] } else { Vec::new() })
        }
        _ => {
            let values = dimension.values();
            let mut tags: Vec<TagId> = said
                .iter()
                .filter_map(|word| values.iter().position(|value| same(value, word)))
                .map(|place| first + place as TagId)
                .collect();
            tags.sort_unstable();
            tags.dedup();
            let is_said =
                !tags.is_empty() || (dimension == PromptDimension::Languages && !said.is_empty());
            is_said.then_some(tags)
        }
    }
}

fn field<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object.iter().find(|(key, _)| same(key, name)).map(|(_, value)| value)
}

/// Equality but for case, and `_` or `-` for a space.
fn same(one: &str, other: &str) -> bool {
    let plain = |c: char| if c == '_' || c == '-' { ' ' } else { c.to_ascii_lowercase() };
    one.chars().map(plain).eq(other.chars().map(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_whatever_form() {
        use PromptDimension as D;
        for (json, dimension, expected) in [
            (
                r#"{"subject_of_expertise": ["Law", "computer sciences"]}"#,
                D::SubjectOfExpertise,
                Some(vec!["Computer sciences", "Law"]),
            ),
            (
                r#"{"Subject_Of_Expertise": "Law, Physics"}"#,
                D::SubjectOfExpertise,
                Some(vec!["Physics", "Law"]),
            ),
            (r#"{"subject_of_expertise": ["alchemy"]}"#, D::SubjectOfExpertise, None),
            (
                r#"{"tags": {"safety_concern": "Moderate"}}"#,
                D::SafetyConcern,
                Some(vec!["moderate"]),
            ),
            (
                r#"{"features": {"expertise_level": "expert_domain_knowledge"}}"#,
                D::ExpertiseLevel,
                Some(vec!["expert domain knowledge"]),
            ),
            (r#"{"prompt_tags": {"languages": ["German"]}}"#, D::Languages, Some(vec![])),
            (r#"{"languages": ["english", "German"]}"#, D::Languages, Some(vec!["English"])),
            (
                r#"{"format_constraints": ["max 50 words"]}"#,
                D::FormatConstraints,
                Some(vec!["present"]),
            ),
            (r#"{"format_constraints": []}"#, D::FormatConstraints, Some(vec![])),
            (
                r#"{"type_of_in_context_material": "none"}"#,
                D::TypeOfInContextMaterial,
                Some(vec![]),
            ),
            (r#"{"type_of_in_context_material": null}"#, D::TypeOfInContextMaterial, None),
            (r#"{"tags": ["law"]}"#, D::SubjectOfExpertise, None),
        ] {
            let metadata: Map<String, Value> = serde_json::from_str(json).unwrap();
            let found = imported(dimension, &metadata);
            let names =
                found.map(|ids| ids.into_iter().map(|id| D::of(id).unwrap().1).collect::<Vec<_>>());
            assert_eq!(names, expected, "{json}");
        }
    }
}
