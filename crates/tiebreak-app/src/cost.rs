//! What a label of a person costs in time.

use tiebreak_core::Modality;

use crate::Study;
use crate::error::Result;
use crate::view::CostView;

/// Fewest labels whose median counts as measured.
const FEWEST: usize = 10;
/// Words read silently in a minute: the mean over 190 studies of adults reading English
/// non-fiction (M. Brysbaert, "How many words do we read per minute? A review and meta-analysis of
/// reading rate", Journal of Memory and Language 109, 2019).
const WORDS_PER_MINUTE: f64 = 238.0;
/// Bytes that a word takes with the space behind it, in English.
const BYTES_PER_WORD: f64 = 6.0;
/// Seconds to decide and press a key after reading: our guess.
const DECISION_S: f64 = 4.0;
/// Seconds for two images: our guess.
const IMAGES_S: f64 = 8.0;
/// Seconds for two clips of which half a minute in all is heard: our guess.
const CLIPS_S: f64 = 30.0;
/// Texts that the mean length is taken from.
const TEXTS: usize = 1000;

impl Study {
    /// Seconds of a person's time for one label: as the settings say, else the median active time
    /// of labels given here if there are ten, else by the length of the texts.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn label_cost(&self) -> Result<CostView> {
        let settings = self.settings()?;
        let view = |seconds_per_label: f64, basis: &str, labels: usize| CostView {
            seconds_per_label,
            basis: basis.to_owned(),
            labels: labels as u32,
            overlap: settings.overlap,
        };
        if let Some(seconds) = settings.routing.seconds_per_label {
            return Ok(view(seconds, "given", 0));
        }
        let (times, length, counts) = self.store.read_aside(|reader| {
            let counts = [Modality::Text, Modality::Image, Modality::Music]
                .map(|modality| reader.modality_count(modality));
            let [text, image, music] = counts;
            let counts = [text?, image?, music?].map(|count| count as f64);
            Ok::<_, crate::AppError>((
                reader.active_times()?,
                reader.mean_text_length(TEXTS)?,
                counts,
            ))
        })?;
        let times: Vec<f64> = times.into_iter().map(|ms| ms as f64 / 1000.0).collect();
        if times.len() >= FEWEST
            && let Some(median) = tiebreak_stats::median(&times)
        {
            return Ok(view(median, "measured", times.len()));
        }
        let words = length.unwrap_or(0.0) / BYTES_PER_WORD;
        let each = [DECISION_S + 60.0 * words / WORDS_PER_MINUTE, IMAGES_S, CLIPS_S];
        let items: f64 = counts.iter().sum();
        let sum: f64 = each.iter().zip(&counts).map(|(seconds, items)| seconds * items).sum();
        Ok(view(if items > 0.0 { sum / items } else { 0.0 }, "assumed", times.len()))
    }
}
