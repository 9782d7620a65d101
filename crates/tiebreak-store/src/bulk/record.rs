//! Rows as SQLite keeps them: <https://sqlite.org/fileformat2.html#record_format>.

/// A value of a record.
#[derive(Clone, Copy)]
pub(super) enum Field<'a> {
    Null,
    Int(i64),
    /// An integer in eight bytes whatever its size, so that it can be put in later.
    WideInt(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl<'a> Field<'a> {
    pub(super) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }

    fn serial_type(self) -> u64 {
        match self {
            Self::Null => 0,
            Self::Int(0) => 8,
            Self::Int(1) => 9,
            Self::Int(value) => match int_bytes(value) {
                8 => 6,
                6 => 5,
                bytes => bytes as u64,
            },
            Self::WideInt(_) => 6,
            Self::Real(_) => 7,
            Self::Text(text) => text.len() as u64 * 2 + 13,
            Self::Blob(bytes) => bytes.len() as u64 * 2 + 12,
        }
    }

    fn body(self, out: &mut Vec<u8>) {
        match self {
            Self::Null | Self::Int(0 | 1) => {}
            Self::Int(value) => out.extend_from_slice(&value.to_be_bytes()[8 - int_bytes(value)..]),
            Self::WideInt(value) => out.extend_from_slice(&value.to_be_bytes()),
            Self::Real(value) => out.extend_from_slice(&value.to_be_bytes()),
            Self::Text(text) => out.extend_from_slice(text.as_bytes()),
            Self::Blob(bytes) => out.extend_from_slice(bytes),
        }
    }
}

fn int_bytes(value: i64) -> usize {
    let magnitude = if value < 0 { !value } else { value };
    [1, 2, 3, 4, 6].into_iter().find(|bytes| magnitude >> (bytes * 8 - 1) == 0).unwrap_or(8)
}

/// Appends a variable-length integer.
pub(super) fn varint(value: u64, out: &mut Vec<u8>) {
    if value < 0x80 {
        out.push(value as u8);
    } else if value < 0x4000 {
        out.extend_from_slice(&[(value >> 7) as u8 | 0x80, value as u8 & 0x7f]);
    } else if value < 0x20_0000 {
        out.extend_from_slice(&[
            (value >> 14) as u8 | 0x80,
            (value >> 7) as u8 | 0x80,
            value as u8 & 0x7f,
        ]);
    } else {
        // Lengths and rowids stay far below 2^56, where a ninth byte would begin.
        let groups = (64 - value.leading_zeros()).div_ceil(7);
        for group in (1..groups).rev() {
            out.push((value >> (group * 7)) as u8 | 0x80);
        }
        out.push(value as u8 & 0x7f);
    }
}

/// Appends a record.
pub(super) fn record(fields: &[Field<'_>], out: &mut Vec<u8>) {
    let start = out.len();
    // The header's length counts itself; nineteen columns need two bytes for it only with
    // lengths of many bytes.
    out.push(0);
    for field in fields {
        varint(field.serial_type(), out);
    }
    let header = out.len() - start;
    if header < 0x80 {
        out[start] = header as u8;
    } else {
        let mut length = Vec::with_capacity(2);
        varint(header as u64 + 1, &mut length);
        out.splice(start..=start, length);
    }
    for field in fields {
        field.body(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_length_integers() {
        for (value, expected) in [
            (0, &[0][..]),
            (0x7f, &[0x7f]),
            (0x80, &[0x81, 0]),
            (0x3fff, &[0xff, 0x7f]),
            (0x4000, &[0x81, 0x80, 0]),
            (0x1f_ffff, &[0xff, 0xff, 0x7f]),
            (0x20_0000, &[0x81, 0x80, 0x80, 0]),
            (0xffff_ffff, &[0x8f, 0xff, 0xff, 0xff, 0x7f]),
        ] {
            let mut out = Vec::new();
            varint(value, &mut out);
            assert_eq!(out, expected, "{value:#x}");
        }
    }

    #[test]
    fn records() {
        for (fields, expected) in [
            (&[Field::Null, Field::Int(0), Field::Int(1)][..], &[4, 0, 8, 9][..]),
            (&[Field::Int(-1), Field::Int(128)], &[3, 1, 2, 0xff, 0, 0x80]),
            (&[Field::WideInt(2)], &[2, 6, 0, 0, 0, 0, 0, 0, 0, 2]),
            (&[Field::Text("ab"), Field::Blob(b"c")], &[3, 17, 14, b'a', b'b', b'c']),
            (&[Field::Int(1 << 40)], &[2, 5, 1, 0, 0, 0, 0, 0]),
        ] {
            let mut out = Vec::new();
            record(fields, &mut out);
            assert_eq!(out, expected);
        }
    }
}
