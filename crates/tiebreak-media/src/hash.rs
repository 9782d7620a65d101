//! Content hashes of files, without holding them in memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use tiebreak_core::ContentHash;

use crate::MediaError;

/// The BLAKE3 hash and the size in bytes of all that `content` yields, read in pieces.
pub fn hash_reader(mut content: impl Read) -> Result<(ContentHash, u64), MediaError> {
    let mut piece = vec![0; 1 << 17];
    let (mut hash, mut bytes) = (ContentHash::builder(), 0);
    loop {
        match content.read(&mut piece) {
            Ok(0) => return Ok((hash.finish(), bytes)),
            Ok(length) => {
                hash.update(&piece[..length]);
                bytes += length as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The BLAKE3 hash and the size in bytes of a file.
pub fn hash_file(path: &Path) -> Result<(ContentHash, u64), MediaError> {
    hash_reader(File::open(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_hashes_as_its_bytes_whatever_its_length() {
        for length in [0, 1, 131_072, 300_001] {
            let bytes: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
            let expected = Ok((ContentHash::of(&bytes), length as u64));
            assert_eq!(hash_reader(bytes.as_slice()), expected);
        }
    }
}
