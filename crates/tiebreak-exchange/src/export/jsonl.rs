//! Rows as JSON Lines: one object a line, columns in the table's order, null for what is missing.

use std::io::{BufWriter, Write};

use serde_json::{Map, Value, json};

use super::ExportRow;
use super::columns::{Cell, Column};
use super::dataset::DataFile;
use super::staged::Staged;
use crate::ExchangeError;

/// A JSON Lines file being written.
pub(super) struct JsonlFile {
    out: BufWriter<Staged>,
}

impl JsonlFile {
    pub(super) fn new(out: Staged) -> Self {
        Self { out: BufWriter::with_capacity(1 << 18, out) }
    }
}

impl DataFile for JsonlFile {
    fn write(
        &mut self,
        row: &ExportRow,
        _bytes: usize,
        columns: &[Column],
    ) -> Result<(), ExchangeError> {
        let object: Map<String, Value> = columns
            .iter()
            .map(|column| (column.name.to_owned(), value((column.cell)(row))))
            .collect();
        let written = writeln!(self.out, "{}", Value::Object(object));
        written.map_err(|source| self.out.get_ref().failed("writing", source))
    }

    fn finish(self: Box<Self>) -> Result<Staged, ExchangeError> {
        self.out.into_inner().map_err(|error| {
            let (source, out) = error.into_parts();
            out.get_ref().failed("writing", source)
        })
    }
}

fn value(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Text(text) => text.map_or(Value::Null, |text| Value::String(text.into_owned())),
        Cell::Texts(texts) => json!(texts),
        Cell::Messages(messages) => json!(messages),
        Cell::Float(number) => json!(number),
        Cell::Count(count) => json!(count),
    }
}
