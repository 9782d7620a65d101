//! The outline of a waveform.

use super::Clip;
use crate::MediaError;

/// The lowest and the highest sample of each of many equal stretches of a clip, over all
/// channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peaks {
    /// Samples a second of the clip, in Hz.
    pub sample_rate: u32,
    /// Samples of each channel of the clip.
    pub frames: u64,
    /// Lowest and highest, full scale is -32767 to 32767, rounded outwards: the waveform lies
    /// within. Stretch `i` of `n` covers the frames from `i * frames / n` to
    /// `(i + 1) * frames / n`.
    pub ranges: Vec<[i16; 2]>,
}

/// Outlines a clip in `buckets` stretches, or one for each frame if it has fewer.
pub fn peaks(clip: &Clip, buckets: usize) -> Peaks {
    let frames = clip.frames();
    let buckets = buckets.clamp(1, frames.max(1));
    let edge = |bucket: usize| (bucket as u128 * frames as u128 / buckets as u128) as usize;
    let range = |bucket: usize| {
        let (mut lowest, mut highest) = (f32::INFINITY, f32::NEG_INFINITY);
        for channel in &clip.samples {
            for sample in &channel[edge(bucket)..edge(bucket + 1)] {
                lowest = lowest.min(*sample);
                highest = highest.max(*sample);
            }
        }
        // Casting cuts off what exceeds 16 bits; -32768 is left unused for symmetry.
        let outwards = |sample: f32| sample.clamp(-1.0, 1.0) * 32_767.0;
        match lowest <= highest {
            true => [outwards(lowest).floor() as i16, outwards(highest).ceil() as i16],
            false => [0, 0],
        }
    };
    Peaks {
        sample_rate: clip.sample_rate,
        frames: frames as u64,
        ranges: (0..buckets).map(range).collect(),
    }
}

impl Peaks {
    const MAGIC: [u8; 4] = *b"TBPK";
    const HEADER_BYTES: usize = 24;

    /// The outline in bytes, all numbers little-endian:
    ///
    /// | bytes | what |
    /// |---|---|
    /// | 0..4 | `TBPK` |
    /// | 4..8 | version, u32: 1 |
    /// | 8..12 | sample rate in Hz, u32 |
    /// | 12..16 | stretches, u32 |
    /// | 16..24 | frames, u64 |
    /// | 24.. | lowest and highest of each stretch, i16 each |
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::HEADER_BYTES + 4 * self.ranges.len());
        bytes.extend_from_slice(&Self::MAGIC);
        for word in [1, self.sample_rate, self.ranges.len() as u32] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(&self.frames.to_le_bytes());
        for bound in self.ranges.as_flattened() {
            bytes.extend_from_slice(&bound.to_le_bytes());
        }
        bytes
    }

    /// Reads what [`Peaks::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`MediaError::Malformed`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MediaError> {
        let malformed = || MediaError::malformed("waveform", "not peaks of version 1");
        let (header, body) = bytes.split_at_checked(Self::HEADER_BYTES).ok_or_else(malformed)?;
        let (words, frames) = (header[..16].as_chunks::<4>().0, header[16..].as_chunks::<8>().0);
        let [magic, version, sample_rate, count] = words else {
            return Err(malformed());
        };
        let (pairs, rest) = body.as_chunks::<4>();
        let is_whole = *magic == Self::MAGIC
            && u32::from_le_bytes(*version) == 1
            && u32::from_le_bytes(*count) as usize == pairs.len()
            && rest.is_empty();
        if !is_whole {
            return Err(malformed());
        }
        let range =
            |[a, b, c, d]: &[u8; 4]| [i16::from_le_bytes([*a, *b]), i16::from_le_bytes([*c, *d])];
        Ok(Self {
            sample_rate: u32::from_le_bytes(*sample_rate),
            frames: frames.first().map_or(0, |frames| u64::from_le_bytes(*frames)),
            ranges: pairs.iter().map(range).collect(),
        })
    }
}
