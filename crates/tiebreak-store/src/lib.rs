//! The study file: one SQLite database per study, and all the SQL of the project.
//!
//! [`Store`] opens the file; [`Store::read`] and [`Store::write`] hand out a [`Reader`] or a
//! [`Writer`] whose methods live beside the tables in `table/`. There is one writer connection,
//! and a write is one transaction that is on disk when the call returns. Reads never write.
//! Deliberately absent: clocks and id generation (both are passed in), and rusqlite in any
//! public signature.

mod bulk;
mod checkpoint;
mod codec;
mod error;
mod flush;
mod migration;
#[cfg(test)]
mod schema_doc;
mod study_file;
mod table;
#[cfg(test)]
mod tests;

pub use bulk::{BulkAdded, BulkLoad, BulkRows};
pub use error::{Result, StoreError};
pub use study_file::{Reader, Store, Writer};
pub use table::annotator::AnnotatorTally;
pub use table::budget_curve::StoredCurve;
pub use table::export_page::{ExportAnnotator, ExportEntry, ExportPage, ExportScope, ItemLinks};
pub use table::held_out_preference::HeldOutPreference;
pub use table::item::{ItemPage, NewItem, PreparedItem};
pub use table::item_tags::{ItemTags, StoredTagging, TaggedItem};
pub use table::judgment::LiveJudgment;
pub use table::media::{MediaKind, MediaRow};
pub use table::overview::Counts;
pub use table::queue::{QueueScan, QueueScope};
pub use table::random_sample::RandomSample;
pub use table::reward_model::StoredRewardModel;
pub use table::reward_score::ScoredPair;
pub use table::route::RoutedItem;
pub use table::routing_facts::{ItemFacts, PairLinks, PairVotes, Tally};
pub use table::scoring_run::ScoringRun;
pub use table::study::StudyRow;
pub use table::trained_head::TrainedHead;
