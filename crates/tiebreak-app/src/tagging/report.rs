//! What a tagging did.

use std::collections::HashMap;

use serde::Serialize;
use tiebreak_routing::tag::{Calibration, Measure, Measures, PromptDimension, TagId};

use super::{Tagging, of_json};
use crate::Study;
use crate::error::Result;

/// What a tagging did, and what the study is like by it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TagReport {
    /// All items that have tags.
    pub items: u64,
    /// Of these, tagged now.
    pub tagged: u64,
    /// And before.
    pub tagged_before: u64,
    /// Whether the tagging was begun now.
    pub is_new: bool,
    /// The encoder of texts behind it, by its pack's name.
    pub encoder: Option<String>,
    /// How many tags there are.
    pub vocabulary: u64,
    /// The questions that the tags of prompts answer.
    pub dimensions: Vec<DimensionReport>,
    /// What was measured.
    pub measures: Vec<MeasureReport>,
    /// Tags by how many items have them, those that none has left out.
    pub tags: Vec<(String, u64)>,
    /// How well the examples of the definitions are tagged.
    pub calibration: Calibration,
    /// What people should know.
    pub notes: Vec<String>,
    /// How long it took.
    pub seconds: f64,
    /// Of this, spent on matching answers token by token.
    pub matching_s: f64,
}

/// How many items have a tag of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DimensionReport {
    /// For example `safety concern`.
    pub dimension: String,
    /// Items with a tag of it.
    pub items: u64,
    /// Items whose data brought it, be it that there is none.
    pub imported: u64,
    /// How it is assigned to the others: `rules`, `likeness` or `none`.
    pub method: String,
}

/// How many items have a measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasureReport {
    /// For example `ROUGE-1 F`.
    pub measure: String,
    /// Items that it was measured on.
    pub items: u64,
}

impl Study {
    /// Counts what a tagging found.
    pub(super) fn tag_report(&self, tagging: &Tagging) -> Result<TagReport> {
        let mut report = TagReport {
            vocabulary: tagging.vocabulary.len() as u64,
            calibration: tagging.calibration.clone(),
            ..TagReport::default()
        };
        let mut by_tag: HashMap<TagId, u64> = HashMap::new();
        let mut with: HashMap<&str, u64> = HashMap::new();
        let mut imported: HashMap<String, u64> = HashMap::new();
        let mut measured: HashMap<String, u64> = HashMap::new();
        self.each_tagged(tagging.number, |page| {
            for tagged in page {
                let Some(tags) = tagged.tags.tags else { continue };
                report.items += 1;
                let mut last = None;
                for tag in tags {
                    *by_tag.entry(tag).or_default() += 1;
                    let dimension = PromptDimension::of(tag).map(|(dimension, _)| dimension.name());
                    if let Some(name) = dimension.filter(|_| dimension != last) {
                        *with.entry(name).or_default() += 1;
                    }
                    last = dimension;
                }
                for name in tagged.tags.imported {
                    *imported.entry(name).or_default() += 1;
                }
                let measures: Measures = of_json(tagged.tags.measures)?;
                let names = measures.text.keys().map(|measure| measure.name().to_owned());
                for name in names.chain(measures.media.into_keys()) {
                    *measured.entry(name).or_default() += 1;
                }
            }
            Ok(())
        })?;
        report.dimensions = PromptDimension::ALL
            .map(|dimension| DimensionReport {
                dimension: dimension.name().to_owned(),
                items: with.get(dimension.name()).copied().unwrap_or(0),
                imported: imported.get(dimension.name()).copied().unwrap_or(0),
                method: tagging
                    .methods
                    .get(dimension.name())
                    .and_then(|method| method.as_str())
                    .unwrap_or_default()
                    .to_owned(),
            })
            .into();
        for measure in Measure::ALL {
            let items = measured.remove(measure.name()).unwrap_or(0);
            report.measures.push(MeasureReport { measure: measure.name().to_owned(), items });
        }
        let mut others: Vec<_> = measured.into_iter().collect();
        others.sort();
        report
            .measures
            .extend(others.into_iter().map(|(measure, items)| MeasureReport { measure, items }));
        let mut tags: Vec<_> = by_tag.into_iter().collect();
        tags.sort_by_key(|&(tag, items)| (std::cmp::Reverse(items), tag));
        report.tags = tags
            .into_iter()
            .map(|(tag, items)| (tagging.vocabulary.name(tag).to_owned(), items))
            .collect();
        Ok(report)
    }
}
