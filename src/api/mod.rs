//! HTTP in: the routes, the middleware around them, and the connections. Results of the node become JSON here.

mod answers;
mod body_cache;
mod chain_stream;
mod chapter;
mod error;
mod host_check;
mod metrics;
mod middleware;
mod monitoring;
mod page;
mod problem;
mod request_body;
mod server;
mod state;
mod v1;

use axum::{Router, http::Uri};
use tower_http::{CompressionLevel, compression::Compression, trace::TraceLayer};
use tracing::Level;

pub use host_check::HostNames;
pub use server::serve;
pub use state::{About, ApiState};

use self::{error::ApiError, middleware::MiddlewareLayer};

/// All routes with all middleware: the service that each connection calls.
pub fn service(state: ApiState) -> Compression<Router> {
    let router = Router::new()
        .merge(chapter::routes())
        .merge(monitoring::routes())
        .merge(page::routes())
        .merge(v1::routes())
        .fallback(async |uri: Uri| ApiError::UnknownPath { path: uri.path().to_owned() })
        .layer(MiddlewareLayer(state.clone()))
        .with_state(state);
    let traced = tracing::enabled!(target: "tower_http::trace", Level::DEBUG);
    let router = if traced { router.layer(TraceLayer::new_for_http()) } else { router };
    // Compression wraps the router as a whole: a layer would be put around each route. The fastest level, because the network of
    // a classroom is faster than the best compression.
    Compression::new(router).quality(CompressionLevel::Fastest)
}
