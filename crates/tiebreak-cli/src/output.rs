//! Printing: JSON for programs, aligned text for people.

use std::io::{self, Write};

use serde::Serialize;

use crate::failure::Failure;

/// Where results go.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// One JSON document instead of text.
    pub json: bool,
}

impl Output {
    /// Prints a result: `value` as JSON, or the lines that `text` makes. A reader that closed the
    /// pipe has seen what it wanted.
    pub fn print<T: Serialize>(self, value: &T, text: impl FnOnce() -> String) {
        if self.json {
            let _ = self.json_line(value, true);
        } else {
            let _ = write_line(text().trim_end());
        }
    }

    /// Prints one JSON document and flushes it, so that a reader can rely on it.
    ///
    /// # Errors
    /// If standard output cannot be written.
    pub fn json_line<T: Serialize>(self, value: &T, pretty: bool) -> io::Result<()> {
        let text =
            if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
        write_line(&text?)
    }

    /// Prints text as it is.
    pub fn raw(self, text: &str) {
        let _ = write_line(text);
    }

    /// Prints why a command failed on standard error.
    pub fn failure(self, failure: &Failure) {
        let error = &failure.0;
        let mut stderr = io::stderr().lock();
        let _ = if self.json {
            writeln!(stderr, "{}", serde_json::json!({ "error": error }))
        } else {
            writeln!(stderr, "error: {}", error.message)
        };
        if let (false, Some(hint)) = (self.json, &error.hint) {
            let _ = writeln!(stderr, "hint: {hint}");
        }
    }
}

/// Writes a line and flushes it.
fn write_line(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}").and_then(|()| stdout.flush())
}

/// Rows of a name and a value, aligned.
pub fn table(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let lines: Vec<String> =
        rows.iter().map(|(name, value)| format!("{name:<width$}  {value}")).collect();
    lines.join("\n")
}

/// Columns with a header, aligned; `right` says which are numbers.
pub fn columns(header: &[&str], right: &[bool], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = header.iter().map(|name| name.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: Vec<&str>| {
        let cells: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(i, cell)| {
                let width = widths[i];
                if right[i] { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            })
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(header.to_vec())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = vec![vec!["a".to_owned(), "10".to_owned()], vec!["bcd".to_owned(), "5".into()]];
        assert_eq!(columns(&["who", "n"], &[false, true], &rows), "who   n\na    10\nbcd   5");
        assert_eq!(table(&[("items", "3".into()), ("x", "y".into())]), "items  3\nx      y");
    }
}
