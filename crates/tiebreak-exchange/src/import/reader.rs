//! Reading a JSON Lines file row by row.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::Value;
use serde_json::error::Category;

use super::fields::describe;
use super::format::ReadRow;
use super::lines::{Line, Lines};
use super::{Format, ImportReport, ImportedRow};
use crate::problem::Flaw;
use crate::{ExchangeError, RowProblem};

/// The longest line that is read, in bytes, unless another limit is set.
const MAX_LINE_BYTES: usize = 64 << 20;

/// Openings of files that are not JSON Lines, and what they are.
const FOREIGN: [(&[u8], &str); 5] = [
    (b"\xff\xfe", "this file is UTF-16; save it as UTF-8"),
    (b"\xfe\xff", "this file is UTF-16; save it as UTF-8"),
    (b"\x1f\x8b", "this file is compressed with gzip; unpack it first"),
    (b"PAR1", "this file is Parquet"),
    (b"PK\x03\x04", "this file is a zip archive; unpack it first"),
];
const JSON_ARRAY: &str =
    "this file is one JSON list; write each of its entries on a line of its own";

/// Reads rows one at a time; memory does not grow with the file.
pub struct Reader<R> {
    lines: Lines<R>,
    file: String,
    scope: String,
    format: Option<Format>,
    report: ImportReport,
    /// Whether the first line with anything in it is still to come.
    is_fresh: bool,
}

impl Reader<BufReader<File>> {
    /// Opens a file; problems name it as `path` is written.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, ExchangeError> {
        let file = path.display().to_string();
        match File::open(path) {
            Ok(stream) => Ok(Self::new(BufReader::with_capacity(1 << 18, stream), file)),
            Err(source) => Err(ExchangeError::Read { file, line: 0, source }),
        }
    }
}

impl<R: BufRead> Reader<R> {
    /// Reads `stream`, which problems call `file`. The last part of that path is also the scope
    /// of annotators in rows that state no source.
    pub fn new(stream: R, file: impl Into<String>) -> Self {
        let file = file.into();
        let name = Path::new(&file).file_name().map(|name| name.to_string_lossy().into_owned());
        Self {
            lines: Lines::new(stream, MAX_LINE_BYTES),
            scope: name.unwrap_or_else(|| file.clone()),
            file,
            format: None,
            report: ImportReport::default(),
            is_fresh: true,
        }
    }

    /// Reads every row as `format` instead of finding out.
    #[must_use]
    pub fn with_format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// Sets the longest line that is read, in bytes; it bounds the memory needed.
    #[must_use]
    pub fn with_max_line_bytes(mut self, limit: usize) -> Self {
        self.lines.set_limit(limit);
        self
    }

    /// The next row, or why the next line is none; `None` at the end. Blank lines are passed
    /// over.
    ///
    /// # Errors
    /// If the stream fails, or the file is no JSON Lines at all.
    pub fn next_row(&mut self) -> Result<Option<Result<ImportedRow, RowProblem>>, ExchangeError> {
        loop {
            let last = self.lines.number();
            let limit = self.lines.limit();
            let is_fresh = self.is_fresh;
            let read = match self.lines.next_line() {
                Ok(None) => return Ok(None),
                Ok(Some(Line::Bytes(bytes))) => {
                    self.report.lines += 1;
                    if bytes.iter().all(u8::is_ascii_whitespace) {
                        self.report.blank_lines += 1;
                        continue;
                    }
                    if is_fresh && let Some(found) = foreign(bytes) {
                        return Err(ExchangeError::NotJsonLines { file: self.file.clone(), found });
                    }
                    read_line(bytes, self.format, &self.scope)
                }
                Ok(Some(Line::TooLong)) => {
                    self.report.lines += 1;
                    Err(Flaw::row(format!("the line is longer than {limit} bytes")))
                }
                Err(source) => {
                    return Err(ExchangeError::Read {
                        file: self.file.clone(),
                        line: last,
                        source,
                    });
                }
            };
            self.is_fresh = false;
            return Ok(Some(self.row(read)));
        }
    }

    /// What was read so far.
    pub fn report(&self) -> &ImportReport {
        &self.report
    }

    /// The bytes read so far, for progress.
    pub fn bytes_read(&self) -> u64 {
        self.lines.bytes()
    }

    /// Says where a row came from, and counts it.
    fn row(&mut self, read: Result<(Format, ReadRow), Flaw>) -> Result<ImportedRow, RowProblem> {
        let line = self.lines.number();
        let (format, row) = read.map_err(|flaw| {
            self.report.problems += 1;
            flaw.at(&self.file, line)
        })?;
        self.report.rows += 1;
        self.report.warnings += row.warnings.len() as u64;
        self.report.judgments += row.judgments.len() as u64;
        *self.report.formats.entry(format).or_default() += 1;
        for (field, used_as) in row.used {
            self.report.count_use(field, used_as);
        }
        for field in row.draft.metadata.keys() {
            self.report.count_use(field, super::fields::METADATA);
        }
        let warnings = row.warnings.into_iter().map(|flaw| flaw.at(&self.file, line)).collect();
        Ok(ImportedRow { line, format, draft: row.draft, judgments: row.judgments, warnings })
    }
}

fn read_line(bytes: &[u8], format: Option<Format>, scope: &str) -> Result<(Format, ReadRow), Flaw> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Flaw::row(format!("byte {} of the line is not UTF-8", error.valid_up_to() + 1))
    })?;
    let row = match serde_json::from_str(text).map_err(|error| json_flaw(&error))? {
        Value::Object(row) => row,
        other => {
            return Err(Flaw::row(format!("a JSON object is expected, not {}", describe(&other))));
        }
    };
    let format = format.or_else(|| Format::detect(&row)).ok_or_else(|| {
        Flaw::row(
            "no known format fits; a row has `prompt`, `chosen` and `rejected`, or `prompt`, \
             `response_a` and `response_b`",
        )
    })?;
    Ok((format, format.read(row, scope)?))
}

/// What is wrong with the JSON. The parser counts lines, of which there is only one here.
fn json_flaw(error: &serde_json::Error) -> Flaw {
    let column = error.column();
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    Flaw::row(match error.classify() {
        Category::Eof => format!("the line ends in the middle of its JSON, at column {column}"),
        _ => format!("not JSON: {what} at column {column}"),
    })
}

/// What a file is whose first line that is not blank opens so, if it is not JSON Lines.
fn foreign(line: &[u8]) -> Option<&'static str> {
    if line.trim_ascii_start().starts_with(b"[") {
        return Some(JSON_ARRAY);
    }
    FOREIGN.into_iter().find(|(opening, _)| line.starts_with(opening)).map(|(_, found)| found)
}
