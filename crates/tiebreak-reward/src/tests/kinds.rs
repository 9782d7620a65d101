//! Pointwise and pairwise packs: how prompt and answers are laid out, and what comes of it.

use std::fs;

use tempfile::TempDir;
use tiebreak_core::{
    Cancel, Content, Contest, Message, Response, Role, Scorer, ScorerError, ScorerKind,
};

use super::{MANIFEST, TOKENIZER, open};
use crate::onnx::{Attribute, GraphBuilder};

/// Added by the graph to every input, so that the order of two answers matters.
const BIAS: f64 = 0.3;

/// The row of a token in the graph's table.
fn value(token: u32) -> f64 {
    f64::from((token as f32 * 0.7).sin())
}

/// The sum over the tokens of their values, those of the second segment counted against it, plus
/// the bias; `columns` times, each one larger than the last by one.
fn graph(columns: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::new("reward");
    let ids = graph.int_input("input_ids", &["batch", "tokens"]);
    let mask = graph.int_input("attention_mask", &["batch", "tokens"]);
    let types = graph.int_input("token_type_ids", &["batch", "tokens"]);
    let table: Vec<f32> = (0..8).map(|n| (n as f32 * 0.7).sin()).collect();
    let table = graph.floats("table", &[8], &table);
    let values = graph.op_with("Gather", &[&table, &ids], "values", &[("axis", Attribute::Int(0))]);
    let mask = graph.cast_float(&mask, "mask");
    let types = graph.cast_float(&types, "types");
    let (one, two) = (graph.floats("one", &[1], &[1.0]), graph.floats("two", &[1], &[2.0]));
    let twice = graph.op("Mul", &[&types, &two], "twice");
    let sign = graph.op("Sub", &[&one, &twice], "sign");
    let signed = graph.op("Mul", &[&values, &sign], "signed");
    let counted = graph.op("Mul", &[&signed, &mask], "counted");
    let axis = graph.ints("axis", &[1]);
    let sum = graph.op("ReduceSum", &[&counted, &axis], "sum");
    let bias: Vec<f32> = (0..columns).map(|n| BIAS as f32 + n as f32).collect();
    let bias = graph.floats("bias", &[columns], &bias);
    let scores = graph.op("Add", &[&sum, &bias], "logits");
    graph.float_output(&scores, columns);
    graph.encode()
}

fn pack(kind: &str, columns: usize, more: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let manifest = MANIFEST
        .replace("\"encoder\"", &format!("\"{kind}\""))
        .replace("\"attention_mask\"", "\"attention_mask\", \"token_type_ids\"")
        .replace("output = \"embedding\"", "output = \"logits\"")
        .replace("pooling = \"in-graph\"\n", "")
        .replace("embedding_dim = 4\n", more);
    fs::write(dir.path().join("pack.toml"), manifest).unwrap();
    fs::write(dir.path().join("tokenizer.json"), TOKENIZER).unwrap();
    fs::write(dir.path().join("model.onnx"), graph(columns)).unwrap();
    let template = "{% for m in messages %}{{ m.content }} {% endfor %}";
    fs::write(dir.path().join("chat.jinja"), template).unwrap();
    fs::write(dir.path().join("pair.jinja"), "{{ bos }} {{ first }}").unwrap();
    dir
}

#[test]
fn a_pointwise_pack_reads_prompt_and_answer_as_it_says() {
    // The tokens a, b, c are 4, 5, 6; < and > are 1 and 2, around a single text only.
    let (a, b, ends) = (value(4), value(5), value(1) + value(2));
    let cases = [
        ("segments by default", 1, "", a - b + BIAS),
        ("segments", 1, "pair = \"segments\"\n", a - b + BIAS),
        ("joined", 1, "pair = \"joined\"\n", a + b + ends + BIAS),
        ("template", 1, "chat_template = \"chat.jinja\"\n", a + b + BIAS),
        ("a column", 3, "label = 2\n", a - b + BIAS + 2.0),
    ];
    for (case, columns, more, expected) in cases {
        let model = open(pack("pointwise", columns, more).path()).unwrap();
        assert_eq!(model.identity().kind, ScorerKind::Pointwise);
        let prompt = [Message::new(Role::User, "a")];
        let responses = [
            Response { prompt: &prompt, answer: Content::Text("b") },
            Response { prompt: &[], answer: Content::Text("c") },
        ];
        let rates = model.rate(&responses, &Cancel::default()).unwrap();
        let rate = rates[0].as_ref().unwrap();
        assert!((rate - expected).abs() < 1e-5, "{case}: {rate}, not {expected}");
        assert!(rates[1].is_ok(), "{case}: no prompt");
    }
}

#[test]
fn a_pairwise_pack_reads_both_orders() {
    let (b, c) = (value(5), value(6));
    let cases = [
        ("segments", 1, "", b - c, 2.0 * (value(4) + BIAS)),
        (
            "template",
            1,
            "pair_template = \"pair.jinja\"\ntokens = { bos = \"a\" }\n",
            (b - c) / 2.0,
            2.0 * (value(4) + BIAS) + b + c,
        ),
        // The first column less the second, whatever else.
        ("two columns", 2, "", 0.0, -2.0),
    ];
    for (case, columns, more, margin, advantage) in cases {
        let model = open(pack("pairwise", columns, more).path()).unwrap();
        let prompt = [Message::new(Role::User, "a")];
        let contest = |first, second| Contest {
            prompt: &prompt,
            first: Content::Text(first),
            second: Content::Text(second),
        };
        let contests = [contest("b", "c"), contest("c", "b"), contest("b", "b")];
        let found = model.compare(&contests, &Cancel::default()).unwrap();
        let found: Vec<_> = found.into_iter().map(Result::unwrap).collect();
        let close = |a: f64, b: f64| (a - b).abs() < 1e-5;
        assert!(close(found[0].margin, margin), "{case}: {:?}, not {margin}", found[0]);
        assert!(close(found[1].margin, -margin), "{case}: {:?}", found[1]);
        assert!(close(found[0].probability + found[1].probability, 1.0), "{case}");
        assert!(close(found[2].margin, 0.0) && close(found[2].probability, 0.5), "{case}");
        // Whether the advantage of the first place is larger than the difference.
        let expected = advantage.abs() > 2.0 * margin.abs();
        assert_eq!(found[0].order_matters, Some(expected), "{case}");
    }
}

#[test]
fn each_kind_refuses_what_it_does_not_do() {
    let kinds = ["pointwise", "pairwise"].map(|kind| open(pack(kind, 1, "").path()).unwrap());
    let cancel = Cancel::default();
    for model in &kinds {
        assert!(matches!(model.embed(&[], &cancel), Err(ScorerError::WrongKind { .. })));
        assert!(matches!(model.score(&[]), Err(ScorerError::WrongKind { .. })));
        assert_eq!((model.embedding_dim(), model.has_head()), (0, false));
    }
    assert!(matches!(kinds[0].compare(&[], &cancel), Err(ScorerError::WrongKind { .. })));
    assert!(matches!(kinds[1].rate(&[], &cancel), Err(ScorerError::WrongKind { .. })));
}

#[test]
fn one_answer_that_the_template_refuses_does_not_stop_the_others() {
    let dir = pack("pointwise", 1, "chat_template = \"chat.jinja\"\n");
    let template = "{% for m in messages %}{% if m.content == 'c' %}{{ raise_exception('no c') }}\
                    {% endif %}{{ m.content }} {% endfor %}";
    fs::write(dir.path().join("chat.jinja"), template).unwrap();
    let model = open(dir.path()).unwrap();
    let answers = ["a", "c", "b"];
    let responses = answers.map(|text| Response { prompt: &[], answer: Content::Text(text) });
    let rates = model.rate(&responses, &Cancel::default()).unwrap();
    assert!(rates[0].is_ok() && rates[2].is_ok());
    assert!(rates[1].as_ref().unwrap_err().0.contains("no c"));
}

/// The row of `nan` is not a number: whoever has it alone has no result.
#[test]
fn one_input_without_a_number_does_not_stop_the_others() {
    let cancel = Cancel::default();
    let mut nan = GraphBuilder::new("reward");
    let ids = nan.int_input("input_ids", &["batch", "tokens"]);
    let mask = nan.int_input("attention_mask", &["batch", "tokens"]);
    let types = nan.int_input("token_type_ids", &["batch", "tokens"]);
    let mut table: Vec<f32> = (0..8).map(|n| n as f32).collect();
    table[7] = f32::NAN;
    let table = nan.floats("table", &[8], &table);
    let values = nan.op_with("Gather", &[&table, &ids], "values", &[("axis", Attribute::Int(0))]);
    let (mask, types) = (nan.cast_float(&mask, "mask"), nan.cast_float(&types, "types"));
    let both = nan.op("Add", &[&mask, &types], "both");
    let counted = nan.op("Mul", &[&values, &both], "counted");
    let axis = nan.ints("axis", &[1]);
    let sum = nan.op("ReduceSum", &[&counted, &axis], "logits");
    nan.float_output(&sum, 1);
    let nan = nan.encode();
    let texts = ["a", "nan", "b", "a nan", "c"];
    let expected = [true, false, true, false, true];
    for kind in ["pointwise", "pairwise"] {
        let dir = pack(kind, 1, "");
        fs::write(dir.path().join("model.onnx"), &nan).unwrap();
        let model = open(dir.path()).unwrap();
        let found: Vec<Option<String>> = if kind == "pointwise" {
            let all = texts.map(|text| Response { prompt: &[], answer: Content::Text(text) });
            let rates = model.rate(&all, &cancel).unwrap();
            rates.into_iter().map(|rate| rate.err().map(|reason| reason.0)).collect()
        } else {
            let second = Content::Text("b");
            let all = texts.map(|text| Contest { prompt: &[], first: Content::Text(text), second });
            let compared = model.compare(&all, &cancel).unwrap();
            compared.into_iter().map(|one| one.err().map(|reason| reason.0)).collect()
        };
        for ((text, expected), problem) in texts.into_iter().zip(expected).zip(found) {
            assert_eq!(problem.is_none(), expected, "{kind} {text}");
            assert!(problem.is_none_or(|reason| reason.contains("not finite")), "{kind} {text}");
        }
    }
}

#[test]
fn fields_that_do_not_fit_the_kind_are_refused() {
    let cases = [
        ("pointwise", 3, "", "`label` in pack.toml says which"),
        ("pointwise", 3, "label = 3\n", "none at 3"),
        ("pointwise", 1, "label = \"GOOD\"\n", "line 9: label = \"GOOD\""),
        ("pointwise", 1, "pair_template = \"pair.jinja\"\n", "pair_template has no meaning"),
        ("pointwise", 1, "pair = \"joined\"\nchat_template = \"chat.jinja\"\n", "exclude each"),
        ("pointwise", 1, "chat_template = \"none.jinja\"\n", "none.jinja"),
        ("pointwise", 1, "chat_template = \"../chat.jinja\"\n", "leads out of the pack"),
        ("pointwise", 1, "chat_template = \"chat.jinja\"\ndate = \"now\"\n", "not YYYY-MM-DD"),
        ("pairwise", 1, "pair = \"joined\"\n", "no meaning for two answers"),
        ("pairwise", 1, "chat_template = \"chat.jinja\"\n", "chat_template has no meaning"),
        ("pairwise", 3, "", "3 numbers for a pair"),
        ("pairwise", 1, "normalise = true\n", "encoders only"),
    ];
    for (kind, columns, more, said) in cases {
        let error = match open(pack(kind, columns, more).path()) {
            Ok(_) => panic!("{kind} {more:?}: was opened"),
            Err(error) => error.to_string(),
        };
        assert!(error.contains(said), "{kind} {more:?}: {said:?} is not in {error:?}");
    }
}

#[test]
fn what_decides_a_score_changes_the_hash() {
    let hash = |more: &str| open(pack("pointwise", 3, more).path()).unwrap().pack().encoder_hash;
    let first = hash("label = 0\n");
    assert_eq!(hash("label = 0\ndescription = \"for people\"\n"), first);
    for more in [
        "label = 1\n",
        "label = 0\npair = \"joined\"\n",
        "label = 0\nchat_template = \"chat.jinja\"\n",
        "label = 0\ntruncation = \"start\"\n",
        "label = 0\npadded = false\n",
    ] {
        assert_ne!(hash(more), first, "{more:?}");
    }
}
