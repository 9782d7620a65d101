//! What a judgment says beside its outcome comes back as it was given.

use proptest::prelude::*;
use proptest::sample::subsequence;
use tiebreak_core::{
    AspectAnswer, AspectJudgment, ListenSpan, Ranking, Rating, SpanHighlight, StepMark,
};

use super::*;

fn any_candidate() -> impl Strategy<Value = CandidateId> {
    (0..2_u128).prop_map(|k| candidate(1, k))
}

fn some_candidates() -> impl Strategy<Value = Vec<CandidateId>> {
    subsequence(vec![candidate(1, 0), candidate(1, 1)], 0..=2).prop_shuffle()
}

fn words() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[a-zäß\"]{1,8}", 0..3)
}

fn aspect_answer() -> impl Strategy<Value = AspectAnswer> {
    let ratings = (some_candidates(), proptest::collection::vec(1..=5_u8, 2)).prop_map(|(c, r)| {
        let ratings = r.into_iter().map(|rating| Rating::new(rating).unwrap());
        AspectAnswer::Ratings(c.into_iter().zip(ratings).collect())
    });
    prop_oneof![any_candidate().prop_map(AspectAnswer::Preferred), Just(AspectAnswer::Tie), ratings,]
}

fn aspects() -> impl Strategy<Value = Vec<AspectJudgment>> {
    let ids = subsequence(vec!["help", "truth", "style"], 0..=3).prop_shuffle();
    (ids, proptest::collection::vec((aspect_answer(), words()), 3)).prop_map(|(ids, answers)| {
        ids.into_iter()
            .zip(answers)
            .map(|(id, (answer, reason_tags))| AspectJudgment {
                aspect: id.to_owned(),
                answer,
                reason_tags,
            })
            .collect()
    })
}

fn highlights() -> impl Strategy<Value = Vec<SpanHighlight>> {
    let one = (any_candidate(), 0..3_u32, 0..9_u32, 1..9_u32, any::<bool>(), words()).prop_map(
        |(candidate, turn, start, length, good, reason)| SpanHighlight {
            candidate,
            turn,
            start,
            end: start + length,
            good,
            reason: reason.into_iter().next(),
        },
    );
    proptest::collection::vec(one, 0..4)
}

fn listening() -> impl Strategy<Value = Vec<ListenSpan>> {
    let one = (any_candidate(), any::<u32>(), any::<u32>(), 0..1_000_000_i64).prop_map(
        |(candidate, a, b, micros)| ListenSpan {
            candidate,
            from_ms: a.min(b),
            to_ms: a.max(b),
            at: now() + TimeDelta::microseconds(micros),
        },
    );
    proptest::collection::vec(one, 0..4)
}

fn steps() -> impl Strategy<Value = Vec<StepMark>> {
    (some_candidates(), proptest::collection::vec(proptest::option::of(0..9_u32), 2)).prop_map(
        |(candidates, first)| {
            let mark = |(candidate, first_wrong)| StepMark { candidate, first_wrong };
            candidates.into_iter().zip(first).map(mark).collect()
        },
    )
}

fn ranking() -> impl Strategy<Value = Option<Ranking>> {
    let (a, b) = (candidate(1, 0), candidate(1, 1));
    prop_oneof![
        Just(None),
        Just(Some(vec![vec![a], vec![b]])),
        Just(Some(vec![vec![b], vec![a]])),
        Just(Some(vec![vec![b, a]])),
    ]
    .prop_map(|tiers| tiers.map(|tiers| Ranking { tiers }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_judgment_comes_back_whole(
        aspects in aspects(),
        highlights in highlights(),
        listening in listening(),
        steps in steps(),
        ranking in ranking(),
        reason_tags in words(),
        confidence in proptest::option::of(0.0..=1.0_f64),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let store = create(&folder);
        let (item, annotator) = (add_item(&store, 1), add_annotator(&store, 1));
        // An earlier judgment: its details are not the later one's.
        let earlier = Judgment {
            steps: vec![StepMark { candidate: candidate(1, 0), first_wrong: Some(1) }],
            ..judgment(1, item, annotator, Outcome::Tie)
        };
        let outcome = if ranking.is_some() { Outcome::Ranked } else { Outcome::Tie };
        let later = Judgment {
            aspects,
            highlights,
            listening,
            steps,
            ranking,
            reason_tags,
            confidence,
            supersedes: Some(earlier.id),
            ..judgment(2, item, annotator, outcome)
        };
        for row in [&earlier, &later] {
            store.write(|writer| writer.append_judgment(row)).unwrap();
        }
        store.read(|reader| -> crate::Result<()> {
            assert_eq!(reader.last_judgment(item, annotator)?.as_ref(), Some(&later));
            assert_eq!(reader.latest_annotated(annotator)?.as_ref(), Some(&later));
            let live = reader.live_judgments(item)?;
            assert_eq!(live.iter().map(|l| &l.judgment).collect::<Vec<_>>(), [&later]);
            assert_eq!(reader.judgment_history(item, annotator)?, [earlier.clone(), later.clone()]);
            Ok(())
        }).unwrap();
    }
}

#[test]
fn details_can_be_neither_changed_nor_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let (item, annotator) = (add_item(&store, 1), add_annotator(&store, 1));
    let (a, b) = (candidate(1, 0), candidate(1, 1));
    let rich = Judgment {
        ranking: Some(Ranking { tiers: vec![vec![a], vec![b]] }),
        aspects: vec![AspectJudgment {
            aspect: "help".to_owned(),
            answer: AspectAnswer::Ratings(vec![(a, Rating::new(3).unwrap())]),
            reason_tags: Vec::new(),
        }],
        highlights: vec![SpanHighlight {
            candidate: a,
            turn: 0,
            start: 0,
            end: 1,
            good: true,
            reason: None,
        }],
        steps: vec![StepMark { candidate: a, first_wrong: None }],
        listening: vec![ListenSpan { candidate: a, from_ms: 0, to_ms: 1, at: now() }],
        ..judgment(1, item, annotator, Outcome::Ranked)
    };
    store.write(|writer| writer.append_judgment(&rich)).unwrap();
    let connection = rusqlite::Connection::open(store.path()).unwrap();
    for table in [
        "ranking",
        "aspect_judgment",
        "aspect_rating",
        "span_highlight",
        "step_mark",
        "listen_span",
    ] {
        for sql in [
            format!("UPDATE {table} SET candidate_id = NULL")
                .replace("aspect_judgment SET candidate_id", "aspect_judgment SET preferred"),
            format!("DELETE FROM {table}"),
        ] {
            let error = connection.execute(&sql, []).unwrap_err().to_string();
            assert!(error.contains("judgments are never"), "{sql}: {error}");
        }
    }
}
