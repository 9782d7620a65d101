//! Ranking accuracy as A. Chen, S. Malladi, L. H. Zhang, X. Chen, Q. Zhang, R. Ranganath and K.
//! Cho define it, "Preference learning algorithms do not learn preference rankings", 2024: of a
//! pair with a preferred and a rejected answer, 1 if the model puts the preferred one at least as
//! high as the rejected one, else 0; of a data set, the mean over its pairs.
//!
//! They compare likelihoods under a policy, here the reward model's scores are compared. What
//! differs from [`crate::accuracy`]: every ordered pair counts one, those within a ranking of k
//! candidates as those of two, and equal scores count as right.

use crate::shares::Shares;

/// The ranking accuracy of margins (score of the first less score of the second), 0 to 1, over
/// the pairs of which one candidate has more answers; `None` without any.
pub fn ranking_accuracy(margins: &[f64], shares: &[Shares]) -> Option<f64> {
    let (mut right, mut n) = (0_usize, 0_usize);
    for (&margin, shares) in margins.iter().zip(shares) {
        let Some(first) = shares.majority() else { continue };
        let ahead = if first { margin } else { -margin };
        right += usize::from(ahead >= 0.0);
        n += 1;
    }
    (n > 0).then(|| right as f64 / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_count_and_ties_do_not() {
        let shares = [Shares::FIRST, Shares::SECOND, Shares::FIRST, Shares::TIE];
        assert_eq!(ranking_accuracy(&[1.0, 1.0, 0.0, 2.0], &shares), Some(2.0 / 3.0));
        assert_eq!(ranking_accuracy(&[1.0], &[Shares::TIE]), None);
    }

    /// Scores 3, 1, 2 for candidates ranked a, b, c: two of the three pairs are in order.
    #[test]
    fn within_a_ranking_every_ordered_pair_counts() {
        let margins = [3.0 - 1.0, 3.0 - 2.0, 1.0 - 2.0];
        assert_eq!(ranking_accuracy(&margins, &[Shares::FIRST; 3]), Some(2.0 / 3.0));
    }
}
