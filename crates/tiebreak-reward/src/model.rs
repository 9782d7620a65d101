//! A reward model, ready to score: the port of the use cases, implemented.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tiebreak_core::{
    Cancel, CandidateFeatures, Content, ContentHash, Contest, EnsembleScore, PairPreference,
    Response, RewardHead, RewardModelIdentity, Scorer, ScorerError, ScorerKind, SkippedProvider,
    TieModel, Unreadable, Usage,
};

use crate::engine::Engine;
use crate::head::Head;
use crate::runtime::Runtime;
use crate::text_encoder::TextEncoder;
use crate::{Pack, Provider, RewardError, load_head, locate};

/// Raised when code outside the packs changes what an embedding or a score is.
const PREPROCESSING_VERSION: u32 = 1;

/// How to open a reward model. The default is right for nearly everybody.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Execution providers to try, in order; by default [`Provider::default_order`].
    pub providers: Option<Vec<Provider>>,
    /// Cores to use on the CPU, from 1; by default all of them.
    pub threads: Option<usize>,
    /// The ONNX Runtime library; by default [`locate::library`]. A process loads one library
    /// only, the first.
    pub library: Option<PathBuf>,
}

/// A reward model: a pack's encoder, and its trained head if it has one.
#[derive(Clone, Debug)]
pub struct RewardModel {
    pack: Arc<Pack>,
    encoder: Arc<TextEncoder>,
    head: Attached,
    identity: RewardModelIdentity,
}

#[derive(Clone, Debug)]
enum Attached {
    Nothing,
    Head(Arc<Head>),
    /// The pack's head was trained on another encoder. The encoder is still good for training a
    /// new one, so this is an error only when a score is wanted.
    Foreign(ContentHash),
}

impl RewardModel {
    /// Opens the pack in `dir`, with the head in it if there is one.
    ///
    /// # Errors
    /// If the library, the pack or the head cannot be used.
    pub fn open(dir: &Path, options: &OpenOptions) -> Result<Self, RewardError> {
        let pack = Pack::read(dir)?;
        let saved = load_head(dir)?;
        let library = match &options.library {
            Some(library) => library.clone(),
            None => locate::library()?,
        };
        let runtime = Runtime::load(&library)?;
        let engine = Engine::open(&pack.model, runtime, options)?;
        let encoder = Arc::new(TextEncoder::open(&pack, engine)?);
        Ok(Self::assemble(Arc::new(pack), encoder, saved.as_ref().map(|saved| &saved.head))?)
    }

    /// Opens the pack called `name`, wherever [`locate::pack`] finds it.
    ///
    /// # Errors
    /// If it is not found, and as [`RewardModel::open`].
    pub fn open_named(name: &str, options: &OpenOptions) -> Result<Self, RewardError> {
        Self::open(&locate::pack(name)?, options)
    }

    /// The pack that it was opened from.
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    fn assemble(
        pack: Arc<Pack>,
        encoder: Arc<TextEncoder>,
        head: Option<&RewardHead>,
    ) -> Result<Self, ScorerError> {
        let manifest = &pack.manifest;
        let encoder_hash = pack.encoder_hash;
        let head = match head {
            None => Attached::Nothing,
            Some(head) if head.encoder_hash != encoder_hash => Attached::Foreign(head.encoder_hash),
            Some(head) => {
                Attached::Head(Arc::new(Head::start(&pack, encoder.engine.runtime(), head)?))
            }
        };
        let pack_hash = match &head {
            Attached::Head(head) => head.pack_hash,
            Attached::Nothing | Attached::Foreign(_) => encoder_hash,
        };
        let identity = RewardModelIdentity {
            name: manifest.name.clone(),
            modality: manifest.modality,
            kind: ScorerKind::Encoder,
            encoder_hash,
            pack_hash,
            preprocessing_version: PREPROCESSING_VERSION,
        };
        Ok(Self { pack, encoder, head, identity })
    }
}

impl Scorer for RewardModel {
    fn identity(&self) -> &RewardModelIdentity {
        &self.identity
    }

    fn provider(&self) -> String {
        self.encoder.engine.provider().to_string()
    }

    fn skipped_providers(&self) -> Vec<SkippedProvider> {
        self.encoder.engine.skipped()
    }

    fn usage(&self) -> Usage {
        self.encoder.engine.usage()
    }

    fn embedding_dim(&self) -> usize {
        self.pack.manifest.embedding_dim
    }

    fn measures(&self) -> &[String] {
        &[]
    }

    fn embed(
        &self,
        contents: &[Content<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError> {
        let texts: Vec<&str> = contents
            .iter()
            .map(|content| match content {
                Content::Text(text) => *text,
                Content::Turns(_) | Content::File(_) => "",
            })
            .collect();
        Ok(self.encoder.embed(&texts, cancel)?.into_iter().map(Ok).collect())
    }

    fn has_head(&self) -> bool {
        matches!(self.head, Attached::Head(_))
    }

    fn ties(&self) -> Option<TieModel> {
        match &self.head {
            Attached::Head(head) => head.ties,
            Attached::Nothing | Attached::Foreign(_) => None,
        }
    }

    fn rate(
        &self,
        _responses: &[Response<'_>],
        _cancel: &Cancel,
    ) -> Result<Vec<Result<f64, Unreadable>>, ScorerError> {
        Err(ScorerError::WrongKind { kind: self.identity.kind, action: "rate" })
    }

    fn compare(
        &self,
        _contests: &[Contest<'_>],
        _cancel: &Cancel,
    ) -> Result<Vec<Result<PairPreference, Unreadable>>, ScorerError> {
        Err(ScorerError::WrongKind { kind: self.identity.kind, action: "compare" })
    }

    fn score(
        &self,
        candidates: &[CandidateFeatures<'_>],
    ) -> Result<Vec<EnsembleScore>, ScorerError> {
        match &self.head {
            Attached::Head(head) => head.score(candidates),
            Attached::Nothing => Err(ScorerError::NoHead(self.identity.name.clone())),
            Attached::Foreign(trained_on) => Err(foreign(*trained_on, &self.identity)),
        }
    }

    fn with_head(&self, head: &RewardHead) -> Result<Box<dyn Scorer>, ScorerError> {
        if head.encoder_hash != self.identity.encoder_hash {
            return Err(foreign(head.encoder_hash, &self.identity));
        }
        Ok(Box::new(Self::assemble(Arc::clone(&self.pack), Arc::clone(&self.encoder), Some(head))?))
    }
}

fn foreign(trained_on: ContentHash, identity: &RewardModelIdentity) -> ScorerError {
    ScorerError::ForeignHead { head: trained_on.short(), encoder: identity.encoder_hash.short() }
}
