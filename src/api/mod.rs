//! HTTP in: the router, the guards in front of it, and the connections.

mod body;
mod chain_beginning;
mod chain_stream;
mod chapter;
mod error;
mod front;
mod guards;
mod monitoring;
mod page;
mod problem;
mod server;
mod short_chain;
mod v1;

use std::{ops::Deref, sync::Arc, time::Instant};

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
use tower_http::{CompressionLevel, compression::CompressionLayer, trace::TraceLayer};
use tracing::Level;

pub use front::Front;
pub use guards::HostNames;
pub use server::serve;

use self::{chain_beginning::Beginning, error::ApiError, monitoring::Metrics, short_chain::ShortChain};
use crate::{
    network::{ProbeHandle, SyncHandle},
    node::NodeHandle,
    wire::v1::DataKind,
};

/// How many checks of the whole chain run side by side; further ones wait.
const CHECKS_AT_ONCE: usize = 2;

/// What the handlers work with; cheap to clone, since every request does.
#[derive(Clone)]
pub struct ApiState(Arc<Inner>);

/// See [`ApiState`].
pub struct Inner {
    node: NodeHandle,
    sync: SyncHandle,
    probe: ProbeHandle,
    checks: Arc<Semaphore>,
    short_chain: ShortChain,
    beginning: Beginning,
    about: About,
    metrics: Metrics,
    names: HostNames,
    /// Ends answers that would go on for ever.
    stop: CancellationToken,
}

impl Deref for ApiState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
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
    /// The state of a node's API. `names` are the host names that requests may carry; streams of events end when `stop` is
    /// cancelled.
    pub fn new(
        node: NodeHandle,
        sync: SyncHandle,
        probe: ProbeHandle,
        about: About,
        names: HostNames,
        stop: CancellationToken,
    ) -> Self {
        Self(Arc::new(Inner {
            metrics: Metrics::new(node.clone()),
            node,
            sync,
            probe,
            checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
            short_chain: ShortChain::default(),
            beginning: Beginning::default(),
            about,
            names,
            stop,
        }))
    }
}

/// All routes, behind all guards.
pub fn front(state: ApiState) -> Front {
    let all = Router::new()
        .merge(chapter::routes())
        .merge(monitoring::routes())
        .merge(page::routes())
        .merge(v1::routes())
        .fallback(async |uri: Uri| ApiError::UnknownPath { path: uri.path().to_owned() })
        .layer(middleware::from_fn_with_state(state.clone(), front::pass))
        // A class's network is faster than the best compression.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .with_state(state.clone());
    if tracing::enabled!(target: "tower_http::trace", Level::DEBUG) {
        return Front::new(state, all.layer(TraceLayer::new_for_http()), None);
    }
    let chapter = chapter::routes().with_state(state.clone());
    Front::new(state, all, Some(chapter))
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
