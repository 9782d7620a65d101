//! The graph of a BERT sentence encoder (J. Devlin et al., NAACL 2019; pooling as in N. Reimers
//! and I. Gurevych, EMNLP 2019): embeddings, `layers` times attention and feed-forward, each with
//! a residual and a layer norm, then the mean over the tokens, scaled to length 1.

use super::tensors::Tensors;
use crate::RewardError;
use crate::onnx::{Attribute, GraphBuilder, MICROSOFT};

/// The sizes of an encoder.
pub(crate) struct Shape {
    pub(crate) layers: usize,
    pub(crate) hidden: usize,
    pub(crate) heads: usize,
    /// Width of the feed-forward part.
    pub(crate) inner: usize,
    /// Rows of the position table: the longest input in tokens.
    pub(crate) positions: usize,
    /// Of the layer norms.
    pub(crate) epsilon: f32,
}

const VOCABULARY: usize = 30_522;

/// Builds `input_ids, attention_mask [batch, tokens] -> sentence_embedding [batch, hidden]`.
pub(crate) fn sentence_encoder(weights: &Tensors, shape: &Shape) -> Result<Vec<u8>, RewardError> {
    let mut graph = GraphBuilder::new("sentence encoder");
    let ids = graph.int_input("input_ids", &["batch", "tokens"]);
    let mask = graph.int_input("attention_mask", &["batch", "tokens"]);
    let mut encoder = Encoder { weights, shape, graph };
    let mask32 = encoder.graph.cast_int32(&mask, "mask");
    let mut tokens = encoder.embeddings(&ids)?;
    for layer in 0..shape.layers {
        tokens = encoder.layer(layer, &tokens, &mask32)?;
    }
    let embedding = encoder.pool(&tokens, &mask);
    encoder.graph.float_output(&embedding, shape.hidden);
    Ok(encoder.graph.encode())
}

struct Encoder<'a> {
    weights: &'a Tensors,
    shape: &'a Shape,
    graph: GraphBuilder,
}

impl Encoder<'_> {
    /// Word plus position plus token type, normalised. Every token of a single text has type 0,
    /// so that row is added to the position table here instead of on every run.
    fn embeddings(&mut self, ids: &str) -> Result<String, RewardError> {
        let &Shape { hidden, positions, .. } = self.shape;
        let table = |name: &str, rows: usize| {
            self.weights.floats(&format!("embeddings.{name}_embeddings.weight"), &[rows, hidden])
        };
        let words = table("word", VOCABULARY)?;
        let types = table("token_type", 2)?;
        let mut places = table("position", positions)?.to_vec();
        for row in places.chunks_exact_mut(hidden) {
            row.iter_mut().zip(types).for_each(|(place, first_type)| *place += first_type);
        }
        let graph = &mut self.graph;
        let words = graph.floats("words", &[VOCABULARY, hidden], words);
        let places = graph.floats("places", &[positions, hidden], &places);
        let [zero, one, two] = [0, 1, 2].map(|n| graph.ints(&format!("int{n}"), &[n]));
        let shape = graph.op("Shape", &[ids], "ids_shape");
        let length = graph.op("Slice", &[&shape, &one, &two, &zero], "length");
        let places = graph.op("Slice", &[&places, &zero, &length, &zero], "places_used");
        let words = graph.op("Gather", &[&words, ids], "words_used");
        let sum = graph.op("Add", &[&words, &places], "embedded");
        self.norm("embeddings.LayerNorm", &sum, "tokens")
    }

    fn layer(&mut self, n: usize, tokens: &str, mask: &str) -> Result<String, RewardError> {
        let &Shape { hidden, inner, heads, .. } = self.shape;
        let part = |name: &str| format!("encoder.layer.{n}.{name}");
        let own = |name: &str| format!("layer{n}.{name}");

        let (qkv, bias) = self.query_key_value(&part("attention.self"))?;
        let qkv = self.graph.floats(&own("qkv"), &[hidden, 3 * hidden], &qkv);
        let bias = self.graph.floats(&own("qkv_bias"), &[3 * hidden], &bias);
        let attended = self.graph.node(
            MICROSOFT,
            "Attention",
            &[tokens, &qkv, &bias, mask],
            &own("attended"),
            &[("num_heads", Attribute::Int(heads as i64))],
        );
        let output = part("attention.output");
        let mixed = self.residual(&output, &own("mixed"), &attended, hidden, tokens)?;

        let dense = part("intermediate.dense");
        let wide = self.product(&dense, &own("wide"), &mixed, hidden, inner)?;
        let bias = self.weights.floats(&format!("{dense}.bias"), &[inner])?;
        let bias = self.graph.floats(&own("wide_bias"), &[inner], bias);
        let active = self.graph.node(MICROSOFT, "BiasGelu", &[&wide, &bias], &own("active"), &[]);
        self.residual(&part("output"), &own("tokens"), &active, inner, &mixed)
    }

    /// The three projections side by side, as the fused attention takes them.
    fn query_key_value(&self, part: &str) -> Result<(Vec<f32>, Vec<f32>), RewardError> {
        let hidden = self.shape.hidden;
        let (mut columns, mut bias) = (Vec::new(), Vec::new());
        for name in ["query", "key", "value"] {
            columns.push(self.weights.linear(&format!("{part}.{name}.weight"), hidden, hidden)?);
            bias.extend(self.weights.floats(&format!("{part}.{name}.bias"), &[hidden])?);
        }
        let row_of = |row: usize| {
            columns.iter().flat_map(move |part| &part[row * hidden..(row + 1) * hidden]).copied()
        };
        Ok(((0..hidden).flat_map(row_of).collect(), bias))
    }

    /// Norm of `skip` plus the linear layer `part.dense` of `input`.
    fn residual(
        &mut self,
        part: &str,
        name: &str,
        input: &str,
        inputs: usize,
        skip: &str,
    ) -> Result<String, RewardError> {
        let hidden = self.shape.hidden;
        let dense = format!("{part}.dense");
        let product = self.product(&dense, &format!("{name}_product"), input, inputs, hidden)?;
        let bias = self.weights.floats(&format!("{dense}.bias"), &[hidden])?;
        let bias = self.graph.floats(&format!("{name}_bias"), &[hidden], bias);
        let biased = self.graph.op("Add", &[&product, &bias], &format!("{name}_biased"));
        let sum = self.graph.op("Add", &[&biased, skip], &format!("{name}_sum"));
        self.norm(&format!("{part}.LayerNorm"), &sum, name)
    }

    fn product(
        &mut self,
        dense: &str,
        name: &str,
        input: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<String, RewardError> {
        let weight = self.weights.linear(&format!("{dense}.weight"), inputs, outputs)?;
        let weight = self.graph.floats(&format!("{name}_weight"), &[inputs, outputs], &weight);
        Ok(self.graph.op("MatMul", &[input, &weight], name))
    }

    /// Layer norm. ONNX Runtime has an operator that also adds bias and residual, but on a CPU it
    /// takes ten times as long as these steps apart, an eighth of the whole.
    fn norm(&mut self, part: &str, input: &str, name: &str) -> Result<String, RewardError> {
        let hidden = [self.shape.hidden];
        let scale = self.weights.floats(&format!("{part}.weight"), &hidden)?;
        let shift = self.weights.floats(&format!("{part}.bias"), &hidden)?;
        let scale = self.graph.floats(&format!("{name}_scale"), &hidden, scale);
        let shift = self.graph.floats(&format!("{name}_shift"), &hidden, shift);
        let attributes =
            [("axis", Attribute::Int(-1)), ("epsilon", Attribute::Float(self.shape.epsilon))];
        Ok(self.graph.op_with("LayerNormalization", &[input, &scale, &shift], name, &attributes))
    }

    /// The mean over the tokens that are not padding, scaled to length 1. The division by their
    /// number would cancel in the scaling, so the sum is enough: a product with the mask.
    fn pool(&mut self, tokens: &str, mask: &str) -> String {
        let graph = &mut self.graph;
        let weight = graph.cast_float(mask, "mask_float");
        let weight = graph.op("Unsqueeze", &[&weight, "int1"], "mask_row");
        let sum = graph.op("MatMul", &[&weight, tokens], "sum_row");
        let sum = graph.op("Squeeze", &[&sum, "int1"], "sum");
        let axis = [("axes", Attribute::Ints(&[1])), ("keepdims", Attribute::Int(1))];
        let length = graph.op_with("ReduceL2", &[&sum], "sum_length", &axis);
        graph.op("Div", &[&sum, &length], "sentence_embedding")
    }
}
