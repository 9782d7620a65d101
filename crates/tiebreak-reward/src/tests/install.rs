//! Adding packs: from folders and archives, whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, write::GzEncoder};

use tiebreak_core::{Cancel, Content, Message, Response, Scorer as _};

use super::{MANIFEST, tiny_graph, tiny_pack};
use crate::install::{Installed, add_to, remove_from};
use crate::{OpenOptions, Pack, Provider, RewardError, check};

fn add(home: &Path, source: &Path, name: Option<&str>) -> Result<Installed, RewardError> {
    let options = OpenOptions { providers: Some(vec![Provider::Cpu]), ..OpenOptions::default() };
    add_to(home, source, name, &|dir| check::check(dir, &options))
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_folder_is_copied_without_what_is_no_part_of_the_pack() {
    let (home, source) = (tempfile::tempdir().unwrap(), tiny_pack());
    for name in ["pytorch_model.bin", "LICENSE.txt", ".hidden"] {
        fs::write(source.path().join(name), name).unwrap();
    }
    let golden = r#"{"cases": [{"text": "a", "embedding": [0, 0, 0, 0]}]}"#;
    fs::write(source.path().join("unused-golden.json"), golden).unwrap();
    let added = add(home.path(), source.path(), None).unwrap();
    assert_eq!((added.name.as_str(), added.folder.clone()), ("tiny", home.path().join("tiny")));
    assert_eq!(added.report.folder, added.folder);
    let expected = ["LICENSE.txt", "model.onnx", "pack.toml", "tokenizer.json"];
    assert_eq!(entries(&added.folder), expected);
    assert_eq!(entries(home.path()), ["tiny"], "nothing temporary is left");

    let again = add(home.path(), source.path(), None).unwrap_err();
    assert!(again.to_string().contains("it is the same model"), "{again}");
    fs::write(source.path().join("pack.toml"), MANIFEST.replace("= 8", "= 9")).unwrap();
    let other = add(home.path(), source.path(), None).unwrap_err();
    assert!(matches!(other, RewardError::NameTaken { is_same: false, .. }), "{other}");
    assert!(other.hint().unwrap().contains("--name"));

    let named = add(home.path(), source.path(), Some("A new: name")).unwrap();
    assert_eq!(named.name, "A-new--name");
    let pack = Pack::read(&named.folder).unwrap();
    assert_eq!(pack.manifest.name, "A-new--name");
    assert_eq!(pack.encoder_hash, Pack::read(source.path()).unwrap().encoder_hash);
}

#[test]
fn a_path_is_no_name() {
    let (home, source) = (tempfile::tempdir().unwrap(), tiny_pack());
    for name in ["../x", "a/b", "..\\x", "..", ".hidden", "/x"] {
        let error = add(home.path(), source.path(), Some(name)).unwrap_err().to_string();
        assert!(error.contains("is no name for a pack"), "{name}: {error}");
        assert_eq!(entries(home.path()), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_model_that_nothing_describes_is_told_what_is_needed() {
    let (home, source) = (tempfile::tempdir().unwrap(), tiny_pack());
    fs::remove_file(source.path().join("pack.toml")).unwrap();
    let error = add(home.path(), source.path(), None).unwrap_err().to_string();
    assert!(error.contains("a pack.toml is needed"), "{error}");
    assert!(error.contains("config.json"), "{error}");
    let missing = add(home.path(), &source.path().join("missing"), None).unwrap_err();
    assert!(matches!(missing, RewardError::Io { .. }), "{missing}");
}

#[test]
fn only_packs_that_were_added_are_removed() {
    let (home, source) = (tempfile::tempdir().unwrap(), tiny_pack());
    let elsewhere = tempfile::tempdir().unwrap();
    // It is not copied, so it marks what the set-up made.
    fs::write(source.path().join("SOURCE.txt"), "somewhere").unwrap();
    let add = |name| add(home.path(), source.path(), Some(name)).unwrap().folder;
    let remove = |folder: &Path| remove_from(Some(home.path()), folder.to_owned());

    let added = add("mine");
    assert_eq!(remove(&added).unwrap(), added);
    assert_eq!(entries(home.path()), Vec::<String>::new());
    let outside = remove_from(Some(elsewhere.path()), add("mine")).unwrap_err().to_string();
    assert!(outside.contains("came with the program"), "{outside}");
    assert!(remove_from(None, home.path().join("mine")).is_err());
    assert_eq!(entries(home.path()), ["mine"]);

    // The set-up's own, in the folder that packs are added to.
    let default = home.path().join("minilm");
    fs::rename(home.path().join("mine"), &default).unwrap();
    fs::write(default.join("SOURCE.txt"), "the set-up").unwrap();
    let refused = remove(&default).unwrap_err().to_string();
    assert!(refused.contains("a default pack"), "{refused}");
    assert!(default.join("model.onnx").is_file());
    // One that somebody added under that name.
    fs::remove_file(default.join("SOURCE.txt")).unwrap();
    assert!(remove(&default).is_ok());
}

#[test]
fn an_unknown_name_has_another_hint_than_a_default_pack_that_is_missing() {
    let hint = |name: &str| {
        let name = name.to_owned();
        RewardError::PackNotFound { name, searched: Vec::new() }.hint().unwrap()
    };
    assert!(hint("nosuch").contains("tiebreak pack list"));
    assert!(hint("minilm").contains("cargo xtask setup"));
}

#[test]
fn a_hugging_face_export_is_added_as_it_is_and_scores_as_python_does() {
    let home = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tiny_reward");
    let added = add(home.path(), &source, Some("tiny-llama")).unwrap();
    assert_eq!((added.name.as_str(), added.report.name.as_str()), ("tiny-llama", "tiny-llama"));
    let model = super::open(&added.folder).unwrap();
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/tiny_reward.json")).unwrap();
    for case in golden["cases"].as_array().unwrap() {
        let prompt: Vec<Message> = serde_json::from_value(case["prompt"].clone()).unwrap();
        let answer = Content::Text(case["answer"].as_str().unwrap());
        let response = Response { prompt: &prompt, answer };
        let ids = serde_json::to_value(model.tokens(&response).unwrap()).unwrap();
        assert_eq!(ids, case["ids"]);
        let rates = model.rate(&[response], &Cancel::default()).unwrap();
        let difference = rates[0].as_ref().unwrap() - case["score"].as_f64().unwrap();
        assert!(difference.abs() < 1e-4, "{difference}");
    }
}

#[test]
fn a_graph_stands_for_its_folder() {
    let (home, source) = (tempfile::tempdir().unwrap(), tiny_pack());
    let added = add(home.path(), &source.path().join("model.onnx"), None).unwrap();
    assert_eq!(added.name, "tiny");
    let alone = tempfile::tempdir().unwrap();
    fs::write(alone.path().join("model.onnx"), tiny_graph(4)).unwrap();
    let refused = add(home.path(), &alone.path().join("model.onnx"), None).unwrap_err();
    assert!(refused.to_string().contains("a graph alone is no pack"), "{refused}");
}

#[test]
fn a_pack_that_fails_its_check_leaves_nothing() {
    let (home, source) = (tempfile::tempdir().unwrap(), tiny_pack());
    fs::write(source.path().join("model.onnx"), tiny_graph(5)).unwrap();
    assert!(add(home.path(), source.path(), None).is_err());
    assert_eq!(entries(home.path()), Vec::<String>::new());
}

#[test]
fn golden_outputs_must_be_met() {
    let (home, source) = (tempfile::tempdir().unwrap(), tiny_pack());
    let manifest = format!("{MANIFEST}golden = \"golden.json\"\n");
    fs::write(source.path().join("pack.toml"), manifest).unwrap();
    // `a` is token 4, between 1 and 2.
    let row = |token: usize, n: usize| ((token * 4 + n) as f32 * 0.7).sin();
    let embedding: Vec<f32> = (0..4).map(|n| row(1, n) + row(4, n) + row(2, n)).collect();
    let write = |embedding: &[f32]| {
        let cases = serde_json::json!({"cases": [{"text": "a", "embedding": embedding}]});
        fs::write(source.path().join("golden.json"), cases.to_string()).unwrap();
    };
    write(&[embedding[0] + 0.01, embedding[1], embedding[2], embedding[3]]);
    let missed = add(home.path(), source.path(), None).unwrap_err().to_string();
    assert!(missed.contains("golden.json: case 1 differs by 1.00e-2"), "{missed}");
    write(&embedding[..3]);
    let missed = add(home.path(), source.path(), None).unwrap_err().to_string();
    assert!(missed.contains("3 are expected"), "{missed}");
    write(&embedding);
    let added = add(home.path(), source.path(), None).unwrap();
    let golden = added.report.golden.unwrap();
    assert!(golden.cases == 1 && golden.largest_difference < 1e-6);
    assert!(added.folder.join("golden.json").is_file());
}

/// A tar archive of files and folders.
fn tar(files: &[(&str, Vec<u8>)], link: Option<(&str, &str)>) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let header = |name: &str, kind, size| {
        let mut header = tar::Header::new_ustar();
        // Names that the builder would refuse are what this is about.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        header
    };
    for (name, content) in files {
        let mut header = header(name, tar::EntryType::Regular, content.len() as u64);
        header.set_cksum();
        builder.append(&header, content.as_slice()).unwrap();
    }
    if let Some((name, target)) = link {
        let mut header = header(name, tar::EntryType::Symlink, 0);
        header.set_link_name(target).unwrap();
        header.set_cksum();
        builder.append(&header, io::empty()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(mut content: impl Read) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    io::copy(&mut content, &mut encoder).unwrap();
    encoder.finish().unwrap()
}

fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn files(prefix: &str) -> Vec<(String, Vec<u8>)> {
    let pack = tiny_pack();
    ["pack.toml", "model.onnx", "tokenizer.json"]
        .map(|name| (format!("{prefix}{name}"), fs::read(pack.path().join(name)).unwrap()))
        .to_vec()
}

fn named(files: &[(String, Vec<u8>)]) -> Vec<(&str, Vec<u8>)> {
    files.iter().map(|(name, content)| (name.as_str(), content.clone())).collect()
}

fn write(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    File::create(&path).unwrap().write_all(content).unwrap();
    path
}

#[test]
fn archives_are_unpacked() {
    let (flat, inner) = (files(""), files("some-pack/"));
    let cases = [
        ("a.zip", zip(&named(&flat))),
        ("b.zip", zip(&named(&inner))),
        ("c.tar", tar(&named(&flat), None)),
        ("d.tar.gz", gzip(tar(&named(&inner), None).as_slice())),
    ];
    for (name, content) in cases {
        let (home, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let added = add(home.path(), &write(source.path(), name, &content), None);
        assert_eq!(added.unwrap().name, "tiny", "{name}");
        assert_eq!(entries(home.path()), ["tiny"], "{name}");
    }
}

#[test]
fn hostile_archives_are_refused() {
    let evil = |name: &str| vec![(name.to_owned(), b"evil".to_vec())];
    let slip = |name: &str| tar(&named(&evil(name)), None);
    let zeros = || io::repeat(0).take(100 << 20);
    let many: Vec<(String, Vec<u8>)> = (0..2001).map(|n| (format!("f{n}"), vec![])).collect();
    let cases = [
        ("slip.tar", slip("../evil"), "leads out"),
        ("deep.tar", slip("a/../../evil"), "leads out"),
        ("root.tar", slip("/tmp/evil"), "leads out"),
        ("drive.tar", slip("C:evil"), "leads out"),
        ("slip.zip", zip(&named(&evil("../evil"))), "leads out"),
        ("link.tar", tar(&[], Some(("model.onnx", "/etc/passwd"))), "is a link"),
        ("twice.tar", tar(&named(&[evil("a"), evil("a")].concat()), None), "cannot write"),
        ("many.tar", tar(&named(&many), None), "more than 2000"),
        ("bomb.tar.gz", gzip(tar_of(zeros(), 100 << 20)), "hundred times"),
        ("cut.zip", zip(&named(&files("")))[..200].to_vec(), "damaged"),
        ("text.txt", b"not an archive".to_vec(), "neither a folder"),
        ("empty.tar", tar(&named(&evil("readme")), None), "no pack in it"),
    ];
    for (name, content, said) in cases {
        let (home, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = write(source.path(), name, &content);
        let error = add(home.path(), &path, None).unwrap_err().to_string();
        assert!(error.contains(said), "{name}: {said:?} is not in {error:?}");
        assert_eq!(entries(home.path()), Vec::<String>::new(), "{name}");
        assert_eq!(entries(source.path()), [name]);
    }
}

/// A tar archive of a pack, before whose files go headers of a kind.
fn tar_with_headers(kind: tar::EntryType, header: &[u8], files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut before = tar::Header::new_ustar();
        before.set_path("header").unwrap();
        before.set_entry_type(kind);
        before.set_size(header.len() as u64);
        before.set_cksum();
        builder.append(&before, header).unwrap();
        let mut file = tar::Header::new_ustar();
        file.set_path(name).unwrap();
        file.set_size(content.len() as u64);
        file.set_cksum();
        builder.append(&file, content.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A record of the pax format: its own length, a key and a value.
fn pax(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len() + 1;
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}").into_bytes()
}

#[test]
fn headers_before_an_entry_are_bounded_and_name_it() {
    use tar::EntryType;
    let long = "long/".repeat(40) + "pack.toml";
    let one = |content: &str| vec![("short", content.as_bytes().to_vec())];
    let huge = vec![b'a'; 65 << 10];
    let zero = [long.as_bytes(), &[0]].concat();
    let (local, global) = (EntryType::XHeader, EntryType::XGlobalHeader);
    let (name, link) = (EntryType::GNULongName, EntryType::GNULongLink);
    let names: Vec<String> = (0..1001).map(|n| format!("f{n}")).collect();
    let many: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (name.as_str(), vec![])).collect();
    for (case, kind, header, files, expected) in [
        ("pax path", local, pax("path", &long), one("found"), Ok(long.as_str())),
        ("pax time", local, pax("mtime", "1.5"), one("found"), Ok("short")),
        ("gnu name", name, zero.clone(), one("found"), Ok(long.as_str())),
        ("global", global, pax("comment", "x"), one("found"), Ok("short")),
        ("long link", link, zero, one("found"), Ok("short")),
        ("pax slip", local, pax("path", "../evil"), one("evil"), Err("leads out")),
        ("gnu slip", name, b"../evil\0".to_vec(), one("evil"), Err("leads out")),
        ("pax size", local, pax("size", "1"), one("evil"), Err("larger than 8 GB")),
        ("sparse", local, pax("GNU.sparse.major", "1"), one("evil"), Err("sparse")),
        ("huge pax", local, huge.clone(), one("evil"), Err("longer than 64 KB")),
        ("huge global", global, huge.clone(), one("evil"), Err("longer than 64 KB")),
        ("huge name", name, huge.clone(), one("evil"), Err("longer than 64 KB")),
        ("huge link", link, huge, one("evil"), Err("longer than 64 KB")),
        ("broken pax", local, b"12 path".to_vec(), one("evil"), Err("damaged")),
        ("many", local, pax("mtime", "1"), many, Err("more than 2000")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let archive = write(folder.path(), "a.tar", &tar_with_headers(kind, &header, &files));
        let to = folder.path().join("to");
        let unpacked = crate::archive::unpack(&archive, &to).map_err(|error| error.to_string());
        match (unpacked, expected) {
            (Ok(()), Ok(path)) => {
                assert_eq!(fs::read(to.join(path)).unwrap(), b"found", "{case}");
            }
            (Err(error), Err(said)) => assert!(error.contains(said), "{case}: {error}"),
            (found, _) => panic!("{case}: {found:?}"),
        }
    }
}

/// A tar archive of one long file, as a stream.
fn tar_of(content: impl Read, size: u64) -> impl Read {
    let mut header = tar::Header::new_ustar();
    header.set_path("model.onnx").unwrap();
    header.set_size(size);
    header.set_cksum();
    io::Cursor::new(header.as_bytes().to_vec()).chain(content).chain(io::repeat(0).take(1024))
}
