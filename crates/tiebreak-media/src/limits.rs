//! How much one file may cost, and how much decoding may go on at once.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::MediaError;

/// Upper bounds on one file, checked on its header before anything is decoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Most pixels of an image, width times height. Default: 160 million.
    pub max_pixels: u64,
    /// Most bytes of a decoded image (3 or 4 bytes a pixel) or clip (4 bytes a sample of a
    /// channel). Default: 800 MB.
    pub max_decoded_bytes: u64,
    /// Most bytes of the file. Default: 512 MB.
    pub max_file_bytes: u64,
    /// Longest audio in seconds. Default: half an hour.
    pub max_audio_s: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_pixels: 160_000_000,
            max_decoded_bytes: 800_000_000,
            max_file_bytes: 512_000_000,
            max_audio_s: 1_800.0,
        }
    }
}

impl Limits {
    /// Refuses a file that is too large.
    pub(crate) fn check_file(&self, bytes: u64) -> Result<(), MediaError> {
        if bytes > self.max_file_bytes {
            return Err(MediaError::FileTooLarge { bytes, limit: self.max_file_bytes });
        }
        Ok(())
    }

    /// Refuses an image that would be too large at `channels` bytes a pixel.
    pub(crate) fn check_image(
        &self,
        width: u32,
        height: u32,
        channels: u64,
    ) -> Result<(), MediaError> {
        let pixels = u64::from(width) * u64::from(height);
        let decoded_bytes = pixels.saturating_mul(channels);
        if pixels > self.max_pixels || decoded_bytes > self.max_decoded_bytes {
            return Err(MediaError::ImageTooLarge {
                width,
                height,
                decoded_bytes,
                max_pixels: self.max_pixels,
                max_decoded_bytes: self.max_decoded_bytes,
            });
        }
        Ok(())
    }

    /// Refuses audio that is, or has become, too long.
    pub(crate) fn check_audio(
        &self,
        frames: u64,
        channels: usize,
        sample_rate: u32,
    ) -> Result<(), MediaError> {
        let seconds = frames as f64 / f64::from(sample_rate.max(1));
        let decoded_bytes = frames.saturating_mul(4 * channels as u64);
        if seconds > self.max_audio_s || decoded_bytes > self.max_decoded_bytes {
            return Err(MediaError::AudioTooLong {
                seconds,
                decoded_bytes,
                max_seconds: self.max_audio_s,
                max_decoded_bytes: self.max_decoded_bytes,
            });
        }
        Ok(())
    }
}

/// Working memory that all decodes of this program share, in bytes. A picture of 100 megapixels
/// takes 800 MB of it, so a second one waits; eighty small ones may go on at once.
static WORKING_MEMORY: Gate = Gate::new(1_000_000_000);

/// Waits until `bytes` of working memory are free, and holds them until the permit is dropped.
pub(crate) fn reserve_working_memory(bytes: u64) -> Permit<'static> {
    WORKING_MEMORY.acquire(bytes)
}

/// A counting semaphore.
struct Gate {
    capacity: u64,
    used: Mutex<u64>,
    freed: Condvar,
}

impl Gate {
    const fn new(capacity: u64) -> Self {
        Self { capacity, used: Mutex::new(0), freed: Condvar::new() }
    }

    /// What is more than the capacity counts as all of it, so it runs alone.
    fn acquire(&self, amount: u64) -> Permit<'_> {
        let amount = amount.min(self.capacity);
        let mut used = self.lock();
        while *used + amount > self.capacity {
            used = self.freed.wait(used).unwrap_or_else(PoisonError::into_inner);
        }
        *used += amount;
        Permit { gate: self, amount }
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A share of a [`Gate`].
pub(crate) struct Permit<'a> {
    gate: &'a Gate,
    amount: u64,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.gate.lock() -= self.amount;
        self.gate.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn never_more_than_the_capacity_is_held_and_everyone_gets_through() {
        let gate = Gate::new(10);
        let (held, most, done) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for amount in [3, 9, 4, 100, 1, 6, 10, 2] {
                let (gate, held, most, done) = (&gate, &held, &most, &done);
                scope.spawn(move || {
                    for _ in 0..50 {
                        let _permit = gate.acquire(amount);
                        let now = held.fetch_add(amount.min(10), Ordering::SeqCst) + amount.min(10);
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        held.fetch_sub(amount.min(10), Ordering::SeqCst);
                    }
                    done.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 10);
        assert_eq!(done.load(Ordering::SeqCst), 8);
        assert_eq!(*gate.lock(), 0, "all is given back");
    }

    #[test]
    fn a_hundred_megapixels_pass_and_a_bomb_is_told_its_size() {
        let limits = Limits::default();
        assert_eq!(limits.check_image(10_000, 10_000, 4), Ok(()));
        let message = limits.check_image(60_000, 60_000, 3).map_err(|error| error.to_string());
        assert_eq!(
            message,
            Err(
                "the image would be 60000 x 60000 pixels (3600.0 megapixels, 10.8 GB decoded) and \
                 the limit is 160.0 megapixels (800.0 MB)"
                    .to_owned()
            )
        );
    }
}
