//! Token sequences through an engine: batched by length, padded, pooled.

use std::ops::Range;

use tiebreak_core::{Cancel, ScorerError};

use crate::batch::{self, Batch, Padding};
use crate::engine::{Engine, Input, Output, Values, Work};
use crate::manifest::{Pooling, TextInput};
use crate::{Provider, parallel, pooling};

/// Tokens in a batch, padding included, on a CPU core and on a GPU.
pub(crate) const CPU_BATCH_TOKENS: usize = 384;
const GPU_BATCH_TOKENS: usize = 16_384;
/// Sequences that a thread tokenises at a time.
const SEQUENCES_AT_A_TIME: usize = 16;
/// Sequences that are sorted by length together: enough that neighbours have nearly one length.
const WINDOW: usize = 4096;

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

    /// The values of each input for a batch, padded to its longest sequence, and their shape.
    pub(crate) fn fill(&self, rows: &[&Sequence]) -> ([usize; 2], Vec<Vec<i64>>) {
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
        let values = self.inputs.iter().map(|name| match name.as_str() {
            "input_ids" => filled(self.pad_id.into(), &|row, k| row.ids[k].into()),
            "attention_mask" => filled(0, &|_, _| 1),
            "position_ids" => filled(0, &|_, k| k as i64),
            _ => filled(0, &|row, k| row.types.get(k).copied().unwrap_or(0).into()),
        });
        ([rows.len(), width], values.collect())
    }
}

/// Runs `count` sequences through an engine and gives one vector each, in their order.
///
/// They are taken in windows: while one window's batches run, the next is tokenised, and no more
/// than two windows are held as tokens.
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
    let mut vectors = vec![Vec::new(); count];
    let mut window = Window::default();
    let mut end = 0;
    while end < count || !window.sequences.is_empty() {
        let next = end..count.min(end + WINDOW);
        let batches = window.batches(ports, engine.provider());
        let pieces = interleave(batches, &next);
        let done =
            parallel::in_order(
                engine.workers(),
                pieces.len(),
                cancel,
                |worker, n| match &pieces[n] {
                    Piece::Run(batch) => {
                        let rows: Vec<&Sequence> =
                            batch.iter().map(|&index| &window.sequences[index]).collect();
                        run_batch(engine, ports, worker, &rows).map(Done::Ran)
                    }
                    Piece::Tokenise(chunk) => chunk
                        .clone()
                        .map(|n| match tokenise(n)? {
                            empty if empty.ids.is_empty() => {
                                Err(ScorerError::BadOutput("no tokens for a text".to_owned()))
                            }
                            sequence => Ok(sequence),
                        })
                        .collect::<Result<_, _>>()
                        .map(Done::Tokenised),
                },
            )?;
        let mut sequences = Vec::with_capacity(next.len());
        for (piece, done) in pieces.iter().zip(done) {
            match (piece, done) {
                (Piece::Run(batch), Done::Ran(rows)) => {
                    for (&index, row) in batch.iter().zip(rows) {
                        vectors[window.start + index] = row;
                    }
                }
                (_, Done::Tokenised(chunk)) => sequences.extend(chunk),
                (Piece::Tokenise(_), Done::Ran(_)) => {}
            }
        }
        end = next.end;
        window = Window { start: next.start, sequences };
    }
    Ok(vectors)
}

/// Tokens in a batch, padding included.
pub(crate) fn tokens_at_a_time(provider: Provider) -> usize {
    match provider {
        Provider::Cpu => CPU_BATCH_TOKENS,
        _ => GPU_BATCH_TOKENS,
    }
}

/// Sequences that are batched together.
#[derive(Default)]
struct Window {
    /// Place of the first among all.
    start: usize,
    sequences: Vec<Sequence>,
}

impl Window {
    fn batches(&self, ports: &TextPorts, provider: Provider) -> Vec<Batch> {
        let lengths: Vec<usize> = self.sequences.iter().map(|s| s.ids.len()).collect();
        let budget = tokens_at_a_time(provider);
        let padding = if ports.padded { Padding::Allowed } else { Padding::Forbidden };
        batch::plan(&lengths, budget, padding)
    }
}

/// What a worker takes next.
enum Piece {
    /// A batch, as places in the window.
    Run(Batch),
    /// Sequences of the next window, as places among all.
    Tokenise(Range<usize>),
}

enum Done {
    Ran(Vec<Vec<f32>>),
    Tokenised(Vec<Sequence>),
}

/// Spreads the tokenising evenly among the batches, so that on a GPU, which runs one batch at a
/// time, somebody tokenises while it runs. Chunks stay in order.
fn interleave(batches: Vec<Batch>, next: &Range<usize>) -> Vec<Piece> {
    let starts = next.clone().step_by(SEQUENCES_AT_A_TIME);
    let mut chunks = starts.map(|start| start..next.end.min(start + SEQUENCES_AT_A_TIME));
    let (runs, tokenisings) = (batches.len(), chunks.len());
    let mut pieces = Vec::with_capacity(runs + tokenisings);
    for (n, batch) in batches.into_iter().enumerate() {
        pieces.push(Piece::Run(batch));
        let due = tokenisings * (n + 1) / runs - tokenisings * n / runs;
        pieces.extend(chunks.by_ref().take(due).map(Piece::Tokenise));
    }
    pieces.extend(chunks.map(Piece::Tokenise));
    pieces
}

fn run_batch(
    engine: &Engine,
    ports: &TextPorts,
    worker: usize,
    rows: &[&Sequence],
) -> Result<Vec<Vec<f32>>, ScorerError> {
    let output = run_rows(engine, ports, &ports.output, worker, rows)?;
    let lengths: Vec<usize> = rows.iter().map(|row| row.ids.len()).collect();
    pooling::vectors(&output, ports.pooling, ports.normalise, &lengths)
}

/// Runs one batch, and gives one of the graph's outputs as it is.
pub(crate) fn run_rows(
    engine: &Engine,
    ports: &TextPorts,
    output: &str,
    worker: usize,
    rows: &[&Sequence],
) -> Result<Output, ScorerError> {
    let (shape, values) = ports.fill(rows);
    let inputs: Vec<Input<'_>> = ports
        .inputs
        .iter()
        .zip(&values)
        .map(|(name, values)| Input { name, shape: shape.to_vec(), values: Values::I64(values) })
        .collect();
    let tokens = rows.iter().map(|row| row.ids.len() as u64).sum();
    let work = Work { inputs: rows.len() as u64, tokens };
    let outputs = engine.run(worker, &inputs, &[output], work)?;
    Ok(outputs.into_iter().next().unwrap_or(Output { shape: vec![], values: vec![] }))
}
