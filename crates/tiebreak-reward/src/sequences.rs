//! Token sequences through an engine: batched by length, padded, pooled.

use tiebreak_core::{Cancel, ScorerError};

use crate::engine::{Engine, Input, Output, Values, Work};
use crate::manifest::{Pooling, TextInput};
use crate::{Provider, batch, parallel};

/// Tokens in a batch, padding included, on a CPU core and on a GPU.
const CPU_BATCH_TOKENS: usize = 384;
const GPU_BATCH_TOKENS: usize = 16_384;
/// Sequences that a thread tokenises at a time.
const SEQUENCES_AT_A_TIME: usize = 16;

/// The tokens of one input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sequence {
    pub(crate) ids: Vec<u32>,
    /// The type (segment) of each token; empty if all are of type 0.
    pub(crate) types: Vec<u32>,
}

/// How sequences meet a graph. Padding is on the right.
#[derive(Clone, Debug)]
pub(crate) struct TextPorts {
    /// Names of the inputs, of `input_ids`, `attention_mask`, `token_type_ids`, `position_ids`.
    pub(crate) inputs: Vec<String>,
    pub(crate) output: String,
    pub(crate) pooling: Pooling,
    /// Whether vectors are scaled to length 1 here.
    pub(crate) normalise: bool,
    pub(crate) pad_id: u32,
    /// Whether sequences of different lengths may share a batch.
    pub(crate) padded: bool,
}

impl TextPorts {
    /// Those that a pack declares.
    pub(crate) fn of(input: &TextInput, output: &str) -> Self {
        Self {
            inputs: input.inputs.clone(),
            output: output.to_owned(),
            pooling: input.pooling,
            normalise: input.normalise,
            pad_id: input.pad_id,
            padded: input.padded,
        }
    }
}

/// Runs `count` sequences through an engine and gives one vector each, in their order.
///
/// # Errors
/// The first that `tokenise` gives; [`ScorerError::BadOutput`] for a sequence without tokens or
/// an output of the wrong shape; as [`Engine::run`].
pub(crate) fn run_sequences(
    engine: &Engine,
    ports: &TextPorts,
    count: usize,
    tokenise: &(dyn Fn(usize) -> Result<Sequence, ScorerError> + Sync),
    cancel: &Cancel,
) -> Result<Vec<Vec<f32>>, ScorerError> {
    let workers = engine.workers();
    let chunks = count.div_ceil(SEQUENCES_AT_A_TIME);
    let sequences = parallel::in_order(workers, chunks, cancel, |_, chunk| {
        let start = chunk * SEQUENCES_AT_A_TIME;
        let chunk = start..count.min(start + SEQUENCES_AT_A_TIME);
        chunk.map(tokenise).collect::<Result<Vec<_>, _>>()
    })?;
    let sequences: Vec<Sequence> = sequences.into_iter().flatten().collect();
    let lengths: Vec<usize> = sequences.iter().map(|sequence| sequence.ids.len()).collect();
    if lengths.contains(&0) {
        return Err(ScorerError::BadOutput("no tokens for a text".to_owned()));
    }
    let budget = match engine.provider() {
        _ if !ports.padded => 1,
        Provider::Cpu => CPU_BATCH_TOKENS,
        _ => GPU_BATCH_TOKENS,
    };
    let batches = batch::plan(&lengths, budget);
    let parts = parallel::in_order(workers, batches.len(), cancel, |worker, n| {
        let rows: Vec<&Sequence> = batches[n].iter().map(|&index| &sequences[index]).collect();
        run_batch(engine, ports, worker, &rows)
    })?;
    let mut vectors = vec![Vec::new(); count];
    for (batch, rows) in batches.iter().zip(parts) {
        for (&index, row) in batch.iter().zip(rows) {
            vectors[index] = row;
        }
    }
    Ok(vectors)
}

fn run_batch(
    engine: &Engine,
    ports: &TextPorts,
    worker: usize,
    rows: &[&Sequence],
) -> Result<Vec<Vec<f32>>, ScorerError> {
    let width = rows.iter().map(|row| row.ids.len()).max().unwrap_or(0);
    let filled = |pad: i64, value: &dyn Fn(&Sequence, usize) -> i64| {
        let mut tokens = vec![pad; rows.len() * width];
        for (row, tokens) in rows.iter().zip(tokens.chunks_exact_mut(width)) {
            for (k, token) in tokens[..row.ids.len()].iter_mut().enumerate() {
                *token = value(row, k);
            }
        }
        tokens
    };
    let values: Vec<Vec<i64>> = ports
        .inputs
        .iter()
        .map(|name| match name.as_str() {
            "input_ids" => filled(ports.pad_id.into(), &|row, k| row.ids[k].into()),
            "attention_mask" => filled(0, &|_, _| 1),
            "position_ids" => filled(0, &|_, k| k as i64),
            _ => filled(0, &|row, k| row.types.get(k).copied().unwrap_or(0).into()),
        })
        .collect();
    let inputs: Vec<Input<'_>> = ports
        .inputs
        .iter()
        .zip(&values)
        .map(|(name, values)| Input {
            name,
            shape: vec![rows.len(), width],
            values: Values::I64(values),
        })
        .collect();
    let tokens = rows.iter().map(|row| row.ids.len() as u64).sum();
    let work = Work { inputs: rows.len() as u64, tokens };
    let outputs = engine.run(worker, &inputs, &[&ports.output], work)?;
    let output = outputs.into_iter().next().unwrap_or(Output { shape: vec![], values: vec![] });
    let mut vectors = pool(ports, rows, width, &output)?;
    if ports.normalise {
        vectors.iter_mut().for_each(|vector| normalise(vector));
    }
    Ok(vectors)
}

/// One vector for each row of an output.
fn pool(
    ports: &TextPorts,
    rows: &[&Sequence],
    width: usize,
    output: &Output,
) -> Result<Vec<Vec<f32>>, ScorerError> {
    let count = rows.len();
    let values = &output.values;
    match (ports.pooling, output.shape.as_slice()) {
        (Pooling::InGraph, &[batch]) if batch == count => {
            Ok(values.iter().map(|&value| vec![value]).collect())
        }
        (Pooling::InGraph, &[batch, dim]) if batch == count && dim > 0 => {
            Ok(values.chunks_exact(dim).map(<[f32]>::to_vec).collect())
        }
        (Pooling::Mean | Pooling::First | Pooling::Last, &[batch, tokens, dim])
            if batch == count && tokens == width && dim > 0 =>
        {
            let of_rows = values.chunks_exact(width * dim).zip(rows);
            Ok(of_rows
                .map(|(vectors, row)| {
                    let length = row.ids.len();
                    let token = |n: usize| vectors[n * dim..(n + 1) * dim].to_vec();
                    match ports.pooling {
                        Pooling::First | Pooling::InGraph => token(0),
                        Pooling::Last => token(length - 1),
                        Pooling::Mean => mean(&vectors[..length * dim], dim),
                    }
                })
                .collect())
        }
        (pooling, shape) => {
            let wanted = match pooling {
                Pooling::InGraph => format!("[{count}, size]"),
                Pooling::Mean | Pooling::First | Pooling::Last => {
                    format!("[{count}, {width}, size]")
                }
            };
            let what = format!("an output of shape {shape:?}, not {wanted}");
            Err(ScorerError::BadOutput(what))
        }
    }
}

fn mean(tokens: &[f32], dim: usize) -> Vec<f32> {
    let mut sum = vec![0.0; dim];
    for token in tokens.chunks_exact(dim) {
        sum.iter_mut().zip(token).for_each(|(sum, value)| *sum += value);
    }
    let count = (tokens.len() / dim) as f32;
    sum.iter_mut().for_each(|value| *value /= count);
    sum
}

/// Scales a vector to length 1; a vector of zeros stays.
fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
}
