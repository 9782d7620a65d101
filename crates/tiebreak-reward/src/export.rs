//! What was learnt, as one file that needs nothing of ours: encoder and head in one ONNX graph,
//! with the tokenizer and all settings in its metadata.
//!
//! The encoder's graph stays as it is; after it come the head's few nodes, in operators that mean
//! the same in every operator set from 11 on. A text model takes prompts and answers as
//! alternating rows of one batch, so that the encoder is there once and runs once.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tiebreak_core::{ContentHash, FeatureSet, RewardHead, SURFACE_FEATURES};

use crate::atomic::write_file;
use crate::graph_file::GraphFile;
use crate::manifest::{self, Measures, Pooling, TextInput, Truncation};
use crate::onnx::{self, Addition, Attribute, GraphBuilder};
use crate::{Manifest, Pack, RewardError};
use card::About;

mod card;

/// The one file.
pub const EXPORTED_MODEL: &str = "reward.onnx";
/// What is to be known about it.
pub const EXPORTED_CARD: &str = "MODEL_CARD.md";
/// What the encoder's pack says of itself, for images and music: how a file becomes its input.
pub const EXPORTED_PACK: &str = "pack.toml";
/// How to score with it in Python; for text only.
pub const EXPORTED_SCRIPT: &str = "score.py";

const SCRIPT: &str = include_str!("export/score.py");
const LEGAL: [&str; 2] = ["LICENSE", "NOTICE"];
/// Slice with steps came with 10, CumSum with 11.
const OLDEST_OPERATORS: i64 = 11;
/// What Protocol Buffers can hold, less some room for the head.
const LARGEST_FILE: u64 = (2 << 30) - (16 << 20);
/// Every name that we add begins with this or is an input or output named in the card.
const OURS: &str = "tiebreak.";
/// What the rows of our inputs and outputs are called: one a candidate.
const ROWS: &str = "tiebreak.candidates";

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Exported {
    /// The folder.
    pub folder: PathBuf,
    /// The files in it.
    pub files: Vec<String>,
    /// Hash of encoder and head, as scores in studies name it.
    pub pack_hash: ContentHash,
}

/// Writes `reward.onnx`, its card and, for text, a script that scores with it, else the encoder's
/// `pack.toml`, into `folder`. `card` is what the training said of the head.
///
/// The graph gives `reward [n]`, the mean over the ensemble in log-odds, and
/// `member_rewards [n, members]`, beside the encoder's own outputs. For text it takes
/// `input_ids` and whichever of `attention_mask`, `token_type_ids` and `position_ids` the encoder
/// takes, `[2 n, tokens]`, with rows alternating between a prompt and its answer, and `surface [n, k]`: the surface
/// features of the head. For images and music it takes the encoder's input, one row a candidate,
/// and `measures [n, k]`: the measured values of the embedding, where it has any that the graph
/// does not give.
///
/// # Errors
/// If the pack is no encoder, or what it does cannot be done by one file: its graph is too old to be
/// extended, larger than 2 GB with its constants, keeps some of a nested graph elsewhere, or may not
/// be given padding; or on a failed write. The model is written last.
pub fn export(
    pack: &Pack,
    head: &RewardHead,
    card: &Value,
    folder: &Path,
) -> Result<Exported, RewardError> {
    let bad = |problem: &str| RewardError::bad_pack(&pack.model, problem);
    if pack.manifest.text().is_some_and(|text| !text.padded) {
        return Err(bad(
            "it scores texts of different lengths one by one (`padded = false`), and an \
                        exported model reads a prompt and its answer as rows of one batch",
        ));
    }
    let mut size = 0;
    for file in pack.external.iter().chain([&pack.model]) {
        size += fs::metadata(file).map_err(RewardError::io("read", file))?.len();
    }
    if size > LARGEST_FILE {
        return Err(bad(
            "with its constants it is larger than 2 GB, which one ONNX file cannot be",
        ));
    }
    let encoder = fs::read(&pack.model).map_err(RewardError::io("read", &pack.model))?;
    let home = pack.model.parent().unwrap_or(&pack.dir);
    let encoder = onnx::gather(&encoder, &pack.model, home)?;
    let gathered = GraphFile::of(Cursor::new(&encoder), encoder.len() as u64, &pack.model)?;
    if let Some(left) = gathered.external.first() {
        let name = &left.name;
        return Err(bad(&format!("the constant {name} of a nested graph is in another file")));
    }
    match onnx::standard_operators(&encoder) {
        Some(version) if version >= OLDEST_OPERATORS => {}
        Some(version) => {
            return Err(bad(&format!(
                "it is written for operator set {version}; a head can be added from \
                 {OLDEST_OPERATORS} on"
            )));
        }
        None => return Err(bad("it names no operator set")),
    }
    let pack_hash = crate::head::pack_hash(pack.encoder_hash, head);
    let about = About { pack, head, card, pack_hash };
    let text = about.card();
    let hash = pack_hash.to_string();
    let features = head.features.describe();
    let mut metadata = vec![
        ("tiebreak.card", text.as_str()),
        ("tiebreak.pack_hash", hash.as_str()),
        ("tiebreak.features", features),
    ];
    let tokens = pack.manifest.text().map(|text| tokens(pack, text)).transpose()?;
    if let Some(tokens) = &tokens {
        metadata.extend(tokens.iter().map(|(key, value)| (*key, value.as_str())));
    }
    let described = if tokens.is_none() {
        let path = pack.dir.join(manifest::FILE_NAME);
        Some(fs::read_to_string(&path).map_err(RewardError::io("read", &path))?)
    } else {
        None
    };
    if let Some(described) = &described {
        metadata.push(("tiebreak.pack", described));
    }
    let graph = graph(&pack.manifest, head).map_err(|problem| bad(&problem))?.into_graph();
    let model = onnx::append(&encoder, &Addition { graph, metadata: &metadata })
        .map_err(|problem| bad(&problem))?;

    fs::create_dir_all(folder).map_err(RewardError::io("make", folder))?;
    let mut files = Vec::new();
    let mut write = |name: &str, bytes: &[u8]| {
        files.push(name.to_owned());
        write_file(&folder.join(name), bytes)
    };
    for name in LEGAL {
        if let Ok(text) = fs::read(pack.dir.join(name)) {
            write(name, &text)?;
        }
    }
    write(EXPORTED_CARD, text.as_bytes())?;
    if tokens.is_some() {
        write(EXPORTED_SCRIPT, SCRIPT.as_bytes())?;
    }
    if let Some(described) = &described {
        write(EXPORTED_PACK, described.as_bytes())?;
    }
    write(EXPORTED_MODEL, &model)?;
    Ok(Exported { folder: folder.to_owned(), files, pack_hash })
}

/// What makes tokens of texts, for the metadata.
fn tokens(pack: &Pack, text: &TextInput) -> Result<[(&'static str, String); 4], RewardError> {
    let file = pack.dir.join(&text.tokenizer);
    let tokenizer = fs::read_to_string(&file).map_err(RewardError::io("read", &file))?;
    let side = if text.truncation == Truncation::End { "right" } else { "left" };
    Ok([
        ("tiebreak.tokenizer", tokenizer),
        ("tiebreak.max_length", text.max_length.to_string()),
        ("tiebreak.truncation_side", side.to_owned()),
        ("tiebreak.pad_id", text.pad_id.to_string()),
    ])
}

/// The nodes between the encoder's output and the rewards.
fn graph(manifest: &Manifest, head: &RewardHead) -> Result<GraphBuilder, String> {
    let members = head.members.len();
    let rows = head.features.len(head.embedding_dim);
    let mut graph = GraphBuilder::new("");
    let output = graph.cast_float(&manifest.output, &own("output"));
    let features = if let Some(text) = manifest.text() {
        let embedding = pooled(&mut graph, text, manifest.embedding_dim, &output)?;
        text_features(&mut graph, head, &embedding)
    } else {
        media_features(&mut graph, manifest, &output)
    };
    let weights: Vec<f32> =
        (0..rows).flat_map(|row| head.members.iter().map(move |member| member[row])).collect();
    let weights = graph.floats(&own("weights"), &[rows, members], &weights);
    let rewards = graph.op("MatMul", &[&features, &weights], "member_rewards");
    graph.shaped_output(&rewards, &[ROWS], &[members]);
    let share = graph.floats(&own("share"), &[members, 1], &vec![1.0 / members as f32; members]);
    let mean = graph.op("MatMul", &[&rewards, &share], &own("mean"));
    let flat = graph.ints(&own("flat"), &[-1]);
    graph.op("Reshape", &[&mean, &flat], "reward");
    graph.shaped_output("reward", &[ROWS], &[]);
    Ok(graph)
}

/// `[2 n, dim]` from what the encoder gives: pooled and scaled as the pack says.
fn pooled(
    graph: &mut GraphBuilder,
    text: &TextInput,
    dim: usize,
    output: &str,
) -> Result<String, String> {
    let pooled = if text.pooling == Pooling::InGraph {
        output.to_owned()
    } else {
        let chosen = chosen_tokens(graph, text)?;
        let flat = graph.ints(&own("rows"), &[-1, dim as i64]);
        let sum = graph.op("MatMul", &[&chosen, output], &own("pooled_rows"));
        graph.op("Reshape", &[&sum, &flat], &own("pooled"))
    };
    // The mean's division by the number of tokens cancels in the scaling, so it is left to here.
    if text.normalise {
        let square = graph.op("Mul", &[&pooled, &pooled], &own("pooled_square"));
        let ones = graph.floats(&own("pooled_ones"), &[dim, 1], &vec![1.0; dim]);
        let squares = graph.op("MatMul", &[&square, &ones], &own("pooled_squares"));
        let length = graph.op("Sqrt", &[&squares], &own("pooled_length"));
        let least = graph.floats(&own("pooled_least"), &[1], &[f32::MIN_POSITIVE]);
        let length = graph.op("Max", &[&length, &least], &own("pooled_divisor"));
        return Ok(graph.op("Div", &[&pooled, &length], &own("pooled_unit")));
    }
    Ok(pooled)
}

/// `[2 n, 1, tokens]`: how much each token counts in the pooled vector.
fn chosen_tokens(graph: &mut GraphBuilder, text: &TextInput) -> Result<String, String> {
    const MASK: &str = "attention_mask";
    if !text.inputs.iter().any(|input| input == MASK) {
        return Err(format!("pooling outside the graph needs the input {MASK}"));
    }
    let mask = graph.cast_float(MASK, &own("mask"));
    let row = graph.ints(&own("mask_as_row"), &[0, 1, -1]);
    let column = graph.ints(&own("mask_as_column"), &[0, -1, 1]);
    let row = graph.op("Reshape", &[&mask, &row], &own("mask_row"));
    let column = graph.op("Reshape", &[&mask, &column], &own("mask_column"));
    // Ones times ones: the number of tokens, [2 n, 1, 1].
    let count = graph.op("MatMul", &[&row, &column], &own("tokens"));
    let place = |graph: &mut GraphBuilder| {
        let axis = graph.ints(&own("last_axis"), &[2]);
        let scalar = graph.ints(&own("scalar"), &[]);
        let axis = graph.op("Reshape", &[&axis, &scalar], &own("axis"));
        let places = graph.op("CumSum", &[&row, &axis], &own("places"));
        // Padding gets the place 0.
        graph.op("Mul", &[&places, &row], &own("token_places"))
    };
    let equal = |graph: &mut GraphBuilder, to: &str| {
        let places = place(graph);
        let equal = graph.op("Equal", &[&places, to], &own("is_chosen"));
        graph.cast_float(&equal, &own("chosen"))
    };
    Ok(match text.pooling {
        Pooling::Mean | Pooling::InGraph => graph.op("Div", &[&row, &count], &own("chosen")),
        Pooling::Last => equal(graph, &count),
        Pooling::First => {
            let one = graph.floats(&own("one_token"), &[1], &[1.0]);
            equal(graph, &one)
        }
    })
}

/// The columns of a text head, in the order of [`FeatureSet::of`].
fn text_features(graph: &mut GraphBuilder, head: &RewardHead, embedding: &str) -> String {
    let columns = match head.features {
        FeatureSet::Text2 => SURFACE_FEATURES.len(),
        FeatureSet::Text1 | FeatureSet::Media1 => 1,
    };
    let surface = graph.float_rows_input("surface", ROWS, columns);
    let [zero, one, two, end] = [("zero", 0), ("one", 1), ("two", 2), ("end", i64::MAX)]
        .map(|(name, value)| graph.ints(&own(name), &[value]));
    let prompt = graph.op("Slice", &[embedding, &zero, &end, &zero, &two], &own("prompt"));
    let answer = graph.op("Slice", &[embedding, &one, &end, &zero, &two], &own("answer"));
    let product = graph.op("Mul", &[&prompt, &answer], &own("product"));
    let mut parts = vec![answer.clone(), product.clone()];
    if head.features == FeatureSet::Text2 {
        let dim = head.embedding_dim;
        let ones = graph.floats(&own("ones"), &[dim, 1], &vec![1.0; dim]);
        let mut sum = |of: &str, name: &str| graph.op("MatMul", &[of, &ones], &own(name));
        let dot = sum(&product, "dot");
        let squares = [("prompt", &prompt), ("answer", &answer)].map(|(name, vector)| {
            let square = graph.op("Mul", &[vector, vector], &own(&format!("{name}_square")));
            graph.op("MatMul", &[&square, &ones], &own(&format!("{name}_squares")))
        });
        let both = graph.op("Mul", &[&squares[0], &squares[1]], &own("both_squares"));
        let length = graph.op("Sqrt", &[&both], &own("lengths"));
        // A vector of zeros is like nothing: its cosine is 0, not a division by zero.
        let least = graph.floats(&own("least"), &[1], &[f32::MIN_POSITIVE]);
        let length = graph.op("Max", &[&length, &least], &own("length"));
        parts.push(graph.op("Div", &[&dot, &length], &own("cosine")));
    }
    parts.push(surface);
    join(graph, &parts)
}

/// The columns of a head for images or clips: the graph's vector, then the measured values.
fn media_features(graph: &mut GraphBuilder, manifest: &Manifest, output: &str) -> String {
    let mut parts = vec![output.to_owned()];
    for (n, measures) in manifest.measures.iter().enumerate() {
        parts.push(match measures {
            Measures::Output { output, .. } => {
                graph.cast_float(output, &own(&format!("measures_{n}")))
            }
            Measures::Measured(names) => graph.float_rows_input("measures", ROWS, names.len()),
        });
    }
    join(graph, &parts)
}

fn join(graph: &mut GraphBuilder, parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    graph.op_with("Concat", &parts, &own("features"), &[("axis", Attribute::Int(1))])
}

fn own(name: &str) -> String {
    format!("{OURS}{name}")
}
