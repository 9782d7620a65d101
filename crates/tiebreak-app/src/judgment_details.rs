//! What judgments say beside the preference, as the `details` of an exported pair.

use serde_json::{Map, Value, json};
use tiebreak_core::{AspectAnswer, CandidateId};
use tiebreak_store::LiveJudgment;

/// The two candidates of a row; others are named by their place among the imported ones.
pub(crate) struct Named<'a> {
    pub(crate) chosen: CandidateId,
    pub(crate) rejected: CandidateId,
    pub(crate) all: &'a [CandidateId],
}

impl Named<'_> {
    fn name(&self, candidate: CandidateId) -> String {
        if candidate == self.chosen {
            return "chosen".to_owned();
        }
        if candidate == self.rejected {
            return "rejected".to_owned();
        }
        let place = self.all.iter().position(|one| *one == candidate).unwrap_or_default();
        format!("candidate {}", place + 1)
    }
}

/// A JSON list with an entry for each judgment that says more than its answer, strength and
/// reason in words; `None` if none does. What was not given is absent.
pub(crate) fn details(judgments: &[&LiveJudgment], named: &Named<'_>) -> Option<String> {
    let entries: Vec<Value> = judgments.iter().filter_map(|live| entry(live, named)).collect();
    (!entries.is_empty()).then(|| Value::Array(entries).to_string())
}

fn entry(live: &LiveJudgment, named: &Named<'_>) -> Option<Value> {
    let judgment = &live.judgment;
    let mut entry = Map::new();
    let mut put = |key: &str, values: Vec<Value>| {
        if !values.is_empty() {
            entry.insert(key.to_owned(), Value::Array(values));
        }
    };
    let name = |candidate| named.name(candidate);
    put("reason_tags", judgment.reason_tags.iter().map(|tag| json!(tag)).collect());
    put(
        "ranking",
        judgment
            .ranking
            .iter()
            .flat_map(|ranking| &ranking.tiers)
            .map(|tier| tier.iter().map(|candidate| name(*candidate)).collect())
            .collect(),
    );
    put(
        "aspects",
        judgment
            .aspects
            .iter()
            .map(|aspect| {
                let mut value = json!({ "aspect": aspect.aspect });
                match &aspect.answer {
                    AspectAnswer::Preferred(candidate) => {
                        value["preferred"] = json!(name(*candidate));
                    }
                    AspectAnswer::Tie => value["preferred"] = json!("tie"),
                    AspectAnswer::Ratings(ratings) => {
                        for (candidate, rating) in ratings {
                            value["ratings"][name(*candidate)] = json!(rating.get());
                        }
                    }
                }
                if !aspect.reason_tags.is_empty() {
                    value["reason_tags"] = json!(aspect.reason_tags);
                }
                value
            })
            .collect(),
    );
    put(
        "highlights",
        judgment
            .highlights
            .iter()
            .map(|span| {
                json!({
                    "candidate": name(span.candidate), "turn": span.turn, "start": span.start,
                    "end": span.end, "good": span.good, "reason": span.reason,
                })
            })
            .collect(),
    );
    put(
        "steps",
        judgment
            .steps
            .iter()
            .map(|mark| json!({ "candidate": name(mark.candidate), "first_wrong": mark.first_wrong }))
            .collect(),
    );
    put(
        "listening",
        judgment
            .listening
            .iter()
            .map(|span| {
                json!({
                    "candidate": name(span.candidate), "from_ms": span.from_ms,
                    "to_ms": span.to_ms, "at": span.at,
                })
            })
            .collect(),
    );
    if entry.is_empty() {
        return None;
    }
    entry.insert("annotator".to_owned(), json!(live.pseudonym));
    entry.insert("answer".to_owned(), json!(judgment.outcome.as_str()));
    if let Some(confidence) = judgment.confidence {
        entry.insert("confidence".to_owned(), json!(confidence));
    }
    Some(Value::Object(entry))
}
