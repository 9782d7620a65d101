//! The pilot: a stratified random sample that people label before anything is decided for the
//! rest.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Map;
use tiebreak_core::{Budget, PolicyRun, PolicyRunId, Route, RoutePurpose, RouteTo, RunCause};
use tiebreak_routing::{draw_pilot, propose_pilot, routes, sides};
use tiebreak_store::RandomSample;

use crate::clock::{fresh, now, seed};
use crate::error::Result;
use crate::labelled::{Linked, group};
use crate::routing_ground::Asked;
use crate::view::LabelReport;
use crate::{AiSide, AppError, ModelSource, Study, Watch};

/// What drawing a pilot did.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PilotReport {
    /// Items of the pilot, with those drawn before.
    pub items: u64,
    /// Items drawn now.
    pub drawn: u64,
    /// Items that belong with one of the pilot, and are labelled with it.
    pub joined: u64,
    /// Of all these, labelled by people already.
    pub labelled: u64,
    /// Why the pilot has its size, in words.
    pub reason: String,
    /// Who labels the AI's side of it: `reward`, or the judge's name.
    pub ai_side: String,
    /// The seed of the draw.
    pub seed: u64,
    /// What it was drawn from, each with the number of items drawn now.
    pub strata: Vec<(String, u64)>,
}

impl Study {
    /// How large a pilot of this study should be, and why, in words. Where as many pairs came with
    /// people's labels, these serve as the pilot and none is needed: 0.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn propose_pilot(&self) -> Result<(u64, String)> {
        let (links, votes) = self
            .store
            .read_aside(|reader| Ok::<_, AppError>((reader.pair_links()?, reader.pair_votes()?)))?;
        let linked: Vec<Linked> = links.iter().map(Linked::from).collect();
        let proposal = propose_pilot(linked.len(), group(&linked).count);
        let imported = votes.iter().filter(|votes| !votes.annotated).count();
        if imported > 0 && imported >= proposal.size {
            let reason = format!(
                "people's labels of {imported} items came with the data and serve as the pilot"
            );
            return Ok((0, reason));
        }
        Ok((proposal.size as u64, proposal.reason))
    }

    /// The pilot and the audit: items drawn, and how many of them people have labelled.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn random_samples(&self) -> Result<[(u64, u64); 2]> {
        self.store.read_aside(|reader| {
            let pilot = reader.sample_tally(RoutePurpose::Pilot)?;
            let audit = reader.sample_tally(RoutePurpose::Audit)?;
            Ok([(pilot.items, pilot.labelled), (audit.items, audit.labelled)])
        })
    }

    /// Draws a pilot of `size` items (without it, as many as [`Study::propose_pilot`] says), among
    /// items that both sides can label and people have not, and gives it to people, in random
    /// order. Items drawn before are part of it, and are not drawn again: a larger size adds to the
    /// pilot. All other items wait, on no side, until the study is routed. With a `source`, what the
    /// reward models have not scored is scored first, where the AI's side is theirs.
    ///
    /// # Errors
    /// As [`Study::route_study`], and for a size of 0.
    pub fn draw_pilot(
        &self,
        source: Option<&dyn ModelSource>,
        size: Option<u64>,
        seed_given: Option<u64>,
        watch: &dyn Watch,
    ) -> Result<PilotReport> {
        let settings = self.settings()?;
        let seed = seed_given.unwrap_or_else(seed);
        let ai = self.ai_side(&settings.routing.ai)?;
        let (proposed, reason) = self.propose_pilot()?;
        let (size, reason) = match size {
            Some(0) => return Err(AppError::input("size", "is at least 1")),
            Some(size) => (size, "as asked for".to_owned()),
            None if proposed == 0 => {
                return Err(AppError::input("size", format!("is not needed: {reason}")));
            }
            None => (proposed, reason),
        };
        let unable = match source {
            Some(source) if ai == AiSide::Reward => {
                self.score_rest(source, &mut LabelReport::default(), watch)?
            }
            _ => BTreeMap::new(),
        };
        // Strata are of what the AI says: no features are needed.
        let asked = Asked { ai: &ai, source: None, unable: &unable, keep_held: false };
        let mut ground = self.routing_ground(&asked, watch)?;
        let of_pilot = |one: &&RandomSample| one.purpose == RoutePurpose::Pilot;
        let before = ground.sample.values().filter(of_pilot).count() as u64;
        let open: Vec<usize> = ground
            .facts
            .iter()
            .filter(|facts| ground.is_drawable(facts) && facts.answers == 0 && !facts.imported)
            .filter(|facts| !ground.sample.contains_key(&facts.item))
            .filter_map(|facts| ground.place.get(&facts.item).copied())
            .collect();
        let wanted = size.saturating_sub(before) as usize;
        let drawn_at = now();
        let mut strata: BTreeMap<String, u64> = BTreeMap::new();
        let drawn: Vec<RandomSample> = draw_pilot(&ground.pool, &open, wanted, seed)
            .into_iter()
            .map(|one| {
                *strata.entry(one.stratum.clone()).or_default() += 1;
                RandomSample {
                    item: ground.pool.instances[one.index].item,
                    purpose: RoutePurpose::Pilot,
                    stratum: one.stratum,
                    probability: one.probability,
                    seed,
                    drawn_at,
                }
            })
            .collect();
        ground.sample.extend(drawn.iter().map(|one| (one.item, one.clone())));

        // Only what was drawn is given out; what people have of it already counts.
        let mut claims = ground.claims(settings.overlap);
        for claim in &mut claims {
            if claim.purpose != RoutePurpose::Pilot {
                claim.kept = None;
            }
        }
        let spent = sides(&claims, &ground.chains, 0, seed);
        let routes: Vec<Route> = routes(&claims, &spent, &[], seed)
            .into_iter()
            .filter(|route| route.to == RouteTo::Human)
            .collect();
        if routes.is_empty() {
            return Err(AppError::input("pilot", "there is no item left that could be drawn"));
        }
        let answers: HashMap<_, _> =
            ground.facts.iter().map(|facts| (facts.item, facts.answers)).collect();
        let items: HashSet<_> = routes.iter().map(|route| route.item).collect();
        let report = PilotReport {
            items: before + drawn.len() as u64,
            drawn: drawn.len() as u64,
            joined: spent.joined as u64,
            labelled: items.iter().filter(|item| answers.get(item) > Some(&0)).count() as u64,
            reason,
            ai_side: ai.to_string(),
            seed,
            strata: strata.into_iter().collect(),
        };
        let mut parameters = Map::new();
        for (name, value) in [
            ("pilot", report.items.into()),
            ("drawn", report.drawn.into()),
            ("joined", report.joined.into()),
            ("why", report.reason.clone().into()),
            ("strata", serde_json::json!(report.strata)),
        ] {
            parameters.insert(name.to_owned(), value);
        }
        let run = PolicyRun {
            id: PolicyRunId::new(fresh()),
            policy: PolicyRun::PILOT.to_owned(),
            used: PolicyRun::PILOT.to_owned(),
            ai: ai.to_string(),
            cause: RunCause::Asked,
            last_judgment: Some(ground.last_judgment),
            budget: Budget::Items(routes.len() as u64),
            seed,
            reward_models: ground.models.iter().map(|model| model.id).collect(),
            parameters,
            ran_at: now(),
        };
        self.keep_run(&run, &routes, &drawn, None)?;
        Ok(report)
    }
}
