//! The study at a glance.

use tiebreak_core::{AnnotatorKind, PolicyRun, RunCause};
use tiebreak_store::Reader;

use crate::Study;
use crate::error::Result;
use crate::view::{AnnotatorView, ModalityCounts, RouteCounts, StudyOverview};

impl Study {
    /// Counts, settings, annotators and the routing in force.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn overview(&self) -> Result<StudyOverview> {
        let settings = self.settings()?;
        self.store.read(|reader| {
            let run = reader.current_run()?;
            let models: Vec<_> =
                reader.models_in_force()?.into_iter().map(|model| model.id).collect();
            let counts =
                reader.counts(run.as_ref().map(|run| run.id), &models, settings.overlap)?;
            let held_out = held_out(reader)?;
            let annotators = reader
                .annotators()?
                .into_iter()
                .map(|tally| AnnotatorView {
                    id: tally.annotator.id.to_string(),
                    kind: tally.annotator.kind.as_str().to_owned(),
                    imported: tally.annotator.kind == AnnotatorKind::Human
                        && !tally.annotator.scope.is_empty(),
                    name: tally.annotator.name,
                    pseudonym: tally.annotator.pseudonym,
                    judgments: tally.judgments as u32,
                })
                .collect();
            Ok(StudyOverview {
                modalities: ModalityCounts {
                    text: counts.text as u32,
                    image: counts.image as u32,
                    music: counts.music as u32,
                },
                name: self.name(),
                path: self.path().display().to_string(),
                items: counts.items as u32,
                scored: counts.scored as u32,
                routed: RouteCounts {
                    human: counts.routed_human as u32,
                    ai: counts.routed_ai as u32,
                    unrouted: (counts.items - counts.routed_human - counts.routed_ai) as u32,
                },
                human_labelled: counts.human_labelled as u32,
                annotated: counts.annotated as u32,
                ai_labelled: counts.ai_labelled as u32,
                waiting: counts.waiting as u32,
                agreement: (counts.comparable > 0)
                    .then(|| counts.agreeing as f64 / counts.comparable as f64),
                agreement_items: counts.comparable as u32,
                agreement_seen: held_out.is_some(),
                held_out_accuracy: held_out,
                annotators,
                policy: run.map(|run| in_words(&run)),
                settings,
            })
        })
    }
}

/// The routing in force.
fn in_words(run: &PolicyRun) -> String {
    let when = run.ran_at.format("%Y-%m-%d %H:%M UTC");
    if run.is_pilot() {
        return format!("pilot of {} items, {when}", run.budget);
    }
    let used = match run.used.as_str() {
        used if used.is_empty() || used == run.policy => String::new(),
        used => format!(" (takes {used})"),
    };
    let again = match run.cause {
        RunCause::Asked => "",
        RunCause::Background => ", in the background",
    };
    format!("{}{used}, budget {}, {when}{again}", run.policy, run.budget)
}

/// The held-out accuracy of the models in force that were trained on this study, weighted by
/// their clear pairs; `None` if none was.
fn held_out(reader: &Reader<'_>) -> Result<Option<f64>> {
    let (mut right, mut pairs) = (0.0, 0.0);
    for model in reader.models_in_force()? {
        let heads = reader.trained_heads(model.identity.modality)?;
        if let Some(head) = heads.iter().rfind(|head| head.pack_hash == model.identity.pack_hash) {
            let n = head.accuracy_n.max(1) as f64;
            right += head.accuracy * n;
            pairs += n;
        }
    }
    Ok((pairs > 0.0).then(|| right / pairs))
}
