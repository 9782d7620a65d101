//! B-trees that are filled from left to right:
//! <https://sqlite.org/fileformat2.html#b_tree_pages>.

use rusqlite::{CachedStatement, Connection, params};

use super::record::varint;
use crate::Result;

/// Where the page lies that SQLite keeps for locks: it holds nothing.
const LOCK_BYTE: u64 = 0x4000_0000;

/// Pages appended to the file, within SQLite's transaction.
pub(super) struct Pages<'c> {
    insert: CachedStatement<'c>,
    size: usize,
    last: u32,
}

impl<'c> Pages<'c> {
    /// Pages after the first `last`, which are there.
    pub(super) fn after(connection: &'c Connection, size: usize, last: u32) -> Result<Self> {
        let insert =
            connection.prepare_cached("INSERT INTO sqlite_dbpage (pgno, data) VALUES (?1, ?2)")?;
        Ok(Self { insert, size, last })
    }

    /// The number of pages in the file.
    pub(super) const fn last(&self) -> u32 {
        self.last
    }

    fn next(&mut self) -> u32 {
        self.last += 1;
        if u64::from(self.last - 1) == LOCK_BYTE / self.size as u64 {
            self.last += 1;
        }
        self.last
    }

    pub(super) fn put(&mut self, page: u32, data: &[u8]) -> Result<()> {
        self.insert.execute(params![page, data])?;
        Ok(())
    }
}

/// A page being filled: cells from its end, pointers to them from its beginning.
struct Page {
    data: Vec<u8>,
    /// Where the pointers begin: behind the header.
    header: usize,
    cells: usize,
    start: usize,
}

impl Page {
    fn new(size: usize, kind: u8) -> Self {
        let mut data = vec![0; size];
        data[0] = kind;
        let header = if kind == TABLE_INTERIOR || kind == INDEX_INTERIOR { 12 } else { 8 };
        Self { data, header, cells: 0, start: size }
    }

    fn clear(&mut self) {
        // What is left of the page before lies in the gap, where nothing reads it; but a study
        // may be given away, so that nothing is in it that does not belong to it.
        let free = self.header + 2 * self.cells;
        self.data[free..self.start].fill(0);
        self.cells = 0;
        self.start = self.data.len();
    }

    fn fits(&self, cell: usize) -> bool {
        self.header + 2 * self.cells + 2 + cell <= self.start
    }

    fn add(&mut self, parts: &[&[u8]]) {
        self.start -= parts.iter().map(|part| part.len()).sum::<usize>();
        let mut at = self.start;
        for part in parts {
            self.data[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        let pointer = self.header + 2 * self.cells;
        self.data[pointer..pointer + 2].copy_from_slice(&(self.start as u16).to_be_bytes());
        self.cells += 1;
    }

    /// Takes the last cell off again.
    fn pop(&mut self) -> Vec<u8> {
        self.cells -= 1;
        let end = if self.cells == 0 {
            self.data.len()
        } else {
            let pointer = self.header + 2 * (self.cells - 1);
            usize::from(u16::from_be_bytes([self.data[pointer], self.data[pointer + 1]]))
        };
        let cell = self.data[self.start..end].to_vec();
        self.data[self.start..end].fill(0);
        self.start = end;
        cell
    }

    fn seal(&mut self, right: Option<u32>) -> &[u8] {
        self.data[3..5].copy_from_slice(&(self.cells as u16).to_be_bytes());
        // 65536 is written as 0, which the conversion makes of it.
        self.data[5..7].copy_from_slice(&(self.start as u16).to_be_bytes());
        if let Some(right) = right {
            self.data[8..12].copy_from_slice(&right.to_be_bytes());
        }
        let free = self.header + 2 * self.cells;
        self.data[free..self.start].fill(0);
        &self.data
    }
}

const INDEX_INTERIOR: u8 = 2;
const TABLE_INTERIOR: u8 = 5;
const INDEX_LEAF: u8 = 10;
const TABLE_LEAF: u8 = 13;

/// A finished child: its page, and the cell, less its pointer, that stands behind it in its
/// parent.
struct Child {
    page: u32,
    separator: Vec<u8>,
}

/// A table: rows by ascending rowid, from 1 without a gap.
pub(super) struct Table {
    leaf: Page,
    children: Vec<(u32, u64)>,
    rows: u64,
    scratch: Vec<u8>,
}

impl Table {
    pub(super) fn new(size: usize) -> Self {
        Self {
            leaf: Page::new(size, TABLE_LEAF),
            children: Vec::new(),
            rows: 0,
            scratch: Vec::new(),
        }
    }

    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a row in up to two parts; returns its rowid.
    pub(super) fn add(&mut self, pages: &mut Pages<'_>, record: [&[u8]; 3]) -> Result<u64> {
        let length: usize = record.iter().map(|part| part.len()).sum();
        let most = pages.size - 35;
        self.scratch.clear();
        varint(length as u64, &mut self.scratch);
        varint(self.rows + 1, &mut self.scratch);
        if length <= most {
            let cell = self.scratch.len() + length;
            if !self.leaf.fits(cell) {
                self.flush(pages)?;
            }
            self.leaf.add(&[&self.scratch, record[0], record[1], record[2]]);
        } else {
            // The beginning of the row stays here, the rest goes to pages of its own.
            let least = (pages.size - 12) * 32 / 255 - 23;
            let local = least + (length - least) % (pages.size - 4);
            let local = if local <= most { local } else { least };
            let whole = record.concat();
            let first = overflow(pages, &whole[local..])?;
            if !self.leaf.fits(self.scratch.len() + local + 4) {
                self.flush(pages)?;
            }
            self.leaf.add(&[&self.scratch, &whole[..local], &first.to_be_bytes()]);
        }
        self.rows += 1;
        Ok(self.rows)
    }

    fn flush(&mut self, pages: &mut Pages<'_>) -> Result<()> {
        let page = pages.next();
        pages.put(page, self.leaf.seal(None))?;
        self.children.push((page, self.rows));
        self.leaf.clear();
        Ok(())
    }

    /// Writes what is left but the root; returns the page that the root must be.
    pub(super) fn finish(mut self, pages: &mut Pages<'_>) -> Result<Vec<u8>> {
        if self.children.is_empty() {
            return Ok(self.leaf.seal(None).to_vec());
        }
        self.flush(pages)?;
        let children = self.children.into_iter().map(|(page, last)| {
            let mut separator = Vec::with_capacity(5);
            varint(last, &mut separator);
            Child { page, separator }
        });
        interior(pages, children.collect(), TABLE_INTERIOR)
    }
}

/// Writes what does not fit into a leaf; returns the first of its pages.
fn overflow(pages: &mut Pages<'_>, rest: &[u8]) -> Result<u32> {
    let room = pages.size - 4;
    let first = pages.next();
    let mut page = first;
    let mut data = vec![0; pages.size];
    let count = rest.len().div_ceil(room);
    for (n, part) in rest.chunks(room).enumerate() {
        let next = if n + 1 < count { pages.next() } else { 0 };
        data.fill(0);
        data[..4].copy_from_slice(&next.to_be_bytes());
        data[4..4 + part.len()].copy_from_slice(part);
        pages.put(page, &data)?;
        page = next;
    }
    Ok(first)
}

/// An index: keys in ascending order, each short enough to lie in a page whole.
pub(super) struct Index {
    leaf: Page,
    children: Vec<Child>,
    /// The last key, which goes into the leaf once it is known whether another follows: a key
    /// that does not fit any more stands between two leaves.
    held: Vec<u8>,
}

impl Index {
    /// The longest key, in bytes.
    pub(super) const MAX_KEY: usize = 2048;

    pub(super) fn new(size: usize) -> Self {
        Self { leaf: Page::new(size, INDEX_LEAF), children: Vec::new(), held: Vec::new() }
    }

    /// Adds a key: a record that ends with the rowid.
    pub(super) fn add(&mut self, pages: &mut Pages<'_>, key: &[u8]) -> Result<()> {
        if !self.held.is_empty() {
            if self.leaf.fits(self.held.len()) {
                self.leaf.add(&[&self.held]);
            } else {
                let separator = self.held.clone();
                self.flush(pages, separator)?;
            }
        }
        self.held.clear();
        varint(key.len() as u64, &mut self.held);
        self.held.extend_from_slice(key);
        Ok(())
    }

    fn flush(&mut self, pages: &mut Pages<'_>, separator: Vec<u8>) -> Result<()> {
        let page = pages.next();
        pages.put(page, self.leaf.seal(None))?;
        self.children.push(Child { page, separator });
        self.leaf.clear();
        Ok(())
    }

    /// Writes what is left but the root; returns the page that the root must be.
    pub(super) fn finish(mut self, pages: &mut Pages<'_>) -> Result<Vec<u8>> {
        if !self.held.is_empty() {
            if !self.leaf.fits(self.held.len()) {
                let separator = self.leaf.pop();
                self.flush(pages, separator)?;
            }
            self.leaf.add(&[&self.held]);
        }
        if self.children.is_empty() {
            return Ok(self.leaf.seal(None).to_vec());
        }
        self.flush(pages, Vec::new())?;
        interior(pages, self.children, INDEX_INTERIOR)
    }
}

/// Builds the levels above, each with its children spread evenly, and returns the root.
fn interior(pages: &mut Pages<'_>, mut children: Vec<Child>, kind: u8) -> Result<Vec<u8>> {
    loop {
        let longest = children.iter().map(|child| child.separator.len()).max().unwrap_or(0);
        // The last child of a page has no cell.
        let most = (pages.size - 12) / (longest + 4 + 2) + 1;
        let count = children.len().div_ceil(most);
        let total = children.len();
        let mut above = Vec::with_capacity(count);
        let mut rest = children.into_iter();
        for n in 0..count {
            let width = (n + 1) * total / count - n * total / count;
            let mut page = Page::new(pages.size, kind);
            let mut last = None;
            for (place, child) in rest.by_ref().take(width).enumerate() {
                if place + 1 == width {
                    last = Some(child);
                } else {
                    page.add(&[&child.page.to_be_bytes(), &child.separator]);
                }
            }
            let right = last.as_ref().map(|child| child.page);
            let sealed = page.seal(right);
            if count == 1 {
                return Ok(sealed.to_vec());
            }
            let number = pages.next();
            pages.put(number, sealed)?;
            let separator = last.map(|child| child.separator).unwrap_or_default();
            above.push(Child { page: number, separator });
        }
        children = above;
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::{Field, record};
    use super::*;

    /// Fills a table and its index in pages so small that the trees become deep, and lets SQLite
    /// check them.
    fn check(rows: u64, length: impl Fn(u64) -> usize + Copy) {
        const SIZE: usize = 512;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trees");
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "synchronous", "OFF").unwrap();
        connection.pragma_update(None, "page_size", SIZE as i64).unwrap();
        connection
            .execute_batch("CREATE TABLE t (k TEXT, v TEXT); CREATE INDEX i ON t (k); BEGIN")
            .unwrap();
        let root = |name: &str| -> u32 {
            let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
            connection.query_row(sql, [name], |row| row.get(0)).unwrap()
        };
        let (table_root, index_root) = (root("t"), root("i"));
        let last: u32 =
            connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        let mut pages = Pages::after(&connection, SIZE, last).unwrap();
        let (mut table, mut index) = (Table::new(SIZE), Index::new(SIZE));
        let (mut bytes, mut key) = (Vec::new(), Vec::new());
        for n in 1..=rows {
            let k = format!("{n:08}");
            let v = "v".repeat(length(n));
            bytes.clear();
            record(&[Field::Text(&k), Field::Text(&v)], &mut bytes);
            assert_eq!(table.add(&mut pages, [&bytes, &[], &[]]).unwrap(), n);
            key.clear();
            record(&[Field::Text(&k), Field::Int(n as i64)], &mut key);
            index.add(&mut pages, &key).unwrap();
        }
        let (table, index) = (table.finish(&mut pages).unwrap(), index.finish(&mut pages).unwrap());
        super::super::pages::grow(&connection, &mut pages).unwrap();
        pages.put(table_root, &table).unwrap();
        pages.put(index_root, &index).unwrap();
        drop(pages);
        connection.execute_batch("COMMIT").unwrap();
        // What SQLite remembers of the roots is what they were before.
        drop(connection);
        let copy = Connection::open(&path).unwrap();
        let found: String =
            copy.pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
        assert_eq!(found, "ok", "{rows} rows");
        let (count, sum): (i64, i64) = copy
            .query_row("SELECT count(*), coalesce(sum(length(v)), 0) FROM t", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!((count as u64, sum as usize), (rows, (1..=rows).map(length).sum()));
    }

    #[test]
    fn trees_of_every_size() {
        for rows in (0..200).chain([500, 1000, 5000, 20_000]) {
            check(rows, |n| n as usize % 7);
        }
    }

    #[test]
    fn rows_longer_than_a_page() {
        for length in (440..560).chain([1000, 5000, 70_000]) {
            check(3, |n| if n == 2 { length } else { 1 });
        }
    }
}
