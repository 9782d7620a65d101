//! Importing comparisons with whatever judgments they carry.

mod ids;
mod judgment;
mod load;
mod pipeline;
mod prepare;
mod row;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tiebreak_core::ItemId;
use tiebreak_exchange::{FieldUse, Format, ImportedRow, Mapping, Reader, RowProblem};
use tiebreak_store::{MediaRow, PreparedItem};

use crate::error::Result;
use crate::media::MediaPlacement;
use crate::study::stop_if_cancelled;
use crate::view::{ImportFieldUse, ImportReport};
use crate::{AppError, Study, Watch};
use ids::{BatchIds, ImportIds};
use load::Loading;
use prepare::{Batch, Made, prepare};
use row::{Annotators, insert_row};

/// Rows per transaction: enough to make the flush to disk cheap, few enough that an annotator's
/// judgment in between never waits noticeably.
const BATCH: usize = 500;

/// Rows of images or clips that are read, checked and measured together, on all processors.
const MEDIA_BATCH: usize = 32;

/// Problems, and warnings, kept word for word; the rest is counted.
const KEPT: usize = 1000;

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Reads every row in this format instead of finding out.
    pub format: Option<Format>,
    /// What columns and words of the file mean, where that is not found out.
    pub mapping: Mapping,
    /// Whether images and clips are copied or linked.
    pub placement: MediaPlacement,
    /// Keeps rows whose files are named by addresses on the network, without the files: their
    /// labels count, but they can be neither shown nor scored.
    pub without_files: bool,
}

impl Study {
    /// Imports files and folders one after another. That each can be read is checked before the
    /// first is imported.
    ///
    /// # Errors
    /// As [`import`](Self::import).
    pub fn import_all(
        &self,
        paths: &[PathBuf],
        options: &ImportOptions,
        watch: &dyn Watch,
    ) -> Result<Vec<ImportReport>> {
        paths.iter().try_for_each(|path| size(path).map(drop))?;
        paths.iter().map(|path| self.import(path, options, watch)).collect()
    }

    /// Imports a file, or a folder of images or clips. Rows that cannot be used are left out with
    /// a problem each; rows that are here already (see [`tiebreak_core::fingerprint`]) add no
    /// item, and judgments only of annotators who had not judged the item. Each batch is one
    /// transaction, so that a stopped import can be repeated and goes on where it was; only the
    /// plain rows that open a file of 4 MiB or more go into a study without items together, or
    /// not at all. Images and
    /// clips are decoded once, measured, and put into the study's media folder under their hash.
    ///
    /// # Errors
    /// If the file cannot be read at all, the study cannot be written, or on cancellation.
    pub fn import(
        &self,
        path: &Path,
        options: &ImportOptions,
        watch: &dyn Watch,
    ) -> Result<ImportReport> {
        let bytes = size(path)?;
        let mut reader = Reader::open(path)?;
        reader = reader.with_mapping(options.mapping.clone());
        if let Some(format) = options.format {
            reader = reader.with_format(format);
        }
        if options.without_files {
            reader = reader.without_files();
        }
        let base = reader.base().to_owned();
        let (raw, parser) = reader.into_parts();
        watch.stage(&format!("Importing {}", file_name(path)), Some(raw.total().unwrap_or(bytes)));
        let mut importing = Importing {
            study: self,
            base: &base,
            placement: options.placement,
            watch,
            annotators: Annotators::new(),
            has_turns: false,
            report: ImportReport { file: file_name(path), ..ImportReport::default() },
            read: tiebreak_exchange::ImportReport::default(),
        };
        let ids = ImportIds::new();
        let loading = self.loading(bytes)?;
        let (written, container) = pipeline::in_order(
            raw,
            |number, raw| Batch::of(parser.parse(raw), ids.batch(number), &loading),
            |next| {
                if loading.goes_on() {
                    importing.load(&loading, ids.further(), next)?;
                }
                while let Some(batch) = next()? {
                    importing.take(batch)?;
                }
                Ok::<_, AppError>(())
            },
        );
        written?;
        let Importing { mut report, has_turns, read, .. } = importing;
        if has_turns {
            self.warn_of_turns(&mut report)?;
        }
        if report.rows == 0 {
            report.warn(format!("{}: there are no rows in it", report.file));
        }
        report.take_counts(&read);
        if let Some((container, packing)) = container {
            let packing = packing.map(|packing| format!(", {}", packing.as_str()));
            report.container = format!("{}{}", container.as_str(), packing.unwrap_or_default());
        }
        Ok(report)
    }
}

impl Study {
    /// Finds out whether a file of a size can be loaded in bulk.
    fn loading(&self, bytes: u64) -> Result<Loading> {
        let (items, annotators) = self
            .store
            .read(|reader| Ok::<_, AppError>((reader.item_count()?, reader.annotators()?)))?;
        let annotators = annotators.into_iter().map(|tally| tally.annotator);
        Ok(Loading::new(Loading::suits(bytes, items), annotators))
    }
}

/// An import under way.
struct Importing<'a> {
    study: &'a Study,
    /// The folder that the names of media files start from.
    base: &'a Path,
    placement: MediaPlacement,
    watch: &'a dyn Watch,
    annotators: Annotators,
    /// Whether items follow others.
    has_turns: bool,
    report: ImportReport,
    read: tiebreak_exchange::ImportReport,
}

impl Importing<'_> {
    /// Writes what a batch has.
    fn take(&mut self, batch: Batch) -> Result<()> {
        let Batch { rows, made, ids, report, position } = batch;
        self.read += report;
        let rows = self.understood(rows);
        match made? {
            Made::Items(items) => {
                let mut items = items.into_iter();
                let mut rows = rows.into_iter();
                loop {
                    let some: Vec<ImportedRow> = rows.by_ref().take(BATCH).collect();
                    if some.is_empty() {
                        break;
                    }
                    let items: Vec<PreparedItem> = items.by_ref().take(BATCH).collect();
                    self.insert(&some, &items, &[])?;
                }
            }
            Made::Nothing | Made::Bulk(_) => self.write(rows, ids)?,
        }
        self.watch.advance(position);
        stop_if_cancelled(self.watch)
    }

    /// Writes rows of which nothing was made yet.
    fn write(&mut self, rows: Vec<ImportedRow>, mut ids: BatchIds) -> Result<()> {
        let has_files = rows.iter().any(|row| !row.files.is_empty());
        let count = if has_files { MEDIA_BATCH } else { BATCH };
        let mut rows = rows.into_iter();
        loop {
            let mut some: Vec<ImportedRow> = rows.by_ref().take(count).collect();
            if some.is_empty() {
                return Ok(());
            }
            let (base, placement) = (self.base, self.placement);
            let media = self.study.take_in_rows(&mut some, base, placement, &mut self.report);
            let items = prepare(some.iter(), &mut ids)?;
            self.insert(&some, &items, &media)?;
        }
    }

    /// Adds some rows in one transaction.
    fn insert(
        &mut self,
        rows: &[ImportedRow],
        items: &[PreparedItem],
        media: &[MediaRow],
    ) -> Result<()> {
        self.study.store.write(|writer| {
            media.iter().try_for_each(|row| writer.insert_media(row).map(drop))?;
            rows.iter().zip(items).try_for_each(|(row, item)| {
                insert_row(writer, row, item, &mut self.annotators, &mut self.report)
            })
        })?;
        stop_if_cancelled(self.watch)
    }

    /// Counts rows, and keeps those that were understood.
    fn understood(
        &mut self,
        rows: Vec<std::result::Result<ImportedRow, RowProblem>>,
    ) -> Vec<ImportedRow> {
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            self.report.rows += 1;
            match row {
                Ok(row) => {
                    self.has_turns |= row.draft.follows.is_some();
                    let warnings = row.warnings.iter();
                    warnings.for_each(|warning| self.report.warn(warning.to_string()));
                    kept.push(row);
                }
                Err(problem) => {
                    self.report.skipped += 1;
                    keep(&mut self.report.problems, problem.to_string());
                }
            }
        }
        kept
    }
}

impl Study {
    /// Says which second turns have no first, and which wait for each other.
    fn warn_of_turns(&self, report: &mut ImportReport) -> Result<()> {
        let (dangling, pairs) = self.store.read(|reader| {
            Ok::<_, AppError>((reader.dangling_follows(KEPT)?, reader.follow_pairs()?))
        })?;
        for (ordinal, first) in dangling {
            report.warn(format!(
                "{}: item #{ordinal} follows {first:?}, which the study does not have: it is shown \
                 without a first turn",
                report.file
            ));
        }
        let firsts: HashMap<ItemId, ItemId> = pairs.into_iter().collect();
        let circles = firsts
            .keys()
            .filter(|start| {
                let path = std::iter::successors(firsts.get(*start), |at| firsts.get(*at));
                path.take(firsts.len()).any(|at| at == *start)
            })
            .count();
        if circles > 0 {
            report.warn(format!(
                "{}: {circles} items follow each other in a circle: none of them is ever shown",
                report.file
            ));
        }
        Ok(())
    }
}

impl ImportReport {
    /// Takes over what reading counted: formats, fields, and reasons for leaving rows out.
    pub(crate) fn take_counts(&mut self, read: &tiebreak_exchange::ImportReport) {
        self.taken = read.rows as u32;
        self.formats = read
            .formats
            .iter()
            .map(|(format, rows)| (format.as_str().to_owned(), *rows as u32))
            .collect();
        self.fields = read
            .fields
            .iter()
            .map(|(FieldUse { field, used_as }, rows)| ImportFieldUse {
                field: field.clone(),
                used_as: (*used_as).to_owned(),
                rows: *rows as u32,
            })
            .collect();
        self.reasons =
            read.reasons.iter().map(|(reason, rows)| (reason.clone(), *rows as u32)).collect();
        self.reasons.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        if !read.beside.is_empty() {
            self.warn(format!("{}: {}", self.file, beside(&read.beside)));
        }
    }

    pub(crate) fn warn(&mut self, warning: String) {
        self.warning_count += 1;
        keep(&mut self.warnings, warning);
    }
}

/// A warning of fields that belong to no row.
pub(crate) fn beside(names: &[String]) -> String {
    format!("beside the list of rows the file has fields that are left out: {}", names.join(", "))
}

/// Keeps a problem or a warning, as long as there is room for it.
pub(crate) fn keep(kept: &mut Vec<String>, line: String) {
    if kept.len() < KEPT {
        kept.push(line);
    }
}

fn size(path: &Path) -> Result<u64> {
    let unreadable = |source| AppError::Unreadable { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    Ok(if metadata.is_dir() { 0 } else { metadata.len() })
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into())
}
