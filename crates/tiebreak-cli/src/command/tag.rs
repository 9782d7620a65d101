//! `tag`: what each item is like.

use std::sync::Arc;

use tiebreak_app::view::UserError;
use tiebreak_app::{ModelSource, Study, TagOptions, TagReport};
use tiebreak_core::Scorer;

use super::{Result, label};
use crate::args::ModelArgs;
use crate::bar::Bar;
use crate::output::{Output, columns, table};

/// Tags with how many items they are listed with; the commonest come first.
const LISTED: usize = 30;

/// Opens packs as the options say.
pub(super) struct Packs<'a>(pub(super) &'a ModelArgs);

impl ModelSource for Packs<'_> {
    fn open(&self, pack: &str) -> Result<Arc<dyn Scorer>, UserError> {
        let (_, scorer) = label::open(self.0, pack).map_err(|failure| failure.0)?;
        Ok(scorer.into())
    }
}

pub fn tag(study: &Study, fields: Vec<String>, again: bool, output: Output) -> Result {
    let bar = Bar::new(output);
    let args = ModelArgs { pack: None, head: None, provider: None, threads: None };
    // What is chosen here holds for routing too, which tags new items.
    let mut settings = study.settings()?;
    if !fields.is_empty() && fields != settings.routing.tag_fields {
        settings.routing.tag_fields = fields;
        study.save_settings(&settings)?;
    }
    let options = TagOptions { own_fields: settings.routing.tag_fields, again };
    let report = study.tag(&Packs(&args), &options, &bar)?;
    drop(bar);
    output.print(&report, || describe(&report));
    Ok(())
}

fn describe(report: &TagReport) -> String {
    let mut rows = vec![
        ("items", report.items.to_string()),
        ("tagged now", report.tagged.to_string()),
        ("tagged before", report.tagged_before.to_string()),
        ("tags there are", report.vocabulary.to_string()),
        ("encoder of texts", report.encoder.clone().unwrap_or_else(|| "none".to_owned())),
        ("seconds", format!("{:.1}", report.seconds)),
    ];
    if report.matching_s > 0.0 {
        rows.push(("of this, token matching", format!("{:.1}", report.matching_s)));
    }
    for (place, note) in report.notes.iter().enumerate() {
        rows.push((if place == 0 { "notes" } else { "" }, note.clone()));
    }
    let dimensions: Vec<Vec<String>> = report
        .dimensions
        .iter()
        .map(|one| {
            vec![
                one.dimension.clone(),
                one.items.to_string(),
                one.imported.to_string(),
                one.method.clone(),
            ]
        })
        .collect();
    let measures: Vec<Vec<String>> = report
        .measures
        .iter()
        .map(|one| vec![one.measure.clone(), one.items.to_string()])
        .collect();
    let tags: Vec<Vec<String>> = report
        .tags
        .iter()
        .take(LISTED)
        .map(|(tag, items)| vec![tag.clone(), items.to_string()])
        .collect();
    let dimensions = columns(
        &["the prompt's", "items", "imported", "else by"],
        &[false, true, true, false],
        &dimensions,
    );
    let measures = columns(&["measured", "items"], &[false, true], &measures);
    let tags = columns(&["commonest tags", "items"], &[false, true], &tags);
    [table(&rows), dimensions, measures, tags].join("\n\n")
}
