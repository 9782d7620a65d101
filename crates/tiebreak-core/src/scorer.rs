//! What the use cases need of a reward model. The crate that owns ONNX implements it; nothing
//! else knows how scores are made.

use serde::{Deserialize, Serialize};

use crate::{Cancel, ContentHash, Modality};

/// Exactly which reward model made a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RewardModelIdentity {
    /// The pack's name, for people.
    pub name: String,
    /// What it scores.
    pub modality: Modality,
    /// Hash over the encoder's files (graph, tokenizer, parameters): embeddings are kept by it.
    pub encoder_hash: ContentHash,
    /// Hash over the encoder and the head: scores are kept by it.
    pub pack_hash: ContentHash,
    /// Version of the preprocessing done in code, not in files.
    pub preprocessing_version: u32,
}

/// An execution provider that was tried or considered, and why it does not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedProvider {
    /// Its name, for example `cuda`.
    pub provider: String,
    /// Why not.
    pub reason: String,
}

/// What a head sees of one candidate.
#[derive(Clone, Copy, Debug)]
pub struct CandidateFeatures<'a> {
    /// The prompt's embedding, `[dim]`.
    pub prompt: &'a [f32],
    /// The answer's embedding, `[dim]`.
    pub answer: &'a [f32],
    /// The answer's length in characters.
    pub answer_chars: usize,
}

/// The scores that each member of an ensemble gives one candidate, in the head's log-odds unit:
/// a difference of two candidates' scores is the log-odds that the first is preferred.
#[derive(Clone, Debug, PartialEq)]
pub struct EnsembleScore(pub Vec<f64>);

impl EnsembleScore {
    /// The mean over the members.
    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }
}

/// What an ensemble of Bradley-Terry heads says of an ordered pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairPreference {
    /// Mean score of the first minus mean score of the second, log-odds.
    pub margin: f64,
    /// Probability that the first is preferred: the members' probabilities averaged, 0 to 1.
    pub probability: f64,
    /// Standard deviation of the members' probabilities, 0 to 0.5: how far they disagree.
    pub spread: f64,
}

impl PairPreference {
    /// Bradley-Terry per member, P(first) = 1 / (1 + exp(s_second - s_first))
    /// (R. A. Bradley and M. E. Terry, Biometrika 39, 1952), then averaged.
    pub fn between(first: &EnsembleScore, second: &EnsembleScore) -> Self {
        let probabilities: Vec<f64> =
            first.0.iter().zip(&second.0).map(|(a, b)| 1.0 / (1.0 + (b - a).exp())).collect();
        let n = probabilities.len() as f64;
        let probability = probabilities.iter().sum::<f64>() / n;
        let variance = probabilities.iter().map(|p| (p - probability).powi(2)).sum::<f64>() / n;
        Self { margin: first.mean() - second.mean(), probability, spread: variance.sqrt() }
    }
}

/// A trained head: an ensemble of linear Bradley-Terry models over
/// `[answer, prompt * answer, ln(1 + answer_chars)]`, that is `2 * dim + 1` features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RewardHead {
    /// Embedding length that it was trained on.
    pub embedding_dim: usize,
    /// The encoder that it was trained on.
    pub encoder_hash: ContentHash,
    /// One weight vector per member, each `2 * embedding_dim + 1` long.
    pub members: Vec<Vec<f32>>,
}

impl RewardHead {
    /// The features of one candidate, `2 * dim + 1` long, in the order of the weights.
    pub fn features(candidate: &CandidateFeatures<'_>) -> Vec<f32> {
        let mut features = Vec::with_capacity(2 * candidate.answer.len() + 1);
        features.extend_from_slice(candidate.answer);
        features.extend(candidate.prompt.iter().zip(candidate.answer).map(|(p, a)| p * a));
        features.push((candidate.answer_chars as f32).ln_1p());
        features
    }
}

/// A reward model that is ready to score.
pub trait Scorer: Send + Sync {
    /// Which model this is.
    fn identity(&self) -> &RewardModelIdentity;

    /// The execution provider that runs, for example `cpu`.
    fn provider(&self) -> &str;

    /// The providers that do not, and why.
    fn skipped_providers(&self) -> &[SkippedProvider];

    /// Length of an embedding.
    fn embedding_dim(&self) -> usize;

    /// Embeds texts, `[texts.len()][embedding_dim]`, in the order given. Long texts are cut to
    /// the model's maximum length; an empty text has an embedding too.
    ///
    /// # Errors
    /// [`ScorerError::Cancelled`] when asked to stop, else what went wrong.
    fn embed(&self, texts: &[&str], cancel: &Cancel) -> Result<Vec<Vec<f32>>, ScorerError>;

    /// Scores candidates from their embeddings.
    ///
    /// # Errors
    /// [`ScorerError::NoHead`] for an encoder that has no trained head, else what went wrong.
    fn score(
        &self,
        candidates: &[CandidateFeatures<'_>],
    ) -> Result<Vec<EnsembleScore>, ScorerError>;

    /// The same encoder with another head.
    ///
    /// # Errors
    /// If the head does not fit the encoder.
    fn with_head(&self, head: &RewardHead) -> Result<Box<dyn Scorer>, ScorerError>;
}

/// Why a reward model gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ScorerError {
    /// Stopped on request.
    #[error("stopped on request")]
    Cancelled,
    /// The encoder has no trained head.
    #[error("the pack {0} has no trained head")]
    NoHead(String),
    /// The head was made for another encoder.
    #[error("the head was trained on encoder {head}, this is {encoder}")]
    ForeignHead {
        /// The encoder of the head.
        head: String,
        /// The encoder at hand.
        encoder: String,
    },
    /// The model ran, but its output is unusable.
    #[error("the model gave {0}")]
    BadOutput(String),
    /// Loading or running failed.
    #[error("{context}")]
    Runtime {
        /// What was being done.
        context: String,
        /// What the runtime said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
