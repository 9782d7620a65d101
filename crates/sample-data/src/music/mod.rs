//! The study of music: forty briefs, each played by a warmer and a plainer synthesiser. The two
//! clips of a pair differ in loudness on purpose, by up to 12 LU, and some in length, sample rate
//! and channels.

mod brief;
mod briefs;
mod compose;
mod encode;
mod loudness;
mod plain;
mod room;
mod sound;
mod warm;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::SampleError;
use crate::manifest::{Candidate, Row};
use crate::output;
use crate::random::{Random, mixed};

use brief::Brief;
use briefs::briefs;
use sound::Sound;

/// Chosen once; another seed gives other clips.
const SEED: u64 = 20_260_103;

/// The names of the systems.
pub const SYSTEMS: [&str; 2] = ["warm", "plain"];

/// What the digests are kept in, a line each: digest, space, file name.
const DIGESTS: &str = "samples.sha256";

/// The clips, by brief and side, that are FLAC.
const FLAC: [(usize, usize); 6] = [(2, 0), (12, 1), (20, 1), (24, 1), (29, 0), (37, 1)];
/// Those that are WAV.
const WAV: [(usize, usize); 2] = [(7, 0), (33, 1)];

/// How a clip is delivered: nothing of it follows from the system.
struct Delivery {
    ending: &'static str,
    rate: u32,
    is_mono: bool,
    /// In LUFS.
    loudness: f64,
}

fn deliveries(place: usize) -> [Delivery; 2] {
    let mut random = Random::new(mixed(SEED ^ (place as u64 + 1000)));
    let base = f64::from(random.between(-21.0, -18.0));
    let gap = [0.0, 2.0, 4.0, 6.0, 9.0, 12.0][random.below(6)];
    let louder = random.below(2);
    [0, 1].map(|side| {
        let ending = match (place, side) {
            clip if FLAC.contains(&clip) => "flac",
            clip if WAV.contains(&clip) => "wav",
            _ => "ogg",
        };
        let lossless = ending != "ogg";
        let rate = [32_000, 32_000, 32_000, 44_100, 22_050, 22_050][random.below(6)];
        Delivery {
            ending,
            rate: if lossless { 22_050 } else { rate },
            is_mono: random.chance(0.25) || lossless,
            loudness: base + if side == louder { 0.5 * gap } else { -0.5 * gap },
        }
    })
}

fn file_name(place: usize, side: usize) -> String {
    format!("{:02}-{}.{}", place + 1, SYSTEMS[side], deliveries(place)[side].ending)
}

/// The rows of the manifest.
pub fn rows() -> Vec<Row> {
    let mut random = Random::new(SEED);
    let rows = briefs().into_iter().enumerate().map(|(place, brief)| {
        let mut candidates = [0, 1].map(|side| Candidate {
            media: file_name(place, side),
            system: SYSTEMS[side],
            text: briefs::text(place).map(ToOwned::to_owned),
        });
        if random.chance(0.5) {
            candidates.swap(0, 1);
        }
        Row {
            id: format!("music-{:02}", place + 1),
            modality: "music",
            prompt: brief.prompt.to_owned(),
            context: None,
            candidates: candidates.into(),
            tags: brief.tags.to_vec(),
            source: "sample-data",
        }
    });
    rows.collect()
}

/// Plays one clip.
fn sound(place: usize, side: usize, brief: &Brief) -> Sound {
    let delivery = &deliveries(place)[side];
    let seed = mixed(SEED ^ (place as u64 * 2 + side as u64));
    let heard = if side == 0 { brief.misheard.as_deref().unwrap_or(brief) } else { brief };
    let score = compose::compose(heard, seed);
    let sound = if side == 0 {
        warm::play(&score, delivery.rate, seed)
    } else {
        plain::play(&score, delivery.rate, seed)
    };
    let sound = if delivery.is_mono { sound.mono() } else { sound };
    sound.levelled(delivery.loudness)
}

/// The digest of the samples, so of what an encoder is given.
fn digest(sound: &Sound) -> String {
    let mut hash = Sha256::new();
    hash.update(sound.rate.to_le_bytes());
    hash.update((sound.channels.len() as u32).to_le_bytes());
    for sample in sound.samples() {
        hash.update(sample.to_le_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digests in a folder, by file name; none where there is no such file.
fn digests(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join(DIGESTS)).unwrap_or_default();
    let line = |line: &str| {
        line.split_once(' ').map(|(digest, name)| (name.to_owned(), digest.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

/// Writes the whole study. Vorbis' own arithmetic differs between machines, so a clip whose
/// samples have not changed is left as it is.
pub fn write(folder: &Path) -> Result<(), SampleError> {
    let known = digests(folder);
    let mut lines = String::new();
    for (place, brief) in briefs().iter().enumerate() {
        for side in [0, 1] {
            let name = file_name(place, side);
            let path = folder.join(&name);
            let sound = sound(place, side, brief);
            let digest = digest(&sound);
            if known.get(&name) != Some(&digest) || !path.is_file() {
                let serial = (place * 2 + side) as i32;
                output::write(&path, &encode::encode(&name, &sound, serial)?)?;
            }
            lines.push_str(&format!("{digest} {name}\n"));
        }
    }
    output::write(&folder.join(DIGESTS), lines.as_bytes())?;
    output::write_manifest(folder, &rows())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_manifest_is_what_the_briefs_give() {
        let lines = crate::manifest::lines(&rows()).unwrap();
        let committed = output::committed().join("music/manifest.jsonl");
        let committed = fs::read_to_string(committed).unwrap();
        assert!(committed.replace("\r\n", "\n") == lines, "run `cargo xtask sample-data`");
    }

    #[test]
    fn committed_clips_are_what_the_synthesisers_play() {
        let folder = output::committed().join("music");
        let (digests, briefs) = (digests(&folder), briefs());
        assert_eq!(digests.len(), 80);
        assert!(digests.keys().all(|name| folder.join(name).is_file()), "every clip is there");
        // Both synthesisers, and a brief that one of them misheard.
        for (place, side) in [(0, 1), (22, 0), (24, 0), (20, 1)] {
            let name = file_name(place, side);
            let played = digest(&sound(place, side, &briefs[place]));
            assert_eq!(digests[&name], played, "{name} differs: run `cargo xtask sample-data`");
        }
    }

    #[test]
    fn loudness_is_as_asked_for() {
        for loudness in [-26.0, -20.0] {
            let score = compose::compose(&briefs()[17], 1);
            let sound = plain::play(&score, 22_050, 1).levelled(loudness);
            let measured = 10.0 * libm::log10(loudness::power(&sound)) - 0.691;
            assert!((measured - loudness).abs() < 0.3, "{measured} for {loudness}");
        }
    }

    #[test]
    fn briefs_differ_and_a_quarter_is_misheard() {
        let briefs = briefs();
        let prompts: std::collections::BTreeSet<_> = briefs.iter().map(|b| b.prompt).collect();
        assert_eq!((briefs.len(), prompts.len()), (40, 40));
        assert_eq!(briefs.iter().filter(|brief| brief.misheard.is_some()).count(), 10);
        assert_eq!((0..40).filter(|place| briefs::text(*place).is_some()).count(), 13);
    }
}
