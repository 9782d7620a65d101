//! Values between Rust and SQLite: ids as 16-byte blobs, hashes as 32, times as RFC 3339 text,
//! structured values as JSON text.

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tiebreak_core::{
    AnnotatorId, CandidateId, ContentHash, ItemId, JudgmentId, PolicyRunId, RewardModelId,
};
use uuid::Uuid;

/// A typed id that is stored as a blob.
pub(crate) trait BlobId: Sized {
    fn from_uuid(id: Uuid) -> Self;
}

macro_rules! blob_ids {
    ($($name:ident),*) => {$(impl BlobId for $name {
        fn from_uuid(id: Uuid) -> Self {
            Self::new(id)
        }
    })*};
}

blob_ids!(AnnotatorId, CandidateId, ItemId, JudgmentId, PolicyRunId, RewardModelId);

fn conversion(
    column: usize,
    kind: Type,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, error.into())
}

/// Reads a text in its place.
fn text<'r>(row: &'r Row<'_>, column: usize) -> rusqlite::Result<&'r str> {
    let value = row.get_ref(column)?;
    value.as_str().map_err(|error| conversion(column, value.data_type(), error))
}

/// Reads an id.
pub(crate) fn id<T: BlobId>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let bytes: [u8; 16] = row.get(column)?;
    Ok(T::from_uuid(Uuid::from_bytes(bytes)))
}

/// Reads an id or NULL.
pub(crate) fn optional_id<T: BlobId>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    let bytes: Option<[u8; 16]> = row.get(column)?;
    Ok(bytes.map(|bytes| T::from_uuid(Uuid::from_bytes(bytes))))
}

/// Reads a hash.
pub(crate) fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<ContentHash> {
    Ok(ContentHash::from_bytes(row.get(column)?))
}

/// Reads a time.
pub(crate) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<DateTime<Utc>> {
    parse_time(text(row, column)?).map_err(|error| conversion(column, Type::Text, error))
}

/// Reads a time or NULL.
pub(crate) fn optional_time(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<DateTime<Utc>>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| parse_time(&text).map_err(|error| conversion(column, Type::Text, error)))
        .transpose()
}

fn parse_time(text: &str) -> Result<DateTime<Utc>, chrono::ParseError> {
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc())
}

/// Reads JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = text(row, column)?;
    serde_json::from_str(text).map_err(|error| conversion(column, Type::Text, error))
}

/// Reads JSON that mostly is one string, which `plain` makes a value of: without first asking
/// what else it may be.
pub(crate) fn json_or_plain<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
    plain: impl FnOnce(String) -> T,
) -> rusqlite::Result<T> {
    if text(row, column)?.starts_with('"') {
        json(row, column).map(plain)
    } else {
        json(row, column)
    }
}

/// Reads a word of a fixed list.
pub(crate) fn word<T>(
    row: &Row<'_>,
    column: usize,
    parse: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let text = text(row, column)?;
    parse(text).ok_or_else(|| conversion(column, Type::Text, format!("unknown word {text:?}")))
}

/// A time as stored: microseconds, so that two commits of one second keep their order.
pub(crate) fn time_text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// JSON as stored.
pub(crate) fn json_text<T: Serialize + ?Sized>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}
