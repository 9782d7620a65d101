//! One file per table (or per pair that is always used together): its row, its writes, its reads.

pub(crate) mod annotator;
pub(crate) mod embedding;
pub(crate) mod item;
pub(crate) mod judgment;
pub(crate) mod overview;
pub(crate) mod presentation;
pub(crate) mod reward;
pub(crate) mod route;
pub(crate) mod study;
