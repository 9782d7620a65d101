//! Tempo and brightness of music.

use crate::audio::Clip;
use crate::spectrum::Spectrum;

/// Slowest and fastest tempo, beats a minute.
const RANGE_BPM: (f64, f64) = (40.0, 240.0);
/// The tempo that listeners tap most, and how far others are from it in octaves.
const USUAL_BPM: f64 = 120.0;
const OCTAVES: f64 = 1.0;
/// With a weaker pulse there is no tempo.
const LEAST_PULSE: f64 = 0.15;
/// A clip of fewer seconds has too few beats.
const SHORTEST_S: f64 = 4.0;
/// Magnitudes are compressed as ln(1 + 1000 x), so that soft onsets count.
const COMPRESSION: f32 = 1000.0;
/// Brightness is what sounds above this.
const BRIGHT_HZ: f64 = 1500.0;

/// What music sounds like, beside the [`crate::CLIP_MEASURES`], which have its loudness (before any
/// matching) and its dynamics (loudness range, crest).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MusicFeatures {
    /// Tempo, beats a minute, 40 to 240; `None` without a pulse, or for less than 4 s. Twice or
    /// half of what others tap is a common error of every such estimate.
    pub tempo_bpm: Option<f64>,
    /// How regular onsets are: their autocorrelation at the beat, 0 to 1; `None` for silence or
    /// less than 4 s.
    pub pulse: Option<f64>,
    /// Spectral centroid, the mean frequency by magnitude, Hz; `None` for silence. What is heard
    /// as brightness (E. Schubert and J. Wolfe, "Does timbral brightness scale with frequency and
    /// spectral centroid?", Acta Acustica 92, 2006).
    pub centroid_hz: Option<f64>,
    /// The share of energy above 1500 Hz, 0 to 1; `None` for silence (P. N. Juslin, "Cue
    /// utilization in communication of emotion in music performance", 2000).
    pub bright_share: Option<f64>,
}

/// Measures a clip.
///
/// Tempo is the lag at which the envelope of onsets is most like itself, times a preference for
/// 120 beats a minute that is log-normal, an octave wide (D. P. W. Ellis, "Beat tracking by dynamic
/// programming", Journal of New Music Research 36, 2007, sections 3.1 and 3.2). The envelope is the sum of
/// rises of compressed magnitudes from frame to frame, less its mean over a second around.
pub fn music_features(clip: &Clip) -> MusicFeatures {
    let spectrum = Spectrum::of(clip);
    let (mut magnitude, mut moment, mut energy, mut bright) = (0.0, 0.0, 0.0, 0.0);
    let (mut envelope, mut before): (Vec<f64>, Vec<f32>) = (Vec::new(), Vec::new());
    spectrum.each(clip, |frame| {
        for (bin, value) in frame.iter().enumerate() {
            let (hz, value) = (bin as f64 * spectrum.bin_hz, f64::from(*value));
            magnitude += value;
            moment += hz * value;
            energy += value * value;
            bright += if hz > BRIGHT_HZ { value * value } else { 0.0 };
        }
        let now: Vec<f32> = frame.iter().map(|x| (COMPRESSION * x).ln_1p()).collect();
        let rise = |(a, b): (&f32, &f32)| f64::from((b - a).max(0.0));
        if !before.is_empty() {
            envelope.push(before.iter().zip(&now).map(rise).sum());
        }
        before = now;
    });
    let is_heard = magnitude > 0.0 && energy > 0.0;
    let is_long = clip.duration_s() >= SHORTEST_S;
    let found =
        is_long.then(|| tempo(&onsets(&envelope, spectrum.hop_s), spectrum.hop_s)).flatten();
    MusicFeatures {
        tempo_bpm: found.filter(|(_, pulse)| *pulse >= LEAST_PULSE).map(|(tempo, _)| tempo),
        pulse: found.map(|(_, pulse)| pulse),
        centroid_hz: is_heard.then(|| moment / magnitude),
        bright_share: is_heard.then(|| bright / energy),
    }
}

/// Beats a minute and the strength of the pulse; `None` without an onset.
fn tempo(onsets: &[f64], hop_s: f64) -> Option<(f64, f64)> {
    let lag_of = |bpm: f64| 60.0 / bpm / hop_s;
    let (first, last) = (lag_of(RANGE_BPM.1).floor() as usize, lag_of(RANGE_BPM.0).ceil() as usize);
    let alike = |lag: usize| -> f64 {
        let sum: f64 =
            onsets.iter().zip(onsets.get(lag..).unwrap_or(&[])).map(|(a, b)| a * b).sum();
        sum / onsets.len().saturating_sub(lag).max(1) as f64
    };
    let whole = alike(0);
    if whole <= 0.0 || first < 2 {
        return None;
    }
    let curve: Vec<f64> = (first - 1..=last + 1).map(|lag| alike(lag) / whole).collect();
    let preference = |lag: f64| {
        let octaves = (60.0 / (lag * hop_s) / USUAL_BPM).log2();
        (-0.5 * (octaves / OCTAVES).powi(2)).exp()
    };
    let score = |place: usize| curve[place] * preference((first - 1 + place) as f64);
    let best = (1..curve.len() - 1)
        .filter(|&k| curve[k] >= curve[k - 1] && curve[k] >= curve[k + 1])
        .max_by(|&a, &b| score(a).total_cmp(&score(b)))?;
    // The top of the parabola through three points.
    let (before, at, after) = (curve[best - 1], curve[best], curve[best + 1]);
    let bend = before - 2.0 * at + after;
    let shift = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
    let lag = (first - 1 + best) as f64 + shift;
    Some((60.0 / (lag * hop_s), at.clamp(0.0, 1.0)))
}

/// The envelope of onsets, less its mean over a second around.
fn onsets(envelope: &[f64], hop_s: f64) -> Vec<f64> {
    let around = (0.5 / hop_s).round() as usize;
    let sums: Vec<f64> = std::iter::once(0.0)
        .chain(envelope.iter().scan(0.0, |sum, x| {
            *sum += x;
            Some(*sum)
        }))
        .collect();
    (0..envelope.len())
        .map(|k| {
            let (from, to) = (k.saturating_sub(around), (k + around + 1).min(envelope.len()));
            envelope[k] - (sums[to] - sums[from]) / (to - from) as f64
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 22_050;

    fn clip(samples: Vec<f32>) -> Clip {
        Clip { sample_rate: RATE, samples: vec![samples], warnings: Vec::new() }
    }

    /// Numbers that look random, -1 to 1.
    fn noise(n: usize) -> f32 {
        let mixed = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 29)) >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    /// Bursts of noise that die away, on a soft tone.
    fn beats(bpm: f64, seconds: usize) -> Clip {
        let every = 60.0 / bpm * f64::from(RATE);
        let sample = |n: usize| {
            let since = (n as f64 % every) as f32 / RATE as f32;
            let tone = (n as f32 * 440.0 * std::f32::consts::TAU / RATE as f32).sin();
            0.05 * tone + 0.5 * noise(n) * (-since / 0.03).exp()
        };
        clip((0..RATE as usize * seconds).map(sample).collect())
    }

    #[test]
    fn beats_are_counted() {
        for bpm in [72.0, 90.0, 104.0, 120.0, 128.0, 150.0] {
            let found = music_features(&beats(bpm, 12));
            let tempo = found.tempo_bpm.unwrap();
            assert!((tempo - bpm).abs() < 0.02 * bpm, "{bpm}: {found:?}");
            assert!(found.pulse.unwrap() > 0.5, "{found:?}");
        }
    }

    #[test]
    fn without_a_pulse_there_is_no_tempo() {
        let hiss = music_features(&clip((0..RATE as usize * 10).map(noise).collect()));
        assert_eq!(hiss.tempo_bpm, None, "{hiss:?}");
        assert_eq!(music_features(&beats(120.0, 3)).tempo_bpm, None);
        for frames in [0, 1, 100, 220_500] {
            assert_eq!(music_features(&clip(vec![0.0; frames])), MusicFeatures::default());
        }
    }

    #[test]
    fn brightness_is_where_the_tone_is() {
        for (hz, bright) in [(400.0_f32, 0.0), (3000.0, 1.0)] {
            let step = std::f32::consts::TAU * hz / RATE as f32;
            let tone =
                clip((0..2 * RATE as usize).map(|n| 0.5 * (step * n as f32).sin()).collect());
            let found = music_features(&tone);
            let centroid = found.centroid_hz.unwrap();
            assert!((centroid - f64::from(hz)).abs() < 0.05 * f64::from(hz), "{found:?}");
            assert!((found.bright_share.unwrap() - bright).abs() < 1e-3, "{found:?}");
        }
        // Hiss is even over all frequencies: its centre is a quarter of the rate.
        let hiss = music_features(&clip((0..RATE as usize).map(noise).collect()));
        assert!((hiss.centroid_hz.unwrap() - f64::from(RATE) / 4.0).abs() < 100.0, "{hiss:?}");
    }
}
