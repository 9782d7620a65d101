//! The plainer synthesiser: bare squares and saws with aliases, notes that switch on and off,
//! exact timing, no room.

use libm::powf;

use crate::music::compose::{Score, Voice};
use crate::music::sound::Sound;
use crate::random::Random;

/// Plays a score up to its last beat.
pub fn play(score: &Score, rate: u32, seed: u64) -> Sound {
    let mut random = Random::new(seed);
    let beat_s = 60.0 / score.tempo;
    let mut sound = Sound::silence(rate, score.beats * beat_s);
    let per_second = rate as f32;
    for note in &score.notes {
        let first = (note.start * beat_s * per_second) as usize;
        let held = match note.voice {
            Voice::Kick => 0.1,
            Voice::Snare => 0.09,
            Voice::Hat => 0.03,
            _ => note.length * beat_s * 0.92,
        };
        let frequency = match note.voice {
            Voice::Kick => 70.0,
            _ => 440.0 * powf(2.0, (note.pitch as f32 - 69.0) / 12.0),
        };
        let last = (first + (held * per_second) as usize).min(sound.channels[0].len());
        let mut phase = 0.0_f32;
        for at in first..last {
            phase = (phase + frequency / per_second).fract();
            let square = if phase < 0.5 { 1.0 } else { -1.0 };
            let saw = 2.0 * phase - 1.0;
            let left = 1.0 - (at - first) as f32 / (last - first) as f32;
            let value = match note.voice {
                Voice::Pad | Voice::Brass => 0.1 * saw,
                Voice::Pluck => 0.13 * square * (0.4 + 0.6 * left),
                Voice::Bell => 0.14 * triangle(phase) * left,
                Voice::Lead | Voice::Chip => 0.11 * square,
                Voice::Bass => 0.2 * triangle(phase),
                Voice::Kick => 0.4 * square * left,
                Voice::Snare => 0.2 * random.between(-1.0, 1.0) * left,
                Voice::Hat => 0.1 * random.between(-1.0, 1.0),
            };
            // Each instrument on one side or in the middle.
            let sides = match note.voice {
                Voice::Pluck | Voice::Brass => [1.0, 0.5],
                Voice::Chip | Voice::Hat => [0.5, 1.0],
                _ => [0.8, 0.8],
            };
            for (channel, side) in sound.channels.iter_mut().zip(sides) {
                channel[at] += value * side * note.velocity;
            }
        }
    }
    sound
}

fn triangle(phase: f32) -> f32 {
    4.0 * (phase - 0.5).abs() - 1.0
}
