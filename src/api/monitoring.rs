//! Routes for monitoring: `/metrics` in the OpenMetrics format that Prometheus reads, `/healthz` and `/readyz`.

use axum::{
    Router,
    extract::{FromRef, State},
    http::header,
    response::{IntoResponse as _, Response},
    routing::get,
};
use bcoin_node::Stopping;

use super::{error::ApiError, metrics::OPEN_METRICS, state::ApiState};

pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S>
where
    ApiState: FromRef<S>,
{
    Router::new().route("/metrics", get(metrics)).route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

async fn metrics(State(state): State<ApiState>) -> Response {
    ([(header::CONTENT_TYPE, OPEN_METRICS)], state.metrics.text()).into_response()
}

/// Liveness: the process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Readiness: the node takes changes, its chain can be read, and the last change could be saved or can be by now.
async fn readyz(State(state): State<ApiState>) -> Result<&'static str, ApiError> {
    if !state.node.is_alive() {
        return Err(ApiError::Stopping(Stopping));
    }
    state.node.read(|reader| reader.snapshot()?.tip()).await.map_err(ApiError::NotReady)?;
    if let Some(reason) = state.node.save_failure().await? {
        return Err(ApiError::NotSaving(reason));
    }
    Ok("ready\n")
}
