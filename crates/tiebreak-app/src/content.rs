//! What a reward model reads of an item: texts, turns, and files that are what was imported.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use tiebreak_core::{
    CandidateContent, CandidateFeatures, Content, ContentHash, Item, Message, Modality, Scorer,
    Surface, Unreadable,
};

use crate::error::Result;
use crate::{AppError, Study, Watch};

/// A content on its way to a model.
pub(crate) enum Held {
    Text(String),
    Turns(Vec<Message>),
    File(PathBuf),
}

impl Held {
    pub(crate) fn content(&self) -> Content<'_> {
        match self {
            Self::Text(text) => Content::Text(text),
            Self::Turns(turns) => Content::Turns(turns),
            Self::File(path) => Content::File(path),
        }
    }
}

/// Embeddings of the contents of some items, by the hash of the content.
#[derive(Default)]
pub(crate) struct Embeddings {
    known: HashMap<ContentHash, Vec<f32>>,
    unreadable: HashMap<ContentHash, Unreadable>,
    /// How many were computed now.
    pub(crate) computed: u64,
}

impl Embeddings {
    pub(crate) fn of(&self, content: ContentHash) -> Result<&[f32], Unreadable> {
        match (self.known.get(&content), self.unreadable.get(&content)) {
            (Some(vector), _) => Ok(vector),
            (None, Some(reason)) => Err(reason.clone()),
            (None, None) => Err(Unreadable("it was not embedded".to_owned())),
        }
    }
}

impl Study {
    /// Embeddings of what an encoder reads of some items: from the study where they were
    /// computed before, else computed now and kept.
    pub(crate) fn embeddings(
        &self,
        items: &[Item],
        scorer: &dyn Scorer,
        watch: &dyn Watch,
    ) -> Result<Embeddings> {
        self.embeddings_of(items.iter().flat_map(parts), scorer, watch)
    }

    /// Embeddings of texts, kept and found by the same rule.
    pub(crate) fn text_embeddings(
        &self,
        texts: impl Iterator<Item = String>,
        scorer: &dyn Scorer,
        watch: &dyn Watch,
    ) -> Result<Embeddings> {
        self.embeddings_of(texts.map(text_part), scorer, watch)
    }

    fn embeddings_of(
        &self,
        parts: impl Iterator<Item = (ContentHash, Part)>,
        scorer: &dyn Scorer,
        watch: &dyn Watch,
    ) -> Result<Embeddings> {
        let encoder = scorer.identity().encoder_hash;
        let mut embeddings = Embeddings::default();
        let mut missing: Vec<(ContentHash, Held)> = Vec::new();
        let mut seen = HashSet::new();
        for (hash, part) in parts {
            if !seen.insert(hash) {
                continue;
            }
            let kept = self.store.read(|reader| reader.embedding(encoder, hash))?;
            match (kept, part) {
                (Some(vector), _) if vector.len() == scorer.embedding_dim() => {
                    embeddings.known.insert(hash, vector);
                }
                (_, Part::Text(text)) => missing.push((hash, Held::Text(text))),
                (_, Part::Media(media)) => match self.media_file(media)? {
                    Ok(path) => missing.push((hash, Held::File(path))),
                    Err(reason) => {
                        embeddings.unreadable.insert(hash, reason);
                    }
                },
            }
        }
        let contents: Vec<Content<'_>> = missing.iter().map(|(_, held)| held.content()).collect();
        let vectors = scorer.embed(&contents, watch.cancel())?;
        self.store.write(|writer| {
            for ((hash, _), vector) in missing.iter().zip(&vectors) {
                if let Ok(vector) = vector {
                    writer.keep_embedding(encoder, *hash, vector)?;
                }
            }
            Ok::<_, AppError>(())
        })?;
        for ((hash, _), vector) in missing.into_iter().zip(vectors) {
            match vector {
                Ok(vector) => {
                    embeddings.computed += 1;
                    embeddings.known.insert(hash, vector);
                }
                Err(reason) => {
                    embeddings.unreadable.insert(hash, reason);
                }
            }
        }
        Ok(embeddings)
    }

    /// What a model reads of a candidate, by itself.
    pub(crate) fn held(&self, content: &CandidateContent) -> Result<Result<Held, Unreadable>> {
        Ok(match content {
            CandidateContent::Text(text) => Ok(Held::Text(text.clone())),
            CandidateContent::Turns(turns) => Ok(Held::Turns(turns.clone())),
            CandidateContent::Media(media) => self.media_file(media.media)?.map(Held::File),
        })
    }

    /// Where an image or a clip lies, if it still is what was imported.
    fn media_file(&self, media: ContentHash) -> Result<Result<PathBuf, Unreadable>> {
        let row = self.store.read(|reader| reader.media(media))?;
        let Some(row) = row else {
            return Ok(Err(Unreadable(format!("the study has no media file {}", media.short()))));
        };
        let path = self.media_path(&row);
        Ok(match self.media_content(&row) {
            Ok(_) => Ok(path),
            Err(error) => Err(Unreadable(format!("{}: {error}", path.display()))),
        })
    }
}

enum Part {
    Text(String),
    Media(ContentHash),
}

fn text_part(text: String) -> (ContentHash, Part) {
    (ContentHash::of(text.as_bytes()), Part::Text(text))
}

/// What an encoder reads of an item: the prompt and the answers of a text, else the files.
fn parts(item: &Item) -> Vec<(ContentHash, Part)> {
    let mut parts = Vec::with_capacity(item.candidates.len() + 1);
    if item.modality == Modality::Text {
        parts.push(text_part(item.prompt.plain_text()));
    }
    parts.extend(item.candidates.iter().map(|candidate| match candidate.content.media() {
        Some(media) => (media.media, Part::Media(media.media)),
        None => text_part(candidate.content.plain_text()),
    }));
    parts
}

/// What a head sees of each candidate of an item.
pub(crate) fn candidate_features<'e>(
    item: &Item,
    embeddings: &'e Embeddings,
) -> Result<Vec<CandidateFeatures<'e>>, Unreadable> {
    let asked = item.prompt.plain_text();
    let prompt = match item.modality {
        Modality::Text => Some(embeddings.of(ContentHash::of(asked.as_bytes()))?),
        _ => None,
    };
    item.candidates
        .iter()
        .map(|candidate| {
            let answer = embeddings.of(candidate.content.hash())?;
            let surface = match candidate.content.media() {
                Some(_) => Surface::default(),
                None => Surface::of(&asked, &candidate.content.plain_text()),
            };
            Ok(CandidateFeatures { prompt, answer, surface })
        })
        .collect()
}
