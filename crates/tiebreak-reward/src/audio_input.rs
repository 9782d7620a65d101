//! `[audio]` of `pack.toml`: how a clip becomes the patches of a log-mel spectrogram that a graph
//! takes.

use serde::{Deserialize, Serialize};
use tiebreak_media::{Clip, resample};

use crate::mel::MelSpectrogram;
use crate::resampling::kaiser_best;

/// Bounds on what a pack can make us compute.
const LARGEST_FFT: usize = 1 << 16;
const MOST_MELS: usize = 1_024;
const MOST_PATCH_FRAMES: usize = 100_000;
const LONGEST_S: f64 = 1_800.0;
/// Numbers in the frames of a clip, and in its patches, which overlap: 256 MB.
const MOST_NUMBERS: usize = 64_000_000;

/// How a clip becomes the patches that a graph takes, `[patches, frames, mels]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudioInput {
    /// Name of the graph's input.
    pub input: String,
    /// To which rate the mean of a clip's channels is converted, Hz.
    pub sample_rate: u32,
    /// How it is converted.
    pub resample: Resample,
    /// Samples of a frame, all under a periodic Hann window.
    pub fft: usize,
    /// Samples from one frame to the next.
    pub hop: usize,
    /// Bands.
    pub mels: usize,
    /// Lower edge of the lowest band, Hz.
    pub f_min: f64,
    /// Upper edge of the highest band, Hz; at most half the sample rate.
    pub f_max: f64,
    /// The scale on which bands are equally wide.
    pub mel_scale: MelScale,
    /// The height of the bands' triangles.
    pub mel_norm: MelNorm,
    /// The exponent of magnitudes: 1 for magnitudes, 2 for powers.
    pub power: u8,
    /// What is before the first and after the last sample, so that frame n is centred on sample
    /// n * hop.
    pub centre: Centre,
    /// The logarithm taken of `log_gain * band + log_offset`.
    pub log: Log,
    /// See `log`.
    #[serde(default = "one")]
    pub log_gain: f32,
    /// See `log`.
    #[serde(default)]
    pub log_offset: f32,
    /// Frames of a patch.
    pub patch_frames: usize,
    /// Frames from the start of a patch to that of the next. Frames after the last whole patch
    /// do not count.
    pub patch_hop: usize,
    /// What fills the patch of a clip that has fewer frames than one.
    pub short: Short,
    /// How much of a clip is read, from its start, in seconds.
    pub max_seconds: f64,
    /// What becomes of the outputs for the patches.
    #[serde(default)]
    pub aggregation: Aggregation,
}

/// Ways from one sample rate to another. They differ near half the new rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resample {
    /// As librosa up to 0.9 with resampy 0.2: 64 crossings, 94.8 % of the band passes.
    KaiserBest,
    /// As this program plays clips: 48 crossings, 95 % of the band passes.
    Sinc,
}

/// Scales of pitch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MelScale {
    /// Linear to 1 kHz and logarithmic above: M. Slaney, "Auditory Toolbox", 1998.
    Slaney,
    /// 2595 log10(1 + f / 700), as in the HTK book.
    Htk,
}

/// The height of the bands' triangles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MelNorm {
    /// 2 / width in Hz: every triangle has the same area.
    Slaney,
    /// 1.
    None,
}

/// What surrounds the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Centre {
    /// The samples mirrored at the first and at the last.
    Reflect,
    /// Silence.
    Zero,
    /// Nothing: the first frame begins with the first sample.
    None,
}

/// Logarithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Log {
    /// To base 10.
    Log10,
    /// Natural.
    Ln,
    /// None: the sum as it is.
    None,
}

/// What fills the patch of a clip that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Short {
    /// The frames again, from the first on.
    Repeat,
    /// Frames of silence.
    Silence,
}

/// What becomes of the outputs for the patches of a clip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aggregation {
    /// Their mean.
    #[default]
    Mean,
}

fn one() -> f32 {
    1.0
}

impl AudioInput {
    /// What is wrong with the values, if anything: the field and why.
    ///
    /// # Errors
    /// If a size or frequency is out of range, or a number is not finite.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let within = |field: &'static str, value: usize, least: usize, most: usize| {
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err((field, format!("{value} is not within {least} to {most}")))
            }
        };
        if self.input.is_empty() {
            return Err(("input", "is empty".to_owned()));
        }
        within("sample_rate", self.sample_rate as usize, 1_000, 192_000)?;
        within("fft", self.fft, 2, LARGEST_FFT)?;
        within("hop", self.hop, 1, self.fft)?;
        within("mels", self.mels, 1, MOST_MELS)?;
        within("power", self.power.into(), 1, 2)?;
        within("patch_frames", self.patch_frames, 1, MOST_PATCH_FRAMES)?;
        within("patch_hop", self.patch_hop, 1, MOST_PATCH_FRAMES)?;
        let nyquist = f64::from(self.sample_rate) / 2.0;
        if !(self.f_min >= 0.0 && self.f_min < self.f_max && self.f_max <= nyquist) {
            let order =
                format!("{} and {} are not in order up to {nyquist}", self.f_min, self.f_max);
            return Err(("f_max", order));
        }
        if !(self.max_seconds > 0.0 && self.max_seconds <= LONGEST_S) {
            let problem = format!("{} is not above 0 and at most {LONGEST_S}", self.max_seconds);
            return Err(("max_seconds", problem));
        }
        let (frames, patches) = self.largest();
        if frames > MOST_NUMBERS {
            let problem = format!("a clip has {frames} numbers with it, {MOST_NUMBERS} at most");
            return Err(("hop", problem));
        }
        if patches > MOST_NUMBERS {
            let problem = format!(
                "the patches of a clip have {patches} numbers with it, {MOST_NUMBERS} at most"
            );
            return Err(("patch_hop", problem));
        }
        let positive = |number: f32| number.is_finite() && number > 0.0;
        if !positive(self.log_gain) {
            return Err(("log_gain", format!("{} is not above 0 and finite", self.log_gain)));
        }
        // Silence has a logarithm only with an offset.
        if !(positive(self.log_offset) || self.log == Log::None && self.log_offset == 0.0) {
            return Err(("log_offset", format!("{} is not above 0 and finite", self.log_offset)));
        }
        Ok(())
    }

    /// How many numbers the frames of the longest clip that is read have, and its patches.
    fn largest(&self) -> (usize, usize) {
        let samples = (self.max_seconds * f64::from(self.sample_rate)).ceil() as usize;
        let frames = samples / self.hop + 2;
        let patches = frames.saturating_sub(self.patch_frames) / self.patch_hop + 1;
        let numbers = patches.saturating_mul(self.patch_frames).saturating_mul(self.mels);
        (frames.saturating_mul(self.mels), numbers)
    }

    /// The tensor's dimensions for `batch` patches.
    pub(crate) fn shape(&self, batch: usize) -> Vec<usize> {
        vec![batch, self.patch_frames, self.mels]
    }

    /// The patches of a clip, one after the other, at least one.
    pub(crate) fn patches(&self, spectrogram: &MelSpectrogram, clip: &Clip) -> Vec<f32> {
        self.cut(&self.frames(spectrogram, clip))
    }

    /// The frames of a clip, `[frames, mels]`.
    pub(crate) fn frames(&self, spectrogram: &MelSpectrogram, clip: &Clip) -> Vec<f32> {
        let (mono, from, to) = (mono(clip), clip.sample_rate, self.sample_rate);
        spectrogram.of(&match self.resample {
            Resample::KaiserBest => kaiser_best(&mono, from, to),
            Resample::Sinc => resample(&mono, from, to),
        })
    }

    fn cut(&self, frames: &[f32]) -> Vec<f32> {
        let whole = self.patch_frames * self.mels;
        if frames.len() < whole {
            return match self.short {
                Short::Repeat if !frames.is_empty() => {
                    frames.iter().copied().cycle().take(whole).collect()
                }
                _ => {
                    let silence = self.log.of(self.log_offset);
                    let mut patch = frames.to_vec();
                    patch.resize(whole, silence);
                    patch
                }
            };
        }
        frames.windows(whole).step_by(self.patch_hop * self.mels).flatten().copied().collect()
    }
}

impl Log {
    /// The logarithm of one number.
    pub(crate) fn of(self, value: f32) -> f32 {
        match self {
            Self::Log10 => value.log10(),
            Self::Ln => value.ln(),
            Self::None => value,
        }
    }
}

/// The mean of the channels.
fn mono(clip: &Clip) -> Vec<f32> {
    let Some((first, others)) = clip.samples.split_first() else { return Vec::new() };
    let mut sum = first.clone();
    for channel in others {
        sum.iter_mut().zip(channel).for_each(|(sum, sample)| *sum += sample);
    }
    let share = 1.0 / clip.channels() as f32;
    sum.iter_mut().for_each(|sample| *sample *= share);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The input of a pack of ours: 20 patches of a minute.
    fn input(change: impl Fn(&mut AudioInput)) -> AudioInput {
        let pack = include_str!("../../../assets/packs/musicnn/pack.toml");
        let mut pack: toml::Table = pack.parse().unwrap();
        let mut input: AudioInput = pack.remove("audio").unwrap().try_into().unwrap();
        change(&mut input);
        input
    }

    #[test]
    fn what_a_clip_becomes_is_bounded() {
        assert_eq!(input(|_| ()).largest(), (3752 * 96, 20 * 187 * 96));
        type Change = fn(&mut AudioInput);
        let cases: [(&str, Change, Option<&str>); 6] = [
            ("as it is", |_| (), None),
            ("half overlapping", |input| input.patch_hop = 93, None),
            ("at every frame", |input| input.patch_hop = 1, Some("patch_hop")),
            ("a frame a sample", |input| input.hop = 1, Some("hop")),
            ("one patch of all", |input| input.patch_frames = 100_000, None),
            (
                "half an hour at the most of all",
                |input| {
                    (input.max_seconds, input.patch_frames, input.mels) = (1_800.0, 90_000, 1_024);
                },
                Some("hop"),
            ),
        ];
        for (case, change, field) in cases {
            let found = input(change).check().err().map(|(field, _)| field);
            assert_eq!(found, field, "{case}");
        }
    }
}
