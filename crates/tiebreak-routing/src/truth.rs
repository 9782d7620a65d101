//! What counts as right: people's majority, and how often one person or the AI names it.

use serde::{Deserialize, Serialize};
use tiebreak_stats::Vote;

use crate::{Instance, Votes};

/// The kinds of votes, in the order of [`Votes`]' fields.
pub(crate) const KINDS: [Vote; 3] = [Vote::First, Vote::Tie, Vote::Second];

/// What labels are measured against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// The majority of all votes on a pair. A person's label is one of these votes, so that it is
    /// right more often than a fresh person's would be.
    #[default]
    Majority,
    /// The majority of the other votes than the one that is the label. A pair needs two votes.
    LeaveOneOut,
}

/// How often labels of a pair are right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Correct {
    /// One vote drawn at random, 0 to 1.
    pub(crate) human: f64,
    /// The AI's label, 0 to 1.
    pub(crate) ai: f64,
}

impl Truth {
    /// The truth of a pair where `label`, one of its votes, is the label; `None` where there is no
    /// clear majority.
    pub(crate) fn of(self, votes: Votes, label: Vote) -> Option<Vote> {
        let counted = match self {
            Self::Majority => votes,
            Self::LeaveOneOut => votes.without(label),
        };
        counted.majority().filter(|&majority| majority != Vote::Tie)
    }

    /// The truth whatever vote is drawn: what a head is tested against.
    pub(crate) fn settled(votes: Votes) -> Option<Vote> {
        Self::Majority.of(votes, Vote::Tie)
    }

    /// How often labels of a pair are right, over the votes that could be drawn; `None` where no
    /// draw leaves a clear majority.
    pub(crate) fn correct(self, instance: &Instance) -> Option<Correct> {
        let (mut human, mut ai, mut draws) = (0.0, 0.0, 0.0);
        for label in KINDS {
            let count = f64::from(instance.votes.of(label));
            if count == 0.0 {
                continue;
            }
            let Some(truth) = self.of(instance.votes, label) else { continue };
            human += count * right(label, truth);
            ai += count * right(instance.ai, truth);
            draws += count;
        }
        (draws > 0.0).then(|| Correct { human: human / draws, ai: ai / draws })
    }
}

/// 1 for the right side, 0 for the wrong one; a tie is right half the time, as a coin would be.
pub(crate) fn right(label: Vote, truth: Vote) -> f64 {
    match label {
        Vote::Tie => 0.5,
        label if label == truth => 1.0,
        _ => 0.0,
    }
}
