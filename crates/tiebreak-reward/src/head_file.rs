//! A trained head on disk: `head.onnx` has the weights, `head.json` says what they were trained
//! on and how well they do.

use std::path::Path;
use std::{fs, io};

use prost::Message;
use serde::{Deserialize, Serialize};
use tiebreak_core::{ContentHash, FeatureSet, RewardHead, TieModel};

use crate::RewardError;
use crate::atomic::write_file;
use crate::onnx::{GraphBuilder, Model};

/// The head's graph inside a pack.
pub const HEAD_GRAPH: &str = "head.onnx";
/// The head's description inside a pack.
pub const HEAD_CARD: &str = "head.json";

const FORMAT: u32 = 1;
const WEIGHTS: &str = "weights";

/// A head as it was saved.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedHead {
    /// The weights, and the encoder that they belong to.
    pub head: RewardHead,
    /// What the training said of itself: data, accuracy, settings.
    pub card: serde_json::Value,
}

/// The content of `head.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Description {
    format: u32,
    embedding_dim: usize,
    encoder_hash: ContentHash,
    members: usize,
    /// In words; `feature_set` is what counts.
    features: String,
    /// Absent in files of heads trained before there was a choice.
    #[serde(default = "first_feature_set")]
    feature_set: FeatureSet,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ties: Option<TieModel>,
    /// Ties the two files together: a half-replaced head is noticed.
    graph_hash: ContentHash,
    card: serde_json::Value,
}

const fn first_feature_set() -> FeatureSet {
    FeatureSet::Text1
}

/// Saves a head into a pack's folder, replacing the one there.
///
/// # Errors
/// If the head has no members or members of a wrong length, or on a failed write; the old head
/// is then still there or, after a crash between the two files, refused on loading.
pub fn save_head(
    folder: &Path,
    head: &RewardHead,
    card: serde_json::Value,
) -> Result<(), RewardError> {
    fs::create_dir_all(folder).map_err(|source| RewardError::Io {
        action: "make",
        path: folder.to_owned(),
        source,
    })?;
    let graph = graph(head).map_err(RewardError::BadHead)?;
    let description = Description {
        format: FORMAT,
        embedding_dim: head.embedding_dim,
        encoder_hash: head.encoder_hash,
        members: head.members.len(),
        features: head.features.describe().to_owned(),
        feature_set: head.features,
        ties: head.ties,
        graph_hash: ContentHash::of(&graph),
        card,
    };
    let mut json = serde_json::to_vec_pretty(&description)
        .map_err(|error| RewardError::BadHead(error.to_string()))?;
    json.push(b'\n');
    write_file(&folder.join(HEAD_GRAPH), &graph)?;
    write_file(&folder.join(HEAD_CARD), &json)
}

/// Loads the head in a pack's folder; `None` if there is none.
///
/// # Errors
/// If one of its two files is missing, or they are damaged or do not belong together.
pub fn load_head(folder: &Path) -> Result<Option<SavedHead>, RewardError> {
    let graph = read_if_there(&folder.join(HEAD_GRAPH))?;
    let json = read_if_there(&folder.join(HEAD_CARD))?;
    let (graph, json) = match (graph, json) {
        (None, None) => return Ok(None),
        (Some(graph), Some(json)) => (graph, json),
        (graph, _) => {
            let missing = if graph.is_none() { HEAD_GRAPH } else { HEAD_CARD };
            return Err(RewardError::BadHead(format!(
                "{missing} is missing from {}",
                folder.display()
            )));
        }
    };
    let bad = |file: &str, problem: &str| {
        RewardError::BadHead(format!("{}: {problem}", folder.join(file).display()))
    };
    let description: Description =
        serde_json::from_slice(&json).map_err(|error| bad(HEAD_CARD, &error.to_string()))?;
    if description.format != FORMAT {
        return Err(bad(HEAD_CARD, &format!("format {} is not {FORMAT}", description.format)));
    }
    if description.graph_hash != ContentHash::of(&graph) {
        return Err(bad(HEAD_CARD, "graph_hash is not that of head.onnx; train the head again"));
    }
    let columns =
        members(&graph).ok_or_else(|| bad(HEAD_GRAPH, "no weights of the right shape"))?;
    let head = RewardHead {
        embedding_dim: description.embedding_dim,
        encoder_hash: description.encoder_hash,
        features: description.feature_set,
        members: columns,
        ties: description.ties,
    };
    check(&head).map_err(|problem| bad(HEAD_GRAPH, &problem))?;
    if head.members.len() != description.members {
        return Err(bad(HEAD_CARD, "members is not the number of members in head.onnx"));
    }
    Ok(Some(SavedHead { head, card: description.card }))
}

/// The head as an ONNX file.
pub(crate) fn graph(head: &RewardHead) -> Result<Vec<u8>, String> {
    check(head)?;
    let (rows, columns) = (head.features.len(head.embedding_dim), head.members.len());
    let weights: Vec<f32> =
        (0..rows).flat_map(|row| head.members.iter().map(move |member| member[row])).collect();
    let mut graph = GraphBuilder::new("reward head");
    let features = graph.float_input("features", rows);
    let weights = graph.floats(WEIGHTS, &[rows, columns], &weights);
    let scores = graph.op("MatMul", &[&features, &weights], "scores");
    graph.float_output(&scores, columns);
    Ok(graph.encode())
}

fn check(head: &RewardHead) -> Result<(), String> {
    let expected = head.features.len(head.embedding_dim);
    if head.members.is_empty() {
        return Err("it has no members".to_owned());
    }
    for (n, member) in head.members.iter().enumerate() {
        if member.len() != expected {
            return Err(format!("member {n} has {} weights, not {expected}", member.len()));
        }
        if member.iter().any(|weight| !weight.is_finite()) {
            return Err(format!("member {n} has a weight that is not finite"));
        }
    }
    Ok(())
}

/// The columns of the weights in a head's graph.
fn members(graph: &[u8]) -> Option<Vec<Vec<f32>>> {
    let graph = Model::decode(graph).ok()?.graph?;
    let tensor = graph.initializer.iter().find(|tensor| tensor.name == WEIGHTS)?;
    let &[_, columns] = tensor.dims.as_slice() else { return None };
    let columns = usize::try_from(columns).ok().filter(|&columns| columns > 0)?;
    let weights = tensor.floats()?;
    Some((0..columns).map(|n| weights.iter().skip(n).step_by(columns).copied().collect()).collect())
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, RewardError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(RewardError::io("read", path)(error)),
    }
}
