//! An item of the study as an export has it: its pairs with a winner, and what was said of it.

use std::collections::HashMap;
use std::mem::{replace, take};

use tiebreak_core::{
    AnnotatorKind, AspectAnswer, CandidateContent, CandidateId, Item, Judgment, Origin, Outcome,
    Prompt, RouteTo,
};
use tiebreak_exchange::{
    ExportCandidate, ExportContent, ExportItem, ExportJudgment, ExportPair, ImportedAspect,
    ImportedAspectAnswer, ImportedDetail, ImportedHighlight, ImportedListenSpan, ImportedOutcome,
    ImportedStepMark,
};
use tiebreak_store::{ExportEntry, LiveJudgment};

use super::LabelChoice;
use super::privacy::Disguise;
use super::sides::Sides;
use super::weights::trust;
use crate::judgment_details::{Named, details};
use crate::verdict::{Majority, Verdict, verdict};

/// What decides on the pairs of all items.
pub(super) struct Making<'a> {
    pub(super) sides: &'a Sides,
    pub(super) disguise: &'a Disguise,
    pub(super) min_agreement: Option<f64>,
    /// Whether the format takes items without a pair too.
    pub(super) every_item: bool,
}

/// The item with its pairs, or why it has none. The judgments of the entry are disguised, and
/// its texts move into the item.
pub(super) fn export_item(
    entry: &mut ExportEntry,
    making: &Making<'_>,
) -> Result<ExportItem, String> {
    let sides = making.sides;
    let held_back = making.disguise.apply(&mut entry.judgments);
    let (item, live) = (&entry.item, &entry.judgments);
    let human: Vec<&LiveJudgment> =
        live.iter().filter(|live| live.kind == AnnotatorKind::Human).collect();
    let ai: Vec<&LiveJudgment> =
        live.iter().filter(|live| sides.ai.contains(&live.pseudonym)).collect();
    let candidates: Vec<CandidateId> = item.candidates.iter().map(|c| c.id).collect();
    let scores: HashMap<CandidateId, f64> = entry.scores.iter().copied().collect();
    let (mut pairs, mut reason) = (Vec::new(), None);
    match chosen_verdict(&human, &ai, &candidates, sides, entry.route) {
        Verdict::Preferred(majorities) => {
            for majority in majorities {
                let own = if majority.kind == AnnotatorKind::Human { &human } else { &ai };
                match pair(item, majority, own, &scores) {
                    Ok(pair) => pairs.push(pair),
                    Err(why) => reason = Some(why.to_owned()),
                }
            }
        }
        Verdict::LeftOut(why) => reason = Some(why.to_owned()),
    }
    if let Some(least) = making.min_agreement.filter(|_| !pairs.is_empty()) {
        pairs.retain(|pair| pair.agreement >= least);
        reason = Some(format!("agreement below {least}"));
    }
    if held_back && live.is_empty() {
        reason = Some("held back: judged after the day named".to_owned());
    }
    if pairs.is_empty() && (!making.every_item || held_back && live.is_empty()) {
        return Err(reason.unwrap_or_else(|| "only one candidate".to_owned()));
    }
    let said = live.iter().filter(|live| match sides.choice {
        LabelChoice::Human => live.kind == AnnotatorKind::Human,
        LabelChoice::Ai => live.kind == AnnotatorKind::Ai,
        LabelChoice::Routed | LabelChoice::HumanFirst => true,
    });
    let judgments = said.map(|live| judgment(live, &candidates, making.disguise)).collect();
    let model = sides.model(item.modality).filter(|_| !scores.is_empty());
    let item = &mut entry.item;
    let exported = item.candidates.iter_mut().map(|candidate| ExportCandidate {
        content: match &mut candidate.content {
            CandidateContent::Text(text) => ExportContent::Text(take(text)),
            CandidateContent::Turns(turns) => ExportContent::Turns(take(turns)),
            content @ CandidateContent::Media(_) => ExportContent::Text(content.plain_text()),
        },
        system: take(&mut candidate.system),
        score: scores.get(&candidate.id).copied(),
        metadata: take(&mut candidate.metadata),
    });
    let candidates = exported.collect();
    Ok(ExportItem {
        item_id: item.id.to_string(),
        ordinal: item.ordinal,
        external_id: take(&mut item.external_id),
        modality: item.modality,
        prompt: replace(&mut item.prompt, Prompt::Text(String::new())),
        context: take(&mut item.context),
        source: take(&mut item.source),
        split: take(&mut item.split),
        tags: take(&mut item.tags),
        metadata: take(&mut item.metadata),
        follows: entry.follows.map(|first| first.to_string()),
        follows_external: take(&mut item.follows),
        gold: item.gold,
        candidates,
        judgments,
        pairs,
        reward_model: model.map(|model| model.identity.pack_hash.to_string()),
        flags: Vec::new(),
    })
}

/// What the judgments of the side come to that the choice of labels names.
fn chosen_verdict(
    human: &[&LiveJudgment],
    ai: &[&LiveJudgment],
    candidates: &[CandidateId],
    sides: &Sides,
    route: Option<RouteTo>,
) -> Verdict {
    let by_people = || verdict(human, candidates, "no human label yet");
    let by_model = || verdict(ai, candidates, sides.no_label);
    let answered = human.iter().any(|live| live.judgment.outcome.is_answer());
    let people_first = || match (answered, sides.ai.is_empty()) {
        (true, _) | (false, true) => by_people(),
        (false, false) => by_model(),
    };
    // A label given here was paid for: it counts even where the routing had not asked for it.
    let annotated = human
        .iter()
        .any(|live| live.judgment.origin == Origin::Annotated && live.judgment.outcome.is_answer());
    match (sides.choice, &sides.run) {
        (LabelChoice::Human, _) => by_people(),
        (LabelChoice::Ai, _) => by_model(),
        (LabelChoice::HumanFirst, _) | (LabelChoice::Routed, None) => people_first(),
        (LabelChoice::Routed, Some(_)) if annotated => by_people(),
        (LabelChoice::Routed, Some(run)) => match route {
            Some(RouteTo::Human) => by_people(),
            Some(_) => by_model(),
            // Nothing is decided for the rest while the pilot is labelled.
            None if run.is_pilot() => people_first(),
            None => Verdict::LeftOut("imported after the routing"),
        },
    }
}

fn pair(
    item: &Item,
    majority: Majority,
    own: &[&LiveJudgment],
    scores: &HashMap<CandidateId, f64>,
) -> Result<ExportPair, &'static str> {
    let find = |id| (0_u32..).zip(&item.candidates).find(|(_, candidate)| candidate.id == id);
    let (Some((chosen, better)), Some((rejected, worse))) =
        (find(majority.chosen), find(majority.rejected))
    else {
        return Err("the preferred candidate is gone");
    };
    if better.content.says_the_same(&worse.content) {
        return Err("identical answers");
    }
    let score = |id| scores.get(&id).copied();
    let all: Vec<CandidateId> = item.candidates.iter().map(|candidate| candidate.id).collect();
    let named = Named { chosen: better.id, rejected: worse.id, all: &all };
    let trust = trust(own, better.id, worse.id, majority.kind, majority.confidence);
    Ok(ExportPair {
        chosen,
        rejected,
        kind: majority.kind,
        annotators: majority.annotators,
        judgments: majority.answers,
        agreement: majority.agreement,
        strength: majority.strength,
        margin: score(better.id).zip(score(worse.id)).map(|(chosen, rejected)| chosen - rejected),
        confidence: majority.confidence,
        soft_label: Some(trust.soft_label),
        weight: Some(trust.weight),
        tiers_apart: tiers_apart(own, better.id, worse.id),
        rationales: majority.rationales,
        details: details(own, &named),
    })
}

/// How many places one ranking puts between two candidates; several rankings are no one ranking.
fn tiers_apart(own: &[&LiveJudgment], chosen: CandidateId, rejected: CandidateId) -> Option<u32> {
    let mut rankings = own.iter().filter_map(|live| live.judgment.ranking.as_ref());
    let (Some(ranking), None) = (rankings.next(), rankings.next()) else { return None };
    let tier = |id| ranking.tiers.iter().position(|tier| tier.contains(&id));
    let apart = tier(rejected)?.checked_sub(tier(chosen)?)?;
    u32::try_from(apart).ok()
}

fn judgment(
    live: &LiveJudgment,
    candidates: &[CandidateId],
    disguise: &Disguise,
) -> ExportJudgment {
    let said = &live.judgment;
    let place = |id: &CandidateId| -> Option<u32> {
        candidates.iter().position(|one| one == id).map(|place| place as u32)
    };
    let outcome = match said.outcome {
        Outcome::Preferred(id) => {
            place(&id).map_or(ImportedOutcome::Withdrawn, ImportedOutcome::Candidate)
        }
        Outcome::Ranked => {
            let tiers = said.ranking.iter().flat_map(|ranking| &ranking.tiers);
            ImportedOutcome::Ranked(
                tiers.map(|tier| tier.iter().filter_map(place).collect()).collect(),
            )
        }
        Outcome::Tie => ImportedOutcome::Tie,
        Outcome::BothBad => ImportedOutcome::BothBad,
        Outcome::Skipped(reason) => ImportedOutcome::Skipped(reason),
        Outcome::Withdrawn => ImportedOutcome::Withdrawn,
    };
    ExportJudgment {
        annotator: live.pseudonym.clone(),
        kind: live.kind,
        outcome,
        strength: said.strength,
        confidence: said.confidence,
        rationale: said.rationale.clone(),
        submitted_at: said.submitted_at,
        detail: detail(said, &place),
        profile: disguise.profile(said.annotator),
        group: None,
        weight: None,
    }
}

fn detail(said: &Judgment, place: &dyn Fn(&CandidateId) -> Option<u32>) -> ImportedDetail {
    let aspects = said.aspects.iter().filter_map(|aspect| {
        let answer = match &aspect.answer {
            AspectAnswer::Preferred(id) => ImportedAspectAnswer::Preferred(place(id)?),
            AspectAnswer::Tie => ImportedAspectAnswer::Tie,
            AspectAnswer::Ratings(ratings) => ImportedAspectAnswer::Ratings(
                ratings.iter().filter_map(|(id, rating)| Some((place(id)?, *rating))).collect(),
            ),
        };
        let (aspect, reason_tags) = (aspect.aspect.clone(), aspect.reason_tags.clone());
        Some(ImportedAspect { aspect, answer, reason_tags })
    });
    let highlights = said.highlights.iter().filter_map(|span| {
        Some(ImportedHighlight {
            candidate: place(&span.candidate)?,
            turn: span.turn,
            start: span.start,
            end: span.end,
            good: span.good,
            reason: span.reason.clone(),
        })
    });
    let steps = said.steps.iter().filter_map(|mark| {
        Some(ImportedStepMark { candidate: place(&mark.candidate)?, first_wrong: mark.first_wrong })
    });
    let listening = said.listening.iter().filter_map(|span| {
        Some(ImportedListenSpan {
            candidate: place(&span.candidate)?,
            from_ms: span.from_ms,
            to_ms: span.to_ms,
            at: span.at,
        })
    });
    ImportedDetail {
        origin: Some(said.origin),
        reason_tags: said.reason_tags.clone(),
        aspects: aspects.collect(),
        highlights: highlights.collect(),
        steps: steps.collect(),
        listening: listening.collect(),
        shown_order: said.shown_order.iter().filter_map(place).collect(),
        order_seed: said.order_seed,
        blinded: said.blinded,
        shown_at: said.shown_at,
        active_ms: said.active_ms,
    }
}
