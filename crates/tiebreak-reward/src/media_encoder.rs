//! From images and clips to embeddings.

use std::path::Path;

use tiebreak_core::{Cancel, ScorerError, Unreadable};

use crate::engine::Engine;
use crate::{Pack, RewardError};

/// A media pack's encoder, loaded.
#[derive(Debug)]
pub(crate) struct MediaEncoder {
    engine: Engine,
}

impl MediaEncoder {
    pub(crate) fn open(pack: &Pack, _engine: Engine) -> Result<Self, RewardError> {
        Err(RewardError::bad_pack(&pack.dir, "images and music are not supported yet"))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn embedding_dim(&self) -> usize {
        0
    }

    pub(crate) fn measures(&self) -> &[String] {
        &[]
    }

    pub(crate) fn embed(
        &self,
        _files: &[&Path],
        _cancel: &Cancel,
    ) -> Result<Vec<Result<Vec<f32>, Unreadable>>, ScorerError> {
        Ok(Vec::new())
    }
}
