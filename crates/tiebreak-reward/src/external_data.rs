//! Constants that a graph keeps in files of their own: found, and checked before ONNX Runtime
//! sees them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::graph_file::{ExternalTensor, GraphFile};
use crate::{RewardError, pack};

/// The files that a graph's constants are in, sorted by their paths. Each lies inside the pack
/// and is long enough for every constant in it.
///
/// # Errors
/// If one leads out of the pack, is missing, or is too short.
pub(crate) fn files(
    dir: &Path,
    model: &Path,
    graph: &GraphFile,
) -> Result<Vec<PathBuf>, RewardError> {
    let mut lengths: BTreeMap<PathBuf, u64> = BTreeMap::new();
    for tensor in &graph.external {
        let bad = |problem: &str| {
            let problem = format!("the constant {} {problem}", tensor.name);
            RewardError::bad_pack(model, problem)
        };
        if tensor.location.is_empty() {
            return Err(bad("is in another file, but does not say in which"));
        }
        let what = format!("the data of {}", tensor.name);
        let path = pack::inside_from(dir, model, &what, &tensor.location)?;
        let length = match lengths.get(&path) {
            Some(&length) => length,
            None => {
                let length = fs::metadata(&path).map_err(RewardError::io("open", &path))?.len();
                lengths.insert(path.clone(), length);
                length
            }
        };
        let (start, end) = extent(tensor, length).map_err(|problem| bad(&problem))?;
        if end > length {
            return Err(bad(&format!(
                "is at bytes {start} to {end} of {}, which has {length}",
                tensor.location
            )));
        }
    }
    Ok(lengths.into_keys().collect())
}

/// Where a constant begins and ends in a file of `file_length` bytes.
fn extent(tensor: &ExternalTensor, file_length: u64) -> Result<(u64, u64), String> {
    let number = |field: &str, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => text
            .trim()
            .parse::<u64>()
            .map(Some)
            .map_err(|_| format!("has the {field} \"{text}\", which is no number")),
    };
    let start = number("offset", &tensor.offset)?.unwrap_or(0);
    let length = number("length", &tensor.length)?;
    let needed = element_bits(tensor.data_type).map(|bits| {
        let elements = tensor.dims.iter().try_fold(1u64, |product, &dim| product.checked_mul(dim));
        elements.and_then(|count| count.checked_mul(bits)).map(|bits| bits.div_ceil(8))
    });
    let needed = match needed {
        Some(None) => return Err(format!("has the shape {:?}, which is too large", tensor.dims)),
        Some(Some(needed)) => Some(needed),
        None => None,
    };
    match (length, needed) {
        (Some(length), Some(needed)) if length != needed => {
            Err(format!("has {length} bytes of data, its shape {:?} needs {needed}", tensor.dims))
        }
        (Some(length), _) | (None, Some(length)) => {
            let end = start.checked_add(length).ok_or("ends past every file".to_owned())?;
            Ok((start, end))
        }
        (None, None) => Ok((start, file_length.max(start))),
    }
}

/// Bits of an element of a `TensorProto.DataType`; `None` for those that we do not know.
const fn element_bits(data_type: u64) -> Option<u64> {
    match data_type {
        // FLOAT, INT32, UINT32
        1 | 6 | 12 => Some(32),
        // UINT8, INT8, BOOL, and the 8-bit floats
        2 | 3 | 9 | 17 | 18 | 19 | 20 => Some(8),
        // UINT16, INT16, FLOAT16, BFLOAT16
        4 | 5 | 10 | 16 => Some(16),
        // INT64, DOUBLE, COMPLEX64, UINT64
        7 | 11 | 13 | 14 => Some(64),
        // COMPLEX128
        15 => Some(128),
        // UINT4, INT4
        21 | 22 => Some(4),
        _ => None,
    }
}
