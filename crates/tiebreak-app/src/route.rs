//! Routing a study under a budget.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use tiebreak_core::{Budget, PolicyRun, PolicyRunId, Route, RoutePurpose, RunCause};
use tiebreak_routing::{
    Claim, FEWEST_LABELS, FitOptions, Fitted, PlannedPair, PolicyKind, Sides, fit, routes, sides,
    teaching_order,
};
use tiebreak_store::{RandomSample, StoreError};

use crate::clock::{fresh, now, seed};
use crate::error::Result;
use crate::routing_ground::{Asked, Ground};
use crate::steps::watched;
use crate::study::stop_if_cancelled;
use crate::view::StudySettings;
use crate::{AiSide, AppError, ModelSource, Quiet, Study, Watch};

/// Routes written, or dropped, in one transaction: annotators wait for no more than that.
const CHUNK: usize = 1000;
/// A run whose routes were begun so long ago is written by nobody any more: it was broken off.
const ABANDONED: TimeDelta = TimeDelta::hours(1);
/// Tags that a run shows as most telling.
const TELLING: usize = 12;

/// What is asked of a routing.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteRequest {
    /// The policy that spends the budget.
    pub policy: PolicyKind,
    /// The human labels to spend.
    pub budget: Budget,
    /// Who labels the rest.
    pub ai: AiSide,
    /// For everything random; without it a new one is drawn and stored.
    pub seed: Option<u64>,
    /// Why it is routed.
    pub cause: RunCause,
}

/// What routing decided.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RouteReport {
    /// All items.
    pub items: u64,
    /// Items for people.
    pub human: u64,
    /// Items for the AI.
    pub ai: u64,
    /// Of the items for people, those that the AI cannot label: of a modality that no reward
    /// model scores, of more than two candidates, unreadable, or not labelled by the judge.
    pub people_only: u64,
    /// Why, with the number of items.
    pub people_only_reasons: Vec<(String, u64)>,
    /// Of the items for people, those of the pilot.
    pub pilot: u64,
    /// Of the items for people, those of the audit.
    pub audit: u64,
    /// The policy asked for.
    pub policy: String,
    /// The policy that was taken.
    pub used: String,
    /// Why, in words; empty if it was asked for.
    pub why: String,
    /// Who labels the AI's share: `reward`, or the judge's name.
    pub ai_side: String,
    /// The budget asked for.
    pub budget: String,
    /// The seed for everything random.
    pub seed: u64,
    /// The reward models whose scores were used, one a modality: name and hash.
    pub models: Vec<(String, String)>,
    /// The policy's settings and fit.
    pub parameters: Value,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

/// How a routing is carried out, beside what is asked of it.
#[derive(Default)]
pub(crate) struct Means<'a> {
    /// Opens models for features; without it only what is stored is known.
    pub(crate) source: Option<&'a dyn ModelSource>,
    /// Modalities that cannot be scored now, with the reason.
    pub(crate) unable: BTreeMap<&'static str, String>,
    /// Most threads; 0: as many as there are cores.
    pub(crate) threads: usize,
    /// The run that it takes over from: if another is in force at the end, this one is dropped.
    pub(crate) base: Option<PolicyRunId>,
}

impl Study {
    /// A request by names; what is absent is as the study's settings say.
    ///
    /// # Errors
    /// For a policy, budget or AI side that does not exist.
    pub fn route_request(
        &self,
        policy: Option<&str>,
        budget: Option<&str>,
        ai: Option<&str>,
        seed: Option<u64>,
    ) -> Result<RouteRequest> {
        let settings = self.settings()?;
        let policy = policy.unwrap_or(&settings.routing.policy);
        Ok(RouteRequest {
            policy: policy_of(policy)?,
            budget: budget.unwrap_or(&settings.budget).parse()?,
            ai: self.ai_side(ai.unwrap_or(&settings.routing.ai))?,
            seed,
            cause: RunCause::Asked,
        })
    }

    /// Routes every item to people or to the AI side of the study's settings, by the policy of the
    /// settings, as far as what is stored tells; and remembers the budget.
    ///
    /// # Errors
    /// As [`Study::route_study`].
    pub fn route(&self, budget: Budget, seed: Option<u64>) -> Result<RouteReport> {
        let request = RouteRequest { budget, ..self.route_request(None, None, None, seed)? };
        self.route_study(None, &request, &Quiet::default())
    }

    /// Routes every item to people or to the AI, and remembers the budget. People keep what they
    /// have labelled, what was drawn for the pilot or the audit, and what the AI cannot label;
    /// that counts towards the budget, and what is left of it is spent by the policy. An item and
    /// those that follow it go to one side: to people, if one of them does. A small part of the
    /// items is drawn for the audit, out of at most half of what the policy would have had. Items
    /// that only people can label come first in their queue. Annotation goes on meanwhile, and the
    /// routing comes into force as a whole.
    ///
    /// # Errors
    /// Without items, while no item has a label of the AI, while an item that the reward model
    /// reads has no score, for a policy that needs more labels than there are, on cancellation, or
    /// if the file cannot be read or written.
    pub fn route_study(
        &self,
        source: Option<&dyn ModelSource>,
        request: &RouteRequest,
        watch: &dyn Watch,
    ) -> Result<RouteReport> {
        let means = Means { source, ..Means::default() };
        let report = self.route_with(request, &means, watch)?;
        report.ok_or(AppError::Overtaken)
    }

    /// As [`Study::route_study`]; where the policy learns from labels and there are enough, items
    /// that have no tags get theirs first. Where it does not, no model is opened.
    ///
    /// # Errors
    /// As [`Study::route_study`] and [`Study::tag`].
    pub fn tag_and_route(
        &self,
        source: &dyn ModelSource,
        request: &RouteRequest,
        watch: &dyn Watch,
    ) -> Result<RouteReport> {
        let means = Means { source: self.learns(source, request, watch)?, ..Means::default() };
        self.route_with(request, &means, watch)?.ok_or(AppError::Overtaken)
    }

    /// Tags what has no tags, where the policy can learn from them; `None` where it cannot.
    pub(crate) fn learns<'s>(
        &self,
        source: &'s dyn ModelSource,
        request: &RouteRequest,
        watch: &dyn Watch,
    ) -> Result<Option<&'s dyn ModelSource>> {
        let labelled = self.store.read_aside(|reader| reader.pair_votes())?.len();
        let is_blind = matches!(request.policy, PolicyKind::Random | PolicyKind::LeastCertain);
        if is_blind || labelled < FEWEST_LABELS {
            return Ok(None);
        }
        let options = self.tag_options()?;
        if !self.is_tagged(&options)? {
            self.tag(source, &options, watch)?;
        }
        Ok(Some(source))
    }

    /// As [`Study::route_study`]; `None` if another routing came in between.
    pub(crate) fn route_with(
        &self,
        request: &RouteRequest,
        means: &Means<'_>,
        watch: &dyn Watch,
    ) -> Result<Option<RouteReport>> {
        let settings = self.settings()?;
        let seed = request.seed.unwrap_or_else(seed);
        let asked = Asked {
            ai: &request.ai,
            source: means.source,
            unable: &means.unable,
            keep_held: request.cause == RunCause::Background,
        };
        let mut ground = self.routing_ground(&asked, watch)?;
        let budget = request.budget.items(ground.facts.len() as u64) as usize;
        let kept = |claims: &[Claim]| claims.iter().filter(|one| one.kept.is_some()).count();

        let spare = budget.saturating_sub(kept(&ground.claims(settings.overlap)));
        let drawn = ground.draw_audit(settings.routing.audit_percent, spare / 2, seed);
        ground.sample.extend(drawn.iter().map(|one| (one.item, one.clone())));

        let mut claims = ground.claims(settings.overlap);
        let spare = budget.saturating_sub(kept(&claims));
        let fitted = plan(&ground, &mut claims, request.policy, spare, seed, means.threads, watch)?;
        let spent = sides(&claims, &ground.chains, fitted.budget + kept(&claims), seed);
        let order = order(&ground, &claims, &spent, &settings, watch)?;
        let routes = routes(&claims, &spent, &order, seed);
        let run = PolicyRun {
            id: PolicyRunId::new(fresh()),
            policy: request.policy.as_str().to_owned(),
            used: fitted.policy.used().as_str().to_owned(),
            ai: request.ai.to_string(),
            cause: request.cause,
            last_judgment: Some(ground.last_judgment),
            budget: request.budget,
            seed,
            reward_models: ground.models.iter().map(|model| model.id).collect(),
            parameters: parameters(&ground, &claims, &spent, &fitted.policy, &settings),
            ran_at: now(),
        };
        stop_if_cancelled(watch)?;
        if !self.keep_run(&run, &routes, &drawn, means.base)? {
            return Ok(None);
        }
        if request.cause == RunCause::Asked {
            let settings = StudySettings { budget: request.budget.to_string(), ..self.settings()? };
            self.save_settings(&settings)?;
        }
        Ok(Some(report(&ground, &run, &routes, fitted.policy.why())))
    }

    /// Writes a run some routes at a time, and puts it in force. Returns false, and leaves nothing,
    /// if another run than `base` is in force by then.
    pub(crate) fn keep_run(
        &self,
        run: &PolicyRun,
        routes: &[Route],
        drawn: &[RandomSample],
        base: Option<PolicyRunId>,
    ) -> Result<bool> {
        let _turn = self.background.turn();
        self.drop_obsolete_runs()?;
        for chunk in drawn.chunks(CHUNK) {
            self.store.write(|writer| Ok::<_, AppError>(writer.insert_sample(chunk)?))?;
        }
        self.store.write(|writer| Ok::<_, AppError>(writer.begin_run(run)?))?;
        for chunk in routes.chunks(CHUNK) {
            self.store.write(|writer| writer.add_routes(run.id, chunk)).map_err(overtaken)?;
        }
        let counts = self
            .store
            .write(|writer| {
                if base.is_some() && writer.current_run_id()? != base {
                    return Ok(false);
                }
                writer.complete_run(run.id)?;
                Ok(true)
            })
            .map_err(overtaken)?;
        if !counts {
            self.drop_run(run.id)?;
        }
        self.drop_obsolete_runs()?;
        Ok(counts)
    }

    /// Drops what is left of runs that were broken off long ago, and the routes of runs that were
    /// made in the background and count no more.
    fn drop_obsolete_runs(&self) -> Result<()> {
        let abandoned = now() - ABANDONED;
        for run in self.store.read_aside(|reader| reader.obsolete_runs(abandoned))? {
            self.drop_run(run)?;
        }
        Ok(())
    }

    fn drop_run(&self, run: PolicyRunId) -> Result<()> {
        while self.store.write(|writer| writer.drop_routes(run, CHUNK))? {}
        Ok(())
    }
}

/// The policy of this name.
pub(crate) fn policy_of(name: &str) -> Result<PolicyKind> {
    name.parse().map_err(|_| {
        let names: Vec<&str> = PolicyKind::ALL.iter().map(|kind| kind.as_str()).collect();
        AppError::input("policy", format!("{name:?} is none of {}", names.join(", ")))
    })
}

fn overtaken(error: StoreError) -> AppError {
    match error {
        StoreError::NotFound { .. } => AppError::Overtaken,
        error => error.into(),
    }
}

/// A policy that was fitted and asked.
struct Planned {
    policy: Fitted,
    /// Items that it spends: less than allowed only where the policy says so.
    budget: usize,
}

/// Fits the policy on what people have labelled, and asks it about every claim that is open.
fn plan(
    ground: &Ground,
    claims: &mut [Claim],
    policy: PolicyKind,
    spare: usize,
    seed: u64,
    threads: usize,
    watch: &dyn Watch,
) -> Result<Planned> {
    let mut open = Vec::new();
    for (claim, facts) in claims.iter_mut().zip(&ground.facts) {
        if claim.kept.is_some() {
            continue;
        }
        // Nobody is asked to compare a text with itself, unless there is nothing else to ask.
        claim.planned = Some(PlannedPair {
            priority: f64::NEG_INFINITY,
            gain: Some(0.0),
            reason: "the answers are identical".to_owned(),
        });
        if let Some(&index) = ground.place.get(&facts.item).filter(|_| !facts.identical) {
            open.push(index);
        }
    }
    let labelled = ground.pool.labelled();
    let share = spare.min(open.len()) as f64 / open.len().max(1) as f64;
    let mut options = FitOptions { seed, ..FitOptions::default() };
    if threads > 0 {
        options.threads = threads;
    }
    let fitted =
        watched(watch, |watching| fit(policy, &ground.pool, &labelled, share, &options, watching))?;
    let plan = fitted.plan(&ground.pool, &open, spare.min(open.len()));
    let items = open.iter().map(|&index| ground.pool.instances[index].item);
    let mut planned: HashMap<_, _> = items.zip(plan.pairs).collect();
    for claim in claims {
        if let Some(pair) = planned.remove(&claim.item) {
            claim.planned = Some(pair);
        }
    }
    // A policy that leaves some of the budget leaves the identical alone too.
    let budget = if plan.budget < spare.min(open.len()) { plan.budget } else { spare };
    Ok(Planned { policy: fitted, budget })
}

/// In which order people get what the policy chose.
fn order(
    ground: &Ground,
    claims: &[Claim],
    sides: &Sides,
    settings: &StudySettings,
    watch: &dyn Watch,
) -> Result<Vec<usize>> {
    if settings.routing.order != TEACHES_MOST {
        return Ok(sides.chosen.clone());
    }
    let (known, unknown): (Vec<usize>, Vec<usize>) =
        sides.chosen.iter().partition(|&&i| ground.place.contains_key(&claims[i].item));
    let indices: Vec<usize> = known.iter().map(|&i| ground.place[&claims[i].item]).collect();
    let spread: Vec<Option<f64>> =
        indices.iter().map(|&index| ground.pool.instances[index].signals.spread).collect();
    let order =
        watched(watch, |watching| teaching_order(&ground.pool, &indices, &spread, watching))?;
    Ok(order.into_iter().map(|place| known[place]).chain(unknown).collect())
}

/// The order of `settings.routing.order` that is not the plan's.
pub(crate) const TEACHES_MOST: &str = "teaches-most";

fn parameters(
    ground: &Ground,
    claims: &[Claim],
    sides: &Sides,
    fitted: &Fitted,
    settings: &StudySettings,
) -> Map<String, Value> {
    let mut all = fitted.record(&ground.pool);
    let count = |is: &dyn Fn(&Claim) -> bool| claims.iter().filter(|claim| is(claim)).count();
    let for_purpose = |purpose| count(&|claim: &Claim| claim.purpose == purpose);
    let human = sides.human.iter().filter(|human| **human).count();
    for (name, number) in [
        ("items", claims.len()),
        ("human_items", human),
        ("labelled_before", ground.facts.iter().filter(|facts| facts.answers > 0).count()),
        ("people_only", for_purpose(RoutePurpose::PeopleOnly)),
        ("pilot", for_purpose(RoutePurpose::Pilot)),
        ("audit", for_purpose(RoutePurpose::Audit)),
        ("joined", sides.joined),
    ] {
        all.insert(name.into(), number.into());
    }
    all.insert("order".into(), settings.routing.order.clone().into());
    all.insert("audit_percent".into(), settings.routing.audit_percent.into());
    let gain = |i: &usize| claims[*i].planned.as_ref().and_then(|planned| planned.gain);
    if let Some(gain) = sides.chosen.last().and_then(gain) {
        all.insert("smallest_gain_for_people".into(), gain.into());
    }
    let mut with_tag = vec![0_u64; ground.pool.tags.len()];
    for tag in ground.pool.instances.iter().flat_map(|instance| &instance.tags) {
        with_tag[usize::from(*tag)] += 1;
    }
    let telling = fitted.tag_gains(&ground.pool).into_iter().take(TELLING);
    let telling: Vec<Value> = telling
        .map(|(tag, gain)| {
            json!({ "tag": ground.pool.tags[tag], "gain": gain, "items": with_tag[tag] })
        })
        .collect();
    all.insert("tags".into(), telling.into());
    all
}

fn report(ground: &Ground, run: &PolicyRun, routes: &[Route], why: &str) -> RouteReport {
    let count =
        |is: &dyn Fn(&Route) -> bool| routes.iter().filter(|route| is(route)).count() as u64;
    let for_purpose = |purpose| count(&|route: &Route| route.purpose == purpose);
    let human = count(&|route: &Route| route.to == tiebreak_core::RouteTo::Human);
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for route in routes.iter().filter(|route| route.purpose == RoutePurpose::PeopleOnly) {
        *reasons.entry(&route.reason).or_default() += 1;
    }
    let named = reasons.into_iter().map(|(reason, items)| (reason.to_owned(), items));
    RouteReport {
        items: routes.len() as u64,
        human,
        ai: routes.len() as u64 - human,
        people_only: for_purpose(RoutePurpose::PeopleOnly),
        people_only_reasons: named.collect(),
        pilot: for_purpose(RoutePurpose::Pilot),
        audit: for_purpose(RoutePurpose::Audit),
        policy: run.policy.clone(),
        used: run.used.clone(),
        why: why.to_owned(),
        ai_side: run.ai.clone(),
        budget: run.budget.to_string(),
        seed: run.seed,
        models: ground
            .models
            .iter()
            .map(|model| (model.identity.name.clone(), model.identity.pack_hash.to_string()))
            .collect(),
        parameters: Value::Object(run.parameters.clone()),
        notes: ground.notes.clone(),
    }
}
