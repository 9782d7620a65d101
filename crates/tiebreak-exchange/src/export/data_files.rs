//! The data files of a data set: one for each split of each configuration, or several shards.

use std::collections::{BTreeMap, HashMap};

use super::column::Row;
use super::container::Place;
use super::manifest::SplitFile;
use super::pipeline::{Batch, Gather, Part, Pipeline, Size};
use super::split::{config_name, rank, split_name};
use super::staged::Staging;
use super::{Column, Container, ExportOptions};
use crate::ExchangeError;

/// More splits than this are no splits.
const MAX_SPLITS: usize = 32;
/// Each data file is open while rows are written.
const MAX_FILES: usize = 512;
/// What all files together gather in memory, in bytes.
const MOST_GATHERED: usize = 64 << 20;
/// The folder of Parquet files in a data set of one configuration.
const PARQUET_FOLDER: &str = "data";

/// The data files being written.
pub(super) struct DataFiles {
    pipeline: Pipeline,
    container: Container,
    shard_bytes: u64,
    /// Numbers of files by configuration and split, both as rows name them.
    numbers: HashMap<String, HashMap<String, usize>>,
    /// Configuration, split and number of the last row's file: mostly the next one's too.
    last: Option<(String, String, usize)>,
    files: Vec<DataFile>,
    gathered: usize,
}

struct DataFile {
    config: Option<String>,
    split: String,
    gather: Box<dyn Gather>,
    /// What is gathered and not handed over yet.
    pending: Size,
}

impl DataFiles {
    pub(super) fn start(staging: &Staging, options: &ExportOptions) -> Result<Self, ExchangeError> {
        Ok(Self {
            pipeline: Pipeline::start(staging.folder())?,
            container: options.container,
            shard_bytes: options.shard_bytes,
            numbers: HashMap::new(),
            last: None,
            files: Vec::new(),
            gathered: 0,
        })
    }

    /// Adds a row that was checked to fit the columns and takes `bytes` in memory.
    pub(super) fn put(
        &mut self,
        staging: &Staging,
        columns: &[Column],
        split: &str,
        row: &Row<'_>,
        bytes: usize,
    ) -> Result<(), ExchangeError> {
        let config = row.config.as_deref().unwrap_or_default();
        let number = match &self.last {
            Some((last, part, number)) if is_same(last, config) && is_same(part, split) => *number,
            _ => {
                let known = self.numbers.get(config).and_then(|splits| splits.get(split)).copied();
                let number = match known {
                    Some(number) => number,
                    None => self.number(staging, columns, config, split)?,
                };
                self.last = Some((config.to_owned(), split.to_owned(), number));
                number
            }
        };
        let Some(file) = self.files.get_mut(number) else { return Ok(()) };
        let bytes = bytes + file.gather.push(&row.cells, staging.media())?;
        file.pending.counts.add(row.label_source);
        file.pending.bytes += bytes as u64;
        self.gathered += bytes;
        if file.gather.is_enough(file.pending.counts.rows, file.pending.bytes as usize) {
            self.hand_over(number)?;
        } else if self.gathered > MOST_GATHERED {
            let files = self.files.iter().enumerate();
            if let Some((largest, _)) = files.max_by_key(|(_, file)| file.pending.bytes) {
                self.hand_over(largest)?;
            }
        }
        Ok(())
    }

    /// Completes the files and gives shards their final names.
    pub(super) fn finish(mut self, staging: &Staging) -> Result<Vec<SplitFile>, ExchangeError> {
        for number in 0..self.files.len() {
            self.hand_over(number)?;
        }
        let mut parts = self.pipeline.finish()?;
        let mut files: Vec<(usize, DataFile)> = self.files.into_iter().enumerate().collect();
        let order = |file: &DataFile| (file.config.clone(), rank(&file.split), file.split.clone());
        files.sort_by_cached_key(|(_, file)| order(file));
        let mut written = Vec::new();
        for (number, file) in files {
            let parts = parts.remove(&number).unwrap_or_default();
            let count = parts.len();
            for (place, Part { file: whole, size }) in parts.into_iter().enumerate() {
                let mut path = whole.path;
                if self.container == Container::Parquet {
                    let stem = stem(self.container, file.config.as_deref(), &file.split);
                    let last = format!("{stem}-{place:05}-of-{count:05}.parquet");
                    staging.rename(&path, &last)?;
                    path = last;
                }
                written.push(SplitFile {
                    config: file.config.clone(),
                    split: file.split.clone(),
                    path,
                    bytes: whole.bytes,
                    sha256: whole.sha256,
                    counts: size.counts,
                    bytes_in_memory: size.bytes,
                });
            }
        }
        Ok(written)
    }

    fn hand_over(&mut self, number: usize) -> Result<(), ExchangeError> {
        let Some(file) = self.files.get_mut(number) else { return Ok(()) };
        if file.pending.counts.rows == 0 {
            return Ok(());
        }
        let size = std::mem::take(&mut file.pending);
        self.gathered -= size.bytes as usize;
        let content = file.gather.take(self.pipeline.spare())?;
        self.pipeline.write(number, Batch { content, size })
    }

    /// The number of the file that rows of a split go to, which is opened if need be.
    fn number(
        &mut self,
        staging: &Staging,
        columns: &[Column],
        config: &str,
        split: &str,
    ) -> Result<usize, ExchangeError> {
        let name = (!config.is_empty()).then(|| self.name_of(config));
        let reduced = split_name(Some(split));
        let same = |file: &DataFile| file.config == name && file.split == reduced;
        let number = match self.files.iter().position(same) {
            Some(number) => number,
            None => self.open(staging, columns, name, reduced)?,
        };
        let splits = self.numbers.entry(config.to_owned()).or_default();
        splits.insert(split.to_owned(), number);
        Ok(number)
    }

    /// The name of a configuration: one that another has already gets a number.
    fn name_of(&self, config: &str) -> String {
        let known = self.numbers.get(config).and_then(|splits| splits.values().next());
        if let Some(name) = known.and_then(|number| self.files.get(*number)?.config.clone()) {
            return name;
        }
        let name = config_name(config);
        let is_taken =
            |name: &str| self.files.iter().any(|file| file.config.as_deref() == Some(name));
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        std::iter::once(name.clone()).chain(numbered).find(|name| !is_taken(name)).unwrap_or(name)
    }

    fn open(
        &mut self,
        staging: &Staging,
        columns: &[Column],
        config: Option<String>,
        split: String,
    ) -> Result<usize, ExchangeError> {
        let splits = self.files.iter().filter(|file| file.config == config).count();
        if splits >= MAX_SPLITS {
            return Err(ExchangeError::TooManySplits { limit: MAX_SPLITS, split });
        }
        if self.files.len() >= MAX_FILES {
            return Err(ExchangeError::TooManyFiles { limit: MAX_FILES });
        }
        let stem = stem(self.container, config.as_deref(), &split);
        // How many shards there will be, and so their names, is not known yet.
        if self.container != Container::Parquet {
            staging.check_free(&format!("{stem}.{}", self.container))?;
        }
        let (folder, target) = (staging.folder().to_owned(), staging.target().to_owned());
        let place = Place { folder, target, stem, shard_bytes: self.shard_bytes };
        let (gather, sink) = self.container.open(place, columns)?;
        let number = self.files.len();
        self.pipeline.open(number, sink)?;
        self.files.push(DataFile { config, split, gather, pending: Size::default() });
        Ok(number)
    }
}

/// Equality that is quick for two empty texts: comparing no bytes at the address of nothing takes
/// some processors hundreds of cycles.
fn is_same(a: &str, b: &str) -> bool {
    a.len() == b.len() && (a.is_empty() || a == b)
}

/// The path of a split's files from the data set's folder, without number and ending.
fn stem(container: Container, config: Option<&str>, split: &str) -> String {
    match (config, container) {
        (Some(config), _) => format!("{config}/{split}"),
        (None, Container::Parquet) => format!("{PARQUET_FOLDER}/{split}"),
        (None, _) => split.to_owned(),
    }
}

/// Files by configuration, in the order of their names; the default one has no name.
pub(super) fn by_config(files: &[SplitFile]) -> BTreeMap<Option<&str>, Vec<&SplitFile>> {
    let mut configs: BTreeMap<Option<&str>, Vec<&SplitFile>> = BTreeMap::new();
    for file in files {
        configs.entry(file.config.as_deref()).or_default().push(file);
    }
    configs
}
