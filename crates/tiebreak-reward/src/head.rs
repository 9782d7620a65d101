//! The trained head as a running graph: `features [n, F]` times `weights [F, M]` gives
//! `scores [n, M]`, with F features a candidate and M members in the ensemble. There is no bias:
//! it would cancel in every difference of two scores.

use std::sync::{Mutex, PoisonError};

use ort::session::Session;
use ort::value::TensorRef;
use tiebreak_core::{CandidateFeatures, ContentHash, EnsembleScore, RewardHead, ScorerError};

use crate::encoder::Encoder;
use crate::head_file;
use crate::provider::{self, GraphSource, Provider};

/// A head that scores.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) pack_hash: ContentHash,
    embedding_dim: usize,
    members: usize,
    session: Mutex<Session>,
}

impl Head {
    /// Starts a head for an encoder that it was trained on. It always runs on the CPU: a product
    /// this small is done before a GPU has begun.
    pub(crate) fn start(encoder: &Encoder, head: &RewardHead) -> Result<Self, ScorerError> {
        let dim = encoder.pack.manifest.embedding_dim;
        let fail = |problem: String| ScorerError::Runtime {
            context: "cannot use the trained head".to_owned(),
            source: problem.into(),
        };
        if head.embedding_dim != dim {
            let problem = format!("it takes embeddings of {}, not {dim}", head.embedding_dim);
            return Err(fail(problem));
        }
        let graph = head_file::graph(head).map_err(fail)?;
        let session =
            provider::open_on(&encoder.runtime, Provider::Cpu, GraphSource::Bytes(&graph))
                .map_err(fail)?;
        Ok(Self {
            pack_hash: pack_hash(encoder.pack.encoder_hash, head),
            embedding_dim: dim,
            members: head.members.len(),
            session: Mutex::new(session),
        })
    }

    pub(crate) fn score(
        &self,
        candidates: &[CandidateFeatures<'_>],
    ) -> Result<Vec<EnsembleScore>, ScorerError> {
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let fail = |source: ort::Error| ScorerError::Runtime {
            context: format!("cannot score {} candidates", candidates.len()),
            source: Box::new(source),
        };
        let columns = 2 * self.embedding_dim + 1;
        let mut features = Vec::with_capacity(candidates.len() * columns);
        for candidate in candidates {
            let lengths = [candidate.prompt.len(), candidate.answer.len()];
            if lengths != [self.embedding_dim; 2] {
                return Err(ScorerError::BadOutput(format!(
                    "embeddings of {} and {}, the head takes {}",
                    lengths[0], lengths[1], self.embedding_dim
                )));
            }
            features.extend(RewardHead::features(candidate));
        }
        let input = TensorRef::from_array_view(([candidates.len(), columns], features.as_slice()));
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(ort::inputs![input.map_err(fail)?]).map_err(fail)?;
        let (_, scores) = outputs[0].try_extract_tensor::<f32>().map_err(fail)?;
        if scores.iter().any(|score| !score.is_finite()) {
            return Err(ScorerError::BadOutput("a score that is not finite".to_owned()));
        }
        let rows = scores.chunks_exact(self.members);
        Ok(rows.map(|row| EnsembleScore(row.iter().map(|&s| s.into()).collect())).collect())
    }
}

/// Hash over the encoder and the head's weights. The weights count, not the bytes of the files
/// that hold them, so a head has one hash before and after it is saved.
fn pack_hash(encoder: ContentHash, head: &RewardHead) -> ContentHash {
    let weights: Vec<Vec<u8>> = head
        .members
        .iter()
        .map(|member| member.iter().flat_map(|weight| weight.to_le_bytes()).collect())
        .collect();
    let fixed = [b"tiebreak pack 1".as_slice(), encoder.as_bytes()];
    ContentHash::of_fields(fixed.into_iter().chain(weights.iter().map(Vec::as_slice)))
}
