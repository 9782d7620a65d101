//! musicnn (J. Pons and X. Serra, "musicnn: Pre-trained convolutional neural networks for music
//! audio tagging", ISMIR late-breaking demo 2019), trained on MagnaTagATune: convolutions over
//! pitch and over time, three residual layers, the largest value and the mean over time, and two
//! dense layers, for patches of 187 frames and 96 bands.

use std::path::Path;

use super::tensors::Tensors;
use super::{Made, read, tensor_bundle};
use crate::RewardError;
use crate::onnx::{Attribute, GraphBuilder};

const FRAMES: usize = 187;
const BANDS: usize = 96;
/// Bands that the filters over pitch cover.
const PITCH: [usize; 2] = [38, 67];
const PITCH_FILTERS: usize = 204;
/// Frames that the filters over time cover.
const TIME: [usize; 3] = [128, 64, 32];
const TIME_FILTERS: usize = 51;
const MIDDLE: usize = 64;
/// Frames that all other filters cover.
const AROUND: usize = 7;
const EMBEDDING: usize = 200;
const TAGS: usize = 50;
/// Of the normalisations.
const EPSILON: f32 = 1e-3;

pub(super) fn make(source: &Path) -> Result<Made, RewardError> {
    let index = source.join(".index");
    let data = read(&source.join(".data-00000-of-00001"))?;
    let tensors = tensor_bundle::read(&index, &read(&index)?, &data)?;
    Ok(Made { graph: network(&tensors)?, files: Vec::new() })
}

/// Builds `mel [batch, 187, 96] -> tags [batch, 50], embedding [batch, 200],
/// pooled [batch, 1506]`. Tags are probabilities; `embedding` is the layer before them, and
/// `pooled` the largest values and then the means over time.
fn network(tensors: &Tensors) -> Result<Vec<u8>, RewardError> {
    let mut graph = GraphBuilder::new("musicnn");
    let mel = graph.float_tensor_input("mel", &[FRAMES, BANDS]);
    graph.ints("one", &[1]);
    graph.ints("two", &[2]);
    let mut network = Network { tensors, graph, convolutions: 0, norms: 0 };

    let x = network.graph.op("Unsqueeze", &[&mel, "one"], "picture");
    let x = network.norm("normal", &x, 1)?;
    let mut front = Vec::new();
    for bands in PITCH {
        front.push(network.front(&format!("pitch{bands}"), &x, PITCH_FILTERS, [AROUND, bands])?);
    }
    for frames in TIME {
        front.push(network.front(&format!("time{frames}"), &x, TIME_FILTERS, [frames, 1])?);
    }
    let width = PITCH.len() * PITCH_FILTERS + TIME.len() * TIME_FILTERS;
    let front = network.concat(&front, "front_channels", 1);
    let front = network.turn(&front, "front");

    let first = network.middle("middle1", &front, width)?;
    let second = network.middle("middle2_step", &first, MIDDLE)?;
    let second = network.graph.op("Add", &[&second, &first], "middle2");
    let third = network.middle("middle3_step", &second, MIDDLE)?;
    let third = network.graph.op("Add", &[&third, &second], "middle3");
    let all = network.concat(&[front, first, second, third], "all_row", 3);

    let width = width + 3 * MIDDLE;
    network.back(&all, width)
}

struct Network<'a> {
    tensors: &'a Tensors,
    graph: GraphBuilder,
    /// How many there are so far: the names in the weights are numbered in order.
    convolutions: usize,
    norms: usize,
}

/// As TensorFlow names the layers of one kind.
fn numbered(kind: &str, number: usize) -> String {
    if number == 0 { kind.to_owned() } else { format!("{kind}_{number}") }
}

impl Network<'_> {
    /// Filters over the picture, the largest answer over the bands: `[batch, filters, frames, 1]`.
    fn front(
        &mut self,
        name: &str,
        input: &str,
        filters: usize,
        kernel: [usize; 2],
    ) -> Result<String, RewardError> {
        let x = self.convolution(name, input, filters, kernel)?;
        let x = self.norm(&format!("{name}_normal"), &x, filters)?;
        let bands = [("axes", Attribute::Ints(&[3])), ("keepdims", Attribute::Int(1))];
        Ok(self.graph.op_with("ReduceMax", &[&x], &format!("{name}_largest"), &bands))
    }

    /// Filters as wide as the input `[batch, 1, frames, width]`: `[batch, 1, frames, 64]`.
    fn middle(&mut self, name: &str, input: &str, width: usize) -> Result<String, RewardError> {
        let x = self.convolution(&format!("{name}_filters"), input, MIDDLE, [AROUND, width])?;
        let x = self.norm(&format!("{name}_normal"), &x, MIDDLE)?;
        Ok(self.turn(&x, name))
    }

    /// Pools over time, then the dense layers.
    fn back(mut self, all: &str, width: usize) -> Result<Vec<u8>, RewardError> {
        let graph = &mut self.graph;
        let all = graph.op("Squeeze", &[all, "one"], "all");
        let time = [("axes", Attribute::Ints(&[1])), ("keepdims", Attribute::Int(0))];
        let largest = graph.op_with("ReduceMax", &[&all], "largest", &time);
        let mean = graph.op_with("ReduceMean", &[&all], "mean", &time);
        // The dense layer takes them in turns: the largest value of a channel, then its mean.
        let columns =
            [&largest, &mean].map(|x| graph.op("Unsqueeze", &[x, "two"], &format!("{x}_column")));
        let pairs = self.concat(&columns, "pairs", 2);
        let turns = self.graph.op("Flatten", &[&pairs], "turns");
        let pooled = self.concat(&[largest, mean], "pooled", 1);

        let x = self.norm("turns_normal", &turns, 2 * width)?;
        let x = self.dense("dense", "inner", &x, 2 * width, EMBEDDING)?;
        let x = self.graph.op("Relu", &[&x], "inner_active");
        let embedding = self.norm("embedding", &x, EMBEDDING)?;
        let logits = self.dense("dense_1", "logits", &embedding, EMBEDDING, TAGS)?;
        let tags = self.graph.op("Sigmoid", &[&logits], "tags");
        self.graph.float_output(&tags, TAGS);
        self.graph.float_output(&embedding, EMBEDDING);
        self.graph.float_output(&pooled, 2 * width);
        Ok(self.graph.encode())
    }

    /// The next convolution of the weights, then ReLU. Frames are padded to stay as many; of an
    /// even kernel the larger margin is at the end. Bands are not padded.
    fn convolution(
        &mut self,
        name: &str,
        input: &str,
        filters: usize,
        kernel: [usize; 2],
    ) -> Result<String, RewardError> {
        let layer = numbered("conv2d", self.convolutions);
        self.convolutions += 1;
        let [frames, bands] = kernel;
        let stored =
            self.tensors.floats(&format!("{layer}/kernel"), &[frames, bands, 1, filters])?;
        let bias = self.tensors.floats(&format!("{layer}/bias"), &[filters])?;
        // Filters come last in TensorFlow and first in ONNX.
        let weight: Vec<f32> = (0..filters)
            .flat_map(|filter| stored.iter().skip(filter).step_by(filters).copied())
            .collect();
        let graph = &mut self.graph;
        let weight = graph.floats(&format!("{name}_weight"), &[filters, 1, frames, bands], &weight);
        let bias = graph.floats(&format!("{name}_bias"), &[filters], bias);
        let (start, end) = (((frames - 1) / 2) as i64, (frames / 2) as i64);
        let pads = [("pads", Attribute::Ints(&[start, 0, end, 0]))];
        let x = graph.op_with("Conv", &[input, &weight, &bias], &format!("{name}_linear"), &pads);
        Ok(graph.op("Relu", &[&x], name))
    }

    /// The next normalisation of the weights, over channels in the second dimension.
    fn norm(&mut self, name: &str, input: &str, channels: usize) -> Result<String, RewardError> {
        let layer = numbered("batch_normalization", self.norms);
        self.norms += 1;
        let mut inputs = vec![input.to_owned()];
        for part in ["gamma", "beta", "moving_mean", "moving_variance"] {
            let values = self.tensors.floats(&format!("{layer}/{part}"), &[channels])?;
            inputs.push(self.graph.floats(&format!("{name}_{part}"), &[channels], values));
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let epsilon = [("epsilon", Attribute::Float(EPSILON))];
        Ok(self.graph.op_with("BatchNormalization", &inputs, name, &epsilon))
    }

    fn dense(
        &mut self,
        layer: &str,
        name: &str,
        input: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<String, RewardError> {
        let weight = self.tensors.floats(&format!("{layer}/kernel"), &[inputs, outputs])?;
        let bias = self.tensors.floats(&format!("{layer}/bias"), &[outputs])?;
        let graph = &mut self.graph;
        let weight = graph.floats(&format!("{name}_weight"), &[inputs, outputs], weight);
        let bias = graph.floats(&format!("{name}_bias"), &[outputs], bias);
        Ok(graph.op("Gemm", &[input, &weight, &bias], name))
    }

    fn concat(&mut self, parts: &[String], name: &str, axis: i64) -> String {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        self.graph.op_with("Concat", &parts, name, &[("axis", Attribute::Int(axis))])
    }

    /// `[batch, channels, frames, 1]` to `[batch, 1, frames, channels]`.
    fn turn(&mut self, input: &str, name: &str) -> String {
        let order = [("perm", Attribute::Ints(&[0, 3, 2, 1]))];
        self.graph.op_with("Transpose", &[input], name, &order)
    }
}
