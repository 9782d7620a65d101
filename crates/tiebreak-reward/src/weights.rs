//! Named tensors of a safetensors file, checked as they are taken.

use std::path::{Path, PathBuf};

use safetensors::{Dtype, SafeTensors};

use crate::RewardError;

/// An open weights file.
pub(crate) struct Weights<'a> {
    path: PathBuf,
    tensors: SafeTensors<'a>,
}

impl<'a> Weights<'a> {
    pub(crate) fn parse(path: &Path, bytes: &'a [u8]) -> Result<Self, RewardError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| RewardError::BadWeights {
            path: path.to_owned(),
            problem: error.to_string(),
        })?;
        Ok(Self { path: path.to_owned(), tensors })
    }

    /// The 32-bit floats of the tensor `name`, row by row, if it has this shape.
    pub(crate) fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, RewardError> {
        let bad = |problem: String| RewardError::BadWeights { path: self.path.clone(), problem };
        let tensor = self.tensors.tensor(name).map_err(|error| bad(format!("{name}: {error}")))?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != shape {
            return Err(bad(format!(
                "{name} is {:?} {:?}, not F32 {shape:?}",
                tensor.dtype(),
                tensor.shape()
            )));
        }
        let floats = tensor.data().chunks_exact(4);
        Ok(floats.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    }

    /// As [`Weights::floats`] for a linear layer, `[outputs, inputs]`, turned to
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
