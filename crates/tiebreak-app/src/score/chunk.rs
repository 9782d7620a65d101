//! A chunk of items through a model of any kind.

use tiebreak_core::{
    CandidateContent, CandidateId, Contest, EnsembleScore, Item, Modality, PairPreference, Prompt,
    Response, Scorer, ScorerKind, Unreadable,
};

use crate::content::{Held, candidate_features};
use crate::error::Result;
use crate::{AppError, Study, Watch};

/// How much is in memory at once.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Items.
    pub(super) items: usize,
    /// Bytes of text.
    pub(super) bytes: usize,
}

impl Limits {
    /// Of texts many, because sorting by length works within a chunk; of files few, because
    /// decoding takes long and what is not committed is lost with the program.
    pub(super) const fn of(modality: Modality) -> Self {
        match modality {
            Modality::Text => Self { items: 512, bytes: 16_000_000 },
            Modality::Image => Self { items: 64, bytes: 16_000_000 },
            Modality::Music => Self { items: 16, bytes: 16_000_000 },
        }
    }
}

/// Bytes of text in an item.
pub(crate) fn bytes_of(item: &Item) -> usize {
    let prompt = match &item.prompt {
        Prompt::Text(text) => text.len(),
        Prompt::Conversation(turns) => turns.iter().map(|turn| turn.content.len()).sum(),
    };
    let candidate = |content: &CandidateContent| match content {
        CandidateContent::Text(text) => text.len(),
        CandidateContent::Turns(turns) => turns.iter().map(|turn| turn.content.len()).sum(),
        CandidateContent::Media(media) => media.text.as_ref().map_or(0, String::len),
    };
    prompt + item.candidates.iter().map(|one| candidate(&one.content)).sum::<usize>()
}

/// What a model says of one item.
pub(crate) struct Scored {
    pub(crate) scores: Vec<(CandidateId, f64)>,
    /// Position 0 against position 1.
    pub(crate) preference: PairPreference,
}

pub(crate) type Judged = Result<Scored, Unreadable>;

/// What a model says of some items, in their order.
pub(crate) struct JudgedChunk {
    pub(crate) items: Vec<Judged>,
    /// Contents embedded now.
    pub(crate) embedded: u64,
}

impl Study {
    pub(crate) fn judge_chunk(
        &self,
        items: &[Item],
        scorer: &dyn Scorer,
        watch: &dyn Watch,
    ) -> Result<JudgedChunk> {
        match scorer.identity().kind {
            ScorerKind::Encoder => self.judge_by_head(items, scorer, watch),
            ScorerKind::Pointwise => self.judge_by_rates(items, scorer, watch),
            ScorerKind::Pairwise => self.judge_by_contests(items, scorer, watch),
        }
    }

    fn judge_by_head(
        &self,
        items: &[Item],
        scorer: &dyn Scorer,
        watch: &dyn Watch,
    ) -> Result<JudgedChunk> {
        let embeddings = self.embeddings(items, scorer, watch)?;
        let mut features = Vec::new();
        let seen: Vec<Result<(), Unreadable>> = items
            .iter()
            .map(|item| {
                candidate_features(item, &embeddings).map(|of_item| features.extend(of_item))
            })
            .collect();
        let mut scores = scorer.score(&features)?.into_iter();
        let judged = items.iter().zip(seen).map(|(item, seen)| {
            seen?;
            let scores: Vec<_> = scores.by_ref().take(item.candidates.len()).collect();
            of_scores(item, &scores, scorer)
        });
        Ok(JudgedChunk { items: judged.collect(), embedded: embeddings.computed })
    }

    fn judge_by_rates(
        &self,
        items: &[Item],
        scorer: &dyn Scorer,
        watch: &dyn Watch,
    ) -> Result<JudgedChunk> {
        let opened = self.open_all(items)?;
        let readable = || opened.iter().filter_map(|one| one.as_ref().ok());
        let responses: Vec<Response<'_>> = readable()
            .flat_map(|(prompt, answers)| {
                answers.iter().map(|answer| Response { prompt, answer: answer.content() })
            })
            .collect();
        let mut rates = scorer.rate(&responses, watch.cancel())?.into_iter();
        let judged = items.iter().zip(&opened).map(|(item, opened)| {
            opened.as_ref().map_err(Clone::clone)?;
            // All of the item's are taken before any is looked at.
            let rates: Vec<_> = rates.by_ref().take(item.candidates.len()).collect();
            let rates = rates.into_iter().collect::<Result<Vec<f64>, _>>()?;
            let scores: Vec<_> = rates.iter().map(|rate| EnsembleScore(vec![*rate])).collect();
            of_scores(item, &scores, scorer)
        });
        Ok(JudgedChunk { items: judged.collect(), embedded: 0 })
    }

    fn judge_by_contests(
        &self,
        items: &[Item],
        scorer: &dyn Scorer,
        watch: &dyn Watch,
    ) -> Result<JudgedChunk> {
        let opened = self.open_all(items)?;
        let mut contests = Vec::new();
        for (prompt, answers) in opened.iter().filter_map(|one| one.as_ref().ok()) {
            for (place, first) in answers.iter().enumerate() {
                contests.extend(answers[place + 1..].iter().map(|second| Contest {
                    prompt,
                    first: first.content(),
                    second: second.content(),
                }));
            }
        }
        let mut results = scorer.compare(&contests, watch.cancel())?.into_iter();
        let judged = items.iter().zip(&opened).map(|(item, opened)| {
            opened.as_ref().map_err(Clone::clone)?;
            let k = item.candidates.len();
            let results: Vec<_> = results.by_ref().take(k * k.saturating_sub(1) / 2).collect();
            let results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
            of_contests(item, &results)
        });
        Ok(JudgedChunk { items: judged.collect(), embedded: 0 })
    }

    /// The prompt's turns and the answers of each item, or what cannot be read of it.
    #[expect(clippy::type_complexity, reason = "it is taken apart at once")]
    fn open_all(
        &self,
        items: &[Item],
    ) -> Result<Vec<Result<(Vec<tiebreak_core::Message>, Vec<Held>), Unreadable>>> {
        items
            .iter()
            .map(|item| {
                let mut answers = Vec::with_capacity(item.candidates.len());
                for candidate in &item.candidates {
                    match self.held(&candidate.content)? {
                        Ok(held) => answers.push(held),
                        Err(reason) => return Ok(Err(reason)),
                    }
                }
                Ok::<_, AppError>(Ok((item.prompt.messages(), answers)))
            })
            .collect()
    }
}

fn of_scores(item: &Item, scores: &[EnsembleScore], scorer: &dyn Scorer) -> Judged {
    let [first, second, ..] = scores else { return Err(too_few()) };
    Ok(Scored {
        preference: PairPreference::between(first, second, scorer.ties()),
        scores: item
            .candidates
            .iter()
            .map(|one| one.id)
            .zip(scores.iter().map(EnsembleScore::mean))
            .collect(),
    })
}

/// Scores from the margins of all pairs (0, 1), (0, 2), ... (1, 2), ...: the score of i is
/// (1 / k) sum over j of margin(i, j), so that differences of scores are margins where these are
/// consistent.
fn of_contests(item: &Item, results: &[PairPreference]) -> Judged {
    let k = item.candidates.len();
    let Some(preference) = results.first() else { return Err(too_few()) };
    let mut sums = vec![0.0; k];
    let pairs = (0..k).flat_map(|first| (first + 1..k).map(move |second| (first, second)));
    for ((first, second), result) in pairs.zip(results) {
        sums[first] += result.margin;
        sums[second] -= result.margin;
    }
    let scores = sums.into_iter().map(|sum| sum / k as f64);
    Ok(Scored {
        scores: item.candidates.iter().map(|one| one.id).zip(scores).collect(),
        preference: *preference,
    })
}

fn too_few() -> Unreadable {
    Unreadable("it has fewer than two candidates".to_owned())
}
