//! How right a model or a ranking is for each group of annotators, and for the group that it
//! serves worst.
//!
//! The accuracy of a group is the share of its members' answers, each by the member's probability
//! of belonging to it, that the margin names; ties are no case and a margin of 0 is half right.
//! The worst group's is what MaxMin-RLHF maximises (S. Chakraborty et al., "MaxMin-RLHF: alignment
//! with diverse human preferences", 2024; S. Sagawa, P. W. Koh, T. B. Hashimoto and P. Liang,
//! "Distributionally robust neural networks for group shifts", 2020). Intervals are of a bootstrap
//! over annotators.
//!
//! Conditions: groups that were found in the same answers are told apart by them, so that a group
//! disagrees with the rest more than a fresh sample of its members would; the smallest of several
//! estimates lies below the smallest of what they estimate.

use serde::Serialize;

use crate::accuracy::hit;
use crate::bootstrap::{Case, Interval, clustered_mean};
use crate::compared::Compared;
use crate::fit_error::FitError;
use crate::shares::{Shares, Vote};

/// A membership of less counts for nothing.
const LEAST: f64 = 1e-9;

/// The accuracy for each group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupAccuracy {
    /// Over all answers; `None` if all are ties.
    pub overall: Option<Interval>,
    /// For each group; `None` for one without an answer that prefers one. `n` and `groups` count
    /// answers and annotators with any probability of belonging to it.
    pub groups: Vec<Option<Interval>>,
    /// The group with the smallest accuracy, the first of equals.
    pub worst: Option<usize>,
}

impl GroupAccuracy {
    /// The accuracy for the group that is served worst.
    pub fn of_worst(&self) -> Option<Interval> {
        self.worst.and_then(|worst| self.groups[worst])
    }
}

/// The accuracy of `margins`, one for each answer: above 0 for the first side. `memberships` are
/// by annotator, of equal length: those of a [`crate::groups::Mixture`], or 0 and 1 for known
/// groups.
///
/// # Errors
/// [`FitError::Shape`] if numbers differ or an annotator has no membership,
/// [`FitError::NotFinite`] for a margin that is no number.
pub fn worst_group_accuracy(
    margins: &[f64],
    votes: &[Vote],
    annotators: &[usize],
    memberships: &[Vec<f64>],
    seed: u64,
) -> Result<GroupAccuracy, FitError> {
    let groups = memberships.first().map_or(0, Vec::len);
    let even = memberships.iter().all(|one| one.len() == groups);
    let known = annotators.iter().all(|&who| who < memberships.len());
    if margins.len() != votes.len() || annotators.len() != votes.len() || !even || !known {
        return Err(FitError::Shape("margins, votes, annotators, memberships differ".to_owned()));
    }
    if let Some(i) = margins.iter().position(|margin| !margin.is_finite()) {
        return Err(FitError::NotFinite(i));
    }
    let of = |weight: &dyn Fn(usize) -> f64| {
        let cases: Vec<Case> = (0..votes.len())
            .filter(|&i| weight(annotators[i]) > LEAST)
            .filter_map(|i| {
                let value = hit(margins[i], Shares::from(votes[i]))?;
                Some(Case { group: annotators[i], value, weight: weight(annotators[i]) })
            })
            .collect();
        clustered_mean(&cases, seed)
    };
    let found: Vec<Option<Interval>> =
        (0..groups).map(|g| of(&|who| memberships[who][g])).collect();
    let worst = (0..groups)
        .filter_map(|g| Some((g, found[g]?.value)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(g, _)| g);
    Ok(GroupAccuracy { overall: of(&|_| 1.0), groups: found, worst })
}

/// The margin of each row by a ranking's strengths or a policy's weights `[dim]`; for a bare
/// ranking any numbers in its order.
pub fn ranking_margins(compared: &Compared, strengths: &[f64]) -> Vec<f64> {
    (0..compared.len()).map(|i| compared.margin(i, strengths)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let (first, second, tie) = (Vote::First, Vote::Second, Vote::Tie);
        let votes = [first, first, second, first, second, second, tie];
        let annotators = [0, 0, 0, 1, 1, 1, 1];
        let margins = [1.0, 0.5, 2.0, 1.0, 1.0, 0.0, 9.0];
        let hard = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
        let found = worst_group_accuracy(&margins, &votes, &annotators, &hard, 1).unwrap();
        let values: Vec<f64> = found.groups.iter().map(|g| g.unwrap().value).collect();
        assert!((values[0] - 2.0 / 3.0).abs() < 1e-12 && (values[1] - 0.5).abs() < 1e-12);
        assert_eq!((found.worst, found.of_worst().unwrap().n), (Some(1), 3));
        assert!((found.overall.unwrap().value - 3.5 / 6.0).abs() < 1e-12);

        let soft = vec![vec![0.75, 0.25], vec![0.25, 0.75]];
        let found = worst_group_accuracy(&margins, &votes, &annotators, &soft, 1).unwrap();
        let expected = (0.75 * 2.0 + 0.25 * 1.5) / 3.0;
        assert!((found.groups[0].unwrap().value - expected).abs() < 1e-12);

        let tied = worst_group_accuracy(&[1.0], &[tie], &[0], &hard, 1).unwrap();
        assert_eq!((tied.overall, tied.worst), (None, None));
        assert!(worst_group_accuracy(&[1.0], &[tie], &[2], &hard, 1).is_err());
        assert!(worst_group_accuracy(&[f64::NAN], &[tie], &[1], &hard, 1).is_err());
    }

    #[test]
    fn a_ranking_names_the_stronger() {
        let compared = Compared::Systems { count: 3, pairs: vec![[0, 2], [1, 0]] };
        assert_eq!(ranking_margins(&compared, &[3.0, 2.0, 1.0]), [2.0, -1.0]);
    }
}
