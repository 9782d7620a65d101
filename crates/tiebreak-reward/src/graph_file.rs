//! What a graph's file says without being loaded: its inputs and outputs, and the files that its
//! constants are in.
//!
//! The file is skimmed, never held in memory: constants are skipped, so a file of 2 GB costs a
//! few kilobytes. Field numbers are those of `onnx.proto` (IR version 8).

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use crate::RewardError;

/// Deeper nesting of graphs in graphs is refused.
const DEEPEST: u32 = 64;
/// Longer names and paths are refused.
const LONGEST_STRING: u64 = 4096;
/// What names and paths are kept may be so long together.
const MOST_TEXT: u64 = 64 << 20;
/// More constants outside the file are refused; large models have some thousands.
const MOST_EXTERNAL: usize = 100_000;
/// More dimensions are refused; ONNX Runtime handles far fewer.
const MOST_DIMS: usize = 64;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct GraphFile {
    /// Names of the graph's inputs, but for those that have a constant as default.
    pub(crate) inputs: Vec<String>,
    /// Names of its outputs.
    pub(crate) outputs: Vec<String>,
    /// Constants outside the file, those of nested graphs included.
    pub(crate) external: Vec<ExternalTensor>,
}

/// A constant in a file of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExternalTensor {
    /// The tensor's name.
    pub(crate) name: String,
    /// `TensorProto.DataType`.
    pub(crate) data_type: u64,
    pub(crate) dims: Vec<u64>,
    /// The file, relative to the graph's; empty if it is not stated.
    pub(crate) location: String,
    /// Where it begins and how long it is in bytes, if that is stated.
    pub(crate) offset: Option<String>,
    pub(crate) length: Option<String>,
}

impl GraphFile {
    /// Skims the file.
    ///
    /// # Errors
    /// If it cannot be read, or is no ONNX model.
    pub(crate) fn skim(path: &Path) -> Result<Self, RewardError> {
        let file = File::open(path).map_err(RewardError::io("open", path))?;
        let end = file.metadata().map_err(RewardError::io("read", path))?.len();
        Self::of(file, end, path)
    }

    /// Skims a model of `end` bytes that is, or comes from, the file `path`.
    ///
    /// # Errors
    /// As [`GraphFile::skim`].
    pub(crate) fn of(model: impl Read + Seek, end: u64, path: &Path) -> Result<Self, RewardError> {
        let reader = BufReader::new(model);
        let mut skim =
            Skim { reader, at: 0, text: 0, found: Self::default(), constants: HashSet::new() };
        skim.model(end).map_err(|error| {
            if error.kind() == io::ErrorKind::InvalidData {
                RewardError::bad_pack(path, format!("it is no ONNX model, or it is cut: {error}"))
            } else {
                RewardError::io("read", path)(error)
            }
        })?;
        let Skim { mut found, constants, .. } = skim;
        found.inputs.retain(|input| !constants.contains(input));
        Ok(found)
    }
}

struct Skim<R> {
    reader: BufReader<R>,
    at: u64,
    /// Bytes of names and paths so far.
    text: u64,
    found: GraphFile,
    /// Names of the constants of the graph itself.
    constants: HashSet<String>,
}

/// A field: its number and the content, a number or the end of a message.
enum Field {
    Number(u64, u64),
    Bytes(u64, u64),
    Other,
}

impl<R: Read + Seek> Skim<R> {
    fn model(&mut self, end: u64) -> io::Result<()> {
        let mut graphs = 0;
        self.fields(end, |skim, field| match field {
            Field::Bytes(7, end) => {
                graphs += 1;
                skim.graph(end, 0)
            }
            // Functions.
            Field::Bytes(25, end) => skim.fields(end, |skim, field| match field {
                Field::Bytes(7, end) => skim.node(end, 0),
                Field::Bytes(11, end) => skim.attribute(end, 0),
                _ => Ok(()),
            }),
            _ => Ok(()),
        })?;
        if graphs == 1 { Ok(()) } else { Err(invalid("there is no graph in it")) }
    }

    fn graph(&mut self, end: u64, depth: u32) -> io::Result<()> {
        if depth > DEEPEST {
            return Err(invalid("graphs are nested too deeply"));
        }
        self.fields(end, |skim, field| match field {
            Field::Bytes(1, end) => skim.node(end, depth),
            Field::Bytes(5, end) => {
                let name = skim.tensor(end)?;
                if depth == 0 {
                    skim.constants.insert(name);
                }
                Ok(())
            }
            Field::Bytes(15, end) => skim.sparse(end),
            Field::Bytes(number @ (11 | 12), end) if depth == 0 => {
                let mut name = String::new();
                skim.fields(end, |skim, field| {
                    if let Field::Bytes(1, end) = field {
                        name = skim.string(end)?;
                    }
                    Ok(())
                })?;
                let found = &mut skim.found;
                if number == 11 {
                    found.inputs.push(name);
                } else {
                    found.outputs.push(name);
                }
                Ok(())
            }
            _ => Ok(()),
        })
    }

    fn node(&mut self, end: u64, depth: u32) -> io::Result<()> {
        self.fields(end, |skim, field| match field {
            Field::Bytes(5, end) => skim.attribute(end, depth),
            _ => Ok(()),
        })
    }

    fn attribute(&mut self, end: u64, depth: u32) -> io::Result<()> {
        self.fields(end, |skim, field| match field {
            Field::Bytes(5 | 10, end) => skim.tensor(end).map(drop),
            Field::Bytes(6 | 11, end) => skim.graph(end, depth + 1),
            Field::Bytes(22 | 23, end) => skim.sparse(end),
            _ => Ok(()),
        })
    }

    fn sparse(&mut self, end: u64) -> io::Result<()> {
        self.fields(end, |skim, field| match field {
            Field::Bytes(1 | 2, end) => skim.tensor(end).map(drop),
            _ => Ok(()),
        })
    }

    /// Gives the tensor's name.
    fn tensor(&mut self, end: u64) -> io::Result<String> {
        let mut tensor = ExternalTensor::default();
        let mut is_external = false;
        self.fields(end, |skim, field| {
            match field {
                Field::Number(1, dim) => dimension(&mut tensor, dim)?,
                // Packed.
                Field::Bytes(1, end) => {
                    while skim.at < end {
                        let dim = skim.varint()?;
                        dimension(&mut tensor, dim)?;
                    }
                }
                Field::Number(2, data_type) => tensor.data_type = data_type,
                Field::Bytes(8, end) => tensor.name = skim.string(end)?,
                Field::Bytes(13, end) => {
                    is_external = true;
                    let (key, value) = skim.entry(end)?;
                    match key.as_str() {
                        "location" => tensor.location = value,
                        "offset" => tensor.offset = Some(value),
                        "length" => tensor.length = Some(value),
                        _ => {}
                    }
                }
                Field::Number(14, location) => is_external |= location == 1,
                _ => {}
            }
            Ok(())
        })?;
        let name = tensor.name.clone();
        if is_external {
            if self.found.external.len() == MOST_EXTERNAL {
                return Err(invalid("too many constants are outside the file"));
            }
            self.found.external.push(tensor);
        }
        Ok(name)
    }

    fn entry(&mut self, end: u64) -> io::Result<(String, String)> {
        let (mut key, mut value) = (String::new(), String::new());
        self.fields(end, |skim, field| {
            match field {
                Field::Bytes(1, end) => key = skim.string(end)?,
                Field::Bytes(2, end) => value = skim.string(end)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok((key, value))
    }

    /// Gives each field up to `end` to `visit`, and skips what it leaves unread.
    fn fields(
        &mut self,
        end: u64,
        mut visit: impl FnMut(&mut Self, Field) -> io::Result<()>,
    ) -> io::Result<()> {
        while self.at < end {
            let key = self.varint()?;
            let number = key >> 3;
            let (field, next) = match key & 7 {
                0 => (Field::Number(number, self.varint()?), self.at),
                1 => (Field::Other, self.at.saturating_add(8)),
                2 => {
                    let length = self.varint()?;
                    let next = self.at.saturating_add(length);
                    (Field::Bytes(number, next), next)
                }
                5 => (Field::Other, self.at.saturating_add(4)),
                _ => return Err(invalid("it is not in protobuf's format")),
            };
            if number == 0 || next > end {
                return Err(invalid("a field leads past the end"));
            }
            visit(self, field)?;
            self.skip_to(next)?;
        }
        Ok(())
    }

    fn skip_to(&mut self, next: u64) -> io::Result<()> {
        let distance = next.checked_sub(self.at).ok_or_else(|| invalid("fields overlap"))?;
        let distance = i64::try_from(distance).map_err(|_| invalid("it is too long"))?;
        self.reader.seek_relative(distance)?;
        self.at = next;
        Ok(())
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let mut byte = [0];
            match self.reader.read_exact(&mut byte) {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(invalid("it ends in the middle of a number"));
                }
                read => read?,
            }
            self.at += 1;
            value |= u64::from(byte[0] & 0x7f) << shift;
            if byte[0] & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(invalid("a number is too long"))
    }

    fn string(&mut self, end: u64) -> io::Result<String> {
        let length = end.saturating_sub(self.at);
        if length > LONGEST_STRING {
            return Err(invalid("a name is too long"));
        }
        self.text += length;
        if self.text > MOST_TEXT {
            return Err(invalid("there are too many names in it"));
        }
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(length).read_to_end(&mut bytes)?;
        self.at = end;
        if read as u64 != length {
            return Err(invalid("it ends in the middle of a name"));
        }
        String::from_utf8(bytes).map_err(|_| invalid("a name is not UTF-8"))
    }
}

fn dimension(tensor: &mut ExternalTensor, dim: u64) -> io::Result<()> {
    if tensor.dims.len() == MOST_DIMS {
        return Err(invalid("a constant has too many dimensions"));
    }
    tensor.dims.push(dim);
    Ok(())
}

fn invalid(problem: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}
