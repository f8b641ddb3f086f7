//! HTTP in: the router, the guards in front of it, and the connections.

mod body;
mod chain_stream;
mod chapter;
mod error;
mod guards;
mod monitoring;
mod problem;
mod server;
mod short_chain;
mod v1;

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    body::Body,
    http::{StatusCode, Uri, header},
    middleware,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer, trace::TraceLayer};

pub use guards::HostNames;
pub use server::serve;

use self::{error::ApiError, monitoring::Metrics, short_chain::ShortChain};
use crate::{
    network::{ProbeHandle, SyncHandle},
    node::NodeHandle,
    wire::v1::DataKind,
};

/// How many checks of the whole chain run side by side; further ones wait.
const CHECKS_AT_ONCE: usize = 2;

/// What the handlers work with.
#[derive(Clone)]
pub struct ApiState {
    node: NodeHandle,
    sync: SyncHandle,
    probe: ProbeHandle,
    checks: Arc<Semaphore>,
    short_chain: ShortChain,
    about: Arc<About>,
    metrics: Metrics,
    /// Ends answers that would go on for ever.
    stop: CancellationToken,
}

/// What a node tells of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// Who receives the rewards.
    pub miner: String,
    /// Where the data is kept.
    pub data: DataKind,
    /// When the node started.
    pub started_at: DateTime<Utc>,
    /// The same, for measuring.
    pub started: Instant,
}

impl ApiState {
    /// The state of a node's API. Streams of events end when `stop` is cancelled.
    pub fn new(node: NodeHandle, sync: SyncHandle, probe: ProbeHandle, about: About, stop: CancellationToken) -> Self {
        let metrics = Metrics::new(node.clone());
        Self {
            node,
            sync,
            metrics,
            probe,
            stop,
            checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
            short_chain: ShortChain::default(),
            about: Arc::new(about),
        }
    }
}

/// All routes behind all guards. `names` are the host names that requests may carry.
pub fn router(state: ApiState, names: HostNames) -> Router {
    let names = Arc::new(names);
    let chapter = chapter::routes().fallback(async |uri: Uri| ApiError::UnknownPath { path: uri.path().to_owned() });
    let metrics = state.metrics.clone();
    let v1 = guarded(v1::routes(), &names).layer(middleware::map_response(problem::of_error));
    guarded(chapter, &names)
        .merge(guarded(monitoring::routes(), &names))
        .merge(v1)
        .layer(middleware::from_fn_with_state(metrics, monitoring::count))
        // A class's network is faster than the best compression.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(TraceLayer::new_for_http())
        .with_state(state)
}

/// Puts the guards in front of routes, and turns their panics into answers.
fn guarded(routes: Router<ApiState>, names: &Arc<HostNames>) -> Router<ApiState> {
    routes
        .layer(middleware::from_fn_with_state(names.clone(), guards::check))
        .layer(CatchPanicLayer::custom(|_| ApiError::Panic.into_response()))
}

/// An answer in JSON.
fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}

/// A value as JSON, a line.
fn json_text(value: &impl Serialize) -> String {
    // Only a map with keys that are no texts could fail, and no answer holds one.
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    text
}
