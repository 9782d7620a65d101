//! Folders as Hugging Face's tools export sequence classifiers: what their files say, in the
//! words of `pack.toml`.
//!
//! Read are `config.json`, `tokenizer_config.json`, `special_tokens_map.json` and the chat
//! template, each only for what a score depends on. Deliberately absent: guessing. A model that
//! is no reward model by its own description is refused, with the way to describe it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::Value;
use tiebreak_core::{Modality, ScorerKind};

use crate::RewardError;
use crate::graph_file::GraphFile;
use crate::manifest::{Format, Label, ManifestFile, Pooling, Truncation};

const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";
const TOKENIZER_CONFIG: &str = "tokenizer_config.json";
const SPECIAL_TOKENS: &str = "special_tokens_map.json";
const TEMPLATE: &str = "chat_template.jinja";
/// Where exporters put the graph.
const MODELS: [&str; 2] = ["model.onnx", "onnx/model.onnx"];
/// Files of this kind are some kilobytes; lists of added tokens can make them larger.
const LARGEST_JSON: u64 = 1 << 24;
/// Longer inputs are cut even if the model could take them: attention grows with the square.
const LONGEST: u64 = 8192;
/// `tokenizer_config.json` says so when there is no limit.
const NO_LIMIT: f64 = 1e9;
/// Their position tables begin after the padding's number, so they have two more rows than
/// there can be tokens.
const OFFSET_POSITIONS: [&str; 7] =
    ["roberta", "xlm-roberta", "camembert", "longformer", "data2vec-text", "ibert", "mpnet"];
/// They read a whole text at once, so filling is told from text by the mask alone.
const READS_MASK: [&str; 12] = [
    "bert",
    "roberta",
    "xlm-roberta",
    "camembert",
    "deberta",
    "deberta-v2",
    "distilbert",
    "electra",
    "albert",
    "mpnet",
    "modernbert",
    "longformer",
];

/// Whether `dir` looks like such an export.
pub(crate) fn is_in(dir: &Path) -> bool {
    dir.join(CONFIG).is_file() && graph(dir).is_some()
}

/// What the files say, or `None` if there is no such export in `dir`. `wanted` is the label that
/// `pack.toml` names.
///
/// # Errors
/// If a file is damaged, or the model is no reward model.
pub(crate) fn describe(
    dir: &Path,
    wanted: Option<&Label>,
) -> Result<Option<ManifestFile>, RewardError> {
    let Some(config) = json(dir, CONFIG)? else { return Ok(None) };
    let Some(model) = graph(dir) else { return Ok(None) };
    let bad = |problem: String| RewardError::bad_pack(&dir.join(CONFIG), problem);
    if !dir.join(TOKENIZER).is_file() {
        let problem = format!(
            "{TOKENIZER} is missing; save the fast tokenizer (AutoTokenizer.from_pretrained and \
             save_pretrained) beside the model"
        );
        return Err(RewardError::bad_pack(dir, problem));
    }
    is_classifier(&config).map_err(bad)?;
    let label = label(&config, wanted).map_err(bad)?;
    let tokenizer_config = json(dir, TOKENIZER_CONFIG)?.unwrap_or(Value::Null);
    let special = json(dir, SPECIAL_TOKENS)?.unwrap_or(Value::Null);
    let tokens = tokens(&special, &tokenizer_config);
    let graph = GraphFile::skim(&dir.join(model))?;
    let output = output(&graph)
        .ok_or_else(|| RewardError::bad_pack(&dir.join(model), "it has no output called logits"))?;
    let config_pad = config.get("pad_token_id").and_then(Value::as_u64);
    let pad_id = config_pad.and_then(|id| u32::try_from(id).ok());
    let name = dir
        .canonicalize()
        .ok()
        .and_then(|dir| Some(dir.file_name()?.to_string_lossy().into_owned()));
    let source = config.get("_name_or_path").and_then(Value::as_str).filter(|s| !s.is_empty());
    Ok(Some(ManifestFile {
        format: Some(Format::HuggingFace),
        name,
        source: source.map(str::to_owned),
        licence: Some(String::new()),
        modality: Some(Modality::Text),
        kind: Some(ScorerKind::Pointwise),
        model: Some(model.to_owned()),
        tokenizer: Some(TOKENIZER.to_owned()),
        inputs: Some(graph.inputs),
        output: Some(output),
        label: label.map(Label::Column),
        pooling: Some(Pooling::InGraph),
        max_length: Some(max_length(&config, &tokenizer_config)),
        truncation: Some(truncation(&tokenizer_config)),
        pad_id,
        padded: Some(pad_id.is_some() || is_of(&config, &READS_MASK)),
        found_template: template(dir, &tokenizer_config)?,
        tokens: Some(tokens),
        ..ManifestFile::default()
    }))
}

fn graph(dir: &Path) -> Option<&'static str> {
    MODELS.into_iter().find(|model| dir.join(model).is_file())
}

fn output(graph: &GraphFile) -> Option<String> {
    match graph.outputs.iter().find(|name| *name == "logits") {
        Some(logits) => Some(logits.clone()),
        None if graph.outputs.len() == 1 => graph.outputs.first().cloned(),
        None => None,
    }
}

/// Refuses models that were made for something else, going by what `config.json` calls them.
fn is_classifier(config: &Value) -> Result<(), String> {
    let Some(architecture) = config.pointer("/architectures/0").and_then(Value::as_str) else {
        return Ok(());
    };
    let lower = architecture.to_lowercase();
    let known = ["classification", "classifier", "reward", "score", "regression"];
    if known.iter().any(|word| lower.contains(word)) {
        return Ok(());
    }
    Err(format!(
        "the model is a {architecture}, not a sequence classifier that gives a reward; describe \
         it by a pack.toml"
    ))
}

/// The column that is the reward: the only one, or the one asked for.
fn label(config: &Value, wanted: Option<&Label>) -> Result<Option<usize>, String> {
    let mut names: Vec<(usize, String)> = config
        .get("id2label")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(id, name)| Some((id.parse().ok()?, name.as_str()?.to_owned())))
        .collect();
    names.sort();
    if names.is_empty() {
        // What transformers takes when nothing is said.
        let count = config.get("num_labels").and_then(Value::as_u64).unwrap_or(2).min(1000);
        names = (0..count as usize).map(|id| (id, format!("LABEL_{id}"))).collect();
    }
    let listed = || {
        let shown: Vec<&str> = names.iter().take(12).map(|(_, name)| name.as_str()).collect();
        format!("{}{}", shown.join(", "), if names.len() > 12 { ", ..." } else { "" })
    };
    match wanted {
        None if names.len() == 1 => Ok(None),
        None => Err(format!(
            "the model has {} labels ({}), a reward model has 1; to take one of them as the \
             reward, put a pack.toml beside it with format = \"hugging-face\" and label = \"{}\"",
            names.len(),
            listed(),
            names.last().map_or("", |(_, name)| name)
        )),
        Some(Label::Column(column)) if names.iter().any(|(id, _)| id == column) => {
            Ok(Some(*column))
        }
        Some(Label::Column(column)) => {
            Err(format!("pack.toml asks for label {column}; there are 0 to {}", names.len() - 1))
        }
        Some(Label::Name(wanted)) => {
            names.iter().find(|(_, name)| name == wanted).map(|(id, _)| Some(*id)).ok_or_else(
                || format!("pack.toml asks for label \"{wanted}\"; there are {}", listed()),
            )
        }
    }
}

/// The shortest of the limits that are stated.
fn max_length(config: &Value, tokenizer_config: &Value) -> usize {
    let positions = ["max_position_embeddings", "n_positions", "max_sequence_length"]
        .iter()
        .find_map(|field| config.get(field)?.as_u64());
    let offset = if is_of(config, &OFFSET_POSITIONS) { 2 } else { 0 };
    let stated = tokenizer_config
        .get("model_max_length")
        .and_then(Value::as_f64)
        .filter(|length| (1.0..NO_LIMIT).contains(length))
        .map(|length| length as u64);
    let limits = [positions.map(|count| count.saturating_sub(offset)), stated];
    limits.into_iter().flatten().fold(LONGEST, u64::min) as usize
}

fn is_of(config: &Value, types: &[&str]) -> bool {
    config.get("model_type").and_then(Value::as_str).is_some_and(|kind| types.contains(&kind))
}

fn truncation(tokenizer_config: &Value) -> Truncation {
    match tokenizer_config.get("truncation_side").and_then(Value::as_str) {
        Some("left") => Truncation::Start,
        _ => Truncation::End,
    }
}

/// Special tokens by their names, as templates see them. Those of the tokenizer's configuration
/// go before those of the older file.
fn tokens(special: &Value, tokenizer_config: &Value) -> BTreeMap<String, String> {
    let mut tokens = BTreeMap::new();
    for source in [special, tokenizer_config] {
        for (name, token) in source.as_object().into_iter().flatten() {
            let content = token.as_str().or_else(|| token.get("content")?.as_str());
            if let (true, Some(content)) = (name.ends_with("_token"), content) {
                tokens.insert(name.clone(), content.to_owned());
            }
        }
    }
    tokens
}

/// The chat template and the file that it is in. A file of its own goes before the field.
fn template(dir: &Path, tokenizer_config: &Value) -> Result<Option<(String, String)>, RewardError> {
    let path = dir.join(TEMPLATE);
    if let Some(text) = read(&path)? {
        return Ok(Some((TEMPLATE.to_owned(), text)));
    }
    let found = |text: &str| (TOKENIZER_CONFIG.to_owned(), text.to_owned());
    match tokenizer_config.get("chat_template") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(found(text))),
        // Several, each with a name.
        Some(Value::Array(templates)) => {
            let named = |template: &&Value| template.get("name")?.as_str().map(|n| n == "default");
            let default = templates.iter().find(|template| named(template).unwrap_or(false));
            match default.and_then(|template| template.get("template")?.as_str()) {
                Some(text) => Ok(Some(found(text))),
                None => Err(RewardError::bad_pack(
                    &dir.join(TOKENIZER_CONFIG),
                    "none of the chat templates is called default",
                )),
            }
        }
        Some(_) => Err(RewardError::bad_pack(
            &dir.join(TOKENIZER_CONFIG),
            "chat_template is neither a text nor a list of templates",
        )),
    }
}

fn json(dir: &Path, name: &str) -> Result<Option<Value>, RewardError> {
    let path = dir.join(name);
    let Some(text) = read(&path)? else { return Ok(None) };
    let value = serde_json::from_str(&text)
        .map_err(|error| RewardError::bad_pack(&path, format!("it is no JSON: {error}")))?;
    Ok(Some(value))
}

/// A file of the folder, if it is there. A link must not lead out of the folder.
fn read(path: &PathBuf) -> Result<Option<String>, RewardError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(RewardError::io("open", path)(error)),
    };
    let inside = || {
        let dir = path.parent()?.canonicalize().ok()?;
        path.canonicalize().ok().map(|real| real.starts_with(dir))
    };
    if inside() != Some(true) {
        return Err(RewardError::bad_pack(path, "it leads out of the pack"));
    }
    if !metadata.is_file() || metadata.len() > LARGEST_JSON {
        return Err(RewardError::bad_pack(path, "it is no file, or too large"));
    }
    fs::read_to_string(path).map(Some).map_err(RewardError::io("read", path))
}
