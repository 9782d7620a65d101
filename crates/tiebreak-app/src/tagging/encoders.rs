//! The encoders behind a tagging.

use std::collections::HashMap;
use std::sync::Arc;

use tiebreak_core::{Content, Modality, Scorer, ScorerError, ScorerKind};
use tiebreak_routing::tag::{Definitions, PromptTagger};
use tiebreak_store::StoredTagging;

use super::OF_FILES;
use crate::error::Result;
use crate::view::{PackChoice, UserError};
use crate::{AppError, ModelSource, Study, Watch};

/// The encoders that could be opened, and why others could not.
pub(super) struct Encoders {
    pub(super) text: Option<TextEncoder>,
    /// Those of the modalities of files that the study has.
    pub(super) media: HashMap<Modality, Arc<dyn Scorer>>,
    /// What people should know, a sentence each.
    pub(super) notes: Vec<String>,
}

/// An encoder of texts and the tagger made with it.
pub(super) struct TextEncoder {
    pub(super) scorer: Arc<dyn Scorer>,
    pub(super) tagger: PromptTagger,
}

impl Encoders {
    /// Opens the study's own, and where that is no encoder of texts, the default one.
    pub(super) fn open(study: &Study, source: &dyn ModelSource, watch: &dyn Watch) -> Result<Self> {
        let mut encoders = Self { text: None, media: HashMap::new(), notes: Vec::new() };
        let (chosen, default) = (study.settings()?.packs, PackChoice::default());
        let mut packs = vec![chosen.text.as_str()];
        if chosen.text != default.text {
            packs.push(&default.text);
        }
        watch.stage("Reading the definitions of tags", None);
        for pack in packs {
            match open_encoder(source, pack, Modality::Text) {
                Ok(scorer) => {
                    encoders.text = Some(TextEncoder::of(scorer, watch)?);
                    break;
                }
                Err(error) => encoders.notes.push(format!("{pack}: {}", error.message)),
            }
        }
        let modalities = study.modalities()?;
        for modality in OF_FILES.into_iter().filter(|modality| modalities.contains(modality)) {
            let pack = chosen.of(modality);
            match open_encoder(source, pack, modality) {
                Ok(scorer) => {
                    encoders.media.insert(modality, scorer);
                }
                Err(error) => encoders.notes.push(format!("{pack}: {}", error.message)),
            }
        }
        Ok(encoders)
    }

    /// Whether they are those that a tagging began with.
    pub(super) fn are_those_of(&self, stored: &StoredTagging) -> bool {
        self.text_hash() == stored.encoder_hash
            && OF_FILES.iter().all(|&modality| {
                self.media_hash(modality).as_deref()
                    == stored.media_encoders[modality.as_str()].as_str()
            })
    }

    /// Lets go of those that a tagging did not begin with: tags of two encoders do not mix.
    pub(super) fn keep_to(&mut self, stored: &StoredTagging) {
        let mut others = Vec::new();
        if self.text_hash() != stored.encoder_hash {
            others.extend(self.text.take().map(|text| text.scorer));
        }
        for modality in OF_FILES {
            let kept = stored.media_encoders[modality.as_str()].as_str().map(str::to_owned);
            if self.media_hash(modality) != kept {
                others.extend(self.media.remove(&modality));
            }
        }
        self.notes.extend(others.into_iter().map(|scorer| {
            let name = &scorer.identity().name;
            format!("the study was tagged without {name} as it is now; tag again to use it")
        }));
    }

    fn text_hash(&self) -> Option<tiebreak_core::ContentHash> {
        self.text.as_ref().map(|text| text.scorer.identity().encoder_hash)
    }

    fn media_hash(&self, modality: Modality) -> Option<String> {
        self.media.get(&modality).map(|scorer| scorer.identity().encoder_hash.to_string())
    }
}

impl TextEncoder {
    fn of(scorer: Arc<dyn Scorer>, watch: &dyn Watch) -> Result<Self> {
        let bad = |what: String| AppError::Scorer(ScorerError::BadOutput(what));
        let definitions = Definitions::own().map_err(|error| bad(error.to_string()))?;
        let texts: Vec<Content<'_>> = definitions.texts().into_iter().map(Content::Text).collect();
        let embeddings: Vec<Vec<f32>> = scorer
            .embed(&texts, watch.cancel())?
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|unreadable| bad(unreadable.to_string()))?;
        let tagger = PromptTagger::fit(&definitions, &embeddings)
            .ok_or_else(|| bad("too few embeddings".to_owned()))?;
        Ok(Self { scorer, tagger })
    }
}

fn open_encoder(
    source: &dyn ModelSource,
    pack: &str,
    modality: Modality,
) -> Result<Arc<dyn Scorer>, UserError> {
    let scorer = source.open(pack)?;
    let identity = scorer.identity();
    if identity.modality == modality && identity.kind == ScorerKind::Encoder {
        return Ok(scorer);
    }
    let (kind, of) = (identity.kind.as_str(), identity.modality.as_str());
    Err(UserError {
        code: "wrong_kind".to_owned(),
        message: format!("it is a {kind} model of {of}, and tags need an encoder"),
        hint: None,
    })
}
