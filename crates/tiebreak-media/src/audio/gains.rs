//! How much louder or softer each clip of a comparison is played.

use super::Loudness;

/// Louder than this no comparison is played, in LUFS. Streaming services play at -14 to -16;
/// at -16 most finished music is turned down, not up.
const LOUDEST_LUFS: f64 = -16.0;

/// The highest true peak after the gain, in dBTP: EBU R 128 (2023) permits -1.
const HIGHEST_DBTP: f64 = -1.0;

/// Gains that bring the clips of one comparison to one loudness.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchedGains {
    /// One gain per clip, in dB.
    pub gains_db: Vec<f64>,
    /// The loudness that they have in common, in LUFS; none if no clip has a loudness.
    pub target_lufs: Option<f64>,
    /// Whether a true peak keeps the target below -16 LUFS.
    pub limited: bool,
}

/// Finds the gains for clips that are compared.
///
/// With integrated loudness L(i) and true peak P(i), the target is
/// T = min(-16, min over i of (L(i) - 1 - P(i))) LUFS: the loudest, up to -16, at which no clip's
/// true peak exceeds -1 dBTP. The gain of clip i is T - L(i). So all are equally loud and none is
/// distorted, which limiting or normalising each on its own could not do (after ITU-R BS.1770-5
/// and EBU R 128; the rule for the target is ours). A clip without a loudness gets 0 dB and has
/// no part in the target.
pub fn matched_gains(clips: &[Loudness]) -> MatchedGains {
    let loudest = clips
        .iter()
        .filter_map(|clip| {
            let integrated = clip.integrated_lufs?;
            let peak = clip.true_peak_dbtp.unwrap_or(f64::NEG_INFINITY);
            Some((integrated + HIGHEST_DBTP - peak).min(LOUDEST_LUFS))
        })
        .reduce(f64::min);
    let gain = |clip: &Loudness| match (loudest, clip.integrated_lufs) {
        (Some(target), Some(integrated)) => target - integrated,
        _ => 0.0,
    };
    MatchedGains {
        gains_db: clips.iter().map(gain).collect(),
        target_lufs: loudest,
        limited: loudest.is_some_and(|target| target < LOUDEST_LUFS),
    }
}
