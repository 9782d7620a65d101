//! Opening and closing studies; the state of the program.

use std::sync::Arc;

use tauri::State;
use tiebreak_app::view::{AppInfo, RecentStudy, StudyOverview, StudySettings};
use tiebreak_app::{AppError, Study};

use super::{Reply, aside};
use crate::dialog;
use crate::open_study::{OpenStudy, lock};

/// Opens or makes a study off the interface thread, and keeps it as the open one.
async fn keep(
    state: &OpenStudy,
    study: impl FnOnce() -> Result<Study, AppError> + Send + 'static,
) -> Reply<StudyOverview> {
    let recent = Arc::clone(&state.recent);
    let (study, overview) = aside(move || {
        let study = study()?;
        // The list of recent studies only saves typing; failing to write it is no reason not to
        // open the study.
        let _ = recent.remember(&study);
        let overview = study.overview()?;
        Ok::<_, AppError>((study, overview))
    })
    .await?;
    state.keep(study);
    Ok(overview)
}

#[tauri::command]
pub(crate) async fn app_info(state: State<'_, OpenStudy>) -> Reply<AppInfo> {
    let wanted = lock(&state.wanted).take();
    let (study, error) = match wanted {
        Some(path) => match keep(&state, move || Study::open(&path)).await {
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
    keep(&state, move || Study::create(&path, &StudySettings::default())).await.map(Some)
}

#[tauri::command]
pub(crate) async fn open_study(state: State<'_, OpenStudy>) -> Reply<Option<StudyOverview>> {
    let Some(path) = dialog::open_study().await else { return Ok(None) };
    keep(&state, move || Study::open(&path)).await.map(Some)
}

#[tauri::command]
pub(crate) async fn open_recent(state: State<'_, OpenStudy>, id: String) -> Reply<StudyOverview> {
    let path = state.recent.path(&id)?;
    keep(&state, move || Study::open(&path)).await
}

#[tauri::command]
pub(crate) fn close_study(state: State<'_, OpenStudy>) {
    state.close();
}
