//! What a judgment may say beside its outcome: aspects, highlights, steps, and what was heard.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{CandidateId, JudgmentError};

/// A rating of one candidate on one aspect, 1 (worst) to 5 (best), as UltraFeedback has it
/// (Cui et al., "UltraFeedback: Boosting Language Models with Scaled AI Feedback", section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rating(u8);

impl Rating {
    /// The worst and the best.
    pub const RANGE: std::ops::RangeInclusive<u8> = 1..=5;

    /// A rating of 1 to 5.
    ///
    /// # Errors
    /// [`JudgmentError::Rating`] outside that.
    pub fn new(value: u8) -> Result<Self, JudgmentError> {
        if Self::RANGE.contains(&value) {
            Ok(Self(value))
        } else {
            Err(JudgmentError::Rating(value))
        }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Rating {
    type Error = JudgmentError;

    fn try_from(value: u8) -> Result<Self, Self::Error> {
        Self::new(value)
    }
}

impl From<Rating> for u8 {
    fn from(rating: Rating) -> Self {
        rating.0
    }
}

/// What is answered on one aspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AspectAnswer {
    /// One candidate is better on it.
    Preferred(CandidateId),
    /// As good as each other on it.
    Tie,
    /// Candidates rated each for itself; those that were not rated are absent.
    Ratings(Vec<(CandidateId, Rating)>),
}

/// An answer on one aspect of the study, for example helpfulness.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AspectJudgment {
    /// The aspect's id in the study's settings.
    pub aspect: String,
    /// What is answered.
    pub answer: AspectAnswer,
    /// Why, from the aspect's list.
    pub reason_tags: Vec<String>,
}

/// A passage of a text candidate marked as good or bad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanHighlight {
    /// Whose text.
    pub candidate: CandidateId,
    /// Which of its turns, from 0.
    pub turn: u32,
    /// The first character, from 0. Offsets count Unicode scalar values in the turn's text as it
    /// was imported.
    pub start: u32,
    /// One past the last character; more than `start`.
    pub end: u32,
    /// Good, or else bad.
    pub good: bool,
    /// Why, in words.
    pub reason: Option<String>,
}

/// The first wrong step of an answer that reasons step by step (Lai et al., "Step-DPO",
/// arXiv 2406.18629, section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepMark {
    /// Whose steps.
    pub candidate: CandidateId,
    /// The first wrong step, from 0; `None`: every step is right.
    pub first_wrong: Option<u32>,
}

/// A stretch of a clip that was heard, as Music Arena records it: which clip, from where to
/// where, and when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListenSpan {
    /// Which clip.
    pub candidate: CandidateId,
    /// Where in the clip it began, in milliseconds.
    pub from_ms: u32,
    /// Where in the clip it ended; at least `from_ms`.
    pub to_ms: u32,
    /// When it began to sound.
    pub at: DateTime<Utc>,
}

/// The steps of an answer that reasons step by step: its paragraphs, or its lines where it has
/// one paragraph only. Blank lines belong to no step. Byte ranges into `text`.
pub fn split_steps(text: &str) -> Vec<std::ops::Range<usize>> {
    let paragraphs = parts(text, true);
    if paragraphs.len() > 1 { paragraphs } else { parts(text, false) }
}

/// The lines that are not blank; `joined`, those that follow each other are one part.
fn parts(text: &str, joined: bool) -> Vec<std::ops::Range<usize>> {
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    let (mut start, mut open) = (0, false);
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        let is_blank = line.trim().is_empty();
        match found.last_mut() {
            Some(last) if open && !is_blank => last.end = end,
            _ if !is_blank => found.push(start..end),
            _ => {}
        }
        open = joined && !is_blank;
        start += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps() {
        for (text, expected) in [
            ("", &[][..]),
            ("one", &["one"]),
            ("one\ntwo\n", &["one", "two"]),
            ("one\r\n\r\n two\nmore\r\n\nthree", &["one", " two\nmore", "three"]),
            ("\n\n a \n\n", &[" a"]),
        ] {
            let steps: Vec<&str> = split_steps(text).into_iter().map(|step| &text[step]).collect();
            assert_eq!(steps, expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn steps_hold_every_character_that_is_not_space(text in "[a-c \n]{0,60}") {
            let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let joined: String = split_steps(&text).into_iter().map(|step| &text[step]).collect();
            prop_assert_eq!(solid(&joined), solid(&text));
        }
    }
}
