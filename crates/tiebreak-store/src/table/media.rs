//! `media`: the images and clips that candidates name by hash, as they were measured on import.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use tiebreak_core::ContentHash;

use crate::codec::{hash, time, time_text, word};
use crate::{Reader, Result, Writer};

/// What a media file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// An image, still or moving.
    Image,
    /// A clip.
    Audio,
}

impl MediaKind {
    /// The word as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
        }
    }

    /// Reads the stored word; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Image, Self::Audio].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A media file of the study.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaRow {
    /// BLAKE3 of the file's bytes.
    pub hash: ContentHash,
    /// What it is.
    pub kind: MediaKind,
    /// For example `jpeg` or `flac`.
    pub format: String,
    /// Size of the file.
    pub bytes: u64,
    /// Image: pixels as shown, after the orientation that the file states.
    pub width: Option<u32>,
    /// Image: pixels as shown.
    pub height: Option<u32>,
    /// Image: number of frames.
    pub frames: Option<u32>,
    /// Whether it is an image that moves.
    pub animated: bool,
    /// Audio: seconds.
    pub duration_s: Option<f64>,
    /// Audio: hertz.
    pub sample_rate: Option<u32>,
    /// Audio: 1 is mono, 2 is stereo.
    pub channels: Option<u32>,
    /// Audio: integrated loudness by EBU R128, LUFS; absent for silence.
    pub loudness_lufs: Option<f64>,
    /// Audio: true peak, dBTP; absent for silence.
    pub true_peak_dbtp: Option<f64>,
    /// Its name in `NAME.media/`: `HASH.EXT`.
    pub file_name: String,
    /// Where a linked file lies; `None`: it was copied into `NAME.media/`.
    pub linked_path: Option<String>,
    /// When it was added.
    pub added_at: DateTime<Utc>,
    /// Audio: what the waveform is drawn from, as tiebreak-media encodes it.
    pub peaks: Option<Vec<u8>>,
}

const COLUMNS: &str = "hash, kind, format, bytes, width, height, frames, animated, duration_s, \
                       sample_rate, channels, loudness_lufs, true_peak_dbtp, file_name, \
                       linked_path, added_at, peaks";

fn read(row: &Row<'_>) -> rusqlite::Result<MediaRow> {
    Ok(MediaRow {
        hash: hash(row, 0)?,
        kind: word(row, 1, MediaKind::parse)?,
        format: row.get(2)?,
        bytes: row.get::<_, i64>(3)? as u64,
        width: row.get(4)?,
        height: row.get(5)?,
        frames: row.get(6)?,
        animated: row.get(7)?,
        duration_s: row.get(8)?,
        sample_rate: row.get(9)?,
        channels: row.get(10)?,
        loudness_lufs: row.get(11)?,
        true_peak_dbtp: row.get(12)?,
        file_name: row.get(13)?,
        linked_path: row.get(14)?,
        added_at: time(row, 15)?,
        peaks: row.get(16)?,
    })
}

impl Reader<'_> {
    /// The media file of this hash.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn media(&self, media: ContentHash) -> Result<Option<MediaRow>> {
        Ok(self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM media WHERE hash = ?1"))?
            .query_row([media.as_bytes()], read)
            .optional()?)
    }

    /// Whether a media file of this hash belongs to the study.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn media_known(&self, media: ContentHash) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached("SELECT 1 FROM media WHERE hash = ?1")?
            .exists([media.as_bytes()])?)
    }
}

impl Writer<'_> {
    /// Registers a media file, or, of one that is here already, where it lies now: a copy stays
    /// a copy, a linked file may become a copy or be linked elsewhere. Returns whether it is new.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert_media(&self, media: &MediaRow) -> Result<bool> {
        let is_new = !self.media_known(media.hash)?;
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO media ({COLUMNS})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
                 ON CONFLICT DO UPDATE
                   SET linked_path = excluded.linked_path, file_name = excluded.file_name
                   WHERE linked_path IS NOT NULL"
            ))?
            .execute(params![
                media.hash.as_bytes(),
                media.kind.as_str(),
                media.format,
                media.bytes as i64,
                media.width,
                media.height,
                media.frames,
                media.animated,
                media.duration_s,
                media.sample_rate,
                media.channels,
                media.loudness_lufs,
                media.true_peak_dbtp,
                media.file_name,
                media.linked_path,
                time_text(media.added_at),
                media.peaks,
            ])?;
        Ok(is_new)
    }
}
