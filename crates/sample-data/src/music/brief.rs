//! What a brief asks for, in terms that can be composed.

/// One brief: the prompt and what it means.
#[derive(Clone, Debug)]
pub struct Brief {
    /// As both systems got it.
    pub prompt: &'static str,
    /// Labels of the prompt.
    pub tags: &'static [&'static str],
    /// Instruments and patterns.
    pub style: Style,
    /// Beats a minute.
    pub tempo: u32,
    /// The MIDI number of the key note.
    pub key: i32,
    /// Its scale.
    pub mode: Mode,
    /// What the warmer system understood, where that is something else.
    pub misheard: Option<Box<Brief>>,
}

impl Brief {
    /// A brief that both systems understand.
    pub fn new(
        prompt: &'static str,
        tags: &'static [&'static str],
        style: Style,
        tempo: u32,
        key: i32,
        mode: Mode,
    ) -> Self {
        Self { prompt, tags, style, tempo, key, mode, misheard: None }
    }

    /// The same, misunderstood by the warmer system.
    pub fn misheard(mut self, change: impl Fn(&mut Self)) -> Self {
        let mut other = self.clone();
        change(&mut other);
        self.misheard = Some(Box::new(other));
        self
    }

    /// Beats in a bar.
    pub fn metre(&self) -> usize {
        if self.style == Style::Waltz { 3 } else { 4 }
    }
}

/// Instruments and patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Slow chords and a high line.
    Strings,
    /// Broken chords and a melody.
    Piano,
    /// Bells alone.
    MusicBox,
    /// Long pads, few notes.
    Ambient,
    /// Electric piano over a lazy beat.
    LoFi,
    /// Plucked chords against the beat.
    Bossa,
    /// Three beats, the first low.
    Waltz,
    /// Fast arpeggios of square waves.
    Chiptune,
    /// A drum on each beat, a repeated figure.
    Techno,
    /// Brass and snare drum.
    March,
}

/// A scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Major.
    Major,
    /// Natural minor.
    Minor,
    /// Minor with a raised sixth.
    Dorian,
}

impl Mode {
    /// The seven steps, in semitones above the key note.
    pub fn steps(self) -> [i32; 7] {
        match self {
            Self::Major => [0, 2, 4, 5, 7, 9, 11],
            Self::Minor => [0, 2, 3, 5, 7, 8, 10],
            Self::Dorian => [0, 2, 3, 5, 7, 9, 10],
        }
    }

    /// Progressions of four chords by the step of their root, counted from 0.
    pub fn progressions(self) -> [[i32; 4]; 3] {
        match self {
            Self::Major => [[0, 4, 5, 3], [0, 5, 3, 4], [0, 3, 1, 4]],
            Self::Minor => [[0, 5, 2, 6], [0, 3, 6, 4], [0, 5, 3, 4]],
            Self::Dorian => [[0, 3, 0, 3], [0, 6, 3, 0], [0, 2, 3, 6]],
        }
    }
}
