//! Builds a graph node by node. Every call returns the name of the tensor it made, so that a
//! graph reads as a sequence of assignments.

use prost::Message;

use super::proto::{
    AttributeValue, Dimension, FLOAT, Graph, INT32, INT64, Model, Node, OperatorSet, Tensor,
    TensorShape, TensorType, ValueInfo, ValueType,
};

/// What our files name as their producer.
pub(super) const PRODUCER: &str = "tiebreak";
/// The domain of ONNX Runtime's own fused operators.
pub(crate) const MICROSOFT: &str = "com.microsoft";
/// The domain of the standard operators.
const STANDARD: &str = "";
/// The standard operator set that we write for (it has LayerNormalization).
const OPSET: i64 = 17;
/// The IR version that belongs to that operator set.
const IR_VERSION: i64 = 8;

/// The value of a node's attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Attribute<'a> {
    /// A number.
    Float(f32),
    /// An integer.
    Int(i64),
    /// A list of integers.
    Ints(&'a [i64]),
}

/// A graph under construction.
#[derive(Debug, Default)]
pub(crate) struct GraphBuilder {
    graph: Graph,
}

impl GraphBuilder {
    /// Starts a graph.
    pub(crate) fn new(name: &str) -> Self {
        Self { graph: Graph { name: name.to_owned(), ..Graph::default() } }
    }

    /// Adds a constant of floats.
    pub(crate) fn floats(&mut self, name: &str, dims: &[usize], values: &[f32]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, FLOAT, dims, bytes)
    }

    /// Adds a constant of integers.
    pub(crate) fn ints(&mut self, name: &str, values: &[i64]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, INT64, &[values.len()], bytes)
    }

    /// Adds a node with one output, which gets the name `output`.
    pub(crate) fn node(
        &mut self,
        domain: &str,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, Attribute<'_>)],
    ) -> String {
        self.graph.node.push(Node {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![output.to_owned()],
            name: output.to_owned(),
            op_type: operator.to_owned(),
            attribute: attributes.iter().map(|&(name, value)| attribute(name, value)).collect(),
            domain: domain.to_owned(),
        });
        output.to_owned()
    }

    /// Adds a standard node without attributes.
    pub(crate) fn op(&mut self, operator: &str, inputs: &[&str], output: &str) -> String {
        self.node(STANDARD, operator, inputs, output, &[])
    }

    /// Adds a standard node with attributes.
    pub(crate) fn op_with(
        &mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, Attribute<'_>)],
    ) -> String {
        self.node(STANDARD, operator, inputs, output, attributes)
    }

    /// Converts a tensor to 32-bit integers.
    pub(crate) fn cast_int32(&mut self, input: &str, output: &str) -> String {
        self.op_with("Cast", &[input], output, &[("to", Attribute::Int(INT32.into()))])
    }

    /// Converts a tensor to floats.
    pub(crate) fn cast_float(&mut self, input: &str, output: &str) -> String {
        self.op_with("Cast", &[input], output, &[("to", Attribute::Int(FLOAT.into()))])
    }

    /// Declares an input of 64-bit integers with named dimensions.
    pub(crate) fn int_input(&mut self, name: &str, dims: &[&str]) -> String {
        let dims = dims.iter().map(|&dim| named(dim)).collect();
        self.graph.input.push(value(name, INT64, dims));
        name.to_owned()
    }

    /// Declares an input of floats, `[batch, columns]`.
    pub(crate) fn float_input(&mut self, name: &str, columns: usize) -> String {
        self.graph.input.push(value(name, FLOAT, vec![named("batch"), fixed(columns)]));
        name.to_owned()
    }

    /// Declares an input of floats, `[batch, dims...]`.
    pub(crate) fn float_tensor_input(&mut self, name: &str, dims: &[usize]) -> String {
        let dims = dims.iter().map(|&dim| fixed(dim));
        let dims = [named("batch")].into_iter().chain(dims).collect();
        self.graph.input.push(value(name, FLOAT, dims));
        name.to_owned()
    }

    /// Declares an output of floats, `[batch, columns]`.
    pub(crate) fn float_output(&mut self, name: &str, columns: usize) {
        self.graph.output.push(value(name, FLOAT, vec![named("batch"), fixed(columns)]));
    }

    /// Declares an input of floats, `[rows, columns]`. Two inputs whose rows have one name must
    /// have as many: ONNX Runtime shares memory by these names.
    pub(crate) fn float_rows_input(&mut self, name: &str, rows: &str, columns: usize) -> String {
        self.graph.input.push(value(name, FLOAT, vec![named(rows), fixed(columns)]));
        name.to_owned()
    }

    /// Declares an output of floats whose first dimensions have names and whose last are fixed.
    pub(crate) fn shaped_output(&mut self, name: &str, free: &[&str], last: &[usize]) {
        let free = free.iter().map(|&dim| named(dim));
        let dims = free.chain(last.iter().map(|&dim| fixed(dim))).collect();
        self.graph.output.push(value(name, FLOAT, dims));
    }

    /// Declares an input of floats with named dimensions.
    pub(crate) fn free_float_input(&mut self, name: &str, dims: &[&str]) -> String {
        let dims = dims.iter().map(|&dim| named(dim)).collect();
        self.graph.input.push(value(name, FLOAT, dims));
        name.to_owned()
    }

    /// Declares an output of floats with named dimensions.
    pub(crate) fn free_float_output(&mut self, name: &str, dims: &[&str]) {
        let dims = dims.iter().map(|&dim| named(dim)).collect();
        self.graph.output.push(value(name, FLOAT, dims));
    }

    /// The file's bytes: the same for the same calls, on every machine.
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut opset_import = vec![OperatorSet { domain: STANDARD.to_owned(), version: OPSET }];
        if self.graph.node.iter().any(|node| node.domain == MICROSOFT) {
            opset_import.push(OperatorSet { domain: MICROSOFT.to_owned(), version: 1 });
        }
        let model = Model {
            ir_version: IR_VERSION,
            producer_name: PRODUCER.to_owned(),
            graph: Some(self.graph),
            opset_import,
        };
        model.encode_to_vec()
    }

    /// The graph alone, to be added to another.
    pub(crate) fn into_graph(self) -> Graph {
        self.graph
    }

    fn constant(&mut self, name: &str, data_type: i32, dims: &[usize], raw: Vec<u8>) -> String {
        self.graph.initializer.push(Tensor {
            dims: dims.iter().map(|&dim| dim as i64).collect(),
            data_type,
            name: name.to_owned(),
            raw_data: raw,
        });
        name.to_owned()
    }
}

fn attribute(name: &str, value: Attribute<'_>) -> AttributeValue {
    let mut attribute = AttributeValue { name: name.to_owned(), ..AttributeValue::default() };
    match value {
        Attribute::Float(f) => (attribute.f, attribute.kind) = (Some(f), 1),
        Attribute::Int(i) => (attribute.i, attribute.kind) = (Some(i), 2),
        Attribute::Ints(ints) => (attribute.ints, attribute.kind) = (ints.to_vec(), 7),
    }
    attribute
}

fn value(name: &str, element: i32, dim: Vec<Dimension>) -> ValueInfo {
    let tensor = TensorType { element, shape: Some(TensorShape { dim }) };
    ValueInfo { name: name.to_owned(), value_type: Some(ValueType { tensor: Some(tensor) }) }
}

fn named(dim: &str) -> Dimension {
    Dimension { value: None, parameter: Some(dim.to_owned()) }
}

fn fixed(dim: usize) -> Dimension {
    Dimension { value: Some(dim as i64), parameter: None }
}
