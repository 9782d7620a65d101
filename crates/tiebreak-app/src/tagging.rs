//! Tagging: what each item is like, in tags that routing learns from.
//!
//! A tagging goes over the study twice: it measures every item, page by page, then freezes the
//! ranks of what was measured and gives every item its tags, and only then it is in force. Stopping
//! at any moment and starting again measures nothing twice; items that come later are placed by the
//! frozen ranks.

mod encoders;
mod measure;
mod report;

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tiebreak_core::{ContentHash, Modality};
use tiebreak_routing::tag::{
    Calibration, Measure, Measures, OwnTags, Percentiles, Ranks, Vocabulary, media_measure, tags_of,
};
use tiebreak_store::{StoredTagging, TaggedItem};

use crate::clock::now;
use crate::error::Result;
use crate::study::stop_if_cancelled;
use crate::{AppError, ModelSource, Study, Watch};
use encoders::Encoders;

pub use report::{DimensionReport, MeasureReport, TagReport};

/// Items read at a time where nothing is computed.
const PAGE: usize = 1000;

/// How to tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagOptions {
    /// Metadata fields whose values are tags of the researcher's own; `tags`, and `category` and
    /// `subset`, which import keeps there, stand for the items' own tags. Others than the
    /// last tagging had begin a new one.
    pub own_fields: Vec<String>,
    /// Begin anew: with the encoder and the fields of now, and with new percentiles.
    pub again: bool,
}

/// The tagging in force.
#[derive(Clone, Debug)]
pub struct Tagging {
    /// Its number in the file.
    pub number: i64,
    /// The encoder of texts behind it.
    pub encoder: Option<ContentHash>,
    /// Hash over the thresholds by which prompts were tagged.
    pub settings: Option<ContentHash>,
    /// What tags there are.
    pub vocabulary: Vocabulary,
    /// Metadata fields whose values are tags.
    pub own_fields: Vec<String>,
    /// How each dimension of a prompt is assigned where it was not imported, by its name.
    pub methods: Map<String, Value>,
    /// How well the examples of the definitions are tagged.
    pub calibration: Calibration,
    pub(crate) percentiles: Percentiles,
}

impl Study {
    /// The tagging in force; `None` before the study was tagged.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn tagging(&self) -> Result<Option<Tagging>> {
        let kept = self.store.read_aside(|reader| reader.tagging())?;
        kept.map(|(number, stored)| read_tagging(number, stored)).transpose()
    }

    /// Tags every item that has no tags yet. The first tagging chooses the encoder and the
    /// researcher's own tags, and freezes the percentiles; later ones go on with it, unless
    /// they are to begin anew or the researcher's own tags come from other fields now. Until all
    /// items have the tags of a new one, the earlier one is in force.
    ///
    /// # Errors
    /// [`AppError::EmptyStudy`], on cancellation, or if a model or the file fails; what was
    /// measured before is kept.
    pub fn tag(
        &self,
        source: &dyn ModelSource,
        options: &TagOptions,
        watch: &dyn Watch,
    ) -> Result<TagReport> {
        let began = Instant::now();
        let items = self.store.read(|reader| reader.item_count())?;
        if items == 0 {
            return Err(AppError::EmptyStudy);
        }
        let newest = self.store.read(|reader| reader.newest_tagging())?;
        let mut encoders = Encoders::open(self, source, watch)?;
        let kept = match newest {
            Some((_, stored))
                if !same_fields(&of_json::<Vec<_>>(stored.fields.clone())?, options) =>
            {
                None
            }
            // One that was broken off goes on, if its encoder is still there.
            Some((_, stored)) if options.again && stored.percentiles.is_some() => None,
            Some((_, stored)) if options.again && !encoders.are_those_of(&stored) => None,
            kept => kept,
        };
        let is_new = kept.is_none();
        let (number, stored) = match kept {
            Some(kept) => kept,
            None => self.begin_tagging(&encoders, options, watch)?,
        };
        encoders.keep_to(&stored);
        let mut tagging = read_tagging(number, stored)?;
        let is_frozen =
            self.store.read(|r| r.tagging())?.is_some_and(|(in_force, _)| in_force == number);
        let before = self.store.read(|reader| reader.measured_count(number))?;
        watch.stage("Measuring", Some(items - before));
        let mut work = measure::Work::new(&tagging, &encoders, is_frozen);
        self.measure_untagged(number, &mut work, watch)?;
        let matching_s = work.matching_s;
        if !is_frozen {
            tagging.percentiles = self.percentiles(number)?;
        }
        watch.stage("Tagging", Some(items));
        self.give_tags(&tagging, is_frozen, watch)?;
        if !is_frozen {
            let percentiles = to_json(&tagging.percentiles)?;
            self.store.write(|writer| writer.freeze_percentiles(number, &percentiles))?;
        }
        self.drop_earlier_tags(number)?;
        let mut report = self.tag_report(&tagging)?;
        report.is_new = is_new;
        report.tagged = report.items - before.min(report.items);
        report.tagged_before = before;
        report.notes = encoders.notes;
        report.notes.extend(tagging.fields_without_tags());
        report.encoder = encoders.text.as_ref().map(|text| text.scorer.identity().name.clone());
        report.matching_s = matching_s;
        report.seconds = began.elapsed().as_secs_f64();
        Ok(report)
    }

    /// Decides what tags there are, and notes it.
    fn begin_tagging(
        &self,
        encoders: &Encoders,
        options: &TagOptions,
        watch: &dyn Watch,
    ) -> Result<(i64, StoredTagging)> {
        let mut own = OwnTags::new(&options.own_fields);
        if !options.own_fields.is_empty() {
            let mut after = 0;
            loop {
                stop_if_cancelled(watch)?;
                let page = self.store.read(|reader| reader.items_after(after, PAGE))?;
                page.items.iter().for_each(|item| own.count(&item.tags, &item.metadata));
                match page.next {
                    Some(next) => after = next,
                    None => break,
                }
            }
        }
        let (mut media, mut model_tags) = (Vec::new(), Vec::new());
        for scorer in encoders.media.values() {
            for name in scorer.measures() {
                match media_measure(name) {
                    Some(known) => media.extend([known.name.to_owned(), known.difference()]),
                    None => model_tags.push(name.clone()),
                }
            }
        }
        let vocabulary = Vocabulary::new(&media, &model_tags, &own.commonest());
        let media_encoders: Map<String, Value> = encoders
            .media
            .iter()
            .map(|(modality, scorer)| {
                let hash = scorer.identity().encoder_hash.to_string();
                (modality.as_str().to_owned(), hash.into())
            })
            .collect();
        let text = encoders.text.as_ref();
        let stored = StoredTagging {
            created_at: now(),
            encoder_hash: text.map(|text| text.scorer.identity().encoder_hash),
            media_encoders: media_encoders.into(),
            settings_hash: text.map(|text| text.tagger.settings_hash()),
            fields: json!(options.own_fields),
            methods: to_json(&measure::methods(text.is_some()))?,
            calibration: to_json(
                &text.map(|text| text.tagger.calibration()).cloned().unwrap_or_default(),
            )?,
            vocabulary: to_json(&vocabulary)?,
            percentiles: None,
        };
        let number = self.store.write(|writer| writer.begin_tagging(&stored))?;
        Ok((number, stored))
    }

    /// The percentiles over all that was measured.
    fn percentiles(&self, number: i64) -> Result<Percentiles> {
        let mut values: HashMap<String, Vec<f64>> = HashMap::new();
        self.each_tagged(number, |page| {
            for tagged in page {
                let measures: Measures = of_json(tagged.tags.measures)?;
                let ranked = Measure::ALL.into_iter().filter(|measure| measure.is_ranked());
                for measure in ranked {
                    if let Some(value) = measures.get(measure) {
                        values.entry(measure.name().to_owned()).or_default().push(value);
                    }
                }
                for (name, value) in measures.media {
                    values.entry(name).or_default().push(value);
                }
            }
            Ok(())
        })?;
        Ok(values.into_iter().map(|(name, values)| (name, Ranks::of(values))).collect())
    }

    /// Gives their tags to all items that were measured before ranks were known. Where they are
    /// not frozen, what was given before it was broken off is by other ranks, and given again.
    fn give_tags(&self, tagging: &Tagging, is_frozen: bool, watch: &dyn Watch) -> Result<()> {
        self.each_tagged(tagging.number, |page| {
            stop_if_cancelled(watch)?;
            let last = page.last().map_or(0, |last| last.ordinal);
            let waiting: Vec<TaggedItem> = page
                .into_iter()
                .filter(|tagged| !is_frozen || tagged.tags.tags.is_none())
                .collect();
            if !waiting.is_empty() {
                self.store.write(|writer| {
                    for mut tagged in waiting {
                        let measures: Measures = of_json(tagged.tags.measures.clone())?;
                        tagged.tags.tags = Some(tags_of(
                            &tagging.vocabulary,
                            &tagging.percentiles,
                            &tagged.tags.given,
                            &measures,
                        ));
                        writer.keep_item_tags(tagging.number, tagged.item, &tagged.tags)?;
                    }
                    Ok::<_, AppError>(())
                })?;
            }
            watch.advance(last);
            Ok(())
        })
    }

    /// Drops what earlier taggings found, some at a time.
    fn drop_earlier_tags(&self, number: i64) -> Result<()> {
        if !self.store.read_aside(|reader| reader.has_earlier_item_tags(number))? {
            return Ok(());
        }
        while self.store.write(|writer| writer.drop_earlier_item_tags(number, PAGE))? {}
        Ok(())
    }

    /// Whether every item has the tags that these options ask for, so that nothing is to be done.
    pub(crate) fn is_tagged(&self, options: &TagOptions) -> Result<bool> {
        self.store.read_aside(|reader| {
            let Some((number, stored)) = reader.tagging()? else { return Ok(false) };
            Ok(!options.again
                && same_fields(&of_json::<Vec<_>>(stored.fields)?, options)
                && reader.newest_tagging()?.is_some_and(|(newest, _)| newest == number)
                && reader.measured_count(number)? == reader.item_count()?)
        })
    }

    /// Walks over what a tagging found, page by page.
    fn each_tagged(
        &self,
        number: i64,
        mut visit: impl FnMut(Vec<TaggedItem>) -> Result<()>,
    ) -> Result<()> {
        let mut after = 0;
        loop {
            let page = self.store.read(|reader| reader.item_tags_after(number, after, PAGE))?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.ordinal;
            visit(page)?;
        }
    }
}

impl Tagging {
    /// A sentence for each chosen field that gave no tag.
    fn fields_without_tags(&self) -> impl Iterator<Item = String> + '_ {
        let has_tag = |field: &&String| {
            let start = format!("{field}: ");
            self.vocabulary.names().iter().any(|name| name.starts_with(&start))
        };
        self.own_fields
            .iter()
            .filter(move |field| !has_tag(field))
            .map(|field| format!("no item has a value in the field {field}"))
    }
}

/// Whether a tagging has its researcher's own tags from the fields asked for, in any order.
fn same_fields(stored: &[String], options: &TagOptions) -> bool {
    let sorted = |fields: &[String]| fields.iter().cloned().collect::<BTreeSet<String>>();
    sorted(stored) == sorted(&options.own_fields)
}

fn read_tagging(number: i64, stored: StoredTagging) -> Result<Tagging> {
    Ok(Tagging {
        number,
        encoder: stored.encoder_hash,
        settings: stored.settings_hash,
        vocabulary: of_json(stored.vocabulary)?,
        own_fields: of_json(stored.fields)?,
        methods: of_json(stored.methods)?,
        calibration: of_json(stored.calibration)?,
        percentiles: stored.percentiles.map(of_json).transpose()?.unwrap_or_default(),
    })
}

fn to_json<T: Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|source| AppError::Json { what: "tagging", source })
}

fn of_json<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|source| AppError::Json { what: "tagging", source })
}

/// The modalities whose encoders look at files.
const OF_FILES: [Modality; 2] = [Modality::Image, Modality::Music];
