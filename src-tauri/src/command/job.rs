//! Long work as the page follows it.

use tauri::State;
use tiebreak_app::Watch;
use tiebreak_app::view::JobView;

use super::Reply;
use crate::open_study::OpenStudy;

#[tauri::command]
pub(crate) fn job(state: State<'_, OpenStudy>, id: String) -> Reply<JobView> {
    Ok(state.jobs.get(&id)?.view())
}

#[tauri::command]
pub(crate) fn cancel_job(state: State<'_, OpenStudy>, id: String) -> Reply<()> {
    state.jobs.get(&id)?.cancel().cancel();
    Ok(())
}
