//! Playing clips against each other, sample by sample at the same place.

use std::ops::Range;

use super::{Clip, resample};
use crate::MediaError;

/// Length of the crossfade at a switch, in seconds.
const FADE_S: f64 = 0.008;

/// Plays one of several clips that share one position, and switches between them without a gap.
///
/// There is no device and no clock in it: [`AbMixer::render`] is called whenever samples are
/// needed, and moves the position by as many. Clips are brought to one sample rate beforehand and
/// to two channels by [`Clip::stereo`]. A shorter clip is silent after its end.
///
/// A switch is a crossfade of 8 ms between the clips, linear in amplitude: the two are mostly
/// versions of one piece, so they add in phase, where fades of equal power would swell by up to
/// 3 dB. And a linear fade is a weighted mean, so it never exceeds the louder of the two: true
/// peaks that the gains leave room for stay below their bound. A switch during a fade starts
/// from the mix as it is then.
pub struct AbMixer {
    sample_rate: u32,
    tracks: Vec<Vec<[f32; 2]>>,
    gains: Vec<f32>,
    active: usize,
    position: usize,
    looped: Option<Range<usize>>,
    is_playing: bool,
    fade: Fade,
}

/// A change of all clips' levels from `from` to what is asked for now.
struct Fade {
    from: Vec<f32>,
    /// Frames of the fade that were played.
    played: usize,
    length: usize,
}

impl AbMixer {
    /// Takes the clips to compare, for output at `sample_rate` Hz; all gains are 0 dB, the first
    /// clip is active, the position is 0 and nothing plays.
    ///
    /// # Errors
    /// [`MediaError::Argument`] if there is no clip or the rate is 0.
    pub fn new(clips: &[Clip], sample_rate: u32) -> Result<Self, MediaError> {
        if clips.is_empty() || sample_rate == 0 {
            return Err(MediaError::Argument("playing needs a clip and a sample rate"));
        }
        let length = (FADE_S * f64::from(sample_rate)).round() as usize;
        Ok(Self {
            sample_rate,
            tracks: clips.iter().map(|clip| track(clip, sample_rate)).collect(),
            gains: vec![1.0; clips.len()],
            active: 0,
            position: 0,
            looped: None,
            is_playing: false,
            fade: Fade { from: vec![0.0; clips.len()], played: length, length },
        })
    }

    /// Sets one gain per clip, in dB (see [`crate::matched_gains`]); during playback they change
    /// over the length of a crossfade.
    ///
    /// # Errors
    /// [`MediaError::Argument`] unless there is one finite gain per clip.
    pub fn set_gains_db(&mut self, gains_db: &[f64]) -> Result<(), MediaError> {
        if gains_db.len() != self.tracks.len() || gains_db.iter().any(|gain| !gain.is_finite()) {
            return Err(MediaError::Argument("one gain for each clip is needed"));
        }
        self.start_fade();
        self.gains = gains_db.iter().map(|gain| 10_f64.powf(gain / 20.0) as f32).collect();
        Ok(())
    }

    /// Makes clip `index` the one that is heard, at the same position.
    ///
    /// # Errors
    /// [`MediaError::Argument`] if there is no such clip.
    pub fn switch_to(&mut self, index: usize) -> Result<(), MediaError> {
        if index >= self.tracks.len() {
            return Err(MediaError::Argument("there is no such clip"));
        }
        if index != self.active {
            self.start_fade();
            self.active = index;
        }
        Ok(())
    }

    /// Starts, or goes on; from the end, from the beginning again.
    pub fn play(&mut self) {
        if self.position >= self.frames() {
            self.position = 0;
        }
        self.is_playing = self.frames() > 0;
    }

    /// Stops; the position stays.
    pub fn pause(&mut self) {
        self.is_playing = false;
        self.fade.played = self.fade.length;
    }

    /// Moves the position to `frame`, at most to the end.
    pub fn seek(&mut self, frame: usize) {
        self.position = frame.min(self.frames());
    }

    /// Repeats `region` (frames) from when its end is reached; `None` plays to the end. An empty
    /// region is none; one that reaches beyond the end stops there.
    pub fn set_loop(&mut self, region: Option<Range<usize>>) {
        let frames = self.frames();
        self.looped = region
            .map(|region| region.start..region.end.min(frames))
            .filter(|region| region.start < region.end);
    }

    /// Whether [`AbMixer::render`] moves on.
    pub fn is_playing(&self) -> bool {
        self.is_playing
    }

    /// The clip that is heard.
    pub fn active(&self) -> usize {
        self.active
    }

    /// The next frame to be played, shared by all clips.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Frames of the longest clip, at the output's rate.
    pub fn frames(&self) -> usize {
        self.tracks.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Frames after which clip `index` is silent, at the output's rate; none if there is no such
    /// clip.
    pub fn audible_until(&self, index: usize) -> Option<usize> {
        self.tracks.get(index).map(Vec::len)
    }

    /// Samples a second of the output, in Hz.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Frames of a crossfade.
    pub fn fade_frames(&self) -> usize {
        self.fade.length
    }

    /// Fills `out` with the next frames, left and right in turn, and tells how many were played;
    /// the rest, after the end or while paused, is silence. A last odd sample is silent.
    pub fn render(&mut self, out: &mut [f32]) -> usize {
        out.fill(0.0);
        let end = self.frames();
        let (frames, _) = out.as_chunks_mut::<2>();
        for (played, frame) in frames.iter_mut().enumerate() {
            if self.is_playing && self.position >= end {
                self.pause();
            }
            if !self.is_playing {
                return played;
            }
            *frame = self.mix();
            self.step();
        }
        frames.len()
    }

    /// The frame at the position.
    fn mix(&self) -> [f32; 2] {
        if self.fade.is_over() {
            return self.heard(self.active, self.gains[self.active]);
        }
        let mut sum = [0.0; 2];
        for index in 0..self.tracks.len() {
            let [left, right] = self.heard(index, self.level(index));
            sum = [sum[0] + left, sum[1] + right];
        }
        sum
    }

    fn heard(&self, index: usize, level: f32) -> [f32; 2] {
        match self.tracks[index].get(self.position) {
            Some([left, right]) if level != 0.0 => [left * level, right * level],
            _ => [0.0; 2],
        }
    }

    /// The factor of a clip at this moment.
    fn level(&self, index: usize) -> f32 {
        let wanted = if index == self.active { self.gains[index] } else { 0.0 };
        if self.fade.is_over() {
            return wanted;
        }
        let share = self.fade.played as f32 / self.fade.length as f32;
        self.fade.from[index] + (wanted - self.fade.from[index]) * share
    }

    /// Begins a fade from the levels of now; while paused a change is at once.
    fn start_fade(&mut self) {
        if !self.is_playing {
            self.fade.played = self.fade.length;
            return;
        }
        self.fade.from = (0..self.tracks.len()).map(|index| self.level(index)).collect();
        self.fade.played = 0;
    }

    fn step(&mut self) {
        self.position += 1;
        self.fade.played = (self.fade.played + 1).min(self.fade.length);
        if let Some(region) = &self.looped
            && self.position == region.end
        {
            self.position = region.start;
        }
    }
}

impl Fade {
    fn is_over(&self) -> bool {
        self.played >= self.length
    }
}

/// A clip in two channels at the output's rate.
fn track(clip: &Clip, sample_rate: u32) -> Vec<[f32; 2]> {
    let sides = |side: usize| -> Vec<f32> {
        let samples: Vec<f32> = (0..clip.frames()).map(|frame| clip.stereo(frame)[side]).collect();
        resample(&samples, clip.sample_rate, sample_rate)
    };
    let left = sides(0);
    if clip.channels() == 1 {
        return left.into_iter().map(|sample| [sample; 2]).collect();
    }
    left.into_iter().zip(sides(1)).map(|(left, right)| [left, right]).collect()
}
