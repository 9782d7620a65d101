//! Each rule of a study, on an item of two answers: which answers it takes, and what it says of
//! those that it refuses.

use chrono::TimeDelta;
use serde_json::Map;
use tiebreak_core::{AnnotatorId, CandidateContent, ItemId, Modality, Prompt};
use uuid::Uuid;

use super::*;
use crate::view::{HighlightView, ListenView, StepView};

fn id(n: u128) -> CandidateId {
    CandidateId::new(Uuid::from_u128(n))
}

fn name(n: u128) -> String {
    id(n).to_string()
}

/// Candidate 1 has two steps and six characters in its only turn, candidate 2 one step.
fn item() -> Item {
    let texts = ["äöü\nde", "z"];
    Item {
        id: ItemId::new(Uuid::from_u128(9)),
        ordinal: 1,
        external_id: None,
        modality: Modality::Text,
        prompt: Prompt::Text("p".to_owned()),
        context: None,
        tags: Vec::new(),
        source: None,
        split: None,
        gold: None,
        metadata: Map::new(),
        follows: None,
        candidates: texts
            .into_iter()
            .zip(0..)
            .map(|(text, position)| Candidate {
                id: id(u128::from(position) + 1),
                position,
                content: CandidateContent::Text(text.to_owned()),
                system: None,
                metadata: Map::new(),
            })
            .collect(),
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

fn aspect(id: &str, scale: AspectScale, ask: Ask) -> AspectSetting {
    let reasons = vec!["clear".to_owned()];
    AspectSetting { id: id.into(), name: id.into(), scale, ask, reasons, ..Default::default() }
}

fn settings() -> StudySettings {
    StudySettings {
        reason_tags: vec!["short".to_owned()],
        aspects: vec![
            aspect("help", AspectScale::Preference, Ask::Optional),
            aspect("truth", AspectScale::Rating, Ask::Optional),
        ],
        ..StudySettings::default()
    }
}

fn preferred() -> AnswerView {
    AnswerView::new(Answer::Preferred { candidate: name(1) })
}

fn skip() -> AnswerView {
    AnswerView::new(Answer::Skipped { reason: "broken".to_owned() })
}

fn ranked(tiers: &[&[u128]]) -> AnswerView {
    let tiers = tiers.iter().map(|tier| tier.iter().map(|n| name(*n)).collect()).collect();
    AnswerView::new(Answer::Ranked { tiers })
}

fn on(aspect: &str, answer: AspectAnswerView, reasons: &[&str]) -> AnswerView {
    let reasons = reasons.iter().map(|reason| (*reason).to_owned()).collect();
    AnswerView {
        aspects: vec![AspectView { aspect: aspect.to_owned(), answer, reasons }],
        ..preferred()
    }
}

fn ratings(ratings: &[(u128, u8)]) -> AspectAnswerView {
    AspectAnswerView::Ratings { ratings: ratings.iter().map(|(n, r)| (name(*n), *r)).collect() }
}

fn highlight(candidate: u128, turn: u32, start: u32, end: u32) -> AnswerView {
    let span = HighlightView {
        candidate: name(candidate),
        turn,
        start,
        end,
        good: true,
        reason: Some(" ".to_owned()),
    };
    AnswerView { highlights: vec![span], ..preferred() }
}

fn steps(marks: &[(u128, Option<u32>)]) -> AnswerView {
    let steps = marks
        .iter()
        .map(|(n, first_wrong)| StepView { candidate: name(*n), first_wrong: *first_wrong })
        .collect();
    AnswerView { steps, ..preferred() }
}

/// The judgment, or the field that is wrong.
fn submit(
    settings: &StudySettings,
    given: AnswerView,
    edit: impl FnOnce(&mut JudgmentInput),
    heard_before: &[ListenSpan],
) -> Result<Judgment, &'static str> {
    let item = item();
    let mut input = JudgmentInput {
        item: item.id.to_string(),
        given,
        listening: Vec::new(),
        shown_at: None,
        active_ms: None,
    };
    edit(&mut input);
    let submission = Submission {
        input: &input,
        settings,
        item: &item,
        presentation: &Presentation {
            item: item.id,
            annotator: AnnotatorId::new(Uuid::from_u128(7)),
            order: vec![id(2), id(1)],
            seed: 3,
        },
        clips: &HashMap::from([(id(1), 10_000), (id(2), 2_000)]),
        heard_before,
        active_before: 0,
        now: now(),
    };
    submission.judgment().map_err(|error| match error {
        AppError::Input { field, .. } => field,
        other => panic!("{other}"),
    })
}

fn field(settings: &StudySettings, given: AnswerView) -> Result<(), &'static str> {
    submit(settings, given, |_| {}, &[]).map(drop)
}

#[test]
fn answers_are_checked_against_item_and_study() {
    let strict = StudySettings { tie: false, both_bad: false, ..settings() };
    let tie = AnswerView::new(Answer::Tie);
    let bad = AnswerView::new(Answer::BothBad);
    let foreign = AnswerView::new(Answer::Preferred { candidate: name(5) });
    let odd_skip = AnswerView::new(Answer::Skipped { reason: "tired".to_owned() });
    let tagged = |tag: &str| AnswerView { reason_tags: vec![tag.to_owned()], ..preferred() };
    let sure = |confidence| AnswerView { confidence: Some(confidence), ..preferred() };
    for (case, settings, given, expected) in [
        ("preferred", settings(), preferred(), Ok(())),
        ("of another item", settings(), foreign, Err("candidate")),
        ("tie", settings(), tie.clone(), Ok(())),
        ("tie refused", strict.clone(), tie, Err("answer")),
        ("both bad", settings(), bad.clone(), Ok(())),
        ("both bad refused", strict.clone(), bad, Err("answer")),
        ("skip", strict.clone(), skip(), Ok(())),
        ("unknown skip", settings(), odd_skip, Err("reason")),
        ("ranked", settings(), ranked(&[&[2], &[1]]), Ok(())),
        ("all tied", settings(), ranked(&[&[2, 1]]), Ok(())),
        ("all tied refused", strict, ranked(&[&[2, 1]]), Err("answer")),
        ("one ranked", settings(), ranked(&[&[2]]), Err("tiers")),
        ("ranked twice", settings(), ranked(&[&[2], &[2]]), Err("tiers")),
        ("empty tier", settings(), ranked(&[&[2], &[], &[1]]), Err("tiers")),
        ("unknown ranked", settings(), ranked(&[&[2], &[3]]), Err("tiers")),
        ("reason", settings(), tagged("short"), Ok(())),
        ("unknown reason", settings(), tagged("long"), Err("reason_tags")),
        ("sure", settings(), sure(1.0), Ok(())),
        ("too sure", settings(), sure(1.1), Err("confidence")),
        ("not a number", settings(), sure(f64::NAN), Err("confidence")),
        ("strength", settings(), AnswerView { strength: Some(3), ..preferred() }, Ok(())),
        (
            "too strong",
            settings(),
            AnswerView { strength: Some(4), ..preferred() },
            Err("strength"),
        ),
    ] {
        assert_eq!(field(&settings, given), expected, "{case}");
    }
}

#[test]
fn aspects_are_checked_against_the_study() {
    let better = AspectAnswerView::Preferred { candidate: name(2) };
    let foreign = AspectAnswerView::Preferred { candidate: name(4) };
    for (case, given, expected) in [
        ("preference", on("help", better.clone(), &["clear"]), Ok(())),
        ("tie", on("help", AspectAnswerView::Tie, &[]), Ok(())),
        ("ratings", on("truth", ratings(&[(1, 5), (2, 1)]), &[]), Ok(())),
        ("some ratings", on("truth", ratings(&[(1, 5)]), &[]), Ok(())),
        ("unknown aspect", on("style", AspectAnswerView::Tie, &[]), Err("aspects")),
        ("unknown reason", on("help", AspectAnswerView::Tie, &["short"]), Err("aspects")),
        ("unknown candidate", on("help", foreign, &[]), Err("aspects")),
        ("rating of 0", on("truth", ratings(&[(1, 0)]), &[]), Err("aspects")),
        ("rating of 6", on("truth", ratings(&[(1, 6)]), &[]), Err("aspects")),
        ("rated for preferred", on("help", ratings(&[(1, 3)]), &[]), Err("aspects")),
        ("preferred for rated", on("truth", better, &[]), Err("aspects")),
    ] {
        assert_eq!(field(&settings(), given), expected, "{case}");
    }
}

#[test]
fn passages_and_steps_lie_in_the_text() {
    for (case, given, expected) in [
        ("whole turn", highlight(1, 0, 0, 6), Ok(())),
        ("beyond its characters", highlight(1, 0, 0, 7), Err("highlights")),
        ("empty", highlight(1, 0, 2, 2), Err("highlights")),
        ("backwards", highlight(1, 0, 3, 2), Err("highlights")),
        ("no such turn", highlight(1, 1, 0, 1), Err("highlights")),
        ("no such candidate", highlight(3, 0, 0, 1), Err("highlights")),
        ("last step", steps(&[(1, Some(1)), (2, None)]), Ok(())),
        ("beyond the last", steps(&[(1, Some(2))]), Err("steps")),
        ("steps of nobody", steps(&[(3, None)]), Err("steps")),
    ] {
        assert_eq!(field(&settings(), given), expected, "{case}");
    }
    let judgment = submit(&settings(), highlight(1, 0, 0, 3), |_| {}, &[]).unwrap();
    assert_eq!(judgment.highlights[0].reason, None, "spaces are no reason");
}

#[test]
fn what_is_required_is_missed_in_answers_and_not_in_skips() {
    let require = |set: fn(&mut StudySettings)| {
        let mut settings = settings();
        set(&mut settings);
        settings
    };
    let with = |edit: fn(&mut AnswerView)| {
        let mut given = preferred();
        edit(&mut given);
        given
    };
    let tie = AnswerView::new(Answer::Tie);
    let half = on("truth", ratings(&[(1, 5)]), &[]);
    let both = on("truth", ratings(&[(1, 5), (2, 5)]), &[]);
    for (wanted, settings, enough, too_little) in [
        (
            "strength",
            require(|s| s.strength = Ask::Required),
            vec![with(|a| a.strength = Some(0)), tie.clone()],
            vec![preferred()],
        ),
        (
            "confidence",
            require(|s| s.confidence = Ask::Required),
            vec![with(|a| a.confidence = Some(0.0))],
            vec![preferred(), tie.clone()],
        ),
        (
            "rationale",
            require(|s| s.rationale = Ask::Required),
            vec![with(|a| a.rationale = Some("because".to_owned()))],
            vec![preferred(), with(|a| a.rationale = Some(" \n".to_owned())), tie.clone()],
        ),
        (
            "highlights",
            require(|s| s.highlights = Ask::Required),
            vec![highlight(2, 0, 0, 1)],
            vec![preferred()],
        ),
        (
            "steps",
            require(|s| s.steps = Ask::Required),
            vec![steps(&[(1, None), (2, Some(0))])],
            vec![preferred(), steps(&[(1, None)])],
        ),
        (
            "aspects",
            require(|s| s.aspects[0].ask = Ask::Required),
            vec![on("help", AspectAnswerView::Tie, &[])],
            vec![preferred(), tie, both.clone()],
        ),
        ("aspects", require(|s| s.aspects[1].ask = Ask::Required), vec![both], vec![half]),
    ] {
        for given in enough.into_iter().chain([skip()]) {
            assert_eq!(field(&settings, given.clone()), Ok(()), "{wanted}: {given:?}");
        }
        for given in too_little {
            assert_eq!(field(&settings, given.clone()), Err(wanted), "{given:?}");
        }
    }
}

#[test]
fn a_comparison_is_on_the_screen_for_the_least_time() {
    let settings = StudySettings { min_dwell_s: 5, ..settings() };
    let ago = |ms| Some((now() - TimeDelta::milliseconds(ms)).to_rfc3339());
    for (shown_at, active_ms, expected) in [
        (ago(5000), None, Ok(())),
        (ago(4999), None, Err("shown_at")),
        (ago(4999), Some(9000), Err("shown_at")),
        (None, Some(5000), Ok(())),
        (None, Some(4999), Err("shown_at")),
        (None, None, Err("shown_at")),
        (Some("noon".to_owned()), Some(9000), Err("shown_at")),
    ] {
        let edit = |input: &mut JudgmentInput| {
            input.shown_at = shown_at.clone();
            input.active_ms = active_ms;
        };
        let found = submit(&settings, preferred(), edit, &[]).map(drop);
        assert_eq!(found, expected, "{shown_at:?} {active_ms:?}");
    }
    assert_eq!(field(&settings, skip()), Ok(()));
}

#[test]
fn each_clip_is_heard_for_the_least_time() {
    let settings = StudySettings { min_listen_s: 4, ..settings() };
    // Clip 1 lasts 10 s, clip 2 lasts 2 s: all of it is enough.
    let whole = (2, 0, 1950);
    for (spans, before, expected) in [
        (vec![(1, 0, 4000), whole], vec![], Ok(())),
        (vec![(1, 0, 2000), (1, 5000, 7000), whole], vec![], Ok(())),
        (vec![(1, 0, 3000), (1, 1000, 4000), whole], vec![], Ok(())),
        (vec![(1, 0, 3000), (1, 0, 3000), whole], vec![], Err("listening")),
        (vec![(1, 0, 4000), (2, 0, 1000)], vec![], Err("listening")),
        (vec![(1, 0, 4000)], vec![], Err("listening")),
        (vec![(1, 2000, 4000)], vec![(1, 0, 2000), whole], Ok(())),
        (vec![(3, 0, 1)], vec![], Err("listening")),
    ] {
        let edit = |input: &mut JudgmentInput| {
            input.listening = spans
                .iter()
                .map(|(n, from_ms, to_ms)| ListenView {
                    candidate: name(*n),
                    from_ms: *from_ms,
                    to_ms: *to_ms,
                    at: now().to_rfc3339(),
                })
                .collect();
        };
        let before: Vec<ListenSpan> = before
            .into_iter()
            .map(|(n, from_ms, to_ms)| ListenSpan { candidate: id(n), from_ms, to_ms, at: now() })
            .collect();
        let found = submit(&settings, preferred(), edit, &before).map(drop);
        assert_eq!(found, expected, "{spans:?}");
    }
    assert_eq!(field(&settings, skip()), Ok(()));
}
