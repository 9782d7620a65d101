//! The warmer synthesiser: sums of partials below half the sample rate, envelopes, darker tone as
//! notes fade, slight detuning, a player's timing, and a room.

use std::f32::consts::TAU;

use libm::{expf, powf, sinf};

use crate::music::compose::{Note, Score, Voice};
use crate::music::room::room;
use crate::music::sound::Sound;
use crate::random::Random;

/// How an instrument sounds.
struct Timbre {
    /// The partials' strength falls with this power of their number.
    falloff: f32,
    /// The strength of even partials, 0 to 1.
    even: f32,
    /// Seconds until full loudness.
    attack: f32,
    /// Seconds until a third is left; 0 for a held sound.
    decay: f32,
    /// Seconds of fading after the key is let go.
    release: f32,
    /// Copies, each a little out of tune.
    copies: u8,
    /// Their spread in cents.
    spread: f32,
    /// Depth of vibrato in cents.
    vibrato: f32,
    /// Partials out of harmony, as in metal.
    stretch: f32,
    level: f32,
}

const HELD: Timbre = Timbre {
    falloff: 1.5,
    even: 0.9,
    attack: 0.02,
    decay: 0.0,
    release: 0.12,
    copies: 1,
    spread: 0.0,
    vibrato: 0.0,
    stretch: 0.0,
    level: 0.2,
};

fn timbre(voice: Voice) -> Timbre {
    match voice {
        Voice::Pad => Timbre {
            falloff: 1.7,
            attack: 0.28,
            release: 0.55,
            copies: 3,
            spread: 9.0,
            vibrato: 5.0,
            level: 0.13,
            ..HELD
        },
        Voice::Pluck => Timbre {
            falloff: 1.45,
            attack: 0.004,
            decay: 0.75,
            release: 0.3,
            copies: 2,
            spread: 2.5,
            stretch: 0.0004,
            level: 0.3,
            ..HELD
        },
        Voice::Bell => Timbre {
            falloff: 1.9,
            even: 0.5,
            attack: 0.002,
            decay: 0.9,
            release: 0.9,
            stretch: 0.006,
            level: 0.26,
            ..HELD
        },
        Voice::Lead => Timbre {
            falloff: 2.1,
            even: 0.5,
            attack: 0.05,
            release: 0.14,
            vibrato: 14.0,
            level: 0.24,
            ..HELD
        },
        Voice::Brass => Timbre {
            falloff: 1.15,
            attack: 0.045,
            release: 0.1,
            copies: 2,
            spread: 6.0,
            vibrato: 4.0,
            level: 0.15,
            ..HELD
        },
        Voice::Chip => Timbre {
            falloff: 1.25,
            even: 0.15,
            attack: 0.004,
            decay: 0.5,
            release: 0.06,
            copies: 2,
            spread: 7.0,
            level: 0.16,
            ..HELD
        },
        _ => Timbre { falloff: 1.9, attack: 0.008, decay: 0.9, release: 0.09, level: 0.34, ..HELD },
    }
}

/// Plays a score. What still sounds after the last note is kept.
pub fn play(score: &Score, rate: u32, seed: u64) -> Sound {
    let mut random = Random::new(seed);
    let beat_s = 60.0 / score.tempo;
    let mut dry = Sound::silence(rate, score.beats * beat_s + 1.3);
    for note in &score.notes {
        let late = random.between(-0.011, 0.013);
        let human = Note { velocity: note.velocity * random.between(0.86, 1.08), ..*note };
        let start_s = (note.start * beat_s + late).max(0.0) + 0.02;
        match note.voice {
            Voice::Kick | Voice::Snare | Voice::Hat => drum(&mut dry, &human, start_s, &mut random),
            _ => tone(&mut dry, &human, start_s, note.length * beat_s, &mut random),
        }
    }
    let mut sound = room(&dry, 0.22);
    fade_out(&mut sound);
    sound
}

fn fade_out(sound: &mut Sound) {
    let fade = (sound.rate as f32 * 0.7) as usize;
    for channel in &mut sound.channels {
        let length = channel.len();
        for (at, sample) in channel.iter_mut().enumerate().skip(length.saturating_sub(fade)) {
            let left = (length - at) as f32 / fade as f32;
            *sample *= left * left;
        }
    }
}

/// One period of a tone, from partials that the rate can carry.
fn period(timbre: &Timbre, frequency: f32, rate: f32, darker: f32, sine: &[f32]) -> Vec<f32> {
    let highest = ((0.42 * rate / frequency) as usize).clamp(1, 40);
    let mut table = vec![0.0; sine.len()];
    for partial in 1..=highest {
        let even = if partial % 2 == 0 { timbre.even } else { 1.0 };
        let strength = even * powf(partial as f32, -timbre.falloff - darker);
        for (at, value) in table.iter_mut().enumerate() {
            *value += strength * sine[at * partial % sine.len()];
        }
    }
    table
}

/// The value of a period at a phase from 0 to 1.
fn within(table: &[f32], phase: f32) -> f32 {
    let place = phase * table.len() as f32;
    let index = place as usize % table.len();
    let next = table[(index + 1) % table.len()];
    table[index] + (next - table[index]) * place.fract()
}

/// What is left of a sound after each sample if a third is left after some seconds.
fn falling(seconds: f32, rate: f32) -> f32 {
    if seconds > 0.0 { expf(-1.0 / (seconds * rate)) } else { 1.0 }
}

fn tone(sound: &mut Sound, note: &Note, start_s: f32, held_s: f32, random: &mut Random) {
    let timbre = timbre(note.voice);
    let rate = sound.rate as f32;
    let frequency = 440.0 * powf(2.0, (note.pitch as f32 - 69.0) / 12.0);
    let sine: Vec<f32> = (0..1024).map(|at| sinf(TAU * at as f32 / 1024.0)).collect();
    // Softer notes are darker.
    let bright = period(&timbre, frequency, rate, 0.35 * (1.0 - note.velocity), &sine);
    let dark = period(&timbre, frequency, rate, 1.1, &sine);
    let place = if note.voice == Voice::Bass { 0.0 } else { 0.5 * sinf(note.pitch as f32 * 1.7) };
    let first = (start_s * rate) as usize;
    let end =
        (first + ((held_s + timbre.release * 3.0) * rate) as usize).min(sound.channels[0].len());
    let [decay_step, colour_step, release_step] =
        [timbre.decay, 0.5 * timbre.decay, timbre.release].map(|seconds| falling(seconds, rate));
    for copy in 0..timbre.copies {
        let spread = match timbre.copies {
            1 => 0.0,
            copies => f32::from(copy) / f32::from(copies - 1) - 0.5,
        };
        let detuned = frequency
            * powf(2.0, timbre.spread * spread / 1200.0)
            * (1.0 + timbre.stretch * random.unit());
        let pan = (place + 0.6 * spread).clamp(-0.9, 0.9);
        let gains = [(0.5 * (1.0 - pan)).sqrt(), (0.5 * (1.0 + pan)).sqrt()];
        let level = timbre.level * note.velocity / f32::from(timbre.copies).sqrt();
        let (mut phase, mut wobble) = (random.unit(), random.unit());
        let (mut decay, mut colour, mut release) = (1.0, 1.0, 1.0);
        for at in first..end {
            let time = (at - first) as f32 / rate;
            let attack = (time / timbre.attack).min(1.0);
            decay *= decay_step;
            colour *= colour_step;
            if time > held_s {
                release *= release_step;
            }
            wobble = (wobble + 5.3 / rate).fract();
            // A cent is a ratio of 1.0005778; the vibrato sets in slowly.
            let cents = timbre.vibrato * (time / 0.5).min(1.0) * within(&sine, wobble);
            phase = (phase + detuned * (1.0 + cents * 0.000_577_8) / rate).fract();
            let share = if timbre.decay > 0.0 { colour } else { attack };
            let from = within(&dark, phase);
            let value = from + (within(&bright, phase) - from) * share;
            let envelope = attack * attack * (3.0 - 2.0 * attack) * decay * release;
            for (channel, gain) in sound.channels.iter_mut().zip(gains) {
                channel[at] += level * envelope * gain * value;
            }
        }
    }
}

fn drum(sound: &mut Sound, note: &Note, start_s: f32, random: &mut Random) {
    let rate = sound.rate as f32;
    let first = (start_s * rate) as usize;
    let seconds = match note.voice {
        Voice::Kick => 0.35,
        Voice::Snare => 0.22,
        _ => 0.09,
    };
    let pan = if note.voice == Voice::Hat { 0.25 } else { 0.0 };
    let (mut phase, mut low, mut previous) = (0.0_f32, 0.0_f32, 0.0_f32);
    for at in 0..(seconds * rate) as usize {
        let out = first + at;
        if out >= sound.channels[0].len() {
            break;
        }
        let time = at as f32 / rate;
        let noise = random.between(-1.0, 1.0);
        let value = match note.voice {
            Voice::Kick => {
                phase = (phase + (46.0 + 130.0 * expf(-time / 0.028)) / rate).fract();
                0.62 * sinf(TAU * phase) * expf(-time / 0.11) + 0.08 * noise * expf(-time / 0.004)
            }
            Voice::Snare => {
                phase = (phase + 185.0 / rate).fract();
                low += 0.55 * (noise - low);
                0.2 * sinf(TAU * phase) * expf(-time / 0.05) + 0.3 * low * expf(-time / 0.075)
            }
            _ => {
                let high = noise - previous;
                previous = noise;
                0.13 * high * expf(-time / 0.022)
            }
        };
        for (channel, side) in sound.channels.iter_mut().zip([1.0 - pan, 1.0 + pan]) {
            channel[out] += value * note.velocity * side;
        }
    }
}
