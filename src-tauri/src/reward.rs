//! The reward model behind the window, loaded when it is first needed.

use std::sync::{Arc, Mutex};

use tiebreak_app::view::{ModelStatus, UserError};
use tiebreak_core::Scorer;
use tiebreak_reward::{OpenOptions, RewardError, RewardModel};

use crate::open_study::lock;

/// The default text pack.
const PACK: &str = "minilm";

/// A reward model that is loaded once; a failure is not kept, so that it can be mended and tried
/// again without closing the window.
#[derive(Default)]
pub(crate) struct Reward {
    model: Mutex<Option<Arc<RewardModel>>>,
}

impl Reward {
    /// The model, loaded now if need be (some hundred milliseconds).
    pub(crate) fn model(&self) -> Result<Arc<RewardModel>, UserError> {
        let mut slot = lock(&self.model);
        if let Some(model) = slot.as_ref() {
            return Ok(Arc::clone(model));
        }
        let model = RewardModel::open_named(PACK, &OpenOptions::default())
            .map_err(|error: RewardError| UserError::of("reward_model", &error, error.hint()))?;
        let model = Arc::new(model);
        *slot = Some(Arc::clone(&model));
        Ok(model)
    }

    /// Which model it is and what runs it, for people.
    pub(crate) fn status(&self) -> ModelStatus {
        match self.model() {
            Ok(model) => ModelStatus {
                ready: model.has_head(),
                name: Some(model.identity().name.clone()),
                hash: Some(model.identity().pack_hash.short()),
                provider: Some(model.provider()),
                skipped: model
                    .skipped_providers()
                    .iter()
                    .map(|skipped| format!("{}: {}", skipped.provider, skipped.reason))
                    .collect(),
                error: (!model.has_head()).then(|| UserError {
                    code: "no_head".to_owned(),
                    message: "the reward model has no trained head".to_owned(),
                    hint: Some("train one: tiebreak train STUDY --install".to_owned()),
                }),
            },
            Err(error) => ModelStatus {
                ready: false,
                name: None,
                hash: None,
                provider: None,
                skipped: Vec::new(),
                error: Some(error),
            },
        }
    }
}
