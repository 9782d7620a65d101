//! Importing comparisons with whatever judgments they carry.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tiebreak_core::{
    AnnotatorId, AnnotatorKind, Candidate, CandidateId, ContentHash, Item, ItemDraft, ItemId,
    Judgment, JudgmentId, Origin, Outcome,
};
use tiebreak_exchange::{
    Format, ImportedAnnotator, ImportedJudgment, ImportedOutcome, ImportedRow, Reader,
};
use tiebreak_store::{NewItem, Writer};

use crate::clock::{fresh, now};
use crate::error::Result;
use crate::study::stop_if_cancelled;
use crate::view::ImportReport;
use crate::{AppError, Study, Watch};

/// Rows per transaction: enough to make the flush to disk cheap, few enough that an annotator's
/// judgment in between never waits noticeably.
const BATCH: usize = 500;

/// Problems, and warnings, kept word for word; the rest is counted.
const KEPT: usize = 1000;

type Annotators = HashMap<ImportedAnnotator, AnnotatorId>;

impl Study {
    /// Imports files one after another. That each can be read is checked before the first is
    /// imported.
    ///
    /// # Errors
    /// As [`import`](Self::import).
    pub fn import_all(
        &self,
        paths: &[PathBuf],
        format: Option<Format>,
        watch: &dyn Watch,
    ) -> Result<Vec<ImportReport>> {
        paths.iter().try_for_each(|path| size(path).map(drop))?;
        paths.iter().map(|path| self.import(path, format, watch)).collect()
    }

    /// Imports one file. Rows that cannot be used are left out with a problem each; rows that
    /// are here already (see [`tiebreak_core::fingerprint`]) add no item, and judgments only of
    /// annotators who had not judged the item. Each batch is one transaction, so that a stopped
    /// import can be repeated and goes on where it was.
    ///
    /// # Errors
    /// If the file cannot be read at all, the study cannot be written, or on cancellation.
    pub fn import(
        &self,
        path: &Path,
        format: Option<Format>,
        watch: &dyn Watch,
    ) -> Result<ImportReport> {
        let bytes = size(path)?;
        let mut reader = Reader::open(path)?;
        if let Some(format) = format {
            reader = reader.with_format(format);
        }
        watch.stage(&format!("Importing {}", file_name(path)), Some(bytes));
        let mut report = ImportReport { file: file_name(path), ..ImportReport::default() };
        let mut annotators = Annotators::new();
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let row = reader.next_row()?;
            let is_last = row.is_none();
            match row {
                None => {}
                Some(Ok(row)) => {
                    report.rows += 1;
                    row.warnings.iter().for_each(|warning| report.warn(warning.to_string()));
                    batch.push(row);
                }
                Some(Err(problem)) => {
                    report.rows += 1;
                    report.skipped += 1;
                    keep(&mut report.problems, problem.to_string());
                }
            }
            if batch.len() == BATCH || is_last {
                self.store.write(|writer| {
                    batch
                        .iter()
                        .try_for_each(|row| insert_row(writer, row, &mut annotators, &mut report))
                })?;
                batch.clear();
                watch.advance(reader.bytes_read());
                stop_if_cancelled(watch)?;
            }
            if is_last {
                break;
            }
        }
        if report.rows == 0 {
            report.warn(format!("{}: the file has no rows", report.file));
        }
        report.formats = reader
            .report()
            .formats
            .iter()
            .map(|(format, rows)| (format.as_str().to_owned(), *rows as u32))
            .collect();
        Ok(report)
    }
}

impl ImportReport {
    fn warn(&mut self, warning: String) {
        self.warning_count += 1;
        keep(&mut self.warnings, warning);
    }
}

fn keep(kept: &mut Vec<String>, line: String) {
    if kept.len() < KEPT {
        kept.push(line);
    }
}

fn insert_row(
    writer: &Writer<'_>,
    row: &ImportedRow,
    annotators: &mut Annotators,
    report: &mut ImportReport,
) -> Result<()> {
    let mut candidates: Vec<CandidateId> =
        row.draft.candidates.iter().map(|_| CandidateId::new(fresh())).collect();
    // UUIDv7 ascends, and data sets often put the preferred answer first: in the order of their
    // ids, candidates would give the answer away to who is shown the ids.
    candidates.sort_unstable_by_key(|id| ContentHash::of(id.as_bytes()));
    let new =
        NewItem { id: ItemId::new(fresh()), candidates, draft: &row.draft, imported_at: now() };
    let (item, is_new) = writer.insert_item(&new)?;
    if is_new {
        report.added += 1;
    } else {
        report.duplicates += 1;
    }
    let candidates = matching_candidates(&row.draft, &writer.item(item)?);
    for imported in &row.judgments {
        let annotator = annotator_id(writer, &imported.annotator, annotators)?;
        let judgment = judgment(imported, item, annotator, &candidates)?;
        if let Some(last) = writer.last_judgment(item, annotator)? {
            if last.origin == Origin::Imported && last.outcome != judgment.outcome {
                report.warn(format!(
                    "{}:{}: {} has judged this item otherwise before; the first judgment is kept",
                    report.file, row.line, imported.annotator.name
                ));
            }
            continue;
        }
        writer.append_judgment(&judgment)?;
        match imported.annotator.kind {
            AnnotatorKind::Human => report.human_judgments += 1,
            AnnotatorKind::Ai => report.ai_judgments += 1,
        }
    }
    Ok(())
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

fn size(path: &Path) -> Result<u64> {
    let unreadable = |source| AppError::Unreadable { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
    }
    Ok(metadata.len())
}

fn annotator_id(
    writer: &Writer<'_>,
    imported: &ImportedAnnotator,
    known: &mut Annotators,
) -> Result<AnnotatorId> {
    if let Some(id) = known.get(imported) {
        return Ok(*id);
    }
    // An imported person is never the person of that name who works here.
    let scope = match (imported.kind, imported.scope.as_str()) {
        (AnnotatorKind::Human, "") => "import",
        (_, scope) => scope,
    };
    let annotator = writer.ensure_annotator(
        imported.kind,
        &imported.name,
        scope,
        AnnotatorId::new(fresh()),
        now(),
    )?;
    known.insert(imported.clone(), annotator.id);
    Ok(annotator.id)
}

fn judgment(
    imported: &ImportedJudgment,
    item: ItemId,
    annotator: AnnotatorId,
    candidates: &[CandidateId],
) -> Result<Judgment> {
    let outcome = match imported.preferred {
        ImportedOutcome::Candidate(position) => {
            let candidate = candidates.get(position as usize).ok_or_else(|| {
                AppError::input("preferred", format!("there is no candidate {position}"))
            })?;
            Outcome::Preferred(*candidate)
        }
        ImportedOutcome::Tie => Outcome::Tie,
        ImportedOutcome::BothBad => Outcome::BothBad,
    };
    let id = JudgmentId::new(fresh());
    Ok(Judgment {
        strength: imported.strength.filter(|_| matches!(outcome, Outcome::Preferred(_))),
        confidence: imported.confidence,
        rationale: imported.rationale.clone(),
        submitted_at: imported.submitted_at,
        ..Judgment::new(id, item, annotator, Origin::Imported, outcome)
    })
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into())
}
