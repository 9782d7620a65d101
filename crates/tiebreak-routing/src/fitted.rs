//! A policy fitted on the labels so far, ready to value what is still open.

use serde_json::{Map, Value, json};

use crate::bases::Bases;
use crate::comparing::{clear_pairs, compare};
use crate::fitting::{FitOptions, Watching};
use crate::label_model::LabelModel;
use crate::truth::Truth;
use crate::{PolicyKind, Pool, RoutingError};

/// Coefficients of a policy run that are recorded: more would say nothing to a reader.
const RECORDED: usize = 400;

/// A fitted policy.
#[derive(Clone, Debug)]
pub struct Fitted {
    kind: PolicyKind,
    used: PolicyKind,
    why: String,
    labels: usize,
    bases: Bases,
    options: FitOptions,
    compared: Vec<Value>,
}

/// What a policy makes of open pairs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many of them people should label: the budget, or less where the policy says so.
    pub budget: usize,
    /// One a pair, in the order asked for.
    pub pairs: Vec<PlannedPair>,
}

/// What a policy makes of one pair.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedPair {
    /// People get the pairs of the largest priority.
    pub priority: f64,
    /// What a human label is expected to add, in the policy's unit; `None` where it cannot tell.
    pub gain: Option<f64>,
    /// Why, in words.
    pub reason: String,
}

/// Fits a policy on the labelled pairs of a pool (by index), for spending `share` (0 to 1) of the
/// open ones. `auto` compares all policies by cross-validation and takes the best for that share,
/// or random where none is better; with too few labels to compare, it goes by the AI's own doubt
/// where the AI tells of any, else by lot.
///
/// # Errors
/// [`RoutingError::TooFewLabels`] for a policy that needs labels, [`RoutingError::Fit`] where a
/// fit fails or is cancelled.
pub fn fit(
    kind: PolicyKind,
    pool: &Pool,
    labelled: &[usize],
    share: f64,
    options: &FitOptions,
    watching: Watching<'_>,
) -> Result<Fitted, RoutingError> {
    let mut fitted = Fitted {
        kind,
        used: kind,
        why: String::new(),
        labels: labelled.len(),
        bases: Bases::default(),
        options: options.clone(),
        compared: Vec::new(),
    };
    if kind == PolicyKind::Auto {
        let rivals: Vec<PolicyKind> =
            PolicyKind::ALL.into_iter().filter(|kind| *kind != PolicyKind::Auto).collect();
        watching.at("Comparing policies", 0, 2)?;
        match compare(&rivals, pool, labelled, Truth::Majority, options, watching) {
            Ok(comparison) => {
                (fitted.used, fitted.why) = comparison.choose(share);
                fitted.compared = comparison
                    .advantages
                    .iter()
                    .map(|one| {
                        json!({
                            "policy": one.kind,
                            "advantage": one.overall.interval.value,
                            "low": one.overall.interval.low,
                            "high": one.overall.interval.high,
                            "standard_error": one.overall.se,
                            "beats_random": one.beats_random,
                        })
                    })
                    .collect();
            }
            Err(error @ RoutingError::TooFewLabels { .. }) => {
                let doubts = pool.instances.iter().any(|one| one.signals.certainty.is_some());
                fitted.used = if doubts { PolicyKind::LeastCertain } else { PolicyKind::Random };
                fitted.why = error.to_string();
            }
            Err(error) => return Err(error),
        }
    }
    if !matches!(fitted.used, PolicyKind::Random | PolicyKind::LeastCertain) {
        let clear = clear_pairs(pool, labelled, Truth::Majority, false)?;
        let clear: Vec<usize> = clear.into_iter().map(|(i, _)| i).collect();
        watching.at("Fitting the policy", 1, 2)?;
        let kinds = [fitted.used];
        fitted.bases = Bases::fit(&kinds, pool, &clear, Truth::Majority, options, watching)?;
    }
    Ok(fitted)
}

impl Fitted {
    /// The policy asked for.
    pub const fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// The policy that spends: what `auto` took, else the one asked for.
    pub const fn used(&self) -> PolicyKind {
        self.used
    }

    /// Why `auto` took it, in words; empty for others.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// What each tag adds to the gain of a human label, the most telling first: log-odds for a
    /// model of labels, proxy accuracy for all instances with the tag for a performance prediction
    /// model.
    pub fn tag_gains(&self, pool: &Pool) -> Vec<(usize, f64)> {
        let mut gains = match (self.model(), &self.bases.ppm) {
            (Some(model), _) => model.tag_gains(),
            (None, Some(ppm)) => ppm.tag_gains(),
            (None, None) => Vec::new(),
        };
        gains.retain(|(tag, gain)| *gain != 0.0 && *tag < pool.tags.len());
        gains.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        gains
    }

    /// The settings, the fit with its quality, and the coefficients, for the record of a run.
    pub fn record(&self, pool: &Pool) -> Map<String, Value> {
        let mut record = Map::new();
        record.insert("used".into(), self.used.as_str().into());
        record.insert("why".into(), self.why.clone().into());
        record.insert("fitted_on".into(), self.labels.into());
        record.insert("fit_seed".into(), self.options.seed.into());
        record.insert("folds".into(), self.options.folds.into());
        if !self.compared.is_empty() {
            record.insert("compared".into(), self.compared.clone().into());
        }
        if let Some(model) = self.model() {
            let fit = &model.fit;
            record.insert(
                "fit".into(),
                json!({
                    "model": "logistic regression",
                    "rows": fit.rows,
                    "penalty": fit.penalty,
                    "iterations": fit.iterations,
                    "converged": fit.converged,
                    "log_loss": fit.log_loss,
                    "log_loss_of_the_constant": fit.constant_log_loss,
                    "intercept": fit.intercept,
                }),
            );
            let mut coefficients = model.coefficients(pool);
            coefficients.retain(|(_, weight)| *weight != 0.0);
            coefficients.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
            coefficients.truncate(RECORDED);
            record.insert("coefficients".into(), json!(coefficients));
        }
        if let Some(ppm) = &self.bases.ppm {
            record.insert("fit".into(), json!(ppm.fits));
            record.insert("mixes".into(), self.options.mixes.into());
            let named: Vec<(String, f64)> = self
                .tag_gains(pool)
                .into_iter()
                .map(|(tag, gain)| (pool.tags[tag].clone(), gain))
                .collect();
            record.insert("coefficients".into(), json!(named));
        }
        record
    }

    /// Values open pairs (by index), to spend `budget` of them.
    pub fn plan(&self, pool: &Pool, open: &[usize], budget: usize) -> Plan {
        let valued = self.bases.value(self.used, pool, open, budget, &self.options);
        let Some(valued) = valued else {
            let pair = |_: &usize| PlannedPair {
                priority: 0.0,
                gain: None,
                reason: "drawn by lot".to_owned(),
            };
            return Plan { budget: budget.min(open.len()), pairs: open.iter().map(pair).collect() };
        };
        let pairs = (open.iter().zip(&valued.priority).zip(&valued.gain))
            .map(|((&index, &priority), &gain)| PlannedPair {
                priority,
                gain,
                reason: self.reason(pool, index),
            })
            .collect();
        Plan { budget: valued.budget, pairs }
    }

    fn model(&self) -> Option<&LabelModel> {
        self.bases.error.as_ref().or(self.bases.gain.as_ref())
    }

    /// Why a pair has its gain, in words.
    fn reason(&self, pool: &Pool, index: usize) -> String {
        let signals = &pool.instances[index].signals;
        match (self.used, self.model(), &self.bases.ppm) {
            (_, Some(model), _) => {
                let reason = model.reason(pool, index);
                if reason.is_empty() { "nothing sets it apart".to_owned() } else { reason }
            }
            (_, _, Some(ppm)) => ppm.reason(pool, index),
            (PolicyKind::LeastCertain, ..) => match (signals.certainty, signals.spread) {
                (Some(certainty), Some(spread)) => format!(
                    "the AI gives its preferred answer {:.0} % (spread {:.0} points)",
                    100.0 * certainty,
                    100.0 * spread
                ),
                (Some(certainty), None) => {
                    format!("the AI gives its preferred answer {:.0} %", 100.0 * certainty)
                }
                _ => "the AI does not say how sure it is".to_owned(),
            },
            _ => "drawn by lot".to_owned(),
        }
    }
}
