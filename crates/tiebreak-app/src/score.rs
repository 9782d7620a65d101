//! Scoring: every candidate gets the reward model's score, every pair its preference.

use std::collections::{HashMap, HashSet};

use tiebreak_core::{
    CandidateFeatures, Content, ContentHash, EnsembleScore, Item, PairPreference, RewardModelId,
    Scorer, Surface,
};

use crate::clock::{fresh, now};
use crate::error::Result;
use crate::study::stop_if_cancelled;
use crate::{AppError, Study, Watch};

/// Items whose texts are embedded together. Large, because sorting by length works within a
/// chunk; the texts of a chunk are in memory.
const CHUNK: usize = 512;

/// What scoring did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ScoreReport {
    /// All items.
    pub items: u64,
    /// Items scored now.
    pub scored: u64,
    /// Items that had scores of this model already.
    pub already_scored: u64,
    /// Items that the model cannot score: of images or music, for a model of text.
    pub unscorable: u64,
    /// Texts embedded now; texts seen before are not embedded again.
    pub embedded: u64,
    /// The reward model's name.
    pub model: String,
    /// The hash over its files.
    pub model_hash: String,
    /// The execution provider that ran.
    pub provider: String,
}

/// Embeddings of some texts, by the hash of the text.
pub(crate) type Embeddings = HashMap<ContentHash, Vec<f32>>;

impl Study {
    /// Scores every item of the reward model's modality that it has not scored. Scores are kept by the model's
    /// hash and committed chunk by chunk: stopping and starting again repeats nothing.
    ///
    /// # Errors
    /// On cancellation, or if the model or the file fails; chunks done before are kept.
    pub fn score(&self, scorer: &dyn Scorer, watch: &dyn Watch) -> Result<ScoreReport> {
        let identity = scorer.identity();
        let model = self.store.write(|writer| {
            Ok::<_, AppError>(writer.ensure_reward_model(
                identity,
                &scorer.provider(),
                &scorer.skipped_providers(),
                RewardModelId::new(fresh()),
                now(),
            )?)
        })?;
        let (items, todo, unscorable) = self.store.read(|reader| {
            let todo = reader.unscored_count(model)?;
            Ok::<_, AppError>((reader.item_count()?, todo, reader.unscorable_count(model)?))
        })?;
        watch.stage("Scoring", Some(todo));
        let mut report = ScoreReport {
            items,
            scored: 0,
            already_scored: items - todo - unscorable,
            unscorable,
            embedded: 0,
            model: identity.name.clone(),
            model_hash: identity.pack_hash.to_string(),
            provider: scorer.provider(),
        };
        let mut after = 0;
        loop {
            let chunk: Vec<Item> = self.store.read(|reader| {
                let ids = reader.unscored_after(model, after, CHUNK)?;
                ids.iter().map(|(_, id)| Ok(reader.item(*id)?)).collect::<Result<_>>()
            })?;
            let Some(last) = chunk.last() else { break };
            after = last.ordinal;
            let (embeddings, embedded) = self.embeddings(&chunk, scorer, watch)?;
            report.embedded += embedded;
            let scores = score_items(&chunk, &embeddings, scorer)?;
            self.store.write(|writer| {
                for (item, scores) in chunk.iter().zip(&scores) {
                    let means: Vec<_> = item
                        .candidates
                        .iter()
                        .zip(scores)
                        .map(|(candidate, score)| (candidate.id, score.mean()))
                        .collect();
                    if let [first, second, ..] = scores.as_slice() {
                        let preference = PairPreference::between(first, second, scorer.ties());
                        writer.keep_scores(model, item.id, &means, preference, now())?;
                    }
                }
                Ok::<_, AppError>(())
            })?;
            report.scored += chunk.len() as u64;
            watch.advance(report.scored);
            stop_if_cancelled(watch)?;
        }
        Ok(report)
    }

    /// Embeddings of the prompts and answers of some items: from the study where they were
    /// computed before, else computed now and kept. Returns them with the number computed.
    pub(crate) fn embeddings(
        &self,
        items: &[Item],
        scorer: &dyn Scorer,
        watch: &dyn Watch,
    ) -> Result<(Embeddings, u64)> {
        let encoder = scorer.identity().encoder_hash;
        let mut known = Embeddings::new();
        let mut missing: Vec<(ContentHash, String)> = Vec::new();
        let mut seen = HashSet::new();
        self.store.read(|reader| {
            for text in items.iter().flat_map(texts) {
                let hash = ContentHash::of(text.as_bytes());
                if !seen.insert(hash) {
                    continue;
                }
                match reader.embedding(encoder, hash)? {
                    Some(vector) if vector.len() == scorer.embedding_dim() => {
                        known.insert(hash, vector);
                    }
                    _ => missing.push((hash, text)),
                }
            }
            Ok::<_, AppError>(())
        })?;
        let texts: Vec<Content<'_>> =
            missing.iter().map(|(_, text)| Content::Text(text.as_str())).collect();
        let vectors = scorer
            .embed(&texts, watch.cancel())?
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| AppError::input("embedding", error.to_string()))?;
        self.store.write(|writer| {
            for ((hash, _), vector) in missing.iter().zip(&vectors) {
                writer.keep_embedding(encoder, *hash, vector)?;
            }
            Ok::<_, AppError>(())
        })?;
        let computed = missing.len() as u64;
        known.extend(missing.into_iter().map(|(hash, _)| hash).zip(vectors));
        Ok((known, computed))
    }
}

/// The texts that an item's scores depend on.
fn texts(item: &Item) -> impl Iterator<Item = String> + '_ {
    std::iter::once(item.prompt.plain_text())
        .chain(item.candidates.iter().map(|candidate| candidate.content.plain_text()))
}

fn score_items(
    items: &[Item],
    embeddings: &Embeddings,
    scorer: &dyn Scorer,
) -> Result<Vec<Vec<EnsembleScore>>> {
    let mut features = Vec::new();
    for item in items {
        features.extend(candidate_features(item, embeddings)?);
    }
    let mut scores = scorer.score(&features)?.into_iter();
    Ok(items.iter().map(|item| scores.by_ref().take(item.candidates.len()).collect()).collect())
}

/// What a head sees of each candidate of an item.
pub(crate) fn candidate_features<'e>(
    item: &Item,
    embeddings: &'e Embeddings,
) -> Result<Vec<CandidateFeatures<'e>>> {
    let of = |text: &str| {
        embeddings.get(&ContentHash::of(text.as_bytes())).map(Vec::as_slice).ok_or_else(|| {
            AppError::input("embedding", format!("a text of item {} was not embedded", item.id))
        })
    };
    let asked = item.prompt.plain_text();
    let prompt = of(&asked)?;
    item.candidates
        .iter()
        .map(|candidate| {
            let text = candidate.content.plain_text();
            Ok(CandidateFeatures {
                prompt: Some(prompt),
                answer: of(&text)?,
                surface: Surface::of(&asked, &text),
            })
        })
        .collect()
}
