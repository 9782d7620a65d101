//! Magnitudes of short frames of a clip.

use std::f32::consts::TAU;

use realfft::RealFftPlanner;

use crate::audio::Clip;

/// About the length of a frame, seconds.
const FRAME_S: f64 = 0.046;
/// Hops in a frame.
const HOPS: usize = 4;

/// How a clip is cut into frames.
pub(crate) struct Spectrum {
    length: usize,
    /// Seconds from one frame to the next.
    pub(crate) hop_s: f64,
    /// Hz from one bin to the next.
    pub(crate) bin_hz: f64,
}

impl Spectrum {
    /// Frames of a power of two near 46 ms, a quarter of a frame apart.
    pub(crate) fn of(clip: &Clip) -> Self {
        let rate = f64::from(clip.sample_rate.max(1));
        let length = ((rate * FRAME_S).log2().round().exp2() as usize).max(2 * HOPS);
        Self { length, hop_s: (length / HOPS) as f64 / rate, bin_hz: rate / length as f64 }
    }

    /// Calls `each` with the magnitudes of frame after frame, both sides together under a Hann
    /// window; a sine of full scale has a half at its bin. A clip shorter than a frame has none.
    pub(crate) fn each(&self, clip: &Clip, mut each: impl FnMut(&[f32])) {
        let length = self.length;
        let mono: Vec<f32> = (0..clip.frames())
            .map(|frame| clip.stereo(frame))
            .map(|[left, right]| 0.5 * (left + right))
            .collect();
        let window: Vec<f32> =
            (0..length).map(|n| 0.5 - 0.5 * (TAU * n as f32 / length as f32).cos()).collect();
        let scale = 1.0 / window.iter().sum::<f32>();
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(length);
        let (mut input, mut output) = (transform.make_input_vec(), transform.make_output_vec());
        let mut magnitudes = vec![0.0; output.len()];
        for samples in mono.windows(length).step_by(length / HOPS) {
            for ((x, sample), weight) in input.iter_mut().zip(samples).zip(&window) {
                *x = sample * weight;
            }
            if transform.process(&mut input, &mut output).is_ok() {
                for (magnitude, bin) in magnitudes.iter_mut().zip(&output) {
                    *magnitude = scale * bin.norm();
                }
                each(&magnitudes);
            }
        }
    }
}
