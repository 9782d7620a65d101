//! One copy of a graph's large constants for all sessions of a process.
//!
//! A session of its own for every core keeps the cores independent, but would also keep the
//! weights once per core. ONNX Runtime takes constants from outside instead, and then shares
//! what it derives from them (matrices rearranged for its kernels) between sessions as well.

use std::path::Path;
use std::sync::Arc;
use std::{fmt, fs};

use half::f16;
use ort::session::Session;
use ort::session::builder::{PrepackedWeights, SessionBuilder};
use ort::value::{DynValue, Tensor};
use prost::Message;

use crate::RewardError;
use crate::onnx::{self, Model};

/// Smaller constants are not worth sharing, and some must be known when a graph is optimised.
const SMALLEST_BYTES: usize = 1 << 16;

/// A graph for the CPU, with its large constants taken out.
pub(crate) struct SharedWeights {
    constants: Vec<(String, Arc<DynValue>)>,
    prepacked: PrepackedWeights,
    /// The graph, if it was changed for the CPU; else it is loaded from its file.
    changed: Option<Vec<u8>>,
}

impl SharedWeights {
    /// Takes the large constants out of a graph's file: 32-bit and 16-bit floats and 8-bit
    /// integers. Those in files of their own stay there; ONNX Runtime maps them into memory once.
    ///
    /// # Errors
    /// If the file cannot be read, or is no ONNX graph.
    pub(crate) fn read(model: &Path) -> Result<Self, RewardError> {
        let bytes = fs::read(model).map_err(RewardError::io("read", model))?;
        let bad = |problem: String| RewardError::bad_pack(model, problem);
        let mut decoded =
            Model::decode(bytes.as_slice()).map_err(|error| bad(error.to_string()))?;
        drop(bytes);
        let is_changed = decoded.split_attention() | decoded.expose_token_states();
        let changed = is_changed.then(|| decoded.encode_to_vec());
        let mut constants = Vec::new();
        for constant in decoded.graph.unwrap_or_default().initializer {
            if constant.raw_data.len() < SMALLEST_BYTES {
                continue;
            }
            let tensor = tensor(&constant).map_err(|error| bad(error.message().to_owned()))?;
            constants.extend(tensor.map(|tensor| (constant.name, Arc::new(tensor))));
        }
        Ok(Self { constants, prepacked: PrepackedWeights::new(), changed })
    }

    /// Finishes a session with the constants in it.
    pub(crate) fn load(&self, mut builder: SessionBuilder, model: &Path) -> ort::Result<Session> {
        for (name, constant) in &self.constants {
            builder = builder.with_initializer(name, Arc::clone(constant))?;
        }
        builder = builder.with_prepacked_weights(&self.prepacked)?;
        match &self.changed {
            Some(bytes) => builder.commit_from_memory(bytes),
            None => builder.commit_from_file(model),
        }
    }
}

/// A constant as ONNX Runtime takes it; `None` for other element types, and if its size and
/// shape disagree.
fn tensor(constant: &onnx::Tensor) -> ort::Result<Option<DynValue>> {
    let dims = constant.dims.clone();
    let bytes = constant.raw_data.as_slice();
    let tensor = match (constant.data_type, constant.element_bytes()) {
        (onnx::FLOAT, Some(4)) => {
            let floats =
                bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            Tensor::from_array((dims, floats.collect::<Vec<_>>()))?.into_dyn()
        }
        (onnx::FLOAT16, Some(2)) => {
            let halves = bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]));
            Tensor::from_array((dims, halves.collect::<Vec<_>>()))?.into_dyn()
        }
        (onnx::INT8, Some(1)) => {
            let bytes = bytes.iter().map(|byte| byte.cast_signed());
            Tensor::from_array((dims, bytes.collect::<Vec<_>>()))?.into_dyn()
        }
        (onnx::UINT8, Some(1)) => Tensor::from_array((dims, bytes.to_vec()))?.into_dyn(),
        _ => return Ok(None),
    };
    Ok(Some(tensor))
}

impl fmt::Debug for SharedWeights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedWeights").field("constants", &self.constants.len()).finish()
    }
}
