//! EfficientNet-lite0 (M. Tan and Q. V. Le, "EfficientNet", ICML 2019, in the "lite" variant of
//! its authors: no squeeze and excitation, ReLU6): a stem, 16 inverted residual blocks, a head,
//! the mean over places, and a linear layer for the 1,000 classes of ImageNet.
//!
//! The normalisations are put into the convolutions before them.

use std::path::Path;

use super::tensors::Tensors;
use super::{Made, read, torch_pickle};
use crate::RewardError;
use crate::onnx::{Attribute, GraphBuilder};

/// The published file.
const FILE: &str = "efficientnet-lite0-57934424.pth";
/// Pixels of a side of the input.
const SIDE: usize = 224;
const STEM: usize = 32;
const EMBEDDING: usize = 1_280;
const CLASSES: usize = 1_000;
/// Of the normalisations.
const EPSILON: f64 = 1e-3;

/// A run of alike blocks. The first has the stride, and may change the width.
struct Stage {
    blocks: usize,
    kernel: usize,
    stride: usize,
    /// How much wider a block is inside.
    expansion: usize,
    width: usize,
}

const STAGES: [Stage; 7] = [
    Stage { blocks: 1, kernel: 3, stride: 1, expansion: 1, width: 16 },
    Stage { blocks: 2, kernel: 3, stride: 2, expansion: 6, width: 24 },
    Stage { blocks: 2, kernel: 5, stride: 2, expansion: 6, width: 40 },
    Stage { blocks: 3, kernel: 3, stride: 2, expansion: 6, width: 80 },
    Stage { blocks: 3, kernel: 5, stride: 1, expansion: 6, width: 112 },
    Stage { blocks: 4, kernel: 5, stride: 2, expansion: 6, width: 192 },
    Stage { blocks: 1, kernel: 3, stride: 1, expansion: 6, width: 320 },
];

pub(super) fn make(source: &Path) -> Result<Made, RewardError> {
    let weights = source.join(FILE);
    let tensors = torch_pickle::read(&weights, &read(&weights)?)?;
    Ok(Made { graph: network(&tensors)?, files: Vec::new() })
}

/// Builds `image [batch, 3, 224, 224] -> embedding [batch, 1280], logits [batch, 1000]`.
fn network(tensors: &Tensors) -> Result<Vec<u8>, RewardError> {
    let mut graph = GraphBuilder::new("efficientnet-lite0");
    let image = graph.float_tensor_input("image", &[3, SIDE, SIDE]);
    graph.floats("zero", &[], &[0.0]);
    graph.floats("six", &[], &[6.0]);
    let mut network = Network { tensors, graph, side: SIDE };

    let stem = Convolution { inputs: 3, outputs: STEM, kernel: 3, stride: 2, is_depthwise: false };
    let mut x = network.active("_conv_stem", "_bn0", "stem", &image, &stem)?;
    let (mut width, mut number) = (STEM, 0);
    for stage in &STAGES {
        for place in 0..stage.blocks {
            let stride = if place == 0 { stage.stride } else { 1 };
            x = network.block(number, &x, width, stage, stride)?;
            (width, number) = (stage.width, number + 1);
        }
    }
    let head = Convolution::pointwise(width, EMBEDDING);
    let x = network.active("_conv_head", "_bn1", "head", &x, &head)?;

    let weight = tensors.floats("_fc.weight", &[CLASSES, EMBEDDING])?;
    let bias = tensors.floats("_fc.bias", &[CLASSES])?;
    let graph = &mut network.graph;
    let mean = graph.op("GlobalAveragePool", &[&x], "mean");
    let embedding = graph.op("Flatten", &[&mean], "embedding");
    let weight = graph.floats("classes_weight", &[CLASSES, EMBEDDING], weight);
    let bias = graph.floats("classes_bias", &[CLASSES], bias);
    let transposed = [("transB", Attribute::Int(1))];
    let logits = graph.op_with("Gemm", &[&embedding, &weight, &bias], "logits", &transposed);
    graph.float_output(&embedding, EMBEDDING);
    graph.float_output(&logits, CLASSES);
    Ok(network.graph.encode())
}

struct Network<'a> {
    tensors: &'a Tensors,
    graph: GraphBuilder,
    /// Places of a side so far.
    side: usize,
}

struct Convolution {
    inputs: usize,
    outputs: usize,
    kernel: usize,
    stride: usize,
    /// Whether each channel has a filter of its own and sees itself alone.
    is_depthwise: bool,
}

impl Convolution {
    const fn pointwise(inputs: usize, outputs: usize) -> Self {
        Self { inputs, outputs, kernel: 1, stride: 1, is_depthwise: false }
    }
}

impl Network<'_> {
    /// Widens, looks around in each channel, narrows; with the input added where it fits.
    fn block(
        &mut self,
        number: usize,
        input: &str,
        width: usize,
        stage: &Stage,
        stride: usize,
    ) -> Result<String, RewardError> {
        let inner = width * stage.expansion;
        let part = |name: &str| format!("_blocks.{number}.{name}");
        let own = |name: &str| format!("block{number}.{name}");
        let mut x = input.to_owned();
        if stage.expansion > 1 {
            let widen = Convolution::pointwise(width, inner);
            x = self.active(&part("_expand_conv"), &part("_bn0"), &own("wide"), &x, &widen)?;
        }
        let around = Convolution {
            inputs: inner,
            outputs: inner,
            kernel: stage.kernel,
            stride,
            is_depthwise: true,
        };
        x = self.active(&part("_depthwise_conv"), &part("_bn1"), &own("around"), &x, &around)?;
        let narrow = Convolution::pointwise(inner, stage.width);
        x = self.normal(&part("_project_conv"), &part("_bn2"), &own("narrow"), &x, &narrow)?;
        let is_residual = stride == 1 && width == stage.width;
        Ok(if is_residual { self.graph.op("Add", &[&x, input], &own("sum")) } else { x })
    }

    /// A normalised convolution, then ReLU6.
    fn active(
        &mut self,
        convolution: &str,
        norm: &str,
        name: &str,
        input: &str,
        shape: &Convolution,
    ) -> Result<String, RewardError> {
        let x = self.normal(convolution, norm, &format!("{name}.linear"), input, shape)?;
        Ok(self.graph.op("Clip", &[&x, "zero", "six"], name))
    }

    /// A convolution with its normalisation: each filter scaled by gamma / sqrt(variance +
    /// epsilon), and what is left of the means as the bias.
    fn normal(
        &mut self,
        convolution: &str,
        norm: &str,
        name: &str,
        input: &str,
        shape: &Convolution,
    ) -> Result<String, RewardError> {
        let &Convolution { inputs, outputs, kernel, stride, is_depthwise } = shape;
        let group = if is_depthwise { inputs } else { 1 };
        let dims = [outputs, inputs / group, kernel, kernel];
        let filters = self.tensors.floats(&format!("{convolution}.weight"), &dims)?;
        let part = |part: &str| self.tensors.floats(&format!("{norm}.{part}"), &[outputs]);
        let (gamma, beta) = (part("weight")?, part("bias")?);
        let (mean, variance) = (part("running_mean")?, part("running_var")?);
        let scale = |channel: usize| {
            f64::from(gamma[channel]) / (f64::from(variance[channel]) + EPSILON).sqrt()
        };
        let scaled: Vec<f32> = filters
            .chunks_exact(filters.len() / outputs)
            .enumerate()
            .flat_map(|(n, filter)| filter.iter().map(move |w| (f64::from(*w) * scale(n)) as f32))
            .collect();
        let bias: Vec<f32> = (0..outputs)
            .map(|n| (f64::from(beta[n]) - f64::from(mean[n]) * scale(n)) as f32)
            .collect();

        // TensorFlow's "SAME": of an odd margin, the larger part is at the end.
        let sides = self.side.div_ceil(stride);
        let margin = ((sides - 1) * stride + kernel).saturating_sub(self.side);
        let (start, end) = ((margin / 2) as i64, (margin - margin / 2) as i64);
        self.side = sides;

        let graph = &mut self.graph;
        let weight = graph.floats(&format!("{name}.weight"), &dims, &scaled);
        let bias = graph.floats(&format!("{name}.bias"), &[outputs], &bias);
        let stride = stride as i64;
        let attributes = [
            ("group", Attribute::Int(group as i64)),
            ("pads", Attribute::Ints(&[start, start, end, end])),
            ("strides", Attribute::Ints(&[stride, stride])),
        ];
        Ok(graph.op_with("Conv", &[input, &weight, &bias], name, &attributes))
    }
}
