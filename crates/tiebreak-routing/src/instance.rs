//! What routing sees of a study: its pairs with their tags, the AI's label and signals, and what
//! people have said.

use tiebreak_core::ItemId;
use tiebreak_stats::Vote;

/// What people have answered on a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Votes {
    /// For the first candidate.
    pub first: u32,
    /// For a tie.
    pub tie: u32,
    /// For the second candidate.
    pub second: u32,
}

impl Votes {
    /// How many there are.
    pub const fn total(self) -> u32 {
        self.first + self.tie + self.second
    }

    /// What more of them say than say anything else: first or second if it has more votes than the
    /// other and more than the ties, else a tie; `None` without votes.
    pub const fn majority(self) -> Option<Vote> {
        match self.total() {
            0 => None,
            _ if self.first > self.second && self.first > self.tie => Some(Vote::First),
            _ if self.second > self.first && self.second > self.tie => Some(Vote::Second),
            _ => Some(Vote::Tie),
        }
    }

    /// Votes of one kind.
    pub const fn of(self, vote: Vote) -> u32 {
        match vote {
            Vote::First => self.first,
            Vote::Tie => self.tie,
            Vote::Second => self.second,
        }
    }

    /// These without one of a kind.
    #[must_use]
    pub const fn without(mut self, vote: Vote) -> Self {
        match vote {
            Vote::First => self.first = self.first.saturating_sub(1),
            Vote::Tie => self.tie = self.tie.saturating_sub(1),
            Vote::Second => self.second = self.second.saturating_sub(1),
        }
        self
    }

    /// The mean, a vote for the first counting 1, a tie 0, for the second -1; 0 without votes.
    pub fn mean(self) -> f64 {
        match self.total() {
            0 => 0.0,
            total => (f64::from(self.first) - f64::from(self.second)) / f64::from(total),
        }
    }
}

/// What is known of how sure the AI is of its label. Nothing is invented: what a judge does not
/// say is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AiSignals {
    /// Score of the AI's preferred candidate less that of the other, log-odds, at least 0.
    pub margin: Option<f64>,
    /// Calibrated probability, by the AI's own account, that its label is right, 0 to 1.
    pub certainty: Option<f64>,
    /// How far the members of its ensemble disagree: a standard deviation, 0 to 0.5.
    pub spread: Option<f64>,
    /// Share of the other AI judges that give another label, 0 to 1, a tie counting half.
    pub disagreement: Option<f64>,
    /// Whether its answer changes when the order of the candidates is swapped.
    pub order_matters: Option<bool>,
    /// Whether it prefers the longer candidate; `None` for a tie, equal lengths, and media.
    pub prefers_longer: Option<bool>,
}

/// A pair of an item as routing sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// The item.
    pub item: ItemId,
    /// What it belongs with, numbered from 0: pairs of one prompt, of a shared candidate or of one
    /// conversation are never split between fitting and measuring.
    pub prompt: usize,
    /// Its tags, ascending indices into [`Pool::tags`].
    pub tags: Vec<u16>,
    /// Measured numbers of the pair, as [`Pool::measures`] names them; a missing one stays so.
    pub measures: Vec<Option<f64>>,
    /// The AI's label.
    pub ai: Vote,
    /// How sure the AI is of it.
    pub signals: AiSignals,
    /// Expected seconds of a person's time for one label; `None`: nothing is known, all count
    /// alike.
    pub seconds: Option<f64>,
    /// What people have answered so far.
    pub votes: Votes,
    /// How likely the item was to be labelled by people, whatever its label would be: 1 where all
    /// were, the share drawn for a pilot or an audit; `None`: it was chosen, not drawn.
    pub inclusion: Option<f64>,
}

/// The pairs of a study that both people and the AI can label.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pool {
    /// The pairs.
    pub instances: Vec<Instance>,
    /// The names of tags, in the order of their indices.
    pub tags: Vec<String>,
    /// What a tag says in words, for reasons; in the order of `tags`.
    pub phrases: Vec<String>,
    /// The names of measured numbers.
    pub measures: Vec<String>,
    /// Length of a feature vector; 0 where no encoder reads the pairs.
    pub dim: usize,
    /// Features of the first candidate less those of the second, `instances x dim`, by rows.
    pub features: Vec<f32>,
}

impl Pool {
    /// The features of a pair, `[dim]`.
    pub fn features_of(&self, index: usize) -> &[f32] {
        &self.features[index * self.dim..(index + 1) * self.dim]
    }

    /// The pairs that people have labelled, by index.
    pub fn labelled(&self) -> Vec<usize> {
        (0..self.instances.len()).filter(|&i| self.instances[i].votes.total() > 0).collect()
    }
}
