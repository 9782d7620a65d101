//! Routing again in the background, as people's labels come in: the policy is fitted on all of
//! them, and what is still open is ordered anew under the same budget.
//!
//! Annotation never waits for it, and nothing that annotators have before them is lost: what was
//! handed out stays with people, a routing counts only once it is whole, and one that was asked for
//! meanwhile comes first.

use tiebreak_core::{PolicyRun, RunCause};
use tiebreak_routing::PolicyKind;

use crate::ai_side::AiSide;
use crate::error::Result;
use crate::route::{Means, RouteRequest};
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

    /// Routes again as the routing in force was asked for. Returns false, and changes nothing, if
    /// none was, or if another came in between.
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
        let means = Means { source: Some(source), threads, base: Some(run.id), ..Means::default() };
        Ok(self.route_with(&request, &means, watch)?.is_some())
    }
}

/// The policy that a run was asked for; `None` for a pilot.
fn policy(run: &PolicyRun) -> Option<PolicyKind> {
    run.policy.parse().ok()
}
