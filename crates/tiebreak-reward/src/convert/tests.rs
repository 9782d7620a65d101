//! Malformed weights, and readers on files made here.

use std::path::Path;

use proptest::prelude::*;

use super::tensors::Tensors;
use super::{tensor_bundle, torch_pickle};

/// Python's `pickle.dumps(x, 2)` of the magic number, the protocol and the facts about the
/// machine.
fn pickle_head() -> Vec<u8> {
    let mut bytes = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.".to_vec();
    bytes.extend(b"\x80\x02}q\0X\x0d\0\0\0little_endianq\x01\x88s.");
    bytes
}

/// One tensor called `w` of six floats in the storage `7`, seen with these sizes and strides.
fn pickled(offset: u8, sizes: [u8; 2], strides: [u8; 2]) -> Vec<u8> {
    let mut bytes = pickle_head();
    bytes.extend(b"\x80\x02ccollections\nOrderedDict\n)RX\x01\0\0\0w");
    bytes.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n");
    bytes.extend(b"X\x01\0\0\x007X\x03\0\0\0cpuK\x06NtQ");
    bytes.extend([b'K', offset, b'K', sizes[0], b'K', sizes[1], 0x86]);
    bytes.extend([b'K', strides[0], b'K', strides[1], 0x86]);
    bytes.extend(b"\x89ccollections\nOrderedDict\n)RtRs.");
    bytes.extend(b"\x80\x02]X\x01\0\0\x007a.");
    bytes.extend(6_i64.to_le_bytes());
    bytes.extend((0..6).flat_map(|n| (n as f32).to_le_bytes()));
    bytes
}

fn torch(bytes: &[u8]) -> Result<Tensors, String> {
    torch_pickle::read(Path::new("w.pth"), bytes).map_err(|error| error.to_string())
}

#[test]
fn a_tensor_is_read_in_the_order_of_its_strides() {
    let tensors = torch(&pickled(0, [2, 3], [3, 1])).unwrap();
    assert_eq!(tensors.floats("w", &[2, 3]).unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let turned = torch(&pickled(0, [2, 3], [1, 2])).unwrap();
    assert_eq!(turned.floats("w", &[2, 3]).unwrap(), [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
    let part = torch(&pickled(2, [2, 1], [3, 1])).unwrap();
    assert_eq!(part.floats("w", &[2, 1]).unwrap(), [2.0, 5.0]);
    let wrong = tensors.floats("w", &[3, 2]).unwrap_err().to_string();
    assert!(wrong.contains("w has the shape [2, 3], not [3, 2]"), "{wrong}");
    let missing = tensors.floats("v", &[1]).unwrap_err().to_string();
    assert!(missing.contains("no tensor v"), "{missing}");
}

#[test]
fn a_pickle_that_asks_for_more_is_refused() {
    let mut call = pickle_head();
    call.extend(b"\x80\x02cos\nsystem\nX\x04\0\0\0true\x85R.");
    let mut object = pickle_head();
    object.extend(b"\x80\x02cbuiltins\nobject\n)\x81.");
    let mut endless = pickle_head();
    endless.extend(b"\x80\x02X\xff\xff\xff\xffabc");
    let whole = pickled(0, [2, 3], [3, 1]);
    for (bytes, expected) in [
        (call, "a call of os.system, which weights do not need"),
        (object, "the instruction 0x81, which weights do not need"),
        (endless, "the file ends early"),
        (b"PK\x03\x04 a zip file, as PyTorch saves since 1.6".to_vec(), "before 1.6"),
        (Vec::new(), "before 1.6"),
        (whole[..whole.len() - 1].to_vec(), "the file ends early"),
        (pickled(1, [2, 3], [3, 1]), "w reaches outside"),
        (pickled(0, [200, 200], [0, 0]), "w reaches outside"),
    ] {
        let problem = torch(&bytes).unwrap_err();
        assert!(problem.starts_with("w.pth: ") && problem.contains(expected), "{problem}");
    }
}

/// An index with one block, which holds the tensor `w` of floats `[2]` at that offset.
fn bundle(offset: u8) -> Vec<u8> {
    // shape { dim { size: 2 } }, the offset, and the 8 bytes of the data.
    let entry = [8, 1, 18, 4, 18, 2, 8, 2, 32, offset, 40, 8];
    let mut data = vec![0, 0, 2, 8, 1, 0, 1, entry.len() as u8, b'w'];
    data.extend(entry);
    data.extend([0, 0, 0, 0, 1, 0, 0, 0]);
    let place = [0, data.len() as u8];
    let mut index = vec![0, 1, 2, b'x', place[0], place[1], 0, 0, 0, 0, 1, 0, 0, 0];
    let (start, length) = (data.len() as u8 + 5, index.len() as u8);
    data.extend([0; 5]);
    data.append(&mut index);
    data.extend([0; 5]);
    let mut footer = vec![0, 0, start, length];
    footer.resize(40, 0);
    footer.extend(0xdb47_7524_8b80_fb57_u64.to_le_bytes());
    data.extend(footer);
    data
}

fn tensorflow(index: &[u8]) -> Result<Tensors, String> {
    let data: Vec<u8> = [1.5_f32, -2.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    tensor_bundle::read(Path::new(".index"), index, &data).map_err(|error| error.to_string())
}

#[test]
fn a_bundle_is_read_and_its_damages_told() {
    let whole = bundle(0);
    assert_eq!(tensorflow(&whole).unwrap().floats("w", &[2]).unwrap(), [1.5, -2.0]);
    let mut compressed = whole.clone();
    compressed[29] = 1;
    for (index, expected) in [
        (bundle(4), "w reaches outside the data"),
        (compressed, "compressed"),
        (whole[..whole.len() - 1].to_vec(), "not an index of TensorFlow's weights"),
        (Vec::new(), "not an index of TensorFlow's weights"),
    ] {
        let problem = tensorflow(&index).unwrap_err();
        assert!(problem.contains(expected), "{problem}");
    }
}

proptest! {
    #[test]
    fn no_damage_of_weights_ends_the_program(
        place in 0..600_usize, byte: u8, cut in 0..600_usize, rest: Vec<u8>,
    ) {
        let pickle = pickled(0, [2, 3], [3, 1]);
        let mut damaged = pickle.clone();
        damaged[place % pickle.len()] = byte;
        let _ = torch(&damaged);
        damaged.truncate(cut % pickle.len());
        damaged.extend(&rest);
        let _ = torch(&damaged);
        let index = bundle(0);
        let mut damaged = index.clone();
        damaged[place % index.len()] = byte;
        let _ = tensorflow(&damaged);
    }
}
