//! The routing of a study as front ends show it.

use serde_json::Value;
use tiebreak_core::{Item, PolicyRun, RoutePurpose, RouteTo};
use tiebreak_routing::FEWEST_LABELS;
use tiebreak_store::{Reader, StoredCurve};

use crate::ai_side::{AiSide, labels};
use crate::audit::{accuracy, audit_view, compare};
use crate::error::Result;
use crate::route::{TEACHES_MOST, policy_of};
use crate::view::{
    AiSideView, AuditView, BudgetCurveView, PilotView, RoutedItemView, RoutingRunView,
    RoutingSettings, RoutingView, TagGainView, TaggingView,
};
use crate::{AppError, Study};

/// Most routed items handed out at once.
const PAGE: u32 = 500;
/// Characters of a prompt that a list shows.
const PROMPT: usize = 160;
/// The order of `settings.routing.order` that is the plan's own.
const PLAN: &str = "plan";

impl RoutingSettings {
    pub(crate) fn check(&self) -> Result<()> {
        policy_of(&self.policy)?;
        self.ai.parse::<AiSide>()?;
        if self.order != TEACHES_MOST && self.order != PLAN {
            return Err(AppError::input("order", format!("is {TEACHES_MOST} or {PLAN}")));
        }
        if !(0.0..=100.0).contains(&self.audit_percent) {
            return Err(AppError::input("audit_percent", "is 0 to 100"));
        }
        let is_sound =
            |value: &f64, most: f64| value.is_finite() && *value >= 0.0 && *value <= most;
        if self.seconds_per_label.is_some_and(|seconds| !is_sound(&seconds, 86_400.0)) {
            return Err(AppError::input("seconds_per_label", "is 0 to 86400"));
        }
        if self.price_per_hour.is_some_and(|price| !is_sound(&price, 1e9)) {
            return Err(AppError::input("price_per_hour", "is 0 or more"));
        }
        if self.currency.chars().count() > 8 {
            return Err(AppError::input("currency", "has at most 8 letters"));
        }
        if self.tag_fields.iter().any(|field| field.trim().is_empty()) {
            return Err(AppError::input("tag_fields", "a field has no name"));
        }
        Ok(())
    }
}

impl Study {
    /// Everything about the routing of the study.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn routing(&self) -> Result<RoutingView> {
        let settings = self.settings()?.routing;
        let known = self.ai_sides()?;
        let (proposed, reason) = self.propose_pilot()?;
        let cost = self.label_cost()?;
        let tagging = self.tagging_view()?;
        self.store.read_aside(|reader| {
            let votes = reader.pair_votes()?;
            let sample = reader.random_sample()?;
            let pilot = reader.sample_tally(RoutePurpose::Pilot)?;
            let audit = reader.sample_tally(RoutePurpose::Audit)?;
            let drawn_for_pilot = || sample.iter().filter(|one| one.purpose == RoutePurpose::Pilot);
            let in_pilot: std::collections::HashSet<_> =
                drawn_for_pilot().map(|one| one.item).collect();
            // Imported labels were there before any policy chose: they are as good as a pilot.
            let imported =
                votes.iter().filter(|one| !one.annotated && !in_pilot.contains(&one.item));
            let counts_as_pilot: std::collections::HashSet<_> =
                imported.clone().map(|one| one.item).chain(in_pilot.iter().copied()).collect();
            let mut sides = Vec::with_capacity(known.len());
            let mut audited = AuditView { items: 0, labelled: 0, ai_accuracy: None, drift: None };
            for (side, items) in &known {
                let compared = compare(&votes, &labels(reader, side)?);
                let piloted: Vec<_> =
                    compared.iter().filter(|one| counts_as_pilot.contains(&one.item)).collect();
                sides.push(AiSideView {
                    name: side.to_string(),
                    items: *items as u32,
                    accuracy: accuracy(&piloted),
                });
                if side.to_string() == settings.ai {
                    audited = audit_view(&sample, pilot.labelled + audit.labelled, &compared);
                }
            }
            let run = match reader.current_run()? {
                Some(run) => Some(run_view(reader, &run)?),
                None => None,
            };
            let curve = match reader.last_curve(&settings.ai)? {
                Some(curve) => curve_view(reader, curve)?,
                None => None,
            };
            Ok(RoutingView {
                sides,
                items: reader.item_count()? as u32,
                pilot: PilotView {
                    proposed: proposed as u32,
                    reason: reason.clone(),
                    size: pilot.items as u32,
                    labelled: pilot.labelled as u32,
                    imported: imported.count() as u32,
                    needed: FEWEST_LABELS as u32,
                    drawn_at: drawn_for_pilot().next_back().map(|one| one.drawn_at.to_rfc3339()),
                },
                tagging: tagging.clone(),
                curve,
                run,
                audit: audited,
                cost: cost.clone(),
                background_error: self.background.error(),
                settings: settings.clone(),
            })
        })
    }

    fn tagging_view(&self) -> Result<Option<TaggingView>> {
        let Some(tagging) = self.tagging()? else { return Ok(None) };
        let (tagged, stored) = self.store.read_aside(|reader| {
            let tagged = reader.measured_count(tagging.number)?;
            Ok::<_, AppError>((tagged, reader.tagging()?))
        })?;
        let method =
            |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Ok(stored.map(|(_, stored)| TaggingView {
            tagged: tagged as u32,
            dimensions: tagging
                .methods
                .iter()
                .map(|(dimension, value)| (dimension.clone(), method(value)))
                .collect(),
            tagged_at: stored.created_at.to_rfc3339(),
        }))
    }

    /// Changes how the study is routed. What is routed already stays as it is.
    ///
    /// # Errors
    /// If a setting is out of range, the study has no such judge, or the file cannot be written.
    pub fn save_routing_settings(&self, routing: &RoutingSettings) -> Result<()> {
        self.ai_side(&routing.ai)?;
        let mut settings = self.settings()?;
        settings.routing = routing.clone();
        self.save_settings(&settings)
    }

    /// Up to `limit` (at most 500) items of a side of the routing in force, in the order of its
    /// queue, after the rank `after` where there is one; nothing before the first routing.
    ///
    /// # Errors
    /// For a side that is neither `human` nor `ai`, or if the file cannot be read.
    pub fn routed_items(
        &self,
        side: &str,
        after: Option<u32>,
        limit: u32,
    ) -> Result<Vec<RoutedItemView>> {
        let to = RouteTo::parse(side)
            .ok_or_else(|| AppError::input("side", format!("{side:?} is neither human nor ai")))?;
        self.store.read_aside(|reader| {
            let Some(run) = reader.current_run_id()? else { return Ok(Vec::new()) };
            let page = reader.routed_by_rank(run, to, after, limit.min(PAGE) as usize)?;
            page.into_iter()
                .map(|routed| {
                    let item = reader.item(routed.route.item)?;
                    Ok(RoutedItemView {
                        item: item.id.to_string(),
                        ordinal: routed.ordinal as u32,
                        prompt: start_of_prompt(&item),
                        side: to.as_str().to_owned(),
                        rank: routed.route.rank,
                        gain: routed.route.predicted_gain,
                        reason: routed.route.reason,
                        purpose: routed.route.purpose.as_str().to_owned(),
                        labelled: reader.is_labelled(item.id)?,
                    })
                })
                .collect()
        })
    }
}

/// The start of a prompt, on one line.
fn start_of_prompt(item: &Item) -> String {
    let text = item.prompt.plain_text();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= PROMPT {
        return words;
    }
    let mut start: String = words.chars().take(PROMPT).collect();
    start.push('…');
    start
}

fn run_view(reader: &Reader<'_>, run: &PolicyRun) -> Result<RoutingRunView> {
    let people = reader.human_tally(run.id)?;
    let (_, ai) = reader.route_counts(run.id)?;
    let labels_since = match run.last_judgment {
        Some(last) => reader.answers_after(last)?,
        None => 0,
    };
    let text = |name: &str| run.parameters.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| run.parameters.get(name).and_then(Value::as_u64).unwrap_or_default();
    let tags = run.parameters.get("tags").cloned().unwrap_or_default();
    Ok(RoutingRunView {
        id: run.id.to_string(),
        policy: run.policy.clone(),
        used: run.used.clone(),
        reason: text("why").to_owned(),
        budget: run.budget.to_string(),
        seed: run.seed.to_string(),
        cause: run.cause.as_str().to_owned(),
        ran_at: run.ran_at.to_rfc3339(),
        human: people.items as u32,
        labelled: people.labelled as u32,
        ai: ai as u32,
        fitted_on: number("fitted_on") as u32,
        labels_since: labels_since as u32,
        reroutes: reader.background_runs()? as u32,
        // Runs of earlier versions have no such list.
        tags: serde_json::from_value::<Vec<TagGainView>>(tags).unwrap_or_default(),
    })
}

/// The curve as it was kept, with the labels given since; `None` for one of another version.
fn curve_view(reader: &Reader<'_>, curve: StoredCurve) -> Result<Option<BudgetCurveView>> {
    let Ok(view) = serde_json::from_value::<BudgetCurveView>(curve.report) else {
        return Ok(None);
    };
    let labels_since = reader.answers_after(curve.last_judgment)? as u32;
    Ok(Some(BudgetCurveView { labels_since, ..view }))
}
