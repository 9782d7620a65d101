//! From texts to token ids.

use std::path::Path;

use tiebreak_core::ScorerError;
use tokenizers::{EncodeInput, Tokenizer, TruncationDirection, TruncationParams};

use crate::RewardError;
use crate::manifest::{TextInput, Truncation};
use crate::sequences::Sequence;

/// A pack's tokenizer, cutting at the pack's maximum length and never padding: padding belongs to
/// the batch.
#[derive(Debug)]
pub(crate) struct TextTokenizer(Tokenizer);

impl TextTokenizer {
    /// Reads the tokenizer's file.
    ///
    /// # Errors
    /// If it is no tokenizer, or adds more tokens than `input` has room for.
    pub(crate) fn read(path: &Path, input: &TextInput) -> Result<Self, RewardError> {
        let bad = |e: tokenizers::Error| RewardError::bad_pack(path, e.to_string());
        let mut tokenizer = Tokenizer::from_file(path).map_err(bad)?;
        let truncation = TruncationParams {
            max_length: input.max_length,
            direction: match input.truncation {
                Truncation::End => TruncationDirection::Right,
                Truncation::Start => TruncationDirection::Left,
            },
            ..TruncationParams::default()
        };
        tokenizer.with_padding(None).with_truncation(Some(truncation)).map_err(bad)?;
        Ok(Self(tokenizer))
    }

    /// The tokens of a text with the tokenizer's own special tokens around it, from 1 to the
    /// maximum length of them.
    pub(crate) fn encode(&self, text: &str) -> Result<Sequence, ScorerError> {
        self.tokens(text.into(), true)
    }

    /// The tokens of a text that has its special tokens written out.
    pub(crate) fn encode_written_out(&self, text: &str) -> Result<Sequence, ScorerError> {
        self.tokens(text.into(), false)
    }

    /// The tokens of two texts as two segments. If they are too long, the longer one is cut first.
    pub(crate) fn encode_pair(&self, first: &str, second: &str) -> Result<Sequence, ScorerError> {
        self.tokens((first, second).into(), true)
    }

    fn tokens(&self, text: EncodeInput<'_>, special: bool) -> Result<Sequence, ScorerError> {
        let encoding = self.0.encode_fast(text, special).map_err(|source| {
            ScorerError::Runtime { context: "cannot split a text into tokens".to_owned(), source }
        })?;
        if encoding.is_empty() {
            return Err(ScorerError::BadOutput("no tokens for a text".to_owned()));
        }
        let is_typed = encoding.get_type_ids().iter().any(|&kind| kind != 0);
        let types = if is_typed { encoding.get_type_ids().to_vec() } else { Vec::new() };
        Ok(Sequence { ids: encoding.get_ids().to_vec(), types })
    }
}
