//! Packs that must be refused, each with a message that names the file and the field.

use std::fs;
use std::path::Path;

use super::{MANIFEST, TOKENIZER, open, tiny_graph, tiny_pack};

/// Spoils a pack, opens it, and expects every word of `said` in the error.
fn refuses(case: &str, spoil: impl Fn(&Path), said: &[&str]) {
    let dir = tiny_pack();
    spoil(dir.path());
    let error = match open(dir.path()) {
        Ok(_) => panic!("{case}: was opened"),
        Err(error) => error.to_string(),
    };
    for words in said {
        assert!(error.contains(words), "{case}: {words:?} is not in {error:?}");
    }
    assert!(!error.contains('\n'), "{case}: more than one line: {error:?}");
}

#[test]
fn missing_files() {
    let remove = |dir: &Path| fs::remove_file(dir.join("pack.toml")).unwrap();
    refuses("pack.toml", remove, &["a pack.toml is needed", "config.json"]);
    for name in ["model.onnx", "tokenizer.json"] {
        refuses(name, |dir| fs::remove_file(dir.join(name)).unwrap(), &["cannot", name]);
    }
}

#[test]
fn manifests() {
    let cases: [(&str, &str, &str, &[&str]); 13] = [
        ("not TOML", "name =", "name", &["pack.toml", "line 2"]),
        ("wrong type", "max_length = 8", "max_length = \"8\"", &["pack.toml", "line 11"]),
        ("missing field", "output = \"embedding\"\n", "", &["pack.toml", "missing field `output`"]),
        ("unknown field", "kind", "colour = 1\nkind", &["line 4", "unknown field `colour`"]),
        ("empty name", "\"tiny\"", "\" \"", &["name is empty"]),
        ("modality", "\"text\"", "\"music\"", &["line 6", "tokenizer has no meaning", "\"music\""]),
        ("kind", "\"encoder\"", "\"pairwise\"", &["line 10", "embedding_dim", "\"pairwise\""]),
        ("pooling", "\"in-graph\"", "\"middle\"", &["line 9", "unknown variant `middle`"]),
        ("length", "max_length = 8", "max_length = 3", &["line 11", "max_length = 3", "below 8"]),
        ("dim", "_dim = 4", "_dim = 0", &["line 10", "embedding_dim is 0"]),
        ("inputs", "\"attention_mask\"", "\"pixels\"", &["line 7", "inputs has \"pixels\""]),
        ("no ids", "\"input_ids\", ", "", &["line 7", "inputs lacks \"input_ids\""]),
        ("negative", "_dim = 4", "_dim = -4", &["line 10"]),
    ];
    for (case, from, to, said) in cases {
        assert!(MANIFEST.contains(from), "{case} spoils nothing");
        let spoilt = MANIFEST.replacen(from, to, 1);
        refuses(case, |dir| fs::write(dir.join("pack.toml"), &spoilt).unwrap(), said);
    }
}

#[test]
fn a_manifest_of_a_megabyte_is_not_read() {
    let long = format!("{MANIFEST}# {}\n", "x".repeat(1 << 20));
    let write = |dir: &Path| fs::write(dir.join("pack.toml"), &long).unwrap();
    refuses("long manifest", write, &["pack.toml", "longer than 1 MB"]);
}

#[test]
fn paths_that_leave_the_pack() {
    for path in ["../other.onnx", "/etc/passwd", "a/../../b", ".", ""] {
        let spoilt = MANIFEST.replacen("model.onnx", path, 1);
        refuses(
            path,
            |dir| fs::write(dir.join("pack.toml"), &spoilt).unwrap(),
            &["pack.toml", "model = ", "leads out of the pack"],
        );
    }
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_pack() {
    let other = tiny_pack();
    refuses(
        "link",
        |dir| {
            fs::remove_file(dir.join("model.onnx")).unwrap();
            std::os::unix::fs::symlink(other.path().join("model.onnx"), dir.join("model.onnx"))
                .unwrap();
        },
        &["leads out of the pack"],
    );
}

#[test]
fn graphs_and_tokenizers() {
    let graph = tiny_graph(super::DIM);
    let unknown = TOKENIZER.replace("\"WordLevel\"", "\"Guesswork\"");
    let cases: [(&str, &str, &[u8], &[&str]); 6] = [
        ("garbage graph", "model.onnx", b"not a graph", &["model.onnx", "no ONNX model"]),
        ("empty graph", "model.onnx", b"", &["model.onnx", "no graph in it"]),
        ("cut graph", "model.onnx", &graph[..graph.len() / 2], &["model.onnx", "it is cut"]),
        ("other size", "model.onnx", &tiny_graph(5), &["model.onnx", "[1, 5]", "not [1, 4]"]),
        ("garbage tokenizer", "tokenizer.json", b"{}", &["tokenizer.json"]),
        ("unknown parts", "tokenizer.json", unknown.as_bytes(), &["tokenizer.json"]),
    ];
    for (case, file, content, said) in cases {
        refuses(case, |dir| fs::write(dir.join(file), content).unwrap(), said);
    }
    let renamed = MANIFEST.replace("\"embedding\"", "\"logits\"");
    refuses(
        "no such output",
        |dir| fs::write(dir.join("pack.toml"), &renamed).unwrap(),
        &["model.onnx", "no output called logits"],
    );
}
