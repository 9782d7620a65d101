//! Reading preference data row by row.
//!
//! A [`Reader`] takes lines apart and knows nothing of formats; [`Format`] says which format a
//! parsed row has and hands it to that format's own file.

mod candidates;
mod content;
mod fields;
mod folder;
mod format;
mod label;
mod labelled_pair;
mod lines;
mod media;
mod pair;
mod reader;
mod report;
mod row;
mod table;
mod transcript;
mod trl;

pub use format::Format;
pub use media::MediaFile;
pub use reader::Reader;
pub use report::{FieldUse, ImportReport};
pub use row::{ImportedAnnotator, ImportedJudgment, ImportedOutcome, ImportedRow};
