//! What can be measured on a clip without learning, for heads and for people.

use crate::audio::{Clip, loudness};

/// What silence counts as, LUFS and LU: the absolute gate of ITU-R BS.1770.
const SILENCE_LUFS: f64 = -70.0;

/// The values that [`clip_measures`] gives, in its order, for the part of a clip that is read:
///
/// | name | what |
/// |---|---|
/// | `loudness_lufs` | integrated loudness, LUFS (ITU-R BS.1770); -70 for silence or less than 400 ms |
/// | `loudness_range_lu` | loudness range, LU (EBU Tech 3342); 0 for silence or less than 3 s |
/// | `crest_db` | peak over root mean square of the mean of the channels, dB; 0 for silence |
/// | `stereo_width` | energy of (left - right) / 2 in that of it and (left + right) / 2, 0 to 1; 0 for silence |
/// | `ln_duration_s` | ln of the length in seconds, that of the whole clip |
pub const CLIP_MEASURES: [&str; 5] =
    ["loudness_lufs", "loudness_range_lu", "crest_db", "stereo_width", "ln_duration_s"];

/// The measured values of a clip, in the order of [`CLIP_MEASURES`]; all finite.
pub fn clip_measures(clip: &Clip, duration_s: f64) -> [f32; CLIP_MEASURES.len()] {
    let loudness = loudness(clip);
    let (mut peak, mut middle, mut side) = (0.0_f64, 0.0, 0.0);
    for frame in 0..clip.frames() {
        let [left, right] = clip.stereo(frame).map(f64::from);
        let mid = 0.5 * (left + right);
        peak = peak.max(mid.abs());
        middle += mid * mid;
        side += (0.5 * (left - right)).powi(2);
    }
    let root_mean_square = (middle / clip.frames().max(1) as f64).sqrt();
    let crest = if root_mean_square > 0.0 { 20.0 * (peak / root_mean_square).log10() } else { 0.0 };
    let width = if side > 0.0 { side / (middle + side) } else { 0.0 };
    [
        loudness.integrated_lufs.unwrap_or(SILENCE_LUFS),
        loudness.range_lu.unwrap_or(0.0),
        crest,
        width,
        duration_s.max(1e-3).ln(),
    ]
    .map(|value| value as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip(samples: Vec<Vec<f32>>) -> Clip {
        Clip { sample_rate: 48_000, samples, warnings: Vec::new() }
    }

    fn tone(amplitude: f32, seconds: usize) -> Vec<f32> {
        let step = std::f32::consts::TAU * 997.0 / 48_000.0;
        (0..48_000 * seconds).map(|n| amplitude * (step * n as f32).sin()).collect()
    }

    #[test]
    fn tones_and_silence_have_the_values_of_the_formulas() {
        // EBU Tech 3341: a tone of -23 dBFS on both sides is -23 LUFS loud.
        let amplitude = 10.0_f32.powf(-23.0 / 20.0);
        let both = vec![tone(amplitude, 4); 2];
        let [loudness, range, crest, width, duration] = clip_measures(&clip(both), 4.0);
        assert!((loudness + 23.0).abs() < 0.1, "{loudness}");
        assert!(range.abs() < 0.1 && width == 0.0, "{range} {width}");
        assert!((crest - 20.0 * 2.0_f32.sqrt().log10()).abs() < 0.01, "{crest}");
        assert!((duration - 4.0_f32.ln()).abs() < 1e-6);
        // One side alone is as much in the middle as at the side.
        let left = vec![tone(0.5, 1), vec![0.0; 48_000]];
        assert!((clip_measures(&clip(left), 1.0)[3] - 0.5).abs() < 1e-6);
        for frames in [1, 100, 96_000] {
            let silence = clip_measures(&clip(vec![vec![0.0; frames]]), frames as f64 / 48_000.0);
            assert_eq!(silence[..4], [-70.0, 0.0, 0.0, 0.0]);
            assert!(silence[4].is_finite());
        }
    }
}
