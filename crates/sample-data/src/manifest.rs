//! The rows of a manifest, one JSON object a line.

use serde::Serialize;

/// One comparison.
#[derive(Serialize)]
pub struct Row {
    /// Unique in the study.
    pub id: String,
    /// `image` or `music`.
    pub modality: &'static str,
    /// What both systems were asked for.
    pub prompt: String,
    /// What to judge by, shown apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// Two files of two systems.
    pub candidates: Vec<Candidate>,
    /// Labels of the prompt.
    pub tags: Vec<&'static str>,
    /// Where the row comes from.
    pub source: &'static str,
}

/// One file.
#[derive(Serialize)]
pub struct Candidate {
    /// Its path, from the manifest's folder.
    pub media: String,
    /// The system that made it.
    pub system: &'static str,
    /// A text shown beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The lines of a manifest.
pub fn lines(rows: &[Row]) -> Result<String, serde_json::Error> {
    let mut lines = String::new();
    for row in rows {
        lines.push_str(&serde_json::to_string(row)?);
        lines.push('\n');
    }
    Ok(lines)
}
