//! A reward model, ready to score: the port of the use cases, implemented.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tiebreak_core::{
    Cancel, CandidateFeatures, Content, ContentHash, Contest, EnsembleScore, PairPreference,
    Response, RewardHead, RewardModelIdentity, Scorer, ScorerError, ScorerKind, SkippedProvider,
    TieModel, TokenMatch, Unreadable, Usage,
};

use crate::engine::Engine;
use crate::head::Head;
use crate::media_encoder::MediaEncoder;
use crate::pairwise::TextComparer;
use crate::pointwise::{TextRater, plain, reward};
use crate::port::finite;
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

/// A reward model: a pack's model, and the trained head of an encoder if it has one.
#[derive(Clone, Debug)]
pub struct RewardModel {
    pack: Arc<Pack>,
    part: Arc<Part>,
    head: Attached,
    identity: RewardModelIdentity,
}

/// The model inside a pack, by what it reads and what it gives.
#[derive(Debug)]
enum Part {
    TextEncoder(TextEncoder),
    TextRater(TextRater),
    TextComparer(TextComparer),
    MediaEncoder(MediaEncoder),
    /// Its vector holds the reward.
    MediaRater(MediaEncoder),
}

#[derive(Clone, Debug)]
enum Attached {
    Nothing,
    Head(Arc<Head>),
    /// The pack's head was trained on another encoder. The encoder is still good for training a
    /// new one, so this is an error only when a score is wanted.
    Foreign(ContentHash),
}

impl Part {
    fn open(pack: &Pack, engine: Engine) -> Result<Self, RewardError> {
        let is_text = pack.manifest.text().is_some();
        takes_what_is_declared(pack, &engine)?;
        match pack.manifest.kind {
            ScorerKind::Encoder if is_text => {
                TextEncoder::open(pack, engine).map(Self::TextEncoder)
            }
            ScorerKind::Encoder => MediaEncoder::open(pack, engine).map(Self::MediaEncoder),
            ScorerKind::Pointwise if is_text => TextRater::open(pack, engine).map(Self::TextRater),
            ScorerKind::Pointwise => MediaEncoder::open(pack, engine).map(Self::MediaRater),
            ScorerKind::Pairwise => TextComparer::open(pack, engine).map(Self::TextComparer),
        }
    }

    fn engine(&self) -> &Engine {
        match self {
            Self::TextEncoder(encoder) => &encoder.engine,
            Self::TextRater(rater) => &rater.reader.engine,
            Self::TextComparer(comparer) => &comparer.reader.engine,
            Self::MediaEncoder(encoder) | Self::MediaRater(encoder) => encoder.engine(),
        }
    }

    fn embedding_dim(&self) -> usize {
        match self {
            Self::TextEncoder(encoder) => encoder.embedding_dim(),
            Self::MediaEncoder(encoder) => encoder.embedding_dim(),
            Self::TextRater(_) | Self::TextComparer(_) | Self::MediaRater(_) => 0,
        }
    }
}

impl RewardModel {
    /// Opens the pack in `dir`, with the head in it if there is one. The graph runs in this
    /// process: of a pack from elsewhere, [`crate::isolated::admit`] must have been asked first.
    ///
    /// # Errors
    /// If the library, the pack or the head cannot be used.
    pub fn open(dir: &Path, options: &OpenOptions) -> Result<Self, RewardError> {
        let pack = Pack::read(dir)?;
        let saved = load_head(dir)?;
        let runtime = Runtime::load(&options.library()?)?;
        let engine = Engine::open(&pack.model, runtime, options)?;
        let part = Arc::new(Part::open(&pack, engine)?);
        Ok(Self::assemble(Arc::new(pack), part, saved.as_ref().map(|saved| &saved.head))?)
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

    pub(crate) fn engine(&self) -> &Engine {
        self.part.engine()
    }

    /// The tokens of an answer in its context, of a pointwise model of texts.
    #[cfg(test)]
    pub(crate) fn tokens(&self, response: &Response<'_>) -> Result<Vec<u32>, ScorerError> {
        match &*self.part {
            Part::TextRater(rater) => Ok(rater.tokens(response)?.ids),
            _ => Err(self.wrong_kind("rate")),
        }
    }

    fn assemble(
        pack: Arc<Pack>,
        part: Arc<Part>,
        head: Option<&RewardHead>,
    ) -> Result<Self, ScorerError> {
        let manifest = &pack.manifest;
        let encoder_hash = pack.encoder_hash;
        let head = match head {
            // What gives scores itself has no use for a head.
            _ if manifest.kind != ScorerKind::Encoder => Attached::Nothing,
            None => Attached::Nothing,
            Some(head) if head.encoder_hash != encoder_hash => Attached::Foreign(head.encoder_hash),
            Some(head) => {
                let runtime = part.engine().runtime();
                Attached::Head(Arc::new(Head::start(&pack, part.embedding_dim(), runtime, head)?))
            }
        };
        let pack_hash = match &head {
            Attached::Head(head) => head.pack_hash,
            Attached::Nothing | Attached::Foreign(_) => encoder_hash,
        };
        let identity = RewardModelIdentity {
            name: manifest.name.clone(),
            modality: manifest.modality,
            kind: manifest.kind,
            encoder_hash,
            pack_hash,
            preprocessing_version: PREPROCESSING_VERSION,
        };
        Ok(Self { pack, part, head, identity })
    }

    fn wrong_kind(&self, action: &'static str) -> ScorerError {
        ScorerError::WrongKind { kind: self.identity.kind, action }
    }
}

impl OpenOptions {
    /// The ONNX Runtime library: the one named, else the one found.
    pub(crate) fn library(&self) -> Result<PathBuf, RewardError> {
        match &self.library {
            Some(library) => Ok(library.clone()),
            None => locate::library(),
        }
    }
}

impl Scorer for RewardModel {
    fn identity(&self) -> &RewardModelIdentity {
        &self.identity
    }

    fn provider(&self) -> String {
        self.engine().provider().to_string()
    }

    fn skipped_providers(&self) -> Vec<SkippedProvider> {
        self.engine().skipped()
    }

    fn usage(&self) -> Usage {
        self.engine().usage()
    }

    fn embedding_dim(&self) -> usize {
        self.part.embedding_dim()
    }

    fn measures(&self) -> &[String] {
        match &*self.part {
            Part::MediaEncoder(encoder) => encoder.measures(),
            _ => &[],
        }
    }

    fn embed(
        &self,
        contents: &[Content<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError> {
        match &*self.part {
            Part::TextEncoder(encoder) => of_those(contents, text, "texts", |texts: &[_]| {
                let texts: Vec<&str> = texts.iter().map(|text: &Cow<'_, str>| &**text).collect();
                Ok(encoder.embed(&texts, cancel)?.into_iter().map(finite).collect())
            }),
            Part::MediaEncoder(encoder) => {
                of_those(contents, file, "files", |files| encoder.embed(files, cancel))
            }
            _ => Err(self.wrong_kind("embed")),
        }
    }

    fn match_tokens(
        &self,
        pairs: &[(Content<'_>, Content<'_>)],
        cancel: &Cancel,
    ) -> Result<Vec<Result<TokenMatch, Unreadable>>, ScorerError> {
        let Part::TextEncoder(encoder) = &*self.part else {
            return Err(self.wrong_kind("match tokens"));
        };
        let taken: Vec<_> =
            pairs.iter().map(|&(first, second)| text(first).zip(text(second))).collect();
        let fits: Vec<bool> = taken.iter().map(Option::is_some).collect();
        let texts: Vec<_> = taken.into_iter().flatten().collect();
        let found = encoder.match_tokens(&texts, cancel);
        let mut found = found.ok_or_else(|| self.wrong_kind("match tokens"))??.into_iter();
        let wrong = || Err(Unreadable("this model reads texts".to_owned()));
        let place = |fits: bool| if fits { found.next().unwrap_or_else(wrong) } else { wrong() };
        Ok(fits.into_iter().map(place).collect())
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

    fn score(
        &self,
        candidates: &[CandidateFeatures<'_>],
    ) -> Result<Vec<EnsembleScore>, ScorerError> {
        match &self.head {
            Attached::Head(head) => head.score(candidates),
            Attached::Nothing if self.identity.kind != ScorerKind::Encoder => {
                Err(self.wrong_kind("score embeddings"))
            }
            Attached::Nothing => Err(ScorerError::NoHead(self.identity.name.clone())),
            Attached::Foreign(trained_on) => Err(foreign(*trained_on, &self.identity)),
        }
    }

    fn rate(
        &self,
        responses: &[Response<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<f64, Unreadable>>, ScorerError> {
        match &*self.part {
            Part::TextRater(rater) => rater.rate(responses, cancel),
            Part::MediaRater(encoder) => {
                let answers: Vec<Content<'_>> = responses.iter().map(|r| r.answer).collect();
                let vectors =
                    of_those(&answers, file, "files", |files| encoder.embed(files, cancel))?;
                let rate = |vector: Result<Vec<f32>, Unreadable>| match vector {
                    Ok(vector) => Ok(Ok(reward(&vector, self.pack.manifest.label)?)),
                    Err(unreadable) => Ok(Err(unreadable)),
                };
                vectors.into_iter().map(rate).collect()
            }
            _ => Err(self.wrong_kind("rate")),
        }
    }

    fn compare(
        &self,
        contests: &[Contest<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<PairPreference, Unreadable>>, ScorerError> {
        match &*self.part {
            Part::TextComparer(comparer) => comparer.compare(contests, cancel),
            _ => Err(self.wrong_kind("compare")),
        }
    }

    fn with_head(&self, head: &RewardHead) -> Result<Box<dyn Scorer>, ScorerError> {
        if self.identity.kind != ScorerKind::Encoder {
            return Err(self.wrong_kind("take a head"));
        }
        if head.encoder_hash != self.identity.encoder_hash {
            return Err(foreign(head.encoder_hash, &self.identity));
        }
        let (pack, part) = (Arc::clone(&self.pack), Arc::clone(&self.part));
        Ok(Box::new(Self::assemble(pack, part, Some(head))?))
    }
}

/// Refuses a graph whose inputs are not those that the manifest declares.
fn takes_what_is_declared(pack: &Pack, engine: &Engine) -> Result<(), RewardError> {
    let Some(text) = pack.manifest.text() else { return Ok(()) };
    let taken: Vec<&str> = engine.inputs().iter().map(|port| port.name.as_str()).collect();
    let missing = text.inputs.iter().find(|name| !taken.contains(&name.as_str()));
    let unknown = taken.iter().find(|name| !text.inputs.iter().any(|input| input == *name));
    let problem = match (missing, unknown) {
        (Some(name), _) => {
            format!("the graph has no input called {name}; it takes {}", taken.join(", "))
        }
        (None, Some(name)) => {
            format!("the graph takes {name} too, which `inputs` in pack.toml does not list")
        }
        (None, None) => return Ok(()),
    };
    Err(RewardError::bad_pack(&pack.model, problem))
}

/// The text of a content: turns are joined as people see them.
fn text(content: Content<'_>) -> Option<Cow<'_, str>> {
    match content {
        Content::Text(text) => Some(Cow::Borrowed(text)),
        Content::Turns(turns) => Some(Cow::Owned(plain(turns))),
        Content::File(_) => None,
    }
}

fn file(content: Content<'_>) -> Option<&Path> {
    match content {
        Content::File(path) => Some(path),
        Content::Text(_) | Content::Turns(_) => None,
    }
}

/// Gives `embed` those contents that `take` can take; each other is unreadable in its place.
fn of_those<'a, T>(
    contents: &[Content<'a>],
    take: impl Fn(Content<'a>) -> Option<T>,
    wanted: &str,
    embed: impl FnOnce(&[T]) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError>,
) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError> {
    let taken: Vec<Option<T>> = contents.iter().map(|&content| take(content)).collect();
    let fits: Vec<bool> = taken.iter().map(Option::is_some).collect();
    let right: Vec<T> = taken.into_iter().flatten().collect();
    let mut vectors = embed(&right)?.into_iter();
    let wrong = || Err(Unreadable(format!("this model reads {wanted}")));
    let place = |fits: bool| if fits { vectors.next().unwrap_or_else(wrong) } else { wrong() };
    Ok(fits.into_iter().map(place).collect())
}

fn foreign(trained_on: ContentHash, identity: &RewardModelIdentity) -> ScorerError {
    ScorerError::ForeignHead { head: trained_on.short(), encoder: identity.encoder_hash.short() }
}
