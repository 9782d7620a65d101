//! A minimal writer and reader of ONNX files.
//!
//! Owned here: the protobuf messages that our own graphs use, and a builder that names tensors.
//! Deliberately absent: operators that no graph of ours has, external data, and shape inference;
//! ONNX Runtime checks a graph when it loads it.

mod extend;
mod graph;
mod proto;
mod split_attention;
mod token_states;

pub(crate) use extend::{Addition, append, gather, standard_operators};
pub(crate) use graph::{Attribute, GraphBuilder, MICROSOFT};
pub(crate) use proto::{FLOAT, FLOAT16, INT8, Model, Tensor, UINT8};
pub(crate) use token_states::TOKEN_STATES;
