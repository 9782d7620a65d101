//! Log-mel spectrograms as librosa computes them: a short-time Fourier transform under a periodic
//! Hann window, magnitudes or powers, triangular bands on a scale of pitch, and a logarithm.

use std::f64::consts::PI;
use std::fmt;
use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

use crate::audio_input::{AudioInput, Centre, Log, MelNorm, MelScale};

/// The transform for one set of parameters, shared by threads.
#[derive(Clone)]
pub(crate) struct MelSpectrogram {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    hop: usize,
    power: u8,
    centre: Centre,
    bands: Vec<Band>,
    log: Log,
    log_gain: f32,
    log_offset: f32,
}

/// The weights of one band, from its first bin that counts.
#[derive(Clone, Debug)]
struct Band {
    first: usize,
    weights: Vec<f32>,
}

impl MelSpectrogram {
    /// Prepares the transform.
    pub(crate) fn new(input: &AudioInput) -> Self {
        let window = (0..input.fft)
            .map(|n| (0.5 - 0.5 * (2.0 * PI * n as f64 / input.fft as f64).cos()) as f32)
            .collect();
        Self {
            transform: RealFftPlanner::new().plan_fft_forward(input.fft),
            window,
            hop: input.hop,
            power: input.power,
            centre: input.centre,
            bands: bands(input),
            log: input.log,
            log_gain: input.log_gain,
            log_offset: input.log_offset,
        }
    }

    /// The frames of a clip, `[frames, mels]`.
    pub(crate) fn of(&self, samples: &[f32]) -> Vec<f32> {
        let length = self.window.len();
        let (before, frames) = match self.centre {
            Centre::None if samples.len() < length => return Vec::new(),
            Centre::None => (0, 1 + (samples.len() - length) / self.hop),
            Centre::Reflect | Centre::Zero if samples.is_empty() => return Vec::new(),
            Centre::Reflect | Centre::Zero => {
                // As many frames as fit into the samples with half a window on either side.
                let padded = samples.len() + 2 * (length / 2);
                (length / 2, 1 + padded.saturating_sub(length) / self.hop)
            }
        };
        let mut frame = self.transform.make_input_vec();
        let mut spectrum = self.transform.make_output_vec();
        let mut scratch = self.transform.make_scratch_vec();
        let mut magnitudes = vec![0.0_f32; spectrum.len()];
        let mut result = Vec::with_capacity(frames * self.bands.len());
        for number in 0..frames {
            self.frame(samples, (number * self.hop) as isize - before as isize, &mut frame);
            // It fails only for buffers of another length than it asked for.
            if self.transform.process_with_scratch(&mut frame, &mut spectrum, &mut scratch).is_err()
            {
                return Vec::new();
            }
            for (magnitude, bin) in magnitudes.iter_mut().zip(&spectrum) {
                let power = bin.re * bin.re + bin.im * bin.im;
                *magnitude = if self.power == 1 { power.sqrt() } else { power };
            }
            result.extend(self.bands.iter().map(|band| {
                let bins = magnitudes.iter().skip(band.first);
                let sum: f32 = bins.zip(&band.weights).map(|(bin, weight)| bin * weight).sum();
                self.log.of(self.log_gain * sum + self.log_offset)
            }));
        }
        result
    }

    /// The windowed samples from `start` on, which may lie before the first.
    fn frame(&self, samples: &[f32], start: isize, frame: &mut [f32]) {
        let inside = usize::try_from(start).ok();
        let whole = inside.and_then(|start| samples.get(start..start + frame.len()));
        if let Some(whole) = whole {
            for ((place, sample), weight) in frame.iter_mut().zip(whole).zip(&self.window) {
                *place = sample * weight;
            }
            return;
        }
        for (offset, (place, weight)) in (0..).zip(frame.iter_mut().zip(&self.window)) {
            *place = weight * self.sample(samples, start + offset);
        }
    }

    /// A sample at any place, by what surrounds the samples.
    fn sample(&self, samples: &[f32], place: isize) -> f32 {
        let count = samples.len() as isize;
        let place = if self.centre == Centre::Reflect && count > 1 {
            // Mirrored at both ends, without repeating them, as often as it takes.
            let within = place.rem_euclid(2 * (count - 1));
            within.min(2 * (count - 1) - within)
        } else if self.centre == Centre::Reflect {
            0
        } else {
            place
        };
        let inside = usize::try_from(place).ok();
        inside.and_then(|place| samples.get(place)).copied().unwrap_or(0.0)
    }
}

impl fmt::Debug for MelSpectrogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "MelSpectrogram({} bands, {} samples a frame)",
            self.bands.len(),
            self.window.len()
        )
    }
}

/// Triangles between neighbouring points that are equally far apart on the scale.
fn bands(input: &AudioInput) -> Vec<Band> {
    let scale = input.mel_scale;
    let (low, high) = (scale.mel(input.f_min), scale.mel(input.f_max));
    let step = (high - low) / (input.mels + 1) as f64;
    let edges: Vec<f64> = (0..input.mels + 2).map(|n| scale.hertz(low + step * n as f64)).collect();
    let bins = input.fft / 2 + 1;
    let hertz = f64::from(input.sample_rate) / input.fft as f64;
    edges
        .windows(3)
        .map(|edge| {
            let height = match input.mel_norm {
                MelNorm::Slaney => 2.0 / (edge[2] - edge[0]),
                MelNorm::None => 1.0,
            };
            let weight = |bin: usize| {
                let frequency = bin as f64 * hertz;
                let rising = (frequency - edge[0]) / (edge[1] - edge[0]);
                let falling = (edge[2] - frequency) / (edge[2] - edge[1]);
                (height * rising.min(falling).max(0.0)) as f32
            };
            let counts = |bin: &usize| weight(*bin) > 0.0;
            let first = (0..bins).find(counts).unwrap_or(0);
            let weights = (first..bins).take_while(counts).map(weight).collect();
            Band { first, weights }
        })
        .collect()
}

/// Where Slaney's scale turns from linear to logarithmic, Hz, and its widths there.
const BREAK_HERTZ: f64 = 1_000.0;
const LINEAR_HERTZ: f64 = 200.0 / 3.0;
/// 27 steps from 1 kHz to 6.4 kHz.
const LOG_STEP: f64 = 0.068_751_777_420_949_12;

impl MelScale {
    fn mel(self, hertz: f64) -> f64 {
        match self {
            Self::Htk => 2_595.0 * (1.0 + hertz / 700.0).log10(),
            Self::Slaney if hertz < BREAK_HERTZ => hertz / LINEAR_HERTZ,
            Self::Slaney => BREAK_HERTZ / LINEAR_HERTZ + (hertz / BREAK_HERTZ).ln() / LOG_STEP,
        }
    }

    fn hertz(self, mel: f64) -> f64 {
        let turn = BREAK_HERTZ / LINEAR_HERTZ;
        match self {
            Self::Htk => 700.0 * (10.0_f64.powf(mel / 2_595.0) - 1.0),
            Self::Slaney if mel < turn => mel * LINEAR_HERTZ,
            Self::Slaney => BREAK_HERTZ * (LOG_STEP * (mel - turn)).exp(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde::Deserialize;
    use tiebreak_media::{Limits, decode_audio};

    use super::*;

    /// What tests/goldens/media_golden.py wrote.
    #[derive(Deserialize)]
    struct Golden {
        every: usize,
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        file: String,
        frames: usize,
        mel: Vec<f32>,
    }

    #[derive(Deserialize)]
    struct Pack {
        audio: AudioInput,
    }

    fn input() -> AudioInput {
        let pack: Pack =
            toml::from_str(include_str!("../../../assets/packs/musicnn/pack.toml")).unwrap();
        assert_eq!(pack.audio.check(), Ok(()));
        pack.audio
    }

    #[test]
    fn frames_are_those_of_librosa() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let golden: Golden =
            serde_json::from_str(include_str!("../tests/goldens/clips.json")).unwrap();
        // At 16 kHz only the spectrogram is compared; the others are resampled first.
        for (file, path, most) in [
            ("golden.flac", "../../assets/packs/musicnn/golden.flac", 2e-5),
            ("clip-44100.flac", "tests/goldens/clip-44100.flac", 2e-5),
            ("03-warm.flac", "../../sample-data/music/03-warm.flac", 2e-5),
        ] {
            let case = golden.cases.iter().find(|case| case.file == file).unwrap();
            let bytes = std::fs::read(root.join(path)).unwrap();
            let clip = decode_audio(&bytes, &Limits::default()).unwrap();
            let frames = input().frames(&MelSpectrogram::new(&input()), &clip);
            assert_eq!(frames.len(), case.frames * 96, "{file}");
            let found = frames.iter().step_by(golden.every);
            let differences = found.zip(&case.mel).map(|(found, mel)| (found - mel).abs());
            let largest = differences.fold(0.0, f32::max);
            println!("{file}: {largest}");
            assert!(largest < most, "{file}: {largest}");
        }
    }

    #[test]
    fn edges_are_mirrored_as_often_as_it_takes() {
        let spectrogram = MelSpectrogram::new(&input());
        let sample = |place| spectrogram.sample(&[1.0, 2.0, 3.0], place);
        let mirrored: Vec<f32> = (-5..6).map(sample).collect();
        assert_eq!(mirrored, [2.0, 1.0, 2.0, 3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0, 2.0]);
        assert_eq!(spectrogram.sample(&[4.0], -7), 4.0);
        assert!(spectrogram.of(&[]).is_empty());
        let silence = spectrogram.of(&[0.0; 700]);
        assert_eq!(silence, vec![0.0; 3 * 96], "log10(1)");
    }
}
