//! Pairs of answers: hand-written prompts and answers in `sample-data/source`, paired by a seed
//! into `sample-data/text.jsonl`.

use std::fs;

use serde::{Deserialize, Serialize};

use crate::error::XtaskError;
use crate::sample_data::random::Random;
use crate::stamp;
use crate::workspace::Workspace;

/// Chosen once; another seed gives other sides, systems and labels.
const SEED: u64 = 20_260_101;

/// The fictional systems, from weakest to strongest: a better answer is likelier to come from a
/// stronger one.
const SYSTEMS: [&str; 5] = ["small-1", "small-2", "medium-1", "large-1", "large-2"];

/// The fictional raters and the standard deviation of each one's error, in steps of quality.
const RATERS: [(&str, f64); 4] =
    [("rater 1", 0.5), ("rater 2", 0.8), ("rater 3", 1.1), ("rater 4", 1.6)];

/// The share of the pairs that people have labelled.
const LABELLED_SHARE: f64 = 0.4;
/// The share of the pairs that the AI judge has labelled.
const JUDGED_SHARE: f64 = 0.8;

#[derive(Deserialize)]
struct Source {
    prompt: Vec<SourcePrompt>,
}

#[derive(Deserialize)]
struct SourcePrompt {
    id: String,
    text: Option<String>,
    messages: Option<Vec<Message>>,
    answer: Vec<SourceAnswer>,
}

#[derive(Deserialize)]
struct SourceAnswer {
    quality: f64,
    text: String,
}

#[derive(Clone, Deserialize, Serialize)]
struct Message {
    role: String,
    content: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Prompt {
    Text(String),
    Messages(Vec<Message>),
}

/// One line of the file.
#[derive(Serialize)]
struct Pair {
    id: String,
    modality: &'static str,
    prompt: Prompt,
    response_a: String,
    response_b: String,
    /// From -2 (A is much better) to 2 (B is much better).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    human_labels: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    human_raters: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ai_labels: Option<AiLabels>,
    scale: &'static str,
    source: &'static str,
    model_a: &'static str,
    model_b: &'static str,
    category: String,
}

#[derive(Serialize)]
struct AiLabels {
    #[serde(rename = "judge-1")]
    judge: i64,
}

/// The content of the file.
pub fn generate(workspace: &Workspace) -> Result<String, XtaskError> {
    let mut random = Random(SEED);
    let mut pairs = Vec::new();
    for path in stamp::files_below(&workspace.path("sample-data/source"), &[])? {
        let text = fs::read_to_string(&path).map_err(XtaskError::file(&path))?;
        let source: Source =
            toml::from_str(&text).map_err(|error| XtaskError::content(&path, error.to_string()))?;
        let category = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for prompt in &source.prompt {
            if prompt.text.is_some() == prompt.messages.is_some() {
                let reason = format!("prompt {} needs either text or messages", prompt.id);
                return Err(XtaskError::content(&path, reason));
            }
            pairs.extend(pairs_of(prompt, &category, &mut random));
        }
    }
    random.shuffle(&mut pairs);
    let mut lines = String::new();
    for pair in &pairs {
        let line = serde_json::to_string(pair).map_err(|error| {
            XtaskError::content(&workspace.path("sample-data"), error.to_string())
        })?;
        lines.push_str(&line);
        lines.push('\n');
    }
    Ok(lines)
}

/// All pairs of one prompt's answers.
fn pairs_of(prompt: &SourcePrompt, category: &str, random: &mut Random) -> Vec<Pair> {
    let systems = systems_for(&prompt.answer, random);
    let mut pairs = Vec::new();
    for i in 0..prompt.answer.len() {
        for j in i + 1..prompt.answer.len() {
            let (a, b) = if random.chance(0.5) { (i, j) } else { (j, i) };
            let number = pairs.len() + 1;
            let answers = [&prompt.answer[a], &prompt.answer[b]];
            let (human_raters, human_labels) = human_labels(answers, random);
            pairs.push(Pair {
                id: format!("{}-{number}", prompt.id),
                modality: "text",
                prompt: match (&prompt.text, &prompt.messages) {
                    (_, Some(messages)) => Prompt::Messages(messages.clone()),
                    (text, None) => Prompt::Text(text.clone().unwrap_or_default()),
                },
                response_a: answers[0].text.clone(),
                response_b: answers[1].text.clone(),
                human_labels,
                human_raters,
                ai_labels: ai_label(answers, random),
                scale: "five",
                source: "sample-data",
                model_a: systems[a],
                model_b: systems[b],
                category: category.to_owned(),
            });
        }
    }
    pairs
}

/// A different system for each answer, the better answers by trend from the stronger systems.
fn systems_for(answers: &[SourceAnswer], random: &mut Random) -> Vec<&'static str> {
    let mut free: Vec<usize> = (0..SYSTEMS.len()).collect();
    let mut best_first: Vec<usize> = (0..answers.len()).collect();
    best_first.sort_by(|a, b| answers[*b].quality.total_cmp(&answers[*a].quality));
    let mut systems = vec![""; answers.len()];
    for answer in best_first {
        let score = |system: usize, random: &mut Random| system as f64 + 1.3 * random.normal();
        let scores: Vec<f64> = free.iter().map(|system| score(*system, random)).collect();
        let place = (0..free.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        systems[answer] = SYSTEMS[free.remove(place)];
    }
    systems
}

fn human_labels([a, b]: [&SourceAnswer; 2], random: &mut Random) -> (Vec<&'static str>, Vec<i64>) {
    if !random.chance(LABELLED_SHARE) {
        return (Vec::new(), Vec::new());
    }
    let mut raters = RATERS;
    random.shuffle(&mut raters);
    let count = 1 + random.below(3);
    let label =
        |error: f64, random: &mut Random| on_scale(b.quality - a.quality + error * random.normal());
    raters.into_iter().take(count).map(|(name, error)| (name, label(error, random))).unzip()
}

/// The AI judge errs like a person and likes long answers.
fn ai_label([a, b]: [&SourceAnswer; 2], random: &mut Random) -> Option<AiLabels> {
    if !random.chance(JUDGED_SHARE) {
        return None;
    }
    let chars = |answer: &SourceAnswer| answer.text.chars().count() as f64;
    // Twice as long is worth about half a step of quality. No logarithm: its last digit
    // may differ between machines.
    let longer = 1.4 * (chars(b) - chars(a)) / (chars(a) + chars(b));
    Some(AiLabels { judge: on_scale(b.quality - a.quality + longer + random.normal()) })
}

/// A difference of qualities on the scale of labels: half a step is a tie, above two is much.
fn on_scale(difference: f64) -> i64 {
    let size = match difference.abs() {
        size if size < 0.5 => 0,
        size if size < 2.0 => 1,
        _ => 2,
    };
    if difference < 0.0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::*;

    #[test]
    fn the_committed_file_is_what_the_sources_give() {
        let workspace = Workspace::find().unwrap();
        let committed = fs::read_to_string(workspace.path("sample-data/text.jsonl")).unwrap();
        assert!(
            committed.replace("\r\n", "\n") == generate(&workspace).unwrap(),
            "sample-data/text.jsonl differs from its sources: run `cargo xtask sample-data`"
        );
    }

    #[test]
    fn the_study_shows_every_feature() {
        let lines = generate(&Workspace::find().unwrap()).unwrap();
        let rows: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let ids: BTreeSet<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), rows.len(), "ids are unique");
        assert!((220..=260).contains(&rows.len()), "{} pairs", rows.len());
        let count = |test: &dyn Fn(&Value) -> bool| rows.iter().filter(|row| test(row)).count();
        assert!(count(&|row| row["prompt"].is_array()) >= 12, "conversations");
        assert!(count(&|row| row["human_labels"].is_array()) >= 70, "labelled by people");
        assert!(count(&|row| row["ai_labels"].is_object()) >= 150, "labelled by the AI judge");
        for sign in ["```rust", "```python", "```sql", "$$", "|---|", "まし", "عزيزي", "- [ ]"]
        {
            let has = |row: &Value| row["response_a"].as_str().unwrap().contains(sign);
            assert!(count(&has) >= 1, "an answer with {sign}");
        }
    }

    #[test]
    fn sides_are_balanced_and_stronger_systems_win() {
        let lines = generate(&Workspace::find().unwrap()).unwrap();
        let (mut left, mut right) = (0, 0);
        let mut wins: BTreeMap<String, i64> = BTreeMap::new();
        for line in lines.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let labels = row["human_labels"].as_array().cloned().unwrap_or_default();
            let raters = row["human_raters"].as_array().map_or(0, Vec::len);
            assert_eq!(labels.len(), raters, "{}", row["id"]);
            assert_ne!(row["model_a"], row["model_b"], "{}", row["id"]);
            for label in labels.iter().map(|label| label.as_i64().unwrap()) {
                assert!((-2..=2).contains(&label), "{}", row["id"]);
                left += i32::from(label < 0);
                right += i32::from(label > 0);
                let of = |side: &str| row[side].as_str().unwrap().to_owned();
                *wins.entry(of("model_a")).or_default() -= label.signum();
                *wins.entry(of("model_b")).or_default() += label.signum();
            }
        }
        assert!((left - right).abs() < (left + right) / 4, "{left} left, {right} right");
        assert!(wins["large-2"] > 0 && wins["small-1"] < 0, "{wins:?}");
    }
}
