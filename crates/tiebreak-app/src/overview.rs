//! The study at a glance.

use tiebreak_core::AnnotatorKind;

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
                annotators,
                policy: run.map(|run| {
                    format!(
                        "{}, budget {}, {}",
                        run.policy,
                        run.budget,
                        run.ran_at.format("%Y-%m-%d %H:%M UTC")
                    )
                }),
                settings,
            })
        })
    }
}
