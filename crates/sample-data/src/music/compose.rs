//! From a brief to notes: one chord a bar, a bass, a pattern for the style, and a melody that
//! walks along the scale and meets the chord on strong beats.

use crate::music::brief::{Brief, Style};
use crate::random::Random;

/// Notes and how fast they go.
pub struct Score {
    /// In no order.
    pub notes: Vec<Note>,
    /// Beats a minute.
    pub tempo: f32,
    /// The length in beats, without what still sounds after.
    pub beats: f32,
}

/// One note.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    /// Who plays it.
    pub voice: Voice,
    /// When it begins, in beats.
    pub start: f32,
    /// How long it is held, in beats.
    pub length: f32,
    /// MIDI number.
    pub pitch: i32,
    /// Loudness, 0 to 1.
    pub velocity: f32,
}

/// An instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Bowed or held sound.
    Pad,
    /// Struck or plucked strings.
    Pluck,
    /// Metal.
    Bell,
    /// A melody instrument.
    Lead,
    /// Brass.
    Brass,
    /// A square wave.
    Chip,
    /// Low.
    Bass,
    /// Bass drum.
    Kick,
    /// Snare drum.
    Snare,
    /// Cymbals.
    Hat,
}

/// Writes a piece of 6 to 9 seconds.
pub fn compose(brief: &Brief, seed: u64) -> Score {
    let mut random = Random::new(seed);
    let metre = brief.metre() as f32;
    let bar_s = metre * 60.0 / brief.tempo as f32;
    let bars = ((7.6 / bar_s).round() as usize).clamp(2, 8);
    let progressions = brief.mode.progressions();
    let progression = progressions[random.below(progressions.len())];
    let mut writer = Writer { brief, notes: Vec::new(), random };
    // In slow held music a chord for a whole bar would be one or two in all.
    let halves = matches!(brief.style, Style::Strings | Style::Ambient);
    let parts = if halves { 2 } else { 1 };
    let mut step = 7;
    for bar in 0..bars {
        let last = bar + 1 == bars;
        let start = bar as f32 * metre;
        let chord_at = |part: usize| match (last, part + 1 == parts) {
            (true, true) => 0,
            _ => progression[(bar * parts + part) % 4],
        };
        for part in 0..parts {
            let length = metre / parts as f32;
            let ends = last && part + 1 == parts;
            writer.accompany(start + part as f32 * length, length, chord_at(part), ends);
        }
        step = writer.melody(start, chord_at(0), step, last);
    }
    Score { notes: writer.notes, tempo: brief.tempo as f32, beats: bars as f32 * metre }
}

struct Writer<'a> {
    brief: &'a Brief,
    notes: Vec<Note>,
    random: Random,
}

impl Writer<'_> {
    /// The pitch of a step of the scale, any octave.
    fn pitch(&self, step: i32) -> i32 {
        let steps = self.brief.mode.steps();
        self.brief.key + 12 * step.div_euclid(7) + steps[step.rem_euclid(7) as usize]
    }

    fn note(&mut self, voice: Voice, start: f32, length: f32, pitch: i32, velocity: f32) {
        self.notes.push(Note { voice, start, length, pitch, velocity });
    }

    /// The three notes of a chord around an octave.
    fn chord(&self, root: i32, octave: i32) -> [i32; 3] {
        let base = if root > 3 { root - 7 } else { root };
        [0, 2, 4].map(|third| self.pitch(base + third) + 12 * octave)
    }

    fn beat(&mut self, voice: Voice, times: &[f32], start: f32, velocity: f32) {
        for time in times {
            self.note(voice, start + time, 0.25, 60, velocity);
        }
    }

    /// One chord for `metre` beats, in the style's pattern.
    fn accompany(&mut self, start: f32, metre: f32, root: i32, last: bool) {
        let chord = self.chord(root, 0);
        let low = self.chord(root, -1)[0] - if self.brief.key > 58 { 12 } else { 0 };
        let held = if last { metre } else { metre * 0.98 };
        match self.brief.style {
            Style::Strings | Style::Ambient => {
                for pitch in chord {
                    self.note(Voice::Pad, start, held, pitch, 0.55);
                }
                self.note(Voice::Pad, start, held, low, 0.6);
            }
            Style::Piano => {
                self.note(Voice::Pluck, start, held, low, 0.6);
                let figure = [chord[0], chord[1], chord[2], chord[1]];
                for eighth in 0..(metre as usize * 2) {
                    let (at, pitch) = (start + eighth as f32 * 0.5, figure[eighth % 4]);
                    if !(last && eighth > 2) {
                        self.note(Voice::Pluck, at, 0.9, pitch, 0.38);
                    }
                }
            }
            Style::MusicBox => {
                for (place, pitch) in
                    [chord[0], chord[2], chord[1], chord[2]].into_iter().enumerate()
                {
                    if !(last && place > 1) {
                        self.note(Voice::Bell, start + place as f32, 1.0, pitch + 12, 0.35);
                    }
                }
            }
            Style::LoFi => {
                for pitch in chord.into_iter().chain([self.pitch(root + 6)]) {
                    self.note(Voice::Pluck, start, 1.8, pitch, 0.4);
                    self.note(Voice::Pluck, start + 2.5, 1.0, pitch, 0.3);
                }
                self.note(Voice::Bass, start, 1.4, low, 0.7);
                self.note(Voice::Bass, start + 2.5, 0.9, low, 0.55);
                self.beat(Voice::Kick, &[0.0, 1.75, 2.5], start, 0.8);
                self.beat(Voice::Snare, &[1.0, 3.0], start, 0.5);
                self.beat(Voice::Hat, &[0.0, 0.55, 1.0, 1.55, 2.0, 2.55, 3.0, 3.55], start, 0.25);
            }
            Style::Bossa => {
                for time in [0.0, 1.5, 3.0] {
                    for pitch in chord {
                        self.note(Voice::Pluck, start + time, 0.6, pitch, 0.4);
                    }
                }
                self.note(Voice::Bass, start, 1.4, low, 0.6);
                self.note(Voice::Bass, start + 2.0, 1.4, low + 7, 0.55);
                self.beat(Voice::Hat, &[0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5], start, 0.2);
                self.beat(Voice::Snare, &[0.0, 1.5, 3.0], start, 0.18);
            }
            Style::Waltz => {
                self.note(Voice::Bass, start, 0.9, low, 0.65);
                for time in [1.0, 2.0] {
                    for pitch in chord {
                        self.note(Voice::Pluck, start + time, 0.5, pitch, 0.36);
                    }
                }
                for pitch in chord {
                    self.note(Voice::Pad, start, held, pitch, 0.2);
                }
            }
            Style::Chiptune => {
                for sixteenth in 0..16_usize {
                    let at = start + sixteenth as f32 * 0.25;
                    self.note(Voice::Chip, at, 0.22, chord[sixteenth % 3] + 12, 0.28);
                }
                for eighth in 0..8_usize {
                    let octave = if eighth % 2 == 0 { 0 } else { 12 };
                    self.note(Voice::Bass, start + eighth as f32 * 0.5, 0.4, low + octave, 0.6);
                }
                self.beat(Voice::Kick, &[0.0, 2.0], start, 0.7);
                self.beat(Voice::Snare, &[1.0, 3.0], start, 0.5);
            }
            Style::Techno => {
                self.beat(Voice::Kick, &[0.0, 1.0, 2.0, 3.0], start, 1.0);
                self.beat(Voice::Hat, &[0.5, 1.5, 2.5, 3.5], start, 0.4);
                self.beat(Voice::Snare, &[1.0, 3.0], start, 0.35);
                for time in [0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2.25, 2.5, 2.75, 3.25, 3.5, 3.75] {
                    self.note(Voice::Bass, start + time, 0.2, low, 0.6);
                }
                for pitch in chord {
                    for time in [0.75, 2.25] {
                        self.note(Voice::Chip, start + time, 0.3, pitch, 0.25);
                    }
                    self.note(Voice::Pad, start, held, pitch, 0.22);
                }
            }
            Style::March => {
                for time in [0.0, 2.0] {
                    self.note(
                        Voice::Bass,
                        start + time,
                        0.7,
                        low + if time > 1.0 { 7 } else { 0 },
                        0.65,
                    );
                }
                for time in [1.0, 3.0] {
                    for pitch in chord {
                        self.note(Voice::Brass, start + time, 0.4, pitch, 0.32);
                    }
                }
                self.beat(
                    Voice::Snare,
                    &[0.0, 0.5, 0.75, 1.0, 2.0, 2.5, 2.75, 3.0, 3.25, 3.5, 3.75],
                    start,
                    0.28,
                );
                self.beat(Voice::Kick, &[0.0, 2.0], start, 0.55);
            }
        }
    }

    /// One bar of melody; returns the step on which it ends.
    fn melody(&mut self, start: f32, root: i32, mut step: i32, last: bool) -> i32 {
        let (voice, velocity, rhythms): (Voice, f32, &[&[f32]]) = match self.brief.style {
            Style::Strings => (Voice::Pad, 0.6, &[&[0.0, 2.0], &[0.0, 3.0], &[0.0, 1.0, 2.0]]),
            Style::Piano => {
                (Voice::Pluck, 0.75, &[&[0.0, 1.5, 2.0], &[0.0, 1.0, 3.0], &[0.0, 2.0, 2.5, 3.0]])
            }
            Style::MusicBox => {
                (Voice::Bell, 0.7, &[&[0.0, 1.0, 1.5, 2.0, 3.0], &[0.0, 0.5, 1.0, 2.0]])
            }
            Style::Ambient => (Voice::Bell, 0.3, &[&[1.0], &[0.5, 2.5], &[2.0]]),
            Style::LoFi => (Voice::Lead, 0.42, &[&[0.5, 1.5, 2.0], &[1.0, 1.75, 3.0], &[0.0, 2.5]]),
            Style::Bossa => (Voice::Lead, 0.55, &[&[0.0, 1.5, 2.5], &[0.5, 1.5, 2.0, 3.5]]),
            Style::Waltz => (Voice::Lead, 0.6, &[&[0.0, 2.0], &[0.0, 1.0, 1.5, 2.0], &[0.0]]),
            Style::Chiptune => (
                Voice::Chip,
                0.6,
                &[&[0.0, 0.5, 1.0, 1.5, 2.0, 3.0], &[0.0, 0.75, 1.5, 2.0, 2.5, 3.0, 3.5]],
            ),
            Style::Techno => {
                (Voice::Chip, 0.42, &[&[0.0, 0.75, 1.5, 2.25, 3.0], &[0.5, 1.25, 2.0, 2.75, 3.5]])
            }
            Style::March => (
                Voice::Brass,
                0.6,
                &[&[0.0, 1.0, 2.0, 3.0], &[0.0, 0.75, 1.0, 2.0], &[0.0, 1.5, 2.0, 3.0]],
            ),
        };
        let metre = self.brief.metre() as f32;
        let rhythm = rhythms[self.random.below(rhythms.len())];
        let lift = match self.brief.style {
            Style::Strings | Style::Ambient | Style::MusicBox => 12,
            _ if self.brief.key < 56 => 12,
            _ => 0,
        };
        // The piece ends on the key note: at once, or where chords change twice a bar, at the end.
        let moves = matches!(self.brief.style, Style::Strings | Style::Ambient);
        let count = if last && !moves { 1 } else { rhythm.len() };
        for (place, time) in rhythm[..count].iter().enumerate() {
            let closes = last && place + 1 == count;
            let next = rhythm.get(place + 1).copied().unwrap_or(metre);
            step = (step + self.random.below(5) as i32 - 2).clamp(4, 13);
            if closes {
                step = 7;
            } else if place == 0 {
                step = nearest_of_chord(step, root);
            }
            let length = if closes { metre - time } else { (next - time) * 0.94 };
            self.note(voice, start + time, length, self.pitch(step) + lift, velocity);
        }
        step
    }
}

/// The step of the chord on `root` that lies nearest.
fn nearest_of_chord(step: i32, root: i32) -> i32 {
    (step - 3..=step + 3)
        .filter(|near| [0, 2, 4].contains(&(near - root).rem_euclid(7)))
        .min_by_key(|near| (near - step).abs())
        .unwrap_or(step)
}
