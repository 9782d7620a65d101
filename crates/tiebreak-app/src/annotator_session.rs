//! An annotator at work: signing in, what may be handed to them, where they stand.

use chrono::TimeDelta;
use tiebreak_core::{Annotator, AnnotatorId, AnnotatorKind};
use tiebreak_store::{QueueScope, Reader};

use crate::clock::{fresh, now};
use crate::compare::parse;
use crate::error::Result;
use crate::view::{AnnotatorView, Progress, StudySettings};
use crate::{AppError, Study};

/// For how long an item that was handed out is kept from others.
pub(crate) const LEASE: TimeDelta = TimeDelta::minutes(30);

/// Judgments that the pace is taken from.
const PACE_WINDOW: usize = 50;

/// An annotator at work on a study.
#[derive(Clone, Debug)]
pub struct AnnotatorSession {
    /// Who.
    pub annotator: Annotator,
}

impl Study {
    /// The annotator of this name at work here, made if they are new.
    ///
    /// # Errors
    /// For an empty or overlong name, or if the file cannot be written.
    pub fn sign_in(&self, name: &str) -> Result<AnnotatorSession> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(AppError::input("annotator", "a name has 1 to 100 characters"));
        }
        let known = self.store.read(|reader| {
            Ok::<_, AppError>(reader.annotator_named(AnnotatorKind::Human, name, "")?)
        })?;
        let annotator = match known {
            Some(annotator) => annotator,
            None => self.store.write(|writer| {
                let fresh = AnnotatorId::new(fresh());
                Ok::<_, AppError>(writer.ensure_annotator(
                    AnnotatorKind::Human,
                    name,
                    "",
                    fresh,
                    now(),
                )?)
            })?,
        };
        Ok(AnnotatorSession { annotator })
    }

    /// The annotator of this name, if they have worked here before.
    ///
    /// # Errors
    /// If nobody of this name has, or the file cannot be read.
    pub fn signed_in_before(&self, name: &str) -> Result<AnnotatorSession> {
        let known = self.store.read(|reader| {
            Ok::<_, AppError>(reader.annotator_named(AnnotatorKind::Human, name.trim(), "")?)
        })?;
        known.map(|annotator| AnnotatorSession { annotator }).ok_or_else(|| {
            AppError::input("annotator", format!("nobody called {name:?} works here"))
        })
    }

    /// The annotator of this id at work here.
    ///
    /// # Errors
    /// If there is no such person, or they came with imported data.
    pub fn sign_in_again(&self, id: &str) -> Result<AnnotatorSession> {
        let id = parse(id, "annotator")?;
        let annotator = self.store.read(|reader| Ok::<_, AppError>(reader.annotator(id)?))?;
        if annotator.kind != AnnotatorKind::Human || !annotator.scope.is_empty() {
            return Err(AppError::input(
                "annotator",
                format!("{} does not work here", annotator.name),
            ));
        }
        Ok(AnnotatorSession { annotator })
    }

    /// The annotator as front ends show them.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn annotator_view(&self, session: &AnnotatorSession) -> Result<AnnotatorView> {
        let annotator = &session.annotator;
        let judgments =
            self.store.read(|reader| Ok::<_, AppError>(reader.annotated_count(annotator.id)?))?;
        Ok(AnnotatorView {
            id: annotator.id.to_string(),
            kind: annotator.kind.as_str().to_owned(),
            name: annotator.name.clone(),
            pseudonym: annotator.pseudonym.clone(),
            imported: false,
            judgments: judgments as u32,
        })
    }

    /// Where the annotator stands, with everything counted.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn progress(&self, session: &AnnotatorSession) -> Result<Progress> {
        let settings = self.settings()?;
        self.store.read(|reader| {
            let scope = scope(reader, session, &settings)?;
            self.queues.count(reader, &scope)?;
            self.progress_of(reader, &scope)
        })
    }

    /// Where the annotator stands, with what waits carried forward from the last count. The study
    /// may have been routed again since `scope` was made.
    pub(crate) fn progress_now(&self, scope: &QueueScope) -> Result<Progress> {
        self.store.read(|reader| {
            let scope = QueueScope { run: reader.current_run_id()?, ..*scope };
            self.progress_of(reader, &scope)
        })
    }

    fn progress_of(&self, reader: &Reader<'_>, scope: &QueueScope) -> Result<Progress> {
        let done = reader.annotated_count(scope.annotator)?;
        let waiting = self.queues.waiting(reader, scope)?;
        let times: Vec<f64> = reader
            .recent_active_ms(scope.annotator, PACE_WINDOW)?
            .into_iter()
            .map(|ms| ms as f64 / 1000.0)
            .collect();
        let pace = tiebreak_stats::median(&times);
        Ok(Progress {
            done: done as u32,
            waiting: waiting as u32,
            seconds_per_judgment: pace,
            seconds_left: pace.map(|pace| pace * waiting as f64),
            can_undo: done > 0,
        })
    }
}

/// What the annotator may be handed under the routing in force.
pub(crate) fn scope(
    reader: &Reader<'_>,
    session: &AnnotatorSession,
    settings: &StudySettings,
) -> Result<QueueScope> {
    Ok(QueueScope {
        annotator: session.annotator.id,
        run: reader.current_run_id()?,
        overlap: settings.overlap,
        lease_start: now() - LEASE,
    })
}
