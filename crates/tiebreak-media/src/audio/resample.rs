//! From one sample rate to another.

use std::f64::consts::PI;

/// Zero crossings of the sinc on either side.
const CROSSINGS: f64 = 48.0;

/// Shape of the Kaiser window: about 90 dB of stop band.
const BETA: f64 = 9.0;

/// Share of the narrower band that passes; the rest is the slope.
const PASS: f64 = 0.95;

/// Most phases that are tabulated; between those of odd ratios the taps are interpolated.
const PHASES: u64 = 2_048;

/// Converts samples from rate `from` to rate `to` (Hz), without delay: sample `n` of the result
/// is at the time n / `to`. The result has `samples * to / from` samples, rounded up. A rate of 0
/// gives none.
///
/// A sinc windowed by Kaiser, one set of taps for each phase, normalised to unit gain (Smith,
/// "Digital Audio Resampling", 2002; Kaiser's window as in Oppenheim and Schafer, 7.5.3).
pub fn resample(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to {
        return samples.to_vec();
    }
    if from == 0 || to == 0 {
        return Vec::new();
    }
    let divisor = gcd(u64::from(from), u64::from(to));
    let (step, phases) = (u64::from(from) / divisor, u64::from(to) / divisor);
    let length = (samples.len() as u64 * phases).div_ceil(step);
    let bank = Bank::new(f64::from(to) / f64::from(from), phases);
    (0..length)
        .map(|place| {
            let time = place * step;
            bank.at(samples, (time / phases) as usize, time % phases)
        })
        .collect()
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Taps for each phase between two samples.
struct Bank {
    /// Taps before, and after, the sample at or before the wanted time.
    half: usize,
    /// Phases tabulated, one more set than these for interpolation.
    tabulated: u64,
    phases: u64,
    taps: Vec<f32>,
}

impl Bank {
    fn new(ratio: f64, phases: u64) -> Self {
        let band = ratio.min(1.0) * PASS;
        let half = (CROSSINGS / band).ceil();
        let tabulated = phases.min(PHASES);
        let mut taps = Vec::new();
        for phase in 0..=tabulated {
            let offset = phase as f64 / tabulated as f64;
            let set: Vec<f64> = (0..2 * half as usize)
                .map(|tap| {
                    let distance = tap as f64 - (half - 1.0) - offset;
                    sinc(band * distance) * kaiser(distance / half)
                })
                .collect();
            let sum: f64 = set.iter().sum();
            taps.extend(set.iter().map(|tap| (tap / sum) as f32));
        }
        Self { half: half as usize, tabulated, phases, taps }
    }

    /// The signal at `phase` / `phases` of the way from sample `place` to the next.
    fn at(&self, samples: &[f32], place: usize, phase: u64) -> f32 {
        let scaled = phase * self.tabulated;
        let (set, rest) = (scaled / self.phases, scaled % self.phases);
        let near = self.convolve(samples, place, set as usize);
        if rest == 0 {
            return near;
        }
        let share = rest as f32 / self.phases as f32;
        near + share * (self.convolve(samples, place, set as usize + 1) - near)
    }

    fn convolve(&self, samples: &[f32], place: usize, set: usize) -> f32 {
        let taps = &self.taps[set * 2 * self.half..(set + 1) * 2 * self.half];
        // Before the start and after the end is silence.
        let skipped = (self.half - 1).saturating_sub(place);
        let start = (place + skipped + 1).saturating_sub(self.half);
        let (taps, samples) = (&taps[skipped..], samples.get(start..).unwrap_or_default());
        // Eight sums side by side, which the processor adds at once.
        let mut sums = [0.0_f32; 8];
        let count = taps.len().min(samples.len());
        let (tap_blocks, tap_rest) = taps[..count].as_chunks::<8>();
        let (blocks, rest) = samples[..count].as_chunks::<8>();
        for (taps, samples) in tap_blocks.iter().zip(blocks) {
            for lane in 0..8 {
                sums[lane] += taps[lane] * samples[lane];
            }
        }
        let tail: f32 = tap_rest.iter().zip(rest).map(|(tap, sample)| tap * sample).sum();
        sums.iter().sum::<f32>() + tail
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// 1 in the middle, near 0 at -1 and 1, 0 outside.
fn kaiser(x: f64) -> f64 {
    if x.abs() >= 1.0 { 0.0 } else { bessel(BETA * (1.0 - x * x).sqrt()) / bessel(BETA) }
}

/// The modified Bessel function of the first kind and order 0, by its power series.
fn bessel(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(frequency: f64, rate: u32, seconds: f64) -> Vec<f32> {
        let frames = (f64::from(rate) * seconds) as usize;
        (0..frames)
            .map(|frame| (2.0 * PI * frequency * frame as f64 / f64::from(rate)).sin() as f32)
            .collect()
    }

    #[test]
    fn a_tone_stays_where_it_was_at_every_rate() {
        for (from, to) in [
            (44_100, 48_000),
            (48_000, 44_100),
            (96_000, 48_000),
            (22_050, 48_000),
            (44_100, 47_999),
        ] {
            let converted = resample(&tone(997.0, from, 0.5), from, to);
            let expected = tone(997.0, to, 0.5);
            assert!(converted.len().abs_diff(expected.len()) <= 1, "{from} to {to}");
            let edge = to as usize / 100;
            let inner = edge..expected.len() - edge;
            for place in inner {
                let error = (converted[place] - expected[place]).abs();
                assert!(error < 1e-4, "{from} to {to}: {error} at {place}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_filtered_and_odd_input_is_harmless() {
        let high = resample(&tone(30_000.0, 96_000, 0.2), 96_000, 44_100);
        let loudest = high[500..high.len() - 500].iter().fold(0.0_f32, |max, s| max.max(s.abs()));
        assert!(loudest < 1e-4, "a tone above the band is gone: {loudest}");
        assert!(resample(&[], 44_100, 48_000).is_empty());
        assert!(resample(&[1.0], 0, 48_000).is_empty());
        assert_eq!(resample(&[0.25, 0.5], 48_000, 48_000), [0.25, 0.5]);
        assert_eq!(resample(&[1.0], 1, 3).len(), 3);
    }
}
