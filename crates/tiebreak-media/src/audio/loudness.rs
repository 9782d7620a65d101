//! How loud a clip is.

use ebur128::{EbuR128, Mode};

use super::Clip;

/// The loudness of a clip as it is played on two loudspeakers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Integrated loudness in LUFS; none for silence, or for less than one gating block of
    /// 400 ms.
    pub integrated_lufs: Option<f64>,
    /// True peak in dBTP, the loudest of both sides; none for digital silence.
    pub true_peak_dbtp: Option<f64>,
    /// Loudness range in LU; none for less than one short-term block of 3 s, or for silence.
    pub range_lu: Option<f64>,
}

/// Shortest length of which a loudness range can be told, in seconds: EBU Tech 3342, one
/// short-term block.
const SHORT_TERM_S: f64 = 3.0;

/// Measures a clip: integrated loudness and true peak by ITU-R BS.1770-5 (as EBU R 128 asks for),
/// loudness range by EBU Tech 3342.
///
/// What is measured is the two channels that [`Clip::stereo`] gives, so a mono clip counts as
/// played on both sides, 3 LU louder than its one channel alone: compared with a stereo clip, it
/// is as loud as it is heard. The true peak of BS.1770 is found at four times the sample rate
/// (two times from 96 kHz on) and may be short of the real one by some tenths of a dB.
pub fn loudness(clip: &Clip) -> Loudness {
    let none = Loudness { integrated_lufs: None, true_peak_dbtp: None, range_lu: None };
    let Ok(mut meter) = EbuR128::new(2, clip.sample_rate, Mode::I | Mode::LRA | Mode::TRUE_PEAK)
    else {
        return none;
    };
    let mut block = Vec::with_capacity(8_192);
    let frames = clip.frames();
    for start in (0..frames).step_by(4_096) {
        block.clear();
        let end = (start + 4_096).min(frames);
        block.extend((start..end).flat_map(|frame| clip.stereo(frame)));
        if meter.add_frames_f32(&block).is_err() {
            return none;
        }
    }
    let finite = |value: f64| value.is_finite().then_some(value);
    let integrated_lufs = meter.loudness_global().ok().and_then(finite);
    let peak = [0, 1].iter().filter_map(|side| meter.true_peak(*side).ok()).fold(0.0, f64::max);
    Loudness {
        integrated_lufs,
        true_peak_dbtp: finite(20.0 * peak.log10()),
        range_lu: integrated_lufs
            .filter(|_| clip.duration_s() >= SHORT_TERM_S)
            .and_then(|_| meter.loudness_range().ok())
            .and_then(finite),
    }
}
