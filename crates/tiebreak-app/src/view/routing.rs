//! Routing as the window shows it: the pilot, the budget curve, the run in force and its audit.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{IntervalView, UserError};

/// How a study is routed. Everything that is absent has its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct RoutingSettings {
    /// Who labels the AI's share: `reward`, or the name of an imported AI judge.
    pub ai: String,
    /// The policy that spends the budget: `auto`, `random`, `least-certain`, `ai-error`,
    /// `ppm-top-k`, `ppm-simulated`, `ppm-unlimited` or `value`.
    pub policy: String,
    /// In which order people get their share: `teaches-most`, or `plan`.
    pub order: String,
    /// Percent of the items that people label whatever the policy says, drawn at random, so that
    /// estimates stay unbiased; 0 to 100.
    pub audit_percent: f64,
    /// Route again in the background after so many labels of people; 0: never.
    pub reroute_every: u32,
    /// Seconds of a person's time for one label, as the researcher says; absent: as measured.
    pub seconds_per_label: Option<f64>,
    /// What an hour of a person's time costs; absent: not known.
    pub price_per_hour: Option<f64>,
    /// The currency of the price, for example `EUR`.
    pub currency: String,
    /// Fields of the items' metadata whose values are tags of the researcher's own.
    pub tag_fields: Vec<String>,
}

impl Default for RoutingSettings {
    fn default() -> Self {
        Self {
            ai: "reward".to_owned(),
            policy: "auto".to_owned(),
            order: "teaches-most".to_owned(),
            audit_percent: 2.0,
            reroute_every: 50,
            seconds_per_label: None,
            price_per_hour: None,
            currency: "EUR".to_owned(),
            tag_fields: Vec::new(),
        }
    }
}

/// Everything about the routing of a study.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RoutingView {
    /// Its settings.
    pub settings: RoutingSettings,
    /// Who could label the AI's share.
    pub sides: Vec<AiSideView>,
    /// All items.
    pub items: u32,
    /// The random sample that both people and the AI label.
    pub pilot: PilotView,
    /// How the items were tagged; absent before.
    pub tagging: Option<TaggingView>,
    /// What each policy buys for each budget, by the pilot; absent before it was computed.
    pub curve: Option<BudgetCurveView>,
    /// The routing in force.
    pub run: Option<RoutingRunView>,
    /// What the audit says.
    pub audit: AuditView,
    /// What a label of a person costs.
    pub cost: CostView,
    /// Why the last routing in the background failed; absent if it did not.
    pub background_error: Option<UserError>,
}

/// Someone who could label the AI's share.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AiSideView {
    /// What the settings call it: `reward`, or the judge's name.
    pub name: String,
    /// Items that it has labelled, or scored.
    pub items: u32,
    /// Share of the labelled pilot on which it agrees with people's majority, a tie counting
    /// half; absent without any.
    pub accuracy: Option<IntervalView>,
}

/// The pilot: a stratified random sample that people label.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PilotView {
    /// How many items it should have.
    pub proposed: u32,
    /// Why so many, in words.
    pub reason: String,
    /// How many it has; 0 before it was drawn.
    pub size: u32,
    /// Of these, labelled by people.
    pub labelled: u32,
    /// Items outside the pilot whose imported labels of people count as a pilot too.
    pub imported: u32,
    /// Fewest labelled items that a curve can be computed from.
    pub needed: u32,
    /// When it was drawn, RFC 3339.
    pub drawn_at: Option<String>,
}

/// How items were tagged.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TaggingView {
    /// Items with tags.
    pub tagged: u32,
    /// Each dimension, for example `safety concern`, with how its tags were found where the data
    /// did not bring them: `rules`, `likeness` or `none`; or `imported`, `measured` or `own`.
    pub dimensions: Vec<(String, String)>,
    /// When, RFC 3339.
    pub tagged_at: String,
}

/// What each policy buys for each budget, cross-validated on items that people have labelled.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BudgetCurveView {
    /// When it was computed, RFC 3339.
    pub computed_at: String,
    /// Who labels the AI's share in it.
    pub ai: String,
    /// Labelled items that it rests on.
    pub items: u32,
    /// Their prompts.
    pub prompts: u32,
    /// Labels of people given since.
    pub labels_since: u32,
    /// Seconds that it took.
    pub seconds: f64,
    /// A curve for each policy, `random` first.
    pub policies: Vec<PolicyCurveView>,
    /// The policy that `auto` takes at half the budget.
    pub chosen: String,
    /// Why, in words.
    pub chosen_reason: String,
    /// The same at each budget of the curve, from 0 % to 100 % for people.
    pub chosen_at: Vec<ChosenAtView>,
    /// How well the performance prediction models fit; absent where none was fitted.
    pub prediction: Vec<PredictionFitView>,
    /// What a reader must know: few prompts, labels that a reward model has learnt from.
    pub notes: Vec<String>,
}

/// What `auto` takes at a budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ChosenAtView {
    /// Percent of the items that people label, 0 to 100.
    pub human_percent: f64,
    /// The policy that it takes.
    pub policy: String,
    /// Why, in words.
    pub reason: String,
}

/// One policy's curve.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PolicyCurveView {
    /// The policy.
    pub policy: String,
    /// Label accuracy above that of `random`, averaged over the budgets, in parts of 1.
    pub advantage: Option<IntervalView>,
    /// Whether that is more than chance explains, with all policies tried taken into account.
    pub beats_random: bool,
    /// From 0 % to 100 % for people.
    pub points: Vec<BudgetPointView>,
}

/// What a budget buys.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BudgetPointView {
    /// Percent of the items that people may label, 0 to 100.
    pub human_percent: f64,
    /// Percent that they do label: less only where a policy may leave some of the budget.
    pub spent_percent: f64,
    /// Accuracy of the labels against people's majority.
    pub labels: IntervalView,
    /// Held-out accuracy of a reward head trained on these labels; absent without features.
    pub reward: Option<IntervalView>,
}

/// How well a performance prediction model fits.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PredictionFitView {
    /// `linear` or `quadratic`.
    pub kind: String,
    /// Mixes that it learnt from.
    pub mixes: u32,
    /// Rank correlation of held-out predictions with measured quality, -1 to 1; absent where one
    /// of them does not vary.
    pub spearman: Option<f64>,
    /// Root mean squared error of held-out predictions.
    pub rmse: f64,
    /// The same of predicting the mean.
    pub rmse_constant: f64,
}

/// The routing in force.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RoutingRunView {
    /// Its id, as in the study file.
    pub id: String,
    /// The policy asked for; `pilot` while the pilot is labelled.
    pub policy: String,
    /// The policy that `auto` took; else the same.
    pub used: String,
    /// Why, in words; empty if it was asked for.
    pub reason: String,
    /// The budget asked for.
    pub budget: String,
    /// The seed.
    pub seed: String,
    /// `asked`, or `background`.
    pub cause: String,
    /// When it ran, RFC 3339.
    pub ran_at: String,
    /// Items for people.
    pub human: u32,
    /// Of these, labelled by them.
    pub labelled: u32,
    /// Items for the AI.
    pub ai: u32,
    /// Labels of people that it was fitted on.
    pub fitted_on: u32,
    /// Labels of people given since.
    pub labels_since: u32,
    /// How often the study was routed in the background since a person last asked for it.
    pub reroutes: u32,
    /// The tags that say most about where people are needed, with what they add to the gain.
    pub tags: Vec<TagGainView>,
}

/// What a tag adds to the gain of a human label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TagGainView {
    /// The tag.
    pub tag: String,
    /// What it adds, in the unit of the policy; negative: people are needed less.
    pub gain: f64,
    /// Items with it.
    pub items: u32,
}

/// What the random audit says.
#[derive(Clone, Debug, Serialize, TS)]
pub struct AuditView {
    /// Items of the pilot and the audit.
    pub items: u32,
    /// Of these, labelled by people.
    pub labelled: u32,
    /// How often the AI agrees with people's majority on the whole study, weighted by how likely
    /// each item was to be drawn.
    pub ai_accuracy: Option<IntervalView>,
    /// Whether that differs between earlier and later labels.
    pub drift: Option<DriftView>,
}

/// Whether people agree with the AI in force as often in the later half of their labels as in the
/// earlier one. Both halves are compared with the same labels of the AI: what differs are the items
/// and the people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DriftView {
    /// Agreement in the earlier half, parts of 1.
    pub earlier: f64,
    /// In the later half.
    pub later: f64,
    /// Two-sided p-value of no difference, of this one look.
    pub p: f64,
    /// Labelled items in both.
    pub items: u32,
}

/// What a label of a person costs.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CostView {
    /// Median active seconds of a label.
    pub seconds_per_label: f64,
    /// `measured` here, `given` by the researcher, or `assumed` from the length of the texts.
    pub basis: String,
    /// Labels that a measured value rests on.
    pub labels: u32,
    /// Answers wanted for each item.
    pub overlap: u32,
}

/// An item with its route.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RoutedItemView {
    /// The item's id.
    pub item: String,
    /// Its place in the study, from 1.
    pub ordinal: u32,
    /// The start of its prompt.
    pub prompt: String,
    /// `human` or `ai`.
    pub side: String,
    /// Its place in the queue of its side, from 0.
    pub rank: u32,
    /// What a label of a person is expected to add; absent where the policy cannot tell.
    pub gain: Option<f64>,
    /// Why, in words.
    pub reason: String,
    /// `policy`, `pilot`, `audit` or `people-only`.
    pub purpose: String,
    /// Whether people have labelled it.
    pub labelled: bool,
}
