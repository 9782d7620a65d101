//! Models that read a prompt and both answers together and say which is better.

use tiebreak_core::{Cancel, Content, Contest, Message, PairPreference, ScorerError, Unreadable};

use crate::engine::Engine;
use crate::pointwise::{TextLayout, TextReader, joined, plain, tried};
use crate::sequences::Sequence;
use crate::template::answer_turns;
use crate::{Pack, RewardError};

/// A pairwise model of texts, loaded.
#[derive(Debug)]
pub(crate) struct TextComparer {
    pub(crate) reader: TextReader,
    label: Option<usize>,
}

impl TextComparer {
    /// Joins a pack's tokenizer and template to its loaded graph.
    ///
    /// # Errors
    /// If one of them cannot be read, or the graph does not do what the manifest says: one short
    /// pair is tried out.
    pub(crate) fn open(pack: &Pack, engine: Engine) -> Result<Self, RewardError> {
        let comparer = Self { reader: TextReader::open(pack, engine)?, label: pack.manifest.label };
        let prompt = [Message::new(tiebreak_core::Role::User, "a")];
        let (first, second) = (Content::Text("b"), Content::Text("c"));
        let trial = Contest { prompt: &prompt, first, second };
        let compared = comparer.compare(&[trial], &Cancel::default());
        tried(pack, compared)?;
        Ok(comparer)
    }

    /// Compares pairs in the order given, each read in both orders.
    ///
    /// # Errors
    /// As [`crate::sequences::run_sequences`], and if the output has columns and none is
    /// declared. A pair that the template refuses is unreadable by itself.
    pub(crate) fn compare(
        &self,
        contests: &[Contest<'_>],
        cancel: &Cancel,
    ) -> Result<Vec<Result<PairPreference, Unreadable>>, ScorerError> {
        let tokenise = |n: usize| {
            let contest = &contests[n / 2];
            let (former, latter) = match n % 2 {
                0 => (contest.first, contest.second),
                _ => (contest.second, contest.first),
            };
            self.tokens(contest.prompt, former, latter)
        };
        let vectors = self.reader.run(2 * contests.len(), &tokenise, cancel)?;
        let mut margins = vectors.into_iter().map(|vector| match vector {
            Ok(vector) => Ok(Ok(self.margin(&vector)?)),
            Err(unreadable) => Ok::<_, ScorerError>(Err(unreadable)),
        });
        let mut preferences = Vec::with_capacity(contests.len());
        while let (Some(as_given), Some(exchanged)) = (margins.next(), margins.next()) {
            preferences.push(match (as_given?, exchanged?) {
                // Read the other way round, the margin is that of the second answer.
                (Ok(first), Ok(second)) => Ok(PairPreference::of_both_orders(first, -second)),
                (Err(unreadable), _) | (_, Err(unreadable)) => Err(unreadable),
            });
        }
        Ok(preferences)
    }

    /// The log-odds that the answer read first is preferred.
    fn margin(&self, vector: &[f32]) -> Result<f64, ScorerError> {
        match (self.label, vector) {
            (None, &[margin]) => Ok(margin.into()),
            (None, &[first, second]) => Ok(f64::from(first) - f64::from(second)),
            (None, _) => Err(ScorerError::BadOutput(format!(
                "{} numbers for a pair; `label` in pack.toml says which is the margin",
                vector.len()
            ))),
            (Some(_), _) => crate::pointwise::reward(vector, self.label),
        }
    }

    fn tokens(
        &self,
        prompt: &[Message],
        former: Content<'_>,
        latter: Content<'_>,
    ) -> Result<Sequence, ScorerError> {
        let former = plain(&answer_turns(former)?);
        let latter = plain(&answer_turns(latter)?);
        let tokenizer = self.reader.tokenizer();
        match &self.reader.layout {
            TextLayout::Template(template) => {
                tokenizer.encode_written_out(&template.contest(prompt, &former, &latter)?)
            }
            TextLayout::Segments | TextLayout::Joined => {
                tokenizer.encode_pair(&joined(prompt, &former), &latter)
            }
        }
    }
}
