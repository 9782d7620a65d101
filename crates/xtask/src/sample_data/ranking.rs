//! Prompts with two or more answers, some of which follow one another: hand-written in
//! `sample-data/ranking`, their answers put in another order by a seed, in
//! `sample-data/text-ranking.jsonl`.

use std::fs;

use serde::{Deserialize, Serialize};

use crate::error::XtaskError;
use crate::sample_data::random::Random;
use crate::stamp;
use crate::workspace::Workspace;

/// Chosen once; another seed gives other orders of answers.
const SEED: u64 = 20_260_104;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    comparison: Vec<Comparison>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparison {
    id: String,
    prompt: String,
    context: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    /// The comparison that must be answered before.
    follows: Option<String>,
    answer: Vec<Answer>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    text: String,
    system: String,
}

/// One line of the file.
#[derive(Serialize)]
struct Row {
    id: String,
    modality: &'static str,
    prompt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    candidates: Vec<Answer>,
    tags: Vec<String>,
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    follows: Option<String>,
}

/// The content of the file.
pub fn generate(workspace: &Workspace) -> Result<String, XtaskError> {
    let mut random = Random(SEED);
    let mut lines = String::new();
    for path in stamp::files_below(&workspace.path("sample-data/ranking"), &[])? {
        let text = fs::read_to_string(&path).map_err(XtaskError::file(&path))?;
        let source: Source =
            toml::from_str(&text).map_err(|error| XtaskError::content(&path, error.to_string()))?;
        for mut comparison in source.comparison {
            random.shuffle(&mut comparison.answer);
            let row = Row {
                id: comparison.id,
                modality: "text",
                prompt: comparison.prompt,
                context: comparison.context,
                candidates: comparison.answer,
                tags: comparison.tags,
                source: "sample-data",
                follows: comparison.follows,
            };
            let line = serde_json::to_string(&row)
                .map_err(|error| XtaskError::content(&path, error.to_string()))?;
            lines.push_str(&line);
            lines.push('\n');
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn the_committed_file_is_what_the_sources_give() {
        let workspace = Workspace::find().unwrap();
        let path = workspace.path("sample-data/text-ranking.jsonl");
        let committed = fs::read_to_string(path).unwrap();
        assert!(
            committed.replace("\r\n", "\n") == generate(&workspace).unwrap(),
            "sample-data/text-ranking.jsonl differs from its sources: run `cargo xtask sample-data`"
        );
    }

    #[test]
    fn comparisons_follow_earlier_ones_and_answers_differ() {
        let lines = generate(&Workspace::find().unwrap()).unwrap();
        let mut seen = BTreeSet::new();
        let mut counts = [0; 3];
        for line in lines.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let id = row["id"].as_str().unwrap().to_owned();
            let answers = row["candidates"].as_array().unwrap();
            for key in ["text", "system"] {
                let values: BTreeSet<_> = answers.iter().map(|a| a[key].as_str()).collect();
                assert_eq!(values.len(), answers.len(), "{id}: {key}");
            }
            if let Some(before) = row["follows"].as_str() {
                assert!(seen.contains(before), "{id} follows {before}, which is not before it");
                counts[0] += 1;
            }
            let is_steps = row["tags"].as_array().unwrap().iter().any(|tag| tag == "steps");
            if is_steps {
                let steps = |a: &Value| a["text"].as_str().unwrap().lines().count();
                assert!(answers.iter().all(|a| (3..=8).contains(&steps(a))), "{id}");
                counts[1] += 1;
            }
            counts[2] += i32::from(answers.len() == 4);
            assert!(seen.insert(id), "ids are unique");
        }
        assert_eq!(counts, [3, 6, 12], "chains, step by step, four answers");
    }
}
