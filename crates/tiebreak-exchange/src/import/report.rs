//! What a whole file turned out to be.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Format;

/// Names of unused fields that are counted one by one; the rest of a file that keeps inventing
/// names is not, so that the report stays small.
const MAX_METADATA_FIELDS: usize = 256;

/// Counts over the lines read so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Lines, blank ones included.
    pub lines: u64,
    /// Blank lines.
    pub blank_lines: u64,
    /// Rows understood.
    pub rows: u64,
    /// Rows left out with a problem.
    pub problems: u64,
    /// Warnings on rows understood.
    pub warnings: u64,
    /// Judgments in the rows understood.
    pub judgments: u64,
    /// Rows understood, by format.
    pub formats: BTreeMap<Format, u64>,
    /// What each field of the rows understood was used for, and how often.
    pub fields: BTreeMap<FieldUse, u64>,
}

/// A field of the file and what it became.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldUse {
    /// The field's name in the file.
    pub field: String,
    /// What it became, for example `prompt`, `answer 1` or `metadata`.
    pub used_as: &'static str,
}

impl Serialize for FieldUse {
    /// As `field -> use`, so that it can be the key of a JSON object.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{} -> {}", self.field, self.used_as))
    }
}

impl ImportReport {
    pub(super) fn count_use(&mut self, field: &str, used_as: &'static str) {
        let field_use = FieldUse { field: field.to_owned(), used_as };
        if let Some(count) = self.fields.get_mut(&field_use) {
            *count += 1;
        } else if used_as != super::fields::METADATA || self.fields.len() < MAX_METADATA_FIELDS {
            self.fields.insert(field_use, 1);
        }
    }
}
