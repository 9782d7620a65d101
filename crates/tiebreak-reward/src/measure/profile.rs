//! Where a graph's time goes, by operator.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use ort::session::SessionInputValue;
use ort::value::TensorRef;
use serde::Deserialize;
use tiebreak_core::ScorerError;

use crate::batch::{self, Padding};
use crate::provider::{self, Provider};
use crate::runtime::Runtime;
use crate::sequences::{CPU_BATCH_TOKENS, TextPorts};
use crate::shared_weights::SharedWeights;
use crate::tokens::{Segments, TextTokenizer};
use crate::{OpenOptions, Pack, RewardError};

/// Time that all nodes of one operator took.
#[derive(Clone, Debug, PartialEq)]
pub struct OperatorTime {
    /// The operator, for example `MatMul`.
    pub operator: String,
    /// Seconds in all of its nodes.
    pub seconds: f64,
}

/// An event of ONNX Runtime's profile.
#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    cat: String,
    #[serde(default)]
    name: String,
    /// Microseconds.
    #[serde(default)]
    dur: f64,
    #[serde(default)]
    args: Arguments,
}

#[derive(Default, Deserialize)]
struct Arguments {
    #[serde(default)]
    op_name: String,
}

/// Embeds texts once with ONNX Runtime's profiler on, on one core of the CPU, and adds up what
/// each operator took, longest first. The profile is written into the folder `scratch`.
///
/// # Errors
/// If the pack cannot be used, or the profile not written or read.
pub fn profile(
    pack: &Pack,
    texts: &[&str],
    scratch: &Path,
    options: &OpenOptions,
) -> Result<Vec<OperatorTime>, RewardError> {
    let (input, tokenizer) = pack.text()?;
    let tokenizer = TextTokenizer::read(tokenizer, input, Segments::One)?;
    let ports = TextPorts::of(input, &pack.manifest.output);
    let tokens =
        texts.iter().map(|text| tokenizer.encode(text)).collect::<Result<Vec<_>, ScorerError>>()?;
    let lengths: Vec<usize> = tokens.iter().map(|sequence| sequence.ids.len()).collect();
    let runtime = Runtime::load(&options.library()?)?;
    let weights = SharedWeights::read(&pack.model)?;
    let run = || -> ort::Result<PathBuf> {
        let builder =
            provider::builder(&runtime, Provider::Cpu)?.with_profiling(scratch.join("profile"))?;
        let mut session = weights.load(builder, &pack.model)?;
        for batch in batch::plan(&lengths, CPU_BATCH_TOKENS, Padding::Allowed) {
            let rows: Vec<_> = batch.iter().map(|&index| &tokens[index]).collect();
            let (shape, values) = ports.fill(&rows);
            let inputs = ports
                .inputs
                .iter()
                .zip(&values)
                .map(|(name, values)| {
                    let tensor = TensorRef::from_array_view((shape, values.as_slice()))?;
                    Ok((name.as_str(), tensor.into()))
                })
                .collect::<ort::Result<Vec<(&str, SessionInputValue<'_>)>>>()?;
            session.run(inputs)?;
        }
        session.end_profiling().map(PathBuf::from)
    };
    let failed = |problem: String| RewardError::bad_pack(&pack.model, problem);
    let file = run().map_err(|error| failed(provider::reason(&error)))?;
    let text = fs::read(&file).map_err(RewardError::io("read", &file))?;
    let events: Vec<Event> =
        serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))?;
    Ok(by_operator(events))
}

fn by_operator(events: Vec<Event>) -> Vec<OperatorTime> {
    let mut seconds: HashMap<String, f64> = HashMap::new();
    let nodes = |event: &Event| event.cat == "Node" && event.name.ends_with("_kernel_time");
    for event in events.into_iter().filter(nodes) {
        *seconds.entry(event.args.op_name).or_default() += event.dur / 1e6;
    }
    let mut times: Vec<OperatorTime> =
        seconds.into_iter().map(|(operator, seconds)| OperatorTime { operator, seconds }).collect();
    times.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_the_nodes_of_an_operator() {
        let events = r#"[
            {"cat":"Session","name":"model_run","dur":900,"args":{}},
            {"cat":"Node","name":"a_kernel_time","dur":250000,"args":{"op_name":"Add"}},
            {"cat":"Node","name":"a_fence_before","dur":7,"args":{"op_name":"Add"}},
            {"cat":"Node","name":"m_kernel_time","dur":500000,"args":{"op_name":"MatMul"}},
            {"cat":"Node","name":"m2_kernel_time","dur":500000,"args":{"op_name":"MatMul"}}]"#;
        let times = by_operator(serde_json::from_str(events).unwrap());
        let expected = [("MatMul", 1.0), ("Add", 0.25)];
        let expected = expected
            .map(|(operator, seconds)| OperatorTime { operator: operator.to_owned(), seconds });
        assert_eq!(times, expected);
    }
}
