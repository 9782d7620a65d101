//! Splits ONNX Runtime's fused attention for the CPU.
//!
//! `Attention` projects to queries, keys and values with a product for each head of each text:
//! many small products. On a CPU three large products before a `MultiHeadAttention` are faster
//! and give the same numbers up to rounding; on a GPU the fused operator is the right one. So a
//! graph's file keeps the fused one, and it is split as the graph is loaded.

use super::graph::{MICROSOFT, PRODUCER};
use super::proto::{FLOAT, Graph, Model, Node, Tensor};

const FUSED: &str = "Attention";
const SPLIT: &str = "MultiHeadAttention";
const PARTS: [&str; 3] = ["query", "key", "value"];

impl Model {
    /// Splits every fused attention of a graph that we wrote ourselves: of another, our messages
    /// may not hold all that is in it. Says whether anything was changed.
    pub(crate) fn split_attention(&mut self) -> bool {
        let Some(graph) = self.graph.as_mut().filter(|_| self.producer_name == PRODUCER) else {
            return false;
        };
        let nodes = std::mem::take(&mut graph.node);
        let before = nodes.len();
        for node in nodes {
            match split(graph, &node) {
                Some(parts) => graph.node.extend(parts),
                None => graph.node.push(node),
            }
        }
        graph.node.len() > before
    }
}

/// The nodes that take the place of a fused attention; `None` if it is none, or is used in a way
/// that we do not write.
fn split(graph: &mut Graph, node: &Node) -> Option<Vec<Node>> {
    let [tokens, weights, bias, mask] = node.input.as_slice() else { return None };
    let only_heads = node.attribute.iter().all(|attribute| attribute.name == "num_heads");
    if node.op_type != FUSED || node.domain != MICROSOFT || !only_heads {
        return None;
    }
    let at = graph.initializer.iter().position(|constant| constant.name == *weights)?;
    let (rows, width) = match graph.initializer[at].dims[..] {
        [rows, columns] => (rows, usize::try_from(columns).ok().filter(|c| c % 3 == 0)? / 3),
        _ => return None,
    };
    let columns = graph.initializer[at].floats()?;
    let fused = graph.initializer.swap_remove(at);
    let mut nodes = Vec::with_capacity(1 + PARTS.len());
    for (n, part) in PARTS.iter().enumerate() {
        let part_of = |row: &[f32]| -> Vec<u8> {
            row[n * width..(n + 1) * width].iter().flat_map(|value| value.to_le_bytes()).collect()
        };
        let constant = Tensor {
            dims: vec![rows, width as i64],
            data_type: FLOAT,
            name: format!("{}.{part}", fused.name),
            raw_data: columns.chunks_exact(3 * width).flat_map(part_of).collect(),
        };
        nodes.push(Node {
            input: vec![tokens.clone(), constant.name.clone()],
            output: vec![format!("{}.{part}", node.name)],
            name: format!("{}.{part}", node.name),
            op_type: "MatMul".to_owned(),
            ..Node::default()
        });
        graph.initializer.push(constant);
    }
    let parts = nodes.iter().flat_map(|part| part.output.clone());
    nodes.push(Node {
        input: parts.chain([bias.clone(), mask.clone()]).collect(),
        op_type: SPLIT.to_owned(),
        ..node.clone()
    });
    Some(nodes)
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::onnx::{Attribute, GraphBuilder};

    fn fused(producer: &str, more: &[(&str, Attribute<'_>)]) -> Model {
        let mut graph = GraphBuilder::new("fused");
        let tokens = graph.free_float_input("tokens", &["batch", "length", "hidden"]);
        let mask = graph.int_input("mask", &["batch", "length"]);
        // Two inputs; the first of two queries, keys and values are 0, 2 and 4.
        let values: Vec<f32> = (0..12).map(|n| n as f32).collect();
        let weights = graph.floats("weights", &[2, 6], &values);
        let bias = graph.floats("bias", &[6], &[0.0; 6]);
        let attributes = [&[("num_heads", Attribute::Int(1))], more].concat();
        let inputs = [&*tokens, &*weights, &*bias, &*mask];
        let out = graph.node(MICROSOFT, FUSED, &inputs, "out", &attributes);
        graph.free_float_output(&out, &["batch", "length", "hidden"]);
        let mut model = Model::decode(graph.encode().as_slice()).unwrap();
        model.producer_name = producer.to_owned();
        model
    }

    #[test]
    fn three_products_and_an_attention_without_them() {
        let mut model = fused(PRODUCER, &[]);
        assert!(model.split_attention());
        let graph = model.graph.clone().unwrap();
        let operators: Vec<&str> = graph.node.iter().map(|node| node.op_type.as_str()).collect();
        assert_eq!(operators, ["MatMul", "MatMul", "MatMul", SPLIT]);
        let inputs = ["out.query", "out.key", "out.value", "bias", "mask"];
        assert_eq!(graph.node[3].input, inputs);
        assert_eq!(graph.node[3].output, ["out"]);
        let constant = |name: &str| graph.initializer.iter().find(|c| c.name == name);
        assert_eq!(constant("weights.query").unwrap().floats().unwrap(), [0.0, 1.0, 6.0, 7.0]);
        assert_eq!(constant("weights.value").unwrap().floats().unwrap(), [4.0, 5.0, 10.0, 11.0]);
        assert!(constant("weights").is_none());
        assert!(!model.split_attention(), "there is nothing left to split");
    }

    #[test]
    fn what_we_did_not_write_stays() {
        let mut foreign = fused("pytorch", &[]);
        let mut causal = fused(PRODUCER, &[("unidirectional", Attribute::Int(1))]);
        for model in [&mut foreign, &mut causal] {
            let before = model.clone();
            assert!(!model.split_attention());
            assert_eq!(*model, before);
        }
    }
}
