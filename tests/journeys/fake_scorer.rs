//! A reward model made of hashes: the same content has the same embedding, and a candidate's
//! score is the first number of it, or what a trained head makes of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tiebreak_app::ModelSource;
use tiebreak_app::view::UserError;
use tiebreak_core::{
    Cancel, CandidateFeatures, Content, ContentHash, Contest, EnsembleScore, Modality,
    PairPreference, Response, RewardHead, RewardModelIdentity, Scorer, ScorerError, ScorerKind,
    SkippedProvider, TieModel, Unreadable, Usage,
};

pub const DIM: usize = 4;

#[derive(Clone)]
enum Head {
    Missing,
    FirstNumber,
    Trained(RewardHead),
}

#[derive(Clone)]
pub struct FakeScorer {
    identity: RewardModelIdentity,
    head: Head,
    /// Numbers of an embedding, 1 to 32.
    pub dim: usize,
    /// Contents that went through it so far, whatever its head.
    pub embedded: Arc<AtomicUsize>,
    /// Fails once so many contents were embedded.
    pub fails_after: Option<usize>,
    /// After so many, the provider `fast` fails and `slow` takes over.
    pub provider_fails_after: Option<usize>,
    /// Takes so long for each content, as a real model does.
    pub pause: Duration,
}

impl FakeScorer {
    /// An encoder of texts with a head.
    pub fn new(name: &str) -> Self {
        Self::of(name, Modality::Text, ScorerKind::Encoder)
    }

    pub fn of(name: &str, modality: Modality, kind: ScorerKind) -> Self {
        Self {
            identity: RewardModelIdentity {
                name: name.to_owned(),
                modality,
                kind,
                encoder_hash: ContentHash::of(format!("encoder {}", modality.as_str()).as_bytes()),
                pack_hash: ContentHash::of(name.as_bytes()),
                preprocessing_version: 1,
            },
            head: Head::FirstNumber,
            dim: DIM,
            embedded: Arc::default(),
            fails_after: None,
            provider_fails_after: None,
            pause: Duration::ZERO,
        }
    }

    pub fn without_head(self) -> Self {
        Self { head: Head::Missing, ..self }
    }

    /// The same, as a model whose embeddings nobody has.
    pub fn with_encoder(mut self, name: &str) -> Self {
        self.identity.encoder_hash = ContentHash::of(name.as_bytes());
        self
    }

    /// The first number of a text's embedding, which decides what its head prefers.
    pub fn first_number(text: &str) -> f32 {
        numbers(text.as_bytes(), DIM)[0]
    }

    fn count(&self, contents: usize, cancel: &Cancel) -> Result<(), ScorerError> {
        let before = self.embedded.fetch_add(contents, Ordering::Relaxed);
        if self.fails_after.is_some_and(|limit| before + contents > limit) {
            return Err(ScorerError::BadOutput("nothing, as this test wants".to_owned()));
        }
        for _ in 0..contents {
            std::thread::sleep(self.pause);
            if cancel.is_cancelled() {
                return Err(ScorerError::Cancelled);
            }
        }
        Ok(())
    }

    fn is_degraded(&self) -> bool {
        self.provider_fails_after.is_some_and(|n| self.embedded.load(Ordering::Relaxed) > n)
    }

    fn wrong(&self, action: &'static str) -> ScorerError {
        ScorerError::WrongKind { kind: self.identity.kind, action }
    }
}

fn numbers(bytes: &[u8], dim: usize) -> Vec<f32> {
    let hash = ContentHash::of(bytes);
    hash.as_bytes()[..dim].iter().map(|b| f32::from(*b) / 128.0 - 1.0).collect()
}

fn read(content: &Content<'_>, dim: usize) -> Result<Vec<f32>, Unreadable> {
    match content {
        Content::Text(text) => Ok(numbers(text.as_bytes(), dim)),
        Content::Turns(turns) => Ok(numbers(format!("{turns:?}").as_bytes(), dim)),
        Content::File(path) => {
            let bytes = std::fs::read(path).map_err(|error| Unreadable(error.to_string()))?;
            Ok(numbers(&bytes, dim))
        }
    }
}

impl Scorer for FakeScorer {
    fn identity(&self) -> &RewardModelIdentity {
        &self.identity
    }

    fn provider(&self) -> String {
        if self.is_degraded() { "slow" } else { "fast" }.to_owned()
    }

    fn skipped_providers(&self) -> Vec<SkippedProvider> {
        let failed = SkippedProvider {
            provider: "fast".to_owned(),
            reason: "failed in the middle of a run".to_owned(),
        };
        self.is_degraded().then_some(failed).into_iter().collect()
    }

    fn usage(&self) -> Usage {
        let inputs = self.embedded.load(Ordering::Relaxed) as u64;
        Usage { inputs, tokens: 3 * inputs, busy_s: 0.0, sessions: 1 }
    }

    fn embedding_dim(&self) -> usize {
        if self.identity.kind == ScorerKind::Encoder { self.dim } else { 0 }
    }

    fn measures(&self) -> &[String] {
        &[]
    }

    fn embed(
        &self,
        contents: &[Content<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError> {
        if self.identity.kind != ScorerKind::Encoder {
            return Err(self.wrong("embed"));
        }
        self.count(contents.len(), cancel)?;
        Ok(contents.iter().map(|content| read(content, self.dim)).collect())
    }

    fn has_head(&self) -> bool {
        !matches!(self.head, Head::Missing)
    }

    fn ties(&self) -> Option<TieModel> {
        match &self.head {
            Head::Trained(head) => head.ties,
            Head::Missing | Head::FirstNumber => None,
        }
    }

    fn score(
        &self,
        candidates: &[CandidateFeatures<'_>],
    ) -> Result<Vec<EnsembleScore>, ScorerError> {
        let dot = |weights: &[f32], features: &[f32]| {
            weights.iter().zip(features).map(|(w, x)| f64::from(w * x)).sum::<f64>()
        };
        match &self.head {
            Head::Missing => Err(ScorerError::NoHead(self.identity.name.clone())),
            Head::FirstNumber => Ok(candidates
                .iter()
                .map(|candidate| {
                    let score = f64::from(candidate.answer[0]);
                    EnsembleScore(vec![score, 0.5 * score])
                })
                .collect()),
            Head::Trained(head) => Ok(candidates
                .iter()
                .map(|candidate| {
                    let features = head.features.of(candidate);
                    EnsembleScore(head.members.iter().map(|w| dot(w, &features)).collect())
                })
                .collect()),
        }
    }

    fn rate(
        &self,
        responses: &[Response<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<f64, Unreadable>>, ScorerError> {
        if self.identity.kind != ScorerKind::Pointwise {
            return Err(self.wrong("rate"));
        }
        self.count(responses.len(), cancel)?;
        let rate = |one: &Response<'_>| Ok(f64::from(read(&one.answer, self.dim)?[0]));
        Ok(responses.iter().map(rate).collect())
    }

    /// The one that is read first gets a little more.
    fn compare(
        &self,
        contests: &[Contest<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<PairPreference, Unreadable>>, ScorerError> {
        if self.identity.kind != ScorerKind::Pairwise {
            return Err(self.wrong("compare"));
        }
        self.count(2 * contests.len(), cancel)?;
        Ok(contests
            .iter()
            .map(|one| {
                let margin =
                    f64::from(read(&one.first, self.dim)?[0] - read(&one.second, self.dim)?[0]);
                Ok(PairPreference::of_both_orders(margin + 0.1, margin - 0.1))
            })
            .collect())
    }

    fn with_head(&self, head: &RewardHead) -> Result<Box<dyn Scorer>, ScorerError> {
        if self.identity.kind != ScorerKind::Encoder {
            return Err(self.wrong("take a head"));
        }
        let mut scorer = self.clone();
        let weights: Vec<u8> =
            head.members.iter().flatten().flat_map(|weight| weight.to_le_bytes()).collect();
        scorer.identity.pack_hash = ContentHash::of(&weights);
        scorer.head = Head::Trained(head.clone());
        Ok(Box::new(scorer))
    }
}

/// The packs of a machine.
#[derive(Clone, Default)]
pub struct FakeSource(pub HashMap<String, Arc<FakeScorer>>);

impl FakeSource {
    /// Under the name that studies use for texts.
    pub fn text(scorer: FakeScorer) -> Self {
        Self::default().with("minilm", scorer)
    }

    pub fn with(mut self, pack: &str, scorer: FakeScorer) -> Self {
        self.0.insert(pack.to_owned(), Arc::new(scorer));
        self
    }
}

impl ModelSource for FakeSource {
    fn open(&self, pack: &str) -> Result<Arc<dyn Scorer>, UserError> {
        match self.0.get(pack) {
            Some(scorer) => Ok(Arc::clone(scorer) as Arc<dyn Scorer>),
            None => Err(UserError {
                code: "reward_model".to_owned(),
                message: format!("there is no pack {pack}"),
                hint: None,
            }),
        }
    }
}
