//! From texts to embeddings.

use std::borrow::Cow;
use std::collections::HashMap;

use tiebreak_core::{Cancel, ScorerError};

use crate::engine::Engine;
use crate::manifest::Pooling;
use crate::onnx::TOKEN_STATES;
use crate::pointwise::tried;
use crate::port::finite;
use crate::sequences::{TextPorts, run_sequences};
use crate::token_match::{Matched, match_texts};
use crate::tokens::{Segments, TextTokenizer};
use crate::{Pack, RewardError};

/// A text pack's encoder, loaded.
#[derive(Debug)]
pub(crate) struct TextEncoder {
    pub(crate) engine: Engine,
    pub(crate) tokenizer: TextTokenizer,
    pub(crate) ports: TextPorts,
    embedding_dim: usize,
}

impl TextEncoder {
    /// Joins a pack's tokenizer to its loaded graph.
    ///
    /// # Errors
    /// If the tokenizer cannot be read, or the graph does not do what the manifest says: one
    /// short text is tried out.
    pub(crate) fn open(pack: &Pack, engine: Engine) -> Result<Self, RewardError> {
        let manifest = &pack.manifest;
        let (input, path) = pack.text()?;
        let encoder = Self {
            engine,
            tokenizer: TextTokenizer::read(path, input, Segments::One)?,
            ports: TextPorts::of(input, &manifest.output),
            embedding_dim: manifest.embedding_dim,
        };
        let trial = encoder.embed(&["a"], &Cancel::default());
        tried(pack, trial.map(|vectors| vectors.into_iter().map(finite).collect()))?;
        Ok(encoder)
    }

    /// Length of an embedding.
    pub(crate) fn embedding_dim(&self) -> usize {
        self.embedding_dim
    }

    /// Matches pairs of texts token by token; `None` if the graph gives no states of tokens.
    ///
    /// # Errors
    /// As [`match_texts`].
    pub(crate) fn match_tokens(
        &self,
        pairs: &[(Cow<'_, str>, Cow<'_, str>)],
        cancel: &Cancel,
    ) -> Option<Result<Vec<Matched>, ScorerError>> {
        let output = self.token_states()?;
        Some(match_texts(self, output, pairs, cancel))
    }

    /// The output of the graph that holds the states of the tokens, if there is one.
    fn token_states(&self) -> Option<&str> {
        if self.ports.pooling != Pooling::InGraph {
            return Some(&self.ports.output);
        }
        // What exports of sentence encoders call them beside the pooled vector.
        const KNOWN: [&str; 3] = [TOKEN_STATES, "token_embeddings", "last_hidden_state"];
        let outputs = self.engine.outputs();
        KNOWN
            .into_iter()
            .find(|known| outputs.iter().any(|port| port.name == *known && port.shape.len() == 3))
    }

    /// Embeds texts in the order given; equal texts are computed once. Numbers may not be finite.
    ///
    /// # Errors
    /// As [`run_sequences`], and if an embedding has not the length that the manifest says.
    pub(crate) fn embed(
        &self,
        texts: &[&str],
        cancel: &Cancel,
    ) -> Result<Vec<Vec<f32>>, ScorerError> {
        let mut unique: Vec<&str> = Vec::new();
        let mut index_of: HashMap<&str, usize> = HashMap::with_capacity(texts.len());
        let positions: Vec<usize> = texts
            .iter()
            .map(|&text| {
                *index_of.entry(text).or_insert_with(|| {
                    unique.push(text);
                    unique.len() - 1
                })
            })
            .collect();
        let tokenise = |n: usize| self.tokenizer.encode(unique[n]);
        let embeddings = run_sequences(&self.engine, &self.ports, unique.len(), &tokenise, cancel)?;
        let dim = self.embedding_dim;
        if let Some(wrong) = embeddings.iter().find(|embedding| embedding.len() != dim) {
            let what = format!("embeddings of shape [1, {}], not [1, {dim}]", wrong.len());
            return Err(ScorerError::BadOutput(what));
        }
        Ok(positions.into_iter().map(|index| embeddings[index].clone()).collect())
    }
}
