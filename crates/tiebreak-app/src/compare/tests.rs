//! The story of a comparison through the use cases, on small studies.

use proptest::prelude::*;
use serde_json::Map;
use tempfile::TempDir;
use tiebreak_core::{
    CandidateContent, CandidateDraft, CandidateId, ContentHash, ItemDraft, MediaContent, Modality,
    Prompt,
};
use tiebreak_store::{MediaKind, MediaRow, NewItem};
use uuid::Uuid;

use super::*;
use crate::view::{
    Answer, AnswerView, Ask, AspectAnswerView, AspectScale, AspectSetting, AspectView,
    HighlightView, StepView,
};
use crate::{ExportRequest, LabelChoice, Quiet};

fn study(folder: &TempDir, settings: &StudySettings) -> Study {
    Study::create(&folder.path().join("s"), settings).unwrap()
}

fn draft(n: u128, contents: Vec<CandidateContent>) -> ItemDraft {
    ItemDraft {
        external_id: Some(format!("i{n}")),
        modality: match contents[0] {
            CandidateContent::Media(_) => Modality::Music,
            _ => Modality::Text,
        },
        prompt: Prompt::Text(format!("prompt {n}")),
        context: None,
        tags: Vec::new(),
        source: None,
        split: None,
        gold: None,
        metadata: Map::new(),
        follows: None,
        candidates: contents
            .into_iter()
            .enumerate()
            .map(|(k, content)| CandidateDraft::new(content, Some(format!("system {k}"))))
            .collect(),
    }
}

fn texts(n: u128, k: usize) -> ItemDraft {
    draft(n, (0..k).map(|k| CandidateContent::Text(format!("one {n}\ntwo {k}"))).collect())
}

fn add(study: &Study, n: u128, draft: &ItemDraft) -> ItemId {
    let candidates =
        (0..draft.candidates.len() as u128).map(|k| CandidateId::new(Uuid::from_u128(100 * n + k)));
    let new = NewItem {
        id: ItemId::new(Uuid::from_u128(n)),
        candidates: candidates.collect(),
        draft,
        imported_at: now(),
    };
    study.store.write(|writer| writer.insert_item(&new)).unwrap().0
}

fn name(item: u128, k: u128) -> String {
    CandidateId::new(Uuid::from_u128(100 * item + k)).to_string()
}

fn input(item: u128, given: AnswerView) -> JudgmentInput {
    JudgmentInput {
        item: ItemId::new(Uuid::from_u128(item)).to_string(),
        given,
        listening: Vec::new(),
        shown_at: None,
        active_ms: Some(10),
    }
}

fn preferred(item: u128) -> AnswerView {
    AnswerView::new(Answer::Preferred { candidate: name(item, 0) })
}

fn skip() -> AnswerView {
    AnswerView::new(Answer::Skipped { reason: "unstated".to_owned() })
}

fn ordinals(views: &[ComparisonView]) -> Vec<u32> {
    views.iter().map(|view| view.ordinal).collect()
}

#[test]
fn what_is_given_comes_back_with_undo() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StudySettings {
        reason_tags: vec!["short".to_owned()],
        aspects: vec![AspectSetting {
            id: "help".to_owned(),
            name: "Helpful".to_owned(),
            scale: AspectScale::Rating,
            ask: Ask::Optional,
            reasons: vec!["clear".to_owned()],
            ..AspectSetting::default()
        }],
        steps: Ask::Optional,
        ..StudySettings::default()
    };
    let study = study(&folder, &settings);
    add(&study, 1, &texts(1, 2));
    let who = study.sign_in("ann").unwrap();
    let view = study.next_comparisons(&who, 1, &[]).unwrap().remove(0);
    let steps = view.candidates.iter().map(|c| c.steps.as_ref().map(Vec::len));
    assert_eq!(steps.collect::<Vec<_>>(), [Some(2), Some(2)]);
    let given = AnswerView {
        strength: Some(2),
        confidence: Some(1.0 / 3.0),
        rationale: Some("because".to_owned()),
        reason_tags: vec!["short".to_owned()],
        aspects: vec![AspectView {
            aspect: "help".to_owned(),
            answer: AspectAnswerView::Ratings { ratings: vec![(name(1, 1), 5), (name(1, 0), 2)] },
            reasons: vec!["clear".to_owned()],
        }],
        highlights: vec![HighlightView {
            candidate: name(1, 1),
            turn: 0,
            start: 0,
            end: 3,
            good: false,
            reason: Some("vague".to_owned()),
        }],
        steps: vec![StepView { candidate: name(1, 0), first_wrong: Some(1) }],
        ..preferred(1)
    };
    study.submit(&who, &input(1, given.clone())).unwrap();
    let undone = study.undo(&who).unwrap().unwrap();
    assert_eq!(undone.comparison.previous, Some(given.clone()));
    assert_eq!(undone.comparison.candidates, view.candidates, "on the same sides");
    let again = study.next_comparisons(&who, 1, &[]).unwrap().remove(0);
    assert_eq!(again.previous, Some(given));
}

#[test]
fn systems_are_named_only_where_the_study_is_not_blind() {
    for blind in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let study = study(&folder, &StudySettings { blind, ..StudySettings::default() });
        add(&study, 1, &texts(1, 2));
        let who = study.sign_in("ann").unwrap();
        let view = study.next_comparisons(&who, 1, &[]).unwrap().remove(0);
        assert_eq!(serde_json::to_string(&view).unwrap().contains("system 0"), !blind);
        study.submit(&who, &input(1, preferred(1))).unwrap();
        let item = study.find_item("i1").unwrap();
        let last = study.store.read(|r| r.last_judgment(item, who.annotator.id)).unwrap().unwrap();
        assert_eq!(last.blinded, Some(blind));
    }
}

#[test]
fn the_second_turn_comes_with_the_answer_to_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let study = study(&folder, &StudySettings::default());
    let second = ItemDraft { follows: Some("i2".to_owned()), ..texts(1, 2) };
    add(&study, 1, &second);
    add(&study, 2, &texts(2, 2));
    let who = study.sign_in("ann").unwrap();
    assert_eq!(ordinals(&study.next_comparisons(&who, 9, &[]).unwrap()), [2]);
    assert_eq!(study.submit(&who, &input(2, skip())).unwrap().follow_up, None);
    study.undo(&who).unwrap().unwrap();

    let given = AnswerView { rationale: Some("calm".to_owned()), ..preferred(2) };
    let saved = study.submit(&who, &input(2, given.clone())).unwrap();
    assert_eq!(saved.progress.waiting, 1);
    let follow_up = saved.follow_up.unwrap();
    assert_eq!(follow_up.ordinal, 1);
    let preceding = follow_up.preceding.clone().unwrap();
    assert_eq!(preceding.answer, given);
    assert_eq!(preceding.preferred.unwrap().id, name(2, 0));
    assert_eq!(preceding.prompt[0].text, "prompt 2");
    let next = study.next_comparisons(&who, 9, &[]).unwrap();
    assert_eq!(next, [follow_up], "who does not take it is handed it as the next");

    let undone = study.undo(&who).unwrap().unwrap();
    assert_eq!((undone.comparison.ordinal, undone.progress.waiting), (2, 1));
    assert_eq!(ordinals(&study.next_comparisons(&who, 9, &[]).unwrap()), [2]);
    study.submit(&who, &input(2, preferred(2))).unwrap();
    study.submit(&who, &input(1, preferred(1))).unwrap();
    assert_eq!(study.next_comparisons(&who, 9, &[]).unwrap(), []);
}

fn clip(hash: ContentHash, lufs: f64, file: &str) -> MediaRow {
    MediaRow {
        hash,
        kind: MediaKind::Audio,
        format: "wav".to_owned(),
        bytes: 4,
        width: None,
        height: None,
        frames: None,
        animated: false,
        duration_s: Some(12.0),
        sample_rate: Some(8000),
        channels: Some(1),
        loudness_lufs: Some(lufs),
        true_peak_dbtp: Some(-3.0),
        file_name: file.to_owned(),
        linked_path: None,
        added_at: now(),
        peaks: None,
    }
}

#[test]
fn clips_are_matched_and_missing_files_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StudySettings { min_listen_s: 5, ..StudySettings::default() };
    let study = study(&folder, &settings);
    let hashes = ["a", "b", "c"].map(|text| ContentHash::of(text.as_bytes()));
    let contents =
        hashes.map(|media| CandidateContent::Media(MediaContent { media, text: None })).to_vec();
    add(&study, 1, &draft(1, contents));
    study
        .store
        .write(|writer| {
            writer.insert_media(&clip(hashes[0], -26.0, "a.wav"))?;
            writer.insert_media(&clip(hashes[1], -14.0, "b.wav"))
        })
        .unwrap();
    std::fs::create_dir(folder.path().join("s.media")).unwrap();
    std::fs::write(folder.path().join("s.media/a.wav"), "RIFF").unwrap();
    let who = study.sign_in("ann").unwrap();
    let view = study.next_comparisons(&who, 1, &[]).unwrap().remove(0);
    let mut seen: Vec<_> = view
        .candidates
        .iter()
        .zip(&view.loudness.as_ref().unwrap().gains_db)
        .map(|(candidate, gain)| {
            let media = candidate.media.as_ref().unwrap();
            (candidate.id.clone(), media.audio.is_some(), media.problem.is_some(), gain.round())
        })
        .collect();
    seen.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    // Of the third nothing is known, the second's file is missing, the first's peak of -3 dBTP
    // lets it rise by 2 dB only, to -24 LUFS.
    let expected = [
        (name(1, 0), true, false, 2.0),
        (name(1, 1), true, true, -10.0),
        (name(1, 2), false, true, 0.0),
    ];
    assert_eq!(seen, expected);
    let error = study.submit(&who, &input(1, preferred(1))).unwrap_err().to_string();
    assert!(error.starts_with("listening: clip"), "{error}");
    let heard = crate::view::ListenView {
        candidate: name(1, 0),
        from_ms: 0,
        to_ms: 5000,
        at: now().to_rfc3339(),
    };
    let enough = JudgmentInput { listening: vec![heard], ..input(1, preferred(1)) };
    study.submit(&who, &enough).unwrap();
    study.undo(&who).unwrap();
    study.submit(&who, &input(1, preferred(1))).unwrap();
}

#[test]
fn a_ranking_is_exported_as_its_pairs() {
    let folder = tempfile::tempdir().unwrap();
    let study = study(&folder, &StudySettings::default());
    for (n, k) in [(1, 3), (2, 2), (3, 3)] {
        add(&study, n, &texts(n, k));
    }
    let who = study.sign_in("ann").unwrap();
    let tiers = vec![vec![name(1, 2)], vec![name(1, 0), name(1, 1)]];
    study.submit(&who, &input(1, AnswerView::new(Answer::Ranked { tiers }))).unwrap();
    study.submit(&who, &input(2, preferred(2))).unwrap();
    study.submit(&who, &input(3, AnswerView::new(Answer::Tie))).unwrap();
    let out = folder.path().join("out");
    let request = ExportRequest::new("trl", LabelChoice::Human).unwrap();
    let report = study.export(&out, &request, &Quiet::default()).unwrap();
    assert_eq!((report.rows, report.left_out), (3, vec![("tie".to_owned(), 1)]));
    assert!(report.notes.iter().any(|note| note.contains("1 items of more than two")));
    let rows: Vec<(String, String)> = std::fs::read_to_string(out.join("train.jsonl"))
        .unwrap()
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            (text("id"), format!("{} > {}", text("chosen"), text("rejected")).replace('\n', " "))
        })
        .collect();
    let expected = [
        ("i1", "one 1 two 2 > one 1 two 0"),
        ("i1", "one 1 two 2 > one 1 two 1"),
        ("i2", "one 2 two 0 > one 2 two 1"),
    ];
    assert_eq!(rows, expected.map(|(id, text)| (id.to_owned(), text.to_owned())));
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Annotator, held comparison, and whether to answer or to skip.
    Submit(usize, usize, bool),
    Undo(usize),
    /// The same as `Submit`, by another program.
    Elsewhere(usize, usize, bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let judge = || (0..2_usize, 0..3_usize, any::<bool>());
    let step = prop_oneof![
        5 => judge().prop_map(|(who, which, answer)| Step::Submit(who, which, answer)),
        2 => (0..2_usize).prop_map(Step::Undo),
        1 => judge().prop_map(|(who, which, answer)| Step::Elsewhere(who, which, answer)),
    ];
    proptest::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is remembered of the queues: nobody is handed what they answered, what is handed
    /// out first is what the whole queue has, and what waits is what a count says.
    #[test]
    fn remembered_places_agree_with_the_file(steps in steps(), overlap in 1..=2_u32) {
        let folder = tempfile::tempdir().unwrap();
        let settings = StudySettings { overlap, ..StudySettings::default() };
        let study = study(&folder, &settings);
        for n in 1..=8 {
            // 3 follows 6, 7 follows 2.
            let follows = match n { 3 => Some("i6"), 7 => Some("i2"), _ => None };
            add(&study, n, &ItemDraft { follows: follows.map(str::to_owned), ..texts(n, 2) });
        }
        let elsewhere = Study::open(study.path()).unwrap();
        let people = ["ann", "bob"].map(|name| study.sign_in(name).unwrap());
        for step in steps {
            let (who, progress) = match step {
                Step::Submit(who, which, answer) | Step::Elsewhere(who, which, answer) => {
                    let program =
                        if matches!(step, Step::Elsewhere(..)) { &elsewhere } else { &study };
                    let views = program.next_comparisons(&people[who], 3, &[]).unwrap();
                    let Some(view) = views.get(which) else { continue };
                    let candidate = view.candidates[0].id.clone();
                    let given = match answer {
                        true => AnswerView::new(Answer::Preferred { candidate }),
                        false => skip(),
                    };
                    let input = JudgmentInput { item: view.item.clone(), ..input(1, given) };
                    let saved = program.submit(&people[who], &input).unwrap();
                    (who, matches!(step, Step::Submit(..)).then_some(saved.progress))
                }
                Step::Undo(who) => {
                    let undone = study.undo(&people[who]).unwrap();
                    (who, undone.map(|undone| undone.progress))
                }
            };
            let others = matches!(step, Step::Elsewhere(..));
            if let Some(progress) = progress {
                let counted = elsewhere.progress(&people[who]).unwrap();
                prop_assert_eq!(progress.done, counted.done);
            }
            if !others {
                // Right again after a count, and carried forward from there.
                study.progress(&people[who]).unwrap();
            }
            for session in &people {
                let handed = study.next_comparisons(session, 8, &[]).unwrap();
                study.store.read(|reader| -> Result<()> {
                    let scope = scope(reader, session, &settings)?;
                    for view in &handed {
                        let item: ItemId = view.item.parse().unwrap();
                        let last = reader.last_judgment(item, session.annotator.id)?;
                        assert!(last.is_none_or(|last| last.outcome == Outcome::Withdrawn));
                        assert!(reader.is_open(&scope, item)?);
                    }
                    Ok(())
                }).unwrap();
            }
        }
    }

    /// What waits, carried forward judgment by judgment, is what is counted.
    #[test]
    fn what_waits_is_carried_forward(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let study = study(&folder, &StudySettings::default());
        for n in 1..=8 {
            let follows = match n { 3 => Some("i6"), 7 => Some("i2"), _ => None };
            add(&study, n, &ItemDraft { follows: follows.map(str::to_owned), ..texts(n, 2) });
        }
        let who = study.sign_in("ann").unwrap();
        let fresh = Study::open(study.path()).unwrap();
        study.progress(&who).unwrap();
        for step in steps {
            let progress = match step {
                Step::Undo(_) => match study.undo(&who).unwrap() {
                    Some(undone) => undone.progress,
                    None => continue,
                },
                Step::Submit(_, which, answer) | Step::Elsewhere(_, which, answer) => {
                    let views = study.next_comparisons(&who, 3, &[]).unwrap();
                    let Some(view) = views.get(which) else { continue };
                    let candidate = view.candidates[0].id.clone();
                    let given = match answer {
                        true => AnswerView::new(Answer::Preferred { candidate }),
                        false => skip(),
                    };
                    let input = JudgmentInput { item: view.item.clone(), ..input(1, given) };
                    study.submit(&who, &input).unwrap().progress
                }
            };
            prop_assert_eq!(&progress, &fresh.progress(&who).unwrap());
            let mut remembered = ordinals(&study.next_comparisons(&who, 8, &[]).unwrap());
            let mut whole = ordinals(
                &Study::open(study.path()).unwrap().next_comparisons(&who, 8, &[]).unwrap(),
            );
            remembered.sort_unstable();
            whole.sort_unstable();
            prop_assert_eq!(remembered, whole);
        }
    }
}
