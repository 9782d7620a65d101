//! One copy of a graph's large constants for all sessions of a process.
//!
//! A session of its own for every core keeps the cores independent, but would also keep the
//! weights once per core. ONNX Runtime takes constants from outside instead, and then shares
//! what it derives from them (matrices rearranged for its kernels) between sessions as well.

use std::path::Path;
use std::sync::Arc;
use std::{fmt, fs};

use ort::session::builder::{PrepackedWeights, SessionBuilder};
use ort::value::{DynValue, Tensor};
use prost::Message;

use crate::RewardError;
use crate::onnx::Model;

/// Smaller constants are not worth sharing, and some must be known when a graph is optimised.
const SMALLEST_BYTES: usize = 1 << 16;

/// Constants of a graph, by name.
pub(crate) struct SharedWeights {
    constants: Vec<(String, Arc<DynValue>)>,
    prepacked: PrepackedWeights,
}

impl SharedWeights {
    /// Takes the large 32-bit float constants out of a graph's file.
    ///
    /// # Errors
    /// If the file cannot be read, or is no ONNX graph.
    pub(crate) fn read(model: &Path) -> Result<Self, RewardError> {
        let bytes = fs::read(model).map_err(RewardError::io("read", model))?;
        let bad = |problem: String| RewardError::bad_pack(model, problem);
        let decoded = Model::decode(bytes.as_slice()).map_err(|error| bad(error.to_string()))?;
        drop(bytes);
        let mut constants = Vec::new();
        for constant in decoded.graph.unwrap_or_default().initializer {
            if constant.raw_data.len() < SMALLEST_BYTES {
                continue;
            }
            let Some(floats) = constant.floats() else { continue };
            let tensor = Tensor::from_array((constant.dims, floats))
                .map_err(|error| bad(error.message().to_owned()))?;
            constants.push((constant.name, Arc::new(tensor.into_dyn())));
        }
        Ok(Self { constants, prepacked: PrepackedWeights::new() })
    }

    /// Gives the constants to a session under construction.
    pub(crate) fn lend(&self, mut builder: SessionBuilder) -> ort::Result<SessionBuilder> {
        for (name, constant) in &self.constants {
            builder = builder.with_initializer(name, Arc::clone(constant))?;
        }
        Ok(builder.with_prepacked_weights(&self.prepacked)?)
    }
}

impl fmt::Debug for SharedWeights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedWeights").field("constants", &self.constants.len()).finish()
    }
}
