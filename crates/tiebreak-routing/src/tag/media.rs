//! Tags of images and clips, from what their encoders measure or have learnt to name.

use std::collections::BTreeMap;

/// A measured value of an encoder that tags are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaMeasure {
    /// What the encoder calls it.
    pub measured: &'static str,
    /// What its tags are called.
    pub name: &'static str,
}

/// Those known; two of an item's candidates give a mean and a difference.
const KNOWN: [MediaMeasure; 12] = [
    MediaMeasure { measured: "brightness", name: "brightness" },
    MediaMeasure { measured: "contrast", name: "contrast" },
    MediaMeasure { measured: "saturation", name: "saturation" },
    MediaMeasure { measured: "colourfulness", name: "colourfulness" },
    MediaMeasure { measured: "sharpness", name: "sharpness" },
    MediaMeasure { measured: "ln_pixels", name: "picture size" },
    MediaMeasure { measured: "aspect", name: "aspect ratio" },
    MediaMeasure { measured: "loudness_lufs", name: "loudness" },
    MediaMeasure { measured: "loudness_range_lu", name: "loudness range" },
    MediaMeasure { measured: "crest_db", name: "crest" },
    MediaMeasure { measured: "stereo_width", name: "stereo width" },
    MediaMeasure { measured: "ln_duration_s", name: "duration" },
];

/// What a number of a vector's measured tail is, by the encoder's name of it; `None` for what a
/// model has learnt to name, for example `guitar`.
pub fn media_measure(measured: &str) -> Option<MediaMeasure> {
    KNOWN.into_iter().find(|known| known.measured == measured)
}

/// The tags that a pair of candidates gets from what the model names in them, such as `guitar`:
/// the up to three with the largest mean probability, if that is at least 0.2.
pub fn model_tags<'n>(names: &'n [String], first: &[f32], second: &[f32]) -> Vec<&'n str> {
    const MOST: usize = 3;
    const LEAST: f32 = 0.2;
    let mut means: Vec<(&str, f32)> = names
        .iter()
        .zip(first.iter().zip(second))
        .filter(|(name, _)| media_measure(name).is_none())
        .map(|(name, (a, b))| (name.as_str(), 0.5 * (a + b)))
        .filter(|(_, mean)| *mean >= LEAST)
        .collect();
    means.sort_by(|a, b| b.1.total_cmp(&a.1));
    means.into_iter().take(MOST).map(|(name, _)| name).collect()
}

impl MediaMeasure {
    /// The name of the difference between two candidates.
    pub fn difference(&self) -> String {
        format!("{} difference", self.name)
    }

    /// Adds the mean of two candidates and their difference to what was measured.
    pub fn measure(&self, first: f32, second: f32, into: &mut BTreeMap<String, f64>) {
        let (first, second) = (f64::from(first), f64::from(second));
        into.insert(self.name.to_owned(), f64::midpoint(first, second));
        into.insert(self.difference(), (first - second).abs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_give_means_and_differences_and_the_likeliest_names() {
        let mut measures = BTreeMap::new();
        media_measure("loudness_lufs").unwrap().measure(-20.0, -14.0, &mut measures);
        assert_eq!(measures["loudness"], -17.0);
        assert_eq!(measures["loudness difference"], 6.0);
        let names = ["guitar", "piano", "loudness_lufs", "drums"].map(str::to_owned);
        let tags = model_tags(&names, &[0.1, 0.6, 50.0, 0.3], &[0.2, 0.8, 50.0, 0.9]);
        assert_eq!(tags, ["piano", "drums"]);
    }
}
