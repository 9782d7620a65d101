//! Reverberation after M. R. Schroeder (JAES 10, 1962): parallel combs, then all-passes.

use crate::music::sound::Sound;

/// Delays of the combs and of the all-passes in milliseconds; they share no factor.
const COMBS_MS: [f32; 6] = [29.7, 34.3, 37.1, 41.1, 43.7, 47.9];
const ALL_PASSES_MS: [f32; 3] = [5.0, 1.7, 8.3];

/// The sound in a room: `share` of what is heard has come off the walls.
pub fn room(dry: &Sound, share: f32) -> Sound {
    let mut wet = dry.clone();
    for (side, channel) in wet.channels.iter_mut().enumerate() {
        // The walls are not equally far on both sides.
        let scale = dry.rate as f32 / 1000.0 * (1.0 + 0.023 * side as f32);
        let mut echoes = vec![0.0; channel.len()];
        for delay_ms in COMBS_MS {
            add_comb(channel, &mut echoes, (delay_ms * scale) as usize);
        }
        for delay_ms in ALL_PASSES_MS {
            all_pass(&mut echoes, (delay_ms * scale) as usize);
        }
        for (sample, echo) in channel.iter_mut().zip(echoes) {
            *sample = (1.0 - share) * *sample + share * echo / COMBS_MS.len() as f32 * 2.2;
        }
    }
    wet
}

fn add_comb(dry: &[f32], echoes: &mut [f32], delay: usize) {
    let mut line = vec![0.0; delay.max(1)];
    let mut dull = 0.0;
    for (at, (sample, echo)) in dry.iter().zip(echoes).enumerate() {
        let place = at % line.len();
        let out = line[place];
        // Walls swallow high tones first.
        dull += 0.62 * (out - dull);
        line[place] = sample + 0.8 * dull;
        *echo += out;
    }
}

fn all_pass(signal: &mut [f32], delay: usize) {
    let mut line = vec![0.0; delay.max(1)];
    for (at, sample) in signal.iter_mut().enumerate() {
        let place = at % line.len();
        let out = line[place] - 0.6 * *sample;
        line[place] = *sample + 0.6 * out;
        *sample = out;
    }
}
