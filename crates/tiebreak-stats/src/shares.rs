//! Soft labels: what the answers on a pair come to, as shares.

use serde::Serialize;

/// What one answer says of an ordered pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Vote {
    /// The first is better.
    First,
    /// They are as good as each other.
    Tie,
    /// The second is better.
    Second,
}

/// One answer, and how much it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// What it says.
    pub vote: Vote,
    /// How much it counts, above 0; 1 for an answer like any other.
    pub weight: f64,
    /// The probability that it is the reverse of what should have been said, 0 to 1: the label's
    /// noise posterior, or one number for all (label smoothing); 0 if it is believed.
    pub reversed: f64,
}

impl Answer {
    /// An answer that counts like any other and is believed.
    pub const fn of(vote: Vote) -> Self {
        Self { vote, weight: 1.0, reversed: 0.0 }
    }
}

/// The shares of the answers on an ordered pair; they sum to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Shares {
    /// For the first candidate.
    pub first: f64,
    /// For a tie.
    pub tie: f64,
    /// For the second candidate.
    pub second: f64,
}

impl From<Vote> for Shares {
    fn from(vote: Vote) -> Self {
        match vote {
            Vote::First => Self::FIRST,
            Vote::Tie => Self::TIE,
            Vote::Second => Self::SECOND,
        }
    }
}

impl Shares {
    /// One answer for the first candidate.
    pub const FIRST: Self = Self { first: 1.0, tie: 0.0, second: 0.0 };
    /// One tie.
    pub const TIE: Self = Self { first: 0.0, tie: 1.0, second: 0.0 };
    /// One answer for the second candidate.
    pub const SECOND: Self = Self { first: 0.0, tie: 0.0, second: 1.0 };

    /// The shares of some answers, with the mean of their weights; `None` without any.
    ///
    /// An answer that is reversed with probability e counts 1 - e for its side and e for the
    /// other (N. Natarajan, I. Dhillon, P. Ravikumar and A. Tewari, "Learning with noisy labels",
    /// 2013, for the noise model; with one e for all it is the label smoothing of C. Szegedy et
    /// al., "Rethinking the Inception architecture", 2016, section 7, over the two sides). A tie
    /// is its own reverse.
    pub fn of(answers: &[Answer]) -> Option<(Self, f64)> {
        let mut sums = Self { first: 0.0, tie: 0.0, second: 0.0 };
        for answer in answers {
            let (kept, given) =
                (answer.weight * (1.0 - answer.reversed), answer.weight * answer.reversed);
            match answer.vote {
                Vote::First => (sums.first, sums.second) = (sums.first + kept, sums.second + given),
                Vote::Second => {
                    (sums.first, sums.second) = (sums.first + given, sums.second + kept);
                }
                Vote::Tie => sums.tie += answer.weight,
            }
        }
        let total = sums.first + sums.tie + sums.second;
        let shares =
            Self { first: sums.first / total, tie: sums.tie / total, second: sums.second / total };
        (total > 0.0 && total.is_finite()).then(|| (shares, total / answers.len() as f64))
    }

    /// The shares seen from the other side.
    #[must_use]
    pub const fn swapped(self) -> Self {
        Self { first: self.second, tie: self.tie, second: self.first }
    }

    /// The share for the first candidate, a tie counting half.
    pub fn half(self) -> f64 {
        self.first + 0.5 * self.tie
    }

    /// The share of the answers that prefer one, 0 to 1.
    pub fn decided(self) -> f64 {
        self.first + self.second
    }

    /// The share for the first candidate among the answers that prefer one; `None` if all are
    /// ties.
    pub fn of_decided(self) -> Option<f64> {
        (self.decided() > 0.0).then(|| self.first / self.decided())
    }

    /// Whether the first candidate has more answers than the second; `None` if neither has.
    pub fn majority(self) -> Option<bool> {
        (self.first != self.second).then_some(self.first > self.second)
    }

    pub(crate) fn is_finite(self) -> bool {
        self.first.is_finite() && self.tie.is_finite() && self.second.is_finite()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_answers() {
        let (first, tie, second) = (Vote::First, Vote::Tie, Vote::Second);
        let plain = |votes: &[Vote]| votes.iter().copied().map(Answer::of).collect::<Vec<_>>();
        let doubted = Answer { reversed: 0.25, ..Answer::of(first) };
        let heavy = Answer { weight: 3.0, ..Answer::of(second) };
        for (answers, expected) in [
            (plain(&[]), None),
            (plain(&[first]), Some(([1.0, 0.0, 0.0], 1.0))),
            (plain(&[first, first, second, tie]), Some(([0.5, 0.25, 0.25], 1.0))),
            (vec![doubted], Some(([0.75, 0.0, 0.25], 1.0))),
            (vec![Answer::of(first), heavy], Some(([0.25, 0.0, 0.75], 2.0))),
        ] {
            let found = Shares::of(&answers);
            let found =
                found.map(|(shares, weight)| ([shares.first, shares.tie, shares.second], weight));
            assert_eq!(found, expected, "{answers:?}");
        }
        let mixed = Shares { first: 0.5, tie: 0.25, second: 0.25 };
        assert_eq!(
            (mixed.half(), mixed.of_decided(), mixed.majority()),
            (0.625, Some(2.0 / 3.0), Some(true))
        );
        assert_eq!((Shares::TIE.of_decided(), Shares::TIE.majority()), (None, None));
        assert_eq!(mixed.swapped().swapped(), mixed);
    }
}
