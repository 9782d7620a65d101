//! The trained head as a running graph: `features [n, F]` times `weights [F, M]` gives
//! `scores [n, M]`, with F features a candidate and M members in the ensemble. There is no bias:
//! it would cancel in every difference of two scores.

use std::sync::{Mutex, PoisonError};

use ort::session::Session;
use ort::value::TensorRef;
use tiebreak_core::{
    CandidateFeatures, ContentHash, EnsembleScore, FeatureSet, RewardHead, ScorerError, TieModel,
};

use crate::Pack;
use crate::head_file;
use crate::provider::{self, GraphSource, Provider};
use crate::runtime::Runtime;

/// A head that scores.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) pack_hash: ContentHash,
    pub(crate) ties: Option<TieModel>,
    embedding_dim: usize,
    features: FeatureSet,
    members: usize,
    session: Mutex<Session>,
}

impl Head {
    /// Starts a head for an encoder that it was trained on. It always runs on the CPU: a product
    /// this small is done before a GPU has begun. `dim` is the length of the encoder's
    /// embeddings, measured values included.
    pub(crate) fn start(
        pack: &Pack,
        dim: usize,
        runtime: &Runtime,
        head: &RewardHead,
    ) -> Result<Self, ScorerError> {
        let fail = |problem: String| ScorerError::Runtime {
            context: "cannot use the trained head".to_owned(),
            source: problem.into(),
        };
        if head.embedding_dim != dim {
            let problem = format!("it takes embeddings of {}, not {dim}", head.embedding_dim);
            return Err(fail(problem));
        }
        let graph = head_file::graph(head).map_err(fail)?;
        let graph = GraphSource::Bytes(&graph);
        let session = provider::open_on(runtime, Provider::Cpu, graph).map_err(fail)?;
        Ok(Self {
            pack_hash: pack_hash(pack.encoder_hash, head),
            ties: head.ties,
            embedding_dim: dim,
            features: head.features,
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
        let columns = self.features.len(self.embedding_dim);
        let mut features = Vec::with_capacity(candidates.len() * columns);
        for candidate in candidates {
            let lengths =
                candidate.prompt.map(<[f32]>::len).into_iter().chain([candidate.answer.len()]);
            if let Some(wrong) = lengths.into_iter().find(|&length| length != self.embedding_dim) {
                return Err(ScorerError::BadOutput(format!(
                    "an embedding of {wrong}, the head takes {}",
                    self.embedding_dim
                )));
            }
            features.extend(self.features.of(candidate));
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
pub(crate) fn pack_hash(encoder: ContentHash, head: &RewardHead) -> ContentHash {
    let weights: Vec<Vec<u8>> = head
        .members
        .iter()
        .map(|member| member.iter().flat_map(|weight| weight.to_le_bytes()).collect())
        .collect();
    // Heads of the first feature set keep the hash that they have always had.
    let (version, more) = match (head.features, head.ties) {
        (FeatureSet::Text1, None) => (b"tiebreak pack 1", String::new()),
        (features, ties) => (b"tiebreak pack 2", format!("{features:?} {ties:?}")),
    };
    let more = (!more.is_empty()).then_some(more.as_bytes());
    let fixed = [version.as_slice(), encoder.as_bytes()].into_iter().chain(more);
    ContentHash::of_fields(fixed.chain(weights.iter().map(Vec::as_slice)))
}
