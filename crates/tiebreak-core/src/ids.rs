//! Typed ids: a [`JudgmentId`] cannot be passed where an [`ItemId`] is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps an identifier. New ones are UUIDv7, so that they sort by creation time.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The 16 bytes, as stored.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

typed_id! {
    /// One item: a prompt and its candidates.
    ItemId;
    /// One candidate answer to an item.
    CandidateId;
    /// One person or one AI judge.
    AnnotatorId;
    /// One judgment, or one revision of it.
    JudgmentId;
    /// One run of a routing policy.
    PolicyRunId;
    /// One reward model, by its exact files.
    RewardModelId;
}
