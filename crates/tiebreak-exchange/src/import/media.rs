//! Rows whose candidates are files.

use std::path::Path;

use serde_json::{Map, Value};
use tiebreak_core::{CandidateContent, Modality};

use super::format::Answer;
use crate::problem::Flaw;

/// A candidate that is a file: not read here, only named.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaFile {
    /// The field that names it, for messages.
    pub field: String,
    /// The path as the row writes it, relative to the folder that the row's file is in.
    pub path: String,
    /// Lyrics or a caption to show beside it.
    pub text: Option<String>,
    /// The system that made it.
    pub system: Option<String>,
    /// Whatever else the row says of it.
    pub metadata: Map<String, Value>,
}

impl MediaFile {
    /// Whether it is named by an address on the network, which is never asked for the file.
    pub fn is_elsewhere(&self) -> bool {
        self.path.contains("://")
    }
}

const IMAGES: [&str; 9] = ["png", "jpg", "jpeg", "webp", "avif", "gif", "tif", "tiff", "jfif"];
const CLIPS: [&str; 12] =
    ["wav", "flac", "mp3", "ogg", "oga", "opus", "m4a", "mp4", "aac", "aiff", "aif", "caf"];

/// Endings of images and audio that cannot be read, so that a folder's files are not passed over
/// without a word.
const OTHERS: [&str; 14] = [
    "svg", "heic", "heif", "jxl", "bmp", "psd", "exr", "tga", "mid", "midi", "wma", "ape", "wv",
    "mpc",
];

/// Whether a file's ending is of an image or a clip in a format that is not supported.
pub(super) fn is_unsupported(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| OTHERS.contains(&ending.to_lowercase().as_str()))
}

/// The modality that a file's ending speaks of. The content decides later.
pub(super) fn modality_of(path: &str) -> Option<Modality> {
    let ending = Path::new(path).extension()?.to_str()?.to_lowercase();
    let is_in = |endings: &[&str]| endings.contains(&ending.as_str());
    if is_in(&IMAGES) { Some(Modality::Image) } else { is_in(&CLIPS).then_some(Modality::Music) }
}

/// Parts the answers of a row that are files from those that are text. A row whose modality is
/// image or music has file names where texts have answers.
pub(super) fn take_media(
    stated: Option<Modality>,
    mut answers: Vec<Answer>,
) -> Result<(Modality, Vec<Answer>, Vec<MediaFile>), Flaw> {
    if matches!(stated, Some(Modality::Image | Modality::Music)) {
        for answer in &mut answers {
            if answer.media.is_none() {
                let text =
                    std::mem::replace(&mut answer.content, CandidateContent::Text(String::new()));
                answer.media = match text {
                    CandidateContent::Text(path) => Some(path),
                    // As conversational exports have it.
                    CandidateContent::Turns(mut turns) if turns.len() == 1 => {
                        turns.pop().map(|turn| turn.content)
                    }
                    CandidateContent::Turns(_) | CandidateContent::Media(_) => {
                        return Err(Flaw::field(answer.field, "the name of a file is expected"));
                    }
                };
            }
        }
    }
    let Some(first) = answers.iter().find_map(|answer| answer.media.clone()) else {
        return Ok((stated.unwrap_or(Modality::Text), answers, Vec::new()));
    };
    if let Some(text) = answers.iter().find(|answer| answer.media.is_none()) {
        return Err(Flaw::field(text.field, "is text, and another candidate is a file"));
    }
    let modality = match stated {
        Some(Modality::Text) => {
            return Err(Flaw::field("modality", "is text, and the candidates are files"));
        }
        Some(modality) => modality,
        None => modality_of(&first).ok_or_else(|| {
            Flaw::field(
                "modality",
                format!("is missing, and the ending of {first:?} says neither image nor music"),
            )
        })?,
    };
    let mut files = Vec::with_capacity(answers.len());
    for answer in answers {
        let path = answer.media.unwrap_or_default();
        if path.trim().is_empty() {
            return Err(Flaw::field(answer.field, "names no file"));
        }
        files.push(MediaFile {
            field: answer.field.to_owned(),
            path,
            text: Some(answer.content.plain_text()).filter(|text| !text.is_empty()),
            system: answer.system,
            metadata: answer.metadata,
        });
    }
    Ok((modality, Vec::new(), files))
}
