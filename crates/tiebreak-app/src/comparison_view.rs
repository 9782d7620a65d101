//! A comparison as front ends show it: sides in place, system names only in studies that are not
//! blind.

use std::collections::HashMap;

use tiebreak_core::{
    AnnotatorId, Candidate, CandidateContent, CandidateId, Item, ItemId, Judgment, MediaContent,
    Message, Modality, Outcome, split_steps,
};
use tiebreak_media::{Loudness, matched_gains};
use tiebreak_store::{MediaKind, MediaRow, Reader};

use crate::answer_view::answer_view;
use crate::compare::Handed;
use crate::error::Result;
use crate::view::{
    Answer, Ask, AudioView, CandidateView, ComparisonView, ImageView, LoudnessMatch, MediaView,
    PrecedingView, StudySettings, TurnView,
};
use crate::{AppError, Study};

/// What a comparison is shown with: the study's settings, its media, and who looks.
pub(crate) struct Viewer<'a> {
    pub(crate) reader: &'a Reader<'a>,
    pub(crate) settings: &'a StudySettings,
    pub(crate) study: &'a Study,
    pub(crate) annotator: AnnotatorId,
}

impl Viewer<'_> {
    /// The comparison; `previous` is the annotator's own answer so far.
    pub(crate) fn comparison(
        &self,
        handed: &Handed,
        previous: Option<&Judgment>,
    ) -> Result<ComparisonView> {
        let item = &handed.item;
        let shown: Vec<&Candidate> =
            handed.presentation.order.iter().filter_map(|id| candidate(item, *id)).collect();
        let candidates: Vec<CandidateView> =
            shown.iter().map(|candidate| self.candidate(candidate)).collect::<Result<_>>()?;
        Ok(ComparisonView {
            item: item.id.to_string(),
            ordinal: item.ordinal as u32,
            modality: item.modality.as_str().to_owned(),
            prompt: turns(item.prompt.messages()),
            context: item.context.clone(),
            loudness: loudness(&candidates),
            candidates,
            preceding: self.preceding(item)?,
            previous: previous.and_then(answer_view),
        })
    }

    /// What the annotator answered last on an item: their live judgment, or the one that they
    /// took back.
    pub(crate) fn last_answer(&self, item: ItemId) -> Result<Option<Judgment>> {
        let Some(last) = self.reader.last_judgment(item, self.annotator)? else { return Ok(None) };
        if last.outcome != Outcome::Withdrawn {
            return Ok(Some(last));
        }
        let history = self.reader.judgment_history(item, self.annotator)?;
        Ok(history.into_iter().find(|judgment| Some(judgment.id) == last.supersedes))
    }

    fn candidate(&self, candidate: &Candidate) -> Result<CandidateView> {
        let steps = match self.settings.steps {
            Ask::Off => None,
            Ask::Optional | Ask::Required => Some(steps_of(&candidate.content)),
        };
        Ok(CandidateView {
            id: candidate.id.to_string(),
            turns: turns(candidate.content.messages()),
            media: candidate.content.media().map(|media| self.media(media)).transpose()?,
            steps: steps.filter(|steps| !steps.is_empty()),
            system: candidate.system.clone().filter(|_| !self.settings.blind),
        })
    }

    fn media(&self, content: &MediaContent) -> Result<MediaView> {
        let id = content.media.to_string();
        let Some(row) = self.reader.media(content.media)? else {
            let problem = Some("the study has no file for it".to_owned());
            return Ok(MediaView { id, image: None, audio: None, problem });
        };
        // No path: a linked file's may name the system.
        let problem =
            (!self.study.media_path(&row).is_file()).then(|| "the file is missing".to_owned());
        let (mut image, mut audio) = (image(&row), audio(&row));
        if self.settings.blind {
            // Systems may write formats of their own.
            image.iter_mut().for_each(|image| image.format.clear());
            audio.iter_mut().for_each(|audio| audio.format.clear());
        }
        Ok(MediaView { id, image, audio, problem })
    }

    fn preceding(&self, item: &Item) -> Result<Option<PrecedingView>> {
        if item.follows.is_none() {
            return Ok(None);
        }
        for first in self.reader.followed(item.id)? {
            let Some(answer) = self.reader.last_judgment(first, self.annotator)? else { continue };
            if !answer.outcome.is_answer() {
                continue;
            }
            let first = self.reader.item(first)?;
            let preferred = best(&answer)
                .and_then(|id| candidate(&first, id))
                .map(|preferred| self.candidate(preferred))
                .transpose()?;
            return Ok(answer_view(&answer).map(|answer| PrecedingView {
                prompt: turns(first.prompt.messages()),
                preferred,
                answer,
            }));
        }
        Ok(None)
    }

    /// Refuses an answer to a second turn before the first has one; it may be passed on.
    pub(crate) fn check_turn(&self, item: &Item, answer: &Answer) -> Result<()> {
        let comes_first = item.follows.is_some()
            && !matches!(answer, Answer::Skipped { .. })
            && !self.reader.followed(item.id)?.is_empty()
            && self.preceding(item)?.is_none();
        if comes_first {
            let first = item.follows.as_deref().unwrap_or_default();
            return Err(AppError::input("item", format!("item {first:?} is to be answered first")));
        }
        Ok(())
    }

    /// The lengths in milliseconds of an item's clips that can be played.
    pub(crate) fn clip_lengths(&self, item: &Item) -> Result<HashMap<CandidateId, u64>> {
        let mut lengths = HashMap::new();
        if item.modality != Modality::Music {
            return Ok(lengths);
        }
        for candidate in &item.candidates {
            let Some(content) = candidate.content.media() else { continue };
            let Some(row) = self.reader.media(content.media)? else { continue };
            if let Some(seconds) = row.duration_s
                && self.study.media_path(&row).is_file()
            {
                lengths.insert(candidate.id, (seconds * 1000.0) as u64);
            }
        }
        Ok(lengths)
    }
}

/// The steps of a candidate, turn by turn; none where it has no text. What stands beside an image
/// or a clip has none.
pub(crate) fn steps_of(content: &CandidateContent) -> Vec<String> {
    if content.media().is_some() {
        return Vec::new();
    }
    content
        .messages()
        .iter()
        .flat_map(|turn| {
            split_steps(&turn.content).into_iter().map(|step| turn.content[step].to_owned())
        })
        .collect()
}

fn candidate(item: &Item, id: CandidateId) -> Option<&Candidate> {
    item.candidates.iter().find(|candidate| candidate.id == id)
}

/// The one candidate that an answer puts first.
fn best(answer: &Judgment) -> Option<CandidateId> {
    match (answer.outcome, &answer.ranking) {
        (Outcome::Preferred(candidate), _) => Some(candidate),
        (Outcome::Ranked, Some(ranking)) => match ranking.tiers.first()?.as_slice() {
            [only] => Some(*only),
            _ => None,
        },
        _ => None,
    }
}

fn turns(messages: Vec<Message>) -> Vec<TurnView> {
    messages
        .into_iter()
        .map(|message| TurnView { role: message.role.as_str().to_owned(), text: message.content })
        .collect()
}

fn image(row: &MediaRow) -> Option<ImageView> {
    (row.kind == MediaKind::Image).then(|| ImageView {
        width: row.width.unwrap_or_default(),
        height: row.height.unwrap_or_default(),
        format: row.format.clone(),
        animated: row.animated,
    })
}

fn audio(row: &MediaRow) -> Option<AudioView> {
    (row.kind == MediaKind::Audio).then(|| AudioView {
        format: row.format.clone(),
        duration_s: row.duration_s.unwrap_or_default(),
        sample_rate: row.sample_rate.unwrap_or_default(),
        channels: row.channels.unwrap_or_default(),
        loudness_lufs: row.loudness_lufs,
        true_peak_dbtp: row.true_peak_dbtp,
    })
}

fn loudness(candidates: &[CandidateView]) -> Option<LoudnessMatch> {
    let clips: Vec<Option<&AudioView>> = candidates
        .iter()
        .map(|candidate| candidate.media.as_ref().and_then(|media| media.audio.as_ref()))
        .collect();
    if clips.iter().all(Option::is_none) {
        return None;
    }
    let measured: Vec<Loudness> = clips
        .into_iter()
        .map(|clip| Loudness {
            integrated_lufs: clip.and_then(|clip| clip.loudness_lufs),
            true_peak_dbtp: clip.and_then(|clip| clip.true_peak_dbtp),
            range_lu: None,
        })
        .collect();
    let matched = matched_gains(&measured);
    Some(LoudnessMatch {
        gains_db: matched.gains_db,
        target_lufs: matched.target_lufs,
        limited: matched.limited,
    })
}
