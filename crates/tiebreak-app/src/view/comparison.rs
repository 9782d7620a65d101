//! A comparison on its way to the screen, and a judgment on its way back.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A turn of the prompt or of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TurnView {
    /// `system`, `user`, `assistant` or `tool`.
    pub role: String,
    /// Markdown, as imported.
    pub text: String,
}

/// A comparison as it is to be shown.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ComparisonView {
    /// The item.
    pub item: String,
    /// Its number in the study, from 1.
    pub ordinal: u32,
    /// `text`, `image` or `music`.
    pub modality: String,
    /// The prompt's turns; plain text is one user turn.
    pub prompt: Vec<TurnView>,
    /// Criteria to judge by, shown apart.
    pub context: Option<String>,
    /// The candidates from left to right, 2 to 10.
    pub candidates: Vec<CandidateView>,
    /// How clips are brought to one loudness; absent where nothing is to be heard.
    pub loudness: Option<LoudnessMatch>,
    /// The first turn of a recommendation of two, with this annotator's answer to it.
    pub preceding: Option<PrecedingView>,
    /// The annotator's own answer so far; set when they come back to it.
    pub previous: Option<AnswerView>,
}

/// A candidate as it is to be shown.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CandidateView {
    /// What an answer names.
    pub id: String,
    /// What it says; plain text is one assistant turn. Beside a media file: lyrics or caption.
    pub turns: Vec<TurnView>,
    /// The image or clip.
    pub media: Option<MediaView>,
    /// Its steps, where the study asks for the first wrong one.
    pub steps: Option<Vec<String>>,
    /// The system that made it; only in studies that are not blind.
    pub system: Option<String>,
}

/// An image or a clip.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct MediaView {
    /// What the media address names: the hash of the file, 64 hexadecimal digits.
    pub id: String,
    /// Of an image.
    pub image: Option<ImageView>,
    /// Of a clip.
    pub audio: Option<AudioView>,
    /// Why it cannot be shown or played: the file is gone or cannot be read.
    pub problem: Option<String>,
}

/// What is known of an image.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ImageView {
    /// Pixels, as it is shown (after the orientation that the file states).
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// For example `jpeg`; empty in blind studies, for systems may write formats of their own.
    pub format: String,
    /// Whether it moves.
    pub animated: bool,
}

/// What is known of a clip.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AudioView {
    /// For example `flac`; empty in blind studies.
    pub format: String,
    /// Seconds.
    pub duration_s: f64,
    /// Hertz.
    pub sample_rate: u32,
    /// 1 is mono, 2 is stereo.
    pub channels: u32,
    /// Integrated loudness by EBU R128, LUFS; absent for silence.
    pub loudness_lufs: Option<f64>,
    /// True peak, dBTP; absent for silence.
    pub true_peak_dbtp: Option<f64>,
}

/// How the clips of a comparison are brought to one loudness.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct LoudnessMatch {
    /// Decibels to add to each candidate, in the order shown; 0 where the loudness is unknown.
    pub gains_db: Vec<f64>,
    /// The common loudness, LUFS; absent where no clip has one.
    pub target_lufs: Option<f64>,
    /// Whether the target was lowered to keep true peaks under -1 dBTP.
    pub limited: bool,
}

/// The comparison before this one, in a recommendation of two turns.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PrecedingView {
    /// Its prompt.
    pub prompt: Vec<TurnView>,
    /// The candidate that the annotator preferred, if one.
    pub preferred: Option<CandidateView>,
    /// What they answered, with their comment as the rationale.
    pub answer: AnswerView,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// One candidate is better.
    Preferred {
        /// Which.
        candidate: String,
    },
    /// Candidates in order, the best tier first. Those of one tier are tied; those left out are
    /// unranked.
    Ranked {
        /// The tiers.
        tiers: Vec<Vec<String>>,
    },
    /// As good as each other.
    Tie,
    /// None is acceptable.
    BothBad,
    /// Passed on.
    Skipped {
        /// `unstated`, `not_qualified`, `broken` or `unwanted`.
        reason: String,
    },
}

/// What is answered on one aspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AspectAnswerView {
    /// One candidate is better on it.
    Preferred {
        /// Which.
        candidate: String,
    },
    /// As good as each other on it.
    Tie,
    /// Each for itself.
    Ratings {
        /// Candidate and rating, 1 to 5.
        ratings: Vec<(String, u8)>,
    },
}

/// An answer on one aspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AspectView {
    /// The aspect's id.
    pub aspect: String,
    /// What is answered.
    pub answer: AspectAnswerView,
    /// Reasons ticked, from the aspect's list.
    #[serde(default)]
    pub reasons: Vec<String>,
}

/// A passage marked as good or bad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HighlightView {
    /// Whose text.
    pub candidate: String,
    /// Which of its turns, from 0.
    pub turn: u32,
    /// The first character, from 0, in Unicode scalar values (not UTF-16 units) of the turn's
    /// text as imported.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Good, or else bad.
    pub good: bool,
    /// Why.
    pub reason: Option<String>,
}

/// The first wrong step of a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StepView {
    /// Whose steps.
    pub candidate: String,
    /// From 0; null: every step is right.
    pub first_wrong: Option<u32>,
}

/// A stretch of a clip that was heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ListenView {
    /// Which clip.
    pub candidate: String,
    /// Where in the clip it began, in milliseconds.
    pub from_ms: u32,
    /// Where in the clip it ended.
    pub to_ms: u32,
    /// When it began to sound, RFC 3339.
    pub at: String,
}

/// An answer with what belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AnswerView {
    /// What is answered.
    pub answer: Answer,
    /// 0 to 3; absent when not given. An untouched slider is absent.
    #[serde(default)]
    pub strength: Option<u8>,
    /// 0 (guessing) to 1 (certain); absent when not given.
    #[serde(default)]
    pub confidence: Option<f64>,
    /// Why, in words.
    #[serde(default)]
    pub rationale: Option<String>,
    /// Reasons ticked, from the study's list.
    #[serde(default)]
    pub reason_tags: Vec<String>,
    /// Answers on aspects; an untouched aspect is absent.
    #[serde(default)]
    pub aspects: Vec<AspectView>,
    /// Passages marked.
    #[serde(default)]
    pub highlights: Vec<HighlightView>,
    /// First wrong steps; an untouched candidate is absent.
    #[serde(default)]
    pub steps: Vec<StepView>,
}

impl AnswerView {
    /// An answer that says nothing else.
    pub const fn new(answer: Answer) -> Self {
        Self {
            answer,
            strength: None,
            confidence: None,
            rationale: None,
            reason_tags: Vec::new(),
            aspects: Vec::new(),
            highlights: Vec::new(),
            steps: Vec::new(),
        }
    }
}

/// A judgment on its way in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct JudgmentInput {
    /// The item judged.
    pub item: String,
    /// What is answered, with what belongs to it.
    #[serde(flatten)]
    pub given: AnswerView,
    /// What was heard of the clips.
    #[serde(default)]
    pub listening: Vec<ListenView>,
    /// When the comparison appeared, RFC 3339.
    pub shown_at: Option<String>,
    /// Time spent on it without idle time, in milliseconds.
    pub active_ms: Option<u32>,
}

impl JudgmentInput {
    /// A judgment that says nothing beside its answer.
    pub const fn new(item: String, given: AnswerView) -> Self {
        Self { item, given, listening: Vec::new(), shown_at: None, active_ms: None }
    }
}

/// Said after the commit, never before.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Saved {
    /// The judgment written.
    pub judgment: String,
    /// Where the annotator stands now.
    pub progress: Progress,
    /// The second turn of a recommendation of two, to be shown next.
    pub follow_up: Option<ComparisonView>,
}

/// What undo took back.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Undone {
    /// The comparison, as it was shown, with the answer that was withdrawn in `previous`.
    pub comparison: ComparisonView,
    /// Where the annotator stands now.
    pub progress: Progress,
}

/// Where an annotator stands.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Progress {
    /// Live judgments made here by this annotator, skips included.
    pub done: u32,
    /// Comparisons that still wait for this annotator. Counted by `progress`, and carried forward
    /// from there by what this program does itself; what other programs do shows at the next count.
    pub waiting: u32,
    /// Median time per judgment of the last 50, in seconds without idle time.
    pub seconds_per_judgment: Option<f64>,
    /// Time left at that pace, in seconds.
    pub seconds_left: Option<f64>,
    /// Whether there is something to undo.
    pub can_undo: bool,
}
