//! What there is to route: every item with what people and the AI have to do with it.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use tiebreak_core::{ItemId, RoutePurpose};
use tiebreak_routing::{Claim, Pool, RoutingError, lot};
use tiebreak_store::{ItemFacts, RandomSample, ScoredPair, StoredRewardModel};

use crate::annotator_session::LEASE;
use crate::clock::now;
use crate::error::Result;
use crate::pool::Pooled;
use crate::{AiSide, AppError, ModelSource, Study, Watch};

/// What is asked of the ground.
pub(crate) struct Asked<'a> {
    pub(crate) ai: &'a AiSide,
    /// Opens models for features; without it only what is stored is known.
    pub(crate) source: Option<&'a dyn ModelSource>,
    /// Modalities that cannot be scored now, with the reason: their items go to people where they
    /// have no score.
    pub(crate) unable: &'a BTreeMap<&'static str, String>,
    /// Whether people keep what they have before them.
    pub(crate) keep_held: bool,
}

/// Every item, and the pairs among them that both people and the AI can label.
pub(crate) struct Ground {
    /// All items, in study order.
    pub(crate) facts: Vec<ItemFacts>,
    pub(crate) pool: Pool,
    /// An item's index in the pool.
    pub(crate) place: HashMap<ItemId, usize>,
    /// What only people can label, and why.
    pub(crate) people_only: HashMap<ItemId, String>,
    /// What was drawn at random.
    pub(crate) sample: HashMap<ItemId, RandomSample>,
    /// Items that belong together, as indices into `facts`.
    pub(crate) chains: Vec<(usize, usize)>,
    /// At most one a modality.
    pub(crate) models: Vec<StoredRewardModel>,
    pub(crate) last_judgment: u64,
    pub(crate) notes: Vec<String>,
}

impl Study {
    pub(crate) fn routing_ground(&self, asked: &Asked<'_>, watch: &dyn Watch) -> Result<Ground> {
        let lease = if asked.keep_held { LEASE } else { TimeDelta::zero() };
        let is_reward = *asked.ai == AiSide::Reward;
        let mut ground = self.store.read_aside(|reader| {
            let facts = reader.item_facts(now() - lease)?;
            if facts.is_empty() {
                return Err(AppError::EmptyStudy);
            }
            let models = if is_reward { reader.models_in_force()? } else { Vec::new() };
            let mut people_only = HashMap::new();
            if is_reward {
                let ids: Vec<_> = models.iter().map(|model| model.id).collect();
                people_only = unlabelled(&reader.scored_pairs(&ids)?, asked.unable)?;
            }
            let places: HashMap<ItemId, usize> =
                facts.iter().enumerate().map(|(place, one)| (one.item, place)).collect();
            let place = |item: &ItemId| places.get(item).copied();
            let follow = reader.follow_pairs()?;
            let chains =
                follow.iter().filter_map(|(one, other)| place(one).zip(place(other))).collect();
            let sample = reader.random_sample()?;
            Ok(Ground {
                facts,
                pool: Pool::default(),
                place: HashMap::new(),
                people_only,
                sample: sample.into_iter().map(|one| (one.item, one)).collect(),
                chains,
                models,
                last_judgment: reader.last_judgment_seq()?,
                notes: Vec::new(),
            })
        })?;
        // Where no model can score anything, everything is people's.
        let pooled = if is_reward && ground.models.is_empty() {
            Pooled::default()
        } else {
            self.pool(asked.ai, asked.source, watch)?
        };
        for (item, reason) in pooled.left_out {
            ground.people_only.entry(item).or_insert(reason);
        }
        ground.notes = pooled.notes;
        ground.pool = pooled.pool;
        let instances = ground.pool.instances.iter().enumerate();
        ground.place = instances.map(|(index, one)| (one.item, index)).collect();
        for one in &ground.facts {
            if !ground.place.contains_key(&one.item) {
                let reason = || format!("{} has not labelled it", asked.ai);
                ground.people_only.entry(one.item).or_insert_with(reason);
            }
        }
        Ok(ground)
    }
}

/// What no reward model can label, and why.
fn unlabelled(
    pairs: &[ScoredPair],
    unable: &BTreeMap<&'static str, String>,
) -> Result<HashMap<ItemId, String>> {
    let (mut people_only, mut unscored) = (HashMap::new(), 0);
    for pair in pairs {
        match why_people_only(pair, unable) {
            Some(reason) => _ = people_only.insert(pair.item, reason),
            None => unscored += usize::from(pair.preference.is_none()),
        }
    }
    // Where nothing at all is scored, everything is still to be scored.
    let has_model = pairs.iter().any(|pair| pair.has_model);
    if !has_model && unable.is_empty() {
        unscored = pairs.len();
    }
    if unscored > 0 {
        let items = if has_model { pairs.len() - people_only.len() } else { pairs.len() };
        return Err(RoutingError::Unscored { unscored, items }.into());
    }
    Ok(people_only)
}

/// Why no reward model can label an item; `None` if one can, or could once it has scored it.
fn why_people_only(pair: &ScoredPair, unable: &BTreeMap<&'static str, String>) -> Option<String> {
    if pair.candidates != 2 {
        return Some("reward models label pairs, and this item has more candidates".to_owned());
    }
    if pair.preference.is_some() {
        return None;
    }
    let modality = pair.modality.as_str();
    if let Some(reason) = unable.get(modality) {
        return Some(format!("no reward model can score {modality} now: {reason}"));
    }
    match &pair.problem {
        Some(problem) => Some(format!("the reward model cannot read it: {problem}")),
        None if !pair.has_model => Some(format!("no reward model has scored {modality}")),
        None => None,
    }
}

impl Ground {
    /// Whether an item can be drawn at random: both sides can label it, and there is something to
    /// label.
    pub(crate) fn is_drawable(&self, facts: &ItemFacts) -> bool {
        !facts.identical && !self.people_only.contains_key(&facts.item)
    }

    /// Draws up to `most` items for the audit, so that it comes to `percent` of what can be drawn;
    /// labelled or not, every item that was not drawn before has the same chance.
    pub(crate) fn draw_audit(&self, percent: f64, most: usize, seed: u64) -> Vec<RandomSample> {
        let drawable: Vec<&ItemFacts> =
            self.facts.iter().filter(|facts| self.is_drawable(facts)).collect();
        let is_audit = |one: &&ItemFacts| {
            self.sample.get(&one.item).is_some_and(|one| one.purpose == RoutePurpose::Audit)
        };
        let wanted = (percent / 100.0 * drawable.len() as f64).round() as usize;
        let missing = wanted.saturating_sub(drawable.iter().filter(|one| is_audit(one)).count());
        let mut fresh: Vec<ItemId> = drawable
            .iter()
            .map(|one| one.item)
            .filter(|item| !self.sample.contains_key(item))
            .collect();
        let drawn = missing.min(most).min(fresh.len());
        let probability = drawn as f64 / fresh.len().max(1) as f64;
        fresh.sort_by_cached_key(|item| lot(seed, "audit", *item));
        fresh.truncate(drawn);
        let drawn_at = now();
        fresh
            .into_iter()
            .map(|item| RandomSample {
                item,
                purpose: RoutePurpose::Audit,
                stratum: String::new(),
                probability,
                seed,
                drawn_at,
            })
            .collect()
    }

    /// The items as the rules of spending see them; `overlap` answers of people are wanted for
    /// each. The policy has not been asked yet.
    pub(crate) fn claims(&self, overlap: u32) -> Vec<Claim> {
        let claim = |facts: &ItemFacts| {
            let only = self.people_only.get(&facts.item).filter(|_| !facts.identical);
            let drawn = self.sample.get(&facts.item).map(|drawn| drawn.purpose);
            let (kept, purpose) = match (only, drawn) {
                (Some(reason), _) => (Some(reason.clone()), RoutePurpose::PeopleOnly),
                (None, Some(purpose)) => {
                    let reason = if purpose == RoutePurpose::Pilot {
                        "drawn at random for the pilot"
                    } else {
                        "drawn at random for the audit"
                    };
                    (Some(reason.to_owned()), purpose)
                }
                (None, None) => {
                    let reason = match facts {
                        facts if facts.answers > 0 => Some("people have labelled it already"),
                        facts if facts.held => Some("somebody has it before them"),
                        _ => None,
                    };
                    (reason.map(str::to_owned), RoutePurpose::Policy)
                }
            };
            let done = facts.answers >= overlap;
            Claim {
                item: facts.item,
                kept,
                purpose,
                started: !done && (facts.answers > 0 || facts.held),
                done,
                imported: facts.imported,
                planned: None,
            }
        };
        self.facts.iter().map(claim).collect()
    }
}
