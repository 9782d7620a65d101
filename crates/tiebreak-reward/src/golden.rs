//! Golden files: inputs with the outputs that an independent computation gave.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tiebreak_core::{
    Cancel, Content, Contest, Message, Response, Role, Scorer, ScorerError, with_causes,
};

use crate::{Pack, RewardError, RewardModel, pack};

/// Differences up to this are rounding in another order.
const TOLERANCE: f64 = 1e-4;
/// A larger file is a mistake.
const LARGEST: u64 = 1 << 26;

/// What the golden inputs showed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoldenReport {
    /// How many there are.
    pub cases: usize,
    /// The largest difference of a number from the expected one.
    pub largest_difference: f64,
    /// How large it may be.
    pub tolerance: f64,
}

/// The content of the file. What else is in it, for example who made it, is for people.
#[derive(Debug, Deserialize)]
struct Golden {
    #[serde(default = "tolerance")]
    tolerance: f64,
    cases: Vec<Case>,
}

const fn tolerance() -> f64 {
    TOLERANCE
}

/// One input and what comes of it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Case {
    Text { text: String, embedding: Vec<f64> },
    File { file: String, embedding: Vec<f64> },
    RatedFile { file: String, score: f64 },
    Rated { prompt: Turns, answer: Turns, score: f64 },
    Compared { prompt: Turns, first: Turns, second: Turns, margin: f64 },
}

/// A text, or the turns of a conversation.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Turns {
    Text(String),
    Turns(Vec<Message>),
}

impl Turns {
    fn content(&self) -> Content<'_> {
        match self {
            Self::Text(text) => Content::Text(text),
            Self::Turns(turns) => Content::Turns(turns),
        }
    }

    fn prompt(&self) -> Vec<Message> {
        match self {
            Self::Text(text) if text.is_empty() => Vec::new(),
            Self::Text(text) => vec![Message::new(Role::User, text.clone())],
            Self::Turns(turns) => turns.clone(),
        }
    }
}

/// Runs every case of the file at `path` through the model.
///
/// # Errors
/// If the file is damaged, a case does not fit the model's kind, or an output differs.
pub(crate) fn check(model: &RewardModel, path: &Path) -> Result<GoldenReport, RewardError> {
    let bad = |problem: String| RewardError::bad_pack(path, problem);
    let golden = read(path)?;
    let mut largest = 0.0f64;
    for (n, case) in golden.cases.iter().enumerate() {
        let place = format!("case {}", n + 1);
        let (expected, found) = run(model, path, case)?
            .map_err(|error| bad(format!("{place}: {}", with_causes(&error))))?;
        if expected.len() != found.len() {
            return Err(bad(format!(
                "{place}: {} numbers came out, {} are expected",
                found.len(),
                expected.len()
            )));
        }
        let difference =
            expected.iter().zip(&found).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        if difference > golden.tolerance {
            return Err(bad(format!(
                "{place} differs by {difference:.2e}, at most {:.0e} is allowed",
                golden.tolerance
            )));
        }
        largest = largest.max(difference);
    }
    Ok(GoldenReport {
        cases: golden.cases.len(),
        largest_difference: largest,
        tolerance: golden.tolerance,
    })
}

/// The images and clips that a pack's golden file names.
///
/// # Errors
/// If the file is damaged, or one is missing.
pub(crate) fn files(pack: &Pack) -> Result<Vec<PathBuf>, RewardError> {
    let Some(path) = &pack.golden else { return Ok(Vec::new()) };
    let names = read(path)?.cases.into_iter().filter_map(|case| match case {
        Case::File { file, .. } | Case::RatedFile { file, .. } => Some(file),
        Case::Text { .. } | Case::Rated { .. } | Case::Compared { .. } => None,
    });
    names.map(|name| pack::inside_from(&pack.dir, path, "a golden file", &name)).collect()
}

fn read(path: &Path) -> Result<Golden, RewardError> {
    let bad = |problem: String| RewardError::bad_pack(path, problem);
    let length = fs::metadata(path).map_err(RewardError::io("open", path))?.len();
    if length > LARGEST {
        return Err(bad(format!("{length} bytes are too many")));
    }
    let text = fs::read_to_string(path).map_err(RewardError::io("read", path))?;
    serde_json::from_str(&text).map_err(|error| bad(error.to_string()))
}

type Outcome = Result<(Vec<f64>, Vec<f64>), ScorerError>;

/// What is expected and what came out.
fn run(model: &RewardModel, golden: &Path, case: &Case) -> Result<Outcome, RewardError> {
    let file = |name: &str| pack::inside_from(&model.pack().dir, golden, "a golden file", name);
    Ok(match case {
        Case::Text { text, embedding } => embed(model, Content::Text(text), embedding),
        Case::File { file: name, embedding } => {
            embed(model, Content::File(&file(name)?), embedding)
        }
        Case::RatedFile { file: name, score } => {
            rate(model, &[], Content::File(&file(name)?), *score)
        }
        Case::Rated { prompt, answer, score } => {
            rate(model, &prompt.prompt(), answer.content(), *score)
        }
        Case::Compared { prompt, first, second, margin } => {
            let prompt = prompt.prompt();
            let contest =
                Contest { prompt: &prompt, first: first.content(), second: second.content() };
            let compared = model.compare(&[contest], &Cancel::default());
            only(compared).map(|preference| (vec![*margin], vec![preference.margin]))
        }
    })
}

fn embed(model: &RewardModel, content: Content<'_>, expected: &[f64]) -> Outcome {
    let embedding = only(model.embed(&[content], &Cancel::default()))?;
    // Measured values follow the graph's vector; the golden may leave them out.
    let learnt = embedding.len().saturating_sub(model.measures().len());
    let length = if expected.len() == learnt { learnt } else { embedding.len() };
    Ok((expected.to_vec(), embedding[..length].iter().map(|&x| x.into()).collect()))
}

fn rate(model: &RewardModel, prompt: &[Message], answer: Content<'_>, score: f64) -> Outcome {
    let rated = model.rate(&[Response { prompt, answer }], &Cancel::default());
    only(rated).map(|found| (vec![score], vec![found]))
}

fn only<T>(
    results: Result<Vec<Result<T, tiebreak_core::Unreadable>>, ScorerError>,
) -> Result<T, ScorerError> {
    match results?.pop() {
        Some(Ok(result)) => Ok(result),
        Some(Err(unreadable)) => Err(ScorerError::BadOutput(format!("no answer: {unreadable}"))),
        None => Err(ScorerError::BadOutput("no answer".to_owned())),
    }
}
