//! From texts to token ids.

use std::path::Path;

use tiebreak_core::ScorerError;
use tokenizers::utils::truncation::truncate_encodings;
use tokenizers::{Encoding, PostProcessor as _, Tokenizer, TruncationDirection, TruncationParams};

use crate::RewardError;
use crate::manifest::{TextInput, Truncation};
use crate::sequences::Sequence;

/// How many segments the inputs of a tokenizer have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segments {
    /// Always one.
    One,
    /// One or two.
    Two,
}

/// A pack's tokenizer, cutting at the pack's maximum length and never padding: padding belongs to
/// the batch.
#[derive(Debug)]
pub(crate) struct TextTokenizer {
    tokenizer: Tokenizer,
    truncation: TruncationParams,
}

impl TextTokenizer {
    /// Reads the tokenizer's file.
    ///
    /// # Errors
    /// If it is no tokenizer, or adds more tokens than `input` has room for.
    pub(crate) fn read(
        path: &Path,
        input: &TextInput,
        segments: Segments,
    ) -> Result<Self, RewardError> {
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
        let added = added(&tokenizer, false).max(match segments {
            Segments::One => 0,
            Segments::Two => added(&tokenizer, true),
        });
        if added > input.max_length {
            let limit = input.max_length;
            let problem = format!("it adds {added} tokens, and max_length is {limit}");
            return Err(RewardError::bad_pack(path, problem));
        }
        // With a truncation of its own the tokenizer stops as soon as a segment has enough tokens.
        // That is right for one. Of two, the cut depends on which is longer before any cut.
        let own = (segments == Segments::One).then(|| truncation.clone());
        tokenizer.with_padding(None).with_truncation(own).map_err(bad)?;
        Ok(Self { tokenizer, truncation })
    }

    /// The tokens of a text with the tokenizer's own special tokens around it, from 1 to the
    /// maximum length of them.
    pub(crate) fn encode(&self, text: &str) -> Result<Sequence, ScorerError> {
        self.tokens(text, None, true)
    }

    /// As [`TextTokenizer::encode`], and which of the tokens are special.
    pub(crate) fn encode_marked(&self, text: &str) -> Result<(Sequence, Vec<bool>), ScorerError> {
        let encoding = self.some(text, None, true)?;
        let is_special = encoding.get_special_tokens_mask().iter().map(|&mark| mark == 1);
        Ok((sequence(&encoding), is_special.collect()))
    }

    /// The tokens of a text that has its special tokens written out.
    pub(crate) fn encode_written_out(&self, text: &str) -> Result<Sequence, ScorerError> {
        self.tokens(text, None, false)
    }

    /// The tokens of two texts as two segments, of a tokenizer read for [`Segments::Two`]. If they
    /// are too long together, the longer one is cut first; if both are longer than half the room,
    /// each gets half, and an odd token goes to the longer one, or to the second of equal ones.
    pub(crate) fn encode_pair(&self, first: &str, second: &str) -> Result<Sequence, ScorerError> {
        self.tokens(first, Some(second), true)
    }

    fn tokens(
        &self,
        first: &str,
        second: Option<&str>,
        special: bool,
    ) -> Result<Sequence, ScorerError> {
        Ok(sequence(&self.some(first, second, special)?))
    }

    /// Some tokens, at least one.
    fn some(
        &self,
        first: &str,
        second: Option<&str>,
        special: bool,
    ) -> Result<Encoding, ScorerError> {
        let encoding = self.encoding(first, second, special).map_err(|source| {
            ScorerError::Runtime { context: "cannot split a text into tokens".to_owned(), source }
        })?;
        if encoding.is_empty() {
            return Err(ScorerError::BadOutput("no tokens for a text".to_owned()));
        }
        Ok(encoding)
    }

    fn encoding(
        &self,
        first: &str,
        second: Option<&str>,
        special: bool,
    ) -> tokenizers::Result<Encoding> {
        let first = self.tokenizer.encode_fast(first, false)?;
        let second = match second {
            Some(second) => {
                let mut second = self.tokenizer.encode_fast(second, false)?;
                // A tokenizer without a post-processor leaves the types as it finds them.
                second.set_type_ids(vec![1; second.len()]);
                Some(second)
            }
            None => None,
        };
        let added = if special { added(&self.tokenizer, second.is_some()) } else { 0 };
        let max_length = self.truncation.max_length.saturating_sub(added);
        let room = TruncationParams { max_length, ..self.truncation.clone() };
        let (first, second) = truncate_encodings(first, second, &room)?;
        self.tokenizer.post_process(first, second, special)
    }
}

fn sequence(encoding: &Encoding) -> Sequence {
    let is_typed = encoding.get_type_ids().iter().any(|&kind| kind != 0);
    let types = if is_typed { encoding.get_type_ids().to_vec() } else { Vec::new() };
    Sequence { ids: encoding.get_ids().to_vec(), types }
}

/// How many special tokens a tokenizer puts around one text or two.
fn added(tokenizer: &Tokenizer, is_pair: bool) -> usize {
    tokenizer.get_post_processor().map_or(0, |processor| processor.added_tokens(is_pair))
}
