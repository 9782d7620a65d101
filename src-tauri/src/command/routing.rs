//! Who labels what in an open study: the pilot, the budget curve, and the routing in force.

use std::sync::Arc;

use tauri::State;
use tiebreak_app::view::{JobResult, RoutedItemView, RoutingSettings, RoutingView};

use super::{Reply, aside};
use crate::open_study::OpenStudy;

#[tauri::command]
pub(crate) async fn routing(state: State<'_, OpenStudy>) -> Reply<RoutingView> {
    let study = state.study()?;
    aside(move || study.routing()).await
}

#[tauri::command]
pub(crate) async fn save_routing(
    state: State<'_, OpenStudy>,
    settings: RoutingSettings,
) -> Reply<RoutingView> {
    let study = state.study()?;
    aside(move || {
        study.save_routing_settings(&settings)?;
        study.routing()
    })
    .await
}

#[tauri::command]
pub(crate) async fn start_pilot(state: State<'_, OpenStudy>, size: Option<u32>) -> Reply<String> {
    let (study, reward) = (state.study()?, Arc::clone(&state.reward));
    let job = state.jobs.start(Box::new(move |watch| {
        study.draw_pilot(Some(reward.as_ref()), size.map(u64::from), None, watch)?;
        Ok(JobResult::Pilot { routing: Box::new(study.routing()?) })
    }))?;
    Ok(job)
}

#[tauri::command]
pub(crate) async fn start_curve(state: State<'_, OpenStudy>) -> Reply<String> {
    let (study, reward) = (state.study()?, Arc::clone(&state.reward));
    let job = state.jobs.start(Box::new(move |watch| {
        study.budget_curve(reward.as_ref(), watch)?;
        Ok(JobResult::Curve { routing: Box::new(study.routing()?) })
    }))?;
    Ok(job)
}

#[tauri::command]
pub(crate) async fn start_routing(
    state: State<'_, OpenStudy>,
    policy: String,
    budget: String,
) -> Reply<String> {
    let (study, reward) = (state.study()?, Arc::clone(&state.reward));
    let job = state.jobs.start(Box::new(move |watch| {
        let request = study.route_request(Some(&policy), Some(&budget), None, None)?;
        study.route_and_label(reward.as_ref(), &request, watch)?;
        Ok(JobResult::Route { routing: Box::new(study.routing()?) })
    }))?;
    Ok(job)
}

#[tauri::command]
pub(crate) async fn routed_items(
    state: State<'_, OpenStudy>,
    side: String,
    after: Option<u32>,
    limit: u32,
) -> Reply<Vec<RoutedItemView>> {
    let study = state.study()?;
    aside(move || study.routed_items(&side, after, limit)).await
}
