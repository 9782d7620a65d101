//! From texts to embeddings.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use ort::session::{Session, SessionInputValue};
use ort::value::TensorRef;
use tiebreak_core::{Cancel, ScorerError, SkippedProvider};

use crate::provider::{self, GraphSource};
use crate::runtime::Runtime;
use crate::shared_weights::SharedWeights;
use crate::tokens::TextTokenizer;
use crate::{OpenOptions, Pack, Provider, RewardError, batch, parallel};

/// Tokens in a batch, padding included, on a CPU core and on a GPU.
const CPU_BATCH_TOKENS: usize = 384;
const GPU_BATCH_TOKENS: usize = 16_384;
/// Each session keeps activations of its own, some 20 MB; the weights they share.
const MOST_SESSIONS: usize = 16;

/// A pack's encoder, loaded.
#[derive(Debug)]
pub(crate) struct Encoder {
    pub(crate) pack: Pack,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) provider: Provider,
    pub(crate) skipped: Vec<SkippedProvider>,
    tokenizer: TextTokenizer,
    /// On the CPU one per core, each on its caller's thread alone: whole texts run side by side,
    /// so no core waits for another inside an operator.
    sessions: Vec<Mutex<Session>>,
    /// For the tokenizer, which runs on the CPU whatever the provider.
    threads: usize,
    batch_tokens: usize,
}

impl Encoder {
    pub(crate) fn open(
        pack: Pack,
        runtime: Arc<Runtime>,
        options: &OpenOptions,
    ) -> Result<Self, RewardError> {
        let tokenizer = TextTokenizer::read(&pack)?;
        let order = options.providers.clone().unwrap_or_else(Provider::default_order);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = options.threads.unwrap_or(cores).clamp(1, MOST_SESSIONS);
        let (provider, sessions, skipped) = open_sessions(&runtime, &order, &pack, threads)?;
        let batch_tokens = match provider {
            Provider::Cpu => CPU_BATCH_TOKENS,
            _ => GPU_BATCH_TOKENS,
        };
        let encoder = Self {
            pack,
            runtime,
            provider,
            skipped,
            tokenizer,
            sessions: sessions.into_iter().map(Mutex::new).collect(),
            threads,
            batch_tokens,
        };
        encoder.try_out()?;
        Ok(encoder)
    }

    /// Embeds texts in the order given; equal texts are computed once.
    pub(crate) fn embed(
        &self,
        texts: &[&str],
        cancel: &Cancel,
    ) -> Result<Vec<Vec<f32>>, ScorerError> {
        let mut unique: Vec<&str> = Vec::new();
        let mut index_of: HashMap<&str, usize> = HashMap::with_capacity(texts.len());
        let positions: Vec<usize> = texts
            .iter()
            .map(|&text| {
                *index_of.entry(text).or_insert_with(|| {
                    unique.push(text);
                    unique.len() - 1
                })
            })
            .collect();

        let tokens = self.tokenizer.encode_all(&unique, self.threads, cancel)?;
        let lengths: Vec<usize> = tokens.iter().map(Vec::len).collect();
        let batches = batch::plan(&lengths, self.batch_tokens);
        let parts = parallel::in_order(self.sessions.len(), batches.len(), cancel, |worker, n| {
            let rows: Vec<&[u32]> = batches[n].iter().map(|&i| tokens[i].as_slice()).collect();
            self.run(worker, &rows)
        })?;

        let mut embeddings = vec![Vec::new(); unique.len()];
        for (batch, rows) in batches.iter().zip(parts) {
            for (&index, row) in batch.iter().zip(rows) {
                embeddings[index] = row;
            }
        }
        Ok(positions.into_iter().map(|index| embeddings[index].clone()).collect())
    }

    /// Runs one batch on one session.
    fn run(&self, session: usize, rows: &[&[u32]]) -> Result<Vec<Vec<f32>>, ScorerError> {
        let manifest = &self.pack.manifest;
        let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
        let failed = |source: ort::Error| ScorerError::Runtime {
            context: format!("cannot embed {} texts of up to {width} tokens", rows.len()),
            source: Box::new(source),
        };
        let mut ids = vec![0i64; rows.len() * width];
        let mut mask = vec![0i64; rows.len() * width];
        for (n, row) in rows.iter().enumerate() {
            let start = n * width;
            for (k, &id) in row.iter().enumerate() {
                ids[start + k] = i64::from(id);
            }
            mask[start..start + row.len()].fill(1);
        }
        let types = vec![0i64; rows.len() * width];
        let mut inputs: Vec<(&str, SessionInputValue<'_>)> = Vec::new();
        for name in &manifest.inputs {
            let data = match name.as_str() {
                "input_ids" => &ids,
                "attention_mask" => &mask,
                _ => &types,
            };
            let tensor = TensorRef::from_array_view(([rows.len(), width], data.as_slice()));
            inputs.push((name.as_str(), tensor.map_err(failed)?.into()));
        }

        let mut session = self.sessions[session].lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(inputs).map_err(failed)?;
        let bad = |what: String| Err(ScorerError::BadOutput(what));
        let Some(output) = outputs.get(&manifest.output) else {
            return bad(format!("no output called {}", manifest.output));
        };
        let (shape, values) = output.try_extract_tensor::<f32>().map_err(failed)?;
        let dim = manifest.embedding_dim;
        if **shape != [rows.len() as i64, dim as i64] {
            return bad(format!("an output of shape {shape}, not [{}, {dim}]", rows.len()));
        }
        if values.iter().any(|value| !value.is_finite()) {
            return bad("a number that is not finite".to_owned());
        }
        Ok(values.chunks_exact(dim).map(<[f32]>::to_vec).collect())
    }

    /// One short text, so that a graph that does not fit its manifest is refused on opening.
    fn try_out(&self) -> Result<(), RewardError> {
        self.embed(&["a"], &Cancel::default()).map(drop).map_err(|error| {
            let mut problem = error.to_string();
            if let Some(source) = std::error::Error::source(&error) {
                problem = format!("{problem}: {source}");
            }
            RewardError::bad_pack(&self.pack.model, problem)
        })
    }
}

/// Tries the providers in order: one session, or `threads` of them on the CPU.
fn open_sessions(
    runtime: &Runtime,
    order: &[Provider],
    pack: &Pack,
    threads: usize,
) -> Result<(Provider, Vec<Session>, Vec<SkippedProvider>), RewardError> {
    let mut skipped = Vec::new();
    for &provider in order {
        let opened = if provider == Provider::Cpu && threads > 1 {
            let weights = SharedWeights::read(&pack.model)?;
            let graph = GraphSource::Shared(&pack.model, &weights);
            (0..threads).map(|_| provider::open_on(runtime, provider, graph)).collect()
        } else {
            provider::open_on(runtime, provider, GraphSource::File(&pack.model)).map(|s| vec![s])
        };
        match opened {
            Ok(sessions) => return Ok((provider, sessions, skipped)),
            Err(reason) => {
                skipped.push(SkippedProvider { provider: provider.to_string(), reason });
            }
        }
    }
    Err(RewardError::NoProvider { model: pack.model.clone(), skipped })
}
