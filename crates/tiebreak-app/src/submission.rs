//! From what a front end sends to a judgment that the study allows.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tiebreak_core::{
    AspectAnswer, AspectJudgment, Candidate, CandidateId, Item, Judgment, JudgmentId, ListenSpan,
    Origin, Outcome, Presentation, Ranking, Rating, SkipReason, SpanHighlight, StepMark, Strength,
};

use crate::AppError;
use crate::clock::fresh;
use crate::compare::parse;
use crate::comparison_view::steps_of;
use crate::error::Result;
use crate::view::{
    Answer, AnswerView, Ask, AspectAnswerView, AspectScale, AspectSetting, AspectView,
    JudgmentInput, StudySettings,
};

/// Milliseconds that may be missing of what must be heard: players round, and count in steps.
const TOLERANCE_MS: u64 = 100;

/// A judgment on its way in, with all that it is checked against.
pub(crate) struct Submission<'a> {
    pub(crate) input: &'a JudgmentInput,
    pub(crate) settings: &'a StudySettings,
    pub(crate) item: &'a Item,
    pub(crate) presentation: &'a Presentation,
    /// Lengths in milliseconds of the clips that can be played.
    pub(crate) clips: &'a HashMap<CandidateId, u64>,
    /// What this annotator heard of the item before earlier answers to it.
    pub(crate) heard_before: &'a [ListenSpan],
    /// Milliseconds that this annotator spent on the item before, up to their last answer.
    pub(crate) active_before: u64,
    pub(crate) now: DateTime<Utc>,
}

impl Submission<'_> {
    /// The judgment; a skip is exempt from everything that answers must bring along.
    pub(crate) fn judgment(&self) -> Result<Judgment> {
        let skipped = matches!(self.input.given.answer, Answer::Skipped { .. });
        // What was begun before passing on says nothing: it may be of a design that has changed.
        let bare = AnswerView {
            rationale: self.input.given.rationale.clone(),
            ..AnswerView::new(self.input.given.answer.clone())
        };
        let given = if skipped { &bare } else { &self.input.given };
        let (outcome, ranking) = self.outcome(&given.answer)?;
        let shown_at = self.input.shown_at.as_deref().map(|t| time(t, "shown_at")).transpose()?;
        let id = JudgmentId::new(fresh());
        let strength =
            given.strength.map(Strength::new).transpose().map_err(|e| reason("strength", &e))?;
        let judgment = Judgment {
            strength,
            confidence: given.confidence,
            rationale: words(given.rationale.as_deref()),
            reason_tags: once(&given.reason_tags),
            ranking,
            aspects: given.aspects.iter().map(|a| self.aspect(a)).collect::<Result<_>>()?,
            highlights: self.highlights(given)?,
            steps: self.steps(given)?,
            listening: self.listening()?,
            shown_order: self.presentation.order.clone(),
            order_seed: Some(self.presentation.seed),
            blinded: Some(self.settings.blind),
            shown_at,
            submitted_at: Some(self.now),
            active_ms: self.input.active_ms.map(|ms| u64::from(ms) + self.active_before),
            ..Judgment::new(
                id,
                self.item.id,
                self.presentation.annotator,
                Origin::Annotated,
                outcome,
            )
        };
        self.check_values(&judgment)?;
        if outcome.is_answer() {
            self.check_allowed(&judgment)?;
            self.check_required(&judgment)?;
            self.check_dwell(&judgment)?;
            self.check_listening(&judgment)?;
        }
        Ok(judgment)
    }

    fn candidate(&self, id: &str, field: &'static str) -> Result<&Candidate> {
        let id: CandidateId = parse(id, field)?;
        self.item.candidates.iter().find(|candidate| candidate.id == id).ok_or_else(|| {
            AppError::input(field, format!("{id} is no candidate of item {}", self.item.id))
        })
    }

    fn outcome(&self, answer: &Answer) -> Result<(Outcome, Option<Ranking>)> {
        Ok(match answer {
            Answer::Preferred { candidate } => {
                (Outcome::Preferred(self.candidate(candidate, "candidate")?.id), None)
            }
            Answer::Ranked { tiers } => {
                let tiers = tiers
                    .iter()
                    .map(|tier| tier.iter().map(|id| Ok(self.candidate(id, "tiers")?.id)).collect())
                    .collect::<Result<_>>()?;
                let ranking = Ranking { tiers };
                let all: Vec<_> = self.item.candidates.iter().map(|c| c.id).collect();
                if !ranking.is_sound(&all) {
                    return Err(AppError::input(
                        "tiers",
                        "a ranking puts two or more candidates in order, each once, and no tier \
                         is empty",
                    ));
                }
                (Outcome::Ranked, Some(ranking))
            }
            Answer::Tie => (Outcome::Tie, None),
            Answer::BothBad => (Outcome::BothBad, None),
            Answer::Skipped { reason } => {
                let parsed = SkipReason::parse(reason).ok_or_else(|| {
                    let known = SkipReason::ALL.map(SkipReason::as_str).join(", ");
                    AppError::input("reason", format!("a skip reason is one of {known}"))
                })?;
                (Outcome::Skipped(parsed), None)
            }
        })
    }

    fn aspect(&self, given: &AspectView) -> Result<AspectJudgment> {
        let wrong = |reason: String| AppError::input("aspects", reason);
        let setting = self
            .settings
            .aspects
            .iter()
            .find(|setting| setting.id == given.aspect)
            .ok_or_else(|| wrong(format!("this study has no aspect {:?}", given.aspect)))?;
        if let Some(tag) = given.reasons.iter().find(|tag| !setting.reasons.contains(tag)) {
            return Err(wrong(format!("{tag:?} is none of the reasons for {:?}", setting.name)));
        }
        let answer = match (&given.answer, setting.scale) {
            (AspectAnswerView::Preferred { candidate }, AspectScale::Preference) => {
                AspectAnswer::Preferred(self.candidate(candidate, "aspects")?.id)
            }
            (AspectAnswerView::Tie, AspectScale::Preference) => AspectAnswer::Tie,
            (AspectAnswerView::Ratings { ratings }, AspectScale::Rating) => AspectAnswer::Ratings(
                ratings
                    .iter()
                    .map(|(id, rating)| {
                        let rating = Rating::new(*rating).map_err(|e| reason("aspects", &e))?;
                        Ok((self.candidate(id, "aspects")?.id, rating))
                    })
                    .collect::<Result<_>>()?,
            ),
            (_, AspectScale::Preference) => {
                return Err(wrong(format!("{:?} asks which candidate is better", setting.name)));
            }
            (_, AspectScale::Rating) => {
                return Err(wrong(format!("{:?} asks for a rating of each", setting.name)));
            }
        };
        Ok(AspectJudgment {
            aspect: given.aspect.clone(),
            answer,
            reason_tags: once(&given.reasons),
        })
    }

    fn highlights(&self, given: &AnswerView) -> Result<Vec<SpanHighlight>> {
        given
            .highlights
            .iter()
            .map(|span| {
                let candidate = self.candidate(&span.candidate, "highlights")?;
                let turns = candidate.content.messages();
                let turn = turns.get(span.turn as usize).ok_or_else(|| {
                    AppError::input("highlights", format!("there is no turn {}", span.turn))
                })?;
                let length = turn.content.chars().count();
                if span.start >= span.end || span.end as usize > length {
                    return Err(AppError::input(
                        "highlights",
                        format!(
                            "{} to {} is no passage of {length} characters",
                            span.start, span.end
                        ),
                    ));
                }
                Ok(SpanHighlight {
                    candidate: candidate.id,
                    turn: span.turn,
                    start: span.start,
                    end: span.end,
                    good: span.good,
                    reason: words(span.reason.as_deref()),
                })
            })
            .collect()
    }

    fn steps(&self, given: &AnswerView) -> Result<Vec<StepMark>> {
        given
            .steps
            .iter()
            .map(|mark| {
                let candidate = self.candidate(&mark.candidate, "steps")?;
                let steps = steps_of(&candidate.content).len();
                match mark.first_wrong {
                    Some(step) if step as usize >= steps => Err(AppError::input(
                        "steps",
                        format!("there is no step {step}: the answer has {steps}"),
                    )),
                    first_wrong => Ok(StepMark { candidate: candidate.id, first_wrong }),
                }
            })
            .collect()
    }

    fn listening(&self) -> Result<Vec<ListenSpan>> {
        self.input
            .listening
            .iter()
            .map(|span| {
                Ok(ListenSpan {
                    candidate: self.candidate(&span.candidate, "listening")?.id,
                    from_ms: span.from_ms,
                    to_ms: span.to_ms,
                    at: time(&span.at, "listening")?,
                })
            })
            .collect()
    }

    /// What must hold of any judgment, a skip included.
    fn check_values(&self, judgment: &Judgment) -> Result<()> {
        let known = &self.settings.reason_tags;
        if let Some(tag) = judgment.reason_tags.iter().find(|tag| !known.contains(tag)) {
            return Err(AppError::input(
                "reason_tags",
                format!("{tag:?} is none of this study's reasons"),
            ));
        }
        if judgment.confidence.is_some_and(|confidence| !(0.0..=1.0).contains(&confidence)) {
            return Err(AppError::input("confidence", "is 0 (guessing) to 1 (certain)"));
        }
        Ok(())
    }

    fn check_allowed(&self, judgment: &Judgment) -> Result<()> {
        let one_tier = judgment.ranking.as_ref().is_some_and(|ranking| ranking.tiers.len() == 1);
        if !self.settings.tie && (judgment.outcome == Outcome::Tie || one_tier) {
            return Err(AppError::input("answer", "this study takes no ties"));
        }
        if !self.settings.both_bad && judgment.outcome == Outcome::BothBad {
            return Err(AppError::input("answer", "this study does not take \"both bad\""));
        }
        Ok(())
    }

    fn check_required(&self, judgment: &Judgment) -> Result<()> {
        let settings = self.settings;
        let preferred = matches!(judgment.outcome, Outcome::Preferred(_));
        let marked = |candidate: &&Candidate| {
            judgment.steps.iter().any(|mark| mark.candidate == candidate.id)
        };
        for (ask, field, missing, reason) in [
            (
                settings.strength,
                "strength",
                preferred && judgment.strength.is_none(),
                "this study asks how much better the answer is",
            ),
            (
                settings.confidence,
                "confidence",
                judgment.confidence.is_none(),
                "this study asks how sure the annotator is",
            ),
            (
                settings.rationale,
                "rationale",
                judgment.rationale.is_none(),
                "this study asks for a reason in words",
            ),
            (
                settings.highlights,
                "highlights",
                judgment.highlights.is_empty() && self.has_text(),
                "this study asks for at least one passage to be marked",
            ),
            (
                settings.steps,
                "steps",
                !self
                    .item
                    .candidates
                    .iter()
                    .filter(|candidate| !steps_of(&candidate.content).is_empty())
                    .all(|candidate| marked(&candidate)),
                "this study asks for the first wrong step of each answer, or that all are right",
            ),
        ] {
            if ask == Ask::Required && missing {
                return Err(AppError::input(field, reason));
            }
        }
        settings
            .aspects
            .iter()
            .filter(|aspect| aspect.ask == Ask::Required)
            .try_for_each(|aspect| self.check_aspect(aspect, judgment))
    }

    /// Whether there is text to mark passages in: what stands beside an image or a clip is none.
    fn has_text(&self) -> bool {
        self.item
            .candidates
            .iter()
            .filter(|candidate| candidate.content.media().is_none())
            .flat_map(|candidate| candidate.content.messages())
            .any(|turn| !turn.content.trim().is_empty())
    }

    fn check_aspect(&self, setting: &AspectSetting, judgment: &Judgment) -> Result<()> {
        let given = judgment.aspects.iter().find(|given| given.aspect == setting.id);
        match given.map(|given| &given.answer) {
            None => Err(AppError::input(
                "aspects",
                format!("this study asks for an answer on {:?}", setting.name),
            )),
            Some(AspectAnswer::Ratings(ratings)) if ratings.len() < self.item.candidates.len() => {
                Err(AppError::input(
                    "aspects",
                    format!("this study asks for a rating of each candidate on {:?}", setting.name),
                ))
            }
            Some(_) => Ok(()),
        }
    }

    /// Where a front end does not say when the comparison appeared, the time spent on it counts.
    fn check_dwell(&self, judgment: &Judgment) -> Result<()> {
        let needed = i64::from(self.settings.min_dwell_s) * 1000;
        let dwelt = match judgment.shown_at {
            Some(shown_at) => (self.now - shown_at).num_milliseconds(),
            None => judgment.active_ms.unwrap_or_default() as i64,
        };
        if needed > 0 && dwelt < needed {
            return Err(AppError::input(
                "shown_at",
                format!(
                    "this study asks for {} s with a comparison before it is answered",
                    self.settings.min_dwell_s
                ),
            ));
        }
        Ok(())
    }

    fn check_listening(&self, judgment: &Judgment) -> Result<()> {
        let least = u64::from(self.settings.min_listen_s) * 1000;
        if least == 0 {
            return Ok(());
        }
        for (place, candidate) in self.presentation.order.iter().enumerate() {
            let Some(length) = self.clips.get(candidate) else { continue };
            let spans = judgment.listening.iter().chain(self.heard_before);
            let heard = union_ms(spans.filter(|span| span.candidate == *candidate));
            if heard + TOLERANCE_MS < least.min(*length) {
                return Err(AppError::input(
                    "listening",
                    format!(
                        "clip {} was heard for {:.1} s; this study asks for {} s of each, or all \
                         of a shorter one",
                        place + 1,
                        heard as f64 / 1000.0,
                        self.settings.min_listen_s
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// Ticks, each once.
fn once(tags: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        if !kept.contains(tag) {
            kept.push(tag.clone());
        }
    }
    kept
}

/// The milliseconds of a clip that lie in at least one of the spans.
fn union_ms<'s>(spans: impl Iterator<Item = &'s ListenSpan>) -> u64 {
    let mut spans: Vec<(u32, u32)> = spans.map(|span| (span.from_ms, span.to_ms)).collect();
    spans.sort_unstable();
    let (mut sum, mut end) = (0, 0);
    for (from, to) in spans {
        sum += u64::from(to.saturating_sub(from.max(end)));
        end = end.max(to);
    }
    sum
}

fn words(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn time(text: &str, field: &'static str) -> Result<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .map_err(|error| AppError::input(field, format!("{text:?}: {error}")))
}

fn reason(field: &'static str, error: &dyn std::error::Error) -> AppError {
    AppError::input(field, error.to_string())
}

#[cfg(test)]
mod tests;
