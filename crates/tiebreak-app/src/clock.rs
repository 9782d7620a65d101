//! The edge where times, ids and seeds come from.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The time now, UTC.
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A new UUIDv7.
pub(crate) fn fresh() -> Uuid {
    Uuid::now_v7()
}

/// A new seed: the 62 random bits of a UUIDv7.
pub(crate) fn seed() -> u64 {
    fresh().as_u64_pair().1 & (u64::MAX >> 2)
}
