use proptest::prelude::*;
use tiebreak_core::{AnnotatorId, ItemId, JudgmentId, Origin, Ranking, SkipReason};
use uuid::Uuid;

use super::*;

fn candidate(n: u128) -> CandidateId {
    CandidateId::new(Uuid::from_u128(n))
}

fn live(outcome: Outcome, strength: Option<u8>) -> LiveJudgment {
    LiveJudgment {
        judgment: Judgment {
            strength: strength.map(|s| Strength::new(s).unwrap()),
            ..Judgment::new(
                JudgmentId::new(Uuid::from_u128(1)),
                ItemId::new(Uuid::from_u128(1)),
                AnnotatorId::new(Uuid::from_u128(1)),
                Origin::Annotated,
                outcome,
            )
        },
        kind: AnnotatorKind::Human,
        pseudonym: "annotator-1".to_owned(),
    }
}

fn ranked(tiers: &[&[u128]]) -> LiveJudgment {
    let tiers = tiers.iter().map(|tier| tier.iter().map(|n| candidate(*n)).collect()).collect();
    let mut live = live(Outcome::Ranked, None);
    live.judgment.ranking = Some(Ranking { tiers });
    live
}

fn judge(judgments: &[LiveJudgment], k: u128) -> Verdict {
    let candidates: Vec<_> = (1..=k).map(candidate).collect();
    verdict(&judgments.iter().collect::<Vec<_>>(), &candidates, "waiting")
}

#[test]
fn verdicts_on_pairs() {
    let a = || live(Outcome::Preferred(candidate(1)), None);
    let b = || live(Outcome::Preferred(candidate(2)), None);
    let skip = || live(Outcome::Skipped(SkipReason::Unstated), None);
    let tie = || live(Outcome::Tie, None);
    let bad = || live(Outcome::BothBad, None);
    for (case, judgments, expected) in [
        ("nothing", vec![], Err("waiting")),
        ("skip", vec![skip()], Err("skipped")),
        ("one", vec![a()], Ok((1, 1.0))),
        ("one and a skip", vec![a(), skip()], Ok((1, 1.0))),
        ("two to one", vec![a(), b(), a()], Ok((1, 2.0 / 3.0))),
        ("one each", vec![a(), b()], Err("no majority")),
        ("one and a tie", vec![a(), tie()], Err("no majority")),
        ("more ties", vec![tie(), tie(), a()], Err("tie")),
        ("both bad", vec![bad()], Err("both bad")),
        ("plurality", vec![b(), tie(), bad(), b()], Ok((2, 0.5))),
        ("ranked", vec![ranked(&[&[2], &[1]])], Ok((2, 1.0))),
        ("ranked equal", vec![ranked(&[&[2, 1]])], Err("tie")),
        ("ranked and preferred", vec![ranked(&[&[2], &[1]]), a()], Err("no majority")),
    ] {
        let found = match judge(&judgments, 2) {
            Verdict::Preferred(pairs) => Ok((pairs[0].chosen, pairs[0].agreement)),
            Verdict::LeftOut(reason) => Err(reason),
        };
        assert_eq!(found, expected.map(|(n, share)| (candidate(n), share)), "{case}");
    }
}

#[test]
fn verdicts_on_more_candidates() {
    let three = || live(Outcome::Preferred(candidate(3)), None);
    let tie = || live(Outcome::Tie, None);
    let bad = || live(Outcome::BothBad, None);
    for (case, judgments, expected) in [
        ("one order", vec![ranked(&[&[2], &[1], &[3]])], Ok(vec![(2, 1, 1), (1, 3, 1), (2, 3, 1)])),
        ("a tie gives no pair", vec![ranked(&[&[2], &[1, 3]])], Ok(vec![(2, 1, 1), (2, 3, 1)])),
        ("nor do the unranked", vec![ranked(&[&[3], &[1]])], Ok(vec![(3, 1, 1)])),
        ("all tied", vec![ranked(&[&[1, 2, 3]])], Err("tie")),
        ("preferred over each", vec![three()], Ok(vec![(3, 1, 1), (3, 2, 1)])),
        (
            "majority by pair; ties and both bad are no vote",
            vec![ranked(&[&[1], &[2], &[3]]), ranked(&[&[1, 2], &[3]]), tie(), bad(), three()],
            Ok(vec![(1, 2, 1), (1, 3, 3), (2, 3, 3)]),
        ),
        (
            "opposite orders",
            vec![ranked(&[&[1], &[2], &[3]]), ranked(&[&[3], &[2], &[1]])],
            Err("no majority"),
        ),
        (
            "a circle is given as it stands",
            vec![
                ranked(&[&[1], &[2], &[3]]),
                ranked(&[&[2], &[3], &[1]]),
                ranked(&[&[3], &[1], &[2]]),
            ],
            Ok(vec![(1, 2, 3), (3, 1, 3), (2, 3, 3)]),
        ),
        ("both bad", vec![bad()], Err("both bad")),
    ] {
        let found = match judge(&judgments, 3) {
            Verdict::Preferred(pairs) => {
                Ok(pairs.iter().map(|p| (p.chosen, p.rejected, p.answers)).collect::<Vec<_>>())
            }
            Verdict::LeftOut(reason) => Err(reason),
        };
        let named = |pairs: Vec<(u128, u128, u32)>| -> Vec<_> {
            pairs.into_iter().map(|(a, b, n)| (candidate(a), candidate(b), n)).collect()
        };
        assert_eq!(found, expected.map(named), "{case}");
    }
}

#[test]
fn strength_is_the_mean_of_the_winners_votes_that_carry_one() {
    let (a, b) = (Outcome::Preferred(candidate(1)), Outcome::Preferred(candidate(2)));
    let judgments = [live(a, Some(3)), live(a, Some(2)), live(a, None), live(b, Some(1))];
    let Verdict::Preferred(pairs) = judge(&judgments, 2) else {
        panic!("a majority");
    };
    assert_eq!(pairs[0].strength, Some(2.5));
    assert_eq!(pairs[0].agreement, 0.75);
}

proptest! {
    /// One annotator's ranking expands to exactly the pairs that it puts in order.
    #[test]
    fn one_ranking_gives_its_pairs(
        order in Just((1..=5_u128).collect::<Vec<_>>()).prop_shuffle(),
        ranked_count in 2..=5_usize,
        ties in proptest::collection::vec(any::<bool>(), 5),
    ) {
        let mut tiers: Vec<Vec<CandidateId>> = Vec::new();
        for (n, tied) in order.iter().take(ranked_count).zip(&ties) {
            match tiers.last_mut() {
                Some(last) if *tied => last.push(candidate(*n)),
                _ => tiers.push(vec![candidate(*n)]),
            }
        }
        let ranking = Ranking { tiers };
        let mut expected: Vec<_> =
            ranking.pairs().into_iter().map(|pair| (pair.better, pair.worse)).collect();
        let mut judgment = live(Outcome::Ranked, None);
        judgment.judgment.ranking = Some(ranking);
        let mut found = match judge(&[judgment], 5) {
            Verdict::Preferred(pairs) => pairs.iter().map(|p| (p.chosen, p.rejected)).collect(),
            Verdict::LeftOut(_) => Vec::new(),
        };
        expected.sort_unstable();
        found.sort_unstable();
        prop_assert_eq!(found, expected);
    }
}
