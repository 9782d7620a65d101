//! The IPC commands. Each forwards; commands that touch the disk run on a worker thread.

pub(crate) mod annotate;
pub(crate) mod app;
pub(crate) mod job;
pub(crate) mod model;
pub(crate) mod routing;
pub(crate) mod study;

use tiebreak_app::view::UserError;

/// What a command returns to the page.
pub(crate) type Reply<T> = Result<T, UserError>;

/// Runs blocking work off the interface thread.
pub(crate) async fn aside<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Reply<T>
where
    T: Send + 'static,
    E: Into<UserError> + Send + 'static,
{
    match tauri::async_runtime::spawn_blocking(work).await {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(_) => Err(UserError {
            code: "fault".to_owned(),
            message: "the program ran into a fault of its own; nothing that was saved is lost"
                .to_owned(),
            hint: Some("close the window and open the study again".to_owned()),
        }),
    }
}
