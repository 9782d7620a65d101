//! From texts to token ids.

use tiebreak_core::ScorerError;
use tokenizers::{Tokenizer, TruncationParams};

use crate::sequences::Sequence;
use crate::{Pack, RewardError};

/// A pack's tokenizer, cutting at the pack's maximum length and never padding: padding belongs to
/// the batch.
#[derive(Debug)]
pub(crate) struct TextTokenizer(Tokenizer);

impl TextTokenizer {
    pub(crate) fn read(pack: &Pack) -> Result<Self, RewardError> {
        let bad = |e: tokenizers::Error| RewardError::bad_pack(&pack.tokenizer, e.to_string());
        let mut tokenizer = Tokenizer::from_file(&pack.tokenizer).map_err(bad)?;
        let truncation = TruncationParams {
            max_length: pack.manifest.max_length,
            ..TruncationParams::default()
        };
        tokenizer.with_padding(None).with_truncation(Some(truncation)).map_err(bad)?;
        Ok(Self(tokenizer))
    }

    /// The tokens of a text, from 1 to the maximum length of them.
    pub(crate) fn encode(&self, text: &str) -> Result<Sequence, ScorerError> {
        let encoding = self.0.encode_fast(text, true).map_err(|source| ScorerError::Runtime {
            context: "cannot split a text into tokens".to_owned(),
            source,
        })?;
        if encoding.is_empty() {
            return Err(ScorerError::BadOutput("no tokens for a text".to_owned()));
        }
        let is_typed = encoding.get_type_ids().iter().any(|&kind| kind != 0);
        let types = if is_typed { encoding.get_type_ids().to_vec() } else { Vec::new() };
        Ok(Sequence { ids: encoding.get_ids().to_vec(), types })
    }
}
