//! Exporting a training-ready data set: one verdict per item, and why items were left out.
//!
//! Pages are read on the calling thread; items are made of them on a second thread and handed to
//! the data set's writer, which encodes on a third. The channel between is short, so that memory
//! stays constant in the number of items.

mod formats;
mod items;
mod privacy;
mod request;
mod scan;
mod sides;
mod splits;
mod weights;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use serde_json::{Map, Value, json};
use tiebreak_core::{AnnotatorId, Modality, RunCause};
use tiebreak_exchange::{
    DatasetCard, DatasetWriter, ExportContent, ExportFormat, ExportItem, ExportOptions,
    ExportSummary, Facts, LeftOut,
};
use tiebreak_store::{ExportEntry, MediaRow};

use crate::error::Result;
use crate::study::stop_if_cancelled;
use crate::view::ExportReport;
use crate::{AppError, Study, Watch};
use items::{Making, export_item};
use privacy::{Disguise, rare};
pub use privacy::{Privacy, Times};
pub use request::{ExportRequest, LabelChoice};
pub use scan::Scan;
use scan::findings;
use sides::Sides;
pub use splits::Splits;

/// Items read together.
const PAGE: usize = 100;
/// Pages read ahead.
const AHEAD: usize = 24;

/// Why an item of images or clips is left out.
const FILE_GONE: &str = "an image or clip is gone";
/// Why an item is left out in whose texts a scan found something.
const FOUND: &str = "found by the scan of texts";

/// A page on its way, each item with the files of its candidates.
type Page = Vec<(ExportEntry, Vec<Option<MediaRow>>)>;

/// What was counted on the way.
#[derive(Default)]
struct Tally {
    left_out: BTreeMap<String, u64>,
    flags: BTreeMap<String, u64>,
    /// Items that gave several rows.
    several: u64,
    files: bool,
    people: HashSet<AnnotatorId>,
}

impl Study {
    /// Writes the data set into `folder` with its card and manifest. Every item gives rows, or is
    /// counted in `left_out`. All rows are of one moment: judgments made meanwhile are not in it.
    /// A stopped export leaves nothing, and an earlier export in its place whole. An unchanged
    /// study is exported to the same bytes.
    ///
    /// # Errors
    /// For a request that cannot be, without items, on cancellation, or if files cannot be read
    /// or written.
    pub fn export(
        &self,
        folder: &Path,
        request: &ExportRequest,
        watch: &dyn Watch,
    ) -> Result<ExportReport> {
        request.check()?;
        let settings = self.settings()?;
        self.complete_labels(watch)?;
        self.store.read_aside(|reader| {
            let total = reader.item_count()?;
            if total == 0 {
                return Err(AppError::EmptyStudy);
            }
            let sides = Sides::read(reader, request.labels)?;
            let mut scored = 0;
            for model in &sides.models {
                scored += reader.scored_count(model.id)?;
            }
            let mut modalities = Vec::new();
            for modality in [Modality::Text, Modality::Image, Modality::Music] {
                if reader.modality_count(modality)? > 0 {
                    modalities.push(modality);
                }
            }
            let facts = Facts {
                modalities,
                with_margin: scored == total,
                aspects: settings.aspects.iter().map(|aspect| aspect.id.clone()).collect(),
                most_candidates: reader.most_candidates()?,
            };
            let usual = ExportOptions::new(request.format);
            let options = ExportOptions {
                container: request.container.unwrap_or(usual.container),
                shard_bytes: request
                    .shard_mb
                    .map_or(usual.shard_bytes, |mb| u64::from(mb) * 1_000_000),
                facts,
                ..usual
            };
            let own = request.format == ExportFormat::Tiebreak;
            let times = request.privacy.times.unwrap_or(if own { Times::Day } else { Times::None });
            let scope = reader.export_scope(
                sides.run.as_ref().map(|run| run.id),
                sides.models.iter().map(|model| model.id).collect(),
            )?;
            let disguise =
                Disguise::new(&request.privacy, times, &reader.study()?, &scope.annotators);
            let splits = match &request.splits {
                Some(splits) => {
                    watch.stage("Dividing into splits", None);
                    Some((splits, splits.assign(&reader.item_links()?)))
                }
                None => None,
            };
            watch.stage("Exporting", Some(total));
            let mut writer = DatasetWriter::create(folder, options)?;
            let making = Making {
                sides: &sides,
                disguise: &disguise,
                min_agreement: request.min_agreement,
                every_item: request.format.needs_every_item(),
            };
            let split_of = |ordinal: u64| {
                let (splits, places) = splits.as_ref()?;
                Some(splits.shares.get(*places.get(&ordinal)?)?.0.clone())
            };
            let (sender, pages) = sync_channel::<Page>(AHEAD);
            let making = &making;
            let written = std::thread::scope(|threads| {
                let writing = threads.spawn(|| {
                    let tally =
                        self.write_pages(pages, making, request.scan, &split_of, &mut writer);
                    tally.map(|tally| (tally, writer))
                });
                let (mut after, mut done) = (0, 0);
                let read = loop {
                    let page = match reader.export_page(&scope, after, PAGE) {
                        Ok(page) => page,
                        Err(error) => break Err(error.into()),
                    };
                    done += page.entries.len() as u64;
                    let media = page.entries.into_iter().map(|entry| {
                        let rows = entry.item.candidates.iter().map(|candidate| {
                            let media = candidate.content.media();
                            media.map_or(Ok(None), |media| reader.media(media.media))
                        });
                        rows.collect::<std::result::Result<Vec<_>, _>>().map(|rows| (entry, rows))
                    });
                    let media = match media.collect::<std::result::Result<Page, _>>() {
                        Ok(media) => media,
                        Err(error) => break Err(AppError::from(error)),
                    };
                    // Nobody listens: writing failed, and says why.
                    if sender.send(media).is_err() {
                        break Ok(());
                    }
                    watch.advance(done);
                    if let Err(stopped) = stop_if_cancelled(watch) {
                        break Err(stopped);
                    }
                    match page.next {
                        Some(next) => after = next,
                        None => break Ok(()),
                    }
                };
                drop(sender);
                let written = writing
                    .join()
                    .map_err(|_| AppError::input("export", "stopped by a fault in the program"))?;
                read.and(written)
            });
            let (tally, writer) = written?;
            if tally.left_out.values().sum::<u64>() == total {
                let reasons =
                    tally.left_out.iter().map(|(reason, items)| format!("{items} {reason}"));
                let left_out = reasons.collect::<Vec<_>>().join(", ");
                return Err(AppError::NothingToExport { left_out });
            }
            let profiles: Vec<Map<String, Value>> = {
                let people: BTreeSet<_> = tally.people.iter().collect();
                people.into_iter().map(|id| disguise.profile(*id)).collect()
            };
            let warnings: Vec<String> = rare(&request.privacy, &profiles).into_iter().collect();
            let notes = notes(&tally, scored == total, !sides.models.is_empty());
            let card = DatasetCard {
                title: self.name(),
                question: Some(settings.question.clone()),
                licence: request.licence.clone(),
                created_at: reader.last_change()?,
                tool_version: env!("CARGO_PKG_VERSION").to_owned(),
                reward_models: sides.models.iter().map(|model| model.identity.clone()).collect(),
                policy_run: sides.run.clone(),
                left_out: tally
                    .left_out
                    .iter()
                    .map(|(reason, items)| LeftOut { reason: reason.clone(), items: *items })
                    .collect(),
                notes: warnings.iter().chain(&notes).cloned().collect(),
                options: chosen(request, times, &tally),
                languages: Vec::new(),
            };
            Ok(report(&writer.finish(&card)?, tally, warnings, notes))
        })
    }

    /// Routing in the background may have given the AI items that it has not labelled, or brought
    /// other scores into force. Where the reward model has labelled its share before, it labels
    /// what is missing of it now: once for an export, not once for every routing.
    fn complete_labels(&self, watch: &dyn Watch) -> Result<()> {
        let is_due = self.store.read_aside(|reader| {
            let run = reader.current_run()?;
            let was_routed_again = run.is_some_and(|run| run.cause == RunCause::Background);
            Ok::<_, AppError>(was_routed_again && reader.has_autolabels()?)
        })?;
        if is_due {
            self.autolabel(watch)?;
        }
        Ok(())
    }

    fn write_pages(
        &self,
        pages: Receiver<Page>,
        making: &Making<'_>,
        scan: Scan,
        split_of: &dyn Fn(u64) -> Option<String>,
        writer: &mut DatasetWriter,
    ) -> Result<Tally> {
        let mut tally = Tally::default();
        for (mut entry, media) in pages.into_iter().flatten() {
            let made = match export_item(&mut entry, making) {
                Ok(made) => self.with_files(&entry, made, &media, making.every_item, writer)?,
                Err(reason) => Err(reason),
            };
            let written = match made {
                Ok(mut made) => {
                    if let Some(split) = split_of(entry.item.ordinal) {
                        made.split = Some(split);
                    }
                    if scan != Scan::Off {
                        made.flags = findings(&made);
                    }
                    for flag in &made.flags {
                        *tally.flags.entry(flag.clone()).or_default() += 1;
                    }
                    if scan == Scan::LeaveOut && !made.flags.is_empty() {
                        Err(FOUND.to_owned())
                    } else {
                        writer.write(&made)?.map_err(|reason| reason.to_string())
                    }
                }
                Err(reason) => Err(reason),
            };
            match written {
                Ok(rows) => {
                    tally.several += u64::from(rows > 1);
                    tally.files |= entry.item.modality != Modality::Text;
                    tally.people.extend(entry.judgments.iter().map(|live| live.judgment.annotator));
                }
                Err(reason) => *tally.left_out.entry(reason).or_default() += 1,
            }
        }
        Ok(tally)
    }

    /// Takes the images and clips of an item into the export. Pairs of a file that is gone or
    /// changed are left out.
    fn with_files(
        &self,
        entry: &ExportEntry,
        mut made: ExportItem,
        media: &[Option<MediaRow>],
        every_item: bool,
        writer: &mut DatasetWriter,
    ) -> Result<Result<ExportItem, String>> {
        let mut gone = Vec::new();
        for (place, candidate) in (0_u32..).zip(&entry.item.candidates) {
            let Some(content) = candidate.content.media() else { continue };
            let file = media.get(place as usize).and_then(Option::as_ref).and_then(|row| {
                // Its name is of its content, never of what the study file says.
                let bytes = self.media_content(row).ok()?;
                let ending: String =
                    row.format.chars().filter(char::is_ascii_alphanumeric).collect();
                Some((format!("{}.{ending}", row.hash), bytes))
            });
            match file {
                Some((file, bytes)) => {
                    writer.attach(&file, &bytes)?;
                    let text = content.text.clone();
                    made.candidates[place as usize].content = ExportContent::Media { file, text };
                }
                None => gone.push(place),
            }
        }
        made.pairs.retain(|pair| !gone.contains(&pair.chosen) && !gone.contains(&pair.rejected));
        let is_lost = !gone.is_empty() && (every_item || made.pairs.is_empty());
        Ok(if is_lost { Err(FILE_GONE.to_owned()) } else { Ok(made) })
    }
}

/// What was asked for and found, for card and manifest.
fn chosen(request: &ExportRequest, times: Times, tally: &Tally) -> Map<String, Value> {
    let mut options = Map::new();
    let mut put = |key: &str, value: Value| options.insert(key.to_owned(), value);
    put("labels", json!(request.labels.as_str()));
    put("times", json!(times.as_str()));
    put("scan", json!(request.scan.as_str()));
    if !tally.flags.is_empty() {
        put("scan_found", json!(tally.flags));
    }
    if !request.privacy.label.is_empty() {
        put("pseudonyms", json!(request.privacy.label));
    }
    if !request.privacy.profile_fields.is_empty() {
        put("profile_fields", json!(request.privacy.profile_fields));
    }
    if let Some(until) = request.privacy.until {
        put("until", json!(until));
    }
    if let Some(least) = request.min_agreement {
        put("min_agreement", json!(least));
    }
    if let Some(splits) = &request.splits {
        put("splits", json!(splits.shares));
        put("split_seed", json!(splits.seed));
        put("stratify", json!(splits.stratify));
    }
    options
}

fn notes(tally: &Tally, with_margin: bool, has_models: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if !with_margin && has_models {
        notes.push("no margin column: reward models have not scored every item".to_owned());
    }
    if tally.files {
        notes.push(
            "chosen and rejected of images and clips are paths in this folder; captions and \
             lyrics are not in it"
                .to_owned(),
        );
    }
    if tally.several > 0 {
        notes.push(format!(
            "{} items of more than two candidates gave a row for each pair that was put in order: \
             rows and items left out add up to more than the items",
            tally.several
        ));
    }
    notes
}

fn report(
    summary: &ExportSummary,
    tally: Tally,
    warnings: Vec<String>,
    notes: Vec<String>,
) -> ExportReport {
    let relative =
        |path: &Path| path.strip_prefix(&summary.folder).unwrap_or(path).display().to_string();
    let counts = |counts: BTreeMap<String, u64>| -> Vec<(String, u32)> {
        counts.into_iter().map(|(name, n)| (name, n as u32)).collect()
    };
    ExportReport {
        folder: summary.folder.display().to_string(),
        files: summary.files.iter().map(|path| relative(path)).collect(),
        bytes: summary.bytes as f64,
        rows: summary.rows as u32,
        human: summary.human as u32,
        ai: summary.ai as u32,
        splits: counts(summary.splits.clone()),
        left_out: counts(tally.left_out),
        flags: counts(tally.flags),
        warnings,
        notes,
    }
}
