//! Routing again in the background, as people's labels come in: the policy is fitted on all of
//! them, and what is still open is ordered anew under the same budget.
//!
//! Annotation never waits for it, and nothing that annotators have before them is lost: what was
//! handed out stays with people, a routing counts only once it is whole, and one that was asked for
//! meanwhile comes first.

use std::collections::BTreeMap;

use tiebreak_core::{Modality, PolicyRun, RunCause};
use tiebreak_routing::PolicyKind;

use crate::ai_side::AiSide;
use crate::error::Result;
use crate::route::{Means, RouteRequest};
use crate::view::LabelReport;
use crate::{ModelSource, Study, Watch};

/// When to route again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Not before somebody asks for it.
    Never,
    /// After so many labels.
    In(u64),
    /// Now.
    Now,
}

impl Study {
    /// Whether the routing in force is out of date: so many labels of people are new as the
    /// settings say, or other scores are in force than it used. A pilot is never.
    pub(crate) fn rerouting_due(&self) -> Result<Due> {
        let every = u64::from(self.settings()?.routing.reroute_every);
        if every == 0 {
            return Ok(Due::Never);
        }
        self.store.read_aside(|reader| {
            let Some(run) = reader.current_run()? else { return Ok(Due::Never) };
            let Some((last, _)) = run.last_judgment.zip(policy(&run)) else {
                return Ok(Due::Never);
            };
            if run.ai == PolicyRun::REWARD {
                let in_force = reader.models_in_force()?;
                let used = |id| run.reward_models.contains(id);
                if !in_force.iter().all(|model| used(&model.id)) {
                    return Ok(Due::Now);
                }
            }
            let new = reader.answers_after(last)?;
            Ok(if new >= every { Due::Now } else { Due::In(every - new) })
        })
    }

    /// Routes again as the routing in force was asked for: what came since is scored first where
    /// the AI's side is the reward models', and tagged where the policy learns from tags; of a
    /// modality that cannot be scored now, what has no scores goes to people. Returns false, and
    /// changes no routing, if none was, or if another came in between.
    pub(crate) fn reroute(
        &self,
        source: &dyn ModelSource,
        threads: usize,
        watch: &dyn Watch,
    ) -> Result<bool> {
        let run = self.store.read_aside(|reader| reader.current_run())?;
        let Some(run) = run else { return Ok(false) };
        let Some(policy) = policy(&run) else { return Ok(false) };
        let request = RouteRequest {
            policy,
            budget: run.budget,
            ai: run.ai.parse::<AiSide>()?,
            seed: Some(run.seed),
            cause: RunCause::Background,
        };
        let mut unable = BTreeMap::new();
        if request.ai == AiSide::Reward {
            let new = self.modalities_with_new_items()?;
            unable =
                self.score_modalities(&new, source, &mut LabelReport::default(), watch)?.unable;
        }
        let source = self.learns(source, &request, watch)?;
        let means = Means { source, unable, threads, base: Some(run.id) };
        Ok(self.route_with(&request, &means, watch)?.is_some())
    }

    /// The modalities whose model in force has not scored all items: some came later.
    fn modalities_with_new_items(&self) -> Result<Vec<Modality>> {
        self.store.read_aside(|reader| {
            let mut found = Vec::new();
            for model in reader.models_in_force()? {
                if reader.unscored_count(model.id)? > 0 {
                    found.push(model.identity.modality);
                }
            }
            Ok(found)
        })
    }
}

/// The policy that a run was asked for; `None` for a pilot.
fn policy(run: &PolicyRun) -> Option<PolicyKind> {
    run.policy.parse().ok()
}
