//! From texts to token ids.

use tiebreak_core::{Cancel, ScorerError};
use tokenizers::{Tokenizer, TruncationParams};

use crate::{Pack, RewardError, parallel};

/// Texts that a thread takes at a time.
const TEXTS_AT_A_TIME: usize = 16;

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

    /// Token ids of each text, in order; each list has between 1 and the maximum length of them.
    pub(crate) fn encode_all(
        &self,
        texts: &[&str],
        threads: usize,
        cancel: &Cancel,
    ) -> Result<Vec<Vec<u32>>, ScorerError> {
        let chunks: Vec<&[&str]> = texts.chunks(TEXTS_AT_A_TIME).collect();
        let encoded = parallel::in_order(threads, chunks.len(), cancel, |_, n| {
            chunks[n].iter().map(|&text| self.encode(text)).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(encoded.into_iter().flatten().collect())
    }

    fn encode(&self, text: &str) -> Result<Vec<u32>, ScorerError> {
        let encoding = self.0.encode_fast(text, true).map_err(|source| ScorerError::Runtime {
            context: "cannot split a text into tokens".to_owned(),
            source,
        })?;
        if encoding.is_empty() {
            return Err(ScorerError::BadOutput("no tokens for a text".to_owned()));
        }
        Ok(encoding.get_ids().to_vec())
    }
}
