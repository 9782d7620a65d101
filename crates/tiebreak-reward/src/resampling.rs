//! From one sample rate to another as resampy 0.2 does by `kaiser_best`, which librosa up to 0.9
//! loads files with: a sinc of 64 zero crossings under a Kaiser window.
//!
//! Models hear the difference: what lies near half the new rate decides the highest bands.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// Zero crossings on either side, the window's shape, and the share of the band that passes.
const CROSSINGS: f64 = 64.0;
const BETA: f64 = 14.769_656_459_379_492;
const ROLLOFF: f64 = 0.947_593_716_739_959_6;
/// Points of the filter's table from one crossing to the next; between them it is a line. Steps
/// through it are whole, so a reduction shifts the filter a little: part of how it sounds.
const TABLE: f64 = 512.0;
/// One side of the filter.
static FILTER: LazyLock<Vec<f64>> = LazyLock::new(|| {
    (0..=(CROSSINGS * TABLE) as usize).map(|point| window(point as f64 / TABLE)).collect()
});
/// Most phases that are tabulated; between those of odd ratios the taps are interpolated.
const PHASES: u64 = 2_048;

/// Converts from rate `from` to rate `to` (Hz). The result has `samples * to / from` samples,
/// rounded up, the last one silent where that is not whole. A rate of 0 gives none.
pub(crate) fn kaiser_best(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to {
        return samples.to_vec();
    }
    if from == 0 || to == 0 {
        return Vec::new();
    }
    let divisor = gcd(from.into(), to.into());
    let (step, phases) = (u64::from(from) / divisor, u64::from(to) / divisor);
    let ratio = f64::from(to) / f64::from(from);
    let filter = Filter::new(ratio, phases);
    let length = samples.len() as u64 * phases;
    // Added up in floating point, times that are whole may come out below: the sample there is
    // then the first after them, and the whole steps fall on the other side.
    let mut added = 0.0_f64;
    let mut result: Vec<f32> = (0..length / step)
        .map(|number| {
            let time = number * step;
            let (place, phase) = (time / phases, time % phases);
            let is_below = phase == 0 && place > 0 && added < place as f64;
            added += 1.0 / ratio;
            match is_below {
                true => filter.at(samples, place as usize - 1, phases),
                false => filter.at(samples, place as usize, phase),
            }
        })
        .collect();
    result.resize(length.div_ceil(step) as usize, 0.0);
    result
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Taps for each phase between two samples.
struct Filter {
    /// Taps up to the sample at or before the wanted time, and as many after it.
    half: usize,
    tabulated: u64,
    phases: u64,
    taps: Vec<f32>,
}

impl Filter {
    fn new(ratio: f64, phases: u64) -> Self {
        let scale = ratio.min(1.0);
        let step = (scale * TABLE).floor().max(1.0) / TABLE;
        let half = (CROSSINGS / step).ceil() as usize + 1;
        let tabulated = phases.min(PHASES);
        let mut taps = Vec::with_capacity((tabulated as usize + 1) * 2 * half);
        for phase in 0..=tabulated {
            let after = scale * phase as f64 / tabulated as f64;
            let left = (0..half).rev().map(|tap| after + tap as f64 * step);
            let right = (0..half).map(|tap| scale - after + tap as f64 * step);
            taps.extend(left.chain(right).map(|x| (scale * tap(x)) as f32));
        }
        Self { half, tabulated, phases, taps }
    }

    /// The signal at `phase` / `phases` of the way from sample `place` to the next.
    fn at(&self, samples: &[f32], place: usize, phase: u64) -> f32 {
        let scaled = phase * self.tabulated;
        let (set, rest) = ((scaled / self.phases) as usize, scaled % self.phases);
        let near = self.convolve(samples, place, set);
        if rest == 0 {
            return near;
        }
        let share = rest as f32 / self.phases as f32;
        near + share * (self.convolve(samples, place, set + 1) - near)
    }

    fn convolve(&self, samples: &[f32], place: usize, set: usize) -> f32 {
        let taps = &self.taps[set * 2 * self.half..(set + 1) * 2 * self.half];
        // Before the start and after the end is silence.
        let skipped = (self.half - 1).saturating_sub(place);
        let start = (place + 1 + skipped) - self.half;
        let (taps, samples) = (&taps[skipped..], samples.get(start..).unwrap_or_default());
        // Sixteen sums side by side, which the processor adds at once.
        let mut sums = [0.0_f32; 16];
        let count = taps.len().min(samples.len());
        let (tap_blocks, tap_rest) = taps[..count].as_chunks::<16>();
        let (blocks, rest) = samples[..count].as_chunks::<16>();
        for (taps, samples) in tap_blocks.iter().zip(blocks) {
            for lane in 0..16 {
                sums[lane] += taps[lane] * samples[lane];
            }
        }
        let tail: f32 = tap_rest.iter().zip(rest).map(|(tap, sample)| tap * sample).sum();
        sums.iter().sum::<f32>() + tail
    }
}

/// The filter at `x` crossings from its middle, by the table.
fn tap(x: f64) -> f64 {
    let point = x * TABLE;
    match FILTER.get(point as usize..) {
        Some([near, next, ..]) => near + point.fract() * (next - near),
        _ => 0.0,
    }
}

/// The filter as it is defined, up to the last crossing.
fn window(x: f64) -> f64 {
    let angle = PI * ROLLOFF * x;
    let sinc = if angle == 0.0 { 1.0 } else { angle.sin() / angle };
    let share = x / CROSSINGS;
    ROLLOFF * sinc * bessel(BETA * (1.0 - share * share).sqrt()) / bessel(BETA)
}

/// The modified Bessel function of the first kind and order 0, by its power series.
fn bessel(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..60 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f64, rate: u32, seconds: f64) -> Vec<f32> {
        let frames = (f64::from(rate) * seconds) as usize;
        (0..frames).map(|n| (2.0 * PI * hertz * n as f64 / f64::from(rate)).sin() as f32).collect()
    }

    #[test]
    fn a_tone_stays_where_it_was_and_what_does_not_fit_is_gone() {
        for (from, to) in [(44_100, 16_000), (48_000, 16_000), (8_000, 16_000), (44_101, 16_000)] {
            let found = kaiser_best(&tone(997.0, from, 0.3), from, to);
            let expected = tone(997.0, to, 0.3);
            assert!(found.len().abs_diff(expected.len()) <= 1, "{from} to {to}");
            for place in 400..expected.len() - 400 {
                // The whole steps through the table change the gain by up to one in 185.
                let error = (found[place] - expected[place]).abs();
                assert!(error < 6e-3, "{from} to {to}: {error} at {place}");
            }
        }
        let high = kaiser_best(&tone(9_000.0, 44_100, 0.3), 44_100, 16_000);
        let loudest = high[500..high.len() - 500].iter().fold(0.0_f32, |most, s| most.max(s.abs()));
        assert!(loudest < 1e-3, "{loudest}");
    }

    #[test]
    fn odd_input_is_harmless() {
        assert!(kaiser_best(&[], 44_100, 16_000).is_empty());
        assert!(kaiser_best(&[1.0], 0, 16_000).is_empty());
        assert_eq!(kaiser_best(&[0.25, 0.5], 16_000, 16_000), [0.25, 0.5]);
        assert_eq!(kaiser_best(&[1.0], 44_100, 16_000), [0.0]);
        assert_eq!(kaiser_best(&[1.0], 1, 3).len(), 3);
    }
}
