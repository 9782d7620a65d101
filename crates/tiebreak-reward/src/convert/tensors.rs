//! Named tensors of published weights, checked as they are taken.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use safetensors::{Dtype, SafeTensors};

use crate::RewardError;

/// The tensors of 32-bit floats in a weights file, whatever its format.
#[derive(Debug)]
pub(crate) struct Tensors {
    path: PathBuf,
    tensors: BTreeMap<String, Tensor>,
}

/// One tensor, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

impl Tensors {
    /// Tensors that were read from `path`.
    pub(crate) fn new(path: &Path, tensors: BTreeMap<String, Tensor>) -> Self {
        Self { path: path.to_owned(), tensors }
    }

    /// Reads a safetensors file. Tensors of other element types are left out.
    pub(crate) fn of_safetensors(path: &Path, bytes: &[u8]) -> Result<Self, RewardError> {
        let file = SafeTensors::deserialize(bytes).map_err(bad(path))?;
        let mut tensors = BTreeMap::new();
        for (name, view) in file.tensors() {
            if view.dtype() == Dtype::F32 {
                let values = floats(view.data());
                tensors.insert(name, Tensor { shape: view.shape().to_vec(), values });
            }
        }
        Ok(Self::new(path, tensors))
    }

    /// The tensor `name`, row by row, if it has this shape.
    pub(crate) fn floats(&self, name: &str, shape: &[usize]) -> Result<&[f32], RewardError> {
        match self.tensors.get(name) {
            Some(tensor) if tensor.shape == shape => Ok(&tensor.values),
            Some(tensor) => Err(bad(&self.path)(format!(
                "{name} has the shape {:?}, not {shape:?}",
                tensor.shape
            ))),
            None => Err(bad(&self.path)(format!("no tensor {name} of 32-bit floats"))),
        }
    }

    /// As [`Tensors::floats`] for a linear layer, `[outputs, inputs]`, turned to
    /// `[inputs, outputs]` as a product from the left needs it.
    pub(crate) fn linear(
        &self,
        name: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<Vec<f32>, RewardError> {
        let stored = self.floats(name, &[outputs, inputs])?;
        Ok((0..inputs).flat_map(|row| stored.iter().skip(row).step_by(inputs).copied()).collect())
    }
}

/// Little-endian 32-bit floats; a rest of less than four bytes is left out.
pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    let (floats, _) = bytes.as_chunks::<4>();
    floats.iter().map(|float| f32::from_le_bytes(*float)).collect()
}

/// What is wrong with the weights in `path`.
pub(crate) fn bad<T: ToString>(path: &Path) -> impl FnOnce(T) -> RewardError {
    move |problem| RewardError::BadWeights { path: path.to_owned(), problem: problem.to_string() }
}
