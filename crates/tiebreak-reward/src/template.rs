//! Chat templates: from turns to the text that a model was trained on.
//!
//! Templates are Jinja2 with the settings, filters and functions that Hugging Face's tokenizers
//! give them (`apply_chat_template`), among them Python's methods of texts and dictionaries. They
//! come with models from elsewhere: they see the turns and the special tokens, no files, and stop
//! after a bounded number of steps.

use std::fmt::Write as _;

use chrono::NaiveDate;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, context};
use tiebreak_core::{Content, Message, ScorerError, with_causes};

use crate::manifest::Template;
use crate::python_json::to_python_json;

/// Steps of the template engine for one text; long conversations take some thousands.
const MOST_STEPS: u64 = 10_000_000;
/// Longer texts are an attack: no model reads so much.
const LONGEST_TEXT: usize = 1 << 26;
const NAME: &str = "chat";

/// A template, ready to write texts.
#[derive(Debug)]
pub(crate) struct ChatTemplate {
    environment: Environment<'static>,
    tokens: Vec<(String, String)>,
    file: String,
}

impl ChatTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// The line and what is wrong with it, on one line.
    pub(crate) fn new(template: &Template) -> Result<Self, String> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .map_err(|error| error.to_string())?;
        environment.set_syntax(syntax);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment
            .set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.set_fuel(Some(MOST_STEPS));
        environment.add_filter("tojson", to_json);
        environment.add_function("raise_exception", raise_exception);
        let today = NaiveDate::parse_from_str(&template.date, "%Y-%m-%d")
            .map_err(|_| format!("{} is no date", template.date))?;
        environment.add_function("strftime_now", move |format: &str| strftime(today, format));
        environment
            .add_template_owned(NAME, without_generation_tags(&template.text))
            .map_err(|error| one_line(&template.file, &error))?;
        Ok(Self { environment, tokens: template.tokens.clone(), file: template.file.clone() })
    }

    /// The text of a conversation whose last turns are the answer.
    ///
    /// # Errors
    /// If the template raises an exception, for example because of a role that it does not know.
    pub(crate) fn conversation(&self, messages: &[Message]) -> Result<String, ScorerError> {
        self.render(context! { messages => turns(messages) })
    }

    /// The text of a prompt and two answers.
    ///
    /// # Errors
    /// As [`ChatTemplate::conversation`].
    pub(crate) fn contest(
        &self,
        prompt: &[Message],
        first: &str,
        second: &str,
    ) -> Result<String, ScorerError> {
        self.render(context! { messages => turns(prompt), first => first, second => second })
    }

    fn render(&self, variables: Value) -> Result<String, ScorerError> {
        let tokens = Value::from_pairs(self.tokens.iter().cloned());
        let fixed = context! {
            add_generation_prompt => false,
            continue_final_message => false,
            tools => (),
            documents => (),
        };
        let rendered = self
            .environment
            .get_template(NAME)
            .and_then(|template| template.render(context! { ..variables, ..fixed, ..tokens }))
            .and_then(|text| match text.len() {
                0..=LONGEST_TEXT => Ok(text),
                _ => Err(Error::new(ErrorKind::InvalidOperation, "it writes too long a text")),
            });
        rendered.map_err(|error| ScorerError::Runtime {
            context: "the chat template cannot write a text".to_owned(),
            source: one_line(&self.file, &error).into(),
        })
    }
}

/// The turns as templates see them: role and content, in that order.
fn turns(messages: &[Message]) -> Vec<Value> {
    let turn = |message: &Message| {
        context! { role => message.role.as_str(), content => message.content.as_str() }
    };
    messages.iter().map(turn).collect()
}

/// The turns of an answer.
///
/// # Errors
/// If it is a file.
pub(crate) fn answer_turns(answer: Content<'_>) -> Result<Vec<Message>, ScorerError> {
    match answer {
        Content::Text(text) => Ok(vec![Message::new(tiebreak_core::Role::Assistant, text)]),
        Content::Turns(turns) => Ok(turns.to_vec()),
        Content::File(_) => Err(ScorerError::BadOutput("no reward: it reads texts".to_owned())),
    }
}

/// `{% generation %}` marks what the model wrote, for training; it prints what is inside.
fn without_generation_tags(template: &str) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find("{%") {
        let Some(length) = rest[start..].find("%}") else { break };
        let (before, tag) = (&rest[..start], &rest[start..start + length + 2]);
        text.push_str(before);
        let inside = tag.trim_start_matches("{%").trim_end_matches("%}");
        match inside.trim_matches(['-', '+']).trim() {
            "generation" => text.push_str(&tag.replacen("generation", "if true", 1)),
            "endgeneration" => text.push_str(&tag.replacen("endgeneration", "endif", 1)),
            _ => text.push_str(tag),
        }
        rest = &rest[start + length + 2..];
    }
    text.push_str(rest);
    text
}

fn raise_exception(message: &str) -> Result<Value, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, message.to_owned()))
}

fn strftime(day: NaiveDate, format: &str) -> Result<String, Error> {
    let mut text = String::new();
    let noon = day.and_time(chrono::NaiveTime::MIN);
    write!(text, "{}", noon.format(format)).map_err(|_| {
        Error::new(ErrorKind::InvalidOperation, format!("strftime_now does not know {format}"))
    })?;
    Ok(text)
}

/// Python's `json.dumps`, which templates expect: no HTML escapes.
#[expect(clippy::needless_pass_by_value, reason = "a filter's arguments are handed over")]
fn to_json(value: &Value, indent: Option<Value>, options: Kwargs) -> Result<String, Error> {
    let indent = match indent {
        Some(indent) => Some(indent),
        None => options.get::<Option<Value>>("indent")?,
    };
    let indent = match indent {
        Some(value) if !value.is_none() && !value.is_undefined() => Some(match value.kind() {
            ValueKind::String => value.to_string(),
            _ => " ".repeat(usize::try_from(value)?.min(16)),
        }),
        _ => None,
    };
    let ascii = options.get::<Option<bool>>("ensure_ascii")?.unwrap_or(false);
    let sorted = options.get::<Option<bool>>("sort_keys")?.unwrap_or(false);
    let separators = match options.get::<Option<Vec<String>>>("separators")?.as_deref() {
        Some([item, key]) => Some((item.clone(), key.clone())),
        _ => None,
    };
    options.assert_all_used()?;
    let json = serde_json::to_value(value).map_err(|error| {
        Error::new(ErrorKind::BadSerialization, "cannot be written as JSON").with_source(error)
    })?;
    Ok(to_python_json(&json, indent.as_deref(), separators, ascii, sorted))
}

/// The file, the line and what happened, with what caused it.
fn one_line(file: &str, error: &Error) -> String {
    let line = error.line().map_or(String::new(), |line| format!(", line {line}"));
    let mut text = format!("{file}{line}: {}", error.kind());
    if let Some(detail) = error.detail() {
        text = format!("{file}{line}: {detail}");
    }
    if let Some(cause) = std::error::Error::source(error) {
        text = format!("{text}: {}", with_causes(cause));
    }
    text.replace('\n', " ")
}
