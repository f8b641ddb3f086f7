//! HTTP in: the router, the guards in front of it, and the connections.

mod body;
mod chain_stream;
mod chapter;
mod error;
mod guards;
mod server;
mod short_chain;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{StatusCode, Uri, header},
    middleware,
    response::{IntoResponse as _, Response},
};
use tokio::sync::Semaphore;
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer, trace::TraceLayer};

pub use guards::HostNames;
pub use server::serve;

use self::{error::ApiError, short_chain::ShortChain};
use crate::{network::SyncHandle, node::NodeHandle};

/// How many checks of the whole chain run side by side; further ones wait.
const CHECKS_AT_ONCE: usize = 2;

/// What the handlers work with.
#[derive(Clone)]
pub struct ApiState {
    node: NodeHandle,
    sync: SyncHandle,
    checks: Arc<Semaphore>,
    short_chain: ShortChain,
}

impl ApiState {
    /// The state of a node's API.
    pub fn new(node: NodeHandle, sync: SyncHandle) -> Self {
        Self { node, sync, checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)), short_chain: ShortChain::default() }
    }
}

/// All routes behind all guards. `names` are the host names that requests may carry.
pub fn router(state: ApiState, names: HostNames) -> Router {
    Router::new()
        .merge(chapter::routes())
        .fallback(async |uri: Uri| ApiError::UnknownPath { path: uri.path().to_owned() })
        .with_state(state)
        .layer(middleware::from_fn_with_state(Arc::new(names), guards::check))
        // A class's network is faster than the best compression.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(|_| ApiError::Panic.into_response()))
        .layer(TraceLayer::new_for_http())
}

/// An answer in JSON.
fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}
