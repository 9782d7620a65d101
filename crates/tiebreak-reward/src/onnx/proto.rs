//! The messages of the ONNX format (IR version 8, field numbers from its `onnx.proto`), reduced
//! to the fields that we write or read. Unknown fields are skipped on reading.

use prost::Message;

/// `TensorProto.DataType.FLOAT`.
pub(crate) const FLOAT: i32 = 1;
/// `TensorProto.DataType.UINT8`.
pub(crate) const UINT8: i32 = 2;
/// `TensorProto.DataType.INT8`.
pub(crate) const INT8: i32 = 3;
/// `TensorProto.DataType.INT32`.
pub(crate) const INT32: i32 = 6;
/// `TensorProto.DataType.INT64`.
pub(crate) const INT64: i32 = 7;

/// `TensorProto.DataType.FLOAT16`.
pub(crate) const FLOAT16: i32 = 10;

/// `ModelProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Model {
    #[prost(int64, tag = "1")]
    pub(crate) ir_version: i64,
    #[prost(string, tag = "2")]
    pub(crate) producer_name: String,
    #[prost(message, optional, tag = "7")]
    pub(crate) graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    pub(crate) opset_import: Vec<OperatorSet>,
}

/// `StringStringEntryProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct StringEntry {
    #[prost(string, tag = "1")]
    pub(crate) key: String,
    #[prost(string, tag = "2")]
    pub(crate) value: String,
}

/// `OperatorSetIdProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct OperatorSet {
    #[prost(string, tag = "1")]
    pub(crate) domain: String,
    #[prost(int64, tag = "2")]
    pub(crate) version: i64,
}

/// `GraphProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Graph {
    #[prost(message, repeated, tag = "1")]
    pub(crate) node: Vec<Node>,
    #[prost(string, tag = "2")]
    pub(crate) name: String,
    #[prost(message, repeated, tag = "5")]
    pub(crate) initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    pub(crate) input: Vec<ValueInfo>,
    #[prost(message, repeated, tag = "12")]
    pub(crate) output: Vec<ValueInfo>,
}

/// `NodeProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Node {
    #[prost(string, repeated, tag = "1")]
    pub(crate) input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub(crate) output: Vec<String>,
    #[prost(string, tag = "3")]
    pub(crate) name: String,
    #[prost(string, tag = "4")]
    pub(crate) op_type: String,
    #[prost(message, repeated, tag = "5")]
    pub(crate) attribute: Vec<AttributeValue>,
    #[prost(string, tag = "7")]
    pub(crate) domain: String,
}

/// `AttributeProto`. Scalars are optional because a reader asks whether they are present, and a
/// zero would otherwise be left out.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AttributeValue {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(float, optional, tag = "2")]
    pub(crate) f: Option<f32>,
    #[prost(int64, optional, tag = "3")]
    pub(crate) i: Option<i64>,
    #[prost(int64, repeated, packed = "false", tag = "8")]
    pub(crate) ints: Vec<i64>,
    /// `AttributeType`: 1 is FLOAT, 2 is INT, 7 is INTS.
    #[prost(int32, tag = "20")]
    pub(crate) kind: i32,
}

/// `TensorProto`, with its elements as little-endian bytes.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Tensor {
    #[prost(int64, repeated, packed = "false", tag = "1")]
    pub(crate) dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    pub(crate) data_type: i32,
    #[prost(string, tag = "8")]
    pub(crate) name: String,
    #[prost(bytes = "vec", tag = "9")]
    pub(crate) raw_data: Vec<u8>,
}

/// `TensorProto`, reduced to where its elements are.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ExternalTensor {
    #[prost(string, tag = "8")]
    pub(crate) name: String,
    /// `location`, `offset` and `length` are known.
    #[prost(message, repeated, tag = "13")]
    pub(crate) external_data: Vec<StringEntry>,
    /// 1: in a file of their own.
    #[prost(int32, tag = "14")]
    pub(crate) data_location: i32,
}

/// `ValueInfoProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ValueInfo {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) value_type: Option<ValueType>,
}

/// `TypeProto`, tensors only.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ValueType {
    #[prost(message, optional, tag = "1")]
    pub(crate) tensor: Option<TensorType>,
}

/// `TypeProto.Tensor`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct TensorType {
    #[prost(int32, tag = "1")]
    pub(crate) element: i32,
    #[prost(message, optional, tag = "2")]
    pub(crate) shape: Option<TensorShape>,
}

/// `TensorShapeProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct TensorShape {
    #[prost(message, repeated, tag = "1")]
    pub(crate) dim: Vec<Dimension>,
}

/// `TensorShapeProto.Dimension`: a number or a name.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Dimension {
    #[prost(int64, optional, tag = "1")]
    pub(crate) value: Option<i64>,
    #[prost(string, optional, tag = "2")]
    pub(crate) parameter: Option<String>,
}

impl ExternalTensor {
    /// Whether the elements are in a file of their own.
    pub(crate) fn is_external(&self) -> bool {
        self.data_location == 1
    }
}

impl Tensor {
    /// Bytes that an element takes; `None` if the size and the shape disagree.
    pub(crate) fn element_bytes(&self) -> Option<usize> {
        let elements = self
            .dims
            .iter()
            .try_fold(1usize, |product, &dim| product.checked_mul(usize::try_from(dim).ok()?))?;
        let bytes = self.raw_data.len().checked_div(elements)?;
        (bytes * elements == self.raw_data.len()).then_some(bytes)
    }

    /// The elements of a float tensor; `None` if it is not one, or its size and shape disagree.
    pub(crate) fn floats(&self) -> Option<Vec<f32>> {
        if self.data_type != FLOAT || self.element_bytes() != Some(4) {
            return None;
        }
        let floats = self.raw_data.chunks_exact(4);
        Some(floats.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    }
}
