//! An exported model gives the scores that the model gives here.

use std::fs;
use std::path::Path;

use prost::Message as _;
use serde_json::json;
use tiebreak_core::{
    Cancel, CandidateFeatures, Content, FeatureSet, RewardHead, Scorer, Surface, TieModel,
};

use super::media::{IMAGE, image_pack};
use super::{DIM, MANIFEST, TOKENIZER, open, tiny_graph};
use crate::engine::{Engine, Input, Values, Work};
use crate::export::{EXPORTED_CARD, EXPORTED_MODEL, EXPORTED_PACK, EXPORTED_SCRIPT, export};
use crate::onnx::{Attribute, GraphBuilder, Model};
use crate::{OpenOptions, Pack, Provider};

const MEMBERS: usize = 3;

/// One table row for each token: pooling is left to the reader.
fn token_graph() -> Vec<u8> {
    let mut graph = GraphBuilder::new("tokens");
    let ids = graph.int_input("input_ids", &["batch", "tokens"]);
    graph.int_input("attention_mask", &["batch", "tokens"]);
    let table: Vec<f32> = (0..8 * DIM).map(|n| (n as f32 * 0.7).sin()).collect();
    let table = graph.floats("table", &[8, DIM], &table);
    graph.op_with("Gather", &[&table, &ids], "embedding", &[("axis", Attribute::Int(0))]);
    graph.shaped_output("embedding", &["batch", "tokens"], &[DIM]);
    graph.encode()
}

#[test]
fn the_exported_file_scores_as_the_model_does() {
    let pooled = |how: &str| MANIFEST.replace("\"in-graph\"", how);
    let cases = [
        ("in the graph", MANIFEST.to_owned(), tiny_graph(DIM)),
        ("mean", pooled("\"mean\""), token_graph()),
        ("first", pooled("\"first\""), token_graph()),
        ("last", pooled("\"last\""), token_graph()),
        ("scaled", pooled("\"mean\"\nnormalise = true"), token_graph()),
    ];
    for (name, manifest, graph) in cases {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("pack.toml"), manifest).unwrap();
        fs::write(dir.path().join("tokenizer.json"), TOKENIZER).unwrap();
        fs::write(dir.path().join("model.onnx"), graph).unwrap();
        fs::write(dir.path().join("LICENSE"), "as you like").unwrap();
        for features in [FeatureSet::Text1, FeatureSet::Text2] {
            check(name, dir.path(), features);
        }
    }
}

fn check(name: &str, dir: &Path, features: FeatureSet) {
    let encoder = open(dir).unwrap();
    let columns = features.len(DIM);
    let head = RewardHead {
        embedding_dim: DIM,
        encoder_hash: encoder.identity().encoder_hash,
        features,
        members: (0..MEMBERS)
            .map(|m| (0..columns).map(|n| ((m * 31 + n) as f32).cos()).collect())
            .collect(),
        ties: Some(TieModel::Davidson { ln_nu: -1.0 }),
    };
    let model = encoder.with_head(&head).unwrap();
    let texts = [("a b", "c"), ("", "a b c a"), ("c", "")];
    let flat: Vec<Content<'_>> =
        texts.iter().flat_map(|&(prompt, answer)| [prompt, answer]).map(Content::Text).collect();
    let embeddings: Vec<Vec<f32>> = model
        .embed(&flat, &Cancel::default())
        .unwrap()
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap();
    let candidates: Vec<CandidateFeatures<'_>> = texts
        .iter()
        .enumerate()
        .map(|(n, (prompt, answer))| CandidateFeatures {
            prompt: Some(&embeddings[2 * n]),
            answer: &embeddings[2 * n + 1],
            surface: Surface::of(prompt, answer),
        })
        .collect();
    let expected = model.score(&candidates).unwrap();

    let out = tempfile::tempdir().unwrap();
    let pack = Pack::read(dir).unwrap();
    let accuracy = json!({"accuracy": {"value": 0.75, "low": 0.6, "high": 0.86, "n": 40}});
    let card = json!({"pairs": 40, "cross_validation": {"quality": accuracy}});
    let exported = export(&pack, &head, &card, out.path()).unwrap();
    assert_eq!(exported.pack_hash, model.identity().pack_hash);
    assert_eq!(exported.files, ["LICENSE", EXPORTED_CARD, EXPORTED_SCRIPT, EXPORTED_MODEL]);
    let written = fs::read_to_string(out.path().join(EXPORTED_CARD)).unwrap();
    assert!(written.contains("| this model | 75.0 % | 60.0 to 86.0 % | 40 |"), "{written}");

    // The tokenizer knows five words; the special ones are 1 and 2.
    let ids: [&[i64]; 6] =
        [&[1, 4, 5, 2], &[1, 6, 2], &[1, 2], &[1, 4, 5, 6, 4, 2], &[1, 6, 2], &[1, 2]];
    let (mut input_ids, mut mask) = (vec![0; 36], vec![0; 36]);
    for (row, ids) in ids.iter().enumerate() {
        input_ids[6 * row..][..ids.len()].copy_from_slice(ids);
        mask[6 * row..][..ids.len()].fill(1);
    }
    let width = if features == FeatureSet::Text1 { 1 } else { 12 };
    let surface: Vec<f32> = candidates.iter().flat_map(|c| c.surface.0[..width].to_vec()).collect();
    let inputs = [
        Input { name: "input_ids", shape: vec![6, 6], values: Values::I64(&input_ids) },
        Input { name: "attention_mask", shape: vec![6, 6], values: Values::I64(&mask) },
        Input { name: "surface", shape: vec![3, width], values: Values::F32(&surface) },
    ];
    let options = OpenOptions { providers: Some(vec![Provider::Cpu]), ..OpenOptions::default() };
    let file = out.path().join(EXPORTED_MODEL);
    let runtime = crate::runtime::Runtime::load(&crate::locate::library().unwrap()).unwrap();
    let engine = Engine::open(&file, runtime, &options).unwrap();
    let outputs = engine.run(0, &inputs, &["reward", "member_rewards"], Work::default()).unwrap();
    assert_eq!(outputs[0].shape, [3]);
    assert_eq!(outputs[1].shape, [3, MEMBERS]);
    for (n, score) in expected.iter().enumerate() {
        let reward = f64::from(outputs[0].values[n]);
        assert!((reward - score.mean()).abs() < 1e-5, "{name}: {reward} and {}", score.mean());
        for (m, &score) in score.0.iter().enumerate() {
            let reward = f64::from(outputs[1].values[n * MEMBERS + m]);
            assert!((reward - score).abs() < 1e-5, "{name}, member {m}: {reward} and {score}");
        }
    }
}

#[test]
fn an_exported_model_of_images_says_how_to_prepare_them() {
    let dir = image_pack(IMAGE);
    let pack = Pack::read(dir.path()).unwrap();
    // Three numbers of the graph, three of its other output, two measured values.
    let weights: Vec<f32> = (1..=8).map(|n| n as f32).collect();
    let head = RewardHead {
        embedding_dim: 8,
        encoder_hash: pack.encoder_hash,
        features: FeatureSet::Media1,
        members: vec![weights],
        ties: None,
    };
    let out = tempfile::tempdir().unwrap();
    let exported = export(&pack, &head, &json!({}), out.path()).unwrap();
    assert_eq!(exported.files, [EXPORTED_CARD, EXPORTED_PACK, EXPORTED_MODEL]);
    assert_eq!(fs::read_to_string(out.path().join(EXPORTED_PACK)).unwrap(), IMAGE);
    let file = out.path().join(EXPORTED_MODEL);
    let model = fs::read(&file).unwrap();
    assert!(String::from_utf8_lossy(&model).contains(IMAGE), "in the metadata");
    let card = fs::read_to_string(out.path().join(EXPORTED_CARD)).unwrap();
    for said in [
        "`pack.toml` beside the file",
        "`tiebreak.pack`",
        "takes `image`, `[n, 3, 2, 2]`",
        "`measures [n, 2]`",
        "same documentation: aspect, ln_pixels.",
    ] {
        assert!(card.contains(said), "{said} is not in {card}");
    }

    let pixels: Vec<f32> = (0..12).map(|n| n as f32).collect();
    let inputs = [
        Input { name: "image", shape: vec![1, 3, 2, 2], values: Values::F32(&pixels) },
        Input { name: "measures", shape: vec![1, 2], values: Values::F32(&[0.5, 10.0]) },
    ];
    let options = OpenOptions { providers: Some(vec![Provider::Cpu]), ..OpenOptions::default() };
    let runtime = crate::runtime::Runtime::load(&crate::locate::library().unwrap()).unwrap();
    let engine = Engine::open(&file, runtime, &options).unwrap();
    let outputs = engine.run(0, &inputs, &["reward"], Work::default()).unwrap();
    let features = [1.5, 5.5, 9.5, 3.0, 7.0, 11.0, 0.5, 10.0];
    let expected: f32 = features.iter().zip(1..).map(|(value, n)| value * n as f32).sum();
    assert!((outputs[0].values[0] - expected).abs() < 1e-3, "{:?}", outputs[0].values);
}

/// The tiny graph, and in the branch of a condition a constant that is in another file.
fn nested_graph() -> Vec<u8> {
    let field = |number: u32, content: &[u8]| {
        let mut bytes = Vec::new();
        prost::encoding::encode_varint(u64::from(number) << 3 | 2, &mut bytes);
        prost::encoding::encode_varint(content.len() as u64, &mut bytes);
        bytes.extend_from_slice(content);
        bytes
    };
    let entry = [field(1, b"location"), field(2, b"weights.bin")].concat();
    let tensor =
        [vec![1 << 3, 4, 2 << 3, 1], field(8, b"far"), field(13, &entry), vec![14 << 3, 1]];
    let attribute = [field(1, b"then_branch"), field(6, &field(5, &tensor.concat()))].concat();
    let node = field(1, &[field(4, b"If"), field(5, &attribute)].concat());
    let mut model = Model::decode(tiny_graph(DIM).as_slice()).unwrap();
    let graph = model.graph.take().unwrap().encode_to_vec();
    [model.encode_to_vec(), field(7, &[graph, node].concat())].concat()
}

#[test]
fn what_one_file_cannot_score_equally_is_not_exported() {
    let one_by_one = MANIFEST.replace("max_length", "padded = false\nmax_length");
    for (name, manifest, graph, said) in [
        ("one by one", one_by_one, tiny_graph(DIM), "one by one"),
        ("too large", MANIFEST.to_owned(), tiny_graph(DIM), "larger than 2 GB"),
        ("nested", MANIFEST.to_owned(), nested_graph(), "the constant far of a nested graph"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("pack.toml"), manifest).unwrap();
        fs::write(dir.path().join("tokenizer.json"), TOKENIZER).unwrap();
        fs::write(dir.path().join("model.onnx"), graph).unwrap();
        fs::write(dir.path().join("weights.bin"), [0; 16]).unwrap();
        let mut pack = Pack::read(dir.path()).unwrap();
        if name == "too large" {
            // Its holes take no room.
            let weights = dir.path().join("large.bin");
            fs::File::create(&weights).unwrap().set_len(2 << 30).unwrap();
            pack.external.push(weights);
        }
        let head = RewardHead {
            embedding_dim: DIM,
            encoder_hash: pack.encoder_hash,
            features: FeatureSet::Text1,
            members: vec![vec![0.5; FeatureSet::Text1.len(DIM)]],
            ties: None,
        };
        let out = tempfile::tempdir().unwrap();
        let error = export(&pack, &head, &json!({}), out.path()).unwrap_err().to_string();
        assert!(error.contains(said), "{name}: {error}");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "{name}: nothing is written");
    }
}
