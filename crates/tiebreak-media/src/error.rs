//! What can be wrong with a file of media.

use std::{fmt, io};

/// Why media cannot be read, decoded or measured.
///
/// Clones freely, so that all who wait for one decode get the same answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MediaError {
    /// The file cannot be read.
    #[error("cannot read the file: {message}")]
    Io {
        /// The kind of the operating system's error.
        kind: io::ErrorKind,
        /// The operating system's message.
        message: String,
    },
    /// The content is in none of the supported formats, whatever the file's name.
    #[error("not an image or audio file in a supported format")]
    UnknownFormat,
    /// The content is of the other kind: audio where an image is needed, or the reverse.
    #[error("{found} where {needed} is needed")]
    WrongKind {
        /// What is needed: "an image" or "audio".
        needed: &'static str,
        /// The format found, such as "PNG".
        found: &'static str,
    },
    /// The file is larger than [`crate::Limits::max_file_bytes`].
    #[error(
        "the file has {} and the limit is {}",
        Size(*.bytes),
        Size(*.limit)
    )]
    FileTooLarge {
        /// The file's size in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The header announces more pixels than the limits allow; nothing was decoded.
    #[error(
        "the image would be {width} x {height} pixels ({:.1} megapixels, {} decoded) and the limit \
         is {:.1} megapixels ({})",
        *.width as f64 * *.height as f64 / 1e6,
        Size(*.decoded_bytes),
        *.max_pixels as f64 / 1e6,
        Size(*.max_decoded_bytes)
    )]
    ImageTooLarge {
        /// Announced width in pixels.
        width: u32,
        /// Announced height in pixels.
        height: u32,
        /// What the decoded image would take in memory, in bytes.
        decoded_bytes: u64,
        /// The limit in pixels.
        max_pixels: u64,
        /// The limit in bytes.
        max_decoded_bytes: u64,
    },
    /// The audio is longer, or larger when decoded, than the limits allow.
    #[error(
        "the audio has more than {seconds:.0} s ({} decoded) and the limit is {max_seconds:.0} s \
         ({})",
        Size(*.decoded_bytes),
        Size(*.max_decoded_bytes)
    )]
    AudioTooLong {
        /// The length so far, or as announced, in seconds.
        seconds: f64,
        /// What that length takes in memory, in bytes.
        decoded_bytes: u64,
        /// The limit in seconds.
        max_seconds: f64,
        /// The limit in bytes.
        max_decoded_bytes: u64,
    },
    /// The content breaks the rules of its format.
    #[error("damaged {format}: {detail}")]
    Malformed {
        /// The format's name, such as "PNG".
        format: &'static str,
        /// What the decoder says.
        detail: String,
    },
    /// The content is valid, but uses a part of its format that is not supported.
    #[error("{format} of a kind that is not supported: {detail}")]
    Unsupported {
        /// The format's name, such as "AVIF".
        format: &'static str,
        /// What is not supported.
        detail: String,
    },
    /// A region that does not lie within its picture.
    #[error(
        "the region {width} x {height} at ({x}, {y}) is not within the picture of {picture_width} x \
         {picture_height} pixels"
    )]
    OutsidePicture {
        /// Left edge of the region in pixels.
        x: u32,
        /// Top edge of the region in pixels.
        y: u32,
        /// Width of the region in pixels.
        width: u32,
        /// Height of the region in pixels.
        height: u32,
        /// Width of the picture in pixels.
        picture_width: u32,
        /// Height of the picture in pixels.
        picture_height: u32,
    },
    /// A size, count, rate or index that cannot be worked with.
    #[error("{0}")]
    Argument(&'static str),
}

impl MediaError {
    pub(crate) fn malformed(format: &'static str, detail: impl fmt::Display) -> Self {
        Self::Malformed { format, detail: detail.to_string() }
    }

    pub(crate) fn unsupported(format: &'static str, detail: impl fmt::Display) -> Self {
        Self::Unsupported { format, detail: detail.to_string() }
    }
}

impl From<io::Error> for MediaError {
    fn from(error: io::Error) -> Self {
        Self::Io { kind: error.kind(), message: error.to_string() }
    }
}

/// Bytes for people: kB, MB or GB, decimal.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0 as f64;
        match self.0 {
            0..1_000 => write!(f, "{bytes} bytes"),
            1_000..1_000_000 => write!(f, "{:.1} kB", bytes / 1e3),
            1_000_000..1_000_000_000 => write!(f, "{:.1} MB", bytes / 1e6),
            _ => write!(f, "{:.1} GB", bytes / 1e9),
        }
    }
}

/// Runs a decoder from outside and turns a panic in it into an error: one bad file must not end
/// the program. The decoders are fuzzed, so this is the second line, not the first.
pub(crate) fn contained<T>(
    format: &'static str,
    decode: impl FnOnce() -> Result<T, MediaError>,
) -> Result<T, MediaError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(MediaError::malformed(format, "the decoder gave up")))
}
