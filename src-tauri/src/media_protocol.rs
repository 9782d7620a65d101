//! `media://localhost/KIND/ID?...`: images and clips of the open study, by id and never by path.
//!
//! Requests are answered on worker threads. Content has the id of its bytes, so the webview may
//! keep what it was given.

use std::borrow::Cow;
use std::sync::Arc;

use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};
use tiebreak_app::view::UserError;
use tiebreak_app::{MediaBytes, MediaRequest, Study};

use crate::open_study::OpenStudy;

/// The name of the scheme.
pub(crate) const SCHEME: &str = "media";

/// The origin of the page, which alone may read what this answers.
const PAGE: &str = if cfg!(any(windows, target_os = "android")) {
    "http://tauri.localhost"
} else {
    "tauri://localhost"
};

/// Answers a request of the page.
#[expect(clippy::needless_pass_by_value, reason = "Tauri hands the context over by value")]
pub(crate) fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let study = context.app_handle().state::<OpenStudy>().study();
    tauri::async_runtime::spawn_blocking(move || {
        responder.respond(response(study.and_then(|study| content(&study, &request))));
    });
}

fn content(study: &Arc<Study>, request: &Request<Vec<u8>>) -> Result<MediaBytes, UserError> {
    let uri = request.uri();
    let request = MediaRequest::parse(uri.path(), uri.query().unwrap_or_default())?;
    Ok(study.media(&request)?)
}

fn response(outcome: Result<MediaBytes, UserError>) -> Response<Cow<'static, [u8]>> {
    let (status, kind, keep, body) = match outcome {
        Ok(found) => (
            StatusCode::OK,
            found.content_type,
            "private, max-age=31536000, immutable",
            found.bytes,
        ),
        Err(error) => {
            let status = match error.code.as_str() {
                "bad_input" => StatusCode::BAD_REQUEST,
                "not_found" | "no_study" => StatusCode::NOT_FOUND,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let body = serde_json::to_vec(&error).unwrap_or_default();
            (status, "application/json", "no-store", body)
        }
    };
    let mut response = Response::new(Cow::Owned(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, keep),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, PAGE),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_json_and_never_kept() {
        let error = |code: &str| UserError { code: code.into(), message: "m".into(), hint: None };
        for (code, status) in [("bad_input", 400), ("not_found", 404), ("media", 422)] {
            let response = response(Err(error(code)));
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
            let body: UserError = serde_json::from_slice(response.body()).unwrap();
            assert_eq!(body, error(code));
        }
    }
}
