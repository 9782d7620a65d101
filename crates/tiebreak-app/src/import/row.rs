//! One row on its way into a study: its item, and what is said about it.

use std::collections::HashMap;

use tiebreak_core::{
    AnnotatorId, AnnotatorKind, Candidate, CandidateId, Item, ItemDraft, JudgmentId, Origin,
};
use tiebreak_exchange::{ImportedAnnotator, ImportedDetail, ImportedJudgment, ImportedRow};
use tiebreak_store::{PreparedItem, Writer};

use super::judgment;
use crate::clock::{fresh, now};
use crate::error::Result;
use crate::view::ImportReport;

/// The annotators met so far.
pub(super) type Annotators = HashMap<ImportedAnnotator, AnnotatorId>;

/// Adds what a row has that the study has not.
pub(super) fn insert_row(
    writer: &Writer<'_>,
    row: &ImportedRow,
    prepared: &PreparedItem,
    annotators: &mut Annotators,
    report: &mut ImportReport,
) -> Result<()> {
    let (item, is_new) = writer.insert_prepared(prepared, &row.draft)?;
    let found;
    let candidates = if is_new {
        report.added += 1;
        prepared.candidates()
    } else {
        report.duplicates += 1;
        found = matching_candidates(&row.draft, &writer.item(item)?);
        &found
    };
    let mut judged_by = Vec::with_capacity(row.judgments.len());
    for imported in &row.judgments {
        let annotator = annotator_id(writer, &imported.annotator, annotators)?;
        if !imported.profile.is_empty() {
            writer.complete_profile(annotator, &imported.profile)?;
        }
        let id = JudgmentId::new(fresh());
        let mut judgment = judgment::judgment(imported, id, item, annotator, candidates)?;
        if let Err(flaw) = judgment.check(candidates) {
            // The answer counts although something beside it is not sound.
            report.warn(format!(
                "{}:{}: {flaw}; of what {} says, the answer alone is kept",
                report.file, row.line, imported.annotator.name
            ));
            let detail = ImportedDetail::default();
            let plain = ImportedJudgment { detail, ..imported.clone() };
            judgment = judgment::judgment(&plain, id, item, annotator, candidates)?;
        }
        // A new item has the judgments of this row alone.
        let is_first = is_new && !judged_by.contains(&annotator);
        judged_by.push(annotator);
        if is_first {
            writer.append_first_judgment(&judgment, candidates)?;
        } else if let Some(last) = writer.last_judgment(item, annotator)? {
            if last.origin == Origin::Imported && last.outcome != judgment.outcome {
                report.warn(format!(
                    "{}:{}: {} has judged this item otherwise before; the first judgment is kept",
                    report.file, row.line, imported.annotator.name
                ));
            }
            continue;
        } else {
            writer.append_judgment(&judgment)?;
        }
        report.count_judgment(imported.annotator.kind);
    }
    Ok(())
}

impl ImportReport {
    /// Counts a judgment that was added.
    pub(super) fn count_judgment(&mut self, kind: AnnotatorKind) {
        match kind {
            AnnotatorKind::Human => self.human_judgments += 1,
            AnnotatorKind::Ai => self.ai_judgments += 1,
        }
    }
}

/// The ids of an item's candidates in the order of a draft of the same item, which may list
/// them in another order.
fn matching_candidates(draft: &ItemDraft, item: &Item) -> Vec<CandidateId> {
    let mut rest: Vec<&Candidate> = item.candidates.iter().collect();
    draft
        .candidates
        .iter()
        .filter_map(|draft| {
            let same = |candidate: &&Candidate| {
                candidate.content.says_the_same(&draft.content) && candidate.system == draft.system
            };
            rest.iter().position(same).map(|place| rest.remove(place).id)
        })
        .collect()
}

fn annotator_id(
    writer: &Writer<'_>,
    imported: &ImportedAnnotator,
    known: &mut Annotators,
) -> Result<AnnotatorId> {
    if let Some(id) = known.get(imported) {
        return Ok(*id);
    }
    let (kind, name, scope) = (imported.kind, &imported.name, scope(imported));
    let annotator = writer.ensure_annotator(kind, name, scope, AnnotatorId::new(fresh()), now())?;
    known.insert(imported.clone(), annotator.id);
    Ok(annotator.id)
}

/// The scope in the study: an imported person is never the person of that name who works here.
pub(super) fn scope(imported: &ImportedAnnotator) -> &str {
    match (imported.kind, imported.scope.as_str()) {
        (AnnotatorKind::Human, "") => "import",
        (_, scope) => scope,
    }
}
