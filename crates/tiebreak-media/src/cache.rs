//! Decoded pictures and encoded previews, bounded by bytes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tiebreak_core::ContentHash;

use crate::image::{Picture, decode};
use crate::{Limits, MediaError};

/// Which picture, in which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PictureKey {
    /// The hash of the file.
    pub content: ContentHash,
    /// The form.
    pub form: PictureForm,
}

/// The form in which a picture is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureForm {
    /// All pixels.
    Full,
    /// Scaled down to fit a square of `max_edge` pixels.
    Preview {
        /// The longer side at most, in pixels.
        max_edge: u32,
    },
    /// The same as an encoded PNG.
    PreviewPng {
        /// The longer side at most, in pixels.
        max_edge: u32,
    },
}

/// The most recently used pictures and previews, together at most as many bytes as stated.
///
/// Safe from many threads. What is asked for twice at once is computed once, and who came second
/// waits. A failure is handed to all who wait and is then forgotten. A single entry larger than
/// the whole capacity stays until the next one comes.
#[derive(Debug)]
pub struct PictureCache {
    capacity_bytes: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: HashMap<PictureKey, Entry>,
    used_bytes: u64,
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    cell: Arc<Cell>,
    /// 0 until it is computed.
    bytes: u64,
    last_used: u64,
}

type Cell = OnceLock<Result<Value, MediaError>>;

#[derive(Clone, Debug)]
enum Value {
    Picture(Arc<Picture>),
    Encoded(Arc<[u8]>),
}

impl Value {
    fn bytes(&self) -> u64 {
        match self {
            Self::Picture(picture) => picture.pixels().len() as u64,
            Self::Encoded(bytes) => bytes.len() as u64,
        }
    }
}

impl Default for PictureCache {
    /// 256 MB.
    fn default() -> Self {
        Self::new(256_000_000)
    }
}

impl PictureCache {
    /// An empty cache for at most `capacity_bytes`.
    pub fn new(capacity_bytes: u64) -> Self {
        Self { capacity_bytes, state: Mutex::default() }
    }

    /// All pixels of a picture; `read` gives the file's bytes if they are needed.
    pub fn full(
        &self,
        content: ContentHash,
        limits: &Limits,
        read: impl FnOnce() -> Result<Vec<u8>, MediaError>,
    ) -> Result<Arc<Picture>, MediaError> {
        self.picture(PictureKey { content, form: PictureForm::Full }, || decode(&read()?, limits))
    }

    /// A picture scaled down to fit a square of `max_edge` pixels (see [`Picture::preview`]).
    /// The full picture is used if it is here, and is not kept if it is not: previews of the
    /// next items shall not push out what is looked at.
    pub fn preview(
        &self,
        content: ContentHash,
        max_edge: u32,
        limits: &Limits,
        read: impl FnOnce() -> Result<Vec<u8>, MediaError>,
    ) -> Result<Arc<Picture>, MediaError> {
        self.picture(PictureKey { content, form: PictureForm::Preview { max_edge } }, || {
            self.scaled(content, max_edge, limits, read)
        })
    }

    /// As [`PictureCache::preview`], encoded as PNG; the pixels are not kept beside it.
    pub fn preview_png(
        &self,
        content: ContentHash,
        max_edge: u32,
        limits: &Limits,
        read: impl FnOnce() -> Result<Vec<u8>, MediaError>,
    ) -> Result<Arc<[u8]>, MediaError> {
        let key = PictureKey { content, form: PictureForm::PreviewPng { max_edge } };
        let value = self.get_or_compute(key, || {
            let pixels = PictureForm::Preview { max_edge };
            let png = match self.ready(&PictureKey { content, form: pixels }) {
                Some(preview) => preview.to_png(),
                None => self.scaled(content, max_edge, limits, read)?.to_png(),
            }?;
            Ok(Value::Encoded(png.into()))
        })?;
        match value {
            Value::Encoded(bytes) => Ok(bytes),
            Value::Picture(picture) => picture.to_png().map(Into::into),
        }
    }

    /// Bytes of all that is kept.
    pub fn used_bytes(&self) -> u64 {
        self.lock().used_bytes
    }

    /// Whether this form of the picture is here; asking does not count as use.
    pub fn contains(&self, key: &PictureKey) -> bool {
        self.lock().entries.get(key).is_some_and(|entry| entry.cell.get().is_some())
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.entries.clear();
        state.used_bytes = 0;
    }

    fn scaled(
        &self,
        content: ContentHash,
        max_edge: u32,
        limits: &Limits,
        read: impl FnOnce() -> Result<Vec<u8>, MediaError>,
    ) -> Result<Picture, MediaError> {
        match self.ready(&PictureKey { content, form: PictureForm::Full }) {
            Some(full) => full.preview(max_edge),
            None => decode(&read()?, limits)?.preview(max_edge),
        }
    }

    fn picture(
        &self,
        key: PictureKey,
        compute: impl FnOnce() -> Result<Picture, MediaError>,
    ) -> Result<Arc<Picture>, MediaError> {
        match self.get_or_compute(key, || Ok(Value::Picture(Arc::new(compute()?))))? {
            Value::Picture(picture) => Ok(picture),
            Value::Encoded(_) => Err(MediaError::Argument("an encoded preview is not a picture")),
        }
    }

    /// A picture that is here already.
    fn ready(&self, key: &PictureKey) -> Option<Arc<Picture>> {
        let mut state = self.lock();
        state.clock += 1;
        let now = state.clock;
        let entry = state.entries.get_mut(key)?;
        entry.last_used = now;
        match entry.cell.get() {
            Some(Ok(Value::Picture(picture))) => Some(Arc::clone(picture)),
            _ => None,
        }
    }

    fn get_or_compute(
        &self,
        key: PictureKey,
        compute: impl FnOnce() -> Result<Value, MediaError>,
    ) -> Result<Value, MediaError> {
        let cell = {
            let mut state = self.lock();
            state.clock += 1;
            let now = state.clock;
            let entry = state.entries.entry(key).or_insert_with(|| Entry {
                cell: Arc::default(),
                bytes: 0,
                last_used: now,
            });
            entry.last_used = now;
            Arc::clone(&entry.cell)
        };
        let mut is_new = false;
        let value = cell
            .get_or_init(|| {
                is_new = true;
                compute()
            })
            .clone();
        if is_new {
            self.lock().settle(key, &cell, &value, self.capacity_bytes);
        }
        value
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts a new value in and makes room for it, or forgets a failure.
    fn settle(
        &mut self,
        key: PictureKey,
        cell: &Arc<Cell>,
        value: &Result<Value, MediaError>,
        capacity_bytes: u64,
    ) {
        // The cache may have been cleared in the meantime, and the key asked for again.
        let Some(entry) = self.entries.get_mut(&key).filter(|e| Arc::ptr_eq(&e.cell, cell)) else {
            return;
        };
        match value {
            Ok(value) => {
                entry.bytes = value.bytes();
                self.used_bytes += entry.bytes;
                self.evict(key, capacity_bytes);
            }
            Err(_) => {
                self.entries.remove(&key);
            }
        }
    }

    /// Drops what was not used for longest, but not `newest` and nothing still being computed.
    fn evict(&mut self, newest: PictureKey, capacity_bytes: u64) {
        while self.used_bytes > capacity_bytes {
            let oldest = self
                .entries
                .iter()
                .filter(|(key, entry)| **key != newest && entry.bytes > 0)
                .min_by_key(|(_, entry)| entry.last_used)
                .map(|(key, _)| *key);
            let Some(entry) = oldest.and_then(|key| self.entries.remove(&key)) else {
                return;
            };
            self.used_bytes -= entry.bytes;
        }
    }
}
