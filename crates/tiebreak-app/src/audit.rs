//! How right the AI is on the whole study, by the random sample: what people say of it, weighted
//! by how likely each item was to be drawn.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use tiebreak_core::{ContentHash, ItemId};
use tiebreak_routing::Votes;
use tiebreak_stats::{Case, SampledCase, Vote, clustered_mean, drift, inverse_probability_mean};
use tiebreak_store::{PairVotes, RandomSample};

use crate::quality::interval_view;
use crate::view::{AuditView, DriftView, IntervalView};

/// Half the width of a 95 % interval in standard errors.
const Z: f64 = 1.959_964;
/// For bootstrap samples.
const SEED: u64 = 1;

/// How likely each drawn item was to be drawn by now, at one time or another.
///
/// An item that draw d leaves may be drawn by the next: over all draws the probability is
/// 1 - prod (1 - p_d). For the draw that drew it, and for draws with the same stratum, p_d is that
/// of its stratum; for the others the mean over what they drew from, n / sum (1/p). That mean is
/// exact for the audit, which has one stratum, and close for a pilot, whose strata have the same
/// share but for rounding.
pub(crate) fn inclusions(sample: &[RandomSample]) -> HashMap<ItemId, f64> {
    let mut draws: BTreeMap<(DateTime<Utc>, &str), Vec<&RandomSample>> = BTreeMap::new();
    for one in sample {
        draws.entry((one.drawn_at, one.purpose.as_str())).or_default().push(one);
    }
    let means: Vec<(f64, HashMap<&str, f64>)> = draws
        .values()
        .map(|drawn| {
            let population: f64 = drawn.iter().map(|one| 1.0 / one.probability).sum();
            let strata = drawn.iter().map(|one| (one.stratum.as_str(), one.probability)).collect();
            (drawn.len() as f64 / population, strata)
        })
        .collect();
    sample
        .iter()
        .map(|one| {
            let missed: f64 = means
                .iter()
                .map(|(mean, strata)| {
                    1.0 - strata.get(one.stratum.as_str()).copied().unwrap_or(*mean)
                })
                .product();
            (one.item, (1.0 - missed).clamp(one.probability, 1.0))
        })
        .collect()
}

/// What people and the AI say of a pair.
pub(crate) struct Compared {
    pub(crate) item: ItemId,
    prompt: ContentHash,
    /// 1 where the AI says what most people say, 0 where it says the opposite, 0.5 if one of them
    /// says tie.
    agreement: f64,
    /// When people said it last.
    last: u64,
}

/// Pairs that both have labelled, in the order of the votes.
pub(crate) fn compare(votes: &[PairVotes], ai: &HashMap<ItemId, Vote>) -> Vec<Compared> {
    votes
        .iter()
        .filter_map(|one| {
            let people = Votes { first: one.first, tie: one.tie, second: one.second }.majority()?;
            let agreement = match (people, *ai.get(&one.item)?) {
                (people, ai) if people == ai => 1.0,
                (Vote::Tie, _) | (_, Vote::Tie) => 0.5,
                _ => 0.0,
            };
            Some(Compared { item: one.item, prompt: one.prompt, agreement, last: one.last })
        })
        .collect()
}

/// Prompts as numbers from 0.
fn numbered(compared: &[&Compared]) -> Vec<usize> {
    let mut numbers: HashMap<ContentHash, usize> = HashMap::new();
    compared
        .iter()
        .map(|one| {
            let next = numbers.len();
            *numbers.entry(one.prompt).or_insert(next)
        })
        .collect()
}

/// The share of pairs on which the AI agrees with people, each counting the same.
pub(crate) fn accuracy(compared: &[&Compared]) -> Option<IntervalView> {
    let groups = numbered(compared);
    let cases: Vec<Case> = compared
        .iter()
        .zip(groups)
        .map(|(one, group)| Case { group, value: one.agreement, weight: 1.0 })
        .collect();
    clustered_mean(&cases, SEED).map(interval_view)
}

/// What the random sample says; `labelled` of it is labelled by people.
pub(crate) fn audit_view(
    sample: &[RandomSample],
    labelled: u64,
    compared: &[Compared],
) -> AuditView {
    let inclusions = inclusions(sample);
    let mut drawn: Vec<&Compared> =
        compared.iter().filter(|one| inclusions.contains_key(&one.item)).collect();
    drawn.sort_by_key(|one| one.last);
    let groups = numbered(&drawn);
    let cases: Vec<SampledCase> = drawn
        .iter()
        .zip(groups)
        .map(|(one, group)| SampledCase {
            group,
            value: one.agreement,
            inclusion: inclusions[&one.item],
        })
        .collect();
    let mean = inverse_probability_mean(&cases);
    let series: Vec<(f64, f64)> =
        cases.iter().map(|case| (case.value, 1.0 / case.inclusion)).collect();
    AuditView {
        items: sample.len() as u32,
        labelled: labelled as u32,
        ai_accuracy: mean.map(|mean| {
            // From a single prompt nothing is known of how prompts differ.
            let half = mean.standard_error.map_or(1.0, |error| Z * error);
            IntervalView {
                value: mean.value,
                low: (mean.value - half).max(0.0),
                high: (mean.value + half).min(1.0),
                n: mean.cases as u32,
            }
        }),
        drift: drift(&series, series.len() / 2).map(|drift| DriftView {
            earlier: drift.earlier,
            later: drift.later,
            p: drift.p,
            items: (drift.earlier_cases + drift.later_cases) as u32,
        }),
    }
}

#[cfg(test)]
mod tests {
    use tiebreak_core::RoutePurpose;
    use uuid::Uuid;

    use super::*;

    fn item(n: u128) -> ItemId {
        ItemId::new(Uuid::from_u128(n))
    }

    fn drawn(n: u128, at: i64, purpose: RoutePurpose, stratum: &str, p: f64) -> RandomSample {
        RandomSample {
            item: item(n),
            purpose,
            stratum: stratum.to_owned(),
            probability: p,
            seed: 1,
            drawn_at: DateTime::from_timestamp(at, 0).unwrap(),
        }
    }

    #[test]
    fn later_draws_make_every_item_likelier() {
        let sample = [
            drawn(1, 1, RoutePurpose::Pilot, "sure", 0.2),
            drawn(2, 1, RoutePurpose::Pilot, "unsure", 0.5),
            drawn(3, 2, RoutePurpose::Audit, "", 0.1),
        ];
        let known = inclusions(&sample);
        // The pilot drew 2 of 5 + 2 items.
        let mean = 2.0 / 7.0;
        for (n, expected) in
            [(1, 1.0 - 0.8 * 0.9), (2, 1.0 - 0.5 * 0.9), (3, 1.0 - (1.0 - mean) * 0.9)]
        {
            assert!((known[&item(n)] - expected).abs() < 1e-12, "{n}: {known:?}");
        }
        let alone = inclusions(&sample[..2]);
        assert!((alone[&item(1)] - 0.2).abs() < 1e-12);
        assert!((alone[&item(2)] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_rare_kind_that_is_drawn_often_does_not_count_for_more() {
        // Of 100 items, 10 are of a kind that the AI gets wrong; all of them were drawn, and one in
        // ten of the others.
        let prompt = |n: u128| ContentHash::of(&n.to_le_bytes());
        let sample: Vec<RandomSample> = (0..10)
            .map(|n| drawn(n, 1, RoutePurpose::Pilot, "hard", 1.0))
            .chain((10..19).map(|n| drawn(n, 1, RoutePurpose::Pilot, "easy", 0.1)))
            .collect();
        let votes: Vec<PairVotes> = (0..19)
            .map(|n| PairVotes {
                item: item(n),
                prompt: prompt(n),
                first: 1,
                second: 0,
                tie: 0,
                annotated: true,
                last: n as u64,
            })
            .collect();
        let ai: HashMap<ItemId, Vote> =
            (0..19).map(|n| (item(n), if n < 10 { Vote::Second } else { Vote::First })).collect();
        let compared = compare(&votes, &ai);
        let view = audit_view(&sample, 19, &compared);
        let accuracy = view.ai_accuracy.unwrap();
        assert!((accuracy.value - 0.9).abs() < 1e-9, "{accuracy:?}");
        let plain = super::accuracy(&compared.iter().collect::<Vec<_>>()).unwrap();
        assert!(plain.value < 0.5, "what was drawn is not the study: {plain:?}");
    }

    #[test]
    fn a_tie_is_half_right() {
        let votes = |first, tie, second| PairVotes {
            item: item(1),
            prompt: ContentHash::of(b"p"),
            first,
            second,
            tie,
            annotated: true,
            last: 1,
        };
        for (said, ai, expected) in [
            (votes(2, 0, 1), Vote::First, Some(1.0)),
            (votes(2, 0, 1), Vote::Second, Some(0.0)),
            (votes(1, 0, 1), Vote::Second, Some(0.5)),
            (votes(1, 0, 0), Vote::Tie, Some(0.5)),
            (votes(0, 1, 0), Vote::Tie, Some(1.0)),
            (votes(0, 0, 0), Vote::Tie, None),
        ] {
            let found = compare(&[said], &HashMap::from([(item(1), ai)]));
            assert_eq!(found.first().map(|one| one.agreement), expected);
        }
    }
}
