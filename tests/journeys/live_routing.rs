//! The live loop on the sample study: a pilot, a routing, more labels, a routing in the
//! background. The annotator says what the sample data says that people said.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;
use tiebreak_app::view::{Answer, AnswerView, JudgmentInput, RoutingSettings, StudySettings};
use tiebreak_app::{
    AnnotatorSession, ExportRequest, LabelChoice, Quiet, Retraining, Study, TrainOptions,
};
use tiebreak_core::{ItemId, PolicyRun, Route, RoutePurpose, RouteTo, RunCause};
use tiebreak_store::{Reader, Store, StoreError};

use crate::cli;
use crate::fake_scorer::{FakeScorer, FakeSource};
use crate::study::Scene;

const EVERY: u32 = 20;

/// The sample study without people's labels, scored; and which answer people prefer, by the id of
/// the data: positive for the second. Of pairs that nobody has labelled, they prefer the longer.
struct Live {
    scene: Scene,
    study: Arc<Study>,
    script: HashMap<String, f64>,
}

impl Live {
    fn new() -> Self {
        let scene = Scene::new();
        let (mut rows, mut script) = (String::new(), HashMap::new());
        for line in std::fs::read_to_string(cli::samples()).unwrap().lines() {
            let mut row: Value = serde_json::from_str(line).unwrap();
            let labels = row.as_object_mut().unwrap().remove("human_labels").unwrap_or_default();
            row.as_object_mut().unwrap().remove("human_raters");
            let labels: Vec<f64> =
                labels.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
            let length = |side: &str| row[side].as_str().unwrap().len() as f64;
            let mut said: f64 = labels.iter().sum();
            if said == 0.0 {
                said = length("response_b") - length("response_a");
            }
            script.insert(row["id"].as_str().unwrap().to_owned(), said);
            rows.push_str(&row.to_string());
            rows.push('\n');
        }
        scene.import("sample.jsonl", &rows);
        let settings = StudySettings {
            retrain_every: 0,
            routing: RoutingSettings { reroute_every: EVERY, ..RoutingSettings::default() },
            ..scene.study.settings().unwrap()
        };
        scene.study.save_settings(&settings).unwrap();
        scene.study.score(&FakeScorer::new("fake"), &Quiet::default()).unwrap();
        let study = Arc::new(Study::open(scene.study.path()).unwrap());
        Self { scene, study, script }
    }

    fn read<T>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>) -> T {
        Store::open(self.study.path()).unwrap().read(work).unwrap()
    }

    fn run(&self) -> PolicyRun {
        self.read(|reader| Ok(reader.current_run()?.unwrap()))
    }

    /// The routes of the run in force.
    fn routes(&self) -> BTreeMap<ItemId, Route> {
        self.read(|reader| {
            let run = reader.current_run_id()?.unwrap();
            let mut all = BTreeMap::new();
            for side in [RouteTo::Human, RouteTo::Ai] {
                let routed = reader.routed_after(run, side, 0, 10_000)?;
                all.extend(routed.into_iter().map(|one| (one.route.item, one.route)));
            }
            Ok(all)
        })
    }

    /// What is left of people's queue, in its order.
    fn queue(&self) -> Vec<ItemId> {
        self.read(|reader| {
            let run = reader.current_run_id()?.unwrap();
            let all = reader.routed_by_rank(run, RouteTo::Human, None, 10_000)?;
            let mut open = Vec::new();
            for one in all {
                if !reader.is_labelled(one.route.item)? {
                    open.push(one.route.item);
                }
            }
            Ok(open)
        })
    }

    /// Answers the next comparison; returns its item.
    fn answer(&self, who: &AnnotatorSession) -> Option<ItemId> {
        let shown = self.study.next_comparisons(who, 1, &[]).unwrap().pop()?;
        let item: ItemId = shown.item.parse().unwrap();
        let item = self.read(|reader| reader.item(item));
        let said = self.script[item.external_id.as_ref().unwrap()];
        let answer = if said == 0.0 {
            Answer::Tie
        } else {
            let preferred = &item.candidates[usize::from(said > 0.0)];
            Answer::Preferred { candidate: preferred.id.to_string() }
        };
        let input = JudgmentInput {
            active_ms: Some(4000),
            ..JudgmentInput::new(shown.item, AnswerView::new(answer))
        };
        self.study.submit(who, &input).unwrap();
        Some(item.id)
    }

    fn route(&self, policy: &str, seed: u64) -> tiebreak_app::RouteReport {
        let request =
            self.study.route_request(Some(policy), Some("50%"), None, Some(seed)).unwrap();
        self.study.route_study(None, &request, &Quiet::default()).unwrap()
    }
}

#[test]
fn nothing_is_decided_before_the_pilot_is_labelled() {
    let live = Live::new();
    let watch = Quiet::default();
    let report = live.study.draw_pilot(None, Some(60), Some(3), &watch).unwrap();
    assert_eq!((report.items, report.drawn, report.labelled), (60, 60, 0));
    let again = live.study.draw_pilot(None, Some(60), Some(4), &watch).unwrap();
    assert_eq!((again.items, again.drawn), (60, 0), "what was drawn stays drawn");

    let overview = live.study.overview().unwrap();
    let waits = 243 - 60 - report.joined as u32;
    assert_eq!((overview.routed.ai, overview.routed.unrouted), (0, waits));
    assert_eq!(live.study.autolabel(&watch).unwrap().written, 0);
    let pilot = live.routes();
    let ada = live.study.sign_in("ada").unwrap();
    let mut labelled = 0;
    while let Some(item) = live.answer(&ada) {
        assert!(pilot.contains_key(&item));
        labelled += 1;
    }
    assert_eq!(labelled, pilot.len());
    assert_eq!(live.study.progress(&ada).unwrap().waiting, 0);

    let view = live.study.routing().unwrap();
    assert_eq!((view.pilot.size, view.pilot.labelled, view.pilot.imported), (60, 60, 0));
    let run = view.run.unwrap();
    assert_eq!((run.policy.as_str(), run.cause.as_str(), run.ai), ("pilot", "asked", 0));
    assert_eq!(view.audit.labelled, 60);
    let (audited, side) = (view.audit.ai_accuracy.unwrap(), view.sides[0].accuracy.unwrap());
    assert_eq!((view.sides[0].name.as_str(), audited.n, side.n), ("reward", 60, 60));
    assert!((audited.value - side.value).abs() < 0.1, "the strata have about equal shares");
    assert!(audited.low < side.value && side.value < audited.high);
    assert_eq!((view.cost.basis.as_str(), view.cost.seconds_per_label), ("measured", 4.0));
}

#[test]
fn the_same_seed_gives_the_same_routes_and_they_lead_to_their_run() {
    let live = Live::new();
    let watch = Quiet::default();
    live.study.draw_pilot(None, Some(80), Some(3), &watch).unwrap();
    let ada = live.study.sign_in("ada").unwrap();
    while live.answer(&ada).is_some() {}
    for policy in ["random", "least-certain", "ai-error", "value", "ppm-top-k", "auto"] {
        let first = live.route(policy, 7);
        let routes = live.routes();
        let run = live.run();
        assert_eq!(routes.len(), 243, "{policy}: every item has a side");
        assert_eq!((first.human, first.items), (122, 243), "{policy}");
        assert_eq!(first.audit, 5, "two in a hundred");
        assert_eq!(run.parameters["fitted_on"], 80, "{policy}");
        assert_eq!((run.policy.as_str(), run.used.as_str()), (policy, first.used.as_str()));
        if !matches!(run.used.as_str(), "random" | "least-certain") {
            assert!(run.parameters.contains_key("coefficients"), "{policy}: {:?}", run.parameters);
        }
        live.route(policy, 7);
        assert_ne!(live.run().id, run.id);
        assert_eq!(live.routes(), routes, "{policy}");
        assert!(routes.values().all(|route| !route.reason.is_empty()), "{policy}");
        let drawn = |purpose| routes.values().filter(|one| one.purpose == purpose).count();
        assert_eq!((drawn(RoutePurpose::Pilot), drawn(RoutePurpose::Audit)), (80, 5));
        // Earlier runs that were asked for stay with their routes.
        let kept = live.read(|reader| reader.route_counts(run.id));
        assert_eq!(kept, (first.human, first.ai));
    }
    let page = live.study.routed_items("human", Some(9), 5).unwrap();
    let ranks: Vec<u32> = page.iter().map(|item| item.rank).collect();
    assert_eq!(ranks, [10, 11, 12, 13, 14]);
    assert!(live.study.routed_items("both", None, 5).is_err());
}

#[test]
fn labels_route_again_what_is_still_open() {
    let live = Live::new();
    let watch = Quiet::default();
    live.study.draw_pilot(None, Some(60), Some(3), &watch).unwrap();
    let (ada, bob) = (live.study.sign_in("ada").unwrap(), live.study.sign_in("bob").unwrap());
    let source = Arc::new(FakeSource::text(FakeScorer::new("fake")));
    let options = TrainOptions { members: 2, threads: 1, ..TrainOptions::default() };
    let retraining = Retraining::with_options(Arc::clone(&live.study), source, options).unwrap();
    while live.answer(&ada).is_some() {
        retraining.after_submission();
    }
    assert_eq!(retraining.wait(), None);
    assert!(live.run().is_pilot(), "a pilot is not routed in the background");

    live.route("ai-error", 7);
    let asked = live.run();
    let before = live.queue();
    // Bob has an item before him when the routing changes.
    let held: ItemId = live.study.next_comparisons(&bob, 1, &[]).unwrap()[0].item.parse().unwrap();
    let mut done = Vec::new();
    for _ in 0..EVERY {
        done.push(live.answer(&ada).unwrap());
        retraining.after_submission();
    }
    assert_eq!(retraining.wait(), None);
    let run = live.run();
    assert_eq!(
        (run.cause, run.policy.as_str(), run.budget),
        (RunCause::Background, "ai-error", asked.budget)
    );
    assert_eq!(run.parameters["fitted_on"], 60 + EVERY);
    let routes = live.routes();
    assert_eq!(routes.len(), 243);
    assert!(done.iter().all(|item| routes[item].to == RouteTo::Human), "labels stay");
    assert_eq!(routes[&held].to, RouteTo::Human);
    let after = live.queue();
    let left: Vec<ItemId> = before.iter().copied().filter(|item| !done.contains(item)).collect();
    assert_ne!(left, after, "what was learnt changes the order");
    let view = live.study.routing().unwrap();
    assert_eq!((view.run.unwrap().reroutes, view.background_error), (1, None));
    let kept = live.read(|reader| reader.route_counts(asked.id));
    assert_eq!(kept.0 + kept.1, 243, "the routing that was asked for stays on record");

    // What Bob holds is still his to answer, and the next routing drops this one's routes.
    let answer = AnswerView::new(Answer::Tie);
    live.study.submit(&bob, &JudgmentInput::new(held.to_string(), answer)).unwrap();
    for _ in 0..EVERY {
        live.answer(&ada).unwrap();
        retraining.after_submission();
    }
    assert_eq!(retraining.wait(), None);
    assert_ne!(live.run().id, run.id);
    assert_eq!(live.read(|reader| reader.route_counts(run.id)), (0, 0));
    assert_eq!(live.study.routing().unwrap().run.unwrap().reroutes, 2);
}

#[test]
fn routing_again_scores_what_is_new_and_tags_where_the_policy_learns() {
    for (policy, learns) in [("random", false), ("ai-error", true)] {
        let live = Live::new();
        live.study.draw_pilot(None, Some(60), Some(3), &Quiet::default()).unwrap();
        let ada = live.study.sign_in("ada").unwrap();
        while live.answer(&ada).is_some() {}
        live.route(policy, 7);
        let row = r#"{"id":"new","prompt":"What?","response_a":"This.","response_b":"That."}"#;
        live.scene.import("new.jsonl", row);

        let scorer = FakeScorer::new("fake");
        let embedded = Arc::clone(&scorer.embedded);
        let source = Arc::new(FakeSource::text(scorer));
        let options = TrainOptions { members: 2, threads: 1, ..TrainOptions::default() };
        let study = Arc::clone(&live.study);
        let retraining = Retraining::with_options(study, source, options).unwrap();
        for _ in 0..EVERY {
            live.answer(&ada).unwrap();
            retraining.after_submission();
        }
        assert_eq!(retraining.wait(), None, "{policy}");
        let (run, routes) = (live.run(), live.routes());
        assert_eq!((run.cause, routes.len()), (RunCause::Background, 244), "{policy}");
        let new = live.study.find_item("new").unwrap();
        assert_ne!(routes[&new].purpose, RoutePurpose::PeopleOnly, "{policy}: it has scores");
        assert_eq!(live.study.tagging().unwrap().is_some(), learns, "{policy}");
        let embedded = embedded.load(Ordering::Relaxed);
        assert!(embedded > 0 && (embedded < 10) != learns, "{policy}: {embedded}");
    }
}

#[test]
fn new_scores_route_again_and_an_export_has_all_labels() {
    let live = Live::new();
    let settings = live.study.settings().unwrap();
    live.study.save_settings(&StudySettings { retrain_every: 30, ..settings }).unwrap();
    let source = FakeSource::text(FakeScorer::new("fake"));
    live.study.label_rest(&source, "60%", &Quiet::default()).unwrap();
    let before = live.run();
    let options = TrainOptions { members: 2, threads: 1, ..TrainOptions::default() };
    let retraining =
        Retraining::with_options(Arc::clone(&live.study), Arc::new(source), options).unwrap();
    let ada = live.study.sign_in("ada").unwrap();
    for _ in 0..30 {
        live.answer(&ada).unwrap();
        retraining.after_submission();
    }
    assert_eq!(retraining.wait(), None);
    let run = live.run();
    assert_eq!(run.cause, RunCause::Background);
    let in_force = live.read(|reader| reader.models_in_force());
    assert_eq!(run.reward_models, [in_force[0].id]);
    drop(retraining);
    let swapped = before.reward_models != run.reward_models;

    let out = live.scene.path("out");
    let request = ExportRequest::new("trl", LabelChoice::Routed).unwrap();
    let written = live.study.export(&out, &request, &Quiet::default()).unwrap();
    assert!(
        !written.left_out.iter().any(|(reason, _)| reason.contains("reward model")),
        "{written:?}"
    );
    assert!(written.ai > 0, "{written:?}");
    let labelled = live.study.overview().unwrap().ai_labelled;
    assert_eq!(labelled, live.study.overview().unwrap().routed.ai, "swapped: {swapped}");
}

#[test]
fn a_routing_that_was_broken_off_changes_nothing() {
    let live = Live::new();
    live.route("random", 1);
    let (before, routes) = (live.run(), live.routes());
    // What a program leaves behind that is killed half way.
    let half = |n: u32, hours: u64| PolicyRun {
        id: format!("01980000-0000-7000-8000-00000000000{n}").parse().unwrap(),
        ran_at: before.ran_at - Duration::from_secs(3600 * hours),
        ..before.clone()
    };
    let (half, under_way) = (half(3, 2), half(4, 0));
    let written: Vec<Route> = routes.values().take(100).cloned().collect();
    let store = Store::open(live.study.path()).unwrap();
    for run in [&half, &under_way] {
        store.write(|writer| writer.begin_run(run)).unwrap();
        store.write(|writer| writer.add_routes(run.id, &written)).unwrap();
    }
    assert_eq!(live.run(), before);
    assert_eq!(live.study.overview().unwrap().routed.unrouted, 0);
    live.route("random", 2);
    assert_eq!(live.read(|reader| reader.route_counts(half.id)), (0, 0));
    let kept = live.read(|reader| reader.route_counts(under_way.id));
    assert_eq!(kept.0 + kept.1, 100, "another program may be writing it");
    assert_eq!(live.routes().len(), 243);
}

#[test]
fn a_judge_that_came_with_the_data_labels_the_rest() {
    let live = Live::new();
    let watch = Quiet::default();
    let rows = r#"{"id":"new","prompt":"What?","response_a":"This.","response_b":"That."}"#;
    live.scene.import("new.jsonl", rows);
    assert!(live.study.route_request(None, None, Some("nobody"), None).is_err());
    let routing = RoutingSettings { ai: "judge-1".to_owned(), ..RoutingSettings::default() };
    live.study.save_routing_settings(&routing).unwrap();
    let unknown = RoutingSettings { ai: "nobody".to_owned(), ..RoutingSettings::default() };
    assert_eq!(live.study.save_routing_settings(&unknown).unwrap_err().to_user().code, "bad_input");

    let report = live.route("random", 7);
    let judged = live.study.ai_sides().unwrap();
    let judged = judged.iter().find(|(side, _)| side.to_string() == "judge-1").unwrap().1;
    assert_eq!((report.ai_side.as_str(), report.people_only), ("judge-1", 244 - judged));
    assert!(report.people_only_reasons[0].0.contains("judge-1 has not labelled it"), "{report:?}");
    let new = live.study.find_item("new").unwrap();
    assert_eq!(live.routes()[&new].purpose, RoutePurpose::PeopleOnly);
    let labelled = live.study.autolabel(&watch).unwrap();
    assert_eq!((labelled.written, labelled.annotators.len()), (0, 0));

    let out = live.scene.path("out");
    let request = ExportRequest::new("trl", LabelChoice::Routed).unwrap();
    let written = live.study.export(&out, &request, &watch).unwrap();
    assert!(written.ai > 0 && written.human == 0, "{written:?}");
    let routes = live.routes();
    for line in std::fs::read_to_string(out.join("train.jsonl")).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let item: ItemId = row["item_id"].as_str().unwrap().parse().unwrap();
        assert_eq!(routes[&item].to, RouteTo::Ai);
        assert_eq!(row["label_source"], "ai");
        assert_eq!(row["annotators"], serde_json::json!(["judge-1"]));
    }
    let manifest = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    assert!(manifest.contains(r#""ai": "judge-1""#), "the manifest says whose labels they are");
}

#[test]
fn settings_of_routing_that_cannot_be_are_refused() {
    let scene = Scene::new();
    let good = RoutingSettings::default();
    scene.study.save_routing_settings(&good).unwrap();
    for bad in [
        RoutingSettings { policy: "clever".to_owned(), ..good.clone() },
        RoutingSettings { order: "any".to_owned(), ..good.clone() },
        RoutingSettings { audit_percent: 101.0, ..good.clone() },
        RoutingSettings { audit_percent: f64::NAN, ..good.clone() },
        RoutingSettings { seconds_per_label: Some(-1.0), ..good.clone() },
        RoutingSettings { ai: String::new(), ..good.clone() },
    ] {
        let error = scene.study.save_routing_settings(&bad).unwrap_err().to_user();
        assert_eq!(error.code, "bad_input", "{bad:?}");
    }
    assert_eq!(scene.study.settings().unwrap().routing, good);
}
