//! What every request passes on its way in, and every answer on its way out: the host and origin check, panics, the form of
//! problems, and the count.

use std::panic::AssertUnwindSafe;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;

use super::{ApiState, error::ApiError, host_check, problem};
use crate::wire::v1;

/// Lets a request pass to its handler when the host and origin check allows it. Whatever becomes of it is an answer, and is
/// counted.
pub(super) async fn guard(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let is_v1 = request.uri().path().starts_with(v1::PREFIX);
    let response = match host_check::check(&state.names, &request) {
        Ok(()) => match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => response,
            // What it was about, the panic has said itself.
            Err(_) => {
                tracing::error!("a handler panicked");
                ApiError::Panic.into_response()
            }
        },
        Err(error) => error.into_response(),
    };
    let response = if is_v1 { problem::of_error(response) } else { response };
    state.metrics.count(route, &method, response.status());
    response
}
