//! Lets a sentence encoder of ours give the states of its tokens beside the pooled vector.
//!
//! The files of these graphs have one output, and their hash names the embeddings in studies, so
//! the second output is added as a graph is loaded.

use super::graph::PRODUCER;
use super::proto::{Dimension, FLOAT, Model, Node, TensorShape, TensorType, ValueInfo, ValueType};

/// What the added output is called.
pub(crate) const TOKEN_STATES: &str = "tiebreak.token_states";

/// The product of mask and states by which these graphs pool.
const POOLED: &str = "sum_row";

impl Model {
    /// Adds the output to a graph that we wrote ourselves and that pools by a product with the
    /// mask. Says whether it was added.
    pub(crate) fn expose_token_states(&mut self) -> bool {
        let Some(graph) = self.graph.as_mut().filter(|_| self.producer_name == PRODUCER) else {
            return false;
        };
        let is_pooling = |node: &&Node| {
            node.op_type == "MatMul" && node.output.iter().any(|name| name == POOLED)
        };
        let Some([_, states]) = graph.node.iter().find(is_pooling).map(|node| &node.input[..])
        else {
            return false;
        };
        let input = vec![states.clone()];
        graph.node.push(Node {
            input,
            output: vec![TOKEN_STATES.to_owned()],
            name: TOKEN_STATES.to_owned(),
            op_type: "Identity".to_owned(),
            ..Node::default()
        });
        let named = |name: &str| Dimension { value: None, parameter: Some(name.to_owned()) };
        let dim = ["batch", "tokens", "states"].map(named).to_vec();
        let tensor = TensorType { element: FLOAT, shape: Some(TensorShape { dim }) };
        graph.output.push(ValueInfo {
            name: TOKEN_STATES.to_owned(),
            value_type: Some(ValueType { tensor: Some(tensor) }),
        });
        true
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;
    use crate::onnx::GraphBuilder;

    fn pooling(producer: &str, pooled: &str) -> Model {
        let mut graph = GraphBuilder::new("pooling");
        let tokens = graph.free_float_input("tokens", &["batch", "length", "hidden"]);
        let weight = graph.free_float_input("weight", &["batch", "one", "length"]);
        let sum = graph.op("MatMul", &[&weight, &tokens], pooled);
        graph.free_float_output(&sum, &["batch", "one", "hidden"]);
        let mut model = Model::decode(graph.encode().as_slice()).unwrap();
        model.producer_name = producer.to_owned();
        model
    }

    #[test]
    fn the_states_are_what_is_pooled() {
        let mut model = pooling(PRODUCER, POOLED);
        assert!(model.expose_token_states());
        let graph = model.graph.unwrap();
        let outputs: Vec<&str> = graph.output.iter().map(|output| output.name.as_str()).collect();
        assert_eq!(outputs, [POOLED, TOKEN_STATES]);
        assert_eq!(graph.node.last().unwrap().input, ["tokens"]);
    }

    #[test]
    fn other_graphs_stay() {
        for mut model in [pooling("pytorch", POOLED), pooling(PRODUCER, "other")] {
            let before = model.clone();
            assert!(!model.expose_token_states());
            assert_eq!(model, before);
        }
    }
}
