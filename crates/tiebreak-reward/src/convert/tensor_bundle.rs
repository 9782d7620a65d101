//! Weights as TensorFlow saves them since version 1: an index, which is a table in LevelDB's
//! format from names to places, and a file of data.
//!
//! Read are tables of uncompressed blocks with data in one file, which is how small models are
//! saved. The format: "LevelDB table format", and `tensor_bundle.proto` of TensorFlow.

use std::collections::BTreeMap;
use std::path::Path;

use prost::Message;

use super::tensors::{Tensor, Tensors, bad, floats};
use crate::RewardError;

/// Two places of blocks, padded to this length, with the magic number at the end.
const FOOTER: usize = 48;
/// What every table ends with.
const MAGIC: [u8; 8] = 0xdb47_7524_8b80_fb57_u64.to_le_bytes();
/// `DT_FLOAT`.
const FLOAT: i32 = 1;

/// `BundleEntryProto`.
#[derive(Clone, PartialEq, Message)]
struct Entry {
    #[prost(int32, tag = "1")]
    element: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<Shape>,
    #[prost(int32, tag = "3")]
    shard: i32,
    #[prost(int64, tag = "4")]
    offset: i64,
    #[prost(int64, tag = "5")]
    size: i64,
}

/// `TensorShapeProto`.
#[derive(Clone, PartialEq, Message)]
struct Shape {
    #[prost(message, repeated, tag = "2")]
    dim: Vec<Dimension>,
}

/// `TensorShapeProto.Dim`.
#[derive(Clone, PartialEq, Message)]
struct Dimension {
    #[prost(int64, tag = "1")]
    size: i64,
}

/// Reads the tensors of floats in an index and its data.
///
/// # Errors
/// [`RewardError::BadWeights`] if the index is no such table, is compressed, or points outside
/// the data.
pub(crate) fn read(path: &Path, index: &[u8], data: &[u8]) -> Result<Tensors, RewardError> {
    tensors(index, data).map(|tensors| Tensors::new(path, tensors)).map_err(bad(path))
}

fn tensors(index: &[u8], data: &[u8]) -> Result<BTreeMap<String, Tensor>, String> {
    let is_table = index.len() >= FOOTER && index.ends_with(&MAGIC);
    if !is_table {
        return Err("not an index of TensorFlow's weights".to_owned());
    }
    let mut footer = &index[index.len() - FOOTER..];
    for _ in 0..2 {
        number(&mut footer)?;
    }
    let mut found = BTreeMap::new();
    for (_, place) in block(index, &mut footer)? {
        for (name, entry) in block(index, &mut &place[..])? {
            // The empty name has the header.
            if name.is_empty() {
                continue;
            }
            let name = String::from_utf8_lossy(&name).into_owned();
            let entry = Entry::decode(&*entry).map_err(|error| format!("{name}: {error}"))?;
            if entry.element == FLOAT {
                let tensor = entry.tensor(data).map_err(|problem| format!("{name} {problem}"))?;
                found.insert(name, tensor);
            }
        }
    }
    Ok(found)
}

impl Entry {
    fn tensor(&self, data: &[u8]) -> Result<Tensor, String> {
        if self.shard != 0 {
            return Err(format!("is in the data file number {}", self.shard));
        }
        let size = |number: i64| usize::try_from(number).ok();
        let dims = self.shape.iter().flat_map(|shape| &shape.dim);
        let shape = dims.map(|dim| size(dim.size)).collect::<Option<Vec<usize>>>();
        let shape = shape.ok_or("has a shape with an unknown side")?;
        let count = shape.iter().try_fold(4_usize, |product, &side| product.checked_mul(side));
        let bytes = size(self.offset)
            .zip(size(self.size))
            .and_then(|(start, length)| data.get(start..start.checked_add(length)?))
            .ok_or("reaches outside the data")?;
        if count != Some(bytes.len()) {
            return Err(format!("has {} bytes for the shape {shape:?}", bytes.len()));
        }
        Ok(Tensor { shape, values: floats(bytes) })
    }
}

/// A key of a table and its value.
type Pair = (Vec<u8>, Vec<u8>);

/// Keys and values of the block whose place is at the start of `place`. Each key is given by how
/// many bytes it shares with the one before it, and the rest.
fn block(index: &[u8], place: &mut &[u8]) -> Result<Vec<Pair>, String> {
    let (start, length) = (number(place)?, number(place)?);
    let outside = || "a block of the index lies outside".to_owned();
    let end = start.checked_add(length).ok_or_else(outside)?;
    let block = index.get(start..end).ok_or_else(outside)?;
    if index.get(end) != Some(&0) {
        return Err("a block of the index is compressed".to_owned());
    }
    // At the end are the places of keys that are given whole, and how many there are.
    let (rest, count) = block.split_last_chunk::<4>().ok_or_else(outside)?;
    let restarts = (u32::from_le_bytes(*count) as usize).checked_mul(4);
    let length = restarts.and_then(|restarts| rest.len().checked_sub(restarts));
    let mut rest = &rest[..length.ok_or_else(outside)?];
    let mut key = Vec::new();
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (shared, own, value) = (number(&mut rest)?, number(&mut rest)?, number(&mut rest)?);
        if shared > key.len() {
            return Err("a key of the index shares more than there is".to_owned());
        }
        key.truncate(shared);
        key.extend_from_slice(take(&mut rest, own)?);
        entries.push((key.clone(), take(&mut rest, value)?.to_vec()));
    }
    Ok(entries)
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Result<&'a [u8], String> {
    let (taken, rest) =
        bytes.split_at_checked(count).ok_or_else(|| "the index ends early".to_owned())?;
    *bytes = rest;
    Ok(taken)
}

/// A number of seven bits a byte, the lowest first.
fn number(bytes: &mut &[u8]) -> Result<usize, String> {
    let number = prost::encoding::decode_varint(bytes)
        .map_err(|_| "a number of the index is not whole".to_owned())?;
    usize::try_from(number).map_err(|_| "a number of the index is too large".to_owned())
}
