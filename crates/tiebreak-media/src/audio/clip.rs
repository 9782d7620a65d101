//! Decoded audio.

use std::fmt;

/// Samples of all channels at one rate; full scale is -1 to 1, and floating-point sources may
/// exceed it.
#[derive(Clone, PartialEq)]
pub struct Clip {
    /// Samples a second of each channel, in Hz.
    pub sample_rate: u32,
    /// One vector per channel, all of the same length, at least one channel; all finite.
    pub samples: Vec<Vec<f32>>,
    /// What was wrong with the file but could be passed over, for people.
    pub warnings: Vec<String>,
}

impl Clip {
    /// Count of channels.
    pub fn channels(&self) -> usize {
        self.samples.len()
    }

    /// Samples of each channel.
    pub fn frames(&self) -> usize {
        self.samples.first().map_or(0, Vec::len)
    }

    /// Length in seconds.
    pub fn duration_s(&self) -> f64 {
        self.frames() as f64 / f64::from(self.sample_rate.max(1))
    }

    /// The samples for the page, without loss, all numbers little-endian:
    ///
    /// | bytes | what |
    /// |---|---|
    /// | 0..4 | `TBPC` |
    /// | 4..8 | version, u32: 1 |
    /// | 8..12 | sample rate in Hz, u32 |
    /// | 12..16 | channels, u32 |
    /// | 16..20 | frames (samples of each channel), u32 |
    /// | 20.. | the samples of the first channel, f32 each, then those of the next, ... |
    ///
    /// The samples begin at a multiple of four, so a page can view them as they are.
    pub fn to_planar_f32_le(&self) -> Vec<u8> {
        let words = [1, self.sample_rate, self.channels() as u32, self.frames() as u32];
        let mut bytes = Vec::with_capacity(20 + 4 * self.channels() * self.frames());
        bytes.extend_from_slice(b"TBPC");
        bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        for channel in &self.samples {
            bytes.extend(channel.iter().flat_map(|sample| sample.to_le_bytes()));
        }
        bytes
    }

    /// Left and right of frame `frame` as played on two loudspeakers: mono goes to both, four
    /// and six channels are mixed down, of others the first two count. These are the rules and
    /// the order of channels of the Web Audio API (1.1, "Channel up-mixing and down-mixing",
    /// speakers), so that a page and this crate play the same.
    pub fn stereo(&self, frame: usize) -> [f32; 2] {
        let at = |channel: usize| self.samples[channel][frame];
        match self.channels() {
            0 => [0.0; 2],
            1 => [at(0); 2],
            4 => [0.5 * (at(0) + at(2)), 0.5 * (at(1) + at(3))],
            6 => {
                let centre = at(2);
                let side = std::f32::consts::FRAC_1_SQRT_2;
                [at(0) + side * (centre + at(4)), at(1) + side * (centre + at(5))]
            }
            _ => [at(0), at(1)],
        }
    }
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (channels, frames, rate) = (self.channels(), self.frames(), self.sample_rate);
        write!(f, "Clip({channels} x {frames} at {rate} Hz, {:?})", self.warnings)
    }
}
