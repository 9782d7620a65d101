//! The annotator's side of an open study.

use tauri::State;
use tiebreak_app::view::{AnnotatorView, ComparisonView, JudgmentInput, Progress, Saved, Undone};

use super::{Reply, aside};
use crate::open_study::OpenStudy;

#[tauri::command]
pub(crate) async fn create_annotator(
    state: State<'_, OpenStudy>,
    name: String,
) -> Reply<AnnotatorView> {
    let study = state.study()?;
    aside(move || study.annotator_view(&study.sign_in(&name)?)).await
}

#[tauri::command]
pub(crate) async fn next_comparisons(
    state: State<'_, OpenStudy>,
    annotator: String,
    count: usize,
    exclude: Vec<String>,
) -> Reply<Vec<ComparisonView>> {
    let study = state.study()?;
    aside(move || {
        study.next_comparisons(&study.sign_in_again(&annotator)?, count.min(20), &exclude)
    })
    .await
}

#[tauri::command]
pub(crate) async fn submit_judgment(
    state: State<'_, OpenStudy>,
    annotator: String,
    judgment: JudgmentInput,
) -> Reply<Saved> {
    let study = state.study()?;
    let saved = aside(move || study.submit(&study.sign_in_again(&annotator)?, &judgment)).await?;
    state.submitted();
    Ok(saved)
}

#[tauri::command]
pub(crate) async fn undo(state: State<'_, OpenStudy>, annotator: String) -> Reply<Option<Undone>> {
    let study = state.study()?;
    aside(move || study.undo(&study.sign_in_again(&annotator)?)).await
}

#[tauri::command]
pub(crate) async fn progress(state: State<'_, OpenStudy>, annotator: String) -> Reply<Progress> {
    let study = state.study()?;
    aside(move || study.progress(&study.sign_in_again(&annotator)?)).await
}
