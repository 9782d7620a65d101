//! Models that read prompt and answer together and give one reward.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tiebreak_core::{
    Cancel, Content, Message, Prompt, Response, ScorerError, ScorerKind, Unreadable, with_causes,
};

use crate::engine::Engine;
use crate::manifest::Layout;
use crate::port::finite;
use crate::sequences::{Sequence, TextPorts, run_sequences};
use crate::template::{ChatTemplate, answer_turns};
use crate::tokens::{Segments, TextTokenizer};
use crate::{Pack, RewardError};

/// What stands between a prompt and an answer that are joined to one text.
const BETWEEN: &str = "\n\n";

/// A pointwise model of texts, loaded.
#[derive(Debug)]
pub(crate) struct TextRater {
    pub(crate) reader: TextReader,
    label: Option<usize>,
}

/// What pointwise and pairwise models of texts share: texts laid out, run, one vector each.
#[derive(Debug)]
pub(crate) struct TextReader {
    pub(crate) engine: Engine,
    pub(crate) layout: TextLayout,
    tokenizer: TextTokenizer,
    ports: TextPorts,
}

/// How prompt and answers become one input, ready to do so.
#[derive(Debug)]
pub(crate) enum TextLayout {
    Segments,
    Joined,
    Template(Box<ChatTemplate>),
}

impl TextRater {
    /// Joins a pack's tokenizer and template to its loaded graph.
    ///
    /// # Errors
    /// If one of them cannot be read, or the graph does not do what the manifest says: one short
    /// answer is tried out.
    pub(crate) fn open(pack: &Pack, engine: Engine) -> Result<Self, RewardError> {
        let rater = Self { reader: TextReader::open(pack, engine)?, label: pack.manifest.label };
        let prompt = [Message::new(tiebreak_core::Role::User, "a")];
        let trial = Response { prompt: &prompt, answer: Content::Text("b") };
        let rated = rater.rate(&[trial], &Cancel::default());
        tried(pack, rated)?;
        Ok(rater)
    }

    /// Rates answers in the order given.
    ///
    /// # Errors
    /// As [`run_sequences`], and if the output has columns and none is declared. An answer that
    /// the template refuses is unreadable by itself.
    pub(crate) fn rate(
        &self,
        responses: &[Response<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<f64, Unreadable>>, ScorerError> {
        let tokenise = |n: usize| self.tokens(&responses[n]);
        let vectors = self.reader.run(responses.len(), &tokenise, cancel)?;
        let rate = |vector: Result<Vec<f32>, Unreadable>| match vector {
            Ok(vector) => Ok(Ok(reward(&vector, self.label)?)),
            Err(unreadable) => Ok(Err(unreadable)),
        };
        vectors.into_iter().map(rate).collect()
    }

    /// The tokens of an answer in its context, as the graph gets them.
    ///
    /// # Errors
    /// If the template refuses it, or it is no text.
    pub(crate) fn tokens(&self, response: &Response<'_>) -> Result<Sequence, ScorerError> {
        let reader = &self.reader;
        let turns = answer_turns(response.answer)?;
        match &reader.layout {
            TextLayout::Template(template) => {
                let conversation = [response.prompt, &turns].concat();
                reader.tokenizer.encode_written_out(&template.conversation(&conversation)?)
            }
            _ if response.prompt.is_empty() => reader.tokenizer.encode(&plain(&turns)),
            TextLayout::Joined => reader.tokenizer.encode(&joined(response.prompt, &plain(&turns))),
            TextLayout::Segments => {
                reader.tokenizer.encode_pair(&plain(response.prompt), &plain(&turns))
            }
        }
    }
}

impl TextReader {
    pub(crate) fn open(pack: &Pack, engine: Engine) -> Result<Self, RewardError> {
        let (input, path) = pack.text()?;
        let layout = match &input.layout {
            Layout::Segments => TextLayout::Segments,
            Layout::Joined => TextLayout::Joined,
            Layout::Template(template) => TextLayout::Template(Box::new(
                ChatTemplate::new(template)
                    .map_err(|problem| RewardError::bad_pack(&pack.dir, problem))?,
            )),
        };
        let segments = match (&layout, pack.manifest.kind) {
            (TextLayout::Template(_), _) | (TextLayout::Joined, ScorerKind::Pointwise) => {
                Segments::One
            }
            _ => Segments::Two,
        };
        let tokenizer = TextTokenizer::read(path, input, segments)?;
        let ports = TextPorts::of(input, &pack.manifest.output);
        Ok(Self { engine, layout, tokenizer, ports })
    }

    /// The tokenizer.
    pub(crate) fn tokenizer(&self) -> &TextTokenizer {
        &self.tokenizer
    }

    /// Runs `count` inputs. One that cannot be laid out, or for which the graph gives a number that
    /// is not finite, is unreadable; the others go on.
    pub(crate) fn run(
        &self,
        count: usize,
        tokenise: &(dyn Fn(usize) -> Result<Sequence, ScorerError> + Sync),
        cancel: &Cancel,
    ) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError> {
        let failures: Mutex<HashMap<usize, Unreadable>> = Mutex::new(HashMap::new());
        let forgiving = |n: usize| {
            tokenise(n).or_else(|error| {
                if matches!(error, ScorerError::Cancelled) {
                    return Err(error);
                }
                let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                failures.insert(n, Unreadable(with_causes(&error)));
                // It keeps its place; what it gives is not looked at.
                Ok(Sequence { ids: vec![self.ports.pad_id], types: Vec::new() })
            })
        };
        let vectors = run_sequences(&self.engine, &self.ports, count, &forgiving, cancel)?;
        let mut failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        let place = |(n, vector)| failures.remove(&n).map_or_else(|| finite(vector), Err);
        Ok(vectors.into_iter().enumerate().map(place).collect())
    }
}

/// The column that counts.
pub(crate) fn reward(vector: &[f32], label: Option<usize>) -> Result<f64, ScorerError> {
    match (label, vector) {
        (None, &[reward]) => Ok(reward.into()),
        (None, _) => Err(ScorerError::BadOutput(format!(
            "{} numbers for an answer; `label` in pack.toml says which is the reward",
            vector.len()
        ))),
        (Some(label), _) => vector.get(label).map(|&reward| reward.into()).ok_or_else(|| {
            let what = format!("{} numbers for an answer, and none at {label}", vector.len());
            ScorerError::BadOutput(what)
        }),
    }
}

/// Turns as one text.
pub(crate) fn plain(turns: &[Message]) -> String {
    Prompt::Conversation(turns.to_vec()).plain_text()
}

/// A prompt, if there is one, and an answer as one text.
pub(crate) fn joined(prompt: &[Message], answer: &str) -> String {
    if prompt.is_empty() { answer.to_owned() } else { [&plain(prompt), answer].join(BETWEEN) }
}

/// Refuses a pack whose trial failed.
pub(crate) fn tried<T>(
    pack: &Pack,
    trial: Result<Vec<Result<T, Unreadable>>, ScorerError>,
) -> Result<(), RewardError> {
    let problem = match trial {
        Ok(results) => results.into_iter().find_map(Result::err).map(|unreadable| unreadable.0),
        Err(error) => Some(with_causes(&error)),
    };
    problem.map_or(Ok(()), |problem| Err(RewardError::bad_pack(&pack.model, problem)))
}
