//! Every policy but `auto`, fitted on the same labelled pairs.

use tiebreak_core::ContentHash;

use crate::fitting::{FitOptions, Watching};
use crate::label_model::{LabelModel, Target};
use crate::ppm::Ppm;
use crate::second_opinion::SecondOpinion;
use crate::truth::Truth;
use crate::{PolicyKind, Pool, RoutingError};

/// The policies that were asked for, fitted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bases {
    pub(crate) error: Option<LabelModel>,
    pub(crate) gain: Option<LabelModel>,
    pub(crate) ppm: Option<Ppm>,
    /// The penalty that suits a head on these labels; `None` without features.
    pub(crate) penalty: Option<f64>,
}

/// How a policy values open pairs.
#[derive(Clone, Debug)]
pub(crate) struct Valued {
    /// People get the largest, in the order of the open pairs.
    pub(crate) priority: Vec<f64>,
    /// What a human label is expected to add, where the policy can tell.
    pub(crate) gain: Vec<Option<f64>>,
    /// How many people should label: at most the budget.
    pub(crate) budget: usize,
}

impl Bases {
    /// Fits what `kinds` need on `labelled`.
    pub(crate) fn fit(
        kinds: &[PolicyKind],
        pool: &Pool,
        labelled: &[usize],
        truth: Truth,
        options: &FitOptions,
        watching: Watching<'_>,
    ) -> Result<Self, RoutingError> {
        let wanted = |kind: PolicyKind| kinds.contains(&kind);
        let models = wanted(PolicyKind::AiError) || wanted(PolicyKind::Value);
        let second = SecondOpinion::fit(pool, labelled, options, watching)?;
        let mut bases =
            Self { penalty: second.as_ref().map(|fitted| fitted.0.penalty), ..Self::default() };
        if models {
            let model = |target| {
                let second = second.as_ref();
                LabelModel::fit(target, pool, labelled, truth, second, options, watching)
            };
            if wanted(PolicyKind::AiError) {
                bases.error = Some(model(Target::AiError)?);
            }
            if wanted(PolicyKind::Value) {
                bases.gain = Some(model(Target::Gain)?);
            }
        }
        let ppm = [PolicyKind::PpmTopK, PolicyKind::PpmSimulated, PolicyKind::PpmUnlimited];
        if ppm.into_iter().any(wanted) {
            bases.ppm = Ppm::fit(pool, labelled, options, watching)?;
        }
        Ok(bases)
    }

    /// Values open pairs by a policy, to spend `budget` of them; `None` where it has not been
    /// fitted.
    pub(crate) fn value(
        &self,
        kind: PolicyKind,
        pool: &Pool,
        open: &[usize],
        budget: usize,
        options: &FitOptions,
    ) -> Option<Valued> {
        let budget = budget.min(open.len());
        let by = |gain: Vec<Option<f64>>, priority: Vec<f64>| Valued { priority, gain, budget };
        let plain = |gains: Vec<f64>| by(gains.iter().map(|gain| Some(*gain)).collect(), gains);
        let chosen = |chosen: Vec<bool>, ppm: &Ppm| {
            let gains: Vec<f64> = open.iter().map(|&i| ppm.gain(pool, i)).collect();
            let largest = gains.iter().fold(1.0_f64, |most, gain| most.max(gain.abs()));
            // The chosen first; among them, and among the rest, by gain.
            let first = |taken: bool| if taken { 3.0 * largest } else { 0.0 };
            let priority = gains.iter().zip(&chosen).map(|(gain, taken)| gain + first(*taken));
            let priority = priority.collect();
            let budget = chosen.iter().filter(|taken| **taken).count();
            Valued { priority, gain: gains.into_iter().map(Some).collect(), budget }
        };
        Some(match kind {
            PolicyKind::Random => by(vec![None; open.len()], vec![0.0; open.len()]),
            PolicyKind::LeastCertain => {
                let doubt = |i: &usize| {
                    pool.instances[*i].signals.certainty.map(|certainty| 1.0 - certainty)
                };
                let gains: Vec<Option<f64>> = open.iter().map(doubt).collect();
                let priority = gains.iter().map(|gain| gain.unwrap_or(0.0)).collect();
                by(gains, priority)
            }
            PolicyKind::AiError => {
                let model = self.error.as_ref()?;
                plain(open.iter().map(|&i| model.predict(pool, i)).collect())
            }
            PolicyKind::Value => {
                let model = self.gain.as_ref()?;
                let usual = usual_seconds(pool);
                let gains: Vec<f64> = open.iter().map(|&i| model.predict(pool, i)).collect();
                let priority = open.iter().zip(&gains).map(|(&i, gain)| {
                    let time = match (pool.instances[i].seconds, usual) {
                        (Some(seconds), Some(usual)) if seconds > 0.0 => seconds / usual,
                        _ => 1.0,
                    };
                    // A label that is expected to do harm does no less of it for being quick.
                    if *gain > 0.0 { gain / time } else { gain * time }
                });
                let priority = priority.collect();
                by(gains.into_iter().map(Some).collect(), priority)
            }
            PolicyKind::PpmTopK => {
                let ppm = self.ppm.as_ref()?;
                plain(open.iter().map(|&i| ppm.gain(pool, i)).collect())
            }
            PolicyKind::PpmSimulated => {
                let ppm = self.ppm.as_ref()?;
                chosen(ppm.simulated(pool, open, budget, options), ppm)
            }
            PolicyKind::PpmUnlimited => {
                let ppm = self.ppm.as_ref()?;
                chosen(ppm.unlimited(pool, open, budget, options), ppm)
            }
            PolicyKind::Auto => return None,
        })
    }
}

/// The mean of the expected seconds of a label; `None` where none is known.
fn usual_seconds(pool: &Pool) -> Option<f64> {
    let known: Vec<f64> = pool.instances.iter().filter_map(|one| one.seconds).collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    (mean > 0.0).then_some(mean)
}

/// Which of the open pairs people get: those of the largest priority, equal ones by lot, until
/// they stand for as large a share of the weight as the budget is of the pairs. Pairs that were
/// drawn stand for as many as their probability says; of equal weights, it is the budget's number.
/// Lots are drawn by the pairs' places, not their ids: a study imported anew gives the same.
pub(crate) fn taken(valued: &Valued, open: &[usize], weights: &[f64], seed: u64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..open.len()).collect();
    order.sort_by_cached_key(|&k| place_lot(seed, "budget", open[k]));
    order.sort_by(|&a, &b| valued.priority[b].total_cmp(&valued.priority[a]));
    let mut left = worth(valued, weights);
    let mut taken = vec![false; open.len()];
    for k in order {
        // Half of the last pair's weight decides to which side it rounds.
        if left < 0.5 * weights[k] || left <= 0.0 {
            break;
        }
        taken[k] = true;
        left -= weights[k];
    }
    taken
}

/// The lot of a place in the pool.
pub(crate) fn place_lot(seed: u64, draw: &str, place: usize) -> ContentHash {
    let place = (place as u64).to_le_bytes();
    ContentHash::of_fields([&seed.to_le_bytes()[..], draw.as_bytes(), &place])
}

/// How likely each open pair is to go to people, over all lots: 1 above the last priority that the
/// budget reaches, 0 below, and the same for all that share it.
pub(crate) fn expected(valued: &Valued, weights: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| valued.priority[b].total_cmp(&valued.priority[a]));
    let mut left = worth(valued, weights);
    let mut chances = vec![0.0; weights.len()];
    let alike = |a: &usize, b: &usize| {
        valued.priority[*a].total_cmp(&valued.priority[*b]) == std::cmp::Ordering::Equal
    };
    for level in order.chunk_by(alike) {
        let weight: f64 = level.iter().map(|&k| weights[k]).sum();
        if weight <= 0.0 || left <= 0.0 {
            continue;
        }
        let chance = (left / weight).min(1.0);
        level.iter().for_each(|&k| chances[k] = chance);
        left -= weight;
    }
    chances
}

/// The weight that the budget is worth.
fn worth(valued: &Valued, weights: &[f64]) -> f64 {
    let share = valued.budget as f64 / weights.len().max(1) as f64;
    share * weights.iter().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_priorities_share_what_is_left_of_the_budget() {
        for (budget, shares) in [
            (0, [0.0, 0.0, 0.0, 0.0]),
            (1, [1.0, 0.0, 0.0, 0.0]),
            (2, [1.0, 0.5, 0.5, 0.0]),
            (3, [1.0, 1.0, 1.0, 0.0]),
            (4, [1.0; 4]),
        ] {
            let valued = Valued { priority: vec![3.0, 2.0, 2.0, 1.0], gain: vec![], budget };
            assert_eq!(expected(&valued, &[1.0; 4]), shares, "{budget}");
        }
    }

    /// Half of the budget is half of what the pairs stand for: one that stands for three others
    /// takes it alone.
    #[test]
    fn a_budget_is_spent_in_what_pairs_stand_for() {
        let valued = Valued { priority: vec![4.0, 3.0, 2.0, 1.0], gain: vec![], budget: 2 };
        assert_eq!(expected(&valued, &[3.0, 1.0, 1.0, 1.0]), [1.0, 0.0, 0.0, 0.0]);
        assert_eq!(expected(&valued, &[1.0, 1.0, 1.0, 3.0]), [1.0, 1.0, 1.0, 0.0]);
    }
}
