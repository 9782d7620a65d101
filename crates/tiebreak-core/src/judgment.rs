//! What an annotator said about an item, and the rules of revising it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    AnnotatorId, AspectAnswer, AspectJudgment, CandidateId, ItemId, JudgmentId, ListenSpan,
    Ranking, SpanHighlight, StepMark,
};

/// How much better the preferred candidate is: 0 negligibly, 1 slightly, 2 clearly, 3 very much.
/// Absent where the study or the imported data has no such scale: absent is not 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Strength(u8);

impl Strength {
    /// The largest strength.
    pub const MAX: u8 = 3;

    /// A strength of 0 to 3.
    ///
    /// # Errors
    /// [`JudgmentError::Strength`] above 3.
    pub fn new(value: u8) -> Result<Self, JudgmentError> {
        if value <= Self::MAX { Ok(Self(value)) } else { Err(JudgmentError::Strength(value)) }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Strength {
    type Error = JudgmentError;

    fn try_from(value: u8) -> Result<Self, Self::Error> {
        Self::new(value)
    }
}

impl From<Strength> for u8 {
    fn from(strength: Strength) -> Self {
        strength.0
    }
}

/// Why an annotator passed an item on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// No reason was given.
    Unstated,
    /// The annotator cannot tell, for want of knowledge.
    NotQualified,
    /// The item is broken: empty, cut off, unreadable.
    Broken,
    /// The annotator does not want to judge this content.
    Unwanted,
}

impl SkipReason {
    /// Every reason, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Unstated, Self::NotQualified, Self::Broken, Self::Unwanted];

    /// The word as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unstated => "unstated",
            Self::NotQualified => "not_qualified",
            Self::Broken => "broken",
            Self::Unwanted => "unwanted",
        }
    }

    /// Reads the stored word; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// What was answered. A tie, both bad and a skip are three different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// One candidate is better.
    Preferred(CandidateId),
    /// Candidates put in order: see [`Judgment::ranking`].
    Ranked,
    /// As good as each other.
    Tie,
    /// None is acceptable.
    BothBad,
    /// Passed on; not an answer.
    Skipped(SkipReason),
    /// The annotator took the judgment back; the item is open again.
    Withdrawn,
}

impl Outcome {
    /// The word as stored and exported.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preferred(_) => "preferred",
            Self::Ranked => "ranked",
            Self::Tie => "tie",
            Self::BothBad => "both_bad",
            Self::Skipped(_) => "skipped",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether this says something about the candidates.
    pub const fn is_answer(self) -> bool {
        matches!(self, Self::Preferred(_) | Self::Ranked | Self::Tie | Self::BothBad)
    }
}

/// How a judgment came into the study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Made with Tiebreak, by a person.
    Annotated,
    /// Came with imported data.
    Imported,
    /// Written by a reward model of this study.
    Autolabelled,
}

impl Origin {
    /// The word as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Annotated => "annotated",
            Self::Imported => "imported",
            Self::Autolabelled => "autolabelled",
        }
    }

    /// Reads the stored word; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Annotated, Self::Imported, Self::Autolabelled]
            .into_iter()
            .find(|origin| origin.as_str() == text)
    }
}

/// One judgment. Rows are only ever added: a revision is a new row that supersedes another, and
/// taking a judgment back is a revision to [`Outcome::Withdrawn`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgment {
    /// Its id.
    pub id: JudgmentId,
    /// What was judged.
    pub item: ItemId,
    /// Who judged.
    pub annotator: AnnotatorId,
    /// How it came here.
    pub origin: Origin,
    /// What was answered.
    pub outcome: Outcome,
    /// How much better; only with [`Outcome::Preferred`].
    pub strength: Option<Strength>,
    /// How sure the annotator is, 0 to 1. For a reward model: the probability of its answer.
    pub confidence: Option<f64>,
    /// Why, in the annotator's words.
    pub rationale: Option<String>,
    /// Why, from the study's list.
    pub reason_tags: Vec<String>,
    /// The order of the candidates; with [`Outcome::Ranked`], and only then.
    pub ranking: Option<Ranking>,
    /// Answers on the study's aspects, each aspect at most once.
    pub aspects: Vec<AspectJudgment>,
    /// Passages marked in text candidates.
    pub highlights: Vec<SpanHighlight>,
    /// The first wrong steps of reasoning answers, each candidate at most once.
    pub steps: Vec<StepMark>,
    /// What was heard of which clip, in the order of listening.
    pub listening: Vec<ListenSpan>,
    /// The candidates from left to right as they were shown; empty where nothing was shown.
    pub shown_order: Vec<CandidateId>,
    /// The seed that chose the order.
    pub order_seed: Option<u64>,
    /// Whether system names were hidden.
    pub blinded: Option<bool>,
    /// When the comparison appeared.
    pub shown_at: Option<DateTime<Utc>>,
    /// When the answer was given; for imported judgments only where the data says.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Time spent on it without idle time, in milliseconds; of a revision with the time spent
    /// before it.
    pub active_ms: Option<u64>,
    /// The judgment that this one replaces.
    pub supersedes: Option<JudgmentId>,
}

/// What a judgment may not say.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum JudgmentError {
    /// Outside 0 to 3.
    #[error("strength is 0 to 3, not {0}")]
    Strength(u8),
    /// Strength without a preferred candidate.
    #[error("strength goes with a preferred candidate, not with {0}")]
    StrengthWithoutPreference(&'static str),
    /// Outside 0 to 1, or not a number.
    #[error("confidence is 0 to 1, not {0}")]
    Confidence(f64),
    /// The preferred candidate is not one of the item's.
    #[error("candidate {candidate} does not belong to item {item}")]
    ForeignCandidate {
        /// The candidate named.
        candidate: CandidateId,
        /// The item judged.
        item: ItemId,
    },
    /// Outside 1 to 5.
    #[error("a rating is 1 to 5, not {0}")]
    Rating(u8),
    /// A ranking without the outcome, the outcome without a ranking, or a ranking that names a
    /// candidate twice, leaves a tier empty or puts fewer than two candidates in order.
    #[error("the ranking of item {0} does not order two or more of its candidates, each once")]
    Ranking(ItemId),
    /// An aspect, a rating or a step that is there twice.
    #[error("{0} is answered twice")]
    Twice(String),
    /// A highlight or a stretch of listening that ends before it begins.
    #[error("the span {from} to {to} has no length")]
    Span {
        /// Its beginning.
        from: u32,
        /// Its end.
        to: u32,
    },
    /// The order shown is not the item's candidates, each once.
    #[error("the order shown for item {0} does not name each of its candidates once")]
    ShownOrder(ItemId),
}

impl Judgment {
    /// A judgment that says nothing but its outcome; the rest is for the caller to fill in.
    pub fn new(
        id: JudgmentId,
        item: ItemId,
        annotator: AnnotatorId,
        origin: Origin,
        outcome: Outcome,
    ) -> Self {
        Self {
            id,
            item,
            annotator,
            origin,
            outcome,
            strength: None,
            confidence: None,
            rationale: None,
            reason_tags: Vec::new(),
            ranking: None,
            aspects: Vec::new(),
            highlights: Vec::new(),
            steps: Vec::new(),
            listening: Vec::new(),
            shown_order: Vec::new(),
            order_seed: None,
            blinded: None,
            shown_at: None,
            submitted_at: None,
            active_ms: None,
            supersedes: None,
        }
    }

    /// Checks the judgment against the candidates of its item.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, candidates: &[CandidateId]) -> Result<(), JudgmentError> {
        match self.outcome {
            Outcome::Preferred(candidate) if !candidates.contains(&candidate) => {
                return Err(JudgmentError::ForeignCandidate { candidate, item: self.item });
            }
            Outcome::Preferred(_) => {}
            other if self.strength.is_some() => {
                return Err(JudgmentError::StrengthWithoutPreference(other.as_str()));
            }
            _ => {}
        }
        if let Some(confidence) = self.confidence
            && !(0.0..=1.0).contains(&confidence)
        {
            return Err(JudgmentError::Confidence(confidence));
        }
        if !self.shown_order.is_empty() {
            let mut shown = self.shown_order.clone();
            let mut all = candidates.to_vec();
            shown.sort_unstable();
            all.sort_unstable();
            if shown != all {
                return Err(JudgmentError::ShownOrder(self.item));
            }
        }
        self.check_ranking(candidates)?;
        self.check_details(candidates)
    }

    fn check_ranking(&self, candidates: &[CandidateId]) -> Result<(), JudgmentError> {
        let sound = match (&self.ranking, self.outcome) {
            (Some(ranking), Outcome::Ranked) => ranking.is_sound(candidates),
            (None, Outcome::Ranked) | (Some(_), _) => false,
            (None, _) => true,
        };
        if sound { Ok(()) } else { Err(JudgmentError::Ranking(self.item)) }
    }

    fn check_details(&self, candidates: &[CandidateId]) -> Result<(), JudgmentError> {
        let mut named: Vec<CandidateId> = Vec::new();
        let mut aspects: Vec<&str> = Vec::new();
        for aspect in &self.aspects {
            once(&mut aspects, &aspect.aspect, || format!("aspect {:?}", aspect.aspect))?;
            match &aspect.answer {
                AspectAnswer::Preferred(candidate) => named.push(*candidate),
                AspectAnswer::Tie => {}
                AspectAnswer::Ratings(ratings) => {
                    let mut rated = Vec::new();
                    for (candidate, _) in ratings {
                        once(&mut rated, *candidate, || format!("aspect {:?}", aspect.aspect))?;
                    }
                    named.extend(rated);
                }
            }
        }
        let mut stepped = Vec::new();
        for step in &self.steps {
            once(&mut stepped, step.candidate, || "the first wrong step".to_owned())?;
        }
        named.extend(stepped);
        for span in &self.highlights {
            if span.start >= span.end {
                return Err(JudgmentError::Span { from: span.start, to: span.end });
            }
            named.push(span.candidate);
        }
        for span in &self.listening {
            if span.from_ms > span.to_ms {
                return Err(JudgmentError::Span { from: span.from_ms, to: span.to_ms });
            }
            named.push(span.candidate);
        }
        match named.into_iter().find(|candidate| !candidates.contains(candidate)) {
            Some(candidate) => Err(JudgmentError::ForeignCandidate { candidate, item: self.item }),
            None => Ok(()),
        }
    }
}

/// Adds what may be there once.
fn once<T: PartialEq>(
    seen: &mut Vec<T>,
    new: T,
    what: impl FnOnce() -> String,
) -> Result<(), JudgmentError> {
    if seen.contains(&new) {
        return Err(JudgmentError::Twice(what()));
    }
    seen.push(new);
    Ok(())
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
