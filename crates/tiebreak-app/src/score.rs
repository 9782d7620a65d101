//! Scoring: every candidate gets the reward model's score, every pair its preference.

mod chunk;

use std::time::Instant;

use tiebreak_core::{Item, RewardModelId, Scorer, ScorerError, ScorerKind, SkippedProvider, Usage};
use tiebreak_store::ScoringRun;

use crate::clock::{fresh, now};
use crate::error::Result;
use crate::study::stop_if_cancelled;
use crate::{AppError, Study, Watch};

pub(crate) use chunk::bytes_of;

/// Reasons that a report names one by one.
const PROBLEMS: usize = 100;

/// What scoring did.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ScoreReport {
    /// `text`, `image` or `music`.
    pub modality: String,
    /// All items of the study.
    pub items: u64,
    /// Items scored now.
    pub scored: u64,
    /// Their candidates.
    pub candidates: u64,
    /// Items that had scores of this model already.
    pub already_scored: u64,
    /// Items of other modalities.
    pub unscorable: u64,
    /// Items that could not be read, for example of a damaged image. They are tried again in the
    /// next run.
    pub unreadable: u64,
    /// Why, with the item; the first 100.
    pub problems: Vec<String>,
    /// Contents embedded now; what was seen before is not embedded again.
    pub embedded: u64,
    /// Texts, images or patches of clips that went through the model.
    pub inputs: u64,
    /// Tokens in them.
    pub tokens: u64,
    /// How long it took.
    pub seconds: f64,
    /// Items a second.
    pub items_per_s: f64,
    /// Share of the time that ONNX Runtime was busy, 0 to 1.
    pub runtime_share: f64,
    /// The reward model's name.
    pub model: String,
    /// `encoder`, `pointwise` or `pairwise`.
    pub kind: String,
    /// The hash over its files.
    pub model_hash: String,
    /// The execution provider that ran at the end.
    pub provider: String,
    /// Those that did not run, or failed on the way.
    pub skipped: Vec<SkippedProvider>,
}

/// A run under way.
struct Running<'s> {
    scorer: &'s dyn Scorer,
    model: RewardModelId,
    number: Option<i64>,
    began: Instant,
    usage: Usage,
    run: ScoringRun,
}

impl Running<'_> {
    /// The run as it stands.
    fn measure(&mut self) {
        let usage = self.scorer.usage();
        self.run.inputs = usage.inputs.saturating_sub(self.usage.inputs);
        self.run.tokens = usage.tokens.saturating_sub(self.usage.tokens);
        self.run.busy_s = (usage.busy_s - self.usage.busy_s).max(0.0);
        self.run.sessions = usage.sessions;
        self.run.seconds = self.began.elapsed().as_secs_f64();
        self.run.provider = self.scorer.provider();
        self.run.skipped = self.scorer.skipped_providers();
    }
}

/// The share of the time of a run that ONNX Runtime was busy, 0 to 1.
pub(crate) fn runtime_share(run: &ScoringRun) -> f64 {
    let available = run.seconds * f64::from(run.sessions);
    if available > 0.0 { (run.busy_s / available).min(1.0) } else { 0.0 }
}

/// Items a second of a run; 0 before time has passed.
pub(crate) fn items_per_s(run: &ScoringRun) -> f64 {
    if run.seconds > 0.0 { run.items as f64 / run.seconds } else { 0.0 }
}

impl Study {
    /// Scores every item of the reward model's modality that it has not scored. Scores are kept
    /// by the model's hash and committed chunk by chunk, each with what the run has done so far:
    /// stopping at any moment and starting again scores nothing twice. When every item has its
    /// scores, or a reason why it cannot have them, the model is in force for its modality; one
    /// that could read none of them is not.
    ///
    /// # Errors
    /// Without a head where one is needed, on cancellation, or if the model or the file fails;
    /// chunks done before are kept.
    pub fn score(&self, scorer: &dyn Scorer, watch: &dyn Watch) -> Result<ScoreReport> {
        let identity = scorer.identity().clone();
        if identity.kind == ScorerKind::Encoder && !scorer.has_head() {
            return Err(ScorerError::NoHead(identity.name).into());
        }
        let model = self.note_model(scorer)?;
        let (items, todo, unscorable) = self.store.read(|reader| {
            let todo = reader.unscored_count(model)?;
            Ok::<_, AppError>((reader.item_count()?, todo, reader.unscorable_count(model)?))
        })?;
        let mut running = Running {
            scorer,
            model,
            number: None,
            began: Instant::now(),
            usage: scorer.usage(),
            run: ScoringRun {
                started_at: now(),
                ended_at: None,
                items: 0,
                candidates: 0,
                inputs: 0,
                tokens: 0,
                seconds: 0.0,
                busy_s: 0.0,
                sessions: 0,
                provider: scorer.provider(),
                skipped: scorer.skipped_providers(),
            },
        };
        let mut report = ScoreReport {
            modality: identity.modality.as_str().to_owned(),
            items,
            scored: 0,
            candidates: 0,
            already_scored: items - todo - unscorable,
            unscorable,
            unreadable: 0,
            problems: Vec::new(),
            embedded: 0,
            inputs: 0,
            tokens: 0,
            seconds: 0.0,
            items_per_s: 0.0,
            runtime_share: 0.0,
            model: identity.name,
            kind: identity.kind.as_str().to_owned(),
            model_hash: identity.pack_hash.to_string(),
            provider: String::new(),
            skipped: Vec::new(),
        };
        watch.stage("Scoring", Some(todo));
        let outcome = self.score_chunks(&mut running, &mut report, watch);
        self.end_run(&mut running, outcome.is_ok())?;
        outcome?;
        let run = running.run;
        report.candidates = run.candidates;
        report.inputs = run.inputs;
        report.tokens = run.tokens;
        report.seconds = run.seconds;
        report.items_per_s = items_per_s(&run);
        report.runtime_share = runtime_share(&run);
        report.provider = run.provider;
        report.skipped = run.skipped;
        Ok(report)
    }

    /// Finds or adds the model in the file; what is in force stays so.
    pub(crate) fn note_model(&self, scorer: &dyn Scorer) -> Result<RewardModelId> {
        self.store.write(|writer| {
            Ok(writer.ensure_reward_model(
                scorer.identity(),
                &scorer.provider(),
                &scorer.skipped_providers(),
                RewardModelId::new(fresh()),
                now(),
            )?)
        })
    }

    fn score_chunks(
        &self,
        running: &mut Running<'_>,
        report: &mut ScoreReport,
        watch: &dyn Watch,
    ) -> Result<()> {
        let limits = chunk::Limits::of(running.scorer.identity().modality);
        let mut after = 0;
        loop {
            stop_if_cancelled(watch)?;
            let items = self.next_chunk(running.model, after, limits)?;
            let Some(last) = items.last() else { return Ok(()) };
            after = last.ordinal;
            let judged = self.judge_chunk(&items, running.scorer, watch)?;
            report.embedded += judged.embedded;
            self.keep_chunk(&items, &judged.items, running, report)?;
            watch.advance(report.scored + report.unreadable);
        }
    }

    /// The next items to score: as many as the limits allow, and at least one.
    fn next_chunk(
        &self,
        model: RewardModelId,
        after: u64,
        limits: chunk::Limits,
    ) -> Result<Vec<Item>> {
        self.store.read(|reader| {
            let mut items = Vec::new();
            let mut bytes = 0;
            for (_, id) in reader.unscored_after(model, after, limits.items)? {
                let item = reader.item(id)?;
                bytes += bytes_of(&item);
                items.push(item);
                if bytes > limits.bytes {
                    break;
                }
            }
            Ok(items)
        })
    }

    /// Commits the scores of a chunk, together with how far the run has come.
    fn keep_chunk(
        &self,
        items: &[Item],
        judged: &[chunk::Judged],
        running: &mut Running<'_>,
        report: &mut ScoreReport,
    ) -> Result<()> {
        running.measure();
        let Running { model, number, run, .. } = running;
        self.store.write(|writer| {
            let temperature =
                writer.reward_model_by_id(*model)?.map_or(1.0, |model| model.temperature);
            let is_raw = temperature != 1.0;
            for (item, judged) in items.iter().zip(judged) {
                match judged {
                    Ok(scored) => {
                        let mut preference = scored.preference;
                        if is_raw {
                            preference = preference.recalibrated(1.0, temperature);
                        }
                        // Another program may have been faster.
                        if writer.keep_scores(*model, item.id, &scored.scores, preference, now())? {
                            run.items += 1;
                            run.candidates += item.candidates.len() as u64;
                            report.scored += 1;
                        }
                    }
                    Err(reason) => {
                        writer.keep_problem(*model, item.id, &reason.0)?;
                        report.unreadable += 1;
                        if report.problems.len() < PROBLEMS {
                            let name = item.external_id.clone();
                            let name = name.unwrap_or_else(|| format!("#{}", item.ordinal));
                            report.problems.push(format!("{name}: {reason}"));
                        }
                    }
                }
            }
            *number = Some(writer.keep_scoring_run(*number, *model, run)?);
            Ok(())
        })
    }

    /// Notes how the run ended; one that leaves nothing to do puts its model in force.
    fn end_run(&self, running: &mut Running<'_>, complete: bool) -> Result<()> {
        running.measure();
        running.run.ended_at = Some(now());
        let modality = running.scorer.identity().modality;
        self.store.write(|writer| {
            // A run that found nothing to do is none.
            if let Some(number) = running.number {
                writer.keep_scoring_run(Some(number), running.model, &running.run)?;
            }
            writer.ensure_reward_model(
                running.scorer.identity(),
                &running.run.provider,
                &running.run.skipped,
                running.model,
                now(),
            )?;
            if complete && writer.put_in_force(running.model, now())? {
                writer.drop_old_heads(modality)?;
            }
            Ok(())
        })
    }
}
