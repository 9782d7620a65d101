//! What routing learns from, on studies whose pairs a judge has labelled.

use serde_json::Map;
use tempfile::TempDir;
use tiebreak_core::{
    CandidateContent, CandidateDraft, CandidateId, ItemDraft, JudgmentId, Outcome, Prompt,
    RoutePurpose,
};
use tiebreak_store::{NewItem, RandomSample};
use uuid::Uuid;

use super::*;
use crate::Quiet;
use crate::clock::now;
use crate::view::StudySettings;

struct Pair {
    prompt: String,
    candidates: [String; 2],
    /// How people labelled it.
    people: Option<Origin>,
    /// The probability that it was drawn with.
    drawn: Option<f64>,
}

fn pair(prompt: &str, candidates: [usize; 2], people: Option<Origin>, drawn: Option<f64>) -> Pair {
    let candidates = candidates.map(|k| format!("answer {k}"));
    Pair { prompt: prompt.to_owned(), candidates, people, drawn }
}

/// A pair with candidates of its own.
fn own(prompt: &str, n: usize, people: Option<Origin>) -> Pair {
    pair(prompt, [2 * n, 2 * n + 1], people, None)
}

fn pooled(folder: &TempDir, pairs: &[Pair]) -> Pooled {
    let study = Study::create(&folder.path().join("s"), &StudySettings::default()).unwrap();
    let (mut sample, drawn_at) = (Vec::new(), now());
    let who = |kind, n, name| {
        let id = AnnotatorId::new(Uuid::from_u128(n));
        study.store.write(|writer| writer.ensure_annotator(kind, name, "", id, now())).unwrap().id
    };
    let (person, judge) = (who(AnnotatorKind::Human, 1, "ada"), who(AnnotatorKind::Ai, 2, "judge"));
    for (n, pair) in (1..).zip(pairs) {
        let item = ItemId::new(Uuid::from_u128(n));
        let candidates = [0, 1].map(|k| CandidateId::new(Uuid::from_u128(1000 * n + k)));
        let content = |text: &String| CandidateContent::Text(text.clone());
        let draft = ItemDraft {
            external_id: Some(n.to_string()),
            modality: Modality::Text,
            prompt: Prompt::Text(pair.prompt.clone()),
            context: None,
            tags: Vec::new(),
            source: None,
            split: None,
            gold: None,
            metadata: Map::new(),
            follows: None,
            candidates: pair
                .candidates
                .iter()
                .map(|text| CandidateDraft::new(content(text), None))
                .collect(),
        };
        let new = NewItem {
            id: item,
            candidates: candidates.to_vec(),
            draft: &draft,
            imported_at: now(),
        };
        study.store.write(|writer| writer.insert_item(&new)).unwrap();
        let answers =
            [Some((2 * n, judge, Origin::Imported)), pair.people.map(|o| (2 * n + 1, person, o))];
        for (id, who, origin) in answers.into_iter().flatten() {
            let id = JudgmentId::new(Uuid::from_u128(id));
            let outcome = Outcome::Preferred(candidates[0]);
            let judgment = Judgment::new(id, item, who, origin, outcome);
            study.store.write(|writer| writer.append_judgment(&judgment)).unwrap();
        }
        sample.extend(pair.drawn.map(|probability| RandomSample {
            item,
            purpose: RoutePurpose::Audit,
            stratum: String::new(),
            probability,
            seed: 1,
            drawn_at,
        }));
    }
    study.store.write(|writer| writer.insert_sample(&sample)).unwrap();
    study.pool(&AiSide::Judge("judge".to_owned()), None, &Quiet::default()).unwrap()
}

/// Labels that came with the data weigh the same, whether or not the audit drew them since.
#[test]
fn imported_labels_weigh_one() {
    let (here, imported) = (Some(Origin::Annotated), Some(Origin::Imported));
    // Labelled how, drawn with what probability, and the inclusion that comes of it.
    let cases = [
        (imported, None, Some(1.0)),
        (imported, Some(0.25), Some(1.0)),
        (here, None, None),
        (here, Some(0.25), Some(0.25)),
        (None, Some(0.25), Some(0.25)),
        (None, None, None),
    ];
    let pairs: Vec<Pair> = (0..)
        .zip(&cases)
        .map(|(n, (people, drawn, _))| pair(&n.to_string(), [2 * n, 2 * n + 1], *people, *drawn))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let found: Vec<_> =
        pooled(&folder, &pairs).pool.instances.iter().map(|one| one.inclusion).collect();
    assert_eq!(found, cases.map(|(_, _, inclusion)| inclusion));
}

/// Groups of the labelled pairs are those of training; unlabelled pairs are in none of them.
#[test]
fn pairs_are_grouped_as_training_groups_them() {
    let here = Some(Origin::Annotated);
    // Every answer against the next, in a ring of three, six times over.
    let rings = (0..18).map(|n| {
        let next = n / 3 * 3 + (n + 1) % 3;
        pair(&format!("q{n}"), [n, next], here, None)
    });
    let with_unlabelled = (0..20).map(|n| own(&format!("q{}", n % 10), n, here.filter(|_| n < 10)));
    let cases: [(&str, Vec<Pair>, usize, Option<&str>); 5] = [
        (
            "two of each prompt",
            (0..20).map(|n| own(&format!("q{}", n / 2), n, here)).collect(),
            10,
            None,
        ),
        (
            "one prompt",
            (0..20).map(|n| own("Which is better?", n, here)).collect(),
            20,
            Some("prompt"),
        ),
        ("no prompt", (0..20).map(|n| own("", n, here)).collect(), 20, None),
        ("shared answers", rings.collect(), 6, None),
        ("unlabelled pairs", with_unlabelled.collect(), 10, None),
    ];
    for (name, pairs, groups, split) in cases {
        let folder = tempfile::tempdir().unwrap();
        let found = pooled(&folder, &pairs);
        let of = |labelled: bool| -> std::collections::BTreeSet<usize> {
            let instances = found.pool.instances.iter();
            let of_kind = instances.filter(|one| (one.votes.total() > 0) == labelled);
            of_kind.map(|one| one.prompt).collect()
        };
        assert_eq!(of(true).len(), groups, "{name}");
        assert!(of(true).is_disjoint(&of(false)), "{name}");
        let note = found.notes.iter().find(|note| note.contains("not kept together"));
        match split {
            Some(split) => {
                let note = note.unwrap_or_else(|| panic!("{name}: {:?}", found.notes));
                assert!(note.contains(&format!("of one {split} ")), "{note}");
            }
            None => assert_eq!(note, None, "{name}"),
        }
    }
}

/// What is proposed for a pilot does not warn of one prompt where no prompt is given.
#[test]
fn a_study_without_prompts_is_no_study_of_one_prompt() {
    let folder = tempfile::tempdir().unwrap();
    let pairs: Vec<Pair> = (0..30).map(|n| own("", n, None)).collect();
    pooled(&folder, &pairs);
    let study = Study::open(&folder.path().join("s")).unwrap();
    let (size, reason) = study.propose_pilot().unwrap();
    assert_eq!(size, 30);
    assert!(!reason.contains("prompts"), "{reason}");
}
