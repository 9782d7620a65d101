//! Chat templates against what transformers makes of them (tests/tiny_reward.py).

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

use tiebreak_core::{Content, Message, Response};

use super::open;
use crate::manifest::Template;
use crate::template::ChatTemplate;

#[derive(Deserialize)]
struct Golden {
    families: Vec<Family>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Family {
    name: String,
    template: String,
    tokens: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Case {
    family: String,
    messages: Vec<Message>,
    text: Option<String>,
    ids: Option<Vec<u32>>,
    error: Option<String>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../tests/chat_templates.json")).unwrap()
}

fn template(text: &str, tokens: &BTreeMap<String, String>) -> Template {
    Template {
        file: "chat_template.jinja".to_owned(),
        text: text.to_owned(),
        tokens: tokens.clone().into_iter().collect(),
        date: "2024-07-26".to_owned(),
    }
}

#[test]
fn texts_and_tokens_are_those_of_transformers() {
    let golden = golden();
    let tiny = open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tiny_reward")).unwrap();
    let pack = tiny.pack();
    let (input, path) = pack.text().unwrap();
    let mut input = input.clone();
    input.max_length = 1 << 14;
    let tokenizer =
        crate::tokens::TextTokenizer::read(path, &input, crate::tokens::Segments::One).unwrap();
    for case in &golden.cases {
        let family = golden.families.iter().find(|family| family.name == case.family).unwrap();
        let chat = ChatTemplate::new(&template(&family.template, &family.tokens)).unwrap();
        let place = format!("{} on {} turns", case.family, case.messages.len());
        match (chat.conversation(&case.messages), &case.text) {
            (Ok(text), Some(expected)) => {
                assert_eq!(&text, expected, "{place}");
                let ids = tokenizer.encode_written_out(&text).unwrap().ids;
                assert_eq!(Some(&ids), case.ids.as_ref(), "{place}");
            }
            (Err(error), None) => {
                let said = tiebreak_core::with_causes(&error);
                let expected = case.error.as_deref().unwrap();
                assert!(said.contains(expected), "{place}: {said}, not {expected}");
            }
            (Ok(text), None) => panic!("{place}: not refused: {text}"),
            (Err(error), Some(_)) => {
                panic!("{place}: {}", tiebreak_core::with_causes(&error));
            }
        }
    }
    assert!(golden.cases.len() >= 50);
}

#[test]
fn templates_that_do_harm_are_stopped() {
    let cases = [
        ("{% for m in messages %", "line 1"),
        ("\n{{ messages | no_such_filter }}", "no_such_filter"),
        ("{{ messages[0].no.such }}", "undefined"),
        ("{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}", "recursion"),
        ("{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor %}", "fuel"),
        // Every byte costs, so that a text cannot double with every step.
        (
            "{% set n = namespace(s='grow') %}{% for a in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
            "fuel",
        ),
        ("{% include '/etc/passwd' %}", "unknown statement include"),
        ("{{ raise_exception('no such role') }}", "no such role"),
    ];
    let none = BTreeMap::new();
    for (text, expected) in cases {
        let said = match ChatTemplate::new(&template(text, &none)) {
            Err(problem) => problem,
            Ok(chat) => {
                let turns = [Message::new(tiebreak_core::Role::User, "a")];
                tiebreak_core::with_causes(&chat.conversation(&turns).unwrap_err())
            }
        };
        assert!(said.contains(expected), "{text}: {expected:?} is not in {said:?}");
        assert!(!said.contains('\n'), "{said}");
    }
}

#[test]
fn the_beginning_is_not_written_twice() {
    // The tokenizer adds nothing to a text that the template has written out.
    let tiny = open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tiny_reward")).unwrap();
    let prompt = [Message::new(tiebreak_core::Role::User, "a")];
    let response = Response { prompt: &prompt, answer: Content::Text("b") };
    let ids = tiny.tokens(&response).unwrap();
    assert_eq!(ids[0], 3, "<|im_start|> comes first: {ids:?}");
}
