//! The ceiling: the matrix products of a transformer encoder, with nothing between them.

use std::fs;
use std::path::Path;
use std::time::Instant;

use tiebreak_core::{Cancel, ScorerError};

use crate::batch::{self, Batch, Padding};
use crate::engine::{Engine, Input, Values, Work};
use crate::onnx::GraphBuilder;
use crate::runtime::Runtime;
use crate::sequences::CPU_BATCH_TOKENS;
use crate::{OpenOptions, RewardError, parallel};

/// The sizes of an encoder that decide its matrix products.
#[derive(Clone, Copy, Debug)]
pub struct EncoderShape {
    /// Number of layers.
    pub layers: usize,
    /// Length of a token's vector.
    pub hidden: usize,
    /// Attention heads; they share `hidden` equally.
    pub heads: usize,
    /// Width of the feed-forward part.
    pub inner: usize,
}

impl EncoderShape {
    /// Multiplications and additions of the matrix products for a text of `tokens` tokens: per
    /// layer four of `hidden` by `hidden`, two of `hidden` by `inner`, and two of the attention
    /// that grow with the square of the tokens.
    pub fn flops(&self, tokens: usize) -> f64 {
        let [layers, hidden, inner, tokens] =
            [self.layers, self.hidden, self.inner, tokens].map(|size| size as f64);
        let linear = 4.0 * hidden * hidden + 2.0 * hidden * inner;
        2.0 * layers * (linear * tokens + 2.0 * hidden * tokens * tokens)
    }
}

/// All matrix products of an encoder and nothing else, ready to run on the CPU: as many sessions,
/// the same batches and the same shapes as when texts are embedded. Each layer has weights of
/// its own, so they do not stay in a cache that the encoder's would not stay in.
#[derive(Debug)]
pub struct Products {
    engine: Engine,
    shape: EncoderShape,
}

impl Products {
    /// Writes the graph into the folder `scratch` and loads it.
    ///
    /// # Errors
    /// If the folder cannot be written, or ONNX Runtime cannot be used.
    pub fn open(
        shape: EncoderShape,
        scratch: &Path,
        options: &OpenOptions,
    ) -> Result<Self, RewardError> {
        let model = scratch.join("products.onnx");
        fs::write(&model, graph(&shape)).map_err(RewardError::io("write", &model))?;
        let runtime = Runtime::load(&options.library()?)?;
        Ok(Self { engine: Engine::open(&model, runtime, options)?, shape })
    }

    /// Seconds that the products take for texts of these lengths in tokens, batched and padded
    /// as the encoder's.
    ///
    /// # Errors
    /// What ONNX Runtime says.
    pub fn run(&self, lengths: &[usize]) -> Result<f64, ScorerError> {
        let batches = batch::plan(lengths, CPU_BATCH_TOKENS, Padding::Allowed);
        let inputs: Vec<Matrices> =
            batches.iter().map(|batch| Matrices::of(&self.shape, batch, lengths)).collect();
        let start = Instant::now();
        let workers = self.engine.workers();
        parallel::in_order(workers, batches.len(), &Cancel::default(), |worker, n| {
            let outputs = ["tokens", "attended"];
            self.engine.run(worker, &inputs[n].inputs(), &outputs, Work::default()).map(drop)
        })?;
        Ok(start.elapsed().as_secs_f64())
    }
}

/// One batch's inputs. Their sizes keep the variance of what a product gives at that of what it
/// takes, so that nothing overflows and nothing vanishes on the way through the layers.
struct Matrices {
    tokens: (Vec<usize>, Vec<f32>),
    queries: (Vec<usize>, Vec<f32>),
    keys: (Vec<usize>, Vec<f32>),
    values: (Vec<usize>, Vec<f32>),
}

impl Matrices {
    fn of(shape: &EncoderShape, batch: &Batch, lengths: &[usize]) -> Self {
        let width = batch.iter().map(|&text| lengths[text]).max().unwrap_or(0);
        let (rows, per_head) = (batch.len(), shape.hidden / shape.heads);
        let filled =
            |dims: &[usize], inputs: usize| (dims.to_vec(), noise(dims.iter().product(), inputs));
        Self {
            tokens: filled(&[rows, width, shape.hidden], 1),
            queries: filled(&[rows, shape.heads, width, per_head], 1),
            keys: filled(&[rows, shape.heads, per_head, width], per_head),
            values: filled(&[rows, shape.heads, width, per_head], width),
        }
    }

    fn inputs(&self) -> Vec<Input<'_>> {
        let Self { tokens, queries, keys, values } = self;
        [("in", tokens), ("queries", queries), ("keys", keys), ("values", values)]
            .map(|(name, (shape, values))| Input {
                name,
                shape: shape.clone(),
                values: Values::F32(values),
            })
            .into()
    }
}

/// `in [rows, width, hidden]` through all linear layers, one behind the other, and `queries`
/// through all products of the attention.
fn graph(shape: &EncoderShape) -> Vec<u8> {
    let &EncoderShape { hidden, inner, .. } = shape;
    let mut graph = GraphBuilder::new("matrix products");
    let mut tokens = graph.free_float_input("in", &["rows", "width", "hidden"]);
    let heads = ["rows", "heads", "width", "per_head"];
    let mut attended = graph.free_float_input("queries", &heads);
    let keys = graph.free_float_input("keys", &["rows", "heads", "per_head", "width"]);
    let values = graph.free_float_input("values", &heads);
    for layer in 0..shape.layers {
        let is_last = layer + 1 == shape.layers;
        let sizes = [[hidden, hidden]; 4].into_iter().chain([[hidden, inner], [inner, hidden]]);
        for (n, [inputs, outputs]) in sizes.enumerate() {
            let name = format!("layer{layer}.weight{n}");
            let weight = noise(inputs * outputs, inputs);
            let weight = graph.floats(&name, &[inputs, outputs], &weight);
            let output = match n {
                5 if is_last => "tokens".to_owned(),
                _ => format!("layer{layer}.product{n}"),
            };
            tokens = graph.op("MatMul", &[&tokens, &weight], &output);
        }
        let weights = format!("layer{layer}.attention");
        let weights = graph.op("MatMul", &[&attended, &keys], &weights);
        let output = if is_last { "attended".to_owned() } else { format!("layer{layer}.attended") };
        attended = graph.op("MatMul", &[&weights, &values], &output);
    }
    graph.free_float_output(&tokens, &["rows", "width", "hidden"]);
    graph.free_float_output(&attended, &heads);
    graph.encode()
}

/// Numbers without a pattern, of mean 0 and variance 1 / `inputs`: the steps of a linear
/// congruential generator (multiplier and increment of D. E. Knuth's MMIX).
fn noise(count: usize, inputs: usize) -> Vec<f32> {
    let scale = (12.0 / inputs.max(1) as f32).sqrt();
    let mut state = 1u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / (1u64 << 24) as f32 - 0.5) * scale
    };
    (0..count).map(|_| next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_products_of_a_small_encoder() {
        let shape = EncoderShape { layers: 2, hidden: 4, heads: 2, inner: 8 };
        // A layer on 3 tokens: 4 * 3*4*4 + 2 * 3*4*8 linear, 2 * 3*3*4 attention, each twice.
        let layer = 2 * (4 * 3 * 4 * 4 + 2 * 3 * 4 * 8 + 2 * 3 * 3 * 4);
        assert!((shape.flops(3) - f64::from(2 * layer)).abs() < 1e-9);
    }

    #[test]
    fn runs_on_batches_of_all_sizes_and_stays_finite() {
        let dir = tempfile::tempdir().unwrap();
        let shape = EncoderShape { layers: 6, hidden: 48, heads: 12, inner: 96 };
        let options = OpenOptions {
            providers: Some(vec![crate::Provider::Cpu]),
            threads: Some(2),
            ..OpenOptions::default()
        };
        let products = Products::open(shape, dir.path(), &options).unwrap();
        assert!(products.run(&[1, 7, 7, 8, 300, 500]).unwrap() > 0.0);
    }
}
