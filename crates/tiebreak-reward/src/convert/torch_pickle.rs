//! Weights as PyTorch saved them before version 1.6: five pickles (magic number, protocol, facts
//! about the machine, the named tensors, the keys of the storages) and then each storage, its
//! count and its elements.
//!
//! A pickle is a program. Here it can do four things: build numbers, texts and collections, make
//! an ordered dictionary, name a storage, and describe a tensor in it. Anything else that it asks
//! for is an error that says what.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use half::f16;

use super::tensors::{Tensor, Tensors, bad, floats};
use crate::RewardError;

/// The number that such a file begins with, little-endian.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
/// The version of the format.
const PROTOCOL: i64 = 1_001;

/// Reads the tensors of floats in a file; those of integers are left out.
///
/// # Errors
/// [`RewardError::BadWeights`] if the file is in another format, ends early, or its program asks
/// for anything that weights do not need.
pub(crate) fn read(path: &Path, bytes: &[u8]) -> Result<Tensors, RewardError> {
    tensors(bytes).map(|tensors| Tensors::new(path, tensors)).map_err(bad(path))
}

fn tensors(bytes: &[u8]) -> Result<BTreeMap<String, Tensor>, String> {
    let mut reader = Reader { bytes, place: 0 };
    let magic = reader.pickle().map_err(|_| "not weights as PyTorch saved them before 1.6")?;
    if !matches!(&magic.0, Value::Long(long) if **long == MAGIC) {
        return Err("not weights as PyTorch saved them before 1.6".to_owned());
    }
    if reader.pickle()?.0 != Value::Int(PROTOCOL) {
        return Err(format!("not version {PROTOCOL} of the format"));
    }
    let (machine, heap) = reader.pickle()?;
    let is_little = |(name, value): &(Value, Value)| {
        *name == Value::Text("little_endian".into()) && *value == Value::Bool(true)
    };
    if !heap.entries(&machine)?.iter().any(is_little) {
        return Err("not saved on a little-endian machine".to_owned());
    }
    let (named, heap) = reader.pickle()?;
    let (keys, key_heap) = reader.pickle()?;
    let storages = reader.storages(&key_heap.items(&keys)?, &heap.storages)?;
    let mut found = BTreeMap::new();
    for (name, value) in heap.entries(&named)? {
        let (Value::Text(name), Value::Tensor(view)) = (name, value) else {
            return Err("an entry that is no named tensor".to_owned());
        };
        if let Some(storage) = storages.get(&*view.storage) {
            let tensor = view.of(storage).ok_or_else(|| format!("{name} reaches outside"))?;
            found.insert(name.to_string(), tensor);
        }
    }
    Ok(found)
}

/// What a pickle can build. Collections that may still grow are kept in the heap.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    None,
    Bool(bool),
    Int(i64),
    Long(Rc<[u8]>),
    Text(Rc<str>),
    Tuple(Rc<[Value]>),
    List(usize),
    Dictionary(usize),
    /// Something of a Python module, by its name.
    Global(Rc<str>),
    Storage(Rc<str>),
    Tensor(Rc<View>),
}

/// A tensor within a storage, counted in elements.
#[derive(Clone, Debug, PartialEq)]
struct View {
    storage: Rc<str>,
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

/// The collections that a pickle builds, and the storages that it names.
#[derive(Debug, Default)]
struct Heap {
    lists: Vec<Vec<Value>>,
    dictionaries: Vec<Vec<(Value, Value)>>,
    /// The element type of each.
    storages: BTreeMap<String, Element>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    F16,
    F32,
    /// Integers of that many bytes.
    Integer(usize),
}

impl View {
    /// The elements in their order; none if one of them lies outside.
    fn of(&self, storage: &[f32]) -> Option<Tensor> {
        let count = self.shape.iter().try_fold(1_usize, |n, &side| n.checked_mul(side))?;
        if self.shape.len() != self.strides.len() || count > storage.len() {
            return None;
        }
        let mut place = vec![0_usize; self.shape.len()];
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            let steps = place.iter().zip(&self.strides);
            let at = steps.clone().try_fold(self.offset, |at, (&index, &stride)| {
                at.checked_add(index.checked_mul(stride)?)
            })?;
            values.push(*storage.get(at)?);
            for (index, &side) in place.iter_mut().zip(&self.shape).rev() {
                *index += 1;
                if *index < side {
                    break;
                }
                *index = 0;
            }
        }
        Some(Tensor { shape: self.shape.clone(), values })
    }
}

impl Heap {
    fn entries(&self, value: &Value) -> Result<&[(Value, Value)], String> {
        match value {
            Value::Dictionary(at) => Ok(&self.dictionaries[*at]),
            other => Err(format!("{} where a dictionary is needed", other.kind())),
        }
    }

    fn items(&self, value: &Value) -> Result<Vec<String>, String> {
        let Value::List(at) = value else {
            return Err(format!("{} where a list is needed", value.kind()));
        };
        let texts = self.lists[*at].iter().map(|item| Ok(item.text()?.to_string()));
        texts.collect()
    }

    fn new_dictionary(&mut self) -> Value {
        self.dictionaries.push(Vec::new());
        Value::Dictionary(self.dictionaries.len() - 1)
    }

    /// What a call gives. Only calls that weights need are known.
    fn call(&mut self, function: &Value, arguments: &Value) -> Result<Value, String> {
        let (Value::Global(name), Value::Tuple(arguments)) = (function, arguments) else {
            return Err(format!("a call of {}", function.kind()));
        };
        match (&**name, &**arguments) {
            ("collections.OrderedDict", []) => Ok(self.new_dictionary()),
            (
                "torch._utils._rebuild_tensor_v2" | "torch._utils._rebuild_tensor",
                [Value::Storage(storage), offset, shape, strides, ..],
            ) => Ok(Value::Tensor(Rc::new(View {
                storage: Rc::clone(storage),
                offset: offset.size()?,
                shape: shape.sizes()?,
                strides: strides.sizes()?,
            }))),
            ("torch._utils._rebuild_parameter", [tensor @ Value::Tensor(_), ..]) => {
                Ok(tensor.clone())
            }
            _ => Err(format!("a call of {name}, which weights do not need")),
        }
    }

    /// A reference to a storage: what it is, its element type, its key, and more.
    fn storage(&mut self, reference: &Value) -> Result<Value, String> {
        let Value::Tuple(parts) = reference else {
            return Err("a reference that is no tuple".to_owned());
        };
        let [Value::Text(kind), Value::Global(element), Value::Text(key), ..] = &**parts else {
            return Err("a reference to something that is no storage".to_owned());
        };
        let element = match (&**kind, &**element) {
            ("storage", "torch.FloatStorage") => Element::F32,
            ("storage", "torch.HalfStorage") => Element::F16,
            ("storage", "torch.LongStorage") => Element::Integer(8),
            ("storage", "torch.IntStorage") => Element::Integer(4),
            ("storage", "torch.ByteStorage" | "torch.BoolStorage") => Element::Integer(1),
            (kind, element) => return Err(format!("a {kind} of {element}")),
        };
        self.storages.insert(key.to_string(), element);
        Ok(Value::Storage(Rc::clone(key)))
    }
}

impl Value {
    const fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "a truth value",
            Self::Int(_) | Self::Long(_) => "a number",
            Self::Text(_) => "a text",
            Self::Tuple(_) => "a tuple",
            Self::List(_) => "a list",
            Self::Dictionary(_) => "a dictionary",
            Self::Global(_) => "a function",
            Self::Storage(_) => "a storage",
            Self::Tensor(_) => "a tensor",
        }
    }

    fn text(&self) -> Result<&Rc<str>, String> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(format!("{} where a text is needed", other.kind())),
        }
    }

    fn size(&self) -> Result<usize, String> {
        match self {
            Self::Int(size) => usize::try_from(*size).map_err(|_| format!("a size of {size}")),
            other => Err(format!("{} where a size is needed", other.kind())),
        }
    }

    fn sizes(&self) -> Result<Vec<usize>, String> {
        match self {
            Self::Tuple(sizes) => sizes.iter().map(Self::size).collect(),
            other => Err(format!("{} where sizes are needed", other.kind())),
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    place: usize,
}

/// The state of a pickle's program.
#[derive(Default)]
struct Machine {
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: BTreeMap<u32, Value>,
    heap: Heap,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8], String> {
        let end = self.place.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| "the file ends early".to_owned())?;
        let taken = &self.bytes[self.place..end];
        self.place = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn line(&mut self) -> Result<String, String> {
        let rest = &self.bytes[self.place..];
        let length = rest.iter().position(|&byte| byte == b'\n');
        let length = length.ok_or_else(|| "the file ends early".to_owned())?;
        let line = String::from_utf8_lossy(self.take(length)?).into_owned();
        self.place += 1;
        Ok(line)
    }

    /// Runs one pickle.
    fn pickle(&mut self) -> Result<(Value, Heap), String> {
        let mut machine = Machine::default();
        loop {
            let [code] = self.array()?;
            if code == b'.' {
                return Ok((machine.pop()?, machine.heap));
            }
            self.step(code, &mut machine)?;
        }
    }

    /// One instruction, by the names that Python's pickletools gives them.
    fn step(&mut self, code: u8, machine: &mut Machine) -> Result<(), String> {
        let value = match code {
            // PROTO
            0x80 => return self.take(1).map(|_| ()),
            // NONE, NEWTRUE, NEWFALSE
            b'N' => Value::None,
            0x88 => Value::Bool(true),
            0x89 => Value::Bool(false),
            // BININT, BININT1, BININT2
            b'J' => Value::Int(i32::from_le_bytes(self.array()?).into()),
            b'K' => Value::Int(u8::from_le_bytes(self.array()?).into()),
            b'M' => Value::Int(u16::from_le_bytes(self.array()?).into()),
            // LONG1
            0x8a => {
                let [count] = self.array()?;
                let bytes = self.take(count.into())?;
                match bytes.len() {
                    0..=8 => Value::Int(signed(bytes)),
                    _ => Value::Long(bytes.into()),
                }
            }
            // BINUNICODE
            b'X' => {
                let count = u32::from_le_bytes(self.array()?);
                Value::Text(String::from_utf8_lossy(self.take(count as usize)?).into())
            }
            // GLOBAL
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                Value::Global(format!("{module}.{name}").into())
            }
            // BINPUT, LONG_BINPUT
            b'q' => return machine.remember(u8::from_le_bytes(self.array()?).into()),
            b'r' => return machine.remember(u32::from_le_bytes(self.array()?)),
            // BINGET, LONG_BINGET
            b'h' => machine.recall(u8::from_le_bytes(self.array()?).into())?,
            b'j' => machine.recall(u32::from_le_bytes(self.array()?))?,
            _ => return machine.step(code),
        };
        machine.stack.push(value);
        Ok(())
    }

    /// The elements of each storage of floats.
    fn storages(
        &mut self,
        keys: &[String],
        elements: &BTreeMap<String, Element>,
    ) -> Result<BTreeMap<String, Vec<f32>>, String> {
        let mut storages = BTreeMap::new();
        for key in keys {
            let element = elements.get(key).ok_or_else(|| format!("an unnamed storage {key}"))?;
            let count = usize::try_from(i64::from_le_bytes(self.array()?));
            let width = match element {
                Element::F16 => 2,
                Element::F32 => 4,
                Element::Integer(width) => *width,
            };
            let length = count.ok().and_then(|count| count.checked_mul(width));
            let bytes = self.take(length.ok_or_else(|| format!("the size of storage {key}"))?)?;
            let values = match element {
                Element::F32 => floats(bytes),
                Element::F16 => {
                    let (halves, _) = bytes.as_chunks::<2>();
                    halves.iter().map(|half| f16::from_le_bytes(*half).to_f32()).collect()
                }
                Element::Integer(_) => continue,
            };
            storages.insert(key.clone(), values);
        }
        Ok(storages)
    }
}

impl Machine {
    fn pop(&mut self) -> Result<Value, String> {
        self.stack.pop().ok_or_else(|| "an instruction without a value".to_owned())
    }

    /// All that was put on the stack since the last mark.
    fn since_mark(&mut self) -> Result<Vec<Value>, String> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
        Ok(self.stack.split_off(mark.ok_or_else(|| "an instruction without a mark".to_owned())?))
    }

    fn remember(&mut self, place: u32) -> Result<(), String> {
        let value = self.stack.last().ok_or_else(|| "nothing to remember".to_owned())?;
        self.memo.insert(place, value.clone());
        Ok(())
    }

    fn recall(&self, place: u32) -> Result<Value, String> {
        self.memo.get(&place).cloned().ok_or_else(|| format!("nothing remembered as {place}"))
    }

    fn tuple(&mut self, count: usize) -> Result<Value, String> {
        let start = self.stack.len().checked_sub(count);
        let start = start.ok_or_else(|| "a tuple without its values".to_owned())?;
        Ok(Value::Tuple(self.stack.split_off(start).into()))
    }

    /// Instructions that have no argument of their own.
    fn step(&mut self, code: u8) -> Result<(), String> {
        let value = match code {
            // MARK
            b'(' => {
                self.marks.push(self.stack.len());
                return Ok(());
            }
            // EMPTY_DICT, EMPTY_LIST, EMPTY_TUPLE
            b'}' => self.heap.new_dictionary(),
            b']' => {
                self.heap.lists.push(Vec::new());
                Value::List(self.heap.lists.len() - 1)
            }
            b')' => self.tuple(0)?,
            // TUPLE, TUPLE1, TUPLE2, TUPLE3
            b't' => Value::Tuple(self.since_mark()?.into()),
            0x85 => self.tuple(1)?,
            0x86 => self.tuple(2)?,
            0x87 => self.tuple(3)?,
            // APPEND, APPENDS
            b'a' => {
                let item = self.pop()?;
                return self.extend(vec![item]);
            }
            b'e' => {
                let items = self.since_mark()?;
                return self.extend(items);
            }
            // SETITEM, SETITEMS
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                return self.set(vec![key, value]);
            }
            b'u' => {
                let pairs = self.since_mark()?;
                return self.set(pairs);
            }
            // REDUCE
            b'R' => {
                let arguments = self.pop()?;
                let function = self.pop()?;
                self.heap.call(&function, &arguments)?
            }
            // BINPERSID
            b'Q' => {
                let reference = self.pop()?;
                self.heap.storage(&reference)?
            }
            // BUILD: what a dictionary knows beside its entries is of no use here.
            b'b' => return self.pop().map(|_| ()),
            code => return Err(format!("the instruction {code:#04x}, which weights do not need")),
        };
        self.stack.push(value);
        Ok(())
    }

    fn extend(&mut self, items: Vec<Value>) -> Result<(), String> {
        let Some(Value::List(at)) = self.stack.last() else {
            return Err("items without a list".to_owned());
        };
        self.heap.lists[*at].extend(items);
        Ok(())
    }

    fn set(&mut self, pairs: Vec<Value>) -> Result<(), String> {
        let Some(Value::Dictionary(at)) = self.stack.last() else {
            return Err("entries without a dictionary".to_owned());
        };
        let mut pairs = pairs.into_iter();
        while let (Some(key), Some(value)) = (pairs.next(), pairs.next()) {
            self.heap.dictionaries[*at].push((key, value));
        }
        Ok(())
    }
}

/// A little-endian number in two's complement of at most eight bytes.
fn signed(bytes: &[u8]) -> i64 {
    let is_negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let mut whole = [if is_negative { 0xff } else { 0 }; 8];
    whole[..bytes.len()].copy_from_slice(bytes);
    i64::from_le_bytes(whole)
}
