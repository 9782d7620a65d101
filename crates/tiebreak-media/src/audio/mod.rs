//! Audio: decoding to samples, waveforms, loudness, and playing one clip against another.

mod clip;
mod decode;
mod gains;
mod gapless;
mod loudness;
mod mixer;
mod opus;
mod peaks;
mod resample;
mod stream;

pub use clip::Clip;
pub use decode::{decode_audio, decode_audio_start};
pub use gains::{MatchedGains, matched_gains};
pub use loudness::{Loudness, loudness};
pub use mixer::AbMixer;
pub use peaks::{Peaks, peaks};
pub use resample::resample;
pub(crate) use stream::probe;
