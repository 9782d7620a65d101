//! Opening and closing studies; the state of the program.

use std::path::PathBuf;
use std::sync::Arc;

use tauri::State;
use tiebreak_app::Study;
use tiebreak_app::view::{AppInfo, ModelStatus, RecentStudy, StudyOverview, StudySettings};

use super::{Reply, aside};
use crate::dialog;
use crate::open_study::{OpenStudy, lock};

async fn open_path(state: &OpenStudy, path: PathBuf) -> Reply<StudyOverview> {
    let study = aside(move || Study::open(&path)).await?;
    state.open(study).map_err(|error| error.to_user())
}

#[tauri::command]
pub(crate) async fn app_info(state: State<'_, OpenStudy>) -> Reply<AppInfo> {
    let wanted = lock(&state.wanted).take();
    let (study, error) = match wanted {
        Some(path) => match open_path(&state, path).await {
            Ok(study) => (Some(study), None),
            Err(error) => (None, Some(error)),
        },
        // The page was loaded again: the study is still open.
        None => match state.study() {
            Ok(study) => (Some(aside(move || study.overview()).await?), None),
            Err(_) => (None, None),
        },
    };
    Ok(AppInfo { version: env!("CARGO_PKG_VERSION").to_owned(), study, error })
}

#[tauri::command]
pub(crate) fn recent_studies(state: State<'_, OpenStudy>) -> Vec<RecentStudy> {
    state.recent.list()
}

#[tauri::command]
pub(crate) async fn new_study(state: State<'_, OpenStudy>) -> Reply<Option<StudyOverview>> {
    let Some(path) = dialog::new_study().await else { return Ok(None) };
    let study = aside(move || Study::create(&path, &StudySettings::default())).await?;
    state.open(study).map(Some).map_err(|error| error.to_user())
}

#[tauri::command]
pub(crate) async fn open_study(state: State<'_, OpenStudy>) -> Reply<Option<StudyOverview>> {
    let Some(path) = dialog::open_study().await else { return Ok(None) };
    open_path(&state, path).await.map(Some)
}

#[tauri::command]
pub(crate) async fn open_recent(state: State<'_, OpenStudy>, id: String) -> Reply<StudyOverview> {
    let path = state.recent.path(&id).map_err(|error| error.to_user())?;
    open_path(&state, path).await
}

#[tauri::command]
pub(crate) fn close_study(state: State<'_, OpenStudy>) {
    state.close();
}

#[tauri::command]
pub(crate) async fn model_status(state: State<'_, OpenStudy>) -> Reply<ModelStatus> {
    let reward = Arc::clone(&state.reward);
    aside(move || Ok(reward.status())).await
}
