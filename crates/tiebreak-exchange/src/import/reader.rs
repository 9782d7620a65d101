//! Reading a file or a folder row by row.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::error::Category;
use serde_json::{Map, Value};

use super::fields::describe;
use super::folder::{self, Folder};
use super::format::ReadRow;
use super::lines::{Line, Lines};
use super::table::Table;
use super::{Format, ImportReport, ImportedRow};
use crate::problem::Flaw;
use crate::{ExchangeError, RowProblem};

/// The longest line that is read, in bytes, unless another limit is set.
const MAX_LINE_BYTES: usize = 64 << 20;

/// What is wrong with a file that is named by an address.
const ELSEWHERE: &str = "is an address on the network; Tiebreak works offline: fetch the file and \
                         name it relative to this file (or import with --without-files for the \
                         labels alone)";

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

/// Where rows come from.
enum Rows<R> {
    Lines(Lines<R>),
    Table(Table<R>),
    Folder(Folder),
}

/// A row before it is known which format it has; JSON Lines are parsed when that is known.
enum Raw {
    Row(Map<String, Value>),
    Flaw(Flaw),
}

/// Reads rows one at a time; memory does not grow with the file.
pub struct Reader<R> {
    rows: Rows<R>,
    /// The folder that the names of media files start from.
    base: PathBuf,
    file: String,
    scope: String,
    format: Option<Format>,
    without_files: bool,
    report: ImportReport,
    /// Whether the first line with anything in it is still to come.
    is_fresh: bool,
}

impl Reader<BufReader<File>> {
    /// Opens a file or a folder; problems name it as `path` is written. A file whose name ends in
    /// `.csv` or `.tsv` is a table, any other is JSON Lines. A folder is read by its manifest
    /// (`manifest.jsonl`, `manifest.csv`), else its images or clips are paired by their stems.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, ExchangeError> {
        let file = path.display().to_string();
        let failed = |source| ExchangeError::Read { file: file.clone(), line: 0, source };
        if path.is_dir() {
            if let Some(manifest) = folder::manifest(path) {
                return Self::open(&manifest);
            }
            let rows = Rows::Folder(Folder::open(path).map_err(failed)?);
            return Ok(Self::over(rows, file.clone(), path.to_owned()));
        }
        let stream = BufReader::with_capacity(1 << 18, File::open(path).map_err(failed)?);
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        let rows = match ending.as_deref().and_then(std::ffi::OsStr::to_str) {
            Some("csv" | "tsv") => Rows::Table(Table::new(stream).map_err(failed)?),
            _ => Rows::Lines(Lines::new(stream, MAX_LINE_BYTES)),
        };
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self::over(rows, file.clone(), base))
    }
}

impl<R: BufRead> Reader<R> {
    /// Reads `stream`, which problems call `file`. The last part of that path is also the scope
    /// of annotators in rows that state no source.
    pub fn new(stream: R, file: impl Into<String>) -> Self {
        Self::over(Rows::Lines(Lines::new(stream, MAX_LINE_BYTES)), file.into(), PathBuf::new())
    }

    fn over(rows: Rows<R>, file: String, base: PathBuf) -> Self {
        let name = Path::new(&file).file_name().map(|name| name.to_string_lossy().into_owned());
        Self {
            rows,
            base,
            scope: name.unwrap_or_else(|| file.clone()),
            file,
            format: None,
            without_files: false,
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

    /// Lets rows through whose files are named by addresses on the network, which are never asked
    /// for them: what is known of the row without its files.
    #[must_use]
    pub fn without_files(mut self) -> Self {
        self.without_files = true;
        self
    }

    /// Sets the longest line that is read, in bytes; it bounds the memory needed.
    #[must_use]
    pub fn with_max_line_bytes(mut self, limit: usize) -> Self {
        if let Rows::Lines(lines) = &mut self.rows {
            lines.set_limit(limit);
        }
        self
    }

    /// The next row, or why the next line is none; `None` at the end. Blank lines are passed
    /// over.
    ///
    /// # Errors
    /// If the stream fails, or the file is no JSON Lines at all.
    pub fn next_row(&mut self) -> Result<Option<Result<ImportedRow, RowProblem>>, ExchangeError> {
        let Some(raw) = self.next_raw()? else { return Ok(None) };
        self.is_fresh = false;
        let read = match raw {
            Raw::Row(row) => read_row(row, self.format, &self.scope).and_then(|(format, row)| {
                match row.files.iter().find(|file| file.is_elsewhere() && !self.without_files) {
                    Some(file) => Err(Flaw::field(file.field.clone(), ELSEWHERE)),
                    None => Ok((format, row)),
                }
            }),
            Raw::Flaw(flaw) => Err(flaw),
        };
        Ok(Some(self.row(read)))
    }

    fn next_raw(&mut self) -> Result<Option<Raw>, ExchangeError> {
        let failed =
            |file: &str, line, source| ExchangeError::Read { file: file.to_owned(), line, source };
        match &mut self.rows {
            Rows::Folder(folder) => {
                self.report.lines += 1;
                Ok(folder.next_row().map(Raw::from))
            }
            Rows::Table(table) => {
                self.report.lines += 1;
                let last = table.line();
                let row = table.next_row().map_err(|source| failed(&self.file, last, source))?;
                Ok(row.map(Raw::from))
            }
            Rows::Lines(lines) => loop {
                let last = lines.number();
                let limit = lines.limit();
                match lines.next_line().map_err(|source| failed(&self.file, last, source))? {
                    None => return Ok(None),
                    Some(Line::Bytes(bytes)) => {
                        self.report.lines += 1;
                        if bytes.iter().all(u8::is_ascii_whitespace) {
                            self.report.blank_lines += 1;
                            continue;
                        }
                        if self.is_fresh
                            && let Some(found) = foreign(bytes)
                        {
                            let file = self.file.clone();
                            return Err(ExchangeError::NotJsonLines { file, found });
                        }
                        return Ok(Some(parse(bytes).into()));
                    }
                    Some(Line::TooLong) => {
                        self.report.lines += 1;
                        let reason = format!("the line is longer than {limit} bytes");
                        return Ok(Some(Raw::Flaw(Flaw::row(reason))));
                    }
                }
            },
        }
    }

    /// The folder that the names of media files start from.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The line of the last row, from 1; of a folder the number of the row.
    fn line(&self) -> u64 {
        match &self.rows {
            Rows::Lines(lines) => lines.number(),
            Rows::Table(table) => table.line(),
            Rows::Folder(folder) => folder.taken(),
        }
    }

    /// What was read so far.
    pub fn report(&self) -> &ImportReport {
        &self.report
    }

    /// How much there is to read where that is not the size of the file: a folder's comparisons.
    pub fn total(&self) -> Option<u64> {
        match &self.rows {
            Rows::Folder(folder) => Some(folder.total()),
            Rows::Lines(_) | Rows::Table(_) => None,
        }
    }

    /// How far reading has come, for progress: bytes, or a folder's comparisons.
    pub fn position(&self) -> u64 {
        match &self.rows {
            Rows::Lines(lines) => lines.bytes(),
            Rows::Table(table) => table.bytes(),
            Rows::Folder(folder) => folder.taken(),
        }
    }

    /// Says where a row came from, and counts it.
    fn row(&mut self, read: Result<(Format, ReadRow), Flaw>) -> Result<ImportedRow, RowProblem> {
        let line = self.line();
        let file = match &self.rows {
            Rows::Folder(folder) => format!("{}/{}", self.file, folder.stem()),
            Rows::Lines(_) | Rows::Table(_) => self.file.clone(),
        };
        let (format, row) = read.map_err(|flaw| {
            self.report.problems += 1;
            flaw.at(&file, line)
        })?;
        self.report.rows += 1;
        self.report.warnings += row.warnings.len() as u64;
        self.report.judgments += row.judgments.len() as u64;
        *self.report.formats.entry(format).or_default() += 1;
        for (field, used_as) in row.used {
            self.report.count_use(&field, used_as);
        }
        for field in row.draft.metadata.keys() {
            self.report.count_use(field, super::fields::METADATA);
        }
        let warnings = row.warnings.into_iter().map(|flaw| flaw.at(&file, line)).collect();
        let ReadRow { draft, files, judgments, .. } = row;
        Ok(ImportedRow { file, line, format, draft, files, judgments, warnings })
    }
}

impl From<Result<Map<String, Value>, Flaw>> for Raw {
    fn from(row: Result<Map<String, Value>, Flaw>) -> Self {
        row.map_or_else(Self::Flaw, Self::Row)
    }
}

fn parse(bytes: &[u8]) -> Result<Map<String, Value>, Flaw> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Flaw::row(format!("byte {} of the line is not UTF-8", error.valid_up_to() + 1))
    })?;
    match serde_json::from_str(text).map_err(|error| json_flaw(&error))? {
        Value::Object(row) => Ok(row),
        other => Err(Flaw::row(format!("a JSON object is expected, not {}", describe(&other)))),
    }
}

fn read_row(
    row: Map<String, Value>,
    format: Option<Format>,
    scope: &str,
) -> Result<(Format, ReadRow), Flaw> {
    let format = format.or_else(|| Format::detect(&row)).ok_or_else(|| {
        Flaw::row(
            "no known format fits; a row has `prompt`, `chosen` and `rejected`, or `prompt`, \
             `response_a` and `response_b`, or `prompt` and `candidates`",
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
