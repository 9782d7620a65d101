use tiebreak_core::{
    AspectJudgment, Candidate, CandidateContent, ItemId, JudgmentId, Origin, Outcome, Prompt,
    Ranking, Rating,
};

use super::*;
use crate::clock::fresh;

fn item(k: usize) -> Item {
    Item {
        id: ItemId::new(fresh()),
        ordinal: 1,
        external_id: None,
        modality: Modality::Text,
        prompt: Prompt::Text("Which?".to_owned()),
        context: None,
        tags: vec!["code".to_owned()],
        source: Some("llmbar/natural".to_owned()),
        split: None,
        gold: None,
        metadata: serde_json::Map::new(),
        follows: None,
        candidates: (0..k)
            .map(|place| Candidate {
                id: CandidateId::new(fresh()),
                position: place as u32,
                content: CandidateContent::Text("x".repeat(10 * (place + 1))),
                system: None,
                metadata: serde_json::Map::new(),
            })
            .collect(),
    }
}

fn said(item: &Item, outcome: Outcome, kind: AnnotatorKind) -> LiveJudgment {
    let judgment = Judgment::new(
        JudgmentId::new(fresh()),
        item.id,
        tiebreak_core::AnnotatorId::new(fresh()),
        Origin::Annotated,
        outcome,
    );
    LiveJudgment { judgment, kind, pseudonym: "a1".to_owned() }
}

fn of(item: &Item, live: &[LiveJudgment], labelling: &Labelling) -> Option<LabelledItem> {
    labelled_item(item.clone(), live, labelling)
}

#[test]
fn people_count_and_both_bad_and_models_do_not() {
    let item = item(2);
    let (a, b) = (item.candidates[0].id, item.candidates[1].id);
    let human = AnnotatorKind::Human;
    let live = [
        said(&item, Outcome::Preferred(a), human),
        said(&item, Outcome::Preferred(a), human),
        said(&item, Outcome::Preferred(b), human),
        said(&item, Outcome::Tie, human),
        said(&item, Outcome::BothBad, human),
        said(&item, Outcome::Preferred(b), AnnotatorKind::Ai),
    ];
    let found = of(&item, &live, &Labelling::default()).unwrap();
    assert_eq!(found.judgments, 4);
    let pair = &found.pairs[0];
    assert_eq!(pair.shares, Shares { first: 0.5, tie: 0.25, second: 0.25 });
    assert_eq!(pair.counts, Counts { first: 2, second: 1 });
    assert!(of(&item, &live[4..], &Labelling::default()).is_none());
    let doubtful = Labelling {
        smoothing: 0.1,
        noise: HashMap::from([(live[0].judgment.id, 0.5)]),
        ..Labelling::default()
    };
    let pair = &of(&item, &live[..2], &doubtful).unwrap().pairs[0];
    assert_eq!(pair.shares, Shares::FIRST);
    assert!((pair.taught.first - 0.7).abs() < 1e-12, "{pair:?}");
}

#[test]
fn strength_counts_only_where_asked() {
    let item = item(2);
    let mut live = [
        said(&item, Outcome::Preferred(item.candidates[0].id), AnnotatorKind::Human),
        said(&item, Outcome::Preferred(item.candidates[1].id), AnnotatorKind::Human),
    ];
    live[0].judgment.strength = Some(Strength::new(3).unwrap());
    let plain = of(&item, &live, &Labelling::default()).unwrap();
    assert_eq!((plain.pairs[0].shares.first, plain.pairs[0].weight), (0.5, 1.0));
    assert_eq!(plain.pairs[0].taught.first, 0.5);
    assert_eq!(plain.pairs[0].strength, Some(3.0), "one without a strength is not a 0");
    let by_strength = Labelling { by_strength: true, ..Labelling::default() };
    let weighted = of(&item, &live, &by_strength).unwrap();
    assert_eq!((weighted.pairs[0].taught.first, weighted.pairs[0].weight), (0.6, 1.25));
}

#[test]
fn the_pairs_of_a_ranking_share_its_weight() {
    let item = item(3);
    let [a, b, c] = [0, 1, 2].map(|place| item.candidates[place].id);
    let mut live = [said(&item, Outcome::Ranked, AnnotatorKind::Human)];
    live[0].judgment.ranking = Some(Ranking { tiers: vec![vec![b], vec![a, c]] });
    let found = of(&item, &live, &Labelling::default()).unwrap();
    let shares: Vec<_> =
        found.pairs.iter().map(|pair| (pair.first, pair.second, pair.shares)).collect();
    assert_eq!(shares, [(0, 1, Shares::SECOND), (0, 2, Shares::TIE), (1, 2, Shares::FIRST)]);
    let mut labels = Labels::default();
    labels.push(&found);
    labels.group();
    assert!((labels.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert_eq!((labels.prompts.as_slice(), labels.judgments.as_slice()), (&[0; 3][..], &[1][..]));
    assert_eq!(labels.sources[0].as_deref(), Some("llmbar"));
    assert!(labels.lengths[0].unwrap() < 0.0, "the second is longer");
}

#[test]
fn an_aspect_is_an_objective_of_its_own() {
    let item = item(2);
    let (a, b) = (item.candidates[0].id, item.candidates[1].id);
    let rated = |first, second| {
        AspectAnswer::Ratings(vec![
            (a, Rating::new(first).unwrap()),
            (b, Rating::new(second).unwrap()),
        ])
    };
    for (answer, expected) in [
        (AspectAnswer::Preferred(b), Some(Shares::SECOND)),
        (AspectAnswer::Tie, Some(Shares::TIE)),
        (rated(4, 2), Some(Shares::FIRST)),
        (rated(3, 3), Some(Shares::TIE)),
        (AspectAnswer::Ratings(vec![(a, Rating::new(5).unwrap())]), None),
    ] {
        let mut live = [said(&item, Outcome::Preferred(a), AnnotatorKind::Human)];
        live[0].judgment.aspects =
            vec![AspectJudgment { aspect: "safe".to_owned(), answer, reason_tags: Vec::new() }];
        let of_aspect = |name: &str| {
            let labelling = Labelling { aspect: Some(name.to_owned()), ..Labelling::default() };
            of(&item, &live, &labelling).map(|found| found.pairs[0].shares)
        };
        assert_eq!(of_aspect("safe"), expected);
        assert_eq!(of_aspect("kind"), None);
    }
}

#[test]
fn items_without_a_prompt_are_no_group_and_those_of_one_prompt_are() {
    let mut labels = Labels::default();
    for (place, prompt) in ["", "one", " ", "one", "two", "three"].into_iter().enumerate() {
        let mut item = Item { prompt: Prompt::Text(prompt.to_owned()), ..item(2) };
        for candidate in &mut item.candidates {
            candidate.content = CandidateContent::Text(format!("{place} {}", candidate.position));
        }
        let first = item.candidates[0].id;
        let live = [said(&item, Outcome::Preferred(first), AnnotatorKind::Human)];
        labels.push(&of(&item, &live, &Labelling::default()).unwrap());
    }
    labels.group();
    assert_eq!(labels.prompts, [0, 1, 2, 1, 3, 4]);
    assert_eq!((labels.prompt_count(), labels.kept_together.len()), (5, 3));
}
