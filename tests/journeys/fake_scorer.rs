//! A reward model made of hashes: the same text has the same embedding, and a candidate's score
//! is the first number of it.

use std::sync::atomic::{AtomicUsize, Ordering};

use tiebreak_core::{
    Cancel, CandidateFeatures, ContentHash, EnsembleScore, Modality, RewardHead,
    RewardModelIdentity, Scorer, ScorerError, SkippedProvider,
};

pub const DIM: usize = 4;

pub struct FakeScorer {
    identity: RewardModelIdentity,
    /// Texts embedded so far.
    pub embedded: AtomicUsize,
    /// Fails once so many texts were embedded.
    pub fails_after: Option<usize>,
}

impl FakeScorer {
    pub fn new(name: &str) -> Self {
        Self {
            identity: RewardModelIdentity {
                name: name.to_owned(),
                modality: Modality::Text,
                encoder_hash: ContentHash::of(b"encoder"),
                pack_hash: ContentHash::of(name.as_bytes()),
                preprocessing_version: 1,
            },
            embedded: AtomicUsize::new(0),
            fails_after: None,
        }
    }
}

impl Scorer for FakeScorer {
    fn identity(&self) -> &RewardModelIdentity {
        &self.identity
    }

    fn provider(&self) -> &str {
        "fake"
    }

    fn skipped_providers(&self) -> &[SkippedProvider] {
        &[]
    }

    fn embedding_dim(&self) -> usize {
        DIM
    }

    fn embed(&self, texts: &[&str], _cancel: &Cancel) -> Result<Vec<Vec<f32>>, ScorerError> {
        let before = self.embedded.fetch_add(texts.len(), Ordering::Relaxed);
        if self.fails_after.is_some_and(|limit| before + texts.len() > limit) {
            return Err(ScorerError::BadOutput("nothing, as this test wants".to_owned()));
        }
        Ok(texts
            .iter()
            .map(|text| {
                let hash = ContentHash::of(text.as_bytes());
                hash.as_bytes()[..DIM].iter().map(|b| f32::from(*b) / 128.0 - 1.0).collect()
            })
            .collect())
    }

    fn score(
        &self,
        candidates: &[CandidateFeatures<'_>],
    ) -> Result<Vec<EnsembleScore>, ScorerError> {
        Ok(candidates
            .iter()
            .map(|candidate| {
                let score = f64::from(candidate.answer[0]);
                EnsembleScore(vec![score, 0.5 * score])
            })
            .collect())
    }

    fn with_head(&self, _head: &RewardHead) -> Result<Box<dyn Scorer>, ScorerError> {
        Err(ScorerError::NoHead("fake".to_owned()))
    }
}
