//! A graph, loaded on an execution provider and ready to be run by several workers at once.
//!
//! Owned here: the sessions, what they take and give, what they count, and the change to the CPU
//! when a provider fails in the middle of a run. Deliberately absent: what the numbers mean.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;

use ort::session::{OutputSelector, RunOptions, Session, SessionInputValue};
use prost::Message as _;
use tiebreak_core::{ScorerError, SkippedProvider, Usage};

use crate::onnx::Model;
use crate::port;
use crate::provider::{self, GraphSource};
use crate::runtime::Runtime;
use crate::shared_weights::SharedWeights;
use crate::usage::Meter;
use crate::{OpenOptions, Provider, RewardError};

pub(crate) use crate::port::{Element, Input, Output, Port, Values};
pub(crate) use crate::usage::Work;

/// Each session keeps activations of its own, some 20 MB; the weights they share.
const MOST_SESSIONS: usize = 16;

/// Larger graphs are none of ours, and are not read to see whether they are: 1 GB.
const LARGEST_CHANGED: u64 = 1 << 30;

/// A loaded graph.
#[derive(Debug)]
pub(crate) struct Engine {
    model: PathBuf,
    runtime: Arc<Runtime>,
    /// Threads that may call [`Engine::run`] side by side.
    workers: usize,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    active: RwLock<Arc<Active>>,
    skipped: Mutex<Vec<SkippedProvider>>,
    /// Held while the CPU takes over, so that it does so once.
    takeover: Mutex<()>,
    meter: Meter,
}

/// The sessions that run now.
#[derive(Debug)]
struct Active {
    provider: Provider,
    /// On the CPU one per core, each on its caller's thread alone: whole inputs run side by side,
    /// so no core waits for another inside an operator. On a GPU one, for which callers queue
    /// with their inputs prepared.
    sessions: Vec<Mutex<Session>>,
}

impl Engine {
    /// Loads a graph on the first provider of the order that can run it.
    ///
    /// # Errors
    /// [`RewardError::NoProvider`] with every reason, or what is wrong with the graph's file.
    pub(crate) fn open(
        model: &Path,
        runtime: Arc<Runtime>,
        options: &OpenOptions,
    ) -> Result<Self, RewardError> {
        let order = options.providers.clone().unwrap_or_else(Provider::default_order);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers = options.threads.unwrap_or(cores).clamp(1, MOST_SESSIONS);
        let mut skipped = Vec::new();
        for provider in order {
            match open_sessions(&runtime, provider, model, workers)? {
                Ok(sessions) => {
                    let active = Active { provider, sessions };
                    return Ok(Self::assemble(model, runtime, workers, active, skipped));
                }
                Err(reason) => {
                    skipped.push(SkippedProvider { provider: provider.to_string(), reason });
                }
            }
        }
        Err(RewardError::NoProvider { model: model.to_owned(), skipped })
    }

    fn assemble(
        model: &Path,
        runtime: Arc<Runtime>,
        workers: usize,
        active: Active,
        skipped: Vec<SkippedProvider>,
    ) -> Self {
        let (inputs, outputs) = match active.sessions.first() {
            Some(session) => {
                let session = lock(session);
                (port::ports(session.inputs()), port::ports(session.outputs()))
            }
            None => (Vec::new(), Vec::new()),
        };
        Self {
            model: model.to_owned(),
            runtime,
            workers,
            inputs,
            outputs,
            active: RwLock::new(Arc::new(active)),
            skipped: Mutex::new(skipped),
            takeover: Mutex::new(()),
            meter: Meter::default(),
        }
    }

    /// How many threads may run inputs side by side. On a GPU they share one session, and each
    /// prepares its inputs while another's run.
    pub(crate) fn workers(&self) -> usize {
        self.workers
    }

    /// What the graph takes.
    pub(crate) fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// What the graph gives.
    pub(crate) fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// The provider that runs now.
    pub(crate) fn provider(&self) -> Provider {
        self.active().provider
    }

    /// The providers that do not run, and why.
    pub(crate) fn skipped(&self) -> Vec<SkippedProvider> {
        self.skipped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was done since the graph was loaded.
    pub(crate) fn usage(&self) -> Usage {
        self.meter.read(self.active().sessions.len())
    }

    /// ONNX Runtime.
    pub(crate) fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// Runs the graph once on the session of `worker` (below [`Engine::workers`]) and gives the
    /// named outputs in their order. Values are converted to what each port takes, and outputs to
    /// 32-bit floats, finite or not: one input that the graph cannot make sense of is no failure of
    /// the others. If a provider other than the CPU fails where the CPU does not, the CPU
    /// takes over for all workers, and [`Engine::skipped`] says why.
    ///
    /// # Errors
    /// [`ScorerError::BadOutput`] if an output is missing, else what ONNX Runtime says.
    pub(crate) fn run(
        &self,
        worker: usize,
        inputs: &[Input<'_>],
        outputs: &[&str],
        work: Work,
    ) -> Result<Vec<Output>, ScorerError> {
        let is_known = |name: &&&str| self.outputs.iter().any(|port| port.name == **name);
        if let Some(unknown) = outputs.iter().find(|name| !is_known(name)) {
            return Err(ScorerError::BadOutput(format!("no output called {unknown}")));
        }
        let active = self.active();
        match self.run_on(&active, worker, inputs, outputs) {
            Ok(found) => {
                self.meter.count(work);
                Ok(found)
            }
            Err(error) if active.provider == Provider::Cpu => Err(failed(inputs, error)),
            Err(error) => self.run_on_cpu_instead(&active, &error, worker, inputs, outputs, work),
        }
    }

    fn run_on_cpu_instead(
        &self,
        failing: &Arc<Active>,
        error: &ort::Error,
        worker: usize,
        inputs: &[Input<'_>],
        outputs: &[&str],
        work: Work,
    ) -> Result<Vec<Output>, ScorerError> {
        let _one_at_a_time = self.takeover.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.active();
        let is_first = Arc::ptr_eq(&current, failing);
        let cpu = if is_first {
            let sessions = open_sessions(&self.runtime, Provider::Cpu, &self.model, self.workers)?;
            let sessions = sessions.map_err(|reason| ScorerError::Runtime {
                context: format!("{} failed, and the CPU cannot take over", failing.provider),
                source: reason.into(),
            })?;
            Arc::new(Active { provider: Provider::Cpu, sessions })
        } else {
            current
        };
        // Where the CPU fails too, the inputs are at fault and not the provider.
        let found = self
            .run_on(&cpu, worker, inputs, outputs)
            .map_err(|cpu_error| failed(inputs, cpu_error))?;
        if is_first {
            *self.active.write().unwrap_or_else(PoisonError::into_inner) = cpu;
            let reason = format!("it failed while running: {}", provider::reason(error));
            let skip = SkippedProvider { provider: failing.provider.to_string(), reason };
            self.skipped.lock().unwrap_or_else(PoisonError::into_inner).push(skip);
        }
        self.meter.count(work);
        Ok(found)
    }

    fn run_on(
        &self,
        active: &Active,
        worker: usize,
        inputs: &[Input<'_>],
        outputs: &[&str],
    ) -> ort::Result<Vec<Output>> {
        let tensors = inputs
            .iter()
            .map(|input| Ok((input.name, input.tensor(self.element(input.name))?)))
            .collect::<ort::Result<Vec<(&str, SessionInputValue<'_>)>>>()?;
        let selected = outputs.iter().fold(OutputSelector::no_default(), |s, name| s.with(*name));
        let options = RunOptions::new()?.with_outputs(selected);
        let Some(session) = active.sessions.get(worker % active.sessions.len().max(1)) else {
            return Err(ort::Error::new("no session"));
        };
        let mut session = lock(session);
        let found = self.meter.time(|| session.run_with_options(tensors, &options))?;
        outputs.iter().map(|name| Output::of(name, found.get(name))).collect()
    }

    fn element(&self, input: &str) -> Element {
        let port = self.inputs.iter().find(|port| port.name == input);
        port.map_or(Element::Other, |port| port.element)
    }

    fn active(&self) -> Arc<Active> {
        Arc::clone(&self.active.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Opens one session, or `workers` of them on the CPU. The outer error is the graph's own fault;
/// the inner one says why this provider does not run it.
fn open_sessions(
    runtime: &Runtime,
    provider: Provider,
    model: &Path,
    workers: usize,
) -> Result<Result<Vec<Mutex<Session>>, String>, RewardError> {
    let opened: Result<Vec<Session>, String> = if provider == Provider::Cpu {
        let weights = SharedWeights::read(model)?;
        let graph = GraphSource::Shared(model, &weights);
        (0..workers).map(|_| provider::open_on(runtime, provider, graph)).collect()
    } else {
        let changed = with_token_states(model)?;
        let graph = changed.as_deref().map_or(GraphSource::File(model), GraphSource::Bytes);
        provider::open_on(runtime, provider, graph).map(|s| vec![s])
    };
    Ok(opened.map(|sessions| sessions.into_iter().map(Mutex::new).collect()))
}

/// A graph of ours that gives the states of its tokens too; `None` for any other, which is loaded
/// from its file.
fn with_token_states(model: &Path) -> Result<Option<Vec<u8>>, RewardError> {
    let length = std::fs::metadata(model).map_err(RewardError::io("read", model))?.len();
    if length > LARGEST_CHANGED {
        return Ok(None);
    }
    let bytes = std::fs::read(model).map_err(RewardError::io("read", model))?;
    // Another's may be larger or stranger than our messages can hold.
    let Ok(mut decoded) = Model::decode(bytes.as_slice()) else { return Ok(None) };
    Ok(decoded.expose_token_states().then(|| decoded.encode_to_vec()))
}

fn lock(session: &Mutex<Session>) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failed(inputs: &[Input<'_>], source: ort::Error) -> ScorerError {
    let shape = inputs.first().map(|input| input.shape.as_slice()).unwrap_or_default();
    ScorerError::Runtime {
        context: format!("cannot run the model on inputs of shape {shape:?}"),
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use prost::Message as _;
    use tempfile::TempDir;

    use super::*;
    use crate::locate;
    use crate::onnx::{GraphBuilder, Model};

    const ONE: Work = Work { inputs: 1, tokens: 3 };

    fn runtime() -> Arc<Runtime> {
        let library = locate::library().unwrap_or_else(|error| {
            panic!("{error}\nThis test needs ONNX Runtime: run `cargo xtask setup`")
        });
        Runtime::load(&library).unwrap()
    }

    /// Gives the absolute values of `in`.
    fn sound() -> Vec<u8> {
        let mut graph = GraphBuilder::new("sound");
        let input = graph.float_input("in", 1);
        let output = graph.op("Abs", &[&input], "out");
        graph.float_output(&output, 1);
        graph.encode()
    }

    /// Loads, but fails when it runs: one row cannot become seven.
    fn broken() -> Vec<u8> {
        let mut graph = GraphBuilder::new("broken");
        let input = graph.float_input("in", 1);
        let shape = graph.ints("shape", &[7, 1]);
        let output = graph.op("Reshape", &[&input, &shape], "out");
        graph.float_output(&output, 1);
        graph.encode()
    }

    /// An engine whose sessions fail as if a GPU had broken off, while the graph's file is `file`.
    fn failing_gpu(file: &[u8]) -> (TempDir, Engine) {
        let dir = tempfile::tempdir().unwrap();
        let model = dir.path().join("model.onnx");
        fs::write(&model, file).unwrap();
        let runtime = runtime();
        let graph = broken();
        let session =
            provider::open_on(&runtime, Provider::Cpu, GraphSource::Bytes(&graph)).unwrap();
        let active = Active { provider: Provider::Cuda, sessions: vec![Mutex::new(session)] };
        let earlier =
            vec![SkippedProvider { provider: "coreml".to_owned(), reason: "none".to_owned() }];
        (dir, Engine::assemble(&model, runtime, 3, active, earlier))
    }

    fn run(engine: &Engine, worker: usize, value: f32) -> Result<Vec<Output>, ScorerError> {
        let values = [value];
        let input = Input { name: "in", shape: vec![1, 1], values: Values::F32(&values) };
        engine.run(worker, &[input], &["out"], ONE)
    }

    #[test]
    fn the_cpu_takes_over_once_from_a_provider_that_fails_in_the_middle_of_a_run() {
        let (_dir, engine) = failing_gpu(&sound());
        assert_eq!(engine.provider(), Provider::Cuda);
        thread::scope(|scope| {
            for worker in 0..3 {
                let engine = &engine;
                scope.spawn(move || {
                    for n in 0..20 {
                        let value = (worker * 20 + n) as f32;
                        let found = run(engine, worker, -value).unwrap();
                        assert_eq!(found, [Output { shape: vec![1, 1], values: vec![value] }]);
                    }
                });
            }
        });
        assert_eq!(engine.provider(), Provider::Cpu);
        let skipped = engine.skipped();
        let providers: Vec<&str> = skipped.iter().map(|skip| skip.provider.as_str()).collect();
        assert_eq!(providers, ["coreml", "cuda"], "said once, after what was known before");
        let reason = &skipped[1].reason;
        assert!(reason.starts_with("it failed while running: "), "{reason}");
        assert!(reason.contains("shape") && !reason.contains('\n'), "{reason}");
        let usage = engine.usage();
        assert_eq!((usage.inputs, usage.tokens, usage.sessions), (60, 180, 3));
        assert!(usage.busy_s > 0.0);
    }

    #[test]
    fn inputs_that_the_cpu_refuses_too_are_no_failure_of_the_provider() {
        let (_dir, engine) = failing_gpu(&broken());
        assert!(matches!(run(&engine, 0, 1.0), Err(ScorerError::Runtime { .. })));
        assert_eq!(engine.provider(), Provider::Cuda);
        assert_eq!(engine.skipped().len(), 1);
        assert_eq!(engine.usage().inputs, 0);
    }

    #[test]
    fn every_element_type_goes_in_and_out() {
        // Codes of ONNX's TensorProto.DataType.
        let cases = [
            (1, Element::F32),
            (6, Element::I32),
            (7, Element::I64),
            (10, Element::F16),
            (11, Element::F64),
        ];
        let dir = tempfile::tempdir().unwrap();
        let options =
            OpenOptions { providers: Some(vec![Provider::Cpu]), ..OpenOptions::default() };
        for (code, element) in cases {
            let mut model = Model::decode(sound().as_slice()).unwrap();
            let graph = model.graph.as_mut().unwrap();
            for port in graph.input.iter_mut().chain(&mut graph.output) {
                port.value_type.as_mut().unwrap().tensor.as_mut().unwrap().element = code;
            }
            // Not every operator exists for every type; this one does.
            graph.node[0].op_type = "Identity".to_owned();
            let file = dir.path().join(format!("{code}.onnx"));
            fs::write(&file, model.encode_to_vec()).unwrap();
            let engine = Engine::open(&file, runtime(), &options).unwrap();
            let port =
                |name: &str| Port { name: name.to_owned(), element, shape: vec![None, Some(1)] };
            assert_eq!(
                (engine.inputs(), engine.outputs()),
                (&[port("in")][..], &[port("out")][..])
            );
            let found = match element {
                Element::I32 | Element::I64 => {
                    let values = Values::I64(&[-3, 5]);
                    engine.run(0, &[Input { name: "in", shape: vec![2, 1], values }], &["out"], ONE)
                }
                _ => {
                    let values = Values::F32(&[-3.0, 5.0]);
                    engine.run(0, &[Input { name: "in", shape: vec![2, 1], values }], &["out"], ONE)
                }
            };
            assert_eq!(found.unwrap()[0].values, [-3.0, 5.0], "{element:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let model = dir.path().join("model.onnx");
        fs::write(&model, sound()).unwrap();
        let options =
            OpenOptions { providers: Some(vec![Provider::Cpu]), ..OpenOptions::default() };
        let engine = Engine::open(&model, runtime(), &options).unwrap();
        let tried = |input: Input<'_>, output: &str| {
            let error = engine.run(0, &[input], &[output], ONE).unwrap_err();
            let source = std::error::Error::source(&error).map(ToString::to_string);
            source.unwrap_or_else(|| error.to_string())
        };
        let input = |name, values| Input { name, shape: vec![2, 1], values };
        let whole = Values::F32(&[1.0, 2.0]);
        let cases = [
            (tried(input("in", whole), "other"), "no output called other"),
            (tried(input("other", whole), "out"), "other"),
            (tried(input("in", Values::F32(&[1.0])), "out"), "2"),
        ];
        for (said, expected) in cases {
            assert!(said.contains(expected), "{expected:?} is not in {said:?}");
        }
        assert!(run(&engine, 5, 1.0).is_ok(), "any number of a worker is good");
        let found = engine.run(0, &[input("in", Values::F32(&[-1.0, f32::NAN]))], &["out"], ONE);
        let values = &found.unwrap()[0].values;
        assert!(values[0] == 1.0 && values[1].is_nan(), "the first has its result");
    }
}
