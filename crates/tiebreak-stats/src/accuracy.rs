//! Accuracy: the share of clear pairs on which the model names the candidate that more answers
//! prefer. Ties and pairs that are split evenly are no case; a margin of exactly zero is half
//! right.

use crate::bootstrap::{Case, Interval, clustered_mean};
use crate::shares::Shares;

/// Whether a margin names the preferred candidate: 1, 0, or 0.5 for a margin of zero; `None` for
/// a pair that is not clear.
pub fn hit(margin: f64, shares: Shares) -> Option<f64> {
    let first = shares.majority()?;
    Some(match margin {
        0.0 => 0.5,
        margin => f64::from((margin > 0.0) == first),
    })
}

/// The accuracy with its 95 % interval from a bootstrap over groups (prompts); pair `i` is used if
/// `used(i)`. `weights` say what a pair counts: those of one item share its weight. `None`
/// without a clear pair.
pub fn accuracy(
    margins: &[f64],
    shares: &[Shares],
    weights: &[f64],
    groups: &[usize],
    seed: u64,
    used: impl Fn(usize) -> bool,
) -> Option<Interval> {
    let cases: Vec<Case> = (0..margins.len())
        .filter(|&i| used(i))
        .filter_map(|i| {
            let value = hit(margins[i], shares[i])?;
            Some(Case { group: groups[i], value, weight: weights[i] })
        })
        .collect();
    clustered_mean(&cases, seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits() {
        let split = Shares { first: 0.4, tie: 0.2, second: 0.4 };
        for (margin, shares, expected) in [
            (0.1, Shares::FIRST, Some(1.0)),
            (0.1, Shares::SECOND, Some(0.0)),
            (-0.1, Shares::SECOND, Some(1.0)),
            (0.0, Shares::FIRST, Some(0.5)),
            (0.1, Shares::TIE, None),
            (0.1, split, None),
        ] {
            assert_eq!(hit(margin, shares), expected);
        }
    }

    #[test]
    fn the_pairs_of_an_item_share_its_weight() {
        let shares = [Shares::FIRST; 4];
        let (weights, groups) = ([1.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0], [0, 1, 1, 1]);
        let found =
            accuracy(&[1.0, -1.0, -1.0, -1.0], &shares, &weights, &groups, 1, |_| true).unwrap();
        assert!((found.value - 0.5).abs() < 1e-12 && found.n == 4, "{found:?}");
        let part = accuracy(&[1.0, -1.0, -1.0, -1.0], &shares, &weights, &groups, 1, |i| i < 1);
        assert_eq!(part.unwrap().value, 1.0);
        assert_eq!(accuracy(&[1.0], &[Shares::TIE], &[1.0], &[0], 1, |_| true), None);
    }
}
