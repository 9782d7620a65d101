//! Ids of imported rows: made on any thread, ascending from batch to batch.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::{Builder, Uuid};

use crate::clock::{fresh, now, seed};

/// Ids that one batch can have, as a power of two; a batch of some hundred rows needs thousands.
const BATCH_BITS: u32 = 20;

/// The bits of a UUIDv7 that count, beside its time; the other 32 are random (RFC 9562, 6.2,
/// method 1).
const COUNTER_BITS: u32 = 42;

/// The ids of one import. All have the time at which it began.
pub(super) struct ImportIds {
    millis: u64,
}

impl ImportIds {
    pub(super) fn new() -> Self {
        Self { millis: u64::try_from(now().timestamp_millis()).unwrap_or(0) }
    }

    /// The ids of the batch of a number, from 0.
    pub(super) fn batch(&self, number: u64) -> BatchIds {
        let next = number << BATCH_BITS;
        let is_countable = number < 1 << (COUNTER_BITS - BATCH_BITS);
        BatchIds {
            millis: self.millis,
            next,
            end: if is_countable { next + (1 << BATCH_BITS) } else { next },
            random: ChaCha8Rng::seed_from_u64(seed()),
        }
    }
}

impl ImportIds {
    /// Ids for rows that stand outside of the order of batches.
    pub(super) fn further(&self) -> BatchIds {
        self.batch(u64::MAX >> BATCH_BITS)
    }
}

/// Ids that ascend.
pub(super) struct BatchIds {
    millis: u64,
    next: u64,
    end: u64,
    random: ChaCha8Rng,
}

impl BatchIds {
    /// Whether ids are left that come before those of the next batch; if not, others are made.
    pub(super) fn has(&self, count: usize) -> bool {
        self.end - self.next >= count as u64
    }

    pub(super) fn next(&mut self) -> Uuid {
        if !self.has(1) {
            return fresh();
        }
        let count = self.next;
        self.next += 1;
        let mut bytes = [0; 10];
        bytes[..2].copy_from_slice(&((count >> 30) as u16).to_be_bytes());
        // The upper two bits give way to those of the variant.
        bytes[2..6].copy_from_slice(&(count as u32 & (u32::MAX >> 2)).to_be_bytes());
        bytes[6..].copy_from_slice(&self.random.next_u32().to_be_bytes());
        Builder::from_unix_timestamp_millis(self.millis, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_from_batch_to_batch() {
        let ids = ImportIds::new();
        let mut last = Uuid::nil();
        for number in [0, 1, 2, 1023, 1024, (1 << 22) - 1] {
            let mut batch = ids.batch(number);
            for _ in 0..3 {
                let id = batch.next();
                assert!(id > last, "batch {number}");
                assert_eq!(id.get_version_num(), 7);
                assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
                last = id;
            }
            batch.next = batch.end - 1;
            assert!(batch.has(1) && !batch.has(2));
            assert!(batch.next() > last);
        }
        let beyond = ids.batch(1 << 22);
        assert!(!beyond.has(1));
    }
}
