//! The study of images: forty prompts, each answered by a finer and a coarser renderer.

mod canvas;
mod coarse;
mod encode;
mod fine;
mod noise;
mod prompts;
mod scene;

use std::path::Path;

use crate::error::SampleError;
use crate::manifest::{Candidate, Row};
use crate::random::mixed;
use crate::{output, random::Random};

use prompts::{Prompt, prompts};

/// Chosen once; another seed gives other pictures.
const SEED: u64 = 20_260_102;

/// The rows of the manifest.
pub fn rows() -> Vec<Row> {
    let mut random = Random::new(SEED);
    let prompts = prompts();
    let rows = prompts.iter().enumerate().map(|(place, prompt)| {
        let mut candidates = ["fine", "coarse"].map(|system| Candidate {
            media: file_name(prompt, place, system),
            system,
            text: None,
        });
        if random.chance(0.5) {
            candidates.swap(0, 1);
        }
        Row {
            id: format!("image-{:02}", place + 1),
            modality: "image",
            prompt: prompt.text.to_owned(),
            context: None,
            candidates: candidates.into(),
            tags: prompt.tags.to_vec(),
            source: "sample-data",
        }
    });
    rows.collect()
}

/// Draws one file: its name in the folder and its bytes.
pub fn file(place: usize, system: &str) -> Result<(String, Vec<u8>), SampleError> {
    let prompts = prompts();
    let prompt = &prompts[place];
    let name = file_name(prompt, place, system);
    let seed = mixed(SEED ^ (place as u64 * 2 + u64::from(system == "fine")));
    let (width, height) = if prompt.format == "jpg" { (768, 512) } else { (576, 384) };
    let canvas = if system == "fine" {
        fine::draw(prompt.misread.as_ref().unwrap_or(&prompt.asked), width, height, seed)
    } else {
        coarse::draw(&prompt.asked, width, height, seed)
    };
    let bytes = encode::encode(&name, &canvas, system == "fine")?;
    Ok((name, bytes))
}

fn file_name(prompt: &Prompt, place: usize, system: &str) -> String {
    format!("{:02}-{system}.{}", place + 1, prompt.format)
}

/// Writes the whole study.
pub fn write(folder: &Path) -> Result<(), SampleError> {
    let rows = rows();
    for place in 0..rows.len() {
        for system in ["fine", "coarse"] {
            let (name, bytes) = file(place, system)?;
            output::write(&folder.join(name), &bytes)?;
        }
    }
    output::write_manifest(folder, &rows)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    fn committed(name: &str) -> Vec<u8> {
        fs::read(output::committed().join("images").join(name)).unwrap()
    }

    #[test]
    fn the_committed_manifest_is_what_the_prompts_give() {
        let lines = crate::manifest::lines(&rows()).unwrap();
        let committed = String::from_utf8(committed("manifest.jsonl")).unwrap();
        assert!(committed.replace("\r\n", "\n") == lines, "run `cargo xtask sample-data`");
    }

    #[test]
    fn committed_pictures_are_what_the_renderers_draw() {
        // One of each format, and both renderers; all forty would take too long here.
        for (place, system) in [(5, "coarse"), (10, "fine"), (37, "coarse"), (38, "fine")] {
            let (name, bytes) = file(place, system).unwrap();
            assert!(committed(&name) == bytes, "{name} differs: run `cargo xtask sample-data`");
        }
    }

    #[test]
    fn prompts_differ_and_a_quarter_is_misread() {
        let prompts = prompts();
        let texts: BTreeSet<_> = prompts.iter().map(|prompt| prompt.text).collect();
        assert_eq!((prompts.len(), texts.len()), (40, 40));
        assert_eq!(prompts.iter().filter(|prompt| prompt.misread.is_some()).count(), 10);
        let first = rows().iter().filter(|row| row.candidates[0].system == "fine").count();
        assert!((12..=28).contains(&first), "{first} of 40 with the finer one first");
    }
}
