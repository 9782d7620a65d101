//! Adds to an ONNX file made elsewhere, without losing what we have no words for.
//!
//! Our messages name only a part of the format, so a foreign file cannot be decoded and encoded
//! again. Protocol Buffers define what is wanted here instead: the bytes of two messages one
//! after the other are the two messages merged, with repeated fields joined ("Encoding: Last One
//! Wins" of its documentation). So an addition is appended to the graph's bytes, and constants that
//! live in files beside it are moved into it field by field.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use prost::Message;
use prost::encoding::{WireType, decode_key, decode_varint, encode_key, encode_varint};

use super::proto::{ExternalTensor, Model, OperatorSet, StringEntry};
use crate::RewardError;

/// Fields of `ModelProto`, `GraphProto` and `TensorProto` that are added to.
const MODEL_GRAPH: u32 = 7;
const MODEL_METADATA: u32 = 14;
const GRAPH_INITIALIZER: u32 = 5;
const TENSOR_RAW_DATA: u32 = 9;
const TENSOR_EXTERNAL_DATA: u32 = 13;
const TENSOR_DATA_LOCATION: u32 = 14;

/// What is appended to a file.
pub(crate) struct Addition<'a> {
    /// Nodes, constants, inputs and outputs.
    pub(crate) graph: super::proto::Graph,
    /// Names and values that readers find beside the graph.
    pub(crate) metadata: &'a [(&'a str, &'a str)],
}

/// The version of the standard operators that a file is written for; `None` if it names none.
pub(crate) fn standard_operators(model: &[u8]) -> Option<i64> {
    let sets = Model::decode(model).ok()?.opset_import;
    let standard = |set: &&OperatorSet| set.domain.is_empty() || set.domain == "ai.onnx";
    sets.iter().find(standard).map(|set| set.version)
}

/// Adds to the graph of a file.
///
/// # Errors
/// If the file is no ONNX graph.
pub(crate) fn append(model: &[u8], addition: &Addition<'_>) -> Result<Vec<u8>, String> {
    let more = addition.graph.encode_to_vec();
    let mut model = map_field(
        model,
        MODEL_GRAPH,
        &mut |graph| Ok([graph, &more].concat()),
        &std::convert::identity,
    )?;
    for &(key, value) in addition.metadata {
        let entry = StringEntry { key: key.to_owned(), value: value.to_owned() };
        model = with_bytes(model, MODEL_METADATA, &entry.encode_to_vec());
    }
    Ok(model)
}

/// Moves the constants that a graph keeps in files of `folder` into the graph itself.
///
/// # Errors
/// If the file is no ONNX graph, or a constant's file cannot be read or is too short.
pub(crate) fn gather(model: &[u8], path: &Path, folder: &Path) -> Result<Vec<u8>, RewardError> {
    let bad = |problem: String| RewardError::bad_pack(path, problem);
    let mut open = HashMap::new();
    map_field(
        model,
        MODEL_GRAPH,
        &mut |graph| {
            map_field(
                graph,
                GRAPH_INITIALIZER,
                &mut |tensor| {
                    let described = ExternalTensor::decode(tensor)
                        .map_err(|error| bad(format!("a constant is damaged: {error}")))?;
                    if !described.is_external() {
                        return Ok(tensor.to_vec());
                    }
                    let bytes = read(&described, path, folder, &mut open)?;
                    let kept = drop_fields(tensor, &[TENSOR_EXTERNAL_DATA, TENSOR_DATA_LOCATION])
                        .map_err(&bad)?;
                    Ok(with_bytes(kept, TENSOR_RAW_DATA, &bytes))
                },
                &bad,
            )
        },
        &bad,
    )
}

/// The bytes of a constant that lives in a file of its own; `open` keeps the files that were
/// opened, and how long they are.
fn read(
    tensor: &ExternalTensor,
    path: &Path,
    folder: &Path,
    open: &mut HashMap<PathBuf, (File, u64)>,
) -> Result<Vec<u8>, RewardError> {
    let bad = |problem: &str| {
        RewardError::bad_pack(path, format!("the constant {}: {problem}", tensor.name))
    };
    let value = |key: &str| {
        tensor.external_data.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str())
    };
    let number = |key: &str| value(key).map(|text| text.trim().parse::<u64>()).transpose();
    let location = value("location").ok_or_else(|| bad("it names no file"))?;
    let name = folder.join(location);
    let (file, size) = match open.entry(name.clone()) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(place) => {
            let file = File::open(&name).map_err(RewardError::io("read", &name))?;
            let size = file.metadata().map_err(RewardError::io("read", &name))?.len();
            place.insert((file, size))
        }
    };
    let start = number("offset").map_err(|_| bad("its offset is no number"))?.unwrap_or(0);
    let length = number("length").map_err(|_| bad("its length is no number"))?;
    let end = length.map_or(Some(*size), |length| start.checked_add(length));
    let end = end.filter(|&end| start <= end && end <= *size);
    let end = end.ok_or_else(|| bad(&format!("{location} is too short")))?;
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))
        .and_then(|_| file.take(end - start).read_to_end(&mut bytes))
        .map_err(RewardError::io("read", &name))?;
    Ok(bytes)
}

/// Makes other content for a field.
type Change<'a, E> = &'a mut dyn FnMut(&[u8]) -> Result<Vec<u8>, E>;

/// Replaces every field `number` of a message, which must hold bytes, and keeps the others.
fn map_field<E>(
    message: &[u8],
    number: u32,
    change: Change<'_, E>,
    bad: &dyn Fn(String) -> E,
) -> Result<Vec<u8>, E> {
    let mut out = Vec::with_capacity(message.len());
    for field in fields(message) {
        let field = field.map_err(bad)?;
        match field.content {
            Some(content) if field.number == number => {
                out = with_bytes(out, number, &change(content)?);
            }
            _ => out.extend_from_slice(field.whole),
        }
    }
    Ok(out)
}

fn drop_fields(message: &[u8], numbers: &[u32]) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(message.len());
    for field in fields(message) {
        let field = field?;
        if !numbers.contains(&field.number) {
            out.extend_from_slice(field.whole);
        }
    }
    Ok(out)
}

fn with_bytes(mut message: Vec<u8>, number: u32, bytes: &[u8]) -> Vec<u8> {
    encode_key(number, WireType::LengthDelimited, &mut message);
    encode_varint(bytes.len() as u64, &mut message);
    message.extend_from_slice(bytes);
    message
}

/// One field of a message as it stands in the bytes.
struct Field<'a> {
    number: u32,
    /// With its key.
    whole: &'a [u8],
    /// What a length-delimited field holds.
    content: Option<&'a [u8]>,
}

fn fields(message: &[u8]) -> impl Iterator<Item = Result<Field<'_>, String>> {
    let mut rest = message;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let field = next_field(rest);
        rest = match &field {
            Ok(field) => &rest[field.whole.len()..],
            Err(_) => &[],
        };
        Some(field)
    })
}

fn next_field(message: &[u8]) -> Result<Field<'_>, String> {
    const SHORT: &str = "the file ends within a field";
    let mut rest = message;
    let (number, kind) = decode_key(&mut rest).map_err(|error| error.to_string())?;
    let (skipped, content) = match kind {
        WireType::Varint => {
            decode_varint(&mut rest).map_err(|error| error.to_string())?;
            (0, None)
        }
        WireType::ThirtyTwoBit => (4, None),
        WireType::SixtyFourBit => (8, None),
        WireType::LengthDelimited => {
            let length = decode_varint(&mut rest).map_err(|error| error.to_string())?;
            let length = usize::try_from(length).map_err(|_| SHORT)?;
            (length, Some(rest.get(..length).ok_or(SHORT)?))
        }
        WireType::StartGroup | WireType::EndGroup => return Err("the file has groups".to_owned()),
    };
    if rest.len() < skipped {
        return Err(SHORT.to_owned());
    }
    let end = message.len() - rest.len() + skipped;
    Ok(Field { number, whole: &message[..end], content })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::GraphBuilder;

    fn graph() -> Vec<u8> {
        let mut graph = GraphBuilder::new("table");
        let input = graph.float_input("in", 2);
        let table = graph.floats("table", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let output = graph.op("MatMul", &[&input, &table], "out");
        graph.float_output(&output, 3);
        graph.encode()
    }

    /// The same graph with its constant in the file `weights`, from byte 4 on.
    fn with_constant_outside(entries: &[(&str, &str)]) -> Vec<u8> {
        let entries = entries
            .iter()
            .map(|&(key, value)| StringEntry { key: key.to_owned(), value: value.to_owned() });
        let outside = ExternalTensor {
            external_data: entries.collect(),
            data_location: 1,
            ..ExternalTensor::default()
        };
        let move_out = &mut |tensor: &[u8]| {
            Ok([drop_fields(tensor, &[TENSOR_RAW_DATA])?, outside.encode_to_vec()].concat())
        };
        let same = &std::convert::identity::<String>;
        map_field(
            &graph(),
            MODEL_GRAPH,
            &mut |graph| map_field(graph, GRAPH_INITIALIZER, move_out, same),
            same,
        )
        .unwrap()
    }

    #[test]
    fn constants_outside_come_in() {
        let folder = tempfile::tempdir().unwrap();
        let mut weights = vec![9, 9, 9, 9];
        weights.extend((1..=6).flat_map(|n| (n as f32).to_le_bytes()));
        std::fs::write(folder.path().join("weights"), weights).unwrap();
        let path = folder.path().join("model.onnx");
        let located = [("location", "weights"), ("offset", "4"), ("length", "24")];
        let outside = with_constant_outside(&located);
        let found = Model::decode(gather(&outside, &path, folder.path()).unwrap().as_slice());
        assert_eq!(found.unwrap(), Model::decode(graph().as_slice()).unwrap());

        for (said, entries) in [
            ("names no file", &[("offset", "4")][..]),
            ("is no number", &[("location", "weights"), ("offset", "four")]),
            ("is too short", &[("location", "weights"), ("offset", "8"), ("length", "24")]),
            ("cannot read", &[("location", "absent")]),
        ] {
            let outside = with_constant_outside(entries);
            let error = gather(&outside, &path, folder.path()).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn what_is_added_joins_what_is_there() {
        let mut more = GraphBuilder::new("");
        let twice = more.op("Add", &["out", "out"], "twice");
        more.float_output(&twice, 3);
        let addition = Addition { graph: more.into_graph(), metadata: &[("key", "value")] };
        let model = append(&graph(), &addition).unwrap();
        let joined = Model::decode(model.as_slice()).unwrap().graph.unwrap();
        let names: Vec<&str> = joined.node.iter().map(|node| node.op_type.as_str()).collect();
        assert_eq!((joined.name.as_str(), names), ("table", vec!["MatMul", "Add"]));
        assert_eq!(joined.output.len(), 2);
        assert!(fields(&model).any(|field| field.unwrap().number == MODEL_METADATA));
        assert_eq!(standard_operators(&model), Some(17));
        for cut in [1, 7, model.len() - 1] {
            let addition = Addition { graph: GraphBuilder::new("").into_graph(), metadata: &[] };
            assert!(append(&model[..cut], &addition).is_err(), "cut at {cut}");
        }
    }
}
