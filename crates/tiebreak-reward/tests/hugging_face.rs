//! A reward model as Hugging Face's tools export them, taken as it is (tests/tiny_reward.py).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};

use serde::Deserialize;
use tiebreak_core::{Cancel, Content, Message, Response, Role, Scorer as _, ScorerKind};
use tiebreak_reward::{OpenOptions, Provider, RewardModel, check};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    prompt: Vec<Message>,
    answer: String,
    ids: Vec<u32>,
    score: f64,
}

fn golden() -> Vec<Case> {
    serde_json::from_str::<Golden>(include_str!("tiny_reward.json")).unwrap().cases
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tiny_reward")
}

fn options() -> OpenOptions {
    OpenOptions { providers: Some(vec![Provider::Cpu]), ..OpenOptions::default() }
}

#[test]
fn scores_are_those_of_python() {
    let model = RewardModel::open(&folder(), &options()).unwrap();
    assert_eq!(model.identity().kind, ScorerKind::Pointwise);
    assert_eq!(model.identity().name, "tiny_reward");
    let golden = golden();
    // All at once, so that texts of different lengths are padded to each other.
    let responses: Vec<Response<'_>> = golden
        .iter()
        .map(|case| Response { prompt: &case.prompt, answer: Content::Text(&case.answer) })
        .collect();
    let scores = model.rate(&responses, &Cancel::default()).unwrap();
    for (case, score) in golden.iter().zip(scores) {
        let score = score.unwrap();
        assert!((score - case.score).abs() < 1e-4, "{score}, not {}", case.score);
    }
    assert!(golden.iter().any(|case| case.ids.len() == 128), "no golden text is cut");
    let spread = |f: fn(f64, f64) -> f64| golden.iter().map(|case| case.score).reduce(f).unwrap();
    assert!(spread(f64::max) - spread(f64::min) > 0.5, "all golden scores are alike");
}

#[test]
fn an_answer_of_several_turns_is_the_end_of_the_conversation() {
    let model = RewardModel::open(&folder(), &options()).unwrap();
    let turn = |role, text: &str| Message::new(role, text);
    let prompt = [turn(Role::User, "a")];
    let answer = [turn(Role::Assistant, "b"), turn(Role::User, "c"), turn(Role::Assistant, "d")];
    let longer = [&prompt[..], &answer[..2]].concat();
    let responses = [
        Response { prompt: &prompt, answer: Content::Turns(&answer) },
        Response { prompt: &longer, answer: Content::Text("d") },
        Response { prompt: &prompt, answer: Content::File(Path::new("x.png")) },
    ];
    let scores = model.rate(&responses, &Cancel::default()).unwrap();
    let one = scores[0].as_ref().unwrap();
    assert!((one - scores[1].as_ref().unwrap()).abs() < 1e-6);
    assert!(scores[2].as_ref().unwrap_err().0.contains("it reads texts"));
}

#[test]
fn the_check_says_what_it_is() {
    let report = check::check(&folder(), &options()).unwrap();
    let ports: Vec<String> = report
        .inputs
        .iter()
        .chain(&report.outputs)
        .map(|port| format!("{} {} {:?}", port.name, port.element, port.shape))
        .collect();
    assert_eq!(
        ports,
        [
            "input_ids int64 [None, None]",
            "attention_mask int64 [None, None]",
            "logits float32 [None, Some(1)]"
        ]
    );
    assert_eq!(report.provider, "cpu");
    assert!(report.speed.items >= 4 && report.speed.tokens_per_s > 0.0);
    assert_eq!(report.files.len(), 2);
}
