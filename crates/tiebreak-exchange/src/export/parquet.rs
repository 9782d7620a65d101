//! Rows as Parquet: row groups of bounded size, Snappy, lists as three-level lists.

use std::mem;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, ListArray, RecordBatch, StructArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::ExportRow;
use super::columns::{Cell, Column, Kind};
use super::dataset::DataFile;
use super::staged::Staged;
use crate::ExchangeError;

/// A row group ends at so many rows or bytes of text, whichever comes first: that is what one
/// file holds in memory.
const ROWS_PER_GROUP: usize = 1000;
const BYTES_PER_GROUP: usize = 16 << 20;

/// A Parquet file being written.
pub(super) struct ParquetFile {
    writer: ArrowWriter<Staged>,
    schema: SchemaRef,
    pending: Vec<Pending>,
    rows: usize,
    bytes: usize,
}

/// The values of one column that are not written yet.
enum Pending {
    Text(StringBuilder),
    Texts { ends: Vec<i32>, texts: StringBuilder },
    Messages { ends: Vec<i32>, roles: StringBuilder, contents: StringBuilder, len: i32 },
    Float(Float64Builder),
    Count(Int64Builder),
}

impl ParquetFile {
    pub(super) fn new(out: Staged, columns: &[Column]) -> Result<Self, ExchangeError> {
        let fields: Vec<Field> = columns
            .iter()
            .map(|column| Field::new(column.name, data_type(column.kind), column.nullable))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("tiebreak ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let path = out.target().to_owned();
        let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties))
            .map_err(|source| ExchangeError::Parquet { path, source })?;
        let pending = columns.iter().map(|column| Pending::new(column.kind)).collect();
        Ok(Self { writer, schema, pending, rows: 0, bytes: 0 })
    }

    /// Writes what is pending as one row group.
    fn flush(&mut self) -> Result<(), ExchangeError> {
        if self.rows == 0 {
            return Ok(());
        }
        (self.rows, self.bytes) = (0, 0);
        let arrays: Result<Vec<ArrayRef>, ArrowError> =
            self.pending.iter_mut().map(Pending::take).collect();
        let written = arrays
            .and_then(|arrays| RecordBatch::try_new(Arc::clone(&self.schema), arrays))
            .map_err(ParquetError::from)
            .and_then(|batch| self.writer.write(&batch))
            .and_then(|()| self.writer.flush());
        written.map_err(|source| self.failed(source))
    }

    fn failed(&self, source: ParquetError) -> ExchangeError {
        ExchangeError::Parquet { path: self.writer.inner().target().to_owned(), source }
    }
}

impl DataFile for ParquetFile {
    fn write(
        &mut self,
        row: &ExportRow,
        bytes: usize,
        columns: &[Column],
    ) -> Result<(), ExchangeError> {
        if self.rows >= ROWS_PER_GROUP || self.bytes.saturating_add(bytes) > BYTES_PER_GROUP {
            self.flush()?;
        }
        for (pending, column) in self.pending.iter_mut().zip(columns) {
            pending.push((column.cell)(row));
        }
        self.rows += 1;
        self.bytes += bytes;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Staged, ExchangeError> {
        self.flush()?;
        let path = self.writer.inner().target().to_owned();
        self.writer.into_inner().map_err(|source| ExchangeError::Parquet { path, source })
    }
}

impl Pending {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Texts => Self::Texts { ends: vec![0], texts: StringBuilder::new() },
            Kind::Messages => Self::Messages {
                ends: vec![0],
                roles: StringBuilder::new(),
                contents: StringBuilder::new(),
                len: 0,
            },
            Kind::Float => Self::Float(Float64Builder::new()),
            Kind::Count => Self::Count(Int64Builder::new()),
        }
    }

    /// Adds a cell. The table of columns gives each column cells of its kind only.
    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Text(column), Cell::Text(text)) => column.append_option(text),
            (Self::Texts { ends, texts }, Cell::Texts(values)) => {
                let last = ends.last().copied().unwrap_or_default();
                ends.push(last + values.len() as i32);
                values.iter().for_each(|text| texts.append_value(text));
            }
            (Self::Messages { ends, roles, contents, len }, Cell::Messages(messages)) => {
                *len += messages.len() as i32;
                ends.push(*len);
                for message in messages {
                    roles.append_value(message.role.as_str());
                    contents.append_value(message.content);
                }
            }
            (Self::Float(column), Cell::Float(number)) => column.append_option(number),
            (Self::Count(column), Cell::Count(count)) => column.append_value(i64::from(count)),
            _ => debug_assert!(false, "a cell of another kind than its column"),
        }
    }

    /// Takes the values as an array and starts anew.
    fn take(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Texts { ends, texts } => Arc::new(ListArray::try_new(
                text_element(),
                offsets(ends),
                Arc::new(texts.finish()),
                None,
            )?),
            Self::Messages { ends, roles, contents, len } => {
                *len = 0;
                let columns: Vec<ArrayRef> =
                    vec![Arc::new(roles.finish()), Arc::new(contents.finish())];
                let messages = StructArray::try_new(message_fields(), columns, None)?;
                Arc::new(ListArray::try_new(
                    message_element(),
                    offsets(ends),
                    Arc::new(messages),
                    None,
                )?)
            }
            Self::Float(column) => Arc::new(column.finish()),
            Self::Count(column) => Arc::new(column.finish()),
        })
    }
}

fn offsets(ends: &mut Vec<i32>) -> OffsetBuffer<i32> {
    OffsetBuffer::new(ScalarBuffer::from(mem::replace(ends, vec![0])))
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::Utf8,
        Kind::Texts => DataType::List(text_element()),
        Kind::Messages => DataType::List(message_element()),
        Kind::Float => DataType::Float64,
        Kind::Count => DataType::Int64,
    }
}

/// `element` is the name that the Parquet format prescribes.
fn text_element() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Utf8, false))
}

fn message_element() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Struct(message_fields()), false))
}

fn message_fields() -> Fields {
    Fields::from(vec![
        Field::new("role", DataType::Utf8, false),
        Field::new("content", DataType::Utf8, false),
    ])
}
