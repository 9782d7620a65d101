//! A against B, rendered without a device: the switch is exact, the loudness is equal, no peak
//! comes through.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod common;

use common::{sweep, tone};
use tiebreak_media::{AbMixer, Clip, Loudness, loudness, matched_gains};

const RATE: u32 = 48_000;

fn sweep_clip(seconds: f64) -> Clip {
    let samples = sweep((f64::from(RATE) * seconds) as usize, RATE).to_vec();
    Clip { sample_rate: RATE, samples, warnings: Vec::new() }
}

fn mixer(clips: &[Clip]) -> AbMixer {
    let mut mixer = AbMixer::new(clips, RATE).expect("clips");
    mixer.play();
    mixer
}

/// Renders `frames` frames in blocks of changing length, as devices ask for them.
fn render(mixer: &mut AbMixer, frames: usize) -> Vec<[f32; 2]> {
    let mut out = vec![0.0; 2 * frames];
    let mut rest = out.as_mut_slice();
    for length in [64, 441, 7, 1_024].iter().cycle() {
        let (block, after) = rest.split_at_mut((2 * length).min(rest.len()));
        mixer.render(block);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    out.as_chunks::<2>().0.to_vec()
}

fn as_clip(frames: &[[f32; 2]]) -> Clip {
    let side = |side: usize| frames.iter().map(|frame| frame[side]).collect();
    Clip { sample_rate: RATE, samples: vec![side(0), side(1)], warnings: Vec::new() }
}

#[test]
fn a_switch_goes_on_at_the_same_sample() {
    let (a, b) = (sweep_clip(2.0), tone(331.0, 0.6, RATE, 1, 2.0));
    let mut mixer = mixer(&[a.clone(), b.clone()]);
    let before = render(&mut mixer, 20_011);
    mixer.switch_to(1).expect("clip B");
    assert_eq!((mixer.active(), mixer.position()), (1, 20_011));
    let after = render(&mut mixer, 30_000);
    for (frame, found) in before.iter().enumerate() {
        assert_eq!(*found, a.stereo(frame), "A plays as it is");
    }
    let fade = mixer.fade_frames();
    assert_eq!(fade, 384, "8 ms");
    for (place, found) in after.iter().enumerate().skip(fade) {
        assert_eq!(*found, b.stereo(20_011 + place), "B is where A would be, {place} after");
    }
    // Within the fade each sample is a mean of both, weighted by a straight line.
    for (place, found) in after.iter().enumerate().take(fade) {
        let (from, to) = (a.stereo(20_011 + place), b.stereo(20_011 + place));
        let share = place as f32 / fade as f32;
        for side in 0..2 {
            let expected = from[side] + share * (to[side] - from[side]);
            assert!((found[side] - expected).abs() < 1e-6, "{place} within the fade");
        }
    }
}

#[test]
fn no_switch_clicks_even_within_a_fade() {
    // Of waves this slow no sample differs much from the one before, unless something jumps.
    let clips = [
        tone(40.0, 0.5, RATE, 2, 2.0),
        tone(60.0, 0.5, RATE, 2, 2.0),
        tone(50.0, 0.5, RATE, 2, 2.0),
    ];
    let mut mixer = mixer(&clips);
    let mut heard = render(&mut mixer, 5_000);
    for (clip, frames) in [(1, 100), (2, 37), (0, 200), (1, 1), (2, 3_000), (0, 5_000)] {
        mixer.switch_to(clip).expect("a clip");
        heard.extend(render(&mut mixer, frames));
    }
    let steepest = heard.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max);
    // 60 Hz at 0.5: 0.0039 a sample; a fade adds at most 1 / 384.
    assert!(steepest < 0.008, "{steepest}");
}

#[test]
fn two_clips_twelve_lu_apart_are_played_equally_loud() {
    let (loud, soft) = (sweep_clip(8.0), tone(700.0, 0.1437, 44_100, 1, 8.0));
    let measured = [loudness(&loud), loudness(&soft)];
    let apart = measured[0].integrated_lufs.expect("A") - measured[1].integrated_lufs.expect("B");
    assert!((apart - 12.0).abs() < 0.2, "12 LU apart: {apart}");
    let matched = matched_gains(&measured);
    let mut played = Vec::new();
    for index in 0..2 {
        let mut mixer = mixer(&[loud.clone(), soft.clone()]);
        mixer.set_gains_db(&matched.gains_db).expect("gains");
        mixer.switch_to(index).expect("a clip");
        let out = render(&mut mixer, 8 * RATE as usize);
        let found = loudness(&as_clip(&out[1_000..]));
        assert!(found.true_peak_dbtp.expect("a peak") <= -1.0 + 0.2, "{found:?}");
        played.push(found.integrated_lufs.expect("a loudness"));
    }
    assert!((played[0] - played[1]).abs() < 0.5, "as played: {played:?}");
    assert!((played[0] - matched.target_lufs.expect("a target")).abs() < 0.5, "{played:?}");
}

#[test]
fn peaks_lower_the_target_for_all() {
    let clip = |lufs: f64, peak: f64| Loudness {
        integrated_lufs: Some(lufs),
        true_peak_dbtp: Some(peak),
        range_lu: None,
    };
    let nothing = Loudness { integrated_lufs: None, true_peak_dbtp: Some(-3.0), range_lu: None };
    // Plenty of room: all come to -16. A dynamic clip: all come to what it can reach.
    let matched = matched_gains(&[clip(-9.0, 0.5), clip(-21.0, -9.0)]);
    assert_eq!((matched.gains_db, matched.target_lufs), (vec![-7.0, 5.0], Some(-16.0)));
    assert!(!matched.limited);
    let matched = matched_gains(&[clip(-9.0, 0.5), clip(-23.0, -2.0), nothing]);
    assert_eq!((matched.gains_db, matched.target_lufs), (vec![-13.0, 1.0, 0.0], Some(-22.0)));
    assert!(matched.limited);
    assert_eq!(matched_gains(&[nothing]).target_lufs, None);
    assert!(matched_gains(&[]).gains_db.is_empty());
}

#[test]
fn a_shorter_clip_is_silent_after_its_end_and_all_stop_at_the_last() {
    let (long, short) = (tone(300.0, 0.5, RATE, 2, 0.5), tone(300.0, 0.5, 24_000, 2, 0.25));
    let mut mixer = mixer(&[long, short]);
    assert_eq!((mixer.frames(), mixer.audible_until(1)), (24_000, Some(12_000)));
    assert_eq!(mixer.audible_until(2), None);
    mixer.switch_to(1).expect("clip B");
    let heard = render(&mut mixer, 12_000);
    assert!(heard[11_000..].iter().any(|frame| frame[0].abs() > 0.1));
    let mut out = vec![1.0; 2 * 20_000 + 1];
    assert_eq!(mixer.render(&mut out), 12_000, "the longer one ends here");
    assert!(out.iter().all(|sample| *sample == 0.0), "the shorter one is over");
    assert!(!mixer.is_playing());
    mixer.play();
    assert_eq!(mixer.position(), 0, "from the end, from the beginning");
}

#[test]
fn a_region_repeats_without_a_missing_sample() {
    let clip = sweep_clip(1.0);
    let mut mixer = mixer(std::slice::from_ref(&clip));
    mixer.set_loop(Some(1_000..1_500));
    mixer.seek(900);
    let heard = render(&mut mixer, 1_200);
    for (place, found) in heard.iter().enumerate() {
        let frame = if place < 600 { 900 + place } else { 1_000 + (place - 600) % 500 };
        assert_eq!(*found, clip.stereo(frame), "{place}");
    }
    mixer.set_loop(Some(47_000..90_000));
    mixer.seek(47_990);
    render(&mut mixer, 20);
    assert_eq!(mixer.position(), 47_010, "a region ends with the clip at the latest");
    mixer.set_loop(Some(5..5));
    mixer.seek(90_000);
    let mut out = [1.0; 4];
    assert_eq!((mixer.render(&mut out), out), (0, [0.0; 4]), "no region, and the end");
}

#[test]
fn what_cannot_be_played_is_an_error() {
    assert!(AbMixer::new(&[], RATE).is_err());
    assert!(AbMixer::new(&[sweep_clip(0.1)], 0).is_err());
    let mut mixer = mixer(&[sweep_clip(0.1)]);
    assert!(mixer.switch_to(1).is_err());
    assert!(mixer.set_gains_db(&[0.0, 0.0]).is_err());
    assert!(mixer.set_gains_db(&[f64::NAN]).is_err());
}
