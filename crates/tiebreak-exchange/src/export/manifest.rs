//! `manifest.json`: the card for machines, and how a later export knows the files of this one.

use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tiebreak_core::{PolicyRun, RewardModelIdentity};

use super::columns::Column;
use super::{DatasetCard, ExportOptions, LeftOut};

pub(super) const NAME: &str = "manifest.json";
const TOOL: &str = "tiebreak";

/// What the writer counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) rows: u64,
    pub(super) human: u64,
    pub(super) ai: u64,
}

/// One data file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct SplitFile {
    pub(super) split: String,
    /// From the folder of the data set, with forward slashes.
    pub(super) path: String,
    pub(super) bytes: u64,
    #[serde(flatten)]
    pub(super) counts: Counts,
}

#[derive(Serialize)]
struct Manifest<'a> {
    tool: Tool<'a>,
    manifest_version: u32,
    format: &'static str,
    created_at: DateTime<Utc>,
    title: &'a str,
    question: Option<&'a str>,
    licence: Option<&'a str>,
    #[serde(flatten)]
    counts: &'a Counts,
    files: &'a [SplitFile],
    /// Images and clips, from the folder of the data set.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    media: &'a [String],
    columns: Vec<ColumnEntry>,
    left_out: &'a [LeftOut],
    reward_models: &'a [RewardModelIdentity],
    policy_run: Option<&'a PolicyRun>,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct ColumnEntry {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    nullable: bool,
    about: &'static str,
}

/// The manifest as text.
pub(super) fn manifest(
    card: &DatasetCard,
    options: ExportOptions,
    columns: &[Column],
    counts: &Counts,
    files: &[SplitFile],
    media: &[String],
) -> serde_json::Result<String> {
    let columns = columns
        .iter()
        .map(|column| ColumnEntry {
            name: column.name,
            kind: column.kind.as_str(),
            nullable: column.nullable,
            about: column.about,
        })
        .collect();
    let manifest = Manifest {
        tool: Tool { name: TOOL, version: &card.tool_version },
        manifest_version: 1,
        format: options.format.as_str(),
        created_at: card.created_at,
        title: &card.title,
        question: card.question.as_deref(),
        licence: card.licence.as_deref(),
        counts,
        files,
        media,
        columns,
        left_out: &card.left_out,
        reward_models: &card.reward_models,
        policy_run: card.policy_run.as_ref(),
    };
    serde_json::to_string_pretty(&manifest).map(|text| text + "\n")
}

/// The data files, images and clips of an earlier export, if `text` is the manifest of one.
pub(super) fn files_of(text: &str) -> Option<Vec<PathBuf>> {
    let manifest: Value = serde_json::from_str(text).ok()?;
    if manifest["tool"]["name"] != TOOL {
        return None;
    }
    let files = manifest["files"].as_array()?.iter().map(|file| &file["path"]);
    let media = manifest["media"].as_array().into_iter().flatten();
    let inside = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_)));
    Some(
        files
            .chain(media)
            .filter_map(|path| path.as_str().map(PathBuf::from))
            .filter(|path| inside(path))
            .collect(),
    )
}
