//! A study as routing sees it: every pair with its tags, the AI's label and how sure it is, and
//! what people have said.

mod features;
mod tags;

use std::collections::HashMap;
use std::sync::Arc;

use tiebreak_core::{
    AnnotatorId, AnnotatorKind, Item, ItemId, Judgment, Modality, Origin, PairPreference, Scorer,
    ScorerKind,
};
use tiebreak_routing::{AiSignals, Instance, Pool, Votes};
use tiebreak_stats::Vote;
use tiebreak_store::LiveJudgment;

use crate::AiSide;
use crate::ai_side::label_of;
use crate::error::Result;
use crate::labelled::{Linked, group};
use crate::study::stop_if_cancelled;
use crate::verdict::{PairVote, pair_vote};
use crate::{AppError, ModelSource, Study, Watch};

/// Items read together.
const PAGE: usize = 256;
/// Fewest measured times from which the time of a label is predicted.
const FEWEST_TIMES: usize = 30;

/// A study's pairs, and the items that only people can label.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pooled {
    pub(crate) pool: Pool,
    /// Items that no AI of this side can label, with the reason.
    pub(crate) left_out: Vec<(ItemId, String)>,
    /// What a reader must know of the figures that come of it.
    pub(crate) notes: Vec<String>,
}

/// The encoders that read the pairs, by modality.
pub(crate) type Encoders = Vec<(Modality, Arc<dyn Scorer>)>;

/// What the AI says of one pair.
struct AiLabel {
    vote: Vote,
    margin: Option<f64>,
    certainty: Option<f64>,
    spread: Option<f64>,
    order_matters: Option<bool>,
}

/// The names of AI annotators. Reward models are among them; what these say is told from what
/// judges say by how it came here.
struct Judges {
    names: HashMap<AnnotatorId, String>,
}

impl Study {
    /// Reads the study's pairs for routing. With `source`, the encoders of the study's packs give
    /// the features of the pairs; without, or where one cannot be opened, there are none.
    pub(crate) fn pool(
        &self,
        ai: &AiSide,
        source: Option<&dyn ModelSource>,
        watch: &dyn Watch,
    ) -> Result<Pooled> {
        let mut pooled = Pooled::default();
        let encoders = match source {
            Some(source) => self.encoders(source, watch, &mut pooled.notes)?,
            None => Vec::new(),
        };
        let judges = self.judges()?;
        let (models, scored, held_out) = self.store.read_aside(|reader| {
            let models = reader.models_in_force()?;
            let ids: Vec<_> = models.iter().map(|model| model.id).collect();
            let mut held_out = HashMap::new();
            for id in &ids {
                held_out.extend(reader.held_out_preferences(*id)?);
            }
            Ok::<_, AppError>((models, reader.scored_pairs(&ids)?, held_out))
        })?;
        if *ai == AiSide::Reward && models.is_empty() {
            let items = scored.len();
            return Err(tiebreak_routing::RoutingError::Unscored { unscored: items, items }.into());
        }
        let scored: HashMap<ItemId, _> = scored.into_iter().map(|pair| (pair.item, pair)).collect();
        let drawn: HashMap<ItemId, f64> = self
            .store
            .read(|reader| Ok::<_, AppError>(crate::audit::inclusions(&reader.random_sample()?)))?;
        let tagging = self.tags_for_routing()?;
        let compression = features::Compression::learn(self, &encoders, &mut pooled.notes, watch)?;
        let pool = &mut pooled.pool;
        pool.tags.clone_from(&tagging.names);
        pool.phrases.clone_from(&tagging.phrases);
        pool.measures = features::MEASURES.iter().map(|name| (*name).to_owned()).collect();
        pool.measures.extend(tagging.measures.iter().cloned());
        pool.dim = compression.dim();
        let mut labelled: Vec<Linked> = Vec::new();
        let mut times: Vec<(usize, f64)> = Vec::new();
        let (mut after, mut done) = (0, 0);
        let total = scored.len() as u64;
        watch.stage("Reading pairs", Some(total));
        loop {
            let page =
                self.store.read(|reader| Ok::<_, AppError>(reader.items_after(after, PAGE)?))?;
            let rows = compression.of(self, &page.items, watch)?;
            for (item, row) in page.items.iter().zip(rows) {
                let live =
                    self.store.read(|reader| Ok::<_, AppError>(reader.live_judgments(item.id)?))?;
                // What a head says of a pair that it learnt from tells nothing of how often it is
                // wrong.
                let preference = held_out.get(&item.id).copied();
                let preference =
                    preference.or_else(|| scored.get(&item.id).and_then(|pair| pair.preference));
                let label = match why_only_people(item, ai, scored.get(&item.id)) {
                    Some(why) => Err(why),
                    None => judges.label(ai, item, &live, preference),
                };
                let label = match label {
                    Ok(label) => label,
                    Err(why) => {
                        pooled.left_out.push((item.id, why));
                        continue;
                    }
                };
                let people = || live.iter().filter(|one| one.kind == AnnotatorKind::Human);
                let votes = votes(item, people());
                if votes.total() > 0 {
                    labelled.push(Linked::of(item));
                }
                let imported = people().any(|one| {
                    one.judgment.origin == Origin::Imported && vote(item, &one.judgment).is_some()
                });
                let taken: Vec<f64> = people()
                    .filter_map(|one| one.judgment.active_ms)
                    .filter(|ms| *ms > 0)
                    .map(|ms| ms as f64 / 1000.0)
                    .collect();
                if !taken.is_empty() {
                    let mean = taken.iter().sum::<f64>() / taken.len() as f64;
                    times.push((pool.instances.len(), mean));
                }
                let tags = tagging.of(item.id)?;
                let mut measures = features::measures(item, row.cosine);
                measures.extend(tags.measures);
                pool.features.extend_from_slice(&row.features);
                pool.instances.push(Instance {
                    item: item.id,
                    prompt: 0,
                    tags: tags.tags,
                    measures,
                    ai: label.vote,
                    signals: AiSignals {
                        margin: label.margin,
                        certainty: label.certainty,
                        spread: label.spread,
                        disagreement: judges.disagreement(ai, item, &live, label.vote),
                        order_matters: label.order_matters,
                        prefers_longer: features::prefers_longer(item, label.vote),
                    },
                    seconds: None,
                    votes,
                    // Labels that came with the data were there before anything was drawn.
                    inclusion: if imported { Some(1.0) } else { drawn.get(&item.id).copied() },
                });
            }
            done += page.items.len() as u64;
            watch.advance(done);
            stop_if_cancelled(watch)?;
            let Some(next) = page.next else { break };
            after = next;
        }
        expect_seconds(pool, &times);
        pooled.notes.extend(keep_together(pool, &labelled));
        let labelled = pool.labelled();
        if !labelled.is_empty() && labelled.iter().all(|&i| pool.instances[i].inclusion.is_none()) {
            labelled.iter().for_each(|&i| pool.instances[i].inclusion = Some(1.0));
            pooled.notes.push(
                "no random sample was drawn: the labelled items are taken for one, although a \
                 policy may have chosen them"
                    .to_owned(),
            );
        }
        Ok(pooled)
    }

    /// The encoders of the study's packs, by modality. A pack that is no encoder gives no
    /// features.
    fn encoders(
        &self,
        source: &dyn ModelSource,
        watch: &dyn Watch,
        notes: &mut Vec<String>,
    ) -> Result<Encoders> {
        let mut encoders = Encoders::new();
        for modality in self.modalities()? {
            watch.stage("Opening the reward model", None);
            match self.pack_model(modality, source) {
                Ok(model) if model.identity().kind == ScorerKind::Encoder => {
                    encoders.push((modality, model));
                }
                Ok(model) => notes.push(format!(
                    "{} is no encoder: {} pairs have no features, and no head learns from them",
                    model.identity().name,
                    modality.as_str()
                )),
                Err(AppError::Cancelled) => return Err(AppError::Cancelled),
                Err(error) => notes.push(format!(
                    "{} pairs have no features: {}",
                    modality.as_str(),
                    error.to_user().message
                )),
            }
        }
        Ok(encoders)
    }

    fn judges(&self) -> Result<Judges> {
        self.store.read(|reader| {
            let annotators = reader.annotators()?.into_iter().map(|tally| tally.annotator);
            let judges = annotators.filter(|one| one.kind == AnnotatorKind::Ai);
            Ok(Judges { names: judges.map(|judge| (judge.id, judge.name)).collect() })
        })
    }
}

/// Why only people can label an item; `None` where the AI might.
fn why_only_people(
    item: &Item,
    ai: &AiSide,
    scored: Option<&tiebreak_store::ScoredPair>,
) -> Option<String> {
    if item.candidates.len() != 2 {
        return Some("the AI labels pairs, and this item has more candidates".to_owned());
    }
    if *ai != AiSide::Reward {
        return None;
    }
    let scored = scored?;
    if scored.preference.is_some() {
        return None;
    }
    match &scored.problem {
        Some(problem) => Some(format!("the reward model cannot read it: {problem}")),
        None if !scored.has_model => {
            Some(format!("no reward model has scored {}", scored.modality.as_str()))
        }
        None => Some("the reward model has not scored it yet".to_owned()),
    }
}

impl Judges {
    /// What this side says of a pair, or why it says nothing.
    fn label(
        &self,
        ai: &AiSide,
        item: &Item,
        live: &[LiveJudgment],
        preference: Option<PairPreference>,
    ) -> Result<AiLabel, String> {
        let AiSide::Judge(name) = ai else {
            let preference = preference.ok_or("the reward model has not scored it")?;
            let (vote, certainty) = label_of(&preference);
            return Ok(AiLabel {
                vote,
                margin: Some(preference.margin.abs()),
                certainty: Some(certainty),
                spread: Some(preference.spread),
                order_matters: preference.order_matters,
            });
        };
        let said = live
            .iter()
            .filter(|one| one.judgment.origin == Origin::Imported)
            .filter(|one| self.names.get(&one.judgment.annotator) == Some(name))
            .find_map(|one| Some((&one.judgment, vote(item, &one.judgment)?)));
        let (judgment, vote) = said.ok_or_else(|| format!("{name} has not labelled it"))?;
        Ok(AiLabel {
            vote,
            margin: judgment.strength.map(|strength| f64::from(strength.get())),
            certainty: judgment.confidence,
            spread: None,
            order_matters: both_orders(item, name),
        })
    }

    /// The share of the other judges that give another label; `None` without any.
    fn disagreement(
        &self,
        ai: &AiSide,
        item: &Item,
        live: &[LiveJudgment],
        label: Vote,
    ) -> Option<f64> {
        let own = match ai {
            AiSide::Reward => None,
            AiSide::Judge(name) => Some(name),
        };
        let others: Vec<f64> = live
            .iter()
            .filter(|one| one.judgment.origin == Origin::Imported)
            .filter(|one| {
                self.names.get(&one.judgment.annotator).is_some_and(|name| Some(name) != own)
            })
            .filter_map(|one| vote(item, &one.judgment))
            .map(|vote| match (vote, label) {
                (vote, label) if vote == label => 0.0,
                (Vote::Tie, _) | (_, Vote::Tie) => 0.5,
                _ => 1.0,
            })
            .collect();
        let share = others.iter().sum::<f64>() / others.len() as f64;
        (!others.is_empty()).then_some(share)
    }
}

/// Whether a judge's answers in the two orders differ, where the imported data has both.
fn both_orders(item: &Item, judge: &str) -> Option<bool> {
    let answers = item.metadata.get("ai_label_orders")?.get(judge)?.as_array()?;
    let answers: Vec<f64> = answers.iter().filter_map(serde_json::Value::as_f64).collect();
    (answers.len() > 1).then(|| answers.windows(2).any(|pair| pair[0] != pair[1]))
}

/// What a judgment says of the first two candidates; both bad is a tie.
fn vote(item: &Item, judgment: &Judgment) -> Option<Vote> {
    let [first, second, ..] = item.candidates.as_slice() else { return None };
    Some(match pair_vote(judgment, first.id, second.id)? {
        PairVote::First => Vote::First,
        PairVote::Second => Vote::Second,
        PairVote::Tie | PairVote::BothBad => Vote::Tie,
    })
}

/// Numbers the groups of labelled pairs that are never split, as training does; `linked` has one
/// entry for each of them. Of the other pairs nothing is learnt: each is a group of its own. What
/// comes back is what a reader must know of it.
fn keep_together(pool: &mut Pool, linked: &[Linked]) -> Option<String> {
    let groups = group(linked);
    let mut of_labelled = groups.of_item.iter();
    let mut next = groups.count;
    for instance in &mut pool.instances {
        let known = if instance.votes.total() > 0 { of_labelled.next() } else { None };
        instance.prompt = known.copied().unwrap_or_else(|| {
            next += 1;
            next - 1
        });
    }
    if linked.is_empty() {
        return None;
    }
    groups.loosened().map(|split| {
        format!(
            "labelled pairs of one {split} are not kept together when policies are fitted and \
             compared, because that would leave too few groups: what is learnt from one of them \
             may be measured on another"
        )
    })
}

fn votes<'j>(item: &Item, people: impl Iterator<Item = &'j LiveJudgment>) -> Votes {
    let mut votes = Votes::default();
    for one in people {
        match vote(item, &one.judgment) {
            Some(Vote::First) => votes.first += 1,
            Some(Vote::Tie) => votes.tie += 1,
            Some(Vote::Second) => votes.second += 1,
            None => {}
        }
    }
    votes
}

/// Expects of each pair the time that pairs of its length took: ln seconds = a + b ln(1 +
/// characters), by least squares. Without enough measured times nothing is expected.
fn expect_seconds(pool: &mut Pool, times: &[(usize, f64)]) {
    if times.len() < FEWEST_TIMES {
        return;
    }
    let length = |i: usize| -> f64 {
        let lengths = &pool.instances[i].measures[..features::LENGTHS];
        lengths.iter().flatten().map(|ln| ln.exp()).sum::<f64>().ln_1p()
    };
    let n = times.len() as f64;
    let (x, y): (Vec<f64>, Vec<f64>) =
        times.iter().map(|&(i, seconds)| (length(i), seconds.ln())).unzip();
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let spread: f64 = x.iter().map(|x| (x - mean_x).powi(2)).sum();
    let together: f64 = x.iter().zip(&y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    // A longer pair is never expected to take less time: such a slope is noise.
    let slope = if spread > 0.0 { (together / spread).clamp(0.0, 1.0) } else { 0.0 };
    let seconds: Vec<f64> =
        (0..pool.instances.len()).map(|i| (mean_y + slope * (length(i) - mean_x)).exp()).collect();
    for (instance, seconds) in pool.instances.iter_mut().zip(seconds) {
        instance.seconds = Some(seconds);
    }
}

#[cfg(test)]
mod tests;
