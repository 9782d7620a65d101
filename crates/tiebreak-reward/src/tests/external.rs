//! Graphs whose constants are in files of their own.

use std::fs;
use std::path::Path;

use prost::Message as _;
use tempfile::TempDir;

use super::{DIM, tiny_graph, tiny_pack};
use crate::Pack;
use crate::graph_file::GraphFile;
use crate::onnx::Model;

/// A field of a protobuf message with bytes in it.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    prost::encoding::encode_varint(u64::from(number) << 3 | 2, &mut bytes);
    prost::encoding::encode_varint(content.len() as u64, &mut bytes);
    bytes.extend_from_slice(content);
    bytes
}

/// The tiny graph with a constant of four floats that is elsewhere.
fn graph(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut tensor = vec![1 << 3, 4, 2 << 3, 1];
    tensor.extend(field(8, b"far"));
    for (key, value) in entries {
        let entry = [field(1, key.as_bytes()), field(2, value.as_bytes())].concat();
        tensor.extend(field(13, &entry));
    }
    tensor.extend([14 << 3, 1]);
    let mut model = Model::decode(tiny_graph(DIM).as_slice()).unwrap();
    let mut graph = model.graph.take().unwrap().encode_to_vec();
    graph.extend(field(5, &tensor));
    let mut bytes = model.encode_to_vec();
    bytes.extend(field(7, &graph));
    bytes
}

fn pack(entries: &[(&str, &str)], weights: Option<&[u8]>) -> TempDir {
    let dir = tiny_pack();
    fs::write(dir.path().join("model.onnx"), graph(entries)).unwrap();
    if let Some(weights) = weights {
        fs::write(dir.path().join("weights.bin"), weights).unwrap();
    }
    dir
}

#[test]
fn files_of_constants_count_in_the_hash() {
    let entries = [("location", "weights.bin"), ("offset", "4"), ("length", "16")];
    let read = |weights: &[u8]| Pack::read(pack(&entries, Some(weights)).path()).unwrap();
    let first = read(&[1; 20]);
    assert_eq!(first.external.len(), 1);
    assert!(first.external[0].ends_with("weights.bin"));
    assert_eq!(read(&[1; 20]).encoder_hash, first.encoder_hash);
    assert_ne!(read(&[2; 20]).encoder_hash, first.encoder_hash);
    super::open(pack(&entries, Some(&[1; 20])).path()).unwrap();
}

#[test]
fn constants_that_are_not_where_they_should_be() {
    let at = |location| vec![("location", location)];
    let far = "18446744073709551615";
    let cases = [
        ("missing", at("weights.bin"), None, "cannot open"),
        ("short", at("weights.bin"), Some(15), "bytes 0 to 16 of weights.bin, which has 15"),
        ("parent", at("../weights.bin"), Some(16), "leads out of the pack"),
        ("root", at("/etc/passwd"), Some(16), "leads out of the pack"),
        ("back", at("a\\..\\weights.bin"), Some(16), "leads out of the pack"),
        ("folder", at("."), Some(16), "leads out of the pack"),
        ("nowhere", vec![("offset", "0")], Some(16), "does not say in which"),
        (
            "length",
            vec![("location", "weights.bin"), ("length", "8")],
            Some(16),
            "far has 8 bytes of data, its shape [4] needs 16",
        ),
        ("word", vec![("location", "weights.bin"), ("offset", "x")], Some(16), "is no number"),
        ("far", vec![("location", "weights.bin"), ("offset", far)], Some(16), "past every file"),
    ];
    for (case, entries, length, said) in cases {
        let weights = length.map(|length| vec![0; length]);
        let dir = pack(&entries, weights.as_deref());
        let error = Pack::read(dir.path()).unwrap_err().to_string();
        assert!(error.contains(said), "{case}: {said:?} is not in {error:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_pack() {
    let dir = pack(&[("location", "weights.bin")], None);
    let link = dir.path().join("weights.bin");
    std::os::unix::fs::symlink(Path::new("/etc/hostname"), link).unwrap();
    let error = Pack::read(dir.path()).unwrap_err().to_string();
    assert!(error.contains("leads out of the pack") || error.contains("cannot open"), "{error}");
}

#[test]
fn a_graph_cut_anywhere_is_refused_and_never_panics() {
    let whole = graph(&[("location", "weights.bin")]);
    for length in (0..whole.len()).step_by(3) {
        let dir = pack(&[], Some(&[0; 16]));
        fs::write(dir.path().join("model.onnx"), &whole[..length]).unwrap();
        // A cut between two fields of the model itself leaves a whole message.
        if let Ok(pack) = Pack::read(dir.path()) {
            assert!(pack.external.len() <= 1);
        }
    }
}

#[test]
fn what_is_kept_of_a_graph_is_bounded() {
    let tensor = |dims: usize| {
        let mut tensor = field(1, &vec![1; dims]);
        tensor.extend(field(13, &[field(1, b"location"), field(2, b"weights.bin")].concat()));
        field(5, &tensor)
    };
    // In whatever way dimensions are written.
    let unpacked: Vec<u8> = [1 << 3, 4].repeat(65);
    let name = field(5, &field(8, &[b'n'; 4096]));
    for (case, graph, said) in [
        ("64 dimensions", tensor(64), None),
        ("65 dimensions", tensor(65), Some("too many dimensions")),
        ("65 apart", field(5, &unpacked), Some("too many dimensions")),
        ("many constants", tensor(1).repeat(100_001), Some("too many constants")),
        ("many names", name.repeat(20_000), Some("too many names")),
    ] {
        let model = field(7, &graph);
        let (end, file) = (model.len() as u64, std::io::Cursor::new(model));
        let found = GraphFile::of(file, end, Path::new("model.onnx"));
        match said {
            None => assert_eq!(found.unwrap().external[0].dims.len(), 64, "{case}"),
            Some(said) => {
                let error = found.unwrap_err().to_string();
                assert!(error.contains(said), "{case}: {error}");
            }
        }
    }
}
