//! A reward model made of hashes: the same text has the same embedding, and a candidate's score
//! is the first number of it.

use std::sync::atomic::{AtomicUsize, Ordering};

use tiebreak_core::{
    Cancel, CandidateFeatures, Content, ContentHash, Contest, EnsembleScore, Modality,
    PairPreference, Response, RewardHead, RewardModelIdentity, Scorer, ScorerError, ScorerKind,
    SkippedProvider, TieModel, Unreadable, Usage,
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
                kind: ScorerKind::Encoder,
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

    fn provider(&self) -> String {
        "fake".to_owned()
    }

    fn skipped_providers(&self) -> Vec<SkippedProvider> {
        Vec::new()
    }

    fn usage(&self) -> Usage {
        Usage {
            inputs: self.embedded.load(Ordering::Relaxed) as u64,
            sessions: 1,
            ..Usage::default()
        }
    }

    fn measures(&self) -> &[String] {
        &[]
    }

    fn has_head(&self) -> bool {
        true
    }

    fn ties(&self) -> Option<TieModel> {
        None
    }

    fn rate(
        &self,
        _responses: &[Response<'_>],
        _cancel: &Cancel,
    ) -> Result<Vec<Result<f64, Unreadable>>, ScorerError> {
        Err(ScorerError::WrongKind { kind: ScorerKind::Encoder, action: "rate" })
    }

    fn compare(
        &self,
        _contests: &[Contest<'_>],
        _cancel: &Cancel,
    ) -> Result<Vec<Result<PairPreference, Unreadable>>, ScorerError> {
        Err(ScorerError::WrongKind { kind: ScorerKind::Encoder, action: "compare" })
    }

    fn embedding_dim(&self) -> usize {
        DIM
    }

    fn embed(
        &self,
        texts: &[Content<'_>],
        _cancel: &Cancel,
    ) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError> {
        let before = self.embedded.fetch_add(texts.len(), Ordering::Relaxed);
        if self.fails_after.is_some_and(|limit| before + texts.len() > limit) {
            return Err(ScorerError::BadOutput("nothing, as this test wants".to_owned()));
        }
        Ok(texts
            .iter()
            .map(|content| {
                let Content::Text(text) = content else {
                    return Err(Unreadable("it is no text".to_owned()));
                };
                let hash = ContentHash::of(text.as_bytes());
                Ok(hash.as_bytes()[..DIM].iter().map(|b| f32::from(*b) / 128.0 - 1.0).collect())
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
