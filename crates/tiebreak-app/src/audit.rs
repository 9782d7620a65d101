//! How right the AI is on the whole study, by the random sample: what people say of it, weighted
//! by how likely each item was to be drawn.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use tiebreak_core::ItemId;
use tiebreak_routing::Votes;
use tiebreak_stats::{
    Case, SampledCase, SampledMean, Vote, clustered_mean, drift, inverse_probability_mean, wilson,
};
use tiebreak_store::{PairVotes, RandomSample};

use crate::labelled::{Linked, group};
use crate::quality::interval_view;
use crate::view::{AuditView, DriftView, IntervalView};

/// Half the width of a 95 % interval in standard errors.
const Z: f64 = 1.959_964;
/// With fewer groups, standard errors are too small.
const FEWEST_GROUPS: usize = 20;
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
    linked: Linked,
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
            let linked = Linked::from(&one.links);
            Some(Compared { item: one.item, linked, agreement, last: one.last })
        })
        .collect()
}

/// The groups of pairs that say the same thing twice, as training tells them apart.
fn grouped(compared: &[&Compared]) -> Vec<usize> {
    let linked: Vec<&Linked> = compared.iter().map(|one| &one.linked).collect();
    group(&linked).of_item
}

/// The share of pairs on which the AI agrees with people, each counting the same.
pub(crate) fn accuracy(compared: &[&Compared]) -> Option<IntervalView> {
    let groups = grouped(compared);
    let cases: Vec<Case> = compared
        .iter()
        .zip(groups)
        .map(|(one, group)| Case { group, value: one.agreement, weight: 1.0 })
        .collect();
    clustered_mean(&cases, SEED).map(interval_view)
}

/// The 95 % interval of a mean of a sample. Where the sample is of few groups, or all agree, its
/// standard error is too small or 0: the interval is then never narrower than that of Wilson, of as
/// many cases as its groups come to ([`clustered_mean`] does the same).
fn interval(cases: &[SampledCase], mean: &SampledMean) -> IntervalView {
    // From a single group nothing is known of how groups differ.
    let (mut low, mut high) = (0.0, 1.0);
    if let Some(error) = mean.standard_error {
        (low, high) = ((mean.value - Z * error).max(0.0), (mean.value + Z * error).min(1.0));
        if mean.groups < FEWEST_GROUPS || error < 1e-9 {
            let (least, most) = wilson(mean.value, effective_groups(cases));
            (low, high) = (low.min(least), high.max(most));
        }
    }
    IntervalView { value: mean.value, low, high, n: mean.cases as u32 }
}

/// How many groups of equal weight say as much as those of the cases: (sum w)^2 / sum w^2 (L.
/// Kish, "Survey sampling", 1965).
fn effective_groups(cases: &[SampledCase]) -> f64 {
    let mut weights: BTreeMap<usize, f64> = BTreeMap::new();
    for case in cases {
        *weights.entry(case.group).or_default() += 1.0 / case.inclusion;
    }
    let sum: f64 = weights.values().sum();
    sum * sum / weights.values().map(|weight| weight * weight).sum::<f64>()
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
    let groups = grouped(&drawn);
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
        ai_accuracy: mean.map(|mean| interval(&cases, &mean)),
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
    use tiebreak_core::{ContentHash, RoutePurpose};
    use tiebreak_store::PairLinks;
    use uuid::Uuid;

    use super::*;

    fn item(n: u128) -> ItemId {
        ItemId::new(Uuid::from_u128(n))
    }

    /// Pair `n`, with candidates of its own.
    fn links(n: u128, prompt: &str) -> PairLinks {
        PairLinks {
            prompt: ContentHash::of(prompt.as_bytes()),
            candidates: [0, 1].map(|k| ContentHash::of(&(2 * n + k).to_le_bytes())),
            source: None,
            external_id: None,
            follows: None,
        }
    }

    /// Everybody prefers the first candidate of pair `n`.
    fn voted(n: u128, prompt: &str) -> PairVotes {
        PairVotes {
            item: item(n),
            links: links(n, prompt),
            first: 1,
            second: 0,
            tie: 0,
            annotated: true,
            last: n as u64,
        }
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
        let sample: Vec<RandomSample> = (0..10)
            .map(|n| drawn(n, 1, RoutePurpose::Pilot, "hard", 1.0))
            .chain((10..19).map(|n| drawn(n, 1, RoutePurpose::Pilot, "easy", 0.1)))
            .collect();
        let votes: Vec<PairVotes> = (0..19).map(|n| voted(n, &n.to_string())).collect();
        let ai: HashMap<ItemId, Vote> =
            (0..19).map(|n| (item(n), if n < 10 { Vote::Second } else { Vote::First })).collect();
        let compared = compare(&votes, &ai);
        let view = audit_view(&sample, 19, &compared);
        let accuracy = view.ai_accuracy.unwrap();
        assert!((accuracy.value - 0.9).abs() < 1e-9, "{accuracy:?}");
        let plain = super::accuracy(&compared.iter().collect::<Vec<_>>()).unwrap();
        assert!(plain.value < 0.5, "what was drawn is not the study: {plain:?}");
    }

    /// A few labels that all agree leave room for doubt; pairs of one prompt, or of none, are not
    /// taken for one another.
    #[test]
    fn few_labels_say_little() {
        type Prompt = fn(u128) -> String;
        let own: Prompt = |n| n.to_string();
        let none: Prompt = |_| String::new();
        let one: Prompt = |_| "Which is better?".to_owned();
        let four: Prompt = |n| (n % 5).to_string();
        // Pairs, of these right, their prompts, and the bounds that the interval lies between and
        // reaches.
        for (name, pairs, right, prompt, low, high) in [
            ("10 of 10", 10, 10, own, 0.72, 1.0),
            ("10 of 10 without a prompt", 10, 10, none, 0.72, 1.0),
            ("10 of 10 of one prompt", 10, 10, one, 0.72, 1.0),
            ("10 of 10 of five prompts", 10, 10, four, 0.56, 1.0),
            ("none of 10", 10, 0, own, 0.0, 0.28),
            ("100 of 100", 100, 100, none, 0.96, 1.0),
            ("50 of 100", 100, 50, own, 0.40, 0.60),
            ("1 of 1", 1, 1, own, 0.0, 1.0),
        ] {
            let numbers = || 0..pairs;
            let votes: Vec<PairVotes> = numbers().map(|n| voted(n, &prompt(n))).collect();
            let said = |n| if n < right { Vote::First } else { Vote::Second };
            let ai = numbers().map(|n| (item(n), said(n))).collect();
            let sample: Vec<RandomSample> =
                numbers().map(|n| drawn(n, 1, RoutePurpose::Audit, "", 0.02)).collect();
            let compared = compare(&votes, &ai);
            let found = audit_view(&sample, pairs as u64, &compared).ai_accuracy.unwrap();
            for (found, expected) in [(found.low, low), (found.high, high)] {
                assert!((found - expected).abs() < 0.01, "{name}: {found} for {expected}");
            }
            let plain = accuracy(&compared.iter().collect::<Vec<_>>()).unwrap();
            assert!((plain.low - low).abs() < 0.02, "{name}: {plain:?}");
        }
    }

    #[test]
    fn a_tie_is_half_right() {
        let votes = |first, tie, second| PairVotes { first, second, tie, ..voted(1, "p") };
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
