//! Heads trained again and the study routed again in the background, as people's labels come in.
//!
//! One thread of low priority waits for submissions, and looks now and then for labels that another
//! program gave. When so many labels are new as the study's settings say, it trains a head on all
//! of them, keeps it, and scores with it; the new scores come into force when all of them are
//! there. Then, if it is time for that, or if other scores are in force than the routing used, it
//! routes again what is still open (`rerouting.rs`). Annotation never waits for any of this, and
//! nothing is half done at any moment: a head is kept in one transaction, scores go on where they
//! were broken off, until they are complete the earlier ones count, and so it is with routes.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tiebreak_core::{Cancel, ContentHash, Modality, Scorer, ScorerKind};
use tiebreak_store::TrainedHead;

use crate::error::Result;
use crate::rerouting::Due;
use crate::{AppError, ModelSource, Study, TrainOptions, Watch};

/// So often it looks for labels that another program gave.
const LOOK_AROUND: Duration = Duration::from_secs(30);

/// After so many submissions it looks again in any case: the settings may have changed.
const SELDOM: u64 = 10;

/// Retraining and rerouting for an open study. Dropping it stops what is under way, at the next safe point.
pub struct Retraining {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    study: Arc<Study>,
    source: Arc<dyn ModelSource>,
    options: TrainOptions,
    cancel: Cancel,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Submissions since the labels were last counted.
    submitted: u64,
    /// After so many submissions they are counted again: no label is missed, and a large study is
    /// not counted after each.
    due: u64,
    /// Labels may have come from elsewhere: it is time to see whether any did.
    look_around: bool,
    closing: bool,
    working: bool,
    /// What went wrong last.
    error: Option<String>,
}

impl State {
    const fn has_work(&self) -> bool {
        self.look_around || self.submitted >= self.due
    }
}

impl Watch for Shared {
    fn stage(&self, _name: &str, _total: Option<u64>) {}

    fn advance(&self, _done: u64) {}

    fn cancel(&self) -> &Cancel {
        &self.cancel
    }
}

impl Retraining {
    /// Waits for submissions to `study`. `source` opens its models when they are first needed.
    ///
    /// # Errors
    /// If the file cannot be read, or the system has no thread to give.
    pub fn start(study: Arc<Study>, source: Arc<dyn ModelSource>) -> Result<Self> {
        Self::with_options(study, source, TrainOptions { threads: 1, ..TrainOptions::default() })
    }

    /// As [`Retraining::start`], with other options of training.
    ///
    /// # Errors
    /// If the file cannot be read, or the system has no thread to give.
    pub fn with_options(
        study: Arc<Study>,
        source: Arc<dyn ModelSource>,
        options: TrainOptions,
    ) -> Result<Self> {
        let shared = Arc::new(Shared {
            study,
            source,
            options,
            cancel: Cancel::default(),
            state: Mutex::new(State { due: 1, ..State::default() }),
            changed: Condvar::new(),
        });
        let working = Arc::clone(&shared);
        let seen = shared.study.last_judgment()?;
        let thread = std::thread::Builder::new()
            .name("tiebreak-retraining".to_owned())
            .spawn(move || {
                // Where the system refuses, it works at the usual priority. On Linux, threads that
                // this one starts have its priority.
                let _ = thread_priority::set_current_thread_priority(
                    thread_priority::ThreadPriority::Min,
                );
                working.run(seen);
            })
            .map_err(|source| AppError::Io { path: "thread".into(), source })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Notes that a judgment was saved; returns at once.
    pub fn after_submission(&self) {
        self.shared.lock().submitted += 1;
        self.shared.changed.notify_all();
    }

    /// Looks soon whether another program has added labels, as it does every half minute;
    /// returns at once.
    pub fn look_around(&self) {
        self.shared.lock().look_around = true;
        self.shared.changed.notify_all();
    }

    /// Waits until there is nothing to do: all submissions so far were looked at, and
    /// whatever [`Retraining::look_around`] was to find. Returns what went wrong last, if anything
    /// did.
    pub fn wait(&self) -> Option<String> {
        let mut state = self.shared.lock();
        while !state.closing && (state.working || state.has_work()) {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.error.clone()
    }
}

impl Drop for Retraining {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.cancel.cancel();
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic there has nothing to say here.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `seen` is the last judgment that was there when the study was opened.
    fn run(&self, seen: u64) {
        let mut seen = seen;
        loop {
            let mut state = self.lock();
            while !state.closing && !state.has_work() {
                let (woken, waited) = self
                    .changed
                    .wait_timeout(state, LOOK_AROUND)
                    .unwrap_or_else(PoisonError::into_inner);
                state = woken;
                state.look_around |= waited.timed_out();
            }
            if state.closing {
                return;
            }
            let mut is_due = state.submitted >= state.due;
            if is_due {
                state.submitted = 0;
            }
            state.look_around = false;
            state.working = true;
            drop(state);
            // What cannot be read now is looked for again in half a minute.
            if let Ok(last) = self.study.last_judgment() {
                is_due |= last != seen;
                seen = last;
            }
            let outcome = is_due.then(|| self.look());
            let mut state = self.lock();
            state.working = false;
            match outcome {
                None => {}
                Some(Ok(due)) => {
                    // What is not asked for now may be when it looks again.
                    state.due = due.clamp(1, SELDOM);
                    state.error = None;
                }
                // What failed once is not tried again after each label.
                Some(Err(error)) => {
                    state.due = 10;
                    state.error = Some(error.to_user().message);
                }
            }
            drop(state);
            self.changed.notify_all();
        }
    }

    /// Trains and routes what is due; returns after how many submissions to look again.
    fn look(&self) -> Result<u64> {
        let trained = self.look_at_heads();
        // A head that cannot be trained is no reason not to route.
        let routed = self.look_at_routing();
        Ok(trained?.min(routed?))
    }

    fn look_at_routing(&self) -> Result<u64> {
        let outcome = self.route();
        let error = outcome.as_ref().err().map(AppError::to_user);
        if error.as_ref().is_none_or(|error| error.code != "cancelled") {
            self.study.background.note(error);
        }
        outcome
    }

    fn route(&self) -> Result<u64> {
        if self.study.rerouting_due()? == Due::Now {
            self.study.reroute(self.source.as_ref(), self.options.threads, self)?;
        }
        Ok(match self.study.rerouting_due()? {
            Due::Never => u64::MAX,
            Due::In(labels) => labels,
            Due::Now => 1,
        })
    }

    fn look_at_heads(&self) -> Result<u64> {
        let every = u64::from(self.study.settings()?.retrain_every);
        if every == 0 {
            return Ok(u64::MAX);
        }
        let mut due = every;
        for modality in self.study.modalities()? {
            self.finish(modality)?;
            // No model is opened before there can be enough.
            let labels = self.study.labels_since(modality, 0)?;
            if labels < every {
                due = due.min(every - labels);
                continue;
            }
            let encoder = self.study.pack_model(modality, self.source.as_ref())?;
            if encoder.identity().kind != ScorerKind::Encoder {
                continue;
            }
            let hash = encoder.identity().encoder_hash;
            let new = self.study.labels_since_training(modality, hash)?;
            if new < every {
                due = due.min(every - new);
                continue;
            }
            self.train(encoder.as_ref())?;
            let left = self.study.labels_since_training(modality, hash)?;
            due = due.min(every.saturating_sub(left));
        }
        Ok(due)
    }

    /// Goes on with scores that were broken off.
    fn finish(&self, modality: Modality) -> Result<()> {
        let Some(encoder) = self.study.head_to_score_with(modality)? else { return Ok(()) };
        let scorer = self.study.pack_model(modality, self.source.as_ref())?;
        if scorer.identity().encoder_hash == encoder {
            let model = self.study.with_own_head(scorer)?;
            self.study.score(model.scorer.as_ref(), self)?;
        }
        Ok(())
    }

    fn train(&self, encoder: &dyn Scorer) -> Result<()> {
        let trained = match self.study.train(encoder, &self.options, self) {
            Ok(trained) => trained,
            // Many labels of few prompts, for example.
            Err(AppError::TooFewPairs { .. } | AppError::NoPreferences) => return Ok(()),
            Err(error) => return Err(error),
        };
        let is_better = self.is_better(encoder, trained.quality.log_loss)?;
        self.study.keep_head(&trained, "background", is_better)?;
        if is_better {
            let scorer = encoder.with_head(&trained.head)?;
            self.study.score(scorer.as_ref(), self)?;
        }
        Ok(())
    }

    /// Whether a head of this held-out log loss is to replace what scores now: a head trained on
    /// fewer labels of this study always, the one that the pack brings only if it is worse.
    fn is_better(&self, encoder: &dyn Scorer, log_loss: f64) -> Result<bool> {
        let is_first = self.study.own_head(encoder.identity().encoder_hash)?.is_none();
        if !is_first || !encoder.has_head() {
            return Ok(true);
        }
        Ok(log_loss <= self.study.measure(encoder, self)?.log_loss)
    }
}

impl Study {
    /// Where the judgments of people and programs end, now.
    fn last_judgment(&self) -> Result<u64> {
        self.store.read_aside(|reader| Ok(reader.last_judgment_seq()?))
    }

    /// People's labels on items of a modality after a judgment, by its place in the file.
    fn labels_since(&self, modality: Modality, judgment: u64) -> Result<u64> {
        self.store.read_aside(|reader| Ok(reader.preference_count(modality, judgment)?))
    }

    /// People's labels on items of a modality since a head of an encoder was last trained on all
    /// that they say; all of them before.
    fn labels_since_training(&self, modality: Modality, encoder: ContentHash) -> Result<u64> {
        self.store.read_aside(|reader| {
            let known = reader.labels_known(encoder, TrainedHead::OVERALL)?;
            Ok(reader.preference_count(modality, known)?)
        })
    }

    /// The encoder of the head in use that was trained last, if no model or another one is in
    /// force: scoring with it was broken off, or is still to be done. Heads of aspects score
    /// nothing.
    fn head_to_score_with(&self, modality: Modality) -> Result<Option<ContentHash>> {
        self.store.read_aside(|reader| {
            let scores = |head: &TrainedHead| head.in_use && head.objective == TrainedHead::OVERALL;
            let Some(head) = reader.trained_heads(modality)?.into_iter().rfind(scores) else {
                return Ok(None);
            };
            let in_force = reader.model_in_force(modality)?;
            let is_scored =
                in_force.is_some_and(|model| model.identity.pack_hash == head.pack_hash);
            Ok((!is_scored).then_some(head.encoder_hash))
        })
    }
}
