//! Loudness as people hear it: the weighting of ITU-R BS.1770, whose filters are given there for
//! 48 kHz and here for any rate, from the analogue filters behind them.

use std::f64::consts::PI;

use libm::{pow, tan};

use crate::music::sound::Sound;

/// A filter of second order by its coefficients, the first of the denominator being 1.
struct Filter {
    ahead: [f64; 3],
    back: [f64; 2],
}

impl Filter {
    /// Raises what lies above about 1.7 kHz by 4 dB, as a head does.
    fn shelf(rate: f64) -> Self {
        let (k, q) = (tan(PI * 1_681.974 / rate), 0.707_175);
        let high = pow(10.0, 3.999_844 / 20.0);
        let middle = pow(high, 0.499_667);
        let unit = 1.0 + k / q + k * k;
        Self {
            ahead: [
                (high + middle * k / q + k * k) / unit,
                2.0 * (k * k - high) / unit,
                (high - middle * k / q + k * k) / unit,
            ],
            back: [2.0 * (k * k - 1.0) / unit, (1.0 - k / q + k * k) / unit],
        }
    }

    /// Takes away what lies below about 38 Hz.
    fn high_pass(rate: f64) -> Self {
        let (k, q) = (tan(PI * 38.135_47 / rate), 0.500_327);
        let unit = 1.0 + k / q + k * k;
        Self {
            ahead: [1.0, -2.0, 1.0],
            back: [2.0 * (k * k - 1.0) / unit, (1.0 - k / q + k * k) / unit],
        }
    }

    fn apply(&self, signal: &mut [f64]) {
        let (mut first, mut second) = (0.0, 0.0);
        for sample in signal {
            let out = self.ahead[0] * *sample + first;
            first = self.ahead[1] * *sample - self.back[0] * out + second;
            second = self.ahead[2] * *sample - self.back[1] * out;
            *sample = out;
        }
    }
}

/// The mean power of the weighted sound over the stretches that count: those less than 10 dB
/// below the mean of all, both channels together.
pub fn power(sound: &Sound) -> f64 {
    let step = sound.rate as usize * 2 / 5;
    let mut powers = vec![0.0; sound.channels[0].len() / step];
    for channel in &sound.channels {
        let mut signal: Vec<f64> = channel.iter().map(|sample| f64::from(*sample)).collect();
        Filter::shelf(f64::from(sound.rate)).apply(&mut signal);
        Filter::high_pass(f64::from(sound.rate)).apply(&mut signal);
        for (part, power) in powers.iter_mut().enumerate() {
            let stretch = &signal[part * step..(part + 1) * step];
            *power += stretch.iter().map(|s| s * s).sum::<f64>() / step as f64;
        }
    }
    let mean = |powers: &[f64]| powers.iter().sum::<f64>() / powers.len().max(1) as f64;
    let all = mean(&powers);
    powers.retain(|power| *power > 0.1 * all);
    mean(&powers)
}
