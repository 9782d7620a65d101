//! The reward models of an open study, and those of this machine.

use std::sync::Arc;

use tauri::State;
use tiebreak_app::view::{JobResult, ModelsView, UserError};
use tiebreak_app::{AppError, TrainOptions};
use tiebreak_core::Modality;

use super::{Reply, aside};
use crate::dialog;
use crate::open_study::OpenStudy;

fn modality(name: &str) -> Reply<Modality> {
    Modality::parse(name).ok_or_else(|| {
        AppError::input("modality", format!("{name:?} is none of text, image, music")).into()
    })
}

#[tauri::command]
pub(crate) async fn models(state: State<'_, OpenStudy>) -> Reply<ModelsView> {
    let (study, reward) = (state.study()?, Arc::clone(&state.reward));
    aside(move || reward.models(&study)).await
}

#[tauri::command]
pub(crate) async fn choose_pack(
    state: State<'_, OpenStudy>,
    modality: String,
    pack: String,
) -> Reply<ModelsView> {
    let modality = self::modality(&modality)?;
    let (study, reward) = (state.study()?, Arc::clone(&state.reward));
    aside(move || {
        study.choose_pack(modality, &pack)?;
        reward.models(&study)
    })
    .await
}

#[tauri::command]
pub(crate) async fn set_providers(
    state: State<'_, OpenStudy>,
    order: Vec<String>,
) -> Reply<ModelsView> {
    let (study, reward) = (state.study()?, Arc::clone(&state.reward));
    aside(move || {
        reward.set_providers(order)?;
        Ok::<_, UserError>(reward.models(&study)?)
    })
    .await
}

#[tauri::command]
pub(crate) async fn add_pack(state: State<'_, OpenStudy>, kind: String) -> Reply<Option<String>> {
    let chosen = match kind.as_str() {
        "folder" => dialog::pack_folder().await,
        _ => dialog::pack_file().await,
    };
    let Some(source) = chosen else { return Ok(None) };
    let reward = Arc::clone(&state.reward);
    let job = state.jobs.start(Box::new(move |watch| {
        watch.stage("Checking the pack", None);
        Ok(JobResult::Pack { added: reward.add(&source).map_err(AppError::Model)? })
    }))?;
    Ok(Some(job))
}

#[tauri::command]
pub(crate) async fn start_training(state: State<'_, OpenStudy>, modality: String) -> Reply<String> {
    let modality = self::modality(&modality)?;
    let (study, reward) = (state.study()?, Arc::clone(&state.reward));
    let job = state.jobs.start(Box::new(move |watch| {
        let point = study.retrain(modality, reward.as_ref(), &TrainOptions::default(), watch)?;
        Ok(JobResult::Train { point })
    }))?;
    Ok(job)
}

#[tauri::command]
pub(crate) async fn start_measuring(
    state: State<'_, OpenStudy>,
    modality: String,
) -> Reply<String> {
    let modality = self::modality(&modality)?;
    let (study, reward) = (state.study()?, Arc::clone(&state.reward));
    let job = state.jobs.start(Box::new(move |watch| {
        watch.stage("Opening the reward model", None);
        let model = study.model(modality, reward.as_ref())?;
        Ok(JobResult::Quality { quality: study.measure(model.scorer.as_ref(), watch)? })
    }))?;
    Ok(job)
}
