//! What the use cases need of a reward model. The crate that owns ONNX implements it; nothing
//! else knows how scores are made.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Cancel, CandidateFeatures, ContentHash, Message, Modality, RewardHead, TieModel};

/// Exactly which reward model made a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RewardModelIdentity {
    /// The pack's name, for people.
    pub name: String,
    /// What it scores.
    pub modality: Modality,
    /// How it comes to a preference.
    pub kind: ScorerKind,
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

/// How a reward model comes to a preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScorerKind {
    /// It embeds; a trained head turns embeddings into scores. Heads are trained here.
    Encoder,
    /// It reads prompt and answer together and gives one reward.
    Pointwise,
    /// It reads prompt and both answers together and gives a preference.
    Pairwise,
}

impl ScorerKind {
    /// The name used in packs, the study file and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Encoder => "encoder",
            Self::Pointwise => "pointwise",
            Self::Pairwise => "pairwise",
        }
    }

    /// The reverse of [`ScorerKind::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Encoder, Self::Pointwise, Self::Pairwise]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// Something that a model reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Content<'a> {
    /// A text as it is.
    Text(&'a str),
    /// Turns of a conversation, for models that have a chat template.
    Turns(&'a [Message]),
    /// The file of an image or a clip.
    File(&'a Path),
}

/// An answer in its context, for a pointwise model.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The turns before the answer; empty for images and music without a prompt.
    pub prompt: &'a [Message],
    /// The answer.
    pub answer: Content<'a>,
}

/// Two answers to one prompt, for a pairwise model.
#[derive(Clone, Copy, Debug)]
pub struct Contest<'a> {
    /// The turns before the answers.
    pub prompt: &'a [Message],
    /// One answer.
    pub first: Content<'a>,
    /// The other.
    pub second: Content<'a>,
}

/// A content that this model cannot read, for example a damaged image: it alone has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// How well two texts match token by token (T. Zhang et al., "BERTScore", 2020): each token is
/// matched with the one most like it in the other text, by the cosine of their states in an
/// encoder. Without weights for rare tokens and without rescaling, so that values lie high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenMatch {
    /// Mean over the first text's tokens of their best cosine, -1 to 1.
    pub precision: f64,
    /// Mean over the second text's tokens.
    pub recall: f64,
    /// Harmonic mean of both; 1 for two texts without tokens, 0 if just one has none, or if one
    /// of the means is not positive.
    pub f1: f64,
    /// Tokens of either text as they were matched: cut to the model's maximum length, without the
    /// special ones.
    pub tokens: [u32; 2],
}

/// What a model has done since it was opened. Differences of two readings measure a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Usage {
    /// Texts, images or patches of clips that went through the graph.
    pub inputs: u64,
    /// Tokens in them, without padding; 0 for images and music.
    pub tokens: u64,
    /// Seconds that sessions spent inside ONNX Runtime, added up over sessions.
    pub busy_s: f64,
    /// Sessions that work side by side: `busy_s / (sessions * seconds)` is the share of time
    /// that ONNX Runtime is busy.
    pub sessions: u32,
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

/// What a reward model says of an ordered pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairPreference {
    /// Score of the first minus score of the second, log-odds; for a pairwise model, the mean of
    /// its margins in both orders.
    pub margin: f64,
    /// Probability that the first is preferred, ties set aside: the members' probabilities
    /// averaged (for a pairwise model, those of both orders), 0 to 1.
    pub probability: f64,
    /// Standard deviation of the averaged probabilities, 0 to 0.5: how far they disagree.
    pub spread: f64,
    /// Probability of a tie; `None` for models that do not know ties.
    pub tie: Option<f64>,
    /// Whether the preferred answer changes with the order in which the two are read; `None`
    /// for models that read one answer at a time.
    pub order_matters: Option<bool>,
}

impl PairPreference {
    /// Bradley-Terry per member, P(first) = 1 / (1 + exp(s_second - s_first))
    /// (R. A. Bradley and M. E. Terry, Biometrika 39, 1952), then averaged.
    pub fn between(first: &EnsembleScore, second: &EnsembleScore, ties: Option<TieModel>) -> Self {
        let margins: Vec<f64> = first.0.iter().zip(&second.0).map(|(a, b)| a - b).collect();
        let (probability, spread) = mean_and_spread(&margins);
        let margin = first.mean() - second.mean();
        let tie = ties.map(|ties| ties.probabilities(margin)[1]);
        Self { margin, probability, spread, tie, order_matters: None }
    }

    /// From a pairwise model's log-odds for the first answer, read in both orders.
    pub fn of_both_orders(first_read_first: f64, first_read_last: f64) -> Self {
        let (probability, spread) = mean_and_spread(&[first_read_first, first_read_last]);
        Self {
            margin: f64::midpoint(first_read_first, first_read_last),
            probability,
            spread,
            tie: None,
            order_matters: Some((first_read_first > 0.0) != (first_read_last > 0.0)),
        }
    }
}

impl PairPreference {
    /// What it says once margins are divided by `temperature` to be log-odds, and not by
    /// `before` as they were. The margin stays as the model gave it. Not for heads, whose
    /// temperature is in their weights.
    pub fn recalibrated(self, before: f64, temperature: f64) -> Self {
        let margins = match self.order_matters {
            None => vec![self.margin],
            // The two orders' margins are as far from the mean as their probabilities say. The
            // less certain one is read off exactly; the other is the rest.
            Some(_) => {
                let ends = [self.probability - self.spread, self.probability + self.spread];
                let end =
                    if (ends[0] - 0.5).abs() < (ends[1] - 0.5).abs() { ends[0] } else { ends[1] };
                let one = before * (end / (1.0 - end)).ln();
                let one = if one.is_finite() { one } else { self.margin };
                vec![one, 2.0 * self.margin - one]
            }
        };
        let margins: Vec<f64> = margins.iter().map(|margin| margin / temperature).collect();
        let (probability, spread) = mean_and_spread(&margins);
        Self { probability, spread, ..self }
    }
}

/// Mean and standard deviation of the probabilities that margins stand for.
fn mean_and_spread(margins: &[f64]) -> (f64, f64) {
    let probabilities = || margins.iter().map(|margin| 1.0 / (1.0 + (-margin).exp()));
    let n = margins.len() as f64;
    let mean = probabilities().sum::<f64>() / n;
    let variance = probabilities().map(|p| (p - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

/// A reward model that is ready to score. Which methods answer depends on its kind: an encoder
/// embeds, and scores if it has a head; a pointwise model rates; a pairwise model compares. The
/// others give [`ScorerError::WrongKind`].
pub trait Scorer: Send + Sync {
    /// Which model this is.
    fn identity(&self) -> &RewardModelIdentity;

    /// The execution provider that runs now, for example `cpu`. It changes when one fails in the
    /// middle of a run and the CPU takes over.
    fn provider(&self) -> String;

    /// The providers that do not run, and why, those that failed in the middle of a run included.
    fn skipped_providers(&self) -> Vec<SkippedProvider>;

    /// What was done since the model was opened.
    fn usage(&self) -> Usage;

    /// Length of an embedding; 0 for models that do not embed.
    fn embedding_dim(&self) -> usize;

    /// What the last numbers of an embedding are that were measured and not learnt, for example
    /// tags of music; empty for texts.
    fn measures(&self) -> &[String];

    /// Embeds contents, each `[embedding_dim]`, in the order given. Long texts are cut to the
    /// model's maximum length; an empty text has an embedding too. Equal contents are computed
    /// once.
    ///
    /// # Errors
    /// [`ScorerError::Cancelled`] when asked to stop, else what went wrong for all of them.
    fn embed(
        &self,
        contents: &[Content<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError>;

    /// Matches pairs of contents token by token, in the order given. Long texts are cut as for
    /// [`Scorer::embed`]; each text goes through the model once, where memory allows it.
    ///
    /// # Errors
    /// [`ScorerError::WrongKind`] for a model that gives no states of tokens, else as
    /// [`Scorer::embed`].
    fn match_tokens(
        &self,
        _pairs: &[(Content<'_>, Content<'_>)],
        _cancel: &Cancel,
    ) -> Result<Vec<Result<TokenMatch, Unreadable>>, ScorerError> {
        Err(ScorerError::WrongKind { kind: self.identity().kind, action: "match tokens" })
    }

    /// Whether it has a head that fits: only then [`Scorer::score`] answers.
    fn has_head(&self) -> bool;

    /// How often its head expects ties.
    fn ties(&self) -> Option<TieModel>;

    /// Scores candidates from their embeddings.
    ///
    /// # Errors
    /// [`ScorerError::NoHead`] for an encoder that has no trained head, else what went wrong.
    fn score(
        &self,
        candidates: &[CandidateFeatures<'_>],
    ) -> Result<Vec<EnsembleScore>, ScorerError>;

    /// Rates answers, each in log-odds units as far as the model was calibrated.
    ///
    /// # Errors
    /// As [`Scorer::embed`].
    fn rate(
        &self,
        responses: &[Response<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<f64, Unreadable>>, ScorerError>;

    /// Compares pairs of answers, each read in both orders.
    ///
    /// # Errors
    /// As [`Scorer::embed`].
    fn compare(
        &self,
        contests: &[Contest<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<PairPreference, Unreadable>>, ScorerError>;

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
    /// The model does not work in that way.
    #[error("a model of the kind {} does not {action}", kind.as_str())]
    WrongKind {
        /// What kind it is.
        kind: ScorerKind,
        /// What was asked of it, for example `embed`.
        action: &'static str,
    },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_changes_how_sure_and_never_which() {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        for (first, last) in [(2.0, 1.0), (3.0, -1.0), (-0.5, -0.5), (60.0, 1.0), (0.0, 0.0)] {
            let raw = PairPreference::of_both_orders(first, last);
            let warm = raw.recalibrated(1.0, 2.0);
            let expected = PairPreference::of_both_orders(first / 2.0, last / 2.0);
            assert!(near(warm.probability, expected.probability), "{first} {last}");
            assert!(near(warm.spread, expected.spread), "{first} {last}");
            assert_eq!((warm.margin, warm.order_matters), (raw.margin, raw.order_matters));
            let back = warm.recalibrated(2.0, 1.0);
            assert!(near(back.probability, raw.probability), "{first} {last}");
        }
        let (one, other) = (EnsembleScore(vec![1.5]), EnsembleScore(vec![0.5]));
        let warm = PairPreference::between(&one, &other, None).recalibrated(1.0, 2.0);
        assert!(near(warm.probability, 1.0 / (1.0 + (-0.5_f64).exp())) && near(warm.spread, 0.0));
    }
}
