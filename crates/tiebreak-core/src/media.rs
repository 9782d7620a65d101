//! A media file of the study: an image or a clip, by its content.

use serde::{Deserialize, Serialize};

use crate::ContentHash;

/// An image or a clip as a candidate: what it is, by hash, never where it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaContent {
    /// The BLAKE3 hash of the file's bytes: its name in `NAME.media/`.
    pub media: ContentHash,
    /// Lyrics or a caption, shown beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
