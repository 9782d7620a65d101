//! Writing labelled pairs as a data set that trainers load.
//!
//! A [`DatasetWriter`] owns the folder: splits, card, manifest, and that no half-written file
//! ever has a final name. How rows become bytes is in one file for each kind of data file; which
//! columns they have is one table for all.

mod card;
mod columns;
mod dataset;
mod format;
mod jsonl;
mod manifest;
mod parquet;
mod row;
mod split;
mod staged;

pub use card::{DatasetCard, LeftOut};
pub use dataset::{DatasetWriter, ExportSummary};
pub use format::{ExportFormat, ExportOptions};
pub use row::ExportRow;
