//! Sound in memory.

use crate::music::loudness::power;

/// Samples of one or two channels of the same length, from -1 to 1.
#[derive(Clone)]
pub struct Sound {
    /// Samples a second.
    pub rate: u32,
    /// Left and right, or one alone.
    pub channels: Vec<Vec<f32>>,
}

impl Sound {
    /// Silence in two channels.
    pub fn silence(rate: u32, seconds: f32) -> Self {
        let length = (rate as f32 * seconds) as usize;
        Self { rate, channels: vec![vec![0.0; length]; 2] }
    }

    /// Both channels as one.
    pub fn mono(self) -> Self {
        let length = self.channels[0].len();
        let count = self.channels.len() as f32;
        let mean = |at: usize| self.channels.iter().map(|channel| channel[at]).sum::<f32>() / count;
        Self { rate: self.rate, channels: vec![(0..length).map(mean).collect()] }
    }

    /// Scales to a loudness in LUFS; what would go beyond full scale is bent, not cut.
    pub fn levelled(mut self, loudness: f64) -> Self {
        let target = libm::pow(10.0, (loudness + 0.691) / 10.0);
        for _ in 0..2 {
            let gain = (target / power(&self).max(1e-9)).sqrt() as f32;
            for sample in self.channels.iter_mut().flatten() {
                *sample = bent(*sample * gain);
            }
        }
        self
    }

    /// Sixteen bits a sample, channels in turn.
    pub fn samples(&self) -> Vec<i16> {
        (0..self.channels[0].len())
            .flat_map(|at| self.channels.iter().map(move |channel| channel[at]))
            .map(|sample| (sample.clamp(-1.0, 1.0) * 32_000.0).round() as i16)
            .collect()
    }
}

/// Straight up to 0.6, then towards 0.95.
fn bent(sample: f32) -> f32 {
    let size = sample.abs();
    if size <= 0.6 {
        sample
    } else {
        sample.signum() * (0.6 + 0.35 * libm::tanhf((size - 0.6) / 0.35))
    }
}
