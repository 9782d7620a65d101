//! Packs for images and clips that are small enough to be made here.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tiebreak_core::{Cancel, Content, Scorer as _};

use super::open;
use crate::onnx::{Attribute, GraphBuilder};

pub(super) const IMAGE: &str = r#"
name = "means"
modality = "image"
kind = "encoder"
model = "model.onnx"
output = "means"
embedding_dim = 3
licence = "CC0-1.0"
[image]
input = "image"
size = [2, 2]
resize = "bilinear"
fit = "squash"
mean = [0.0, 0.0, 0.0]
std = [255.0, 255.0, 255.0]
[[measures]]
output = "largest"
names = ["largest red", "largest green", "largest blue"]
[[measures]]
measured = ["aspect", "ln_pixels"]
"#;

/// The mean and the largest value of each colour.
pub(super) fn image_pack(manifest: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut graph = GraphBuilder::new("means");
    let image = graph.float_tensor_input("image", &[3, 2, 2]);
    let mean = graph.op("GlobalAveragePool", &[&image], "mean");
    let means = graph.op("Flatten", &[&mean], "means");
    let largest = graph.op("GlobalMaxPool", &[&image], "most");
    let axis = [("axis", Attribute::Int(1))];
    let largest = graph.op_with("Flatten", &[&largest], "largest", &axis);
    graph.float_output(&means, 3);
    graph.float_output(&largest, 3);
    fs::write(dir.path().join("model.onnx"), graph.encode()).unwrap();
    fs::write(dir.path().join("pack.toml"), manifest).unwrap();
    dir
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tiebreak-media/tests/fixtures").join(name)
}

#[test]
fn an_embedding_is_the_vector_then_the_measures() {
    let dir = image_pack(IMAGE);
    let model = open(dir.path()).unwrap();
    assert_eq!(model.embedding_dim(), 8);
    let names = ["largest red", "largest green", "largest blue", "aspect", "ln_pixels"];
    assert_eq!(model.measures(), names);
    let picture = crate::trial_media::file(tiebreak_core::Modality::Image).unwrap();
    let contents = vec![Content::File(picture.path()); 20];
    let embedded = model.embed(&contents, &Cancel::default()).unwrap();
    let first = embedded[0].as_ref().unwrap();
    assert!((first[0] - 0.5).abs() < 0.02 && (first[1] - 0.5).abs() < 0.02, "{first:?}");
    assert!(first[3] > first[0] && first[3] <= 1.0, "{first:?}");
    assert!((first[6] - (320.0_f32 / 240.0).ln()).abs() < 1e-6);
    assert!((first[7] - 76_800.0_f32.ln()).abs() < 1e-5);
    assert!(embedded.iter().all(|other| other.as_ref().unwrap() == first));
    let usage = model.usage();
    assert_eq!((usage.inputs, usage.tokens), (2, 0), "once at opening, once for equal files");
    let texts = model.embed(&[Content::Text("a")], &Cancel::default()).unwrap();
    assert!(texts[0].is_err(), "an encoder of images reads no texts");
}

/// The logarithm of a black picture's mean is not finite.
#[test]
fn one_picture_without_a_number_does_not_stop_the_others() {
    let dir = image_pack(IMAGE);
    let mut graph = GraphBuilder::new("logarithms");
    let image = graph.float_tensor_input("image", &[3, 2, 2]);
    // Grey is 0, and black less than -1/2.
    let half = graph.floats("half", &[1], &[0.5]);
    let mean = graph.op("GlobalAveragePool", &[&image], "mean");
    let more = graph.op("Add", &[&mean, &half], "more");
    let logarithm = graph.op("Log", &[&more], "logarithm");
    let means = graph.op("Flatten", &[&logarithm], "means");
    let most = graph.op("GlobalMaxPool", &[&image], "most");
    let largest = graph.op("Flatten", &[&most], "largest");
    graph.float_output(&means, 3);
    graph.float_output(&largest, 3);
    fs::write(dir.path().join("model.onnx"), graph.encode()).unwrap();
    let manifest = IMAGE.replace("mean = [0.0, 0.0, 0.0]", "mean = [127.5, 127.5, 127.5]");
    let manifest = manifest.replace("std = [255.0, 255.0, 255.0]", "std = [127.5, 127.5, 127.5]");
    fs::write(dir.path().join("pack.toml"), manifest).unwrap();
    let model = open(dir.path()).unwrap();
    let trial = crate::trial_media::file(tiebreak_core::Modality::Image).unwrap();
    let mut bytes = fs::read(trial.path()).unwrap();
    let pixels = bytes.len() - 320 * 240 * 3;
    let mut grey = |n: usize| {
        bytes[pixels..].fill(if n % 7 == 3 { 0 } else { 200 });
        let path = dir.path().join(format!("{n}.tif"));
        fs::write(&path, &bytes).unwrap();
        path
    };
    let files: Vec<PathBuf> = (0..20).map(&mut grey).collect();
    let contents: Vec<Content<'_>> = files.iter().map(|file| Content::File(file)).collect();
    let embedded = model.embed(&contents, &Cancel::default()).unwrap();
    for (n, found) in embedded.into_iter().enumerate() {
        assert_eq!(found.is_err(), n % 7 == 3, "{n}: {found:?}");
    }
}

#[test]
fn every_kind_of_image_has_an_embedding() {
    let dir = image_pack(IMAGE);
    let model = open(dir.path()).unwrap();
    let files: Vec<PathBuf> = fs::read_dir(fixture(""))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let end = path.extension().and_then(|end| end.to_str());
            end.is_some_and(|end| ["png", "jpg", "webp", "gif", "tif", "avif"].contains(&end))
        })
        .collect();
    assert!(files.len() > 10, "{files:?}");
    let contents: Vec<Content<'_>> = files.iter().map(|file| Content::File(file)).collect();
    let embedded = model.embed(&contents, &Cancel::default()).unwrap();
    let read = embedded.iter().filter(|found| found.is_ok()).count();
    assert!(2 * read > files.len(), "{read} of {}", files.len());
    for found in embedded.into_iter().flatten() {
        assert!(found.iter().all(|value| value.is_finite()));
        assert!(found[..6].iter().all(|value| (0.0..=1.0).contains(value)), "{found:?}");
    }
}

#[test]
fn a_pack_that_does_not_fit_its_graph_is_told() {
    for (from, to, expected) in [
        ("embedding_dim = 3", "embedding_dim = 5", "an embedding of 8 numbers"),
        ("input = \"image\"", "input = \"picture\"", "no input picture; there are image"),
        ("output = \"means\"", "output = \"meanings\"", "meanings"),
        ("size = [2, 2]", "size = [4, 2]", "cannot run the model on inputs of shape"),
        (", \"largest blue\"]", "]", "a measure of 3 numbers where the pack says 2"),
        ("\"aspect\"", "\"beauty\"", "\"beauty\"; known are brightness"),
        ("size = [2, 2]", "size = [2, 99999]", "size"),
        ("std = [255.0", "std = [0.0", "std"),
    ] {
        let manifest = IMAGE.replace(from, to);
        assert_ne!(manifest, IMAGE);
        let dir = image_pack(&manifest);
        let problem = open(dir.path()).unwrap_err().to_string();
        assert!(problem.contains(expected), "{to}: {problem}");
    }
}
