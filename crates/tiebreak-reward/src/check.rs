//! Whether a pack does what it says: loads it, runs its golden inputs, and measures its speed.
//!
//! The graph runs in this process. Packs from elsewhere go through `isolated.rs`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tiebreak_core::{
    Cancel, Content, ContentHash, Contest, Message, Modality, Response, Role, Scorer, ScorerKind,
    SkippedProvider, with_causes,
};

use crate::engine::{Element, Port};
use crate::golden::{self, GoldenReport};
use crate::pack::file_hash;
use crate::{HEAD_CARD, HEAD_GRAPH, OpenOptions, RewardError, RewardModel, trial_media};

/// Seconds that the measurement of speed goes on for, a whole batch more or less.
const MEASURE_S: f64 = 1.0;
/// Items measured at most.
const MOST_ITEMS: usize = 512;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The pack's name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// What it scores.
    pub modality: Modality,
    /// How it comes to a preference.
    pub kind: ScorerKind,
    /// SPDX expression of its licence; empty if it is not stated.
    pub licence: String,
    /// Length of an embedding, measured values included; 0 for models that do not embed.
    pub embedding_dim: usize,
    /// Whether it has a head that fits.
    pub has_head: bool,
    /// What the graph takes.
    pub inputs: Vec<PortReport>,
    /// What the graph gives.
    pub outputs: Vec<PortReport>,
    /// The execution provider that ran it.
    pub provider: String,
    /// Those that did not, and why.
    pub skipped: Vec<SkippedProvider>,
    /// Golden inputs, if the pack has some; all were met.
    pub golden: Option<GoldenReport>,
    /// How fast it is on this machine.
    pub speed: Speed,
    /// Hash that embeddings are kept by.
    pub encoder_hash: ContentHash,
    /// Hash that scores are kept by.
    pub pack_hash: ContentHash,
    /// The files that it is made of.
    pub files: Vec<FileReport>,
}

/// An input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortReport {
    /// Its name.
    pub name: String,
    /// The type of its elements, for example `float32`.
    pub element: String,
    /// Its dimensions; `None` where any size goes.
    pub shape: Vec<Option<usize>>,
}

/// How fast a model is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Speed {
    /// Texts, images or clips measured; of a pairwise model, pairs.
    pub items: usize,
    /// Seconds they took.
    pub seconds: f64,
    /// Items a second.
    pub items_per_s: f64,
    /// Tokens a second; 0 for images and music.
    pub tokens_per_s: f64,
    /// Share of the time that ONNX Runtime was busy, 0 to 1, averaged over sessions.
    pub runtime_share: f64,
}

/// A file of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// Its path in the pack.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 of its content.
    pub blake3: ContentHash,
}

/// Loads the pack in `dir` into this process and tries it out.
///
/// # Errors
/// If it cannot be opened, misses a golden output, or fails while its speed is measured.
pub fn check(dir: &Path, options: &OpenOptions) -> Result<CheckReport, RewardError> {
    let model = RewardModel::open(dir, options)?;
    let pack = model.pack();
    let golden = match &pack.golden {
        Some(path) => Some(golden::check(&model, path)?),
        None => None,
    };
    let speed = measure(&model)?;
    let mut files = Vec::new();
    let heads = [HEAD_GRAPH, HEAD_CARD].map(|name| dir.join(name));
    let heads = heads.iter().map(PathBuf::as_path).filter(|path| path.is_file());
    for path in pack.files().chain(heads) {
        let bytes = path.metadata().map_err(RewardError::io("read", path))?.len();
        let blake3 = file_hash(path)?;
        files.push(FileReport {
            path: path.strip_prefix(dir).unwrap_or(path).to_owned(),
            bytes,
            blake3,
        });
    }
    let identity = model.identity();
    let ports = |ports: &[Port]| ports.iter().map(PortReport::of).collect();
    Ok(CheckReport {
        name: identity.name.clone(),
        folder: dir.to_owned(),
        modality: identity.modality,
        kind: identity.kind,
        licence: pack.manifest.licence.clone(),
        embedding_dim: model.embedding_dim(),
        has_head: model.has_head(),
        inputs: ports(model.engine().inputs()),
        outputs: ports(model.engine().outputs()),
        provider: model.provider(),
        skipped: model.skipped_providers(),
        golden,
        speed,
        encoder_hash: identity.encoder_hash,
        pack_hash: identity.pack_hash,
        files,
    })
}

impl PortReport {
    fn of(port: &Port) -> Self {
        Self {
            name: port.name.clone(),
            element: match port.element {
                Element::F32 => "float32",
                Element::F16 => "float16",
                Element::F64 => "float64",
                Element::I64 => "int64",
                Element::I32 => "int32",
                Element::Other => "other",
            }
            .to_owned(),
            shape: port.shape.clone(),
        }
    }
}

/// Runs more and more items until a second has passed.
fn measure(model: &RewardModel) -> Result<Speed, RewardError> {
    let media = match model.identity().modality {
        Modality::Text => None,
        modality => Some(trial_media::file(modality)?),
    };
    let failed = |error| RewardError::bad_pack(&model.pack().model, with_causes(&error));
    let before = model.usage();
    let start = Instant::now();
    let (mut items, mut batch) = (0, 4);
    while items < MOST_ITEMS && (items == 0 || start.elapsed().as_secs_f64() < MEASURE_S) {
        let texts: Vec<String> = (items..items + batch).map(answer).collect();
        let contents: Vec<Content<'_>> = match &media {
            // Equal files would be computed once.
            Some(media) => vec![Content::File(media.path())],
            None => texts.iter().map(|text| Content::Text(text)).collect(),
        };
        let count = contents.len();
        run(model, &contents).map_err(failed)?;
        items += count;
        batch = (2 * batch).min(64);
    }
    let seconds = start.elapsed().as_secs_f64();
    let after = model.usage();
    let sessions = f64::from(after.sessions.max(1));
    Ok(Speed {
        items,
        seconds,
        items_per_s: items as f64 / seconds,
        tokens_per_s: (after.tokens - before.tokens) as f64 / seconds,
        runtime_share: ((after.busy_s - before.busy_s) / (sessions * seconds)).min(1.0),
    })
}

fn run(model: &RewardModel, contents: &[Content<'_>]) -> Result<(), tiebreak_core::ScorerError> {
    let cancel = Cancel::default();
    let prompt = [Message::new(Role::User, "Which of the two is better, and why?")];
    match model.identity().kind {
        ScorerKind::Encoder => model.embed(contents, &cancel).map(drop),
        ScorerKind::Pointwise => {
            let prompt = if matches!(contents[0], Content::Text(_)) { &prompt[..] } else { &[] };
            let responses: Vec<Response<'_>> =
                contents.iter().map(|&answer| Response { prompt, answer }).collect();
            model.rate(&responses, &cancel).map(drop)
        }
        ScorerKind::Pairwise => {
            let contests: Vec<Contest<'_>> = contents
                .iter()
                .map(|&first| Contest { prompt: &prompt, first, second: contents[0] })
                .collect();
            model.compare(&contests, &cancel).map(drop)
        }
    }
}

/// An answer of 20 to 200 words, each number's its own.
fn answer(n: usize) -> String {
    let words =
        ["the", "better", "answer", "gives", "a", "short", "reason", "and", "an", "example"];
    let count = 20 + (n * 37) % 181;
    let chosen = (0..count).map(|k| words[(n * 7 + k * k + k / 3) % words.len()]);
    format!("{n}: {}.", chosen.collect::<Vec<_>>().join(" "))
}
