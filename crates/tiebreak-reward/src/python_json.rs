//! JSON as Python's `json.dumps` writes it: a space after commas and colons.

use std::fmt::Write as _;

use serde_json::Value;

/// Writes a value. With `indent` each member stands on a line of its own. `separators` are what
/// stands between members, and between a key and its value.
pub(crate) fn to_python_json(
    value: &Value,
    indent: Option<&str>,
    separators: Option<(String, String)>,
    ascii: bool,
    sorted: bool,
) -> String {
    let (item, key) = separators.unwrap_or_else(|| {
        let item = if indent.is_some() { "," } else { ", " };
        (item.to_owned(), ": ".to_owned())
    });
    let mut writer = Writer { text: String::new(), indent, item, key, ascii, sorted };
    writer.value(value, 0);
    writer.text
}

struct Writer<'a> {
    text: String,
    indent: Option<&'a str>,
    item: String,
    key: String,
    ascii: bool,
    sorted: bool,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(value) => self.text.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => {
                let _ = write!(self.text, "{number}");
            }
            Value::String(text) => self.string(text),
            Value::Array(items) if items.is_empty() => self.text.push_str("[]"),
            Value::Object(members) if members.is_empty() => self.text.push_str("{}"),
            Value::Array(items) => {
                self.text.push('[');
                for (n, item) in items.iter().enumerate() {
                    self.separate(n, depth + 1);
                    self.value(item, depth + 1);
                }
                self.line(depth);
                self.text.push(']');
            }
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                if self.sorted {
                    members.sort_by_key(|(key, _)| key.as_str());
                }
                self.text.push('{');
                for (n, (key, value)) in members.into_iter().enumerate() {
                    self.separate(n, depth + 1);
                    self.string(key);
                    self.text.push_str(&self.key.clone());
                    self.value(value, depth + 1);
                }
                self.line(depth);
                self.text.push('}');
            }
        }
    }

    fn separate(&mut self, n: usize, depth: usize) {
        if n > 0 {
            self.text.push_str(&self.item.clone());
        }
        self.line(depth);
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.indent {
            self.text.push('\n');
            self.text.push_str(&indent.repeat(depth));
        }
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        for c in text.chars() {
            let _ = match c {
                '"' => self.text.write_str("\\\""),
                '\\' => self.text.write_str("\\\\"),
                '\n' => self.text.write_str("\\n"),
                '\r' => self.text.write_str("\\r"),
                '\t' => self.text.write_str("\\t"),
                '\u{8}' => self.text.write_str("\\b"),
                '\u{c}' => self.text.write_str("\\f"),
                c if c < ' ' || (self.ascii && (c == '\u{7f}' || !c.is_ascii())) => {
                    let mut units = [0; 2];
                    let units = c.encode_utf16(&mut units);
                    units.iter().try_for_each(|unit| write!(self.text, "\\u{unit:04x}"))
                }
                c => self.text.write_char(c),
            };
        }
        self.text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn writes_what_python_writes() {
        let value = json!({"b": [1, 2.5, null, true], "a": "é\n<\"\u{1}", "e": {}, "l": []});
        let write = |indent, separators, ascii, sorted| {
            to_python_json(&value, indent, separators, ascii, sorted)
        };
        assert_eq!(
            write(None, None, false, false),
            "{\"b\": [1, 2.5, null, true], \"a\": \"é\\n<\\\"\\u0001\", \"e\": {}, \"l\": []}"
        );
        assert_eq!(
            write(Some("  "), None, true, true),
            "{\n  \"a\": \"\\u00e9\\n<\\\"\\u0001\",\n  \"b\": [\n    1,\n    2.5,\n    null,\n    \
             true\n  ],\n  \"e\": {},\n  \"l\": []\n}"
        );
        let close = Some((",".to_owned(), ":".to_owned()));
        assert!(write(None, close, false, false).starts_with("{\"b\":[1,2.5,null,true],"));
    }
}
