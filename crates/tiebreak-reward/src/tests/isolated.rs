//! Checks in a process of their own. The process is this test program, started again for one
//! test that does nothing unless it is asked.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::{MANIFEST, TOKENIZER, tiny_graph, tiny_pack};
use crate::check::CheckReport;
use crate::error::Ended;
use crate::isolated::{self, Limits};
use crate::onnx::GraphBuilder;
use crate::{OpenOptions, RewardError};

const ASKED: &str = "TIEBREAK_TEST_CHECKS_A_PACK";
const LIMITS: Limits = Limits { memory_bytes: 2 << 30, seconds: 60 };

#[test]
fn the_process_that_checks() {
    match std::env::var(ASKED).as_deref() {
        Err(_) => {}
        Ok("crash") => std::process::abort(),
        Ok("sleep") => thread::sleep(Duration::from_secs(60)),
        Ok("print") => {
            print!("no line of ours, and no end of line: ");
            isolated::answer().unwrap();
        }
        Ok(_) => isolated::answer().unwrap(),
    }
}

fn check(dir: &Path, what: &str, limits: Limits) -> Result<CheckReport, RewardError> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "tests::isolated::the_process_that_checks", "--nocapture"]);
    command.env(ASKED, what);
    let options = OpenOptions { threads: Some(1), ..OpenOptions::default() };
    isolated::run(command, dir, &options, limits)
}

fn ended(dir: &Path, what: &str, limits: Limits) -> Ended {
    match check(dir, what, limits) {
        Err(RewardError::CheckStopped { ended, .. }) => ended,
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn a_sound_pack_gives_a_report() {
    let dir = tiny_pack();
    for what in ["check", "print"] {
        let report = check(dir.path(), what, LIMITS).unwrap();
        assert_eq!((report.name.as_str(), report.embedding_dim), ("tiny", 4));
        assert_eq!(report.folder, dir.path());
    }
    assert!(Limits::of(dir.path()).unwrap().memory_bytes > 1 << 30);
}

#[test]
fn an_unsound_pack_is_refused_in_words() {
    let dir = tiny_pack();
    std::fs::write(dir.path().join("model.onnx"), tiny_graph(5)).unwrap();
    match check(dir.path(), "check", LIMITS) {
        Err(RewardError::Refused(why)) => assert!(why.contains("not [1, 4]"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn ten_gigabytes_are_not_to_be_had() {
    let dir = tiny_pack();
    let mut graph = GraphBuilder::new("greedy");
    let ids = graph.int_input("input_ids", &["batch", "tokens"]);
    let mask = graph.int_input("attention_mask", &["batch", "tokens"]);
    let size = graph.ints("size", &[2_500_000_000]);
    let zeros = graph.op("ConstantOfShape", &[&size], "zeros");
    let none = graph.op("ReduceSum", &[&zeros], "none");
    let ids = graph.cast_float(&ids, "ids");
    let mask = graph.cast_float(&mask, "mask");
    let product = graph.op("Mul", &[&ids, &mask], "product");
    let embedding = graph.op("Add", &[&product, &none], "embedding");
    graph.float_output(&embedding, 4);
    std::fs::write(dir.path().join("model.onnx"), graph.encode()).unwrap();
    assert!(MANIFEST.contains("embedding") && TOKENIZER.contains("nan"));
    let ended = ended(dir.path(), "check", LIMITS);
    assert_eq!(ended, Ended::OutOfMemory { limit_bytes: LIMITS.memory_bytes });
    assert_eq!(ended.to_string(), "ran out of memory above 2.1 GB");
}

#[test]
fn what_crashes_or_never_ends_is_told_apart() {
    let dir = tiny_pack();
    let limits = Limits { seconds: 1, ..LIMITS };
    assert_eq!(ended(dir.path(), "sleep", limits), Ended::OutOfTime { limit_s: 1 });
    match ended(dir.path(), "crash", LIMITS) {
        Ended::BrokeOff { how } => assert!(cfg!(not(unix)) || how == "signal 6", "{how}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_program_that_does_not_answer_is_not_started_again() {
    let dir = tiny_pack();
    let refused = isolated::check(dir.path(), &OpenOptions::default()).unwrap_err().to_string();
    assert!(refused.contains("does not answer to checks"), "{refused}");
}
